"""Enrolling: what a roster says for the matching is kept, and what somebody says themselves counts more."""

from pathlib import Path

import pytest
from sqlalchemy import select
from world import Someone, World

from bot.enrol import enrol
from bot.matching.models import Apart, Exclusion, Profile, Proposed, Veto, Wish
from bot.models import Person, Role
from bot.roster import read_roster
from bot.stories.match import Propose

MENTORING = 1  # id of the programme
ROSTER = """\
email,name,role,timezone,career_stage,goals,skills,languages,style,contact,site,manager,not_with,past,wishes,vetoes,group
ben@example.org,Ben Okafor,mentee,Europe/Dublin,early,talks,,en; uk,gentle,video,Dublin,fio@example.org,,,ana@example.org,,red
dara@example.org,Dara Lynch,mentee,Europe/Dublin,early,writing,,en,,,Dublin,,gus@example.org,ana@example.org,,,blue
ana@example.org,Ana Byrne,mentor,Europe/Dublin,senior,,talks; writing,en,gentle,video,Cork,,,,,,
fio@example.org,Fio Rossi,mentor,Europe/Dublin,senior,,talks; writing,en,,,Cork,,,,,,
gus@example.org,Gus Mori,mentor,Europe/Dublin,senior,,talks; writing,en,,,Cork,,,,,ben@example.org,
"""  # noqa: E501 - a table


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "roster.csv"
    path.write_text(ROSTER, encoding="utf-8")
    return path


def take_in(world: World, path: Path) -> None:
    found = read_roster(path, world.bot.prompts.languages)
    assert found.problems == ()
    with world.bot.open_transaction.begin() as db:
        enrol(db, found.rows, "Mentoring", world.clock())


def known(world: World) -> dict[str, int]:
    with world.bot.open_transaction() as db:
        return {person.first_name: person.id for person in db.scalars(select(Person))}


def test_who_must_not_be_a_pair_is_not_proposed(world: World, roster: Path) -> None:
    """Fio manages Ben, Gus would rather not; Dara was with Ana before, and would rather not be with Gus."""
    take_in(world, roster)
    cleo = world.add("Cleo Test", "Europe/London")
    world.start(cleo)
    world.enrol(Role.OWNER, cleo)

    cleo.presses(Propose(MENTORING, 0))

    who = known(world)
    with world.bot.open_transaction() as db:
        made = {(two.mentee_id, two.mentor_id) for two in db.scalars(select(Proposed))}
    assert made == {(who["Ben"], who["Ana"]), (who["Dara"], who["Fio"])}


def test_taken_in_twice_it_is_kept_once(world: World, roster: Path) -> None:
    take_in(world, roster)
    take_in(world, roster)

    with world.bot.open_transaction() as db:
        counts = [len(db.scalars(select(table)).all()) for table in (Profile, Exclusion, Wish, Veto)]
        kinds = sorted(db.scalars(select(Exclusion.kind)))
    assert counts == [5, 3, 1, 1]
    assert kinds == sorted([Apart.LINE, Apart.NOT_WITH, Apart.PAST])


def test_what_somebody_has_said_themselves_stays(world: World, roster: Path) -> None:
    take_in(world, roster)
    ben = world.people["ben@example.org"] = Someone(world, "ben@example.org").arrives()
    world.start(ben)
    ben.says("profile")
    assert "Where I work: dublin" in ben.reads
    ben.presses("Edit")
    ben.fills(site="Galway", languages="en,uk")

    take_in(world, roster)

    ben.says("profile")
    assert "Where I work: Galway" in ben.reads
    assert "I speak: English and Ukrainian" in ben.reads
