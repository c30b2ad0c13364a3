"""Groups: the same few metrics for people who have something in common, counted side by side.

What Cairn knows as a plain fact, and asks nobody for: the continent of the clock that they work by, the
language they read Cairn in, where they are in their career, and whether they are mentors or mentees. Gender,
age and origin it does not know. What may be told of them is decided in side_by_side.py.

By continent, language and stage mentees are counted: the programme is for them. (With mentors among them,
the mentors of a group would follow from the mentees of it.) A session goes by its mentee. Whoever is both
counts as a mentee. Nobody is in two groups of a facet, and together they are all whom the programme's own
number counts: of mentees, or by role of everybody.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, and_, case, func, or_, select

from bot.calendar import known_zone
from bot.desk.metrics import (
    ACTIVE_WITHIN,
    DROPPED_OUT,
    STARTED,
    WINDOW,
    Metric,
    Number,
    Scope,
    did_something_since,
    in_pair,
)
from bot.models import Enrolment, Pair, Person, Role, Session, State
from bot.roster import CAREER_STAGES
from bot.turn import Turn

GROUP = "group"  # before the dot, in the name of a number
UNKNOWN = "unknown"
# Islands whose zones are named after an ocean. The continents are those of speech.region.
ISLANDS = {
    **dict.fromkeys(("Azores", "Canary", "Faeroe", "Faroe", "Madeira", "Reykjavik"), "Europe"),
    **dict.fromkeys(("Cape_Verde", "St_Helena", "Antananarivo", "Comoro", "Mahe", "Mauritius"), "Africa"),
    **dict.fromkeys(("Mayotte", "Reunion", "Chagos"), "Africa"),
    **dict.fromkeys(("Bermuda", "Stanley", "South_Georgia"), "America"),
    **dict.fromkeys(("Christmas", "Cocos"), "Pacific"),
    "Maldives": "Asia",
    "Longyearbyen": "Europe",
}
CONTINENTS = ("Africa", "America", "Asia", "Europe", "Pacific")


class Facet(StrEnum):
    CONTINENT = "continent"
    LANGUAGE = "language"
    STAGE = "stage"
    ROLE = "role"


OF_MENTEES = (Facet.CONTINENT, Facet.LANGUAGE, Facet.STAGE)
METRICS: Mapping[Facet, tuple[Metric, ...]] = {
    **dict.fromkeys(OF_MENTEES, (Metric.MATCHED, Metric.ACTIVE, Metric.SESSIONS, Metric.DROPPED_OUT)),
    Facet.ROLE: (Metric.ACTIVE, Metric.DROPPED_OUT),
}
NONE = Number(0, 0, 0)


class Name(NamedTuple):
    """Of a number: "group.continent.Asia.active"."""

    facet: Facet
    group: str
    metric: Metric

    def __str__(self) -> str:
        return f"{GROUP}.{self.facet.value}.{self.group}.{self.metric.value}"


def is_of_group(number: str) -> bool:
    return number.startswith(f"{GROUP}.")


def name_of(number: str) -> Name | None:
    """None where it is of no group, or of one that this release does not know."""
    if not is_of_group(number):
        return None
    facet, _, rest = number.partition(".")[2].partition(".")
    group, _, metric = rest.rpartition(".")
    if facet not in {one.value for one in Facet} or metric not in METRICS[Facet(facet)]:
        return None
    return Name(Facet(facet), group, Metric(metric))


def continent(zone: str) -> str:
    area, _, place = (known_zone(zone) or zone).partition("/")
    area = ISLANDS.get(place) or {"Australia": "Pacific"}.get(area, area)
    return area if area in CONTINENTS else UNKNOWN


def counted(turn: Turn, scope: Scope) -> Mapping[Name, Number]:
    """Every group of every facet, also where there is nothing to count in it."""
    people, sessions = _of_people(turn, scope), _of_sessions(turn, scope)
    none = {Name(facet, group, Metric.SESSIONS): NONE for facet, group, _ in people if facet in OF_MENTEES}
    return people | none | sessions


@dataclass
class _Sum:
    part: int = 0
    whole: int = 0

    def add(self, part: int, whole: int) -> None:
        self.part += part
        self.whole += whole


def _of_people(turn: Turn, scope: Scope) -> dict[Name, Number]:
    sums: dict[Name, _Sum] = defaultdict(_Sum)
    for row in turn.db.execute(_people(turn, scope)):
        counts = {
            Metric.MATCHED: (row.matched, row.people),
            Metric.ACTIVE: (row.active, row.people),
            Metric.DROPPED_OUT: (row.dropped, row.expected),
        }
        for facet, group in _groups_of(row):
            for metric in counts.keys() & set(METRICS[facet]):
                sums[Name(facet, group, metric)].add(*counts[metric])
    return {name: Number(one.part, one.whole, one.whole) for name, one in sums.items()}


def _groups_of(row: Row[Any]) -> Iterator[tuple[Facet, str]]:
    yield Facet.ROLE, Role.MENTEE.value if row.is_mentee else Role.MENTOR.value
    if row.is_mentee:
        yield from _shared(row)


def _shared(row: Row[Any]) -> Iterator[tuple[Facet, str]]:
    yield Facet.CONTINENT, continent(row.timezone)
    yield Facet.LANGUAGE, row.language
    yield Facet.STAGE, row.career_stage if row.career_stage in CAREER_STAGES else UNKNOWN


def _people(turn: Turn, scope: Scope) -> Select[*tuple[Any, ...]]:
    """One row for everybody who is alike in everything: zones and languages are few."""
    since = turn.now - DROPPED_OUT
    going_on = scope.pairs & Pair.ended_at.is_(None) & (Pair.introduced_at < since)
    has_pair = [select(Pair.id).where(side == Person.id, going_on).exists() for side in _SIDES]
    mentee = scope.enrolments & (Enrolment.role == Role.MENTEE) & (Enrolment.person_id == Person.id)
    each = (
        select(
            *_ALIKE,
            select(Enrolment.id).where(mentee).exists().label("is_mentee"),
            in_pair(scope).label("matched"),
            did_something_since(turn.now - ACTIVE_WITHIN).label("active"),
            and_(Person.paused_at.is_(None), or_(*has_pair)).label("expected"),
            did_something_since(since).label("lately"),
        )
        .where(STARTED, Person.id.in_(scope.members))
        .subquery()
    ).c
    alike = (each.timezone, each.language, each.career_stage, each.is_mentee)
    count = {
        "matched": each.matched,
        "active": each.active,
        "expected": each.expected,
        "dropped": and_(each.expected, ~each.lately),
    }
    sums = [func.sum(case((condition, 1), else_=0)).label(name) for name, condition in count.items()]
    return select(*alike, func.count().label("people"), *sums).group_by(*alike)


_ALIKE = (Person.timezone, Person.language, Person.career_stage)
_SIDES = (Pair.mentor_id, Pair.mentee_id)


def _of_sessions(turn: Turn, scope: Scope) -> dict[Name, Number]:
    """By the mentee. Of how many people they are is the smaller side, as of all numbers."""
    sums: dict[Name, _Sum] = defaultdict(_Sum)
    people: dict[Name, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for row in turn.db.execute(_sessions(turn, scope)):
        for facet, group in _shared(row):
            name = Name(facet, group, Metric.SESSIONS)
            sums[name].add(row.held, row.due)
            for side, who in zip(people[name], (row.mentor_id, row.mentee_id), strict=True):
                side.add(who)
    return {name: Number(one.part, one.whole, min(map(len, people[name]))) for name, one in sums.items()}


def _sessions(turn: Turn, scope: Scope) -> Select[*tuple[Any, ...]]:
    """One row for each pair that had any."""
    due = Session.state.in_((State.HELD, State.MISSED)) & (Session.ends_at > turn.now - WINDOW)
    held = func.sum(case((Session.state == State.HELD, 1), else_=0)).label("held")
    each: Select[*tuple[Any, ...]] = select(*_ALIKE, *_SIDES, func.count().label("due"), held).select_from(
        Session
    )
    joined = each.join(Pair, Pair.id == Session.pair_id).join(Person, Person.id == Pair.mentee_id)
    return joined.where(scope.pairs, due).group_by(*_ALIKE, *_SIDES)
