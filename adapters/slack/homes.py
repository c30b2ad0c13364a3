"""Homes: everybody's own page at the bot. Whoever has it open sees what has changed a moment later."""

import asyncio
import logging
from datetime import timedelta
from typing import Self

from cachetools import TTLCache

from adapters.desk import Desk
from adapters.slack import render
from adapters.slack.line import Line
from adapters.slack.sender import token
from bot.bot import Bot
from bot.events import Account
from bot.messages import Home

log = logging.getLogger(__name__)

MOST_OPEN = 2000
STAYS_OPEN = timedelta(hours=1)  # Slack says when a page is opened, and not when it is left
A_MOMENT = timedelta(seconds=1)  # in which much may change at once


class Homes:
    """`async with Homes(…) as homes`: what is to be drawn anew is drawn before it is left."""

    def __init__(self, bot: Bot, desk: Desk, line: Line) -> None:
        self._bot = bot
        self._desk = desk
        self._line = line
        self._open: TTLCache[Account, Home | None] = TTLCache(MOST_OPEN, STAYS_OPEN.total_seconds())
        self._waiting: set[Account] = set()
        self._looking: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*self._looking)

    async def show(self, who: Account, home: Home) -> None:
        """They have opened it."""
        self._open[who] = None  # until it is drawn, nobody knows what they see
        more = self._bot.prompts.phrase(home.language, "chat.more")
        view = render.home(home, token(), more)
        await self._line.call(who.workspace, "views_publish", user_id=who.user, view=view)
        self._open[who] = home

    def look_soon(self, who: Account) -> None:
        """Something has happened to them."""
        if who in self._open and who not in self._waiting:
            self._waiting.add(who)
            task = asyncio.create_task(self._look(who))
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)

    async def _look(self, who: Account) -> None:
        await asyncio.sleep(A_MOMENT.total_seconds())
        self._waiting.discard(who)
        try:
            home = await self._desk.run(self._bot.home, who)
            if home != self._open.get(who):
                await self.show(who, home)
        except Exception as error:
            log.warning("a page is not drawn anew: %s", type(error).__name__)
