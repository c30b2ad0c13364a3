"""Whether the bot follows somebody's clock."""

import pytest
from world import Someone, World, at

from bot.events import Profile
from bot.stories.moving import Follow, StayPut

DUBLIN, LISBON = Profile(timezone="Europe/Dublin"), Profile(timezone="Europe/Lisbon")


@pytest.fixture
def ana(world: World) -> Someone:
    """In Dublin, as her account says, too."""
    ana = world.add("Ana Byrne", "Europe/Dublin", arrives=False).arrives(DUBLIN)
    world.start(ana)
    return ana


def test_asks_once_and_changes_nothing_by_itself(world: World, ana: Someone) -> None:
    ana.arrives(LISBON)
    ana.arrives(LISBON)
    world.bot.tick()
    world.bot.tick()
    world.forward(days=1)

    assert "Your clock says Lisbon now" in ana.reads
    assert "[Yes, follow] [Keep Dublin]" in ana.reads
    world.forward(days=10)
    assert len(ana.received("moving.ask")) == 1
    assert ana.row.timezone == "Europe/Dublin"


def test_follows_if_they_say_so_and_goes_back_as_easily(world: World, ana: Someone) -> None:
    ana.arrives(Profile(timezone="Asia/Tokyo"))
    world.forward(days=1)

    ana.says("yes")

    assert ana.row.timezone == "Asia/Tokyo"
    assert "Tokyo" in ana.reads
    ana.presses("Undo")
    assert ana.row.timezone == "Europe/Dublin"


def test_does_not_ask_again_what_they_have_declined(world: World, ana: Someone) -> None:
    ana.arrives(LISBON)
    world.forward(days=1)
    ana.presses("Keep Dublin")
    assert "I go by Dublin" in ana.reads

    ana.arrives(LISBON)
    world.forward(days=30)

    assert len(ana.received("moving.ask")) == 1
    assert ana.row.timezone == "Europe/Dublin"


def test_asks_nothing_when_they_are_home_before_the_question_reaches_them(world: World, ana: Someone) -> None:
    world.until(at("2026-02-03", "22:00", "Europe/Dublin"))
    ana.arrives(LISBON)
    world.forward(hours=1)

    ana.arrives(DUBLIN)
    world.forward(days=2)

    assert ana.received("moving.ask") == []


def test_asks_nothing_during_a_pause(world: World, ana: Someone) -> None:
    ana.says("pause")

    ana.arrives(LISBON)
    world.forward(days=5)

    assert ana.received("moving.ask") == []


def test_a_pair_plans_by_the_new_clock(world: World, ben: Someone, ana: Someone) -> None:
    pair = world.meet(ben, ana)
    before = world.session(pair)
    ana.presses(Follow("Asia/Tokyo"))
    world.forward(minutes=1)

    after = world.session(pair)
    assert after.starts_at == before.starts_at, "it stays where the two have put it"
    assert after.seat_of(ana.row).closing_at != before.seat_of(ana.row).closing_at
    assert after.seat_of(ben.row).closing_at == before.seat_of(ben.row).closing_at


def test_an_old_button_and_a_made_up_zone_do_no_harm(ana: Someone) -> None:
    ana.presses(Follow("Atlantis/Capital"))
    assert ana.sees.name == "moving.stays"
    ana.presses(Follow("Europe/Dublin"))
    assert ana.sees.name == "moving.stays"
    ana.presses(StayPut())
    ana.presses(StayPut())

    assert ana.row.timezone == "Europe/Dublin"


def test_somebody_who_has_gone_meanwhile_is_not_asked(world: World, ana: Someone) -> None:
    ana.arrives(LISBON)
    ana.goes()

    world.forward(days=3)
    ana.arrives()
    world.forward(days=3)

    assert ana.received("moving.ask") == []


def test_speaks_german(world: World) -> None:
    uwe = world.add("Uwe Test", "Europe/Berlin", language="de", arrives=False)
    uwe.arrives(Profile(timezone="Europe/Berlin"))
    world.start(uwe)

    uwe.arrives(LISBON)
    world.forward(days=1)

    assert "Deine Uhr sagt jetzt Lisbon" in uwe.reads
    assert "[Bei Berlin bleiben]" in uwe.reads
