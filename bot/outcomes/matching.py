"""Matching: for each who took part, somebody who did not and is like them in what was known before.

It mends what can be seen. Who wanted to take part, and why, cannot be seen; so it never stands for a lottery.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import pstdev

from bot.outcomes.joining import Followed
from bot.outcomes.reading import number_in
from bot.statistics import ALIKE, closest, standardised_difference

FEWEST_PAIRS = 30
LARGEST_CELL = 4_000_000  # of comparisons at once; more would take minutes


@dataclass(frozen=True)
class Balance:
    """How far apart the two groups are in one thing, in standard deviations."""

    column: str
    before: float
    after: float


@dataclass(frozen=True)
class Matched:
    people: tuple[Followed, ...]  # both of each pair
    balance: tuple[Balance, ...]
    left_out: int  # took part, and nobody is like them

    @property
    def pairs(self) -> int:
        return len(self.people) // 2

    @property
    def is_alike(self) -> bool:
        return all(abs(one.after) < ALIKE for one in self.balance)


class TooMany(Exception):
    pass


def match(people: Sequence[Followed], columns: Sequence[str]) -> Matched:
    """Alike in every word, and near in every number; only those of whom all of it is known."""
    known = [person for person in people if person.row and all(person.row[column] for column in columns)]
    numbers = _numbers(known, columns)
    cells: dict[tuple[str, ...], tuple[list[Followed], list[Followed]]] = defaultdict(lambda: ([], []))
    for person in known:
        words = tuple(_cell(person, column) for column in columns if column not in numbers)
        cells[words][not person.begins].append(person)
    pairs = tuple(one for cell in cells.values() for pair in _pairs(*cell, numbers) for one in pair)
    balance = tuple(Balance(name, _apart(people, name), _apart(pairs, name)) for name in columns)
    return Matched(pairs, balance, sum(person.begins for person in people) - len(pairs) // 2)


Numbers = Mapping[str, Mapping[str, float]]
"""By column and person, in standard deviations."""


def _cell(person: Followed, column: str) -> str:
    return person.row[column] if person.row else ""


def _numbers(known: Sequence[Followed], columns: Sequence[str]) -> Numbers:
    found = {}
    for column in columns:
        values = {person.key: number_in(_cell(person, column)) for person in known}
        figures = {who: value for who, value in values.items() if value is not None}
        if figures and len(figures) == len(values):
            spread = pstdev(figures.values()) or 1.0
            found[column] = {who: value / spread for who, value in figures.items()}
    return found


def _pairs(
    one: Sequence[Followed], two: Sequence[Followed], numbers: Numbers
) -> Iterator[tuple[Followed, Followed]]:
    if not one or not two:
        return
    if not numbers:
        yield from zip(one, two, strict=False)  # alike in all that is known; keys are in no order of anything
        return
    if len(one) * len(two) > LARGEST_CELL:
        raise TooMany
    places = [[[by_person[who.key] for by_person in numbers.values()] for who in side] for side in (one, two)]
    yield from ((one[left], two[right]) for left, right in closest(*places))


def _apart(people: Sequence[Followed], column: str) -> float:
    """In a number, or in the word in which they differ most."""
    cells = [(person.begins, _cell(person, column)) for person in people]
    figures = [(begins, number_in(cell)) for begins, cell in cells if cell]
    if figures and all(value is not None for _, value in figures):
        return _difference([(begins, value or 0.0) for begins, value in figures])
    words = sorted({cell for _, cell in cells if cell})
    apart = [_difference([(begins, float(cell == word)) for begins, cell in cells]) for word in words]
    return max(apart, key=abs, default=0.0)


def _difference(values: Sequence[tuple[bool, float]]) -> float:
    sides = [[value for begins, value in values if begins is side] for side in (True, False)]
    return standardised_difference(*sides) if all(sides) else float("inf")
