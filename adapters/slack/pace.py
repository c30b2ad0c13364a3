"""The pace at which Slack lets us write. Whoever waits for an answer goes before what may come any time.

Slack says "about one message a second" for a channel, with short bursts, and "several hundred a minute" for a
workspace. Three a second are for what was posted and two for answers, so that on a Monday morning two
thousand questions do not stand before the one who has just pressed a button.
"""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

from aiolimiter import AsyncLimiter
from cachetools import LRUCache

from bot.adapter import NotNow

POSTED = (3, 1)  # messages in so many seconds, for a workspace
ANSWERS = (2, 1)
IN_A_CHANNEL = (3, 3)
MOST_CHANNELS = 10_000  # whose pace is remembered
IN_LINE = timedelta(seconds=15)  # is as long as anybody stands in it; a courier has less than a minute in all


class Pace:
    def __init__(self) -> None:
        self._workspaces: LRUCache[tuple[str, bool], AsyncLimiter] = LRUCache(MOST_CHANNELS)
        self._channels: LRUCache[str, AsyncLimiter] = LRUCache(MOST_CHANNELS)
        self._in_line: Counter[tuple[str, bool]] = Counter()

    async def turn(self, workspace: str, channel: str, *, is_answer: bool, now: datetime) -> None:
        """Wait for it. Raises NotNow, and when to come again, where the line is too long to stand in."""
        line, (most, seconds) = (workspace, is_answer), ANSWERS if is_answer else POSTED
        wait = timedelta(seconds=self._in_line[line] / most * seconds)
        if wait > IN_LINE:
            raise NotNow(now + wait)
        self._in_line[line] += 1
        try:
            async with asyncio.timeout(2 * IN_LINE.total_seconds()):
                await self._channels.setdefault(channel, AsyncLimiter(*IN_A_CHANNEL)).acquire()
                await self._workspaces.setdefault(line, AsyncLimiter(most, seconds)).acquire()
        except TimeoutError:
            raise NotNow(now + IN_LINE) from None
        finally:
            self._in_line[line] -= 1
