"""Matching: how long the best proposal takes, whether it is the best, and what others make of it.

Each measurement has a process of its own, so that the memory is its own too. The peers have environments of
their own, which are made when they are needed.
"""

import json
import os
import resource
import subprocess
import sys
import time
import venv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Group
from rich.table import Table
from scipy.optimize import linear_sum_assignment

from benchmarks.matching_rosters import RULES, roster
from benchmarks.stage import ROOT
from bot.matching import propose
from bot.matching.people import Participant
from bot.matching.proposal import Proposal

SIZES = ((1_000, 400), (10_000, 4_000))
SEEDS = (1, 2, 3)
BESIDE_PEERS = ((100, 50), (300, 120), (1_000, 400))
A_PAIR = 10**6  # more than any total that one more pair could cost
MIB = 1024  # of what the system counts in KiB
PATIENCE = 900  # seconds for a peer
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "cairn-bench"
PEERS = {
    "mentor-match 7.0.1, its own rules": ("mentor-match==7.0.1", "by_its_own_rules"),
    "mentor-match 7.0.1, told our scores": ("mentor-match==7.0.1", "by_our_scores"),
    "matching 1.4.3, told our scores": ("matching==1.4.3", "stable"),
    "matching 1.4.3, with a deeper stack": ("matching==1.4.3", "stable_with_a_deeper_stack"),
}


def measure() -> Group:
    return Group(_alone(), _beside_peers())


# Alone


@dataclass(frozen=True)
class Measured:
    seconds: float
    cpu: float
    peak: float  # MiB
    matched: int
    worst: int
    total: int
    proven: bool
    considered: int
    possible: int


def _alone() -> Table:
    table = Table(title="Matching: scoring, choosing and explaining, on one core")
    headings = ("mentees × mentors", "seconds", "CPU", "peak MiB", "matched", "worst", "total", "looked at")
    for heading in (*headings, "gap", "dropped", "dense solver"):
        table.add_column(heading, justify="right")
    for mentees, mentors in SIZES:
        for seed in SEEDS:
            ours = Measured(**_in_its_own_process("ours", mentees, mentors, seed))
            best = _in_its_own_process("dense", mentees, mentors, seed, ours.worst)
            table.add_row(*_row(mentees, mentors, ours, best))
    table.caption = (
        "The gap is to scipy's linear_sum_assignment over every possible pair, a mentor for each place, with "
        "no pair below our worst; it has also looked for a better worst pair. CPU is what it takes "
        "on a machine that does nothing else."
    )
    return table


def _row(mentees: int, mentors: int, ours: Measured, best: Mapping[str, Any]) -> Sequence[str]:
    better = "" if best["is_worst_best"] else " (could be better)"
    return (
        f"{mentees:,} × {mentors:,}",
        f"{ours.seconds:.2f}",
        f"{ours.cpu:.2f}",
        f"{ours.peak:,.0f}",
        f"{ours.matched:,}",
        f"{ours.worst}{better}",
        f"{ours.total:,}",
        f"{ours.considered / ours.possible:.0%}",
        f"{1 - ours.total / best['total']:.3%}{' (proved)' if ours.proven else ''}",
        f"{best['most'] - ours.matched}",
        f"{best['seconds']:.1f} s, {best['peak']:,.0f} MiB",
    )


def _in_its_own_process(what: str, *numbers: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.matching", what, *map(str, numbers)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _ours(mentees: int, mentors: int, seed: int) -> dict[str, Any]:
    people = roster(mentees, mentors, seed)
    began, worked = time.perf_counter(), time.process_time()
    proposal = propose(people, RULES, seed)
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    return asdict(
        Measured(
            seconds=seconds,
            cpu=cpu,
            peak=_peak(),
            matched=len(proposal.pairs),
            worst=proposal.worst,
            total=proposal.total,
            proven=proposal.at_most == proposal.total,
            considered=len(proposal.considered),
            possible=proposal.possible,
        )
    )


def _dense(mentees: int, mentors: int, seed: int, worst: int) -> dict[str, Any]:
    """The same question, asked of a solver that looks at everything."""
    grid = propose(roster(mentees, mentors, seed), RULES, seed).grid
    seats = grid.scores[:, np.repeat(np.arange(len(grid.places)), grid.places)]
    began = time.perf_counter()
    most, _ = _lsa(seats, 0)
    matched, total = _lsa(seats, worst)
    with_better_worst, _ = _lsa(seats, worst + 1)
    return {
        "most": most,
        "total": total,
        "is_worst_best": matched == most and with_better_worst < most,
        "seconds": (time.perf_counter() - began) / 3,
        "peak": _peak(),
    }


def _lsa(seats: Any, least: int) -> tuple[int, int]:
    worth = np.where(seats >= least, seats.astype(np.float64) + A_PAIR, 0)
    chosen = worth[linear_sum_assignment(worth, maximize=True)]
    matched = int((chosen > 0).sum())
    return matched, int(chosen.sum()) - matched * A_PAIR


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB


# Beside peers


def _beside_peers() -> Table:
    table = Table(title="Matching: the same rosters, by our scores")
    headings = ("mentees × mentors", "", "total", "worst", "unmatched", "repeats", "must not be", "seconds")
    for heading in headings:
        table.add_column(heading, justify="left" if not heading else "right")
    propose(roster(2, 2, 1), RULES, 1)  # what has to be loaded counts for nobody
    for mentees, mentors in BESIDE_PEERS:
        people = roster(mentees, mentors, 1)
        began = time.perf_counter()
        proposal = propose(people, RULES, 1)
        seconds = time.perf_counter() - began
        pairs = [(pair.mentee, pair.mentor) for pair in proposal.pairs]
        size = f"{mentees:,} × {mentors:,}"
        table.add_row(size, "Cairn", *_judged(people, proposal, pairs), f"{seconds:.2f}")
        for title, (package, way) in PEERS.items():
            table.add_row(size, title, *_peer(people, proposal, package, way))
        table.add_section()
    table.caption = (
        "Pairs that must not be (repeats, a reporting line, no language in common, a private wish) count "
        "nothing in the total, and who is in one counts as unmatched."
    )
    return table


def _peer(people: Sequence[Participant], proposal: Proposal, package: str, way: str) -> Sequence[str]:
    python = _environment(package)
    if python is None:
        return (f"{package} cannot be installed here", *[""] * 5)
    given = json.dumps(_as_they_take_it(people, proposal))
    script = str(ROOT / "benchmarks/matching_peer.py")
    command = [str(python), "-P", script, way]  # -P: beside the script lies a matching.py of ours
    try:
        done = subprocess.run(  # noqa: S603 - ours
            command, input=given, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return (f"no answer in {PATIENCE} s", *[""] * 5)
    if done.returncode:
        return (done.stderr.strip().splitlines()[-1].partition(":")[0], *[""] * 5)
    found = json.loads(done.stdout)
    pairs = [(mentee, mentor) for mentee, mentor in found["pairs"]]
    return (*_judged(people, proposal, pairs), f"{found['seconds']:.2f}")


def _judged(
    people: Sequence[Participant], proposal: Proposal, pairs: Iterable[tuple[str, str]]
) -> Sequence[str]:
    scores = {(mentee, mentor): score for mentee, mentor, score in proposal.scores(every=True)}
    past = {person.id: person.past for person in people}
    pairs = list(pairs)
    good = [scores[pair] for pair in pairs if pair in scores]
    repeats = sum(mentor in past[mentee] for mentee, mentor in pairs)
    unmatched = proposal.mentees - len(good)
    worst = min(good) if len(good) == len(pairs) else 0
    return f"{sum(good):,}", f"{worst}", f"{unmatched}", f"{repeats}", f"{len(pairs) - len(good)}"


def _as_they_take_it(people: Sequence[Participant], proposal: Proposal) -> Mapping[str, Any]:
    """A stage as their grade, a site as their organisation, the first skill as their profession."""

    def person(one: Participant) -> Mapping[str, Any]:
        return {
            "email": one.id,
            "grade": {"early": 1, "mid": 2, "senior": 3}[one.stage],
            "organisation": one.site,
            "profession": (*one.wants, *one.offers)[0],
            "places": one.places,
        }

    return {
        "mentees": [person(one) for one in people if one.is_mentee],
        "mentors": [person(one) for one in people if one.is_mentor],
        "scores": list(proposal.scores(every=True)),
    }


def _environment(package: str) -> Path | None:
    """The Python of an environment with this package in it, and nothing of ours."""
    folder = CACHE / package.replace("==", "-")
    python = folder / "bin/python"
    ready = folder / "ready"
    if not ready.exists():
        venv.create(folder, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", package]
        if subprocess.run(install, capture_output=True, check=False).returncode:  # noqa: S603 - ours
            return None
        ready.touch()
    return python


if __name__ == "__main__":
    what, *numbers = sys.argv[1:]
    measured = _ours(*map(int, numbers)) if what == "ours" else _dense(*map(int, numbers))
    sys.stdout.write(json.dumps(measured))
