"""Admitted: whether somebody may do at the desk what they ask for, now. That they may not is kept, too.

A programme that is somebody else's, and one that does not exist, are both None.
"""

from sqlalchemy import select

from bot.desk import audit, roles
from bot.desk.roles import Right
from bot.models import Enrolment, Person, Programme
from bot.turn import Turn


def to_chosen(turn: Turn, person: Person, right: Right, what: str) -> Programme | None:
    """To the programme that their desk is about; `what` names the story that they asked."""
    found = roles.chosen(turn, person, right)
    if found is None:
        audit.record(turn, person, "refused", programme=_theirs(turn, person), detail=what)
    return found


def _theirs(turn: Turn, person: Person) -> Programme | None:
    """One in which they take part: those who run it see that somebody wanted to look behind the desk."""
    enrolled = select(Enrolment.programme_id).where(Enrolment.person_id == person.id)
    first = enrolled.order_by(Enrolment.id).limit(1).scalar_subquery()
    return turn.db.scalar(select(Programme).where(Programme.id == first))


def to(turn: Turn, person: Person, programme_id: int, right: Right, what: str) -> Programme | None:
    """To this programme. Whoever runs it sees in the audit that somebody else wanted to."""
    found = roles.programme(turn, person, programme_id, right)
    if found is None:
        asked_for = turn.db.get(Programme, programme_id)
        audit.record(turn, person, "refused", programme=asked_for, detail=what)
    return found
