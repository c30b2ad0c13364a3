"""The best choice, held against a second opinion that shares no code with it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from matchmaking import second_opinion
from numpy.typing import NDArray

from bot.matching.assignment import Assignment, assign
from bot.matching.candidates import Pruning

Scores = NDArray[np.int16]
Places = NDArray[np.int64]


@st.composite
def markets(draw: st.DrawFn, largest: int = 9) -> tuple[Scores, Places]:
    shape = draw(st.tuples(st.integers(0, largest), st.integers(0, largest)))
    few = draw(st.sampled_from((3, 1000)))  # many equal scores, or hardly any
    scores = draw(arrays.arrays(np.int16, shape, elements=st.integers(-1, few)))
    places = draw(arrays.arrays(np.int64, shape[1], elements=st.integers(0, 3)))
    return np.maximum(scores, -1), places


def answer(found: Assignment) -> tuple[int, int, int]:
    return found.matched, found.worst, found.total


@given(markets(), st.integers(0, 2**40))
@settings(max_examples=300, deadline=None)
def test_it_is_as_good_as_it_can_be(market: tuple[Scores, Places], seed: int) -> None:
    scores, places = market

    found = assign(scores, places, seed)

    assert answer(found) == second_opinion(scores, places)
    assert found.is_proven


@given(markets(), st.integers(0, 5))
@settings(max_examples=200, deadline=None)
def test_it_gives_what_it_says(market: tuple[Scores, Places], seed: int) -> None:
    scores, places = market

    found = assign(scores, places, seed)

    mentees = np.flatnonzero(found.mentor_of >= 0)
    got = scores[mentees, found.mentor_of[mentees]]
    assert (got >= 0).all()
    assert (np.bincount(found.mentor_of[mentees], minlength=len(places)) <= places).all()
    assert (len(got), int(got.min(initial=1000)) if len(got) else 0, int(got.sum())) == answer(found)


@given(markets(largest=14), st.integers(0, 5))
@settings(max_examples=200, deadline=None)
def test_what_pruning_left_out_is_found_again(market: tuple[Scores, Places], seed: int) -> None:
    """With one candidate for each person, nearly everything that matters is left out at first."""
    scores, places = market

    found = assign(scores, places, seed, Pruning(none_up_to=0, of_a_mentee=1, of_a_place=1))

    assert answer(found) == second_opinion(scores, places)
    assert found.is_proven


@pytest.mark.parametrize("kind", ["nobody stands out", "all want the same", "a chain", "blocks"])
def test_hard_markets_are_solved_from_few_candidates(kind: str) -> None:
    scores = _hard(kind, 120, 60)
    places = np.full(60, 2)

    found = assign(scores, places, 1, Pruning(none_up_to=0, of_a_mentee=3, of_a_place=2))

    assert answer(found) == second_opinion(scores, places)


def _hard(kind: str, mentees: int, mentors: int) -> Scores:
    lot = np.random.default_rng(3)
    row, column = np.indices((mentees, mentors))
    match kind:
        case "nobody stands out":
            scores = np.full((mentees, mentors), 500)
        case "all want the same":
            scores = column * 900 // mentors + lot.integers(0, 5, (mentees, mentors))
        case "a chain":  # each could have one of two neighbours, and the last of them nobody else
            scores = np.where((column == row // 2) | (column == (row // 2 + 1) % mentors), 600 - row % 7, -1)
        case _:
            scores = np.where(row % 3 == column % 3, 900, 100) + lot.integers(0, 99, (mentees, mentors))
    return scores.astype(np.int16)


def test_equal_scores_are_drawn_by_lot() -> None:
    scores, places = np.full((6, 6), 500, np.int16), np.ones(6, np.int64)

    choices = {tuple(assign(scores, places, seed).mentor_of.tolist()) for seed in range(20)}

    assert len(choices) > 10


def test_the_same_seed_is_the_same_choice() -> None:
    scores = np.random.default_rng(1).integers(-1, 4, (60, 40)).astype(np.int16)
    places = np.ones(40, np.int64)

    first, again = (assign(scores, places, 7) for _ in range(2))

    assert first.mentor_of.tolist() == again.mentor_of.tolist()


def test_more_people_come_before_better_pairs() -> None:
    """Ben could have the best mentor, and then Lena would have nobody."""
    scores = np.array([[1000, 10], [900, -1]], np.int16)

    assert assign(scores, np.ones(2, np.int64), 1).mentor_of.tolist() == [1, 0]


def test_the_worst_pair_comes_before_the_total() -> None:
    scores = np.array([[1000, 500], [500, 10]], np.int16)

    found = assign(scores, np.ones(2, np.int64), 1)

    assert (found.worst, found.total) == (500, 1000)


@pytest.mark.parametrize("shape", [(0, 0), (3, 0), (0, 3)])
def test_where_one_side_is_empty_nobody_is_matched(shape: tuple[int, int]) -> None:
    found = assign(np.empty(shape, np.int16), np.ones(shape[1], np.int64), 1)

    assert (found.matched, found.total, found.mentor_of.tolist()) == (0, 0, [-1] * shape[0])


def test_where_every_pair_is_barred_nobody_is_matched() -> None:
    """E21"""
    found = assign(np.full((40, 30), -1, np.int16), np.ones(30, np.int64), 1)

    assert (found.matched, found.is_proven) == (0, True)
