"""Goal card: a goal as both see it, with all that can be done about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot import aims, own
from bot.actions import Action, Typing
from bot.messages import Message
from bot.models import Goal, GoalState, Person, Standing
from bot.prompts import Press
from bot.text import shorten
from bot.turn import Turn

STEP_BUTTONS = 3
LABEL = 40  # characters of a goal or a step on its button


@dataclass(frozen=True)
class ShowGoal(Action, wire="goalcard.show", keeps_card=True):
    goal: int


@dataclass(frozen=True)
class More(Action, wire="goalcard.more", keeps_card=True):
    goal: int


@dataclass(frozen=True)
class ChangeGoal(Action, wire="goalcard.change_goal", opens_form=True):
    goal: int


@dataclass(frozen=True)
class AddStep(Action, wire="goalcard.add_step", opens_form=True):
    goal: int


@dataclass(frozen=True)
class StepMade(Action, wire="goalcard.step_made"):
    step: int


@dataclass(frozen=True)
class Stands(Action, wire="goalcard.stands"):
    goal: int
    standing: str


@dataclass(frozen=True)
class AnotherDate(Action, wire="goalcard.another_date", opens_form=True):
    goal: int


@dataclass(frozen=True)
class LetGo(Action, wire="goalcard.let_go", opens_form=True):
    goal: int


@dataclass(frozen=True)
class Reopen(Action, wire="goalcard.reopen"):
    goal: int


def open_goal(turn: Turn, person: Person, goal_id: int) -> Goal | None:
    goal = own.goal(turn, person, goal_id)
    return goal if goal and goal.state == GoalState.OPEN else None


def show(turn: Turn, person: Person, goal_id: int) -> Message:
    goal = own.goal(turn, person, goal_id)
    return as_it_stands(turn, person, goal) if goal else gone(turn, person)


def as_it_stands(turn: Turn, person: Person, goal: Goal, name: str = "goals.one") -> Message:
    if goal.state != GoalState.OPEN:
        return ended(turn, person, goal)
    return turn.say(
        person, name, partner=partner(goal, person), facts=aims.about(turn, person, goal), press=_ways(goal)
    )


def partner(goal: Goal, person: Person) -> str:
    return goal.pair.partner_of(person).first_name


def _ways(goal: Goal) -> Press:
    return {
        **_standings(goal),
        **steps_ahead(goal, 1),
        "edit": ChangeGoal(goal.id),
        "more": More(goal.id),
    }


def ways_else(goal: Goal) -> Press:
    """What is done more rarely, behind one button."""
    return {
        **steps_ahead(goal),
        "add_step": AddStep(goal.id),
        "drop": LetGo(goal.id),
        "goals": Typing("goals"),
    }


def _standings(goal: Goal) -> dict[str, Action]:
    """One tap each; the one that holds is not offered."""
    return {
        standing.value: Stands(goal.id, standing.value)
        for standing in Standing
        if standing != goal.standing or not goal.progress
    }


def steps_ahead(goal: Goal, most: int = STEP_BUTTONS) -> dict[str, Sequence[tuple[str, Action]]]:
    ahead = aims.ahead(goal)[:most]
    return {"done": [(shorten(step.what, LABEL), StepMade(step.id)) for step in ahead]}


def ended(turn: Turn, person: Person, goal: Goal) -> Message:
    return turn.say(
        person,
        "goals.reached" if goal.state == GoalState.REACHED else "goals.let_go",
        partner=partner(goal, person),
        facts=aims.about(turn, person, goal),
        press={"undo": Reopen(goal.id), "goals": Typing("goals")},
    )


def gone(turn: Turn, person: Person, words: str = "") -> Message:
    """It is not theirs, it is not open, or its pair has come to an end. What they typed is given back."""
    return turn.say(person, "goals.gone", facts=yours(words), press={"goals": Typing("goals")})


def yours(words: str) -> list[tuple[str, str]]:
    return [("yours", words)] if words else []
