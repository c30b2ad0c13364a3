"""Quiet, through the front door."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from world import Someone, World, at

from bot.models import Happening, Pair, Post
from bot.outbox import State as Sent
from bot.stories.quiet import AllIsWell, LeaveBe, OtherTopic, Shorter

ASKED = at("2026-03-03", "16:00", "UTC")  # 28 days after the introduction
WAYS = ["All is well", "Shorter or less often", "Later", "Another topic", "Pause", "Finish here"]
BUTTONS = [*WAYS, "Why did I get this?"]


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    """Ben and Ana, who were introduced a moment ago."""
    world.start(ben, ana)
    pair = world.pair(ben, ana, introduce_at=world.clock())
    world.until(world.clock())
    return pair


@pytest.fixture
def quiet(world: World, pair: Pair) -> Pair:
    """And who have both been asked, four weeks later."""
    world.until(ASKED + timedelta(days=1))
    return pair


def now_of(world: World, pair: Pair) -> Pair:
    with world.bot.open_transaction() as db:
        return db.get_one(Pair, pair.id)


def questions(*people: Someone) -> list[int]:
    return [len(someone.received("quiet.ask")) for someone in people]


def ended(world: World, pair: Pair) -> datetime | None:
    return now_of(world, pair).ended_at


# Four quiet weeks


def test_asks_both_once_in_the_same_words(world: World, ben: Someone, ana: Someone, quiet: Pair) -> None:
    assert questions(ben, ana) == [1, 1]
    [asked] = ben.received("quiet.ask")
    assert "That is normal in busy weeks." in "".join(run.text for run in asked.text)
    assert [button.label for button in asked.buttons] == BUTTONS
    assert [button.label for button in ana.received("quiet.ask")[0].buttons] == BUTTONS


def test_two_ticks_ask_once(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    world.until(ASKED)

    world.bot.tick()
    world.bot.tick()
    world.forward(days=1)

    assert questions(ben, ana) == [1, 1]


def test_a_day_less_is_not_quiet(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    world.until(ASKED - timedelta(minutes=1))

    assert questions(ben, ana) == [0, 0]


def test_whatever_either_does_begins_the_count_again(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    world.forward(days=20)
    ana.says("agreement")
    ana.fills(hopes="Listen more.")

    world.forward(days=27)
    assert questions(ben, ana) == [0, 0]
    world.forward(days=2)

    assert questions(ben, ana) == [1, 1]


def test_looking_and_what_the_bot_sends_are_no_activity(world: World, ben: Someone, pair: Pair) -> None:
    world.forward(days=20)
    ben.says("help")
    ben.says("my data")

    world.until(ASKED + timedelta(days=1))

    assert questions(ben) == [1]


def test_days_away_do_not_count(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    world.forward(days=1)
    ben.says("pause until 14 February")
    world.forward(days=2)
    ana.says("pause until 14 February")

    world.until(ASKED + timedelta(days=9))
    assert questions(ben, ana) == [0, 0]
    world.forward(days=2)

    assert questions(ben, ana) == [1, 1]


def test_waits_for_whoever_is_away(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    world.forward(days=27)
    ben.says("pause")

    world.forward(days=60)
    assert questions(ben, ana) == [0, 0]
    ben.says("back")
    world.forward(days=10)

    assert questions(ben, ana) == [1, 1]


@pytest.mark.parametrize("every_weeks", [2, 4])
def test_a_pair_whose_sessions_are_held_is_never_quiet(
    world: World, ben: Someone, ana: Someone, every_weeks: int
) -> None:
    pair = world.meet(ben, ana, every_weeks=every_weeks, quiet_at=world.clock() + timedelta(weeks=6))
    for number in range(1, 6):
        world.until(world.session(pair, number).ends_at + timedelta(minutes=5))
        ana.says("close")
        ana.presses("Close it|Yes, close it")
        ana.fills()

    assert questions(ben, ana) == [0, 0]
    assert now_of(world, pair).quiet_at is not None


def test_says_nothing_when_the_planned_end_is_near(world: World, ben: Someone, pair: Pair) -> None:
    with world.bot.open_transaction.begin() as db:
        row = db.get_one(Pair, pair.id)
        row.end_at = row.planned_end = ASKED + timedelta(days=10)

    world.until(ASKED + timedelta(days=2))

    assert questions(ben) == [0]


# Any answer ends it


@pytest.mark.parametrize(
    ("label", "card", "next_step"),
    [
        ("All is well", "quiet.well", "Show my sessions"),
        ("Shorter", "quiet.shorter", "Open our agreement"),
        ("Another topic", "quiet.topic", "Write a line"),
    ],
)
def test_one_answer_is_enough_for_both(
    world: World, ben: Someone, ana: Someone, quiet: Pair, label: str, card: str, next_step: str
) -> None:
    ana.presses(label)
    assert ana.sees.name == card
    ana.presses(next_step)

    world.forward(days=20)

    assert ended(world, quiet) is None
    assert questions(ben, ana) == [1, 1]


def test_later_is_two_quiet_weeks_and_then_a_new_question(
    world: World, ben: Someone, ana: Someone, quiet: Pair
) -> None:
    ben.says("later")
    assert ben.sees.name == "quiet.later"

    world.forward(days=13)
    assert questions(ben, ana) == [1, 1]
    world.forward(days=3)

    assert questions(ben, ana) == [2, 2]
    assert ended(world, quiet) is None


def test_later_on_an_old_card_changes_nothing(world: World, ben: Someone, ana: Someone, quiet: Pair) -> None:
    ana.presses("All is well")
    before = now_of(world, quiet).quiet_at

    ben.presses("Later")

    assert ben.sees.name == "quiet.later"
    assert now_of(world, quiet).quiet_at == before


def test_an_answer_given_twice_is_one(world: World, ben: Someone, quiet: Pair) -> None:
    for _ in range(2):
        ben.presses("All is well")
        assert ben.sees.name == "quiet.well"


def test_a_pause_is_an_answer(world: World, ben: Someone, ana: Someone, quiet: Pair) -> None:
    ben.presses("^Pause$")
    assert ben.sees.name == "pause.for_now"
    world.forward(days=3)
    ben.says("back")

    world.forward(days=8)

    assert ended(world, quiet) is None


def test_finish_here_leads_to_the_private_way_out(ben: Someone, quiet: Pair) -> None:
    ben.presses("Finish here")

    assert ben.sees.name == "ending.confirm"


def test_the_agreement_filled_in_after_the_question_is_an_answer(
    world: World, ben: Someone, quiet: Pair
) -> None:
    ben.says("agreement")
    ben.fills(hopes="Speak up.")

    world.forward(days=10)

    assert ended(world, quiet) is None


@pytest.mark.parametrize("action", [AllIsWell, Shorter, OtherTopic, LeaveBe])
def test_somebody_else_and_an_old_button_are_answered_politely(
    world: World, ben: Someone, quiet: Pair, action: type[AllIsWell | Shorter | OtherTopic | LeaveBe]
) -> None:
    leo = world.add("Leo Wu", "Europe/Dublin")
    leo.presses(action(quiet.id))
    assert leo.sees.name == "quiet.gone"
    world.forward(days=30)
    assert ended(world, quiet)

    ben.presses(action(quiet.id))

    assert ben.sees.name == "quiet.gone"


# No answer


def test_without_an_answer_it_is_asked_again_then_announced_and_comes_to_a_good_end(
    world: World, ben: Someone, ana: Someone, quiet: Pair
) -> None:
    world.until(ASKED + timedelta(days=8))
    assert len(ben.received("quiet.ask_again")) == len(ana.received("quiet.ask_again")) == 1
    world.until(ASKED + timedelta(days=17))
    assert len(ben.received("quiet.ends_soon")) == len(ana.received("quiet.ends_soon")) == 1
    assert "comes to a kind end next week" in ben.reads
    assert ended(world, quiet) is None

    world.until(ASKED + timedelta(days=27))

    assert ended(world, quiet)
    assert len(ben.received("ending.ended")) == len(ana.received("ending.ended")) == 1


def test_one_press_keeps_a_pair_going_to_the_last(
    world: World, ben: Someone, ana: Someone, quiet: Pair
) -> None:
    world.until(ASKED + timedelta(days=17))

    ana.presses("All is well")
    world.forward(days=12)

    assert ended(world, quiet) is None
    assert len(ben.received("quiet.ask")) == 1


def test_a_question_that_reached_nobody_ends_nothing(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    world.until(ASKED - timedelta(minutes=1))
    world.clock.move_to(ASKED)
    world.bot.tick()
    with world.bot.open_transaction.begin() as db:
        for post in db.scalars(select(Post).where(Post.name == "quiet.ask")):
            post.state = Sent.DROPPED

    world.forward(days=9)

    assert ended(world, pair) is None
    assert questions(ben, ana) == [1, 1]


def test_what_happened_holds_no_question_and_no_answer(world: World, ben: Someone, quiet: Pair) -> None:
    ben.presses("All is well")

    with world.bot.open_transaction() as db:
        noted = db.scalars(select(Happening.what)).all()
    assert not [what for what in noted if "quiet" in what]
