"""A pair whose people are on different platforms: one bot, one database, one courier, both adapters."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx2 as httpx
import pytest
from fake_slack import Card, FakeSlack
from fake_teams import APP_ID, FakeTeams
from identity import Identity
from office import Office, http
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from teams_office import Somebody, TeamsOffice, buttons, settings, words
from two_lives import live
from world import World

from adapters.courier import Courier
from adapters.desk import Desk
from adapters.pace import Limits
from adapters.slack.installations import OneWorkspace
from adapters.slack.server import Slack
from adapters.teams.server import Teams
from adapters.teams.settings import Sdk
from bot.models import Role

NO_GAP, QUICKLY = timedelta(), Limits(posted=(1000, 1), answers=(1000, 1), in_a_chat=((1000, 1),))


@dataclass
class InSlack:
    office: Office
    slack: FakeSlack
    user: str

    async def presses(self, label: str) -> None:
        await self.office.shown()
        await self.slack.presses(self.user, label, self._card(label))
        await self.office.shown()

    async def fills(self, **answers: str) -> None:
        await self.slack.sees(lambda: self.slack.views)
        await self.slack.submits(self.user, **answers)
        await self.office.shown()

    async def says(self, text: str) -> None:
        await self.slack.says(self.user, text)
        await self.office.shown()

    async def reads(self, words: str) -> str:
        await self.office.shown()
        found = [card.text for card in self.slack.chat(self.user) if words in card.text]
        assert found, self._chat()
        return found[-1]

    async def links(self) -> list[str]:
        cards = self.slack.chat(self.user)
        return [button["url"] for card in cards for _, button in card.buttons() if "url" in button]

    def _card(self, label: str) -> Card:
        for card in reversed(self.slack.chat(self.user)):
            if any(button["text"]["text"] == label for _, button in card.buttons()):
                return card
        raise AssertionError(f"no {label}:\n{self._chat()}")

    def _chat(self) -> str:
        return "\n---\n".join(card.text for card in self.slack.chat(self.user))


@dataclass
class InTeams:
    somebody: Somebody

    async def presses(self, label: str) -> None:
        await self.somebody.presses(label)

    async def fills(self, **answers: str) -> None:
        await self.somebody.fills(**answers)

    async def says(self, text: str) -> None:
        await self.somebody.says(text)

    async def reads(self, wanted: str) -> str:
        read = [words(said.card) or said.text for said in self.somebody.chat]
        found = [text for text in read if wanted in text]
        assert found, "\n---\n".join(read)
        return found[-1]

    async def links(self) -> list[str]:
        cards = [said.card for said in self.somebody.chat if said.card]
        return [button["url"] for card in cards for button in buttons(card) if "url" in button]


@dataclass
class Both:
    slack: Office
    teams: TeamsOffice


@asynccontextmanager
async def both_at_work(
    world: World, fake_slack: FakeSlack, fake_teams: FakeTeams, identity: Identity, sdk: Sdk
) -> AsyncIterator[Both]:
    token = fake_teams.new_token()

    async def ours() -> str:
        return token

    here = http(fake_slack.url)
    slack = Slack(here, world.bot, await OneWorkspace.open(here, AsyncWebClient(base_url=here.api_url)))
    teams = Teams(settings(fake_teams, identity, sdk), world.bot, ours)
    app = Starlette(routes=[*slack.routes, *teams.routes])
    async with (
        Desk(world.bot) as desk,
        slack.running(desk) as in_slack,
        teams.running(desk) as in_teams,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://cairn.example.com") as client,
    ):
        in_slack.gap = in_teams.gap = NO_GAP
        courier = Courier(world.bot, desk, {"slack": in_slack, "teams": in_teams})
        fake_slack.bot = app
        yield Both(
            Office(world, slack, in_slack, desk, courier, app),
            TeamsOffice(world, fake_teams, identity, teams, in_teams, desk, courier, client),
        )


@pytest.fixture(autouse=True)
def _at_any_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.line.LIMITS", QUICKLY)
    monkeypatch.setattr("adapters.teams.line.LIMITS", QUICKLY)


@pytest.mark.parametrize("sdk", ["botbuilder", "agents"])
async def test_a_pair_lives_a_whole_cycle_on_two_platforms(world: World, sdk: Sdk) -> None:
    ben, ana = (
        world.add("Ben Okafor", "America/Denver", arrives=False),
        world.add("Ana Byrne", "Europe/Dublin", arrives=False),
    )
    world.pair(ben, ana)
    world.enrol(Role.MENTEE, ben)
    world.enrol(Role.MENTOR, ana)
    async with FakeSlack() as slack, FakeTeams() as teams, Identity(app_id=APP_ID) as identity:
        slack.add("U0BEN", "Ben Okafor", ben.email, "America/Denver")
        async with both_at_work(world, slack, teams, identity, sdk) as both:
            in_teams = both.teams.somebody(teams.add("Ana Byrne", ana.email))
            await both.slack.slack.people.find_everybody()
            await in_teams.installs()

            await live(both.slack, InSlack(both.slack, slack, "U0BEN"), InTeams(in_teams))

    assert slack.refused == []
    assert {str(call["users"]) for call in slack.called("conversations_open")} <= {"U0BEN"}
    assert {call.what for call in teams.calls} <= {"send", "change", "member"}
