"""Rematch: not a good fit, and nobody's fault. The pair ends kindly, and both come first for somebody new.

Nobody learns who asked: it is the private exit, with the words that everybody reads at an end, and nothing is
kept of it here. A day later both are told the same: that they come first when partners are found next, and
that they may rather rest.
"""

from dataclasses import replace

from sqlalchemy import select

from bot import own
from bot.actions import Action, Typing
from bot.calendar import local
from bot.courtesy import Kind
from bot.desk import roles
from bot.matching import waiting
from bot.matching.models import Seeking, Wanting
from bot.matching.waiting import Circle, Rest, Want
from bot.messages import Message
from bot.models import Enrolment, Pair, Person, Programme, Role
from bot.prompts import Press
from bot.story import Story
from bot.turn import Turn

rematch = Story()


@rematch.on_command("rematch")
def ask(turn: Turn, person: Person, _rest: str) -> Message:
    if person.left_at:
        return turn.say(person, "pause.has_left", press={"mydata": Typing("mydata")})
    pairs = [pair for pair in own.pairs(turn, person) if pair.has_begun]
    if pairs:
        return _confirm(turn, person, pairs)
    return _where_you_stand(turn, person)


def _confirm(turn: Turn, person: Person, pairs: list[Pair]) -> Message:
    """It leaves no trace in the conversation, like all cards of the private exit."""
    message = turn.say(
        person,
        "rematch.confirm" if len(pairs) == 1 else "rematch.confirm_one_of",
        partner=pairs[0].partner_of(person).first_name,
        word=turn.prompts.typed(person.language, "part"),
        press={"part": Typing("part" if len(pairs) == 1 else "finish"), "stay": Typing("stay")},
    )
    return replace(message, discreet=True)


# A day after an early end


@rematch.when_due(Seeking.tell_at)
def tell(turn: Turn, seeking: Seeking) -> None:
    person, programme = seeking.person, seeking.programme
    if seeking.state != Wanting.NOT_ASKED:
        return
    if person.left_at or person.leave_at or programme.closed_at:
        turn.db.delete(seeking)
        return
    seeking.state, seeking.since = Wanting.FIRST, turn.now
    press: Press = {"rest": Rest(programme.id), "profile": Typing("profile")}
    name = "rematch.mentee_comes_first" if _is_mentee(turn, person, programme) else "rematch.place_is_free"
    message = turn.say(person, name, programme=programme.name, press=press)
    turn.post(person, message, Kind.NUDGE, newest_of=_matter(programme))


def _matter(programme: Programme) -> str:
    return f"seeking:{programme.id}"


def _is_mentee(turn: Turn, person: Person, programme: Programme) -> bool:
    theirs = (Enrolment.person_id == person.id) & (Enrolment.programme_id == programme.id)
    return turn.db.scalar(select(Enrolment.id).where(theirs, Enrolment.role == Role.MENTEE)) is not None


# Somebody new, or a rest


def _where_you_stand(turn: Turn, person: Person) -> Message:
    programme = _programme(turn, person)
    if programme is None:
        return turn.say(person, "rematch.nothing_here", press={"help": Typing("help")})
    there = waiting.of(turn, person, programme)
    if there and there.state == Wanting.RESTS:
        return _resting(turn, person, programme)
    if there and there.state != Wanting.NOT_ASKED:
        return _waits(turn, person, there)
    if own.has_been_paired(turn, person) or not _is_mentee(turn, person, programme):
        press: Press = {"want": Want(programme.id), "rest": Rest(programme.id)}
        return turn.say(person, "rematch.would_you", programme=programme.name, press=press)
    return _waits(turn, person, waiting.say(turn, person, programme, Wanting.QUEUE))


def _programme(turn: Turn, person: Person, id_: int | None = None) -> Programme | None:
    """One of theirs, or the first in which they take part. That is the permission check."""
    theirs = (Enrolment.person_id == person.id) & Enrolment.role.in_((Role.MENTEE, Role.MENTOR))
    found = select(Programme).where(
        Programme.id.in_(select(Enrolment.programme_id).where(theirs)), Programme.closed_at.is_(None)
    )
    if person.left_at or roles.only_runs(turn, person):
        return None
    return turn.db.scalars(
        (found if id_ is None else found.where(Programme.id == id_)).order_by(Programme.id)
    ).first()


@rematch.on_press(Want)
def want(turn: Turn, person: Person, press: Want) -> Message:
    programme = _programme(turn, person, press.programme)
    if programme is None:
        return _gone(turn, person)
    return _waits(turn, person, waiting.say(turn, person, programme, Wanting.QUEUE))


def _waits(turn: Turn, person: Person, there: Seeking) -> Message:
    circle: dict[str, Action] = {"no_circle": Circle(there.programme_id, 0)} if there.circle else {}
    circle = circle or {"circle": Circle(there.programme_id, 1)}
    return turn.say(
        person,
        "rematch.waits_with_circle" if there.circle else "rematch.waits",
        since=turn.when(person, local(there.since, person.timezone).date()),
        press={**circle, "rest": Rest(there.programme_id), "profile": Typing("profile")},
    )


@rematch.on_press(Rest)
def rest(turn: Turn, person: Person, press: Rest) -> Message:
    programme = _programme(turn, person, press.programme)
    if programme is None:
        return _gone(turn, person)
    waiting.say(turn, person, programme, Wanting.RESTS).tell_at = None
    return _resting(turn, person, programme)


def _resting(turn: Turn, person: Person, programme: Programme) -> Message:
    return turn.say(person, "rematch.rests", press={"want": Want(programme.id)})


@rematch.on_press(Circle)
def circle(turn: Turn, person: Person, press: Circle) -> Message:
    programme = _programme(turn, person, press.programme)
    if programme is None:
        return _gone(turn, person)
    there = waiting.of(turn, person, programme) or waiting.say(turn, person, programme, Wanting.QUEUE)
    there.circle = press.yes == 1
    return _waits(turn, person, there)


def _gone(turn: Turn, person: Person) -> Message:
    return turn.say(person, "rematch.gone", press={"profile": Typing("profile"), "help": Typing("help")})
