"""Weekly: one message on Monday, at an hour of their own."""

import pytest
from world import Someone, World, as_text

from bot.calendar import local
from bot.models import Role


@pytest.fixture
def cora(world: World) -> Someone:
    cora = world.add("Cora Lynch", "Europe/Dublin")
    world.enrol(Role.COORDINATOR, cora)
    cora.says("start")
    cora.presses("That is right")
    return cora


@pytest.mark.usefixtures("pair")
def test_it_comes_every_monday_when_their_day_begins(world: World, cora: Someone) -> None:
    brought = [one for one in world.forward(days=20) if one.parcel.name == "weekly.digest"]

    times = [local(one.at, "Europe/Dublin") for one in brought]
    assert [f"{at:%a %d %H:%M}" for at in times] == ["Mon 09 09:00", "Mon 16 09:00", "Mon 23 09:00"]


@pytest.mark.usefixtures("pair")
def test_it_says_what_health_says_and_what_helps_most(world: World, cora: Someone) -> None:
    world.forward(days=13)

    message = as_text(cora.received("weekly.digest")[-1])

    assert "Pairs that are on track" in message
    assert "Ben Okafor · Ana Byrne: a session came and went" in message
    assert "What helps most: Ben · Ana" in message


@pytest.mark.usefixtures("pair")
def test_it_can_be_switched_off_and_on_again(world: World, cora: Someone) -> None:
    world.forward(days=6)
    cora.presses("No weekly message")
    assert "The weekly message is off" in cora.reads
    world.forward(days=14)
    assert len(cora.received("weekly.digest")) == 1

    cora.presses("Switch it on")
    assert "The next one comes on" in cora.reads
    world.forward(days=7)

    assert len(cora.received("weekly.digest")) == 2


@pytest.mark.usefixtures("pair")
def test_whoever_left_hears_nothing(world: World, cora: Someone) -> None:
    world.enrol(Role.OWNER, world.add("Olga Roth", "Europe/Berlin"))
    cora.says("leave")
    cora.presses("Leave")
    world.forward(days=14)

    assert cora.received("weekly.digest") == []


@pytest.mark.usefixtures("pair", "cora")
def test_nobody_else_gets_it(world: World, ben: Someone) -> None:
    world.forward(days=14)
    ben.says("weekly")

    assert "That is for those who run the programme" in ben.reads
    assert ben.received("weekly.digest") == []
