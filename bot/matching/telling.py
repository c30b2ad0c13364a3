"""Telling: why the two of them, said to the two. Whoever was introduced by hand has no such reasons."""

from collections.abc import Iterator

from sqlalchemy import select

from bot.matching.explained import explained
from bot.matching.explaining import Reason, Why
from bot.matching.models import Proposed
from bot.matching.wording import Wording
from bot.models import Pair, Person
from bot.turn import Turn

ALIKE = (Why.STYLE, Why.CONTACT)


def why_you_two(turn: Turn, pair: Pair, reader: Person) -> str:
    """What they share line by line, then what else they have in common."""
    newest = select(Proposed).where(Proposed.pair_id == pair.id).order_by(Proposed.id.desc())
    found = turn.db.scalars(newest.limit(1)).first()
    return "\n".join(_lines(turn, pair, reader, found)) if found else ""


def _lines(turn: Turn, pair: Pair, reader: Person, two: Proposed) -> Iterator[str]:
    told = explained(two)
    names = {str(person.id): person.first_name for person in pair.people}
    wording = Wording(turn.prompts, reader.language, names)
    for reason in told.reasons:
        if reason.code is Why.MET:
            yield from reason.things
    if any(_is_wish(reason) for reason in told.reasons):
        mentee, mentor = pair.mentee.first_name, pair.mentor.first_name
        yield turn.prompts.phrase(reader.language, "intro.wished", mentee=mentee, mentor=mentor)
    for reason in told.reasons:
        if reason.code in ALIKE:
            yield wording.reason(told, reason)


def _is_wish(reason: Reason) -> bool:
    """How high it stood stays with the mentee."""
    return reason.code is Why.WISHED
