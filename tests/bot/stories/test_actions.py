"""Actions, through the front door."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from world import Someone, World, as_text, at

from bot.models import ActionItem, Happening, ItemState, Pair
from bot.stories.actions import AddOne, AnotherDay, Done, DropIt, Reopen, SetAdded, ShowItem
from bot.stories.closing import WriteClosing


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    """Ben and Ana, who met on Tuesday 10 February and took on two things."""
    pair = world.meet(ben, ana)
    world.until(at("2026-02-10", "12:00", "America/Denver"))
    ben.presses(WriteClosing(world.session(pair).id))
    ben.fills(mine="Send the draft by Friday", theirs="Introduce Ben to Mia", where="After stand-up")
    return pair


def items(world: World) -> list[ActionItem]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(ActionItem).order_by(ActionItem.id)))


def happened(world: World, what: str) -> int:
    with world.bot.open_transaction() as db:
        return len(db.scalars(select(Happening).where(Happening.what == what)).all())


# The list


@pytest.mark.usefixtures("pair")
def test_shows_what_is_open_mine_first(ben: Someone, ana: Someone) -> None:
    ben.says("actions")
    assert "Yours: Ben: Send the draft, by Friday 13 February (After stand-up)" in ben.reads
    assert "Your partner’s: Ana: Introduce Ben to Mia" in ben.reads

    ana.says("actions")
    assert "Yours: Ana: Introduce Ben to Mia" in ana.reads


@pytest.mark.usefixtures("pair")
def test_only_ones_own_can_be_chosen(ben: Someone) -> None:
    ben.says("actions")

    assert [button.label for button in ben.sees.buttons] == ["Send the draft", "Add one"]


def test_a_long_one_fits_its_button_and_is_read_in_full(world: World, ben: Someone, pair: Pair) -> None:
    """D23."""
    long = "Write down what I would do if I had only one week left for all of it"
    ben.presses(AddOne(pair.id))
    ben.fills(what=long)

    ben.says("actions")

    assert long in ben.reads
    assert "[Write down what I would do if I had onl…]" in ben.reads


def test_with_nothing_open_there_is_a_next_step(world: World, ben: Someone, ana: Someone) -> None:
    world.meet(ben, ana)

    ben.says("actions")

    assert ben.sees.name == "actions.nothing_open"
    assert "[Add one]" in ben.reads


def test_without_a_partner_there_is_a_next_step(ben: Someone) -> None:
    ben.says("actions")

    assert ben.sees.name == "actions.no_pair"
    assert ben.sees.buttons


@pytest.mark.usefixtures("pair")
def test_a_mentor_of_two_sees_with_whom(world: World, ana: Someone) -> None:
    cem = world.add("Cem Aydin", "Europe/Istanbul")
    other = world.meet(cem, ana, weekday=3)
    ana.presses(AddOne(other.id))
    ana.fills(what="Find the slides")

    ana.says("actions")

    assert "Ana: Find the slides (with Cem Aydin)" in ana.reads
    assert "[Add one with Ben Okafor] [Add one with Cem Aydin]" in ana.reads
    cem.says("actions")
    assert "draft" not in cem.reads


# Done


@pytest.mark.usefixtures("pair")
def test_done_says_what_happens_next_and_can_be_undone(world: World, ben: Someone) -> None:
    ben.says("actions")
    ben.presses("Send the draft")
    ben.says("done")
    assert "Ana reads it in" in ben.reads
    assert items(world)[0].state == ItemState.DONE

    ben.says("undo")

    assert ben.sees.name == "actions.reopened"
    assert items(world)[0].state == ItemState.OPEN
    assert items(world)[0].ended_at is None


@pytest.mark.usefixtures("pair")
def test_a_double_click_ends_it_once(world: World, ben: Someone) -> None:
    """E3, E4: the second press, at once or weeks later, shows how it stands."""
    done = Done(items(world)[0].id)
    ben.presses(done)
    ben.presses(done)
    world.forward(days=30)

    for action in (done, ShowItem(done.item), AnotherDay(done.item), DropIt(done.item)):
        ben.presses(action)
        assert ben.sees.name == "actions.done"
    assert happened(world, "action_ended") == 1


@pytest.mark.usefixtures("pair")
def test_undoing_twice_is_undoing_once(world: World, ben: Someone) -> None:
    item = items(world)[0].id
    ben.presses(Done(item))

    ben.presses(Reopen(item))
    ben.presses(Reopen(item))

    assert happened(world, "action_reopened") == 1


# Another day


@pytest.mark.usefixtures("pair")
def test_another_day_may_be_said_in_words(world: World, ben: Someone) -> None:
    ben.presses(AnotherDay(items(world)[0].id))
    ben.fills(day="next Tuesday")

    assert "By: Tuesday 17 February" in ben.reads
    assert items(world)[0].due_on == date(2026, 2, 17)


@pytest.mark.usefixtures("pair")
def test_a_day_that_cannot_be_gets_an_example(world: World, ben: Someone) -> None:
    """E20."""
    ben.presses(AnotherDay(items(world)[0].id))

    for day in ("31 Feb", "4 May 9999", "3 February 2026", "when pigs fly", "", "4/5"):
        ben.fills(day=day)
        assert "Try next Tuesday, or 17 March" in ben.mistakes["day"]
    assert items(world)[0].due_on == date(2026, 2, 13)


# Dropped


@pytest.mark.usefixtures("pair")
def test_dropping_is_fine_with_or_without_a_reason(world: World, ben: Someone) -> None:
    for because in ("Mia has sent it already", ""):
        ben.presses(DropIt(items(world)[0].id))
        ben.fills(because=because)

        assert ben.sees.name == "actions.dropped"
        assert items(world)[0].state == ItemState.DROPPED
        assert items(world)[0].because == because
        ben.says("undo")
    assert happened(world, "action_ended") == 2


@pytest.mark.usefixtures("pair")
def test_a_reason_for_what_is_gone_is_given_back(world: World, ben: Someone, pair: Pair) -> None:
    """E5."""
    ben.presses(DropIt(items(world)[0].id))
    with world.bot.open_transaction.begin() as db:
        db.get_one(Pair, pair.id).ended_at = world.clock()

    ben.fills(because="Mia has sent it already")

    assert "You wrote: Mia has sent it already" in ben.reads


# On the day


@pytest.mark.usefixtures("pair")
def test_one_nudge_comes_in_the_morning_of_the_day(world: World, ben: Someone, ana: Someone) -> None:
    world.until(at("2026-02-13", "08:59", "America/Denver"))
    assert ben.received("actions.nudge") == []

    world.forward(minutes=2)
    assert "Friday 13 February" in ben.reads
    assert "Ana" in ben.reads
    assert "[Done] [Another day] [Drop it]" in ben.reads

    world.forward(days=10)
    assert len(ben.received("actions.nudge")) == 1
    assert ana.received("actions.nudge") == []


@pytest.mark.usefixtures("pair")
def test_the_nudge_of_a_day_off_comes_before_it(world: World, ben: Someone) -> None:
    ben.presses(AnotherDay(items(world)[0].id))
    ben.fills(day="Sunday")

    world.until(at("2026-02-14", "00:00", "America/Denver"))

    assert "Sunday 15 February" in as_text(ben.received("actions.nudge")[0])


@pytest.mark.usefixtures("pair")
def test_what_has_moved_is_brought_back_on_the_new_day_only(world: World, ben: Someone) -> None:
    ben.presses(AnotherDay(items(world)[0].id))
    ben.fills(day="19 February")

    world.until(at("2026-02-19", "08:00", "America/Denver"))
    assert ben.received("actions.nudge") == []
    world.forward(hours=2)
    assert len(ben.received("actions.nudge")) == 1


@pytest.mark.usefixtures("pair")
def test_what_is_done_is_not_brought_up(world: World, ben: Someone) -> None:
    ben.presses(Done(items(world)[0].id))

    world.forward(days=10)

    assert ben.received("actions.nudge") == []


@pytest.mark.usefixtures("pair")
def test_a_promise_without_a_day_is_never_brought_up(world: World, ana: Someone) -> None:
    world.forward(days=60)

    assert ana.received("actions.nudge") == []


@pytest.mark.usefixtures("pair")
def test_whoever_is_away_hears_nothing_of_it(world: World, ben: Someone) -> None:
    """E24."""
    ben.says("pause until 20 February")

    world.forward(days=15)

    assert ben.received("actions.nudge") == []
    assert items(world)[0].state == ItemState.OPEN


# Between sessions


def test_something_small_can_be_added_between_sessions(world: World, ben: Someone, pair: Pair) -> None:
    ben.says("actions")
    ben.presses("Add one")
    ben.fills(what="Read chapter two", day="20 February", where="On the train")

    assert ben.sees.name == "actions.added"
    added = items(world)[-1]
    assert (added.what, added.where, added.session_id) == ("Read chapter two", "On the train", None)
    assert added.due_on == date(2026, 2, 20)


def test_the_partner_hears_of_what_was_put_on_their_list(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    ben.presses(AddOne(pair.id))
    ben.fills(what="Read my draft", who=str(ana.row.id))
    assert ben.sees.name == "actions.added_for_partner"

    world.forward(days=1)

    assert "Read my draft" in as_text(ana.received("actions.added_by_partner")[0])


def test_adding_the_same_twice_adds_it_once(world: World, ben: Someone, pair: Pair) -> None:
    """E3."""
    ben.presses(AddOne(pair.id))
    form = ben.form
    for _ in range(2):
        ben.form = form
        ben.fills(what="Read chapter two")

    assert len(items(world)) == 3


def test_what_is_wrong_is_said_at_its_field(world: World, ben: Someone, pair: Pair) -> None:
    """D17, E20, C3."""
    ben.presses(AddOne(pair.id))

    ben.fills(what="\u200b ", day="31 Feb", who="4711")

    assert ben.mistakes.keys() == {"what", "day", "who"}
    assert len(items(world)) == 2


# Whose it is


@pytest.mark.usefixtures("pair")
def test_only_the_owner_says_how_it_went(world: World, ana: Someone) -> None:
    """C2, C3: neither the partner nor somebody else."""
    eve = world.add("Eve Stone", "Europe/Paris")
    item = items(world)[0].id

    for action in (ShowItem, Done, AnotherDay, DropIt, Reopen):
        for someone in (ana, eve):
            someone.presses(action(item))
            assert someone.sees.name == "actions.gone"
            assert "draft" not in someone.reads
    assert items(world)[0].state == ItemState.OPEN


def test_nobody_else_adds_to_a_pair(world: World, ben: Someone, pair: Pair) -> None:
    """C3, C4."""
    eve = world.add("Eve Stone", "Europe/Paris")
    eve.presses(AddOne(pair.id))
    assert eve.sees.name == "actions.gone"

    ben.presses(AddOne(pair.id))
    eve.form = ben.form
    eve.fills(what="Read chapter two")

    assert "You wrote: Read chapter two" in eve.reads
    assert len(items(world)) == 2
    assert ben.form is not None
    assert ben.form.action == SetAdded(pair.id)


# Nothing is lost


def test_what_is_open_comes_back_in_the_next_prep(world: World, ben: Someone, pair: Pair) -> None:
    world.until(at("2026-02-23", "12:00", "America/Denver"))

    assert "Send the draft" in as_text(ben.received("prep.ask")[-1])


@pytest.mark.usefixtures("_never_quiet")
def test_what_became_of_a_promise_is_told_in_one_brief(world: World, ben: Someone, ana: Someone) -> None:
    pair = world.meet(ben, ana)
    ben.presses(AddOne(pair.id))
    ben.fills(what="Send the draft")
    world.forward(hours=1)
    ben.presses("Done")
    for number in (1, 2):
        world.until(world.session(pair, number).starts_at - timedelta(hours=20))
        ana.says("One thing I noticed")
        world.until(world.session(pair, number).ends_at)

    briefs = [as_text(brief) for brief in ana.received("prep.brief")]
    assert ["What became of the rest" in brief for brief in briefs] == [True, False]


def test_the_nudge_of_the_day_before_is_not_brought_when_the_day_is_moved(
    world: World, ben: Someone, ana: Someone
) -> None:
    """It waited behind what else had been sent that day."""
    pair = world.meet(ben, ana)
    ben.presses(AddOne(pair.id))
    ben.fills(what="Send the draft")
    with world.bot.open_transaction.begin() as db:
        item = db.scalars(select(ActionItem)).one()
        item.due_on, item.remind_at = world.clock().date(), world.clock()
    world.bot.tick()
    ben.says("actions")
    ben.presses("Send the draft")
    ben.presses("Another day")
    ben.fills(day="20 February")
    world.forward(days=2)

    assert ben.received("actions.nudge") == []
