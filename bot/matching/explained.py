"""Explained: the reasons of a proposal, as they are kept and as they are read. Of what people wrote they hold
the words that a wish and an offer share, and no others.

"Speaking to my board without shaking" and "speaking to boards" share "speaking", "boards". Even where both
wrote a whole sentence, nobody who runs a programme reads more than where the two meet.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import regex

from bot.matching.explaining import Change, Cost, Reason, Why, WouldChange
from bot.matching.explaining import Proposed as Explained
from bot.matching.models import Proposed
from bot.matching.phrases import stems
from bot.text import key

STRONG, GOOD = 700, 550  # points of 1000; half of all points is what two have who said nothing

# What they would do together comes before where and when
IN_ORDER = (Why.WISHED, Why.MET, Why.STYLE, Why.CONTACT, Why.STAGE, Why.HOURS, Why.POSSIBLE)

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}+#]+")


def for_keeping(row: Proposed, pair: Explained, offers: Sequence[str]) -> None:
    things = [thing for reason in pair.reasons if reason.code is Why.MET for thing in reason.things]
    row.score, row.shared = pair.score, "\n".join(shared(things, offers))
    row.reasons = json.dumps(
        {
            "why": [
                [one.code, [] if one.code is Why.MET else one.things, one.number] for one in pair.reasons
            ],
            "cost": pair.cost and [pair.cost.points, pair.cost.mentor, pair.cost.held_by],
            "changes": [[one.code, one.mentor, one.points] for one in pair.changes],
        }
    )


def shared(wants: Sequence[str], offers: Sequence[str]) -> list[str]:
    """Of each wanted thing the words that stand in an offer, as they stand there."""
    found = (" ".join(_nearest(stems(want), offers)) for want in wants)
    return list({key(words): words for words in found if words}.values())


def _nearest(want: frozenset[str], offers: Sequence[str]) -> Sequence[str]:
    of_each = ([word for word in _WORD.findall(offer) if _is_in(word, want)] for offer in offers)
    return max(of_each, key=len, default=())


def _is_in(word: str, want: frozenset[str]) -> bool:
    return bool(stems(word) & want)


# Read again


def explained(row: Proposed) -> Explained:
    kept = json.loads(row.reasons)
    cost = kept.get("cost")
    return Explained(
        mentee=str(row.mentee_id),
        mentor=str(row.mentor_id),
        score=row.score,
        reasons=tuple(sorted(_reasons(row, kept.get("why", ())), key=lambda one: IN_ORDER.index(one.code))),
        cost=Cost(cost[0], cost[1], tuple(cost[2])) if cost else None,
        changes=tuple(
            WouldChange(Change(code), mentor, points) for code, mentor, points in kept.get("changes", ())
        ),
    )


def _reasons(row: Proposed, kept: Sequence[Any]) -> Iterator[Reason]:
    shared_words = tuple(filter(None, row.shared.split("\n")))
    for code, things, number in kept:
        if code != Why.MET:
            yield Reason(Why(code), tuple(things), number)
        elif shared_words:  # they may be erased meanwhile
            yield Reason(Why.MET, shared_words)


def named_in(row: Proposed) -> Iterator[int]:
    """Everybody whom its sentences name."""
    pair = explained(row)
    yield from (row.mentee_id, row.mentor_id)
    if pair.cost:
        yield from map(int, (pair.cost.mentor, *pair.cost.held_by))
    yield from (int(change.mentor) for change in pair.changes if change.mentor)


def in_a_word(score: int) -> str:
    """The name in prompts of how well two suit each other."""
    if score >= STRONG:
        return "match.strong"
    return "match.good" if score >= GOOD else "match.fair"
