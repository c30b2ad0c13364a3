"""The counter: an answer is shown where it was asked for. In the chat, in place of a card, in a dialog.

Whoever presses a button is told in the answer to that call; the chat itself is changed afterwards, so that it
is the same on every device. A form opens in a dialog, or is a card of its own below the others.
"""

import logging
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from adapters.afterwards import Showing
from adapters.cards import Card
from adapters.teams import render
from adapters.teams.inputs import words_in
from adapters.teams.parse import Invoke, Sent
from adapters.teams.port import Chat, Json, Told
from adapters.teams.render import Sheet
from adapters.teams.sender import Sender, token
from adapters.teams.trouble import NotTaken
from bot.adapter import TryLater, Undeliverable
from bot.events import Pressed, Submitted
from bot.messages import Form, Home, Message, Mistakes, Reply
from bot.prompts import FALLBACK, Prompts

log = logging.getLogger(__name__)

CARD = "application/vnd.microsoft.card.adaptive"
WORDS = "application/vnd.microsoft.activity.message"


class Answered(NamedTuple):
    told: Told  # in the answer to the call
    show: Showing | None = None  # afterwards


class Counter:
    def __init__(self, prompts: Prompts, sender: Sender) -> None:
        self._prompts = prompts
        self._sender = sender

    async def answer(self, sent: Sent, reply: Reply, form: Form | None = None) -> Answered:
        """`form` is the one in which mistakes are to be shown."""
        if isinstance(reply, Mistakes):
            if form:
                return self._ask(sent, form, reply)
            reply = self._prompts.say(FALLBACK, "helping.failed")
        if isinstance(reply, Form):
            return self._ask(sent, reply)
        if isinstance(reply, Message) and _takes_the_place(sent, reply):
            return await self._take_the_place(sent, reply)
        return Answered(self._told(sent, reply), self._show(sent, reply))

    async def _show(self, sent: Sent, reply: Reply) -> None:
        match reply:
            case Message():
                await self._say(sent, reply)
            case Home():
                sheets = await self._sender.of_home(reply)
                next_last = tuple(reversed(sheets))  # where people look, in a chat
                await self._show_alone(sent, next_last, reply.language)

    def way_to(self, form: Form) -> Message:
        """A card whose only use is to open a form: it can be brought later."""
        press = {"open": form.again} if form.again else {}
        return self._prompts.say(form.language, "chat.form", press=press, title=form.title)

    async def say_what_is_not_read(self, sent: Sent, language: str) -> None:
        """Files and clips stay where they are: the partner could not open them here either."""
        await self._say(sent, self._prompts.say(language, "chat.words_only"))

    # Forms

    def _ask(self, sent: Sent, form: Form, mistakes: Mistakes | None = None) -> Answered:
        words = words_in(self._prompts, form.language)
        if sent.place.invoke in {Invoke.OPEN_DIALOG, Invoke.SEND_DIALOG}:
            window = render.dialog(form, token(), at=sent.place.card, mistakes=mistakes, words=words)
            return Answered(Told(200, {"task": {"type": "continue", "value": window}}))
        sheet = render.form_card(form, token(), mistakes=mistakes, words=words)
        if mistakes and not sent.place.is_shared:
            return self._put(sent, [sheet])
        told = self._told(sent, form, "chat.form_below")
        return Answered(told, self._show_alone(sent, [sheet], form.language))

    # Messages

    async def _take_the_place(self, sent: Sent, reply: Message) -> Answered:
        sheets = await self._sender.sheets(sent.event.who, reply, self._what_was_done(sent, reply))
        return self._put(sent, sheets, reply)

    def _put(self, sent: Sent, sheets: Sequence[Sheet], reply: Message | None = None) -> Answered:
        """In place of the card."""
        told = Told(200)
        if sent.place.invoke is Invoke.CARD:
            told = _in_card(CARD, sheets[0].card)
        elif sent.place.invoke is Invoke.OPEN_DIALOG and reply:
            told = self._in_window(sent, reply)
        elif sent.place.invoke is Invoke.SEND_DIALOG:
            told = Told(200, {})  # it closes
        return Answered(told, self._change(sent, sheets, reply))

    async def _change(self, sent: Sent, sheets: Sequence[Sheet], reply: Message | None) -> None:
        who, place = sent.event.who, sent.place
        try:
            named = await self._sender.replace(place.chat, place.card, sheets)
        except (NotTaken, Undeliverable):  # the card was deleted, or is too old to be changed
            named = await self._sender.show(place.chat, sheets)
        if reply is None:
            return
        asked = self._sender.cards.take(who, sent.again) if sent.again else None
        self._sender.cards.remember(who, Card(place.chat.id, named, len(sheets), reply))
        await self._sender.attach(who, place.chat, reply)
        if asked and asked.named != place.card:
            await self._settle(place.chat, asked, reply.language)

    async def _say(self, sent: Sent, reply: Message) -> None:
        place, who = sent.place, sent.event.who
        if place.is_shared:
            await self._say_aside(sent, reply)
            return
        asked = self._sender.cards.take(who, reply.settles) if reply.settles else None
        await self._sender.say(who, place.chat, reply)
        if asked:
            await self._settle(place.chat, asked, reply.language)

    async def _say_aside(self, sent: Sent, reply: Message) -> None:
        """To this person alone, among others; or in our own chat, with a word on where that is."""
        place, who = sent.place, sent.event.who
        has_more = reply.files or reply.pictures or reply.form
        needs_our_chat = has_more or reply.listens or not self._sender.has_targeted
        if not needs_our_chat:
            try:
                await self._sender.tell(place.chat, reply, place.user)
                return
            except (NotTaken, TryLater, Undeliverable) as problem:
                log.info("nothing is said to one person alone there: %s", type(problem).__name__)
        chat = await self._sender.chat_with(who, place.chat, place.user)
        await self._sender.say(who, chat, reply)
        if needs_our_chat:
            await self._say_where(sent, reply.language)

    async def _show_alone(self, sent: Sent, sheets: Sequence[Sheet], language: str) -> None:
        """Where nobody reads along: what is theirs may stand in it."""
        place = sent.place
        if not place.is_shared:
            await self._sender.show(place.chat, sheets)
            return
        chat = await self._sender.chat_with(sent.event.who, place.chat, place.user)
        await self._sender.show(chat, sheets)
        await self._say_where(sent, language)

    async def _say_where(self, sent: Sent, language: str) -> None:
        """The answer itself is there by now."""
        try:
            over_there = self._prompts.say(language, "chat.over_there")
            await self._sender.tell(sent.place.chat, over_there, sent.place.user)
        except Exception as problem:
            log.info("nothing is said to one person alone there: %s", type(problem).__name__)

    async def _settle(self, chat: Chat, card: Card, language: str) -> None:
        """The answer is there by now: it is not said again because an earlier card cannot be changed."""
        try:
            await self._sender.settle(chat, card, self._prompts.phrase(language, "chat.answered"))
        except Exception as error:
            log.info("a card keeps its buttons: %s", type(error).__name__)

    # What is told at once

    def _told(self, sent: Sent, reply: Reply, where: str = "chat.goes_on") -> Told:
        """Where the answer itself comes as a message of its own."""
        language = getattr(reply, "language", FALLBACK)
        match sent.place.invoke:
            case Invoke.CARD:
                name = "chat.over_there" if sent.place.is_shared else where
                return _in_card(WORDS, self._prompts.phrase(language, name))
            case Invoke.OPEN_DIALOG if isinstance(reply, Message):
                return self._in_window(sent, reply)
            case Invoke.OPEN_DIALOG | Invoke.SEND_DIALOG:
                return Told(200, {})  # it closes
        return Told(200)

    def _what_was_done(self, sent: Sent, reply: Message) -> str:
        """The line under a card that took the place of another."""
        say = partial(self._prompts.phrase, reply.language)
        if not sent.label:
            return ""
        if isinstance(sent.event, Submitted):
            return say("chat.sent", form=sent.label)
        return say("chat.pressed", button=sent.label)

    def _in_window(self, sent: Sent, reply: Message) -> Told:
        """Instead of the form for which they have asked."""
        more = self._prompts.phrase(reply.language, "chat.more")
        return Told(200, {"task": {"type": "continue", "value": render.shown(reply, sent.label, more)}})


def _in_card(kind: str, value: Json | str) -> Told:
    return Told(200, {"statusCode": 200, "type": kind, "value": value})


def _takes_the_place(sent: Sent, reply: Message) -> bool:
    """What somebody types below a card, or in reply to it, is no press of a button on it."""
    place = sent.place
    if not place.card or not isinstance(sent.event, Pressed | Submitted):
        return False
    return not (place.is_shared or reply.aside or _keeps_card(sent.event))


def _keeps_card(event: object) -> bool:
    return isinstance(event, Pressed | Submitted) and event.action.keeps_card
