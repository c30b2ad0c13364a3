"""The monthly invitation to show a draft, through the front door."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from world import Someone, World, at

from bot.courtesy import Kind
from bot.drafting import AskDraft
from bot.models import Pair, Session, State
from bot.stories.monthly import NotThisMonth

pytestmark = pytest.mark.usefixtures("_never_quiet")


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    return world.meet(ben, ana)


def shows(someone: Someone, pair: Pair, **parts: str) -> None:
    someone.presses(AskDraft(pair.id))
    someone.fills(**({"text": "Three slides of my talk", "unsure": "The order"} | parts))


def end(world: World, pair: Pair) -> None:
    with world.bot.open_transaction.begin() as db:
        db.get_one(Pair, pair.id).ended_at = world.clock()


def met(world: World, pair: Pair) -> None:
    """They have met a moment ago, whatever else happens."""
    with world.bot.open_transaction.begin() as db:
        session = db.scalars(select(Session).where(Session.pair_id == pair.id).order_by(Session.id)).first()
        assert session
        session.state, session.closed_at, session.close_at = State.HELD, world.clock(), None


def may_suggest(world: World, pair: Pair) -> None:
    with world.bot.open_transaction.begin() as db:
        db.get_one(Pair, pair.id).suggest_draft_at = world.clock()


def invitations(someone: Someone) -> list[str]:
    names = {"mentor_shows", "mentee_shows", "mentee_reviews", "mentee_asks"}
    return [name for message in someone.chat if (name := message.name.removeprefix("monthly.")) in names]


def in_month(world: World, pair: Pair, number: int) -> None:
    """The pair has met lately, and may be invited now."""
    world.until(world.clock() + timedelta(days=30 * (number - 1)))
    met(world, pair)
    may_suggest(world, pair)
    world.forward(days=4)


@pytest.mark.parametrize(
    ("month", "mentor", "mentee"),
    [
        (1, ["mentor_shows"], []),
        (2, ["mentor_shows"], []),
        (3, [], ["mentee_shows"]),
        (4, [], ["mentee_shows"]),
        (5, [], ["mentee_asks"]),
        (9, [], ["mentee_asks"]),
    ],
)
def test_the_mentor_begins_and_in_the_end_the_mentee_reviews(
    world: World, ben: Someone, ana: Someone, pair: Pair, month: int, mentor: list[str], mentee: list[str]
) -> None:
    in_month(world, pair, month)

    assert (invitations(ana), invitations(ben)) == (mentor, mentee)


def test_it_begins_when_the_two_have_agreed_and_met(world: World, ben: Someone, ana: Someone) -> None:
    world.start(ben, ana)
    pair = world.pair(ben, ana, introduced_at=world.clock())
    for someone in (ben, ana):
        someone.says("agreement")
        someone.fills(hopes="To speak without notes")
    with world.bot.open_transaction() as db:
        assert db.get_one(Pair, pair.id).suggest_draft_at == world.clock()

    world.forward(days=20)
    assert invitations(ana) == []


def test_at_most_once_a_month_and_as_a_nudge(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    met(world, pair)
    may_suggest(world, pair)
    deliveries = world.forward(days=29)
    world.bot.tick()
    world.bot.tick()

    assert invitations(ana) == ["mentor_shows"]
    assert {one.parcel.kind for one in deliveries if one.parcel.name == "monthly.mentor_shows"} == {
        Kind.NUDGE
    }

    met(world, pair)
    world.forward(days=8)
    assert invitations(ana) == ["mentor_shows", "mentor_shows"]


def test_leads_straight_to_the_form(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    in_month(world, pair, 1)

    ana.presses("Show a draft")
    ana.fills(text="My notes")
    world.forward(days=4)

    assert len(ben.received("drafts.received")) == 1


def test_not_this_month(world: World, ana: Someone, pair: Pair) -> None:
    in_month(world, pair, 1)
    ana.presses("Not this month")
    met(world, pair)
    world.forward(days=28)
    assert len(invitations(ana)) == 1

    met(world, pair)
    world.forward(days=8)
    assert len(invitations(ana)) == 2


def test_never_means_never_and_can_be_undone(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    in_month(world, pair, 1)
    ana.presses("Never suggest this")
    ana.presses(NotThisMonth(pair.id))
    for _ in range(4):
        met(world, pair)
        world.forward(days=30)
    assert (len(invitations(ana)), invitations(ben)) == (1, [])

    ana.presses("Undo")
    world.forward(days=29)
    met(world, pair)
    world.forward(days=5)
    assert len(invitations(ben)) == 1  # it is the mentee's time by now


def test_leaves_a_pair_alone_that_does_not_meet(world: World, ana: Someone, pair: Pair) -> None:
    may_suggest(world, pair)

    world.forward(days=100)

    assert invitations(ana) == []


@pytest.mark.parametrize("who", ["ben", "ana"])
def test_leaves_a_paused_pair_alone(world: World, ben: Someone, ana: Someone, pair: Pair, who: str) -> None:
    {"ben": ben, "ana": ana}[who].says("pause until 24 February")
    met(world, pair)
    may_suggest(world, pair)

    world.until(at("2026-02-23", "18:00", "Europe/Dublin"))
    assert invitations(ana) == []
    world.forward(days=7)
    assert invitations(ana) == ["mentor_shows"]


def test_leaves_a_pair_alone_that_has_ended(world: World, ana: Someone, pair: Pair) -> None:
    met(world, pair)
    may_suggest(world, pair)
    end(world, pair)

    world.forward(days=60)

    assert invitations(ana) == []


def test_leaves_those_alone_who_do_it_anyway(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    met(world, pair)
    shows(ben, pair)
    may_suggest(world, pair)

    world.forward(days=20)

    assert invitations(ana) == []


def test_the_mentee_may_ask_for_one(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    in_month(world, pair, 5)
    ben.presses("Ask Ana")
    ben.presses("Ask Ana")
    world.forward(days=4)

    assert ben.sees.name == "monthly.asked_partner"
    assert len(ana.received("monthly.asked")) == 1
    ana.presses("Show a draft")
    assert ana.form


def test_the_mentee_is_led_to_what_the_mentor_has_shown(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    shows(ana, pair, text="My notes")

    in_month(world, pair, 5)

    assert invitations(ben) == ["mentee_reviews"]
    ben.presses("Look at it")
    assert "My notes" in ben.reads
