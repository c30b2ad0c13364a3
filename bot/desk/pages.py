"""Pages: a long list at the desk comes in pieces, each with a number before every line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

A_PAGE = 8  # lines


@dataclass(frozen=True)
class Page(Generic[T]):
    lines: Sequence[tuple[int, T]]  # with their numbers, from 1
    all: int
    before: int | None  # where the page before begins, if there is one
    after: int | None

    @property
    def first(self) -> int:
        return self.lines[0][0] if self.lines else 0

    @property
    def last(self) -> int:
        return self.lines[-1][0] if self.lines else 0

    def __iter__(self) -> Iterator[tuple[int, T]]:
        return iter(self.lines)


def page(things: Sequence[T], start: int, size: int = A_PAGE) -> Page[T]:
    """From the one at `start`. Where the list has become shorter than that, its last page."""
    begins = max(min(start, len(things) - 1), 0) // size * size
    ends = begins + size
    return Page(
        lines=list(enumerate(things, start=1))[begins:ends],
        all=len(things),
        before=begins - size if begins else None,
        after=ends if ends < len(things) else None,
    )
