"""What is yours: every row that a person may act on is asked for through here.

That is the permission check: somebody else's row, and one that does not exist, are both None. The pair is
locked on the way, so of two people who press at the same moment the second sees what the first has done.
"""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select

from bot.models import ActionItem, ItemState, Pair, Person, Seat, Session, State
from bot.turn import Turn


def pairs(turn: Turn, person: Person) -> Sequence[Pair]:
    """The pairs that are going on, oldest first."""
    return turn.db.scalars(_pairs(person).order_by(Pair.id)).all()


def pair(turn: Turn, person: Person, pair_id: int) -> Pair | None:
    return turn.db.scalar(_pairs(person).where(Pair.id == pair_id).with_for_update(of=Pair))


def session(turn: Turn, person: Person, session_id: int) -> Session | None:
    pair_id = turn.db.scalar(select(Session.pair_id).where(Session.id == session_id))
    if pair_id is None or pair(turn, person, pair_id) is None:
        return None
    return turn.db.get(Session, session_id)  # read once the pair is locked


def seat(turn: Turn, person: Person, session_id: int) -> Seat | None:
    found = session(turn, person, session_id)
    return found.seat_of(person) if found else None


def upcoming(turn: Turn, pair: Pair) -> Sequence[Session]:
    """The planned sessions of a pair that have not begun, in order."""
    ahead = (Session.pair_id == pair.id) & (Session.state == State.PLANNED) & (Session.starts_at > turn.now)
    return turn.db.scalars(select(Session).where(ahead).order_by(Session.starts_at)).all()


def item(turn: Turn, person: Person, item_id: int) -> ActionItem | None:
    """An action item of one of the person's pairs, open or not, whoever owns it."""
    pair_id = turn.db.scalar(select(ActionItem.pair_id).where(ActionItem.id == item_id))
    if pair_id is None or pair(turn, person, pair_id) is None:
        return None
    return turn.db.get(ActionItem, item_id)


def open_items(turn: Turn, pair: Pair) -> Sequence[ActionItem]:
    still = (ActionItem.pair_id == pair.id) & (ActionItem.state == ItemState.OPEN)
    return turn.db.scalars(select(ActionItem).where(still).order_by(ActionItem.id)).all()


def _pairs(person: Person) -> Select[Pair]:
    theirs = or_(Pair.mentor_id == person.id, Pair.mentee_id == person.id)
    return select(Pair).where(theirs, Pair.ended_at.is_(None))
