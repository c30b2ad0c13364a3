"""Places: which mentors of a programme have room, and who is without a mentor. Facts, and nobody's words."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session as Transaction

from bot.matching.models import Seeking, Wanting
from bot.models import Enrolment, Pair, Person, Programme, Role


def free_places(db: Transaction, programme: Programme) -> Mapping[int, int]:
    """By mentor, those with none included. Whoever has left, cannot be reached or rests has none."""
    going_on = (Pair.programme_id == programme.id) & Pair.ended_at.is_(None)
    taken = Counter(
        dict(db.execute(select(Pair.mentor_id, func.count()).where(going_on).group_by(Pair.mentor_id)).all())
    )
    enrolled = _enrolled(programme, Role.MENTOR).with_only_columns(Enrolment.person_id, Enrolment.capacity)
    return {id_: max(capacity - taken[id_], 0) for id_, capacity in db.execute(enrolled)}


def without_mentor(db: Transaction, programme: Programme, now: datetime) -> Collection[int]:
    """Mentees who have none and would like one: who has had one says so, or lost them early."""
    theirs = (Pair.programme_id == programme.id) & (Pair.mentee_id == Enrolment.person_id)
    has_one = select(Pair.id).where(theirs, Pair.ended_at.is_(None))
    had_one = select(Pair.id).where(theirs, Pair.introduced_at.is_not(None))
    wants = select(Seeking.id).where(
        Seeking.programme_id == programme.id,
        Seeking.person_id == Enrolment.person_id,
        Seeking.state.in_((Wanting.FIRST, Wanting.QUEUE)),
    )
    who = _enrolled(programme, Role.MENTEE).where(~has_one.exists(), wants.exists() | ~had_one.exists())
    return db.scalars(who.with_only_columns(Enrolment.person_id).where(_not_away_for_long(now))).all()


def _enrolled(programme: Programme, role: Role) -> Select[Enrolment]:
    resting = select(Seeking.person_id).where(
        Seeking.programme_id == programme.id, Seeking.state.in_((Wanting.RESTS, Wanting.NOT_ASKED))
    )
    return (
        select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.programme_id == programme.id, Enrolment.role == role)
        .where(Person.left_at.is_(None), Person.leave_at.is_(None), Person.unreachable_since.is_(None))
        .where(Person.id.not_in(resting))
        .order_by(Enrolment.person_id)
    )


def _not_away_for_long(now: datetime) -> ColumnElement[bool]:
    """An introduction waits for whoever has said when they are back."""
    return Person.paused_at.is_(None) | (Person.paused_until > now)
