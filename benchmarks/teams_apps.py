"""The servers that the bench of Teams measures, each in a process of its own."""

import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import jwt
import uvicorn
from aiohttp import web
from botbuilder.core import ActivityHandler, InvokeResponse, TurnContext  # type: ignore[import-untyped]
from botbuilder.integration.aiohttp import (  # type: ignore[import-untyped]
    CloudAdapter,
    ConfigurationBotFrameworkAuthentication,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sqlalchemy import Engine
from starlette.applications import Starlette

from adapters.desk import Desk, prepare_to_serve
from adapters.pace import Limits
from adapters.teams import line
from adapters.teams.clouds import local_cloud
from adapters.teams.server import Teams
from adapters.teams.settings import MESSAGES_PATH, Sdk, TeamsSettings
from benchmarks.stage import bot_on
from bot import vault
from bot.database import connect

APP_ID = "99999999-8888-4777-8666-555555555555"
TENANT = "11111111-2222-4333-8444-555555555555"
ISSUER = "https://api.botframework.com"
KEY_ID = "key-1"
PATH = MESSAGES_PATH
AT_ANY_PACE = Limits(posted=(100_000, 1), answers=(100_000, 1), in_a_chat=((100_000, 1),))


def person(number: int) -> str:
    return f"aaaaaaaa-0000-4000-8000-{number:012}"


def application(engine: Engine, sdk: Sdk, keys: str) -> Starlette:
    """Everything, but for the pace that Teams asks for: otherwise that would be measured."""
    line.LIMITS = AT_ANY_PACE
    settings = TeamsSettings(
        way="password",
        cloud=local_cloud(keys),
        app_id=APP_ID,
        tenant=TENANT,
        tenants=frozenset({TENANT}),
        sdk=sdk,
        password="none",  # noqa: S106 - nobody asks for it
    )
    teams = Teams(settings, bot_on(engine, lambda: datetime.now(UTC)), _our_token)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with Desk(teams.bot) as desk, teams.running(desk):
            yield

    return Starlette(routes=teams.routes, lifespan=lifespan)


async def _our_token() -> str:
    return "ours"


class Echo(ActivityHandler):  # type: ignore[misc]
    async def on_message_activity(self, turn_context: TurnContext) -> None:
        await turn_context.send_activity(f"You said {turn_context.activity.text}")

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        """An answer with a body comes out as 500 there, so it gets none."""
        await turn_context.send_activity("Done")
        return self._create_invoke_response()


class Nobody:
    """Without an app id botbuilder asks nobody who they are, as before an emulator."""

    APP_ID, APP_PASSWORD, APP_TYPE, APP_TENANTID = "", "", "MultiTenant", ""


def stock(listening: socket.socket) -> None:
    adapter, bot = CloudAdapter(ConfigurationBotFrameworkAuthentication(Nobody())), Echo()

    async def messages(request: web.Request) -> web.StreamResponse:
        return await adapter.process(request, bot) or web.Response()

    app = web.Application()
    app.router.add_post(PATH, messages)
    web.run_app(app, sock=listening, print=None, access_log=None)


def _rsa(public: bytes) -> RSAPublicKey:
    key = load_pem_public_key(public)
    assert isinstance(key, RSAPublicKey)
    return key


def keys_of(public: bytes) -> str:
    """Where the key lies with which activities are signed, as Microsoft shows theirs."""
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(_rsa(public), as_dict=True)
    served = {"keys": [jwk | {"kid": KEY_ID, "use": "sig", "endorsements": ["msteams"]}]}

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told: Any = served if self.path == "/keys" else {"issuer": ISSUER, "jwks_uri": f"{url}/keys"}
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    return url


def main(name: str, url: str) -> None:
    """Says its port on a line once it listens."""
    vault.use(vault.Key(bytes(range(32))))
    public = sys.stdin.buffer.read()
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as in app.py
    print(listening.getsockname()[1], flush=True)
    if name == "stock":
        stock(listening)
        return
    sdk: Sdk = "agents" if name == "agents" else "botbuilder"
    app = application(connect(url), sdk, keys_of(public))
    prepare_to_serve()
    config = uvicorn.Config(app, http="httptools", loop="asyncio", access_log=False, log_level="warning")
    uvicorn.Server(config).run([listening])


if __name__ == "__main__":
    main(*sys.argv[1:])
