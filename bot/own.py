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
    Farewell,
    ItemState,
    Pair,
    Person,
    Review,
    Seat,
    Session,
    State,
)
from bot.turn import Turn

R = TypeVar("R")
S = TypeVar("S", Review, Farewell)


def pairs(turn: Turn, person: Person) -> Sequence[Pair]:
    """The pairs that are going on, oldest first."""
    return turn.db.scalars(_pairs(person).order_by(Pair.id)).all()


def pair(turn: Turn, person: Person, pair_id: int) -> Pair | None:
    return turn.db.scalar(_fresh(_pairs(person).where(Pair.id == pair_id)))


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


def item(turn: Turn, person: Person, item_id: int) -> ActionItem | None:
    """An action item of one of the person's pairs, open or not, whoever owns it."""
    theirs = select(ActionItem).join(Pair, ActionItem.pair_id == Pair.id).where(_is_in(person))
    return turn.db.scalar(_fresh(theirs.where(ActionItem.id == item_id), ActionItem))


def open_items(turn: Turn, pair: Pair) -> Sequence[ActionItem]:
    still = (ActionItem.pair_id == pair.id) & (ActionItem.state == ItemState.OPEN)
    return turn.db.scalars(select(ActionItem).where(still).order_by(ActionItem.id)).all()


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
