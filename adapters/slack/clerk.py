"""The clerk: takes what somebody did, has it done, and sees to it that they get their answer.

What Slack can be told at once is returned; the rest is shown afterwards, in the order in which it was asked
for. An answer that cannot be shown now is brought later, like any other message.
"""

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Self

from cachetools import LRUCache

from adapters.desk import Desk
from adapters.slack.counter import Counter, Told
from adapters.slack.homes import Homes
from adapters.slack.installations import Installations
from adapters.slack.pace import MOST_CHANNELS
from adapters.slack.parse import PLATFORM, Sent, happened_at, read, workspace_of
from adapters.slack.people import SLACKBOT, People, Standing
from bot.bot import Bot
from bot.events import Account, HomeOpened, Unsent, WorkspaceGone
from bot.messages import Form, Message, Reply

log = logging.getLogger(__name__)

Show = Awaitable[None]

STRANGER = "helping.stranger"


class Clerk:
    """`async with Clerk(...) as clerk`: what still has to be shown is shown before it is left."""

    def __init__(
        self,
        bot: Bot,
        desk: Desk,
        counter: Counter,
        people: People,
        homes: Homes,
        installations: Installations,
    ) -> None:
        self._bot = bot
        self._desk = desk
        self._counter = counter
        self._people = people
        self._homes = homes
        self._installations = installations
        self._showing: set[asyncio.Task[None]] = set()
        self._in_order: LRUCache[Account, asyncio.Lock] = LRUCache(MOST_CHANNELS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        while self._showing:
            await asyncio.gather(*self._showing, return_exceptions=True)

    async def take(self, body: Mapping[str, Any]) -> Told:
        """What came in, done and committed when this returns."""
        workspace = workspace_of(body)
        sent = read(body)
        if sent and isinstance(sent.event, WorkspaceGone):
            await self.workspace_gone(workspace, happened_at(body))
            return None
        installed = await self._installations.installation(workspace)
        if installed is None:
            log.warning("something came from a workspace in which we are not installed")
            return None
        match body:
            case {"event": {"type": "user_change" | "team_join", "user": dict(user)}}:
                await self._people.hear(user, workspace)
        if sent is None or sent.event.who.user in {"", SLACKBOT, installed.bot_user}:
            return None
        return await self._take(sent)

    async def workspace_gone(self, workspace: str, at: datetime) -> None:
        """Somebody has removed us there. Slack says so by an event, or in answer to a call."""
        if await self._installations.was_there(workspace, at):
            where = Account(PLATFORM, workspace, "")
            await self._desk.handle(WorkspaceGone(id=f"gone:{workspace}:{at:%Y%m%dT%H%M%S}", who=where))
            await self._installations.gone(workspace, at)  # last: whoever dies before it is told again

    async def _take(self, sent: Sent) -> Told:
        if sent.has_more:
            self._afterwards(sent, self._say_what_is_not_read(sent))
        if sent.has_no_words:
            return None
        reply = await self._desk.handle(sent.event)
        if not isinstance(sent.event, HomeOpened | Unsent):  # these change nothing on it
            self._homes.look_soon(sent.event.who)
        if isinstance(reply, Message) and reply.name == STRANGER:
            self._afterwards(sent, self._ask_who_it_is(sent, reply))
            return None
        return self._answer(sent, reply)

    def _answer(self, sent: Sent, reply: Reply) -> Told:
        told = self._counter.told_at_once(sent, reply)
        if told:
            self._afterwards(sent, self._counter.show_rest(sent.event.who, reply), reply)
        elif reply:
            self._afterwards(sent, self._counter.show(sent, reply), reply)
        return told

    # Afterwards

    def _afterwards(self, sent: Sent, show: Show, reply: Reply = None) -> None:
        task = asyncio.create_task(self._in_turn(sent.event.who, show, reply))
        self._showing.add(task)
        task.add_done_callback(self._showing.discard)

    async def _in_turn(self, who: Account, show: Show, reply: Reply) -> None:
        """One after the other for one person, in the order in which they did it."""
        async with self._in_order.setdefault(who, asyncio.Lock()):
            try:
                await show
            except Exception as error:
                log.warning("an answer has to wait: %s", type(error).__name__)
                await self._bring_later(who, reply)

    async def _bring_later(self, who: Account, reply: Reply) -> None:
        """Also where nobody knows whether it was shown: rather twice than not at all."""
        waits = self._counter.way_to(reply) if isinstance(reply, Form) else reply
        if isinstance(waits, Message):
            try:
                await self._desk.run(self._bot.bring_later, who, waits)
            except Exception as error:
                log.error("an answer is lost: %s", type(error).__name__)

    async def _ask_who_it_is(self, sent: Sent, reply: Reply) -> None:
        """Somebody whom we have not met: maybe they were enrolled a minute ago."""
        standing = await self._people.recognise(sent.event.who)
        if standing is Standing.KNOWN:
            again = replace(sent.event, id=f"{sent.event.id}:again")
            reply = await self._desk.handle(again)
        if standing is not Standing.PROGRAM:
            self._afterwards(sent, self._counter.show(sent, reply), reply)

    async def _say_what_is_not_read(self, sent: Sent) -> None:
        language = await self._desk.run(self._bot.language_of, sent.event.who)
        await self._counter.say_what_is_not_read(sent, language)
