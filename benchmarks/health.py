"""Health: does it name the pairs that have stopped, and only those?

In rehearsed programmes every fifth pair stops on one day after seven weeks: neither of the two does anything
any more, or, in others, one of them, and the partner goes on alone. Two weeks later the health of every pair
is read, as a coordinator would.

Recall is the share of the stopped pairs that are named, of those that were under way: introduced, and with
neither of the two away on that day, since a pair that pauses is not to be named. Precision is the share of
those named that were planted. Others may be named by rule, since they never met in eight weeks or never
began: they count as named wrongly.

The rules were chosen with the seeds 1 to 3, 11, 15, 24, 41 to 46 and 51 to 54; these are others.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from rich.table import Table
from sqlalchemy import Select, or_, select

import app
from adapters.rehearsal.show import perform
from adapters.virtual_time import VirtualClock
from bot import statistics
from bot.desk import health
from bot.desk.health_rules import Health
from bot.models import Absence, Pair
from bot.roster import Row

SEEDS = range(61, 67)
PAIRS = 60
STOPPED = 0.2
START = datetime(2026, 2, 2, tzinfo=UTC)
STOPS = START + timedelta(weeks=7)
LOOKS = timedelta(weeks=2)
SIDES = ("mentor", "mentee")
ZONES = (
    *("Europe/Berlin", "Europe/London", "America/New_York"),
    *("America/Denver", "Asia/Kolkata", "Australia/Sydney"),
)


def measure() -> Table:
    table = Table(title="Pairs that need a hand, two weeks after every fifth has stopped")
    for heading in ("who stops", "seed", "stopped", "named of them", "named besides", "recall", "precision"):
        table.add_column(heading, justify="left" if heading == "who stops" else "right")
    notes: list[str] = []
    with ProcessPoolExecutor() as pool:
        for who, stop in STOP.items():
            totals = [0, 0, 0]
            for seed, found in zip(SEEDS, pool.map(partial(_rehearse, stop=stop), SEEDS), strict=True):
                table.add_row(who, str(seed), *_row(*found))
                totals = [sum(both) for both in zip(totals, found, strict=True)]
            table.add_row(who, "all", *_row(*totals), end_section=True)
            notes += _intervals(who, *totals)
    table.caption = "\n".join(notes)
    return table


def _row(stopped: int, named: int, besides: int) -> list[str]:
    recall, precision = named / max(stopped, 1), named / max(named + besides, 1)
    return [str(stopped), str(named), str(besides), f"{recall:.2f}", f"{precision:.2f}"]


def _intervals(who: str, stopped: int, named: int, besides: int) -> Iterator[str]:
    for what, whole in (("recall", stopped), ("precision", named + besides)):
        share = statistics.proportion(named, whole)
        if share:
            yield f"{who}: 95 % interval of the {what} {share.low:.2f} to {share.high:.2f}"


def _rehearse(seed: int, stop: Callable[[int], Sequence[str]]) -> tuple[int, int, int]:
    """How many stopped and have not ended since, how many of them are named, and how many others."""
    random = Random(seed)
    rows = list(_roster(random))
    planted = set(random.sample(range(PAIRS), int(PAIRS * STOPPED)))
    stops = {f"{side}{n}@example.org": STOPS for n in planted for side in stop(n)}
    clock = VirtualClock(START)
    weeks = (STOPS + LOOKS - START) // timedelta(weeks=1)
    with app.a_bot_for_now(clock) as bot, Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        perform(bot, clock, rows, weeks=weeks, seed=seed, transcript=nowhere, stops=stops)
        with bot.open_transaction.begin() as db:
            judged = list(health.judged(db, clock(), Pair.ended_at.is_(None)))
            at_work = set(db.scalars(_under_way()))
    named = {one.pair_id for one in judged if one.judgement.health is Health.NEEDS_A_HAND}
    stopped = {n + 1 for n in planted}  # pairs are numbered as in the roster
    counted = stopped & at_work & {one.pair_id for one in judged}
    return len(counted), len(counted & named), len(named - stopped)


def _under_way() -> Select[int]:
    """Introduced by then, and neither of the two away on that day."""
    until = Absence.until
    away = select(Absence.person_id).where(Absence.since <= STOPS, or_(until.is_(None), until > STOPS))
    both = Pair.mentor_id.not_in(away) & Pair.mentee_id.not_in(away)
    return select(Pair.id).where(Pair.introduced_at < STOPS, both)


def _both(_pair: int) -> Sequence[str]:
    return SIDES


def _one(pair: int) -> Sequence[str]:
    return SIDES[pair % 2 :][:1]


STOP = {"both": _both, "one of the two": _one}


def _roster(random: Random) -> list[Row]:
    rows: list[Row] = []
    for n in range(PAIRS):
        for side, stage, mentor in (("mentor", "senior", ""), ("mentee", "early", f"mentor{n}@example.org")):
            rows.append(
                Row(
                    number=len(rows) + 2,
                    email=f"{side}{n}@example.org",
                    name=f"{side.capitalize()} {n}",
                    roles=frozenset({side}),
                    timezone=random.choice(ZONES),
                    language="en",
                    career_stage=stage,
                    goals=("planning",),
                    skills=("planning",),
                    capacity=1,
                    mentor=mentor,
                )
            )
    return rows
