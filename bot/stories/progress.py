"""Progress: the small steps towards a goal, and how it stands.

A step that was made is told to the other in one quiet message; how a goal stands is there whenever somebody
looks. On the day that was chosen for it, whoever works towards the goal is asked once how it stands.
"""

from dataclasses import dataclass
from datetime import timedelta

from bot import aims, goalcard, own, planning
from bot.actions import Action
from bot.courtesy import Kind
from bot.dates import a_day
from bot.goalcard import AddStep, AnotherDate, LetGo, ShowGoal, Stands, StepMade
from bot.messages import Form, Message, Mistakes
from bot.models import Goal, GoalState, Person, Standing
from bot.story import Answers, Story
from bot.text import is_blank, key, shorten
from bot.turn import Turn

progress = Story()

MOST_STEPS = 5  # of one goal that are still ahead
AFTER_PAUSE = timedelta(days=7)  # to arrive first; of a pause without an end: to look again
WORTH_SAYING = timedelta(days=3)  # a nudge that was put off for longer helps nobody


@dataclass(frozen=True)
class SetStep(Action, wire="progress.set_step"):
    goal: int


@dataclass(frozen=True)
class TakeStepBack(Action, wire="progress.take_step_back"):
    """It was added by mistake."""

    step: int


@dataclass(frozen=True)
class StepNotMade(Action, wire="progress.step_not_made"):
    step: int


@dataclass(frozen=True)
class AddLine(Action, wire="progress.add_line", opens_form=True):
    goal: int


@dataclass(frozen=True)
class SetLine(Action, wire="progress.set_line"):
    goal: int


@dataclass(frozen=True)
class SetDate(Action, wire="progress.set_date"):
    goal: int


# The next small step


@progress.on_press(AddStep)
def ask_for_step(turn: Turn, person: Person, press: AddStep) -> Form | Message:
    goal = goalcard.open_goal(turn, person, press.goal)
    if goal is None:
        return goalcard.show(turn, person, press.goal)
    return turn.ask(person, "progress.step_form", SetStep(goal.id), can=shorten(goal.can, goalcard.LABEL))


@progress.on_submit(SetStep)
def add_step(turn: Turn, person: Person, sent: SetStep, answers: Answers) -> Message | Mistakes:
    goal = goalcard.open_goal(turn, person, sent.goal)
    what = answers.get("what", "")
    if goal is None:
        return goalcard.gone(turn, person, what)
    if is_blank(what):
        return turn.refuse(person, "progress.step_form", what="what")
    too_long = turn.prompts.too_long(person.language, "progress.step_form", answers)
    if too_long:
        return turn.refuse(person, "progress.step_form", **too_long)
    ahead = aims.ahead(goal)
    step = next((step for step in ahead if key(step.what) == key(what)), None)
    if step is None and len(ahead) >= MOST_STEPS:
        return turn.refuse(person, "progress.step_form", what="enough")
    step = step or aims.make_step(turn, goal, person, what)
    return turn.say(
        person,
        "goals.step_added",
        partner=goalcard.partner(goal, person),
        facts=aims.about(turn, person, goal),
        press={**goalcard.steps_ahead(goal), "undo": TakeStepBack(step.id), "goal": ShowGoal(goal.id)},
    )


@progress.on_press(TakeStepBack)
def take_step_back(turn: Turn, person: Person, press: TakeStepBack) -> Message:
    step = own.milestone(turn, person, press.step)
    if step is None:
        return goalcard.gone(turn, person)
    goal = step.goal
    if step.reached_at is None and step.author_id == person.id:
        goal.milestones.remove(step)
        turn.db.delete(step)
        turn.db.flush()
    return goalcard.as_it_stands(turn, person, goal)


@progress.on_press(StepMade)
def make_step(turn: Turn, person: Person, press: StepMade) -> Message:
    """Either of them says so."""
    step = own.milestone(turn, person, press.step)
    if step is None:
        return goalcard.gone(turn, person)
    goal = step.goal
    if goal.state != GoalState.OPEN:
        return goalcard.ended(turn, person, goal)
    aims.step_made(turn, step, person)
    return turn.say(
        person,
        "goals.made",
        partner=goalcard.partner(goal, person),
        facts=aims.about(turn, person, goal),
        press={
            "undo": StepNotMade(step.id),
            "add_step": AddStep(goal.id),
            "there": Stands(goal.id, Standing.THERE.value),
            "goal": ShowGoal(goal.id),
        },
    )


@progress.on_press(StepNotMade)
def undo_step(turn: Turn, person: Person, press: StepNotMade) -> Message:
    step = own.milestone(turn, person, press.step)
    if step is None:
        return goalcard.gone(turn, person)
    aims.step_undone(turn, step, person)
    return goalcard.as_it_stands(turn, person, step.goal)


# How it stands


@progress.on_press(Stands)
def say_standing(turn: Turn, person: Person, press: Stands) -> Message:
    goal = own.goal(turn, person, press.goal)
    if goal is None or press.standing not in set(Standing):
        return goalcard.gone(turn, person)
    if goal.state != GoalState.OPEN:
        return goalcard.ended(turn, person, goal)
    aims.note_down(turn, goal, person, Standing(press.standing))
    return _noted(turn, person, goal)


def _noted(turn: Turn, person: Person, goal: Goal) -> Message:
    if goal.state != GoalState.OPEN:
        return goalcard.ended(turn, person, goal)
    return turn.say(
        person,
        "goals.noted",
        stands=aims.stands(turn, person, goal.standing),
        partner=goalcard.partner(goal, person),
        facts=aims.about(turn, person, goal),
        press={
            "line": AddLine(goal.id),
            "add_step": AddStep(goal.id),
            "another_date": AnotherDate(goal.id),
            "goal": ShowGoal(goal.id),
        },
    )


@progress.on_press(AddLine)
def ask_for_line(turn: Turn, person: Person, press: AddLine) -> Form | Message:
    goal = goalcard.open_goal(turn, person, press.goal)
    if goal is None:
        return goalcard.show(turn, person, press.goal)
    return turn.ask(
        person,
        "progress.line_form",
        SetLine(goal.id),
        given={"standing": goal.standing},
        can=shorten(goal.can, goalcard.LABEL),
        partner=goalcard.partner(goal, person),
    )


@progress.on_submit(SetLine)
def add_line(turn: Turn, person: Person, sent: SetLine, answers: Answers) -> Message | Mistakes:
    goal = goalcard.open_goal(turn, person, sent.goal)
    line = answers.get("line", "")
    if goal is None:
        return goalcard.gone(turn, person, line)
    if answers.get("standing") not in set(Standing):
        return turn.refuse(person, "progress.line_form", standing="standing")
    too_long = turn.prompts.too_long(person.language, "progress.line_form", answers)
    if too_long:
        return turn.refuse(person, "progress.line_form", **too_long)
    aims.note_down(turn, goal, person, Standing(answers["standing"]), "" if is_blank(line) else line)
    return _noted(turn, person, goal)


# On the day that was chosen


@progress.when_due(Goal.check_at)
def ask_how_it_stands(turn: Turn, goal: Goal) -> None:
    if goal.state != GoalState.OPEN or goal.check_on is None or goal.pair.ended_at or not goal.can:
        return
    owner = goal.owner
    if planning.paused_over(owner, turn.now):
        goal.check_at = max(turn.now, owner.paused_until or turn.now) + AFTER_PAUSE
        return
    message = turn.say(
        owner,
        "goals.check",
        partner=goalcard.partner(goal, owner),
        day=turn.when(owner, goal.check_on),
        facts=aims.about(turn, owner, goal),
        press={
            **{standing.value: Stands(goal.id, standing.value) for standing in Standing},
            "another_date": AnotherDate(goal.id),
            "drop": LetGo(goal.id),
        },
    )
    turn.post(
        owner,
        message,
        Kind.NUDGE,
        newest_of=aims.question(goal),
        about=goal.pair,
        stale_after=turn.now + WORTH_SAYING,
    )


@progress.on_press(AnotherDate)
def ask_for_date(turn: Turn, person: Person, press: AnotherDate) -> Form | Message:
    goal = goalcard.open_goal(turn, person, press.goal)
    if goal is None:
        return goalcard.show(turn, person, press.goal)
    later = str(turn.today(person) + aims.CHECK_AFTER)
    return turn.ask(
        person,
        "progress.date_form",
        SetDate(goal.id),
        given={"day": later},
        can=shorten(goal.can, goalcard.LABEL),
    )


@progress.on_submit(SetDate)
def set_date(turn: Turn, person: Person, sent: SetDate, answers: Answers) -> Message | Mistakes:
    goal = goalcard.open_goal(turn, person, sent.goal)
    if goal is None:
        return goalcard.show(turn, person, sent.goal)
    day = a_day(answers.get("day", ""), person.language, turn.today(person))
    if day is None:
        return turn.refuse(person, "progress.date_form", day="day")
    aims.plan_check(turn, goal, day)
    return goalcard.as_it_stands(turn, person, goal, "goals.changed")
