"""Enrol: a roster becomes people, enrolments and pairs. All of it or nothing.

Somebody who is there already (same e-mail) keeps what they have chosen; only what is new is added.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from bot import vault
from bot.matching import enrolling
from bot.models import Enrolment, Pair, Person, Programme, Role
from bot.prompts import FALLBACK
from bot.roster import Row
from bot.text import key


@dataclass
class Enrolled:
    people: int = 0
    pairs: int = 0
    known: int = 0  # people who were there before
    added: dict[int, tuple[Person, list[str]]] = field(default_factory=dict)  # who has a new role, and which


class IsClosed(Exception):
    """The programme is over, and nobody joins it any more."""


def enrol(
    db: Transaction, rows: Iterable[Row], programme_name: str, now: datetime, cohort: str = ""
) -> Enrolled:
    """Add a roster that has no problems to a programme, which is made if it is not there."""
    return enrol_in(db, rows, _programme(db, programme_name, now), now, cohort)


def enrol_in(
    db: Transaction, rows: Iterable[Row], programme: Programme, now: datetime, cohort: str = ""
) -> Enrolled:
    """`cohort`: another one than the programme's newcomers are in at present."""
    if programme.closed_at:
        raise IsClosed
    rows = list(rows)
    count = Enrolled()
    people = {key(row.email): _person(db, row, now, count) for row in rows}
    db.flush()
    for row in rows:
        person = people[key(row.email)]
        new = take_in(db, programme, person, row.roles, now, row.capacity, cohort)
        if new:
            count.added[person.id] = person, new
    enrolling.keep(db, programme, rows, people)
    for row in rows:
        if row.mentor:
            mentor, mentee = people[key(row.mentor)], people[key(row.email)]
            _pair(db, programme, mentor, mentee, now, count, cohort)
    return count


def take_in(
    db: Transaction,
    programme: Programme,
    person: Person,
    roles: Collection[str],
    now: datetime,
    capacity: int = 1,
    cohort: str = "",
) -> list[str]:
    """The person is in the programme from now on; returns the roles that they did not have before."""
    held = set(db.scalars(select(Enrolment.role).filter_by(programme_id=programme.id, person_id=person.id)))
    new = sorted(set(roles) - held)
    db.add_all(
        Enrolment(
            programme_id=programme.id,
            person_id=person.id,
            role=role,
            capacity=capacity if role == Role.MENTOR else 0,
            made_at=now,
            cohort=cohort or programme.cohort,
        )
        for role in new
    )
    db.flush()
    return new


def _programme(db: Transaction, name: str, now: datetime) -> Programme:
    found = db.scalars(select(Programme).where(Programme.name == name).order_by(Programme.id)).first()
    if found is None:
        found = Programme(name=name, made_at=now)
        db.add(found)
        db.flush()
    return found


def _person(db: Transaction, row: Row, now: datetime, count: Enrolled) -> Person:
    known_by = vault.key().fingerprint(key(row.email))
    person = db.scalar(select(Person).where(Person.email_print == known_by))
    if person is not None:
        count.known += 1
        welcome_back(person, now)
        return person
    person = Person(
        name=row.name,
        email=row.email,
        email_print=known_by,
        timezone=row.timezone,
        language=row.language or FALLBACK,
        career_stage=row.career_stage,
        goals="; ".join(row.goals),
        skills="; ".join(row.skills),
    )
    db.add(person)
    count.people += 1
    return person


def welcome_back(person: Person, now: datetime) -> None:
    """Somebody who had left is asked anew, like anybody else."""
    if person.left_at:
        person.left_at = person.started_at = person.paused_at = person.paused_until = None
        person.welcome_at, person.welcomes = now, 0
        person.check_reach_at = now


def _pair(
    db: Transaction,
    programme: Programme,
    mentor: Person,
    mentee: Person,
    now: datetime,
    count: Enrolled,
    cohort: str,
) -> None:
    two: Mapping[str, int] = {"mentor_id": mentor.id, "mentee_id": mentee.id}
    pair = db.scalar(select(Pair).filter_by(programme_id=programme.id, **two))
    if pair is not None and pair.ended_at:
        pair.ended_at = pair.introduced_at = None  # one had left and is asked anew
    if pair is None:
        know_cairn = mentor.started_at and mentee.started_at  # else the second of them to start sets it off
        db.add(
            Pair(
                programme_id=programme.id,
                made_at=now,
                cohort=cohort or programme.cohort,
                introduce_at=now if know_cairn else None,
                **two,
            )
        )
        count.pairs += 1
