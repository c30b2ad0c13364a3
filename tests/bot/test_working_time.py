"""Ben is a mentee in Denver, Ana his mentor in Dublin. F1 to F9 are the attacks on time in our list.

The oracle walks minute by minute, with zoneinfo and the list of holidays, and knows nothing of our calendar.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calendar import Hours, NeverDecent, Span, is_decent
from bot.working_time import after, worked, working_day

BEN = Hours("America/Denver")
ANA = Hours("Europe/Dublin")
NOURA = Hours("Africa/Cairo", days=frozenset({6, 0, 1, 2, 3}))  # her weekend is Friday and Saturday
LIV = Hours("Europe/Oslo", time(22), time(6))  # on the night shift
OPEN = Hours("Europe/Dublin", time(9), time(9))
NOBODY = Hours("Europe/Dublin", days=frozenset())

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOTHING = timedelta(0)
LEAVE = frozenset(date(2026, 3, 1) + n * timedelta(days=1) for n in range(3000))
FOR_EVER = datetime.max.replace(tzinfo=UTC)


@cache
def clock(zone: str) -> ZoneInfo:
    """The rules that pytz brings, read by zoneinfo; the ones of this machine may be a year older."""
    with (files("pytz") / "zoneinfo" / zone).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=zone)


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock(zone)).astimezone(UTC)


def there(hours: Hours, text: str) -> datetime:
    return at(text, hours.timezone)


def shown(moment: datetime, hours: Hours) -> str:
    return f"{moment.astimezone(clock(hours.timezone)):%a %d %b %H:%M}"


# The oracle

COUNTRIES = {
    "America/Denver": "US",
    "Europe/Dublin": "IE",
    "Australia/Lord_Howe": "AU",
    "Africa/Cairo": "EG",
    "Pacific/Chatham": "NZ",
    "Pacific/Kiritimati": "KI",
    "Pacific/Marquesas": "PF",
    "Asia/Kolkata": "IN",
    "America/Havana": "CU",
    "Asia/Tokyo": "JP",
    "UTC": "",
}


@cache
def celebrated(country: str, year: int) -> frozenset[date]:
    if country in holidays.list_supported_countries():
        return frozenset(holidays.country_holidays(country, years=year))
    return frozenset()


def works_on(hours: Hours, day: date) -> bool:
    country = hours.country or COUNTRIES[hours.timezone]
    free = day in hours.days_off or day in celebrated(country, day.year)
    return day.weekday() in hours.days and not free


def in_a_shift(hours: Hours, shown: datetime) -> bool:
    """`shown` is the furthest that the clock on the wall has come so far."""
    whole = hours.start == hours.end
    start, end = (time(), time()) if whole else (hours.start, hours.end)
    for day in (shown.date(), shown.date() - DAY):
        last = day if start < end else day + DAY
        if datetime.combine(day, start) <= shown < datetime.combine(last, end) and works_on(hours, day):
            return True
    return False


def free_minutes(hours: Hours, start: datetime, minutes: int, away: Sequence[Span] = ()) -> list[bool]:
    """For each minute from `start` on, whether one may write to them."""
    zone, before = clock(hours.timezone), 25 * 60
    walk = [start + n * MINUTE for n in range(-before, minutes)]
    walls = accumulate((moment.astimezone(zone).replace(tzinfo=None) for moment in walk), max)
    works = [in_a_shift(hours, wall) for wall in walls]
    gone = [any(span.opens <= moment < span.closes for span in away) for moment in walk]
    return [work and not out for work, out in zip(works, gone, strict=True)][before:]


ZONES = st.sampled_from(list(COUNTRIES))
QUARTERS = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
PEOPLE = st.builds(
    Hours,
    ZONES,
    QUARTERS,
    QUARTERS,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.sampled_from(["", "", "IE", "JP", "ZZ"]),
    st.frozensets(st.dates(date(2026, 3, 1), date(2026, 4, 30)), max_size=5),
)
MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda n: at("2026-01-01") + n * MINUTE)
# When the clocks change in Denver, Dublin, Lord Howe, Chatham, Cairo and Havana
CHANGES = st.sampled_from(
    ["2026-03-08", "2026-03-29", "2026-04-04", "2026-04-24", "2026-10-25", "2026-11-01"]
)
AROUND_A_CHANGE = st.builds(lambda day, n: at(day) + n * MINUTE, CHANGES, st.integers(-2880, 2880))
EDGES = st.integers(-4000, 9000)


def spans(start: datetime, edges: Sequence[tuple[int, int | None]]) -> list[Span]:
    return [
        Span(start + one * MINUTE, FOR_EVER if two is None else start + two * MINUTE) for one, two in edges
    ]


AWAY = st.lists(st.tuples(EDGES, EDGES | st.none()), max_size=4)
SOON = st.timedeltas(NOTHING, DAY)  # done within five years even by who works a quarter of an hour a week
EXACT = st.timedeltas(NOTHING, timedelta(days=40))


# What it says


@pytest.mark.parametrize(
    ("hours", "start", "end", "hours_worked"),
    [
        pytest.param(BEN, "2026-03-10T10:00", "2026-03-10T12:30", 2.5, id="within-a-day"),
        pytest.param(BEN, "2026-03-10T20:00", "2026-03-11T08:00", 0, id="a-night"),
        pytest.param(BEN, "2026-03-10T17:00", "2026-03-11T10:00", 2, id="over-a-night"),
        pytest.param(BEN, "2026-03-06T17:00", "2026-03-09T10:00", 2, id="F2-over-the-weekend-of-the-change"),
        pytest.param(LIV, "2026-03-27T21:00", "2026-03-29T00:00", 8, id="F5-over-midnight"),
        pytest.param(LIV, "2026-10-23T21:00", "2026-10-26T12:00", 8, id="F2-friday-night-has-no-change"),
        pytest.param(OPEN, "2026-03-03T00:00", "2026-03-05T00:00", 48, id="F5-the-whole-day"),
        pytest.param(NOURA, "2026-02-19T09:00", "2026-02-22T18:00", 18, id="F6-weekend-friday-saturday"),
        pytest.param(ANA, "2026-03-16T09:00", "2026-03-18T18:00", 18, id="F6-saint-patricks-day"),
        pytest.param(ANA, "2028-02-28T09:00", "2028-03-01T18:00", 27, id="F7-leap-day"),
        pytest.param(ANA, "2026-12-30T09:00", "2027-01-04T18:00", 27, id="F7-week-53-and-new-year"),
        pytest.param(NOBODY, "2026-03-01T00:00", "2026-12-01T00:00", 0, id="F9-never-at-work"),
    ],
)
def test_counts_the_persons_own_hours(hours: Hours, start: str, end: str, hours_worked: float) -> None:
    assert worked(hours, there(hours, start), there(hours, end)) == hours_worked * HOUR


@pytest.mark.parametrize(
    ("night", "hours_worked"),
    [
        pytest.param("2026-03-28", 7, id="F2-an-hour-less"),
        pytest.param("2026-10-24", 9, id="F2-an-hour-more"),
        pytest.param("2026-05-30", 8, id="any-other"),
    ],
)
def test_a_night_in_which_the_clocks_change_counts_as_long_as_it_is(night: str, hours_worked: int) -> None:
    saturdays = replace(LIV, days=frozenset({5}))
    start = there(LIV, f"{night}T12:00")

    assert worked(saturdays, start, start + DAY) == hours_worked * HOUR


def test_every_microsecond_counts() -> None:
    nine = there(BEN, "2026-03-10T09:00")
    moment = timedelta(microseconds=1)

    assert worked(BEN, nine - moment, nine + moment) == moment
    assert worked(BEN, nine + moment, nine + 3 * moment) == 2 * moment
    assert after(BEN, nine - moment, moment) == nine + moment


def test_what_counts_follows_ben_when_he_moves() -> None:
    """F4"""
    start, end = at("2026-03-10T09:00"), at("2026-03-10T18:00")

    assert worked(BEN, start, end) == 3 * HOUR
    assert worked(replace(BEN, timezone="Europe/Lisbon"), start, end) == 9 * HOUR


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        pytest.param("Pacific/Chatham", "2026-01-06T19:15", id="F3-plus-13:45"),
        pytest.param("Pacific/Marquesas", "2026-01-07T18:30", id="F3-minus-9:30"),
        pytest.param("Pacific/Kiritimati", "2026-01-06T19:00", id="F3-plus-14"),
    ],
)
def test_a_wednesday_begins_at_nine_wherever_it_is(zone: str, start: str) -> None:
    hours = Hours(zone, country="ZZ")

    assert worked(hours, at(start) - 15 * HOUR, at(start)) == NOTHING
    assert worked(hours, at(start), at(start) + DAY) == 9 * HOUR


def test_the_day_that_samoa_left_out_has_no_hours() -> None:
    """F3"""
    teuila = Hours("Pacific/Apia", country="ZZ")

    assert worked(teuila, there(teuila, "2011-12-29T09:00"), there(teuila, "2011-12-31T12:00")) == 9 * HOUR


def test_pauses_do_not_count_however_they_overlap() -> None:
    monday, end = there(BEN, "2026-03-09T09:00"), there(BEN, "2026-03-13T18:00")
    tuesday, wednesday = there(BEN, "2026-03-10T12:00"), there(BEN, "2026-03-11T12:00")
    away = [Span(wednesday, tuesday), Span(tuesday, wednesday), Span(tuesday - HOUR, wednesday - HOUR)]

    assert worked(BEN, monday, end, away) == 35 * HOUR
    assert worked(BEN, monday, end, [*away, Span(wednesday, FOR_EVER)]) == 11 * HOUR


def test_time_does_not_run_backwards() -> None:
    assert worked(BEN, there(BEN, "2026-03-11T12:00"), there(BEN, "2026-03-10T12:00")) == NOTHING


def test_a_moment_without_a_zone_is_refused() -> None:
    """F1"""
    naive = datetime(2026, 3, 10)  # noqa: DTZ001

    with pytest.raises(ValueError, match="without a zone"):
        worked(BEN, naive, at("2026-03-10"))
    with pytest.raises(ValueError, match="without a zone"):
        after(BEN, naive, HOUR)


@pytest.mark.parametrize(
    ("hours", "length"), [(BEN, 9), (LIV, 8), pytest.param(OPEN, 24, id="F5-start-is-end")]
)
def test_a_working_day_is_as_long_as_the_hours_say(hours: Hours, length: int) -> None:
    assert working_day(hours) == length * HOUR


@pytest.mark.parametrize(
    ("hours", "start", "work", "found"),
    [
        (BEN, "2026-03-10T10:00", 18, "Thu 12 Mar 10:00"),
        pytest.param(BEN, "2026-03-10T10:00", 0, "Tue 10 Mar 10:00", id="nothing-at-once"),
        pytest.param(BEN, "2026-03-10T22:00", 0, "Wed 11 Mar 09:00", id="nothing-in-the-morning"),
        pytest.param(BEN, "2026-03-10T09:00", 9, "Wed 11 Mar 09:00", id="not-at-the-end-of-a-day"),
        pytest.param(BEN, "2026-03-05T10:00", 18, "Mon 09 Mar 10:00", id="F2-the-clocks-change-on-the-way"),
        pytest.param(LIV, "2026-03-14T05:00", 8, "Tue 17 Mar 05:00", id="F5-a-night"),
        pytest.param(BEN, "2026-05-22T10:00", 9, "Tue 26 May 10:00", id="F6-memorial-day"),
    ],
)
def test_finds_when_so_much_was_worked(hours: Hours, start: str, work: float, found: str) -> None:
    assert shown(after(hours, there(hours, start), work * HOUR), hours) == found


def test_waits_for_the_end_of_a_pause() -> None:
    start = there(BEN, "2026-03-10T16:00")
    away = [Span(there(BEN, "2026-03-10T18:00"), there(BEN, "2026-03-17T12:00"))]

    assert shown(after(BEN, start, HOUR, away), BEN) == "Tue 10 Mar 17:00"
    assert shown(after(BEN, start, 2 * HOUR, away), BEN) == "Tue 17 Mar 12:00"
    assert shown(after(BEN, start + DAY, NOTHING, away), BEN) == "Tue 17 Mar 12:00"


@pytest.mark.parametrize(
    ("hours", "away"),
    [
        pytest.param(NOBODY, [], id="F9-no-day"),
        pytest.param(replace(BEN, days_off=LEAVE), [], id="leave-without-an-end"),
        pytest.param(BEN, [Span(at("2026-03-01"), FOR_EVER)], id="a-pause-without-an-end"),
        pytest.param(BEN, [Span(at("2026-03-01"), at("2031-08-01"))], id="a-pause-of-years"),
    ],
)
def test_gives_up_on_somebody_who_is_never_back(hours: Hours, away: list[Span]) -> None:
    with pytest.raises(NeverDecent):
        after(hours, at("2026-03-10T16:00"), HOUR, away)


# Against the walk


@settings(max_examples=120, deadline=None)
@given(PEOPLE, MOMENTS | AROUND_A_CHANGE, st.integers(0, 6000), AWAY)
def test_counts_what_a_minute_walk_counts(
    hours: Hours, start: datetime, minutes: int, edges: list[tuple[int, int | None]]
) -> None:
    """F2, F3, F5, F6"""
    away = spans(start, edges)

    walked = free_minutes(hours, start, minutes, away)

    assert worked(hours, start, start + minutes * MINUTE, away) == sum(walked) * MINUTE


@settings(max_examples=100, deadline=None)
@given(PEOPLE, MOMENTS | AROUND_A_CHANGE, st.integers(0, 2000), AWAY)
def test_finds_the_moment_that_a_minute_walk_finds(
    hours: Hours, start: datetime, work: int, edges: list[tuple[int, int | None]]
) -> None:
    """F2, F3, F5, F6"""
    away = spans(start, edges)
    try:
        found = after(hours, start, work * MINUTE, away)
    except NeverDecent:
        found = FOR_EVER

    walked = free_minutes(hours, start, 6000, away)
    done = [0, *accumulate(walked)]
    expected = (n for n, free in enumerate(walked) if free and done[n] >= work)

    n = next(expected, None)
    assert found == start + n * MINUTE if n is not None else found >= start + 6000 * MINUTE


# For everybody, at any microsecond


@settings(max_examples=150, deadline=None)
@given(PEOPLE, MOMENTS | AROUND_A_CHANGE, st.lists(EXACT, min_size=2, max_size=2), AWAY)
def test_two_parts_of_a_wait_are_the_whole(
    hours: Hours, start: datetime, parts: list[timedelta], edges: list[tuple[int, int | None]]
) -> None:
    away = spans(start, edges)
    middle, end = start + parts[0], start + sum(parts, NOTHING)

    whole = worked(hours, start, end, away)

    assert whole == worked(hours, start, middle, away) + worked(hours, middle, end, away)
    assert NOTHING <= whole <= worked(hours, start, end) <= end - start


@settings(max_examples=100, deadline=None)
@given(PEOPLE, MOMENTS | AROUND_A_CHANGE, EXACT)
def test_never_advances_off_hours(hours: Hours, start: datetime, length: timedelta) -> None:
    """F2, F5, F6"""
    if worked(hours, start, start + MINUTE) == NOTHING:
        assert not is_decent(hours, start)
    opens = after(hours, start, NOTHING)

    assert worked(hours, start, opens) == NOTHING
    assert worked(hours, start, start + length, [Span(start, start + length)]) == NOTHING
    assert worked(hours, start, start + length, [Span(start - length, FOR_EVER)]) == NOTHING


@settings(max_examples=150, deadline=None)
@given(PEOPLE, MOMENTS | AROUND_A_CHANGE, EXACT, AWAY)
def test_when_and_how_much_are_two_sides_of_one_thing(
    hours: Hours, start: datetime, work: timedelta, edges: list[tuple[int, int | None]]
) -> None:
    away = spans(start, edges)
    try:
        found = after(hours, start, work, away)
    except NeverDecent:
        assert worked(hours, start, start + timedelta(days=5 * 364), away) <= work
        return

    assert found >= start
    assert is_decent(hours, found)
    assert not any(span.opens <= found < span.closes for span in away)
    assert worked(hours, start, found, away) == work


@settings(max_examples=60, deadline=None)
@given(PEOPLE, MOMENTS | AROUND_A_CHANGE, SOON, SOON)
def test_more_work_and_a_later_start_never_end_sooner(
    hours: Hours, start: datetime, work: timedelta, more: timedelta
) -> None:
    found = after(hours, start, work)

    assert found <= after(hours, start, work + more)
    assert found <= after(hours, start + more, work)
    assert worked(hours, start, start + work) <= worked(hours, start, start + work + more)


@settings(max_examples=25, deadline=None)
@given(PEOPLE, MOMENTS | AROUND_A_CHANGE, EXACT)
def test_a_wait_over_the_edge_of_what_is_kept_is_the_sum_of_its_days(
    hours: Hours, start: datetime, length: timedelta
) -> None:
    """The table of a person is cut about once a year; a count from years ago passes many cuts."""
    days = [start + n * DAY for n in range(430)]
    long_ago = at("2019-06-01")

    assert worked(hours, days[0], days[-1]) == sum(
        (worked(hours, one, two) for one, two in pairwise(days)), NOTHING
    )
    assert worked(hours, long_ago, start + length) - worked(hours, long_ago, start) == worked(
        hours, start, start + length
    )
