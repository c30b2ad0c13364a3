"""People in a small Slack, and Cairn beside it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from fake_slack import FakeSlack
from office import Office, http, open_office, they_meet
from stage import Stage, open_stage
from world import Someone, World

from adapters.pace import Limits
from bot.database import connect
from bot.models import Role
from bot.prompts import Prompts


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as slack:
        slack.add("U0BEN", "Ben Okafor", "ben@example.org", "America/Denver")
        slack.add("U0ANA", "Ana Byrne", "ana@example.org", "Europe/Dublin")
        slack.add("U0EVE", "Eve Stranger", "eve@example.net")
        yield slack
        assert slack.refused == []


@pytest.fixture
async def office(world: World, slack: FakeSlack) -> AsyncIterator[Office]:
    async with open_office(world, http(slack.url)) as office:
        slack.bot = office.app
        yield office


@pytest.fixture
def ben(world: World) -> Someone:
    return world.add("Ben Okafor", "America/Denver", arrives=False)


@pytest.fixture
def ana(world: World) -> Someone:
    return world.add("Ana Byrne", "Europe/Dublin", arrives=False)


@pytest.fixture
async def met(office: Office, slack: FakeSlack, ben: Someone, ana: Someone) -> Office:
    """Both are known in Slack, are through the welcome, and meet every second Tuesday."""
    await they_meet(office, slack, ben, ana)
    return office


@pytest.fixture
async def stage(
    sqlite: str,
    prompts: Prompts,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Stage]:
    """One database is enough for what is seen on a page."""
    monkeypatch.setattr("adapters.slack.people.ONE_AT_A_TIME", timedelta())
    engine = connect(sqlite)
    world = World(engine, prompts)
    world.enrol(Role.MENTEE, world.add("Ben Okafor", "America/Denver", arrives=False))
    world.enrol(Role.MENTOR, world.add("Ana Byrne", "Europe/Dublin", arrives=False))
    async with open_stage(world, tmp_path, getattr(request, "param", 1)) as stage:
        yield stage
    engine.dispose()


@pytest.fixture(autouse=True)
def _at_any_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's paces are slow for a test. One that is about them sets its own."""
    quickly = Limits(posted=(1000, 1), answers=(1000, 1), in_a_chat=((1000, 1),))
    monkeypatch.setattr("adapters.slack.line.LIMITS", quickly)
