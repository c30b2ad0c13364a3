"""Installations: in which workspaces the bot is, and with which token it speaks there.

Either one workspace, whose token stands in the environment, or every workspace and organisation of a list
that installed it by OAuth. Tokens go as soon as the bot is taken out; the moment when that was stays.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from adapters.remedy import MendFirst
from adapters.slack.remedies import mend, unreachable
from adapters.slack.settings import SlackSettings
from adapters.slack.token_store import RENEW_AHEAD, Installed, Kept, TokenStore

log = logging.getLogger(__name__)

KNOWN_FOR = timedelta(seconds=30)  # what another process changed is noticed after that
LOOK_AGAIN = timedelta(seconds=0.5)
WRITE_AGAIN = (0.2, 1.0, 5.0)  # seconds; a new token that is not written down is lost
MOST_LOOKS = 10  # while another process renews a token that has already run out

T = TypeVar("T")


class NotWelcome(Exception):
    """The workspace is not on the list of those that may install the bot. Nothing was kept of it."""


class Run(Protocol):
    """Calls a function on the writer thread, as `Desk.run` does."""

    def __call__(self, function: Callable[..., T], *args: object) -> Awaitable[T]: ...


class Installations(Protocol):
    async def installation(self, workspace: str) -> Installed | None:
        """Whose token to use there. Nothing, where the bot is not, or no longer."""

    async def workspaces(self) -> list[str]:
        """Where the bot is at this moment."""

    async def was_there(self, workspace: str, at: datetime) -> bool:
        """And still is, as far as we know; not if it was installed anew since."""

    async def gone(self, workspace: str, at: datetime) -> bool:
        """The bot was taken out at that moment. False where that was known, or was before it came."""

    async def finish(self) -> None:
        """Before the writer goes: what is under way is seen to its end."""


# One workspace


class OneWorkspace:
    """The token that stands in the environment, asked once whose it is."""

    def __init__(self, installed: Installed) -> None:
        self.installed = installed
        self._is_there = True

    @classmethod
    async def open(cls, settings: SlackSettings, client: AsyncWebClient) -> "OneWorkspace":
        try:
            installed = await _whose(settings.bot_token, client)
        except SlackApiError as error:
            raise mend("SLACK_BOT_TOKEN", error.response["error"]) from None
        except (OSError, TimeoutError) as error:  # aiohttp's errors of the network are OSErrors
            raise unreachable(settings.api_url, error) from None
        check_workspace(settings, installed.workspace, installed.enterprise)
        return cls(installed)

    async def installation(self, workspace: str) -> Installed | None:
        return self.installed if self._is_there and workspace == self.installed.workspace else None

    async def workspaces(self) -> list[str]:
        return [self.installed.workspace] if self._is_there else []

    async def was_there(self, workspace: str, at: datetime) -> bool:
        return await self.installation(workspace) is not None

    async def gone(self, workspace: str, at: datetime) -> bool:
        """Whoever puts the bot back gets a new token, and starts Cairn with it."""
        is_news = await self.installation(workspace) is not None
        self._is_there = self._is_there and not is_news
        return is_news

    async def finish(self) -> None:
        """Nothing is ever under way."""


def check_workspace(settings: SlackSettings, workspace: str, enterprise: str) -> None:
    """Whether the token is of a workspace that was named, if any was."""
    if settings.workspaces and settings.workspaces.isdisjoint({workspace, enterprise}):
        raise MendFirst(
            f"SLACK_BOT_TOKEN belongs to {workspace}, which SLACK_WORKSPACES does not name.",
            "Add it there, or use the token of another workspace.",
        )


async def _whose(token: str, client: AsyncWebClient) -> Installed:
    said = await client.auth_test(token=token)
    is_enterprise_install = bool(said.get("is_enterprise_install"))
    enterprise, bot = said.get("enterprise_id") or "", said.get("bot_id") or ""
    return Installed(
        workspace=enterprise if is_enterprise_install else said["team_id"],
        enterprise=enterprise,
        token=token,
        bot_user=said["user_id"],
        bot_id=bot,
        app_id=said.get("app_id") or await _app_of(token, bot, client),
        scopes=granted(said.headers),
        is_enterprise_install=is_enterprise_install,
        url=said.get("url") or "",
    )


async def _app_of(token: str, bot: str, client: AsyncWebClient) -> str:
    try:
        said = await client.bots_info(token=token, bot=bot)
    except SlackApiError:  # it may not be told without users:read
        return ""
    return str(said["bot"].get("app_id") or "")


def granted(headers: dict[str, str]) -> frozenset[str]:
    """Slack tells the scopes of a token with every answer."""
    told = {name.lower(): value for name, value in headers.items()}
    return frozenset(filter(None, (scope.strip() for scope in told.get("x-oauth-scopes", "").split(","))))


# Many workspaces


class OAuthInstallations(AsyncInstallationStore):
    """What Bolt keeps an installation in, and where everybody asks for a token.

    Bolt is shown no refresh token, so it exchanges none: that is done here, once, whoever asks.
    """

    def __init__(
        self,
        settings: SlackSettings,
        client: AsyncWebClient,
        run: Run,
        store: TokenStore,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._client = client
        self._run = run
        self._store = store
        self._now = now
        self._known: dict[str, tuple[Kept, datetime]] = {}
        self._renewals: dict[str, asyncio.Task[None]] = {}

    @property
    def logger(self) -> logging.Logger:
        return log

    async def installation(self, workspace: str) -> Installed | None:
        kept = await self._fresh(workspace)
        return kept.installed if kept else None

    async def workspaces(self) -> list[str]:
        return await self._run(self._store.workspaces)

    async def was_there(self, workspace: str, at: datetime) -> bool:
        return await self._run(self._store.was_there, workspace, at)

    async def gone(self, workspace: str, at: datetime) -> bool:
        is_news = await self._run(self._store.forget, workspace, at)
        self._known.pop(workspace, None)
        return is_news

    # What Bolt asks for

    async def async_save(self, installation: Installation) -> None:
        kept = _from_bolt(installation)
        if not self._is_welcome(kept.installed):
            log.warning("%s may not install: it is not in SLACK_WORKSPACES", kept.installed.workspace)
            await self._give_back(kept.installed.token)
            raise NotWelcome
        await self._run(self._store.keep, kept)
        self._known.pop(kept.installed.workspace, None)

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        for workspace in (enterprise_id,) if is_enterprise_install else (team_id, enterprise_id):
            kept = await self._fresh(workspace) if workspace else None
            if kept:
                return _for_bolt(kept.installed)
        return None

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        found = await self.async_find_installation(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        return found.to_bot() if found else None

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """The team's own installation, or that of its whole organisation where it has none."""
        is_own = bool(team_id) and await self._run(self._store.has, team_id)
        await self.gone((team_id if is_own else enterprise_id) or "", self._now())

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """With a user: their own token was revoked, and we keep no tokens of people."""
        if user_id is None:
            await self.async_delete_bot(enterprise_id=enterprise_id, team_id=team_id)

    # Who may install

    def _is_welcome(self, installed: Installed) -> bool:
        allowed = self._settings.workspaces
        return bool(installed.token) and (installed.workspace in allowed or installed.enterprise in allowed)

    async def _give_back(self, token: str) -> None:
        """So that no token is left that nobody uses."""
        try:
            await self._client.auth_revoke(token=token)
        except Exception as error:
            log.warning("a token was not given back: %s", _code(error))

    # Reading

    async def _fresh(self, workspace: str) -> Kept | None:
        """As it stands, renewed if its token is about to run out."""
        kept = await self._look(workspace)
        for _ in range(MOST_LOOKS):
            if kept is None or not self._runs_out(kept, RENEW_AHEAD):
                break
            await self._renew(workspace)
            kept = await self._look(workspace)
            if kept is None or not self._runs_out(kept, timedelta()):
                break
            await asyncio.sleep(LOOK_AGAIN.total_seconds())
        return kept

    async def _look(self, workspace: str) -> Kept | None:
        known = self._known.get(workspace)
        if known and known[1] > self._now():
            return known[0]
        kept = await self._run(self._store.read, workspace)
        self._known.pop(workspace, None)
        if kept:
            self._known[workspace] = kept, self._now() + KNOWN_FOR
        return kept

    def _runs_out(self, kept: Kept, within: timedelta) -> bool:
        return kept.expires_at is not None and kept.expires_at <= self._now() + within

    # Rotation

    async def _renew(self, workspace: str) -> None:
        """All who wait share one exchange. Whoever stops waiting does not stop it: its answer comes once."""
        if workspace not in self._renewals:
            self._renewals[workspace] = asyncio.create_task(self._exchange(workspace))
            self._renewals[workspace].add_done_callback(lambda _: self._renewals.pop(workspace))
        await asyncio.shield(self._renewals[workspace])

    async def _exchange(self, workspace: str) -> None:
        try:
            kept = await self._run(self._store.claim, workspace)
            if kept:
                await self._exchange_claimed(kept)
        except Exception as error:  # the claim runs out, and then somebody tries again
            log.error("the token of %s was not renewed: %s", workspace, _code(error))
        self._known.pop(workspace, None)

    async def _exchange_claimed(self, kept: Kept) -> None:
        said = await self._client.oauth_v2_access(
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret,
            grant_type="refresh_token",
            refresh_token=kept.refresh,
        )
        lives = timedelta(seconds=int(said["expires_in"]))
        await self._write_down(kept.installed.workspace, said["access_token"], said["refresh_token"], lives)

    async def _write_down(self, workspace: str, token: str, refresh: str, lives: timedelta) -> None:
        for wait in WRITE_AGAIN:
            try:
                return await self._run(self._store.renew, workspace, token, refresh, lives)
            except Exception as error:
                log.warning("a new token of %s is not written down yet: %s", workspace, type(error).__name__)
                await asyncio.sleep(wait)
        return await self._run(self._store.renew, workspace, token, refresh, lives)

    async def finish(self) -> None:
        """Before the writer goes: what Slack was asked for is waited for and written down."""
        await asyncio.gather(*self._renewals.values())


class OAuthStates(AsyncOAuthStateStore):
    """The word that ties an installation to the browser in which it began."""

    def __init__(self, run: Run, store: TokenStore) -> None:
        self._run = run
        self._store = store

    @property
    def logger(self) -> logging.Logger:
        return log

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        return await self._run(self._store.issue_state)

    async def async_consume(self, state: str) -> bool:
        return await self._run(self._store.use_state, state)


def _from_bolt(made: Installation) -> Kept:
    installed = Installed(
        workspace=(made.enterprise_id if made.is_enterprise_install else made.team_id) or "",
        enterprise=made.enterprise_id or "",
        token=made.bot_token or "",
        bot_user=made.bot_user_id or "",
        bot_id=made.bot_id or "",
        app_id=made.app_id or "",
        scopes=frozenset(made.bot_scopes or ()),
        is_enterprise_install=made.is_enterprise_install,
        url=made.enterprise_url or "",
    )
    expires = made.bot_token_expires_at
    return Kept(
        installed, made.bot_refresh_token or "", datetime.fromtimestamp(expires, UTC) if expires else None
    )


def _for_bolt(installed: Installed) -> Installation:
    return Installation(
        app_id=installed.app_id,
        enterprise_id=installed.enterprise or None,
        team_id=None if installed.is_enterprise_install else installed.workspace,
        bot_token=installed.token,
        bot_id=installed.bot_id,
        bot_user_id=installed.bot_user,
        bot_scopes=sorted(installed.scopes),
        user_id="",
        is_enterprise_install=installed.is_enterprise_install,
        enterprise_url=installed.url or None,
        installed_at=0.0,
    )


def _code(error: Exception) -> str:
    return str(error.response["error"]) if isinstance(error, SlackApiError) else type(error).__name__
