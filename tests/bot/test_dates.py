"""Today is a Friday in November. D, E, F and I with a number are the attacks in our list."""

from datetime import date, timedelta

import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dates import HORIZON, a_day, split_off_day

FRIDAY = date(2026, 11, 20)

TOMORROW = date(2026, 11, 21)
NEXT_FRIDAY = date(2026, 11, 27)
IN_TWO_WEEKS = date(2026, 12, 4)
NEW_YEARS_EVE = date(2026, 12, 31)
FOURTH_OF_MAY = date(2027, 5, 4)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("4 May", FOURTH_OF_MAY),
        ("May 4", FOURTH_OF_MAY),
        ("the 4th of May", FOURTH_OF_MAY),
        ("2027-05-04", FOURTH_OF_MAY),
        ("4.5.2027", FOURTH_OF_MAY),
        ("31.12.", NEW_YEARS_EVE),
        ("12/31", NEW_YEARS_EVE),
        ("31/12", NEW_YEARS_EVE),
        ("today", FRIDAY),
        ("20 November", FRIDAY),
        ("20 Nov 26", FRIDAY),
        ("tomorrow", TOMORROW),
        ("Friday", NEXT_FRIDAY),
        ("this Friday", FRIDAY),
        ("thurs", date(2026, 11, 26)),
        ("until 4 May", FOURTH_OF_MAY),
        ("by the end", None),
        ("no later than Friday", NEXT_FRIDAY),
        ("on or before 4 December", IN_TWO_WEEKS),
        ("Friday, 4 December", IN_TWO_WEEKS),
        ("in two weeks", IN_TWO_WEEKS),
        ("two weeks", IN_TWO_WEEKS),
        ("2 weeks", IN_TWO_WEEKS),
        ("a week", NEXT_FRIDAY),
        ("next month", date(2026, 12, 20)),
        ("29 Feb", date(2028, 2, 29)),
        ("20 November 2028", date(2028, 11, 20)),
        pytest.param("４ May", FOURTH_OF_MAY, id="D12-full-width"),
        pytest.param("4\u00a0May", FOURTH_OF_MAY, id="E2-hard-space"),
        pytest.param("“4 May”.", FOURTH_OF_MAY, id="E2-smart-quotes"),
    ],
)
def test_understands_english(typed: str, day: date | None) -> None:
    assert a_day(typed, "en", FRIDAY) == day


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("4. Mai", FOURTH_OF_MAY),
        ("bis zum 4. Mai", FOURTH_OF_MAY),
        ("4.5.", FOURTH_OF_MAY),
        ("4/5", FOURTH_OF_MAY),
        ("31.12.", NEW_YEARS_EVE),
        ("heute", FRIDAY),
        ("morgen", TOMORROW),
        ("übermorgen", date(2026, 11, 22)),
        ("Sonnabend", TOMORROW),
        ("bis Freitag", NEXT_FRIDAY),
        ("nächsten Freitag", NEXT_FRIDAY),
        ("spätestens am Freitag, den 4. Dezember", IN_TWO_WEEKS),
        ("Fr 4.12.", IN_TWO_WEEKS),
        ("in zwei Wochen", IN_TWO_WEEKS),
        ("2 Wochen", IN_TWO_WEEKS),
        ("vierzehn Tage", IN_TWO_WEEKS),
        ("eine Woche", NEXT_FRIDAY),
        ("kommende Woche", NEXT_FRIDAY),
        ("4. Maerz", date(2027, 3, 4)),
        ("4 May", FOURTH_OF_MAY),
        ("in two weeks", IN_TWO_WEEKS),
    ],
)
def test_understands_german_and_english_among_it(typed: str, day: date) -> None:
    assert a_day(typed, "de", FRIDAY) == day


@pytest.mark.parametrize("language", ["fr", "xx", "", "en-XA", "de-AT"])
def test_english_works_in_every_language(language: str) -> None:
    assert a_day("4 May", language, FRIDAY) == FOURTH_OF_MAY


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("31 Feb", id="E20-31-February"),
        pytest.param("31.04.", id="E20-31-April-in-numbers"),
        pytest.param("29 February 2027", id="E20-no-leap-year"),
        pytest.param("year 9999", id="E20-year-9999"),
        pytest.param("1 Jan 9999", id="E20-a-day-in-9999"),
        pytest.param("21 November 2028", id="E20-more-than-two-years"),
        pytest.param("in 99999999999 days", id="E20-beyond-the-calendar"),
        pytest.param("yesterday", id="E20-past"),
        pytest.param("19 Nov 2026", id="E20-past-date"),
        pytest.param("2 weeks ago", id="E20-past-weeks"),
        pytest.param("-1 day", id="E20-minus"),
        pytest.param("4/5", id="read-in-two-ways"),
        pytest.param("4/5/2027", id="read-in-two-ways-with-a-year"),
        pytest.param("Monday, 4 December", id="weekday-and-date-disagree"),
        pytest.param("May", id="month-without-a-day"),
        pytest.param("2027", id="year-without-a-day"),
        pytest.param("5", id="number"),
        pytest.param("a", id="letter"),
        pytest.param("1700000000", id="timestamp"),
        pytest.param("17:00", id="time-of-day"),
        pytest.param("4 May 23:00 EST", id="F3-hour-in-another-zone"),
        pytest.param("today UTC+14", id="F3-zone"),
        pytest.param("this week", id="week-without-a-day"),
        pytest.param("when the draft is done", id="condition"),
        pytest.param("", id="empty"),
        pytest.param("\u200b", id="D17-zero-width"),
        pytest.param("4 May" + " " * 60, id="I1-longer-than-any-date"),
        pytest.param("\ufdfa" * 20, id="I6-long-after-normalisation"),
        pytest.param("by " * 20, id="only-small-words"),
    ],
)
def test_does_not_guess(typed: str) -> None:
    assert a_day(typed, "en", FRIDAY) is None


@pytest.mark.parametrize(
    "typed", ["31. Februar", "30.02.", "gestern", "vor zwei Wochen", "Mai", "12/31", "Mo 4.12.", "1-1"]
)
def test_does_not_guess_in_german(typed: str) -> None:
    """E20"""
    assert a_day(typed, "de", FRIDAY) is None


WRITTEN = [
    *[
        ("en", form)
        for form in ("d MMMM", "MMM d", "EEEE, d MMMM", "d.M.", "dd.MM.yyyy", "yyyy-MM-dd", "d MMM y")
    ],
    *[
        ("de", form)
        for form in ("d. MMMM", "d. MMM", "EEE d.M.", "d.M.", "dd.MM.yyyy", "yyyy-MM-dd", "d.M.yy")
    ],
]


@pytest.mark.parametrize(("language", "form"), WRITTEN)
def test_reads_every_day_of_the_year_as_it_is_written(language: str, form: str) -> None:
    """dateparser alone takes 21.11. for eleven minutes past nine in the evening."""
    for ahead in range(0, 365, 13):
        day = FRIDAY + timedelta(days=ahead)
        assert a_day(format_date(day, form, locale=language), language, FRIDAY) == day


PIECES = (
    "4 31 0 -1 2027 9999 may mai feb 31.12. 2/3 friday mo in by bis am next weeks wochen ago utc 5pm 1e9 ."
)
dates = st.lists(st.sampled_from(PIECES.split()) | st.text(max_size=4), max_size=8).map(" ".join)


@settings(max_examples=60)
@given(dates, st.sampled_from(["en", "de"]))
def test_whatever_is_typed_is_a_day_ahead_or_none(typed: str, language: str) -> None:
    """E20"""
    day = a_day(typed, language, FRIDAY)

    assert day is None or FRIDAY <= day <= FRIDAY + HORIZON


@pytest.mark.parametrize(
    ("typed", "language", "task", "day"),
    [
        ("Send the draft to Mia by Friday", "en", "Send the draft to Mia", NEXT_FRIDAY),
        ("Send the draft to Mia, by Friday.", "en", "Send the draft to Mia", NEXT_FRIDAY),
        ("Send the draft to Mia (by Friday)", "en", "Send the draft to Mia", NEXT_FRIDAY),
        ("Send it BY\u00a04 May", "en", "Send it", FOURTH_OF_MAY),
        ("Decide what to work on by tomorrow", "en", "Decide what to work on", TOMORROW),
        ("Send it on or before 4 December", "en", "Send it", IN_TWO_WEEKS),
        ("Call Leo before next Friday", "en", "Call Leo", NEXT_FRIDAY),
        ("Talk to April on 4 May", "en", "Talk to April", FOURTH_OF_MAY),
        ("Entwurf an Mia schicken bis Freitag", "de", "Entwurf an Mia schicken", NEXT_FRIDAY),
        ("Entwurf bis zum 4. Mai", "de", "Entwurf", FOURTH_OF_MAY),
        ("Entwurf bis in zwei Wochen", "de", "Entwurf", IN_TWO_WEEKS),
        ("Leo anrufen am 31.12.", "de", "Leo anrufen", NEW_YEARS_EVE),
        ("Bericht vor Freitag", "de", "Bericht", NEXT_FRIDAY),
        ("Send the draft by Friday", "de", "Send the draft", NEXT_FRIDAY),
    ],
)
def test_takes_the_day_off_the_end(typed: str, language: str, task: str, day: date) -> None:
    assert split_off_day(typed, language, FRIDAY) == (task, day)


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("Send the draft to Mia", "en"),
        ("Send the draft in two weeks", "en"),
        ("Send the draft by 31 Feb", "en"),
        ("Send the draft by yesterday", "en"),
        ("Send the draft by 4/5", "en"),
        ("Send the draft by Friday on Zoom", "en"),
        ("Send the draft by the end of May", "en"),
        ("Cut the plan by two weeks", "en"),
        ("Focus on today", "en"),
        ("Notes on 1-1", "en"),
        ("Feedback on 4.5", "en"),
        ("Stand by Friday's plan", "en"),
        ("Write down who I am today", "en"),
        ("By Friday", "en"),
        ("", "en"),
        ("Mails lesen am Morgen", "de"),
        ("Erledigt vor zwei Wochen", "de"),
        ("Um zwei Wochen kürzen", "de"),
    ],
)
def test_leaves_the_rest_as_it_was_typed(typed: str, language: str) -> None:
    assert split_off_day(typed, language, FRIDAY) == (typed, None)


def test_keeps_what_stands_before_the_day_to_the_letter() -> None:
    assert split_off_day("  *Ask*  Mia,\n by Friday", "en", FRIDAY) == ("  *Ask*  Mia", NEXT_FRIDAY)


def test_looks_for_the_day_at_the_end_of_a_long_text() -> None:
    """I1"""
    task, day = split_off_day("by " * 50_000 + "Friday", "en", FRIDAY)

    assert (len(task), day) == (3 * 50_000 - 4, NEXT_FRIDAY)
