"""Statistics: what the numbers of a small programme can honestly say, each with its interval and its n.

Who still waits counts for as long as they have waited (Kaplan and Meier); left out, the silent ones would
make every programme look quick. All intervals are 95 % intervals, and shares lie between 0 and 1. scipy and
statsmodels do the mathematics. They are loaded when somebody asks, because that takes half a second.
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
class Between:
    """A number with its interval."""

    value: float
    low: float
    high: float

    @property
    def holds_nothing(self) -> bool:
        return self.low <= 0 <= self.high


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


def balance(ahead: int, whole: int) -> Between:
    """Those for something less those against it, as a share of all, of whom some may be neither.

    It is the mean of answers that are 1, 0 or -1. None of them vary more than those that are only ever 1 or
    -1 (Bhatia and Davis 2000), for which the interval is Wilson's. Where many are neither it is wider than it
    need be; a narrower one would tell how many those are.
    """
    from statsmodels.stats.proportion import proportion_confint  # noqa: PLC0415 - only some need it

    low, high = proportion_confint((whole + ahead) / 2, whole, alpha=1 - CONFIDENCE, method="wilson")
    return Between(ahead / whole, 2 * float(low) - 1, 2 * float(high) - 1)


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


# Two groups side by side


POWER = 0.8  # a difference that could be seen is one that four studies in five would see
ALIKE = 0.1  # a standardised difference below it is taken for balance
CALLIPER = 0.2  # standard deviations between two people who are matched
_LARGEST = 1 - 1e-6  # of a share, where a formula needs some room


class Counted(NamedTuple):
    """How many of how many."""

    part: int
    whole: int


def risk_difference(one: Counted, two: Counted) -> Between:
    """One share minus the other, with the interval of Newcombe (1998, his method 10)."""
    from statsmodels.stats.proportion import confint_proportions_2indep  # noqa: PLC0415 - only some need it

    low, high = confint_proportions_2indep(*one, *two, method="newcomb", compare="diff")
    return Between(one.part / one.whole - two.part / two.whole, float(low), float(high))


def risk_ratio(one: Counted, two: Counted) -> Between | None:
    """One share over the other, with the score interval; None where one of them is nothing."""
    from statsmodels.stats.proportion import confint_proportions_2indep  # noqa: PLC0415 - only some need it

    if not one.part or not two.part:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # about a root at the edge
        low, high = confint_proportions_2indep(*one, *two, method="score", compare="ratio")
    return Between((one.part / one.whole) / (two.part / two.whole), float(low), float(high))


def chance(one: Counted, two: Counted, *, mid_p: bool = False) -> float:
    """How often chance alone makes two groups differ so much, by Fisher's exact test of both sides.

    The mid-p counts tables that are just as likely by half, which makes up for the caution of the test.
    """
    from scipy.stats import fisher_exact, hypergeom  # noqa: PLC0415 - only some need it

    p = float(fisher_exact([[one.part, one.whole - one.part], [two.part, two.whole - two.part]]).pvalue)
    if not mid_p:
        return p
    tables = hypergeom(one.whole + two.whole, one.part + two.part, one.whole)
    probabilities = tables.pmf(range(one.whole + 1))
    seen = tables.pmf(one.part)
    alike = sum(float(each) for each in probabilities if abs(each - seen) <= 1e-7 * seen)
    return p - alike / 2


def smallest_visible(n: int, comparison: Counted) -> float | None:
    """The rise over the comparison group's share that `n` people against them would show, four times in five.

    None: not even if all of them had it.
    """
    from scipy.optimize import brentq  # noqa: PLC0415 - only some need it
    from statsmodels.stats.proportion import power_proportions_2indep  # noqa: PLC0415 - only some need it

    base = (comparison.part + 1) / (comparison.whole + 2)  # never quite nobody, never quite everybody
    ratio = comparison.whole / n

    def missing(rise: float) -> float:
        return float(power_proportions_2indep(rise, base, n, ratio=ratio, return_results=False)) - POWER

    most = _LARGEST - base
    return None if missing(most) < 0 else float(brentq(missing, 1e-6, most))


def holm(chances: Sequence[float]) -> list[float]:
    """Each made larger for having looked at all of them (Holm 1979)."""
    from statsmodels.stats.multitest import multipletests  # noqa: PLC0415 - only some need it

    return [float(p) for p in multipletests(chances, method="holm")[1]] if chances else []


def adjusted_difference(
    happened: Sequence[bool], treated: Sequence[bool], strata: Sequence[str], clusters: Sequence[str]
) -> Between | None:
    """The same difference within strata, with people of one cluster taken to be alike (a linear model).

    None where too few are left to reckon with.
    """
    import numpy as np  # noqa: PLC0415 - only some need it
    from statsmodels.regression.linear_model import OLS  # noqa: PLC0415 - only some need it

    names = sorted(set(strata))
    numbers = {cluster: number for number, cluster in enumerate(dict.fromkeys(clusters))}
    if len(numbers) < len(names) + FEWEST:
        return None
    columns = [[float(one) for one in treated], *([float(one == name) for one in strata] for name in names)]
    if np.linalg.matrix_rank(columns) < len(columns):
        return None  # each stratum is on one side only
    groups = np.array([numbers[cluster] for cluster in clusters])
    model = OLS(np.array(happened, dtype=float), np.array(columns).T)
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    low, high = fit.conf_int(1 - CONFIDENCE)[0]
    return Between(float(fit.params[0]), float(low), float(high))


def standardised_difference(one: Sequence[float], two: Sequence[float]) -> float:
    """How far apart two groups are, in standard deviations."""
    from statistics import fmean, pvariance  # noqa: PLC0415 - of this name as well

    spread = ((pvariance(one) + pvariance(two)) / 2) ** 0.5
    apart = fmean(one) - fmean(two)
    return apart / spread if spread else 0.0 if not apart else float("inf")


def closest(one: Sequence[Sequence[float]], two: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Who is like whom: pairs that are nearest in sum, none farther apart than the calliper in anything.

    Values are in standard deviations.
    """
    import numpy as np  # noqa: PLC0415 - only some need it
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - only some need it

    apart = np.abs(np.array(one)[:, None, :] - np.array(two)[None, :, :])
    is_near = (apart <= CALLIPER).all(axis=2)
    costs = np.where(is_near, apart.sum(axis=2), 1e6)
    pairs = zip(*linear_sum_assignment(costs), strict=True)
    return [(int(left), int(right)) for left, right in pairs if is_near[left, right]]


def needed_to_explain_away(ratio: float) -> float:
    """How strongly something unseen would have to go with both, as a ratio (VanderWeele and Ding 2017)."""
    ratio = max(ratio, 1 / ratio)
    return float(ratio + (ratio * (ratio - 1)) ** 0.5)


@dataclass(frozen=True)
class Staying:
    """The share that is still there after each time, and its interval."""

    n: int
    times: Sequence[timedelta]
    share: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]

    def at(self, time: timedelta) -> Between:
        last = bisect_right(self.times, time) - 1
        if last < 0:
            return Between(1.0, _surely(self.n), 1.0)
        return Between(self.share[last], self.low[last], self.high[last])


def staying(seen: Sequence[Observation]) -> Staying | None:
    """Kaplan and Meier's curve, where a "reply" is leaving."""
    curve = _curve(seen)
    if curve is None:
        return None
    return Staying(curve.n, [time * UNIT for time in curve.times], curve.waiting, curve.low, curve.high)


def same_pace(one: Sequence[Observation], two: Sequence[Observation]) -> float | None:
    """How often chance alone makes two groups leave so differently, by the log-rank test."""
    from scipy.stats import CensoredData, logrank  # noqa: PLC0415 - only some need it

    if not any(seen.replied for seen in [*one, *two]):
        return None
    sides = [
        CensoredData(
            [seen.after / UNIT for seen in side if seen.replied],
            right=[seen.after / UNIT for seen in side if not seen.replied],
        )
        for side in (one, two)
    ]
    return float(logrank(*sides).pvalue)


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
