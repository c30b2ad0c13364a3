"""Cohorts told: whatever the numbers are, what is told of some cohorts and of all says nothing of a few."""

from hypothesis import given
from hypothesis import strategies as st

from bot.desk import cohorts_told
from bot.desk.health_rules import Health
from bot.desk.metrics import Metric, Number

K = 5
NAMES = ("", "Spring", "Summer", "Autumn", "Winter")
counts = st.integers(0, 30)
on_both_sides = st.tuples(counts, counts)
Cells = dict[str, tuple[int, int]]


def of_people(cells: list[tuple[int, int]]) -> dict[str, dict[str, Number]]:
    """The first are the people without a cohort, of whom nothing is published but in the whole."""
    whole = Number(sum(one for one, _ in cells), *[sum(map(sum, cells))] * 2)
    named = zip(NAMES[1:], cells[1:], strict=False)
    cohorts = {name: Number(one, one + other, one + other) for name, (one, other) in named}
    return {name: {Metric.ACTIVE.value: number} for name, number in {"": whole, **cohorts}.items()}


@given(st.lists(on_both_sides, min_size=1, max_size=len(NAMES)))
def test_what_is_left_when_the_told_are_taken_from_the_whole_is_of_many(cells: list[tuple[int, int]]) -> None:
    """On the side of those who did something, and on that of those who did not."""
    told = cohorts_told.told(of_people(cells), K)

    if not told[""]:
        assert not any(told.values())
        return
    left = [
        cell
        for name, cell in zip(NAMES, cells, strict=False)
        if (name or any(cell)) and not (name and told[name])
    ]
    if left:
        assert len(left) > 1 or left == cells[:1]  # those without a cohort, where there are no others
        assert sum(one for one, _ in left) >= K
        assert sum(other for _, other in left) >= K


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(Health, counts)), min_size=2, max_size=4))
def test_states_of_cohorts_are_told_only_where_all_of_them_are(pairs: list[dict[Health, int]]) -> None:
    def numbers(states: dict[Health, int]) -> dict[str, Number]:
        whole = sum(states.values())
        return {f"state.{state.value}": Number(count, whole, count) for state, count in states.items()}

    whole = {state: sum(states[state] for states in pairs) for state in Health}
    by_cohort = dict(zip(NAMES[1:], map(numbers, pairs), strict=False))

    told = cohorts_told.told({"": numbers(whole), **by_cohort}, K)

    for cohort in by_cohort:
        assert len(told[cohort]) in {0, len(Health)}
        assert not told[cohort] or all(count >= K for states in pairs for count in states.values())
