"""Accounting: what a draft comes to, in a few words for whoever runs the programme. No group under five."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from bot import speech
from bot.matching.explained import in_a_word
from bot.matching.explaining import WhyNot
from bot.matching.models import Profile, Proposed
from bot.matching.wording import WHY_NOT
from bot.models import Person
from bot.turn import Turn

SMALLEST = 5  # people
IN_ORDER = ("match.strong", "match.good", "match.fair")
NAMED = 3  # pairs who would rather have each other


def of_profiles(
    turn: Turn, reader: Person, mentees: Collection[int], smallest: int
) -> Iterator[tuple[str, str]]:
    """Who has said something of themselves, or of whom a roster does.

    Not where those who have, or those who have not, are so few that one could guess who.
    """
    number = len(mentees)
    said = Person.goals_sealed.is_not(None) | Profile.person_id.is_not(None)
    theirs = select(func.count()).select_from(Person).outerjoin(Profile, Profile.person_id == Person.id)
    with_one = turn.db.scalar(theirs.where(Person.id.in_(mentees), said)) or 0
    few = range(1, max(SMALLEST, smallest))
    if number >= max(SMALLEST, smallest) and with_one not in few and number - with_one not in few:
        phrase = turn.prompts.phrase(reader.language, "match.of_all", count=with_one, number=number)
        yield "profiles", phrase


def how_they_suit(turn: Turn, reader: Person, pairs: Sequence[Proposed]) -> str:
    """ "strong: 12, good: 20, fair: 10"."""
    counts = Counter(in_a_word(pair.score) for pair in pairs)
    phrase = turn.prompts.phrase
    return ", ".join(
        phrase(reader.language, "match.counted", what=phrase(reader.language, name), number=counts[name])
        for name in IN_ORDER
        if counts[name]
    )


def names(turn: Turn, reader: Person, people: Sequence[Person], most: int) -> str:
    lines = [person.name for person in people[:most]]
    if len(people) > most:
        lines.append(turn.prompts.phrase(reader.language, "match.and_more", count=len(people) - most))
    return "\n".join(lines)


def of_blocking(turn: Turn, reader: Person, report: Mapping[str, Any]) -> str:
    """Those who would both rather have each other: the price of serving everybody."""
    shown = report["blocking_pairs"][:NAMED]
    ids = {id_ for pair in shown for id_ in pair}
    known = dict(turn.db.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all())
    phrase, language = turn.prompts.phrase, reader.language
    two = [
        phrase(language, "match.with", mentee=known[mentee], mentor=known[mentor])
        for mentee, mentor in shown
        if mentee in known and mentor in known
    ]
    count = report["blocking"]
    return "\n".join([phrase(language, "match.prefer_each_other", count=count), *two])


def of_parity(turn: Turn, reader: Person, parity: Sequence[Sequence[Any]]) -> str:
    """Only where there are several groups to compare. The matching has left out those that are too small."""
    if len(parity) < 2:
        return ""
    lines = []
    for group, people, matched, _ in parity:
        name = speech.region(group, reader.language)
        said = turn.prompts.phrase(reader.language, "match.fared", group=name, count=matched, number=people)
        lines.append(said)
    return "\n".join(lines)


def why_not(code: str) -> str:
    """The name in prompts."""
    return WHY_NOT[WhyNot(code)]
