"""Fairness: who would rather have each other, and whether groups fare alike.

Two people who both prefer each other to what they got are the price of serving everybody. They are counted
and named, so that a coordinator can judge it. Groups are compared in the report and nowhere else, never below
five people, nor so that a hidden group could be worked out from the rest.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEWEST = 5
BLOCK = 512

Numbers = NDArray[np.int64]


def blocking_pairs(grid: NDArray[np.int16], mentor_of: Numbers, places: Numbers) -> tuple[Numbers, Numbers]:
    """Mentees and mentors, those who would gain most together first. Below 0 two must not be a pair."""
    has = mentor_of >= 0
    own = np.where(has, grid[np.arange(len(grid)), mentor_of], -1) if grid.size else np.full(len(grid), -1)
    weakest = np.full(len(places), np.iinfo(np.int16).max, np.int16)
    np.minimum.at(weakest, mentor_of[has], own[has].astype(np.int16))
    weakest[np.bincount(mentor_of[has], minlength=len(places)) < places] = -1
    found = [np.empty((2, 0), np.int64)]
    for first in range(0, len(grid), BLOCK):
        block = grid[first : first + BLOCK]
        row, column = np.nonzero((block > own[first : first + BLOCK, None]) & (block > weakest))
        found.append(np.array([first + row, column]))
    mentee, mentor = np.concatenate(found, axis=1)
    gain = 2 * grid[mentee, mentor].astype(np.int64) - own[mentee] - weakest[mentor]
    order = np.argsort(-gain, kind="stable")
    return mentee[order], mentor[order]


@dataclass(frozen=True)
class Fared:
    """How one group of mentees fared. None where it would say too much about too few."""

    group: str
    people: int
    matched: int
    mean: int | None


def parity(people: Iterable[tuple[str, int | None]]) -> Sequence[Fared]:
    """By group and score, the score None for those without a mentor."""
    scores: dict[str, list[int | None]] = defaultdict(list)
    for group, score in people:
        scores[group].append(score)
    got = {group: [one for one in all_ if one is not None] for group, all_ in scores.items()}
    shown = _large_enough({group: len(all_) for group, all_ in scores.items()})
    told = _large_enough({group: len(theirs) for group, theirs in got.items()})
    return [
        Fared(group, len(scores[group]), len(got[group]), _mean(got[group]) if group in told else None)
        for group in sorted(shown)
    ]


def _mean(scores: Sequence[int]) -> int:
    return (2 * sum(scores) + len(scores)) // (2 * len(scores))


def _large_enough(sizes: Mapping[str, int]) -> frozenset[str]:
    """Of five or more; and while the hidden ones together are fewer, the smallest is hidden with them."""
    shown = sorted(
        (group for group, size in sizes.items() if size >= FEWEST), key=lambda one: (sizes[one], one)
    )
    while shown and 0 < sum(size for group, size in sizes.items() if group not in shown) < FEWEST:
        shown.pop(0)
    return frozenset(shown)
