"""The bot: one transaction for what people do, one for what is due."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from world import Someone, World

from bot.actions import Action, Typing
from bot.events import Commanded, Pressed, Said, Submitted
from bot.messages import Button, Form, Message, Mistakes, plain
from bot.models import Pair, Person, Post, SeenEvent
from bot.prompts import Prompts
from bot.stories import STORIES
from bot.stories.asks import AskInForm, SendAsk
from bot.story import Answers, Story, together
from bot.turn import Turn

mishap = Story()


@dataclass(frozen=True)
class Stumble(Action, wire="mishap.stumble"):
    pass


@dataclass(frozen=True)
class Shrug(Action, wire="mishap.shrug"):
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


def test_a_click_that_opened_a_form_may_open_it_again(world: World, ben: Someone, ana: Someone) -> None:
    pair = world.meet(ben, ana)
    click = Pressed(id="click", who=ben.account, action=AskInForm(pair.id))

    first, second = world.bot.handle(click), world.bot.handle(click)

    assert isinstance(first, Form)
    assert first == second
    assert seen(world, "click") == 0


def test_a_form_that_had_a_mistake_may_be_sent_again_as_it_is(
    world: World, ben: Someone, ana: Someone
) -> None:
    pair = world.meet(ben, ana)
    empty = Submitted(id="sent", who=ben.account, action=SendAsk(pair.id), answers={"text": ""})
    mended = Submitted(id="sent", who=ben.account, action=SendAsk(pair.id), answers={"text": "How?"})

    replies = [world.bot.handle(event) for event in (empty, empty, mended, mended)]

    assert isinstance(replies[0], Mistakes)
    assert isinstance(replies[1], Mistakes)
    assert isinstance(replies[2], Message)
    assert replies[3] is None
    assert seen(world, "sent") == 1


def test_a_press_that_did_nothing_may_come_again(engine: Engine, prompts: Prompts) -> None:
    modest = Story()

    @modest.on_press(Shrug)
    def shrug(turn: Turn, person: Person, _action: Shrug) -> Message:
        return replace(turn.say(person, "helping.outdated"), aside=True)

    world = World(engine, prompts, story=together([*STORIES, modest]))
    ben = world.add("Ben Okafor", "America/Denver")
    press = Pressed(id="press", who=ben.account, action=Shrug())

    assert [type(world.bot.handle(press)) for _ in range(2)] == [Message, Message]
    assert seen(world, "press") == 0


def test_what_did_something_and_what_was_typed_stays_taken(world: World, ben: Someone, ana: Someone) -> None:
    world.meet(ben, ana)
    typed = Said(id="typed", who=ben.account, text="settings")
    commanded = Commanded(id="commanded", who=ben.account, text="settings")
    pressed = Pressed(id="pressed", who=ben.account, action=Typing("help"))

    for event, kind in ((typed, Form), (commanded, Form), (pressed, Message)):
        assert isinstance(world.bot.handle(event), kind)
        assert world.bot.handle(event) is None
        assert seen(world, event.id) == 1


def seen(world: World, id_: str) -> int:
    with world.bot.open_transaction() as db:
        return len(db.scalars(select(SeenEvent).where(SeenEvent.id == f"test:{id_}")).all())


def test_a_button_that_types_a_word_nobody_knows_any_more_is_answered(ben: Someone) -> None:
    """Its label is that word, so that typing it would press the button again."""
    typed = Typing("teapot")
    ben.hears(Message(name="tea", text=(), buttons=(Button("Teapot", typed),)))

    ben.presses(typed)

    assert ben.sees.name.startswith("helping.")
