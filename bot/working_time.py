"""Working time: how much of somebody's own hours passed while a partner waited for them.

Nights, weekends, holidays, days off and pauses do not count, and a change of the clocks is an hour more or
less like any other. One person's shifts over about a year are worked out once and then looked up: the moments
at which they open and close, and how much was worked before each.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from bot import calendar
from bot.calendar import DAY, Hours, NeverDecent, Span

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
UNIT = timedelta(microseconds=1)  # moments below are whole numbers of it since EPOCH, so sums are exact
BLOCK = 364 * DAY // UNIT
HORIZON = 5 * BLOCK  # longer than any wait, and not for ever
FAR = "so much is not worked within five years"
KEPT = 4096  # blocks, of 6 KB each


class _Block(NamedTuple):
    """The shifts of one person in one block, in order; one that lies across its edge is cut there."""

    opens: Sequence[int]
    closes: Sequence[int]
    before: Sequence[int]  # worked in this block until each of them opens
    total: int

    def until(self, at: int) -> int:
        n = bisect_right(self.opens, at) - 1
        return self.before[n] + min(at, self.closes[n]) - self.opens[n] if n >= 0 else 0

    def when(self, work: int) -> int:
        """The first moment inside a shift at which so much is done; `work` is less than the total."""
        n = bisect_right(self.before, work) - 1
        return self.opens[n] + work - self.before[n]


def working_day(hours: Hours) -> timedelta:
    """How long one day's hours are on an ordinary day."""
    start, end = (datetime.combine(EPOCH, wall) for wall in (hours.start, hours.end))
    return (end - start) % DAY or DAY


def worked(hours: Hours, start: datetime, end: datetime, away: Sequence[Span] = ()) -> timedelta:
    """How much of the person's working time lies between two moments and outside of `away`."""
    first, last = _number(start), _number(end)
    total = _between(hours, first, last)
    if away and total:
        total -= sum(_between(hours, *span) for span in _joined(away, first, last))
    return timedelta(microseconds=total)


def after(hours: Hours, start: datetime, work: timedelta, away: Sequence[Span] = ()) -> datetime:
    """The first moment from `start` on when so much was worked, and at which one may write to them.

    Who is through at the very end of a day is written to when the next one begins.
    """
    first, left = _number(start), max(work // UNIT, 0)
    limit = first + HORIZON
    at = first
    for opens, closes in _joined(away, first, limit) if away else ():
        done = _between(hours, at, opens)
        if done > left:
            break
        left -= done
        at = closes
    found = _when(hours, at, left, limit)
    if found >= limit:
        raise NeverDecent(FAR)
    return EPOCH + timedelta(microseconds=found)


def _number(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError("a moment without a zone is not a moment")
    return (at - EPOCH) // UNIT


def _between(hours: Hours, start: int, end: int) -> int:
    if end <= start:
        return 0
    first, last = start // BLOCK, end // BLOCK
    if first == last:
        block = _block(hours, first)
        return block.until(end) - block.until(start)
    whole = sum(_block(hours, n).total for n in range(first, last))
    return whole + _block(hours, last).until(end) - _block(hours, first).until(start)


def _when(hours: Hours, start: int, work: int, limit: int) -> int:
    number = start // BLOCK
    work += _block(hours, number).until(start)
    while number * BLOCK < limit:
        block = _block(hours, number)
        if work < block.total:
            return block.when(work)
        work -= block.total
        number += 1
    raise NeverDecent(FAR)


def _joined(away: Iterable[Span], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Those parts of `away` that lie between the two moments, in order and apart."""
    reached = start
    for opens, closes in sorted((_number(opens), _number(closes)) for opens, closes in away):
        opens, closes = max(opens, reached), min(closes, end)  # noqa: PLW2901
        if opens < closes:
            yield opens, closes
            reached = closes


@lru_cache(maxsize=KEPT)
def _block(hours: Hours, number: int) -> _Block:
    starts = EPOCH + number * BLOCK * UNIT
    opens, closes, before, total = array("q"), array("q"), array("q"), 0
    for span in calendar.windows(hours, starts, starts + BLOCK * UNIT):
        opens.append(_number(span.opens))
        closes.append(_number(span.closes))
        before.append(total)
        total += closes[-1] - opens[-1]
    return _Block(opens, closes, before, total)
