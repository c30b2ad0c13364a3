"""Spreadsheets: what whoever runs a programme may take along, as CSV that is safe to open.

Every column of every export stands here and says which column of which table it comes from: the query is
made of nothing else, and a test walks the list. What people wrote, and whether they are away, is in none.
"""

import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from bot.desk import cohorts_told, disclosure
from bot.desk.groups import is_of_group
from bot.desk.metrics import Number
from bot.desk.models import AuditEntry, WeeklyNumber
from bot.desk.roles import Right
from bot.models import Enrolment, Pair, Person, Programme, Session, State
from bot.suppression import suppressed
from bot.table_file import write_table
from bot.turn import Turn

MARK = "\ufeff"  # so that Excel reads UTF-8, and an umlaut stays one
MOST_ROWS = 100_000

Cell = str | int | date | None
Row = Sequence[Cell]

_MENTEE, _MENTOR, _ACTOR, _CONCERNED = (aliased(Person) for _ in range(4))


@dataclass(frozen=True)
class Column:
    """`name` is its heading in prompts; `of` the column of a table that it comes from."""

    name: str
    of: InstrumentedAttribute[Any]
    value: ColumnElement[Any] | None = None  # where not the column itself is shown, but what is made of it


@dataclass(frozen=True)
class Export:
    right: Right
    columns: tuple[Column, ...]
    rows: Callable[[Programme], Select[Any]]
    finish: Callable[[int, Sequence[Any]], Iterable[Row]] | None = None  # handed the smallest group

    def query(self, programme: Programme) -> Select[Any]:
        return self.rows(programme).limit(MOST_ROWS)


def _people(programme: Programme) -> Select[Any]:
    return (
        select(*_of(PEOPLE))
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.programme_id == programme.id, Person.left_at.is_(None))
        .order_by(Person.name, Enrolment.id)
    )


def _pairs(programme: Programme) -> Select[Any]:
    return (
        select(*_of(PAIRS))
        .join(_MENTEE, _MENTEE.id == Pair.mentee_id)
        .join(_MENTOR, _MENTOR.id == Pair.mentor_id)
        .where(Pair.programme_id == programme.id)
        .order_by(Pair.id)
    )


def _cohorts(programme: Programme) -> Select[Any]:
    """Over all pairs of a cohort. Fewer than the smallest group are not counted out, see `_counted_out`."""
    sessions = and_(Session.pair_id == Pair.id, Session.state.in_((State.PLANNED, State.HELD, State.MISSED)))
    people = (Pair.mentor_id, Pair.mentee_id)
    return (
        select(*_of(COHORTS), *(func.count(side.distinct()) for side in people))
        .outerjoin(Session, sessions)
        .where(Pair.programme_id == programme.id)
        .group_by(Pair.cohort)
        .order_by(Pair.cohort)
    )


def _weekly(programme: Programme) -> Select[Any]:
    return (
        select(*_of(WEEKLY))
        .where(WeeklyNumber.programme_id == programme.id)
        .order_by(WeeklyNumber.week, WeeklyNumber.name, WeeklyNumber.cohort)
    )


def _audit(programme: Programme) -> Select[Any]:
    return (
        select(*_of(AUDIT))
        .outerjoin(_ACTOR, _ACTOR.id == AuditEntry.who_id)
        .outerjoin(_CONCERNED, _CONCERNED.id == AuditEntry.person_id)
        .where(AuditEntry.programme_id == programme.id)
        .order_by(AuditEntry.id)
    )


def _of(columns: Iterable[Column]) -> list[Any]:
    return [column.of if column.value is None else column.value for column in columns]


def _sessions(state: State) -> ColumnElement[Any]:
    return func.count(Session.id.distinct()).filter(Session.state == state)


PEOPLE = (
    Column("name", Person.name),
    Column("role", Enrolment.role),
    Column("cohort", Enrolment.cohort),
    Column("zone", Person.timezone),
    Column("language", Person.language),
    Column("stage", Person.career_stage),
    Column("capacity", Enrolment.capacity),
    Column("enrolled", Enrolment.made_at),
    Column("started", Person.started_at, Person.started_at.is_not(None)),  # since when would tell how quick
)
PAIRS = (
    Column("mentee", _MENTEE.name),
    Column("mentor", _MENTOR.name),
    Column("cohort", Pair.cohort),
    Column("made", Pair.made_at),
    Column("introduced", Pair.introduced_at),
    Column("ended", Pair.ended_at),
)
COHORTS = (
    Column("cohort", Pair.cohort),
    Column("pairs", Pair.id, func.count(Pair.id.distinct())),
    Column(
        "introduced",
        Pair.introduced_at,
        func.count(Pair.id.distinct()).filter(Pair.introduced_at.is_not(None)),
    ),
    Column("ended", Pair.ended_at, func.count(Pair.id.distinct()).filter(Pair.ended_at.is_not(None))),
    Column("planned", Session.state, _sessions(State.PLANNED)),
    Column("held", Session.state, _sessions(State.HELD)),
    Column("missed", Session.state, _sessions(State.MISSED)),
)
WEEKLY = (
    Column("week", WeeklyNumber.week),
    Column("cohort", WeeklyNumber.cohort),
    Column("number", WeeklyNumber.name),
    Column("part", WeeklyNumber.part),
    Column("whole", WeeklyNumber.whole),
    Column("people", WeeklyNumber.people),
)
AUDIT = (
    Column("entry", AuditEntry.id),
    Column("at", AuditEntry.at),
    Column("who", _ACTOR.name),
    Column("what", AuditEntry.what),
    Column("person", _CONCERNED.name),
    Column("pair", AuditEntry.pair_id),
    Column("detail", AuditEntry.detail),
    Column("chain", AuditEntry.chain),
)


def _counted_out(smallest: int, found: Sequence[Any]) -> Iterable[Row]:
    """Cohorts that are too small stay empty, and with them what would give them away."""
    people = {cohort: min(mentors, mentees) for cohort, *_, mentors, mentees in found}
    shown = suppressed(people, smallest).cells
    for cohort, *numbers, _mentors, _mentees in found:
        yield (cohort, *(number if shown[cohort] is not None else None for number in numbers))


def _published(smallest: int, found: Sequence[Any]) -> Iterable[Row]:
    """As in words and pictures, and the cohorts side by side."""
    of_week: dict[date, dict[str, dict[str, Number]]] = defaultdict(lambda: defaultdict(dict))
    for week, cohort, name, *numbers in found:
        of_week[week][cohort][name] = Number(*numbers)
    told = {week: cohorts_told.told(by_cohort, smallest) for week, by_cohort in of_week.items()}
    for week, cohort, name, part, whole, people in found:
        visible = name in told[week][cohort]
        how_many = None if is_of_group(name) else people  # beside others of the group it tells how many met
        yield (week, cohort, name, *((part, whole, how_many) if visible else (None, None, None)))


EXPORTS: Mapping[str, Export] = {
    "people": Export(Right.NAMES, PEOPLE, _people),
    "pairs": Export(Right.NAMES, PAIRS, _pairs),
    "cohorts": Export(Right.NUMBERS, COHORTS, _cohorts, _counted_out),
    "weekly": Export(Right.NUMBERS, WEEKLY, _weekly, _published),
    "audit": Export(Right.ROLES, AUDIT, _audit),
}


def rows(turn: Turn, reader: Person, programme: Programme, export: Export) -> list[Row]:
    found = turn.db.execute(export.query(programme)).all()
    if export.finish is None:
        return [tuple(row) for row in found]
    return list(export.finish(disclosure.smallest(turn, reader, programme), found))


# As a file


def as_csv(headings: Sequence[str], rows: Iterable[Row]) -> bytes:
    file = io.StringIO()
    write_table(file, headings, ([_cell(value) for value in row] for row in rows))
    return (MARK + file.getvalue()).encode()


def _cell(value: Cell) -> str | int:
    if isinstance(value, int):
        return value
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value or ""
