"""Teams: 120 messages at once to a connector that takes 200 ms for each, and how long others wait meanwhile.

The connector and a login that takes 1.5 s run in a process of their own. botbuilder as it comes logs in on
the event loop and sends from the threads that all share.
"""

import asyncio
import multiprocessing
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import msal  # type: ignore[import-untyped]
from botbuilder.schema import Activity  # type: ignore[import-untyped]
from botframework.connector.aio import ConnectorClient  # type: ignore[import-untyped]
from botframework.connector.auth import MicrosoftAppCredentials  # type: ignore[import-untyped]
from rich.table import Table

from adapters.teams.agents_sdk import AgentsPort
from adapters.teams.botbuilder_sdk import BotbuilderPort
from adapters.teams.clouds import Cloud
from adapters.teams.login import Login
from adapters.teams.port import Chat
from adapters.teams.settings import TeamsSettings
from benchmarks.stage import ROOT, median

MESSAGES = 120
DELAY = 0.2  # seconds
LOGIN = 1.5  # seconds, of both its calls together
RUNS = 3

Send = Callable[[int], Awaitable[object]]


@dataclass(frozen=True)
class Teams:
    """Where the small Teams is, as its process tells."""

    url: str
    login: str
    ca: str
    chat: str
    app_id: str
    tenant: str
    password: str
    scope: str


def measure() -> Table:
    title = f"Teams: {MESSAGES} messages at once at {DELAY * 1000:.0f} ms each, a login of {LOGIN} s"
    table = Table(title=title)
    for heading in ("", "all sent after", "the loop stands still for, at most: sends", "login"):
        table.add_column(heading, justify="left" if not heading else "right")
    with _teams() as teams:
        for name, run in WAYS.items():
            figures = [asyncio.run(run(teams)) for _ in range(RUNS)]
            sent, stalled, at_login = (_median(figures, place) for place in range(3))
            table.add_row(name, f"{sent:.2f} s", f"{stalled * 1000:.0f} ms", f"{at_login * 1000:.0f} ms")
    table.caption = f"Median of {RUNS}. The first message waits for the login; the {MESSAGES} come after it."
    return table


def _median(figures: list[tuple[float, float, float]], place: int) -> float:
    values = iter(figures)
    return median(len(figures), lambda: next(values)[place])


async def _ours(teams: Teams, kind: Any) -> tuple[float, float, float]:
    cloud = Cloud("bench", teams.login, teams.scope, "", "", ())
    settings = TeamsSettings("password", cloud, teams.app_id, teams.tenant, password=teams.password)
    login, chat = Login(settings), Chat(teams.url, teams.chat)
    async with kind(teams.app_id, login.token, lambda url: url == teams.url) as port:
        return await _timed(lambda number: port.send(chat, {"type": "message", "text": str(number)}))


async def _stock(teams: Teams) -> tuple[float, float, float]:
    credentials = MicrosoftAppCredentials(teams.app_id, teams.password, teams.tenant, teams.scope)
    client = ConnectorClient(credentials, base_url=teams.url)

    async def send(number: int) -> None:
        if (
            credentials.app is None
        ):  # as it does, but for asking Microsoft whether our own server is one of theirs
            authority = f"{teams.login}/{teams.tenant}"
            credentials.app = msal.ConfidentialClientApplication(
                teams.app_id, teams.password, authority=authority, instance_discovery=False
            )
        said = Activity(type="message", text=str(number))
        await client.conversations.send_to_conversation(teams.chat, said)

    return await _timed(send)


async def _timed(send: Send) -> tuple[float, float, float]:
    _, at_login = await _watched(send(0))
    sent, stalled = await _watched(asyncio.gather(*(send(number) for number in range(MESSAGES))))
    return sent, stalled, at_login


async def _watched(work: Awaitable[object]) -> tuple[float, float]:
    """How long it took, and the longest time that nobody else had a turn."""
    begin = last = perf_counter()
    longest = 0.0
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.sleep(0.001)
        longest, last = max(longest, perf_counter() - last), perf_counter()
    await task
    return last - begin, longest


async def _botbuilder(teams: Teams) -> tuple[float, float, float]:
    return await _ours(teams, BotbuilderPort)


async def _agents(teams: Teams) -> tuple[float, float, float]:
    return await _ours(teams, AgentsPort)


WAYS = {
    "botbuilder, as it comes": _stock,
    "our port on botbuilder": _botbuilder,
    "our port on the Agents SDK": _agents,
}


@contextmanager
def _teams() -> Iterator[Teams]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=_serve, args=(theirs,))
    server.start()
    teams: Teams = ours.recv()
    before = os.environ.get("REQUESTS_CA_BUNDLE")
    os.environ["REQUESTS_CA_BUNDLE"] = teams.ca
    try:
        yield teams
    finally:
        os.environ.pop("REQUESTS_CA_BUNDLE")
        if before is not None:
            os.environ["REQUESTS_CA_BUNDLE"] = before
        ours.send("enough")
        server.join()


def _serve(pipe: Any) -> None:
    sys.path.insert(0, str(ROOT / "tests" / "adapters" / "teams"))
    asyncio.run(_play(pipe))


async def _play(pipe: Any) -> None:
    import fake_teams as fake  # noqa: PLC0415 - on the path of this process alone

    async with fake.FakeTeams() as teams:
        teams.delay, teams.slow_login = DELAY, LOGIN / 2
        chat = teams.install(teams.add("Ben Okafor"))
        where = (teams.url, teams.login_url, str(teams.ca), chat)
        pipe.send(Teams(*where, fake.APP_ID, fake.TENANT, fake.PASSWORD, fake.SCOPE))
        await asyncio.to_thread(pipe.recv)
