"""An exchange in writing, through the front door."""

import pytest
from world import Someone, World, as_text

from bot.models import Format, Session, State
from bot.stories.exchange import Write


@pytest.fixture
def opened(world: World) -> tuple[Someone, Someone]:
    """Kiri in Auckland and Jonas in Berlin, whose working days do not overlap; their exchange is open."""
    kiri = world.add("Kiri Ngata", "Pacific/Auckland")
    jonas = world.add("Jonas Weber", "Europe/Berlin")
    pair = world.meet(kiri, jonas, format=Format.ASYNC, at="09:00", zone="Europe/Berlin")
    world.until(world.session(pair).starts_at)
    world.forward(days=1)
    return kiri, jonas


def test_begins_with_the_brief_for_both(opened: tuple[Someone, Someone]) -> None:
    for someone in opened:
        assert someone.received("prep.ask_in_writing")
        assert "exchange with" in as_text(someone.received("prep.brief_in_writing")[0])


def test_words_go_to_the_partner_after_write(world: World, opened: tuple[Someone, Someone]) -> None:
    kiri, jonas = opened

    kiri.says("write")
    kiri.says("What would you do first?")
    world.forward(days=1)

    [letter] = jonas.received("asks.wrote")
    assert "What would you do first?" in as_text(letter)


def test_only_the_next_words_are_sent(world: World, opened: tuple[Someone, Someone]) -> None:
    kiri, jonas = opened

    kiri.says("write")
    kiri.says("What would you do first?")
    kiri.says("Note to self: buy milk")
    world.forward(days=1)

    assert len(jonas.received("asks.wrote")) == 1


def test_rather_not_sends_nothing(world: World, opened: tuple[Someone, Someone]) -> None:
    kiri, jonas = opened

    kiri.says("write")
    kiri.says("no")
    kiri.says("Nothing of this is for Jonas")
    world.forward(days=1)

    assert jonas.received("asks.wrote") == []


def test_the_middle_reaches_who_has_an_answer_waiting(world: World, opened: tuple[Someone, Someone]) -> None:
    kiri, jonas = opened
    kiri.says("write")
    kiri.says("What would you do first?")

    world.forward(days=3)

    assert "has written to you" in as_text(jonas.received("exchange.midway_answer")[0])
    assert kiri.received("exchange.midway") == []


def test_nobody_else_can_write_into_it(world: World, opened: tuple[Someone, Someone]) -> None:
    """C2, C3."""
    eve = world.add("Eve Stone", "Europe/London")

    eve.presses(Write(1))
    eve.says("write")

    assert "no exchange in writing open" in eve.reads


def test_whoever_is_back_early_reads_at_once_what_waited(
    world: World, opened: tuple[Someone, Someone]
) -> None:
    kiri, jonas = opened
    jonas.says("pause until 4 May")
    kiri.says("write")
    kiri.says("What would you do first?")
    world.forward(days=1)
    assert not jonas.received("asks.wrote")

    jonas.says("back")
    world.forward(days=1)

    assert jonas.received("asks.wrote")


def test_what_was_written_during_a_pause_comes_after_it(
    world: World, opened: tuple[Someone, Someone]
) -> None:
    kiri, jonas = opened
    jonas.says("pause")
    kiri.says("write")
    kiri.says("What would you do first?")
    world.forward(days=10)
    assert jonas.received("asks.wrote") == []

    jonas.says("back")
    world.forward(days=2)

    assert "What would you do first?" in as_text(jonas.received("asks.wrote")[0])


def test_an_exchange_that_both_wrote_in_was_held_even_if_nobody_closes_it(
    world: World, opened: tuple[Someone, Someone]
) -> None:
    for someone in opened:
        someone.says("write")
        someone.says("A letter")

    world.forward(days=21)

    with world.bot.open_transaction() as db:
        assert db.get_one(Session, 1).state == State.HELD


def test_when_it_is_over_nobody_owes_a_letter(world: World, opened: tuple[Someone, Someone]) -> None:
    kiri, jonas = opened
    kiri.says("write")
    kiri.says("What would you do first?")
    jonas.says("whose turn")
    assert jonas.sees.name == "turns.yours"

    kiri.says("close")
    kiri.presses("No|did not")

    jonas.says("whose turn")
    assert jonas.sees.name == "turns.nobodys"
