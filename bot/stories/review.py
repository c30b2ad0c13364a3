"""Review: at half-time each looks back alone, then both see both.

What to keep, to change, to drop; whether the rhythm is right; and what somebody has not dared to bring, which
stays with them unless they say otherwise. Whether it is still the right match is for nobody but them: the
answer is not even kept. Both see what is there at the same moment, when both are in or after a week.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from bot import course, own, sheets
from bot.actions import Action, Typing
from bot.calendar import WEEK, decent_from, local
from bot.courtesy import Kind
from bot.messages import Form, Message, Mistakes
from bot.models import Pair, Person, Review
from bot.story import Answers, Story
from bot.text import is_blank
from bot.turn import Turn

review = Story()

REMIND_AFTER = timedelta(days=3)
TEXTS = ("keep", "change", "drop")
RHYTHMS = ("right", "more_often", "less_often", "shorter", "longer")
DOUBTS = ("unsure", "no")


@dataclass(frozen=True)
class Write(Action, wire="review.write", opens_form=True):
    review: int


@dataclass(frozen=True)
class Send(Action, wire="review.send"):
    review: int


@dataclass(frozen=True)
class Later(Action, wire="review.later"):
    review: int


@dataclass(frozen=True)
class Skip(Action, wire="review.skip"):
    review: int


# Half-time


@review.when_due(Pair.review_at)
def ask(turn: Turn, pair: Pair) -> None:
    """While one of them is away, it can wait."""
    if pair.ended_at or course.ends_early(pair):
        return
    if course.anybody_away(turn, pair):
        pair.review_at = turn.now + WEEK
        return
    for person in pair.people:
        sheet = sheets.hand_out(turn, pair, person, Review)
        sheet.remind_at = decent_from(person.hours, turn.now + REMIND_AFTER)
        message = _invite(turn, sheet, "review.ask")
        turn.post(person, message, Kind.NUDGE, about=pair, stale_after=sheet.show_at)


def _invite(turn: Turn, sheet: Review, name: str) -> Message:
    return turn.say(
        sheet.person,
        name,
        partner=sheet.pair.partner_of(sheet.person).first_name,
        press={"write": Write(sheet.id), "later": Later(sheet.id), "skip": Skip(sheet.id)},
    )


@review.when_due(Review.remind_at)
def remind(turn: Turn, sheet: Review) -> None:
    """Once."""
    if sheet.pair.ended_at or sheet.sent_at or sheet.skipped_at or sheet.shown_at:
        return
    message = _invite(turn, sheet, "review.remind")
    turn.post(sheet.person, message, Kind.NUDGE, about=sheet.pair, stale_after=sheet.show_at)


@review.on_command("review")
def open_review(turn: Turn, person: Person, _rest: str) -> Message:
    sheet = sheets.newest(turn, person, Review)
    if sheet is None or sheet.pair.ended_at:
        return turn.say(person, "review.none", press={"help": Typing("help")})
    return _shown(turn, sheet) if sheets.is_over(sheet) else _invite(turn, sheet, "review.ask")


@review.on_press(Later)
def later(turn: Turn, person: Person, press: Later) -> Message:
    sheet = _mine(turn, person, press.review)
    if sheet is None:
        return _gone(turn, person)
    if sheets.is_over(sheet):
        return _shown(turn, sheet)
    word = turn.prompts.typed(person.language, "review")
    return turn.say(person, "review.later", word=word, press={"write": Write(sheet.id)})


@review.on_press(Skip)
def skip(turn: Turn, person: Person, press: Skip) -> Message:
    sheet = _mine(turn, person, press.review)
    if sheet is None:
        return _gone(turn, person)
    if sheets.is_over(sheet):
        return _shown(turn, sheet)
    return _leave_out(turn, person, sheet)


def _leave_out(turn: Turn, person: Person, sheet: Review) -> Message:
    sheets.skip(turn, sheet)
    return turn.say(person, "review.skipped", press={"write": Write(sheet.id)})


def _mine(turn: Turn, person: Person, review_id: int) -> Review | None:
    """Of a pair that is going on."""
    sheet = own.sheet(turn, person, Review, review_id)
    return sheet if sheet and sheet.pair.ended_at is None else None


# Each alone


@review.on_press(Write)
def write(turn: Turn, person: Person, press: Write) -> Form | Message:
    sheet = _mine(turn, person, press.review)
    if sheet is None:
        return _gone(turn, person)
    if sheets.is_over(sheet):
        return _shown(turn, sheet)
    held = {name: getattr(sheet, name) for name in (*TEXTS, "rhythm", "unsaid")}
    return turn.ask(
        person,
        "review.form",
        Send(sheet.id),
        given={**held, "unsaid_for": "both" if sheet.unsaid_shared else "me"},
        partner=sheet.pair.partner_of(person).first_name,
    )


@review.on_submit(Send)
def keep(turn: Turn, person: Person, sent: Send, answers: Answers) -> Message | Mistakes:
    sheet = _mine(turn, person, sent.review)
    words = sheets.typed(answers, (*TEXTS, "unsaid"))
    if sheet is None:
        return _gone(turn, person, words)
    if sheets.is_over(sheet):
        return _too_late(turn, sheet, words)
    too_long = turn.prompts.too_long(person.language, "review.form", answers)
    if too_long:
        return turn.refuse(person, "review.form", **too_long)
    in_doubt = answers.get("match") in DOUBTS
    if all(is_blank(answers.get(name, "")) for name in (*TEXTS, "rhythm", "unsaid")):
        _write_down(sheet, answers)
        sheet.sent_at = None  # what they had sent before, they have taken out again
        skipped = _leave_out(turn, person, sheet)
        return _in_doubt(turn, person, sheet) if in_doubt else skipped
    _write_down(sheet, answers)
    sheet.pair.touch(person, turn.now)
    both_in = sheets.send(turn, sheet)
    if in_doubt:
        return _in_doubt(turn, person, sheet)
    return _shown(turn, sheet) if sheets.is_over(sheet) else _saved(turn, person, sheet, both_in=both_in)


def _too_late(turn: Turn, sheet: Review, words: str) -> Message:
    """Their partner has read what they had sent. What they typed now is given back."""
    if not words or words == sheets.written(sheet, (*TEXTS, "unsaid")):
        return _shown(turn, sheet)
    return turn.say(
        sheet.person, "review.too_late", facts=[("yours", words)], press={"review": Typing("review")}
    )


def _write_down(sheet: Review, answers: Answers) -> None:
    for name in (*TEXTS, "unsaid"):
        setattr(sheet, name, answers.get(name, ""))
    rhythm = answers.get("rhythm", "")
    sheet.rhythm = rhythm if rhythm in RHYTHMS else ""
    sheet.unsaid_shared = answers.get("unsaid_for") == "both"


def _saved(turn: Turn, person: Person, sheet: Review, *, both_in: bool) -> Message:
    if both_in:
        return turn.say(person, "review.both_in", press={"agreement": Typing("agreement")})
    return turn.say(
        person,
        "review.waiting",
        partner=sheet.pair.partner_of(person).first_name,
        day=turn.when(person, local(sheet.show_at or turn.now, person.timezone).date()),
        press={"edit": Write(sheet.id)},
    )


def _in_doubt(turn: Turn, person: Person, sheet: Review) -> Message:
    """A quiet offer, of which nothing is kept: not even that it was made."""
    message = turn.say(person, "review.in_doubt", press={"finish": Typing("finish"), "edit": Write(sheet.id)})
    return replace(message, discreet=True)


# Both at once


@review.when_due(Review.show_at)
def show(turn: Turn, sheet: Review) -> None:
    if sheet.pair.ended_at:
        return
    theirs = sheets.of_partner(turn, sheet)
    sheet.shown_at = turn.now
    if sheet.sent_at or (theirs and theirs.sent_at):
        turn.post(sheet.person, _shown(turn, sheet), about=sheet.pair)


def _shown(turn: Turn, sheet: Review) -> Message:
    reader = sheet.person
    theirs = sheets.of_partner(turn, sheet)
    facts = [*_said(turn, reader, theirs, "their"), *_said(turn, reader, sheet, "my")]
    return turn.say(
        reader,
        "review.shown" if theirs and theirs.sent_at else "review.shown_alone",
        partner=sheet.pair.partner_of(reader).first_name,
        facts=facts,
        press={"agreement": Typing("agreement"), "sessions": Typing("sessions")},
    )


def _said(turn: Turn, reader: Person, sheet: Review | None, whose: str) -> Iterator[tuple[str, str]]:
    if sheet is None:
        return
    for name in TEXTS:
        if getattr(sheet, name):
            yield f"{whose}_{name}", getattr(sheet, name)
    if sheet.rhythm:
        choices = turn.prompts.entry(reader.language, "review.form").source["fields"]["rhythm"]["choices"]
        yield f"{whose}_rhythm", str(choices[sheet.rhythm])
    if sheet.unsaid and (sheet.unsaid_shared or whose == "my"):
        yield f"{whose}_unsaid", sheet.unsaid


def _gone(turn: Turn, person: Person, words: str = "") -> Message:
    """It is not theirs, or its pair has come to an end. What they typed is given back."""
    facts = [("yours", words)] if words else []
    return turn.say(person, "review.gone", facts=facts, press={"help": Typing("help")})
