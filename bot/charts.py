"""Charts: pictures of a programme for those who would rather look than read, and words that say the same.

A chart is made of numbers and of labels of ours. There is no way to hand it a name, or a word that anybody
wrote. What is hidden to protect a small group arrives as None and is hatched, never drawn as nothing; whoever
counts hides enough of its neighbours, too. Each number that stands in a picture stands in its words, and none
that does not.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from babel.numbers import format_decimal, format_percent

from bot.messages import Picture
from bot.paper import INK, MARGIN, PAPER, RULE, SMALL, SOFT, TEXT, WIDTH, Paper, length
from bot.prompts import Prompts

FEWEST = 5  # people of whom something may be shown
ROOM = WIDTH - 2 * MARGIN

# Told apart by who sees few colours, and by where they stand
COLOURS = ("#00805b", "#b86e00", "#c0431a", "#2f6fb0", "#8e5a9e", "#5f6470")
SHADES = ("#e3efe9", "#b5d8c8", "#7fbfa5", "#2f7f66", "#0b5d47")  # of a heat map, from little to much
DARK = 3  # so many of them are light enough for dark letters

MOST_MARKS = 5  # weeks of which the numbers are said
BAR = 44  # pixels: the longest in the chart of weeks
ABOVE_BAR = 32  # pixels for a number
STRIP = 12  # pixels: what is hatched below the bars, where something is hidden
APART = 3  # pixels between two bars
MOST_APART = 40  # more bars than that stand close together
CELL = 42  # pixels
WIDEST_GUTTER = 200  # pixels for the labels of rows
MOST_CELLS = 100  # of which the numbers are said; of more, the busiest
BUSIEST = 12
STEP = 34  # pixels: the bar of one step
HIDDEN_STEP = 120  # pixels, whatever it hides

Count = int | None


@dataclass(frozen=True)
class Series:
    """How many there were of one kind, week after week."""

    label: str
    counts: tuple[Count, ...]


@dataclass(frozen=True)
class Step:
    label: str
    count: Count


def health_over_time(
    prompts: Prompts, language: str, weeks: Sequence[str], series: Sequence[Series], totals: Sequence[Count]
) -> Picture:
    """A row of bars for each kind, all on one scale, and below them how many pairs there were."""
    chart = _Chart(prompts, language)
    title = prompts.phrase(language, "charts.health_title")
    if not weeks:
        return chart.nothing_yet("over-time.png", title)
    safe = [_safe(total, [one.counts[week] for one in series]) for week, total in enumerate(totals)]
    marks = _marks(len(weeks))
    every = [*series, Series(prompts.phrase(language, "charts.all_pairs"), tuple(safe))]
    known = [count for one in series for count in one.counts if count is not None]
    y: float = MARGIN
    for one, colour in zip(series, _in_turn(COLOURS), strict=False):
        y = chart.bars(one, colour, max([1, *known]), marks, y)
    y = chart.below_bars(every[-1], weeks, marks, y)
    said = [
        chart.line(one.label, [(weeks[at], chart.number(one.counts[at])) for at in marks]) for one in every
    ]
    span = prompts.phrase(language, "charts.weeks", count=len(weeks), first=weeks[0], last=weeks[-1])
    return chart.picture(
        "over-time.png", title, y, [span, *said], hides=None in [n for one in every for n in one.counts]
    )


def rhythm(
    prompts: Prompts,
    language: str,
    columns: Sequence[str],
    rows: Sequence[str],
    cells: Sequence[Sequence[Count]],
    title: str = "",
) -> Picture:
    """A heat map: weekdays beside each other and hours below each other, or a few ages of pairs and weeks.

    `cells` are rows of counts. On a telephone eight columns can be read.
    """
    chart = _Chart(prompts, language)
    title = title or prompts.phrase(language, "charts.rhythm_title")
    counts = {(row, column): n for row, line in enumerate(cells) for column, n in enumerate(line)}
    if not any(count is None or count for count in counts.values()):
        return chart.nothing_yet("rhythm.png", title)
    some = sorted((at for at, count in counts.items() if count), key=lambda at: (-(counts[at] or 0), at))
    hidden = [at for at, count in counts.items() if count is None]
    is_all = len(some) + len(hidden) <= MOST_CELLS
    named = set(some if is_all else some[:BUSIEST])
    y = chart.grid(columns, rows, counts, named)
    if is_all:
        named |= set(hidden)
        told = [
            (label, [(rows[row], chart.number(counts[row, at])) for row, to in sorted(named) if to == at])
            for at, label in enumerate(columns)
        ]
        words = [chart.line(label, points) for label, points in told if points]
        words += [prompts.phrase(language, "charts.nothing_else")] if 0 in counts.values() else []
    else:
        words = chart.busiest(columns, rows, [(at, counts[at]) for at in some[:BUSIEST]])
    return chart.picture("rhythm.png", title, y, words, hides=bool(hidden))


def funnel(prompts: Prompts, language: str, steps: Sequence[Step]) -> Picture:
    """How many got how far. Shares are of the first step."""
    chart = _Chart(prompts, language)
    title = prompts.phrase(language, "charts.funnel_title")
    if not steps or steps[0].count == 0:
        return chart.nothing_yet("funnel.png", title)
    whole, y = steps[0].count, float(MARGIN)
    widest = max([1, *(step.count for step in steps if step.count is not None)])
    words = []
    for number, step in enumerate(steps):
        said = chart.reached(step, whole if number else None)
        y = chart.step(step, said, widest, y)
        words.append(prompts.phrase(language, "charts.line", what=step.label, points=said))
    if whole and any(step.count is not None for step in steps[1:]):
        note = prompts.phrase(language, "charts.of_the_first")
        y = chart.paper.text(note, (MARGIN, y), size=SMALL, ink=SOFT, width=ROOM)
        words.append(note)
    return chart.picture("funnel.png", title, y, words, hides=any(step.count is None for step in steps))


class _Chart:
    """One picture under way."""

    def __init__(self, prompts: Prompts, language: str) -> None:
        self.paper = Paper()
        self._prompts = prompts
        self._language = language

    def number(self, count: Count) -> str:
        if count is None:
            return self._prompts.phrase(self._language, "charts.hidden")
        return format_decimal(count, locale=self._language)

    def line(self, label: str, points: Iterable[tuple[str, str]]) -> str:
        said = [
            self._prompts.phrase(self._language, "charts.point", where=where, number=number)
            for where, number in points
        ]
        return self._prompts.phrase(self._language, "charts.line", what=label, points="; ".join(said))

    def picture(self, name: str, title: str, y: float, words: Sequence[str], *, hides: bool) -> Picture:
        if hides:
            note = self._prompts.phrase(self._language, "charts.hidden_note", fewest=FEWEST)
            self.paper.hatched(MARGIN, y + 14, MARGIN + 44, y + 14 + SMALL)
            self.paper.text(note, (MARGIN + 56, y + 10), size=SMALL, ink=SOFT, width=ROOM - 56)
            words = [*words, f"{note}."]
        return Picture(name, self.paper.png(), " ".join(words), title)

    def nothing_yet(self, name: str, title: str) -> Picture:
        words = self._prompts.phrase(self._language, "charts.nothing_yet")
        end = self.paper.text(words, (WIDTH / 2, 2 * MARGIN), ink=SOFT, side="middle", width=ROOM)
        return self.picture(name, title, end + MARGIN, [words], hides=False)

    # Weeks

    def bars(self, one: Series, colour: str, most: int, marks: Sequence[int], y: float) -> float:
        y = self.paper.text(one.label, (MARGIN, y), bold=True, width=ROOM) + ABOVE_BAR
        floor, scale = y + BAR, BAR / most
        spans = list(_spans(len(one.counts)))
        for (left, right), count in zip(spans, one.counts, strict=True):
            if count is None:
                self.paper.hatched(left, floor + 2, right, floor + 2 + STRIP)
            else:
                self.paper.box(
                    left, floor - max(2.0, count * scale) if count else floor, right, floor, colour
                )
        self.paper.box(MARGIN, floor, WIDTH - MARGIN, floor + 2, RULE)
        for at in marks:
            words = self.number(one.counts[at])
            left, right = _within(spans[at], words)
            below = [
                count or 0
                for (start, end), count in zip(spans, one.counts, strict=True)
                if start < right and left < end
            ]
            self._at_week(words, spans[at], floor - max(below) * scale - ABOVE_BAR)
        return floor + STRIP + 8

    def below_bars(self, totals: Series, weeks: Sequence[str], marks: Sequence[int], y: float) -> float:
        spans = list(_spans(len(weeks)))
        for at in marks:
            self._at_week(weeks[at], spans[at], y, SOFT)
        y = self.paper.text(totals.label, (MARGIN, y + SMALL + 14), bold=True, width=ROOM) + 2
        for at in marks:
            self._at_week(self.number(totals.counts[at]), spans[at], y)
        return y + SMALL + 10

    def _at_week(self, words: str, span: tuple[float, float], y: float, ink: str = INK) -> None:
        left, right = _within(span, words)
        self.paper.text(words, ((left + right) / 2, y), size=SMALL, ink=ink, side="middle")

    # Heat map

    def grid(
        self,
        columns: Sequence[str],
        rows: Sequence[str],
        counts: dict[tuple[int, int], Count],
        named: set[tuple[int, int]],
    ) -> float:
        gutter = MARGIN + min(WIDEST_GUTTER, max(length(row, SMALL) for row in rows) + 14)
        wide = (WIDTH - MARGIN - gutter) / len(columns)
        ends = [
            self.paper.text(
                label, (gutter + (at + 0.5) * wide, MARGIN), size=SMALL, bold=True, side="middle", width=wide
            )
            for at, label in enumerate(columns)
        ]
        top, most = max(ends) + 6, max([1, *(count for count in counts.values() if count)])
        for at, label in enumerate(rows):
            self.paper.text(label, (MARGIN, top + at * CELL + 8), size=SMALL, width=gutter - MARGIN)
        for (row, column), count in counts.items():
            left, upper = gutter + column * wide, top + row * CELL
            self._cell((left, upper, left + wide - 2, upper + CELL - 2), count, most)
            if (row, column) in named:
                ink = PAPER if _shade(count or 0, most) >= DARK else INK
                middle = (left + wide / 2 - 1, upper + 7)
                self.paper.text(
                    self.number(count), middle, size=SMALL, ink=ink, side="middle", width=wide - 2
                )
        return top + len(rows) * CELL

    def _cell(self, box: tuple[float, float, float, float], count: Count, most: int) -> None:
        if count is None:
            self.paper.hatched(*box)
        elif count:
            self.paper.box(*box, SHADES[_shade(count, most)])
        else:
            left, top, right, bottom = box
            self.paper.box(left + 1, (top + bottom) / 2, right - 1, (top + bottom) / 2 + 2, RULE)

    def busiest(
        self, columns: Sequence[str], rows: Sequence[str], named: Sequence[tuple[tuple[int, int], Count]]
    ) -> list[str]:
        say = self._prompts.phrase
        places = [
            (say(self._language, "charts.cell", column=columns[column], row=rows[row]), self.number(count))
            for (row, column), count in named
        ]
        points = [say(self._language, "charts.point", where=where, number=number) for where, number in places]
        first = say(self._language, "charts.busiest", points="; ".join(points))
        return [first, say(self._language, "charts.no_more")]

    # Funnel

    def reached(self, step: Step, whole: Count) -> str:
        number = self.number(step.count)
        if step.count is None or not whole:
            return number
        share = format_percent(step.count / whole, locale=self._language)
        return self._prompts.phrase(self._language, "charts.number_and_share", number=number, share=share)

    def step(self, step: Step, said: str, most: int, y: float) -> float:
        beside = length(said, TEXT, bold=True) + MARGIN
        self.paper.text(said, (WIDTH - MARGIN, y), bold=True, side="right")
        y = self.paper.text(step.label, (MARGIN, y), width=ROOM - beside) + 4
        self.paper.box(MARGIN, y, WIDTH - MARGIN, y + STEP, SHADES[0])
        if step.count is None:
            self.paper.hatched(MARGIN, y, MARGIN + HIDDEN_STEP, y + STEP)
        else:
            self.paper.box(
                MARGIN, y, MARGIN + max(3, ROOM * step.count / most) * bool(step.count), y + STEP, COLOURS[0]
            )
        return y + STEP + 20


def _safe(total: Count, parts: Sequence[Count]) -> Count:
    """A total from which one could work out what is hidden is hidden as well."""
    hidden = parts.count(None)
    left = (total or 0) - sum(count for count in parts if count is not None)
    return None if hidden == 1 or (hidden and left < FEWEST) else total


def _marks(weeks: int) -> list[int]:
    """The first, the last, and some between them at equal distances."""
    most = min(weeks, MOST_MARKS)
    return sorted({round(at * (weeks - 1) / max(1, most - 1)) for at in range(most)})


def _spans(bars: int) -> Iterator[tuple[float, float]]:
    """From where to where each bar goes. A few are not made broader than bars are."""
    wide = ROOM / max(bars, 5)
    between = APART if bars <= MOST_APART else 0
    for at in range(bars):
        yield MARGIN + at * wide, MARGIN + (at + 1) * wide - between


def _within(span: tuple[float, float], words: str) -> tuple[float, float]:
    """From where to where words go in the middle of a bar, but within the picture."""
    half = length(words, SMALL) / 2
    middle = min(max(sum(span) / 2, MARGIN + half), WIDTH - MARGIN - half)
    return middle - half, middle + half


def _shade(count: int, most: int) -> int:
    return max(0, ceil(len(SHADES) * count / most) - 1)


def _in_turn(colours: Sequence[str]) -> Iterator[str]:
    while True:
        yield from colours
