"""Health: whoever runs a programme asks how it is doing, and gets three numbers, some names and one advice.

The numbers are those of the week, with their intervals, and of no group that is smaller than five. Named are
only pairs of which one has asked for a hand, or of which the announced rules say that they need one; each
look at a name is kept, and the two can see it. Whoever takes part reads the rules here.
"""

from collections.abc import Callable, Mapping, Sequence

from bot.actions import Typing
from bot.desk import (
    audit,
    charted,
    compared,
    disclosure,
    groups,
    hands,
    health_names,
    overview,
    pairs,
    roles,
    weekly_numbers,
)
from bot.desk.admitted import Guard
from bot.desk.health_names import Named, Names
from bot.desk.health_rules import Health, Reason
from bot.desk.models import HandState
from bot.desk.roles import Right
from bot.desk.views import Draft, EndHand, ShowPair, ShowProgramme, TakeHand
from bot.messages import Message
from bot.models import Pair, Person, Programme
from bot.prompts import Press
from bot.story import Story
from bot.text import key
from bot.turn import Turn

health = Story()


@health.on_command("health", at_desk=True)
def show(turn: Turn, person: Person, rest: str) -> Message:
    programme = roles.chosen(turn, person, Right.NUMBERS)
    if programme is None:
        audit.record(turn, person, "refused", detail="health")
        return _rules(turn, person)
    return _step_into(turn, person, programme, rest) if rest else _overview(turn, person, programme)


def _rules(turn: Turn, person: Person) -> Message:
    """For whoever takes part: what can be seen of them, and when."""
    press = {"hand": Typing("hand"), "who_looked": Typing("who looked")}
    return turn.say(person, "health.rules", press=press)


may = Guard("health", _rules)


@health.on_press(ShowProgramme)
@may(Right.NUMBERS)
def show_programme(turn: Turn, person: Person, programme: Programme, _press: ShowProgramme) -> Message:
    roles.choose(turn, person, programme)
    return _overview(turn, person, programme)


# The whole, and a cohort


def _overview(turn: Turn, person: Person, programme: Programme, cohort: str = "") -> Message:
    numbers = weekly_numbers.published(turn, programme, cohort)
    names = overview.names(turn, person, programme, cohort)
    return turn.say(
        person,
        "health.overview",
        programme=f"{programme.name}, {cohort}" if cohort else programme.name,
        day=weekly_numbers.as_of(turn, person, numbers),
        smallest=disclosure.smallest(turn, person, programme),
        facts=[
            *overview.numbers(turn, person, programme, numbers, cohort),
            *overview.listed(turn, person, names),
            ("advice", turn.prompts.phrase(person.language, overview.advice(numbers, names))),
        ],
        press=_ways(turn, person, programme, cohort, names),
    )


def _ways(turn: Turn, person: Person, programme: Programme, cohort: str, names: Names) -> Press:
    named = [
        (f"{pair.mentee.first_name} · {pair.mentor.first_name}", ShowPair(pair.id))
        for pair, _ in names.listed
    ]
    more = () if cohort else weekly_numbers.cohorts(turn, programme)
    others = [one for one in roles.programmes(turn, person, Right.NUMBERS) if one.id != programme.id]
    return {
        "pair": named,
        "next": Typing("next"),
        "numbers": Typing("health numbers"),
        "pictures": Typing("health pictures"),
        "cohort": [(one, Typing(f"health {one}")) for one in more[: overview.LISTED]],
        "programme": [(one.name, ShowProgramme(one.id)) for one in others[: overview.LISTED]],
    }


# A step further in: the states, a cohort, another programme


def _step_into(turn: Turn, person: Person, programme: Programme, rest: str) -> Message:
    wanted = key(rest)
    for word, look in LOOKS.items():
        if wanted in turn.prompts.words[word]:
            return look(turn, person, programme)
    for cohort in weekly_numbers.cohorts(turn, programme):
        if key(cohort) == wanted:
            return _overview(turn, person, programme, cohort)
    for other in roles.programmes(turn, person, Right.NUMBERS):
        if key(other.name) == wanted:
            roles.choose(turn, person, other)
            return _overview(turn, person, other)
    return turn.say(person, "health.not_found", press={"health": Typing("health"), "pairs": Typing("pairs")})


def _states(turn: Turn, person: Person, programme: Programme) -> Message:
    """How many pairs are in which state. Small groups are hidden, and with them what would give them away."""
    numbers = weekly_numbers.published(turn, programme)
    k = disclosure.smallest(turn, person, programme)
    told = disclosure.shown(numbers.by_name, k)
    phrase = turn.prompts.phrase
    return turn.say(
        person,
        "health.states",
        programme=programme.name,
        day=weekly_numbers.as_of(turn, person, numbers),
        facts=[
            (
                state.value,
                str(numbers.pairs(state).part)
                if f"{disclosure.STATE}.{state.value}" in told
                else phrase(person.language, "numbers.hidden", smallest=k),
            )
            for state in Health
        ],
        press={"health": Typing("health"), "next": Typing("next")},
    )


def _numbers(turn: Turn, person: Person, programme: Programme) -> Message:
    """Every one that is counted, each with how many it is made of."""
    numbers = weekly_numbers.published(turn, programme)
    return turn.say(
        person,
        "health.numbers",
        programme=programme.name,
        day=weekly_numbers.as_of(turn, person, numbers),
        smallest=disclosure.smallest(turn, person, programme),
        facts=list(overview.every_number(turn, person, programme, numbers)),
        press={
            "states": Typing("health states"),
            "groups": Typing("health groups"),
            "health": Typing("health"),
            "next": Typing("next"),
        },
    )


def _pictures(turn: Turn, person: Person, programme: Programme) -> Message:
    """For whoever would rather look than read; their words say the same."""
    numbers = weekly_numbers.published(turn, programme)
    return turn.say(
        person,
        "health.pictures",
        programme=programme.name,
        day=weekly_numbers.as_of(turn, person, numbers),
        pictures=list(charted.pictures(turn, person, programme)),
        press={"health": Typing("health"), "next": Typing("next")},
    )


def _groups(turn: Turn, person: Person, programme: Programme) -> Message:
    """Whether everybody is served as well. Those taken before there were groups have none."""
    numbers = weekly_numbers.published(turn, programme)
    if not any(map(groups.is_of_group, numbers.by_name)):
        return turn.say(
            person, "groups.not_yet", programme=programme.name, press={"health": Typing("health")}
        )
    k = disclosure.smallest(turn, person, programme)
    return turn.say(
        person,
        "groups.side_by_side",
        programme=programme.name,
        day=weekly_numbers.as_of(turn, person, numbers),
        smallest=k,
        facts=list(compared.facts(turn, person, numbers.by_name, k)),
        press={"health": Typing("health"), "numbers": Typing("health numbers"), "export": Typing("export")},
    )


LOOKS: Mapping[str, Callable[[Turn, Person, Programme], Message]] = {
    "numbers": _numbers,
    "states": _states,
    "groups": _groups,
    "pictures": _pictures,
}


# One pair


@health.on_press(ShowPair)
def show_pair(turn: Turn, person: Person, press: ShowPair) -> Message:
    pair = pairs.by_id(turn, [press.pair]).get(press.pair)
    programme = roles.programme(turn, person, pair.programme_id, Right.NAMES) if pair else None
    if pair is None or programme is None:
        return turn.say(person, "health.pair_gone", press={"health": Typing("health")})
    judgement = health_names.judgement_of(turn, pair)
    if judgement.health is not Health.NEEDS_A_HAND:
        return turn.say(
            person, "health.pair_private", pair=health_names.both(pair), press={"health": Typing("health")}
        )
    health_names.note_look(turn, person, programme, pair)
    return _pair_card(turn, person, Named(pair, judgement))


def _pair_card(turn: Turn, reader: Person, named: Named) -> Message:
    pair, judgement = named
    return turn.say(
        reader,
        "health.pair",
        pair=health_names.both(pair),
        facts=[
            ("because", health_names.because(turn, reader, named)),
            ("change", health_names.change(turn, reader, judgement)),
        ],
        press=_steps(turn, pair, judgement.reason),
    )


def _steps(turn: Turn, pair: Pair, reason: Reason) -> Press:
    """Taking it on comes first where somebody has asked; a rematch last, wherever it may be offered."""
    open_hands = hands.of_pair(turn, pair)
    steps: dict[str, Sequence[tuple[str, TakeHand | EndHand]] | Draft] = {
        "take": [(h.person.first_name, TakeHand(h.id)) for h in open_hands if h.state == HandState.OPEN],
        "over": [(h.person.first_name, EndHand(h.id)) for h in open_hands if h.state == HandState.TAKEN],
        "check_in": Draft("check_in", pair.id),
    }
    if reason is not Reason.NEVER_BEGAN:
        steps["shorter"] = Draft("shorter", pair.id)
    steps["rematch"] = Draft("rematch", pair.id)
    return steps


@health.on_press(TakeHand)
def take_hand(turn: Turn, person: Person, press: TakeHand) -> Message:
    """Whoever asked hears that somebody is on it, and who."""
    hand = hands.locked(turn, press.hand)
    programme = roles.programme(turn, person, hand.pair.programme_id, Right.ACT) if hand else None
    if hand is None or programme is None or hand.state == HandState.OVER:
        return turn.say(person, "health.hand_gone", press={"health": Typing("health")})
    if hands.take(turn, hand, person):
        audit.record(turn, person, "hand.did_take", programme=programme, pair=hand.pair, person=hand.person)
        said = turn.say(hand.person, "hand.taken", name=person.name)
        turn.post(hand.person, said, once=f"hand_taken:{hand.id}", about=hand.pair)
    return turn.say(
        person,
        "health.hand_taken",
        name=hand.person.name,
        press={"over": EndHand(hand.id), "check_in": Draft("check_in", hand.pair_id)},
    )


@health.on_press(EndHand)
def end_hand(turn: Turn, person: Person, press: EndHand) -> Message:
    hand = hands.locked(turn, press.hand)
    programme = roles.programme(turn, person, hand.pair.programme_id, Right.ACT) if hand else None
    if hand is None or programme is None:
        return turn.say(person, "health.hand_gone", press={"health": Typing("health")})
    if hand.state != HandState.OVER:
        hands.end(turn, hand)
        audit.record(turn, person, "hand.did_end", programme=programme, pair=hand.pair, person=hand.person)
    return turn.say(person, "health.hand_over", name=hand.person.name, press={"health": Typing("health")})
