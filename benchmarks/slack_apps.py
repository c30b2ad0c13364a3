"""The servers that the Slack bench measures, each in a process of its own: `python -m benchmarks.slack_apps`.

`application` is Cairn. The others do less, so that the difference between two of them is what one part costs.
"""

import re
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler, to_starlette_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from adapters.desk import Desk
from adapters.slack.door import Door
from benchmarks.stage import bot_on
from bot import vault
from bot.actions import decode
from bot.database import connect
from bot.events import Account, Commanded, Event, Pressed

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # noqa: S105 - made up
PATH = "/slack/events"
Json = dict[str, Any]


def application(engine: Engine) -> ASGIApp:
    """Everything, up to the acknowledgement of what has been committed."""
    bot = bot_on(engine, lambda: datetime.now(UTC))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with Desk(bot) as app.state.desk:
            yield

    async def take(event: Event) -> None:
        await served.state.desk.handle(event)

    served = Starlette(routes=[_behind_the_door(_listening(take))], lifespan=lifespan)
    return served


def without_the_desk(_engine: Engine) -> ASGIApp:
    async def forget(event: Event) -> None:
        pass

    return Starlette(routes=[_behind_the_door(_listening(forget))])


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


def _listening(take: Callable[[Event], Any]) -> AsyncApp:
    """Bolt, with the checks left to the door."""
    app = AsyncApp(
        signing_secret=SECRET,
        authorize=_authorize,
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )

    @app.command("/mentor")
    async def command(ack: Any, body: Json) -> None:
        await take(Commanded(id=body["trigger_id"], who=_who(body["user_id"]), text=body["text"]))
        await ack()

    @app.action(re.compile(r"press\.\d+"))
    async def press(ack: Any, body: Json, action: Json) -> None:
        pressed = Pressed(
            id=action["action_ts"], who=_who(body["user"]["id"]), action=decode(action["value"])
        )
        await take(pressed)
        await ack()

    return app


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


def _who(user: str) -> Account:
    return Account("slack", "T1", user)


APPS = {
    app.__name__: app
    for app in (application, without_the_desk, the_door_alone, nothing, bare_bolt, bolt_as_it_comes)
}


def main(name: str, url: str) -> None:
    """Says its port on a line once it listens."""
    vault.use(vault.Key(bytes(range(32))))
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    app = APPS[name](connect(url))
    config = uvicorn.Config(app, http="httptools", loop="asyncio", access_log=False, log_level="warning")
    uvicorn.Server(config).run([listening])


if __name__ == "__main__":
    main(*sys.argv[1:])
