"""Accounts: whose they are, what a platform says about somebody, and who is looked for there."""

import pytest
from sqlalchemy import func, select
from world import Someone, World

from bot import directory
from bot.events import Account, Arrived, Profile, StatusChanged, WorkspaceBack, WorkspaceGone
from bot.models import AccountRow, Person, Role, SeenEvent

LISBON = Profile(timezone="Europe/Lisbon")


@pytest.fixture
def mia(world: World) -> Someone:
    """Enrolled with the zone of the headquarters, and not there yet."""
    return world.add("Mia Sousa", "America/New_York", arrives=False)


def accounts(world: World) -> dict[str, str]:
    """Workspace and user to the name of whose it is."""
    with world.bot.open_transaction() as db:
        return {f"{row.workspace}/{row.user}": row.person.name for row in db.scalars(select(AccountRow))}


def written_to(someone: Someone) -> Account:
    with someone.world.bot.open_transaction() as db:
        row = db.get_one(AccountRow, someone.row.account_id)
        return Account(row.platform, row.workspace, row.user)


# Profiles


def test_until_they_have_started_their_own_settings_count_for_more_than_the_roster(mia: Someone) -> None:
    mia.arrives(Profile(name="mia.s", timezone="Europe/Lisbon", language="de"))

    assert mia.row.timezone == "Europe/Lisbon"
    assert mia.row.language == "de"
    assert mia.row.name == "Mia Sousa", "that is what those who run the programme call her"


def test_what_nobody_knows_changes_nothing(mia: Someone) -> None:
    mia.arrives(Profile(timezone="Atlantis/Capital", language="xx"))

    assert (mia.row.timezone, mia.row.language) == ("America/New_York", "en")


def test_whoever_has_no_name_gets_the_one_of_the_platform(world: World, mia: Someone) -> None:
    with world.bot.open_transaction.begin() as db:
        db.get_one(Person, mia.row.id).name = ""

    mia.arrives(Profile(name=" Mia de Sousa "))

    assert mia.row.name == "Mia de Sousa"


def test_what_they_have_confirmed_stays(world: World, mia: Someone) -> None:
    mia.arrives()
    world.start(mia)

    mia.arrives(Profile(timezone="Europe/Lisbon", language="de"))
    world.forward(days=3)

    assert (mia.row.timezone, mia.row.language) == ("America/New_York", "en")
    assert mia.received("moving.ask") == []


def test_two_accounts_do_not_pull_their_clock_to_and_fro(world: World, mia: Someone) -> None:
    mia.arrives(LISBON)
    there = Someone(world, mia.email, workspace="there")
    there.arrives(Profile(timezone="Europe/Madrid"))

    mia.arrives(LISBON)

    assert mia.row.timezone == "Europe/Madrid", "the last that was news"


def test_the_same_again_asks_and_changes_nothing(world: World, ben: Someone) -> None:
    world.forward(hours=1)

    for _ in range(3):
        ben.arrives(LISBON)
    world.forward(days=1)

    assert len(accounts(world)) == 1
    assert len(ben.received("welcome.hello") + ben.received("welcome.hello_without_host")) == 1


# Whose account


def test_an_account_stays_with_its_person_when_its_address_changes(
    world: World, ben: Someone, ana: Someone
) -> None:
    ben.arrives(email="ben.o@new.example")

    assert accounts(world) == {f"here/{ben.email}": "Ben Okafor", f"here/{ana.email}": "Ana Byrne"}


def test_nobody_becomes_somebody_else_by_taking_on_their_address(
    world: World, ben: Someone, ana: Someone
) -> None:
    """Ben is enrolled and sets the address of his account to Ana's."""
    ben.arrives(email=ana.email)

    ben.says("my data")
    ben.presses("See it")

    assert accounts(world)[f"here/{ben.email}"] == "Ben Okafor"
    assert "Ana Byrne" not in ben.reads
    assert written_to(ana) == ana.account


def test_a_stranger_with_the_address_of_somebody_who_is_there_stays_a_stranger(
    world: World, ana: Someone
) -> None:
    eve = Someone(world, "eve")

    eve.arrives(email=ana.email)
    eve.says("my data")

    assert eve.sees.name == "helping.stranger"
    assert len(accounts(world)) == 1


def test_a_new_account_in_place_of_one_that_is_gone_is_theirs(world: World, ana: Someone) -> None:
    """Deactivated and made anew: the platform gives nobody the address of an account that is in use."""
    ana.goes()
    anew = Someone(world, "ana2")

    anew.arrives(email=ana.email)
    anew.says("help")

    assert accounts(world)["here/ana2"] == "Ana Byrne"
    assert written_to(ana) == anew.account


def test_the_old_one_may_come_back_beside_the_new_one(world: World, ana: Someone) -> None:
    ana.goes()
    Someone(world, "ana2").arrives(email=ana.email)

    ana.arrives()

    assert written_to(ana).user == "ana2", "she is written to where she was heard of last"


def test_an_account_in_another_workspace_is_one_more(world: World, ana: Someone) -> None:
    there = ana.elsewhere()

    assert set(accounts(world).values()) == {"Ana Byrne"}
    assert written_to(ana) == ana.account, "until she speaks there"
    there.says("help")
    assert written_to(ana) == there.account


def test_whoever_has_left_stays_left(world: World, ana: Someone) -> None:
    ana.says("leave")
    ana.presses("Leave")
    world.forward(minutes=11)

    ana.arrives(LISBON)
    Someone(world, "ana2").arrives(email=ana.email)

    assert ana.row.timezone == "Europe/Dublin"
    assert len(accounts(world)) == 1


def test_an_address_is_kept_when_the_platform_gives_none(world: World, ben: Someone) -> None:
    world.bot.handle(Arrived(id="again", who=ben.account, email=ben.email))

    with world.bot.open_transaction() as db:
        assert db.scalars(select(AccountRow.address)).one() == ben.email


# What has no person


def test_what_a_platform_says_of_nobody_we_know_does_nothing(world: World, ben: Someone) -> None:
    eve = Someone(world, "eve")

    eve.goes()
    eve.arrives()
    nowhere = Account("test", "nowhere", "")
    world.bot.handle(WorkspaceBack(id="back", who=nowhere))
    world.bot.handle(WorkspaceGone(id="gone", who=nowhere))
    world.forward(days=40)

    assert ben.row.unreachable_since is None
    assert eve.chat == []
    with world.bot.open_transaction() as db:
        assert db.scalar(select(func.count()).select_from(Person)) == 1


def test_what_is_said_of_an_account_that_is_gone_brings_nobody_back(world: World, ben: Someone) -> None:
    ben.goes()

    world.bot.handle(StatusChanged(id="away", who=ben.account, away=True))
    world.forward(hours=1)

    assert ben.row.unreachable_since


def test_the_same_word_of_a_platform_twice_is_one(world: World, ben: Someone) -> None:
    gone = WorkspaceGone(id="same", who=Account("test", "here", ""))

    assert world.bot.handle_all([gone, gone]) == [None, None]

    with world.bot.open_transaction() as db:
        assert db.scalar(select(func.count()).where(SeenEvent.id == "test:same")) == 1


# Whom an adapter looks for


def test_lists_who_takes_part_and_is_not_there_yet(world: World, ben: Someone, mia: Someone) -> None:
    gus = world.add("Gus Left", "Europe/Dublin", arrives=False, left_at=world.clock())
    ivy = world.add("Ivy Gone", "Europe/Dublin")
    world.add("Hal Nobody", "Europe/Dublin", arrives=False)
    world.enrol(Role.MENTEE, ben, mia, gus, ivy)
    ivy.goes()

    missing = directory.unannounced(world.bot, "test")

    assert missing == [(mia.row.id, mia.email)]
    assert (ben.row.id, ben.email) in directory.unannounced(world.bot, "another")


def test_lists_the_accounts_of_a_platform_that_are_in_use(world: World, ben: Someone, ana: Someone) -> None:
    ana.goes()

    assert directory.accounts(world.bot, "test") == [ben.account]
    assert directory.accounts(world.bot, "another") == []
    assert directory.is_known(world.bot, ana.account)
    assert not directory.is_known(world.bot, Account("test", "there", ana.email))
