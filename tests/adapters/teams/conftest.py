"""People in a small Teams, and Cairn beside it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from fake_teams import APP_ID, FakeTeams
from identity import Identity
from living import meet_every_second_tuesday
from teams_office import Somebody, TeamsOffice, open_teams_office
from world import Someone, World

from adapters.pace import Limits


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    async with FakeTeams() as teams:
        yield teams


@pytest.fixture
async def identity() -> AsyncIterator[Identity]:
    async with Identity(app_id=APP_ID) as identity:
        yield identity


@pytest.fixture
async def office(world: World, teams: FakeTeams, identity: Identity) -> AsyncIterator[TeamsOffice]:
    async with open_teams_office(world, teams, identity) as office:
        yield office


@pytest.fixture
def enrolled(world: World) -> tuple[Someone, Someone]:
    """Ben and Ana are on the roster."""
    ben = world.add("Ben Okafor", "America/Denver", arrives=False)
    ana = world.add("Ana Byrne", "Europe/Dublin", arrives=False)
    return ben, ana


@pytest.fixture
def ben(office: TeamsOffice, teams: FakeTeams, enrolled: tuple[Someone, Someone]) -> Somebody:
    return office.somebody(teams.add("Ben Okafor", enrolled[0].email))


@pytest.fixture
def ana(office: TeamsOffice, teams: FakeTeams, enrolled: tuple[Someone, Someone]) -> Somebody:
    return office.somebody(teams.add("Ana Byrne", enrolled[1].email))


@pytest.fixture
def eve(office: TeamsOffice, teams: FakeTeams) -> Somebody:
    return office.somebody(teams.add("Eve Stranger", "eve@example.net"))


@pytest.fixture
async def met(office: TeamsOffice, ben: Somebody, ana: Somebody, enrolled: tuple[Someone, Someone]) -> None:
    """Both have the app, are through the welcome, and meet every second Tuesday."""
    await ben.installs()
    await ana.installs()
    meet_every_second_tuesday(office.world, *enrolled)
    await office.settle()


@pytest.fixture(autouse=True)
def _at_any_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Teams' paces are slow for a test, as are our pauses. One that is about them sets its own."""
    quickly = Limits(posted=(1000, 1), answers=(1000, 1), in_a_chat=((1000, 1),))
    monkeypatch.setattr("adapters.teams.line.LIMITS", quickly)
    monkeypatch.setattr("adapters.teams.line.A_MOMENT", timedelta(milliseconds=1))
