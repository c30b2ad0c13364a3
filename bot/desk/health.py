"""Health of pairs, read from the tables: columns of times alone, and none that holds words."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.orm import aliased

from bot.desk.health_rules import Facts, Judgement, judge
from bot.desk.models import Hand, HandState
from bot.models import Absence, Pair, Person, Session, State

FOR_NOW = datetime.max.replace(tzinfo=UTC)  # away until they come back
PIECE = 2000  # pairs read at once


class Judged(NamedTuple):
    pair_id: int
    cohort: str
    mentor_id: int
    mentee_id: int
    judgement: Judgement


_mentee, _mentor = aliased(Person), aliased(Person)
SIGN = func.coalesce(Pair.active_at, Pair.settled_at, Pair.introduced_at)
_ASKED = (
    select(func.min(Hand.asked_at))
    .where(Hand.pair_id == Pair.id, Hand.state != HandState.OVER)
    .scalar_subquery()
)
NOT_HELD = Session.state.in_((State.PLANNED, State.MISSED))
STANDS = (State.PLANNED, State.HELD, State.MISSED)
_of_pair = Session.pair_id == Pair.id


def _select(now: datetime) -> Select[*tuple[Any, ...]]:
    gone_by = select(func.max(Session.starts_at)).where(_of_pair, NOT_HELD, Session.starts_at <= now)
    held = select(func.max(Session.ends_at)).where(_of_pair, Session.state == State.HELD)
    back = select(func.max(Absence.until)).where(
        Absence.person_id.in_((Pair.mentor_id, Pair.mentee_id)), Absence.until <= now
    )
    return (
        select(
            Pair.id,
            Pair.cohort,
            Pair.mentor_id,
            Pair.mentee_id,
            Pair.introduced_at,
            Pair.settled_at,
            Pair.ended_at,
            Pair.mentee_active_at,
            Pair.mentor_active_at,
            Pair.every_weeks,
            _mentee.paused_at.label("mentee_paused_at"),
            _mentee.paused_until.label("mentee_paused_until"),
            _mentor.paused_at.label("mentor_paused_at"),
            _mentor.paused_until.label("mentor_paused_until"),
            _ASKED.label("asked_at"),
            gone_by.scalar_subquery().label("gone_by_at"),
            select(Session.id).where(_of_pair, Session.state.in_(STANDS)).exists().label("has_sessions"),
            held.scalar_subquery().label("held_at"),
            back.scalar_subquery().label("back_at"),
        )
        .join(_mentee, _mentee.id == Pair.mentee_id)
        .join(_mentor, _mentor.id == Pair.mentor_id)
    )


def judged(db: Transaction, now: datetime, where: ColumnElement[bool]) -> Iterator[Judged]:
    """Every pair of these, in the order of their ids."""
    found = _select(now).where(where).order_by(Pair.id).execution_options(yield_per=PIECE)
    for row in db.execute(found):
        yield _judged(row, now)


def silent_first(db: Transaction, now: datetime, where: ColumnElement[bool], most: int) -> Sequence[Judged]:
    """Of pairs that go on, those without a sign for the longest."""
    found = _select(now).where(where, Pair.ended_at.is_(None)).order_by(SIGN, Pair.id).limit(most)
    return [_judged(row, now) for row in db.execute(found)]


def _judged(row: Any, now: datetime) -> Judged:
    facts = Facts(
        introduced_at=row.introduced_at,
        settled_at=row.settled_at,
        ended_at=row.ended_at,
        mentee_active_at=row.mentee_active_at,
        mentor_active_at=row.mentor_active_at,
        back_at=row.back_at,
        away_until=_away_until(row, now),
        asked_at=row.asked_at,
        gone_by_at=row.gone_by_at,
        has_sessions=row.has_sessions,
        held_at=row.held_at,
        every_weeks=row.every_weeks,
    )
    return Judged(row.id, row.cohort, row.mentor_id, row.mentee_id, judge(facts, now))


def _away_until(row: Any, now: datetime) -> datetime | None:
    spans = (
        (row.mentee_paused_at, row.mentee_paused_until),
        (row.mentor_paused_at, row.mentor_paused_until),
    )
    ends = [until or FOR_NOW for since, until in spans if since and since <= now]
    return max(ends, default=None)
