"""The pace at which a platform lets us write. Whoever waits for an answer goes before what may come any time.

What was posted and what is an answer stand in two lines of a workspace, so that on a Monday morning two
thousand questions do not stand before the one who has just pressed a button.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiolimiter import AsyncLimiter
from cachetools import LRUCache

from bot.adapter import NotNow

MOST_CHATS = 10_000  # whose pace is remembered
IN_LINE = timedelta(seconds=15)  # is as long as anybody stands in it; a courier has less than a minute in all

Rate = tuple[int, int]  # messages in so many seconds


@dataclass(frozen=True)
class Limits:
    posted: Rate  # for a workspace
    answers: Rate
    in_a_chat: tuple[Rate, ...]  # all of them hold


class Pace:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._workspaces: LRUCache[tuple[str, bool], AsyncLimiter] = LRUCache(MOST_CHATS)
        self._chats: LRUCache[str, tuple[AsyncLimiter, ...]] = LRUCache(MOST_CHATS)
        self._in_line: Counter[tuple[str, bool]] = Counter()

    async def turn(self, workspace: str, chat: str, *, is_answer: bool, now: datetime) -> None:
        """Wait for it. Raises NotNow, and when to come again, where the line is too long to stand in."""
        line = workspace, is_answer
        most, seconds = self._limits.answers if is_answer else self._limits.posted
        wait = timedelta(seconds=self._in_line[line] / most * seconds)
        if wait > IN_LINE:
            raise NotNow(now + wait)
        self._in_line[line] += 1
        try:
            async with asyncio.timeout(2 * IN_LINE.total_seconds()):
                for limiter in self._of_chat(chat):
                    await limiter.acquire()
                await self._workspaces.setdefault(line, AsyncLimiter(most, seconds)).acquire()
        except TimeoutError:
            raise NotNow(now + IN_LINE) from None
        finally:
            self._in_line[line] -= 1

    def _of_chat(self, chat: str) -> tuple[AsyncLimiter, ...]:
        if chat not in self._chats:
            self._chats[chat] = tuple(AsyncLimiter(*rate) for rate in self._limits.in_a_chat)
        return self._chats[chat]
