"""Dice: chance that comes out the same every time.

Every throw has a seed of its own, made of the rehearsal's seed, whose throw it is and what for. So one throw
more, of one person, shifts no other: two rehearsals of nearly the same programme go nearly the same way.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import TypeVar

T = TypeVar("T")
LONG = 1000  # times as long: never, as far as any rehearsal goes


class Dice:
    def __init__(self, seed: int, whose: str) -> None:
        self._seed = f"{seed}:{whose}"
        self._thrown: Counter[str] = Counter()

    def always(self, purpose: str) -> Random:
        """The same each time it is asked for this purpose."""
        return Random(f"{self._seed}:{purpose}")  # noqa: S311 - nothing secret hangs on it

    def next(self, purpose: str) -> Random:
        """Another one each time."""
        self._thrown[purpose] += 1
        return self.always(f"{purpose}:{self._thrown[purpose]}")

    def happens(self, purpose: str, share: float) -> bool:
        return self.next(purpose).random() < share

    def choose(self, purpose: str, odds: Mapping[T, float]) -> T | None:
        """One of them; what is missing to 1 is the chance of none."""
        left = self.next(purpose).random()
        for one, share in odds.items():
            left -= share
            if left < 0:
                return one
        return None

    def wait(self, purpose: str, rate: float, per: timedelta) -> timedelta:
        """Until it happens next, when it happens so often in that time."""
        return per * (self.next(purpose).expovariate(rate) if rate else LONG)

    def about(self, purpose: str, median: timedelta) -> timedelta:
        """Half of the time shorter, now and then many times as long: as people answer."""
        return median * self.next(purpose).lognormvariate(0, 1)
