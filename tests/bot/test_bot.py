"""The bot: one transaction for what people do, one for what is due."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from world import Someone, World

from bot.actions import Action
from bot.events import Said, Submitted
from bot.messages import Message, Mistakes, plain
from bot.models import Pair, Person, Post
from bot.prompts import Prompts
from bot.stories import STORIES
from bot.story import Answers, Story, together
from bot.turn import Turn

mishap = Story()


@dataclass(frozen=True)
class Stumble(Action, wire="mishap.stumble"):
    pass


@mishap.on_submit(Stumble)
def stumble_over_a_form(turn: Turn, person: Person, action: Stumble, _answers: Answers) -> Message:
    return stumble(turn, person, action)


@mishap.on_press(Stumble)
def stumble(turn: Turn, person: Person, _action: Stumble) -> Message:
    person.name = "Half done"
    turn.db.flush()
    raise RuntimeError(f"about to say SECRET-CANARY-123 to {person.name}")


@mishap.when_due(Person.erase_at)
def stumble_later(turn: Turn, person: Person) -> None:
    if person.name.startswith("Ben"):
        raise RuntimeError("SECRET-CANARY-123")
    person.name = "Done"


@pytest.fixture
def clumsy(engine: Engine, prompts: Prompts) -> World:
    """A world with a story that fails half-way."""
    stories = [story for story in STORIES if not any(due.column.key == "erase_at" for due in story.dues)]
    return World(engine, prompts, story=together([*stories, mishap]))


def test_the_same_event_twice_has_one_effect(world: World, ben: Someone) -> None:
    """A9, B12."""
    event = Said(id="once", who=ben.account, text="help")

    first, second = world.bot.handle(event), world.bot.handle(event)

    assert isinstance(first, Message)
    assert second is None


def test_the_same_event_twice_in_one_commit_has_one_effect(world: World, ben: Someone) -> None:
    event = Said(id="once", who=ben.account, text="help")

    first, second = world.bot.handle_all([event, event])

    assert isinstance(first, Message)
    assert second is None


def test_several_events_share_a_commit(world: World, ben: Someone, ana: Someone) -> None:
    events = [Said(id=f"event {n}", who=(ben, ana)[n % 2].account, text="help") for n in range(10)]

    replies = world.bot.handle_all(events)

    assert all(isinstance(reply, Message) for reply in replies)


@pytest.mark.expects_errors
def test_one_that_fails_leaves_the_others_of_its_commit_alone(clumsy: World) -> None:
    ben = clumsy.add("Ben Okafor", "America/Denver")
    ana = clumsy.add("Ana Byrne", "Europe/Dublin")
    bad = Submitted(id="second", who=ben.account, action=Stumble(), answers={})

    first, failed, last = clumsy.bot.handle_all(
        [Said(id="first", who=ana.account, text="help"), bad, Said(id="third", who=ana.account, text="help")]
    )

    assert isinstance(first, Message)
    assert isinstance(last, Message)
    assert isinstance(failed, Mistakes), "the form stays open with all that was typed"
    assert ben.row.name == "Ben Okafor"


@pytest.mark.expects_errors
def test_a_failure_is_told_kindly_and_logged_without_words(
    clumsy: World, caplog: pytest.LogCaptureFixture
) -> None:
    """H9."""
    ben = clumsy.add("Ben Okafor", "America/Denver")

    reply = ben.presses(Stumble())

    assert isinstance(reply, Message)
    assert "nothing was changed" in plain(reply.text)
    assert ben.row.name == "Ben Okafor"
    assert "RuntimeError in stumble" in caplog.text
    assert "CANARY" not in caplog.text


@pytest.mark.expects_errors
def test_a_failed_event_can_be_delivered_again(clumsy: World) -> None:
    ben = clumsy.add("Ben Okafor", "America/Denver")
    event = Submitted(id="again", who=ben.account, action=Stumble(), answers={})

    clumsy.bot.handle(event)

    assert isinstance(clumsy.bot.handle(event), Mistakes), "it was not taken as done"


@pytest.mark.expects_errors
def test_one_due_row_that_fails_is_put_off_and_holds_up_nobody(clumsy: World) -> None:
    ben = clumsy.add("Ben Okafor", "America/Denver", erase_at=clumsy.clock())
    ana = clumsy.add("Ana Byrne", "Europe/Dublin", erase_at=clumsy.clock())

    clumsy.bot.tick()

    assert ana.row.name == "Done"
    assert ben.row.erase_at == clumsy.clock() + timedelta(minutes=15)
    assert clumsy.bot.tick() == 0


@pytest.mark.usefixtures("ben")
def test_knows_when_something_will_be_due_next(world: World) -> None:
    """The first hello is due now, the second a day later."""
    assert world.bot.next_due() == world.clock()

    hello_at = world.clock()
    world.forward(minutes=1)

    assert world.bot.next_due() == hello_at + timedelta(days=1)


def test_two_who_press_at_the_same_moment_settle_it_once(world: World, ben: Someone, ana: Someone) -> None:
    """E3: the same button, pressed fifty milliseconds apart, taken by two workers."""
    world.start(ben, ana)
    pair = world.pair(ben, ana, introduce_at=world.clock())
    world.forward(minutes=1)
    ben.presses("Fill in our agreement")
    ben.fills(hopes="To speak up", minutes="30")
    ana.presses("Fill in our agreement")
    ana.fills(hopes="To listen", minutes="60")
    press = ana.button("Take the gentler one").action

    with ThreadPoolExecutor(8) as workers:
        list(workers.map(lambda _: ana.presses(press), range(8)))

    with world.bot.open_transaction() as db:
        told = select(func.count()).where(Post.name == "agreement.settled_by_partner")
        assert db.scalar(told) == 1
        assert db.get_one(Pair, pair.id).minutes == 30


def test_an_account_of_somebody_unknown_is_left_alone(world: World) -> None:
    """A20: nobody is made out of an arrival."""
    nobody = Someone(world, "nobody@example.org")

    nobody.arrives()

    with world.bot.open_transaction() as db:
        assert db.scalar(select(func.count()).select_from(Person)) == 0
