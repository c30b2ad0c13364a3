"""Goals: what a pair works towards. What somebody wants to be able to do, why, and the next small step.

Both see the same goals and may change them. A new goal, a step that was made and a goal that was reached
are told to the other in one quiet message. A goal may be let go without a reason. Its steps, and how it
stands, are in progress.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot import aims, goalcard, own
from bot.actions import Action, Typing
from bot.aims import MOST_OPEN, PARTS
from bot.dates import a_day
from bot.goalcard import ChangeGoal, LetGo, More, Reopen, ShowGoal
from bot.messages import Choice, Form, Message, Mistakes, Reply
from bot.models import Goal, GoalState, Pair, Person
from bot.prompts import Press
from bot.story import Answers, Story
from bot.text import is_blank, shorten
from bot.turn import Turn

goals = Story()


@dataclass(frozen=True)
class ShowPast(Action, wire="goals.show_past", keeps_card=True):
    pass


@dataclass(frozen=True)
class AddGoal(Action, wire="goals.add_goal", opens_form=True):
    pair: int


@dataclass(frozen=True)
class SetGoal(Action, wire="goals.set_goal"):
    pair: int


@dataclass(frozen=True)
class SetChanged(Action, wire="goals.set_changed"):
    goal: int
    edits: int  # what they saw when the form was opened


@dataclass(frozen=True)
class SetLetGo(Action, wire="goals.set_let_go"):
    goal: int


# All of them


@goals.on_command("goals")
def show_all(turn: Turn, person: Person, _rest: str) -> Message:
    pairs = _pairs(turn, person)
    if not pairs:
        return _without_a_pair(turn, person)
    for pair in pairs:
        aims.take_news(turn, pair, person)  # they see it now
    still_open = [goal for pair in pairs for goal in own.open_goals(turn, pair)]
    return turn.say(
        person,
        "goals.list" if still_open else "goals.none_open",
        facts=_lists(turn, person, pairs),
        press=_buttons(turn, person, pairs, still_open),
    )


def _without_a_pair(turn: Turn, person: Person) -> Message:
    if own.has_been_paired(turn, person):
        return turn.say(person, "goals.pair_ended", press={"mydata": Typing("mydata")})
    return turn.say(person, "goals.no_pair", press={"help": Typing("help")})


def _pairs(turn: Turn, person: Person) -> list[Pair]:
    """Whom they have been introduced to."""
    return [pair for pair in own.pairs(turn, person) if pair.introduced_at]


def _pair(turn: Turn, person: Person, pair_id: int) -> Pair | None:
    pair = own.pair(turn, person, pair_id)
    return pair if pair and pair.introduced_at else None


def _lists(turn: Turn, reader: Person, pairs: Sequence[Pair]) -> Iterator[tuple[str, str]]:
    lines = [
        aims.line(turn, reader, goal, several=len(pairs) > 1)
        for pair in pairs
        for goal in own.open_goals(turn, pair)
    ]
    if lines:
        yield "open", "\n".join(lines)


def _buttons(turn: Turn, person: Person, pairs: Sequence[Pair], still_open: Sequence[Goal]) -> Press:
    press: dict[str, Action | Sequence[tuple[str, Action]]] = {
        "goal": [(shorten(goal.can, goalcard.LABEL), ShowGoal(goal.id)) for goal in still_open]
    }
    if len(pairs) == 1:
        press["add"] = AddGoal(pairs[0].id)
    else:
        press["add_with"] = [(pair.partner_of(person).name, AddGoal(pair.id)) for pair in pairs]
    if aims.past(turn, pairs):
        press["past"] = ShowPast()
    return press


@goals.on_press(ShowPast)
def show_past(turn: Turn, person: Person, _press: ShowPast) -> Message:
    past = aims.past(turn, _pairs(turn, person))
    if not past:
        return show_all(turn, person, "")
    return turn.say(
        person,
        "goals.past",
        press={
            "goal": [(shorten(goal.can, goalcard.LABEL), ShowGoal(goal.id)) for goal in past],
            "goals": Typing("goals"),
        },
    )


# One of them


@goals.on_press(ShowGoal)
def show_one(turn: Turn, person: Person, press: ShowGoal) -> Message:
    return goalcard.show(turn, person, press.goal)


@goals.on_press(More)
def show_more(turn: Turn, person: Person, press: More) -> Message:
    goal = goalcard.open_goal(turn, person, press.goal)
    if goal is None:
        return goalcard.show(turn, person, press.goal)
    return turn.say(
        person, "goals.more", can=shorten(goal.can, goalcard.LABEL), press=goalcard.ways_else(goal)
    )


# A new one


@goals.on_press(AddGoal)
def ask_for_one(turn: Turn, person: Person, press: AddGoal) -> Form | Message:
    pair = _pair(turn, person, press.pair)
    if pair is None:
        return goalcard.gone(turn, person)
    if aims.is_full(turn, pair):
        return _full(turn, person)
    return turn.ask(
        person,
        "goals.form",
        SetGoal(pair.id),
        given={
            "can": aims.draft(turn, pair, person),
            "check": str(turn.today(person) + aims.CHECK_AFTER),
            "who": str(pair.mentee_id),
        },
        choices={"who": [Choice(str(one.id), one.name) for one in pair.people]},
        partner=pair.partner_of(person).first_name,
    )


@goals.on_submit(SetGoal)
def add(turn: Turn, person: Person, sent: SetGoal, answers: Answers) -> Reply:
    pair = _pair(turn, person, sent.pair)
    if pair is None:
        return goalcard.gone(turn, person, _typed(answers))
    owner = next((one for one in pair.people if str(one.id) == answers.get("who")), None)
    mistakes = _mistakes(turn, person, answers)
    if owner is None:
        mistakes["who"] = "who"
    if owner is None or mistakes:
        return turn.refuse(person, "goals.form", **mistakes)
    same = aims.same(turn, pair, owner, answers["can"])
    if same is None and aims.is_full(turn, pair):
        return _full(turn, person, _typed(answers))
    goal = same or aims.make(turn, pair, owner, person, answers)
    aims.complete(turn, goal, person, answers)
    return goalcard.as_it_stands(turn, person, goal, "goals.added")


def _typed(answers: Answers) -> str:
    return "\n\n".join(answers[name] for name in (*PARTS, "step") if answers.get(name))


def _mistakes(turn: Turn, person: Person, answers: Answers) -> dict[str, str]:
    mistakes = turn.prompts.too_long(person.language, "goals.form", answers)
    if is_blank(answers.get("can", "")):
        mistakes["can"] = "can"
    if answers.get("check") and a_day(answers["check"], person.language, turn.today(person)) is None:
        mistakes["check"] = "check"
    return mistakes


def _full(turn: Turn, person: Person, words: str = "") -> Message:
    return turn.say(
        person, "goals.full", most=MOST_OPEN, facts=goalcard.yours(words), press={"goals": Typing("goals")}
    )


# In other words


@goals.on_press(ChangeGoal)
def ask_for_change(turn: Turn, person: Person, press: ChangeGoal) -> Form | Message:
    goal = goalcard.open_goal(turn, person, press.goal)
    if goal is None:
        return goalcard.show(turn, person, press.goal)
    held = {part: getattr(goal, part) for part in PARTS}
    return turn.ask(
        person,
        "goals.form",
        SetChanged(goal.id, goal.edits),
        given=held | {"check": str(goal.check_on) if goal.check_on else ""},
        only=[*PARTS, "check"],
        partner=goalcard.partner(goal, person),
    )


@goals.on_submit(SetChanged)
def change(turn: Turn, person: Person, sent: SetChanged, answers: Answers) -> Message | Mistakes:
    goal = goalcard.open_goal(turn, person, sent.goal)
    if goal is None:
        return goalcard.gone(turn, person, _typed(answers))
    mistakes = _mistakes_in_change(turn, person, goal, answers)
    if mistakes:
        return turn.refuse(person, "goals.form", **mistakes)
    if goal.edits != sent.edits and not aims.is_worded(goal, answers):
        return _changed_meanwhile(turn, person, goal, _typed(answers))
    aims.change(turn, goal, person, answers)
    return goalcard.as_it_stands(turn, person, goal, "goals.changed")


def _changed_meanwhile(turn: Turn, person: Person, goal: Goal, typed: str) -> Message:
    """By the other, or on another device. They see both, and what was there first stands."""
    return turn.say(
        person,
        "goals.changed_meanwhile",
        facts=[*aims.about(turn, person, goal), *goalcard.yours(typed)],
        press={"edit": goalcard.ChangeGoal(goal.id), "goals": Typing("goals")},
    )


def _mistakes_in_change(turn: Turn, person: Person, goal: Goal, answers: Answers) -> Mapping[str, str]:
    mistakes = _mistakes(turn, person, answers)
    if answers.get("check") == str(goal.check_on):
        mistakes.pop("check", None)
    return mistakes


# Let go, and taken up again


@goals.on_press(LetGo)
def ask_why(turn: Turn, person: Person, press: LetGo) -> Form | Message:
    goal = goalcard.open_goal(turn, person, press.goal)
    if goal is None:
        return goalcard.show(turn, person, press.goal)
    return turn.ask(
        person,
        "goals.let_go_form",
        SetLetGo(goal.id),
        can=shorten(goal.can, goalcard.LABEL),
        partner=goalcard.partner(goal, person),
    )


@goals.on_submit(SetLetGo)
def let_go(turn: Turn, person: Person, sent: SetLetGo, answers: Answers) -> Message | Mistakes:
    goal = own.goal(turn, person, sent.goal)
    because = answers.get("because", "")
    if goal is None:
        return goalcard.gone(turn, person, because)
    too_long = turn.prompts.too_long(person.language, "goals.let_go_form", answers)
    if too_long:
        return turn.refuse(person, "goals.let_go_form", **too_long)
    if goal.state == GoalState.OPEN:
        aims.end(turn, goal, person, GoalState.LET_GO)
    if goal.state == GoalState.LET_GO:
        goal.because = goal.because or because
    return goalcard.ended(turn, person, goal)


@goals.on_press(Reopen)
def reopen(turn: Turn, person: Person, press: Reopen) -> Message:
    goal = own.goal(turn, person, press.goal)
    if goal is None:
        return goalcard.gone(turn, person)
    if goal.state != GoalState.OPEN and aims.is_full(turn, goal.pair):
        return _full(turn, person)
    if goal.state != GoalState.OPEN:
        aims.take_up_again(turn, goal, person)
    return goalcard.as_it_stands(turn, person, goal, "goals.reopened")


# What the other hears of it


@goals.when_due(Pair.tell_goals_at)
def tell_both(turn: Turn, pair: Pair) -> None:
    if pair.ended_at:
        return
    for reader in pair.people:
        _tell(turn, pair, reader)


def _tell(turn: Turn, pair: Pair, reader: Person) -> None:
    facts = aims.take_news(turn, pair, reader)
    if facts:
        message = turn.say(
            reader,
            "goals.news",
            partner=pair.partner_of(reader).first_name,
            facts=facts,
            press={"goals": Typing("goals")},
        )
        turn.post(reader, message, about=pair)
