"""The programme in numbers, for whoever runs it, on their own page."""

from dataclasses import dataclass
from typing import Any

import pytest
from world import Someone, World, as_text

from bot.models import Enrolment, Pair, Person, Programme, Role


@dataclass
class Grown:
    world: World
    programme: int
    host: Someone
    names: int = 0

    def add(self, role: Role, *, started: bool, programme: int = 0) -> int:
        """Straight into the database: it is about how many there are."""
        self.names += 1
        with self.world.bot.open_transaction.begin() as db:
            person = Person(name=f"Person {self.names}", timezone="Europe/Dublin")
            person.started_at = self.world.clock() if started else None
            db.add(person)
            db.flush()
            self.enrol(db, person.id, role, programme)
            return person.id

    def enrol(self, db: Any, person: int, role: Role, programme: int = 0) -> None:
        db.add(Enrolment(programme_id=programme or self.programme, person_id=person, role=role))

    def pair(self, mentor: int, mentee: int, *, introduced: bool) -> None:
        now = self.world.clock()
        with self.world.bot.open_transaction.begin() as db:
            pair = Pair(programme_id=self.programme, mentor_id=mentor, mentee_id=mentee, made_at=now)
            pair.introduced_at = now if introduced else None
            db.add(pair)

    @property
    def page(self) -> str:
        parts = self.host.opens_home().parts
        return "\n".join(as_text(part.message) for part in parts if part.title == "My programme")


@pytest.fixture
def grown(world: World) -> Grown:
    host = world.add("Hedy Host", "Europe/Dublin")
    with world.bot.open_transaction.begin() as db:
        programme = Programme(name="Crossing", made_at=world.clock())
        db.add(programme)
        db.flush()
        id_ = programme.id
    grown = Grown(world, id_, host)
    with world.bot.open_transaction.begin() as db:
        grown.enrol(db, host.row.id, Role.COORDINATOR)
    return grown


def test_counts_people_and_pairs(grown: Grown) -> None:
    mentors = [grown.add(Role.MENTOR, started=True) for _ in range(12)]
    mentees = [grown.add(Role.MENTEE, started=number < 5) for number in range(12)]
    for number, (mentor, mentee) in enumerate(zip(mentors, mentees, strict=True)):
        grown.pair(mentor, mentee, introduced=number < 5)

    assert "Crossing, in numbers" in grown.page
    assert "People who have started: 17\n" in grown.page
    assert "People who have not started yet: 7\n" in grown.page
    assert "Pairs that have been introduced: 5\n" in grown.page
    assert "Pairs that have not met yet: 7" in grown.page


@pytest.mark.parametrize("late", [0, 1, 4])
def test_a_small_group_cannot_be_had_by_subtracting(grown: Grown, late: int) -> None:
    for number in range(30):
        grown.add(Role.MENTEE, started=number >= late)

    assert "People who have started: 26 or more\n" in grown.page
    assert "People who have not started yet: fewer than 5\n" in grown.page


def test_two_small_groups_are_both_small(grown: Grown) -> None:
    for number in range(7):
        grown.add(Role.MENTEE, started=number % 2 == 0)

    assert "People who have started: fewer than 5\n" in grown.page
    assert "People who have not started yet: fewer than 5\n" in grown.page


def test_the_pairs_of_one_mentor_are_what_one_person_does(grown: Grown) -> None:
    mentor = grown.add(Role.MENTOR, started=True)
    for _ in range(6):
        grown.pair(mentor, grown.add(Role.MENTEE, started=True), introduced=True)

    assert "Pairs that have been introduced: fewer than 5 mentors or mentees\n" in grown.page


def test_somebody_who_is_both_is_counted_once(grown: Grown) -> None:
    for number in range(10):
        both = grown.add(Role.MENTEE, started=number < 5)
        with grown.world.bot.open_transaction.begin() as db:
            grown.enrol(db, both, Role.MENTOR)

    assert "People who have started: 5\n" in grown.page


def test_nobody_else_sees_it_and_nothing_of_other_programmes(
    grown: Grown, ben: Someone, ana: Someone
) -> None:
    grown.world.meet(ben, ana)
    with grown.world.bot.open_transaction.begin() as db:
        other = Programme(name="Other", made_at=grown.world.clock())
        db.add(other)
        db.flush()
        id_ = other.id
    for _ in range(12):
        grown.add(Role.MENTEE, started=True, programme=id_)

    for someone in (ben, ana):
        assert "My programme" not in [part.title for part in someone.opens_home().parts]
    assert "Other" not in grown.page
    assert "People who have started: fewer than 5\n" in grown.page


def test_it_is_there_for_a_host_who_has_not_started_and_not_for_one_who_left(grown: Grown) -> None:
    assert "Crossing" in grown.page

    with grown.world.bot.open_transaction.begin() as db:
        db.get_one(Person, grown.host.row.id).left_at = grown.world.clock()
    assert grown.page == ""
