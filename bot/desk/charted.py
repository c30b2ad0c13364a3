"""Charted: the weekly numbers of a programme as pictures, each with words that say the same.

The same groups are hidden as in words (disclosure.py).
"""

from collections.abc import Iterator, Mapping, Sequence

from bot import charts, speech
from bot.charts import Count
from bot.desk import disclosure, weekly_numbers
from bot.desk.health_rules import Health
from bot.desk.metrics import Step
from bot.desk.weekly_numbers import Published
from bot.messages import Picture
from bot.models import Person, Programme
from bot.turn import Turn

WEEKS = 26


def pictures(turn: Turn, reader: Person, programme: Programme) -> Iterator[Picture]:
    """Health over time, how far people come, and when things happen."""
    weeks = [*reversed(weekly_numbers.history(turn, programme, weeks=WEEKS))]
    if not weeks:
        return
    k = disclosure.smallest(turn, reader, programme)
    yield _over_time(turn, reader, weeks, k)
    yield _funnel(turn, reader, weeks[-1], k)
    yield _rhythm(turn, reader, weeks[-1], k)


def _over_time(turn: Turn, reader: Person, weeks: Sequence[Published], k: int) -> Picture:
    language = reader.language
    shown = [_of_week(week, k) for week in weeks]
    labels = turn.prompts.entry(language, "health.states").facts
    series = [
        charts.Series(labels[state.value].plain({}), tuple(week[state] for week in shown)) for state in Health
    ]
    days = [speech.short_day(week.week, language) for week in weeks]
    totals = [week.pairs(Health.ON_TRACK).whole for week in weeks]
    return charts.health_over_time(turn.prompts, language, days, series, totals)


def _of_week(week: Published, k: int) -> Mapping[Health, Count]:
    told = disclosure.shown(week.by_name, k)
    return {
        state: week.pairs(state).part if f"{disclosure.STATE}.{state.value}" in told else None
        for state in Health
    }


def _funnel(turn: Turn, reader: Person, week: Published, k: int) -> Picture:
    labels = turn.prompts.entry(reader.language, "health.way").facts
    counts = disclosure.steps_shown([week.step(step) for step in Step], k)
    steps = [
        charts.Step(labels[step.value].plain({}), count) for step, count in zip(Step, counts, strict=True)
    ]
    return charts.funnel(turn.prompts, reader.language, steps)


def _rhythm(turn: Turn, reader: Person, week: Published, k: int) -> Picture:
    """From the first to the last hour and day at which enough people do something, on their own clocks."""
    people = week.rhythm()
    busy = [cell for cell, count in people.items() if count >= k]
    days, hours = (_span([cell[side] for cell in busy]) for side in (0, 1))
    return charts.rhythm(
        turn.prompts,
        reader.language,
        [speech.short_weekday(day, reader.language) for day in days],
        [f"{hour:02}" for hour in hours],
        [[_or_none(people.get((day, hour), 0), k) for day in days] for hour in hours],
    )


def _span(numbers: Sequence[int]) -> range:
    return range(min(numbers), max(numbers) + 1) if numbers else range(0)


def _or_none(count: int, k: int) -> Count:
    return count if count >= k else None
