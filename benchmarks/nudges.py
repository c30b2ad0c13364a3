"""Nudges: does the comparison with the held-out moments see an effect that is there, and none that is not?

Each programme is simulated anew: people who differ in how readily they reply, and in how many moments they
have; a lot of their own for each moment; waits that end in a reply, or are only followed for a while.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from operator import not_
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from bot.statistics import WITHIN, NudgeEffect, Observation, Verdict, nudge_effect, proportion

Numbers = NDArray[np.float64]
Seen = Sequence[Observation]

SEEDS = 1_000
SEEDS_OF_NONE = 4_000  # to know the rate of false positives to half a point
HELD_OUT = 0.1  # of the moments
BROKEN_OFF = 0.1  # of the waits end in a pause or a leaving within the time
LEAST, SPREAD = 0.18, 0.47  # replied within the time without a nudge: from 0.18 to 0.65, 0.37 on average
HEADINGS = (
    "planted",
    "moments",
    "programmes",
    "recovered",
    "the interval covers",
    "helps",
    "hurts",
    "too few",
    "false positives",
)


@dataclass(frozen=True)
class Programme:
    title: str
    effect: float = 0.0  # added by a nudge to the chance of a reply within the time
    moments: int = 1_500  # about a hundred pairs over half a year
    people: int = 120
    differ: bool = True  # in how readily they reply
    uneven: bool = False  # a tenth of the people have half of the moments
    effects_differ: bool = False  # from nothing to twice the effect


PROGRAMMES = (
    Programme("none; all people alike", differ=False),
    Programme("none; people differ"),
    Programme("none; few have most", uneven=True),
    Programme("none; 300 moments", moments=300, people=30),
    Programme("+15 points; people differ", 0.15),
    Programme("+15 points; few have most", 0.15, uneven=True),
    Programme("+15 points, for some more", 0.15, effects_differ=True),
    Programme("-15 points; people differ", -0.15),
    Programme("+15 points; 600 moments", 0.15, moments=600, people=50),
)


def measure() -> Table:
    table = Table(title="Nudges against held-out moments, in simulated programmes")
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading == HEADINGS[0] else "right")
    for programme in PROGRAMMES:
        effects = looks(programme, SEEDS if programme.effect else SEEDS_OF_NONE)
        table.add_row(
            programme.title, f"{programme.moments:,}", f"{len(effects):,}", *_row(programme, effects)
        )
    table.caption = (
        f"{HELD_OUT:.0%} of the moments are held out by lot, {BROKEN_OFF:.0%} of the waits are broken off. "
        "Recovered: the mean difference in points, and its standard deviation from programme to programme."
    )
    return table


def looks(programme: Programme, seeds: int) -> list[NudgeEffect]:
    """Each by chances of its own, also where two programmes are alike but for one thing."""
    own = crc32(programme.title.encode())
    return [nudge_effect(*moments(programme, np.random.default_rng([own, seed]))) for seed in range(seeds)]


def moments(programme: Programme, chance: np.random.Generator) -> tuple[Seen, Seen]:
    """Those with a nudge, and those held out. Times are parts of the 72 hours."""
    n = programme.moments
    who = chance.choice(programme.people, n, p=_weights(programme))
    usual, effect = _people(programme, chance)
    held_out = chance.random(n) < HELD_OUT
    soon = chance.random(n) < usual[who] + np.where(held_out, 0, effect[who])
    replies = np.where(soon, chance.random(n) ** 1.5, 1 + chance.exponential(3, n))
    broken_off = chance.random(n) < BROKEN_OFF
    followed = np.where(broken_off, chance.random(n), 1 + 10 * chance.random(n))
    seen = zip(np.minimum(replies, followed).tolist(), (replies <= followed).tolist(), strict=True)
    observations = [Observation(after * WITHIN, replied) for after, replied in seen]
    lots = held_out.tolist()
    return list(compress(observations, map(not_, lots))), list(compress(observations, lots))


def _weights(programme: Programme) -> Numbers:
    few = np.arange(programme.people) < programme.people / 10
    weights: Numbers = np.where(few & programme.uneven, 9.0, 1.0)
    return weights / np.sum(weights)


def _people(programme: Programme, chance: np.random.Generator) -> tuple[Numbers, Numbers]:
    n = programme.people
    usual = LEAST + SPREAD * chance.beta(2, 3, n) if programme.differ else np.full(n, LEAST + SPREAD * 0.4)
    effect = chance.uniform(0, 2, n) if programme.effects_differ else np.ones(n)
    return usual, programme.effect * effect


def _row(programme: Programme, effects: Sequence[NudgeEffect]) -> list[str]:
    told = [effect.difference for effect in effects if effect.difference is not None]
    covers = sum(_covers(effect, programme.effect) for effect in effects)
    rates = [sum(effect.verdict is verdict for effect in effects) for verdict in Verdict]
    helps, hurts, _, refused = rates
    false = "" if programme.effect else _rate(helps + hurts, len(effects))
    return [
        f"{100 * np.mean(told):+.1f} ± {100 * np.std(told):.1f}" if told else "",
        _rate(covers, len(told)),
        f"{helps / len(effects):.1%}",
        f"{hurts / len(effects):.1%}",
        f"{refused / len(effects):.1%}",
        false,
    ]


def _covers(effect: NudgeEffect, planted: float) -> bool:
    return effect.low is not None and effect.high is not None and effect.low <= planted <= effect.high


def _rate(part: int, whole: int) -> str:
    share = proportion(part, whole)
    return f"{share.value:.1%} ({share.low:.1%} to {share.high:.1%})" if share else ""
