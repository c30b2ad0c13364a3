"""Afterwards: what is still to be shown when a platform has its acknowledgement, in the order of asking.

An answer that cannot be shown now is brought later, like any other message.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Self

from cachetools import LRUCache

from adapters.pace import MOST_CHATS
from bot.events import Account
from bot.messages import Message

log = logging.getLogger(__name__)


class Afterwards:
    """`async with Afterwards(bring_later) as afterwards`: all of it is shown before it is left."""

    def __init__(self, bring_later: Callable[[Account, Message], Awaitable[None]]) -> None:
        self._bring_later = bring_later
        self._showing: set[asyncio.Task[None]] = set()
        self._in_order: LRUCache[Account, asyncio.Lock] = LRUCache(MOST_CHATS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.all_shown()

    async def all_shown(self) -> None:
        while self._showing:
            await asyncio.wait(self._showing)

    def show(self, who: Account, showing: Awaitable[object], answer: Message | None = None) -> None:
        """`answer` is what is brought later if that fails, also where nobody knows whether it did: rather
        twice than not at all.
        """
        task = asyncio.create_task(self._in_turn(who, showing, answer))
        self._showing.add(task)
        task.add_done_callback(self._showing.discard)

    async def _in_turn(self, who: Account, showing: Awaitable[object], answer: Message | None) -> None:
        async with self._in_order.setdefault(who, asyncio.Lock()):
            try:
                await showing
            except Exception as error:
                log.warning("an answer has to wait: %s", type(error).__name__)
                if answer:
                    await self._later(who, answer)

    async def _later(self, who: Account, answer: Message) -> None:
        try:
            await self._bring_later(who, answer)
        except Exception as error:
            log.error("an answer is lost: %s", type(error).__name__)
