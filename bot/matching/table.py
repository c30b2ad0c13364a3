"""Table: what depends on a few answers of each of two people is worked out once for each two answers."""

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", bound=Hashable)

Rows = NDArray[np.int64]
Worths = NDArray[np.int32]


class Table(Generic[T]):
    def __init__(
        self, ones: Sequence[T], others: Sequence[T], worths: Callable[[Sequence[T], Sequence[T]], Worths]
    ) -> None:
        different_ones, self._row = numbered(ones)
        different_others, self._column = numbered(others)
        self._worths = worths(different_ones, different_others)

    def of(self, rows: Rows) -> Worths:
        """For these of the ones and all others."""
        return self._worths[self._row[rows]][:, self._column]

    def at(self, one: int, other: int) -> int:
        return int(self._worths[self._row[one], self._column[other]])


def each(worth: Callable[[T, T], int]) -> Callable[[Sequence[T], Sequence[T]], Worths]:
    def worths(ones: Sequence[T], others: Sequence[T]) -> Worths:
        table = [[worth(one, other) for other in others] for one in ones]
        return np.array(table, np.int32).reshape(len(ones), len(others))

    return worths


def numbered(things: Sequence[T]) -> tuple[Sequence[T], Rows]:
    """Each different thing once, and for every thing which of them it is."""
    number = {thing: n for n, thing in enumerate(dict.fromkeys(things))}
    return list(number), np.array([number[thing] for thing in things], np.int64)
