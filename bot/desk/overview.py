"""Overview: what the desk says of a programme in one view: three numbers, the pairs by name, one advice."""

from collections.abc import Iterator, Mapping

from bot.desk import cohorts_told, disclosure, health_names, metrics, roles, spoken, weekly_numbers
from bot.desk.health_names import Names
from bot.desk.health_rules import Health, Reason
from bot.desk.metrics import Metric, Number
from bot.desk.roles import Right
from bot.desk.weekly_numbers import Published
from bot.models import Person, Programme
from bot.turn import Turn

LISTED = 6  # pairs by name: more would not be looked at today
FEW_PREPARE = 0.5
NUMBERS = {"sessions": Metric.SESSIONS, "answered": Metric.ANSWERED_IN_TIME}


def numbers(
    turn: Turn, reader: Person, programme: Programme, now: Published, cohort: str = ""
) -> Iterator[tuple[str, str]]:
    """Three, in this order: that many can be remembered."""
    k = disclosure.smallest(turn, reader, programme)
    hidden = _hidden_beside_others(turn, programme, cohort, k) if cohort else frozenset()
    not_told = turn.prompts.phrase(reader.language, "numbers.hidden", smallest=k)
    for name, number in _three(now).items():
        said = spoken.share(turn, reader, number, k, of_people=name in disclosure.OF_PEOPLE)
        yield name, not_told if name in hidden else said


def _hidden_beside_others(turn: Turn, programme: Programme, cohort: str, k: int) -> frozenset[str]:
    """Large enough, and yet they would tell of another cohort."""
    by_cohort = {one: _three(now) for one, now in weekly_numbers.by_cohort(turn, programme).items()}
    large = {
        name
        for name, number in by_cohort.get(cohort, {}).items()
        if disclosure.may_stand_alone(name, number, k)
    }
    return frozenset(large) - cohorts_told.told(by_cohort, k).get(cohort, frozenset())


def _three(now: Published) -> Mapping[str, Number]:
    of_what_was_done = {label: now.metric(metric) for label, metric in NUMBERS.items()}
    return {disclosure.GOING_WELL: going_well(now), **of_what_was_done}


def every_number(
    turn: Turn, reader: Person, programme: Programme, now: Published
) -> Iterator[tuple[str, str]]:
    """All that are told, in words."""
    k = disclosure.smallest(turn, reader, programme)
    hidden = disclosure.hidden_beside_others(now.by_name, k)
    not_told = turn.prompts.phrase(reader.language, "numbers.hidden", smallest=k)
    for metric in Metric:
        said = _in_words(turn, reader, metric, now.metric(metric), k)
        yield metric.value, not_told if metric.value in hidden else said
    yield disclosure.RECOMMENDED, spoken.score(turn, reader, now.recommended, k)


def _in_words(turn: Turn, reader: Person, metric: Metric, number: Number, k: int) -> str:
    if metric in metrics.DURATIONS:
        return spoken.duration(turn, reader, number, k)
    return spoken.share(turn, reader, number, k, of_people=metric in disclosure.OF_PEOPLE)


def going_well(now: Published) -> Number:
    """Of the pairs that are under way and not paused, those of which there is nothing to say."""
    states = [now.pairs(state) for state in (Health.ON_TRACK, Health.QUIET, Health.NEEDS_A_HAND)]
    return Number(states[0].part, sum(state.part for state in states), sum(state.people for state in states))


def names(turn: Turn, person: Person, programme: Programme, cohort: str = "") -> Names:
    """Nobody's, for whoever may see numbers alone. That they were looked at is kept."""
    if roles.programme(turn, person, programme.id, Right.NAMES) is None:
        return Names((), 0, False)
    found = health_names.named(turn, programme, cohort, LISTED)
    for pair, _ in found.listed:
        health_names.note_look(turn, person, programme, pair)
    return found


def listed(turn: Turn, reader: Person, names: Names) -> Iterator[tuple[str, str]]:
    lines = [
        f"{health_names.both(named.pair)}: {health_names.because(turn, reader, named)}"
        for named in names.listed
    ]
    if names.more:
        more = "health.more_or_so" if names.at_least else "health.more"
        lines.append(turn.prompts.phrase(reader.language, more, count=names.more))
    if lines:
        yield "by_name", "\n".join(lines)


def advice(now: Published, names: Names) -> str:
    """The name of one sentence."""
    reasons = [judgement.reason for _, judgement in names.listed]
    prepared = now.metric(Metric.PREPARED)
    if not reasons and going_well(now).whole == 0:
        return "health.advice_early"
    if Reason.ASKED in reasons:
        return "health.advice_asked"
    if reasons:
        return "health.advice_silent"
    if prepared.whole and prepared.part / prepared.whole < FEW_PREPARE:
        return "health.advice_prepare"
    return "health.advice_none"
