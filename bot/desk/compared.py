"""Compared: how groups fare side by side, as people read it, and which of them differ by more than chance.

Each group is compared with all the others that are told, by Fisher's exact test, corrected for how many are
looked at (Holm). A difference is named with the interval of Newcombe. Sessions count as many people as held
them: ten of one pair are no ten witnesses. Nothing else goes into it than what is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bot import speech, statistics
from bot.desk import side_by_side, spoken
from bot.desk.groups import CONTINENTS, METRICS, UNKNOWN, Facet
from bot.desk.metrics import Metric, Number
from bot.desk.side_by_side import OTHERS, Line
from bot.models import Person
from bot.statistics import Between, Counted
from bot.turn import Turn

DIFFERS = {
    Metric.MATCHED: "groups.differs_matched",
    Metric.ACTIVE: "groups.differs_active",
    Metric.SESSIONS: "groups.differs_sessions",
    Metric.DROPPED_OUT: "groups.differs_dropped_out",
}
CHANCE = 0.05
NAMED = 3  # differences: more would not be looked into
Told = Mapping[tuple[Facet, Metric], Sequence[Line]]


class Difference(NamedTuple):
    facet: Facet
    metric: Metric
    group: str
    here: Number
    elsewhere: Number
    chance: float
    apart: Between


def facts(turn: Turn, reader: Person, numbers: Mapping[str, Number], k: int) -> Iterator[tuple[str, str]]:
    """What stands out comes first, then facet by facet."""
    phrase, language = turn.prompts.phrase, reader.language
    told = side_by_side.told(numbers, k)
    if told:
        found = differences(told)
        said = [_said(turn, reader, one) for one in found[:NAMED]]
        yield "stands_out", "\n".join(said) if said else phrase(language, "groups.nothing_stands_out")
        yield "advice", phrase(language, "groups.advice_ask" if found else "groups.advice_none")
    for facet in Facet:
        yield facet.value, _of_facet(turn, reader, told, facet, k)
    yield "reading", phrase(language, "groups.reading")


def _of_facet(turn: Turn, reader: Person, told: Told, facet: Facet, k: int) -> str:
    phrase, language = turn.prompts.phrase, reader.language
    if not any((facet, metric) in told for metric in METRICS[facet]):
        return phrase(language, "groups.facet_hidden", smallest=k)
    parts: list[str] = []
    hidden: list[str] = []
    for metric in METRICS[facet]:
        heading = turn.prompts.entry(language, "groups.metrics").facts[metric.value].plain({})
        lines = [_line(turn, reader, facet, metric, line, k) for line in told.get((facet, metric), ())]
        if lines:
            parts.append("\n".join([f"{heading}:", *lines]))
        else:
            hidden.append(heading)
    if hidden:
        parts.append(phrase(language, "groups.metrics_hidden", smallest=k, metrics="; ".join(hidden)))
    return "\n\n".join(parts)


def _line(turn: Turn, reader: Person, facet: Facet, metric: Metric, line: Line, k: int) -> str:
    group, number = line
    share = spoken.share(turn, reader, number, k, of_people=metric is not Metric.SESSIONS)
    return f"• {name(turn, reader, facet, group)}: {share}"


def name(turn: Turn, reader: Person, facet: Facet, group: str) -> str:
    language = reader.language
    if facet is Facet.LANGUAGE and group != OTHERS:
        return speech.language(group, language)
    if facet is Facet.CONTINENT and group in CONTINENTS:
        return speech.region(group, language)
    labels = turn.prompts.entry(language, "groups.names").facts
    named = {OTHERS: "others", UNKNOWN: f"no_{facet.value}"}.get(group, group)
    return labels[named].plain({})


# What stands out


def differences(told: Told) -> Sequence[Difference]:
    """By more than chance would explain, the clearest first."""
    looks = [look for (facet, metric), lines in told.items() for look in _looks(facet, metric, lines)]
    chances = statistics.holm([look.chance for look in looks])
    found = [
        look
        for chance, look in zip(chances, looks, strict=True)
        if chance < CHANCE and not look.apart.holds_nothing
    ]
    return sorted(found, key=lambda look: look.chance)


def _looks(facet: Facet, metric: Metric, lines: Sequence[Line]) -> Iterator[Difference]:
    """Of two groups the smaller: the other one would say the same again."""
    named = [line for line in lines if line[0] != OTHERS]
    for group, here in named if len(lines) > 2 else named[-1:]:
        rest = [number for other, number in lines if other != group]
        elsewhere = Number(*(sum(values) for values in zip(*rest, strict=True)))
        two = _of_people(metric, here), _of_people(metric, elsewhere)
        chance, apart = statistics.chance(*two), statistics.risk_difference(*two)
        yield Difference(facet, metric, group, here, elsewhere, chance, apart)


def _of_people(metric: Metric, number: Number) -> Counted:
    if metric is not Metric.SESSIONS:
        return Counted(number.part, number.whole)
    return Counted(round(number.part * number.people / number.whole), number.people)


def _said(turn: Turn, reader: Person, found: Difference) -> str:
    low, high = sorted(abs(round(100 * edge)) for edge in (found.apart.low, found.apart.high))
    differs = turn.prompts.phrase(
        reader.language,
        DIFFERS[found.metric],
        group=name(turn, reader, found.facet, found.group),
        percent=spoken.percent(found.here),
        others=spoken.percent(found.elsewhere),
    )
    return f"• {differs} {turn.prompts.phrase(reader.language, 'groups.apart', low=low, high=high)}"
