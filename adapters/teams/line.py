"""The line to Teams: one message at a time for whoever asks, at the pace that Teams allows.

What Teams wants repeated is repeated after a moment of no fixed length; what goes wrong all the same becomes
what can be done about it (see trouble.py).
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from cachetools import LRUCache

from adapters.pace import MOST_CHATS, Limits, Pace
from adapters.teams.port import Chat, Json, NotReached, Port, Refused
from adapters.teams.trouble import AGAIN, trouble
from bot.adapter import TryLater

# https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit, half of what a tenant may have
LIMITS = Limits(posted=(15, 1), answers=(10, 1), in_a_chat=((7, 1), (8, 2), (60, 30), (1800, 3600)))
TRIES = 3
TOO_FAST = 429
A_MOMENT = timedelta(seconds=0.5)  # and up to three times that
WORTH_WAITING = timedelta(seconds=5)  # if Teams asks for more, the message comes later

T = TypeVar("T")


class Line:
    def __init__(self, port: Port, now: Callable[[], datetime]) -> None:
        self._port = port
        self._now = now
        self._pace = Pace(LIMITS)
        self._held: LRUCache[str, datetime] = LRUCache(MOST_CHATS)  # by chat

    async def send(self, chat: Chat, activity: Json, *, is_answer: bool, only_to: str = "") -> str:
        await self._pace.turn(chat.tenant, chat.id, is_answer=is_answer, now=self._now())
        return await self._call(chat.id, partial(self._port.send, chat, activity, only_to=only_to))

    async def change(self, chat: Chat, message: str, activity: Json) -> None:
        await self._call(chat.id, partial(self._port.change, chat, message, activity))

    async def open_chat(self, chat: Chat, user: str) -> str:
        """With somebody who was met in a shared chat."""
        return await self._call(chat.id, partial(self._port.open_chat, chat.service_url, chat.tenant, user))

    async def member(self, chat: Chat, user: str) -> Json:
        return await self._call(chat.id, partial(self._port.member, chat, user))

    async def members(self, chat: Chat) -> Sequence[Json]:
        return await self._call(chat.id, partial(self._port.members, chat))

    async def _call(self, chat: str, call: Callable[[], Awaitable[T]]) -> T:
        """Raises TryLater, Undeliverable, Closed or NotTaken. Otherwise nobody knows how it went."""
        self._not_before_they_said(chat)
        for once_more in reversed(range(TRIES)):
            try:
                return await call()
            except NotReached:
                raise TryLater("no connection") from None
            except Refused as refused:
                found = trouble(refused)
                if not once_more or not _soon_again(refused, found):
                    raise self._noted(chat, refused, found) from None
            await asyncio.sleep(A_MOMENT.total_seconds() * random.uniform(1, 3))  # noqa: S311 - no secret
        raise AssertionError("the last try returns or raises")

    def _not_before_they_said(self, chat: str) -> None:
        until = self._held.get(chat)
        if until and until > self._now():
            raise TryLater("held", until - self._now())

    def _noted(self, chat: str, refused: Refused, found: Exception) -> Exception:
        if refused.status == TOO_FAST and isinstance(found, TryLater) and found.after:
            self._held[chat] = self._now() + found.after
        return found


def _soon_again(refused: Refused, found: Exception) -> bool:
    if refused.status not in AGAIN or not isinstance(found, TryLater):
        return False
    return refused.retry_after is None or (found.after is not None and found.after <= WORTH_WAITING)
