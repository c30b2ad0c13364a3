"""Charts: a picture and its words say the same numbers, and neither says more than it may."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pseudo import PSEUDO, is_pseudo, pseudo, with_pseudo

from bot import charts
from bot.charts import FEWEST, Count, Series, Step
from bot.messages import Picture
from bot.paper import PAPER, WIDTH, Paper
from bot.prompts import Prompts

TEAMS_TAKES = 1024  # pixels
SLACK_TAKES = 2000  # units of words
SMALL_ENOUGH = 19_000  # bytes: what Teams takes within a card
STATES = ("On track", "Quiet", "Needs a hand", "Paused", "Too early to say", "Finished")

counts = st.none() | st.just(0) | st.integers(FEWEST, 99_999)


class Remembering(Paper):
    """It knows what was written on it, and where something was hatched."""

    papers: ClassVar[list["Remembering"]] = []

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hatches = 0
        self.papers.append(self)

    def text(self, words: str, *how: object, **more: object) -> int:
        self.words.append(words)
        return super().text(words, *how, **more)  # type: ignore[arg-type]

    def hatched(self, *box: float) -> None:
        self.hatches += 1
        super().hatched(*box)


@pytest.fixture(autouse=True)
def papers(monkeypatch: pytest.MonkeyPatch) -> list[Remembering]:
    monkeypatch.setattr("bot.charts.Paper", Remembering)
    Remembering.papers.clear()
    return Remembering.papers


def numbers(*words: str) -> Counter[str]:
    """Without the one that says what is hidden."""
    found = re.findall(r"\d+(?:[.,]\d{3})*", " ".join(words))
    return Counter(found) - Counter([str(FEWEST)] if any("fewer than" in said for said in words) else [])


def words_for(number: int) -> str:
    """A label that holds no number."""
    return "w" + "".join("abcdefghij"[int(digit)] for digit in str(number))


def health(prompts: Prompts, *series: Sequence[Count], total: Count = 99, language: str = "en") -> Picture:
    weeks = [words_for(week) for week in range(len(series[0]))]
    named = [Series(label, tuple(one)) for label, one in zip(STATES, series, strict=False)]
    return charts.health_over_time(prompts, language, weeks, named, [total] * len(weeks))


def pixels(picture: Picture) -> Image.Image:
    return Image.open(BytesIO(picture.content)).convert("RGB")


def as_hex(colour: object) -> str:
    assert isinstance(colour, tuple)
    return "#{:02x}{:02x}{:02x}".format(*colour)


# The same in words


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(counts, min_size=6, max_size=6), min_size=1, max_size=30))
def test_the_words_about_weeks_say_the_numbers_that_are_drawn(
    prompts: Prompts, weeks: list[list[Count]]
) -> None:
    Remembering.papers.clear()

    picture = health(prompts, *zip(*weeks, strict=True))

    [paper] = Remembering.papers
    assert numbers(picture.alt) == numbers(*paper.words)
    assert picture.alt.count("hidden") == sum(word == "hidden" for word in paper.words)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 24).flatmap(lambda n: st.lists(st.lists(counts, min_size=7, max_size=7), min_size=n)))
def test_the_words_about_hours_say_the_numbers_that_are_drawn(
    prompts: Prompts, cells: list[list[Count]]
) -> None:
    Remembering.papers.clear()
    rows = [words_for(row) for row in range(len(cells))]

    picture = charts.rhythm(prompts, "en", [words_for(day) for day in range(7)], rows, cells)

    [paper] = Remembering.papers
    assert numbers(picture.alt) == numbers(*paper.words)
    assert len(picture.alt) <= SLACK_TAKES


@settings(deadline=None, max_examples=40)
@given(st.lists(counts, min_size=1, max_size=9))
def test_the_words_about_steps_say_the_numbers_that_are_drawn(prompts: Prompts, steps: list[Count]) -> None:
    Remembering.papers.clear()

    picture = charts.funnel(prompts, "en", [Step(words_for(at), count) for at, count in enumerate(steps)])

    [paper] = Remembering.papers
    assert numbers(picture.alt) == numbers(*paper.words)


def test_says_each_step_with_its_share_of_the_first(prompts: Prompts) -> None:
    steps = [Step("Enrolled", 120), Step("Started", 90), Step("A good ending", None)]

    picture = charts.funnel(prompts, "en", steps)

    assert picture.title == "From enrolment to a good ending"
    assert picture.alt == (
        "Enrolled: 120. Started: 90 (75%). A good ending: hidden. Shares are of those at the first step. "
        "Hidden, to protect groups of fewer than 5 people."
    )


def test_says_weeks_kind_by_kind(prompts: Prompts) -> None:
    picture = charts.health_over_time(
        prompts, "de", ["2. Nov.", "9. Nov."], [Series("Auf gutem Weg", (1200, 1310))], [1500, 1600]
    )

    assert picture.alt == (
        "Woche für Woche (2. Nov. bis 9. Nov.). Auf gutem Weg: 2. Nov.: 1.200; 9. Nov.: 1.310. "
        "Alle Paare: 2. Nov.: 1.500; 9. Nov.: 1.600."
    )


def test_says_hours_day_by_day(prompts: Prompts) -> None:
    picture = charts.rhythm(prompts, "en", ["Mon", "Tue"], ["9–10", "10–11"], [[12, 0], [7, None]])

    assert picture.alt == (
        "Mon: 9–10: 12; 10–11: 7. Tue: 10–11: hidden. Where nothing is named, nothing happened. "
        "Hidden, to protect groups of fewer than 5 people."
    )


def test_of_very_many_hours_it_says_the_busiest(prompts: Prompts) -> None:
    cells = [[10 + row + day for day in range(7)] for row in range(24)]

    picture = charts.rhythm(prompts, "en", list("MTWTFSS"), [f"at {row}" for row in range(24)], cells)

    assert picture.alt.startswith("Busiest: S at 23: 39; ")
    assert picture.alt.endswith("Nowhere else was there more.")
    assert picture.alt.count(";") == charts.BUSIEST - 1


# What is hidden


def test_what_is_hidden_is_hatched_and_never_drawn_as_nothing(
    prompts: Prompts, papers: list[Remembering]
) -> None:
    zero, hidden = health(prompts, [0], [9]), health(prompts, [None], [9])

    assert [paper.hatches for paper in papers] == [0, 2]  # it, and what says so below
    assert zero.content != hidden.content
    assert "On track: wa: 0." in zero.alt
    assert "On track: wa: hidden." in hidden.alt


@settings(deadline=None, max_examples=60)
@given(st.lists(st.none() | st.integers(FEWEST, 500), min_size=6, max_size=6), st.integers(0, 4))
def test_no_total_gives_away_the_one_that_is_hidden(prompts: Prompts, parts: list[Count], small: int) -> None:
    known = sum(part for part in parts if part is not None)
    total = known + small * (None in parts)

    picture = health(prompts, *[[part] for part in parts], total=total)

    assert ("All pairs: wa: hidden." in picture.alt) == (None in parts)


def test_a_total_stays_where_enough_is_hidden(prompts: Prompts) -> None:
    assert "All pairs: wa: 40." in health(prompts, [30], [None], [None], total=40).alt


# How it looks


def test_the_same_numbers_make_the_same_file(prompts: Prompts) -> None:
    one, other = (health(prompts, [30, 31], [None, 6]) for _ in range(2))

    assert one.content == other.content
    assert Image.open(BytesIO(one.content)).info == {}


@pytest.mark.parametrize("weeks", [1, 3, 26, 104])
@pytest.mark.parametrize("language", ["en", "de", PSEUDO])
def test_fits_wherever_it_goes(prompts: Prompts, weeks: int, language: str) -> None:
    spoken = with_pseudo(prompts, prompts._typed_words) if language == PSEUDO else prompts
    series = [
        Series(pseudo(state) if language == PSEUDO else state, tuple(40_000 + week for week in range(weeks)))
        for state in STATES
    ]

    picture = charts.health_over_time(
        spoken, language, [f"{week}. Sept." for week in range(weeks)], series, [240_000] * weeks
    )

    assert picture.size[0] == WIDTH
    assert picture.size[1] <= TEAMS_TAKES
    assert len(picture.content) <= SMALL_ENOUGH
    assert len(picture.alt) <= SLACK_TAKES
    assert language != PSEUDO or is_pseudo(picture.title)


def test_stands_on_paper_of_its_own_wherever_it_is_dark(prompts: Prompts) -> None:
    picture = pixels(health(prompts, [30, 31]))

    corners = {picture.getpixel((x, y)) for x in (0, WIDTH - 1) for y in (0, picture.height - 1)}
    assert [as_hex(corner) for corner in corners] == [PAPER]


def test_every_bar_has_its_own_colour_exactly(prompts: Prompts) -> None:
    picture = pixels(health(prompts, *[[30]] * 6))

    seen = {as_hex(colour) for _, colour in picture.getcolors() or []}
    assert set(charts.COLOURS) <= seen


@pytest.mark.parametrize(
    "label", ["Donaudampfschifffahrtsgesellschaftskapitänsmützenträger", "a b " * 40, "№"]
)
def test_long_labels_find_their_place(prompts: Prompts, label: str) -> None:
    picture = charts.funnel(prompts, "en", [Step(label, 10), Step(label, 5)])

    assert picture.size[0] == WIDTH
    assert label.strip()[:20] in picture.alt


@pytest.mark.parametrize(
    "draw",
    [
        lambda prompts: charts.health_over_time(prompts, "en", [], [], []),
        lambda prompts: charts.rhythm(prompts, "en", ["Mon"], ["9–10"], [[0]]),
        lambda prompts: charts.rhythm(prompts, "en", [], [], []),
        lambda prompts: charts.funnel(prompts, "en", []),
        lambda prompts: charts.funnel(prompts, "en", [Step("Enrolled", 0)]),
    ],
)
def test_where_there_is_nothing_yet_it_says_so(prompts: Prompts, draw: Callable[[Prompts], Picture]) -> None:
    picture = draw(prompts)

    assert picture.alt == "There is nothing to show yet."
    assert picture.size[0] == WIDTH
