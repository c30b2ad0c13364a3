"""Virtual time: a whole programme lived in seconds, for rehearsals, the playground and tests.

The clock stands still until it is moved. `live` moves it from one moment at which something is due to the
next, does what is due, and brings what is posted, exactly as the ticking server would have.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta

from bot import outbox
from bot.bot import Bot
from bot.outbox import Parcel

STUCK = timedelta(minutes=1)  # something is due but cannot be done now: look again after this


class VirtualClock:
    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def __call__(self) -> datetime:
        return self._now

    def move_to(self, moment: datetime) -> None:
        if moment < self._now:
            raise ValueError("time does not go back")
        self._now = moment.astimezone(UTC)


def live(
    bot: Bot,
    clock: VirtualClock,
    until: datetime,
    platforms: Collection[str],
    bring: Callable[[Parcel], str],
) -> Iterator[Parcel]:
    """Live through all that happens until then; yields each message once it has been brought."""
    while True:
        yield from settle(bot, clock, platforms, bring)
        due = bot.next_due()
        then = clock() + STUCK if due and due <= clock() else due
        if then is None or then > until:
            clock.move_to(until)
            return
        clock.move_to(then)


def settle(
    bot: Bot, clock: VirtualClock, platforms: Collection[str], bring: Callable[[Parcel], str]
) -> Iterator[Parcel]:
    """Do everything that is due at this very moment."""
    busy = True
    while busy:
        busy = bot.tick() > 0
        for parcel in _claimed(bot, clock, platforms):
            busy = True
            reference = bring(parcel)
            with bot.open_transaction.begin() as db:
                outbox.sent(db, parcel, clock(), reference)
            yield parcel


def _claimed(bot: Bot, clock: VirtualClock, platforms: Collection[str]) -> list[Parcel]:
    with bot.open_transaction.begin() as db:
        return outbox.claim(db.connection(), clock(), "virtual", platforms, bot.prompts)
