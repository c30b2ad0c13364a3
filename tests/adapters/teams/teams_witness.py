"""A witness between Teams and the bot: all passes through it unchanged, both ways, and is written down."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

Json = dict[str, Any]

KEPT = ("Content-Type", "Authorization", "User-Agent")
ENOUGH = 64 * 1024 * 1024  # bytes; it is for others to say that something is too long


@dataclass(frozen=True)
class Exchange:
    """One HTTP call and its answer."""

    to: Literal["bot", "teams"]
    method: str
    path: str
    body: Any
    status: int
    answer: Any
    headers: dict[str, str] = field(repr=False)


class Witness:
    """`async with Witness(bot_url) as witness: witness.teams = "http://…"`"""

    teams: str = ""

    def __init__(self, bot_url: str) -> None:
        self.wire: list[Exchange] = []
        self.bot = bot_url

    async def __aenter__(self) -> "Witness":
        app = web.Application(client_max_size=ENOUGH)
        app.router.add_route("*", "/_connector/{rest:.*}", self._to_teams)
        app.router.add_route("*", "/api/messages", self._to_bot)
        self._server = TestServer(app)
        await self._server.start_server()
        self._http = aiohttp.ClientSession(auto_decompress=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()
        await self._server.close()

    @property
    def service_url(self) -> str:
        return str(self._server.make_url("/_connector"))

    @property
    def bot_url(self) -> str:
        return str(self._server.make_url("/api/messages"))

    def seen(self, to: str, wanted: Callable[[Exchange], bool]) -> list[Exchange]:
        return [one for one in self.wire if one.to == to and wanted(one)]

    async def _to_teams(self, request: web.Request) -> web.Response:
        return await self._pass("teams", request, self.teams + request.raw_path)

    async def _to_bot(self, request: web.Request) -> web.Response:
        return await self._pass("bot", request, self.bot)

    async def _pass(self, to: Literal["bot", "teams"], request: web.Request, url: str) -> web.Response:
        raw = await request.read()
        headers = {name: request.headers[name] for name in KEPT if name in request.headers}
        try:
            async with self._http.request(request.method, url, data=raw, headers=headers) as answer:
                told, status, kind = await answer.read(), answer.status, answer.content_type
        except aiohttp.ClientError:
            told, status, kind = b"", 502, "text/plain"
        self.wire.append(
            Exchange(to, request.method, request.path, _read(raw), status, _read(told), dict(request.headers))
        )
        return web.Response(body=told, status=status, content_type=kind)


def _read(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else {}
    except ValueError:
        return raw.decode(errors="replace")
