"""How well two people suit each other. Ben is a mentee in Denver, Ana a mentor in Dublin."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
import pytz
from hypothesis import given, settings
from matchmaking import RULES, ana, ben, crowds

from bot.calendar import NO_COUNTRY, WEEK, Hours, windows
from bot.matching.people import Format, Participant
from bot.matching.phrases import likeness, stems
from bot.matching.scoring import WEIGHT, Part, Scoring
from bot.matching.shared_hours import shared_minutes


def parts(mentee: Participant, mentor: Participant, format_: Format = Format.ONE_TO_ONE) -> dict[Part, int]:
    return dict(Scoring([mentee], [mentor], replace(RULES, format=format_)).parts(0, 0))


def alike(one: str, other: str) -> int:
    return likeness(stems(one), stems(other))


def test_the_parts_come_to_a_thousand() -> None:
    assert sum(WEIGHT.values()) == 1000


def test_how_people_are_weighs_more_than_who_they_are() -> None:
    deep = WEIGHT[Part.MET] + WEIGHT[Part.STYLE] + WEIGHT[Part.CONTACT] + WEIGHT[Part.WISHED]

    assert deep > 2 * (WEIGHT[Part.STAGE] + WEIGHT[Part.HOURS])


@given(crowds())
@settings(max_examples=100, deadline=None)
def test_all_at_once_is_the_same_as_one_by_one(people: Sequence[Participant]) -> None:
    scoring = Scoring(people, people, RULES)

    scores = scoring.of(np.arange(len(people)))

    for (mentee, mentor), score in np.ndenumerate(scores):
        assert score == sum(scoring.parts(mentee, mentor).values())
        assert 0 <= score <= 1000


@given(crowds(largest=6))
@settings(max_examples=50, deadline=None)
def test_groups_and_names_never_change_a_score(people: Sequence[Participant]) -> None:
    everybody = np.arange(len(people))
    others = [replace(person, group=f"group {n % 2}") for n, person in enumerate(people)]

    before, after = (Scoring(crowd, crowd, RULES).of(everybody) for crowd in (people, others))

    assert before.tolist() == after.tolist()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Managing people", "people management"),
        ("Public speaking", "speak in public"),
        ("career strategies", "Career Strategy"),
        ("Übungen planen", "übung planen"),
        ("C++", "c++"),
    ],
)
def test_the_same_thing_in_other_words_is_the_same(one: str, other: str) -> None:
    assert alike(one, other) == 1000


@pytest.mark.parametrize(("one", "other"), [("C++", "C"), ("hiring", "hiking"), ("a", "the"), ("", "hiring")])
def test_other_things_are_not(one: str, other: str) -> None:
    assert alike(one, other) == 0


def test_half_of_the_words_is_something() -> None:
    assert alike("code review", "code generation") == 500


def test_each_thing_that_is_wanted_counts_by_the_nearest_that_is_offered() -> None:
    mentee = ben(wants=("code review", "hiring"))

    assert parts(mentee, ana(offers=("code generation", "Hiring")))[Part.MET] == 300
    assert parts(mentee, ana(offers=("cooking",)))[Part.MET] == 0


def test_who_wants_nothing_in_particular_is_met_half_by_everybody() -> None:
    assert parts(ben(), ana(offers=("hiring",)))[Part.MET] == parts(ben(wants=("?",)), ana())[Part.MET] == 200


def test_a_mentor_who_offers_nothing_meets_nothing() -> None:
    assert parts(ben(wants=("hiring",)), ana())[Part.MET] == 0


def test_the_first_wish_counts_most_and_the_fifth_still_something() -> None:
    names = ("ana", "eva", "jo", "kim", "lou")
    mentee = ben(wishes=names)

    assert [parts(mentee, ana(name))[Part.WISHED] for name in names] == [150, 120, 90, 60, 30]
    assert parts(mentee, ana("max"))[Part.WISHED] == 0
    assert parts(ben(), ana("max"))[Part.WISHED] == 75


def test_a_sixth_wish_is_not_read() -> None:
    assert parts(ben(wishes=("a", "b", "c", "d", "e", "ana")), ana())[Part.WISHED] == 0


def test_a_wish_said_twice_is_one() -> None:
    said_twice, mentor = ben(wishes=("ana", "ana", "eva")), ana("eva")

    assert parts(said_twice, mentor)[Part.WISHED] == 120
    assert Scoring([said_twice], [ana()], RULES).of(np.array([0]))[0, 0] == sum(
        parts(said_twice, ana()).values()
    )


@pytest.mark.parametrize(
    ("format_", "expected"),
    [
        (Format.ONE_TO_ONE, [100, 50, 0]),
        (Format.REVERSE, [0, 50, 100]),
        (Format.PEER, [50, 100, 50]),
    ],
)
def test_experience_goes_the_way_the_programme_wants(format_: Format, expected: list[int]) -> None:
    mentors = [ana(stage=stage) for stage in ("senior", "mid", "early")]

    assert [parts(ben(stage="mid"), mentor, format_)[Part.STAGE] for mentor in mentors] == expected


# Hours in common


def shared(one: Hours, other: Hours, first: date = RULES.first) -> int:
    return int(shared_minutes([one], [other], first)[0, 0])


def test_hours_in_common_are_counted_through_the_change_of_the_clocks() -> None:
    """Dublin is 7 hours ahead of Denver, but 6 for three weeks in spring and one in autumn: of 9 to 18 each
    they share 2 hours a day, and 3 in those four weeks."""
    week = shared(Hours("Europe/Dublin"), Hours("America/Denver"))

    assert week == (5 * 60 * (2 * 48 + 3 * 4)) // 52


def test_where_the_clocks_never_change_it_is_plain_counting() -> None:
    assert shared(Hours("Asia/Tokyo"), Hours("Asia/Kolkata")) == 5 * (5 * 60 + 30)
    assert shared(Hours("Asia/Tokyo"), Hours("Africa/Lagos")) == 5 * 60


def test_nights_and_other_weeks_are_counted_as_they_are() -> None:
    night = Hours("Asia/Tokyo", time(22), time(6))
    sunday_to_thursday = Hours("Asia/Tokyo", days=frozenset({6, 0, 1, 2, 3}))

    assert shared(night, Hours("Asia/Tokyo")) == 0
    assert shared(sunday_to_thursday, Hours("Asia/Tokyo")) == 4 * 9 * 60


def test_hours_in_common_are_the_same_from_both_sides() -> None:
    zones = ("America/Denver", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham")
    hours = [Hours(zone) for zone in zones]

    table = shared_minutes(hours, hours, RULES.first)

    assert (table == table.T).all()
    assert table.diagonal().tolist() == [45 * 60] * 4


@pytest.mark.parametrize("first", [date(2026, 1, 1), date(2026, 3, 25)])
def test_a_year_by_weeks_is_a_year_by_days(first: date) -> None:
    """A shift that lies across two weeks counts in both, and no change of the clocks is lost."""
    begin = datetime.combine(first, time(), UTC)
    always = Hours("UTC", time(), time(), frozenset(range(7)))
    zones = sorted(pytz.common_timezones)[::3]
    some = [Hours(zone, time(20), time(5, 30), frozenset({0, 2, 6}), NO_COUNTRY) for zone in zones]

    table = shared_minutes(some, [always], first)

    for hours, minutes in zip(some, table[:, 0], strict=True):
        spans = windows(hours, begin, begin + 52 * WEEK)
        assert minutes == sum((closes - opens for opens, closes in spans), timedelta()) // timedelta(
            minutes=52
        )


def test_ten_hours_in_common_are_enough() -> None:
    same = ana(hours=Hours("America/Denver"))

    assert parts(ben(), same)[Part.HOURS] == 150
    assert parts(ben(), ana(hours=Hours("Asia/Kolkata")))[Part.HOURS] == 0
    assert (
        parts(ben(), ana(hours=Hours("Europe/Berlin")))[Part.HOURS]
        == 150 * shared(Hours("America/Denver"), Hours("Europe/Berlin")) // 600
    )
