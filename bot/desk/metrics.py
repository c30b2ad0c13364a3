"""Metrics: the numbers of a programme, each defined once: from what happened and when. No words are read.

They are taken once a week and published with that day (weekly_numbers.py): of numbers that could be asked for
at any time, the difference from one day to the next would tell of one person.

`part` of `whole` is a share; where `whole` is 0 there is none. A duration is its median, in hours, in `part`,
of `whole` things. `people` is how many different people it is made of, on whichever side of the pairs has
fewer: what is done by one mentor with ten mentees is what one person does.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median_low
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.orm import aliased, joinedload, lazyload

from bot import ledger
from bot.desk.people import WITHOUT_WORDS
from bot.models import (
    About,
    ActionItem,
    Enrolment,
    Happening,
    ItemState,
    Pair,
    Person,
    Review,
    Role,
    Seat,
    Session,
    State,
    Thread,
    Wait,
)
from bot.turn import Turn
from bot.working_time import working_day

WINDOW = timedelta(weeks=4)  # what is counted over a while is counted over this
ACTIVE_WITHIN = timedelta(days=30)
DROPPED_OUT = timedelta(days=45)
ENOUGH_SESSIONS = 3  # for an end to be called completed
HOUR = timedelta(hours=1)
MOST_WAITS = 1000  # each is measured in the working hours of whoever was to answer
# What happens to people, or is said of them, is not something that they do
NOT_THEIR_OWN = ("unreachable", "reachable", "paused", "resumed", "left", "erased")


class Metric(StrEnum):
    PARTICIPATION = "participation"  # have started, of those who were invited
    ACTIVE = "active"  # did something of their own within 30 days, of those who have started
    MATCHED = "matched"  # mentees who have a partner, or had one, of those who have started
    TIME_TO_MATCH = "time_to_match"  # from the enrolment of a mentee to their pair
    FIRST_CONTACT = "first_contact"  # from the introduction to the first thing that either does in the pair
    PREPARED = "prepared"  # answered the questions before a session, of those who were asked
    PREP_SKIPPED = "prep_skipped"  # left them out on purpose, of those who were asked
    SESSIONS = "sessions"  # were held, of those that were due; those called off beforehand were not
    ANSWERED_IN_TIME = "answered_in_time"  # within what the two agreed on, of the newest that were due
    FOLLOW_THROUGH = "follow_through"  # action items that were done, of those whose day has come
    COMPLETED = "completed"  # came to their planned end after three sessions or more, of pairs that ended
    ENDED_EARLY = "ended_early"  # because one of the two wanted to, which is a good end as well
    DROPPED_OUT = "dropped_out"  # nothing of their own for 45 days, of those in a pair who are not away


DURATIONS = frozenset({Metric.TIME_TO_MATCH, Metric.FIRST_CONTACT})


class Number(NamedTuple):
    part: int
    whole: int
    people: int


class Scope(NamedTuple):
    """Whom the numbers are about: a programme, or one cohort of it."""

    programme_id: int
    cohort: str | None  # none: all of them

    @property
    def enrolments(self) -> ColumnElement[bool]:
        takes_part = Enrolment.role.in_((Role.MENTOR, Role.MENTEE))
        here = (Enrolment.programme_id == self.programme_id) & takes_part
        return here if self.cohort is None else here & (Enrolment.cohort == self.cohort)

    @property
    def pairs(self) -> ColumnElement[bool]:
        here = Pair.programme_id == self.programme_id
        return here if self.cohort is None else here & (Pair.cohort == self.cohort)

    @property
    def members(self) -> Select[*tuple[Any, ...]]:
        return select(Enrolment.person_id).where(self.enrolments)


Count = Callable[[Turn, Scope], Number]
STARTED = Person.started_at.is_not(None) & Person.left_at.is_(None)


def numbers(turn: Turn, scope: Scope) -> Mapping[Metric, Number]:
    """Every metric, as it stands at this moment."""
    return {metric: count(turn, scope) for metric, count in COUNTED.items()}


def _share(db: Transaction, asked: Select[*tuple[Any, ...]]) -> Number:
    """Of rows with (is it counted, a person), or with (is it counted, a mentor, a mentee)."""
    rows = asked.subquery()
    counts, *sides = rows.c
    people = [func.count(side.distinct()) for side in sides]
    part = func.coalesce(func.sum(case((counts, 1), else_=0)), 0)
    found, whole, *different = db.execute(select(part, func.count(), *people)).one()
    return Number(int(found), whole, min(different))


def _median(spans: Iterable[Any]) -> Number:
    """Of rows with (from, to, a mentor, a mentee)."""
    rows = list(spans)
    hours = [max(0, (until - since) // HOUR) for since, until, *_ in rows if since and until]
    people = min((len(set(side)) for side in zip(*(row[2:] for row in rows), strict=True)), default=0)
    return Number(median_low(hours) if hours else 0, len(hours), people)


def _of_people(condition: ColumnElement[bool], whole: ColumnElement[bool]) -> Count:
    def count(turn: Turn, scope: Scope) -> Number:
        return _share(turn.db, select(condition, Person.id).where(Person.id.in_(scope.members), whole))

    return count


def _active(turn: Turn, scope: Scope) -> Number:
    return _share(
        turn.db, select(did_something_since(turn.now - ACTIVE_WITHIN), Person.id).where(STARTED, _in(scope))
    )


def _in(scope: Scope) -> ColumnElement[bool]:
    return Person.id.in_(scope.members)


def did_something_since(moment: datetime) -> ColumnElement[bool]:
    own = (Happening.person_id == Person.id) & Happening.what.not_in(NOT_THEIR_OWN)
    return select(Happening.id).where(own, Happening.at > moment).exists()


def _matched(turn: Turn, scope: Scope) -> Number:
    mentees = scope.members.where(Enrolment.role == Role.MENTEE)
    return _share(turn.db, select(in_pair(scope), Person.id).where(STARTED, Person.id.in_(mentees)))


def _time_to_match(turn: Turn, scope: Scope) -> Number:
    """Their first pair, where the enrolment came before it."""
    first = select(Pair.mentee_id, func.min(Pair.made_at).label("at")).where(scope.pairs)
    first_pair = first.group_by(Pair.mentee_id).subquery()
    enrolled = (
        select(Enrolment.made_at, first_pair.c.at, Enrolment.person_id)
        .join(first_pair, first_pair.c.mentee_id == Enrolment.person_id)
        .where(scope.enrolments, Enrolment.role == Role.MENTEE, Enrolment.made_at.is_not(None))
    )
    return _median(turn.db.execute(enrolled))


def _first_contact(turn: Turn, scope: Scope) -> Number:
    done = Happening.pair_id.is_not(None) & Happening.person_id.is_not(None)
    first = select(Happening.pair_id, func.min(Happening.at).label("at")).where(done)
    contact = first.group_by(Happening.pair_id).subquery()
    columns = (Pair.introduced_at, contact.c.at, Pair.mentor_id, Pair.mentee_id)
    met = select(*columns).join(contact, contact.c.pair_id == Pair.id)
    return _median(turn.db.execute(met.where(scope.pairs, Pair.introduced_at.is_not(None))))


def _asked_to_prepare(answered: ColumnElement[bool]) -> Count:
    """In the weeks that are counted, and of those who were not away, since then nobody is asked."""

    def count(turn: Turn, scope: Scope) -> Number:
        asked = (
            select(answered, Seat.person_id)
            .join(Session, Session.id == Seat.session_id)
            .join(Pair, Pair.id == Session.pair_id)
            .where(scope.pairs, Seat.asked_at > turn.now - WINDOW, Session.starts_at <= turn.now)
        )
        return _share(turn.db, asked)

    return count


def _sessions(turn: Turn, scope: Scope) -> Number:
    """One that is over and not yet closed counts from the day on which it could be: it may still be."""
    due = Session.state.in_((State.HELD, State.MISSED)) & (Session.ends_at > turn.now - WINDOW)
    held = select(Session.state == State.HELD, Pair.mentor_id, Pair.mentee_id)
    return _share(turn.db, held.join(Pair, Pair.id == Session.pair_id).where(scope.pairs, due))


def _answered_in_time(turn: Turn, scope: Scope) -> Number:
    """Of everybody together; who answered when is known to nobody but the two."""
    here = scope.pairs & (Thread.about != About.EXCHANGE) & (Wait.since > turn.now - WINDOW)
    apart = (lazyload(Wait.thread), joinedload(Wait.person).options(*WITHOUT_WORDS))
    newest = select(Wait).options(*apart).join(Wait.thread).join(Pair, Pair.id == Wait.pair_id).where(here)
    waits = turn.db.scalars(newest.order_by(Wait.id.desc()).limit(MOST_WAITS)).unique().all()
    due = [(wait, in_time) for wait in waits if (in_time := _in_time(turn, wait)) is not None]
    people = len({wait.person_id for wait, _ in due})
    return Number(sum(in_time for _, in_time in due), len(due), people)


def _in_time(turn: Turn, wait: Wait) -> bool | None:
    """None while there is time left, or where it ended in another way than by an answer."""
    in_time = ledger.spent(turn, wait) <= wait.days * working_day(wait.person.hours)
    if wait.promised_at or wait.ending in ledger.ANSWERS:
        return in_time
    return None if in_time or wait.ended_at else False


def _follow_through(turn: Turn, scope: Scope) -> Number:
    day = func.coalesce(ActionItem.due_on, turn.now.date())
    was_due = (day <= turn.now.date()) & (day > (turn.now - WINDOW).date()) & ActionItem.due_on.is_not(None)
    done = select(ActionItem.state == ItemState.DONE, ActionItem.owner_id)
    return _share(turn.db, done.join(Pair, Pair.id == ActionItem.pair_id).where(scope.pairs, was_due))


_mentee, _mentor = aliased(Person), aliased(Person)
_AS_PLANNED = and_(Pair.planned_end.is_not(None), Pair.ended_at >= Pair.planned_end)
_SOMEBODY_LEFT = or_(_mentee.left_at <= Pair.ended_at, _mentor.left_at <= Pair.ended_at)


def _of_ends(kind: ColumnElement[bool]) -> Count:
    def count(turn: Turn, scope: Scope) -> Number:
        ended = (
            select(func.coalesce(kind, False), Pair.mentor_id, Pair.mentee_id)
            .join(_mentee, _mentee.id == Pair.mentee_id)
            .join(_mentor, _mentor.id == Pair.mentor_id)
            .where(scope.pairs, Pair.ended_at.is_not(None), Pair.introduced_at.is_not(None))
        )
        return _share(turn.db, ended)

    return count


def _held_enough() -> ColumnElement[bool]:
    held = (Session.pair_id == Pair.id) & (Session.state == State.HELD)
    return select(func.count()).select_from(Session).where(held).scalar_subquery() >= ENOUGH_SESSIONS


def _dropped_out(turn: Turn, scope: Scope) -> Number:
    """groups.py counts the same people by what they have in common."""
    since = turn.now - DROPPED_OUT
    going_on = scope.pairs & Pair.ended_at.is_(None) & (Pair.introduced_at < since)
    both = select(Pair.mentor_id).where(going_on).union(select(Pair.mentee_id).where(going_on))
    paired = Person.id.in_(both)
    here = STARTED & Person.paused_at.is_(None) & paired & _in(scope)
    return _share(turn.db, select(~did_something_since(since), Person.id).where(here))


COUNTED: Mapping[Metric, Count] = {
    Metric.PARTICIPATION: _of_people(STARTED, Person.id.is_not(None)),
    Metric.ACTIVE: _active,
    Metric.MATCHED: _matched,
    Metric.TIME_TO_MATCH: _time_to_match,
    Metric.FIRST_CONTACT: _first_contact,
    Metric.PREPARED: _asked_to_prepare(Seat.prepared_at.is_not(None) & Seat.skipped_at.is_(None)),
    Metric.PREP_SKIPPED: _asked_to_prepare(Seat.skipped_at.is_not(None)),
    Metric.SESSIONS: _sessions,
    Metric.ANSWERED_IN_TIME: _answered_in_time,
    Metric.FOLLOW_THROUGH: _follow_through,
    Metric.COMPLETED: _of_ends(_AS_PLANNED & _held_enough()),
    Metric.ENDED_EARLY: _of_ends(
        ~_AS_PLANNED & ~func.coalesce(_SOMEBODY_LEFT, False) & Pair.asked_quiet_at.is_(None)
    ),
    Metric.DROPPED_OUT: _dropped_out,
}


# From enrolment to a good ending


class Step(StrEnum):
    INVITED = "invited"
    STARTED = "started"
    MATCHED = "matched"
    AGREED = "agreed"
    FIRST_SESSION = "first_session"
    HALF_TIME = "half_time"
    GOOD_ENDING = "good_ending"


def funnel(turn: Turn, scope: Scope) -> Mapping[Step, int]:
    """How many different mentees have come so far."""
    mentees = scope.members.where(Enrolment.role == Role.MENTEE)
    held = select(Session.id).where(Session.pair_id == Pair.id, Session.state == State.HELD).exists()
    looked_back = select(Review.id).where(Review.pair_id == Pair.id).exists()
    conditions: Mapping[Step, ColumnElement[bool]] = {
        Step.INVITED: Person.id.is_not(None),
        Step.STARTED: Person.started_at.is_not(None),
        Step.MATCHED: in_pair(scope),
        Step.AGREED: in_pair(scope, Pair.settled_at.is_not(None)),
        Step.FIRST_SESSION: in_pair(scope, held),
        Step.HALF_TIME: in_pair(scope, held & looked_back),
        Step.GOOD_ENDING: in_pair(scope, _AS_PLANNED & _held_enough()),
    }
    counted = [func.count(case((condition, 1))) for condition in conditions.values()]
    row = turn.db.execute(select(*counted).select_from(Person).where(Person.id.in_(mentees))).one()
    return dict(zip(conditions, row, strict=True))


def in_pair(scope: Scope, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """As a mentee. Asked of each person alone: an IN over so many rows does not fit PostgreSQL's memory."""
    return select(Pair.id).where(Pair.mentee_id == Person.id, scope.pairs, *conditions).exists()
