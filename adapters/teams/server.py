"""The server of Teams: puts the door, the SDK, the clerk and the sender together."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from adapters.afterwards import Afterwards
from adapters.desk import Desk
from adapters.teams.clerk import Clerk
from adapters.teams.door import Door
from adapters.teams.files import Files
from adapters.teams.line import Line
from adapters.teams.login import Login
from adapters.teams.parse import PLATFORM
from adapters.teams.people import People
from adapters.teams.port import Port, Token
from adapters.teams.sender import Sender
from adapters.teams.settings import MESSAGES_PATH, TeamsSettings
from adapters.teams.store import Store
from bot.bot import Bot


class Teams:
    """`async with teams.running(desk) as sender`: it answers until that is left.

    `routes` are what Teams comes to.
    """

    platform, name = PLATFORM, "Teams"

    def __init__(self, settings: TeamsSettings, bot: Bot, token: Token | None = None) -> None:
        """`token` is whoever hands out ours; if nobody does, we sign in ourselves.

        Raises MendFirst where the SDK that the settings name is not installed.
        """
        self.bot = bot
        self._settings = settings
        self._token = token
        self._sdk = sdk_of(settings)

    @property
    def described(self) -> str:
        return self._settings.described

    @property
    def routes(self) -> list[BaseRoute]:
        return [Route(MESSAGES_PATH, Door(self._receive, self._settings))]

    @asynccontextmanager
    async def running(self, desk: Desk) -> AsyncIterator[Sender]:
        settings, cloud = self._settings, self._settings.cloud
        async with AsyncExitStack() as stack:
            token = self._token or stack.enter_context(closing(Login(settings))).token
            sdk = self._sdk(settings.app_id, token, cloud.takes)
            self._port = await stack.enter_async_context(sdk)
            store = Store(self.bot.open_transaction, self.bot.now)
            files = await stack.enter_async_context(Files(store, desk.run, cloud.takes_file))
            line = Line(self._port, self.bot.now)
            sender = Sender(self.bot, desk, line, files, cloud, dialogs=settings.has_dialogs)
            people = People(self.bot, desk, line, store, one_tenant=len(settings.tenants) == 1)
            await stack.enter_async_context(people)
            bring_later = partial(desk.run, self.bot.bring_later)
            self.showing = await stack.enter_async_context(Afterwards(bring_later))
            self._clerk = Clerk(self.bot, desk, line, sender, people, files, self.showing)
            yield sender

    async def _receive(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What the door let in."""
        checked = Request(scope, receive).state.teams
        told = await self._port.receive(checked.activity, checked.claims, self._clerk.take)
        has_body = told.body is not None
        response = JSONResponse(told.body, told.status) if has_body else Response(status_code=told.status)
        await response(scope, receive, send)


def sdk_of(settings: TeamsSettings) -> Callable[[str, Token, Callable[[str], bool]], Port]:
    """Only the one that the settings name has to be installed."""
    if settings.sdk == "agents":
        from adapters.teams.agents_sdk import AgentsPort  # noqa: PLC0415

        return AgentsPort
    from adapters.teams.botbuilder_sdk import BotbuilderPort  # noqa: PLC0415

    return BotbuilderPort
