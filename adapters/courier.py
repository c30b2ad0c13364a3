"""The courier: brings what waits in the outbox to people, each on the platform where they were heard last.

Any number of couriers share one database. Claiming leases a message to one of them; what a courier does not
manage to write down, because it died or nobody knows how it went, is settled when the lease runs out (see
bot/outbox.py).
"""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from types import TracebackType
from typing import Self

from sqlalchemy.orm import Session as Transaction

from adapters.desk import Desk
from bot import outbox
from bot.adapter import Adapter, NotNow, TryLater, Undeliverable
from bot.bot import Bot
from bot.outbox import LEASE, Parcel

log = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=1)
MOST_UNDER_WAY = 400  # messages at a time; what waits for its turn must not use up its lease

Outcome = Callable[[Transaction], None]


class Courier:
    """`async with Courier(bot, desk, {"slack": slack}) as courier`: it delivers until it is left."""

    def __init__(
        self, bot: Bot, desk: Desk, adapters: Mapping[str, Adapter], *, lease: timedelta = LEASE
    ) -> None:
        self._bot = bot
        self._desk = desk
        self._adapters = adapters
        self._lease = lease
        self._name = f"courier {secrets.token_hex(4)}"
        self._outcomes: deque[Outcome] = deque()
        self._under_way: set[asyncio.Task[None]] = set()
        self._called = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._on_duty = True
        self._round = asyncio.create_task(self._go_round())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take nothing more, and see to the end what is under way."""
        self._on_duty = False
        self.wake()
        await self._round
        await asyncio.gather(*self._under_way)

    def wake(self) -> None:
        """Something was posted: look now."""
        self._called.set()

    async def deliver_once(self) -> int:
        """Bring everything that is due and may be sent now; returns how many messages that were."""
        parcels = await self._claim()
        await asyncio.gather(*(self._bring(parcel) for parcel in parcels))
        return len(parcels)

    async def _go_round(self) -> None:
        while self._on_duty:
            if not await self._set_out():
                await self._rest()

    async def _set_out(self) -> bool:
        try:
            parcels = await self._claim()
        except Exception as error:
            log.error("cannot look into the outbox: %s", type(error).__name__)
            return False
        for parcel in parcels:
            task = asyncio.create_task(self._bring(parcel))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        while len(self._under_way) >= MOST_UNDER_WAY:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        return bool(parcels)

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._called.wait(), LOOK_EVERY.total_seconds())
        self._called.clear()

    async def _claim(self) -> list[Parcel]:
        return await self._desk.run(self._claim_on_the_writer)

    def _claim_on_the_writer(self) -> list[Parcel]:
        with self._bot.open_transaction.begin() as db:
            bot = self._bot
            return outbox.claim(
                db.connection(), bot.now(), self._name, self._adapters, bot.prompts, self._lease
            )

    async def _bring(self, parcel: Parcel) -> None:
        adapter = self._adapters[parcel.to.platform]
        try:
            async with asyncio.timeout(self._lease.total_seconds() * 0.75):  # and time to write it down
                reference = await adapter.deliver(parcel.to, parcel.address, parcel.message)
        except TryLater as busy:
            await self._write_down(partial(self._put_off, parcel, busy.after, adapter.gap))
        except NotNow as quiet:
            await self._write_down(partial(self._wait, parcel, quiet, adapter.gap))
        except Undeliverable:
            await self._write_down(partial(self._give_up, parcel))
        except Exception as error:
            log.error("no word on how message %s went: %s", parcel.id, type(error).__name__)
        else:
            await self._write_down(partial(self._sent, parcel, reference, adapter.gap))

    async def _write_down(self, outcome: Outcome) -> None:
        """What comes in while another commit is under way shares the next one."""
        self._outcomes.append(outcome)
        try:
            await self._desk.run(self._write_down_all)
        except Exception as error:
            log.error("cannot write down what was delivered: %s", type(error).__name__)

    def _write_down_all(self) -> None:
        """In one commit. If one of them fails, each is tried again alone: the others are not said twice."""
        outcomes = [self._outcomes.popleft() for _ in range(len(self._outcomes))]
        try:
            self._commit(outcomes)
        except Exception as error:
            for outcome in outcomes:
                self._commit_alone(outcome)
            log.warning(
                "%s delivered messages were written down one by one: %s", len(outcomes), type(error).__name__
            )

    def _commit(self, outcomes: Sequence[Outcome]) -> None:
        with self._bot.open_transaction.begin() as db:
            for outcome in outcomes:
                outcome(db)

    def _commit_alone(self, outcome: Outcome) -> None:
        try:
            self._commit([outcome])
        except Exception as error:
            log.error("cannot write down what was delivered: %s", type(error).__name__)

    def _sent(self, parcel: Parcel, reference: str, gap: timedelta, db: Transaction) -> None:
        outbox.sent(db, parcel, self._bot.now(), reference, gap)

    def _put_off(self, parcel: Parcel, after: timedelta | None, gap: timedelta, db: Transaction) -> None:
        outbox.put_off(db.connection(), parcel, self._bot.now(), after, gap)

    def _wait(self, parcel: Parcel, quiet: NotNow, gap: timedelta, db: Transaction) -> None:
        outbox.wait(db.connection(), parcel, quiet.until, quiet.reason, gap)

    def _give_up(self, parcel: Parcel, db: Transaction) -> None:
        outbox.give_up(db.connection(), parcel, self._bot.now(), "unreachable")
