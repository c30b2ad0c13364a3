"""The front desk: everybody is answered, and what waits together is written together."""

import asyncio
import threading
from collections.abc import Sequence

import pytest
from world import Someone, World

from adapters.desk import MOST_AT_ONCE, Closed, Desk
from bot.bot import Bot
from bot.events import Account, Event, Said
from bot.messages import Message, Reply, Run
from bot.models import Person
from bot.story import OnCommand
from bot.turn import Turn


class Clerk(Bot):
    """A bot that remembers what it was handed, and on which thread."""

    def __init__(self) -> None:
        self.handed: list[list[str]] = []
        self.threads: set[str] = set()
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def handle_all(self, events: Sequence[Event]) -> list[Reply]:
        self.may_go_on.wait(5)
        self.handed.append([event.id for event in events])
        self.threads.add(threading.current_thread().name)
        if any(event.id == "broken" for event in events):
            raise ConnectionError
        return [Message(name="echo", text=(Run(event.id),)) for event in events]

    def tick(self) -> int:
        self.threads.add(threading.current_thread().name)
        return 3


BEN = Account("test", "here", "ben@example.org")


def said(id_: str, who: Account = BEN) -> Said:
    return Said(id=id_, who=who, text="help")


async def test_answers_what_somebody_did(world: World, ben: Someone) -> None:
    async with Desk(world.bot) as desk:
        reply = await desk.handle(said(world.new_id(), ben.account))

    assert isinstance(reply, Message)
    assert reply.name == "helping.before_start"


async def test_gives_everybody_their_own_answer() -> None:
    async with Desk(Clerk()) as desk:
        replies = await asyncio.gather(*(desk.handle(said(str(n))) for n in range(200)))

    assert [reply.text[0].text for reply in replies if isinstance(reply, Message)] == [*map(str, range(200))]


async def test_what_waits_is_handed_over_together_and_in_order() -> None:
    clerk = Clerk()
    async with Desk(clerk) as desk:
        clerk.may_go_on.clear()
        first = asyncio.create_task(desk.handle(said("first")))
        await asyncio.sleep(0.02)
        others = [asyncio.create_task(desk.handle(said(str(n)))) for n in range(MOST_AT_ONCE + 1)]
        await asyncio.sleep(0.02)
        clerk.may_go_on.set()
        await asyncio.gather(first, *others)

    assert [len(handed) for handed in clerk.handed] == [1, MOST_AT_ONCE, 1]
    assert [id_ for handed in clerk.handed for id_ in handed] == ["first", *map(str, range(MOST_AT_ONCE + 1))]


async def test_everything_is_written_on_one_thread() -> None:
    clerk = Clerk()
    async with Desk(clerk) as desk:
        await asyncio.gather(desk.handle(said("1")), desk.tick(), desk.handle(said("2")))
        ran_on = await desk.run(lambda: threading.current_thread().name)

    assert clerk.threads == {ran_on}


async def test_ticks() -> None:
    async with Desk(Clerk()) as desk:
        assert await desk.tick() == 3


async def test_a_failure_reaches_whoever_asked_and_nobody_after_them() -> None:
    async with Desk(Clerk()) as desk:
        with pytest.raises(ConnectionError):
            await desk.handle(said("broken"))

        assert await desk.handle(said("next"))


async def test_somebody_who_left_before_the_answer_holds_up_nobody() -> None:
    clerk = Clerk()
    async with Desk(clerk) as desk:
        clerk.may_go_on.clear()
        gone = asyncio.create_task(desk.handle(said("gone")))
        await asyncio.sleep(0.02)
        gone.cancel()
        clerk.may_go_on.set()

        assert await desk.handle(said("next"))
    assert ["gone"] in clerk.handed


async def test_finishes_what_has_come_in_before_it_closes() -> None:
    clerk = Clerk()
    async with Desk(clerk) as desk:
        clerk.may_go_on.clear()
        waiting = [asyncio.create_task(desk.handle(said(str(n)))) for n in range(3)]
        await asyncio.sleep(0.02)
        clerk.may_go_on.set()

    assert all([await reply for reply in waiting])


async def test_takes_nothing_once_it_is_closed() -> None:
    async with Desk(Clerk()) as desk:
        pass

    with pytest.raises(Closed):
        await desk.handle(said("late"))
    with pytest.raises(Closed):
        await desk.run(print)


@pytest.mark.expects_errors
async def test_an_event_that_fails_in_its_story_spoils_nothing_for_its_neighbours(
    world: World, ben: Someone, ana: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        world.bot.story.commands, "help", _fail_for(ben.row.id, world.bot.story.commands["help"])
    )
    events = [said(world.new_id(), someone.account) for someone in (ben, ana)]

    async with Desk(world.bot) as desk:
        sorry, menu = await asyncio.gather(*map(desk.handle, events))

    assert isinstance(sorry, Message)
    assert isinstance(menu, Message)
    assert (sorry.name, menu.name) == ("helping.failed", "helping.before_start")


def _fail_for(person_id: int, command: OnCommand[Reply]) -> OnCommand[Reply]:
    def failing(turn: Turn, person: Person, rest: str) -> Reply:
        if person.id == person_id:
            raise RuntimeError
        return command(turn, person, rest)

    return failing
