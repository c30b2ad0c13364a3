"""A connector for one person: it takes what the bot says, and knows who they are."""

import asyncio
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Json = dict[str, Any]

TENANT = "00000000-0000-4000-8000-00000000aaaa"
ANONYMOUS = {"TEAMS_ANONYMOUS": "1", "TEAMS_ALLOWED_TENANTS": TENANT}
BEN = {"id": "29:ben", "name": "Ben Okafor", "aadObjectId": "00000000-0000-4000-8000-000000000001"}


class SmallConnector:
    """`async with SmallConnector() as connector: connector.hello`"""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[Json] = asyncio.Queue()

    async def __aenter__(self) -> "SmallConnector":
        app = web.Application()
        app.router.add_post("/v3/conversations/{chat}/activities", self._take)
        app.router.add_get("/v3/conversations/{chat}/members/{user}", self._who)
        self._server = TestServer(app)
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    def says(self, text: str) -> Json:
        return {
            "type": "message",
            "id": f"1{len(text)}",
            "text": text,
            "channelId": "msteams",
            "serviceUrl": str(self._server.make_url("/")),
            "from": BEN,
            "recipient": {"id": "28:cairn", "name": "Cairn"},
            "conversation": {"id": "a:ben", "conversationType": "personal", "tenantId": TENANT},
            "channelData": {"tenant": {"id": TENANT}},
        }

    async def _take(self, request: web.Request) -> web.Response:
        await self.heard.put(await request.json())
        return web.json_response({"id": "1"}, status=201)

    async def _who(self, _: web.Request) -> web.Response:
        return web.json_response({**BEN, "email": "ben@example.org", "tenantId": TENANT, "userRole": "user"})
