"""Reasons: why two people are proposed to each other, what it cost, and why somebody stays without a pair."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bot.matching.barring import Bar
from bot.matching.explaining import Change, Cost, Left, Proposed, Reason, Why, WhyNot, WouldChange
from bot.matching.grid import Counts, Grid
from bot.matching.people import Participant
from bot.matching.scoring import WEIGHT, Part

MOST_REASONS = 3
MOST_THINGS = 3  # of what is wanted, in one reason
A_LITTLE = 60  # minutes a week in common that are worth naming

Numbers = NDArray[np.int64]


def pairs_explained(grid: Grid, mentor_of: Numbers, held: Collection[int]) -> Iterator[Proposed]:
    mentees_of: dict[int, list[str]] = defaultdict(list)
    for mentee, mentor in enumerate(mentor_of.tolist()):
        mentees_of[mentor].append(grid.mentees[mentee].id)
    best_of = grid.scores.argmax(axis=1).tolist() if grid.mentors else []
    for mentee, mentor in enumerate(mentor_of.tolist()):
        if mentor < 0:
            continue
        score, best = int(grid.scores[mentee, mentor]), int(grid.scores[mentee, best_of[mentee]])
        cost = None
        if best > score:
            held_by = tuple(sorted(mentees_of[best_of[mentee]]))
            is_free = len(held_by) < grid.places[best_of[mentee]]
            cost = Cost(best - score, grid.mentors[best_of[mentee]].id, held_by, is_free)
        parts = grid.scoring.parts(mentee, mentor)
        yield Proposed(
            mentee=grid.mentees[mentee].id,
            mentor=grid.mentors[mentor].id,
            score=score,
            reasons=_reasons(grid, mentee, mentor, parts),
            cost=cost,
            changes=tuple(_changes(grid, mentee, cost, best, parts)),
            is_locked=mentee in held,
        )


def _reasons(grid: Grid, mentee: int, mentor: int, parts: Mapping[Part, int]) -> tuple[Reason, ...]:
    one, other = grid.mentees[mentee], grid.mentors[mentor]
    met = tuple(found.wanted for found in grid.scoring.met(mentee, mentor))[:MOST_THINGS]
    minutes, rank = grid.scoring.minutes(mentee, mentor), grid.scoring.rank(mentee, mentor)
    style, contact = tuple(sorted(one.style & other.style)), tuple(sorted(one.contact & other.contact))
    has_stage = one.stage and other.stage and parts[Part.STAGE] == WEIGHT[Part.STAGE]
    there = {
        Part.WISHED: Reason(Why.WISHED, number=rank) if rank else None,
        Part.MET: Reason(Why.MET, met) if met else None,
        Part.HOURS: Reason(Why.HOURS, number=minutes) if minutes >= A_LITTLE else None,
        Part.STYLE: Reason(Why.STYLE, style) if style else None,
        Part.CONTACT: Reason(Why.CONTACT, contact) if contact else None,
        Part.STAGE: Reason(Why.STAGE) if has_stage else None,
    }
    strongest_first = sorted(there, key=lambda part: -parts[part])
    reasons = [reason for part in strongest_first if (reason := there[part])]
    return tuple(reasons[:MOST_REASONS]) or (Reason(Why.POSSIBLE),)


def _changes(
    grid: Grid, mentee: int, cost: Cost | None, best: int, parts: Mapping[Part, int]
) -> Iterator[WouldChange]:
    if cost and not cost.is_free:
        yield WouldChange(Change.PLACE, cost.mentor, cost.points)
    yield from _without_the_rule(grid, mentee, best)
    lacking = WEIGHT[Part.HOURS] - parts[Part.HOURS]
    if lacking:
        yield WouldChange(Change.HOURS, points=lacking)


def _without_the_rule(grid: Grid, mentee: int, best: int) -> Iterator[WouldChange]:
    mentor, score = grid.elsewhere[mentee].tolist()
    if score > best:
        yield WouldChange(Change.SITE, grid.mentors[mentor].id, score - max(best, 0))


# Without a pair


def left(grid: Grid, mentor_of: Numbers) -> Iterator[Left]:
    alone = np.flatnonzero(mentor_of < 0)
    waiting = _Waiting(grid.mentors)
    for mentee, barred in zip(alone.tolist(), grid.barred_for_mentees(alone), strict=True):
        yield _left_mentee(grid, mentee, barred, waiting)
    idle = np.setdiff1d(np.flatnonzero(grid.places > 0), mentor_of)
    for mentor, barred in zip(idle.tolist(), grid.barred_for_mentors(idle), strict=True):
        possible = int((grid.scores[:, mentor] >= 0).sum())
        why = WhyNot.NOT_NEEDED if possible else _why_not(barred)
        yield Left(grid.mentors[mentor].id, True, why, barred, possible)


def _left_mentee(grid: Grid, mentee: int, barred: Counts, waiting: "_Waiting") -> Left:
    person, possible = grid.mentees[mentee].id, np.flatnonzero(grid.scores[mentee] >= 0)
    if not possible.size:
        changes = tuple(_without_the_rule(grid, mentee, -1))
        return Left(person, False, _why_not(barred), barred, changes=changes)
    best = int(grid.scores[mentee].argmax())
    place = WouldChange(Change.PLACE, grid.mentors[best].id, int(grid.scores[mentee, best]))
    until = waiting.next_for(grid.scores[mentee])
    return Left(person, False, WhyNot.FULL, barred, int(possible.size), until, (place,))


def _why_not(barred: Counts) -> WhyNot:
    by = [bar for bar, _ in barred if bar is not Bar.ONESELF]
    if not by:
        return WhyNot.NOBODY
    return WhyNot(by[0].value) if len(by) == 1 else WhyNot.SEVERAL


class _Waiting:
    """Places that are planned to become free. Each is promised once."""

    def __init__(self, mentors: Sequence[Participant]) -> None:
        self.ends = sorted((end, n) for n, mentor in enumerate(mentors) for end in mentor.ends)

    def next_for(self, scores: NDArray[np.int16]) -> date | None:
        """`scores` of a mentee with every mentor."""
        for n, (end, mentor) in enumerate(self.ends):
            if scores[mentor] >= 0:
                del self.ends[n]
                return end
        return None
