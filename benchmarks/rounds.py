"""Coffee rounds: who meets somebody again, and who is left out, beside Icebreaker on the same people.

Icebreaker shuffles everybody, takes two at a time and drops the one who is left (MakePairs in its
EngagementProcessing; last changed in 2023). It remembers nothing.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random

from rich.box import SIMPLE_HEAD
from rich.console import Group as Together
from rich.table import Table

from bot.rounds import grouping, proof
from bot.rounds.grouping import WINDOW, Group, Guest, Pair, Past, pair
from bot.rounds.proof import Line, State

SIZES = (12, 13, 14, 18, 30, 50, 51, 60, 250, 1000)
LARGE = (1000, 5000)
SEEDS = 10
SHARE = 0.8  # of the people say yes, in the second table

Draw = Callable[[Sequence[int], Past, int], Sequence[Group]]


def icebreaker(people: Sequence[int], _past: Past, seed: int) -> Sequence[Group]:
    shuffled = list(people)
    Random(seed).shuffle(shuffled)
    return list(zip(shuffled[::2], shuffled[1::2], strict=False))


def ours(people: Sequence[int], past: Past, seed: int) -> Sequence[Group]:
    return grouping.draw([Guest(id_) for id_ in people], past, seed).groups


@dataclass
class Season:
    """Twelve rounds of the same people."""

    again: int = 0  # pairs that meet again within the window
    left_out: int = 0  # people without company in a round
    had_again: float = 0.0  # share of the people who met somebody again
    slowest: float = 0.0  # seconds
    faults: int = 0  # that the proof finds


def season(draw: Draw, number: int, seed: int, share: float = 1.0, rounds: int = WINDOW) -> Season:
    people, dice, lived = range(1, number + 1), Random(seed), Season()
    last: dict[Pair, int] = {}
    unlucky: set[int] = set()
    for at in range(rounds):
        there = [id_ for id_ in people if dice.random() < share]
        past = Past(_ago(last, at), roster=people, number=at)
        began = time.perf_counter()
        groups = draw(there, past, seed * 1000 + at)
        lived.slowest = max(lived.slowest, time.perf_counter() - began)
        met = {pair(*two) for group in groups for two in combinations(group, 2)}
        again = met & last.keys()
        lived.again += len(again)
        unlucky |= {id_ for two in again for id_ in two}
        lived.left_out += len(there) - sum(map(len, groups))
        lived.faults += len(proof.faults([str(id_) for id_ in there], _lines(there, groups)))
        last |= dict.fromkeys(met, at)
    lived.had_again = len(unlucky) / number
    return lived


def _ago(last: Mapping[Pair, int], at: int) -> Mapping[Pair, int]:
    return {two: at - when for two, when in last.items()}


def _lines(there: Iterable[int], groups: Sequence[Group]) -> list[Line]:
    table = {id_: number for number, group in enumerate(groups) for id_ in group}
    return [
        Line(str(id_), State.GROUPED, table[id_]) if id_ in table else Line(str(id_), State.CAPACITY)
        for id_ in there
    ]


def unavoidable(number: int) -> int:
    """Pairs in twelve rounds beyond all that there are: nobody can do with fewer repeats."""
    in_a_round = number // 2 if number % 2 == 0 else (number - 3) // 2 + 3
    return max(0, WINDOW * in_a_round - number * (number - 1) // 2)


def measure() -> Together:
    return Together(_compared(1.0), _compared(SHARE), _timed())


def _compared(share: float) -> Table:
    who = "everybody takes part" if share == 1 else f"each takes part in {share:.0%} of the rounds"
    table = Table(title=f"Twelve rounds, {who}; mean of {SEEDS} seeds", box=SIMPLE_HEAD)
    for title in ("people", "pairs again: ours", "unavoidable", "Icebreaker"):
        table.add_column(title, justify="right")
    for title in ("people who met again: ours", "Icebreaker", "left out: ours", "Icebreaker", "faults"):
        table.add_column(title, justify="right")
    for number in SIZES:
        seeds = range(SEEDS if number < LARGE[0] else 2)
        mine = [season(ours, number, seed, share) for seed in seeds]
        theirs = [season(icebreaker, number, seed, share) for seed in seeds]
        table.add_row(
            f"{number:,}",
            _mean(one.again for one in mine),
            str(unavoidable(number)) if share == 1 else "",
            _mean(one.again for one in theirs),
            f"{sum(one.had_again for one in mine) / len(mine):.0%}",
            f"{sum(one.had_again for one in theirs) / len(theirs):.0%}",
            _mean(one.left_out for one in mine),
            _mean(one.left_out for one in theirs),
            str(sum(one.faults for one in mine)),
        )
    return table


def _mean(numbers: Iterable[float]) -> str:
    every = list(numbers)
    return f"{sum(every) / len(every):.4g}"


def _timed() -> Table:
    table = Table(title="Seconds for one round, the slowest of three", box=SIMPLE_HEAD)
    for title in ("people", "seconds", "pairs again", "left out"):
        table.add_column(title, justify="right")
    for number in (*LARGE, LARGE[-1] + 1):
        lived = season(ours, number, 1, rounds=3)
        table.add_row(f"{number:,}", f"{lived.slowest:.2f}", str(lived.again), str(lived.left_out))
    return table
