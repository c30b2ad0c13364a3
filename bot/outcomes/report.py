"""Report: what a page or a PDF shows, as plain values. Every picture has a text that says the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.statistics import Between


@dataclass(frozen=True)
class Table:
    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Forest:
    """Differences with their intervals, one under the other."""

    rows: Sequence[tuple[str, Between]]
    visible: float | None
    mark: str  # what the line at `visible` is called
    axis: str
    alt: str


@dataclass(frozen=True)
class Curve:
    name: str
    points: Sequence[tuple[int, Between]]  # by day


@dataclass(frozen=True)
class Curves:
    curves: Sequence[Curve]
    days: str
    share: str
    alt: str


@dataclass(frozen=True)
class Section:
    """One result: a sentence, a number with its interval, a caution."""

    heading: str
    sentence: str
    number: str = ""
    caution: str = ""
    picture: Forest | Curves | None = None
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Report:
    language: str
    title: str
    made_on: str
    warning: str  # stands before everything else; empty where the groups were drawn by lot
    read_first: str
    label: str
    because: str
    sections: Sequence[Section]

    @property
    def main(self) -> Section:
        return self.sections[0]
