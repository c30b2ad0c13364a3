"""Unsent, through the front door: what was typed in a form and not sent is there again."""

import logging
from collections.abc import Sequence

import pytest
from sqlalchemy import select
from world import Someone, World

from bot import unsent
from bot.actions import Outdated
from bot.events import Unsent
from bot.messages import plain
from bot.models import Pair, UnsentForm
from bot.stories.asks import AskInForm
from bot.stories.mydata import Export


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    return world.meet(ben, ana)


def kept(world: World) -> Sequence[UnsentForm]:
    with world.bot.open_transaction() as db:
        return db.scalars(select(UnsentForm)).all()


def opens(someone: Someone, pair: Pair) -> dict[str, str]:
    """The form to ask something, and what its fields hold."""
    someone.presses(AskInForm(pair.id))
    assert someone.form
    return {field.name: field.value for field in someone.form.fields if field.value}


def intro(someone: Someone) -> str:
    assert someone.form
    return plain(someone.form.intro)


def test_what_was_typed_is_still_there(world: World, ben: Someone, pair: Pair) -> None:
    opens(ben, pair)
    ben.types_in_form(text="How do you beg")
    ben.types_in_form(text="How do you begin?")
    world.forward(days=1)

    assert opens(ben, pair) == {"text": "How do you begin?"}
    assert intro(ben).endswith("\n\nWhat you typed on Tuesday 3 February is still here.")
    assert len(kept(world)) == 1


def test_it_is_said_in_german_too(world: World, ana: Someone) -> None:
    jonas = world.add("Jonas Weber", "Europe/Berlin", language="de")
    pair = world.meet(jonas, ana)
    opens(jonas, pair)
    jonas.types_in_form(text="Wie fängst du an?")

    opens(jonas, pair)

    assert intro(jonas).endswith("Was du am Dienstag, 3. Februar getippt hast, steht noch da.")


def test_a_form_that_was_sent_is_empty_again(world: World, ben: Someone, pair: Pair) -> None:
    opens(ben, pair)
    ben.types_in_form(text="How do you begin?")
    ben.fills(text="How do you begin a hard talk?")

    assert opens(ben, pair) == {}
    world.forward(minutes=2)
    assert kept(world) == []


def test_what_arrives_after_the_form_was_sent_is_not_kept(world: World, ben: Someone, pair: Pair) -> None:
    opens(ben, pair)
    form = ben.form
    ben.types_in_form(text="How do you")
    ben.fills(text="How do you begin?")
    ben.form = form
    ben.types_in_form(text="How do you begin?")

    assert opens(ben, pair) == {}
    world.forward(minutes=2)
    ben.types_in_form(text="And another thing")
    assert opens(ben, pair) == {"text": "And another thing"}


def test_a_form_with_a_mistake_keeps_what_was_typed(world: World, ben: Someone, pair: Pair) -> None:
    opens(ben, pair)
    ben.types_in_form(text="Listen", link="http://nowhere.example")
    ben.fills(text="Listen", link="http://nowhere.example")

    assert ben.mistakes
    assert opens(ben, pair)["text"] == "Listen"


def test_nothing_but_blanks_is_not_kept(world: World, ben: Someone, pair: Pair) -> None:
    opens(ben, pair)
    ben.types_in_form(text=" \n ")
    assert kept(world) == []

    ben.types_in_form(text="A word")
    ben.types_in_form(text="")
    assert kept(world) == []


def test_what_is_longer_than_it_may_be_is_not_kept(world: World, ben: Someone, pair: Pair) -> None:
    opens(ben, pair)
    ben.types_in_form(text="x" * 3001, points="y" * 700, link="https://short.example")

    assert opens(ben, pair) == {"link": "https://short.example"}  # `points` takes 600


def test_it_goes_after_two_weeks(world: World, ben: Someone, pair: Pair) -> None:
    opens(ben, pair)
    ben.types_in_form(text="How do you begin?")

    world.forward(days=13)
    assert len(kept(world)) == 1
    world.forward(days=2)
    assert kept(world) == []
    assert opens(ben, pair) == {}
    world.bot.tick()
    world.bot.tick()


def test_nobody_else_sees_it_and_no_other_form_holds_it(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    cleo = world.add("Cleo Test", "Europe/Dublin")
    other = world.meet(cleo, ana)
    opens(ana, other)
    ana.types_in_form(text="For Cleo only")

    assert opens(ana, pair) == {}
    assert opens(ben, pair) == {}
    assert opens(cleo, other) == {}


def test_a_field_that_a_later_release_does_not_know_is_left_out(
    world: World, ben: Someone, pair: Pair
) -> None:
    opens(ben, pair)
    assert ben.form
    typed = {"text": "How do you begin?", "gone": "A field of before"}
    world.bot.handle(Unsent(id="old", who=ben.account, action=ben.form.action, answers=typed))

    assert opens(ben, pair) == {"text": "How do you begin?"}


def test_a_choice_that_is_not_offered_any_more_is_left_out(world: World, ben: Someone, ana: Someone) -> None:
    world.start(ben, ana)
    world.pair(ben, ana, introduced_at=world.clock())
    ben.says("agreement")
    ben.types_in_form(every_weeks="7", minutes="45", hopes="Speaking up")

    ben.says("agreement")

    assert ben.form
    held = {field.name: field.value for field in ben.form.fields}
    assert (held["every_weeks"], held["minutes"], held["hopes"]) == ("2", "45", "Speaking up")


def test_nothing_is_kept_for_a_form_that_there_is_not_or_of_a_stranger(
    world: World, ben: Someone, pair: Pair
) -> None:
    stranger = Someone(world, "nobody@example.org")
    opens(ben, pair)
    stranger.form = ben.form
    stranger.types_in_form(text="Hello")

    world.bot.handle(Unsent(id="odd", who=ben.account, action=Outdated(), answers={"text": "Hello"}))

    assert kept(world) == []


def test_it_is_exported_and_erased_with_everything_else(world: World, ben: Someone, pair: Pair) -> None:
    opens(ben, pair)
    ben.types_in_form(text="How do you begin?")
    ben.presses(Export())
    assert all("How do you begin?" in file.content.decode() for file in ben.sees.files)

    ben.presses("Erase")
    ben.presses("Erase what I wrote")
    world.forward(hours=1)

    assert kept(world) == []


def test_typing_in_a_form_does_not_change_what_typed_words_mean(
    world: World, ben: Someone, pair: Pair
) -> None:
    ben.says("ask")
    opens(ben, pair)
    ben.types_in_form(text="How do you")

    ben.says("How do you begin?")

    assert ben.sees.name == "asks.sent"


def test_what_is_typed_is_in_no_log(
    world: World, ben: Someone, pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    opens(ben, pair)
    ben.types_in_form(text="SECRET-CANARY-123")
    opens(ben, pair)

    assert "SECRET-CANARY-123" not in caplog.text
    assert all(b"SECRET-CANARY-123" not in (row.answers_sealed or b"") for row in kept(world))


@pytest.mark.expects_errors
def test_a_failure_is_not_told_to_somebody_who_types(
    world: World, ben: Someone, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens(ben, pair)

    def stumble(*_: object) -> None:
        raise RuntimeError("SECRET-CANARY-123")

    monkeypatch.setattr(unsent, "keep", stumble)
    ben.types_in_form(text="How do you begin?")
