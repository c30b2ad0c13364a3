"""Studies of people who are made up, so that what became of them, and why, is known."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from random import Random
from typing import Any

from bot.outcomes.joining import Followed, Outcome, Study
from bot.outcomes.lottery import Arm, Record, as_csv, draw, fingerprint
from bot.outcomes.reading import PersonRow

END = date(2025, 12, 31)


def key_of(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()[:32]


def followed(
    number: int, begins: bool, stays: bool | None, took_part: bool | None = None, **also: Any
) -> Followed:
    cells: Mapping[str, str] = also.pop("cells", {})
    given: dict[str, Any] = {"stayed": None, "stratum": "", "mentor": "", **also}
    return Followed(
        key=key_of(number),
        begins=begins,
        took_part=took_part,
        outcomes={Outcome.RETAINED: stays},
        row=PersonRow(number, key_of(number), cells),
        **given,
    )


def group(begins: bool, people: int, stay: int, first: int = 0, **also: Any) -> list[Followed]:
    return [followed(first + number, begins, number < stay, **also) for number in range(people)]


def study(people: list[Followed]) -> Study:
    return Study(tuple(people), (Outcome.RETAINED,), 0, len(people), 0)


def drawn_study(
    seed: int, strata: Mapping[str, str], places: int, stays: Callable[[str, bool, Random], bool]
) -> list[Followed]:
    """Whoever is drawn takes part, and nobody else; `stays` says what becomes of somebody."""
    dice = Random(seed)
    return [
        Followed(
            key=one.key,
            begins=one.arm is Arm.BEGIN,
            took_part=one.arm is Arm.BEGIN,
            outcomes={Outcome.RETAINED: stays(one.key, one.arm is Arm.BEGIN, dice)},
            stayed=None,
            stratum=one.stratum,
            mentor="",
            row=None,
        )
        for one in draw(strata, places, seed)
    ]


def on_record(people: int, places: int, seed: int) -> tuple[list[Any], Record]:
    drawn = draw({key_of(number): "all" for number in range(people)}, places, seed)
    record = Record(
        "2025-01-13", "retained", END.isoformat(), seed, [], people, places, "", fingerprint(as_csv(drawn))
    )
    return drawn, record
