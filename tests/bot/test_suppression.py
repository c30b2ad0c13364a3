"""H1, H2, H5 and H6: what may be said of a small group is nothing, and subtraction does not help."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.suppression import FEWEST, hidden_counts, hidden_shares, may_be_shown, people_in, suppressed

CELLS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 40), max_size=8)
SHARES = st.integers(0, 30).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))
GROUPS = st.dictionaries(st.sampled_from("abcdef"), st.tuples(SHARES, SHARES), max_size=6)


def test_a_group_of_four_is_not_shown() -> None:
    assert suppressed({"Dublin": 4}).cells == {"Dublin": None}
    assert suppressed({"Dublin": 4}).total is None


def test_of_twelve_in_groups_of_eight_and_four_neither_is_shown() -> None:
    found = suppressed({"Dublin": 8, "Denver": 4})

    assert found.hidden == {"Dublin", "Denver"}
    assert found.total == 12


def test_nobody_is_a_small_group_as_well() -> None:
    assert suppressed({"Dublin": 0, "Denver": 9, "Graz": 20}).hidden == {"Dublin", "Denver"}


def test_large_groups_are_shown() -> None:
    assert suppressed({"Dublin": 8, "Denver": 5}).cells == {"Dublin": 8, "Denver": 5}


def test_two_small_groups_that_are_few_together_take_a_third_with_them() -> None:
    assert suppressed({"a": 2, "b": 1, "c": 9, "d": 30}).hidden == {"a", "b", "c"}


def test_groups_of_one_size_are_hidden_together_so_that_no_name_decides() -> None:
    assert suppressed({"a": 4, "b": 6, "c": 6, "d": 7}).hidden == {"a", "b", "c"}


def test_a_group_counts_its_people_and_not_their_answers() -> None:
    answers = [("Dublin", "ana"), ("Dublin", "ana"), ("Dublin", "ben"), ("Dublin", "ben"), ("Dublin", "ana")]

    assert people_in(answers) == {"Dublin": 2}
    assert suppressed(people_in(answers)).cells == {"Dublin": None}


def test_a_limit_can_be_raised_and_not_lowered_to_nothing() -> None:
    assert suppressed({"a": 8, "b": 20}, k=10).hidden == {"a", "b"}
    with pytest.raises(ValueError, match="fewer than 3"):
        suppressed({"a": 8}, k=2)


@given(CELLS)
def test_no_small_group_is_ever_shown_and_those_hidden_are_many_together(cells: dict[str, int]) -> None:
    found = suppressed(cells)
    hidden = [cells[name] for name in found.hidden]

    assert all(people is None or people >= FEWEST for people in found.cells.values())
    assert all(people in {None, cells[name]} for name, people in found.cells.items())
    if hidden and found.total is not None:
        assert len(hidden) > 1
        assert found.total - sum(people or 0 for people in found.cells.values()) >= FEWEST


@pytest.mark.parametrize("groups", [1, 2, 3, 4])
def test_not_even_somebody_who_knows_the_rules_can_tell_a_hidden_group(groups: int) -> None:
    """Worked out over every programme there is with so many groups: what is published fits two at least."""
    names, k = "abcd"[:groups], 3
    fits: dict[object, list[Mapping[str, int]]] = defaultdict(list)
    for sizes in product(range(9), repeat=groups):
        cells = dict(zip(names, sizes, strict=True))
        found = suppressed(cells, k)
        fits[tuple(found.cells.items()), found.total].append(cells)

    known = [
        (published, name)
        for published, programmes in fits.items()
        for name in names
        if dict(published[0])[name] is None and len({cells[name] for cells in programmes}) < 2  # type: ignore[index]
    ]
    assert known == []


def test_a_share_of_all_or_of_none_is_not_shown() -> None:
    assert not may_be_shown(6, 6)
    assert not may_be_shown(0, 6)
    assert may_be_shown(5, 6)
    assert not may_be_shown(2, 4)


def test_a_group_that_is_all_alike_takes_another_with_it() -> None:
    groups = {"a": [(6, 6), (3, 6)], "b": [(7, 9), (4, 8)], "c": [(20, 30), (20, 30)]}

    assert hidden_shares(groups) == {"a", "b"}


@given(GROUPS)
def test_what_is_left_after_subtraction_may_itself_be_shown(
    groups: dict[str, tuple[tuple[int, int], ...]],
) -> None:
    hidden = hidden_shares(groups)

    for name in groups.keys() - hidden:
        assert all(may_be_shown(*share) for share in groups[name])
    if hidden and hidden != groups.keys():
        assert len(hidden) > 1
        for side in zip(*(groups[name] for name in hidden), strict=True):
            assert may_be_shown(sum(part for part, _ in side), sum(whole for _, whole in side))


# Several counts of each group


def test_a_group_is_hidden_for_any_of_its_counts_and_the_next_smallest_beside_it() -> None:
    groups = {"a": (20, 4), "b": (9, 9), "c": (30, 30)}

    assert hidden_counts(groups) == {"a", "b"}
    assert hidden_counts({"b": (9, 9), "c": (30, 30)}) == set()


def test_beside_something_hidden_the_smallest_goes_as_well() -> None:
    groups = {"b": (9, 9), "c": (30, 30), "d": (8, 10)}

    assert hidden_counts(groups, beside_hidden=True) == {"b", "d"}


def test_where_the_same_people_may_be_in_several_groups_one_of_those_hidden_is_large() -> None:
    groups = {"a": (3,), "b": (4,), "c": (6,), "d": (9,)}

    assert hidden_counts(groups) == {"a", "b"}
    assert hidden_counts(groups, together=max) == {"a", "b", "c"}


@pytest.mark.parametrize(("groups", "largest"), [(1, 9), (2, 6), (3, 4)])
def test_not_even_the_rules_tell_which_counts_a_hidden_group_has(groups: int, largest: int) -> None:
    """Worked out over every programme there is: what is told fits two at least."""
    names, k = "abc"[:groups], 3
    counts = list(product(range(largest + 1), repeat=2))
    fits: dict[object, list[Mapping[str, tuple[int, ...]]]] = defaultdict(list)
    for each in product(counts, repeat=groups):
        cells = dict(zip(names, each, strict=True))
        hidden = hidden_counts(cells, k)
        told = tuple((name, None if name in hidden else cells[name]) for name in names)
        all_together = None if hidden == set(names) else tuple(map(sum, zip(*each, strict=True)))
        fits[told, all_together].append(cells)

    known = [
        (told, name)
        for told, programmes in fits.items()
        for name, cell in told[0]  # type: ignore[index]
        if cell is None and len({cells[name] for cells in programmes}) < 2
    ]
    assert known == []
