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
    """Whoever runs a programme hears of it every week, also without ever having asked.

    Its first numbers are taken by the tick, so that nobody waits for them who asks.
    """
    theirs = programmes(turn, person, Right.NUMBERS)
    if theirs:
        desk_of(turn, person)
    for one in theirs:
        one.numbers_at = one.numbers_at or turn.now


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


# Handing over


def holders(turn: Turn, one: Programme) -> Sequence[tuple[int, Role]]:
    """(id of a person, their role at the desk), whoever may do more first. Who has left holds none."""
    here = (Enrolment.programme_id == one.id) & Enrolment.role.in_(RIGHTS) & Person.left_at.is_(None)
    held = select(Enrolment.person_id, Enrolment.role).join(Person, Person.id == Enrolment.person_id)
    found = turn.db.execute(held.where(here).order_by(Enrolment.id)).all()
    in_order = sorted(found, key=lambda row: list(RIGHTS).index(Role(row.role)))
    first: dict[int, Role] = {}
    for row in in_order:
        first.setdefault(row.person_id, Role(row.role))
    return list(first.items())


def is_last(turn: Turn, person_id: int, one: Programme) -> bool:
    """Nobody else who stays could say who has which role."""
    staying = {
        id_: role for id_, role in holders(turn, one) if not _is_leaving(turn, id_) or id_ == person_id
    }
    role = staying.pop(person_id, None)
    if role is Role.OWNER:
        return Role.OWNER not in staying.values()
    return role is Role.COORDINATOR and not set(staying.values()) & set(RUNS)


def _is_leaving(turn: Turn, person_id: int) -> bool:
    leaving = select(Person.id).where(Person.id == person_id, Person.leave_at.is_not(None))
    return turn.db.scalar(leaving) is not None


def to_hand_over(turn: Turn, person: Person) -> Programme | None:
    """A programme with people in it that would have nobody to run it without this person."""
    for one in programmes(turn, person, Right.ACT):
        if is_last(turn, person.id, one) and _has_others(turn, person, one):
            return one
    return None


def _has_others(turn: Turn, person: Person, one: Programme) -> bool:
    others = (Enrolment.programme_id == one.id) & (Enrolment.person_id != person.id)
    here = select(Enrolment.id).join(Person, Person.id == Enrolment.person_id)
    return turn.db.scalar(here.where(others, Person.left_at.is_(None)).limit(1)) is not None
