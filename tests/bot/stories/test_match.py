"""Match: a draft for the coordinator alone, each pair with its reasons, locked, left out or given otherwise."""

import pytest
from sqlalchemy import select
from world import Someone, World, as_text

from bot.models import Enrolment, Role


@pytest.fixture
def cleo(world: World) -> Someone:
    """She runs the programme, in London."""
    cleo = world.add("Cleo Test", "Europe/London")
    world.start(cleo)
    world.enrol(Role.OWNER, cleo)
    return cleo


@pytest.fixture
def people(world: World, cleo: Someone) -> dict[str, Someone]:
    """Three mentees and three mentors, of whom Ana has room for two."""
    said = {
        "Ben Okafor": ("America/Denver", {"goals": "giving talks; saying no", "career_stage": "early"}),
        "Dara Test": ("Europe/Dublin", {"goals": "public speaking", "career_stage": "early"}),
        "Eva Test": ("Europe/Berlin", {"goals": "leading a team", "career_stage": "mid"}),
        "Ana Byrne": ("Europe/Dublin", {"skills": "Talks; writing", "career_stage": "senior"}),
        "Fio Test": ("Europe/Rome", {"skills": "speaking in public", "career_stage": "senior"}),
        "Gus Test": ("Asia/Tokyo", {"skills": "team leading", "career_stage": "mid"}),
    }
    found = {name.split()[0].lower(): world.add(name, zone, **more) for name, (zone, more) in said.items()}
    world.start(*found.values())
    world.enrol(Role.MENTEE, found["ben"], found["dara"], found["eva"])
    world.enrol(Role.MENTOR, found["ana"], found["fio"], found["gus"])
    return found


def room(world: World, someone: Someone, places: int) -> None:
    with world.bot.open_transaction.begin() as db:
        for enrolment in db.scalars(select(Enrolment).where(Enrolment.person_id == someone.row.id)):
            enrolment.capacity = places


def test_play(world: World, cleo: Someone, people: dict[str, Someone]) -> None:
    hal = world.add("Hal Test", "America/New_York", goals="cooking")
    world.start(hal)
    world.enrol(Role.MENTEE, hal)
    cleo.says("match")
    cleo.presses("Propose")
    print(cleo.reads)
    print("---")
    cleo.presses("without a pair")
    print(cleo.reads)
    print("---")
    cleo.presses("What would go out")
    print(cleo.reads)
    print("---")
    cleo.presses("Introduce them")
    print(cleo.reads)
    print("---")
    for d in world.forward(days=2):
        print(d.at, d.to, d.parcel.name)
    for someone in [*people.values(), hal]:
        for message in someone.chat[-1:]:
            print(someone.email, as_text(message))
            print("--")
    cleo.says("match")
    print(cleo.reads)
    print("---")
    cleo.says("introductions")
    print(cleo.reads)
    print("---")
