"""What is yours: every row that a person may act on is asked for through here.

That is the permission check: somebody else's row, and one that does not exist, are both None. The pair is
locked on the way, so of two people who press at the same moment the second sees what the first has done.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import contains_eager, lazyload

from bot.models import (
    ActionItem,
    Base,
    Draft,
    Farewell,
    Goal,
    GoalState,
    ItemState,
    JournalEntry,
    Letter,
    Milestone,
    Pair,
    Person,
    Pulse,
    Review,
    Seat,
    Session,
    State,
    Thread,
)
from bot.turn import Turn
from bot.unhurried import ONE_OF

R = TypeVar("R")
S = TypeVar("S", Review, Farewell)
K = TypeVar("K", ActionItem, Draft, Goal, JournalEntry, Pulse, Session, Thread)


def _fresh(rows: Select[R], *also: type[Base]) -> Select[R]:
    """Locked, and as they are now: also where somebody else changed them while we waited for the lock."""
    return rows.with_for_update(of=[Pair, *also]).execution_options(populate_existing=True)


def _one_of_mine(kind: type[K], *where: ColumnElement[bool]) -> Select[K]:
    """With its pair from the row that is locked: one that is joined once more may be older."""
    with_pair = contains_eager(kind.pair).options(*_people_apart(Pair))
    mine = select(kind).join(Pair, kind.pair_id == Pair.id).options(with_pair, *_people_apart(kind))
    one = mine.execution_options(**{ONE_OF: kind.__tablename__})
    return one.where(_IS_MINE, kind.id == WHICH, *where)


def _people_apart(kind: type[Base]) -> list[Any]:
    """The two of a pair are read for all events of a commit at once, and not along with each row."""
    relations = kind.__mapper__.relationships
    return [lazyload(relation.class_attribute) for relation in relations if relation.mapper.class_ is Person]


def _of_pair(kind: type[K], *where: ColumnElement[bool]) -> Select[K]:
    """Several of a pair that is here already."""
    apart = (*_people_apart(kind), lazyload(kind.pair))
    return select(kind).where(kind.pair_id == PAIR, *where).options(*apart)


# Made once: what is asked for in every event need not be put together for every event

ME: BindParameter[int] = bindparam("me")
WHICH: BindParameter[int] = bindparam("which")
PAIR: BindParameter[int] = bindparam("pair")

_IS_MINE = or_(Pair.mentor_id == ME, Pair.mentee_id == ME) & Pair.ended_at.is_(None)
_MINE = select(Pair).where(_IS_MINE).options(*_people_apart(Pair))
_PAIRS = _MINE.order_by(Pair.id).execution_options(populate_existing=True)
_PAIR = _fresh(_MINE.where(Pair.id == WHICH).execution_options(**{ONE_OF: "pairs"}))
_SESSION = _fresh(_one_of_mine(Session), Session)
_THREAD = _fresh(_one_of_mine(Thread))
_ITEM = _fresh(_one_of_mine(ActionItem), ActionItem)
_DRAFT = _fresh(_one_of_mine(Draft), Draft)
_GOAL = _fresh(_one_of_mine(Goal, Goal.can_sealed.is_not(None)), Goal)
_PULSE = _fresh(_one_of_mine(Pulse, Pulse.person_id == ME), Pulse)
_ENTRY_SHOWN = _fresh(
    _one_of_mine(JournalEntry, JournalEntry.person_id != ME, JournalEntry.delete_at.is_(None))
)
_IS_AHEAD = (Session.state == State.PLANNED) & (Session.starts_at > bindparam("now"))
_UPCOMING = _of_pair(Session, _IS_AHEAD).order_by(Session.starts_at)
_OPEN_ITEMS = _of_pair(ActionItem, ActionItem.state == ItemState.OPEN).order_by(ActionItem.id)
_OPEN_GOALS = _of_pair(Goal, Goal.state == GoalState.OPEN).order_by(Goal.id)
_DRAFTS = _of_pair(Draft, Draft.taken_back_at.is_(None)).order_by(Draft.id.desc())


def _by(person: Person, id_: int) -> dict[str, int]:
    return {"me": person.id, "which": id_}


def pairs(turn: Turn, person: Person) -> Sequence[Pair]:
    """The pairs that are going on, oldest first."""
    return turn.db.scalars(_PAIRS, {"me": person.id}).all()


def pair(turn: Turn, person: Person, pair_id: int) -> Pair | None:
    return turn.db.scalar(_PAIR, _by(person, pair_id))


def has_been_paired(turn: Turn, person: Person) -> bool:
    """In a pair that has come to an end."""
    theirs = or_(Pair.mentor_id == person.id, Pair.mentee_id == person.id) & Pair.ended_at.is_not(None)
    return turn.db.scalar(select(Pair.id).where(theirs).limit(1)) is not None


def session(turn: Turn, person: Person, session_id: int) -> Session | None:
    return turn.db.scalar(_SESSION, _by(person, session_id))


def seat(turn: Turn, person: Person, session_id: int) -> Seat | None:
    found = session(turn, person, session_id)
    return found.seat_of(person) if found else None


def upcoming(turn: Turn, pair: Pair) -> Sequence[Session]:
    """The planned sessions of a pair that have not begun, in order."""
    return turn.db.scalars(_UPCOMING, {"pair": pair.id, "now": turn.now}).all()


def thread(turn: Turn, person: Person, thread_id: int) -> Thread | None:
    return turn.db.scalar(_THREAD, _by(person, thread_id))


def letter(turn: Turn, person: Person, letter_id: int) -> Letter | None:
    """One that they have written themselves, unless it was taken back."""
    written = select(Letter).where(Letter.id == letter_id, Letter.author_id == person.id)
    found = turn.db.scalar(written)
    if found is None or found.thread_id is None or thread(turn, person, found.thread_id) is None:
        return None
    turn.db.refresh(found)  # as it is now that the pair is locked
    return found


def item(turn: Turn, person: Person, item_id: int) -> ActionItem | None:
    """An action item of one of the person's pairs, open or not, whoever owns it."""
    return turn.db.scalar(_ITEM, _by(person, item_id))


def open_items(turn: Turn, pair: Pair) -> Sequence[ActionItem]:
    return turn.db.scalars(_OPEN_ITEMS, {"pair": pair.id}).all()


def draft(turn: Turn, person: Person, draft_id: int) -> Draft | None:
    """A draft of one of the person's pairs, whoever wrote it, also one that was taken back."""
    return turn.db.scalar(_DRAFT, _by(person, draft_id))


def drafts(turn: Turn, pair: Pair) -> Sequence[Draft]:
    """What the two show each other, newest first."""
    return turn.db.scalars(_DRAFTS, {"pair": pair.id}).all()


def entry(turn: Turn, person: Person, entry_id: int) -> JournalEntry | None:
    """One of the person's own journal, also one that is about to be deleted. It needs no pair."""
    theirs = select(JournalEntry).where(JournalEntry.person_id == person.id, JournalEntry.id == entry_id)
    locked = theirs.with_for_update(of=JournalEntry).execution_options(populate_existing=True)
    return turn.db.scalar(locked)


def entries(turn: Turn, person: Person) -> Sequence[JournalEntry]:
    """The person's own, newest first."""
    theirs = (JournalEntry.person_id == person.id) & JournalEntry.delete_at.is_(None)
    return turn.db.scalars(select(JournalEntry).where(theirs).order_by(JournalEntry.id.desc())).all()


def entry_shown_to(turn: Turn, reader: Person, entry_id: int) -> JournalEntry | None:
    """One that the reader's partner shows them, as long as both want that: nobody else gets to see it."""
    return turn.db.scalar(_ENTRY_SHOWN, _by(reader, entry_id))


def goal(turn: Turn, person: Person, goal_id: int) -> Goal | None:
    """A goal of one of the person's pairs, open or not, whoever works towards it."""
    return turn.db.scalar(_GOAL, _by(person, goal_id))


def milestone(turn: Turn, person: Person, milestone_id: int) -> Milestone | None:
    found = turn.db.get(Milestone, milestone_id)
    if found is None or goal(turn, person, found.goal_id) is None:
        return None
    still = select(Milestone).where(Milestone.id == milestone_id, Milestone.what_sealed.is_not(None))
    return turn.db.scalar(still.execution_options(populate_existing=True))


def open_goals(turn: Turn, pair: Pair) -> Sequence[Goal]:
    return turn.db.scalars(_OPEN_GOALS, {"pair": pair.id}).all()


def pulse(turn: Turn, person: Person, pulse_id: int) -> Pulse | None:
    return turn.db.scalar(_PULSE, _by(person, pulse_id))


def sheet(turn: Turn, person: Person, kind: type[S], sheet_id: int) -> S | None:
    """What a person fills in alone, also when the pair has ended."""
    theirs = select(kind).join(Pair, kind.pair_id == Pair.id).where(kind.person_id == person.id)
    return turn.db.scalar(_fresh(theirs.where(kind.id == sheet_id), kind))
