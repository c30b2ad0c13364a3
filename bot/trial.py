"""Trial: what nudges change. Each moment at which one is due is written down, whether it is sent or held out.

Who is nudged is decided by the moment alone, before anybody knows what comes of it; so the moments held out
show what would have happened without.
"""

from datetime import timedelta

from sqlalchemy import func, select

from bot.courtesy import Kind
from bot.messages import Message
from bot.models import Nudge, Pair, Person
from bot.nudging import is_held_out
from bot.turn import Turn

WORTH_SAYING = timedelta(days=8)  # a digest may be a week away; what is answered meanwhile is withdrawn


def nudge(turn: Turn, person: Person, message: Message, pair: Pair, rule: str, about: int) -> None:
    """Post it or hold it out. `rule` says what it is for, `about` is the id of what it is about."""
    number = _before(turn, rule, about) + 1
    withdraw(turn, person, rule, about)  # the first of two that still waits says no more than the second
    since = pair.programme.made_at.isoformat()  # so that two programmes draw different lots
    held_out = is_held_out(f"{pair.programme_id}:{since}:{rule}:{about}:{number}")
    turn.db.add(
        Nudge(person_id=person.id, rule=rule, about_id=about, number=number, at=turn.now, held_out=held_out)
    )
    if not held_out:
        post(turn, person, message, pair, rule, f"{about}.{number}")


def post(turn: Turn, person: Person, message: Message, pair: Pair, rule: str, which: str) -> None:
    turn.post(
        person,
        message,
        Kind.NUDGE,
        once=f"{rule}:{which}",
        about=pair,
        stale_after=turn.now + WORTH_SAYING,
    )


def withdraw(turn: Turn, person: Person, rule: str, about: int) -> None:
    """It is done: a nudge about it that still waits is not brought."""
    turn.withdraw(person, f"{rule}:{about}")


def _before(turn: Turn, rule: str, about: int) -> int:
    same = (Nudge.rule == rule) & (Nudge.about_id == about)
    return turn.db.scalar(select(func.count()).where(same)) or 0
