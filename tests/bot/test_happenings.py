"""Happenings: what those may know of a programme who do not know its tables. No words."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from world import Someone, World

from bot import happenings
from bot.models import Pair, Post


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    return world.meet(ben, ana, plan_at=None)


@pytest.mark.usefixtures("pair")
def test_a_pair_ends_because_somebody_leaves(world: World, ben: Someone) -> None:
    ben.says("leave")
    ben.presses("Leave")
    world.forward(days=1)

    assert happenings.endings(world.bot) == {"somebody left": 1}


@pytest.mark.usefixtures("pair")
def test_a_pair_ends_because_one_of_them_asked_for_it(world: World, ben: Someone) -> None:
    ben.says("end it now")
    world.forward(days=7)

    assert happenings.endings(world.bot) == {"one of them asked for it": 1}


@pytest.mark.usefixtures("pair")
def test_a_pair_ends_as_planned(world: World) -> None:
    with world.bot.open_transaction.begin() as db:
        pair = db.scalars(select(Pair)).one()
        pair.planned_end = pair.end_at = world.clock() + timedelta(days=1)
    world.forward(days=2)

    assert happenings.endings(world.bot) == {"as planned": 1}


def test_a_turn_is_open_until_it_is_answered(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    ben.says("ask How do you begin?")
    world.forward(minutes=1)
    [one] = happenings.open_turns(world.bot)
    assert happenings.emails(world.bot)[one.person] == ana.email
    assert (one.pair, one.promised_for) == (pair.id, None)

    ana.presses("Yes")
    assert happenings.open_turns(world.bot) == []


@pytest.mark.usefixtures("pair")
def test_a_digest_tells_what_came_within_it(world: World, ben: Someone, ana: Someone) -> None:
    ana.says("pause until tomorrow")
    world.forward(minutes=30)
    ben.says("ask How do you begin?")
    ben.says("ask And how do you end?")
    world.forward(days=3)

    with world.bot.open_transaction() as db:
        [digest] = db.scalars(select(Post.id).where(Post.name == "digest.landing")).all()
    kinds = [part.kind for part in happenings.parts(world.bot, digest)]
    assert kinds.count("asks.asked") == 2
    assert happenings.parts(world.bot, 0) == []
