"""Goals: what a pair works towards. What somebody wants to be able to do, why, and the next small step.

Both see the same goals and may change them. A new goal, a step that was made and a goal that was reached
are told to the other in one quiet message; how a goal stands is there whenever somebody looks. On the day
that was chosen for it, whoever works towards the goal is asked once how it stands. A goal may be let go
without a reason.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot import aims, own, planning
from bot.actions import Action, Typing
from bot.aims import MOST_OPEN, PARTS
from bot.courtesy import Kind
from bot.dates import a_day
from bot.messages import Choice, Form, Message, Mistakes, Reply
from bot.models import Goal, GoalState, Pair, Person, Standing
from bot.prompts import Press
from bot.story import Answers, Story
from bot.text import is_blank, key, shorten
from bot.turn import Turn

goals = Story()

MOST_STEPS = 5  # of one goal that are still ahead
STEP_BUTTONS = 3
LABEL = 40  # characters of a goal or a step on its button
CHECK_AFTER = timedelta(weeks=4)  # what the form suggests
AFTER_PAUSE = timedelta(days=7)  # to arrive first; of a pause without an end: to look again
WORTH_SAYING = timedelta(days=3)  # a nudge that was put off for longer helps nobody


@dataclass(frozen=True)
class ShowGoal(Action, wire="goals.show", keeps_card=True):
    goal: int


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
class ChangeGoal(Action, wire="goals.change_goal", opens_form=True):
    goal: int


@dataclass(frozen=True)
class SetChanged(Action, wire="goals.set_changed"):
    goal: int
    edits: int  # what they saw when the form was opened


@dataclass(frozen=True)
class AddStep(Action, wire="goals.add_step", opens_form=True):
    goal: int


@dataclass(frozen=True)
class SetStep(Action, wire="goals.set_step"):
    goal: int


@dataclass(frozen=True)
class TakeStepBack(Action, wire="goals.take_step_back"):
    """It was added by mistake."""

    step: int


@dataclass(frozen=True)
class StepMade(Action, wire="goals.step_made"):
    step: int


@dataclass(frozen=True)
class StepNotMade(Action, wire="goals.step_not_made"):
    step: int


@dataclass(frozen=True)
class Stands(Action, wire="goals.stands"):
    goal: int
    standing: str


@dataclass(frozen=True)
class AddLine(Action, wire="goals.add_line", opens_form=True):
    goal: int


@dataclass(frozen=True)
class SetLine(Action, wire="goals.set_line"):
    goal: int


@dataclass(frozen=True)
class AnotherDate(Action, wire="goals.another_date", opens_form=True):
    goal: int


@dataclass(frozen=True)
class SetDate(Action, wire="goals.set_date"):
    goal: int


@dataclass(frozen=True)
class LetGo(Action, wire="goals.let_go", opens_form=True):
    goal: int


@dataclass(frozen=True)
class SetLetGo(Action, wire="goals.set_let_go"):
    goal: int


@dataclass(frozen=True)
class Reopen(Action, wire="goals.reopen"):
    goal: int


# All of them


@goals.on_command("goals")
def show_all(turn: Turn, person: Person, _rest: str) -> Message:
    pairs = _pairs(turn, person)
    if not pairs:
        return turn.say(person, "goals.no_pair", press={"help": Typing("help")})
    for pair in pairs:
        aims.take_news(turn, pair, person)  # they see it now
    still_open = [goal for pair in pairs for goal in own.open_goals(turn, pair)]
    return turn.say(
        person,
        "goals.list" if still_open else "goals.none_open",
        facts=_lists(turn, person, pairs),
        press=_buttons(turn, person, pairs, still_open),
    )


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
        "goal": [(shorten(goal.can, LABEL), ShowGoal(goal.id)) for goal in still_open]
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
            "goal": [(shorten(goal.can, LABEL), ShowGoal(goal.id)) for goal in past],
            "goals": Typing("goals"),
        },
    )


# One of them


@goals.on_press(ShowGoal)
def show_one(turn: Turn, person: Person, press: ShowGoal) -> Message:
    goal = own.goal(turn, person, press.goal)
    return as_it_stands(turn, person, goal) if goal else _gone(turn, person)


def _open(turn: Turn, person: Person, goal_id: int) -> Goal | None:
    goal = own.goal(turn, person, goal_id)
    return goal if goal and goal.state == GoalState.OPEN else None


def as_it_stands(turn: Turn, person: Person, goal: Goal, name: str = "goals.one") -> Message:
    if goal.state != GoalState.OPEN:
        return _ended(turn, person, goal)
    return turn.say(
        person, name, partner=_partner(goal, person), facts=aims.about(turn, person, goal), press=_ways(goal)
    )


def _partner(goal: Goal, person: Person) -> str:
    return goal.pair.partner_of(person).first_name


def _ways(goal: Goal) -> Press:
    return {
        **_standings(goal),
        **_steps_ahead(goal),
        "add_step": AddStep(goal.id),
        "edit": ChangeGoal(goal.id),
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


def _steps_ahead(goal: Goal) -> dict[str, Sequence[tuple[str, Action]]]:
    ahead = aims.ahead(goal)[:STEP_BUTTONS]
    return {"done": [(shorten(step.what, LABEL), StepMade(step.id)) for step in ahead]}


def _ended(turn: Turn, person: Person, goal: Goal) -> Message:
    return turn.say(
        person,
        "goals.reached" if goal.state == GoalState.REACHED else "goals.let_go",
        partner=_partner(goal, person),
        facts=aims.about(turn, person, goal),
        press={"undo": Reopen(goal.id), "goals": Typing("goals")},
    )


# A new one


@goals.on_press(AddGoal)
def ask_for_one(turn: Turn, person: Person, press: AddGoal) -> Form | Message:
    pair = _pair(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    if aims.is_full(turn, pair):
        return _full(turn, person)
    return turn.ask(
        person,
        "goals.form",
        SetGoal(pair.id),
        given={
            "can": aims.draft(turn, pair, person),
            "check": str(turn.today(person) + CHECK_AFTER),
            "who": str(pair.mentee_id),
        },
        choices={"who": [Choice(str(one.id), one.name) for one in pair.people]},
        partner=pair.partner_of(person).first_name,
    )


@goals.on_submit(SetGoal)
def add(turn: Turn, person: Person, sent: SetGoal, answers: Answers) -> Reply:
    pair = _pair(turn, person, sent.pair)
    if pair is None:
        return _gone(turn, person, _typed(answers))
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
    return as_it_stands(turn, person, goal, "goals.added")


def _typed(answers: Answers) -> str:
    return "\n\n".join(answers[name] for name in (*PARTS, "step") if answers.get(name))


def _mistakes(turn: Turn, person: Person, answers: Answers) -> dict[str, str]:
    mistakes = {}
    if is_blank(answers.get("can", "")):
        mistakes["can"] = "can"
    if answers.get("check") and a_day(answers["check"], person.language, turn.today(person)) is None:
        mistakes["check"] = "check"
    return mistakes


def _full(turn: Turn, person: Person, words: str = "") -> Message:
    return turn.say(
        person, "goals.full", most=MOST_OPEN, facts=_yours(words), press={"goals": Typing("goals")}
    )


def _yours(words: str) -> list[tuple[str, str]]:
    return [("yours", words)] if words else []


# In other words


@goals.on_press(ChangeGoal)
def ask_for_change(turn: Turn, person: Person, press: ChangeGoal) -> Form | Message:
    goal = _open(turn, person, press.goal)
    if goal is None:
        return show_one(turn, person, ShowGoal(press.goal))
    held = {part: getattr(goal, part) for part in PARTS}
    return turn.ask(
        person,
        "goals.form",
        SetChanged(goal.id, goal.edits),
        given=held | {"check": str(goal.check_on) if goal.check_on else ""},
        only=[*PARTS, "check"],
        partner=_partner(goal, person),
    )


@goals.on_submit(SetChanged)
def change(turn: Turn, person: Person, sent: SetChanged, answers: Answers) -> Message | Mistakes:
    goal = _open(turn, person, sent.goal)
    if goal is None:
        return _gone(turn, person, _typed(answers))
    mistakes = _mistakes_in_change(turn, person, goal, answers)
    if mistakes:
        return turn.refuse(person, "goals.form", **mistakes)
    if goal.edits != sent.edits and not aims.is_worded(goal, answers):
        return _changed_meanwhile(turn, person, goal, _typed(answers))
    aims.change(turn, goal, person, answers)
    return as_it_stands(turn, person, goal, "goals.changed")


def _changed_meanwhile(turn: Turn, person: Person, goal: Goal, typed: str) -> Message:
    """By the other, or on another device. They see both, and what was there first stands."""
    return turn.say(
        person,
        "goals.changed_meanwhile",
        facts=[*aims.about(turn, person, goal), *_yours(typed)],
        press={"edit": ChangeGoal(goal.id), "goals": Typing("goals")},
    )


def _mistakes_in_change(turn: Turn, person: Person, goal: Goal, answers: Answers) -> Mapping[str, str]:
    mistakes = _mistakes(turn, person, answers)
    if answers.get("check") == str(goal.check_on):
        mistakes.pop("check", None)
    return mistakes


# The next small step


@goals.on_press(AddStep)
def ask_for_step(turn: Turn, person: Person, press: AddStep) -> Form | Message:
    goal = _open(turn, person, press.goal)
    if goal is None:
        return show_one(turn, person, ShowGoal(press.goal))
    return turn.ask(person, "goals.step_form", SetStep(goal.id), can=shorten(goal.can, LABEL))


@goals.on_submit(SetStep)
def add_step(turn: Turn, person: Person, sent: SetStep, answers: Answers) -> Message | Mistakes:
    goal = _open(turn, person, sent.goal)
    what = answers.get("what", "")
    if goal is None:
        return _gone(turn, person, what)
    if is_blank(what):
        return turn.refuse(person, "goals.step_form", what="what")
    ahead = aims.ahead(goal)
    step = next((step for step in ahead if key(step.what) == key(what)), None)
    if step is None and len(ahead) >= MOST_STEPS:
        return turn.refuse(person, "goals.step_form", what="enough")
    step = step or aims.make_step(turn, goal, person, what)
    return turn.say(
        person,
        "goals.step_added",
        partner=_partner(goal, person),
        facts=aims.about(turn, person, goal),
        press={**_steps_ahead(goal), "undo": TakeStepBack(step.id), "goal": ShowGoal(goal.id)},
    )


@goals.on_press(TakeStepBack)
def take_step_back(turn: Turn, person: Person, press: TakeStepBack) -> Message:
    step = own.milestone(turn, person, press.step)
    if step is None:
        return _gone(turn, person)
    goal = step.goal
    if step.reached_at is None and step.author_id == person.id:
        goal.milestones.remove(step)
        turn.db.delete(step)
        turn.db.flush()
    return as_it_stands(turn, person, goal)


@goals.on_press(StepMade)
def make_step(turn: Turn, person: Person, press: StepMade) -> Message:
    """Either of them says so."""
    step = own.milestone(turn, person, press.step)
    if step is None:
        return _gone(turn, person)
    goal = step.goal
    if goal.state != GoalState.OPEN:
        return _ended(turn, person, goal)
    aims.step_made(turn, step, person)
    return turn.say(
        person,
        "goals.made",
        partner=_partner(goal, person),
        facts=aims.about(turn, person, goal),
        press={
            "undo": StepNotMade(step.id),
            "add_step": AddStep(goal.id),
            "there": Stands(goal.id, Standing.THERE.value),
            "goal": ShowGoal(goal.id),
        },
    )


@goals.on_press(StepNotMade)
def undo_step(turn: Turn, person: Person, press: StepNotMade) -> Message:
    step = own.milestone(turn, person, press.step)
    if step is None:
        return _gone(turn, person)
    aims.step_undone(turn, step, person)
    return as_it_stands(turn, person, step.goal)


# How it stands


@goals.on_press(Stands)
def say_standing(turn: Turn, person: Person, press: Stands) -> Message:
    goal = own.goal(turn, person, press.goal)
    if goal is None or press.standing not in set(Standing):
        return _gone(turn, person)
    if goal.state != GoalState.OPEN:
        return _ended(turn, person, goal)
    aims.note_down(turn, goal, person, Standing(press.standing))
    return _noted(turn, person, goal)


def _noted(turn: Turn, person: Person, goal: Goal) -> Message:
    if goal.state != GoalState.OPEN:
        return _ended(turn, person, goal)
    return turn.say(
        person,
        "goals.noted",
        stands=aims.stands(turn, person, goal.standing),
        partner=_partner(goal, person),
        facts=aims.about(turn, person, goal),
        press={
            "line": AddLine(goal.id),
            "add_step": AddStep(goal.id),
            "another_date": AnotherDate(goal.id),
            "goal": ShowGoal(goal.id),
        },
    )


@goals.on_press(AddLine)
def ask_for_line(turn: Turn, person: Person, press: AddLine) -> Form | Message:
    goal = _open(turn, person, press.goal)
    if goal is None:
        return show_one(turn, person, ShowGoal(press.goal))
    return turn.ask(
        person,
        "goals.line_form",
        SetLine(goal.id),
        given={"standing": goal.standing},
        can=shorten(goal.can, LABEL),
        partner=_partner(goal, person),
    )


@goals.on_submit(SetLine)
def add_line(turn: Turn, person: Person, sent: SetLine, answers: Answers) -> Message | Mistakes:
    goal = _open(turn, person, sent.goal)
    line = answers.get("line", "")
    if goal is None:
        return _gone(turn, person, line)
    if answers.get("standing") not in set(Standing):
        return turn.refuse(person, "goals.line_form", standing="standing")
    aims.note_down(turn, goal, person, Standing(answers["standing"]), "" if is_blank(line) else line)
    return _noted(turn, person, goal)


# On the day that was chosen


@goals.when_due(Goal.check_at)
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
        partner=_partner(goal, owner),
        day=turn.when(owner, goal.check_on),
        facts=aims.about(turn, owner, goal),
        press={
            **{standing.value: Stands(goal.id, standing.value) for standing in Standing},
            "another_date": AnotherDate(goal.id),
            "drop": LetGo(goal.id),
        },
    )
    turn.post(owner, message, Kind.NUDGE, about=goal.pair, stale_after=turn.now + WORTH_SAYING)


@goals.on_press(AnotherDate)
def ask_for_date(turn: Turn, person: Person, press: AnotherDate) -> Form | Message:
    goal = _open(turn, person, press.goal)
    if goal is None:
        return show_one(turn, person, ShowGoal(press.goal))
    later = str(turn.today(person) + CHECK_AFTER)
    return turn.ask(
        person, "goals.date_form", SetDate(goal.id), given={"day": later}, can=shorten(goal.can, LABEL)
    )


@goals.on_submit(SetDate)
def set_date(turn: Turn, person: Person, sent: SetDate, answers: Answers) -> Message | Mistakes:
    goal = _open(turn, person, sent.goal)
    if goal is None:
        return show_one(turn, person, ShowGoal(sent.goal))
    day = a_day(answers.get("day", ""), person.language, turn.today(person))
    if day is None:
        return turn.refuse(person, "goals.date_form", day="day")
    aims.plan_check(turn, goal, day)
    return as_it_stands(turn, person, goal, "goals.changed")


# Let go, and taken up again


@goals.on_press(LetGo)
def ask_why(turn: Turn, person: Person, press: LetGo) -> Form | Message:
    goal = _open(turn, person, press.goal)
    if goal is None:
        return show_one(turn, person, ShowGoal(press.goal))
    return turn.ask(
        person,
        "goals.let_go_form",
        SetLetGo(goal.id),
        can=shorten(goal.can, LABEL),
        partner=_partner(goal, person),
    )


@goals.on_submit(SetLetGo)
def let_go(turn: Turn, person: Person, sent: SetLetGo, answers: Answers) -> Message:
    goal = own.goal(turn, person, sent.goal)
    because = answers.get("because", "")
    if goal is None:
        return _gone(turn, person, because)
    if goal.state == GoalState.OPEN:
        aims.end(turn, goal, person, GoalState.LET_GO)
    if goal.state == GoalState.LET_GO:
        goal.because = goal.because or because
    return _ended(turn, person, goal)


@goals.on_press(Reopen)
def reopen(turn: Turn, person: Person, press: Reopen) -> Message:
    goal = own.goal(turn, person, press.goal)
    if goal is None:
        return _gone(turn, person)
    if goal.state != GoalState.OPEN and aims.is_full(turn, goal.pair):
        return _full(turn, person)
    if goal.state != GoalState.OPEN:
        aims.take_up_again(turn, goal, person)
    return as_it_stands(turn, person, goal, "goals.reopened")


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


def _gone(turn: Turn, person: Person, words: str = "") -> Message:
    """It is not theirs, it is not open, or its pair has come to an end. What they typed is given back."""
    return turn.say(person, "goals.gone", facts=_yours(words), press={"goals": Typing("goals")})
