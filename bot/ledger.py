"""Ledger: whose turn it is between two people, since when, and in whose hours the time is counted.

A question makes it the other's turn; a reply, "not my field" or "it is yours" ends that, and a promise stops
the clock. Of several open things the oldest decides, so a pair is always in exactly one state: nobody's turn,
one's, or the other's. Nothing here holds a word of what was written.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from math import ceil
from statistics import median_high

from sqlalchemy import select

from bot import away, trial
from bot.calendar import DAY, NeverDecent, decent_from, local, moment
from bot.models import About, Ending, Letter, Pair, Person, Session, Thread, Wait
from bot.nudging import next_rung
from bot.turn import Turn
from bot.working_time import after, worked, working_day

ANSWERS = (Ending.REPLIED, Ending.NOT_MINE, Ending.PASSED, Ending.SETTLED)
RULE = "turn"  # in the trial
ENOUGH, LOOKS_BACK = 3, 9  # answers that say something about the next one


def open_waits(turn: Turn, pair: Pair) -> Sequence[Wait]:
    still = select(Wait).where(Wait.pair_id == pair.id, Wait.ended_at.is_(None))
    return turn.db.scalars(still.order_by(Wait.since, Wait.id)).all()


def next_to_nudge(turn: Turn, pair: Pair) -> Wait | None:
    """The oldest about which there is still something to say."""
    return next((wait for wait in open_waits(turn, pair) if rung_ahead(wait) is not None), None)


def rung_ahead(wait: Wait) -> float | None:
    """In working days since it became their turn; none where they are left alone.

    An exchange has reminders of its own, and whoever promised a day is asked when it is over.
    """
    left_alone = wait.promised_at or wait.thread.about == About.EXCHANGE
    return None if left_alone else next_rung(wait.days, wait.nudges)


def wait_in(turn: Turn, thread: Thread) -> Wait | None:
    """The open one of this thread, whosever turn it is."""
    return turn.db.scalar(select(Wait).where(Wait.thread_id == thread.id, Wait.ended_at.is_(None)))


def wait_of(turn: Turn, thread: Thread, person: Person) -> Wait | None:
    """The open one of this thread, if it is this person's turn."""
    found = wait_in(turn, thread)
    return found if found and found.person_id == person.id else None


def has_written(turn: Turn, letter: Letter) -> None:
    """Whoever owed an answer has given it; whoever did not now waits for one."""
    waiting = wait_in(turn, letter.thread)
    if waiting is None:
        begin(turn, letter.thread, letter.reader, letter)
    elif waiting.person_id == letter.author_id:
        end(turn, waiting, Ending.REPLIED, letter)


def begin(turn: Turn, thread: Thread, person: Person, letter: Letter | None = None) -> Wait:
    wait = Wait(
        thread=thread,
        pair_id=thread.pair_id,
        person=person,
        since=turn.now,
        days=thread.pair.response_days,
        opened_with=letter.id if letter else None,
        nudges=0,
        promises=0,
    )
    turn.db.add(wait)
    turn.db.flush()
    plan_nudge(turn, wait)
    return wait


def end(turn: Turn, wait: Wait, how: Ending, letter: Letter | None = None) -> None:
    wait.ended_at, wait.ending = turn.now, how
    wait.answered_with = letter.id if letter else None
    wait.nudge_at = wait.check_at = None
    turn.recall(wait.thread.pair.partner_of(wait.person), promise_of(wait))  # the answer itself says more
    trial.withdraw(turn, wait.person, RULE, wait.id)
    turn.db.flush()  # before the next one in this thread begins: there can be only one


def pass_on(turn: Turn, thread: Thread, person: Person) -> None:
    """It is the other's turn."""
    waiting = wait_of(turn, thread, person)
    if waiting:
        end(turn, waiting, Ending.PASSED)
    if wait_in(turn, thread) is None:
        begin(turn, thread, thread.pair.partner_of(person))


def take_back(turn: Turn, letter: Letter) -> None:
    """As if it had never been written: what it asked is not asked, what it answered is open again."""
    same_author = (Letter.author_id == letter.author_id) & Letter.taken_back_at.is_(None)
    later = (Letter.thread_id == letter.thread_id) & (Letter.id > letter.id) & same_author
    stands_in = turn.db.scalars(select(Letter).where(later).order_by(Letter.id)).first()
    waits = select(Wait).where(Wait.thread_id == letter.thread_id).order_by(Wait.id)
    for wait in turn.db.scalars(waits).all():
        if wait.opened_with == letter.id and wait.ended_at is None:
            _open_with(turn, wait, stands_in)
        elif wait.answered_with == letter.id:
            _answer_with(turn, wait, stands_in)


def _open_with(turn: Turn, wait: Wait, letter: Letter | None) -> None:
    if letter is None:
        return end(turn, wait, Ending.TAKEN_BACK)
    wait.opened_with, wait.since = letter.id, letter.written_at
    return plan_nudge(turn, wait)


def _answer_with(turn: Turn, wait: Wait, letter: Letter | None) -> None:
    if letter is not None:
        wait.answered_with, wait.ended_at = letter.id, letter.written_at
    elif wait_in(turn, wait.thread) is None:
        wait.ended_at, wait.ending, wait.answered_with = None, "", None
        wait.since = turn.now  # while it was answered nobody waited
        plan_nudge(turn, wait)


def close_exchange(turn: Turn, session: Session) -> None:
    """It is over: nobody owes a letter in it any more."""
    of_session = select(Wait).join(Wait.thread).where(Thread.session_id == session.id)
    settle(turn, turn.db.scalars(of_session.where(Wait.ended_at.is_(None))).all(), Ending.SETTLED)


def settle(turn: Turn, waits: Sequence[Wait], how: Ending) -> None:
    for wait in waits:
        end(turn, wait, how)


# The clock


def spent(turn: Turn, wait: Wait) -> timedelta:
    """How much of their own working time went by since it became their turn. A promise stops the clock."""
    until = min(at for at in (wait.promised_at, wait.ended_at, turn.now) if at)
    return worked(wait.person.hours, wait.since, until, away.absences(turn, wait.person))


def answer_by(turn: Turn, wait: Wait) -> datetime | None:
    """When the agreed time is over; none while nobody knows when they are back."""
    return _after_days(turn, wait, wait.days)


def usual_days(turn: Turn, pair: Pair, person: Person) -> int | None:
    """Within how many working days they have answered at least every second time; none before the third time.

    For the two of them alone.
    """
    theirs = (Wait.pair_id == pair.id) & (Wait.person_id == person.id) & Wait.ending.in_(ANSWERS)
    waits = turn.db.scalars(select(Wait).where(theirs).order_by(Wait.id.desc()).limit(LOOKS_BACK)).all()
    if len(waits) < ENOUGH:
        return None
    return max(1, ceil(median_high(spent(turn, wait) / working_day(person.hours) for wait in waits)))


def plan_nudge(turn: Turn, wait: Wait) -> None:
    rung = rung_ahead(wait)
    wait.nudge_at = None if rung is None else _after_days(turn, wait, rung)


def _after_days(turn: Turn, wait: Wait, days: float) -> datetime | None:
    hours = wait.person.hours
    try:
        return after(hours, wait.since, days * working_day(hours), away.absences(turn, wait.person))
    except NeverDecent:
        return None


# A promise


def promise(turn: Turn, wait: Wait, day: date) -> None:
    """They will answer by the end of that day of theirs. It is checked once, at the next decent hour."""
    person = wait.person
    over = datetime.combine(day + DAY if _ends_next_morning(person) else day, person.day_ends)
    wait.promised_at, wait.nudge_at = wait.promised_at or turn.now, None
    trial.withdraw(turn, person, RULE, wait.id)
    wait.promised_for = moment(over, person.timezone)
    wait.promises += 1
    wait.check_at = decent_from(person.hours, wait.promised_for)


def promise_of(wait: Wait) -> str:
    """The occasion of telling the partner, see `Turn.post`."""
    return f"promise:{wait.id}"


def promised_day(wait: Wait) -> date | None:
    """On the calendar of whoever promised; a night's work belongs to the evening on which it began."""
    if wait.promised_for is None:
        return None
    ended = local(wait.promised_for - timedelta(microseconds=1), wait.person.timezone).date()
    return ended - DAY if _ends_next_morning(wait.person) and wait.person.day_ends != time() else ended


def _ends_next_morning(person: Person) -> bool:
    return person.day_ends <= person.day_starts
