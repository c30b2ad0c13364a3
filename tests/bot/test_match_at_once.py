"""Two coordinators at the same moment, on two connections: one draft, one introduction, nothing twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from small_programme import Six, pairs, six_people
from sqlalchemy import func, select
from world import Someone, World

from bot.actions import Action
from bot.matching.models import Proposed, Run, RunState, Standing
from bot.matching.runs import AskToIntroduce
from bot.models import Role
from bot.stories.introducing import CallOff, Introduce
from bot.stories.match import Again, Lock, NotThese, Propose

MENTORING = 1  # id of the programme
ROUNDS = 4

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


@pytest.fixture
def six(world: World) -> Six:
    return six_people(world)


@pytest.fixture
def dora(world: World, six: Six) -> Someone:
    """A second coordinator."""
    dora = world.add("Dora Test", "Europe/London")
    world.start(dora)
    world.enrol(Role.COORDINATOR, dora)
    return dora


def at_once(*acts: Callable[[], object]) -> list[object]:
    barrier = Barrier(len(acts))

    def act(which: Callable[[], object]) -> object:
        barrier.wait()
        return which()

    with ThreadPoolExecutor(len(acts)) as workers:
        return list(workers.map(act, acts))


def both(one: Someone, other: Someone, first: Action, second: Action) -> None:
    at_once(lambda: one.presses(first), lambda: other.presses(second))


def runs(world: World, state: RunState) -> list[int]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(Run.id).where(Run.state == state).order_by(Run.id)))


def test_two_proposals_are_one_draft(world: World, six: Six, dora: Someone) -> None:
    for _ in range(ROUNDS):
        both(six.cleo, dora, Propose(MENTORING, 0), Propose(MENTORING, 0))
        assert len(runs(world, RunState.DRAFT)) == 1
        six.cleo.presses("Throw away")


def test_run_again_by_both_leaves_one_draft(world: World, six: Six, dora: Someone) -> None:
    six.cleo.presses(Propose(MENTORING, 0))
    for _ in range(ROUNDS):
        [run] = runs(world, RunState.DRAFT)
        both(six.cleo, dora, Again(run), Again(run))
        assert len(runs(world, RunState.DRAFT)) == 1


def test_both_introduce_and_everybody_is_introduced_once(world: World, six: Six, dora: Someone) -> None:
    six.cleo.presses(Propose(MENTORING, 0))
    [run] = runs(world, RunState.DRAFT)
    six.cleo.presses(AskToIntroduce(run))
    press = six.cleo.button("Introduce them").action
    assert isinstance(press, Introduce)

    both(six.cleo, dora, press, press)

    arrived = [one for one in world.forward(days=2) if "intro" in one.parcel.name]
    assert len(arrived) == 6
    assert len(pairs(world)) == 3


def test_one_changes_the_draft_while_the_other_introduces_it(world: World, six: Six, dora: Someone) -> None:
    """Either the change comes first and is shown before anything goes out, or it is too late for it."""
    six.cleo.presses(Propose(MENTORING, 0))
    [run] = runs(world, RunState.DRAFT)
    six.cleo.presses(AskToIntroduce(run))
    with world.bot.open_transaction() as db:
        two = db.scalars(select(Proposed).order_by(Proposed.id)).first()
    assert two is not None

    both(six.cleo, dora, six.cleo.button("Introduce them").action, NotThese(two.id))

    with world.bot.open_transaction() as db:
        state = db.get_one(Proposed, two.id).state
    made = len(pairs(world))
    assert (made, state) in {(3, Standing.MADE), (0, Standing.LEFT_OUT)}


def test_lock_and_not_these_two_end_in_one_of_both(world: World, six: Six, dora: Someone) -> None:
    six.cleo.presses(Propose(MENTORING, 0))
    with world.bot.open_transaction() as db:
        two = db.scalars(select(Proposed).order_by(Proposed.id)).first()
    assert two is not None

    both(six.cleo, dora, Lock(two.id), NotThese(two.id))

    with world.bot.open_transaction() as db:
        assert db.get_one(Proposed, two.id).state == Standing.LEFT_OUT


def test_called_off_while_the_tick_introduces_them(world: World, six: Six, dora: Someone) -> None:
    """Whoever is faster: both of a pair hear of it, or neither."""
    for _ in range(ROUNDS):
        six.cleo.presses(Propose(MENTORING, 0))
        [run] = runs(world, RunState.DRAFT)
        six.cleo.presses(AskToIntroduce(run))
        six.cleo.presses("Introduce them")
        before = len(world.deliveries)

        at_once(lambda run=run: dora.presses(CallOff(run)), world.bot.tick)  # type: ignore[misc]
        world.forward(days=2)

        told = [one.to for one in world.deliveries[before:] if "intro" in one.parcel.name]
        assert len(told) == 2 * len(pairs(world))
        if told:
            break
    with world.bot.open_transaction() as db:
        assert db.scalar(select(func.count()).select_from(Run).where(Run.state == RunState.WORKING)) == 0
