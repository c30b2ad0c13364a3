"""Digest: what would be too much comes as one message, and so does what came in during an absence."""

import pytest
from world import Someone, World, as_text, at

from bot import nudging


@pytest.fixture(autouse=True)
def _nobody_is_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nudging.is_held_out, "__defaults__", (0.0,))


@pytest.fixture
def mentees(world: World, ana: Someone) -> list[Someone]:
    """Three people whose mentor is Ana."""
    found = [world.add(f"{name} Test", "Europe/Dublin") for name in ("Cleo", "Dara", "Eoin")]
    for mentee in found:
        world.meet(mentee, ana, plan_at=None)
    world.start(ana)
    return found


@pytest.mark.usefixtures("ana")
def test_several_nudges_at_once_are_one_message(world: World, ana: Someone, mentees: list[Someone]) -> None:
    """E25: the first of them arrives, and the others come together on the next day that has room."""
    for mentee in mentees:
        mentee.says(f"ask A question of {mentee.row.first_name}")
    world.until(at("2026-02-20", "12:00", "Europe/Dublin"))

    nudges = [one.parcel for one in world.deliveries if one.to == ana.email and one.parcel.kind == "nudge"]
    assert [nudge.name for nudge in nudges] == ["digest.nudges", "digest.nudges"]
    text = as_text(nudges[0].message)
    assert "3 things, whenever they suit you" in text
    assert "1. Cleo’s words from Tuesday 3 February" in text
    assert "[1. Reply] [2. Reply] [3. Reply] [Why did I get this?]" in text


def test_a_number_opens_the_message_itself(world: World, ana: Someone, mentees: list[Someone]) -> None:
    for mentee in mentees:
        mentee.says(f"ask A question of {mentee.row.first_name}")
    world.until(at("2026-02-06", "18:00", "Europe/Dublin"))

    ana.says("2")

    assert ana.sees.name == "turns.nudge"
    assert "Dara: A question of Dara" in ana.reads
    ana.presses("In our next session")
    world.forward(days=3)
    assert "Let us talk about it in our next session." in mentees[1].reads


def test_nobody_opens_what_was_meant_for_somebody_else(
    world: World, ana: Someone, mentees: list[Someone]
) -> None:
    """C3"""
    for mentee in mentees:
        mentee.says(f"ask A question of {mentee.row.first_name}")
    world.until(at("2026-02-06", "18:00", "Europe/Dublin"))
    part = ana.button("2. Reply").action

    mentees[0].presses(part)

    assert mentees[0].sees.name == "digest.gone"
    assert "Dara" not in mentees[0].reads


def test_what_came_in_during_an_absence_is_one_message(
    world: World, ana: Someone, mentees: list[Someone]
) -> None:
    ana.says("pause")
    for mentee in mentees:
        mentee.says(f"ask A question of {mentee.row.first_name}")
    world.forward(days=5)
    before = len(world.deliveries)

    ana.says("back")
    world.forward(days=1)

    assert ana.received("pause.welcome_back")
    landed = [one for one in world.deliveries[before:] if one.to == ana.email and not one.parcel.session_id]
    assert [delivery.parcel.name for delivery in landed] == ["digest.landing"]
    assert "These 3 things came in while you were away" in as_text(landed[0].parcel.message)
    ana.presses("3. Reply")
    assert "Eoin: A question of Eoin" in ana.reads
