"""Waiting: who would like a partner again, since when, and who would rather rest. It is asked of both alike.

After an end that came early both come first in the next matching, whoever wanted it and whatever for, unless
they say that they would rather rest: so nothing that is kept here says who asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from bot.actions import Action
from bot.calendar import DAY, working_days_after
from bot.matching.models import Seeking, Wanting
from bot.matching.places import without_mentor
from bot.models import Enrolment, Pair, Person, Programme, Role
from bot.turn import Turn

TELL_AFTER = timedelta(days=1)  # the farewell comes first
PATIENCE = 3  # working days until whoever runs the programme is reminded


@dataclass(frozen=True)
class Want(Action, wire="matching.waiting.want"):
    """They would like to have somebody."""

    programme: int


@dataclass(frozen=True)
class Rest(Action, wire="matching.waiting.rest"):
    """Not for now."""

    programme: int


@dataclass(frozen=True)
class Circle(Action, wire="matching.waiting.circle"):
    """A circle of peers would suit them, too: 1, or not: 0."""

    programme: int
    yes: int


class Waits(NamedTuple):
    """A mentee for whom a partner is wanted again."""

    person_id: int
    since: datetime
    is_long: bool  # three working days of theirs have gone by


def of(turn: Turn, person: Person, programme: Programme) -> Seeking | None:
    theirs = (Seeking.person_id == person.id) & (Seeking.programme_id == programme.id)
    return turn.db.scalar(select(Seeking).where(theirs))


def say(turn: Turn, person: Person, programme: Programme, state: Wanting) -> Seeking:
    """Who said that they would like somebody keeps their place in the row."""
    there = of(turn, person, programme)
    if there is None:
        there = Seeking(
            programme_id=programme.id, person_id=person.id, state=state, since=turn.now, circle=False
        )
        turn.db.add(there)
    elif {there.state, state} != {Wanting.FIRST, Wanting.QUEUE}:
        there.since = turn.now if there.state != state else there.since
        there.state = state
    return there


def after_the_end(turn: Turn, pair: Pair) -> None:
    """Both hear in a day that they come first. Not where the time was over, or where both had gone quiet."""
    is_early = pair.planned_end is None or turn.now < pair.planned_end - DAY
    comes_first = pair.introduced_at and is_early and pair.asked_quiet_at is None
    for person in pair.people:
        there = of(turn, person, pair.programme)
        if comes_first and _takes_part(turn, person, pair.programme):
            there = there or say(turn, person, pair.programme, Wanting.NOT_ASKED)
            there.state, there.since, there.tell_at = Wanting.NOT_ASKED, turn.now, turn.now + TELL_AFTER
        elif there:
            turn.db.delete(there)


def _takes_part(turn: Turn, person: Person, programme: Programme) -> bool:
    if person.left_at or person.leave_at or programme.closed_at:
        return False
    roles = (Role.MENTOR, Role.MENTEE)
    theirs = (Enrolment.person_id == person.id) & (Enrolment.programme_id == programme.id)
    return turn.db.scalar(select(Enrolment.id).where(theirs, Enrolment.role.in_(roles)).limit(1)) is not None


def is_found(turn: Turn, pair: Pair) -> None:
    """They have somebody now."""
    for person in pair.people:
        there = of(turn, person, pair.programme)
        if there and not there.circle:
            turn.db.delete(there)
        elif there:
            there.state, there.tell_at = Wanting.QUEUE, None


def waiting_for_partner(turn: Turn, programme: Programme) -> Sequence[Waits]:
    """Mentees who have had a partner, or were told that there was none, and would like one; longest first."""
    wanting = (Seeking.programme_id == programme.id) & Seeking.state.in_((Wanting.FIRST, Wanting.QUEUE))
    free = set(without_mentor(turn.db, programme, turn.now))
    theirs = turn.db.scalars(select(Seeking).where(wanting).order_by(Seeking.since, Seeking.id)).all()
    return [Waits(one.person_id, one.since, _is_long(turn, one)) for one in theirs if one.person_id in free]


def _is_long(turn: Turn, one: Seeking) -> bool:
    return working_days_after(one.person.hours, one.since, PATIENCE) <= turn.now
