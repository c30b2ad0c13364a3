"""Who has coffee with whom: nobody is left out, nobody meets whom they never want to, and nobody twice."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rounds import proof
from bot.rounds.grouping import WINDOW, Drawing, Group, Guest, Pair, Past, beginner, draw, pair, repeats
from bot.rounds.proof import Line, State

Groups = list[tuple[int, ...]]


def every_way(people: Sequence[int], never: set[Pair], trios: int) -> Iterator[tuple[Groups, list[int]]]:
    """Every way to put people into pairs and trios, and who is left alone in it."""
    if not people:
        yield [], []
        return
    first, rest = people[0], people[1:]
    for size in (2, 3) if trios else (2,):
        for others in combinations(rest, size - 1):
            group = (first, *others)
            if any(pair(*two) in never for two in combinations(group, 2)):
                continue
            left = [one for one in rest if one not in others]
            for groups, alone in every_way(left, never, trios - (size == 3)):
                yield [group, *groups], alone
    for groups, alone in every_way(rest, never, trios):
        yield groups, [first, *alone]


def judged(groups: Sequence[Group], alone: Sequence[int], past: Past) -> tuple[int, int, int]:
    return len(alone), sum(len(group) == 3 for group in groups), repeats(groups, past)


def best(people: Sequence[int], past: Past) -> tuple[int, int, int]:
    ways = every_way(people, set(past.never), len(people) // 3)
    return min(judged(groups, alone, past) for groups, alone in ways)


def drawn(people: Sequence[int], past: Past, seed: int = 0, waited: Sequence[int] = ()) -> Drawing:
    return draw([Guest(id_, waited=int(id_ in waited)) for id_ in people], past, seed)


def lines(drawing: Drawing) -> list[Line]:
    together = [
        Line(str(id_), State.GROUPED, number) for number, group in enumerate(drawing.groups) for id_ in group
    ]
    return [*together, *(Line(str(id_), State.CAPACITY) for id_ in drawing.alone)]


def is_proved(people: Sequence[int], drawing: Drawing, past: Past) -> bool:
    never = {frozenset(map(str, two)) for two in past.never}
    return proof.faults([str(id_) for id_ in people], lines(drawing), never) == []


@st.composite
def rounds(draw_: st.DrawFn, most: int = 8) -> tuple[list[int], Past]:
    """Some people, who has met whom how long ago, and who never wants to meet whom again."""
    people = list(range(1, draw_(st.integers(1, most)) + 1))
    pairs = list(combinations(people, 2))
    met = draw_(st.dictionaries(st.sampled_from(pairs), st.integers(1, 20))) if pairs else {}
    never = draw_(st.sets(st.sampled_from(pairs))) if pairs else set()
    return people, Past(met=met, never=never, roster=people, number=draw_(st.integers(0, 30)))


# One round


@given(rounds(), st.integers(0, 1000))
def test_no_way_is_better_than_the_one_that_is_drawn(case: tuple[list[int], Past], seed: int) -> None:
    """All ways of up to eight people are looked at: fewer alone, then fewer trios, then fewer repeats."""
    people, past = case

    drawing = drawn(people, past, seed)

    assert judged(drawing.groups, drawing.alone, past) == best(people, past)


@given(rounds(most=40), st.integers(0, 1000))
def test_everybody_is_in_one_group_or_could_not_be(case: tuple[list[int], Past], seed: int) -> None:
    people, past = case

    assert is_proved(people, drawn(people, past, seed), past)


@given(rounds(most=40))
def test_the_same_seed_draws_the_same(case: tuple[list[int], Past]) -> None:
    people, past = case

    assert drawn(people, past, 7) == drawn(people[::-1], past, 7)


@pytest.mark.parametrize("number", [3, 5, 7, 33, 201, 1001])
def test_an_odd_one_makes_a_trio(number: int) -> None:
    drawing = drawn(range(number), Past())

    assert drawing.alone == ()
    assert [len(group) for group in drawing.groups if len(group) != 2] == [3]


def test_one_alone_stays_alone() -> None:
    assert drawn([7], Past()) == Drawing((), (7,))
    assert drawn([], Past()) == Drawing((), ())


def test_where_everybody_wants_nobody_all_stay_alone() -> None:
    people = range(6)

    assert drawn(people, Past(never=set(combinations(people, 2)))).alone == tuple(people)


def test_the_one_who_was_met_longest_ago_comes_first() -> None:
    met = {(1, 2): 1, (1, 3): 5, (1, 4): 9, (2, 3): 9, (2, 4): 5, (3, 4): 1}

    assert drawn([1, 2, 3, 4], Past(met=met)).groups == ((1, 4), (2, 3))


def test_hours_in_common_are_liked() -> None:
    day, night = (1 << 18) - 1, ((1 << 18) - 1) << 100
    guests = [Guest(id_, hours=night if id_ % 2 else day) for id_ in range(8)]

    assert all(a % 2 == b % 2 for a, b in draw(guests, Past()).groups)


def test_people_from_elsewhere_are_liked() -> None:
    guests = [Guest(id_, traits=("spring" if id_ % 2 else "autumn", "x", "x")) for id_ in range(300)]

    different = sum(a % 2 != b % 2 for a, b in draw(guests, Past()).groups)

    assert different > 130  # of 150; by chance alone half of them


# Left without company


@given(rounds(), st.data())
def test_whoever_had_nobody_comes_first(case: tuple[list[int], Past], data: st.DataObject) -> None:
    people, past = case
    waiting = data.draw(st.sampled_from(people))
    ways = every_way(people, set(past.never), len(people) // 3)

    drawing = drawn(people, past, waited=[waiting])

    can_be_placed = any(waiting not in alone for _, alone in ways)
    assert (waiting not in drawing.alone) == can_be_placed


@given(rounds(), st.integers(0, 1000))
def test_nobody_waits_longer_than_one_round_while_there_is_a_place_for_them(
    case: tuple[list[int], Past], seed: int
) -> None:
    """With never-lists that leave at most one of them alone at a time."""
    people, past = case
    ways = list(every_way(people, set(past.never), len(people) // 3))
    waiting = drawn(people, past, seed).alone
    if any(not set(alone) & set(waiting) for _, alone in ways):
        assert not set(drawn(people, past, seed + 1, waiting).alone) & set(waiting)


# Many rounds


def season(number: int, length: int = WINDOW, share: float = 1.0) -> tuple[int, int]:
    """How many repeats and how many people alone in so many rounds."""
    people, dice = list(range(1, number + 1)), Random(number)
    last: dict[Pair, int] = {}
    again = alone = 0
    for at in range(length):
        there = [id_ for id_ in people if dice.random() < share]
        past = Past(met={two: at - when for two, when in last.items()}, roster=people, number=at)
        drawing = drawn(there, past, seed=at)
        again += repeats(drawing.groups, past)
        alone += len(drawing.alone)
        last |= {pair(*two): at for group in drawing.groups for two in combinations(group, 2)}
    return again, alone


def unavoidable(number: int) -> int:
    """Twelve rounds take so many pairs more than there are."""
    in_a_round = number // 2 if number % 2 == 0 else (number - 3) // 2 + 3
    return max(0, WINDOW * in_a_round - number * (number - 1) // 2)


@pytest.mark.parametrize("number", [*range(4, 31, 2), 50, 60, 250])
def test_an_even_number_of_people_repeats_no_more_than_counting_forbids(number: int) -> None:
    assert season(number) == (unavoidable(number), 0)


@pytest.mark.parametrize("number", [3, 5, 7, 9, 11, 13, 19, 21, 23, 25, 31, 51, 251])
def test_an_odd_number_does_as_well(number: int) -> None:
    assert season(number) == (unavoidable(number), 0)


@pytest.mark.parametrize("number", [15, 17])
def test_where_it_is_tight_one_pair_more_may_meet_again(number: int) -> None:
    again, alone = season(number)

    assert again <= unavoidable(number) + 1
    assert alone == 0


def test_a_small_table_is_gone_through_again_and_again() -> None:
    """In thirteen rounds fourteen people all meet, and then once more: one round later than the window."""
    assert season(14, length=40) == (0, 0)


@pytest.mark.parametrize("number", [20, 30, 60, 250])
def test_nobody_meets_again_where_some_do_not_take_part(number: int) -> None:
    assert season(number, share=0.8) == (0, 0)


def test_a_thousand_people_meet_nobody_twice() -> None:
    assert season(1000, length=3) == (0, 0)
    assert season(2501, length=2) == (0, 0)


# Who begins


def test_whoever_began_least_often_begins() -> None:
    assert beginner((1, 2, 3), {1: 2, 2: 1, 3: 2}, seed=0) == 2


def test_the_lot_falls_on_each_of_them() -> None:
    assert {beginner((1, 2), {}, seed) for seed in range(20)} == {1, 2}
