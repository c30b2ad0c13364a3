"""Who somebody is in Teams: found when they are enrolled, by either of two addresses, never by polling."""

from datetime import timedelta
from typing import Any

import pytest
from fake_teams import BAD_GATEWAY, FakePerson, FakeTeams, Fault
from sqlalchemy import select
from teams_office import Somebody, TeamsOffice, words
from world import Someone

from adapters.teams import store
from adapters.teams.people import People
from bot.models import AccountRow, Role

Json = dict[str, Any]


def people(office: TeamsOffice) -> People:
    return office.server._clerk._people


def everything_kept(office: TeamsOffice) -> str:
    with office.world.bot.open_transaction.begin() as db:
        return repr(db.execute(select(store._newcomers)).all())


def has_account(office: TeamsOffice, someone: Someone) -> bool:
    with office.world.bot.open_transaction.begin() as db:
        found = select(AccountRow.id).where(AccountRow.person_id == someone.row.id)
        return db.scalar(found) is not None


@pytest.fixture
async def cora(office: TeamsOffice, teams: FakeTeams) -> Somebody:
    """She has the app, and is on no roster."""
    cora = office.somebody(teams.add("Cora Host", "cora@example.org"))
    await cora.installs()
    return cora


async def test_whoever_is_enrolled_later_is_found_without_writing(
    office: TeamsOffice, cora: Somebody
) -> None:
    assert "only talk with people" in cora.reads
    someone = office.world.add("Cora Host", "Europe/London", arrives=False)
    office.world.enrol(Role.MENTEE, someone)
    asked = len(office.teams.calls)

    await people(office).go_round()
    assert len(office.teams.calls) == asked  # Teams is not asked
    await office.forward(days=1)

    assert has_account(office, someone)
    assert "start" in "".join(words(one.card) for one in cora.chat).lower()
    assert everything_kept(office) == "[]"


async def test_whoever_is_enrolled_and_installs_it_again_is_known_at_once(
    office: TeamsOffice, cora: Somebody
) -> None:
    someone = office.world.add("Cora Host", "Europe/London", arrives=False)

    await cora.installs()

    assert has_account(office, someone)


async def test_their_clock_is_known_by_then(office: TeamsOffice, cora: Somebody) -> None:
    await cora.says("hello")
    someone = office.world.add("Cora Host", "UTC", arrives=False)
    office.world.enrol(Role.MENTEE, someone)

    await people(office).go_round()

    assert someone.row.timezone == "Europe/Dublin"


async def test_of_somebody_who_takes_part_in_nothing_no_address_is_kept(
    office: TeamsOffice, cora: Somebody
) -> None:
    kept = everything_kept(office)

    assert cora.person.aad in kept
    assert not any(word in kept for word in ("Cora Host", "cora@", "example.org"))


@pytest.mark.parametrize("word", ["hello", "home"])
async def test_whoever_writes_a_minute_after_they_were_enrolled_is_known(
    office: TeamsOffice, teams: FakeTeams, word: str
) -> None:
    dora = office.somebody(teams.add("Dora Late", "dora@example.org"))
    someone = office.world.add("Dora Late", "Europe/London", arrives=False)

    await dora.says(word)

    assert "start" in dora.reads.lower()
    assert has_account(office, someone)


async def test_either_of_two_addresses_is_theirs(
    office: TeamsOffice, teams: FakeTeams, monkeypatch: Any
) -> None:
    """The one with which they sign in is often another than their e-mail."""
    someone = office.world.add("Dora Late", "Europe/London", arrives=False)
    dora = office.somebody(teams.add("Dora Late", someone.email))
    account = dora.person.account | {
        "email": "d.late@example.com",
        "userPrincipalName": someone.email.upper(),
    }
    monkeypatch.setattr(type(dora.person), "account", account)

    await dora.installs()

    assert has_account(office, someone)


async def test_and_is_found_by_the_second_when_enrolled_later(
    office: TeamsOffice, teams: FakeTeams, monkeypatch: Any
) -> None:
    dora = office.somebody(teams.add("Dora Late", "dora@example.org"))
    account = dora.person.account | {"email": "d.late@example.com"}
    monkeypatch.setattr(type(dora.person), "account", account)
    await dora.installs()
    someone = office.world.add("Dora Late", "Europe/London", arrives=False)
    office.world.enrol(Role.MENTEE, someone)

    await people(office).go_round()

    assert has_account(office, someone)


async def test_a_bad_day_does_not_make_anybody_a_stranger_or_forget_them(
    office: TeamsOffice, teams: FakeTeams, cora: Somebody
) -> None:
    people(office)._strangers.clear()
    teams.next(*[BAD_GATEWAY] * 3, of="member")
    await cora.says("hello")
    someone = office.world.add("Cora Host", "Europe/London", arrives=False)
    office.world.enrol(Role.MENTEE, someone)

    await people(office).go_round()

    assert has_account(office, someone)


@pytest.mark.parametrize("fault", [Fault(drops=True), Fault(401), Fault(429, retry_after="60"), Fault(404)])
async def test_where_nobody_says_who_they_are_they_are_asked_about_again(
    office: TeamsOffice, teams: FakeTeams, ben: Somebody, fault: Fault
) -> None:
    teams.next(fault, of="member")
    await ben.says("hello")
    office.world.clock.move_to(office.world.clock() + timedelta(minutes=2))

    await ben.says("hello")

    assert "start" in ben.reads.lower()


async def test_a_stranger_who_writes_and_writes_is_asked_about_once(
    office: TeamsOffice, eve: Somebody
) -> None:
    for _ in range(3):
        await eve.says("hello")

    assert len(office.teams.called("member")) == 1


async def test_a_stranger_who_takes_the_app_out_is_forgotten(office: TeamsOffice, cora: Somebody) -> None:
    await cora.removes()

    assert everything_kept(office) == "[]"


@pytest.mark.parametrize(
    ("told", "zone", "language"),
    [
        (
            {"entities": [], "localTimezone": "W. Europe Standard Time", "locale": "de-DE"},
            "Europe/Berlin",
            "de",
        ),
        (
            {"entities": [], "localTimezone": "Pacific Standard Time", "locale": "en-US"},
            "America/Los_Angeles",
            "en",
        ),
        ({"entities": [], "localTimezone": "Asia/Kolkata", "locale": "fr-FR"}, "Asia/Kolkata", "en"),
        ({"entities": [], "localTimezone": "Mars/Phobos", "locale": "xx"}, "America/Denver", "en"),
        ({"entities": [], "localTimezone": None, "locale": None}, "America/Denver", "en"),
    ],
)
async def test_clock_and_language_are_those_of_their_client(
    office: TeamsOffice,
    ben: Somebody,
    enrolled: tuple[Someone, Someone],
    told: Json,
    zone: str,
    language: str,
) -> None:
    await ben._sends(type="installationUpdate", action="add", **told)
    await ben.says("hello", **told)

    assert (enrolled[0].row.timezone, enrolled[0].row.language) == (zone, language)


async def test_they_follow_until_somebody_has_set_their_own(
    office: TeamsOffice, ben: Somebody, enrolled: tuple[Someone, Someone]
) -> None:
    await ben.says("hello")
    before = enrolled[0].row.timezone
    await ben.says("hello", entities=[], localTimezone="Asia/Tokyo")

    assert (before, enrolled[0].row.timezone) == ("Europe/Dublin", "Asia/Tokyo")


async def test_nothing_is_written_down_for_a_clock_that_stands_still(
    office: TeamsOffice, met: None, ben: Somebody
) -> None:
    handled: list[str] = []
    handle = office.desk.handle

    async def counted(event: Any) -> Any:
        handled.append(type(event).__name__)
        return await handle(event)

    await ben.says("help")
    office.server._clerk._people._desk.handle = counted  # type: ignore[method-assign]

    await ben.says("help")

    assert "Arrived" not in handled


async def test_whose_coming_nobody_could_explain_is_welcomed_a_little_later(
    office: TeamsOffice, teams: FakeTeams, ben: Somebody
) -> None:
    teams.next(*[BAD_GATEWAY] * 3, of="member")
    await ben.installs()
    assert ben.chat == []

    await people(office).go_round()
    await office.settle()

    assert "start" in ben.reads.lower()


async def test_with_several_tenants_an_address_that_anybody_could_be_given_counts_for_nothing(
    office: TeamsOffice, teams: FakeTeams, enrolled: tuple[Someone, Someone], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An administrator sets the e-mail address as they like, but signs nobody in under a foreign domain."""
    monkeypatch.setattr(people(office), "_one_tenant", False)
    mallory = teams.add("Mallory", enrolled[0].email)
    monkeypatch.setattr(type(mallory), "account", property(_signs_in_as("mallory@example.net")))

    await office.somebody(mallory).installs()

    assert not has_account(office, enrolled[0])


def _signs_in_as(name: str) -> Any:
    before: Any = vars(FakePerson)["account"].fget
    return lambda person: before(person) | {"userPrincipalName": name}


async def test_who_has_been_on_no_roster_for_half_a_year_is_forgotten(
    office: TeamsOffice, cora: Somebody
) -> None:
    office.world.clock.move_to(office.world.clock() + timedelta(days=181))

    await people(office).go_round()

    assert everything_kept(office) == "[]"
