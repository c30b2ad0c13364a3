"""People to be matched in tests, and a second opinion: the same question answered by scipy, slowly."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from bot.calendar import Hours
from bot.matching.people import CONTACTS, STAGES, STYLES, Participant, Rules

FIRST = date(2026, 1, 1)
RULES = Rules(FIRST)
SKILLS = ("Python", "code review", "public speaking", "hiring", "strategy")
ZONES = ("Europe/Dublin", "America/Denver", "Asia/Tokyo")


def ben(name: str = "ben", **answers: object) -> Participant:
    """A mentee in Denver, unless something else is said."""
    said: dict[str, object] = {"id": name, "is_mentee": True, "hours": Hours("America/Denver")}
    return Participant(**{**said, **answers})  # type: ignore[arg-type]


def ana(name: str = "ana", **answers: object) -> Participant:
    """A mentor in Dublin with one place."""
    said: dict[str, object] = {"id": name, "is_mentor": True, "places": 1, "hours": Hours("Europe/Dublin")}
    return Participant(**{**said, **answers})  # type: ignore[arg-type]


def somebody(ids: Sequence[str]) -> st.SearchStrategy[Mapping[str, object]]:
    """What a person may answer. Some of it is nothing."""
    few = st.lists(st.sampled_from(ids), max_size=3, unique=True)
    return st.fixed_dictionaries(
        {
            "wants": st.lists(st.sampled_from(SKILLS), max_size=2).map(tuple),
            "offers": st.lists(st.sampled_from(SKILLS), max_size=2).map(tuple),
            "stage": st.sampled_from(("", *STAGES)),
            "languages": st.frozensets(st.sampled_from(("en", "de")), max_size=2),
            "style": st.frozensets(st.sampled_from(STYLES), max_size=2),
            "contact": st.frozensets(st.sampled_from(CONTACTS), max_size=2),
            "hours": st.sampled_from(ZONES).map(Hours),
            "site": st.sampled_from(("", "north", "south")),
            "manager": st.sampled_from(("", *ids)),
            "past": few.map(frozenset),
            "never": few.map(frozenset),
            "wishes": few.map(tuple),
            "is_mentee": st.booleans(),
            "is_mentor": st.booleans(),
            "places": st.integers(0, 3),
        }
    )


@st.composite
def crowds(draw: st.DrawFn, largest: int = 14) -> list[Participant]:
    ids = [f"p{n}" for n in range(draw(st.integers(0, largest)))]
    return [Participant(id=one, **draw(somebody(ids))) for one in ids]  # type: ignore[arg-type]


def second_opinion(scores: NDArray[np.int16], places: NDArray[np.int64]) -> tuple[int, int, int]:
    """How many, the worst of them, and the total, by trying every least score and by nothing clever."""
    matched, _ = _best(scores, places, 0)
    if not matched:
        return 0, 0, 0
    levels = sorted({int(score) for score in scores.ravel() if score >= 0}, reverse=True)
    for least in levels:
        found, total = _best(scores, places, least)
        if found == matched:
            return matched, least, total
    raise AssertionError("the lowest score allows as many as there can be")


def _best(scores: NDArray[np.int16], places: NDArray[np.int64], least: int) -> tuple[int, int]:
    seats = scores[:, np.repeat(np.arange(len(places)), places)].astype(np.int64)
    a_pair = 10**6
    worth = np.where(seats >= least, seats + a_pair, 0)
    chosen = worth[linear_sum_assignment(worth, maximize=True)]
    matched = int((chosen > 0).sum())
    return matched, int(chosen.sum()) - matched * a_pair


def breaches(people: Sequence[Participant], pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Every promise that these pairs break, told without a look at how the bot keeps them."""
    known = {person.id: person for person in people}
    above = {person.id: person.manager for person in people if person.manager != person.id}
    lines = {
        person: {above.get(person), above.get(above.get(person, ""), "")} - {None, ""} for person in known
    }
    for mentee, mentor in pairs:
        one, other = known[mentee], known[mentor]
        if not one.is_mentee or not other.is_mentor or mentee == mentor:
            yield f"{mentee} and {mentor} are no mentee and mentor"
        if mentor in lines[mentee] or mentee in lines[mentor]:
            yield f"{mentee} reports to {mentor}, or the other way around"
        if mentor in one.past | one.never or mentee in other.past | other.never:
            yield f"{mentee} and {mentor} must not meet"
        if one.languages and other.languages and not one.languages & other.languages:
            yield f"{mentee} and {mentor} have no language in common"
    for person in people:
        if sum(mentor == person.id for _, mentor in pairs) > person.places:
            yield f"{person.id} has too many"
        if sum(mentee == person.id for mentee, _ in pairs) > 1:
            yield f"{person.id} has two mentors"
