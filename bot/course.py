"""Course: the way of a pair through the months, from the introduction over half-time to a planned end."""

from datetime import datetime, timedelta

from bot import away
from bot.models import Pair
from bot.planning import paused_over
from bot.turn import Turn

LAST_STRETCH = timedelta(weeks=2)  # before the planned end both are told
LOOK_AGAIN = timedelta(days=1)  # whether somebody who was away is back
DORMANT_AFTER = timedelta(days=14)


def begin(turn: Turn, pair: Pair) -> None:
    """Once: with the introduction, or with an agreement that came before it."""
    if pair.planned_end:
        return
    length = timedelta(weeks=pair.programme.weeks)
    plan_end(turn, pair, turn.now + length)
    half_time = turn.now + length / 2
    pair.review_at = half_time if half_time < turn.now + length - LAST_STRETCH else None
    pair.quiet_at = turn.now + pair.quiet_after


def plan_end(turn: Turn, pair: Pair, end: datetime) -> None:
    """Sessions are laid down up to it."""
    pair.planned_end = pair.end_at = end
    pair.wind_down_at = end - LAST_STRETCH
    pair.plan_at = turn.now if pair.cadence else pair.plan_at


def ends_early(pair: Pair) -> bool:
    """An end before the planned one has been decided, and nobody has been told yet."""
    return pair.end_at is not None and (pair.planned_end is None or pair.end_at < pair.planned_end)


def is_dormant(turn: Turn, pair: Pair) -> bool:
    """Neither has done anything in it for two weeks: what brings nothing new can be left out."""
    last = pair.active_at or pair.settled_at or pair.introduced_at or pair.made_at
    return turn.now - last > DORMANT_AFTER


def anybody_away(turn: Turn, pair: Pair) -> bool:
    return any(paused_over(person, turn.now) for person in pair.people)


def away_days(turn: Turn, pair: Pair, since: datetime) -> timedelta:
    """For how long at least one of the two has been away."""
    spans = sorted(span for person in pair.people for span in away.absences(turn, person))
    total, counted_to = timedelta(), since
    for begins, ends in spans:
        until = min(ends, turn.now)
        total += max(until - max(begins, counted_to), timedelta())
        counted_to = max(until, counted_to)
    return total
