"""Planning: when a round asks, draws and ends. People are asked in their own morning, wherever they are."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select

from bot import calendar
from bot.calendar import DAY, WEEK, NeverDecent
from bot.models import Person
from bot.rounds.models import Rhythm, Round
from bot.turn import Turn

FIRST_CLOCK, LAST_CLOCK = timedelta(hours=14), timedelta(hours=12)  # ahead of UTC, and behind it
TIME_TO_ANSWER = timedelta(hours=24)  # for those who are asked last
TIME_TO_MEET = timedelta(hours=48)  # at least, however late a round began
FRIDAY = 4


def asks_from(day: date, at: time) -> datetime:
    """When the first clock on earth shows that time on that day."""
    return datetime.combine(day, at, UTC) - FIRST_CLOCK


def draws_at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, UTC) + LAST_CLOCK + TIME_TO_ANSWER


def first_day(weekday: int, after: date) -> date:
    return after + DAY * ((weekday - after.weekday() - 1) % 7 + 1)


def next_day(rhythm: Rhythm, day: date) -> date:
    """The day on which the round after that of `day` begins."""
    return first_day(rhythm.weekday, day + rhythm.every_weeks * WEEK - DAY)


def last_day(next_begins: date) -> date:
    """The working day before the next round: people are asked then whether they met."""
    day = next_begins - DAY
    return min(day, day - DAY * (day.weekday() - FRIDAY))


def last_day_of(one: Round) -> date:
    return last_day(next_day(one.rhythm, one.day))


def day_after(one: Round, now: datetime) -> date:
    """On which the next round begins. What was missed for weeks is not made up for."""
    day = next_day(one.rhythm, one.day)
    return day if asks_from(day, one.rhythm.at) > now - DAY else first_day(one.rhythm.weekday, now.date())


def a_working_day(day: date) -> date:
    return day if day.weekday() <= FRIDAY else day + DAY * (7 - day.weekday())


def morning_of(person: Person, day: date, at: time, not_before: datetime) -> datetime | None:
    """When somebody is asked: on that day at that time, or the first decent moment after. May be never."""
    morning = calendar.moment(datetime.combine(day, at), person.timezone)
    try:
        return calendar.decent_from(person.hours, max(morning, not_before))
    except NeverDecent:
        return None


# One round after the other


def of_programme(turn: Turn, programme_id: int) -> Rhythm | None:
    """Held, so that of two who change it at once the second sees what the first has done."""
    theirs = select(Rhythm).where(Rhythm.programme_id == programme_id)
    held = theirs.with_for_update(of=Rhythm).execution_options(populate_existing=True)
    return turn.db.scalars(held).first()


def latest(turn: Turn, rhythm: Rhythm) -> Round | None:
    rounds = select(Round).where(Round.rhythm_id == rhythm.id).order_by(Round.number.desc())
    return turn.db.scalars(rounds.limit(1)).first()


def last_drawn(turn: Turn, rhythm: Rhythm) -> Round | None:
    drawn = (Round.rhythm_id == rhythm.id) & Round.drawn_at.is_not(None)
    return turn.db.scalars(select(Round).where(drawn).order_by(Round.number.desc()).limit(1)).first()


def lay_down(turn: Turn, rhythm: Rhythm, day: date, from_when: datetime | None = None) -> Round | None:
    """The next round, unless there is one that has not ended, or there are to be none."""
    turn.db.flush()
    before = latest(turn, rhythm)
    over = before is None or before.ended_at is not None
    if not over or not rhythm.goes_on or rhythm.programme.closed_at:
        return None
    numbers = select(func.max(Round.number)).where(Round.rhythm_id == rhythm.id)
    new = Round(
        rhythm=rhythm,
        number=(turn.db.scalar(numbers) or 0) + 1,
        day=day,
        ask_at=from_when or asks_from(day, rhythm.at),
        draw_at=draws_at(day, rhythm.at),
    )
    new.end_at = asks_from(last_day_of(new), rhythm.at)
    turn.db.add(new)
    turn.db.flush()
    return new


def make_room(turn: Turn, one: Round) -> None:
    """A round that begins late leaves people as much time as any other."""
    if one.draw_at and one.end_at:
        one.draw_at = max(one.draw_at, turn.now + TIME_TO_ANSWER)
        one.end_at = max(one.end_at, one.draw_at + TIME_TO_MEET)


def call_off(turn: Turn, rhythm: Rhythm) -> Round | None:
    """The round that nobody was asked for yet is not to be; returns one in which people have been."""
    one = latest(turn, rhythm)
    if one is None or one.ended_at:
        return None
    if one.asked_at is None:
        turn.db.delete(one)
        turn.db.flush()
        return None
    return one
