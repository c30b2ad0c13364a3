"""Prep: before a session both say what they want from it, and one brief reaches both.

A day ahead the bot asks each of them at most three questions: one at a time by typing, or all at once in a
form. What they write is kept from the first word on. The answers meet in one brief as soon as both are in,
at the latest before the session, each answer only as its author allowed. Whoever would rather not is left
alone, and whoever writes late is still heard.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot import conversation, course, items, notes, own
from bot.actions import Action, Typing
from bot.calendar import decent_from
from bot.courtesy import Kind
from bot.messages import Choice, Fact, Form, Message, Part, Reply
from bot.models import ActionItem, Answer, Format, Pair, Person, Seat, Session, State
from bot.notes import NOTES, STILL_WORTH_READING, WholeBrief, answer_to, next_session
from bot.prompts import Press
from bot.story import Answers, Place, Story
from bot.terms import is_of_peers
from bot.text import is_blank
from bot.turn import Turn

prep = Story()

LATER = timedelta(hours=3)
SOON = timedelta(hours=12)  # around its beginning the brief of a session is what is next

# What stands above all the questions at once, in place of one of them
TOGETHER = {
    "prep.ask": "prep.together",
    "prep.ask_in_writing": "prep.together_in_writing",
    "prep.remind": "prep.together_soon",
}

# Which questions, by role and career stage. They take turns from session to session; all are in the prompts.
PACKS = {
    "mentor": (("noticed", "share", "ask"), ("story", "unsure", "ask")),
    "early": (("win", "knot", "want"), ("word", "longer", "want"), ("watch", "expected", "want")),
    "mid": (("win", "knot", "want"), ("postponed", "stop", "want")),
    "senior": (("win", "knot", "want"), ("assumption", "bad_news", "want")),
    "": (("win", "knot", "want"),),
}


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


@dataclass(frozen=True)
class KeepNote(Action, wire="prep.keep_note"):
    """The next typed words are kept for the next session of this pair."""

    pair: int


@dataclass(frozen=True)
class RatherNot(Action, wire="prep.rather_not"):
    pass


@dataclass(frozen=True)
class KeepFor(Action, wire="prep.keep_for"):
    """`kept`: the words were typed already and wait among what found no place."""

    pair: int
    kept: int


# A day ahead


@prep.when_due(Seat.ask_at)
def ask(turn: Turn, seat: Seat) -> None:
    session = seat.session
    if session.state != State.PLANNED or _is_in(seat):
        return
    seat.asked_at = turn.now
    notes.carry_over(turn, seat)
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
    if course.is_dormant(turn, session.pair):
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
    session = next_session(turn, own.pairs(turn, person))
    if session is None:
        return turn.say(person, "prep.nothing_ahead", press={"sessions": Typing("sessions")})
    seat = session.seat_of(person)
    notes.carry_over(turn, seat)
    if not _open_questions(seat):
        return write_all(turn, person, WritePrep(session.id))
    seat.asked_at, seat.ask_at, seat.skipped_at = turn.now, None, None
    return _question(turn, seat, _name_of_ask(session), _open_questions(seat)[0])


def questions(seat: Seat) -> Sequence[str]:
    """At most three, the same for a session however often they are asked for."""
    pair = seat.session.pair
    is_mentor = seat.person_id == pair.mentor_id and not is_of_peers(pair)
    packs = PACKS["mentor"] if is_mentor else PACKS[seat.person.career_stage]
    return packs[(seat.session.number - 1) % len(packs)]


def _open_questions(seat: Seat) -> list[str]:
    answered = {answer.question for answer in seat.answers}
    return [question for question in questions(seat) if question not in answered]


def _question(turn: Turn, seat: Seat, name: str, question: str) -> Message:
    session, person = seat.session, seat.person
    partner = session.pair.partner_of(person)
    still_open = items.as_lines(turn, person, own.open_items(turn, session.pair))
    asked = turn.say(
        person,
        name,
        partner=partner.first_name,
        when=turn.when(person, session.starts_at),
        question=turn.prompts.label(person.language, "prep.form", question),
        hint=turn.prompts.hint(person.language, "prep.form", question),
        count=len(questions(seat)),
        number=questions(seat).index(question) + 1,
        facts=[(label, text) for label, text in (("open", still_open), ("kept", notes.of(seat))) if text],
        listens=AnswerPrep(session.id, question),
        press={"write": WritePrep(session.id), "later": Later(session.id), "skip": SkipPrep(session.id)},
    )
    return replace(asked, form=_together(turn, seat, name))


def _together(turn: Turn, seat: Seat, name: str) -> Form:
    """All of them, for a card that has fields."""
    session, person = seat.session, seat.person
    said = turn.say(
        person,
        TOGETHER[name],
        partner=session.pair.partner_of(person).first_name,
        when=turn.when(person, session.starts_at),
        count=len(questions(seat)),
    )
    return replace(_form_of(turn, seat, ""), intro=said.text, again=WritePrep(session.id))


# Answering, one at a time


@prep.on_words(AnswerPrep)
def keep_answer(turn: Turn, person: Person, asked: AnswerPrep, text: str) -> Message:
    seat = own.seat(turn, person, asked.session)
    if seat is None:
        return turn.say(person, "prep.pair_ended", facts=[("yours", text)], press={"help": Typing("help")})
    if not _still_read(turn, seat.session):
        return _keep_for_next(turn, person, text, [seat.session.pair])
    notes.write_down(turn, seat, asked.question, text)
    return _go_on(turn, seat, asked.question, "prep.saved")


@prep.on_change
def changed_where_it_was_typed(turn: Turn, person: Person, said_in: str, text: str | None) -> Message | None:
    """They edited or deleted their own message on the platform. What they are being asked stays open."""
    theirs = select(Seat.session_id, Answer.question).join(Answer).where(Seat.person_id == person.id)
    found = turn.db.execute(theirs.where(Answer.said_in == said_in)).first()
    seat = own.seat(turn, person, found.session_id) if found else None
    answer = notes.answer_to(seat, found.question) if seat and found else None
    if seat is None or answer is None or not _still_read(turn, seat.session):
        return None
    answer.text = text or ""
    partner = seat.session.pair.partner_of(person)
    has_it = bool(seat.session.seat_of(partner).briefed_at) and answer.shared
    name = "prep.changed_late" if has_it else "prep.changed" if text else "prep.taken_out"
    return turn.say(person, name, partner=partner.first_name)


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
    answer = answer_to(seat, press.question) if seat else None
    if seat is None or answer is None:
        return _gone(turn, person)
    answer.shared = False
    partner = seat.session.pair.partner_of(person)
    if seat.session.seat_of(partner).briefed_at:
        return _private(turn, seat, "prep.private_but_read")
    if _is_in(seat) or press.question in NOTES:
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
    if not any(answer.text for answer in seat.answers):
        return "prep.done_empty"
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
    return _form_of(turn, seat, after)


def _form_of(turn: Turn, seat: Seat, after: str) -> Form:
    person = seat.person
    asked = [*questions(seat), *(a.question for a in seat.answers if a.question in NOTES)]
    private = [answer.question for answer in seat.answers if not answer.shared]
    label = turn.prompts.short
    return turn.ask(
        person,
        "prep.form",
        SendPrep(seat.session_id, after),
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
    for question in (*questions(seat), *NOTES):
        if answers.get(question) or answer_to(seat, question):
            notes.write_down(turn, seat, question, answers.get(question, ""), shared=question not in private)
    return _go_on(turn, seat, sent.after, "prep.saved") if sent.after else _finish(turn, seat)


def _keep_what_is_new(turn: Turn, seat: Seat, answers: Answers) -> Message:
    """The session was called off while the form was open: what is new goes with the next one."""
    private = set(answers.get("private", "").split(","))
    known = {answer.question: answer.text for answer in seat.answers}
    asked = (*questions(seat), *NOTES)
    for answer in seat.answers:
        answer.shared = answer.question not in private
    new = [name for name in asked if answers.get(name) and answers[name] != known.get(name)]
    if not new:
        return _gone(turn, seat.person)
    text = "\n\n".join(answers[name] for name in new)
    return _keep_for_next(turn, seat.person, text, [seat.session.pair], shared=private.isdisjoint(new))


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
    for one in session.seats:
        notes.carry_over(turn, one)
    seat.briefed_at = turn.now
    if course.is_dormant(turn, session.pair) and not _has_news(turn, seat):
        return
    needed_by = session.starts_at if session.format == Format.LIVE else session.ends_at
    turn.post(
        seat.person,
        brief_for(turn, seat),
        once=f"brief:{session.id}:{session.version}",
        about=session,
        needed_by=needed_by,
    )


def _has_news(turn: Turn, seat: Seat) -> bool:
    """Somebody wrote, or a promise came to its end."""
    written = any(answer.text for one in seat.session.seats for answer in one.answers)
    return written or bool(_ended_since_the_last_brief(turn, seat))


@prep.on_press(WholeBrief)
def show_whole_brief(turn: Turn, person: Person, press: WholeBrief) -> Message:
    return show_brief(turn, person, ShowBrief(press.session))


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
        ("prep.ended", _ended_since_the_last_brief(turn, seat)),
    ):
        if kept:
            yield Fact(turn.prompts.phrase(reader.language, name), items.as_lines(turn, reader, kept))


def _ended_since_the_last_brief(turn: Turn, seat: Seat) -> Sequence[ActionItem]:
    """Each is told once, in the first brief after it."""
    theirs = (Seat.person_id == seat.person_id) & (Session.pair_id == seat.session.pair_id)
    earlier = Session.starts_at < seat.session.starts_at
    briefs = select(func.max(Seat.briefed_at)).join(Session).where(theirs, earlier)
    return items.ended_lately(turn, seat.session.pair, turn.db.scalar(briefs))


# Words for the next session


@prep.on_command("note", with_words=True)
def note(turn: Turn, person: Person, words: str) -> Message:
    """`note Ask about May` is kept at once; the word alone asks for what is to be kept."""
    return _keep_words(turn, person, words)


@prep.on_command("keep")
def keep_unplaced(turn: Turn, person: Person, _rest: str) -> Message:
    words = conversation.of(turn.db, person.id).unplaced
    if is_blank(words):
        return turn.say(person, "prep.nothing_to_keep", press={"help": Typing("help")})
    return _keep_words(turn, person, words)


def _keep_words(turn: Turn, person: Person, words: str) -> Message:
    pairs = [pair for pair in own.pairs(turn, person) if own.upcoming(turn, pair)]
    if len(pairs) > 1:
        return _for_whom(turn, person, pairs, words)
    if not words and pairs:
        return _type_it(turn, person, pairs[0])
    return _keep_for_next(turn, person, words, pairs)


def _for_whom(turn: Turn, person: Person, pairs: Sequence[Pair], words: str) -> Message:
    """What is meant for one partner never reaches another."""
    if words:
        conversation.of(turn.db, person.id).unplaced = words
    chosen = [(pair.partner_of(person).name, KeepFor(pair.id, int(bool(words)))) for pair in pairs]
    return turn.say(person, "prep.for_whom", press={"pair": chosen})


def _type_it(turn: Turn, person: Person, pair: Pair) -> Message:
    return turn.say(
        person,
        "prep.type_note",
        partner=pair.partner_of(person).first_name,
        listens=KeepNote(pair.id),
        press={"no": RatherNot()},
    )


@prep.on_press(KeepFor)
def keep_for(turn: Turn, person: Person, press: KeepFor) -> Message:
    pair = own.pair(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    if not press.kept:
        return _type_it(turn, person, pair)
    words = conversation.of(turn.db, person.id).unplaced
    if is_blank(words):
        return turn.say(person, "prep.nothing_to_keep", press={"help": Typing("help")})
    return _keep_for_next(turn, person, words, [pair])


@prep.on_words(KeepNote)
def keep_note(turn: Turn, person: Person, asked: KeepNote, text: str) -> Message:
    turn.hush(person)
    pair = own.pair(turn, person, asked.pair)
    if pair is None:
        return turn.say(person, "prep.pair_ended", facts=[("yours", text)], press={"help": Typing("help")})
    return _keep_for_next(turn, person, text, [pair])


@prep.on_press(RatherNot)
def rather_not(turn: Turn, person: Person, _press: RatherNot) -> Message:
    turn.hush(person)
    return turn.say(person, "prep.rather_not", press={"help": Typing("help")})


def _keep_for_next(
    turn: Turn, person: Person, text: str, pairs: Sequence[Pair], *, shared: bool = True
) -> Message:
    """With the next session of these pairs: what was meant for one partner never reaches another."""
    session = next_session(turn, pairs)
    conversation.of(turn.db, person.id).unplaced = ""
    if session is None:
        facts = [("yours", text)] if text else []
        return turn.say(
            person, "prep.no_session_to_keep_for", facts=facts, press={"sessions": Typing("sessions")}
        )
    answer = notes.add(turn, session, person, text, shared)
    turn.hush(person)
    if not answer.shared:
        return _private(turn, session.seat_of(person), "prep.private")
    return turn.say(
        person,
        "prep.kept",
        partner=session.pair.partner_of(person).first_name,
        when=turn.when(person, session.starts_at),
        press={"edit": WritePrep(session.id), "private": KeepToMyself(session.id, answer.question)},
    )


def _gone(turn: Turn, person: Person) -> Message:
    return turn.say(person, "prep.gone", press={"sessions": Typing("sessions")})


# On their own page


@prep.on_home(Place.PREP)
def ask_at_home(turn: Turn, person: Person) -> Iterator[Part]:
    for seat in _seats_now(turn, person):
        if _has_brief_for_now(turn, seat):
            return  # of a session that is nearer
        if seat.asked_at and not _is_in(seat) and not seat.briefed_at and seat.session.starts_at > turn.now:
            press = {"write": WritePrep(seat.session_id), "skip": SkipPrep(seat.session_id)}
            yield _at_home(turn, seat, "prep.ask_at_home", press)


@prep.on_home(Place.BRIEF)
def brief_at_home(turn: Turn, person: Person) -> Iterator[Part]:
    for seat in _seats_now(turn, person):
        if _has_brief_for_now(turn, seat):
            write: Press = {} if _is_in(seat) else {"write": WritePrep(seat.session_id)}
            press = {"read": ShowBrief(seat.session_id), **write}
            yield _at_home(turn, seat, "prep.brief_at_home", press)


def _has_brief_for_now(turn: Turn, seat: Seat) -> bool:
    return bool(seat.briefed_at) and abs(seat.session.starts_at - turn.now) < SOON


def _seats_now(turn: Turn, person: Person) -> Sequence[Seat]:
    """In sessions that are ahead or going on, the next first."""
    pairs = [pair.id for pair in own.pairs(turn, person)]
    ahead = (Session.state == State.PLANNED) & (Session.ends_at > turn.now) & Session.pair_id.in_(pairs)
    theirs = select(Seat).join(Session).where(Seat.person_id == person.id, ahead)
    return turn.db.scalars(theirs.order_by(Session.starts_at)).all()


def _at_home(turn: Turn, seat: Seat, name: str, press: Press) -> Part:
    session, person = seat.session, seat.person
    partner, when = session.pair.partner_of(person).first_name, turn.when(person, session.starts_at)
    return turn.part(person, "helping.next", turn.say(person, name, partner=partner, when=when, press=press))
