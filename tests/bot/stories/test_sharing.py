"""Showing an entry of the journal to a partner, through the front door."""

import pytest
from sqlalchemy import select
from world import Someone, World, as_text

from bot.decisions import AskShare, Unshare
from bot.models import JournalEntry, Pair
from bot.stories.journal import WriteOne
from bot.stories.sharing import OpenShared, Share

TEAM = "Stay with the platform team"


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    return world.meet(ben, ana)


def writes(someone: Someone, choice: str = TEAM, **parts: str) -> None:
    someone.presses(WriteOne())
    someone.fills(choice=choice, **parts)


def entries(world: World) -> list[JournalEntry]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(JournalEntry).order_by(JournalEntry.id)))


def shares(world: World, ben: Someone) -> None:
    writes(ben, sure="80")
    ben.presses("Show it to Ana")
    ben.presses("Show it")


@pytest.mark.usefixtures("pair")
def test_shows_what_would_be_shared_before_it_is(world: World, ben: Someone, ana: Someone) -> None:
    writes(ben, sure="80")
    ben.presses("Show it to Ana Byrne")
    assert "This is what Ana would get" in ben.reads
    assert TEAM in ben.reads

    ben.presses("Keep it to myself")
    world.forward(days=1)
    assert ben.sees.name == "journal.one"
    assert ana.received("sharing.shown") == []


@pytest.mark.usefixtures("pair")
def test_the_partner_gets_it_and_can_open_it_again(world: World, ben: Someone, ana: Someone) -> None:
    shares(world, ben)
    assert "Who sees it: You and Ana" in ben.reads
    world.forward(days=1)

    assert TEAM in as_text(ana.received("sharing.shown")[0])
    ana.presses("Open it again")
    assert TEAM in ana.reads


@pytest.mark.usefixtures("pair")
def test_pressed_twice_it_is_shown_once(world: World, ben: Someone, ana: Someone) -> None:
    """E3."""
    shares(world, ben)
    ben.presses("^Show it$")
    world.forward(days=1)

    assert len(ana.received("sharing.shown")) == 1


@pytest.mark.usefixtures("pair")
def test_what_is_changed_later_stays_with_the_author(world: World, ben: Someone, ana: Someone) -> None:
    shares(world, ben)
    world.forward(days=1)
    ben.presses("Edit")
    ben.fills(expect="To be alone with it")
    assert "Who sees it: You; Ana sees version 1" in ben.reads
    ana.presses("Open it again")
    assert "alone" not in ana.reads

    ben.presses("Show the change")
    ben.presses("^Show it$")
    world.forward(days=1)
    assert "alone" in as_text(ana.received("sharing.shown")[-1])


def test_what_changed_since_they_were_asked_is_asked_again(world: World, ben: Someone, pair: Pair) -> None:
    writes(ben)
    ben.presses("Show it to Ana")
    ben.presses("Edit")
    ben.fills(expect="To be alone with it")

    ben.presses(Share(entries(world)[0].id, pair.id, 1))

    assert ben.sees.name == "sharing.ask_share"
    assert "alone" in ben.reads
    assert entries(world)[0].pair_id is None


@pytest.mark.usefixtures("pair")
def test_no_longer_shown_it_cannot_be_opened(world: World, ben: Someone, ana: Someone) -> None:
    shares(world, ben)
    world.forward(days=1)

    ben.presses("Stop showing it")

    assert "What has already arrived in their chat stays" in ben.reads
    ana.presses("Open it again")
    assert ana.sees.name == "sharing.not_shown"
    assert "platform" not in ana.reads


@pytest.mark.usefixtures("pair")
def test_what_has_not_arrived_never_does(world: World, ben: Someone, ana: Someone) -> None:
    shares(world, ben)

    ben.presses("Stop showing it")

    assert ben.sees.name == "journal.unshared_in_time"
    world.forward(days=2)
    assert ana.received("sharing.shown") == []


@pytest.mark.usefixtures("pair")
def test_it_can_be_shown_again(world: World, ben: Someone, ana: Someone) -> None:
    shares(world, ben)
    ben.presses("Stop showing it")

    ben.presses("Show it to Ana")
    ben.presses("^Show it$")
    world.forward(days=1)

    assert len(ana.received("sharing.shown")) == 1


@pytest.mark.usefixtures("pair")
def test_a_mentor_of_two_chooses_whom(world: World, ana: Someone, ben: Someone) -> None:
    cem = world.add("Cem Aydin", "Europe/Istanbul")
    world.meet(cem, ana, weekday=3)
    writes(ana)
    assert {"Show it to Ben Okafor", "Show it to Cem Aydin"} <= {button.label for button in ana.sees.buttons}

    ana.presses("Show it to Cem")
    ana.presses("^Show it$")
    world.forward(days=1)

    assert len(cem.received("sharing.shown")) == 1
    ben.presses(OpenShared(entries(world)[0].id))
    assert ben.sees.name == "sharing.not_shown"


@pytest.mark.usefixtures("pair")
def test_it_outlives_the_pair_and_is_shown_to_nobody_then(world: World, ben: Someone, ana: Someone) -> None:
    shares(world, ben)
    entry = entries(world)[0]
    world.forward(days=1)
    ana.says("leave")
    ana.presses("Leave")
    world.forward(hours=1)

    ben.says("journal")
    ben.presses("Stay with")
    assert TEAM in ben.reads
    assert "Who sees it" not in ben.reads
    assert "Show it to" not in ben.reads
    ana.presses(OpenShared(entry.id))
    assert "platform" not in ana.reads
    for action in (AskShare(entry.id, entry.pair_id or 0), Unshare(entry.id)):
        ben.presses(action)
        assert TEAM in ben.reads


@pytest.mark.usefixtures("pair")
def test_what_was_shown_says_what_stays(world: World, ben: Someone, ana: Someone) -> None:
    shares(world, ben)
    world.forward(days=1)

    ben.presses("Delete")

    assert ben.sees.name == "journal.deleted_and_shared"
    ana.presses("Open it again")
    assert ana.sees.name == "sharing.not_shown"
