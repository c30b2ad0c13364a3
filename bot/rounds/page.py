"""Page: what somebody sees of coffee on their own, and what the buttons of both stories mean."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot import speech
from bot.actions import Action, Typing
from bot.calendar import local
from bot.messages import Message
from bot.models import Person
from bot.rounds import drawing, guests
from bot.rounds.models import Answer, CoffeeHabit, Cup, Outcome, Rhythm
from bot.turn import Turn

NAMED = 40  # people on one page; `my data` holds all of them


@dataclass(frozen=True)
class SayYes(Action, wire="rounds.page.yes"):
    cup: int


@dataclass(frozen=True)
class SayNo(Action, wire="rounds.page.no"):
    cup: int


@dataclass(frozen=True)
class NextTime(Action, wire="rounds.page.next_time"):
    """Yes to the next round, before anybody is asked: 1 or 0."""

    yes: int


@dataclass(frozen=True)
class Rest(Action, wire="rounds.page.rest"):
    pass


@dataclass(frozen=True)
class LeaveMeBe(Action, wire="rounds.page.leave_me_be"):
    """Until they say otherwise."""


@dataclass(frozen=True)
class AskAgain(Action, wire="rounds.page.ask_again"):
    pass


@dataclass(frozen=True)
class Always(Action, wire="rounds.page.always"):
    """Take part without being asked: 1 or 0."""

    yes: int


@dataclass(frozen=True)
class Met(Action, wire="rounds.page.met"):
    cup: int


@dataclass(frozen=True)
class NotMet(Action, wire="rounds.page.not_met"):
    cup: int


@dataclass(frozen=True)
class NotAgain(Action, wire="rounds.page.not_again"):
    cup: int
    other: int


@dataclass(frozen=True)
class MayMeet(Action, wire="rounds.page.may_meet"):
    other: int


Buttons = dict[str, Action | Sequence[tuple[str, Action]]]


def show(turn: Turn, person: Person) -> Message:
    rhythms = guests.rhythms_of(turn, person)
    cup = turn.db.scalars(guests.cups_of(person).limit(1)).first()
    if not rhythms and cup is None:
        return turn.say(person, "coffee.none", press={"help": Typing("help")})
    habit = guests.said_so_far(turn, person)
    return turn.say(
        person,
        "coffee.page",
        facts=_facts(turn, person, cup, habit, rhythms),
        press=_ways(turn, person, cup, habit),
    )


def _facts(
    turn: Turn, person: Person, cup: Cup | None, habit: CoffeeHabit, rhythms: Sequence[Rhythm]
) -> Iterator[tuple[str, str]]:
    yield "now", _now(turn, person, cup, habit, rhythms)
    yield "asked", _how_asked(turn, person, habit)
    met = [one.name for one in guests.met_so_far(turn, person)[:NAMED]]
    if met:
        yield "met", speech.listed(met, person.language)
    never = [one.other.name for one in guests.nevers(turn, person)]
    if never:
        yield "never", speech.listed(never, person.language)
    if cup and cup.round.drawn_at:
        line = turn.prompts.phrase
        yield (
            "proof",
            line(
                person.language, "coffee.code", code=drawing.code(cup.round, person), number=cup.round.number
            ),
        )


def _now(turn: Turn, person: Person, cup: Cup | None, habit: CoffeeHabit, rhythms: Sequence[Rhythm]) -> str:
    phrase, language = turn.prompts.phrase, person.language
    if cup and cup.round.is_open and cup.round.draw_at:
        return phrase(language, _answered(cup), when=turn.when(person, cup.round.draw_at))
    if cup and cup.round.drawn_at and cup.round.ended_at is None and cup.outcome == Outcome.GROUPED:
        return _together(turn, person, cup)
    if habit.next_time:
        return phrase(language, "coffee.now_next_time")
    if cup and cup.round.ended_at is None and cup.outcome in {Outcome.NOBODY, Outcome.AWAY}:
        return phrase(language, "coffee.now_nobody" if cup.outcome == Outcome.NOBODY else "coffee.now_away")
    ahead = guests.next_round_of(turn, rhythms)
    if ahead is None:
        return phrase(language, "coffee.now_between" if rhythms else "coffee.now_none")
    return phrase(language, "coffee.now_ahead", day=turn.when(person, ahead.day))


def _answered(cup: Cup) -> str:
    if cup.answer == Answer.YES:
        return "coffee.now_yes"
    return "coffee.now_no" if cup.answer == Answer.NO else "coffee.now_open"


def _together(turn: Turn, person: Person, cup: Cup) -> str:
    """Why somebody says nothing, before it is wondered about."""
    phrase, company = turn.prompts.phrase, guests.company(turn, cup)
    names = speech.listed([one.first_name for one in company], person.language)
    away = [one.first_name for one in company if guests.is_away(one, turn.now)]
    if not away:
        return phrase(person.language, "coffee.now_together", partners=names)
    who = speech.listed(away, person.language)
    return phrase(person.language, "coffee.now_without", partners=names, away=who, count=len(away))


def _how_asked(turn: Turn, person: Person, habit: CoffeeHabit) -> str:
    phrase, language = turn.prompts.phrase, person.language
    if not habit.rests(turn.now):
        return phrase(language, "coffee.asked_never" if habit.always else "coffee.asked_each_time")
    if habit.rests_until is None:
        return phrase(language, "coffee.asked_not")
    return phrase(language, "coffee.asked_not_until", until=day(turn, person, habit.rests_until))


def day(turn: Turn, reader: Person, moment: datetime) -> str:
    return turn.when(reader, local(moment, reader.timezone).date())


def _ways(turn: Turn, person: Person, cup: Cup | None, habit: CoffeeHabit) -> Buttons:
    ways: Buttons = {}
    if cup and cup.round.is_open:
        if cup.answer != Answer.YES:
            ways["yes"] = SayYes(cup.id)
        if cup.answer != Answer.NO:
            ways["no"] = SayNo(cup.id)
    elif not habit.always:
        ways["not_next_time" if habit.next_time else "next_time"] = NextTime(int(not habit.next_time))
    if habit.rests(turn.now):
        ways["again"] = AskAgain()
    else:
        ways["each_time" if habit.always else "always"] = Always(int(not habit.always))
        ways["rest"] = Rest()
    ways["undo"] = [
        (never.other.first_name, MayMeet(never.other_id)) for never in guests.nevers(turn, person)
    ]
    return ways
