"""What is yours: every row that a person may act on is asked for through here.

That is the permission check: somebody else's row, and one that does not exist, are both None. The pair is
locked on the way, so of two people who press at the same moment the second sees what the first has done.
"""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, or_, select

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

R = TypeVar("R")
S = TypeVar("S", Review, Farewell)


def pairs(turn: Turn, person: Person) -> Sequence[Pair]:
    """The pairs that are going on, oldest first."""
    return turn.db.scalars(_pairs(person).order_by(Pair.id)).all()


def pair(turn: Turn, person: Person, pair_id: int) -> Pair | None:
    return turn.db.scalar(_fresh(_pairs(person).where(Pair.id == pair_id)))


def has_been_paired(turn: Turn, person: Person) -> bool:
    """In a pair that has come to an end."""
    theirs = or_(Pair.mentor_id == person.id, Pair.mentee_id == person.id) & Pair.ended_at.is_not(None)
    return turn.db.scalar(select(Pair.id).where(theirs).limit(1)) is not None


def session(turn: Turn, person: Person, session_id: int) -> Session | None:
    theirs = select(Session).join(Pair, Session.pair_id == Pair.id).where(_is_in(person))
    return turn.db.scalar(_fresh(theirs.where(Session.id == session_id), Session))


def seat(turn: Turn, person: Person, session_id: int) -> Seat | None:
    found = session(turn, person, session_id)
    return found.seat_of(person) if found else None


def upcoming(turn: Turn, pair: Pair) -> Sequence[Session]:
    """The planned sessions of a pair that have not begun, in order."""
    ahead = (Session.pair_id == pair.id) & (Session.state == State.PLANNED) & (Session.starts_at > turn.now)
    return turn.db.scalars(select(Session).where(ahead).order_by(Session.starts_at)).all()


def thread(turn: Turn, person: Person, thread_id: int) -> Thread | None:
    theirs = select(Thread).join(Pair, Thread.pair_id == Pair.id).where(_is_in(person))
    return turn.db.scalar(_fresh(theirs.where(Thread.id == thread_id)))


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
    theirs = select(ActionItem).join(Pair, ActionItem.pair_id == Pair.id).where(_is_in(person))
    return turn.db.scalar(_fresh(theirs.where(ActionItem.id == item_id), ActionItem))


def open_items(turn: Turn, pair: Pair) -> Sequence[ActionItem]:
    still = (ActionItem.pair_id == pair.id) & (ActionItem.state == ItemState.OPEN)
    return turn.db.scalars(select(ActionItem).where(still).order_by(ActionItem.id)).all()


def draft(turn: Turn, person: Person, draft_id: int) -> Draft | None:
    """A draft of one of the person's pairs, whoever wrote it, also one that was taken back."""
    theirs = select(Draft).join(Pair, Draft.pair_id == Pair.id).where(_is_in(person))
    return turn.db.scalar(_fresh(theirs.where(Draft.id == draft_id), Draft))


def drafts(turn: Turn, pair: Pair) -> Sequence[Draft]:
    """What the two show each other, newest first."""
    shown = (Draft.pair_id == pair.id) & Draft.taken_back_at.is_(None)
    return turn.db.scalars(select(Draft).where(shown).order_by(Draft.id.desc())).all()


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
    shared = select(JournalEntry).join(Pair, JournalEntry.pair_id == Pair.id).where(_is_in(reader))
    still = (JournalEntry.person_id != reader.id) & JournalEntry.delete_at.is_(None)
    return turn.db.scalar(_fresh(shared.where(JournalEntry.id == entry_id, still)))


def goal(turn: Turn, person: Person, goal_id: int) -> Goal | None:
    """A goal of one of the person's pairs, open or not, whoever works towards it."""
    theirs = (
        select(Goal).join(Pair, Goal.pair_id == Pair.id).where(_is_in(person), Goal.can_sealed.is_not(None))
    )
    return turn.db.scalar(_fresh(theirs.where(Goal.id == goal_id), Goal))


def milestone(turn: Turn, person: Person, milestone_id: int) -> Milestone | None:
    found = turn.db.get(Milestone, milestone_id)
    if found is None or goal(turn, person, found.goal_id) is None:
        return None
    still = select(Milestone).where(Milestone.id == milestone_id, Milestone.what_sealed.is_not(None))
    return turn.db.scalar(still.execution_options(populate_existing=True))


def open_goals(turn: Turn, pair: Pair) -> Sequence[Goal]:
    still = (Goal.pair_id == pair.id) & (Goal.state == GoalState.OPEN)
    return turn.db.scalars(select(Goal).where(still).order_by(Goal.id)).all()


def pulse(turn: Turn, person: Person, pulse_id: int) -> Pulse | None:
    theirs = select(Pulse).join(Pair, Pulse.pair_id == Pair.id).where(_is_in(person))
    mine = theirs.where(Pulse.id == pulse_id, Pulse.person_id == person.id)
    return turn.db.scalar(_fresh(mine, Pulse))


def sheet(turn: Turn, person: Person, kind: type[S], sheet_id: int) -> S | None:
    """What a person fills in alone, also when the pair has ended."""
    theirs = select(kind).join(Pair, kind.pair_id == Pair.id).where(kind.person_id == person.id)
    return turn.db.scalar(_fresh(theirs.where(kind.id == sheet_id), kind))


def _pairs(person: Person) -> Select[Pair]:
    return select(Pair).where(_is_in(person))


def _is_in(person: Person) -> ColumnElement[bool]:
    """Of a pair that is going on."""
    return or_(Pair.mentor_id == person.id, Pair.mentee_id == person.id) & Pair.ended_at.is_(None)


def _fresh(rows: Select[R], *also: type[Base]) -> Select[R]:
    """Locked, and as they are now: also where somebody else changed them while we waited for the lock."""
    return rows.with_for_update(of=[Pair, *also]).execution_options(populate_existing=True)
