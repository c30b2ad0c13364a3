"""Closing: did you meet, what did you decide, who does what, and when and where.

Two hours after a session each of them is asked, once more a day later, and never again. Whoever answers first
closes it for both, and both see the same list; what the other writes later is added to it. "We did not meet"
is as good an answer. A session that nobody closes counts as not held, without a word. What is known is not
asked: an exchange in which both wrote was held, and one in which nobody did goes by.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from bot import course, items, ledger, own, planning, pulses
from bot.actions import Action, Typing
from bot.calendar import decent_from
from bot.courtesy import Kind
from bot.invitation import invitations
from bot.messages import Form, Message, Mistakes, Part, Reply
from bot.models import Format, Letter, Person, Seat, Session, State
from bot.story import Answers, Place, Story
from bot.turn import Turn

closing = Story()

ASK_AGAIN = timedelta(days=1)
MOST_LINES = 5
LONGEST_LINE = 300  # characters


@dataclass(frozen=True)
class WriteClosing(Action, wire="closing.write", opens_form=True):
    session: int


@dataclass(frozen=True)
class AddToClosing(Action, wire="closing.add", opens_form=True):
    session: int


@dataclass(frozen=True)
class SendClosing(Action, wire="closing.send"):
    session: int


@dataclass(frozen=True)
class DidNotMeet(Action, wire="closing.did_not_meet"):
    session: int


@dataclass(frozen=True)
class Later(Action, wire="closing.later"):
    session: int


# Did you meet?


@closing.when_due(Seat.closing_at)
def ask(turn: Turn, seat: Seat) -> None:
    session = seat.session
    if session.state != State.PLANNED or session.pair.ended_at:
        return
    if session.format == Format.ASYNC and _is_known(turn, seat):
        return
    first_time = seat.closings == 0
    turn.post(
        seat.person,
        did_you_meet(turn, seat.person, session),
        Kind.APPOINTMENT if first_time else Kind.NUDGE,
        about=session,
        stale_after=session.close_at,
    )
    seat.closings += 1
    if first_time and not course.is_dormant(turn, session.pair):
        _ask_again(turn, seat)


def _is_known(turn: Turn, seat: Seat) -> bool:
    """Whether they wrote to each other: where both or neither did."""
    session, wrote = seat.session, len(_authors(turn, seat.session))
    if wrote == len(session.seats):
        session.close_at = session.ends_at
        turn.post(seat.person, _both_wrote(turn, seat), once=f"both_wrote:{session.id}", about=session)
    return wrote != 1


def _both_wrote(turn: Turn, seat: Seat) -> Message:
    return turn.say(
        seat.person,
        "closing.both_wrote",
        partner=seat.session.pair.partner_of(seat.person).first_name,
        press={"write": WriteClosing(seat.session_id)},
    )


def _ask_again(turn: Turn, seat: Seat) -> None:
    seat.closing_at = decent_from(seat.person.hours, turn.now + ASK_AGAIN)


def did_you_meet(turn: Turn, reader: Person, session: Session) -> Message:
    return turn.say(
        reader,
        _did_you(turn, session),
        partner=session.pair.partner_of(reader).first_name,
        when=turn.when(reader, session.starts_at),
        press={
            "yes": WriteClosing(session.id),
            "no": DidNotMeet(session.id),
            "later": Later(session.id),
        },
    )


def _did_you(turn: Turn, session: Session) -> str:
    if session.format == Format.ASYNC:
        return "closing.did_you_write"
    return "closing.going_on" if turn.now < session.ends_at else "closing.did_you_meet"


@closing.on_command("close")
def close_now(turn: Turn, person: Person, which: str) -> Message:
    """`which` is the number of a session, on the card of that session."""
    session = _last_begun(turn, person, which)
    return did_you_meet(turn, person, session) if session else _nothing_to_close(turn, person)


def _last_begun(turn: Turn, person: Person, which: str) -> Session | None:
    """Of the sessions that nobody has closed the one that is named, or else the one that began last."""
    open_ones = (
        Session.pair_id.in_([pair.id for pair in own.pairs(turn, person)]),
        Session.state == State.PLANNED,
        Session.starts_at <= turn.now,
    )
    begun = turn.db.scalars(select(Session).where(*open_ones).order_by(Session.starts_at.desc())).all()
    return next((session for session in begun if which in ("", str(session.id))), None)


def _nothing_to_close(turn: Turn, person: Person) -> Message:
    ahead = [session for pair in own.pairs(turn, person) for session in own.upcoming(turn, pair)]
    if not ahead:
        return turn.say(person, "closing.nothing_to_close", press={"sessions": Typing("sessions")})
    return _still_ahead(turn, person, min(ahead, key=lambda session: session.starts_at))


def _still_ahead(turn: Turn, person: Person, session: Session) -> Message:
    return turn.say(
        person,
        "closing.still_ahead",
        partner=session.pair.partner_of(person).first_name,
        when=turn.when(person, session.starts_at),
        press={"sessions": Typing("sessions")},
    )


@closing.on_press(Later)
def later(turn: Turn, person: Person, press: Later) -> Message:
    seat = own.seat(turn, person, press.session)
    if seat is None:
        return _gone(turn, person)
    if seat.session.state != State.PLANNED:
        return as_it_stands(turn, person, seat.session)
    _ask_again(turn, seat)
    when = turn.when(person, seat.closing_at or turn.now)
    return turn.say(person, "closing.later", when=when, press={"yes": WriteClosing(press.session)})


# Yes: a minute's work


@closing.on_press(WriteClosing)
def write(turn: Turn, person: Person, press: WriteClosing) -> Form | Message:
    session = own.session(turn, person, press.session)
    if session is None:
        return _gone(turn, person)
    if session.starts_at > turn.now:
        return _still_ahead(turn, person, session)
    return _list(turn, person, session) if session.state == State.HELD else _form(turn, person, session)


@closing.on_press(AddToClosing)
def add(turn: Turn, person: Person, press: AddToClosing) -> Form | Message:
    session = _begun(turn, person, press.session)
    return _form(turn, person, session) if session else _gone(turn, person)


def _begun(turn: Turn, person: Person, session_id: int) -> Session | None:
    session = own.session(turn, person, session_id)
    return session if session and session.starts_at <= turn.now else None


def _form(turn: Turn, person: Person, session: Session) -> Form:
    partner = session.pair.partner_of(person)
    return turn.ask(person, "closing.form", SendClosing(session.id), partner=partner.first_name)


@closing.on_submit(SendClosing)
def close(turn: Turn, person: Person, sent: SendClosing, answers: Answers) -> Reply:
    session = _begun(turn, person, sent.session)
    if session is None:
        written = "\n\n".join(text for text in answers.values() if text)
        return turn.say(person, "closing.not_kept", facts=[("yours", written)], press=_help())
    mistakes = _mistakes(turn, person, answers)
    if mistakes:
        return mistakes
    session.pair.touch(person, turn.now)
    is_new = _write_down(turn, session, person, answers)
    if session.state == State.HELD and not is_new:
        return _list(turn, person, session)
    planned = _hold(turn, session)
    partner = session.pair.partner_of(person)
    turn.post(partner, _list(turn, partner, session, planned), about=session)
    return _list(turn, person, session, planned)


def _mistakes(turn: Turn, person: Person, answers: Answers) -> Mistakes | None:
    wrong = {}
    for field in ("mine", "theirs"):
        lines = items.lines(answers.get(field, ""))
        if len(lines) > MOST_LINES:
            wrong[field] = "too_many"
        elif any(len(line) > LONGEST_LINE for line in lines):
            wrong[field] = "too_long"
    return turn.refuse(person, "closing.form", **wrong) if wrong else None


def _write_down(turn: Turn, session: Session, writer: Person, answers: Answers) -> bool:
    """Add what was not there before, and say whether there was any of it."""
    partner = session.pair.partner_of(writer)
    where = answers.get("where", "")
    mine = items.lines(answers.get("mine", ""))
    theirs = items.lines(answers.get("theirs", ""))
    if where and not mine:
        mine, where = [where], ""
    promises = [(writer, line, where) for line in mine] + [(partner, line, "") for line in theirs]
    is_new = [_decide(session.seat_of(writer), answers.get("decided", ""))]
    for owner, line, place in promises:
        noted = items.note_down(turn, session.pair, writer, owner, line, where=place, session=session)
        is_new.append(noted[1])
    return any(is_new)


def _decide(seat: Seat, text: str) -> bool:
    if not text or f"\n\n{seat.decided}".endswith(f"\n\n{text}"):
        return False
    seat.decided = f"{seat.decided}\n\n{text}".strip()
    return True


def _hold(turn: Turn, session: Session) -> list[Session]:
    """It was held, whoever says so first; returns what is newly planned."""
    if session.state == State.HELD:
        return []
    _end(turn, session, State.HELD)
    turn.note("session_held", session=session)
    pulses.begin(turn, session.pair)
    return planning.lay_down(turn, session.pair)


def _end(turn: Turn, session: Session, state: State) -> None:
    session.state, session.closed_at, session.close_at = state, turn.now, None
    for seat in session.seats:
        seat.closing_at = None
    ledger.close_exchange(turn, session)


# The list that both see


def _list(turn: Turn, reader: Person, session: Session, planned: Sequence[Session] = ()) -> Message:
    return turn.say(
        reader,
        "closing.list",
        partner=session.pair.partner_of(reader).first_name,
        when=turn.when(reader, session.starts_at),
        facts=[*_written(turn, reader, session), *_next(turn, reader, session)],
        files=invitations(turn, reader, planned),
        press={"add": AddToClosing(session.id)},
    )


def _written(turn: Turn, reader: Person, session: Session) -> Iterator[tuple[str, str]]:
    if session.decided:
        yield "decided", session.decided
    made = items.of_session(turn, session)
    if made:
        yield "agreed", items.as_lines(turn, reader, made)
    before = items.open_from_before(turn, session)
    if before:
        yield "before", items.as_lines(turn, reader, before)


def _next(turn: Turn, reader: Person, session: Session) -> Iterator[tuple[str, str]]:
    ahead = own.upcoming(turn, session.pair)
    if ahead:
        when = turn.when(reader, ahead[0].starts_at)
        yield "next", turn.prompts.phrase(reader.language, "sessions.moment", when=when)


# No: that happens


@closing.on_press(DidNotMeet)
def did_not_meet(turn: Turn, person: Person, press: DidNotMeet) -> Message:
    session = own.session(turn, person, press.session)
    if session is None:
        return _gone(turn, person)
    if session.starts_at > turn.now:
        return _still_ahead(turn, person, session)
    if session.state != State.PLANNED:
        return as_it_stands(turn, person, session)
    _end(turn, session, State.MISSED)
    turn.note("session_missed", session=session)
    session.pair.touch(person, turn.now)
    planned = planning.lay_down(turn, session.pair)
    partner = session.pair.partner_of(person)
    told = _not_met(turn, partner, session, "closing.partner_says_not_met", planned)
    turn.post(partner, told, about=session)
    return _not_met(turn, person, session, "closing.not_met", planned)


def _not_met(
    turn: Turn, reader: Person, session: Session, name: str, planned: Sequence[Session] = ()
) -> Message:
    return turn.say(
        reader,
        name,
        partner=session.pair.partner_of(reader).first_name,
        when=turn.when(reader, session.starts_at),
        facts=_next(turn, reader, session),
        files=invitations(turn, reader, planned),
        press={"sessions": Typing("sessions"), "met": WriteClosing(session.id)},
    )


def as_it_stands(turn: Turn, person: Person, session: Session) -> Message:
    """For a button whose question has been answered meanwhile. Held wins."""
    if session.state == State.HELD:
        return _list(turn, person, session)
    return _not_met(turn, person, session, "closing.not_held")


# Nobody said


@closing.when_due(Session.close_at)
def lapse(turn: Turn, session: Session) -> None:
    if session.state != State.PLANNED:
        return
    both_wrote = len(_authors(turn, session)) == len(session.seats)
    _end(turn, session, State.HELD if both_wrote else State.MISSED)
    turn.note("session_held" if both_wrote else "session_missed", session=session)
    if both_wrote:
        pulses.begin(turn, session.pair)
    session.pair.plan_at = None if session.pair.ended_at else turn.now


def _authors(turn: Turn, session: Session) -> set[int]:
    """Who wrote in the exchange: what both did has happened, whether or not anybody closes it."""
    written = (Letter.session_id == session.id) & Letter.taken_back_at.is_(None)
    return set(turn.db.scalars(select(Letter.author_id).where(written)))


def _gone(turn: Turn, person: Person) -> Message:
    return turn.say(person, "closing.gone", press=_help())


def _help() -> dict[str, Action]:
    return {"help": Typing("help")}


# On their own page


@closing.on_home(Place.CLOSING)
def ask_at_home(turn: Turn, person: Person) -> Iterator[Part]:
    """Whoever was asked already, and about a session that nobody has closed."""
    pairs = [pair.id for pair in own.pairs(turn, person)]
    over = (Session.state == State.PLANNED) & (Session.ends_at <= turn.now) & Session.pair_id.in_(pairs)
    asked = select(Seat).join(Session).where(Seat.person_id == person.id, Seat.closings > 0, over)
    for seat in turn.db.scalars(asked.order_by(Session.starts_at.desc())):
        yield turn.part(person, "helping.next", did_you_meet(turn, person, seat.session))
