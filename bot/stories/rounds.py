"""Rounds: whoever runs a programme begins coffee rounds, sees how they go, pauses or stops them.

Before anything is sent there is a preview: how many are asked, when on whose clock, and who is not. What is
seen of a round is numbers, and a proof in which everybody is accounted for and nobody has a name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from bot import speech
from bot.actions import Action, Typing
from bot.calendar import DAY
from bot.desk import audit, roles
from bot.desk.admitted import Guard
from bot.desk.roles import Right
from bot.messages import Choice, File, Form, Message, Mistakes
from bot.models import Person, Programme
from bot.rounds import guests, numbers, page, planning, proof
from bot.rounds.guests import Fate
from bot.rounds.models import Answer, Rhythm, Round
from bot.rounds.numbers import SMALLEST, Counted
from bot.rounds.proof import State
from bot.story import Answers, Story
from bot.turn import Turn

rounds = Story()

WEEKS = (1, 2, 3, 4)
DAYS = (0, 1, 2, 3, 4)
HOURS = (8, 9, 10, 11)
USUALLY = {"every": "2", "day": "1", "hour": "10"}
STATES: Mapping[str, str] = {
    State.OPTED_OUT: "rounds.opted_out",
    State.AWAY: "rounds.away",
    State.CAPACITY: "rounds.alone",
}
FATES: Mapping[str, str] = {
    Fate.RESTS: "rounds.rest",
    Fate.AWAY: "rounds.away",
    Fate.ELSEWHERE: "rounds.elsewhere",
    "not_started": "rounds.not_started",
}


@dataclass(frozen=True)
class SetUp(Action, wire="rounds.set_up", opens_form=True):
    programme: int


@dataclass(frozen=True)
class Preview(Action, wire="rounds.preview"):
    programme: int


@dataclass(frozen=True)
class Start(Action, wire="rounds.start"):
    programme: int
    every: int
    day: int
    hour: int


@dataclass(frozen=True)
class AskNow(Action, wire="rounds.ask_now", keeps_card=True):
    programme: int


@dataclass(frozen=True)
class BeginNow(Action, wire="rounds.begin_now"):
    programme: int


@dataclass(frozen=True)
class Cancel(Action, wire="rounds.cancel"):
    pass


@dataclass(frozen=True)
class Pause(Action, wire="rounds.pause"):
    programme: int


@dataclass(frozen=True)
class GoOn(Action, wire="rounds.go_on"):
    programme: int


@dataclass(frozen=True)
class AskStop(Action, wire="rounds.ask_stop", keeps_card=True):
    programme: int


@dataclass(frozen=True)
class Stop(Action, wire="rounds.stop"):
    programme: int


@dataclass(frozen=True)
class SendProof(Action, wire="rounds.send_proof", keeps_card=True):
    programme: int


# How they stand


@rounds.on_command("rounds", at_desk=True)
def show(turn: Turn, person: Person, _rest: str) -> Message:
    """Whoever runs nothing means their own coffee."""
    programme = roles.chosen(turn, person, Right.NUMBERS)
    return overview(turn, person, programme) if programme else page.show(turn, person)


def overview(turn: Turn, person: Person, programme: Programme) -> Message:
    rhythm = planning.of_programme(turn, programme.id)
    may_act = roles.programme(turn, person, programme.id, Right.ACT) is not None
    if rhythm is None or rhythm.stopped_at:
        ways: dict[str, Action] = {"set_up": SetUp(programme.id)} if may_act else {}
        facts = _last(turn, person, rhythm) if rhythm else ()
        return turn.say(person, "rounds.none", programme=programme.name, facts=facts, press=ways)
    return turn.say(
        person,
        "rounds.paused" if rhythm.paused_at else "rounds.overview",
        programme=programme.name,
        rhythm=_in_words(turn, person, rhythm),
        facts=[*_at_present(turn, person, rhythm), *_last(turn, person, rhythm)],
        press=_ways(turn, rhythm) if may_act else {},
    )


def _ways(turn: Turn, rhythm: Rhythm) -> dict[str, Action]:
    id_ = rhythm.programme_id
    ways: dict[str, Action] = (
        {"go_on": GoOn(id_)} if rhythm.paused_at else {"now": AskNow(id_), "pause": Pause(id_)}
    )
    if planning.last_drawn(turn, rhythm):
        ways["proof"] = SendProof(id_)
    return ways | {"change": SetUp(id_), "stop": AskStop(id_)}


def _in_words(turn: Turn, reader: Person, rhythm: Rhythm) -> str:
    return turn.prompts.phrase(
        reader.language,
        "rounds.rhythm",
        count=rhythm.every_weeks,
        day=speech.weekday(rhythm.weekday, reader.language),
        at=speech.clock(rhythm.at, reader.language),
    )


def _at_present(turn: Turn, reader: Person, rhythm: Rhythm) -> Iterator[tuple[str, str]]:
    one, phrase = planning.latest(turn, rhythm), turn.prompts.phrase
    if one is None or one.ended_at:
        return
    if one.asked_at is None:
        yield "now", phrase(reader.language, "rounds.begins", day=turn.when(reader, one.day))
    elif one.draw_at:
        when = turn.when(reader, one.draw_at)
        yield "now", phrase(reader.language, "rounds.asking", number=one.number, when=when)
    elif one.end_at:
        until = turn.when(reader, planning.last_day_of(one))
        yield "now", phrase(reader.language, "rounds.meeting", number=one.number, until=until)


def _last(turn: Turn, reader: Person, rhythm: Rhythm) -> Iterator[tuple[str, str]]:
    one = planning.last_drawn(turn, rhythm)
    if one is None:
        return
    told, phrase = numbers.of_round(turn, one), turn.prompts.phrase
    if not told.is_countable:
        yield "last", phrase(reader.language, "rounds.too_few", number=one.number)
        return
    yield "last", " ".join(_sentences(turn, reader, one, told))
    yield "met", _how_many_met(turn, reader, told)


def _sentences(turn: Turn, reader: Person, one: Round, told: numbers.Told) -> Iterator[str]:
    """ "Round 3: 20 pairs and 1 trio. 42 of 42 people are accounted for, nobody was left out." """
    phrase, language = turn.prompts.phrase, reader.language
    groups = [phrase(language, "rounds.pairs", count=told.pairs)] if told.pairs else []
    groups += [phrase(language, "rounds.trios", count=told.trios)] if told.trios else []
    groups += list(_counted(turn, reader, told.absent, STATES))
    listed = speech.listed(groups, language)
    yield phrase(language, "rounds.drawn", number=one.number, groups=listed)
    if told.people:
        yield phrase(language, "rounds.of_all", people=told.people)
    yield phrase(language, "rounds.some_wait" if told.some_wait else "rounds.nobody_left_out")
    if told.missed >= SMALLEST:
        yield phrase(language, "rounds.joined_later", count=told.missed)


def _counted(turn: Turn, reader: Person, groups: Counted, names: Mapping[str, str]) -> Iterator[str]:
    phrase, language = turn.prompts.phrase, reader.language
    for name, count in groups.told.items():
        yield phrase(language, names[name], count=count)
    if groups.others is None:
        yield phrase(language, "rounds.few")
    elif groups.others:
        yield phrase(language, "rounds.others", count=groups.others)


def _how_many_met(turn: Turn, reader: Person, told: numbers.Told) -> str:
    phrase = turn.prompts.phrase
    if told.met is None:
        return phrase(reader.language, "rounds.met_unknown")
    all_ = 2 * told.pairs + 3 * told.trios
    return phrase(reader.language, "rounds.met", met=told.met, people=all_)


# Begin, with a preview


def _not_for_you(turn: Turn, person: Person) -> Message:
    return turn.say(person, "rounds.not_for_you", press={"coffee": Typing("coffee")})


may = Guard("rounds", _not_for_you)


@rounds.on_press(SetUp)
@may(Right.ACT)
def set_up(turn: Turn, person: Person, programme: Programme, _press: SetUp) -> Form | Message:
    rhythm = planning.of_programme(turn, programme.id)
    given = dict(USUALLY)
    if rhythm:
        given = {"every": str(rhythm.every_weeks), "day": str(rhythm.weekday), "hour": str(rhythm.at.hour)}
    return turn.ask(
        person,
        "rounds.form",
        Preview(programme.id),
        given=given,
        choices={
            "day": [Choice(str(day), speech.weekday(day, person.language)) for day in DAYS],
            "hour": [Choice(str(hour), speech.clock(time(hour), person.language)) for hour in HOURS],
        },
    )


@rounds.on_submit(Preview)
@may(Right.ACT)
def preview(
    turn: Turn, person: Person, programme: Programme, _sent: Preview, answers: Answers
) -> Message | Mistakes:
    chosen = {name: answers.get(name, "") for name in USUALLY}
    allowed = {"every": WEEKS, "day": DAYS, "hour": HOURS}
    wrong = [name for name, value in chosen.items() if value not in map(str, allowed[name])]
    if wrong:
        return turn.refuse(person, "rounds.form", **dict.fromkeys(wrong, "choose"))
    every, weekday, hour = (int(chosen[name]) for name in ("every", "day", "hour"))
    day = planning.first_day(weekday, turn.today(person))
    start = Start(programme.id, every, weekday, hour)
    return _what_it_does(turn, person, programme, day, time(hour), start)


def _what_it_does(
    turn: Turn, person: Person, programme: Programme, day: date, at: time, start: Action
) -> Message:
    fates = guests.sorted_out(turn, programme, planning.asks_from(day, at))
    return turn.say(
        person,
        "rounds.preview",
        programme=programme.name,
        facts=_dry_run(turn, person, programme, fates, day, at),
        press={"start": start, "cancel": Cancel()},
    )


def _dry_run(
    turn: Turn, reader: Person, programme: Programme, fates: Mapping[Fate, Any], day: date, at: time
) -> Iterator[tuple[str, str]]:
    """How many, in which zones and when, who is not asked and why: in numbers."""
    phrase, language = turn.prompts.phrase, reader.language
    asked, comes = fates.get(Fate.ASK, ()), fates.get(Fate.TAKES_PART, ())
    not_asked: dict[str, int] = {
        fate: len(fates.get(fate, ())) for fate in (Fate.RESTS, Fate.AWAY, Fate.ELSEWHERE)
    }
    not_asked["not_started"] = guests.not_started(turn, programme)
    mornings = [when for one in asked if (when := planning.morning_of(one, day, at, turn.now))]
    yield "first", phrase(language, "rounds.first", day=turn.when(reader, day), at=speech.clock(at, language))
    if len(asked) >= SMALLEST and mornings:
        zones = {one.timezone for one in asked}
        yield (
            "clocks",
            phrase(
                language,
                "rounds.clocks",
                count=len(zones),
                first=turn.when(reader, min(mornings)),
                last=turn.when(reader, max(mornings)),
            ),
        )
    yield "asked", _people(turn, reader, len(asked))
    if comes:
        yield "comes", _people(turn, reader, len(comes))
    left_out = list(_counted(turn, reader, numbers.counted(not_asked), FATES))
    if left_out:
        yield "not_asked", speech.listed(left_out, language)
    yield "then", phrase(language, "rounds.then", when=turn.when(reader, planning.draws_at(day, at)))


def _people(turn: Turn, reader: Person, count: int) -> str:
    if 0 < count < SMALLEST:
        return turn.prompts.phrase(reader.language, "rounds.few")
    return turn.prompts.phrase(reader.language, "rounds.people", count=count)


@rounds.on_press(Cancel)
def cancel(turn: Turn, person: Person, _press: Cancel) -> Message:
    return turn.say(person, "rounds.cancelled", press={"rounds": Typing("rounds")})


@rounds.on_press(Start)
@may(Right.ACT)
def start(turn: Turn, person: Person, programme: Programme, press: Start) -> Message:
    if press.every not in WEEKS or press.day not in DAYS or press.hour not in HOURS:
        return cancel(turn, person, Cancel())
    rhythm = planning.of_programme(turn, programme.id)
    what = "rounds.did_change" if rhythm and not rhythm.stopped_at else "rounds.did_begin"
    if rhythm is None:
        rhythm = Rhythm(programme=programme, begun_at=turn.now, seed=int(turn.now.timestamp()))
        turn.db.add(rhythm)
    rhythm.every_weeks, rhythm.weekday, rhythm.at = press.every, press.day, time(press.hour)
    rhythm.paused_at = rhythm.stopped_at = None
    turn.db.flush()
    planning.call_off(turn, rhythm)
    planning.lay_down(turn, rhythm, planning.first_day(rhythm.weekday, turn.today(person)))
    audit.record(
        turn,
        person,
        what,
        programme=programme,
        detail=f"every={press.every} day={press.day} hour={press.hour}",
    )
    return overview(turn, person, programme)


# A round now


@rounds.on_press(AskNow)
@may(Right.ACT)
def ask_now(turn: Turn, person: Person, programme: Programme, _press: AskNow) -> Message:
    rhythm = planning.of_programme(turn, programme.id)
    if rhythm is None or not rhythm.goes_on or _is_asking(turn, rhythm):
        return overview(turn, person, programme)
    return _what_it_does(turn, person, programme, _soon(turn, person), rhythm.at, BeginNow(programme.id))


def _is_asking(turn: Turn, rhythm: Rhythm) -> bool:
    one = planning.latest(turn, rhythm)
    return one is not None and one.is_open


def _soon(turn: Turn, person: Person) -> date:
    return planning.a_working_day(turn.today(person) + DAY)


@rounds.on_press(BeginNow)
@may(Right.ACT)
def begin_now(turn: Turn, person: Person, programme: Programme, _press: BeginNow) -> Message:
    """A round whose people have met, or may still, ends for it."""
    rhythm = planning.of_programme(turn, programme.id)
    if rhythm is None or not rhythm.goes_on or _is_asking(turn, rhythm):
        return overview(turn, person, programme)
    under_way = planning.call_off(turn, rhythm)
    if under_way:
        guests.end(turn, under_way)
    planning.lay_down(turn, rhythm, _soon(turn, person), turn.now)
    audit.record(turn, person, "rounds.did_ask_now", programme=programme)
    return overview(turn, person, programme)


# Pause and stop


@rounds.on_press(Pause)
@may(Right.ACT)
def pause(turn: Turn, person: Person, programme: Programme, _press: Pause) -> Message:
    """A round that is under way goes on to its end."""
    rhythm = planning.of_programme(turn, programme.id)
    if rhythm and rhythm.goes_on:
        rhythm.paused_at = turn.now
        planning.call_off(turn, rhythm)
        audit.record(turn, person, "rounds.did_pause", programme=programme)
    return overview(turn, person, programme)


@rounds.on_press(GoOn)
@may(Right.ACT)
def go_on(turn: Turn, person: Person, programme: Programme, _press: GoOn) -> Message:
    rhythm = planning.of_programme(turn, programme.id)
    if rhythm and rhythm.paused_at and not rhythm.stopped_at:
        rhythm.paused_at = None
        planning.lay_down(turn, rhythm, planning.first_day(rhythm.weekday, turn.today(person)))
        audit.record(turn, person, "rounds.did_resume", programme=programme)
    return overview(turn, person, programme)


@rounds.on_press(AskStop)
@may(Right.ACT)
def ask_stop(turn: Turn, person: Person, programme: Programme, _press: AskStop) -> Message:
    ways = {"stop": Stop(programme.id), "pause": Pause(programme.id), "keep": Typing("rounds")}
    return turn.say(person, "rounds.ask_stop", programme=programme.name, press=ways)


@rounds.on_press(Stop)
@may(Right.ACT)
def stop(turn: Turn, person: Person, programme: Programme, _press: Stop) -> Message:
    rhythm = planning.of_programme(turn, programme.id)
    if rhythm and rhythm.stopped_at is None:
        rhythm.stopped_at = turn.now
        under_way = planning.call_off(turn, rhythm)
        if under_way and under_way.is_open:
            _call_off(turn, under_way)
        audit.record(turn, person, "rounds.did_stop", programme=programme)
    return overview(turn, person, programme)


def _call_off(turn: Turn, one: Round) -> None:
    """Nobody is asked any more, and whoever said yes hears that it is off."""
    one.ended_at, one.draw_at, one.end_at = turn.now, None, None
    for cup in guests.cups_in(turn, one):
        cup.ask_at = None
        turn.withdraw(cup.person, f"coffee:{cup.id}")
        if cup.answer == Answer.YES:
            message = turn.say(cup.person, "coffee.off", press={"coffee": Typing("coffee")})
            turn.post(cup.person, message, once=f"coffee_off:{cup.id}")


# The proof


@rounds.on_press(SendProof)
@may(Right.ACT)
def send_proof(turn: Turn, person: Person, programme: Programme, _press: SendProof) -> Message:
    rhythm = planning.of_programme(turn, programme.id)
    one = planning.last_drawn(turn, rhythm) if rhythm else None
    if one is None or not numbers.of_round(turn, one).is_countable:
        return turn.say(person, "rounds.no_proof", press={"rounds": Typing("rounds")})
    content = proof.to_csv(numbers.lines(turn, one)).encode()
    audit.record(turn, person, "rounds.did_take_proof", programme=programme, detail=f"round={one.number}")
    return turn.say(
        person,
        "rounds.proof",
        number=one.number,
        files=[File(f"coffee-round-{one.number}.csv", "text/csv; charset=utf-8", content)],
        press={"rounds": Typing("rounds")},
    )
