"""Pulse: three private questions about how the exchange is for you. Nobody but you sees the answers.

They come after the first session, at day 30, and every 60 days from then on. Each may be left out, all of it
may be skipped, and there is one reminder at most. Whoever would like another rhythm, or found something hard
to raise, is shown what they can do; nobody is told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import regex
from sqlalchemy import select

from bot import conversation, own, planning, pulses
from bot.actions import Action, Typing
from bot.calendar import decent_from
from bot.courtesy import Kind
from bot.messages import Form, Message, Mistakes
from bot.models import Pair, Person, Pulse
from bot.prompts import Press
from bot.story import Answers, Story
from bot.text import key
from bot.turn import Turn

pulse = Story()

REMIND_AFTER = timedelta(days=5)
ONCE_MORE = timedelta(days=1)
AFTER_PAUSE = timedelta(days=7)  # to arrive first; of a pause without an end: to look again
MOST_ASKS = 2

SCALE = ("1", "2", "3", "4", "5")
HARD = ("1", "2")
RHYTHMS = ("too_slow", "right", "too_much")
ALLOWED = {"moved": SCALE, "raised": SCALE, "rhythm": RHYTHMS}
LEFT_OUT = "-"
_BETWEEN = regex.compile(r"[\s,;/.]+")


@dataclass(frozen=True)
class Answer(Action, wire="pulse.answer", opens_form=True):
    pulse: int


@dataclass(frozen=True)
class SetAnswers(Action, wire="pulse.set_answers"):
    pulse: int


@dataclass(frozen=True)
class SayAnswers(Action, wire="pulse.say_answers"):
    """The next typed words are the three answers."""

    pulse: int


@dataclass(frozen=True)
class Skip(Action, wire="pulse.skip"):
    pulse: int


@dataclass(frozen=True)
class Later(Action, wire="pulse.later"):
    pulse: int


# Asked


@pulse.when_due(Pulse.ask_at)
def ask(turn: Turn, due: Pulse) -> None:
    if due.pair.ended_at or due.answered_at or due.skipped_at or due.asks >= MOST_ASKS:
        return
    if planning.paused_over(due.person, turn.now):
        due.ask_at = max(turn.now, due.person.paused_until or turn.now) + AFTER_PAUSE
        return
    turn.post(
        due.person,
        _card(turn, due),
        Kind.NUDGE,
        once=f"pulse:{due.id}:{due.asks}",
        about=due.pair,
        stale_after=turn.now + REMIND_AFTER,
    )
    due.asks += 1
    if due.asked_at is None:
        due.asked_at, due.ask_at = turn.now, turn.now + REMIND_AFTER
        pulses.go_on(turn, due)


def _card(turn: Turn, asked: Pulse) -> Message:
    """It does not listen: it must not come between somebody and another question."""
    return turn.say(
        asked.person,
        "pulse.ask" if asked.asks == 0 else "pulse.remind",
        partner=_partner(asked),
        press=_ways(asked),
    )


def _ways(asked: Pulse) -> Press:
    return {"answer": Answer(asked.id), "skip": Skip(asked.id), "later": Later(asked.id)}


def _partner(asked: Pulse) -> str:
    return asked.pair.partner_of(asked.person).first_name


@pulse.on_command("pulse", with_details=True)
def by_word(turn: Turn, person: Person, rest: str) -> Message:
    """Alone it brings the questions, to be answered in one line; that line may also stand behind it."""
    asked = _latest(turn, person)
    if asked is None:
        return _nothing_to_answer(turn, person)
    answers = _read(turn, rest)
    if answers and own.pulse(turn, person, asked.id):
        return _keep(turn, asked, answers)
    if rest or not asked.answered_at:
        return _in_words(turn, asked)
    return _kept(turn, asked)


def _nothing_to_answer(turn: Turn, person: Person) -> Message:
    if own.has_been_paired(turn, person) and not own.pairs(turn, person):
        return turn.say(person, "pulse.pair_ended", press={"mydata": Typing("mydata")})
    return turn.say(person, "pulse.nothing_yet", press={"help": Typing("help")})


def _in_words(turn: Turn, asked: Pulse) -> Message:
    partner = _partner(asked)
    listens = SayAnswers(asked.id)
    return turn.say(asked.person, "pulse.in_words", partner=partner, listens=listens, press=_ways(asked))


def _latest(turn: Turn, person: Person) -> Pulse | None:
    """The one they were asked last and have not answered, or else the last of all."""
    theirs = (Pulse.person_id == person.id) & Pulse.asked_at.is_not(None) & Pair.ended_at.is_(None)
    asked = select(Pulse).join(Pair, Pulse.pair_id == Pair.id).where(theirs)
    in_order = asked.order_by(Pulse.answered_at.is_not(None), Pulse.asked_at.desc(), Pulse.id.desc())
    return turn.db.scalars(in_order.limit(1)).first()


@pulse.on_press(Later)
def later(turn: Turn, person: Person, press: Later) -> Message:
    asked = own.pulse(turn, person, press.pulse)
    if asked is None:
        return _gone(turn, person)
    if asked.answered_at:
        return _kept(turn, asked)
    _stop_listening(turn, person)
    press_answer: Press = {"answer": Answer(asked.id), "skip": Skip(asked.id)}
    if asked.asks >= MOST_ASKS:
        return turn.say(person, "pulse.whenever", press=press_answer)
    asked.ask_at, asked.skipped_at = decent_from(person.hours, turn.now + ONCE_MORE), None
    return turn.say(person, "pulse.later", when=turn.when(person, asked.ask_at), press=press_answer)


# Answered, in one card or in one line


@pulse.on_press(Answer)
def open_form(turn: Turn, person: Person, press: Answer) -> Form | Message:
    asked = own.pulse(turn, person, press.pulse)
    if asked is None:
        return _gone(turn, person)
    held = {name: getattr(asked, name) for name in ALLOWED}
    return turn.ask(person, "pulse.form", SetAnswers(asked.id), given=held, partner=_partner(asked))


@pulse.on_submit(SetAnswers)
def keep(turn: Turn, person: Person, sent: SetAnswers, answers: Answers) -> Message | Mistakes:
    asked = own.pulse(turn, person, sent.pulse)
    if asked is None:
        return _gone(turn, person)
    given = {name: answers[name] for name in ALLOWED if answers.get(name)}
    wrong = {name: "choose" for name, answer in given.items() if answer not in ALLOWED[name]}
    if wrong:
        return turn.refuse(person, "pulse.form", **wrong)
    return _keep(turn, asked, given) if given else _skip(turn, asked)


@pulse.on_words(SayAnswers)
def hear(turn: Turn, person: Person, ask: SayAnswers, text: str) -> Message:
    """It may be the answers, or something else altogether, which is kept."""
    turn.hush(person)
    asked = own.pulse(turn, person, ask.pulse)
    answers = _read(turn, text)
    if asked and answers:
        return _keep(turn, asked, answers)
    conversation.of(turn.db, person.id).unplaced = text
    again: Press = {"answer": Answer(asked.id)} if asked else {"help": Typing("help")}
    return turn.say(person, "pulse.not_understood", press={**again, "keep": Typing("keep")})


def _read(turn: Turn, text: str) -> dict[str, str]:
    """ "4, 5, right" or "4 - zu viel"; nothing where there is anything else in it."""
    typed = key(text)
    found = next(((value, label) for label, value in _rhythms(turn) if label in typed), None)
    if found:
        typed = typed.replace(found[1], " ", 1)
    marks = [mark for mark in _BETWEEN.split(typed) if mark]
    if len(marks) > 2 or any(mark not in (*SCALE, LEFT_OUT) for mark in marks):
        return {}
    numbers = zip(("moved", "raised"), marks, strict=False)
    answers = {name: mark for name, mark in numbers if mark != LEFT_OUT}
    return answers | ({"rhythm": found[0]} if found else {})


def _rhythms(turn: Turn) -> Iterator[tuple[str, str]]:
    """Each label in any language, and what it stands for."""
    for language in sorted(turn.prompts.languages):
        for value, label in _labels(turn, language, "rhythm").items():
            yield key(label), value


def _labels(turn: Turn, language: str, field: str) -> Mapping[str, str]:
    labels: Mapping[str, str] = turn.prompts.entry(language, "pulse.form").source["fields"][field]["choices"]
    return labels


def _keep(turn: Turn, asked: Pulse, answers: Mapping[str, str]) -> Message:
    for name in ALLOWED:
        setattr(asked, name, answers.get(name, ""))
    if asked.answered_at is None:
        turn.note("pulse_answered", pair=asked.pair, person=asked.person)
    asked.answered_at, asked.skipped_at, asked.ask_at = turn.now, None, None
    asked.wording = turn.prompts.entry(asked.person.language, "pulse.form").fingerprint
    _stop_listening(turn, asked.person)
    return _kept(turn, asked)


def _stop_listening(turn: Turn, person: Person) -> None:
    """For these answers. A question of somebody else stays open."""
    if isinstance(conversation.recall(turn.db, person.id, turn.now).question, SayAnswers):
        turn.hush(person)


def _kept(turn: Turn, asked: Pulse) -> Message:
    return turn.say(asked.person, "pulse.kept", facts=_answers(turn, asked), press=_ways_on(asked))


def _answers(turn: Turn, asked: Pulse) -> Iterator[tuple[str, str]]:
    language = asked.person.language
    for name in ALLOWED:
        answer = getattr(asked, name)
        if answer:
            yield name, _labels(turn, language, name)[answer]
    if _wants_another_rhythm(asked):
        yield "change", turn.prompts.phrase(language, "pulse.another_rhythm")
    if asked.raised in HARD:
        yield "hard", turn.prompts.phrase(language, "pulse.hard_to_raise")


def _wants_another_rhythm(asked: Pulse) -> bool:
    return asked.rhythm not in ("", "right")


def _ways_on(asked: Pulse) -> Press:
    ways: dict[str, Action] = {"edit": Answer(asked.id)}
    if _wants_another_rhythm(asked):
        ways |= {"agreement": Typing("agreement"), "sessions": Typing("sessions")}
    if asked.raised in HARD:
        ways |= {"note": Typing("note"), "pause": Typing("pause")}
    if asked.raised in HARD or asked.moved in HARD:
        ways |= {"rematch": Typing("rematch")}
    return ways


# Not this time


@pulse.on_press(Skip)
def skip(turn: Turn, person: Person, press: Skip) -> Message:
    asked = own.pulse(turn, person, press.pulse)
    if asked is None:
        return _gone(turn, person)
    return _kept(turn, asked) if asked.answered_at else _skip(turn, asked)


def _skip(turn: Turn, asked: Pulse) -> Message:
    for name in ALLOWED:
        setattr(asked, name, "")
    asked.answered_at, asked.skipped_at, asked.ask_at = None, turn.now, None
    _stop_listening(turn, asked.person)
    return turn.say(asked.person, "pulse.skipped", press={"answer": Answer(asked.id)})


def _gone(turn: Turn, person: Person) -> Message:
    return turn.say(person, "pulse.gone", press={"help": Typing("help")})
