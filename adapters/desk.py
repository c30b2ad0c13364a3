"""The front desk: what people do, on whatever platform, waits here in line, and one thread writes it down.

Events that wait together share one commit. Everything else that writes (the tick, the couriers) takes its
turn on the same thread, so SQLite is never found locked, and an answer means that it has been committed.
"""

import asyncio
import gc
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy.orm import configure_mappers

from bot.bot import Bot
from bot.events import Event
from bot.messages import Reply

MOST_AT_ONCE = 64  # events in one commit
TURNS = 3  # of the event loop in which nothing more comes in, before what there is is written

T = TypeVar("T")


def prepare_to_serve() -> None:
    """Once, in a process that is about to serve. What is here by now stays, so nobody waits while the garbage
    collector looks through all of it (0.1 s, every thousand events); and the writer lets the loop have its
    turn ten times as often as a thread does otherwise.
    """
    configure_mappers()
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(0.0005)  # seconds


class Closed(Exception):
    """The desk has not opened yet, or takes nothing more. The event was not seen: the platform repeats it."""


class Desk:
    """`async with Desk(bot) as desk`: open inside, and what has come in is done before it closes."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._waiting: asyncio.Queue[tuple[Event, asyncio.Future[Reply]]] = asyncio.Queue()
        self._is_open = False

    async def __aenter__(self) -> Self:
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        self._clerk = asyncio.create_task(self._serve())
        self._is_open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_open = False
        await self._waiting.join()
        self._clerk.cancel()
        with suppress(asyncio.CancelledError):
            await self._clerk
        await asyncio.to_thread(self._writer.shutdown)

    async def handle(self, event: Event) -> Reply:
        """What one person did; the answer comes once it is committed."""
        if not self._is_open:
            raise Closed
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait((event, answer))
        return await answer

    async def tick(self) -> int:
        return await self.run(self._bot.tick)

    async def run(self, function: Callable[..., T], *args: object) -> T:
        """Call a function on the writer thread, after what is being written there now."""
        if not self._is_open:
            raise Closed
        return await self._write(function, *args)

    async def _write(self, function: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writer, function, *args)

    async def _serve(self) -> None:
        while True:
            waiting = [await self._waiting.get()]
            await self._settle()
            while len(waiting) < MOST_AT_ONCE and not self._waiting.empty():
                waiting.append(self._waiting.get_nowait())
            await self._take(waiting)
            for _ in waiting:
                self._waiting.task_done()

    async def _settle(self) -> None:
        """As long as more come in, they go into the same commit. A turn of the loop is no wait."""
        quiet, before = 0, 0
        while quiet < TURNS and self._waiting.qsize() < MOST_AT_ONCE:
            await asyncio.sleep(0)
            quiet = quiet + 1 if self._waiting.qsize() == before else 0
            before = self._waiting.qsize()

    async def _take(self, waiting: Sequence[tuple[Event, asyncio.Future[Reply]]]) -> None:
        try:
            replies = await self._write(self._bot.handle_all, [event for event, _ in waiting])
        except Exception as error:
            for _, answer in waiting:
                if not answer.done():
                    answer.set_exception(error)
            return
        for (_, answer), reply in zip(waiting, replies, strict=True):
            if not answer.done():  # whoever asked may have gone meanwhile
                answer.set_result(reply)
