"""Candidates: the pairs that the solver looks at first, when there are too many to look at all.

The best mentors of each mentee and the best mentees of each mentor. One side alone would lose people: whoever
is in nobody's first fifty would have no pair at all. Equal scores are drawn by lot, or everybody's fifty
would be the same. What is missing is found by the certificate in assignment.py and added.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLOCK = 512  # rows or columns at once, to stay small
NOISE = 1024

Scores = NDArray[np.int16]
Pairs = NDArray[np.int64]  # mentee * mentors + mentor, rising


@dataclass(frozen=True)
class Pruning:
    none_up_to: int = 1_000_000  # pairs
    of_a_mentee: int = 50
    of_a_place: int = 20


def candidates(scores: Scores, places: NDArray[np.int64], seed: int, pruning: Pruning) -> Pairs:
    mentees, mentors = scores.shape
    if scores.size <= pruning.none_up_to:
        return np.flatnonzero(scores.ravel() >= 0)
    lot = np.random.default_rng(seed % 2**64)
    of_mentees = _best(scores, np.full(mentees, pruning.of_a_mentee), lot)
    of_mentors = _best(scores.T, pruning.of_a_place * places, lot)
    mentee, mentor = of_mentors % mentees, of_mentors // mentees
    return together(of_mentees, mentee * mentors + mentor)


def together(some: Pairs, others: Pairs) -> Pairs:
    """Each once, rising. np.union1d hashes, and takes ten times as long."""
    pairs = np.sort(np.concatenate([some, others]))
    return pairs[np.diff(pairs, prepend=-1) > 0]


def _best(scores: Scores, wanted: NDArray[np.int64], lot: np.random.Generator) -> Pairs:
    """The best so many of each row, as row * columns + column."""
    rows, columns = scores.shape
    most = min(int(wanted.max(initial=0)), columns)
    found = []
    for first in range(0, rows if most else 0, BLOCK):
        block = scores[first : first + BLOCK].astype(np.int32)
        ranked = block * NOISE + lot.integers(NOISE, size=block.shape, dtype=np.int32)
        best = np.argpartition(ranked, columns - most, axis=1)[:, columns - most :]
        order = np.argsort(-np.take_along_axis(ranked, best, axis=1), axis=1)
        best = np.take_along_axis(best, order, axis=1)
        row = np.arange(len(block))[:, None]
        kept = (np.arange(most) < wanted[first : first + BLOCK, None]) & (block[row, best] >= 0)
        found.append(((first + row) * columns + best)[kept])
    return np.concatenate(found) if found else np.empty(0, np.int64)
