"""The playroom: the bot, everybody's chat and the clock on the wall, without a word of HTTP.

What somebody does goes through the front desk as on every platform. What follows at once, such as an
introduction to the partner, is brought at once; for everything later somebody has to move the clock.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from adapters.desk import Desk
from adapters.virtual_time import STUCK, VirtualClock, live, settle
from adapters.web.chat_log import Card, ChatLog, Line, Note, Words
from adapters.web.parse import NotUnderstood, Sent, words_of
from bot.bot import Bot
from bot.directory import Listed, everyone
from bot.events import Account, Arrived, Commanded, Said
from bot.messages import File, Message, Picture, Reply
from bot.outbox import Parcel

PLATFORM, WORKSPACE = "web", "playground"
SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
NEXT = "next"
LISTEN_FOR = timedelta(milliseconds=500)  # before looking whether the server is about to stop
HORIZON = timedelta(days=366)  # what comes after a year of nothing is not worth waiting for


class Playroom:
    def __init__(self, bot: Bot, clock: VirtualClock, desk: Desk) -> None:
        self.clock = clock
        self.life = secrets.token_hex(4)  # a page can tell that it talks to another process than before
        self.news = News()
        self._bot = bot
        self._desk = desk
        self._log = ChatLog(bot.open_transaction)
        self._known: Mapping[int, Listed] = {}
        self._hand = asyncio.Lock()  # one hand at the clock

    @property
    def is_moving(self) -> bool:
        return self._hand.locked()

    async def open(self) -> None:
        """Let everybody in who has no account yet, and do what is due."""
        people = await self.people()
        await self._desk.run(self._log.forget_all_but, people.keys())
        await self._let_in(people)
        await self._settle()

    async def people(self) -> Mapping[int, Listed]:
        self._known = {person.id: person for person in await self._desk.run(everyone, self._bot)}
        return self._known

    async def account(self, person_id: int) -> Account | None:
        if person_id not in self._known:
            await self.people()
        person = self._known.get(person_id)
        return _account(person) if person else None

    async def lines(self, person_id: int, after: int) -> list[Line]:
        return await self._desk.run(self._log.lines, person_id, after)

    async def received(self) -> Mapping[int, int]:
        return await self._desk.run(self._log.received)

    async def file(self, person_id: int, line_id: int, number: int) -> File | None:
        card = await self._desk.run(self._log.card, person_id, line_id)
        files = card.message.files if card else ()
        return files[number] if number < len(files) else None

    async def picture(self, person_id: int, line_id: int, number: int) -> Picture | None:
        card = await self._desk.run(self._log.card, person_id, line_id)
        pictures = card.message.pictures if card else ()
        return pictures[number] if number < len(pictures) else None

    async def take(self, person_id: int, sent: Sent) -> Reply:
        """What somebody did. Their words are in their chat before anything can go wrong."""
        event = sent.event
        try:
            if isinstance(event, Said | Commanded):
                words = Words(words_of(event))
                await self._desk.run(self._log.add, person_id, f"{event.id}:typed", self.clock(), words)
            reply = await self._desk.handle(event)
            if isinstance(reply, Message):
                await self._desk.run(self._show, person_id, sent, reply)
            await self._settle()
        finally:
            self.news.tell()
        return reply

    def _show(self, person_id: int, sent: Sent, reply: Message) -> None:
        place, keeps_card = sent.place, sent.keeps_card or reply.aside
        if place and not keeps_card and self._log.replace(person_id, place, self.clock(), reply):
            return
        pressed = [Note(place.pressed)] if place and place.pressed else []
        self._log.add(person_id, f"{sent.event.id}:reply", self.clock(), *pressed, Card(reply))

    async def forward(self, far: str) -> Mapping[int, int]:
        """Move the clock, and bring what happens on the way; returns how many messages came, by person."""
        if far != NEXT and far not in SPANS:
            raise NotUnderstood(f"the clock goes on by {', '.join(SPANS)} or to what is {NEXT}")
        try:
            async with self._hand:
                await self._let_in(await self.people())
                return await (self._to_what_is_next() if far == NEXT else self._by(SPANS[far]))
        finally:
            self.news.tell()

    async def _by(self, span: timedelta) -> Mapping[int, int]:
        arrived: Counter[int] = Counter()
        until = self.clock() + span
        while self.clock() < until:
            arrived += await self._step(until)
        return arrived

    async def _to_what_is_next(self) -> Mapping[int, int]:
        """To the next message for anybody. If none will come by itself, the clock stays where it is."""
        until = self.clock() + HORIZON
        while True:
            due = await self._desk.run(self._bot.next_due)
            if due is None or due > until:
                return {}
            arrived = await self._step(until)
            if arrived:
                return arrived

    async def _step(self, until: datetime) -> Counter[int]:
        """As far as the next moment at which something is due. In between others have their turn."""
        arrived = await self._desk.run(self._live_on, until)
        self.news.tell()
        return arrived

    def _live_on(self, until: datetime) -> Counter[int]:
        due = self._bot.next_due()
        if due is not None:
            until = min(until, due if due > self.clock() else self.clock() + STUCK)
        parcels = live(self._bot, self.clock, until, {PLATFORM}, self._bring)
        arrived = Counter(parcel.person_id for parcel in parcels)
        self._log.keep_time(self.clock())
        return arrived

    async def _settle(self) -> None:
        await self._desk.run(self._do_what_is_due)

    def _do_what_is_due(self) -> None:
        for _ in settle(self._bot, self.clock, {PLATFORM}, self._bring):
            pass
        self._log.keep_time(self.clock())

    def _bring(self, parcel: Parcel) -> str:
        self._log.add(parcel.person_id, f"post:{parcel.id}", self.clock(), Card(parcel.message))
        return str(parcel.id)

    async def _let_in(self, people: Mapping[int, Listed]) -> None:
        new = [person for person in people.values() if _account(person) not in person.accounts]
        arrivals = (
            Arrived(id=f"{person.id}:{secrets.token_hex(8)}", who=_account(person), email=person.email)
            for person in new
        )
        await asyncio.gather(*map(self._desk.handle, arrivals))


class News:
    """Tells every open page to look again. One that is slow is told once, not for each change."""

    def __init__(self) -> None:
        self._bells: set[asyncio.Event] = set()

    def tell(self) -> None:
        for bell in self._bells:
            bell.set()

    async def listen(self, is_over: Callable[[], bool]) -> AsyncIterator[None]:
        """Once at the beginning, and then whenever something has changed."""
        bell = asyncio.Event()
        bell.set()
        self._bells.add(bell)
        try:
            while not is_over():
                if await _rings(bell):
                    bell.clear()
                    yield
        finally:
            self._bells.discard(bell)


async def _rings(bell: asyncio.Event) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(bell.wait(), LISTEN_FOR.total_seconds())
    return bell.is_set()


def _account(person: Listed) -> Account:
    return Account(PLATFORM, WORKSPACE, person.email)
