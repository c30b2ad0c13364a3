"""Afterwards: what is still to be shown when a platform has its acknowledgement, in the order of asking.

An answer that cannot be shown now is brought later, like any other message.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import Any, Self

from cachetools import LRUCache

from adapters.pace import MOST_CHATS
from bot.events import Account
from bot.messages import Message

log = logging.getLogger(__name__)

GOODBYE = timedelta(seconds=5)  # of the ten that a container is given to stop

Showing = Coroutine[Any, Any, object]


class Afterwards:
    """`async with Afterwards(bring_later) as afterwards`: all of it is shown before it is left."""

    def __init__(self, bring_later: Callable[[Account, Message], Awaitable[None]]) -> None:
        self._bring_later = bring_later
        self._showing: dict[asyncio.Task[None], None] = {}  # in order
        self._in_order: LRUCache[Account, asyncio.Lock] = LRUCache(MOST_CHATS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """A server that stops has little time: what is not shown by then is brought later."""
        await asyncio.sleep(0)  # whatever has not begun could not be caught when it is ended
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE.total_seconds()):
                await self.all_shown()
        for task in list(self._showing):
            task.cancel()
            await asyncio.wait([task])

    async def all_shown(self) -> None:
        while self._showing:
            await asyncio.wait(self._showing)

    def show(self, who: Account, showing: Showing, answer: Message | None = None) -> None:
        """`answer` is what is brought later if that fails, also where nobody knows whether it did: rather
        twice than not at all.
        """
        task = asyncio.create_task(self._in_turn(who, showing, answer))
        self._showing[task] = None
        task.add_done_callback(self._showing.pop)

    async def _in_turn(self, who: Account, showing: Showing, answer: Message | None) -> None:
        try:
            async with self._in_order.setdefault(who, asyncio.Lock()):
                await showing
        except (Exception, asyncio.CancelledError) as error:
            showing.close()  # it may not have had its turn
            log.warning("an answer has to wait: %s", type(error).__name__)
            if answer:
                await self._later(who, answer)

    async def _later(self, who: Account, answer: Message) -> None:
        try:
            await self._bring_later(who, answer)
        except Exception as error:
            log.error("an answer is lost: %s", type(error).__name__)
