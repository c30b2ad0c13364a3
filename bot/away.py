"""Away: what becomes of sessions when somebody is away, or is about to leave, and when they are back."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from bot import outbox, own, planning
from bot.calendar import DAY, WEEK, Span
from bot.models import About, Absence, Pair, Person, Session, State, Thread, Wait
from bot.turn import Turn

UNDO_WITHIN = timedelta(minutes=10)
NOBODY_KNOWS = datetime.max.replace(tzinfo=UTC)  # when somebody who is away for now is back


# When they are away


def begin_absence(turn: Turn, person: Person, until: datetime | None) -> None:
    """From now on, or still, and until then; or until they come back."""
    absence = _last_absence(turn, person)
    if absence is None or (absence.until and absence.until <= turn.now):
        absence = Absence(person_id=person.id, since=turn.now)
        turn.db.add(absence)
    absence.until = until


def _end_absence(turn: Turn, person: Person) -> None:
    absence = _last_absence(turn, person)
    if absence and (absence.until is None or absence.until > turn.now):
        absence.until = turn.now


def _last_absence(turn: Turn, person: Person) -> Absence | None:
    theirs = select(Absence).where(Absence.person_id == person.id)
    return turn.db.scalars(theirs.order_by(Absence.id.desc())).first()


def absences(turn: Turn, person: Person) -> list[Span]:
    """Each stretch in which they were away, or will be."""
    theirs = select(Absence.since, Absence.until).where(Absence.person_id == person.id)
    return [Span(since, until or NOBODY_KNOWS) for since, until in turn.db.execute(theirs)]


def back_at(turn: Turn, person: Person) -> datetime:
    """When whoever is away has said to be back; otherwise it is time to look again in a week."""
    return max(person.paused_until or turn.now + WEEK, turn.now + DAY)


def begin_pause(turn: Turn, person: Person, until: datetime | None) -> list[Session]:
    """From now on, or still; returns the sessions that this changes. Partners hear of it in ten minutes."""
    person.paused_by_status = person.paused_as_unreachable = False
    person.paused_at = person.paused_at or turn.now
    person.paused_until = person.resume_at = until
    person.tell_partner_at = turn.now + UNDO_WITHIN
    begin_absence(turn, person, until)
    turn.note("paused", person=person, until=person.paused_until)
    turn.hush(person)
    call_off(turn, person)
    stand_again = bring_back(turn, person)
    return [*all_off(turn, person), *stand_again]


def pause_as_unreachable(turn: Turn, person: Person) -> None:
    """Nobody can expect anything of them until an account of theirs arrives again."""
    begin_pause(turn, person, None)
    person.paused_as_unreachable = True


# Their sessions


def off(turn: Turn, pair: Pair) -> Sequence[Session]:
    """The sessions ahead that are off because somebody is away, in order."""
    ahead = (Session.pair_id == pair.id) & (Session.state == State.AWAY) & (Session.starts_at > turn.now)
    return turn.db.scalars(select(Session).where(ahead).order_by(Session.starts_at)).all()


def all_off(turn: Turn, person: Person) -> list[Session]:
    return [session for pair in own.pairs(turn, person) for session in off(turn, pair)]


def call_off(turn: Turn, person: Person) -> None:
    """Every session inside the person's pause."""
    for pair in _locked_pairs(turn, person):
        for session in own.upcoming(turn, pair):
            if planning.paused_over(person, session.starts_at):
                planning.call_off(turn, session, State.AWAY)


def _locked_pairs(turn: Turn, person: Person) -> Iterator[Pair]:
    """So that nobody moves a session at the same moment."""
    for pair in own.pairs(turn, person):
        if own.pair(turn, person, pair.id):
            yield pair


def bring_back(turn: Turn, person: Person) -> list[Session]:
    """What nobody is away for any more stands as before, however soon it is."""
    return [
        planning.bring_back(turn, session)
        for session in all_off(turn, person)
        if planning.can_come_back(turn, session)
    ]


def start_again(turn: Turn, pair: Pair) -> list[Session]:
    """What was off stands again where there is time to prepare for it; the rhythm goes on from there.

    Returns every session that this changes, also those that are off for good.
    """
    changed = []
    for session in off(turn, pair):
        if not planning.can_come_back(turn, session):
            continue
        if session.starts_at < turn.now + planning.NOTICE:
            session.state = State.CANCELLED
            changed.append(session)
        else:
            changed.append(planning.bring_back(turn, session))
    return [*changed, *planning.lay_down(turn, pair)]


def begin_leaving(turn: Turn, person: Person) -> list[Session]:
    """They are quiet at once and gone in ten minutes, unless they stay; returns the sessions that are off."""
    if person.paused_at is None:
        turn.note("paused", person=person)
    if person.paused_at is None or _is_quiet_for_leaving(person):
        person.paused_at = turn.now
    person.leave_at = turn.now + UNDO_WITHIN
    person.resume_at = person.tell_partner_at = None
    begin_absence(turn, person, None)
    turn.hush(person)
    for pair in _locked_pairs(turn, person):
        for session in own.upcoming(turn, pair):
            planning.call_off(turn, session, State.AWAY)
    return all_off(turn, person)


def stay(turn: Turn, person: Person) -> list[Session]:
    """As before they wanted to leave, which may be paused; returns the sessions that stand again."""
    if person.leave_at is None:
        return []
    if _is_quiet_for_leaving(person):
        end_pause(turn, person)
    else:
        begin_absence(turn, person, person.paused_until)
        person.resume_at = person.paused_until
        person.tell_partner_at = None if person.told_partner_at else turn.now + UNDO_WITHIN
    person.leave_at = None
    return bring_back(turn, person)


def _is_quiet_for_leaving(person: Person) -> bool:
    """And not because they had paused before."""
    return person.leave_at is not None and person.paused_at == person.leave_at - UNDO_WITHIN


def end_pause(turn: Turn, person: Person) -> None:
    person.paused_at = person.paused_until = person.resume_at = None
    person.tell_partner_at = person.told_partner_at = None
    person.paused_by_status = person.paused_as_unreachable = False
    _end_absence(turn, person)
    _set_clocks_anew(turn, person)
    turn.note("resumed", person=person)
    outbox.bring_after_pause(turn.db, person.id, turn.now)


def _set_clocks_anew(turn: Turn, person: Person) -> None:
    """Of what waits for an answer of theirs. Where the time has not come, it is worked out again."""
    theirs = (Wait.person_id == person.id) & Wait.ended_at.is_(None) & Wait.promised_at.is_(None)
    exchanges = select(Thread.id).where(Thread.about == About.EXCHANGE)  # have reminders of their own
    set_anew = theirs & Wait.thread_id.not_in(exchanges)
    turn.db.execute(update(Wait).where(set_anew).values(nudge_at=turn.now))
