"""The line to Slack's Web API: one call at a time for whoever asks, with patience that does not disturb.

It keeps Slack's pace for each workspace and each channel, remembers a "come back later" for everybody, and
turns what goes wrong into what can be done about it (see trouble.py).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.pace import Limits, Pace
from adapters.retry_after import seconds
from adapters.slack.door import safe_response_url
from adapters.slack.installations import Installations
from adapters.slack.trouble import REMOVED_FROM_WORKSPACE, Closed, NotTaken, trouble
from bot.adapter import TryLater, Undeliverable

log = logging.getLogger(__name__)

A_CALL = timedelta(seconds=15)
# Slack says "about one message a second" for a channel, with short bursts, and "several hundred a minute" for
# a workspace
LIMITS = Limits(posted=(3, 1), answers=(2, 1), in_a_chat=((3, 3),))
CLOSED_FOR = timedelta(minutes=10)  # before a workspace that takes nothing is tried again


class Line:
    """`async with Line(…) as line: await line.call("T1", "users_info", user="U1")`"""

    def __init__(self, installations: Installations, now: Callable[[], datetime], api_url: str) -> None:
        self._installations = installations
        self._now = now
        self._api_url = api_url
        self.removed: Callable[[str], Awaitable[None]] = _never_mind  # hears of a workspace without us
        self.patience = A_CALL  # for one answer
        self._held: dict[tuple[str, str], datetime] = {}  # by workspace and method
        self._pace = Pace(LIMITS)

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=A_CALL.total_seconds()))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def allows(self, workspace: str, scope: str) -> bool:
        installed = await self._installations.installation(workspace)
        return installed is not None and scope in installed.scopes

    async def post(
        self, workspace: str, channel: str, *, is_answer: bool, **message: Any
    ) -> Mapping[str, Any]:
        """A new message, in its turn."""
        await self._pace.turn(workspace, channel, is_answer=is_answer, now=self._now())
        return await self.call(workspace, "chat_postMessage", channel=channel, **message)

    async def call(self, workspace: str, method: str, **arguments: Any) -> Mapping[str, Any]:
        """What Slack answers. Raises TryLater, Undeliverable, Closed or NotTaken.

        Any other error means that nobody knows whether it was done.
        """
        self._not_before_they_said(workspace, method)
        client = await self._client(workspace)
        try:
            async with asyncio.timeout(self.patience.total_seconds()):
                answer = await getattr(client, method)(**arguments)
        except SlackApiError as error:
            found = self._meaning(workspace, method, error)
            if isinstance(found, Closed) and found.code in REMOVED_FROM_WORKSPACE:
                await self.removed(workspace)
            raise found from None
        except aiohttp.ClientConnectorError:
            raise TryLater("no connection") from None
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    async def answer(self, response_url: str, body: Mapping[str, Any]) -> None:
        """To a command, or in place of a card that only one person sees. Nobody but Slack is ever called."""
        if not safe_response_url(response_url, {urlsplit(self._api_url).netloc}):
            log.warning("a response_url leads somewhere else")
            raise NotTaken("response_url")
        async with self._session.post(response_url, json=body, allow_redirects=False) as response:
            if response.status != 200:
                raise TryLater("response_url")

    async def _client(self, workspace: str) -> AsyncWebClient:
        installed = await self._installations.installation(workspace)
        if installed is None:
            raise Closed("not_installed")
        return AsyncWebClient(
            token=installed.token,
            base_url=self._api_url,
            session=self._session,
            retry_handlers=[],  # it would say a message twice
        )

    def _not_before_they_said(self, workspace: str, method: str) -> None:
        until = self._held.get((workspace, method))
        if until and until > self._now():
            raise TryLater("held", until - self._now())

    def _meaning(self, workspace: str, method: str, error: SlackApiError) -> Exception:
        answer = error.response
        code = answer.get("error") if hasattr(answer, "get") else None
        status = getattr(answer, "status_code", None) or getattr(answer, "status", 0)
        wait = answer.headers.get("Retry-After")
        if status == 429 or code == "ratelimited":
            self._held[workspace, method] = self._now() + seconds(wait)
            return TryLater("ratelimited", seconds(wait))
        if not isinstance(code, str):
            return TryLater("not JSON") if status == 503 else _NoWord(f"{method}: {status}")
        found = trouble(code, wait)
        if not isinstance(found, TryLater | Undeliverable):  # what these mean is told elsewhere
            log.warning("%s refuses %s: %s", workspace, method, code)
        return found


async def _never_mind(_workspace: str) -> None:
    pass


class _NoWord(Exception):
    """Whatever answered was not Slack, so nobody knows whether it was done."""
