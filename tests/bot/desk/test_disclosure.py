"""Disclosure: whatever the numbers of a week are, nothing about a few can be worked out from what is told."""

from itertools import pairwise

from crowd import crowd
from hypothesis import given
from hypothesis import strategies as st
from world import Someone, World

from bot.desk import disclosure
from bot.desk.health_rules import Health
from bot.desk.metrics import Metric, Number, Step
from bot.models import Pair, Role

K = 5
counts = st.integers(0, 40)


def of_states(pairs: dict[Health, int]) -> dict[str, Number]:
    whole = sum(pairs.values())
    return {f"state.{state.value}": Number(count, whole, count) for state, count in pairs.items()}


@given(st.fixed_dictionaries(dict.fromkeys(Health, counts)))
def test_no_state_is_told_by_what_the_others_add_up_to(pairs: dict[Health, int]) -> None:
    numbers = of_states(pairs)

    hidden = numbers.keys() - disclosure.shown(numbers, K)

    assert all(numbers[name].part >= K for name in numbers.keys() - hidden)
    assert len(hidden) != 1
    assert hidden in (set(), numbers.keys()) or sum(numbers[name].part for name in hidden) >= K


@given(st.lists(counts, min_size=len(Step), max_size=len(Step)))
def test_of_two_steps_that_are_told_no_few_are_between(people: list[int]) -> None:
    counts = sorted(people, reverse=True)

    told = [count for count in disclosure.steps_shown(counts, K) if count is not None]

    assert all(count >= K for count in told)
    assert all(one == next_ or one - next_ >= K for one, next_ in pairwise(told))


@given(counts, counts)
def test_a_share_of_people_is_told_where_there_are_enough_on_both_sides(part: int, rest: int) -> None:
    numbers = {Metric.ACTIVE.value: Number(part, part + rest, part + rest)}

    assert bool(disclosure.shown(numbers, K)) == (part >= K and rest >= K)


@given(counts, counts, counts)
def test_two_kinds_of_ends_do_not_tell_how_many_there_are_of_the_third(
    completed: int, early: int, other: int
) -> None:
    whole = completed + early + other
    names = Metric.COMPLETED.value, Metric.ENDED_EARLY.value
    numbers = {name: Number(part, whole, whole) for name, part in zip(names, (completed, early), strict=True)}

    if disclosure.shown(numbers, K) == numbers.keys():
        assert other >= K


def test_a_share_of_what_was_done_is_told_where_enough_people_did_it() -> None:
    for people, is_told in ((4, False), (5, True)):
        numbers = {Metric.SESSIONS.value: Number(9, 10, people)}

        assert bool(disclosure.shown(numbers, K)) == is_told


# Who asks


def test_whoever_is_one_of_them_needs_one_more(world: World, pair: Pair, cora: Someone, ana: Someone) -> None:
    """H7: of five, a coordinator who is among them could work out the other four."""
    crowd(world, 5)
    world.enrol(Role.COORDINATOR, ana)

    cora.says("health spring")
    ana.says("health spring")

    assert "all 5 but fewer than 5" in cora.reads
    assert "fewer than 6 people" in ana.reads


def test_there_are_no_other_groups_than_cohorts(world: World, pair: Pair, cora: Someone) -> None:
    """H4: nobody can ask for team by level by site; a cohort of three is hidden like any other group."""
    crowd(world, 3)
    for typed in ("health Dublin", "health mentors in Dublin", "health spring Dublin"):
        cora.says(typed)
        assert "I know no cohort and no programme of that name" in cora.reads

    cora.says("health spring")

    assert "fewer than 5 people, so it is not counted out" in cora.reads
    assert "3" not in cora.reads.partition("Pairs that are on track: ")[2].partition("\n")[0]
