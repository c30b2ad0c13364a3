"""Small steps and how a goal stands, through the front door."""

from datetime import date

import pytest
from sqlalchemy import select
from world import Someone, World, as_text, at

from bot.goalcard import AddStep, AnotherDate, ChangeGoal, LetGo, ShowGoal, Stands, StepMade
from bot.models import Goal, GoalState, Happening, Milestone, Pair, Post, Progress, Standing
from bot.stories.goals import AddGoal
from bot.stories.progress import AddLine, StepNotMade, TakeStepBack

CAN = "Run a meeting where everybody speaks"
STEP = "Ask Mia how she begins"

pytestmark = pytest.mark.usefixtures("_never_quiet")


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    return world.meet(ben, ana)


@pytest.fixture
def goal(world: World, ben: Someone, pair: Pair) -> int:
    """Ben's, which Ana has heard of."""
    ben.presses(AddGoal(pair.id))
    ben.fills(can=CAN, sign="Others ask me to run theirs", why="Quiet people know things", step=STEP)
    world.forward(hours=2)
    return goals(world)[0].id


def goals(world: World) -> list[Goal]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(Goal).order_by(Goal.id)))


def steps(world: World) -> list[Milestone]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(Milestone).order_by(Milestone.id)))


def notes(world: World) -> list[Progress]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(Progress).order_by(Progress.id)))


def happened(world: World, what: str) -> int:
    with world.bot.open_transaction() as db:
        return len(db.scalars(select(Happening).where(Happening.what == what)).all())


def end(world: World, pair: Pair) -> None:
    with world.bot.open_transaction.begin() as db:
        db.get_one(Pair, pair.id).ended_at = world.clock()


def fill_up(someone: Someone, pair: Pair, count: int) -> None:
    for number in range(count):
        someone.presses(AddGoal(pair.id))
        someone.fills(can=f"Goal number {number}")


# The next small step


def test_a_step_is_made_by_either_and_can_be_undone(
    world: World, ben: Someone, ana: Someone, goal: int
) -> None:
    ana.presses(ShowGoal(goal))
    ana.presses(f"Done: {STEP}")
    assert f"{STEP} (done, says Ana)" in ana.reads
    assert steps(world)[0].reached_by_id == ana.row.id

    ana.says("undo")

    assert steps(world)[0].reached_at is None
    assert f"Done: {STEP}" in ana.reads


def test_pressing_twice_makes_it_once(world: World, ben: Someone, goal: int) -> None:
    step = steps(world)[0].id
    for action in (StepMade(step), StepMade(step), StepNotMade(step), StepNotMade(step)):
        ben.presses(action)

    assert (happened(world, "step_made"), happened(world, "step_undone")) == (1, 1)


def test_a_step_can_be_added_and_taken_back(world: World, ben: Someone, ana: Someone, goal: int) -> None:
    ben.presses(AddStep(goal))
    ben.fills(what="Write three questions")
    assert "Write three questions" in ben.reads
    added = TakeStepBack(steps(world)[1].id)
    ana.presses(added)
    assert len(steps(world)) == 2

    ben.says("undo")
    ben.presses(added)

    assert [step.what for step in steps(world)] == [STEP]
    assert ben.sees.name == "goals.gone"


def test_the_same_step_twice_is_one_and_five_ahead_are_plenty(world: World, ben: Someone, goal: int) -> None:
    for what in (STEP, "Two", "Three", "Four", "Five"):
        ben.presses(AddStep(goal))
        ben.fills(what=what)
    assert len(steps(world)) == 5

    ben.presses(AddStep(goal))
    ben.fills(what="Six")
    assert "Which of them comes first?" in ben.mistakes["what"]
    ben.fills(what=" ")

    assert ben.mistakes == {"what": "A few words are enough."}


# How it stands


def test_one_tap_says_how_it_stands_and_both_see_who_said_it(
    world: World, ben: Someone, ana: Someone, goal: int
) -> None:
    ben.presses(ShowGoal(goal))
    ben.says("under way")
    assert ben.sees.name == "goals.noted"
    ben.presses("Add a line")
    ben.fills(line="Two meetings so far.")
    ana.presses(ShowGoal(goal))

    assert "Ben, Tuesday 3 February: under way. Two meetings so far." in ana.reads
    assert [(note.standing, note.line) for note in notes(world)] == [("under_way", "Two meetings so far.")]


def test_two_taps_are_one_note(world: World, ben: Someone, ana: Someone, goal: int) -> None:
    for someone in (ben, ben, ana):
        someone.presses(Stands(goal, "nearly"))

    assert [note.author_id for note in notes(world)] == [ben.row.id, ana.row.id]


def test_the_same_on_another_day_is_a_note_of_its_own(world: World, ben: Someone, goal: int) -> None:
    for _ in range(2):
        ben.presses(Stands(goal, "under_way"))
        world.forward(days=3)

    assert [note.said_at.day for note in notes(world)] == [3, 6]


def test_what_cannot_be_is_not_noted(world: World, ben: Someone, goal: int) -> None:
    ben.presses(Stands(goal, "overdue"))
    assert ben.sees.name == "goals.gone"

    ben.presses(AddLine(goal))
    ben.fills(standing="overdue", line="Nearly.")

    assert ben.mistakes.keys() == {"standing"}
    assert notes(world) == []


def test_there_is_reached_and_can_be_taken_up_again(world: World, ben: Someone, goal: int) -> None:
    ben.presses(Stands(goal, "nearly"))
    ben.presses(Stands(goal, "there"))
    assert ben.sees.name == "goals.reached"
    assert goals(world)[0].state == GoalState.REACHED
    for action in (ShowGoal, ChangeGoal, AddStep, AddLine, AnotherDate, LetGo):
        ben.presses(action(goal))
        assert ben.sees.name == "goals.reached"

    ben.says("undo")

    [again] = goals(world)
    assert (again.state, again.standing, again.ended_at) == (GoalState.OPEN, Standing.NEARLY, None)
    assert ben.sees.name == "goals.reopened"
    assert [note.standing for note in notes(world)] == ["nearly"]


def test_a_line_with_there_reaches_it_and_stays(world: World, ben: Someone, goal: int) -> None:
    ben.presses(AddLine(goal))
    ben.fills(standing="there", line="All seven spoke.")
    assert ben.sees.name == "goals.reached"

    ben.says("undo")

    assert "All seven spoke." in ben.reads
    assert goals(world)[0].standing == Standing.NOT_STARTED


# On the day


def test_on_the_day_the_owner_is_asked_once(world: World, ben: Someone, ana: Someone, goal: int) -> None:
    world.until(at("2026-03-03", "08:00", "America/Denver"))
    assert ben.received("goals.check") == []

    world.until(at("2026-03-04", "08:00", "America/Denver"))
    [asked] = ben.received("goals.check")
    assert "[Not started] [Under way] [Nearly] [There] [Another day] [Let it go]" in as_text(asked)

    world.forward(days=40)
    assert world.bot.tick() == 0
    assert len(ben.received("goals.check")) == 1
    assert ana.received("goals.check") == []


def test_another_date_brings_it_back_on_that_day(world: World, ben: Someone, goal: int) -> None:
    world.until(at("2026-03-04", "08:00", "America/Denver"))
    ben.presses("Another day")
    ben.fills(day="31 Feb")
    assert ben.mistakes.keys() == {"day"}

    ben.fills(day="12 March")
    assert "A look at it on: Thursday 12 March" in ben.reads
    world.forward(days=30)

    assert len(ben.received("goals.check")) == 2


def test_whoever_is_away_is_asked_when_they_are_back(world: World, ben: Someone, goal: int) -> None:
    ben.says("pause until 20 March")
    world.until(at("2026-03-21", "12:00", "America/Denver"))
    assert ben.received("goals.check") == []

    world.forward(days=10)

    assert "on Tuesday 3 March" in as_text(ben.received("goals.check")[0])


def test_a_pause_without_an_end_is_left_in_peace(world: World, ben: Someone, goal: int) -> None:
    ben.says("pause")
    world.forward(days=60)
    assert ben.received("goals.check") == []
    ben.says("back")

    world.forward(days=20)

    assert len(ben.received("goals.check")) == 1


def test_nobody_is_asked_about_what_is_reached(world: World, ben: Someone, goal: int) -> None:
    ben.presses(Stands(goal, "there"))

    world.forward(days=60)

    assert ben.received("goals.check") == []


def test_a_pair_that_has_ended_is_left_alone(
    world: World, ben: Someone, ana: Someone, pair: Pair, goal: int
) -> None:
    ben.presses(Stands(goal, "there"))
    fill_up(ben, pair, 1)
    end(world, pair)

    world.forward(days=60)

    assert ben.received("goals.check") == []
    assert len(ana.received("goals.news")) == 1  # of the goal itself, before


@pytest.mark.parametrize("how", ["another day", "let go"])
def test_a_question_that_waits_is_not_brought_once_it_is_moot(
    world: World, ben: Someone, goal: int, how: str
) -> None:
    with world.bot.open_transaction.begin() as db:
        row = db.get_one(Goal, goal)
        row.check_on, row.check_at = date(2026, 2, 7), at("2026-02-07", "12:00", "America/Denver")  # Saturday
    world.until(at("2026-02-07", "13:00", "America/Denver"))
    with world.bot.open_transaction() as db:
        assert db.scalars(select(Post).where(Post.name == "goals.check", Post.state == 0)).all()

    ben.presses(AnotherDate(goal) if how == "another day" else LetGo(goal))
    ben.fills(**({"day": "in three weeks"} if how == "another day" else {}))
    world.forward(days=7)

    assert ben.received("goals.check") == []
