"""Matching: who could be a good mentor for whom, proposed with reasons and provably as good as it can be.

`propose` is the way in. What it takes is in people.py, what it gives in proposal.py and explaining.py. It
loads numpy and a solver when it is called.
"""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from bot.matching.people import Participant, Rules

if TYPE_CHECKING:
    from bot.matching.proposal import Proposal


def propose(
    people: Sequence[Participant],
    rules: Rules,
    seed: int,
    locked: Collection[tuple[str, str]] = (),
    left_out: Collection[tuple[str, str]] = (),
) -> "Proposal":
    """Pairs are (mentee, mentor) by id. Raises `people.Conflict` where the locked ones cannot all be."""
    from bot.matching import proposal  # noqa: PLC0415 - only some need it

    return proposal.propose(people, rules, seed, locked, left_out)
