"""Hand: somebody in a pair would like help from whoever runs the programme. One press, no reasons, no words.

Their partner is not told. Whoever runs the programme hears who it is and roughly what it is about, and says
when they are on it. It can be taken back at any time.
"""

from dataclasses import dataclass
from datetime import timedelta

from bot import own
from bot.actions import Action, Typing
from bot.courtesy import Kind
from bot.desk import hands, roles
from bot.desk.models import Hand, HandState
from bot.desk.views import ShowPair
from bot.messages import Message
from bot.models import Pair, Person
from bot.story import Story
from bot.turn import Turn

hand = Story()

WORTH_SAYING = timedelta(days=14)


@dataclass(frozen=True)
class AskFor(Action, wire="hand.ask_for", keeps_card=True):
    """In this pair: what is it about?"""

    pair: int


@dataclass(frozen=True)
class Ask(Action, wire="hand.ask"):
    pair: int
    what_for: str


@dataclass(frozen=True)
class TakeBack(Action, wire="hand.take_back"):
    pair: int


@hand.on_command("hand")
def offer(turn: Turn, person: Person, _rest: str) -> Message:
    pairs = [pair for pair in own.pairs(turn, person) if pair.has_begun]
    if not pairs:
        return turn.say(person, "hand.no_pair", press={"help": Typing("help")})
    if len(pairs) > 1:
        partners = [(pair.partner_of(person).first_name, AskFor(pair.id)) for pair in pairs]
        return turn.say(person, "hand.which", press={"partner": partners})
    return _what_for(turn, person, pairs[0])


@hand.on_press(AskFor)
def ask_what_for(turn: Turn, person: Person, press: AskFor) -> Message:
    pair = own.pair(turn, person, press.pair)
    return _what_for(turn, person, pair) if pair else _gone(turn, person)


def _what_for(turn: Turn, person: Person, pair: Pair) -> Message:
    asked = hands.of_person(turn, person, pair)
    partner = pair.partner_of(person).first_name
    if asked:
        return _asked(turn, person, asked)
    if not roles.runners(turn, pair.programme, but=person):
        return turn.say(person, "hand.nobody", press={"help": Typing("help")})
    choices = [
        (turn.prompts.phrase(person.language, name), Ask(pair.id, what_for))
        for what_for, name in hands.WHAT_FOR.items()
    ]
    return turn.say(person, "hand.what_for", partner=partner, press={"choice": choices})


@hand.on_press(Ask)
def ask(turn: Turn, person: Person, press: Ask) -> Message:
    pair = own.pair(turn, person, press.pair)
    if pair is None or press.what_for not in hands.WHAT_FOR:
        return _gone(turn, person)
    asked = hands.ask(turn, person, pair, press.what_for)
    for runner in roles.runners(turn, pair.programme, but=person):
        turn.post(
            runner,
            _told(turn, runner, asked),
            Kind.NUDGE,
            newest_of=_matter(asked),
            stale_after=turn.now + WORTH_SAYING,
        )
    return _asked(turn, person, asked)


def _told(turn: Turn, runner: Person, asked: Hand) -> Message:
    return turn.say(
        runner,
        "hand.told",
        name=asked.person.name,
        partner=asked.pair.partner_of(asked.person).name,
        what_for=turn.prompts.phrase(runner.language, hands.WHAT_FOR[asked.what_for]),
        press={"show": ShowPair(asked.pair_id)},
    )


def _matter(asked: Hand) -> str:
    return f"hand:{asked.id}"


def _asked(turn: Turn, person: Person, asked: Hand) -> Message:
    name = "hand.asked" if asked.state == HandState.OPEN else "hand.being_helped"
    return turn.say(
        person,
        name,
        partner=asked.pair.partner_of(person).first_name,
        press={"take_back": TakeBack(asked.pair_id), "rules": Typing("health")},
    )


@hand.on_press(TakeBack)
def take_back(turn: Turn, person: Person, press: TakeBack) -> Message:
    """Done, helped or asked by mistake: it is over, and the pair is not named any more."""
    pair = own.pair(turn, person, press.pair)
    asked = hands.of_person(turn, person, pair) if pair else None
    if pair is None:
        return _gone(turn, person)
    if asked:
        hands.end(turn, asked)
        for runner in roles.runners(turn, pair.programme, but=person):
            turn.recall(runner, _matter(asked))
    return turn.say(person, "hand.taken_back", press={"hand": AskFor(pair.id)})


def _gone(turn: Turn, person: Person) -> Message:
    return turn.say(person, "hand.gone", press={"help": Typing("help")})
