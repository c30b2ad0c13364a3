"""Statistics: what the numbers of a small programme can honestly say, each with its interval and its n.

Who still waits counts for as long as they have waited (Kaplan and Meier); left out, the silent ones would
make every programme look quick. All intervals are 95 % intervals, and shares lie between 0 and 1. scipy does
the mathematics. It is loaded when somebody asks, because that takes half a second.
"""

import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import hypot
from typing import NamedTuple

UNIT = timedelta(microseconds=1)
CONFIDENCE = 0.95
TAIL = (1 - CONFIDENCE) / 2
ROUNDING = 1e-9  # a product of fractions may miss one half by this much
WITHIN = timedelta(hours=72)
FEWEST = 30  # on each side; with fewer, nothing smaller than a revolution could be told from chance


class Observation(NamedTuple):
    """How long somebody waited, and whether a reply ended that, or only our looking, a pause, a leaving."""

    after: timedelta
    replied: bool


@dataclass(frozen=True)
class Share:
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Wait:
    """None is longer than anybody was followed."""

    time: timedelta | None
    low: timedelta
    high: timedelta | None


@dataclass(frozen=True)
class Waits:
    n: int
    replied: int
    median: Wait
    p90: Wait


class Verdict(StrEnum):
    HELPS = "helps"
    HURTS = "hurts"
    CANNOT_TELL = "cannot_tell"
    TOO_FEW = "too_few"


@dataclass(frozen=True)
class NudgeEffect:
    """Shares replied within the time, with a nudge and without. No number where there are too few."""

    verdict: Verdict
    treated_n: int
    held_out_n: int
    treated: Share | None = None
    held_out: Share | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None


def proportion(part: int, whole: int) -> Share | None:
    """`part` of `whole` with the interval of Wilson (1927), which stays honest at none and at all."""
    from scipy.stats import binomtest  # noqa: PLC0415 - only some need it

    if whole == 0:
        return None
    interval = binomtest(part, whole).proportion_ci(CONFIDENCE, method="wilson")
    return Share(part / whole, float(interval.low), float(interval.high), whole)


def waits(observations: Sequence[Observation]) -> Waits | None:
    """The times by which half, and nine in ten, have a reply."""
    curve = _curve(observations)
    if curve is None:
        return None
    replied = sum(seen.replied for seen in observations)
    return Waits(len(observations), replied, curve.wait(0.5), curve.wait(0.9))


def replied_within(observations: Sequence[Observation], within: timedelta) -> Share | None:
    """The share with a reply by then, that moment included; None if nobody was followed so long."""
    curve = _curve(observations)
    return curve.share(within) if curve else None


def nudge_effect(
    treated: Sequence[Observation], held_out: Sequence[Observation], within: timedelta = WITHIN
) -> NudgeEffect:
    """What nudging changed in the share replied `within` that time from the moment when a nudge was due.

    One observation for each moment whose lot was drawn by itself: nudges that share a lot are one moment. It
    is followed until the next nudge of the same wait at most, which has a lot and an effect of its own.
    The interval is MOVER (Zou and Donner 2008) on the two Kaplan-Meier intervals, widened by the correction
    of Yates, half a reply on each side. benchmarks/nudges.py shows that it covers, and that no more than one
    look in twenty sees an effect where there is none, also if a few people have most of the moments. That
    holds for one look, at an end agreed on beforehand; whoever looks every day will see one some day.
    """
    if min(_settled(treated, within), _settled(held_out, within)) < FEWEST:
        return NudgeEffect(Verdict.TOO_FEW, len(treated), len(held_out))
    one, two = replied_within(treated, within), replied_within(held_out, within)
    if one is None or two is None:
        return NudgeEffect(Verdict.TOO_FEW, len(treated), len(held_out))
    low, high = _difference(one, two)
    verdict = Verdict.HELPS if low > 0 else Verdict.HURTS if high < 0 else Verdict.CANNOT_TELL
    return NudgeEffect(verdict, one.n, two.n, one, two, one.value - two.value, low, high)


def _settled(observations: Sequence[Observation], within: timedelta) -> int:
    """How many are known to have had a reply by then, or not to have had one."""
    return sum(seen.after >= within or seen.replied for seen in observations)


def _difference(one: Share, two: Share) -> tuple[float, float]:
    difference = one.value - two.value
    half_a_reply = (1 / one.n + 1 / two.n) / 2
    low = difference - hypot(one.value - one.low, two.high - two.value) - half_a_reply
    high = difference + hypot(one.high - one.value, two.value - two.low) + half_a_reply
    return max(low, -1.0), min(high, 1.0)


@dataclass(frozen=True)
class _Curve:
    """The share that still waits after each time seen; before the first time it is everybody."""

    n: int
    times: Sequence[float]  # in UNIT, in order
    waiting: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]

    def share(self, within: timedelta) -> Share | None:
        at = within / UNIT
        if at > self.times[-1] and self.waiting[-1] > 0:
            return None
        last = bisect_right(self.times, at) - 1
        if last < 0:
            return Share(0.0, 0.0, 1 - _surely(self.n), self.n)
        return Share(1 - self.waiting[last], 1 - self.high[last], 1 - self.low[last], self.n)

    def wait(self, share: float) -> Wait:
        """Where the curve, and the edges of its interval, reach what is left (Brookmeyer, Crowley 1982)."""
        left = 1 - share + ROUNDING
        low = 0.0 if _surely(self.n) <= left else self._reaches(self.low, left)
        high = self._reaches(self.high, left)
        time = self._reaches(self.waiting, left)
        return Wait(_time(time), (self.times[-1] if low is None else low) * UNIT, _time(high))

    def _reaches(self, curve: Sequence[float], left: float) -> float | None:
        return next((time for time, value in zip(self.times, curve, strict=True) if value <= left), None)


def _time(number: float | None) -> timedelta | None:
    return None if number is None else number * UNIT


def _surely(n: int) -> float:
    """What a share is at least when it was everybody, n times (Clopper and Pearson 1934)."""
    return float(TAIL ** (1 / n))


def _curve(observations: Sequence[Observation]) -> _Curve | None:
    """The log-log interval is from Kalbfleisch and Prentice (1980), with the variance of Greenwood (1926)."""
    from scipy.stats import CensoredData, ecdf  # noqa: PLC0415 - only some need it

    if not observations:
        return None
    replied = [seen.after / UNIT for seen in observations if seen.replied]
    followed = [seen.after / UNIT for seen in observations if not seen.replied]
    curve = ecdf(CensoredData(replied, right=followed)).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # about its own ends, which are filled in below
        edges = curve.confidence_interval(CONFIDENCE, method="log-log")
    low, high = edges.low.probabilities.tolist(), edges.high.probabilities.tolist()
    times, waiting = curve.quantiles.tolist(), curve.probabilities.tolist()
    everybody = sorted([*replied, *followed])
    for n, (time, value) in enumerate(zip(times, waiting, strict=True)):
        if value == 1:  # nobody has replied so far
            low[n], high[n] = _surely(len(everybody) - bisect_left(everybody, time)), 1.0
        elif value == 0:  # all have who were followed
            low[n], high[n] = 0.0, 1 - _surely(len(replied))
    return _Curve(len(observations), times, waiting, low, high)
