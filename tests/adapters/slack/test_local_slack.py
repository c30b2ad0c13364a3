"""One pair's whole way in a Slack that we did not write, over both transports."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from fake_slack import SECRET, TOKEN
from local_slack import APP_TOKEN, LocalSlack, Somebody, local_slack, until
from npm import free_port
from office import Office, open_office
from starlette.applications import Starlette
from world import World, at

from adapters.slack.settings import Mode, SlackSettings
from bot.models import Role


@asynccontextmanager
async def served(app: Starlette, port: int) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await until(lambda: asyncio.sleep(0, server.started))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def together(world: World, folder: Path, mode: Mode) -> AsyncIterator[tuple[Office, LocalSlack]]:
    async with AsyncExitStack() as stack:
        port = free_port()
        events = {"http": "events", "socket": "socket"}[mode]
        slack = await stack.enter_async_context(
            local_slack(folder, events, f"http://127.0.0.1:{port}/slack/events")
        )
        settings = SlackSettings(
            mode=mode, api_url=slack.api_url, bot_token=TOKEN, app_token=APP_TOKEN, signing_secret=SECRET
        )
        office = await stack.enter_async_context(open_office(world, settings))
        if mode == "http":
            await stack.enter_async_context(served(office.app, port))
        yield office, slack


@pytest.mark.parametrize("mode", ["http", "socket"])
async def test_a_pair_lives_a_whole_cycle(world: World, tmp_path: Path, mode: Mode) -> None:
    ben, ana = (
        world.add("Ben Okafor", "America/Denver", arrives=False),
        world.add("Ana Byrne", "Europe/Dublin", arrives=False),
    )
    world.pair(ben, ana)
    world.enrol(Role.MENTEE, ben)
    world.enrol(Role.MENTOR, ana)
    async with together(world, tmp_path, mode) as (office, slack):
        await _lives(office, Somebody(slack, "U0BEN"), Somebody(slack, "U0ANA"))


async def _lives(office: Office, ben: Somebody, ana: Somebody) -> None:
    await _are_introduced(office, ben, ana)
    await _agree(office, ben, ana)
    await _prepare(office, ben, ana)
    await _meet_and_close(office, ben, ana)
    await _keep_in_touch(office, ben, ana)


async def _are_introduced(office: Office, ben: Somebody, ana: Somebody) -> None:
    await office.slack.people.find_everybody()
    await office.settle()
    for somebody in (ben, ana):
        await somebody.presses("Start")
        await somebody.presses("That is right")
        await somebody.presses("Skip")
        await somebody.reads("You chose “Skip”")
    await office.settle()
    await ben.reads("Ana Byrne")
    await ana.reads("Ben Okafor")


async def _agree(office: Office, ben: Somebody, ana: Somebody) -> None:
    for somebody in (ben, ana):
        await somebody.presses("Fill in our agreement")
        await somebody.submits(hopes="To lead a project of my own.")
    await office.settle()
    await ana.presses("Tuesday 16:30")
    await ana.reads("You chose “Tuesday 16:30”")
    await office.settle()
    await ben.presses("Works for me")
    await ben.reads("You chose “Works for me”")
    await office.settle()


async def _prepare(office: Office, ben: Somebody, ana: Somebody) -> None:
    await office.until(at("2026-02-09", "17:00", "Europe/Dublin"))
    await ben.says("I have led my first planning.")
    await ben.reads("2 of 3")
    await ben.says("skip")
    await ben.reads("3 of 3")
    await ben.says("How much do I plan ahead?")
    await ana.presses("All at once")
    await ana.submits(noticed="You ask before you decide.")
    await office.until(at("2026-02-10", "16:00", "Europe/Dublin"))
    for somebody, words in ((ana, "I have led my first planning."), (ben, "You ask before you decide.")):
        assert words in (await somebody.reads("Your brief"))["text"]


async def _meet_and_close(office: Office, ben: Somebody, ana: Somebody) -> None:
    await office.until(at("2026-02-11", "10:00", "Europe/Dublin"))
    await ana.presses("Yes, close it")
    await ana.submits(mine="Send the draft to Ben by 20 February", theirs="Invite two colleagues")
    await office.until(at("2026-02-11", "17:00", "Europe/Dublin"))
    for somebody in (ana, ben):
        assert "Invite two colleagues" in (await somebody.reads("is closed"))["text"]


async def _keep_in_touch(office: Office, ben: Somebody, ana: Somebody) -> None:
    await ben.says("ask How do you begin a planning?")
    await ben.reads("It is on its way to Ana")
    await office.forward(days=2)
    nudge = await ana.reads("[Why did I get this?]")
    assert "How do you begin a planning?" in nudge["text"]
    await ana.says("With the question nobody wants to hear.")
    await office.forward(days=1)
    await ben.reads("With the question nobody wants to hear.")
