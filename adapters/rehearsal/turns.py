"""Turns: when it becomes somebody's turn to answer, when they name a day, and when it is over."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property

from bot import happenings
from bot.bot import Bot
from bot.happenings import Happened, Open


class Turns:
    """What is open is compared with what was open before, since it begins and ends in many ways."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._open: dict[int, Open] = {}

    @cached_property
    def _emails(self) -> Mapping[int, str]:
        return happenings.emails(self._bot)

    def changes(self, now: datetime) -> Iterator[Happened]:
        before, self._open = self._open, {one.id: one for one in happenings.open_turns(self._bot)}
        for number in sorted(before.keys() - self._open.keys()):
            yield self._happened("turn_ended", before[number], now)
        for number, one in self._open.items():
            was = before.get(number)
            if was is None:
                yield self._happened("turn_began", one, now)
            if one.promised_for and one.promised_for != (was and was.promised_for):
                yield self._happened("turn_promised", one, now)

    def _happened(self, what: str, one: Open, now: datetime) -> Happened:
        return Happened(
            id=0,
            at=now,
            what=what,
            who=self._emails[one.person],
            pair=one.pair,
            meeting=None,
            until=one.promised_for,
            turn=one.id,
        )
