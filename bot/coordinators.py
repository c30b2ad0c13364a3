"""Coordinators: who runs a programme, and so hears whether things arrive, and never what they were."""

from collections.abc import Sequence

from sqlalchemy import select

from bot.models import Enrolment, Person, Programme, Role
from bot.turn import Turn


def of(turn: Turn, person: Person) -> Sequence[Person]:
    """Those of the person's programmes, but not the person."""
    programmes = select(Enrolment.programme_id).where(Enrolment.person_id == person.id)
    runs = select(Enrolment.person_id).where(
        Enrolment.programme_id.in_(programmes), Enrolment.role == Role.COORDINATOR
    )
    others = Person.id.in_(runs) & (Person.id != person.id) & Person.left_at.is_(None)
    return turn.db.scalars(select(Person).where(others).order_by(Person.id)).all()


def only_runs(turn: Turn, person: Person) -> bool:
    """Somebody who runs a programme, and meets nobody in any."""
    roles = turn.db.scalars(select(Enrolment.role).where(Enrolment.person_id == person.id)).all()
    return set(roles) == {Role.COORDINATOR}


def programmes_run_by(turn: Turn, person: Person) -> Sequence[Programme]:
    theirs = (Enrolment.person_id == person.id) & (Enrolment.role == Role.COORDINATOR)
    if person.left_at:
        return []
    return turn.db.scalars(select(Programme).join(Enrolment).where(theirs).order_by(Programme.id)).all()
