"""The servers that the Slack bench measures, each in a process of its own: `python -m benchmarks.slack_apps`.

`application` is Cairn. The others do less, so that the difference between two of them is what one part costs.
"""

import os
import re
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler, to_starlette_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from adapters.desk import Desk, prepare_to_serve
from adapters.slack.door import Door
from adapters.slack.installations import OneWorkspace
from adapters.slack.server import Slack, bolt
from adapters.slack.settings import SlackSettings
from adapters.slack.token_store import Installed
from benchmarks.stage import bot_on
from bot import vault
from bot.database import connect

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # noqa: S105 - made up
PATH = "/slack/events"
INSTALLED = Installed(
    workspace="T1",
    enterprise="",
    token="none",  # noqa: S106 - nobody asks for it
    bot_user="UBOT",
    bot_id="B1",
    app_id="A1",
    scopes=frozenset(),
    is_enterprise_install=False,
)


def application(engine: Engine) -> ASGIApp:
    """Everything, and the answers that are not in the acknowledgement go to a Slack that takes them all."""
    settings = SlackSettings(mode="http", api_url=os.environ["SLACK_API_URL"], signing_secret=SECRET)
    slack = Slack(settings, bot_on(engine, lambda: datetime.now(UTC)), OneWorkspace(INSTALLED))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with Desk(slack.bot) as desk, slack.running(desk):
            yield

    return Starlette(routes=slack.routes, lifespan=lifespan)


def without_the_desk(_engine: Engine) -> ASGIApp:
    return Starlette(routes=[_behind_the_door(_listening())])


def the_door_alone(_engine: Engine) -> ASGIApp:
    return Starlette(routes=[Route(PATH, Door(Response(), signing_secret=SECRET))])


def nothing(_engine: Engine) -> ASGIApp:
    async def read(request: Request) -> Response:
        await request.body()
        return Response()

    return Starlette(routes=[Route(PATH, read, methods=["POST"])])


def bare_bolt(_engine: Engine) -> ASGIApp:
    """Bolt with listeners that only acknowledge, and with its own check of signatures."""
    return _bolt(process_before_response=True)


def bolt_as_it_comes(_engine: Engine) -> ASGIApp:
    """The same with Bolt's default, which looks every 10 ms whether a listener has acknowledged."""
    return _bolt(process_before_response=False)


def _bolt(*, process_before_response: bool) -> ASGIApp:
    app = AsyncApp(
        signing_secret=SECRET, authorize=_authorize, process_before_response=process_before_response
    )

    async def acknowledge(ack: Any) -> None:
        await ack()

    app.command("/mentor")(acknowledge)
    app.action(re.compile(r"press\.\d+"))(acknowledge)
    return Starlette(routes=[Route(PATH, AsyncSlackRequestHandler(app).handle, methods=["POST"])])


def _listening() -> AsyncApp:
    """Bolt, with the checks left to the door."""

    async def take(_body: Mapping[str, Any]) -> BoltResponse:
        return BoltResponse(status=200)

    return bolt(take)


def _behind_the_door(app: AsyncApp) -> Route:
    async def handle(request: Request) -> Response:
        """The body goes in as the door has read it. As text Bolt would read it again, and less well."""
        headers: dict[str, str | Sequence[str]] = dict(request.headers)
        body = request.scope["state"]["slack"]
        found = await app.async_dispatch(AsyncBoltRequest(body=body, headers=headers, mode="socket_mode"))
        return to_starlette_response(found)

    async def endpoint(scope: Any, receive: Any, send: Any) -> None:
        response = await handle(Request(scope, receive))
        await response(scope, receive, send)

    return Route(PATH, Door(endpoint, signing_secret=SECRET))


async def _authorize(**_: object) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="UBOT")  # noqa: S106


APPS = {
    app.__name__: app
    for app in (application, without_the_desk, the_door_alone, nothing, bare_bolt, bolt_as_it_comes)
}


def main(name: str, url: str) -> None:
    """Says its port on a line once it listens."""
    vault.use(vault.Key(bytes(range(32))))
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as in app.py
    print(listening.getsockname()[1], flush=True)
    app = APPS[name](connect(url))
    prepare_to_serve()
    config = uvicorn.Config(app, http="httptools", loop="asyncio", access_log=False, log_level="warning")
    uvicorn.Server(config).run([listening])


if __name__ == "__main__":
    main(*sys.argv[1:])
