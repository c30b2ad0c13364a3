"""Goals, through the front door."""

from datetime import date

import pytest
from sqlalchemy import select
from world import Someone, World, as_text

from bot.goalcard import AddStep, AnotherDate, ChangeGoal, LetGo, Reopen, ShowGoal, Stands, StepMade
from bot.models import Goal, GoalState, Happening, Milestone, Pair, Terms
from bot.stories.goals import AddGoal, SetGoal, ShowPast
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


# The first one


@pytest.mark.usefixtures("pair")
def test_with_no_goal_there_is_a_next_step(ben: Someone) -> None:
    ben.says("goals")

    assert ben.sees.name == "goals.none_open"
    assert "[Add a goal]" in ben.reads
    ben.says("goal")
    assert ben.sees.name == "goals.none_open"


def test_without_a_partner_there_is_a_next_step(world: World, ben: Someone, ana: Someone) -> None:
    ben.says("goals")
    assert ben.sees.name == "goals.no_pair"

    world.pair(ben, ana)  # who has not been introduced
    ben.says("goals")

    assert ben.sees.name == "goals.no_pair"
    assert ben.sees.buttons


@pytest.mark.usefixtures("goal")
def test_a_goal_says_what_why_and_the_first_small_step(world: World, ben: Someone, ana: Someone) -> None:
    [made] = goals(world)
    assert (made.owner_id, made.check_on) == (ben.row.id, date(2026, 3, 3))

    for someone in (ben, ana):
        someone.says("goals")
        assert f"Goals: Ben: {CAN} (not started)" in someone.reads
        someone.presses(CAN)
        assert "Whose goal: Ben" in someone.reads
        assert "A sign others would see: Others ask me to run theirs" in someone.reads
        assert "What makes it worth it: Quiet people know things" in someone.reads
        assert f"Small steps: {STEP}" in someone.reads
        assert "A look at it on: Tuesday 3 March" in someone.reads


def test_the_goal_is_the_mentees_unless_somebody_says_otherwise(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    ana.presses(AddGoal(pair.id))
    ana.fills(can="Ask before I tell", check="")
    ana.presses(AddGoal(pair.id))
    ana.fills(can="Ask before I tell", who=str(ana.row.id), check="in two weeks")

    first, second = goals(world)
    assert (first.owner_id, first.author_id, first.check_on) == (ben.row.id, ana.row.id, None)
    assert (second.owner_id, second.check_on) == (ana.row.id, date(2026, 2, 17))


def test_what_the_mentee_hopes_for_is_the_first_draft(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    half = {"every_weeks": 2, "minutes": 30, "response_days": 2, "sent_at": world.clock()}
    with world.bot.open_transaction.begin() as db:
        db.add(Terms(pair_id=pair.id, person_id=ben.row.id, hopes="To speak up in time.", **half))

    ana.presses(AddGoal(pair.id))
    assert ana.form
    assert ana.form.fields[0].value == ""  # she has not written her half, and does not see his
    with world.bot.open_transaction.begin() as db:
        db.add(Terms(pair_id=pair.id, person_id=ana.row.id, hopes="To listen.", **half))
    for someone in (ana, ben):
        someone.presses(AddGoal(pair.id))
        assert someone.form
        assert someone.form.fields[0].value == "To speak up in time."
    ben.fills()

    ben.presses(AddGoal(pair.id))
    assert ben.form
    assert ben.form.fields[0].value == ""


def test_adding_the_same_twice_adds_it_once(world: World, ben: Someone, pair: Pair) -> None:
    ben.presses(AddGoal(pair.id))
    form = ben.form
    for _ in range(2):
        ben.form = form
        ben.fills(can=CAN, step=STEP)

    assert len(goals(world)) == len(steps(world)) == 1
    assert happened(world, "goal_made") == 1


def test_what_both_write_down_is_one_goal_with_the_words_of_both(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    ben.presses(AddGoal(pair.id))
    ben.fills(can=CAN, sign="Others ask me")
    ana.presses(AddGoal(pair.id))
    ana.fills(can=CAN, sign="Another", why="Quiet people know things", step=STEP)

    [made] = goals(world)
    assert (made.sign, made.why) == ("Others ask me", "Quiet people know things")
    assert [step.what for step in steps(world)] == [STEP]


def test_what_is_wrong_is_said_at_its_field(world: World, ben: Someone, pair: Pair) -> None:
    ben.presses(AddGoal(pair.id))

    ben.fills(can="\u200b ", check="31 Feb", who="4711")

    assert ben.mistakes.keys() == {"can", "check", "who"}
    assert goals(world) == []


def test_five_open_goals_are_plenty(world: World, ben: Someone, pair: Pair) -> None:
    ben.presses(AddGoal(pair.id))
    form = ben.form
    fill_up(ben, pair, 5)
    ben.presses(AddGoal(pair.id))
    assert ben.sees.name == "goals.full"

    ben.form = form
    ben.fills(can="A sixth")

    assert "You wrote: A sixth" in ben.reads
    assert len(goals(world)) == 5


# In other words


@pytest.mark.usefixtures("goal")
def test_either_may_change_it_and_nothing_else_changes(world: World, ana: Someone, goal: int) -> None:
    ana.presses(ChangeGoal(goal))
    assert ana.form
    assert [field.name for field in ana.form.fields] == ["can", "sign", "why", "check"]
    ana.fills(can="Run a short meeting", check="20 March")

    assert ana.sees.name == "goals.changed"
    [changed] = goals(world)
    assert (changed.can, changed.check_on) == ("Run a short meeting", date(2026, 3, 20))
    assert len(steps(world)) == 1


def test_a_day_that_has_passed_may_stay_as_it_is(world: World, ben: Someone, goal: int) -> None:
    world.forward(days=60)

    ben.presses(ChangeGoal(goal))
    ben.fills(why="It is fun")
    assert ben.sees.name == "goals.changed"
    ben.presses(ChangeGoal(goal))
    ben.fills(check="when pigs fly")

    assert ben.mistakes.keys() == {"check"}
    assert len(ben.received("goals.check")) == 1


# Let go


def test_letting_go_needs_no_reason_and_can_be_undone(world: World, ben: Someone, goal: int) -> None:
    for because in ("I have another team now", ""):
        ben.presses(LetGo(goal))
        ben.fills(because=because)
        assert ben.sees.name == "goals.let_go"
        assert goals(world)[0].because == because
        ben.says("undo")
        assert goals(world)[0].state == GoalState.OPEN
    assert happened(world, "goal_let_go") == 2
    assert happened(world, "goal_reopened") == 2


def test_the_check_stands_again_with_the_goal(world: World, ben: Someone, goal: int) -> None:
    ben.presses(LetGo(goal))
    ben.fills()
    assert goals(world)[0].check_at is None

    ben.presses(Reopen(goal))
    ben.presses(Reopen(goal))

    assert goals(world)[0].check_at is not None
    assert happened(world, "goal_reopened") == 1


def test_earlier_goals_can_be_seen_and_taken_up_again(
    world: World, ben: Someone, ana: Someone, pair: Pair, goal: int
) -> None:
    ana.presses(LetGo(goal))
    ana.fills(because="Another one matters more")

    ben.says("goals")
    ben.presses("Earlier goals")
    ben.presses(CAN)
    assert "Let go because: Another one matters more" in ben.reads
    fill_up(ben, pair, 5)
    ben.presses(Reopen(goal))

    assert ben.sees.name == "goals.full"
    assert goals(world)[0].state == GoalState.LET_GO


def test_an_old_list_of_earlier_goals_shows_those_of_now(ben: Someone, goal: int) -> None:
    ben.presses(ShowPast())

    assert ben.sees.name == "goals.list"


# What the other hears of it


def test_the_partner_hears_of_several_changes_in_one_message(
    world: World, ben: Someone, ana: Someone, pair: Pair, goal: int
) -> None:
    assert CAN in as_text(ana.received("goals.news")[0])

    ben.presses(StepMade(steps(world)[0].id))
    ben.presses(Stands(goal, "under_way"))
    fill_up(ben, pair, 2)
    ben.presses(Stands(goals(world)[1].id, "there"))
    world.forward(days=1)

    assert len(ana.received("goals.news")) == 2
    news = as_text(ana.received("goals.news")[1])
    assert f"Steps that are done: {STEP}" in news
    assert "New: Goal number 1" in news
    assert "Reached: Goal number 0" in news
    assert ben.received("goals.news") == []


def test_small_taps_are_not_told(world: World, ben: Someone, ana: Someone, goal: int) -> None:
    ben.presses(Stands(goal, "under_way"))
    ben.presses(AddStep(goal))
    ben.fills(what="Two")

    world.forward(days=2)

    assert len(ana.received("goals.news")) == 1


def test_what_was_undone_at_once_is_not_told(world: World, ben: Someone, ana: Someone, goal: int) -> None:
    ben.presses(StepMade(steps(world)[0].id))
    ben.presses(StepNotMade(steps(world)[0].id))
    for _ in range(2):
        ben.presses(Stands(goal, "there"))
        ben.presses(Reopen(goal))

    world.forward(days=2)

    assert len(ana.received("goals.news")) == 1


def test_whoever_has_looked_is_not_told_again(world: World, ben: Someone, ana: Someone, goal: int) -> None:
    ben.presses(Stands(goal, "there"))
    ana.says("goals")

    world.forward(days=2)

    assert len(ana.received("goals.news")) == 1


def test_each_hears_what_the_other_did(world: World, ben: Someone, ana: Someone, goal: int) -> None:
    ana.presses(ChangeGoal(goal))
    ana.fills(can="Run a short meeting")
    ben.presses(StepMade(steps(world)[0].id))

    world.forward(days=1)

    assert "In other words now: Run a short meeting" in as_text(ben.received("goals.news")[0])
    assert f"Steps that are done: {STEP}" in as_text(ana.received("goals.news")[-1])


def test_news_wait_for_whoever_is_away(world: World, ben: Someone, ana: Someone, goal: int) -> None:
    ana.says("pause until 10 February")
    ben.presses(Stands(goal, "there"))

    world.forward(days=5)
    assert len(ana.received("goals.news")) == 1
    world.forward(days=4)

    assert "There is something new in your goals" in as_text(ana.received("digest.landing")[0])


# Whose it is


def test_somebody_elses_goal_is_not_there(world: World, ben: Someone, pair: Pair, goal: int) -> None:
    eve = world.add("Eve Stone", "Europe/Paris")
    step = steps(world)[0].id

    actions = [
        action(goal) for action in (ShowGoal, ChangeGoal, AddStep, AddLine, AnotherDate, LetGo, Reopen)
    ]
    for press in (*actions, Stands(goal, "there"), AddGoal(pair.id)):
        eve.presses(press)
        assert eve.sees.name == "goals.gone"
    for action in (StepMade, StepNotMade, TakeStepBack):
        eve.presses(action(step))
        assert eve.sees.name == "goals.gone"
    assert goals(world)[0].state == GoalState.OPEN


def test_words_for_a_pair_that_has_ended_are_given_back(
    world: World, ben: Someone, pair: Pair, goal: int
) -> None:
    forms = []
    for action in (AddGoal(pair.id), ChangeGoal(goal), AddStep(goal), AddLine(goal), LetGo(goal)):
        ben.presses(action)
        forms.append(ben.form)
    end(world, pair)

    for form, field in zip(forms, ("can", "why", "what", "line", "because"), strict=True):
        ben.form = form
        ben.fills(**{field: "Words of mine"})
        assert ben.sees.name == "goals.gone"
        assert "Words of mine" in ben.reads
    assert isinstance(forms[0] and forms[0].action, SetGoal)


@pytest.mark.usefixtures("goal")
def test_a_mentor_of_two_sees_with_whom(world: World, ana: Someone) -> None:
    cem = world.add("Cem Aydin", "Europe/Istanbul")
    other = world.meet(cem, ana, weekday=3)
    ana.presses(AddGoal(other.id))
    ana.fills(can="Ask before I tell", who=str(ana.row.id))

    ana.says("goals")

    assert "Ana: Ask before I tell (not started) (with Cem Aydin)" in ana.reads
    assert "[Add a goal with Ben Okafor] [Add a goal with Cem Aydin]" in ana.reads
    cem.says("goals")
    assert CAN not in cem.reads


def test_erasing_ones_words_takes_the_goal_away_and_leaves_the_partners_words(
    world: World, ben: Someone, ana: Someone, goal: int
) -> None:
    ana.presses(AddStep(goal))
    ana.fills(what="Send you my notes")
    ben.presses(Stands(goal, "there"))

    ben.says("my data")
    ben.presses("Erase")
    ben.presses("Erase what I wrote")
    world.forward(days=40)

    assert [step.what for step in steps(world)] == ["", "Send you my notes"]
    ana.presses(ShowGoal(goal))
    assert ana.sees.name == "goals.gone"
    ana.says("goals")
    assert ana.sees.name == "goals.none_open"
    assert ben.received("goals.check") == []


def test_a_look_at_it_is_a_nudge_and_news_of_the_partner_are_none(world: World, goal: int) -> None:
    world.forward(days=35)

    kinds = {delivery.parcel.name: delivery.parcel.kind for delivery in world.deliveries}
    assert (kinds["goals.check"], kinds["goals.news"]) == ("nudge", "appointment")
    assert world.bot.tick() == 0


def test_in_german_too(world: World, ana: Someone) -> None:
    eva = world.add("Eva Koch", "Europe/Berlin", language="de")
    world.meet(eva, ana)
    eva.says("ziele")
    eva.presses("Ein Ziel hinzufügen")
    eva.fills(can="Vorträge halten", step="Ein Thema finden", check="in zwei Wochen")
    assert "Was dann möglich ist: Vorträge halten" in eva.reads
    assert "A look" not in eva.reads

    eva.says("erledigt")
    assert eva.sees.name == "goals.made"
    eva.says("rückgängig")
    eva.says("Fast da")

    assert "Notiert: fast da." in eva.reads


def test_a_card_has_few_buttons_and_the_rest_is_behind_more(ben: Someone, goal: int) -> None:
    ben.presses(ShowGoal(goal))
    assert [button.label for button in ben.sees.buttons][-2:] == ["Edit", "More"]
    assert len(ben.sees.buttons) <= 7

    ben.presses("More")

    assert {"Next small step", "Let it go", "All goals"} <= {button.label for button in ben.sees.buttons}
