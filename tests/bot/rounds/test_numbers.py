"""No group of fewer than five can be read or worked out from the numbers of a round."""

from hypothesis import given
from hypothesis import strategies as st

from bot.rounds.numbers import SMALLEST, Counted, counted


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 30)))
def test_no_small_group_is_told_and_none_can_be_worked_out(groups: dict[str, int]) -> None:
    found = counted(groups)

    assert all(count >= SMALLEST for count in found.told.values())
    assert found.others is None or found.others == 0 or found.others >= SMALLEST
    if found.others is not None:
        assert sum(found.told.values()) + found.others == sum(groups.values())


def test_a_small_group_is_told_together_with_the_next() -> None:
    assert counted({"no": 12, "away": 6, "alone": 1}) == Counted({"no": 12}, 7)


def test_a_few_are_only_that() -> None:
    assert counted({"no": 2, "away": 1, "alone": 0}) == Counted({}, None)


def test_large_groups_are_told_as_they_are() -> None:
    assert counted({"no": 12, "away": 6}) == Counted({"no": 12, "away": 6}, 0)
