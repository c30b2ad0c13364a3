"""A small programme: Cleo runs it, three mentees look for a mentor, three mentors have room for one each."""

from dataclasses import dataclass

from sqlalchemy import select
from world import Someone, World

from bot.models import Enrolment, Pair, Programme, Role

NO_SUCH_ID = 2**31 - 1  # nobody has so many rows yet


@dataclass
class Six:
    """Ben suits Ana, Dara suits Fio, Eva suits Gus."""

    cleo: Someone
    ben: Someone
    dara: Someone
    eva: Someone
    ana: Someone
    fio: Someone
    gus: Someone

    @property
    def everybody(self) -> list[Someone]:
        return [self.ben, self.dara, self.eva, self.ana, self.fio, self.gus]


def six_people(world: World) -> Six:
    cleo = world.add("Cleo Test", "Europe/London")
    ben = world.add("Ben Okafor", "Europe/Dublin", goals="giving talks; saying no", career_stage="early")
    dara = world.add("Dara Lynch", "Europe/Dublin", goals="public speaking", career_stage="early")
    eva = world.add("Eva Koch", "Europe/Berlin", goals="leading a team", career_stage="mid")
    ana = world.add("Ana Byrne", "Europe/Dublin", skills="Talks; writing", career_stage="senior")
    fio = world.add("Fio Rossi", "Europe/Rome", skills="speaking in public", career_stage="senior")
    gus = world.add("Gus Mori", "Asia/Tokyo", skills="team leading", career_stage="senior")
    world.start(cleo, ben, dara, eva, ana, fio, gus)
    world.enrol(Role.OWNER, cleo)
    world.enrol(Role.MENTEE, ben, dara, eva)
    world.enrol(Role.MENTOR, ana, fio, gus)
    return Six(cleo, ben, dara, eva, ana, fio, gus)


def give_room(world: World, mentor: Someone, places: int) -> None:
    id_ = mentor.row.id
    with world.bot.open_transaction.begin() as db:
        for enrolment in db.scalars(select(Enrolment).where(Enrolment.person_id == id_)):
            enrolment.capacity = places


def another_programme(world: World, *mentees: Someone, runs: Someone) -> int:
    """Which they do not share with the others; returns its id."""
    ids, owner = [someone.row.id for someone in mentees], runs.row.id
    with world.bot.open_transaction.begin() as db:
        programme = Programme(name="Elsewhere", made_at=world.clock())
        db.add(programme)
        db.flush()
        roles = [*((id_, Role.MENTEE) for id_ in ids), (owner, Role.OWNER)]
        db.add_all(Enrolment(programme_id=programme.id, person_id=id_, role=role) for id_, role in roles)
    return programme.id


def pairs(world: World) -> set[tuple[str, str]]:
    """First names of mentee and mentor, of the pairs that are going on."""
    with world.bot.open_transaction() as db:
        found = db.scalars(select(Pair).where(Pair.ended_at.is_(None))).all()
        return {(pair.mentee.first_name, pair.mentor.first_name) for pair in found}
