"""People of a programme, as whoever runs it may see them: who somebody is, and nothing that they wrote.

No query in here reads a sealed column, and none says whether somebody is away, or how they are doing.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased, defer

from bot import vault
from bot.models import Enrolment, Pair, Person, Programme, Role
from bot.text import key
from bot.turn import Turn

TAKES_PART = (Role.MENTOR, Role.MENTEE)
ROLES: Mapping[str, str] = {
    Role.MENTOR: "people.mentor",
    Role.MENTEE: "people.mentee",
    Role.OWNER: "people.owner",
    Role.COORDINATOR: "people.coordinator",
    Role.ANALYST: "people.analyst",
}
IN_ORDER = tuple(ROLES)
WITHOUT_WORDS = [
    defer(column.class_attribute)
    for column in Person.__mapper__.column_attrs
    if column.key.endswith("_sealed")
]


@dataclass(frozen=True)
class Entry:
    """Somebody in a programme."""

    id: int
    name: str
    timezone: str
    roles: tuple[str, ...]
    cohort: str
    capacity: int  # mentees that they take, if they are a mentor
    enrolled_at: datetime | None
    has_started: bool
    has_left: bool
    is_reachable: bool
    out_of_reach_since: datetime | None
    partners: tuple[tuple[int, int, str], ...]  # pair, id and name of each whom they are paired with


def names(turn: Turn, programme: Programme, *, left: bool = False) -> Sequence[tuple[int, str]]:
    """(id, name) of everybody in it, in the order of their names; with `left` also of those who have left."""
    theirs = select(Enrolment.person_id).where(Enrolment.programme_id == programme.id)
    listed = select(Person.id, Person.name).where(Person.id.in_(theirs))
    found = turn.db.execute(listed if left else listed.where(Person.left_at.is_(None))).all()
    return sorted(((row.id, row.name) for row in found), key=lambda one: (in_order(one[1]), one[0]))


def in_order(name: str) -> str:
    """By what names are sorted: Jürgen stands between Julia and Jutta, whatever the database thinks."""
    apart = unicodedata.normalize("NFD", key(name))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def named(turn: Turn, programme: Programme, text: str, *, left: bool = True) -> Sequence[tuple[int, str]]:
    """Everybody in it whose name has this in it, whoever is called exactly so alone."""
    wanted = key(text)
    found = [one for one in names(turn, programme, left=left) if wanted in key(one[1])]
    return [one for one in found if key(one[1]) == wanted] or found


def called(turn: Turn, ids: Collection[int]) -> Mapping[int, str]:
    """The names of people, whatever they take part in."""
    named = select(Person.id, Person.name).where(Person.id.in_(ids))
    return {row.id: row.name for row in turn.db.execute(named)}


def entries(turn: Turn, programme: Programme, ids: Sequence[int]) -> list[Entry]:
    """In the order of the ids; who is not in it is left out."""
    enrolled = defaultdict(list)
    theirs = (Enrolment.programme_id == programme.id) & Enrolment.person_id.in_(ids)
    for row in turn.db.scalars(select(Enrolment).where(theirs).order_by(Enrolment.id)):
        enrolled[row.person_id].append(row)
    partners = _partners(turn, programme, ids)
    columns = (Person.id, Person.name, Person.timezone, Person.started_at, Person.left_at)
    reach = (Person.account_id, Person.unreachable_since)
    people = {
        row.id: row for row in turn.db.execute(select(*columns, *reach).where(Person.id.in_(list(enrolled))))
    }
    return [_entry(people[id_], enrolled[id_], partners[id_]) for id_ in ids if id_ in people]


def _entry(row: object, enrolled: Sequence[Enrolment], partners: Sequence[tuple[int, int, str]]) -> Entry:
    held = {one.role for one in enrolled}
    return Entry(
        id=row.id,  # type: ignore[attr-defined]
        name=row.name,  # type: ignore[attr-defined]
        timezone=row.timezone,  # type: ignore[attr-defined]
        roles=tuple(role for role in IN_ORDER if role in held),
        cohort=next((one.cohort for one in enrolled if one.cohort), ""),
        capacity=sum(one.capacity for one in enrolled if one.role == Role.MENTOR),
        enrolled_at=min((one.made_at for one in enrolled if one.made_at), default=None),
        has_started=row.started_at is not None,  # type: ignore[attr-defined]
        has_left=row.left_at is not None,  # type: ignore[attr-defined]
        is_reachable=row.account_id is not None and row.unreachable_since is None,  # type: ignore[attr-defined]
        out_of_reach_since=row.unreachable_since,  # type: ignore[attr-defined]
        partners=tuple(partners),
    )


def entry(turn: Turn, programme: Programme, person_id: int) -> Entry | None:
    return next(iter(entries(turn, programme, [person_id])), None)


def _partners(
    turn: Turn, programme: Programme, ids: Collection[int]
) -> Mapping[int, list[tuple[int, int, str]]]:
    mentor, mentee = aliased(Person), aliased(Person)
    going_on = (Pair.programme_id == programme.id) & Pair.ended_at.is_(None)
    concerned = Pair.mentor_id.in_(ids) | Pair.mentee_id.in_(ids)
    found = turn.db.execute(
        select(Pair.id, mentor.id, mentor.name, mentee.id, mentee.name)
        .join(mentor, mentor.id == Pair.mentor_id)
        .join(mentee, mentee.id == Pair.mentee_id)
        .where(going_on, concerned)
        .order_by(Pair.id)
    )
    partners = defaultdict(list)
    for pair, mentor_id, mentor_name, mentee_id, mentee_name in found:
        partners[mentor_id].append((pair, mentee_id, mentee_name))
        partners[mentee_id].append((pair, mentor_id, mentor_name))
    return partners


def enrolments(turn: Turn, programme: Programme, person_id: int) -> Sequence[Enrolment]:
    """Locked, so that of two who change something about somebody one comes after the other."""
    theirs = (Enrolment.programme_id == programme.id) & (Enrolment.person_id == person_id)
    locked = select(Enrolment).where(theirs).order_by(Enrolment.id).with_for_update()
    return turn.db.scalars(locked.execution_options(populate_existing=True)).all()


def person(turn: Turn, person_id: int) -> Person:
    """To write to them, or to change when something happens to them. What they wrote is not read."""
    return turn.db.scalars(select(Person).where(Person.id == person_id).options(*WITHOUT_WORDS)).one()


def with_address(turn: Turn, email: str) -> tuple[int, str] | None:
    """Id and name of somebody known by this e-mail address, whatever they take part in."""
    print_ = vault.key().fingerprint(key(email))
    known = select(Person.id, Person.name).where(Person.email_print == print_, Person.left_at.is_(None))
    found = turn.db.execute(known).first()
    return (found.id, found.name) if found else None
