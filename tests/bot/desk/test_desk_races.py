"""Two at the desk at the same moment, on two connections: nothing happens twice, and nobody is left out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from world import Someone, World

from bot.desk import audit
from bot.desk.models import AuditEntry, PairEnding, Removal
from bot.models import Enrolment, Pair, Role
from bot.stories.coordinators import TakeAway
from bot.stories.pairs import End, Make
from bot.stories.people import Remove

ROUNDS = 4

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


@pytest.fixture
def desk(world: World) -> tuple[Someone, Someone]:
    """Two owners."""
    olga, cora = world.add("Olga Roth", "Europe/Dublin"), world.add("Cora Lynch", "Europe/Dublin")
    world.start(olga, cora)
    world.enrol(Role.OWNER, olga, cora)
    return olga, cora


def at_once(*acts: Callable[[], object]) -> None:
    """All of them, started together; an error in one is an error here."""
    barrier = Barrier(len(acts))

    def act(which: Callable[[], object]) -> object:
        barrier.wait()
        return which()

    with ThreadPoolExecutor(len(acts)) as workers:
        list(workers.map(act, acts))


def test_two_owners_who_take_each_others_role_leave_one(
    world: World, desk: tuple[Someone, Someone], ben: Someone
) -> None:
    """C18."""
    olga, cora = desk
    world.enrol(Role.MENTEE, ben)
    with world.bot.open_transaction() as db:
        programme = db.scalars(select(Enrolment.programme_id)).first() or 0
    ids = olga.row.id, cora.row.id

    at_once(
        lambda: olga.presses(TakeAway(programme, ids[1])), lambda: cora.presses(TakeAway(programme, ids[0]))
    )

    with world.bot.open_transaction() as db:
        assert len(db.scalars(select(Enrolment).where(Enrolment.role == Role.OWNER)).all()) == 1


def test_the_last_place_of_a_mentor_is_given_once(world: World, desk: tuple[Someone, Someone]) -> None:
    """C17, E3."""
    olga, cora = desk
    for n in range(ROUNDS):
        lea, mia, otto = (world.add(f"{name}{n} Test", "Europe/Dublin") for name in ("Lea", "Mia", "Otto"))
        world.enrol(Role.MENTEE, lea, mia)
        world.enrol(Role.MENTOR, otto)
        with world.bot.open_transaction() as db:
            programme = db.scalars(select(Enrolment.programme_id)).first() or 0
        one, other = (Make(programme, someone.row.id, otto.row.id) for someone in (lea, mia))

        at_once(
            lambda one=one: olga.presses(one),  # type: ignore[misc]
            lambda other=other: cora.presses(other),  # type: ignore[misc]
            lambda one=one: cora.presses(one),  # type: ignore[misc]
        )

        with world.bot.open_transaction() as db:
            assert len(db.scalars(select(Pair).where(Pair.mentor_id == otto.row.id)).all()) == 1


def test_pressed_by_two_it_is_decided_once(
    world: World, desk: tuple[Someone, Someone], ben: Someone, ana: Someone
) -> None:
    """E3: and the record stays whole."""
    olga, cora = desk
    pair = world.meet(ben, ana)
    world.enrol(Role.MENTEE, ben)
    end, remove = End(pair.programme_id, pair.id), Remove(pair.programme_id, ben.row.id)

    at_once(*(lambda who=who: who.presses(end) for who in (olga, cora, olga, cora)))
    at_once(*(lambda who=who: who.presses(remove) for who in (olga, cora, olga, cora)))

    with world.bot.open_transaction.begin() as db:
        assert len(db.scalars(select(PairEnding)).all()) == len(db.scalars(select(Removal)).all()) == 1
        kept = list(db.scalars(select(AuditEntry.what)))
        assert audit.first_broken(db) is None
    assert kept.count("pairs.did_end") == kept.count("people.did_remove") == 1
