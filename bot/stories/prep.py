"""Prep: before a session both say what they want from it, and one brief reaches both.

A day ahead the bot asks each of them at most three questions: one at a time by typing, or all at once in a
form. What they write is kept from the first word on. The answers meet in one brief as soon as both are in,
at the latest before the session, each answer only as its author allowed. Whoever would rather not is left
alone, and whoever writes late is still heard.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import conversation, items, own
from bot.actions import Action, Typing
from bot.calendar import decent_from
from bot.courtesy import Kind
from bot.messages import Choice, Fact, Form, Message, Reply
from bot.models import Answer, Format, Pair, Person, Seat, Session, State
from bot.story import Answers, Story
from bot.text import is_blank
from bot.turn import Turn

prep = Story()

LATER = timedelta(hours=3)
STILL_WORTH_READING = timedelta(days=3)  # after the session

# Which questions, by role and career stage. They take turns from session to session; all are in the prompts.
PACKS = {
    "mentor": (("noticed", "share", "ask"), ("story", "unsure", "ask")),
    "early": (("win", "knot", "want"), ("word", "longer", "want"), ("watch", "expected", "want")),
    "mid": (("win", "knot", "want"), ("postponed", "stop", "want")),
    "senior": (("win", "knot", "want"), ("assumption", "bad_news", "want")),
    "": (("win", "knot", "want"),),
}
NOTE = "note"  # something they asked to be kept for the next session


@dataclass(frozen=True)
class AnswerPrep(Action, wire="prep.answer"):
    """The next typed words answer this question."""

    session: int
    question: str


@dataclass(frozen=True)
class WritePrep(Action, wire="prep.write", opens_form=True):
    session: int


@dataclass(frozen=True)
class EditPrep(Action, wire="prep.edit", opens_form=True):
    """Mend what was written, and then go on with the question that is open."""

    session: int
    after: str


@dataclass(frozen=True)
class SendPrep(Action, wire="prep.send"):
    session: int
    after: str  # the last question answered by typing; empty: the form was all of it


@dataclass(frozen=True)
class SkipQuestion(Action, wire="prep.skip_question"):
    session: int
    question: str


@dataclass(frozen=True)
class SkipPrep(Action, wire="prep.skip"):
    session: int


@dataclass(frozen=True)
class Later(Action, wire="prep.later"):
    session: int


@dataclass(frozen=True)
class KeepToMyself(Action, wire="prep.keep_to_myself"):
    session: int
    question: str


@dataclass(frozen=True)
class ShowBrief(Action, wire="prep.show_brief"):
    session: int


# A day ahead


@prep.when_due(Seat.ask_at)
def ask(turn: Turn, seat: Seat) -> None:
    session = seat.session
    if session.state != State.PLANNED or _is_in(seat):
        return
    seat.asked_at = turn.now
    question = _open_questions(seat)[0]
    message = _question(turn, seat, _name_of_ask(session), question)
    turn.post(seat.person, message, about=session, needed_by=session.starts_at)


def _name_of_ask(session: Session) -> str:
    return "prep.ask_in_writing" if session.format == Format.ASYNC else "prep.ask"


@prep.when_due(Seat.remind_at)
def remind(turn: Turn, seat: Seat) -> None:
    session = seat.session
    if session.state != State.PLANNED or _is_in(seat) or seat.answers:
        return
    message = _question(turn, seat, "prep.remind", _open_questions(seat)[0])
    turn.post(
        seat.person,
        message,
        Kind.NUDGE,
        once=f"remind:{session.id}:{session.version}",
        about=session,
        needed_by=session.starts_at,
    )


@prep.on_command("prep")
def prepare_now(turn: Turn, person: Person, _rest: str) -> Reply:
    session = _next_session(turn, own.pairs(turn, person))
    if session is None:
        return turn.say(person, "prep.nothing_ahead", press={"sessions": Typing("sessions")})
    seat = session.seat_of(person)
    if not _open_questions(seat):
        return write_all(turn, person, WritePrep(session.id))
    seat.asked_at, seat.ask_at, seat.skipped_at = turn.now, None, None
    return _question(turn, seat, _name_of_ask(session), _open_questions(seat)[0])


def _next_session(turn: Turn, pairs: Sequence[Pair]) -> Session | None:
    ahead = [session for pair in pairs for session in own.upcoming(turn, pair)]
    return min(ahead, key=lambda session: session.starts_at, default=None)


def questions(seat: Seat) -> Sequence[str]:
    """At most three, the same for a session however often they are asked for."""
    pair = seat.session.pair
    packs = PACKS["mentor"] if seat.person_id == pair.mentor_id else PACKS[pair.mentee.career_stage]
    return packs[(seat.session.number - 1) % len(packs)]


def _open_questions(seat: Seat) -> list[str]:
    answered = {answer.question for answer in seat.answers}
    return [question for question in questions(seat) if question not in answered]


def _question(turn: Turn, seat: Seat, name: str, question: str) -> Message:
    session, person = seat.session, seat.person
    partner = session.pair.partner_of(person)
    kept = items.as_lines(turn, person, own.open_items(turn, session.pair))
    return turn.say(
        person,
        name,
        partner=partner.first_name,
        when=turn.when(person, session.starts_at),
        question=turn.prompts.label(person.language, "prep.form", question),
        hint=turn.prompts.hint(person.language, "prep.form", question),
        count=len(questions(seat)),
        number=questions(seat).index(question) + 1,
        facts=[("open", kept)] if kept else [],
        listens=AnswerPrep(session.id, question),
        press={"write": WritePrep(session.id), "later": Later(session.id), "skip": SkipPrep(session.id)},
    )


# Answering, one at a time


@prep.on_words(AnswerPrep)
def keep_answer(turn: Turn, person: Person, asked: AnswerPrep, text: str) -> Message:
    seat = own.seat(turn, person, asked.session)
    if seat is None:
        return turn.say(person, "prep.pair_ended", facts=[("yours", text)], press={"help": Typing("help")})
    if not _still_read(turn, seat.session):
        return _keep_for_next(turn, person, text, [seat.session.pair])
    _write_down(turn, seat, asked.question, text)
    return _go_on(turn, seat, asked.question, "prep.saved")


def _still_read(turn: Turn, session: Session) -> bool:
    """Whether what is written for this session still reaches the partner."""
    return session.state == State.PLANNED and turn.now <= session.ends_at + STILL_WORTH_READING


def _go_on(turn: Turn, seat: Seat, after: str, name: str) -> Message:
    """The next question, or the end of them."""
    session, person = seat.session, seat.person
    order = list(questions(seat))
    rest = [q for q in _open_questions(seat) if after not in order or order.index(q) > order.index(after)]
    if not rest:
        return _finish(turn, seat)
    return turn.say(
        person,
        name,
        partner=session.pair.partner_of(person).first_name,
        number=order.index(rest[0]) + 1,
        count=len(order),
        question=turn.prompts.label(person.language, "prep.form", rest[0]),
        hint=turn.prompts.hint(person.language, "prep.form", rest[0]),
        listens=AnswerPrep(session.id, rest[0]),
        press={**_about_the_last(seat, after, name), "skip": SkipQuestion(session.id, rest[0])},
    )


def _about_the_last(seat: Seat, question: str, name: str) -> dict[str, Action]:
    press: dict[str, Action] = {"edit": EditPrep(seat.session_id, question)}
    if name == "prep.saved":
        press["private"] = KeepToMyself(seat.session_id, question)
    return press


@prep.on_press(SkipQuestion)
def skip_question(turn: Turn, person: Person, press: SkipQuestion) -> Message:
    seat = own.seat(turn, person, press.session)
    if seat is None:
        return _gone(turn, person)
    return _go_on(turn, seat, press.question, "prep.left_out")


@prep.on_press(KeepToMyself)
def keep_to_myself(turn: Turn, person: Person, press: KeepToMyself) -> Message:
    seat = own.seat(turn, person, press.session)
    answer = _answer(seat, press.question) if seat else None
    if seat is None or answer is None:
        return _gone(turn, person)
    answer.shared = False
    partner = seat.session.pair.partner_of(person)
    if seat.session.seat_of(partner).briefed_at:
        return _private(turn, seat, "prep.private_but_read")
    if _is_in(seat) or press.question == NOTE:
        return _private(turn, seat, "prep.private")
    return _go_on(turn, seat, press.question, "prep.private_go_on")


def _private(turn: Turn, seat: Seat, name: str) -> Message:
    partner = seat.session.pair.partner_of(seat.person).first_name
    return turn.say(seat.person, name, partner=partner, press={"edit": WritePrep(seat.session_id)})


def _finish(turn: Turn, seat: Seat) -> Message:
    """They are through. If the partner is too, the brief goes now."""
    session, person = seat.session, seat.person
    turn.hush(person)
    if seat.prepared_at is None:
        seat.prepared_at, seat.skipped_at, seat.remind_at = turn.now, None, None
        turn.note("prepared", session=session, person=person)
    _brief_if_both_are_in(turn, session)
    partner = session.pair.partner_of(person)
    goes_at = session.seat_of(partner).brief_at
    return turn.say(
        person,
        _name_of_end(turn, seat, goes_at),
        partner=partner.first_name,
        when=turn.when(person, goes_at or turn.now),
        press={"edit": WritePrep(session.id)},
    )


def _name_of_end(turn: Turn, seat: Seat, goes_at: datetime | None) -> str:
    if not any(answer.shared and answer.text for answer in seat.answers):
        return "prep.done_for_myself"
    return "prep.done" if goes_at and goes_at > turn.now else "prep.done_now"


def _brief_if_both_are_in(turn: Turn, session: Session) -> None:
    if session.format == Format.LIVE and all(_is_in(seat) for seat in session.seats):
        for seat in session.seats:
            seat.brief_at = None if seat.briefed_at else decent_from(seat.person.hours, turn.now)


def _is_in(seat: Seat) -> bool:
    return bool(seat.prepared_at or seat.skipped_at)


# All at once


@prep.on_press(EditPrep)
def edit(turn: Turn, person: Person, press: EditPrep) -> Form | Message:
    return _form(turn, person, press.session, press.after)


@prep.on_press(WritePrep)
def write_all(turn: Turn, person: Person, press: WritePrep) -> Form | Message:
    return _form(turn, person, press.session, "")


def _form(turn: Turn, person: Person, session_id: int, after: str) -> Form | Message:
    seat = own.seat(turn, person, session_id)
    if seat is None:
        return _gone(turn, person)
    asked = [*questions(seat), *(a.question for a in seat.answers if a.question == NOTE)]
    private = [answer.question for answer in seat.answers if not answer.shared]
    label = turn.prompts.short
    return turn.ask(
        person,
        "prep.form",
        SendPrep(session_id, after),
        given={**{a.question: a.text for a in seat.answers}, "private": ",".join(private)},
        choices={"private": [Choice(q, label(person.language, "prep.form", q)) for q in asked]},
        only=[*asked, "private"],
        partner=seat.session.pair.partner_of(person).first_name,
    )


@prep.on_submit(SendPrep)
def keep_answers(turn: Turn, person: Person, sent: SendPrep, answers: Answers) -> Message:
    seat = own.seat(turn, person, sent.session)
    if seat is None:
        written = "\n\n".join(text for name, text in answers.items() if name != "private" and text)
        return turn.say(person, "prep.pair_ended", facts=[("yours", written)], press={"help": Typing("help")})
    if seat.session.state in {State.CANCELLED, State.AWAY}:
        return _keep_what_is_new(turn, seat, answers)
    private = answers.get("private", "").split(",")
    for question in (*questions(seat), NOTE):
        if answers.get(question) or _answer(seat, question):
            _write_down(turn, seat, question, answers.get(question, ""), shared=question not in private)
    return _go_on(turn, seat, sent.after, "prep.saved") if sent.after else _finish(turn, seat)


def _keep_what_is_new(turn: Turn, seat: Seat, answers: Answers) -> Message:
    """The session was called off while the form was open: what is new goes with the next one."""
    private = set(answers.get("private", "").split(","))
    known = {answer.question: answer.text for answer in seat.answers}
    asked = (*questions(seat), NOTE)
    for answer in seat.answers:
        answer.shared = answer.question not in private
    new = [name for name in asked if answers.get(name) and answers[name] != known.get(name)]
    if not new:
        return _gone(turn, seat.person)
    text = "\n\n".join(answers[name] for name in new)
    return _keep_for_next(turn, seat.person, text, [seat.session.pair], shared=private.isdisjoint(new))


def _write_down(turn: Turn, seat: Seat, question: str, text: str, shared: bool = True) -> None:
    answer = _answer(seat, question)
    if answer is None:
        answer = Answer(seat_id=seat.id, question=question, shared=shared, written_at=turn.now)
        seat.answers.append(answer)
    is_new = not answer.text and bool(text)
    answer.text, answer.shared = text, shared
    if is_new:
        answer.written_at = turn.now
        _tell_partner_if_late(turn, seat, answer)


def _answer(seat: Seat, question: str) -> Answer | None:
    return next((answer for answer in seat.answers if answer.question == question), None)


def _tell_partner_if_late(turn: Turn, seat: Seat, answer: Answer) -> None:
    """Their brief has gone already: what came late reaches them on its own."""
    session = seat.session
    partner = session.pair.partner_of(seat.person)
    if not answer.shared or session.seat_of(partner).briefed_at is None:
        return
    label = turn.prompts.short(partner.language, "prep.form", answer.question)
    message = turn.say(
        partner,
        "prep.late",
        partner=seat.person.first_name,
        facts=[Fact(label, answer.text)],
        press={"brief": ShowBrief(session.id)},
    )
    turn.post(
        partner,
        message,
        once=f"late:{session.id}:{answer.question}",
        about=session,
        stale_after=session.ends_at + STILL_WORTH_READING,
    )


# Not now, or not at all


@prep.on_press(Later)
def later(turn: Turn, person: Person, press: Later) -> Message:
    seat = own.seat(turn, person, press.session)
    if seat is None or seat.session.starts_at <= turn.now:
        return _gone(turn, person)
    turn.hush(person)
    again_at = decent_from(person.hours, turn.now + LATER)
    if again_at >= seat.session.starts_at:
        return turn.say(person, "prep.whenever", press={"write": WritePrep(press.session)})
    seat.ask_at, seat.remind_at = again_at, None
    return turn.say(
        person, "prep.later", when=turn.when(person, again_at), press={"write": WritePrep(press.session)}
    )


@prep.on_press(SkipPrep)
def skip(turn: Turn, person: Person, press: SkipPrep) -> Message:
    seat = own.seat(turn, person, press.session)
    if seat is None or seat.session.starts_at <= turn.now:
        return _gone(turn, person)
    turn.hush(person)
    if seat.answers:
        return _finish(turn, seat)
    seat.skipped_at, seat.remind_at, seat.ask_at = turn.now, None, None
    turn.note("prep_skipped", session=seat.session, person=person)
    _brief_if_both_are_in(turn, seat.session)
    partner = seat.session.pair.partner_of(person).first_name
    return turn.say(person, "prep.skipped", partner=partner, press={"undo": WritePrep(press.session)})


# The brief


@prep.when_due(Seat.brief_at)
def brief(turn: Turn, seat: Seat) -> None:
    session = seat.session
    if session.state != State.PLANNED or seat.briefed_at:
        return
    seat.briefed_at = turn.now
    needed_by = session.starts_at if session.format == Format.LIVE else session.ends_at
    turn.post(
        seat.person,
        brief_for(turn, seat),
        once=f"brief:{session.id}:{session.version}",
        about=session,
        needed_by=needed_by,
    )


@prep.on_press(ShowBrief)
def show_brief(turn: Turn, person: Person, press: ShowBrief) -> Message:
    seat = own.seat(turn, person, press.session)
    return brief_for(turn, seat) if seat else _gone(turn, person)


def brief_for(turn: Turn, seat: Seat) -> Message:
    session, reader = seat.session, seat.person
    partner = session.pair.partner_of(reader)
    theirs = session.seat_of(partner)
    in_writing = session.format == Format.ASYNC
    return turn.say(
        reader,
        "prep.brief_in_writing" if in_writing else "prep.brief",
        partner=partner.first_name,
        when=turn.when(reader, session.starts_at),
        state=turn.prompts.phrase(reader.language, _state(theirs), partner=partner.first_name),
        facts=[*_their_words(turn, reader, theirs), *_my_words(turn, seat), *_promises(turn, seat)],
        press={
            "latest": ShowBrief(session.id),
            **({"write": Typing(f"write {session.id}")} if in_writing else {}),
            "close": Typing(f"close {session.id}"),
            "move": Typing("sessions"),
        },
    )


def _state(theirs: Seat) -> str:
    if any(answer.shared and answer.text for answer in theirs.answers):
        return "prep.partner_wrote"
    return "prep.partner_skipped" if _is_in(theirs) else "prep.partner_not_yet"


def _their_words(turn: Turn, reader: Person, theirs: Seat) -> Iterator[Fact]:
    for answer in theirs.answers:
        if answer.shared and answer.text:
            yield _fact(turn, reader, "prep.whose", answer, theirs.person.first_name)


def _my_words(turn: Turn, mine: Seat) -> Iterator[Fact]:
    for answer in mine.answers:
        if answer.text:
            name = "prep.mine" if answer.shared else "prep.only_mine"
            yield _fact(turn, mine.person, name, answer, mine.person.first_name)


def _fact(turn: Turn, reader: Person, name: str, answer: Answer, who: str) -> Fact:
    short = turn.prompts.short(reader.language, "prep.form", answer.question)
    return Fact(turn.prompts.phrase(reader.language, name, who=who, question=short), answer.text)


def _promises(turn: Turn, seat: Seat) -> Iterator[Fact]:
    reader, pair = seat.person, seat.session.pair
    for name, kept in (
        ("prep.still_open", own.open_items(turn, pair)),
        ("prep.ended", items.ended_lately(turn, pair)),
    ):
        if kept:
            yield Fact(turn.prompts.phrase(reader.language, name), items.as_lines(turn, reader, kept))


# Words that had no other place


@prep.on_command("keep")
def keep_unplaced(turn: Turn, person: Person, _rest: str) -> Message:
    words = conversation.of(turn.db, person.id).unplaced
    conversation.of(turn.db, person.id).unplaced = ""
    if is_blank(words):
        return turn.say(person, "prep.nothing_to_keep", press={"help": Typing("help")})
    return _keep_for_next(turn, person, words, own.pairs(turn, person))


def _keep_for_next(
    turn: Turn, person: Person, text: str, pairs: Sequence[Pair], *, shared: bool = True
) -> Message:
    """With the next session of these pairs: what was meant for one partner never reaches another."""
    session = _next_session(turn, pairs)
    if session is None:
        facts = [("yours", text)]
        return turn.say(
            person, "prep.no_session_to_keep_for", facts=facts, press={"sessions": Typing("sessions")}
        )
    seat = session.seat_of(person)
    before = _answer(seat, NOTE)
    shared = shared and (before is None or before.shared)
    _write_down(turn, seat, NOTE, f"{before.text}\n\n{text}" if before else text, shared)
    turn.hush(person)
    if not shared:
        return _private(turn, seat, "prep.private")
    return turn.say(
        person,
        "prep.kept",
        partner=session.pair.partner_of(person).first_name,
        when=turn.when(person, session.starts_at),
        press={"edit": WritePrep(session.id), "private": KeepToMyself(session.id, NOTE)},
    )


def _gone(turn: Turn, person: Person) -> Message:
    return turn.say(person, "prep.gone", press={"sessions": Typing("sessions")})
