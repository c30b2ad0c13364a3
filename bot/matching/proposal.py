"""Proposal: the best that can be made of everybody who looks for a mentor and everybody who has room.

Nothing here is sent to anybody. The same people, rules, locks and seed give the same proposal, in whatever
order the people come.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from bot.matching.assignment import Assignment, assign
from bot.matching.explaining import Left, Proposed
from bot.matching.fairness import Fared, blocking_pairs, parity
from bot.matching.grid import Grid, NamedPairs, Numbers
from bot.matching.people import Participant, Rules
from bot.matching.reasons import left, pairs_explained

NAMED = 20  # pairs who would rather have each other


@dataclass(frozen=True)
class Proposal:
    pairs: tuple[Proposed, ...]
    left: tuple[Left, ...]
    mentees: int
    worst: int  # of the pairs that are not locked, as is the total
    total: int
    at_most: int  # no other choice of as many pairs and as good a worst one has a larger total
    blocking: int  # pairs who would both rather have each other
    blocking_pairs: tuple[tuple[str, str], ...]  # those who would gain most
    parity: tuple[Fared, ...]
    possible: int  # pairs that may be one at all
    considered: Numbers = field(repr=False, compare=False)
    grid: Grid = field(repr=False, compare=False)

    @property
    def mean(self) -> int:
        scores = [pair.score for pair in self.pairs]
        return (2 * sum(scores) + len(scores)) // (2 * len(scores)) if scores else 0

    def scores(self, *, every: bool = False) -> Iterator[tuple[str, str, int]]:
        """Mentee, mentor and score: of what the solver chose among, or of every pair that may be one."""
        pairs = np.flatnonzero(self.grid.scores.ravel() >= 0) if every else self.considered
        return self.grid.named(pairs)


def propose(
    people: Sequence[Participant],
    rules: Rules,
    seed: int,
    locked: NamedPairs = (),
    left_out: NamedPairs = (),
) -> Proposal:
    """Raises Conflict where the locked pairs cannot all be."""
    if len({person.id for person in people}) < len(people):
        raise ValueError("two people have the same id")
    drawn = sorted(people, key=lambda person: _lot(seed, person.id))
    grid = Grid(drawn, rules, left_out)
    held = grid.hold(locked)
    found = _assign(grid, seed, held)
    pairs = sorted(pairs_explained(grid, found.mentor_of, held), key=lambda one: (one.mentee, one.mentor))
    blocking = blocking_pairs(grid.scores, found.mentor_of, grid.places)
    score_of = {pair.mentee: pair.score for pair in pairs}
    return Proposal(
        pairs=tuple(pairs),
        left=tuple(sorted(left(grid, found.mentor_of), key=lambda one: (one.is_mentor, one.person))),
        mentees=len(grid.mentees),
        worst=found.worst,
        total=found.total,
        at_most=found.at_most,
        blocking=len(blocking[0]),
        blocking_pairs=tuple(
            (grid.mentees[mentee].id, grid.mentors[mentor].id)
            for mentee, mentor in zip(*(side[:NAMED].tolist() for side in blocking), strict=True)
        ),
        parity=tuple(parity((person.group, score_of.get(person.id)) for person in grid.mentees)),
        possible=int((grid.scores >= 0).sum()),
        considered=found.considered,
        grid=grid,
    )


def _lot(seed: int, person: str) -> tuple[bytes, str]:
    return hashlib.blake2b(f"{seed}:{person}".encode(), digest_size=8).digest(), person


def _assign(grid: Grid, seed: int, held: Mapping[int, int]) -> Assignment:
    """Those who are not locked, among the places that are left."""
    if not held:
        return assign(grid.scores, grid.places, seed)
    mentees, mentors = np.array(list(held)), np.array(list(held.values()))
    others = np.setdiff1d(np.arange(len(grid.mentees)), mentees)
    places = grid.places - np.bincount(mentors, minlength=len(grid.mentors))
    found = assign(grid.scores[others], places, seed)
    mentor_of = np.full(len(grid.mentees), -1)
    mentor_of[others], mentor_of[mentees] = found.mentor_of, mentors
    row, column = np.divmod(found.considered, len(grid.mentors))
    return replace(found, mentor_of=mentor_of, considered=others[row] * len(grid.mentors) + column)
