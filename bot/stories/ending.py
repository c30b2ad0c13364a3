"""Ending: a good end, whoever wants it and whatever for, and a goodbye that both of them can keep.

Either may end the pair without a reason and without a name: one to three working days later both read the
same words, the ones that everybody reads at an end. Who asked is written down nowhere, and that is why these
cards leave no trace in the conversation: each has words of its own that do what its buttons do. A planned
end is told two weeks ahead, and put off if both want to go on. Afterwards each may fill in a few last words
alone, and both see both. Whether they would recommend the programme is for neither: it is added to a sum.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot import course, items, own, parting, sheets
from bot.actions import Action, Typing
from bot.away import UNDO_WITHIN
from bot.calendar import WEEK, decent_from, local, moment, working_days_after
from bot.courtesy import Kind
from bot.desk import recommended
from bot.invitation import invitations
from bot.messages import Form, Message
from bot.models import ActionItem, Farewell, ItemState, Pair, Person, Session, State
from bot.story import Answers, Story
from bot.text import is_blank
from bot.turn import Turn

ending = Story()

LONGEST_DELAY = 3  # working days
EXTENSION = timedelta(weeks=13)
TEXTS = ("changed", "thanks", "going_on")
IN_TOUCH = ("yes", "no")
CHOICES = {"in_touch": IN_TOUCH, "recommends": recommended.SCORES}


@dataclass(frozen=True)
class AskFinish(Action, wire="ending.ask_finish"):
    pair: int


@dataclass(frozen=True)
class Finish(Action, wire="ending.finish"):
    pair: int


@dataclass(frozen=True)
class Stay(Action, wire="ending.stay"):
    pair: int


@dataclass(frozen=True)
class Undo(Action, wire="ending.undo"):
    pair: int


@dataclass(frozen=True)
class GoOn(Action, wire="ending.go_on"):
    pair: int


@dataclass(frozen=True)
class LetEnd(Action, wire="ending.let_end"):
    pair: int


@dataclass(frozen=True)
class Write(Action, wire="ending.write", opens_form=True):
    farewell: int


@dataclass(frozen=True)
class Send(Action, wire="ending.send"):
    farewell: int


@dataclass(frozen=True)
class Skip(Action, wire="ending.skip"):
    farewell: int


# Somebody would like it to end, and nobody learns who


@ending.on_command("finish")
def ask(turn: Turn, person: Person, _rest: str) -> Message:
    return _of_my_pairs(turn, person, AskFinish) or _no_pair(turn, person)


def _of_my_pairs(turn: Turn, person: Person, kind: type[AskFinish | Finish]) -> Message | None:
    """About the one pair there is, or a question which of them."""
    pairs = [pair for pair in own.pairs(turn, person) if pair.has_begun]
    if len(pairs) > 1:
        partners = [(pair.partner_of(person).name, AskFinish(pair.id)) for pair in pairs]
        return _without_a_trace(turn.say(person, "ending.which", press={"pair": partners}))
    for pair in pairs:
        return _confirm(turn, person, pair) if kind is AskFinish else finish(turn, person, Finish(pair.id))
    return None


def _no_pair(turn: Turn, person: Person) -> Message:
    farewell = sheets.newest(turn, person, Farewell)
    if farewell and farewell.sent_at is None:
        return _invite(turn, person, farewell)
    return turn.say(person, "ending.no_pair", press={"help": Typing("help")})


def _without_a_trace(message: Message) -> Message:
    return replace(message, discreet=True)


@ending.on_press(AskFinish)
def ask_about(turn: Turn, person: Person, press: AskFinish) -> Message:
    pair = _mine(turn, person, press.pair)
    return _confirm(turn, person, pair) if pair else _gone(turn, person)


def _mine(turn: Turn, person: Person, pair_id: int) -> Pair | None:
    pair = own.pair(turn, person, pair_id)
    return pair if pair and pair.has_begun else None


def _confirm(turn: Turn, person: Person, pair: Pair) -> Message:
    message = turn.say(
        person,
        "ending.confirm",
        partner=pair.partner_of(person).first_name,
        word=turn.prompts.typed(person.language, "part"),
        press={"finish": Finish(pair.id), "pause": Typing("pause"), "stay": Stay(pair.id)},
    )
    return _without_a_trace(message)


@ending.on_command("part")
def finish_by_word(turn: Turn, person: Person, _rest: str) -> Message:
    return _of_my_pairs(turn, person, Finish) or _no_pair(turn, person)


@ending.on_press(Finish)
def finish(turn: Turn, person: Person, press: Finish) -> Message:
    """Asked twice, by one of them or by both, it is asked once."""
    pair = _mine(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    if pair.finish_at is None and not course.ends_early(pair):
        pair.finish_at = turn.now + UNDO_WITHIN
    message = turn.say(
        person,
        "ending.on_its_way",
        word=turn.prompts.typed(person.language, "stay"),
        press={"undo": Undo(pair.id)},
    )
    return _without_a_trace(message)


@ending.on_command("stay")
def stay_by_word(turn: Turn, person: Person, _rest: str) -> Message:
    """Undo what was asked for within the last ten minutes, where only one pair can be meant.

    Nothing says who asked. So of several pairs none is touched: there only the button undoes it. And where
    both of a pair type within these ten minutes, "stay" of one undoes what the other has asked for.
    """
    pairs = own.pairs(turn, person)
    asked = [pair for pair in pairs if pair.finish_at]
    for pair in asked or pairs:
        if len(asked) == 1:
            undo(turn, person, Undo(pair.id))
        else:
            stay(turn, person, Stay(pair.id))
    return _staying(turn, person)


@ending.on_press(Undo)
def undo(turn: Turn, person: Person, press: Undo) -> Message:
    """Within ten minutes. Later it says the same, as only whoever asked may know that somebody did."""
    pair = _mine(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    pair.finish_at = None
    return stay(turn, person, Stay(pair.id))


@ending.on_press(Stay)
def stay(turn: Turn, person: Person, press: Stay) -> Message:
    pair = _mine(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    pair.touch(person, turn.now)
    return _staying(turn, person)


def _staying(turn: Turn, person: Person) -> Message:
    message = turn.say(
        person, "ending.staying", press={"sessions": Typing("sessions"), "pause": Typing("pause")}
    )
    return _without_a_trace(message)


@ending.when_due(Pair.finish_at)
def decide_when(turn: Turn, pair: Pair) -> None:
    if pair.ended_at:
        return
    at = _quiet_moment(turn, pair)
    pair.end_at = min(at, pair.end_at or at)
    pair.wind_down_at = pair.review_at = None


def _quiet_moment(turn: Turn, pair: Pair) -> datetime:
    """One to three working days ahead, when a day begins: neither hour nor day says when it was asked."""
    days = 1 + pair.id % LONGEST_DELAY
    later = max(working_days_after(person.hours, turn.now, days) for person in pair.people)
    clock = pair.mentee
    opens = datetime.combine(local(later, clock.timezone).date(), clock.day_starts)
    return decent_from(clock.hours, moment(opens, clock.timezone))


# The end that was planned


@ending.when_due(Pair.wind_down_at)
def wind_down(turn: Turn, pair: Pair) -> None:
    """While one of them is away, it can wait."""
    if pair.ended_at or pair.planned_end is None or course.ends_early(pair):
        return
    if course.anybody_away(turn, pair):
        course.plan_end(turn, pair, pair.planned_end + WEEK)
        return
    for person in pair.people:
        message = turn.say(
            person,
            "ending.near",
            partner=pair.partner_of(person).first_name,
            day=_last_day(turn, person, pair.planned_end),
            press={"go_on": GoOn(pair.id), "let_end": LetEnd(pair.id)},
        )
        turn.post(person, message, Kind.NUDGE, about=pair, stale_after=pair.planned_end)


def _last_day(turn: Turn, reader: Person, end: datetime) -> str:
    return turn.when(reader, local(end, reader.timezone).date())


@ending.on_press(GoOn)
def go_on(turn: Turn, person: Person, press: GoOn) -> Message:
    """Only where both want it, and neither learns that the other did not."""
    pair = _mine(turn, person, press.pair)
    if pair is None or pair.planned_end is None:
        return _gone(turn, person)
    pair.touch(person, turn.now)
    partner = pair.partner_of(person)
    if turn.now < pair.planned_end - course.LAST_STRETCH:
        return _extended(turn, person, pair, pair.planned_end)
    if pair.finish_at or course.ends_early(pair):
        return _noted(turn, person, pair, "ending.noted")
    if pair.extend_by != partner.id:
        pair.extend_by = person.id
        return _noted(turn, person, pair, "ending.noted")
    _extend(turn, pair, pair.planned_end + EXTENSION)
    turn.post(partner, _extended(turn, partner, pair, pair.planned_end), about=pair)
    return _extended(turn, person, pair, pair.planned_end)


def _extend(turn: Turn, pair: Pair, end: datetime) -> None:
    pair.extend_by = None
    course.plan_end(turn, pair, end)
    turn.note("extended", pair=pair, until=end)


def _extended(turn: Turn, reader: Person, pair: Pair, end: datetime) -> Message:
    return turn.say(
        reader,
        "ending.extended",
        partner=pair.partner_of(reader).first_name,
        day=_last_day(turn, reader, end),
        press={"sessions": Typing("sessions")},
    )


@ending.on_press(LetEnd)
def let_end(turn: Turn, person: Person, press: LetEnd) -> Message:
    pair = _mine(turn, person, press.pair)
    if pair is None or pair.planned_end is None:
        return _gone(turn, person)
    pair.touch(person, turn.now)
    if turn.now < pair.planned_end - course.LAST_STRETCH:
        return _extended(turn, person, pair, pair.planned_end)
    if pair.extend_by == person.id:
        pair.extend_by = None
    return _noted(turn, person, pair, "ending.let_end")


def _noted(turn: Turn, person: Person, pair: Pair, name: str) -> Message:
    """On either card they may still choose the other one."""
    partner, day = pair.partner_of(person).first_name, _last_day(turn, person, pair.planned_end or turn.now)
    press: dict[str, Action] = {"let_end": LetEnd(pair.id)}
    if name == "ending.let_end":
        press = {"go_on": GoOn(pair.id)}
    return turn.say(person, name, partner=partner, day=day, press=press)


# The end itself


@ending.when_due(Pair.end_at)
def end(turn: Turn, pair: Pair) -> None:
    """The same words for both, and for every reason there may be."""
    if pair.ended_at:
        return
    still_open = own.open_items(turn, pair)
    let_go = {person.id: items.as_lines(turn, person, still_open) for person in pair.people}
    off = parting.part(turn, pair)
    turn.note("ended", pair=pair)
    if not pair.has_begun:
        return
    for person in pair.people:
        farewell = sheets.hand_out(turn, pair, person, Farewell)
        message = _invite(turn, person, farewell, let_go[person.id], off)
        turn.post(person, message, once=f"ended:{pair.id}", about=pair)


def _invite(
    turn: Turn, person: Person, farewell: Farewell, let_go: str = "", off: list[Session] | None = None
) -> Message:
    return turn.say(
        person,
        "ending.ended",
        partner=farewell.pair.partner_of(person).first_name,
        facts=[("let_go", let_go)] if let_go else [],
        files=invitations(turn, person, off or []),
        press={"write": Write(farewell.id), "skip": Skip(farewell.id)},
    )


# Last words, each alone


@ending.on_press(Write)
def write(turn: Turn, person: Person, press: Write) -> Form | Message:
    farewell = own.sheet(turn, person, Farewell, press.farewell)
    if farewell is None:
        return _gone(turn, person)
    if sheets.is_over(farewell):
        return _goodbye(turn, farewell)
    return turn.ask(
        person,
        "ending.form",
        Send(farewell.id),
        given={name: getattr(farewell, name) for name in (*TEXTS, *CHOICES)},
        partner=farewell.pair.partner_of(person).first_name,
    )


@ending.on_submit(Send)
def keep(turn: Turn, person: Person, sent: Send, answers: Answers) -> Message:
    farewell = own.sheet(turn, person, Farewell, sent.farewell)
    words = sheets.typed(answers, TEXTS)
    if farewell is None:
        return _gone(turn, person, words)
    if sheets.is_over(farewell):
        return _too_late(turn, farewell, words)
    if all(is_blank(answers.get(name, "")) for name in (*TEXTS, *CHOICES)):
        return skip(turn, person, Skip(farewell.id))
    for name in TEXTS:
        setattr(farewell, name, answers.get(name, ""))
    for name, choices in CHOICES.items():
        chosen = answers.get(name, "")
        setattr(farewell, name, chosen if chosen in choices else "")
    both_in = sheets.send(turn, farewell)
    if sheets.is_over(farewell):
        recommended.count(turn, farewell)
        return _goodbye(turn, farewell)
    if both_in:
        return turn.say(person, "ending.both_in", press={"help": Typing("help")})
    return turn.say(
        person,
        "ending.waiting",
        partner=farewell.pair.partner_of(person).first_name,
        day=_last_day(turn, person, farewell.show_at or turn.now),
        press={"edit": Write(farewell.id)},
    )


def _too_late(turn: Turn, farewell: Farewell, words: str) -> Message:
    """Their partner has read what they had sent. What they typed now is given back."""
    if not words or words == sheets.written(farewell, TEXTS):
        return _goodbye(turn, farewell)
    return turn.say(
        farewell.person, "ending.too_late", facts=[("yours", words)], press={"help": Typing("help")}
    )


@ending.on_press(Skip)
def skip(turn: Turn, person: Person, press: Skip) -> Message:
    farewell = own.sheet(turn, person, Farewell, press.farewell)
    if farewell is None:
        return _gone(turn, person)
    if sheets.is_over(farewell):
        return _goodbye(turn, farewell)
    sheets.skip(turn, farewell)
    return turn.say(person, "ending.skipped", press={"write": Write(farewell.id), "help": Typing("help")})


# Goodbye


@ending.when_due(Farewell.show_at)
def say_goodbye(turn: Turn, farewell: Farewell) -> None:
    theirs = sheets.of_partner(turn, farewell)
    heard = theirs is not None and theirs.sent_at is not None
    farewell.shown_at = turn.now
    recommended.count(turn, farewell)
    kind = Kind.APPOINTMENT if heard else Kind.NUDGE
    turn.post(farewell.person, _goodbye(turn, farewell), kind, about=farewell.pair)


def _goodbye(turn: Turn, farewell: Farewell) -> Message:
    reader, pair = farewell.person, farewell.pair
    return turn.say(
        reader,
        "ending.goodbye",
        partner=pair.partner_of(reader).first_name,
        theirs=_of_theirs(turn, farewell),
        facts=[*_done_together(turn, pair), *_words(turn, reader, farewell)],
        press={"help": Typing("help"), "mydata": Typing("mydata")},
    )


def _of_theirs(turn: Turn, mine: Farewell) -> str:
    reader, theirs = mine.person, sheets.of_partner(turn, mine)
    wrote = theirs is not None and any(getattr(theirs, name) for name in TEXTS)
    partner = mine.pair.partner_of(reader).first_name
    name = "ending.their_words" if wrote else "ending.no_words"
    return turn.prompts.phrase(reader.language, name, partner=partner)


def _done_together(turn: Turn, pair: Pair) -> Iterator[tuple[str, str]]:
    held = (Session.pair_id == pair.id) & (Session.state == State.HELD)
    done = (ActionItem.pair_id == pair.id) & (ActionItem.state == ItemState.DONE)
    for label, model, which in (("held", Session, held), ("done", ActionItem, done)):
        count = turn.db.scalar(select(func.count()).select_from(model).where(which))
        if count:
            yield label, str(count)


def _words(turn: Turn, reader: Person, mine: Farewell) -> Iterator[tuple[str, str]]:
    theirs = sheets.of_partner(turn, mine)
    for whose, sheet in (("their", theirs), ("my", mine)):
        for name in TEXTS:
            text = getattr(sheet, name) if sheet else ""
            if text:
                yield f"{whose}_{name}", text
    if theirs and theirs.in_touch == mine.in_touch == "yes":
        yield "in_touch", turn.prompts.phrase(reader.language, "ending.in_touch")


def _gone(turn: Turn, person: Person, words: str = "") -> Message:
    """It is not theirs, or its pair has come to an end. What they typed is given back."""
    facts = [("yours", words)] if words else []
    return turn.say(person, "ending.gone", facts=facts, press={"help": Typing("help")})
