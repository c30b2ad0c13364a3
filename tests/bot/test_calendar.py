"""Ben is a mentee in Denver, Ana his mentor in Dublin. F1 to F9 are the attacks on time in our list."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calendar import (
    Cadence,
    Hours,
    NeverDecent,
    country_of,
    decent_before,
    decent_from,
    holiday,
    is_decent,
    is_working_day,
    known_zone,
    local,
    moment,
    occurrences,
    overlap,
    session_days,
    suggest_times,
    windows,
    working_days_after,
)

BEN = Hours("America/Denver")
ANA = Hours("Europe/Dublin")
NOURA = Hours("Africa/Cairo", days=frozenset({6, 0, 1, 2, 3}))  # her weekend is Friday and Saturday
AROHA = Hours("Pacific/Chatham")  # +12:45, in summer +13:45
LIV = Hours("Europe/Oslo", time(22), time(6))  # on the night shift
OPEN = Hours("Europe/Dublin", time(9), time(9), country="ZZ")
NOBODY = Hours("Europe/Dublin", days=frozenset())

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
HALF_YEAR = timedelta(weeks=26)


@cache
def clock(zone: str) -> ZoneInfo:
    """The rules that pytz brings, read by zoneinfo; the ones of this machine may be a year older."""
    with (files("pytz") / "zoneinfo" / zone).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=zone)


def at(text: str, zone: str = "UTC") -> datetime:
    """A moment by what a clock in that zone shows, without asking the module under test."""
    return datetime.fromisoformat(text).replace(tzinfo=clock(zone)).astimezone(UTC)


def shown(moments: list[datetime], zone: str) -> list[str]:
    return [f"{there.astimezone(clock(zone)):%a %d %b %H:%M}" for there in moments]


# An independent reading of what decent means: zoneinfo for pytz, and a walk for each calculation


@cache
def reached(zone: str, wall: datetime) -> datetime:
    """The first quarter of an hour at which the clock in `zone` shows `wall` or later."""
    there = wall.replace(tzinfo=UTC) - timedelta(hours=15)
    while there.astimezone(clock(zone)).replace(tzinfo=None) < wall:
        there += timedelta(minutes=15)
    return there


def seems_decent(hours: Hours, there: datetime) -> bool:
    today = there.astimezone(clock(hours.timezone)).date()
    return any(_in_shift(hours, day, there) for day in (today - DAY, today))


def _in_shift(hours: Hours, day: date, there: datetime) -> bool:
    if not is_working_day(hours, day):
        return False
    start, end = (hours.start, hours.end) if hours.start != hours.end else (time(), time())
    last = day if start < end else day + DAY
    opens = reached(hours.timezone, datetime.combine(day, start))
    return opens <= there < reached(hours.timezone, datetime.combine(last, end))


ZONES = st.sampled_from(
    [
        "America/Denver",
        "Europe/Dublin",
        "Australia/Lord_Howe",
        "Africa/Cairo",
        "Pacific/Chatham",
        "Pacific/Kiritimati",
        "Pacific/Marquesas",
        "Asia/Kolkata",
        "America/Havana",
        "UTC",
    ]
)
QUARTERS = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
PEOPLE = st.builds(
    Hours,
    ZONES,
    QUARTERS,
    QUARTERS,
    st.frozensets(st.integers(0, 6), min_size=1),
    days_off=st.frozensets(st.dates(date(2026, 3, 1), date(2026, 4, 30)), max_size=5),
)
MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda n: at("2026-01-01") + n * MINUTE)
# When the clocks change in Denver, Dublin, Lord Howe, Chatham, Cairo and Havana
CHANGES = st.sampled_from(
    ["2026-03-08", "2026-03-29", "2026-04-04", "2026-04-24", "2026-10-25", "2026-11-01"]
)
AROUND_A_CHANGE = st.builds(lambda day, n: at(day) + n * MINUTE, CHANGES, st.integers(-1440, 2880))


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        pytest.param(None, None, id="F1-null"),
        pytest.param("", None, id="F1-empty"),
        pytest.param("Mars/Phobos", None, id="F1-nowhere"),
        pytest.param("../../etc/passwd", None, id="F1-path"),
        pytest.param("W. Europe Standard Time", "Europe/Berlin", id="F1-windows"),
        pytest.param("India Standard Time", "Asia/Kolkata", id="F1-windows-old-name"),
        pytest.param(" america/denver ", "America/Denver", id="F1-spelling"),
        pytest.param("US/Pacific", "America/Los_Angeles", id="F1-legacy"),
        pytest.param("Iceland", "Atlantic/Reykjavik", id="F1-legacy-country"),
        pytest.param("Europe/Amsterdam", "Europe/Amsterdam", id="F1-merged-in-tzdata"),
        pytest.param("UTC", "UTC", id="F1-utc"),
    ],
)
def test_knows_a_zone_by_any_of_its_names(name: str | None, zone: str | None) -> None:
    assert known_zone(name) == zone


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Europe/Dublin", "IE"),
        ("US/Pacific", "US"),
        ("Asia/Calcutta", "IN"),
        ("Africa/Timbuktu", "ML"),
        ("Iceland", "IS"),
        ("GB", "GB"),
        ("UTC", ""),
        ("Etc/GMT-5", ""),
        ("CET", ""),
        ("EST", ""),
        ("Mars/Phobos", ""),
    ],
)
def test_finds_the_country_of_a_zone(zone: str, country: str) -> None:
    assert country_of(zone) == country


def test_names_the_holiday_of_the_persons_country() -> None:
    saint_patrick = date(2026, 3, 17)

    assert holiday(ANA, saint_patrick) == "Saint Patrick's Day"
    assert holiday(BEN, saint_patrick) == ""
    assert holiday(replace(BEN, country="IE"), saint_patrick) == "Saint Patrick's Day"


@pytest.mark.parametrize(
    ("country", "language", "name"),
    [
        ("DE", "de", "Neujahr"),
        ("DE", "de-AT", "Neujahr"),
        ("DE", "en", "New Year's Day"),
        ("DE", "xx", "New Year's Day"),
        ("BR", "pt", "Confraternização Universal"),
        ("BR", "pt-BR", "Confraternização Universal"),
        ("NZ", "de", "New Year's Day"),
    ],
)
def test_names_the_holiday_in_the_readers_language_or_in_english(
    country: str, language: str, name: str
) -> None:
    assert holiday(Hours("UTC", country=country), date(2026, 1, 1), language) == name


def test_knows_the_holidays_of_a_region() -> None:
    easter_monday = date(2026, 4, 6)

    assert holiday(Hours("Europe/London", country="GB-ENG"), easter_monday) == "Easter Monday"
    assert holiday(Hours("Europe/London", country="GB-SCT"), easter_monday) == ""
    assert holiday(Hours("Europe/London", country="IE-NOWHERE"), easter_monday) == "Easter Monday"


def test_knows_the_day_given_for_a_holiday_on_a_weekend_of_the_next_year() -> None:
    assert not is_working_day(BEN, date(2027, 12, 31))


@pytest.mark.parametrize("country", ["XX", "ZZ", "Ireland", "-"])
def test_has_no_holidays_for_a_country_it_does_not_know(country: str) -> None:
    assert is_working_day(Hours("Europe/Dublin", country=country), date(2026, 3, 17))


def test_forgets_nothing_about_one_year_when_asked_about_another() -> None:
    days = [date(year, 12, 25) for year in (2026, 2025, 2027, 2026)]

    assert {holiday(ANA, day) for day in days} == {"Christmas Day"}


def test_works_on_a_leap_day_and_in_week_53() -> None:
    """F7"""
    assert is_working_day(ANA, date(2028, 2, 29))
    assert date(2026, 12, 31).isocalendar().week == 53
    assert is_working_day(ANA, date(2026, 12, 31))


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime.fromisoformat("2026-03-10T09:00")

    for ask in (is_decent, decent_from, decent_before):
        with pytest.raises(ValueError, match="without a zone"):
            ask(BEN, naive)
    with pytest.raises(ValueError, match="without a zone"):
        local(naive, "Europe/Dublin")


def test_a_wall_clock_with_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="wall clock"):
        moment(at("2026-03-10T09:00"), "Europe/Dublin")


@pytest.mark.parametrize(
    ("wall", "zone", "expected"),
    [
        pytest.param("2026-07-01T09:00", "America/Denver", "2026-07-01T15:00", id="plain"),
        pytest.param("2026-03-08T02:30", "America/Denver", "2026-03-08T09:00", id="F2-gap-denver"),
        pytest.param("2026-03-29T01:59", "Europe/Dublin", "2026-03-29T01:00", id="F2-gap-dublin"),
        pytest.param("2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:30", id="F2-gap-half-hour"),
        pytest.param("2026-04-24T00:00", "Africa/Cairo", "2026-04-23T22:00", id="F2-no-midnight-cairo"),
        pytest.param(
            "2026-09-06T00:00", "America/Santiago", "2026-09-06T04:00", id="F2-no-midnight-santiago"
        ),
        pytest.param("2011-12-30T12:00", "Pacific/Apia", "2011-12-30T10:00", id="F3-no-such-day-in-samoa"),
        pytest.param("2026-11-01T01:30", "America/Denver", "2026-11-01T07:30", id="F2-twice-denver"),
        pytest.param("2026-10-25T01:30", "Europe/Dublin", "2026-10-25T00:30", id="F2-twice-dublin"),
        pytest.param("2026-04-05T01:45", "Australia/Lord_Howe", "2026-04-04T14:45", id="F2-twice-half-hour"),
        pytest.param("2026-01-01T09:00", "Pacific/Chatham", "2025-12-31T19:15", id="F3-plus-13:45"),
        pytest.param("2026-01-01T09:00", "Pacific/Marquesas", "2026-01-01T18:30", id="F3-minus-9:30"),
        pytest.param("2026-01-01T09:00", "Pacific/Kiritimati", "2025-12-31T19:00", id="F3-plus-14"),
    ],
)
def test_reads_a_wall_clock(wall: str, zone: str, expected: str) -> None:
    assert moment(datetime.fromisoformat(wall), zone) == at(expected)


def test_the_gap_ends_on_the_second_whatever_the_wall_clock_says() -> None:
    """F2"""
    wall = datetime.fromisoformat("2026-03-08T02:30:12.345678")

    assert moment(wall, "America/Denver") == at("2026-03-08T09:00")


@settings(max_examples=200)
@given(ZONES, MOMENTS | AROUND_A_CHANGE)
def test_a_moment_comes_back_from_the_wall_clock_unless_it_is_the_second_time(
    zone: str, there: datetime
) -> None:
    wall = local(there, zone).replace(tzinfo=None)
    back = moment(wall, zone)

    assert back <= there
    assert local(back, zone).replace(tzinfo=None) == wall
    if back != there:
        assert there.astimezone(clock(zone)).fold


def test_the_day_has_the_name_it_has_over_there() -> None:
    """F3: one moment, three days."""
    there = at("2026-03-10T10:30")

    days = {f"{local(there, zone):%A}" for zone in ("Pacific/Kiritimati", "UTC", "Etc/GMT+12")}

    assert days == {"Wednesday", "Tuesday", "Monday"}


@pytest.mark.parametrize(
    ("clock", "decent"),
    [
        ("Tue 2026-03-10T09:00", True),
        ("Tue 2026-03-10T17:59", True),
        ("Tue 2026-03-10T08:59", False),
        ("Tue 2026-03-10T18:00", False),
        ("Sat 2026-03-14T12:00", False),
        pytest.param("Tue 2026-03-17T12:00", False, id="F6-saint-patricks-day"),
    ],
)
def test_writes_to_ana_in_her_working_hours_only(clock: str, decent: bool) -> None:
    assert is_decent(ANA, at(clock[4:], "Europe/Dublin")) is decent


def test_writes_to_noura_on_sunday_and_not_on_friday() -> None:
    """F6: not every weekend is Saturday and Sunday."""
    friday = at("2026-03-13T10:00", "Africa/Cairo")

    assert shown([decent_from(NOURA, friday)], "Africa/Cairo") == ["Sun 15 Mar 09:00"]


def test_writes_to_aroha_at_nine_on_the_chatham_islands() -> None:
    """F3"""
    assert decent_from(AROHA, at("2026-01-13T12:00")) == at("2026-01-13T19:15")


def test_the_same_start_and_end_is_the_whole_of_a_working_day() -> None:
    """F5"""
    assert is_decent(OPEN, at("2026-03-10T03:00"))
    assert is_decent(OPEN, at("2026-03-13T23:59"))
    assert not is_decent(OPEN, at("2026-03-14T00:00"))
    assert list(windows(OPEN, at("2026-03-07"), at("2026-03-16"))) == [(at("2026-03-09"), at("2026-03-14"))]


def test_the_whole_day_begins_with_its_first_moment_where_there_is_no_midnight() -> None:
    """F2, F5"""
    cairo = replace(NOURA, start=time(), end=time(), days=frozenset({4}), country="ZZ")

    day = list(windows(cairo, at("2026-04-20"), at("2026-04-30")))

    assert day == [(at("2026-04-23T22:00"), at("2026-04-24T21:00"))]


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    """F5"""
    assert is_decent(LIV, at("2026-03-14T05:59", "Europe/Oslo"))  # Saturday morning, Friday's shift
    assert not is_decent(LIV, at("2026-03-14T06:00", "Europe/Oslo"))
    assert not is_decent(LIV, at("2026-03-16T05:00", "Europe/Oslo"))  # Monday morning, Sunday's shift
    assert shown([decent_from(LIV, at("2026-03-14T12:00"))], "Europe/Oslo") == ["Mon 16 Mar 22:00"]


def test_there_are_no_hours_on_a_day_when_they_fall_into_the_gap() -> None:
    """F2"""
    early = Hours("America/Denver", time(2, 15), time(2, 45), frozenset(range(7)), country="ZZ")

    nights = [opens for opens, _ in windows(early, at("2026-03-07"), at("2026-03-10"))]

    assert shown(nights, "America/Denver") == ["Sat 07 Mar 02:15", "Mon 09 Mar 02:15"]
    assert decent_from(early, nights[0] + HOUR) == nights[1]


def test_a_day_has_begun_even_if_the_clock_falls_back_over_its_midnight() -> None:
    """F2: Newfoundland did so until 2011. The date is Saturday again, the Sunday has begun."""
    sundays = Hours("America/St_Johns", time(), time(), frozenset({6}))
    there = at("2010-11-07T02:45")

    assert local(there, "America/St_Johns").date() == date(2010, 11, 6)
    assert is_decent(sundays, there)
    assert decent_from(sundays, there) == decent_before(sundays, there) == there
    assert list(windows(sundays, there, there + 5 * MINUTE)) == [(there, there + 5 * MINUTE)]


def test_the_same_moment_is_judged_anew_when_ben_moves() -> None:
    """F4"""
    there = at("2026-03-10T10:00")

    assert not is_decent(BEN, there)
    assert is_decent(replace(BEN, timezone="Europe/Lisbon"), there)


def test_days_off_are_kept_free() -> None:
    away = replace(BEN, days_off=frozenset({date(2026, 3, 10), date(2026, 3, 11)}))

    assert shown([decent_from(away, at("2026-03-10T15:00"))], "America/Denver") == ["Thu 12 Mar 09:00"]


@settings(max_examples=60, deadline=None)
@given(PEOPLE, MOMENTS | AROUND_A_CHANGE)
def test_the_first_decent_moment_is_the_one_a_minute_walk_finds(hours: Hours, there: datetime) -> None:
    """F2, F3, F5, F6"""
    found = decent_from(hours, there)

    walked = there
    while not seems_decent(hours, walked) and walked < there + 9 * DAY:
        walked += MINUTE

    assert found == walked or found > walked == there + 9 * DAY
    assert is_decent(hours, found)


@settings(max_examples=150, deadline=None)
@given(PEOPLE, MOMENTS | AROUND_A_CHANGE)
def test_decent_means_what_the_clock_on_the_wall_says(hours: Hours, there: datetime) -> None:
    assert is_decent(hours, there) == seems_decent(hours, there)


@settings(max_examples=80, deadline=None)
@given(PEOPLE, MOMENTS | AROUND_A_CHANGE, st.integers(0, 14 * 24 * 60))
def test_decent_hours_are_sorted_apart_and_within_what_was_asked(
    hours: Hours, start: datetime, minutes: int
) -> None:
    end = start + minutes * MINUTE

    spans = list(windows(hours, start, end))

    assert all(start <= opens < closes <= end for opens, closes in spans)
    assert all(one[1] < two[0] for one, two in pairwise(spans))
    for opens, closes in spans:
        assert is_decent(hours, opens)
        assert is_decent(hours, closes - MINUTE)
        assert closes == end or not is_decent(hours, closes)


def test_an_evening_message_can_come_an_hour_before_closing_time() -> None:
    tuesday_night = at("2026-03-10T22:00", "America/Denver")

    assert shown([decent_before(BEN, tuesday_night)], "America/Denver") == ["Tue 10 Mar 17:00"]


def test_a_message_due_when_the_day_opens_comes_then() -> None:
    nine = at("2026-03-10T09:00", "America/Denver")

    assert decent_before(BEN, nine) == nine


def test_a_monday_morning_message_can_come_on_friday() -> None:
    assert shown([decent_before(BEN, at("2026-03-09T12:00"))], "America/Denver") == ["Fri 06 Mar 17:00"]


def test_a_message_comes_when_a_short_day_opens_rather_than_before() -> None:
    brief = replace(BEN, start=time(9), end=time(9, 30))

    assert shown([decent_before(brief, at("2026-03-11T04:00"))], "America/Denver") == ["Tue 10 Mar 09:00"]


@settings(max_examples=100, deadline=None)
@given(PEOPLE, MOMENTS | AROUND_A_CHANGE)
def test_the_last_decent_moment_is_decent_and_has_no_shift_after_it(hours: Hours, there: datetime) -> None:
    before = decent_before(hours, there)

    assert is_decent(hours, before)
    assert before <= there
    closed = next(iter(windows(hours, before, there + MINUTE)))[1]
    assert is_decent(hours, there) or list(windows(hours, closed, there)) == []


@pytest.mark.parametrize("search", [decent_from, decent_before])
def test_gives_up_on_somebody_who_never_works(search: Callable[[Hours, datetime], datetime]) -> None:
    """F9"""
    with pytest.raises(NeverDecent):
        search(NOBODY, at("2026-03-10"))


def test_gives_up_on_leave_without_an_end() -> None:
    leave = frozenset(date(2026, 3, 1) + n * DAY for n in range(500))

    with pytest.raises(NeverDecent):
        decent_from(replace(BEN, days_off=leave), at("2026-03-10"))


@pytest.mark.parametrize(
    ("asked", "days", "due"),
    [
        ("2026-03-10T10:00", 0, "Tue 10 Mar 10:00"),
        ("2026-03-10T10:00", 2, "Thu 12 Mar 10:00"),
        pytest.param("2026-03-05T10:00", 2, "Mon 09 Mar 10:00", id="F2-the-clocks-change-on-the-way"),
        ("2026-03-12T20:00", 2, "Tue 17 Mar 09:00"),
        ("2026-03-14T12:00", 2, "Wed 18 Mar 09:00"),
        pytest.param("2026-05-22T10:00", 1, "Tue 26 May 10:00", id="F6-memorial-day"),
    ],
)
def test_ben_has_the_agreed_working_days_to_answer(asked: str, days: int, due: str) -> None:
    answer = working_days_after(BEN, at(asked, "America/Denver"), days)

    assert shown([answer], "America/Denver") == [due]


def test_two_working_days_after_a_night_are_two_nights_later() -> None:
    """F5: Saturday at five is still Friday's shift."""
    due = working_days_after(LIV, at("2026-03-14T05:00", "Europe/Oslo"), 2)

    assert shown([due], "Europe/Oslo") == ["Wed 18 Mar 05:00"]


@settings(max_examples=80, deadline=None)
@given(st.sampled_from([BEN, ANA, NOURA, AROHA]), MOMENTS, st.integers(0, 10), st.integers(0, 4000))
def test_who_is_asked_later_need_not_answer_earlier(
    hours: Hours, there: datetime, days: int, minutes: int
) -> None:
    due = working_days_after(hours, there, days)

    assert due >= there
    assert is_decent(hours, due)
    assert due <= working_days_after(hours, there + minutes * MINUTE, days)


def test_gives_up_counting_the_working_days_of_somebody_who_stops_working() -> None:
    last_week = frozenset(date(2026, 3, 11) + n * DAY for n in range(500))

    with pytest.raises(NeverDecent):
        working_days_after(replace(BEN, days_off=last_week), at("2026-03-10T16:00"), 1)


def test_ben_and_ana_share_the_morning_in_denver() -> None:
    week = list(overlap(BEN, ANA, at("2026-03-02"), at("2026-03-16")))

    assert [(shown(list(span), "America/Denver")) for span in week[4:6]] == [
        ["Fri 06 Mar 09:00", "Fri 06 Mar 11:00"],
        ["Mon 09 Mar 09:00", "Mon 09 Mar 12:00"],  # Denver has changed its clocks, Dublin has not
    ]


def test_people_on_both_sides_of_the_date_line_may_share_nothing() -> None:
    """F3, F9"""
    teuila, manaia = (
        Hours("Pacific/Apia", time(9), time(12)),
        Hours("Pacific/Pago_Pago", time(14), time(17)),
    )

    assert list(overlap(teuila, manaia, at("2026-03-02"), at("2026-03-30"))) == []


@settings(max_examples=40, deadline=None)
@given(PEOPLE, PEOPLE, MOMENTS | AROUND_A_CHANGE, st.data())
def test_they_share_a_moment_exactly_if_it_is_decent_for_both(
    a: Hours, b: Hours, start: datetime, data: st.DataObject
) -> None:
    shared = list(overlap(a, b, start, start + 5 * DAY))
    there = start + data.draw(st.integers(0, 5 * 24 * 60 - 1)) * MINUTE

    assert all(one[1] < two[0] for one, two in pairwise(shared))
    covered = any(opens <= there < closes for opens, closes in shared)
    assert covered == (is_decent(a, there) and is_decent(b, there))


TUESDAYS = Cadence(2, 1, time(8), "America/Denver")


def sessions(cadence: Cadence, first: str, count: int, *people: Hours) -> list[datetime]:
    return list(islice(session_days(cadence, date.fromisoformat(first), people), count))


def test_every_second_tuesday_is_at_eight_through_the_change_of_the_clocks() -> None:
    """F2: 8 March in Denver, 29 March in Dublin."""
    walls = list(islice(occurrences(TUESDAYS, date(2026, 2, 19)), 4))
    moments = [moment(wall, "America/Denver") for wall in walls]

    assert shown(moments, "America/Denver") == [
        "Tue 24 Feb 08:00",
        "Tue 10 Mar 08:00",
        "Tue 24 Mar 08:00",
        "Tue 07 Apr 08:00",
    ]
    assert [there[-5:] for there in shown(moments, "Europe/Dublin")] == ["15:00", "14:00", "14:00", "15:00"]


def test_begins_on_the_first_day_itself_if_it_is_the_right_one() -> None:
    assert next(occurrences(TUESDAYS, date(2026, 3, 10))).date() == date(2026, 3, 10)


def test_a_cadence_is_kept_as_the_clock_on_the_wall() -> None:
    """F8: new rules change the moment and not the promise."""
    assert all(wall.tzinfo is None for wall in islice(occurrences(TUESDAYS, date(2026, 1, 1)), 30))


def test_a_cadence_that_stands_still_is_refused() -> None:
    with pytest.raises(ValueError, match="forward"):
        Cadence(0, 1, time(8), "America/Denver")


def test_passes_leap_days_and_week_53_without_losing_the_rhythm() -> None:
    """F7"""
    days = [wall.date() for wall in islice(occurrences(TUESDAYS, date(2026, 12, 1)), 60)]

    assert {two - one for one, two in pairwise(days)} == {14 * DAY}
    assert date(2026, 12, 29) in days  # week 53
    assert date(2028, 2, 29) in [wall.date() for wall in islice(occurrences(TUESDAYS, date(2028, 2, 1)), 3)]


def test_a_session_on_saint_patricks_day_moves_to_wednesday() -> None:
    """F6"""
    days = sessions(TUESDAYS, "2026-03-03", 3, BEN, ANA)

    assert [f"{day:%a %d %b %H:%M}" for day in days] == [
        "Tue 03 Mar 08:00",
        "Wed 18 Mar 08:00",
        "Tue 31 Mar 08:00",
    ]


def test_each_day_is_judged_where_the_person_is() -> None:
    """F3: Monday evening in Denver is Tuesday morning in Auckland, and Anzac Day is a Saturday there."""
    mondays = Cadence(1, 0, time(18), "America/Denver")
    hana = replace(AROHA, timezone="Pacific/Auckland", days_off=frozenset({date(2026, 3, 17)}))

    assert [day.date().day for day in sessions(mondays, "2026-03-09", 2, BEN, hana)] == [9, 17]


def test_a_session_moves_by_six_days_and_no_further() -> None:
    weekly = replace(TUESDAYS, every_weeks=1)
    away = frozenset(date(2026, 4, 14) + n * DAY for n in range(6))

    days = sessions(weekly, "2026-04-14", 2, replace(BEN, days_off=away), ANA)

    assert [day.date() for day in days] == [date(2026, 4, 20), date(2026, 4, 21)]


def test_a_session_is_left_out_when_there_is_no_day_for_both_within_the_week() -> None:
    away = frozenset(date(2026, 3, 10) + n * DAY for n in range(7))
    weekly = replace(TUESDAYS, every_weeks=1)

    days = sessions(weekly, "2026-03-03", 2, replace(BEN, days_off=away), replace(ANA, country="ZZ"))

    assert [day.date() for day in days] == [date(2026, 3, 3), date(2026, 3, 17)]


def test_gives_up_on_two_people_without_a_common_working_day() -> None:
    """F9"""
    weekend = replace(ANA, days=frozenset({5, 6}))

    with pytest.raises(NeverDecent):
        sessions(TUESDAYS, "2026-03-03", 1, BEN, weekend)


@settings(max_examples=40, deadline=None)
@given(
    st.builds(Cadence, st.integers(1, 4), st.integers(0, 6), QUARTERS, ZONES),
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.lists(PEOPLE, min_size=1, max_size=3),
)
def test_sessions_keep_the_wall_clock_and_never_share_a_day(
    cadence: Cadence, first: date, people: list[Hours]
) -> None:
    """F2, F6"""
    try:
        walls = list(islice(session_days(cadence, first, people), 12))
    except NeverDecent:
        return

    assert all(wall.time() == cadence.at for wall in walls)
    assert all(
        one.date() < two.date() for one, two in pairwise([datetime.combine(first, time()) - DAY, *walls])
    )
    for hours in people:
        there = [moment(wall, cadence.zone).astimezone(clock(hours.timezone)) for wall in walls]
        assert all(is_working_day(hours, day.date()) for day in there)


def suits(hours: Hours, starts: datetime, length: timedelta) -> bool:
    return list(windows(hours, starts, starts + length)) == [(starts, starts + length)]


def each_week(slot: tuple[int, time], zone: str, after: datetime, weeks: int) -> Iterator[datetime]:
    first = local(after, zone).date() + DAY
    for wall in islice(occurrences(Cadence(1, *slot, zone), first), weeks):
        yield moment(wall, zone)


def test_suggests_the_middle_of_what_ben_and_ana_share_from_tuesday_to_thursday() -> None:
    slots = suggest_times(BEN, ANA, at("2026-02-10T12:00"), HOUR, "America/Denver")

    assert slots == [(1, time(9, 30)), (2, time(9, 30)), (3, time(9, 30))]


def test_suggests_other_times_of_the_day_when_there_are_no_other_days() -> None:
    wednesdays = replace(BEN, days=frozenset({2}))

    slots = suggest_times(wednesdays, ANA, at("2026-02-10T12:00"), HOUR, "America/Denver", count=4)

    assert slots == [(2, time(9, 30)), (2, time(9)), (2, time(10))]


@pytest.mark.parametrize("after", ["2026-02-10", "2026-03-10", "2026-08-01", "2026-10-27"])
def test_suggested_times_suit_both_through_the_change_of_the_clocks(after: str) -> None:
    """F2"""
    a, b = replace(BEN, country="ZZ"), replace(ANA, country="ZZ")

    slots = suggest_times(a, b, at(after), HOUR, "Europe/Dublin")

    assert len(slots) == 3
    for slot in slots:
        assert all(
            suits(a, there, HOUR) and suits(b, there, HOUR)
            for there in each_week(slot, "Europe/Dublin", at(after), 26)
        )


def test_suggests_what_suits_both_for_half_a_year_rather_than_what_is_nicer_for_a_month() -> None:
    """F2: half past nine would be the middle until 8 March."""
    ben, ana = replace(BEN, end=time(11)), replace(ANA, start=time(16))

    slots = suggest_times(ben, ana, at("2026-01-10"), HOUR, "America/Denver", count=1)

    assert slots == [(1, time(10))]


def test_suggests_what_suits_both_for_a_month_when_no_time_does_for_half_a_year() -> None:
    """F2: from 8 to 29 March Denver is an hour nearer, and their only hour together is gone."""
    ben, ana = replace(BEN, end=time(10)), replace(ANA, start=time(16), end=time(17))

    found = [suggest_times(ben, ana, at(day), HOUR, "America/Denver") for day in ("2026-01-10", "2026-02-20")]

    assert found == [[(1, time(9)), (2, time(9)), (3, time(9))], []]


def test_suggests_nothing_to_people_who_are_never_at_work_together() -> None:
    """F9"""
    aiko = Hours("Asia/Tokyo")

    assert suggest_times(BEN, aiko, at("2026-03-10"), HOUR, "Asia/Tokyo") == []
    assert suggest_times(BEN, NOBODY, at("2026-03-10"), HOUR, "Asia/Tokyo") == []


def test_suggests_nothing_longer_than_what_they_share() -> None:
    assert suggest_times(BEN, ANA, at("2026-02-10"), 3 * HOUR, "America/Denver") == []


def test_a_holiday_or_a_day_off_does_not_make_a_good_time_unusable() -> None:
    """F6"""
    away = replace(BEN, days_off=frozenset(date(2026, 3, 1) + n * DAY for n in range(14)))

    assert suggest_times(away, ANA, at("2026-02-27"), HOUR, "America/Denver") == suggest_times(
        BEN, ANA, at("2026-02-27"), HOUR, "America/Denver"
    )


def test_suggests_the_middle_of_the_day_to_people_who_are_always_there() -> None:
    """F5"""
    slots = suggest_times(OPEN, OPEN, at("2026-03-10"), HOUR, "Europe/Dublin", count=1)

    assert slots == [(1, time(11, 30))]


@settings(max_examples=12, deadline=None)
@given(PEOPLE, PEOPLE, MOMENTS, ZONES, st.sampled_from([30, 60]))
def test_suggested_times_are_distinct_and_lie_within_the_hours_of_both(
    a: Hours, b: Hours, after: datetime, zone: str, minutes: int
) -> None:
    length = timedelta(minutes=minutes)
    a, b = (replace(hours, country="ZZ", days_off=frozenset()) for hours in (a, b))

    slots = suggest_times(a, b, after, length, zone, count=5)

    assert len(slots) == len(set(slots)) <= 5
    for slot in slots:
        assert slot[1].minute in (0, 30)
        assert all(
            suits(a, there, length) and suits(b, there, length) for there in each_week(slot, zone, after, 4)
        )
