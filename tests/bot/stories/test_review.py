"""Review, through the front door."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from world import Someone, World, as_text, at

from bot.models import Conversation, Pair, Programme, Review
from bot.stories.review import Later, Skip, Write

HALF_TIME = at("2026-05-05", "16:00", "UTC")  # 13 weeks after the introduction


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    """Ben and Ana, introduced a moment ago. Nobody asks them whether they are quiet."""
    world.start(ben, ana)
    pair = world.pair(ben, ana, introduce_at=world.clock())
    world.until(world.clock())
    with world.bot.open_transaction.begin() as db:
        db.get_one(Pair, pair.id).quiet_at = None
    return pair


@pytest.fixture
def asked(world: World, ben: Someone, ana: Someone, pair: Pair) -> Pair:
    world.until(HALF_TIME + timedelta(days=1))
    return pair


def look_back(someone: Someone, **words: str) -> None:
    someone.presses("Look back|Edit")
    someone.fills(**words)


def end_now(world: World, pair: Pair) -> None:
    with world.bot.open_transaction.begin() as db:
        db.get_one(Pair, pair.id).end_at = world.clock()
    world.until(world.clock())


# Half-time


def test_both_are_asked_once_at_half_time(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    world.until(HALF_TIME - timedelta(minutes=1))
    assert ben.received("review.ask") == []

    world.until(HALF_TIME)
    world.bot.tick()
    world.bot.tick()
    world.forward(days=1)

    assert len(ben.received("review.ask")) == len(ana.received("review.ask")) == 1
    assert [button.label for button in ben.sees.buttons] == [
        "Look back",
        "Later",
        "Skip",
        "Why did I get this?",
    ]
    assert world.deliveries[-1].parcel.kind == "nudge"


def test_the_length_is_the_programmes(world: World, ben: Someone, ana: Someone) -> None:
    world.start(ben, ana)
    pair = world.pair(ben, ana)
    with world.bot.open_transaction.begin() as db:
        db.scalars(select(Programme)).one().weeks = 12
        db.get_one(Pair, pair.id).introduce_at = world.clock()
    start = world.clock()
    world.until(start)

    with world.bot.open_transaction() as db:
        row = db.get_one(Pair, pair.id)
        assert row.review_at == start + timedelta(weeks=6)
        assert row.wind_down_at == start + timedelta(weeks=10)
        assert row.end_at == row.planned_end == start + timedelta(weeks=12)


def test_waits_for_whoever_is_away(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    world.until(HALF_TIME - timedelta(days=1))
    ana.says("pause until 20 May")

    world.until(HALF_TIME + timedelta(days=14))
    assert ben.received("review.ask") == []
    world.forward(days=9)

    assert len(ben.received("review.ask")) == len(ana.received("review.ask")) == 1


def test_one_reminder_and_no_more(world: World, ben: Someone, ana: Someone, asked: Pair) -> None:
    ana.presses("Skip")

    world.forward(days=5)
    world.bot.tick()
    world.bot.tick()
    world.forward(days=20)

    assert len(ben.received("review.remind")) == 1
    assert ana.received("review.remind") == []


def test_later_and_a_word_for_it(ben: Someone, asked: Pair) -> None:
    ben.says("later")
    assert "type review" in ben.reads

    ben.says("review")

    assert ben.sees.name == "review.ask"


def test_there_is_none_before_half_time(ben: Someone, pair: Pair) -> None:
    ben.says("review")

    assert ben.sees.name == "review.none"


# Each alone, then both


def test_both_see_both_when_both_are_in(world: World, ben: Someone, ana: Someone, asked: Pair) -> None:
    look_back(ben, keep="The walks.", rhythm="less_often")
    assert ben.sees.name == "review.waiting"
    world.forward(days=1)
    assert all("The walks." not in as_text(message) for message in ana.chat)

    look_back(ana, change="More drafts.", drop="The long agenda.")
    assert ana.sees.name == "review.both_in"
    world.forward(days=1)

    [to_ben], [to_ana] = ben.received("review.shown"), ana.received("review.shown")
    assert "Ben would keep: The walks." in as_text(to_ana)
    assert "Ben on the rhythm: Rather less often" in as_text(to_ana)
    assert "Ana would change: More drafts." in as_text(to_ben)
    assert "Ana would drop: The long agenda." in as_text(to_ben)
    assert "You would keep: The walks." in as_text(to_ben)
    shown = [delivery for delivery in world.deliveries if delivery.parcel.name == "review.shown"]
    assert {delivery.parcel.kind for delivery in shown} == {"appointment"}


def test_after_a_week_with_what_is_there(world: World, ben: Someone, ana: Someone, asked: Pair) -> None:
    look_back(ben, keep="The walks.")

    world.forward(days=8)
    world.bot.tick()
    world.bot.tick()
    world.forward(days=1)

    assert len(ana.received("review.shown")) == len(ben.received("review.shown_alone")) == 1
    assert "Ben would keep: The walks." in as_text(ana.received("review.shown")[0])


def test_where_nobody_wrote_nothing_is_said(world: World, ben: Someone, ana: Someone, asked: Pair) -> None:
    world.forward(days=20)

    assert [m.name for m in (*ben.chat, *ana.chat) if m.name.startswith("review.shown")] == []


def test_who_skips_holds_nobody_up(world: World, ben: Someone, ana: Someone, asked: Pair) -> None:
    look_back(ben, keep="The walks.")
    ana.presses("Skip")
    assert ana.sees.name == "review.skipped"

    world.forward(days=1)

    assert len(ben.received("review.shown_alone")) == 1
    assert "The walks." in as_text(ana.received("review.shown")[0])


def test_who_writes_later_is_read_too(world: World, ben: Someone, ana: Someone, asked: Pair) -> None:
    look_back(ben, keep="The walks.")
    world.forward(days=10)

    ana.says("review")
    look_back(ana, keep="The talks.")
    assert "Ben would keep: The walks." in ana.reads
    world.forward(days=3)

    assert "Ana would keep: The talks." in as_text(ben.received("review.shown")[0])


def test_an_empty_form_is_a_skip(ben: Someone, asked: Pair) -> None:
    look_back(ben)

    assert ben.sees.name == "review.skipped"


def test_it_may_be_changed_until_it_is_shown(world: World, ben: Someone, ana: Someone, asked: Pair) -> None:
    look_back(ben, keep="The walks.", unsaid="I am bored.", unsaid_for="both")
    ben.presses("Edit")
    assert ben.form
    held = {field.name: field.value for field in ben.form.fields}
    assert (held["keep"], held["unsaid"], held["unsaid_for"]) == ("The walks.", "I am bored.", "both")
    ben.fills(keep="The long walks.", unsaid_for="me")
    ana.presses("Skip")
    world.forward(days=1)
    assert "The long walks." in as_text(ana.received("review.shown")[0])
    assert "bored" not in as_text(ana.received("review.shown")[0])

    for action in ("Edit", "Later", "Skip"):
        ben.presses(action)
        assert ben.sees.name == "review.shown_alone"


# What stays private


@pytest.mark.parametrize(("choice", "seen"), [("me", False), ("both", True)])
def test_what_was_not_dared_stays_private_unless_they_say_otherwise(
    world: World, ben: Someone, ana: Someone, asked: Pair, choice: str, seen: bool
) -> None:
    look_back(ben, keep="The walks.", unsaid="I want another job.", unsaid_for=choice)
    ana.presses("Skip")
    world.forward(days=1)

    assert ("I want another job." in as_text(ana.received("review.shown")[0])) is seen
    assert "I want another job." in as_text(ben.received("review.shown_alone")[0])


@pytest.mark.parametrize("match", ["no", "unsure"])
def test_a_doubt_alone_is_a_skip_that_is_not_told_apart(
    world: World, ben: Someone, ana: Someone, asked: Pair, match: str
) -> None:
    look_back(ana, match=match)
    look_back(ben, keep="The walks.")
    world.forward(days=1)

    assert ana.received("review.in_doubt")
    assert not ben.received("review.shown")
    assert [message.name for message in ben.chat].count("review.shown_alone") == 1


def test_what_is_taken_out_again_is_not_shown(world: World, ben: Someone, ana: Someone, asked: Pair) -> None:
    look_back(ana, keep="Nothing.")
    ana.presses("Edit")
    ana.fills(keep="")
    look_back(ben, keep="The walks.")
    world.forward(days=1)

    assert ana.received("review.skipped")
    assert "Nothing." not in as_text(ben.received("review.shown_alone")[0])


def test_the_match_is_for_nobody_but_them_and_is_not_kept(
    world: World, ben: Someone, ana: Someone, asked: Pair
) -> None:
    look_back(ben, keep="The walks.", match="no")
    assert ben.sees.name == "review.in_doubt"
    assert "Whoever runs the programme can help" in ben.reads
    with world.bot.open_transaction() as db:
        kept = db.get_one(Conversation, ben.row.id)
        assert "finish" not in kept.buttons
        sheets = db.scalars(select(Review)).unique().all()
        assert all("no" not in (row.keep, row.change, row.drop, row.rhythm, row.unsaid) for row in sheets)
    look_back(ana, keep="The talks.", match="yes")
    world.forward(days=1)

    assert [fact.label for fact in ana.received("review.shown")[0].facts] == [
        "Ben would keep",
        "You would keep",
    ]
    ben.presses("How would it end")
    assert ben.sees.name == "ending.confirm"


# Old buttons, others, pairs that have ended


@pytest.mark.parametrize("kind", [Write, Later, Skip])
def test_others_and_old_buttons_are_answered_politely(
    world: World, ben: Someone, asked: Pair, kind: type[Any]
) -> None:
    leo = world.add("Leo Wu", "Europe/Dublin")
    with world.bot.open_transaction() as db:
        theirs = db.scalars(select(Review.id).where(Review.person_id == ben.row.id)).one()
    leo.presses(kind(theirs))
    assert leo.sees.name == "review.gone"
    end_now(world, asked)

    ben.presses(kind(theirs))

    assert ben.sees.name == "review.gone"


def test_words_for_a_pair_that_has_ended_are_given_back(
    world: World, ben: Someone, ana: Someone, asked: Pair
) -> None:
    look_back(ana, keep="The talks.")
    ben.presses("Look back")
    form = ben.form
    end_now(world, asked)
    ben.form = form

    ben.fills(keep="The walks.", unsaid="I was shy.")
    assert ben.sees.name == "review.gone"
    assert "You wrote: The walks.\n\nI was shy." in ben.reads
    world.forward(days=20)

    assert [m.name for m in ben.chat if m.name in {"review.shown", "review.remind"}] == []
    assert ben.received("review.shown_alone") == []


def test_german(world: World) -> None:
    eva = world.add("Eva Koch", "Europe/Berlin", language="de")
    jens = world.add("Jens Groß", "Europe/Lisbon", language="de")
    world.start(eva, jens)
    pair = world.pair(eva, jens, introduce_at=world.clock(), settled_at=world.clock())
    world.until(world.clock())
    with world.bot.open_transaction.begin() as db:
        row = db.get_one(Pair, pair.id)
        row.quiet_at, row.review_at = None, world.clock()
    world.forward(days=2)

    eva.says("rückblick")
    eva.presses("Zurückblicken")
    eva.fills(keep="Die Spaziergänge.", rhythm="right")
    jens.says("überspringen")
    world.forward(days=1)

    assert "Eva: soll bleiben: Die Spaziergänge." in as_text(jens.received("review.shown")[0])
    assert "Eva zum Rhythmus: Er stimmt" in as_text(jens.received("review.shown")[0])
