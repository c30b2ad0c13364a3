"""The clerk: takes what somebody did, has it done, and sees to it that they get their answer.

What Slack can be told at once is returned; the rest is shown afterwards.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from adapters.afterwards import Afterwards, Showing
from adapters.desk import Desk
from adapters.slack.counter import Counter, Told
from adapters.slack.homes import Homes
from adapters.slack.installations import Installations
from adapters.slack.parse import PLATFORM, Sent, happened_at, read, workspace_of
from adapters.slack.people import SLACKBOT, People, Standing
from bot.bot import Bot
from bot.events import Account, HomeOpened, Unsent, WorkspaceGone
from bot.messages import Form, Message, Reply

log = logging.getLogger(__name__)

STRANGER = "helping.stranger"


class Clerk:
    def __init__(
        self,
        bot: Bot,
        desk: Desk,
        counter: Counter,
        people: People,
        homes: Homes,
        installations: Installations,
        showing: Afterwards,
    ) -> None:
        self._bot = bot
        self._desk = desk
        self._counter = counter
        self._people = people
        self._homes = homes
        self._installations = installations
        self._showing = showing

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

    def _afterwards(self, sent: Sent, show: Showing, reply: Reply = None) -> None:
        waits = self._counter.way_to(reply) if isinstance(reply, Form) else reply
        self._showing.show(sent.event.who, show, waits if isinstance(waits, Message) else None)

    async def _ask_who_it_is(self, sent: Sent, reply: Reply) -> None:
        """Somebody whom we have not met: maybe they were enrolled a minute ago."""
        standing = await self._people.recognise(sent.event.who)
        if standing is Standing.KNOWN:
            again = replace(sent.event, id=f"{sent.event.id}:again")
            reply = await self._desk.handle(again)
        elif came := self._people.vouched_for(sent.event):
            reply = await self._desk.handle(came)
        if standing is not Standing.PROGRAM:
            self._afterwards(sent, self._counter.show(sent, reply), reply)

    async def _say_what_is_not_read(self, sent: Sent) -> None:
        language = await self._desk.run(self._bot.language_of, sent.event.who)
        await self._counter.say_what_is_not_read(sent, language)
