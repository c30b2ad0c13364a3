"""The server of Slack: the one file that knows Bolt. HTTP, Socket Mode and OAuth lead to the same clerk.

Bolt knows the protocols and tells apart what comes in; what is to be done is the clerk's. A listener returns
when that is committed, so an acknowledgement means that nothing can be lost any more.
"""

import asyncio
import logging
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, Self

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from adapters.afterwards import Afterwards
from adapters.desk import Desk
from adapters.slack.clerk import Clerk
from adapters.slack.counter import Counter
from adapters.slack.door import Door
from adapters.slack.homes import Homes
from adapters.slack.installations import (
    Installations,
    NotWelcome,
    OAuthInstallations,
    OAuthStates,
    OneWorkspace,
)
from adapters.slack.line import Line
from adapters.slack.manifest import COMMAND, EVENTS_PATH, INSTALL_PATH, OPTIONAL, REDIRECT_PATH, REQUIRED
from adapters.slack.pages import HEADERS, installed_page, refused_page
from adapters.slack.parse import PLATFORM, POINTS
from adapters.slack.people import People
from adapters.slack.sender import Sender
from adapters.slack.settings import WAYS, SlackSettings
from adapters.slack.token_store import TokenStore
from bot.bot import Bot
from bot.events import Account, WorkspaceBack
from bot.quiet_log import log_without_words

log = logging.getLogger(__name__)

ANYTHING = re.compile(".*")

Take = Callable[[Mapping[str, Any]], Awaitable[BoltResponse]]


class Slack:
    """`async with slack.running(desk) as sender`: it listens and answers until that is left.

    Where Slack comes to us by HTTP, `routes` are what it comes to. `one` is the one workspace, if it is one.
    """

    platform, name = PLATFORM, "Slack"

    def __init__(self, settings: SlackSettings, bot: Bot, one: OneWorkspace | None = None) -> None:
        self.bot = bot
        self._settings = settings
        self._one = one
        self._bolt = bolt(self._take)

    @classmethod
    def connect(cls, settings: SlackSettings, bot: Bot) -> Self:
        """Where there is one workspace, Slack is asked which one it is, before anything begins.

        Raises MendFirst where Slack does not know the token, or does not answer.
        """
        if settings.mode == "oauth":
            return cls(settings, bot)
        client = AsyncWebClient(base_url=settings.api_url)
        return cls(settings, bot, asyncio.run(OneWorkspace.open(settings, client)))

    @property
    def described(self) -> str:
        return WAYS[self._settings.mode]

    @property
    def routes(self) -> list[BaseRoute]:
        if self._settings.mode == "socket":
            return []
        door = Door(self._receive, signing_secret=self._settings.signing_secret, app_ids=self._app_ids)
        routes: list[BaseRoute] = [Route(EVENTS_PATH, door)]
        if self._one is None:
            routes += [Route(INSTALL_PATH, self._begin_install), Route(REDIRECT_PATH, self._end_install)]
        return routes

    @asynccontextmanager
    async def running(self, desk: Desk) -> AsyncIterator[Sender]:
        self._desk = desk
        installations = self._one or self._many(desk)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(installations.finish)
            line = await stack.enter_async_context(Line(installations, self.bot.now, self._settings.api_url))
            self.people = People(self.bot, desk, line, installations)
            homes = await stack.enter_async_context(Homes(self.bot, desk, line))
            sender = Sender(line, self.bot.now, homes.look_soon)
            counter = Counter(self.bot.prompts, line, sender, homes)
            self.showing = await stack.enter_async_context(
                Afterwards(partial(desk.run, self.bot.bring_later))
            )
            self._clerk = Clerk(self.bot, desk, counter, self.people, homes, installations, self.showing)
            line.removed = self._is_gone
            if self._one:
                await self._is_there(self._one.installed.workspace)
            if self._settings.mode == "socket":
                await stack.enter_async_context(self._socket())
            await stack.enter_async_context(self.people)
            yield sender

    # What comes in

    async def _take(self, body: Mapping[str, Any]) -> BoltResponse:
        told = await self._clerk.take(body)
        return BoltResponse(status=200, body=dict(told) if told else "")

    async def _receive(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What the door let in. It has read the body already, as in Socket Mode."""
        request = Request(scope, receive)
        asked = AsyncBoltRequest(body=request.state.slack, headers=dict(request.headers), mode="socket_mode")
        await _response(await self._bolt.async_dispatch(asked))(scope, receive, send)

    def _app_ids(self) -> list[str]:
        return [self._one.installed.app_id] if self._one and self._one.installed.app_id else []

    @asynccontextmanager
    async def _socket(self) -> AsyncIterator[None]:
        """A connection that we open ourselves, so that it works behind any firewall."""
        client = AsyncWebClient(token=self._settings.app_token, base_url=self._settings.api_url)
        handler: Any = AsyncSocketModeHandler(self._bolt, self._settings.app_token, web_client=client)
        await handler.connect_async()
        try:
            yield
        finally:
            await handler.close_async()

    # Installing it in many workspaces

    def _many(self, desk: Desk) -> Installations:
        client = AsyncWebClient(base_url=self._settings.api_url)
        store = TokenStore(self.bot.open_transaction, self.bot.now)
        installations = OAuthInstallations(self._settings, client, desk.run, store, self.bot.now)
        self._flow = _Flow(
            client=client,
            settings=AsyncOAuthSettings(
                client_id=self._settings.client_id,
                client_secret=self._settings.client_secret,
                scopes=[*REQUIRED, *OPTIONAL],
                user_scopes=[],
                redirect_uri=self._settings.redirect_url,
                authorization_url=self._settings.authorize_url,
                install_page_rendering_enabled=False,
                installation_store=installations,
                state_store=OAuthStates(desk.run, store),
                callback_options=AsyncCallbackOptions(success=self._installed, failure=_refused),
            ),
        )
        return installations

    async def _begin_install(self, request: Request) -> Response:
        return _response(await self._flow.handle_installation(_asked(request)))

    async def _end_install(self, request: Request) -> Response:
        return _response(await self._flow.handle_callback(_asked(request)))

    async def _installed(self, args: AsyncSuccessArgs) -> BoltResponse:
        made = args.installation
        await self._is_there(str(made.enterprise_id if made.is_enterprise_install else made.team_id))
        self.people.look_now()
        return BoltResponse(status=200, body=installed_page(), headers=dict(HEADERS))

    async def _is_gone(self, workspace: str) -> None:
        await self._clerk.workspace_gone(workspace, self.bot.now())

    async def _is_there(self, workspace: str) -> None:
        where = Account(PLATFORM, workspace, "")
        await self._desk.handle(WorkspaceBack(id=f"back:{secrets.token_hex(8)}", who=where))


class _Flow(AsyncOAuthFlow):
    async def store_installation(self, request: AsyncBoltRequest, installation: Installation) -> None:
        try:
            await super().store_installation(request, installation)
        except NotWelcome:
            raise BoltError("not_welcome") from None


async def _refused(args: AsyncFailureArgs) -> BoltResponse:
    reason = str(args.error) if isinstance(args.error, BoltError) else args.reason
    return BoltResponse(status=args.suggested_status_code, body=refused_page(reason), headers=dict(HEADERS))


def _asked(request: Request) -> AsyncBoltRequest:
    return AsyncBoltRequest(body="", query=request.url.query, headers=dict(request.headers))


def _response(told: BoltResponse) -> Response:
    response = Response(told.body, told.status)
    for name, values in told.headers.items():
        for value in values:
            response.headers.append(name, value)
    return response


def bolt(take: Take) -> AsyncApp:
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
    app.event(ANYTHING)(listen)
    app.error(_not_done)
    return app


async def _not_done(error: Exception) -> BoltResponse:
    """Slack sends it again. Bolt itself would log the text of the error."""
    log_without_words(log, error)
    return BoltResponse(status=500)


async def _whoever_it_is() -> AuthorizeResult:
    """The clerk asks whether we are installed there, and the line which token is to be used."""
    return AuthorizeResult(enterprise_id=None, team_id=None)
