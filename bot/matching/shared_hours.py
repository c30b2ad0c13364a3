"""Shared hours: how long two people are at work at the same time, in an ordinary week.

Counted over every real day of a year in both zones, so that a change of the clocks on one side only, or in
opposite directions, counts for as long as it lasts. Public holidays and days off do not: they would say more
about the year than about the two.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.calendar import NO_COUNTRY, WEEK, Hours, local, windows

WEEKS = 52
MINUTE = timedelta(minutes=1)
KEPT = 2048  # years of shifts, of 6 KB each

Minutes = NDArray[np.int64]


class _Year(NamedTuple):
    """The shifts of one person in minutes since the year began, and how much was worked before each."""

    opens: Minutes
    closes: Minutes
    before: Minutes

    def until(self, at: Minutes) -> Minutes:
        n = np.searchsorted(self.opens, at, side="right") - 1
        return np.where(n >= 0, self.before[n] + np.minimum(at, self.closes[n]) - self.opens[n], 0)


def ordinary(hours: Hours) -> Hours:
    return replace(hours, country=NO_COUNTRY, days_off=frozenset())


def shared_minutes(some: Sequence[Hours], others: Sequence[Hours], first: date) -> NDArray[np.int32]:
    """In a week, on average over the year from `first`, for each of some with each of the others."""
    years = [_year(hours, first) for hours in some]
    ends = np.cumsum([0, *(len(year.opens) for year in years)])
    opens = np.concatenate([np.empty(0, np.int64), *(year.opens for year in years)])
    closes = np.concatenate([np.empty(0, np.int64), *(year.closes for year in years)])
    table = np.zeros((len(some), len(others)), np.int32)
    for column, hours in enumerate(others):
        theirs = _year(hours, first)
        if theirs.opens.size:
            sums = np.cumsum(np.append(0, theirs.until(closes) - theirs.until(opens)))
            table[:, column] = np.diff(sums[ends]) // WEEKS
    return table


@lru_cache(maxsize=KEPT)
def _year(hours: Hours, first: date) -> _Year:
    """Week by week; one without a change of the clocks is like the last one at the same distance from UTC."""
    begin = datetime.combine(first, time(), UTC)
    known: dict[object, Minutes] = {}
    weeks = []
    for n in range(WEEKS):
        starts = begin + n * WEEK
        before, after = (local(at, hours.timezone).utcoffset() for at in (starts, starts + WEEK))
        if before != after or before not in known:
            known[before if before == after else n] = _week(hours, starts)
        weeks.append(known[before if before == after else n] + n * (WEEK // MINUTE))
    opens, closes = np.concatenate(weeks, axis=1)
    return _Year(opens, closes, np.cumsum(closes - opens) - (closes - opens))


def _week(hours: Hours, starts: datetime) -> Minutes:
    """When each shift opens and closes, in minutes of the week."""
    spans = list(windows(ordinary(hours), starts, starts + WEEK))
    bounds = [[(at - starts) // MINUTE for at in span] for span in spans]
    return np.array(bounds, np.int64).reshape(-1, 2).T
