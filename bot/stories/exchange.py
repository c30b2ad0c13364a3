"""Exchange: a session in writing, for two people whose working days do not overlap, or who prefer it.

It opens with the brief, has a middle on the third working day and a close on the fifth. In between each
writes when it suits them, and the words reach the other at a decent hour of theirs. Nothing is sent that
was not asked for: words go out after Write was pressed or typed, and only the next ones.
"""

from dataclasses import dataclass

from sqlalchemy import select

from bot import letters, own
from bot.actions import Action, Typing
from bot.calendar import local
from bot.messages import Message
from bot.models import Format, Letter, Person, Seat, Session, State
from bot.planning import paused_over
from bot.story import Story
from bot.turn import Turn

exchange = Story()


@dataclass(frozen=True)
class Write(Action, wire="exchange.write", keeps_card=True):
    session: int


@dataclass(frozen=True)
class SendLetter(Action, wire="exchange.letter"):
    """The next typed words go to the partner."""

    session: int


@dataclass(frozen=True)
class RatherNot(Action, wire="exchange.rather_not"):
    session: int


@exchange.when_due(Seat.midway_at)
def midway(turn: Turn, seat: Seat) -> None:
    """To whoever has not written yet, or has an answer waiting."""
    session, person = seat.session, seat.person
    last = _last_letter(turn, session)
    answered = last is not None and last.author_id == person.id
    away = any(paused_over(someone, turn.now) for someone in session.pair.people)
    if session.state != State.PLANNED or answered or away:
        return
    message = turn.say(
        person,
        "exchange.midway" if last is None else "exchange.midway_answer",
        partner=session.pair.partner_of(person).first_name,
        until=turn.when(person, local(session.ends_at, person.timezone).date()),
        press={"write": Write(session.id), "close": Typing(f"close {session.id}")},
    )
    turn.post(person, message, once=f"midway:{session.id}", about=session, needed_by=session.ends_at)


def _last_letter(turn: Turn, session: Session) -> Letter | None:
    written = (Letter.session_id == session.id) & Letter.taken_back_at.is_(None)
    return turn.db.scalars(select(Letter).where(written).order_by(Letter.id.desc())).first()


@exchange.on_command("write")
def write_now(turn: Turn, person: Person, which: str) -> Message:
    """`which` is the number of a session, on the card of that session."""
    session = _open_exchange(turn, person, which)
    if session is None:
        return turn.say(person, "exchange.none_open", press={"sessions": Typing("sessions")})
    return write(turn, person, Write(session.id))


def _open_exchange(turn: Turn, person: Person, which: str) -> Session | None:
    """The one that is named, or else the one that opened last."""
    going_on = (
        Session.pair_id.in_([pair.id for pair in own.pairs(turn, person)]),
        Session.format == Format.ASYNC,
        Session.state == State.PLANNED,
        Session.starts_at <= turn.now,
    )
    opened = turn.db.scalars(select(Session).where(*going_on).order_by(Session.starts_at.desc())).all()
    return next((session for session in opened if which in ("", str(session.id))), None)


@exchange.on_press(Write)
def write(turn: Turn, person: Person, press: Write) -> Message:
    session = own.session(turn, person, press.session)
    if session is None:
        return turn.say(person, "exchange.none_open", press={"sessions": Typing("sessions")})
    return turn.say(
        person,
        "exchange.write",
        partner=session.pair.partner_of(person).first_name,
        listens=SendLetter(session.id),
        press={"no": RatherNot(session.id)},
    )


@exchange.on_press(RatherNot)
def rather_not(turn: Turn, person: Person, press: RatherNot) -> Message:
    turn.hush(person)
    return turn.say(person, "exchange.rather_not", press={"write": Write(press.session)})


@exchange.on_words(SendLetter)
def send_letter(turn: Turn, person: Person, sent: SendLetter, text: str) -> Message:
    session = own.session(turn, person, sent.session)
    turn.hush(person)
    if session is None:
        facts = [("yours", text)]
        return turn.say(person, "exchange.nobody_there", facts=facts, press={"help": Typing("help")})
    letter = letters.send(turn, letters.thread_of(turn, session, person), person, text)
    return turn.say(
        person,
        "exchange.sent",
        partner=letter.reader.first_name,
        press={
            "write": Write(session.id),
            "edit": letters.Change(letter.id),
            "take_back": letters.TakeBack(letter.id),
        },
    )
