"""Somebody on no roster, in a tenant of Teams where a programme is open to newcomers."""

from datetime import timedelta

import pytest
from fake_teams import FakeTeams
from sqlalchemy import select, update
from teams_office import Somebody, TeamsOffice, words

from bot.models import AccountRow, Enrolment, Person, Programme, Role


@pytest.fixture
async def opened(office: TeamsOffice, teams: FakeTeams) -> TeamsOffice:
    """Cora runs it, and has opened it."""
    cora = office.somebody(teams.add("Cora Host", "cora@example.org"))
    someone = office.world.add("Cora Host", "Europe/London", arrives=False)
    office.world.enrol(Role.OWNER, someone)
    await cora.installs()
    with office.world.bot.open_transaction.begin() as db:
        db.execute(update(Programme).values(open_until=office.world.clock() + timedelta(days=10)))
    return office


def roles_of(office: TeamsOffice, name: str) -> list[str]:
    with office.world.bot.open_transaction() as db:
        theirs = select(Enrolment.role).join(Person).where(Person.name == name)
        return list(db.scalars(theirs))


async def test_whoever_installs_it_is_shown_what_it_is_and_joins(opened: TeamsOffice, eve: Somebody) -> None:
    await eve.installs()
    assert "is open to newcomers" in eve.reads
    assert "Cora" not in eve.reads
    card = eve.card_with("Join as mentee")

    await eve.presses("Join as mentee")

    assert "never what was written" in words(card.card)
    assert roles_of(opened, eve.person.name) == ["mentee"]
    with opened.world.bot.open_transaction() as db:
        theirs = select(AccountRow.address).join(Person, AccountRow.person_id == Person.id)
        assert db.scalars(theirs.where(Person.name == eve.person.name)).one()


async def test_words_of_a_stranger_are_answered_with_what_is_open(opened: TeamsOffice, eve: Somebody) -> None:
    await eve.says("hello")
    assert "is open to newcomers" in eve.reads

    await eve.says("Join as mentor")

    assert roles_of(opened, eve.person.name) == ["mentor"]


async def test_c7_a_guest_is_told_whom_to_ask(opened: TeamsOffice, teams: FakeTeams) -> None:
    gil = opened.somebody(teams.add("Gil Guest", "gil@elsewhere.example", role="guest"))

    await gil.installs()
    await gil.says("join")

    assert "only talk with people" in gil.reads
    assert "Mentoring" not in gil.reads
    assert roles_of(opened, "Gil Guest") == []
