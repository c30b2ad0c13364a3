"""Cohorts told: what may be said of each cohort, beside the others and beside the whole programme.

The whole is told as well. So where the number of one cohort is hidden it would follow from the others, and
another one is hidden with it. People without a cohort are one more, of which nothing is said. What is not
told of the whole is told of no cohort. States of pairs, which add up in two directions, are told of cohorts
only where none of them is hidden in any.
"""

from collections.abc import Collection, Mapping, Sequence

from bot.desk.disclosure import OF_PEOPLE, STATE, STEP, shown
from bot.desk.metrics import Number
from bot.suppression import hidden_counts

WHOLE = ""  # in place of a cohort
REST = "\0"  # the people without one; no cohort has that name
NONE = Number(0, 0, 0)
Numbers = Mapping[str, Number]


def told(by_cohort: Mapping[str, Numbers], k: int) -> Mapping[str, frozenset[str]]:
    """The names of the numbers that may be told as they are, of the whole and of each cohort in one week."""
    whole = by_cohort.get(WHOLE, {})
    cohorts = {cohort: numbers for cohort, numbers in by_cohort.items() if cohort != WHOLE}
    cells = cohorts | {REST: _rest(whole, cohorts.values())}
    alone = {cohort: shown(numbers, k) for cohort, numbers in cells.items()}
    of_whole = shown(whole, k)
    hidden = {name: _hidden(name, cells, alone, k) for name in of_whole}
    of_cohorts = {
        cohort: frozenset(name for name in alone[cohort] & of_whole if cohort not in hidden[name])
        for cohort in cohorts
    }
    return {WHOLE: of_whole, **of_cohorts}


def _rest(whole: Numbers, cohorts: Collection[Numbers]) -> Numbers:
    """What is left of the whole. Where people are in several cohorts that is less than there is."""
    left: dict[str, Number] = {}
    for name in {name for numbers in cohorts for name in numbers} & whole.keys():
        sums = map(sum, zip(*(numbers.get(name, NONE) for numbers in cohorts), strict=True))
        number = Number(*(max(0, one - other) for one, other in zip(whole[name], sums, strict=True)))
        if number.whole:
            left[name] = number
    return left


def _hidden(
    name: str, cells: Mapping[str, Numbers], alone: Mapping[str, frozenset[str]], k: int
) -> frozenset[str]:
    """The cohorts of which this number is not told."""
    if name.startswith(f"{STATE}."):
        complete = all(_states(numbers) <= alone[cohort] for cohort, numbers in cells.items())
        return frozenset() if complete else frozenset(cells)
    counts = {cohort: _counts(name, numbers[name]) for cohort, numbers in cells.items() if name in numbers}
    small = {cohort for cohort in counts if name not in alone[cohort]}
    are_apart = name in OF_PEOPLE or name.startswith(f"{STEP}.")
    return hidden_counts(counts, k, also=small, together=sum if are_apart else max)


def _states(numbers: Numbers) -> set[str]:
    return {name for name in numbers if name.startswith(f"{STATE}.")}


def _counts(name: str, number: Number) -> Sequence[int]:
    """Of what was done, how many people did it; of people, on which side how many are."""
    if name in OF_PEOPLE:
        return number.part, number.whole - number.part, number.people
    return (number.part if name.startswith(f"{STEP}.") else number.people,)
