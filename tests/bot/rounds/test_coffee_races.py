"""A yes at the very moment of the drawing: it is in this round or in the next one, and never lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from coffee import ASKED, begin, cup, habit, join, rest_for_good, to
from sqlalchemy import select
from world import Someone, World

from bot.models import Role
from bot.rounds.models import CoffeeHabit, Outcome, Rhythm, Round
from bot.rounds.page import SayYes
from bot.stories.rounds import Start

PEOPLE = 6

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


@pytest.fixture
def cora(world: World) -> Someone:
    cora = world.add("Cora Lynch", "Europe/Dublin")
    world.start(cora)
    world.enrol(Role.COORDINATOR, cora)
    return cora


def at_once(*acts: Callable[[], object]) -> None:
    barrier = Barrier(len(acts))

    def act(which: Callable[[], object]) -> object:
        barrier.wait()
        return which()

    with ThreadPoolExecutor(len(acts)) as workers:
        list(workers.map(act, acts))


def test_everybody_is_in_this_round_or_in_the_next(world: World, cora: Someone) -> None:
    people = [world.add(f"P{n} Test", "Europe/Dublin") for n in range(PEOPLE)]
    join(world, *people)
    rest_for_good(cora)
    begin(cora)
    to(world, ASKED)
    with world.bot.open_transaction() as db:
        draw_at = db.scalars(select(Round.draw_at)).one()
    assert draw_at
    world.until(draw_at - timedelta(seconds=1))
    cups = [cup(world, someone).id for someone in people]
    world.clock.move_to(draw_at)

    yes = [lambda n=n: people[n].presses(SayYes(cups[n])) for n in range(PEOPLE)]
    at_once(world.bot.tick, *yes)
    world.forward(hours=1)

    for someone in people:
        said = habit(world, someone) or CoffeeHabit(next_time=False)
        in_this_round = cup(world, someone).outcome in {Outcome.GROUPED, Outcome.NOBODY}
        assert in_this_round != said.next_time


def test_two_who_start_at_once_start_one(world: World, cora: Someone) -> None:
    cora.says("rounds")
    cora.presses("Set up coffee rounds")
    cora.fills()
    start = cora.button("Start").action
    assert isinstance(start, Start)

    at_once(lambda: cora.presses(start), lambda: cora.presses(start))

    with world.bot.open_transaction() as db:
        assert len(db.scalars(select(Rhythm)).all()) == len(db.scalars(select(Round)).all()) == 1
