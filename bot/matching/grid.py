"""Grid: everybody who looks for a mentor beside every mentor, with a score where the two may be a pair."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.matching.barring import BIT, Bar, Bars
from bot.matching.people import Clash, Conflict, Participant, Rules, Sites
from bot.matching.scoring import Scoring

BLOCK = 512  # mentees at once
SCORED_AT_ONCE = 2**18  # pairs

Numbers = NDArray[np.int64]
Counts = tuple[tuple[Bar, int], ...]
NamedPairs = Collection[tuple[str, str]]  # mentee, mentor


class Grid:
    """Below 0 two must not be a pair."""

    def __init__(self, people: Sequence[Participant], rules: Rules, left_out: NamedPairs) -> None:
        self.mentees = [person for person in people if person.is_mentee]
        self.mentors = [person for person in people if person.is_mentor]
        self.places = np.array([max(person.places, 0) for person in self.mentors], np.int64)
        managers = {person.id: person.manager for person in people if person.manager != person.id}
        self.bars = Bars(self.mentees, self.mentors, rules, managers, left_out)
        self.scoring = Scoring(self.mentees, self.mentors, rules)
        self.scores = np.full((len(self.mentees), len(self.mentors)), -1, np.int16)
        # Mentor and score, at best, for each mentee among those whom only the rule about sites bars
        self.elsewhere = np.full((len(self.mentees), 2), -1, np.int16)
        for rows in self._blocks():
            scores, bits = self.scoring.of(rows), self.bars.of(rows)
            self.scores[rows] = np.where(bits == 0, scores, -1)
            if rules.sites is not Sites.ANY:
                freed = np.where(bits == BIT[Bar.SITE], scores, -1)
                self.elsewhere[rows] = np.stack([freed.argmax(axis=1), freed.max(axis=1)], axis=1)

    def _blocks(self) -> Iterator[Numbers]:
        for first in range(0, len(self.mentees) if self.mentors else 0, BLOCK):
            yield np.arange(first, min(first + BLOCK, len(self.mentees)))

    def hold(self, locked: NamedPairs) -> dict[int, int]:
        """The locked pairs by number, or Conflict."""
        mentees = {person.id: n for n, person in enumerate(self.mentees)}
        mentors = {person.id: n for n, person in enumerate(self.mentors)}
        held: dict[int, int] = {}
        taken: Counter[int] = Counter()
        for one, other in sorted(set(locked)):
            mentee, mentor = mentees.get(one), mentors.get(other)
            if mentee is None or mentor is None:
                raise Conflict(one, other, Clash.UNKNOWN)
            taken[mentor] += 1
            if mentee in held:
                raise Conflict(one, other, Clash.TWICE)
            if self.scores[mentee, mentor] < 0:
                raise Conflict(one, other, Clash.BARRED)
            if taken[mentor] > self.places[mentor]:
                raise Conflict(one, other, Clash.FULL)
            held[mentee] = mentor
        return held

    def named(self, pairs: Numbers) -> Iterator[tuple[str, str, int]]:
        """Mentee, mentor and score of pairs by number, in the order of their ids."""
        mentees, mentors = _in_order(self.mentees), _in_order(self.mentors)
        rows, columns = np.divmod(pairs, max(len(self.mentors), 1))
        places = np.sort(_ranks(mentees)[rows] * len(self.mentors) + _ranks(mentors)[columns])
        for first in range(0, len(places), SCORED_AT_ONCE):
            rows, columns = np.divmod(places[first : first + SCORED_AT_ONCE], len(self.mentors))
            scores = self.scores[mentees[rows], mentors[columns]].tolist()
            yield from zip(
                _ids(self.mentees, mentees[rows]), _ids(self.mentors, mentors[columns]), scores, strict=True
            )

    def barred_for_mentees(self, rows: Numbers) -> Sequence[Counts]:
        """How many mentors each rule bars, each of them counted once."""
        parts = [
            _counts(self.bars.of(rows[first : first + BLOCK]), axis=1) for first in range(0, len(rows), BLOCK)
        ]
        return _told(np.concatenate([np.empty((len(Bar), 0), np.int64), *parts], axis=1))

    def barred_for_mentors(self, columns: Numbers) -> Sequence[Counts]:
        counts = np.zeros((len(Bar), len(columns)), np.int64)
        for rows in self._blocks() if columns.size else ():
            counts += _counts(self.bars.of(rows)[:, columns], axis=0)
        return _told(counts)


def _in_order(people: Sequence[Participant]) -> Numbers:
    """Their numbers, by id."""
    return np.array(sorted(range(len(people)), key=lambda number: people[number].id), np.int64)


def _ranks(order: Numbers) -> Numbers:
    """At which place in the order each number is."""
    ranks = np.empty_like(order)
    ranks[order] = np.arange(len(order))
    return ranks


def _ids(people: Sequence[Participant], numbers: Numbers) -> Iterator[str]:
    return (people[number].id for number in numbers.tolist())


def _counts(bits: NDArray[np.uint8], axis: int) -> Numbers:
    lowest = bits & (~bits + np.uint8(1))
    return np.stack([np.count_nonzero(lowest == BIT[bar], axis=axis) for bar in Bar])


def _told(counts: Numbers) -> Sequence[Counts]:
    return [
        tuple((bar, number) for bar, number in zip(Bar, column, strict=True) if number)
        for column in counts.T.tolist()
    ]
