"""A planted effect is found, and planted self-selection is not mistaken for one."""

from collections.abc import Callable
from math import comb
from random import Random
from statistics import fmean

import pytest
from studies import END, drawn_study, followed, key_of, study

from bot import statistics
from bot.outcomes.analysis import Because, Comparison, Label, Verdict, by_taking_part, compare, find
from bot.outcomes.joining import Followed, Outcome
from bot.statistics import Counted

SEEDS = 300
PEOPLE = {key_of(number): ("junior", "senior")[number % 3 == 0] for number in range(160)}


def stays_more_often(effect: float) -> Callable[[str, bool, Random], bool]:
    """Seniors stay more often anyway."""

    def stays(who: str, begins: bool, dice: Random) -> bool:
        return dice.random() < 0.5 + 0.2 * (PEOPLE[who] == "senior") + effect * begins

    return stays


def compared(seed: int, effect: float) -> Comparison:
    return compare(drawn_study(seed, PEOPLE, 80, stays_more_often(effect)), Outcome.RETAINED)


@pytest.mark.parametrize("effect", [0.0, 0.2])
def test_the_interval_holds_what_was_planted_about_nineteen_times_in_twenty(effect: float) -> None:
    found = [compared(seed, effect).difference for seed in range(SEEDS)]

    held = fmean(one.low <= effect <= one.high for one in found if one)
    assert 0.92 <= held <= 0.99
    assert fmean(one.value for one in found if one) == pytest.approx(effect, abs=0.02)


def test_a_planted_effect_is_found_and_nothing_is_found_where_nothing_was_planted() -> None:
    verdicts = {effect: [compared(seed, effect).verdict for seed in range(SEEDS)] for effect in (0.0, 0.3)}

    assert fmean(one is Verdict.MORE for one in verdicts[0.3]) > 0.9
    assert fmean(one is not Verdict.OPEN for one in verdicts[0.0]) <= 0.06


@pytest.mark.parametrize(
    ("n", "m", "one", "two"), [(20, 20, 0.8, 0.6), (30, 15, 0.9, 0.9), (12, 40, 0.5, 0.7)]
)
def test_newcombes_interval_covers_in_small_groups(n: int, m: int, one: float, two: float) -> None:
    """Worked out exactly, over all results that two groups can have."""
    held = 0.0
    for i in range(n + 1):
        for k in range(m + 1):
            found = statistics.risk_difference(Counted(i, n), Counted(k, m))
            if found.low <= one - two <= found.high:
                held += (
                    comb(n, i) * one**i * (1 - one) ** (n - i) * comb(m, k) * two**k * (1 - two) ** (m - k)
                )

    assert held > 0.94


# The programme does nothing; the driven volunteer, and the driven stay


def driven(dice: Random) -> bool:
    return dice.random() < 0.4


def volunteers(seed: int) -> list[Followed]:
    dice = Random(seed)
    people = []
    for number in range(300):
        is_driven = driven(dice)
        took_part = dice.random() < (0.8 if is_driven else 0.1)
        stays = dice.random() < (0.9 if is_driven else 0.5)
        people.append(followed(number, took_part, stays, took_part))
    return people


def drawn_by_lot(seed: int) -> list[Followed]:
    """The same kind of people; of those who are drawn, the driven come and few others do."""
    dice = Random(seed)
    people = []
    for number, person in enumerate(
        drawn_study(seed, {key_of(n): "" for n in range(300)}, 150, lambda *_: True)
    ):
        is_driven = driven(dice)
        took_part = person.begins and dice.random() < (0.8 if is_driven else 0.3)
        stays = dice.random() < (0.9 if is_driven else 0.5)
        people.append(followed(number, person.begins, stays, took_part))
    return people


def mean(found: list[Comparison]) -> float:
    return fmean(one.difference.value for one in found if one.difference)


def test_self_selection_makes_a_difference_among_volunteers_and_none_by_lot() -> None:
    naive = [compare(volunteers(seed), Outcome.RETAINED) for seed in range(100)]
    by_lot = [compare(drawn_by_lot(seed), Outcome.RETAINED) for seed in range(100)]

    assert mean(naive) > 0.2
    assert abs(mean(by_lot)) < 0.02


def test_volunteers_are_only_ever_described() -> None:
    for seed in range(5):
        found = find(study(volunteers(seed)), Outcome.RETAINED, END, Because.NO_LOTTERY)

        assert found.label is Label.DESCRIPTIVE
        assert found.main.verdict is Verdict.MORE  # as a number it is clear; in words it is only described


def test_who_comes_would_mislead_even_after_a_lottery() -> None:
    """Which is why the main result goes by lot."""
    as_treated = [compare(drawn_by_lot(seed), Outcome.RETAINED, by_taking_part) for seed in range(100)]

    assert mean(as_treated) > 0.08
