"""What people read of a proposal, in both languages: every code has its sentence."""

from datetime import date
from pathlib import Path

import pytest

from bot.matching.barring import Bar
from bot.matching.explaining import Change, Cost, Left, Proposed, Reason, Why, WhyNot, WouldChange
from bot.matching.people import CONTACTS, STYLES, Clash, Conflict
from bot.matching.wording import Wording
from bot.prompts import read_prompts

PROMPTS = read_prompts(Path(__file__).parents[3] / "prompts")
NAMES = {"ben": "Ben", "ana": "Ana", "eva": "Eva", "jo": "Jo"}
TODAY = date(2026, 1, 5)
COSTS = (None, Cost(9, "eva", ()), Cost(9, "eva", ("jo",)), Cost(9, "eva", ("jo",), is_free=True))
PAIR = Proposed("ben", "ana", 700, (), None, ())


def wording(language: str = "en") -> Wording:
    return Wording(PROMPTS, language, NAMES)


def test_a_pair_is_told_in_a_few_sentences() -> None:
    pair = Proposed(
        "ben",
        "ana",
        700,
        (
            Reason(Why.MET, ("hiring", "SQL")),
            Reason(Why.WISHED, number=2),
            Reason(Why.HOURS, number=640),
        ),
        Cost(50, "eva", ("jo",)),
        (WouldChange(Change.PLACE, "eva", 50), WouldChange(Change.HOURS, points=20)),
    )

    assert list(wording().pair(pair)) == [
        "What Ben wants and Ana offers: “hiring” and “SQL”.",
        "Ana is wish 2 of Ben.",
        "They share about 11 working hours a week.",
        "Eva would suit Ben better by 50 of 1000, and is proposed to Jo.",
        "One more place with Eva would make that pair possible.",
        "More working hours in common would add up to 20.",
    ]


@pytest.mark.parametrize("language", sorted(PROMPTS.languages))
def test_every_code_has_its_sentence(language: str) -> None:
    say = wording(language)
    things = {Why.STYLE: STYLES, Why.CONTACT: CONTACTS}
    told = [
        *(say.reason(PAIR, Reason(why, things.get(why, ("hiring",)), 60)) for why in Why),
        *(say.cost("ben", cost) for cost in COSTS),
        *(say.change(WouldChange(change, "eva", 9)) for change in Change),
        *(say.conflict(Conflict("ben", "ana", clash)) for clash in Clash),
        *(say.why_not(Left("ben", False, why, tuple((bar, 2) for bar in Bar))) for why in WhyNot),
    ]

    assert len(set(told)) == len(told)
    assert all(sentence.endswith(".") for sentence in told)


def test_a_wait_is_told_honestly() -> None:
    known = Left("ben", False, WhyNot.FULL, possible=1, until=date(2026, 3, 3))
    unknown = Left("ben", False, WhyNot.FULL, possible=1)

    assert list(wording().left(known, TODAY))[-1] == ("A place is planned to become free on Tuesday 3 March.")
    assert list(wording().left(unknown, TODAY))[-1] == "When a place becomes free is not known."


def test_a_locked_pair_says_so() -> None:
    locked = Proposed("ben", "ana", 700, (), None, (), is_locked=True)

    assert next(wording().pair(locked)) == "You have locked this pair."
