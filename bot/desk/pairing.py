"""Pairing by hand: who may be paired with whom, and how two become a pair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select

from bot.desk import people
from bot.desk.pairs import WITHOUT_PEOPLE
from bot.models import Enrolment, Pair, Person, Programme, Role
from bot.turn import Turn


class Hindrance(StrEnum):
    SAME = "same"  # nobody is their own mentor
    NOT_A_MENTEE = "not_a_mentee"  # of this programme, or they have left it
    NOT_A_MENTOR = "not_a_mentor"
    PAIRED = "paired"  # the two are a pair already
    FULL = "full"


@dataclass(frozen=True)
class Room:
    """A mentor, and how much room they have."""

    id: int
    name: str
    capacity: int
    taken: int

    @property
    def left(self) -> int:
        return max(self.capacity - self.taken, 0)


def mentors(turn: Turn, programme: Programme) -> Sequence[Room]:
    """Those who take part, with their mentees in all of this programme, in the order of their names."""
    taken = _mentees_of(turn, programme)
    held = (Enrolment.programme_id == programme.id) & (Enrolment.role == Role.MENTOR)
    rooms = turn.db.execute(select(Enrolment.person_id, Enrolment.capacity).where(held))
    capacity = {row.person_id: row.capacity for row in rooms}
    known = people.names(turn, programme)
    return [Room(id_, name, capacity[id_], taken.get(id_, 0)) for id_, name in known if id_ in capacity]


def _mentees_of(turn: Turn, programme: Programme) -> Mapping[int, int]:
    going_on = (Pair.programme_id == programme.id) & Pair.ended_at.is_(None)
    counted = select(Pair.mentor_id, func.count()).where(going_on).group_by(Pair.mentor_id)
    return dict(turn.db.execute(counted).all())


def mentees_without_a_mentor(turn: Turn, programme: Programme) -> Sequence[tuple[int, str]]:
    going_on = select(Pair.mentee_id).where(Pair.programme_id == programme.id, Pair.ended_at.is_(None))
    alone = select(Enrolment.person_id).where(
        Enrolment.programme_id == programme.id,
        Enrolment.role == Role.MENTEE,
        Enrolment.person_id.not_in(going_on),
    )
    ids = set(turn.db.scalars(alone))
    return [one for one in people.names(turn, programme) if one[0] in ids]


def hindrance(turn: Turn, programme: Programme, mentee_id: int, mentor_id: int) -> Hindrance | None:
    """Why the two cannot be paired now. Both enrolments are locked: it holds until the turn ends."""
    if mentee_id == mentor_id:
        return Hindrance.SAME
    held = {
        id_: {one.role: one for one in people.enrolments(turn, programme, id_)}
        for id_ in sorted((mentee_id, mentor_id))
    }
    here = set(_still_here(turn, (mentee_id, mentor_id)))
    if mentee_id not in here or Role.MENTEE not in held[mentee_id]:
        return Hindrance.NOT_A_MENTEE
    if mentor_id not in here or Role.MENTOR not in held[mentor_id]:
        return Hindrance.NOT_A_MENTOR
    pair = earlier(turn, programme, mentee_id, mentor_id)
    if pair and pair.ended_at is None:
        return Hindrance.PAIRED
    is_full = _mentees_of(turn, programme).get(mentor_id, 0) >= held[mentor_id][Role.MENTOR].capacity
    return Hindrance.FULL if is_full else None


def _still_here(turn: Turn, ids: Sequence[int]) -> Sequence[int]:
    return turn.db.scalars(select(Person.id).where(Person.id.in_(ids), Person.left_at.is_(None))).all()


def earlier(turn: Turn, programme: Programme, mentee_id: int, mentor_id: int) -> Pair | None:
    """The pair that the two are or were, in these roles."""
    same = (Pair.mentor_id == mentor_id) & (Pair.mentee_id == mentee_id)
    here = select(Pair).where(Pair.programme_id == programme.id, same).options(*WITHOUT_PEOPLE)
    return turn.db.scalar(here.with_for_update(of=Pair).execution_options(populate_existing=True))


def have_met(turn: Turn, mentee_id: int, mentor_id: int) -> bool:
    """In a pair that has ended, in whatever programme and whichever role."""
    as_now = (Pair.mentor_id == mentor_id) & (Pair.mentee_id == mentee_id)
    turned = (Pair.mentor_id == mentee_id) & (Pair.mentee_id == mentor_id)
    met = select(Pair.id).where(as_now | turned, Pair.ended_at.is_not(None)).limit(1)
    return turn.db.scalar(met) is not None


def are_ready(turn: Turn, mentee_id: int, mentor_id: int) -> bool:
    """Both know Cairn: they can be introduced at once."""
    started = select(func.count()).where(
        Person.id.in_((mentee_id, mentor_id)), Person.started_at.is_not(None)
    )
    return turn.db.scalar(started) == 2


def make(turn: Turn, programme: Programme, mentee_id: int, mentor_id: int, cohort: str) -> Pair:
    """Two who are not hindered. They are introduced now, or once the second of them has started.

    Two who were a pair before are it once more, with what they had agreed on.
    """
    pair = earlier(turn, programme, mentee_id, mentor_id)
    if pair is None:
        pair = Pair(programme_id=programme.id, mentor_id=mentor_id, mentee_id=mentee_id, made_at=turn.now)
        turn.db.add(pair)
    else:
        pair.made_at, pair.ended_at, pair.introduced_at, pair.planned_end = turn.now, None, None, None
        pair.active_at, pair.mentee_active_at, pair.mentor_active_at = None, None, None
        pair.asked_quiet_at, pair.quiet_questions = None, 0
    pair.cohort = cohort
    pair.introduce_at = turn.now if are_ready(turn, mentee_id, mentor_id) else None
    turn.db.flush()
    return pair
