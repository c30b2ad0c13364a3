"""Working time: calculations a second on one core, for random people, dates and pauses; and the first one."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from rich.table import Table

from benchmarks.stage import median, seconds
from bot.calendar import DAY, Hours, NeverDecent, Span
from bot.working_time import after, worked

ZONES = (
    "America/Denver",
    "Europe/Dublin",
    "Europe/Berlin",
    "Asia/Tokyo",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "America/Havana",
)
FROM = datetime(2026, 1, 1, tzinfo=UTC)
PEOPLE = 200
CALCULATIONS = 20_000
RUNS = 5

Task = tuple[Hours, datetime, datetime, timedelta, list[Span]]


def measure() -> Table:
    table = Table(title="Working time: calculations a second (median of 5)")
    for heading in ("", "worked", "after"):
        table.add_column(heading, justify="left" if not heading else "right")
    chance = random.Random(7)
    first = [_first_look(person) for person in _people(chance)]
    for title, spans in (("nobody is away", 0), ("1 pause", 1), ("3 pauses", 3)):
        tasks = _tasks(random.Random(7), spans)
        speeds = [_speed(calculate, tasks) for calculate in (_worked, _after)]
        table.add_row(title, *(f"{speed:,.0f}" for speed in speeds))
    table.caption = (
        f"{PEOPLE} people in {len(ZONES)} zones, dates in two years, waits of up to four weeks. The first "
        f"calculation for a person takes {sum(first) / len(first) * 1000:.1f} ms ({max(first) * 1000:.0f} ms "
        f"at most, with the holidays of a new country)."
    )
    return table


def _speed(calculate: Callable[[Task], object], tasks: list[Task]) -> float:
    return CALCULATIONS / median(RUNS, lambda: seconds(lambda: [calculate(task) for task in tasks]))


def _first_look(person: Hours) -> float:
    return seconds(lambda: worked(person, FROM, FROM + DAY))


def _worked(task: Task) -> object:
    hours, start, end, _, away = task
    return worked(hours, start, end, away)


def _after(task: Task) -> object:
    hours, start, _, work, away = task
    try:
        return after(hours, start, work, away)
    except NeverDecent:
        return None


def _people(chance: random.Random) -> list[Hours]:
    return [
        Hours(
            chance.choice(ZONES),
            time(chance.randrange(6, 11), chance.choice((0, 30))),
            time(chance.randrange(15, 20)),
            frozenset(chance.sample(range(7), chance.randint(3, 5))),
            days_off=frozenset((FROM + chance.randrange(700) * DAY).date() for _ in range(10)),
        )
        for _ in range(PEOPLE)
    ]


def _tasks(chance: random.Random, spans: int) -> list[Task]:
    people = _people(chance)
    return [_task(chance, chance.choice(people), spans) for _ in range(CALCULATIONS)]


def _task(chance: random.Random, person: Hours, spans: int) -> Task:
    start = FROM + chance.random() * 700 * DAY
    end = start + chance.random() * 28 * DAY
    away = [_span(chance, start) for _ in range(spans)]
    return person, start, end, chance.random() * timedelta(hours=100), away


def _span(chance: random.Random, near: datetime) -> Span:
    opens = near + (chance.random() * 28 - 4) * DAY
    return Span(opens, opens + chance.random() * 10 * DAY)
