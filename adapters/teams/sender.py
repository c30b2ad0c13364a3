"""The sender: what the bot says becomes cards in a chat. Couriers deliver by it, the counter answers by it.

Where somebody can be written to is an address that we have kept, and that is looked at again each time.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TypeVar
from urllib.parse import quote

from adapters.cards import Card, Cards
from adapters.desk import Desk
from adapters.teams import render
from adapters.teams.clouds import Cloud
from adapters.teams.files import Files
from adapters.teams.inputs import words_in
from adapters.teams.line import Line
from adapters.teams.parse import chat_at, kept
from adapters.teams.port import Chat, Json
from adapters.teams.render import Sheet
from adapters.teams.trouble import Closed, NotTaken
from bot.adapter import NotNow, TryLater, Undeliverable
from bot.bot import Bot
from bot.directory import address_of
from bot.events import Account, Arrived
from bot.messages import File, Home, Meet, Message

log = logging.getLogger(__name__)

CALENDAR = "text/calendar"
CLOSED_FOR = timedelta(minutes=10)  # before a tenant that takes nothing is tried again
SOON = timedelta(seconds=3)

T = TypeVar("T")


def token() -> str:
    """Stands in one drawing of a card, so that a double click on it is known for one."""
    return secrets.token_hex(8)


class Sender:
    gap = timedelta(seconds=1)  # between two messages to one person

    def __init__(
        self, bot: Bot, desk: Desk, line: Line, files: Files, cloud: Cloud, *, dialogs: bool = True
    ) -> None:
        """`dialogs`: whether the client can open any."""
        self.line = line
        self.cards = Cards()
        self.dialogs = dialogs
        self._bot = bot
        self._desk = desk
        self._files = files
        self._cloud = cloud

    async def deliver(self, to: Account, address: str, message: Message) -> str:
        chat = chat_at(address)
        if chat is None:
            raise Undeliverable("they have not installed the app")
        try:
            return await self.say(to, chat, message, is_answer=False)
        except Undeliverable as gone:  # until they write to us or install the app again
            log.warning("somebody is not reached: %s", gone)
            raise
        except Closed:
            raise NotNow(self._bot.now() + CLOSED_FOR, "closed") from None
        except NotTaken as refused:
            raise TryLater(refused.code) from None

    async def chat_with(self, who: Account, near: Chat, user: str) -> Chat:
        """The chat in which they and the bot are alone, seen from a shared one in which they are `user`."""
        known = await self._chat_of(who)
        if known:
            return known
        chat = replace(near, id=await self.line.open_chat(near, user), user=user)
        opened = f"profile:{secrets.token_hex(8)}"
        await self._desk.handle(Arrived(id=opened, who=who, address=kept(chat), email=""))
        return chat

    async def _chat_of(self, who: Account) -> Chat | None:
        """Where they wrote to us last, if they have."""
        return chat_at(await self._desk.run(address_of, self._bot, who))

    async def say(self, to: Account, chat: Chat, message: Message, *, is_answer: bool = True) -> str:
        """A new card, with its files; returns what names its last part."""
        sheets = await self.sheets(to, message)
        named = await self.show(chat, sheets, is_answer=is_answer)
        self.cards.remember(to, Card(chat.id, named, len(sheets), message))
        await self.attach(to, chat, message, is_answer=is_answer)
        return named

    @property
    def has_targeted(self) -> bool:
        return self._cloud.has_targeted

    async def tell(self, chat: Chat, message: Message, only_to: str = "") -> None:
        """In a shared chat: to all of them, or to one alone."""
        for sheet in render.message(message, token(), dialogs=False):
            await self._send(chat, sheet, is_answer=True, only_to=only_to)

    async def settle(self, chat: Chat, card: Card, line: str) -> None:
        """What it asked was answered elsewhere: its buttons go, a line stays."""
        said = replace(card.said, buttons=(), meet=None, form=None)
        *above, last = render.message(said, token(), dialogs=self.dialogs, line=line)
        if len(above) + 1 == card.messages:  # what stands above the last one stays
            await self._change(chat, card.named, last)

    async def replace(self, chat: Chat, card: str, sheets: Sequence[Sheet]) -> str:
        """Put something where a card stood, on every device; what is too long for one goes on below.

        Returns what names its last part.
        """
        first, *others = sheets
        await self._change(chat, card, first)
        return await self.show(chat, others) or card

    async def sheets(self, to: Account, message: Message, line: str = "") -> Sequence[Sheet]:
        link = await self._way_to(message.meet) if message.meet else None
        words = words_in(self._bot.prompts, message.language)
        return render.message(message, token(), dialogs=self.dialogs, link=link, line=line, words=words)

    async def of_home(self, home: Home) -> Sequence[Sheet]:
        met = [part.message.meet for part in home.parts if part.message.meet]
        ways = {meet: await self._way_to(meet) for meet in met}
        return render.home(home, token(), dialogs=self.dialogs, link_to=ways.get)

    async def show(self, chat: Chat, sheets: Sequence[Sheet], *, is_answer: bool = True) -> str:
        """Returns what names the last one."""
        named = ""
        for sheet in sheets:
            named = await self._send(chat, sheet, is_answer=is_answer)
        return named

    async def attach(self, to: Account, chat: Chat, message: Message, *, is_answer: bool = True) -> None:
        """A bot may not send a file in Teams: it asks whether it may put it among theirs."""
        if not self._cloud.has_files:
            await self._say_that_no_file_comes(to, chat, message)
            return
        for file in message.files:
            try:
                offer = await self._files.offer(to, file)
                await self.line.send(chat, offer, is_answer=is_answer)
            except (NotTaken, Undeliverable) as refused:
                log.error("a file is not offered: %s", type(refused).__name__)
            except Exception:  # also where nobody knows whether it was: rather twice than not at all
                await self._file_later(to, file)

    async def _say_that_no_file_comes(self, to: Account, chat: Chat, message: Message) -> None:
        """An invitation can be missed: when they meet is said in the message."""
        if any(not file.media_type.startswith(CALENDAR) for file in message.files):
            await self.say(to, chat, self._bot.prompts.say(message.language, "chat.no_files"))

    async def _file_later(self, to: Account, file: File) -> None:
        language = await self._desk.run(self._bot.language_of, to)
        waits = self._bot.prompts.say(language, "chat.file_waits")
        await self._desk.run(self._bot.bring_later, to, replace(waits, files=(file,)))

    async def offer_again(self, to: Account, chat: Chat, file: str) -> None:
        offer = await self._files.offer_again(to, file)
        if offer:
            await self.line.send(chat, offer, is_answer=True)

    async def _send(self, chat: Chat, sheet: Sheet, *, is_answer: bool, only_to: str = "") -> str:
        send = partial(self.line.send, chat, is_answer=is_answer, only_to=only_to)
        return await _drawn(sheet, send)

    async def _change(self, chat: Chat, card: str, sheet: Sheet) -> None:
        await _drawn(sheet, partial(self.line.change, chat, card))

    async def _way_to(self, meet: Meet) -> tuple[str, str] | None:
        """Their own chat, or one of all, if Teams says soon who they are: somebody may be waiting."""
        try:
            async with asyncio.timeout(SOON.total_seconds()):
                names = [await self._sign_in_name(one) for one in (meet.who, *meet.others)]
        except Exception as problem:  # that says nothing about the reader
            log.info("no way to a partner: %s", type(problem).__name__)
            return None
        users = ",".join(quote(name, safe="@") for name in names if name)
        return (meet.label, f"{self._cloud.web}/l/chat/0/0?users={users}") if users else None

    async def _sign_in_name(self, who: Account) -> str:
        """By which a link knows them. It is asked for anew each time, and not kept."""
        chat = await self._chat_of(who)
        member = await self.line.member(chat, chat.user) if chat else {}
        return str(member.get("userPrincipalName") or "")


async def _drawn(sheet: Sheet, put: Callable[[Json], Awaitable[T]]) -> T:
    """If Teams does not take the card: without its pictures, or else the words alone. Nobody goes without."""
    for one in [sheet, sheet.without_pictures] if sheet.has_pictures else [sheet]:
        try:
            return await put(render.activity(one))
        except NotTaken as refused:
            if not refused.is_the_card:
                raise
            log.error("Teams does not take a card: %s", refused.code)
    return await put({"type": "message", "textFormat": "plain", "text": sheet.text})
