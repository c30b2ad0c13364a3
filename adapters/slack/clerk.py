"""The clerk: takes what somebody did, has it done, and shows the answer where they did it.

What Slack is told at once, such as a mistake at its field, is returned; the rest follows when it has been
acknowledged. An answer that cannot be shown now is brought later, like any other message.
"""

import asyncio
import logging
from collections.abc import Awaitable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Self

from cachetools import LRUCache

from adapters.desk import Desk
from adapters.slack import render
from adapters.slack.homes import Homes
from adapters.slack.installations import Installations
from adapters.slack.line import MOST_CHANNELS, Line
from adapters.slack.parse import PLATFORM, Place, Sent, happened_at, read, workspace_of
from adapters.slack.people import People
from adapters.slack.sender import Sender, token
from adapters.slack.trouble import NotTaken
from bot.adapter import Undeliverable
from bot.bot import Bot
from bot.events import Account, Commanded, Event, Pressed, Submitted, WorkspaceGone
from bot.messages import Form, Home, Message, Mistakes, Reply, Run

log = logging.getLogger(__name__)

Told = Mapping[str, Any] | None  # what Slack is told at once
Show = Awaitable[None]

STRANGER = "helping.stranger"
EPHEMERAL = {"response_type": "ephemeral"}


class Clerk:
    """`async with Clerk(...) as clerk`: what it still has to show is shown before it is left."""

    def __init__(
        self,
        bot: Bot,
        desk: Desk,
        line: Line,
        sender: Sender,
        people: People,
        homes: Homes,
        installations: Installations,
    ) -> None:
        self._bot = bot
        self._desk = desk
        self._line = line
        self._sender = sender
        self._people = people
        self._homes = homes
        self._installations = installations
        self._showing: set[asyncio.Task[None]] = set()
        self._in_order: LRUCache[Account, asyncio.Lock] = LRUCache(MOST_CHANNELS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*self._showing, return_exceptions=True)

    async def take(self, body: Mapping[str, Any]) -> Told:
        """What came in, done and committed when this returns."""
        workspace = workspace_of(body)
        sent = read(body)
        if sent and isinstance(sent.event, WorkspaceGone):
            await self.workspace_gone(workspace, happened_at(body))
            return None
        if await self._installations.installation(workspace) is None:
            log.warning("something came from a workspace in which we are not installed")
            return None
        match body:
            case {"event": {"type": "user_change" | "team_join", "user": dict(user)}}:
                await self._people.hear(user, workspace)
        if sent is None:
            return None
        if sent.has_more:
            self._afterwards(sent, self._say_what_is_not_read(sent))
        if sent.has_no_words:
            return None
        reply = await self._desk.handle(sent.event)
        self._homes.look_soon(sent.event.who)
        if isinstance(reply, Message) and reply.name == STRANGER:
            self._afterwards(sent, self._ask_who_it_is(sent, reply))
            return None
        return self._answer(sent, reply)

    async def workspace_gone(self, workspace: str, at: datetime) -> None:
        """Somebody has removed us there. Slack says so by an event, or in answer to a call."""
        if await self._installations.gone(workspace, at):
            where = Account(PLATFORM, workspace, "")
            await self._desk.handle(WorkspaceGone(id=f"gone:{token()}", who=where))

    def _answer(self, sent: Sent, reply: Reply) -> Told:
        """Tell Slack what it can be told at once, and see to the rest."""
        told: Told = None
        match sent.event, reply:
            case Submitted(), Mistakes():
                return render.errors(reply, _fields(sent))
            case Submitted(), Form():
                return {"response_action": "update", "view": self._drawn(reply, sent.place)}
            case Submitted(), Message() if sent.place.is_home:
                view = render.shown(self._without_chat(reply), token(), sent.title)
                rest = self._say_rest(sent.event.who, reply)
                self._afterwards(sent, self._or_later(sent.event.who, reply, rest))
                return {"response_action": "update", "view": view}
            case Commanded(), Message() if self._fits_below(sent, reply):
                told = self._below(reply)
        if told is None and reply is not None:
            self._afterwards(sent, self._show(sent, reply))
        return told

    def _fits_below(self, sent: Sent, reply: Message) -> bool:
        """It is seen by this person alone and gone tomorrow. In our own chat it had better stay."""
        is_in_our_chat = sent.place.channel == self._sender.known_chat(sent.event.who)
        return not (is_in_our_chat or reply.listens or reply.files)

    def _below(self, reply: Message) -> Told:
        sheets = render.message(reply, token())
        if len(sheets) > 1:
            return None
        return EPHEMERAL | {"blocks": sheets[0].blocks, "text": sheets[0].text}

    # Afterwards

    def _afterwards(self, sent: Sent, show: Show) -> None:
        task = asyncio.create_task(self._in_turn(sent.event, show))
        self._showing.add(task)
        task.add_done_callback(self._showing.discard)

    async def _in_turn(self, event: Event, show: Show) -> None:
        """One after the other for one person, in the order in which they did it."""
        async with self._in_order.setdefault(event.who, asyncio.Lock()):
            try:
                await show
            except Exception as error:
                log.error("cannot show an answer to %s: %s", type(event).__name__, type(error).__name__)

    async def _ask_who_it_is(self, sent: Sent, reply: Message) -> None:
        """Somebody whom we have not met: maybe they were enrolled a minute ago."""
        if await self._people.recognise(sent.event.who):
            again = replace(sent.event, id=f"{sent.event.id}:again")
            await self._show(sent, await self._desk.handle(again))
        else:
            await self._show(sent, reply)

    async def _show(self, sent: Sent, reply: Reply) -> None:
        who = sent.event.who
        match reply:
            case Form():
                await self._or_later(who, reply, self._open(sent, reply))
            case Message():
                await self._or_later(who, reply, self._show_message(sent, reply))
            case Home():
                await self._or_later(who, reply, self._homes.show(who, reply))

    async def _or_later(self, who: Account, reply: Reply, show: Show) -> None:
        try:
            await show
        except Exception as problem:  # also where nobody knows whether it was shown: rather twice than not
            log.warning("an answer has to wait: %s", type(problem).__name__)
            if isinstance(reply, Message | Form):
                waits = reply if isinstance(reply, Message) else self._way_to(reply)
                await self._desk.run(self._bot.bring_later, who, waits)

    async def _show_message(self, sent: Sent, reply: Message) -> None:
        place, who = sent.place, sent.event.who
        if isinstance(sent.event, Commanded) or place.is_ephemeral:
            await self._say_aside(sent, reply)
        elif place.view:
            await self._show_in_view(sent, reply)
        elif place.message and not self._keeps_card(sent, reply):
            await self._take_the_place(sent, reply)
        else:
            chat = place.channel or await self._sender.chat_with(who)
            await self._sender.say(who, chat, reply, place.thread)

    async def _say_what_is_not_read(self, sent: Sent) -> None:
        """Files and clips stay where they are: the partner could not open them here either."""
        who, place = sent.event.who, sent.place
        language = await self._desk.run(self._bot.language_of, who)
        await self._sender.say(
            who, place.channel, self._bot.prompts.say(language, "chat.words_only"), place.thread
        )

    @staticmethod
    def _keeps_card(sent: Sent, reply: Message) -> bool:
        event = sent.event
        return reply.aside or (isinstance(event, Pressed | Submitted) and event.action.keeps_card)

    async def _take_the_place(self, sent: Sent, reply: Message) -> None:
        place, who = sent.place, sent.event.who
        try:
            await self._sender.replace(
                who, place.channel, place.message, reply, self._what_was_done(sent, reply)
            )
        except (NotTaken, Undeliverable):  # the card was deleted, or is too old to be changed
            await self._sender.say(who, await self._sender.chat_with(who), reply)

    def _what_was_done(self, sent: Sent, reply: Message) -> str:
        """The line under a card that took the place of another."""
        say = partial(self._bot.prompts.phrase, reply.language)
        if sent.label:
            return say("chat.pressed", button=sent.label)
        return say("chat.sent", form=sent.title) if sent.title else ""

    async def _say_aside(self, sent: Sent, reply: Message) -> None:
        """To this person alone, wherever they are. What asks for words comes to our chat, as do files."""
        place, who = sent.place, sent.event.who
        chat = await self._sender.chat_with(who)
        if place.channel == chat or reply.listens or not place.response_url:
            await self._sender.say(who, chat, reply)
            if place.channel != chat and place.response_url:
                await self._line.answer(place.response_url, EPHEMERAL | self._words(reply, "chat.over_there"))
            return
        await self._sender.attach(who.workspace, chat, reply.files)
        takes_place = bool(place.message) and not self._keeps_card(sent, reply)
        for sheet in render.message(self._without_chat(reply), token()):
            body = {"blocks": sheet.blocks, "text": sheet.text, "replace_original": takes_place}
            await self._line.answer(place.response_url, EPHEMERAL | body)
            takes_place = False

    def _words(self, reply: Message | Form, name: str) -> dict[str, Any]:
        [sheet] = render.message(self._bot.prompts.say(reply.language, name), token())
        return {"blocks": sheet.blocks, "text": sheet.text, "replace_original": False}

    # Forms and pages

    async def _open(self, sent: Sent, form: Form) -> None:
        """In front of them, if they have just pressed something. Words open no form: then a button does."""
        place, who = sent.place, sent.event.who
        try:
            if place.trigger:
                method = "views_push" if place.view and not place.is_home else "views_open"
                view = self._drawn(form, place)
                await self._line.call(who.workspace, method, trigger_id=place.trigger, view=view)
                return
        except NotTaken as refused:
            log.info("a form was not opened in time: %s", refused.code)
        await self._sender.say(who, await self._sender.chat_with(who), self._way_to(form))

    def _way_to(self, form: Form) -> Message:
        press = {"open": form.again} if form.again else {}
        return self._bot.prompts.say(form.language, "chat.form", press=press, title=form.title)

    def _drawn(self, form: Form, place: Place) -> dict[str, Any]:
        return render.modal(form, place.kept(), token())

    async def _show_in_view(self, sent: Sent, reply: Message) -> None:
        """An answer on top of their page, or in place of an answer that lay there."""
        place, workspace = sent.place, sent.event.who.workspace
        view = render.shown(self._without_chat(reply), token(), sent.label)
        if place.is_home:
            await self._line.call(workspace, "views_open", trigger_id=place.trigger, view=view)
        else:
            known = {"view_id": place.view, "hash": place.view_hash}  # an older one is not drawn over
            await self._line.call(workspace, "views_update", view=view, **known)
        await self._say_rest(sent.event.who, reply)

    def _without_chat(self, reply: Message) -> Message:
        """As it is shown where nobody can type and no file can lie, with a word on where that is."""
        if reply.listens:
            return self._bot.prompts.say(reply.language, "chat.asked_there")
        if not reply.files:
            return reply
        there = self._bot.prompts.say(reply.language, "chat.files_there")
        return replace(reply, text=(*reply.text, Run("\n\n"), *there.text))

    async def _say_rest(self, who: Account, reply: Message) -> None:
        """What belongs into our chat of an answer that is shown elsewhere."""
        if reply.listens:
            await self._sender.say(who, await self._sender.chat_with(who), reply)
        elif reply.files:
            await self._sender.attach(who.workspace, await self._sender.chat_with(who), reply.files)


def _fields(sent: Sent) -> Collection[str]:
    return sent.event.answers if isinstance(sent.event, Submitted) else ()
