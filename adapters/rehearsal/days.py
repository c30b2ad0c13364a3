"""Days: when somebody comes to what there is to do. Mostly at work, seldom at odd hours, never while away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from adapters.rehearsal.dice import Dice
from adapters.rehearsal.habits import BACK_AT_WORK, LETS_IT_LIE, UNHURRIED, Habits
from bot.calendar import DAY, WEEK, Hours, decent_from, local, moment

GRID = timedelta(minutes=5)  # people act on these minutes only, so that some act at the same moment
OFF_THE_HOUR = timedelta(minutes=2)  # and seldom at that of the bot, which likes round ones
GETS_UP, GOES_TO_BED = time(7), time(22)
QUARTER = 12 * WEEK


@dataclass(frozen=True)
class Absence:
    since: datetime
    until: datetime


class Days:
    def __init__(self, hours: Hours, habits: Habits, dice: Dice) -> None:
        self.hours = hours
        self.absences: list[Absence] = []
        self._habits = habits
        self._dice = dice

    def are_planned(self, start: datetime, end: datetime) -> None:
        """From here on it is known when they will be away."""
        self.absences = [absence for absence in self._absences(start, end) if absence.since > start]

    def absence(self, at: datetime) -> Absence | None:
        return next((absence for absence in self.absences if absence.since <= at < absence.until), None)

    def when(self, at: datetime, purpose: str) -> datetime | None:
        """When they come to what they would have done at that moment, if ever."""
        absence = self.absence(at)
        if absence:
            if self._dice.happens("let it lie", LETS_IT_LIE):
                return None
            at = absence.until + self._dice.about("catch up", BACK_AT_WORK)
        odd = self._dice.happens(f"odd hours, {purpose}", self._habits.odd_hours)
        return on_grid(self._awake(at) if odd else self._at_work(at))

    def _absences(self, start: datetime, end: datetime) -> Iterator[Absence]:
        """They begin and end at midnight, on the person's own clock."""
        at = start + self._until_next()
        while at < end:
            length = max(DAY, self._dice.about("leave", self._habits.leave))
            yield Absence(self._midnight(at), self._midnight(at + length))
            at += length + self._until_next()

    def _until_next(self) -> timedelta:
        return self._dice.wait("away", self._habits.leaves, QUARTER)

    def _midnight(self, at: datetime) -> datetime:
        day = local(at, self.hours.timezone).date()
        return moment(datetime.combine(day, time()), self.hours.timezone)

    def _at_work(self, at: datetime) -> datetime:
        begins = decent_from(self.hours, at)
        return begins + self._dice.about("unhurried", UNHURRIED) if begins > at else at

    def _awake(self, at: datetime) -> datetime:
        wall = local(at, self.hours.timezone).replace(tzinfo=None)
        if GETS_UP <= wall.time() < GOES_TO_BED:
            return at
        day = wall.date() if wall.time() < GETS_UP else wall.date() + DAY
        return moment(datetime.combine(day, GETS_UP), self.hours.timezone)


def on_grid(at: datetime) -> datetime:
    """The next minute on which people act."""
    since_midnight = at - at.replace(hour=0, minute=0, second=0, microsecond=0)
    return at + ((OFF_THE_HOUR - since_midnight) % GRID)
