"""Joining: which programmes are open to whom, as what, and who has asked to be in.

A programme is open where one of those who run it has an account: in a workspace of another company nobody
hears that it exists.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased, joinedload

from bot.actions import Action
from bot.calendar import DAY, local
from bot.courtesy import Kind
from bot.desk import roles
from bot.desk.models import Decision, EnrolmentRequest
from bot.desk.people import WITHOUT_WORDS
from bot.events import Account
from bot.models import AccountRow, Enrolment, Pair, Person, Programme, ProgrammeFormat, Role
from bot.turn import Turn

PEER = "peer"  # who is mentor and mentee
BOTH = "both"
HOLDS: Mapping[str, tuple[Role, ...]] = {
    Role.MENTEE: (Role.MENTEE,),
    Role.MENTOR: (Role.MENTOR,),
    PEER: (Role.MENTEE, Role.MENTOR),
}
ENOUGH_TO_TELL = 5  # people, before it is said how long others have waited
LOOKS_BACK = 200  # of the newest


@dataclass(frozen=True)
class StepOut(Action, wire="joining.step_out"):
    """Out of a programme that they are in without a partner, or have asked to be in."""

    programme: int
    joined_as: str


# What is open


def open_to(turn: Turn, person: Person) -> Sequence[Programme]:
    """In any of their workspaces, oldest first."""
    mine, theirs = aliased(AccountRow), aliased(AccountRow)
    beside = (mine.platform == theirs.platform) & (mine.workspace == theirs.workspace)
    where = select(theirs.person_id).join(mine, beside)
    return _open(
        turn, where.where(mine.person_id == person.id, mine.gone_at.is_(None), theirs.gone_at.is_(None))
    )


def open_beside(turn: Turn, who: Account) -> Sequence[Programme]:
    """In the workspace of somebody on no roster."""
    there = (AccountRow.platform == who.platform) & (AccountRow.workspace == who.workspace)
    return _open(turn, select(AccountRow.person_id).where(there, AccountRow.gone_at.is_(None)))


def _open(turn: Turn, people_there: Select[int]) -> Sequence[Programme]:
    run_there = Enrolment.role.in_(roles.RUNS) & Enrolment.person_id.in_(people_there)
    here = Programme.id.in_(select(Enrolment.programme_id).where(run_there))
    where = here & (Programme.open_until > turn.now) & Programme.closed_at.is_(None)
    return turn.db.scalars(select(Programme).where(where).order_by(Programme.id)).all()


def ways_in(programme: Programme) -> tuple[str, ...]:
    """As what somebody may join."""
    if programme.format == ProgrammeFormat.PEER:
        return (PEER,)
    return (Role.MENTEE, Role.MENTOR) if programme.open_to == BOTH else (programme.open_to,)


def ways_left(turn: Turn, programme: Programme, person: Person) -> list[str]:
    """Without what they are already, or have asked to be."""
    held = set(roles_in(turn, programme, person))
    asked = {request.role for request in waiting(turn, programme, person)}
    return [way for way in ways_in(programme) if not held.issuperset(HOLDS[way]) and way not in asked]


def roles_in(turn: Turn, programme: Programme, person: Person) -> Sequence[str]:
    theirs = (Enrolment.programme_id == programme.id) & (Enrolment.person_id == person.id)
    return turn.db.scalars(select(Enrolment.role).where(theirs)).all()


# Who has asked


def is_waiting(programme: Programme) -> ColumnElement[bool]:
    """They have not heard yet."""
    undecided = (EnrolmentRequest.state == Decision.WAITING) | EnrolmentRequest.tell_at.is_not(None)
    return (EnrolmentRequest.programme_id == programme.id) & undecided


def waiting(turn: Turn, programme: Programme, person: Person) -> Sequence[EnrolmentRequest]:
    where = is_waiting(programme) & (EnrolmentRequest.person_id == person.id)
    return turn.db.scalars(select(EnrolmentRequest).where(where).order_by(EnrolmentRequest.id)).all()


def undecided(turn: Turn, programme: Programme) -> Sequence[EnrolmentRequest]:
    """In the order in which they came."""
    where = (EnrolmentRequest.programme_id == programme.id) & (EnrolmentRequest.state == Decision.WAITING)
    still_here = EnrolmentRequest.person_id.in_(select(Person.id).where(Person.left_at.is_(None)))
    them = joinedload(EnrolmentRequest.person).options(*WITHOUT_WORDS)
    theirs = select(EnrolmentRequest).where(where, still_here).options(them)
    return turn.db.scalars(theirs.order_by(EnrolmentRequest.id)).all()


def tell_runners(turn: Turn, programme: Programme, *, somebody_new: bool = False) -> None:
    """One message about all who wait. Where somebody less does, only what they have not got yet changes."""
    count, matter = len(undecided(turn, programme)), f"requests:{programme.id}"
    for runner in roles.runners(turn, programme):
        has_not_got_it = turn.recall(runner, matter)
        if count and (somebody_new or has_not_got_it):
            press = {"look": ShowRequests(programme.id)}
            message = turn.say(runner, "enrol.asked", programme=programme.name, count=count, press=press)
            turn.post(runner, message, Kind.NUDGE, newest_of=matter)


@dataclass(frozen=True)
class ShowRequests(Action, wire="joining.show_requests", keeps_card=True):
    programme: int


# How long others have waited


def days_to_an_answer(turn: Turn, programme: Programme) -> int | None:
    """None: too few have waited for it to mean anything."""
    asked = select(EnrolmentRequest.person_id, EnrolmentRequest.asked_at, EnrolmentRequest.decided_at)
    told = asked.where(
        EnrolmentRequest.programme_id == programme.id,
        EnrolmentRequest.state.in_((Decision.ACCEPTED, Decision.DECLINED)),
        EnrolmentRequest.tell_at.is_(None),
    )
    return _typical(turn, told.order_by(EnrolmentRequest.id.desc()))


def days_to_a_partner(turn: Turn, programme: Programme) -> int | None:
    same = (Enrolment.programme_id == Pair.programme_id) & (Enrolment.person_id == Pair.mentee_id)
    paired = select(Pair.mentee_id, Enrolment.made_at, Pair.made_at).join(Enrolment, same)
    mentees = paired.where(
        Pair.programme_id == programme.id, Enrolment.role == Role.MENTEE, Enrolment.made_at.is_not(None)
    )
    return _typical(turn, mentees.order_by(Pair.id.desc()))


def _typical(turn: Turn, waits: Select[int, datetime | None, datetime | None]) -> int | None:
    rows = turn.db.execute(waits.limit(LOOKS_BACK)).all()
    if len({person for person, _, _ in rows}) < ENOUGH_TO_TELL:
        return None
    days = [(until - since) / DAY for _, since, until in rows if since and until]
    return max(1, round(median(days)))


# In words


def last_day(turn: Turn, programme: Programme, reader: Person) -> str:
    """On which people may still join, all of it on the reader's clock."""
    return turn.when(reader, last_date(turn, programme, reader))


def last_date(turn: Turn, programme: Programme, reader: Person) -> date:
    return local(programme.open_until or turn.now, reader.timezone).date() - DAY


def paired_in(turn: Turn, programme: Programme, person: Person, way: str) -> bool:
    """They have a partner in it, in one of these roles."""
    sides = {Role.MENTEE: Pair.mentee_id == person.id, Role.MENTOR: Pair.mentor_id == person.id}
    going_on = (Pair.programme_id == programme.id) & Pair.ended_at.is_(None)
    pairs = [select(func.count()).select_from(Pair).where(going_on, sides[role]) for role in HOLDS[way]]
    return any(turn.db.scalar(pair) for pair in pairs)
