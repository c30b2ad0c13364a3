"""Cairn at work beside some Slack: the bot on a clock that is moved, the desk, Slack's adapter, a courier."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from fake_slack import SECRET, TEAM, TOKEN, FakeSlack
from living import Living, meet_every_second_tuesday
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from world import Someone, World

from adapters.courier import Courier
from adapters.desk import Desk
from adapters.slack.installations import OneWorkspace
from adapters.slack.sender import Sender
from adapters.slack.server import Slack
from adapters.slack.settings import SlackSettings

NO_GAP = timedelta()


def http(api_url: str) -> SlackSettings:
    return SlackSettings(mode="http", api_url=api_url, bot_token=TOKEN, signing_secret=SECRET)


def oauth(api_url: str) -> SlackSettings:
    return SlackSettings(
        mode="oauth",
        api_url=api_url,
        public_url="https://cairn.example.com",
        workspaces=frozenset({TEAM, "T0OTHER"}),
        client_id="12345.67890",
        client_secret=SECRET,
        signing_secret=SECRET,
    )


@dataclass
class Office(Living):
    world: World
    slack: Slack
    sender: Sender
    desk: Desk
    courier: Courier
    app: Starlette

    async def shown(self) -> None:
        """Whatever was to be shown when it had been acknowledged is there."""
        await self.slack.showing.all_shown()


@asynccontextmanager
async def open_office(world: World, settings: SlackSettings) -> AsyncIterator[Office]:
    one = None
    if settings.mode != "oauth":
        one = await OneWorkspace.open(settings, AsyncWebClient(base_url=settings.api_url))
    slack = Slack(settings, world.bot, one)
    async with Desk(world.bot) as desk, slack.running(desk) as sender:
        sender.gap = NO_GAP
        courier = Courier(world.bot, desk, {"slack": sender})
        yield Office(world, slack, sender, desk, courier, Starlette(routes=slack.routes))


async def they_meet(office: Office, slack: FakeSlack, mentee: Someone, mentor: Someone) -> None:
    """Both are known in Slack, and meet every second Tuesday."""
    for someone in (mentee, mentor):
        await slack.happens({"type": "user_change", "user": slack.user_of(someone.email)})
    meet_every_second_tuesday(office.world, mentee, mentor)
    await office.settle()
