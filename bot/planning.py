"""Planning: from a cadence to sessions, and from a session to the moments at which its people hear of it.

A cadence is a promise in wall-clock time: "every second Tuesday at 08:00 in Denver". It becomes sessions a
few weeks ahead, off public holidays and away from pauses, and each session becomes a handful of due moments
on its seats, every one at a decent hour of that person.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from bot import outbox, own
from bot.calendar import (
    Cadence,
    NeverDecent,
    decent_from,
    is_decent,
    local,
    moment,
    occurrences,
    session_days,
    working_days_after,
)
from bot.courtesy import ROOM, appointment_time
from bot.models import Format, Pair, Person, Seat, Session, State
from bot.turn import Turn

PLANNED_AHEAD = 2  # sessions
CLOSED_BY_THEN = timedelta(days=3)  # whoever closes a session plans the next one with it
HORIZON = timedelta(weeks=13)  # further than that nothing is laid down
NOTICE = timedelta(hours=36)  # enough for both to be asked a day ahead
QUIET_CHECK = timedelta(days=1)  # whether a pair that was asked how it goes has answered
MOVES_WITHIN = timedelta(days=6)  # off a holiday, but not into the next week

ASK_AHEAD = timedelta(days=1)
REMIND_AHEAD = timedelta(hours=2)
BRIEF_AHEAD = timedelta(hours=1)
BRIEF_ROOM = timedelta(minutes=15)  # to read it
CLOSING_AFTER = timedelta(hours=2)
LAPSES_AFTER = timedelta(days=7)

EXCHANGE_DAYS = 5  # working days of a written exchange: a start, a middle, a close
EXCHANGE_AT_MOST = timedelta(days=12)  # with a holiday or two
EXCHANGE_MIDDLE = 2  # working days after the start
EXCHANGE_CLOSE = 4


def lay_down(turn: Turn, pair: Pair) -> list[Session]:
    """Plan until enough sessions are ahead; returns those that are new or have come back."""
    turn.db.flush()
    if pair.cadence is None or pair.first_on is None or pair.ended_at:
        return []
    if pair.asked_quiet_at:
        pair.plan_at = turn.now + QUIET_CHECK
        return []
    taken = {session.slot: session for session in _all_sessions(turn, pair)}
    ahead = len(own.upcoming(turn, pair))
    planned: list[Session] = []
    for slot, wall in _walls(turn, pair, pair.cadence, pair.first_on):
        if ahead + len(planned) >= PLANNED_AHEAD:
            break
        held_for_it = taken.get(slot)
        if held_for_it is None:
            planned.append(_plan(turn, pair, slot, wall, pair.cadence.zone))
        elif can_come_back(turn, held_for_it):
            planned.append(bring_back(turn, held_for_it))
    next_ends = min((session.ends_at for session in own.upcoming(turn, pair)), default=None)
    pair.plan_at = next_ends + CLOSED_BY_THEN if next_ends else None
    return planned


def _walls(turn: Turn, pair: Pair, cadence: Cadence, first: date) -> Iterator[tuple[date, datetime]]:
    """The days of the cadence that are ahead and suit both, with the wall-clock time it really comes to."""
    hours = [person.hours for person in pair.people]
    for nominal in occurrences(cadence, first):
        if moment(nominal, cadence.zone) > turn.now + HORIZON:
            return
        if nominal + MOVES_WITHIN < local(turn.now, cadence.zone).replace(tzinfo=None):
            continue
        try:
            wall = next(session_days(cadence, nominal.date(), hours))
        except NeverDecent:
            return  # they have no working day in common
        starts_at = moment(wall, cadence.zone)
        in_time = starts_at >= turn.now + NOTICE and _is_over_by_the_end(pair, starts_at)
        if in_time and wall - nominal <= MOVES_WITHIN and not _away(pair, starts_at):
            yield nominal.date(), wall


def _is_over_by_the_end(pair: Pair, starts_at: datetime) -> bool:
    """Nobody is cut off in the middle of an exchange, and it can be closed."""
    length = EXCHANGE_AT_MOST if pair.format == Format.ASYNC else timedelta(minutes=pair.minutes)
    return pair.planned_end is None or starts_at + length <= pair.planned_end


def _away(pair: Pair, at: datetime) -> bool:
    return any(paused_over(person, at) for person in pair.people)


def _all_sessions(turn: Turn, pair: Pair) -> Sequence[Session]:
    return turn.db.scalars(select(Session).where(Session.pair_id == pair.id)).all()


def _plan(turn: Turn, pair: Pair, slot: date, wall: datetime, zone: str) -> Session:
    number = turn.db.scalar(select(func.max(Session.number)).where(Session.pair_id == pair.id)) or 0
    session = Session(
        pair_id=pair.id,
        pair=pair,
        number=number + 1,
        slot=slot,
        minutes=pair.minutes,
        format=pair.format,
        state=State.PLANNED,
        version=0,
        seats=[Seat(person_id=person.id, person=person) for person in pair.people],
    )
    place(session, wall, zone, turn.now)
    turn.db.add(session)
    turn.db.flush()
    turn.note("session_planned", session=session, until=session.starts_at)
    return session


def can_come_back(turn: Turn, session: Session) -> bool:
    """It went with somebody who is back, and it is still ahead."""
    ahead = session.state == State.AWAY and session.starts_at > turn.now
    return ahead and not _away(session.pair, session.starts_at)


def bring_back(turn: Turn, session: Session) -> Session:
    """What was called off stands again."""
    session.state = State.PLANNED
    session.version += 1
    schedule(session, turn.now)
    turn.note("session_planned", session=session, until=session.starts_at)
    return session


def move(turn: Turn, session: Session, wall: datetime, zone: str) -> None:
    """To another wall-clock time. Both get a new brief; who wrote something already is not asked again."""
    session.version += 1
    session.state = State.PLANNED
    for seat in session.seats:
        seat.briefed_at = None
        if not seat.answers and not seat.skipped_at:
            seat.asked_at = None
    place(session, wall, zone, turn.now)
    turn.note("session_moved", session=session, until=session.starts_at)


def call_off(turn: Turn, session: Session, state: State) -> None:
    """`CANCELLED` by somebody, or `AWAY` with somebody."""
    session.state = state
    session.version += 1
    session.close_at = None
    for seat in session.seats:
        seat.ask_at = seat.remind_at = seat.brief_at = seat.midway_at = seat.closing_at = None
        turn.hush_about(seat.person, session)
    turn.note("session_called_off", session=session, until=session.starts_at)


def start_over(turn: Turn, pair: Pair) -> list[Session]:
    """The rhythm has changed: what was planned gives its days back. Returns the sessions that are off."""
    gone = list(own.upcoming(turn, pair))
    for session in gone:
        call_off(turn, session, State.CANCELLED)
    for session in _all_sessions(turn, pair):
        session.slot = None
    return gone


def place(session: Session, wall: datetime, zone: str, now: datetime) -> None:
    session.wall, session.zone = wall, zone
    session.starts_at = moment(wall, zone)
    session.ends_at = _ends_at(session)
    schedule(session, now)


def _ends_at(session: Session) -> datetime:
    if session.format == Format.ASYNC:
        return max(
            working_days_after(seat.person.hours, session.starts_at, EXCHANGE_DAYS) for seat in session.seats
        )
    return session.starts_at + timedelta(minutes=session.minutes)


def schedule(session: Session, now: datetime) -> None:
    """Set the due moments of a session that is ahead: again whenever its time or somebody's hours change."""
    session.close_at = session.ends_at + LAPSES_AFTER
    for seat in session.seats:
        if session.format == Format.ASYNC:
            _schedule_exchange(session, seat, now)
        else:
            _schedule_meeting(session, seat, now)


def _schedule_meeting(session: Session, seat: Seat, now: datetime) -> None:
    hours, starts_at = seat.person.hours, session.starts_at
    brief_at = appointment_time(hours, starts_at - BRIEF_AHEAD, starts_at, BRIEF_ROOM)
    ask_at = appointment_time(hours, min(starts_at - ASK_AHEAD, brief_at - ROOM), brief_at)
    remind_at = starts_at - REMIND_AHEAD
    seat.ask_at = seat.ask_at if seat.asked_at else max(ask_at, now)
    seat.remind_at = remind_at if is_decent(hours, remind_at) and remind_at > max(ask_at, now) else None
    seat.brief_at = max(brief_at, now)
    seat.closing_at = decent_from(hours, session.ends_at + CLOSING_AFTER)


def _schedule_exchange(session: Session, seat: Seat, now: datetime) -> None:
    hours, starts_at = seat.person.hours, session.starts_at
    ask_at = appointment_time(hours, starts_at - ASK_AHEAD, starts_at)
    seat.ask_at = seat.ask_at if seat.asked_at else max(ask_at, now)
    seat.remind_at = None
    seat.brief_at = max(decent_from(hours, starts_at), now)
    seat.midway_at = working_days_after(hours, starts_at, EXCHANGE_MIDDLE)
    seat.closing_at = working_days_after(hours, starts_at, EXCHANGE_CLOSE)


def clock_changed(turn: Turn, person: Person) -> None:
    """Their zone or hours are others than before: the times of what is asked may change."""
    for pair in own.pairs(turn, person):
        pair.plan_at = turn.now if pair.settled_at else None
    outbox.look_again(turn.db, person.id, turn.now)


def paused_over(person: Person, at: datetime) -> bool:
    """Whether the person is away at a moment, as far as they have said."""
    return bool(
        person.paused_at
        and person.paused_at <= at
        and (person.paused_until is None or at < person.paused_until)
    )
