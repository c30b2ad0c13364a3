"""Roles: what somebody may do in a programme that they run. Asked anew whenever a button is pressed.

An analyst sees numbers. A coordinator sees names too, and acts. An owner also says who has which role; where
a programme has no owner, its coordinators may make one.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select

from bot.calendar import DAY, WEEK, decent_from, moment
from bot.desk.models import Desk
from bot.models import Enrolment, Person, Programme, Role
from bot.turn import Turn


class Right(StrEnum):
    NUMBERS = "numbers"
    NAMES = "names"
    ACT = "act"
    ROLES = "roles"


_COORDINATES = frozenset({Right.NUMBERS, Right.NAMES, Right.ACT})
RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.COORDINATOR: _COORDINATES,
    Role.ANALYST: frozenset({Right.NUMBERS}),
}
RUNS = (Role.OWNER, Role.COORDINATOR)


def with_right(right: Right) -> list[Role]:
    return [role for role, rights in RIGHTS.items() if right in rights]


def _has(person: Person, right: Right) -> ColumnElement[bool]:
    named: ColumnElement[bool] = Enrolment.role.in_(with_right(right))
    if right is Right.ROLES:
        owned = select(Enrolment.programme_id).where(Enrolment.role == Role.OWNER)
        named = named | ((Enrolment.role == Role.COORDINATOR) & Enrolment.programme_id.not_in(owned))
    return (Enrolment.person_id == person.id) & named


def programmes(turn: Turn, person: Person, right: Right) -> Sequence[Programme]:
    """Those in which the person may do this, oldest first."""
    if person.left_at:
        return []
    where = Programme.id.in_(select(Enrolment.programme_id).where(_has(person, right)))
    return turn.db.scalars(select(Programme).where(where).order_by(Programme.id)).all()


def programme(turn: Turn, person: Person, programme_id: int, right: Right) -> Programme | None:
    """One programme, if the person may do this in it now. That is the permission check."""
    return next((one for one in programmes(turn, person, right) if one.id == programme_id), None)


def chosen(turn: Turn, person: Person, right: Right) -> Programme | None:
    """The one that they looked at last, or their first; none if there is none in which they may do this."""
    theirs = programmes(turn, person, right)
    desk = _desk(turn, person) if theirs else None
    last = next((one for one in theirs if desk and one.id == desk.programme_id), None)
    return last or next(iter(theirs), None)


def choose(turn: Turn, person: Person, one: Programme) -> None:
    """From now on the desk is about this programme."""
    desk_of(turn, person).programme_id = one.id


def _desk(turn: Turn, person: Person) -> Desk | None:
    return turn.db.scalar(select(Desk).where(Desk.person_id == person.id))


def desk_of(turn: Turn, person: Person) -> Desk:
    desk = _desk(turn, person)
    if desk is None:
        desk = Desk(person_id=person.id, wants_weekly=True, weekly_at=next_monday(turn, person))
        turn.db.add(desk)
    return desk


def next_monday(turn: Turn, person: Person) -> datetime:
    """At the hour at which they like their digest, or when their day begins."""
    today = turn.today(person)
    monday = today + WEEK - today.weekday() * DAY
    hour = person.digest_at or person.day_starts
    return decent_from(person.hours, moment(datetime.combine(monday, hour), person.timezone))


def open_desk(turn: Turn, person: Person) -> None:
    """Whoever runs a programme hears of it every week, also without ever having asked."""
    if programmes(turn, person, Right.NUMBERS):
        desk_of(turn, person)


def runners(turn: Turn, one: Programme, but: Person | None = None) -> Sequence[Person]:
    """Whoever acts in it."""
    acting = (Enrolment.programme_id == one.id) & Enrolment.role.in_(RUNS)
    where = Person.id.in_(select(Enrolment.person_id).where(acting)) & Person.left_at.is_(None)
    others = where & (Person.id != but.id) if but else where
    return turn.db.scalars(select(Person).where(others).order_by(Person.id)).all()


def runners_for(turn: Turn, person: Person) -> Sequence[Person]:
    """Whoever runs a programme of theirs, but not they themselves."""
    theirs = select(Enrolment.programme_id).where(Enrolment.person_id == person.id)
    acting = Enrolment.programme_id.in_(theirs) & Enrolment.role.in_(RUNS)
    where = Person.id.in_(select(Enrolment.person_id).where(acting)) & Person.left_at.is_(None)
    return turn.db.scalars(select(Person).where(where, Person.id != person.id).order_by(Person.id)).all()


def only_runs(turn: Turn, person: Person) -> bool:
    """Somebody who works at the desk, and meets nobody in any programme."""
    roles = set(turn.db.scalars(select(Enrolment.role).where(Enrolment.person_id == person.id)))
    return bool(roles) and roles <= set(RIGHTS)
