"""Pulses: when somebody is asked how the exchange is for them. After the first session, at day 30, and so on.

Nobody is asked before the two have met, so the first session that is held begins the row of pulses, and each
that is asked lays down the next.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from bot.models import Pair, Person, Pulse
from bot.turn import Turn

AFTER_FIRST_SESSION = timedelta(days=1)
FIRST_MONTH = timedelta(days=30)  # after the introduction
NOT_SO_SOON = timedelta(days=7)  # between the one after a late first session and the one at day 30
LATER_ON = timedelta(days=60)


def begin(turn: Turn, pair: Pair) -> None:
    """A session was held. Only the first one has a pulse of its own."""
    begun = turn.db.scalar(select(Pulse.id).where(Pulse.pair_id == pair.id).limit(1))
    if begun is None and pair.ended_at is None:
        for person in pair.people:
            _lay_down(turn, pair, person, 1, turn.now + AFTER_FIRST_SESSION)


def go_on(turn: Turn, asked: Pulse) -> None:
    """The next one after one that is being asked."""
    _lay_down(turn, asked.pair, asked.person, asked.number + 1, _next_after(turn, asked))


def _next_after(turn: Turn, asked: Pulse) -> datetime:
    introduced_at = asked.pair.introduced_at or asked.pair.made_at
    first_month = introduced_at + FIRST_MONTH
    if asked.number == 1 and first_month - turn.now >= NOT_SO_SOON:
        return first_month
    return turn.now + LATER_ON


def _lay_down(turn: Turn, pair: Pair, person: Person, number: int, at: datetime) -> None:
    turn.db.add(Pulse(pair=pair, person=person, number=number, ask_at=at))
    turn.db.flush()
