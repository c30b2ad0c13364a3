"""Whose turn: both can see it, in the time of whoever is to answer; and that one is reminded, twice at most.

A promise ("I answer by Thursday") stops the clock, tells the partner, and is checked once. A nudge brings the
partner's own words with the smallest next step and a way out. After two there is silence: what becomes of a
pair that has gone quiet is another story.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot import away, ledger, letters, own, trial
from bot.actions import Action, Typing
from bot.calendar import DAY, is_working_day, local
from bot.dates import a_day
from bot.letters import AnswerBy, AskForSmaller, NotMyField, OneTap, Reply
from bot.messages import Form, Message, Mistakes, Part
from bot.models import About, Pair, Person, Thread, Wait
from bot.story import Answers, Place, Story
from bot.turn import Turn
from bot.working_time import working_day

turns = Story()

DAYS_OFFERED = 3
LONGEST_PROMISE = timedelta(days=60)


@dataclass(frozen=True)
class Promise(Action, wire="turns.promise"):
    """By the end of that day. `day` is ISO 8601."""

    thread: int
    day: str


@dataclass(frozen=True)
class AskDay(Action, wire="turns.ask_day", opens_form=True):
    thread: int


@dataclass(frozen=True)
class SetDay(Action, wire="turns.set_day"):
    thread: int


# Whose turn is it?


@turns.on_command("turn")
def show(turn: Turn, person: Person, _rest: str) -> Message:
    pairs = [pair for pair in own.pairs(turn, person) if pair.introduced_at]
    if not pairs:
        return turn.say(person, "turns.nobody_yet", press={"help": Typing("help")})
    waits = {pair: ledger.open_waits(turn, pair) for pair in pairs}
    open_ones = [wait for of_pair in waits.values() for wait in of_pair]
    mine = [wait for wait in open_ones if wait.person_id == person.id]
    return turn.say(
        person,
        _name_of_list(mine, open_ones),
        facts=[fact for pair in pairs for fact in _lines(turn, person, pair, waits[pair])],
        press={"reply": _replies(person, mine), "ask": Typing("ask")},
    )


def _name_of_list(mine: Sequence[Wait], open_ones: Sequence[Wait]) -> str:
    if mine:
        return "turns.yours"
    return "turns.theirs" if open_ones else "turns.nobodys"


def _lines(turn: Turn, reader: Person, pair: Pair, waits: Sequence[Wait]) -> Iterator[tuple[str, str]]:
    """The oldest first: it is the one that counts."""
    if not waits:
        yield "nobody", pair.partner_of(reader).name
    for wait in waits:
        label = "you" if wait.person_id == reader.id else "partner"
        yield label, "\n".join(filter(None, (_state(turn, reader, pair, wait), letters.begins(turn, wait))))


def _state(turn: Turn, reader: Person, pair: Pair, wait: Wait) -> str:
    said = turn.prompts.phrase(
        reader.language,
        "turns.since",
        partner=pair.partner_of(reader).name,
        since=turn.when(reader, wait.since),
        count=wait.days,
    )
    return " ".join(filter(None, (said, _until(turn, reader, wait), _usually(turn, reader, pair, wait))))


def _until(turn: Turn, reader: Person, wait: Wait) -> str:
    """The day that was promised, or else when the agreed time is over, as long as that is ahead."""
    promised = ledger.promised_day(wait)
    if promised and wait.promised_for and wait.promised_for > turn.now:
        return turn.prompts.phrase(reader.language, "turns.promised", day=turn.when(reader, promised))
    agreed = ledger.answer_by(turn, wait)
    if promised or agreed is None or agreed <= turn.now:
        return ""
    return turn.prompts.phrase(reader.language, "turns.agreed", until=turn.when(reader, agreed))


def _usually(turn: Turn, reader: Person, pair: Pair, wait: Wait) -> str:
    """How quick they have been so far; nobody but the two can see it."""
    days = ledger.usual_days(turn, pair, wait.person)
    if days is None or days > wait.days:  # a count of lateness helps nobody
        return ""
    is_me = wait.person_id == reader.id
    return turn.prompts.phrase(
        reader.language,
        "turns.usually_you" if is_me else "turns.usually_partner",
        partner=wait.person.first_name,
        count=days,
    )


def _replies(person: Person, mine: Iterable[Wait]) -> list[tuple[str, Action]]:
    return [
        (wait.thread.pair.partner_of(person).first_name, letters.way_to_reply(wait.thread)) for wait in mine
    ]


# A promise


@turns.on_press(AnswerBy)
def offer_days(turn: Turn, person: Person, press: AnswerBy) -> Message:
    thread = own.thread(turn, person, press.thread)
    if thread is None or ledger.wait_of(turn, thread, person) is None:
        return _no_turn(turn, person)
    days = [(turn.when(person, day), Promise(thread.id, day.isoformat())) for day in _next_days(turn, person)]
    partner = thread.pair.partner_of(person).first_name
    return turn.say(
        person, "turns.by_when", partner=partner, press={"day": days, "another_day": AskDay(thread.id)}
    )


def _next_days(turn: Turn, person: Person) -> list[date]:
    """Working days of theirs, from tomorrow on."""
    ahead = (turn.today(person) + n * DAY for n in range(1, 60))
    working = [day for day in ahead if is_working_day(person.hours, day)]
    return working[:DAYS_OFFERED]


def _no_turn(turn: Turn, person: Person) -> Message:
    return turn.say(person, "turns.not_yours", press={"turn": Typing("turn")})


@turns.on_press(AskDay)
def ask_day(turn: Turn, person: Person, press: AskDay) -> Form | Message:
    thread = own.thread(turn, person, press.thread)
    if thread is None or ledger.wait_of(turn, thread, person) is None:
        return _no_turn(turn, person)
    partner = thread.pair.partner_of(person).first_name
    return turn.ask(person, "turns.day_form", SetDay(thread.id), partner=partner)


@turns.on_submit(SetDay)
def set_day(turn: Turn, person: Person, sent: SetDay, answers: Answers) -> Message | Mistakes:
    today = turn.today(person)
    day = a_day(answers.get("day", ""), person.language, today)
    if day is None or not today <= day <= today + LONGEST_PROMISE:
        return turn.refuse(person, "turns.day_form", day="day")
    return promise(turn, person, Promise(sent.thread, day.isoformat()))


@turns.on_press(Promise)
def promise(turn: Turn, person: Person, press: Promise) -> Message:
    thread = own.thread(turn, person, press.thread)
    wait = ledger.wait_of(turn, thread, person) if thread else None
    day = _iso_day(press.day)
    if thread is None or wait is None or day is None:
        return _no_turn(turn, person)
    if not timedelta() <= day - turn.today(person) <= LONGEST_PROMISE:
        return offer_days(turn, person, AnswerBy(thread.id))
    if ledger.promised_day(wait) != day:
        ledger.promise(turn, wait, day)
        turn.note("promised", pair=thread.pair, person=person, until=wait.promised_for)
        _tell(turn, thread, wait, day)
    return turn.say(
        person,
        "turns.promise_kept",
        partner=thread.pair.partner_of(person).first_name,
        day=turn.when(person, day),
        press={"reply": letters.way_to_reply(thread), "another_day": AskDay(thread.id)},
    )


def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _tell(turn: Turn, thread: Thread, wait: Wait, day: date) -> None:
    partner = thread.pair.partner_of(wait.person)
    told = turn.say(
        partner, "turns.partner_promises", partner=wait.person.first_name, day=turn.when(partner, day)
    )
    turn.post(
        partner,
        told,
        once=f"promise:{wait.id}.{wait.promises}",
        about=thread.pair,
        stale_after=wait.promised_for,
    )


@turns.when_due(Wait.check_at)
def check_promise(turn: Turn, wait: Wait) -> None:
    """Once: the day that they named themselves has gone by."""
    if wait.ended_at or wait.thread.pair.ended_at:
        return
    if wait.person.paused_at:
        wait.check_at = away.back_at(turn, wait.person)
        return
    message = _message(turn, wait, "turns.promised_day_is_over")
    which = f"{wait.id}.promise.{wait.promises}"
    trial.post(turn, wait.person, message, wait.thread.pair, ledger.RULE, which)


# A nudge


@turns.when_due(Wait.nudge_at)
def nudge(turn: Turn, wait: Wait) -> None:
    pair = wait.thread.pair
    if wait.ended_at or wait.promised_at or pair.ended_at:
        return
    put_off = _put_off(turn, pair, wait)
    if put_off:
        wait.nudge_at = put_off
        return
    rung = ledger.rung_ahead(wait)
    if rung is None or ledger.spent(turn, wait) < rung * working_day(wait.person.hours):
        ledger.plan_nudge(turn, wait)  # they were away meanwhile, or have other hours now
        return
    wait.nudges += 1
    message = _message(turn, wait, "turns.nudge" if wait.nudges == 1 else "turns.nudge_with_choices")
    trial.nudge(turn, wait.person, message, pair, ledger.RULE, wait.id)
    ledger.plan_nudge(turn, wait)


def _put_off(turn: Turn, pair: Pair, wait: Wait) -> datetime | None:
    """Only the oldest thing is worth a nudge, and nothing is while whoever asked is away."""
    partner = pair.partner_of(wait.person)
    if partner.paused_at:
        return away.back_at(turn, partner)
    first = ledger.next_to_nudge(turn, pair)
    return turn.now + DAY if first and first.id != wait.id else None


def _message(turn: Turn, wait: Wait, name: str) -> Message:
    """In the partner's words, where there are any: a draft is shown by its own story."""
    thread, person = wait.thread, wait.person
    asked = letters.waiting_for(turn, thread, person)
    return turn.say(
        person,
        "turns.nudge_draft" if thread.about == About.DRAFT else name,
        partner=thread.pair.partner_of(person).first_name,
        when=turn.when(person, _day(person, asked[0].written_at if asked else wait.since)),
        facts=[fact for letter in asked for fact in letters.words(letter)],
        press=_ways(thread, name),
    )


def _day(person: Person, at: datetime) -> date:
    return local(at, person.timezone).date()


def _ways(thread: Thread, name: str) -> dict[str, Action]:
    """The smallest steps and a way out; a card with a button for everything is a burden too."""
    if thread.about == About.DRAFT:
        return letters.ways_to_answer(thread)
    ways: dict[str, Action] = {"reply": Reply(thread.id), "by": AnswerBy(thread.id)}
    if name == "turns.nudge_with_choices":
        ways |= {"smaller": AskForSmaller(thread.id), "pause": Typing("pause")}
    else:
        ways |= {"next_session": OneTap(thread.id, "next_session")}
    return {**ways, "not_mine": NotMyField(thread.id)}


# On their own page


@turns.on_home(Place.REPLY)
def reply_at_home(turn: Turn, person: Person) -> Iterator[Part]:
    """The oldest, since it is the one that counts."""
    pairs = [pair for pair in own.pairs(turn, person) if pair.introduced_at]
    mine = [wait for pair in pairs for wait in ledger.open_waits(turn, pair) if wait.person_id == person.id]
    for wait in sorted(mine, key=lambda wait: (wait.since, wait.id)):
        message = turn.say(
            person,
            "turns.at_home",
            partner=wait.thread.pair.partner_of(person).first_name,
            since=turn.when(person, _day(person, wait.since)),
            facts=[("theirs", words)] if (words := letters.begins(turn, wait)) else [],
            press={"reply": letters.way_to_reply(wait.thread), "by": AnswerBy(wait.thread_id)},
        )
        yield turn.part(person, "helping.next", message)
