"""Nudging: when somebody is nudged towards an answer, and when deliberately not. Pure.

Only the side whose turn it is, twice, and then never again about the same thing. The first comes while there
is still time, since one that comes later cannot help to keep it (benchmarks/policies.py compares). One moment
in ten gets no nudge, for ever and for everybody: nobody knows whether nudges help unless some are left out.
"""

import hashlib

HOLDOUT = 0.10  # share of moments
AHEAD = 0.5  # working days


def rungs(agreed: int) -> tuple[float, ...]:
    """After how many working days each nudge comes, when two agreed on so many for an answer."""
    return agreed - AHEAD, 2 * agreed


def next_rung(agreed: int, passed: int) -> float | None:
    """In working days since it became their turn; none when enough has been said."""
    ladder = rungs(agreed)
    return ladder[passed] if passed < len(ladder) else None


def is_held_out(moment: str, share: float = HOLDOUT) -> bool:
    """The same for a moment however often it is asked; from one to the next as good as dice."""
    drawn = int.from_bytes(hashlib.sha256(moment.encode()).digest()[:8])
    return drawn < share * 2**64
