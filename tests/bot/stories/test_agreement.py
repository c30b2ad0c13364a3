"""Agreement, through the front door."""

import pytest
from world import Someone, World, as_text, at

from bot.away import UNDO_WITHIN
from bot.stories.agreement import FillIn, Send, Settle


@pytest.fixture
def introduced(world: World, ben: Someone, ana: Someone) -> int:
    """Ben and Ana know each other; the id of their pair."""
    world.start(ben, ana)
    pair = world.pair(ben, ana, introduce_at=world.clock())
    world.forward(minutes=1)
    return pair.id


@pytest.mark.usefixtures("introduced")
def test_nobody_sees_a_half_before_both_are_there(world: World, ben: Someone, ana: Someone) -> None:
    ben.presses("Fill in our agreement")
    ben.fills(hopes="To speak up in meetings.")
    world.forward(hours=1)

    assert "not before" in ben.reads
    assert not any("speak up" in fact.value for message in ana.chat for fact in message.facts)


@pytest.mark.usefixtures("introduced")
def test_both_see_both_once_both_are_there(world: World, ben: Someone, ana: Someone) -> None:
    ben.presses("Fill in our agreement")
    ben.fills(hopes="To speak up in meetings.", minutes="30")
    ana.presses("Fill in our agreement")
    ana.fills(hopes="To learn how you see us.", minutes="60")
    world.forward(hours=1)

    for someone in (ben, ana):
        assert "To speak up in meetings." in someone.reads
        assert "To learn how you see us." in someone.reads
        assert "The gentler of both: every 2 weeks, 30 minutes" in someone.reads


@pytest.mark.usefixtures("introduced")
def test_one_press_settles_a_difference_and_the_other_is_told(
    world: World, ben: Someone, ana: Someone
) -> None:
    _both_fill_in(ben, ana)

    ana.presses("Take the gentler one")
    assert "Settled: every 3 weeks, 30 minutes and an answer within 5 working days" in ana.reads
    world.forward(hours=1)

    assert ben.received("agreement.settled_by_partner")
    assert ben.received("sessions.times"), "and then a time is looked for"


@pytest.mark.usefixtures("introduced")
def test_who_wants_the_same_has_nothing_to_settle(world: World, ben: Someone, ana: Someone) -> None:
    for someone in (ben, ana):
        someone.presses("Fill in our agreement")
        someone.fills(hopes="Something", minutes="45")
    world.forward(hours=1)

    assert ana.received("agreement.settled")
    assert ben.received("agreement.settled")
    assert ana.received("sessions.times")


@pytest.mark.usefixtures("introduced")
def test_a_second_press_changes_nothing(world: World, ben: Someone, ana: Someone) -> None:
    _both_fill_in(ben, ana)
    button = ana.button("Take the gentler one").action

    ana.presses(button)
    ana.presses(button)
    world.forward(hours=1)

    assert len(ben.received("agreement.settled_by_partner")) == 1
    assert len(ben.received("sessions.times")) == 1


@pytest.mark.usefixtures("introduced")
def test_can_be_changed_later(world: World, ben: Someone, ana: Someone) -> None:
    _both_fill_in(ben, ana)
    ana.presses("Take the gentler one")
    world.forward(days=1)

    ben.says("agreement")
    ben.presses("Change my half")
    assert ben.form is not None
    assert ben.form.fields[0].value == "To speak up"
    ben.fills(every_weeks="1")
    world.forward(days=1)

    assert "You: every week" in as_text(ben.received("agreement.differ")[-1])
    assert "Ben: every week" in as_text(ana.received("agreement.differ")[-1])


def test_a_half_without_hopes_is_asked_for_at_its_field(ben: Someone, introduced: int) -> None:
    ben.presses("Fill in our agreement")

    ben.fills(hopes="  ")

    assert "One short sentence" in ben.mistakes["hopes"]


def test_made_up_numbers_are_refused(ben: Someone, introduced: int) -> None:
    ben.presses("Fill in our agreement")

    ben.fills(hopes="Something", minutes="-5")

    assert set(ben.mistakes) == {"minutes"}


def test_nobody_touches_the_agreement_of_others(world: World, ben: Someone, introduced: int) -> None:
    """C2, C3."""
    eve = world.add("Eve Stone", "Europe/London")
    world.start(eve)

    eve.presses(FillIn(introduced))
    assert "come to an end" in eve.reads
    eve.presses(Settle(introduced, 1, 30, 1))
    assert "come to an end" in eve.reads


def test_what_was_typed_for_a_pair_that_has_ended_is_given_back(world: World, introduced: int) -> None:
    """E5."""
    eve = world.add("Eve Stone", "Europe/London")
    eve.form = world.bot.prompts.ask(
        "en", "agreement.form", Send(introduced), given={}, choices={}, only=["hopes"], partner="Ben"
    )

    eve.fills(hopes="A long text that took me an hour.")

    assert "A long text that took me an hour." in eve.reads


@pytest.mark.usefixtures("introduced")
def test_reminds_twice_and_then_never_again(world: World, ben: Someone) -> None:
    world.forward(days=21)

    assert len(ben.received("agreement.remind")) == 2


def _both_fill_in(ben: Someone, ana: Someone) -> None:
    ben.presses("Fill in our agreement")
    ben.fills(hopes="To speak up", every_weeks="2", minutes="30", response_days="5")
    ana.presses("Fill in our agreement")
    ana.fills(hopes="To listen", every_weeks="3", minutes="60", response_days="1")


def test_numbers_that_nobody_can_choose_settle_nothing(ben: Someone, ana: Someone, introduced: int) -> None:
    for someone, minutes in ((ben, "30"), (ana, "60")):
        someone.presses("Fill in our agreement")
        someone.fills(hopes="To speak up", minutes=minutes)

    ben.presses(Settle(introduced, 0, 30, 2))

    assert ben.sees.name == "agreement.differ"


def test_all_that_was_written_comes_back_when_the_pair_has_ended(
    world: World, ben: Someone, ana: Someone, introduced: int
) -> None:
    """E5"""
    ben.presses("Fill in our agreement")
    ana.says("leave")
    ana.presses("^Leave$")
    world.clock.move_to(world.clock() + UNDO_WITHIN)
    world.bot.tick()

    ben.fills(hopes="To speak up", ending="One short message")

    assert "To speak up" in ben.reads
    assert "One short message" in ben.reads


@pytest.mark.usefixtures("introduced")
def test_a_reminder_that_still_waits_is_dropped_when_both_have_filled_in(
    world: World, ben: Someone, ana: Someone
) -> None:
    """It fell due in the evening, and was to come in the morning."""
    world.until(at("2026-02-04", "20:00", "Europe/Dublin"))
    for someone in (ana, ben):
        someone.says("agreement")
        someone.fills(hopes="To listen", minutes="30" if someone is ben else "60")
    world.until(at("2026-02-05", "12:00", "Europe/Dublin"))

    late = [d for d in world.deliveries if d.at > at("2026-02-04", "20:00", "Europe/Dublin")]
    assert [d.parcel.name for d in late if d.to == ana.email] == ["agreement.differ"]


@pytest.mark.usefixtures("introduced")
def test_whoever_settles_it_is_not_asked_to_settle_it(world: World, ben: Someone, ana: Someone) -> None:
    ana.presses("Fill in our agreement")
    ana.fills(hopes="To listen", minutes="60")
    world.until(at("2026-02-04", "21:00", "Europe/Dublin"))
    ben.presses("Fill in our agreement")
    ben.fills(hopes="To speak up", minutes="30")
    ana.says("agreement")
    ana.presses("Take the gentler one")
    world.forward(days=2)

    assert [m.name for m in ana.chat[-3:] if m.name == "agreement.differ"] == []
    assert ben.received("agreement.settled_by_partner")


@pytest.mark.usefixtures("introduced")
def test_nobody_is_asked_about_the_agreement_while_one_is_away(
    world: World, ben: Someone, ana: Someone
) -> None:
    ben.says("pause")
    world.forward(days=9)
    assert ana.received("agreement.remind") == []

    ben.says("back")
    world.forward(days=2)

    assert len(ana.received("agreement.remind")) == 1
