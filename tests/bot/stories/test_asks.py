"""Asks and replies: small questions between two sessions, answered by a reply, a tap or a day."""

import pytest
from world import Someone, World

from bot.events import Changed
from bot.models import Pair


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    return world.meet(ben, ana)


def edits(someone: Someone, said_in: str, text: str | None) -> None:
    world = someone.world
    reply = world.bot.handle(Changed(id=world.new_id(), who=someone.account, said_in=said_in, text=text))
    if reply:
        someone.chat.append(reply)  # type: ignore[arg-type]


@pytest.mark.usefixtures("pair")
def test_a_typed_question_reaches_the_other_as_it_was_typed(world: World, ben: Someone, ana: Someone) -> None:
    ben.says("ask How do you say No to Maria?")

    assert "on its way to Ana" in ben.reads
    world.forward(minutes=1)
    assert ana.sees.name == "asks.asked"
    assert "Ben: How do you say No to Maria?" in ana.reads


@pytest.mark.usefixtures("pair")
def test_a_reply_reaches_whoever_asked(world: World, ben: Someone, ana: Someone) -> None:
    ben.says("ask How do you begin?")
    world.forward(minutes=1)

    ana.says("reply")
    assert "Ben: How do you begin?" in ana.reads
    ana.says("With the smallest part.")

    world.forward(minutes=1)
    assert ben.sees.name == "asks.answered"
    assert "Ana: With the smallest part." in ben.reads
    assert ana.received("asks.replied")
