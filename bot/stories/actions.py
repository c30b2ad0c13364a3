"""Actions: the small promises between two people, and what becomes of them.

Each is done, moved to another day, or dropped, by whoever made it. On the day itself its owner gets one
nudge, and what is still open comes back in the next prep. The partner reads how it went in the next brief.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot import items, own, trial
from bot.actions import Action, Typing
from bot.dates import a_day
from bot.messages import Choice, Form, Message, Mistakes, Part, Reply
from bot.models import ActionItem, ItemState, Pair, Person
from bot.story import Answers, Place, Story
from bot.text import is_blank, shorten
from bot.turn import Turn

actions = Story()

MOST_BUTTONS = 8
AT_HOME = 3  # promises on their own page
LABEL = 40  # characters of a promise on its button


@dataclass(frozen=True)
class ShowItem(Action, wire="actions.show", keeps_card=True):
    item: int


@dataclass(frozen=True)
class Done(Action, wire="actions.done"):
    item: int


@dataclass(frozen=True)
class AnotherDay(Action, wire="actions.another_day", opens_form=True):
    item: int


@dataclass(frozen=True)
class SetDay(Action, wire="actions.set_day"):
    item: int


@dataclass(frozen=True)
class DropIt(Action, wire="actions.drop_it", opens_form=True):
    item: int


@dataclass(frozen=True)
class SetDropped(Action, wire="actions.set_dropped"):
    item: int


@dataclass(frozen=True)
class Reopen(Action, wire="actions.reopen"):
    item: int


@dataclass(frozen=True)
class AddOne(Action, wire="actions.add_one", opens_form=True):
    pair: int


@dataclass(frozen=True)
class SetAdded(Action, wire="actions.set_added"):
    pair: int


# All of them


@actions.on_command("actions")
def show_all(turn: Turn, person: Person, _rest: str) -> Message:
    pairs = own.pairs(turn, person)
    if not pairs:
        return turn.say(person, "actions.no_pair", press={"help": Typing("help")})
    still_open = [item for pair in pairs for item in own.open_items(turn, pair)]
    mine = sorted((item for item in still_open if item.owner_id == person.id), key=_soonest_first)
    theirs = sorted((item for item in still_open if item.owner_id != person.id), key=_soonest_first)
    return turn.say(
        person,
        _name_of_list(mine, theirs),
        facts=_lists(turn, person, mine, theirs, several=len(pairs) > 1),
        press=_buttons(person, mine, pairs),
    )


def _soonest_first(item: ActionItem) -> tuple[date, int]:
    return item.due_on or date.max, item.id


def _name_of_list(mine: Sequence[ActionItem], theirs: Sequence[ActionItem]) -> str:
    if mine:
        return "actions.list"
    return "actions.only_theirs" if theirs else "actions.nothing_open"


def _lists(
    turn: Turn, reader: Person, mine: Sequence[ActionItem], theirs: Sequence[ActionItem], *, several: bool
) -> Iterator[tuple[str, str]]:
    for label, of in (("mine", mine), ("theirs", theirs)):
        if of:
            yield label, "\n".join(_line(turn, reader, item, several) for item in of)


def _line(turn: Turn, reader: Person, item: ActionItem, several: bool) -> str:
    line = items.as_line(turn, reader, item)
    partner = item.pair.partner_of(reader)
    if not several or item.owner_id == partner.id:
        return line
    return turn.prompts.phrase(reader.language, "actions.line_with", line=line, partner=partner.name)


def _buttons(
    person: Person, mine: Sequence[ActionItem], pairs: Sequence[Pair]
) -> dict[str, Action | Sequence[tuple[str, Action]]]:
    chosen = [(shorten(item.what, LABEL), ShowItem(item.id)) for item in mine[:MOST_BUTTONS]]
    if len(pairs) == 1:
        return {"item": chosen, "add": AddOne(pairs[0].id)}
    return {"item": chosen, "add_with": [(pair.partner_of(person).name, AddOne(pair.id)) for pair in pairs]}


# One of them


@actions.on_press(ShowItem)
def show_one(turn: Turn, person: Person, press: ShowItem) -> Message:
    item = _mine(turn, person, press.item)
    return as_it_stands(turn, person, item) if item else _gone(turn, person)


def as_it_stands(turn: Turn, person: Person, item: ActionItem, name: str = "actions.one") -> Message:
    if item.state == ItemState.OPEN:
        return turn.say(
            person, name, partner=_partner(item), facts=_about(turn, person, item), press=_ways(item)
        )
    return _ended(turn, person, item)


def _mine(turn: Turn, person: Person, item_id: int) -> ActionItem | None:
    """Only whoever promised something can say how it went."""
    item = own.item(turn, person, item_id)
    return item if item and item.owner_id == person.id else None


def _partner(item: ActionItem) -> str:
    return item.pair.partner_of(item.owner).first_name


def _about(turn: Turn, reader: Person, item: ActionItem) -> Iterator[tuple[str, str]]:
    yield "what", item.what
    if item.due_on:
        yield "day", turn.when(reader, item.due_on)
    if item.where:
        yield "where", item.where
    if item.because:
        yield "because", item.because


def _ways(item: ActionItem) -> dict[str, Action]:
    return {"done": Done(item.id), "another_day": AnotherDay(item.id), "drop": DropIt(item.id)}


def _ended(turn: Turn, person: Person, item: ActionItem) -> Message:
    name = "actions.done" if item.state == ItemState.DONE else "actions.dropped"
    return turn.say(
        person,
        name,
        partner=_partner(item),
        facts=_about(turn, person, item),
        press={"undo": Reopen(item.id), "actions": Typing("actions")},
    )


@actions.when_due(ActionItem.remind_at)
def nudge(turn: Turn, item: ActionItem) -> None:
    if item.state != ItemState.OPEN or item.due_on is None or item.pair.ended_at:
        return
    owner = item.owner
    message = turn.say(
        owner,
        "actions.nudge",
        partner=_partner(item),
        day=turn.when(owner, item.due_on),
        facts=_about(turn, owner, item),
        press=_ways(item),
    )
    trial.nudge(turn, owner, message, item.pair, items.RULE, item.id)


# Done


@actions.on_press(Done)
def done(turn: Turn, person: Person, press: Done) -> Message:
    item = _mine(turn, person, press.item)
    if item is None:
        return _gone(turn, person)
    if item.state == ItemState.OPEN:
        _end(turn, item, ItemState.DONE)
    return _ended(turn, person, item)


def _end(turn: Turn, item: ActionItem, state: ItemState) -> None:
    item.state, item.ended_at, item.remind_at = state, turn.now, None
    trial.withdraw(turn, item.owner, items.RULE, item.id)
    turn.note("action_ended", pair=item.pair, person=item.owner)


@actions.on_press(Reopen)
def reopen(turn: Turn, person: Person, press: Reopen) -> Message:
    item = _mine(turn, person, press.item)
    if item is None:
        return _gone(turn, person)
    if item.state != ItemState.OPEN:
        item.state, item.ended_at, item.because = ItemState.OPEN, None, ""
        items.plan_for(turn, item, item.due_on)
        turn.note("action_reopened", pair=item.pair, person=person)
    return as_it_stands(turn, person, item, "actions.reopened")


# Another day


@actions.on_press(AnotherDay)
def ask_day(turn: Turn, person: Person, press: AnotherDay) -> Form | Message:
    item = _mine(turn, person, press.item)
    if item is None:
        return _gone(turn, person)
    if item.state != ItemState.OPEN:
        return _ended(turn, person, item)
    return turn.ask(person, "actions.day_form", SetDay(item.id), what=shorten(item.what, LABEL))


@actions.on_submit(SetDay)
def set_day(turn: Turn, person: Person, sent: SetDay, answers: Answers) -> Message | Mistakes:
    item = _mine(turn, person, sent.item)
    if item is None:
        return _gone(turn, person)
    if item.state != ItemState.OPEN:
        return _ended(turn, person, item)
    day = a_day(answers.get("day", ""), person.language, turn.today(person))
    if day is None:
        return turn.refuse(person, "actions.day_form", day="day")
    items.plan_for(turn, item, day)
    return as_it_stands(turn, person, item, "actions.moved")


# Dropped


@actions.on_press(DropIt)
def ask_why(turn: Turn, person: Person, press: DropIt) -> Form | Message:
    item = _mine(turn, person, press.item)
    if item is None:
        return _gone(turn, person)
    if item.state != ItemState.OPEN:
        return _ended(turn, person, item)
    return turn.ask(
        person,
        "actions.drop_form",
        SetDropped(item.id),
        what=shorten(item.what, LABEL),
        partner=_partner(item),
    )


@actions.on_submit(SetDropped)
def drop(turn: Turn, person: Person, sent: SetDropped, answers: Answers) -> Message:
    item = _mine(turn, person, sent.item)
    because = answers.get("because", "")
    if item is None:
        return _gone(turn, person, because)
    if item.state == ItemState.OPEN:
        _end(turn, item, ItemState.DROPPED)
    if item.state == ItemState.DROPPED:
        item.because = item.because or because
    return _ended(turn, person, item)


# A new one, between sessions


@actions.on_press(AddOne)
def ask_for_one(turn: Turn, person: Person, press: AddOne) -> Form | Message:
    pair = own.pair(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    who = [Choice(str(one.id), one.name) for one in (person, pair.partner_of(person))]
    return turn.ask(
        person,
        "actions.add_form",
        SetAdded(pair.id),
        given={"who": who[0].value},
        choices={"who": who},
        partner=pair.partner_of(person).first_name,
    )


@actions.on_submit(SetAdded)
def add(turn: Turn, person: Person, sent: SetAdded, answers: Answers) -> Reply:
    pair = own.pair(turn, person, sent.pair)
    what = answers.get("what", "")
    if pair is None:
        return _gone(turn, person, "\n\n".join(filter(None, (what, answers.get("where")))))
    day = a_day(answers.get("day", ""), person.language, turn.today(person))
    owner = next((one for one in pair.people if str(one.id) == answers.get("who")), None)
    if owner is None or is_blank(what) or (answers.get("day") and day is None):
        return _what_to_mend(turn, person, answers, owner, day)
    item, is_new = items.note_down(
        turn, pair, person, owner, what, due_on=day, where=answers.get("where", "")
    )
    if owner is person:
        return as_it_stands(turn, person, item, "actions.added")
    if is_new:
        told = as_it_stands(turn, owner, item, "actions.added_by_partner")
        turn.post(owner, told, about=pair)
    return turn.say(
        person,
        "actions.added_for_partner",
        partner=owner.first_name,
        facts=_about(turn, person, item),
        press={"actions": Typing("actions")},
    )


def _what_to_mend(
    turn: Turn, person: Person, answers: Answers, owner: Person | None, day: date | None
) -> Mistakes:
    mistakes = {}
    if is_blank(answers.get("what", "")):
        mistakes["what"] = "what"
    if answers.get("day") and day is None:
        mistakes["day"] = "day"
    if owner is None:
        mistakes["who"] = "who"
    return turn.refuse(person, "actions.add_form", **mistakes)


def _gone(turn: Turn, person: Person, words: str = "") -> Message:
    """It is not theirs, or its pair has come to an end. What they typed is given back."""
    facts = [("yours", words)] if words else []
    return turn.say(person, "actions.gone", facts=facts, press={"actions": Typing("actions")})


# On their own page


@actions.on_home(Place.ACTIONS)
def show_at_home(turn: Turn, person: Person) -> Iterator[Part]:
    pairs = [pair for pair in own.pairs(turn, person) if pair.has_begun]
    still_open = (item for pair in pairs for item in own.open_items(turn, pair))
    mine = sorted((item for item in still_open if item.owner_id == person.id), key=_soonest_first)
    if not pairs:
        return
    shown = mine[:AT_HOME]
    done = [(shorten(item.what, LABEL), Done(item.id)) for item in shown]
    message = turn.say(
        person,
        "actions.at_home" if mine else "actions.none_at_home",
        count=len(mine),
        facts=_lists(turn, person, shown, [], several=len(pairs) > 1),
        press={"done": done, "all": Typing("actions")},
    )
    yield turn.part(person, "actions.my_actions", message)
