"""When a round asks, draws and ends."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar import moment
from bot.rounds import planning
from bot.rounds.models import Rhythm

ANY_DAY = st.dates(date(2026, 1, 1), date(2030, 1, 1))
CORNERS = ("Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Dublin", "Asia/Kolkata", "America/Denver")


@given(ANY_DAY, st.integers(8, 11), st.sampled_from(CORNERS))
def test_nobody_is_asked_before_a_round_begins_or_has_less_than_a_day(
    day: date, hour: int, zone: str
) -> None:
    asked = moment(datetime.combine(day, time(hour)), zone)

    assert planning.asks_from(day, time(hour)) <= asked
    assert asked + timedelta(hours=23) <= planning.draws_at(day, time(hour))


@given(ANY_DAY, st.integers(1, 4), st.integers(0, 4))
def test_one_round_ends_on_a_working_day_before_the_next(day: date, weeks: int, weekday: int) -> None:
    rhythm = Rhythm(every_weeks=weeks, weekday=weekday)
    begins = planning.first_day(weekday, day)

    following = planning.next_day(rhythm, begins)

    assert begins > day
    assert begins.weekday() == following.weekday() == weekday
    assert following - begins == timedelta(weeks=weeks)
    last = planning.last_day(following)
    assert last < following
    assert last.weekday() < 5
    assert last - begins >= timedelta(days=4)


@pytest.mark.parametrize(
    ("day", "works"),
    [("2026-02-06", "2026-02-06"), ("2026-02-07", "2026-02-09"), ("2026-02-08", "2026-02-09")],
)
def test_a_round_now_begins_on_a_working_day(day: str, works: str) -> None:
    assert planning.a_working_day(date.fromisoformat(day)) == date.fromisoformat(works)
