"""What a comparison says, and what it keeps to itself."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from studies import END, followed, group, key_of, on_record, study

from bot import statistics
from bot.outcomes.analysis import Because, Label, Verdict, by_taking_part, compare, find
from bot.outcomes.joining import Followed, Outcome
from bot.outcomes.matching import match
from bot.statistics import Counted, Observation

RETAINED = Outcome.RETAINED
START = date(2025, 1, 13)
DAY = timedelta(days=1)


def two_groups(n: int, stay: int, m: int, also_stay: int) -> list[Followed]:
    return [*group(True, n, stay), *group(False, m, also_stay, first=10_000)]


# Against published values: Newcombe (1998), table II, method 10


@pytest.mark.parametrize(
    ("one", "two", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_the_difference_has_the_interval_that_newcombe_printed(
    one: tuple[int, int], two: tuple[int, int], low: float, high: float
) -> None:
    found = statistics.risk_difference(Counted(*one), Counted(*two))

    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_fishers_tea() -> None:
    """Of four cups she told three: 17 tables of 70 on either side."""
    assert statistics.chance(Counted(3, 4), Counted(1, 4)) == pytest.approx(34 / 70)
    assert statistics.chance(Counted(4, 4), Counted(0, 4)) == pytest.approx(2 / 70)
    assert statistics.chance(Counted(4, 4), Counted(0, 4), mid_p=True) == pytest.approx(1 / 70)


def test_a_ratio_needs_something_on_both_sides() -> None:
    found = statistics.risk_ratio(Counted(56, 70), Counted(48, 80))

    assert found is not None
    assert found.value == pytest.approx(4 / 3)
    assert found.low < found.value < found.high
    assert statistics.risk_ratio(Counted(0, 70), Counted(48, 80)) is None


def test_holm_by_hand() -> None:
    assert statistics.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert statistics.holm([]) == []


def test_the_smallest_visible_rise_is_smaller_with_more_people() -> None:
    rises = [statistics.smallest_visible(n, Counted(n // 2, n)) for n in (20, 50, 100, 400)]

    assert all(rises)
    assert rises == sorted(rises, key=lambda rise: -(rise or 1))
    assert rises[2] == pytest.approx(0.19, abs=0.02)
    assert statistics.smallest_visible(10, Counted(9, 10)) is None


def test_log_rank_on_the_remissions_of_freireich() -> None:
    """Chi-square 16.79, as textbooks print it."""
    treated = [
        (6, 1),
        (6, 1),
        (6, 1),
        (7, 1),
        (10, 1),
        (13, 1),
        (16, 1),
        (22, 1),
        (23, 1),
        (6, 0),
        (9, 0),
        (10, 0),
    ]
    treated += [(at, 0) for at in (11, 17, 19, 20, 25, 32, 32, 34, 35)]
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    one = [Observation(at * DAY, bool(gone)) for at, gone in treated]
    two = [Observation(at * DAY, True) for at in placebo]

    assert statistics.same_pace(one, two) == pytest.approx(4.17e-5, rel=0.01)
    assert statistics.same_pace([Observation(DAY, False)], [Observation(DAY, False)]) is None


# Labels


@pytest.mark.parametrize("because", list(Because))
def test_only_a_lottery_is_called_one(because: Because) -> None:
    found = find(study(two_groups(60, 50, 60, 35)), RETAINED, END, because)

    assert (found.label is Label.RANDOMISED) == (because is Because.DRAWN)
    assert (found.label is Label.QUASI) == (because is Because.MATCHED)


def test_another_outcome_than_the_one_on_record_was_not_planned() -> None:
    _, record = on_record(40, 20, 7)
    people = study(two_groups(60, 50, 60, 35))

    assert find(people, RETAINED, END, Because.DRAWN, record=record).as_planned
    assert not find(people, RETAINED, END + DAY, Because.DRAWN, record=record).as_planned
    assert not find(people, Outcome.PROMOTED, END, Because.DRAWN, record=record).as_planned


# Verdicts


def test_few_people_are_told_that_they_are_few() -> None:
    assert compare(two_groups(15, 11, 60, 35), RETAINED).verdict is Verdict.FEW
    assert compare(two_groups(60, 40, 60, 35), RETAINED).verdict is Verdict.OPEN


def test_even_few_can_show_what_is_very_large() -> None:
    assert compare(two_groups(15, 14, 15, 2), RETAINED).verdict is Verdict.MORE
    assert compare(two_groups(15, 2, 15, 14), RETAINED).verdict is Verdict.FEWER


def test_where_interval_and_test_disagree_it_is_open() -> None:
    border = compare(two_groups(40, 30, 40, 21), RETAINED)

    assert border.disagree
    assert border.difference is not None
    assert not border.difference.holds_nothing
    assert border.verdict is Verdict.OPEN


# What is kept back


@pytest.mark.parametrize(
    "people",
    [
        two_groups(4, 2, 60, 30),
        two_groups(60, 30, 0, 0),
        two_groups(12, 12, 60, 30),
        two_groups(60, 30, 12, 0),
        [*two_groups(60, 30, 4, 2), *(followed(n, False, None) for n in range(500, 560))],
    ],
)
def test_of_a_few_or_of_a_few_who_are_all_alike_nothing_is_said(people: list[Followed]) -> None:
    found = compare(people, RETAINED)

    assert found.verdict is Verdict.HIDDEN
    assert (found.difference, found.chance, found.visible, found.worst) == (None, None, None, None)


def test_by_taking_part_is_hidden_where_it_would_tell_of_the_few_who_strayed() -> None:
    """Two who were drawn and did not come: subtract one table from the other, and there they are."""
    came = [
        *group(True, 38, 30, took_part=True),
        followed(900, True, False, False),
        followed(901, True, True, False),
    ]
    waited = group(False, 40, 20, first=10_000, took_part=False)
    few = find(replace(study([*came, *waited]), took_part=38), RETAINED, END, Because.DRAWN)
    stayed_away = group(True, 12, 6, first=20_000, took_part=False)
    many = find(
        replace(study([*came[:38], *stayed_away, *waited]), took_part=38), RETAINED, END, Because.DRAWN
    )

    assert few.as_treated is not None
    assert few.as_treated.difference is None
    assert many.as_treated is not None
    assert many.as_treated.difference is not None


def test_a_group_of_a_few_is_hidden_and_another_with_it() -> None:
    sizes = {"Denver": 20, "Dublin": 16, "Graz": 4}
    people = [
        followed(at * 1000 + side * 500 + n, bool(side), n % 3 == 0, cells={"group": name})
        for at, (name, size) in enumerate(sizes.items())
        for side in (0, 1)
        for n in range(size)
    ]

    found = find(study(people), RETAINED, END, Because.DRAWN).groups

    assert [shown.name for shown in found.shown] == ["Denver"]
    assert found.hidden == 2


def test_those_of_whom_nothing_is_known_hide_nobody_by_subtraction() -> None:
    sizes = {"Denver": 20, "Dublin": 16, "Graz": 4}
    people = [
        followed(at * 1000 + side * 500 + n, bool(side), n % 3 == 0, cells={"group": name})
        for at, (name, size) in enumerate(sizes.items())
        for side in (0, 1)
        for n in range(size)
    ] + [followed(9000 + n, True, None) for n in range(30)]

    found = find(study(people), RETAINED, END, Because.DRAWN).groups

    assert [shown.name for shown in found.shown] == ["Denver"]


def left_after(days: int, begins: bool, number: int) -> Followed:
    return followed(number, begins, False, stayed=Observation(days * DAY, True))


def stayed(begins: bool, number: int) -> Followed:
    return followed(number, begins, True, stayed=Observation(END - START, False))


def test_no_step_of_the_curve_tells_who_left_on_a_day() -> None:
    leaving = [left_after(17 * n + 9, n % 3 == 0, n) for n in range(20)]
    people = [*leaving, *(stayed(n % 2 == 0, 100 + n) for n in range(60))]

    found = find(study(people), RETAINED, END, Because.DRAWN, start=START).stays

    assert found is not None
    days = [0, *(point.day for point in found.points)]
    assert all(day % 30 == 0 for day in days[:-1])
    assert days[-1] == (END - START).days
    for before, after in pairwise(days):
        gone = [one for one in leaving if one.stayed and before < one.stayed.after / DAY <= after]
        assert len(gone) >= 5
        assert len({one.begins for one in gone}) == 2


def test_there_is_no_curve_where_it_is_not_known_when_somebody_left() -> None:
    people = [stayed(n % 2 == 0, n) for n in range(60)] + [followed(900, True, False)]

    assert find(study(people), RETAINED, END, Because.DRAWN, start=START).stays is None


# Those who are missing


def test_the_missing_are_counted_both_ways() -> None:
    people = [*two_groups(40, 30, 40, 20), *(followed(900 + n, n < 10, None) for n in range(20))]

    found = compare(people, RETAINED)

    assert (found.missing, found.has_many_missing) == (20, True)
    assert found.worst == pytest.approx(30 / 50 - 30 / 50)
    assert found.best == pytest.approx(40 / 50 - 20 / 50)


# Strata and mentors


def test_people_who_share_a_mentor_make_the_interval_wider() -> None:
    people = [
        followed(n, n < 60, (n // 6) % 2 == 0, mentor=f"mentor {n // 6}" if n < 60 else "")
        for n in range(120)
    ]

    found = find(study(people), RETAINED, END, Because.DRAWN)

    assert (found.clusters.mentors, found.clusters.mentees) == (10, 60)
    assert found.adjusted is not None
    assert found.main.difference is not None
    plain = found.main.difference.high - found.main.difference.low
    assert found.adjusted.high - found.adjusted.low > 1.2 * plain


def test_strata_that_were_served_unequally_are_made_up_for() -> None:
    """Seniors stay and had more places; nothing else differs."""
    seniors = [*group(True, 60, 54, stratum="senior"), *group(False, 20, 18, first=1000, stratum="senior")]
    juniors = [
        *group(True, 20, 8, first=2000, stratum="junior"),
        *group(False, 60, 24, first=3000, stratum="junior"),
    ]

    found = find(study([*seniors, *juniors]), RETAINED, END, Because.DRAWN)

    assert found.main.difference is not None
    assert found.main.difference.value == pytest.approx(0.25)
    assert found.adjusted is not None
    assert found.adjusted.value == pytest.approx(0, abs=1e-9)


# Matching


def with_level(number: int, took_part: bool, level: str, tenure: float) -> Followed:
    cells = {"level": level, "tenure": str(tenure)}
    return followed(number, took_part, True, took_part, cells=cells)


def test_matched_people_are_alike_in_words_and_near_in_numbers() -> None:
    took = [with_level(n, True, "L3" if n % 2 else "L4", 10 + n % 7) for n in range(60)]
    others = [with_level(1000 + n, False, "L3" if n % 5 else "L4", n % 20) for n in range(600)]

    found = match([*took, *others], ["level", "tenure"])

    assert found.pairs >= 50
    assert found.is_alike
    assert max(abs(one.before) for one in found.balance) > 0.5
    assert found.left_out == 60 - found.pairs
    assert len({person.key for person in found.people}) == 2 * found.pairs


def test_somebody_of_whom_it_is_not_known_is_not_matched() -> None:
    people = [with_level(1, True, "", 3), with_level(2, False, "", 3), followed(3, True, True)]

    assert match(people, ["level"]).pairs == 0


def test_taking_part_is_another_split_of_the_same_people() -> None:
    people = [followed(n, n < 30, n % 2 == 0, n % 3 == 0) for n in range(60)]

    assert compare(people, RETAINED, by_taking_part).one.people == 20
    assert {person.key for person in people} == {key_of(n) for n in range(60)}
