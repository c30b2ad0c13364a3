"""Next: three steps at most, each drafted and looked at, and nothing sent that was not meant to be."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from world import Someone, World, as_text

from bot.actions import Action
from bot.calendar import local
from bot.desk.models import AuditEntry, Mailing
from bot.desk.views import Draft, DraftTo, DraftToAll
from bot.models import Pair, Role
from bot.stories.next import CallOff, SendMailing


@pytest.fixture
def silent(world: World, pair: Pair, cora: Someone) -> Pair:
    """A session has gone by, and neither has given a sign. It is Saturday noon in Dublin."""
    world.forward(days=11)
    return pair


def audited(world: World) -> list[str]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(AuditEntry.what).order_by(AuditEntry.id)))


@pytest.mark.usefixtures("pair")
def test_where_nothing_needs_them_there_is_nothing(cora: Someone) -> None:
    cora.says("next")

    assert "there is nothing that needs you today" in cora.reads


@pytest.mark.usefixtures("silent")
def test_a_silent_pair_is_offered_a_check_in_that_is_shown_before_it_is_sent(
    world: World, ben: Someone, ana: Someone, cora: Someone
) -> None:
    cora.says("next")
    assert "Ben · Ana: a session came and went" in cora.reads
    cora.presses("Draft a check-in")

    assert "nothing has been sent yet" in cora.reads
    assert "Ben: Cora Lynch, who runs Mentoring, asks how you and Ana are getting on" in cora.reads
    assert "[All is well] [A hand would be good] [A lighter rhythm] [Pause]" in cora.reads
    assert "To 2 people in 2 time zones" in cora.reads
    world.forward(days=3)
    assert ben.received("mailings.check_in") == ana.received("mailings.check_in") == []


@pytest.mark.usefixtures("silent")
def test_sent_it_comes_to_both_in_their_own_hours(
    world: World, ben: Someone, ana: Someone, cora: Someone
) -> None:
    cora.says("next")
    cora.presses("Draft a check-in")
    cora.presses("Send it")
    brought = [one for one in world.forward(days=4) if one.parcel.name == "mailings.check_in"]

    assert {one.to for one in brought} == {ben.email, ana.email}
    for one in brought:
        zone = {"ben@example.org": "America/Denver", "ana@example.org": "Europe/Dublin"}[one.to]
        assert 9 <= local(one.at, zone).hour < 18
    ben.presses("All is well")
    assert "Good to hear" in ben.reads
    cora.says("health")
    assert "Ben" not in cora.reads
    assert "next.did_check_in" in audited(world)


@pytest.mark.usefixtures("silent")
def test_pressed_twice_it_is_sent_once(world: World, ben: Someone, cora: Someone) -> None:
    cora.says("next")
    cora.presses("Draft a check-in")
    for _ in range(2):
        cora.presses("Send it")
    world.forward(days=4)

    assert len(ben.received("mailings.check_in")) == 1
    assert audited(world).count("next.did_check_in") == 1


@pytest.mark.usefixtures("silent")
def test_until_somebody_has_it_it_can_be_called_off(
    world: World, ben: Someone, ana: Someone, cora: Someone
) -> None:
    """On a Wednesday in the morning of Dublin, when it is night in Denver."""
    world.forward(days=3, hours=17, minutes=30)
    cora.says("next")
    cora.presses("Draft a check-in")
    cora.presses("Send it")
    world.forward(minutes=1)
    assert len(ana.received("mailings.check_in")) == 1

    cora.says("next")
    cora.presses("Call off what was sent")
    assert "In time for: 1 person. Had it already: 1 person" in cora.reads
    cora.presses(CallOff(1))
    assert "Nothing was sent" in cora.reads
    world.forward(days=2)

    assert ben.received("mailings.check_in") == []


@pytest.mark.usefixtures("silent")
def test_what_was_dropped_is_not_sent_by_an_old_button(world: World, ben: Someone, cora: Someone) -> None:
    cora.says("next")
    cora.presses("Draft a check-in")
    send = cora.button("Send it").action
    cora.presses("Do not send it")

    cora.presses(send)
    world.forward(days=4)

    assert "Nothing was sent" in cora.reads
    assert ben.received("mailings.check_in") == []


def test_who_is_left_out_is_counted_and_why(
    world: World, ben: Someone, ana: Someone, silent: Pair, cora: Someone
) -> None:
    ben.says("nudges")
    ben.presses("Edit")
    ben.fills(a_week="0")
    ana.goes()

    cora.presses(Draft("check_in", silent.id))

    assert "1 person wants no nudges" in cora.reads
    assert "1 person cannot be reached here" in cora.reads
    assert "would reach nobody at present" in cora.reads
    assert "[Send it]" not in cora.reads


def test_many_silent_pairs_are_one_step(world: World, pair: Pair, cora: Someone) -> None:
    people = [world.add(f"{name} Test", "Europe/Dublin") for name in ("Dan", "Eli", "Fay", "Gus")]
    for mentee, mentor in (people[:2], people[2:]):
        world.meet(mentee, mentor)
    world.forward(days=11)

    cora.says("next")
    assert "3 pairs may have got stuck" in cora.reads
    cora.presses("Draft a check-in")
    assert "To 6 people in 2 time zones" in cora.reads
    cora.presses("Send it")
    world.forward(days=4)

    assert all(len(one.received("mailings.check_in")) == 1 for one in people)


def test_a_mentor_of_several_silent_pairs_is_asked_about_each(
    world: World, ana: Someone, pair: Pair, cora: Someone
) -> None:
    others = [world.add(f"{name} Test", "Europe/Dublin") for name in ("Dan", "Eli")]
    for mentee, hour in zip(others, ("11:00", "13:00"), strict=True):
        world.meet(mentee, ana, at=hour)
    world.forward(days=11)

    cora.presses(DraftToAll("check_in", pair.programme_id))
    assert "To 4 people in 2 time zones" in cora.reads
    cora.presses("Send it")
    world.forward(days=8)

    asked = [as_text(message) for message in ana.received("mailings.check_in")]
    assert sorted(name for name in ("Ben", "Dan", "Eli") for text in asked if f"and {name} are" in text) == [
        *("Ben", "Dan", "Eli")
    ]


def test_who_asked_for_a_hand_comes_first(world: World, ben: Someone, pair: Pair, cora: Someone) -> None:
    ben.says("hand")
    ben.presses("find no time")

    cora.says("next")

    assert re.search(r"1\.: Ben · Ana: one of them asked for a hand", cora.reads)
    cora.presses("Look at it")
    assert "I am on it" in cora.reads


def test_whoever_waits_for_a_partner_is_not_forgotten(world: World, pair: Pair, cora: Someone) -> None:
    mia = world.add("Mia Sousa", "Europe/Lisbon")
    world.start(mia)
    world.enrol(Role.MENTEE, mia)
    world.forward(days=8)

    cora.says("next")
    cora.presses("Draft a word")
    cora.presses("Send it")
    world.forward(days=4)

    assert "has not forgotten you" in as_text(mia.received("mailings.welcome")[0])


@pytest.mark.usefixtures("silent")
def test_shorter_and_another_match_can_be_offered(world: World, ben: Someone, cora: Someone) -> None:
    cora.says("health")
    cora.presses("Ben · Ana")
    for label in ("lighter rhythm", "Offer another match"):
        cora.presses(label)
        cora.presses("Send it")
    world.forward(days=8)

    assert ben.received("mailings.shorter")
    assert ben.received("mailings.rematch")


# Nobody else


@pytest.mark.usefixtures("cora")
def test_whoever_takes_part_asks_for_what_is_next_for_them(ben: Someone, pair: Pair) -> None:
    ben.says("next")

    assert "[Next session]" in ben.reads


@pytest.mark.usefixtures("cora")
@pytest.mark.parametrize(
    "press",
    [Draft("check_in", 1), DraftToAll("check_in", 1), DraftTo("welcome", 1, 1), SendMailing(1), CallOff(1)],
)
def test_nobody_else_drafts_or_sends_anything(
    world: World, ben: Someone, pair: Pair, press: Action, cora: Someone
) -> None:
    """C2, C3"""
    world.forward(days=11)
    cora.says("next")
    cora.presses("Draft a check-in")

    ben.presses(press)

    assert "is not in a programme that you run" in ben.reads
    with world.bot.open_transaction() as db:
        assert [one.state for one in db.scalars(select(Mailing))] == ["draft"]


def test_an_odd_draft_is_none(cora: Someone, pair: Pair) -> None:
    for press in (Draft("nonsense", pair.id), DraftTo("check_in", 1, 1), DraftToAll("x", 1), SendMailing(99)):
        cora.presses(press)

        assert "is not in a programme that you run" in cora.reads


def test_a_pair_that_ended_meanwhile_gets_nothing(
    world: World, ben: Someone, silent: Pair, cora: Someone
) -> None:
    cora.presses(Draft("check_in", silent.id))
    with world.bot.open_transaction.begin() as db:
        db.get_one(Pair, silent.id).end_at = world.clock() - timedelta(seconds=1)
    world.bot.tick()

    cora.presses("Send it")
    world.forward(days=4)

    assert ben.received("mailings.check_in") == []
