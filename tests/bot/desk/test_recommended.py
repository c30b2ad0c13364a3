"""Recommended: one number over many people at their end, and what one of them said cannot be worked out."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from world import Someone, World, as_text

from bot.desk import disclosure, recommended, spoken, weekly_numbers
from bot.desk.metrics import Number
from bot.desk.models import Recommendations
from bot.models import Farewell, Pair, Person, Programme
from bot.turn import Turn

K = 5


def ended(world: World, scores: Sequence[int | None], mentor: int | None = None) -> list[int]:
    """So many pairs have ended, and the mentee, or one mentor of all, has said that. It is due to be read."""
    now = world.clock()
    with world.bot.open_transaction.begin() as db:
        programme = db.scalars(select(Programme)).one()
        people = [Person(name=f"P{n} Test", timezone="Europe/Dublin", started_at=now) for n in range(64)]
        people = people[: 2 * len(scores)]
        db.add_all(people)
        db.flush()
        farewells = []
        for score, one, two in zip(scores, people[::2], people[1::2], strict=True):
            both = {"mentee_id": one.id, "mentor_id": mentor or two.id}
            times = {"made_at": now, "introduced_at": now, "ended_at": now}
            pair = Pair(programme_id=programme.id, **both, **times)
            db.add(pair)
            db.flush()
            farewells.append(Farewell(pair_id=pair.id, person_id=mentor or one.id, show_at=now, sent_at=now))
            farewells[-1].recommends = "" if score is None else str(score)
        db.add_all(farewells)
        db.flush()
        return [farewell.id for farewell in farewells]


def said(world: World, *scores: int | None, mentor: int | None = None) -> None:
    ended(world, scores, mentor)
    world.until(world.clock())


def sums(world: World) -> list[tuple[int, int, bool]]:
    with world.bot.open_transaction() as db:
        rows = db.scalars(select(Recommendations).order_by(Recommendations.id))
        return [(row.answers, row.balance, row.told_at is not None) for row in rows]


def score(world: World) -> Number:
    with world.bot.open_transaction.begin() as db, Turn(db, world.clock(), world.bot.prompts) as turn:
        return weekly_numbers.published(turn, db.scalars(select(Programme)).one()).recommended


def counted_now(world: World) -> Number:
    """As it would be taken at this moment."""
    with world.bot.open_transaction.begin() as db, Turn(db, world.clock(), world.bot.prompts) as turn:
        return recommended.score(turn, db.scalars(select(Programme.id)).one())


def later(world: World, weeks: int) -> None:
    world.clock.move_to(world.clock() + timedelta(weeks=weeks))


def next_week(world: World) -> Number:
    world.forward(days=7)
    return score(world)


MANY = [10] * 12 + [8] * 9 + [3] * 4


@pytest.fixture
def programme(world: World, pair: Pair, cora: Someone) -> World:
    return world


# Whatever people say


def splits(number: Number) -> Iterator[tuple[int, int, int]]:
    """How many may be for it, neither and against it, for whoever reads the number."""
    for against in range(number.whole + 1):
        favour, neither = number.part + against, number.whole - number.part - 2 * against
        if favour >= 0 and neither >= 0:
            yield favour, neither, against


groups = st.integers(0, 30)


@given(groups, groups, groups)
def test_no_small_group_and_not_what_is_left_of_it_can_be_worked_out(
    favour: int, neither: int, against: int
) -> None:
    n = favour + neither + against
    number = Number(favour - against, n, n)
    if not disclosure.shown({disclosure.RECOMMENDED: number}, K):
        return

    possible = list(splits(number))

    assert (favour, neither, against) in possible
    for sizes in zip(*possible, strict=True):
        assert len(set(sizes)) > K
        assert max(sizes) >= K
        assert max(n - size for size in sizes) >= K


@given(groups, groups, groups, st.sampled_from((-1, 0, 1)))
def test_neither_can_it_by_one_of_them_who_takes_off_what_they_said(
    favour: int, neither: int, against: int, mine: int
) -> None:
    n = favour + neither + against
    number = Number(favour - against, n, n)
    if disclosure.is_large_on_every_side(number, K + 1):
        assert disclosure.is_large_on_every_side(Number(number.part - mine, n - 1, n - 1), K)


def test_where_all_are_of_one_mind_it_is_not_told() -> None:
    for part in (40, -40, 31):
        assert not disclosure.shown({disclosure.RECOMMENDED: Number(part, 40, 40)}, K)


# Adding it up


def test_what_somebody_said_is_added_once_and_stands_nowhere_else(programme: World) -> None:
    said(programme, 9, 10, 7, 8, 6, 0, 0, None)
    programme.forward(days=1)

    assert sums(programme) == [(7, -1, False)]
    with programme.bot.open_transaction() as db:
        counted = db.scalars(select(Farewell).order_by(Farewell.id)).unique().all()
        assert [farewell.counted_in is not None for farewell in counted] == [True] * 7 + [False]
        columns = {column.name for column in Recommendations.__table__.columns}
    assert columns == {"id", "programme_id", "answers", "balance", "seen", "told_at"}


def test_a_mentor_of_several_is_counted_once_while_it_is_in_the_score(programme: World, ana: Someone) -> None:
    said(programme, 10, 0, mentor=ana.row.id)
    said(programme, *MANY)
    counted_now(programme)
    said(programme, 0, mentor=ana.row.id)
    assert sums(programme) == [(26, 9, True)]

    later(programme, weeks=52)
    said(programme, 0, mentor=ana.row.id)

    assert sums(programme) == [(26, 9, True), (1, -1, False)]


def test_what_is_not_a_number_of_the_form_is_not_added(programme: World) -> None:
    [farewell] = ended(programme, [None])
    with programme.bot.open_transaction.begin() as db:
        db.get_one(Farewell, farewell).recommends = "11"
    programme.until(programme.clock())

    assert sums(programme) == []


# The score of a week


def test_a_few_wait_until_so_many_have_said_so_different_things(programme: World) -> None:
    said(programme, *[10] * 20)
    assert score(programme) == Number(0, 0, 0)

    said(programme, *[8] * 12)
    assert next_week(programme) == Number(20, 32, 32)
    assert sums(programme) == [(32, 20, True)]


def test_from_one_week_to_the_next_nothing_is_added_that_might_not_be_told_by_itself(
    programme: World,
) -> None:
    said(programme, *MANY)
    assert score(programme) == Number(8, 25, 25)

    said(programme, 0)
    assert next_week(programme) == Number(8, 25, 25)
    said(programme, *[10] * 9)
    assert next_week(programme) == Number(8, 25, 25)
    said(programme, *[7] * 11)
    assert next_week(programme) == Number(16, 46, 46)


def test_the_week_in_which_it_may_be_told_says_nothing_of_the_last_one_who_answered(programme: World) -> None:
    """Eleven of whom one more with another mind would be enough: that one comes, and nothing happens."""
    enough = [10] * 20 + [7] * 11
    assert not disclosure.is_large_on_every_side(Number(20, 31, 31), K + 1)
    assert disclosure.is_large_on_every_side(Number(20, 32, 32), K + 1)
    said(programme, *enough)
    assert score(programme).whole == 0

    said(programme, 7)
    assert next_week(programme).whole == 0
    said(programme, *[10] * 5)
    assert next_week(programme) == Number(25, 37, 37)


def test_it_is_over_a_year(programme: World) -> None:
    said(programme, *MANY)
    assert counted_now(programme).whole == 25

    later(programme, weeks=51)
    said(programme, *MANY)
    assert counted_now(programme) == Number(16, 50, 50)
    later(programme, weeks=1)

    assert counted_now(programme) == Number(8, 25, 25)


def test_a_larger_smallest_group_needs_more_of_them(programme: World) -> None:
    with programme.bot.open_transaction.begin() as db:
        db.scalars(select(Programme)).one().smallest_group = 10

    said(programme, *MANY)

    assert score(programme).whole == 0


# Who reads it


def test_it_is_one_number_with_n_and_interval(programme: World, cora: Someone) -> None:
    said(programme, *MANY)

    cora.says("health")
    cora.presses("All numbers")

    assert (
        "Would recommend it, over a year: +32 of 100 (probably between −7 and +63), 25 people" in cora.reads
    )


def test_a_score_of_few_or_below_nothing_is_said_as_it_is(programme: World, cora: Someone) -> None:
    with programme.bot.open_transaction() as db, Turn(db, programme.clock(), programme.bot.prompts) as turn:
        reader = db.get_one(Person, cora.row.id)
        few, none, below = (spoken.score(turn, reader, Number(part, n, n), K) for part, n in SCORES)

    assert few == "+35 of 100 (probably between −12 and +69), 17 people answered"
    assert none == "0 of 100 (probably between −30 and +30), 40 people answered"
    assert below == "−30 of 100 (probably between −56 and +1), 40 people answered"


SCORES = ((6, 17), (0, 40), (-12, 40))


def test_before_that_it_says_what_is_missing_and_not_how_many(programme: World, cora: Someone) -> None:
    said(programme, 10, 10, 3)

    cora.says("health numbers")

    assert "not counted out before enough people have answered, and not all alike" in cora.reads


def test_the_file_of_weekly_numbers_has_it_where_it_is_told(programme: World, cora: Someone) -> None:
    said(programme, *MANY)
    cora.says("health")
    cora.says("export")
    cora.presses("Weekly numbers")

    rows = cora.sees.files[0].content.decode().splitlines()

    assert '"2026-02-02","","recommended",8,25,25' in rows


def test_nobody_is_told_a_share_of_the_three(programme: World, cora: Someone) -> None:
    said(programme, *MANY)
    for word in ("health", "health numbers", "health states"):
        cora.says(word)

        assert not any(share in as_text(cora.sees) for share in ("12 of", "9 of", "4 of"))


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_several_at_the_same_moment_are_all_counted(programme: World, ana: Someone) -> None:
    """And the same mentor at two ends once."""
    said(programme, 10)
    theirs = [*ended(programme, [10, 9, 8]), *ended(programme, [10, 10], mentor=ana.row.id)]
    barrier = Barrier(len(theirs))

    def count(farewell: int) -> None:
        with (
            programme.bot.open_transaction.begin() as db,
            Turn(db, programme.clock(), programme.bot.prompts) as turn,
        ):
            row = db.get_one(Farewell, farewell)
            barrier.wait()
            recommended.count(turn, row)

    with ThreadPoolExecutor(len(theirs)) as workers:
        list(workers.map(count, theirs))

    assert sums(programme) == [(5, 4, False)]
