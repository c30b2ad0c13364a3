"""The operator's look at a matching: a roster in, a proposal out as two tables, and a summary."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from adapters.remedy import MendFirst
from bot.matching import propose
from bot.matching.explaining import Left
from bot.matching.from_roster import participants
from bot.matching.people import Rules
from bot.matching.wording import Wording
from bot.prompts import FALLBACK, Prompts
from bot.roster import Row
from bot.table_file import write_table

if TYPE_CHECKING:
    from bot.matching.proposal import Proposal

PAIRS = ("mentee", "mentor", "score", "why")
SCORES = ("mentee", "mentor", "score")
LEFT = ("person", "role", "why")
FEWEST_TO_COMPARE = 2  # groups


def match_roster(
    rows: Sequence[Row],
    rules: Rules,
    seed: int,
    prompts: Prompts,
    *,
    out: Path | None,
    scores: Path | None,
    left: Path | None,
    every: bool,
    today: date,
) -> Iterator[str]:
    """Line by line what came of it; the tables are written on the way."""
    with _writing(out) as pairs_file, _writing(scores) as scores_file, _writing(left) as left_file:
        proposal = propose(participants(rows), rules, seed)
        wording = Wording(prompts, FALLBACK, _names(rows))
        if pairs_file:
            whys = (" ".join(wording.pair(pair)) for pair in proposal.pairs)
            found = zip(proposal.pairs, whys, strict=True)
            cells = ((pair.mentee, pair.mentor, pair.score, why) for pair, why in found)
            write_table(pairs_file, PAIRS, cells)
        if scores_file:
            write_table(scores_file, SCORES, proposal.scores(every=every))
        if left_file:
            others = ((one.person, _role(one), " ".join(wording.left(one, today))) for one in proposal.left)
            write_table(left_file, LEFT, others)
    yield from _summary(rows, proposal, wording)


def _role(left: Left) -> str:
    return "mentor" if left.is_mentor else "mentee"


def _names(rows: Sequence[Row]) -> Mapping[str, str]:
    """Where two have the same name, with their addresses."""
    count = Counter(row.name for row in rows)
    return {row.email: row.name if count[row.name] == 1 else f"{row.name} ({row.email})" for row in rows}


@contextmanager
def _writing(path: Path | None) -> Iterator[TextIO | None]:
    if path is None:
        yield None
        return
    try:
        file = path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        reason = f"{path} cannot be written: {error.strerror}."
        raise MendFirst(reason, "Choose another place.") from None
    with file:
        yield file


def _summary(rows: Sequence[Row], proposal: "Proposal", wording: Wording) -> Iterator[str]:
    have = sum(bool(row.mentor) for row in rows)
    if have:
        yield f"{have} {'mentee has' if have == 1 else 'mentees have'} a mentor in this roster and keep them."
    yield f"{len(proposal.pairs)} of {proposal.mentees} mentees have a mentor in this proposal."
    waiting = Counter(wording.why_not(left) for left in proposal.left if not left.is_mentor)
    for why, number in waiting.most_common():
        yield f"{number} without one: {why}"
    idle = sum(left.is_mentor for left in proposal.left)
    if idle:
        yield f"{idle} {'mentor has' if idle == 1 else 'mentors have'} no mentee."
    if not proposal.pairs:
        return
    yield f"Worst pair {proposal.worst}, total {proposal.total:,}, mean {proposal.mean} of 1000."
    yield _proof(proposal)
    yield f"{proposal.blocking:,} pairs would both rather have each other than what is proposed to them."
    yield from _parity(proposal)


def _proof(proposal: "Proposal") -> str:
    if proposal.at_most == proposal.total:
        return f"Nothing among all {proposal.possible:,} possible pairs would be better: this is proved."
    gap = (proposal.at_most - proposal.total) / proposal.at_most
    return f"The best total is at most {proposal.at_most:,}, {gap:.2%} more than this one."


def _parity(proposal: "Proposal") -> Iterator[str]:
    if len(proposal.parity) < FEWEST_TO_COMPARE:
        return
    for fared in proposal.parity:
        mean = f", mean score {fared.mean}" if fared.mean is not None else ""
        share = fared.matched / fared.people
        yield f"Group {fared.group or '(none said)'}: {fared.matched} of {fared.people} ({share:.0%}){mean}."


def first_of_the_year(today: date) -> date:
    """So that the same roster has the same proposal on every day of a year."""
    return date(today.year, 1, 1)
