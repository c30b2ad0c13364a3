"""Cairn at work beside Microsoft's Agents Playground: over HTTP, unsigned, on a clock that is moved.

async with beside_the_playground(world, tmp_path) as office:
    ben, ana = office.teams.people
    await ben.installs()
    await office.settle()
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from living import Living
from npm import free_port
from playground import ANA, BEN, TENANT, Playground, Who, playground, until
from starlette.applications import Starlette
from teams_office import NO_GAP
from world import Someone, World

from adapters.courier import Courier
from adapters.desk import Desk
from adapters.teams.clouds import local_cloud
from adapters.teams.server import Teams
from adapters.teams.settings import Sdk, TeamsSettings
from bot.models import Role


@dataclass
class PlaygroundOffice(Living):
    world: World
    teams: Playground
    server: Teams
    desk: Desk
    courier: Courier
    warned: list[logging.LogRecord] = field(default_factory=list)  # by Cairn

    async def settle(self) -> None:
        await self.server.showing.all_shown()
        await super().settle()

    def all_is_well(self) -> None:
        assert self.teams.failed() == []
        assert [record.getMessage() for record in self.warned] == []


def local_settings(sdk: Sdk) -> TeamsSettings:
    return TeamsSettings(way="anonymous", cloud=local_cloud(), tenants=frozenset({TENANT}), sdk=sdk)


@asynccontextmanager
async def beside_the_playground(
    world: World, folder: Path, sdk: Sdk = "botbuilder", people: tuple[Who, ...] = (BEN, ANA)
) -> AsyncIterator[PlaygroundOffice]:
    port = free_port()
    server = Teams(local_settings(sdk), world.bot)
    app = Starlette(routes=server.routes)  # which warns that nobody signs anything
    async with AsyncExitStack() as stack:
        desk = await stack.enter_async_context(Desk(world.bot))
        sender = await stack.enter_async_context(server.running(desk))
        sender.gap = NO_GAP
        warned = stack.enter_context(_warnings())
        await stack.enter_async_context(_served(app, port))
        url = f"http://127.0.0.1:{port}/api/messages"
        teams = await stack.enter_async_context(playground(folder / "teams", url, *people))
        courier = Courier(world.bot, desk, {"teams": sender})
        yield PlaygroundOffice(world, teams, server, desk, courier, warned)


def a_pair(world: World, language: str = "en") -> tuple[Someone, Someone]:
    """Ben and Ana are on the roster."""
    ben = world.add("Ben Okafor", "America/Denver", language=language, arrives=False)
    ana = world.add("Ana Byrne", "Europe/Dublin", arrives=False)
    world.enrol(Role.MENTEE, ben)
    world.enrol(Role.MENTOR, ana)
    return ben, ana


@asynccontextmanager
async def _served(app: Starlette, port: int) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        await serving


class _Collects(logging.Handler):
    found: list[logging.LogRecord]

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(record)


@contextmanager
def _warnings() -> Iterator[list[logging.LogRecord]]:
    found: list[logging.LogRecord] = []
    handler = _Collects(logging.WARNING)
    handler.found = found
    logging.getLogger().addHandler(handler)
    try:
        yield found
    finally:
        logging.getLogger().removeHandler(handler)
