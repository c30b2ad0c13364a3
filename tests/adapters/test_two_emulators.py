"""The pair on two platforms once more, in a Slack and a Teams that we did not write, both running at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from fake_slack import SECRET, TOKEN
from local_slack import USERS, LocalSlack, local_slack
from local_slack import Somebody as SlackPerson
from npm import free_port
from office import Office
from playground import ANA, TENANT, Playground, playground, until
from playground import Person as TeamsPerson
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from teams_seen import Dialog, Seen
from two_lives import live
from world import World

from adapters.courier import Courier
from adapters.desk import Desk
from adapters.pace import Limits
from adapters.slack.installations import OneWorkspace
from adapters.slack.server import Slack
from adapters.slack.settings import SlackSettings
from adapters.teams.clouds import local_cloud
from adapters.teams.server import Teams
from adapters.teams.settings import TeamsSettings
from bot.models import Role

QUICKLY = Limits(posted=(1000, 1), answers=(1000, 1), in_a_chat=((1000, 1),))
IN_SLACK = [user for user in USERS if user["id"] == "U0BEN"]
ON_ITS_WAY = 0.3  # seconds, in which an emulator tells the bot what was done


@dataclass
class Both:
    """At work at one address."""

    slack: Office
    teams: Teams

    async def is_told(self) -> None:
        await asyncio.sleep(ON_ITS_WAY)
        await self.slack.shown()
        await self.teams.showing.all_shown()


@dataclass
class InSlack:
    both: Both
    person: SlackPerson

    async def presses(self, label: str) -> None:
        await self.person.presses(label)
        await self.both.is_told()

    async def fills(self, **answers: str) -> None:
        await self.person.submits(**answers)
        await self.both.is_told()

    async def says(self, text: str) -> None:
        await self.person.says(text)
        await self.both.is_told()

    async def reads(self, words: str) -> str:
        text: str = (await self.person.reads(words))["text"]
        return text

    async def links(self) -> list[str]:
        rows = [block for message in await self.person.chat() for block in message.get("blocks") or []]
        found = [button for row in rows for button in row.get("elements", []) if "url" in button]
        return [button["url"] for button in found if button["type"] == "button"]


@dataclass
class InTeams:
    both: Both
    person: TeamsPerson

    async def presses(self, label: str) -> None:
        opened = await self.person.presses(label)
        assert not isinstance(opened, Dialog), "there are no dialogs in an emulator"
        await self.both.is_told()

    async def fills(self, **answers: str) -> None:
        shown = [message for message in await self.person.messages() if _sends(message)]
        await self.person.presses(_sends(shown[-1]), answers, on=shown[-1])
        await self.both.is_told()

    async def says(self, text: str) -> None:
        await self.person.says(text)
        await self.both.is_told()

    async def reads(self, words: str) -> str:
        return (await self.person.reads(words)).words

    async def links(self) -> list[str]:
        shown = await self.person.messages()
        return [one["url"] for message in shown for one in message.buttons.values() if "url" in one]


def _sends(message: Seen) -> str:
    """What stands on the button that sends the fields of a card, if it has any."""
    return next((title for title, one in message.buttons.items() if "again" in one.get("data", {})), "")


@asynccontextmanager
async def both_at_work(
    world: World, port: int, slack_peer: LocalSlack, teams_peer: Playground
) -> AsyncIterator[Both]:
    here = SlackSettings(mode="http", api_url=slack_peer.api_url, bot_token=TOKEN, signing_secret=SECRET)
    slack = Slack(here, world.bot, await OneWorkspace.open(here, AsyncWebClient(base_url=here.api_url)))
    there = TeamsSettings(way="anonymous", cloud=local_cloud(), tenants=frozenset({TENANT}))
    teams = Teams(there, world.bot)
    app = Starlette(routes=[*slack.routes, *teams.routes])
    async with (
        Desk(world.bot) as desk,
        slack.running(desk) as in_slack,
        teams.running(desk) as in_teams,
        served(app, port),
    ):
        in_slack.gap = in_teams.gap = timedelta()
        courier = Courier(world.bot, desk, {"slack": in_slack, "teams": in_teams})
        yield Both(Office(world, slack, in_slack, desk, courier, app), teams)
    assert teams_peer.failed() == []


@asynccontextmanager
async def served(app: Starlette, port: int) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        await serving


@pytest.fixture(autouse=True)
def _at_any_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.line.LIMITS", QUICKLY)
    monkeypatch.setattr("adapters.teams.line.LIMITS", QUICKLY)


@pytest.mark.slow
async def test_a_pair_lives_a_whole_cycle_in_two_emulators(world: World, tmp_path: Path) -> None:
    ben, ana = (
        world.add("Ben Okafor", "America/Denver", arrives=False),
        world.add("Ana Byrne", "Europe/Dublin", arrives=False),
    )
    world.pair(ben, ana)
    world.enrol(Role.MENTEE, ben)
    world.enrol(Role.MENTOR, ana)
    port = free_port()
    bot = f"http://127.0.0.1:{port}"
    async with (
        local_slack(tmp_path, "events", f"{bot}/slack/events", IN_SLACK) as slack,
        playground(tmp_path / "teams", f"{bot}/api/messages", ANA) as teams,
        both_at_work(world, port, slack, teams) as both,
    ):
        in_slack, [in_teams] = SlackPerson(slack, "U0BEN"), teams.people
        await both.slack.slack.people.find_everybody()
        await in_teams.installs()
        await both.is_told()

        await live(both.slack, InSlack(both, in_slack), InTeams(both, in_teams))
