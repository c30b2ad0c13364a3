"""The counter: an answer is shown where it was asked for. In the chat, in place of a card, in a window.

Some places have no room for everything: nobody can type into a window, and no file and no picture can lie in
an answer that only one person sees. What does not fit comes to the chat, and the place says so.
"""

import logging
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from adapters.slack import render
from adapters.slack.homes import Homes
from adapters.slack.line import Line
from adapters.slack.parse import Sent
from adapters.slack.sender import Sender, token
from adapters.slack.trouble import NotTaken
from bot.actions import Action
from bot.adapter import Undeliverable
from bot.events import Account, Commanded, Pressed, Submitted
from bot.messages import Form, Home, Message, Mistakes, Reply, Run
from bot.prompts import Prompts

log = logging.getLogger(__name__)

Told = Mapping[str, Any] | None  # what Slack is told at once

WAY_TO_FORM = "chat.form"  # a card whose only use is to open a form
EPHEMERAL = {"response_type": "ephemeral"}


class Counter:
    def __init__(self, prompts: Prompts, line: Line, sender: Sender, homes: Homes) -> None:
        self._prompts = prompts
        self._line = line
        self._sender = sender
        self._homes = homes

    # At once: in the acknowledgement

    def told_at_once(self, sent: Sent, reply: Reply) -> Told:
        match sent.event, reply:
            case Submitted(), Mistakes():
                return render.errors(reply, _fields(sent))
            case Submitted(), Form():
                return {"response_action": "update", "view": self._drawn(sent, reply)}
            case Submitted(), Message() if sent.place.is_home:
                return {"response_action": "update", "view": self._shown(reply, sent.title)}
            case Commanded(), Message() if self._fits_below(sent, reply):
                return self._below(reply)
        return None

    def _fits_below(self, sent: Sent, reply: Message) -> bool:
        """It is seen by this person alone and gone tomorrow. In our own chat it had better stay."""
        is_in_our_chat = sent.place.channel == self._sender.known_chat(sent.event.who)
        return not (is_in_our_chat or reply.listens or reply.files or reply.pictures)

    def _below(self, reply: Message) -> Told:
        first, *others = render.message(reply, token())
        return None if others else EPHEMERAL | {"blocks": first.blocks, "text": first.text}

    # Afterwards

    async def show(self, sent: Sent, reply: Reply) -> None:
        match reply:
            case Form():
                await self._open(sent, reply)
            case Message():
                await self._show_message(sent, reply)
            case Home():
                await self._homes.show(sent.event.who, reply)

    async def show_rest(self, who: Account, reply: Reply) -> None:
        """What belongs into our chat of an answer that was shown elsewhere."""
        if not isinstance(reply, Message):
            return
        if reply.listens:
            await self._sender.say(who, await self._sender.chat_with(who), reply)
        elif reply.pictures:
            alone = replace(reply, text=(), facts=(), buttons=(), meet=None, form=None)
            await self._sender.say(who, await self._sender.chat_with(who), alone)
        elif reply.files:
            await self._sender.attach(who.workspace, await self._sender.chat_with(who), reply.files)

    async def say_what_is_not_read(self, sent: Sent, language: str) -> None:
        """Files and clips stay where they are: the partner could not open them here either."""
        words_only = self._prompts.say(language, "chat.words_only")
        await self._sender.say(sent.event.who, sent.place.channel, words_only, sent.place.thread)

    async def _show_message(self, sent: Sent, reply: Message) -> None:
        place = sent.place
        if isinstance(sent.event, Commanded) or place.is_ephemeral:
            await self._say_aside(sent, reply)
        elif place.view:
            await self._show_in_window(sent, reply)
        elif place.message and not _keeps_card(sent, reply):
            await self._take_the_place(sent, reply)
        else:
            await self._say(sent, reply)

    async def _say(self, sent: Sent, reply: Message) -> None:
        place, who = sent.place, sent.event.who
        chat = place.channel or await self._sender.chat_with(who)
        await self._sender.say(who, chat, reply, place.thread)
        if reply.settles:
            await self._settle(who, reply.settles, reply.language)

    async def _settle(self, who: Account, by: Action, language: str) -> None:
        """The answer is there by now: it is not said again because an earlier card cannot be changed."""
        try:
            await self._sender.settle(who, by, self._prompts.phrase(language, "chat.answered"))
        except Exception as error:
            log.info("a card keeps its buttons: %s", type(error).__name__)

    async def _take_the_place(self, sent: Sent, reply: Message) -> None:
        place, who = sent.place, sent.event.who
        line = self._what_was_done(sent, reply)
        try:
            await self._sender.replace(who, place.channel, place.message, reply, line)
        except (NotTaken, Undeliverable):  # the card was deleted, or is too old to be changed
            await self._sender.say(who, await self._sender.chat_with(who), reply)

    def _what_was_done(self, sent: Sent, reply: Message) -> str:
        """The line under a card that took the place of another."""
        say = partial(self._prompts.phrase, reply.language)
        if sent.label:
            return say("chat.pressed", button=sent.label)
        return say("chat.sent", form=sent.title) if sent.title else ""

    async def _say_aside(self, sent: Sent, reply: Message) -> None:
        """To this person alone, wherever they are. In our own chat everybody is alone anyway."""
        place, who = sent.place, sent.event.who
        chat = await self._sender.chat_with(who)
        if place.channel == chat or not place.response_url:
            await self._sender.say(who, chat, reply)
            return
        takes_place = bool(place.message) and not _keeps_card(sent, reply)
        shown = self._over_there(reply) if reply.listens else self._without_chat(reply)
        for sheet in render.message(shown, token()):
            body = {"blocks": sheet.blocks, "text": sheet.text, "replace_original": takes_place}
            await self._line.answer(place.response_url, EPHEMERAL | body)
            takes_place = False
        await self.show_rest(who, reply)

    # Windows

    async def _open(self, sent: Sent, form: Form) -> None:
        """In front of them, if they have just pressed something. Words open no form: then a button does."""
        place, who = sent.place, sent.event.who
        try:
            if place.trigger:
                method = "views_push" if place.view and not place.is_home else "views_open"
                view = self._drawn(sent, form)
                await self._line.call(who.workspace, method, trigger_id=place.trigger, view=view)
                return
        except NotTaken as refused:
            log.info("a form was not opened in time: %s", refused.code)
        await self._sender.say(who, await self._sender.chat_with(who), self.way_to(form))

    def way_to(self, form: Form) -> Message:
        press = {"open": form.again} if form.again else {}
        return self._prompts.say(form.language, WAY_TO_FORM, press=press, title=form.title)

    def _drawn(self, sent: Sent, form: Form) -> dict[str, Any]:
        """It carries the card from which it was opened, if its answer is to take the place of that."""
        event, place = sent.event, sent.place
        stays = isinstance(event, Pressed) and event.action.keeps_card
        if stays and not self._sender.cards.is_at(event.who, place.channel, place.message, WAY_TO_FORM):
            place = replace(place, message="")
        return render.modal(form, place.kept(), token())

    async def _show_in_window(self, sent: Sent, reply: Message) -> None:
        """An answer on top of their page, or in place of an answer that lay there."""
        place, who = sent.place, sent.event.who
        view = self._shown(reply, sent.label)
        if place.is_home:
            await self._line.call(who.workspace, "views_open", trigger_id=place.trigger, view=view)
        else:
            known = {"view_id": place.view, "hash": place.view_hash}  # an older one is not drawn over
            await self._line.call(who.workspace, "views_update", view=view, **known)
        await self.show_rest(who, reply)

    def _shown(self, reply: Message, title: str) -> dict[str, Any]:
        more = self._prompts.phrase(reply.language, "chat.more")
        return render.shown(self._without_chat(reply), token(), title, more)

    def _without_chat(self, reply: Message) -> Message:
        """As it is shown where nobody can type and no file can lie, with a word on where that is."""
        if reply.listens:
            return self._prompts.say(reply.language, "chat.asked_there")
        if not reply.files and not reply.pictures:
            return reply
        name = "chat.picture_there" if reply.pictures else "chat.files_there"
        there = self._prompts.say(reply.language, name)
        return replace(reply, text=(*reply.text, Run("\n\n"), *there.text), pictures=())

    def _over_there(self, reply: Message) -> Message:
        return self._prompts.say(reply.language, "chat.over_there")


def _keeps_card(sent: Sent, reply: Message) -> bool:
    event = sent.event
    return reply.aside or (isinstance(event, Pressed | Submitted) and event.action.keeps_card)


def _fields(sent: Sent) -> Collection[str]:
    return sent.event.answers if isinstance(sent.event, Submitted) else ()
