"""The server of Slack: the one file that knows Bolt. HTTP, Socket Mode and OAuth lead to the same clerk.

Bolt knows the protocols and tells apart what comes in; what is to be done is the clerk's. A listener returns
when that is committed, so an acknowledgement means that nothing can be lost any more.
"""

import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from adapters.desk import Desk
from adapters.slack.clerk import Clerk
from adapters.slack.door import Door
from adapters.slack.installations import Installations
from adapters.slack.line import Line
from adapters.slack.parse import COMMAND, POINTS
from adapters.slack.people import People
from adapters.slack.sender import Sender
from adapters.slack.settings import SlackSettings
from bot.bot import Bot

log = logging.getLogger(__name__)

EVENTS = ("message", "app_home_opened", "user_change", "team_join", "app_uninstalled", "tokens_revoked")
ANYTHING = re.compile(".*")


class Slack:
    """`async with slack.running(bot, desk) as sender`: it listens and answers until that is left.

    Where Slack comes to us by HTTP, `routes` are what it comes to.
    """

    def __init__(
        self, settings: SlackSettings, installations: Installations, now: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._installations = installations
        self._now = now
        self._bolt = _bolt(self._take)

    @property
    def routes(self) -> list[BaseRoute]:
        if self._settings.mode == "socket":
            return []
        door = Door(self._receive, signing_secret=self._settings.signing_secret)
        return [Route("/slack/events", door)]

    @asynccontextmanager
    async def running(self, bot: Bot, desk: Desk) -> AsyncIterator[Sender]:
        async with AsyncExitStack() as stack:
            line = Line(self._installations, self._now, self._settings.api_url)
            await stack.enter_async_context(line)
            sender = Sender(line, self._now)
            self.people = People(bot, desk, line, self._installations)
            self._clerk = Clerk(bot, desk, line, sender, self.people, self._installations)
            await stack.enter_async_context(self._clerk)
            if self._settings.mode == "socket":
                await stack.enter_async_context(self._socket())
            await stack.enter_async_context(self.people)
            yield sender

    async def _take(self, body: Mapping[str, Any]) -> BoltResponse:
        told = await self._clerk.take(body)
        return BoltResponse(status=200, body=dict(told) if told else "")

    async def _receive(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What the door let in; it has read the body already."""
        request = Request(scope, receive)
        asked = AsyncBoltRequest(body=request.state.slack, headers=dict(request.headers), mode="socket_mode")
        told = await self._bolt.async_dispatch(asked)
        headers = {name: values[0] for name, values in told.headers.items()}
        await Response(told.body, told.status, headers=headers)(scope, receive, send)

    @asynccontextmanager
    async def _socket(self) -> AsyncIterator[None]:
        """A connection that we open ourselves, so that it works behind any firewall."""
        client = AsyncWebClient(token=self._settings.app_token, base_url=self._settings.api_url)
        handler = AsyncSocketModeHandler(self._bolt, self._settings.app_token, web_client=client)
        await handler.connect_async()
        try:
            yield
        finally:
            await handler.close_async()


def _bolt(take: Callable[[Mapping[str, Any]], Any]) -> AsyncApp:
    """Every kind of request comes to one listener. What Bolt would check, the door has checked."""
    app = AsyncApp(
        authorize=_whoever_it_is,
        process_before_response=True,  # otherwise it looks every 10 ms whether the listener is done
        request_verification_enabled=False,
        ignoring_self_events_enabled=False,
        ssl_check_enabled=False,
    )

    async def listen(body: dict[str, Any]) -> BoltResponse:
        return await take(body)

    app.command(COMMAND)(listen)
    app.action(ANYTHING)(listen)
    app.view(ANYTHING)(listen)
    for name in POINTS:
        app.shortcut(name)(listen)
    for name in EVENTS:
        app.event(name)(listen)
    return app


async def _whoever_it_is() -> AuthorizeResult:
    """The clerk asks whether we are installed there, and the line which token is to be used."""
    return AuthorizeResult(enterprise_id=None, team_id=None)
