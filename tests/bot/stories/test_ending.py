"""Ending, through the front door: the way out that nobody is asked about, the planned end, the goodbye."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from world import Someone, World, as_text, at

from bot import vault
from bot.actions import Action
from bot.desk.models import Recommendations
from bot.erasing import erase_words
from bot.models import (
    ActionItem,
    Base,
    Conversation,
    Farewell,
    Happening,
    ItemState,
    Pair,
    Person,
    Post,
    Session,
    State,
)
from bot.stories.ending import AskFinish, Finish, GoOn, LetEnd, Send, Skip, Stay, Undo, Write
from bot.turn import Turn
from bot.vault import Words

FAILURE = ("fail", "unfortunately", "sorry", "gave up")

WHY = "Why did I get this?"


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    """Ben and Ana, who meet on 10 and 24 February, at nine in Denver. It is the Tuesday before."""
    return world.meet(ben, ana)


@pytest.fixture
def over(world: World, ben: Someone, ana: Someone, pair: Pair) -> Pair:
    """Their pair has just come to an end, and both have read it."""
    end_now(world, pair)
    return pair


def end_now(world: World, pair: Pair) -> None:
    with world.bot.open_transaction.begin() as db:
        db.get_one(Pair, pair.id).end_at = world.clock()
    world.until(world.clock())


def now_of(world: World, pair: Pair) -> Pair:
    with world.bot.open_transaction() as db:
        return db.get_one(Pair, pair.id)


def ask_to_finish(someone: Someone) -> None:
    someone.says("finish")
    someone.presses("End our pair")


def everything(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, with what is sealed as it reads."""
    with world.bot.open_transaction() as db:
        return {
            mapper.class_.__tablename__: sorted(
                (_readable(row) for row in db.scalars(select(mapper.class_)).unique()), key=repr
            )
            for mapper in Base.registry.mappers
            if hasattr(mapper.class_, "__tablename__")
        }


def _readable(row: Base) -> tuple[Any, ...]:
    columns = [getattr(row, column.name) for column in row.__table__.columns]
    kind = type(row)
    words = [getattr(row, name) for name, value in vars(kind).items() if isinstance(value, Words)]
    if isinstance(row, Post) and row.message_sealed:
        context = vault.context("outbox", "message_sealed", row.seal)
        words.append(vault.key().open(row.message_sealed, context))
    return (*(value for value in columns if not isinstance(value, bytes)), *words)


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {table for table in after if after[table] != before[table]}


# Somebody would like it to end


def test_it_is_asked_about_once_and_kindly(ben: Someone, pair: Pair) -> None:
    for typed in ("finish", "end our pair", "beenden"):
        ben.says(typed)
        assert ben.sees.name == "ending.confirm"

    assert "needs no reason" in ben.reads
    assert [button.label for button in ben.sees.buttons] == ["End our pair", "Pause instead", "Stay"]


def test_stay_and_pause_instead_are_one_press(world: World, ben: Someone, pair: Pair) -> None:
    ben.says("finish")
    ben.presses("^Stay")
    assert ben.sees.name == "ending.staying"
    ben.says("finish")
    ben.presses("Pause instead")
    assert ben.sees.name == "pause.for_now"

    world.forward(days=10)

    assert now_of(world, pair).ended_at is None


@pytest.mark.parametrize("who", ["ben", "ana"])
@pytest.mark.parametrize("confirm", ["End our pair", "end it now"])
def test_nothing_that_is_stored_says_who_asked(
    world: World, ben: Someone, ana: Someone, pair: Pair, who: str, confirm: str
) -> None:
    """Every row of every table: only the pair knows that somebody did, and it does not know who."""
    asks = {"ben": ben, "ana": ana}[who]
    before = everything(world)

    asks.says("finish")
    asks.says(confirm) if confirm.islower() else asks.presses(confirm)
    assert asks.sees.name == "ending.on_its_way"
    asked = everything(world)
    assert changed(before, asked) == {"pairs", "seen_events"}
    assert now_of(world, pair).finish_at == world.clock() + timedelta(minutes=10)
    [row] = asked["pairs"]
    assert sum(old != new for old, new in zip(before["pairs"][0], row, strict=True)) == 1

    world.forward(minutes=10)
    decided = everything(world)
    assert changed(asked, decided) == {"pairs"}
    assert now_of(world, pair).finish_at is None

    end = now_of(world, pair).end_at
    assert end
    world.clock.move_to(end)
    world.bot.tick()
    ends = everything(world)
    assert changed(decided, ends) == {"pairs", "sessions", "seats", "happenings", "outbox", "farewells"}
    with world.bot.open_transaction() as db:
        sheets = db.scalars(select(Farewell)).unique().all()
    assert {sheet.person_id for sheet in sheets} == {ben.row.id, ana.row.id}
    assert len({sheet.show_at for sheet in sheets}) == 1


def test_it_ends_in_the_same_way_whoever_asked(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    """At the same moment, in the same words, and asked at noon as well as in the morning."""
    ends = set()
    for someone in (ben, ana):
        ask_to_finish(someone)
        world.forward(minutes=30)
        ends.add(now_of(world, pair).end_at)
        with world.bot.open_transaction.begin() as db:
            db.get_one(Pair, pair.id).end_at = None

    assert len(ends) == 1


def test_both_read_the_same_words_a_few_working_days_later(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    asked_at = world.clock()
    ask_to_finish(ben)

    world.forward(hours=20)
    assert ben.received("ending.ended") == ana.received("ending.ended") == []
    world.forward(days=7)

    [to_ben], [to_ana] = ben.received("ending.ended"), ana.received("ending.ended")
    assert as_text(to_ben).replace("Ana", "X") == as_text(to_ana).replace("Ben", "X")
    assert to_ben.wording == to_ana.wording
    assert not [word for word in FAILURE if word in as_text(to_ben).lower()]
    ended_at = now_of(world, pair).ended_at
    assert ended_at
    assert timedelta(hours=12) < ended_at - asked_at < timedelta(days=6)


def test_ten_minutes_to_undo_by_button_and_by_word(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    ask_to_finish(ben)
    ben.presses("Undo")
    assert ben.sees.name == "ending.staying"
    ben.says("finish")
    ben.says("end it now")
    assert ben.sees.name == "ending.on_its_way"
    world.forward(minutes=9)
    ben.says("stay")
    assert ben.sees.name == "ending.staying"

    world.forward(days=10)

    assert now_of(world, pair).ended_at is None
    assert ana.received("ending.ended") == []


def test_after_ten_minutes_stay_says_the_same_to_both(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    """Nobody can find out by asking whether the other has."""
    ask_to_finish(ben)
    world.forward(minutes=11)
    before = now_of(world, pair).end_at

    for someone in (ben, ana):
        ask_to_finish(someone)
        assert someone.sees.name == "ending.on_its_way"
        someone.presses("Undo")
        assert someone.sees.name == "ending.staying"

    assert as_text(ben.sees) == as_text(ana.sees)
    assert now_of(world, pair).end_at == before


def test_asking_twice_is_asking_once(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    ask_to_finish(ben)
    world.forward(minutes=5)
    ask_to_finish(ben)
    ask_to_finish(ana)

    world.forward(days=8)

    assert len(ben.received("ending.ended")) == len(ana.received("ending.ended")) == 1


def test_its_cards_are_not_what_was_seen_last(world: World, ben: Someone, pair: Pair) -> None:
    """Somebody in the middle of an answer is not led astray either: their question stays open."""
    world.until(at("2026-02-09", "10:00", "America/Denver"))
    ben.says("I gave my first demo.")

    ben.says("finish")
    ben.says("end it now")
    ben.says("stay")
    with world.bot.open_transaction() as db:
        kept = db.get_one(Conversation, ben.row.id)
        assert "ending" not in kept.buttons
    ben.says("Where should I begin?")

    assert "3 of 3" in ben.reads


def test_words_are_a_way_too_with_several_pairs(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    kim = world.add("Kim Lee", "Europe/Dublin")
    world.meet(ben, kim, weekday=2)

    ben.says("end it now")
    assert ben.sees.name == "ending.which"
    ben.presses("Kim Lee")
    assert "Kim" in ben.reads
    ben.presses("End our pair")
    world.forward(days=8)

    assert now_of(world, pair).ended_at is None
    assert len(kim.received("ending.ended")) == 1
    assert ana.received("ending.ended") == []


def test_two_ticks_decide_once_and_end_once(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    ask_to_finish(ben)
    world.forward(minutes=10)
    decided = now_of(world, pair).end_at
    world.bot.tick()
    assert now_of(world, pair).end_at == decided

    assert decided
    world.clock.move_to(decided)
    world.bot.tick()
    world.bot.tick()
    world.forward(days=1)

    assert len(ana.received("ending.ended")) == 1
    with world.bot.open_transaction() as db:
        assert len(db.scalars(select(Farewell)).all()) == 2


@pytest.mark.parametrize("kind", [AskFinish, Finish, Stay, Undo, GoOn, LetEnd])
def test_old_buttons_and_those_of_others_are_answered_politely(
    world: World, ben: Someone, over: Pair, kind: type[Any]
) -> None:
    leo = world.add("Leo Wu", "Europe/Dublin")
    for someone in (ben, leo):
        someone.presses(kind(over.id))
        assert someone.sees.name == "ending.gone"


def test_without_a_partner_there_is_nothing_to_end(world: World, ben: Someone, ana: Someone) -> None:
    world.start(ben, ana)
    world.pair(ben, ana)

    for typed in ("finish", "end it now"):
        ben.says(typed)
        assert ben.sees.name == "ending.no_pair"


# The planned end


@pytest.fixture
def near(world: World, ben: Someone, ana: Someone) -> Pair:
    """Two weeks before the planned end, both have been told."""
    world.start(ben, ana)
    pair = world.pair(ben, ana, introduce_at=world.clock(), every_weeks=4)
    world.until(world.clock())
    with world.bot.open_transaction.begin() as db:
        row = db.get_one(Pair, pair.id)
        row.review_at = row.quiet_at = None
    world.forward(weeks=24, days=1)
    return pair


PLANNED = at("2026-08-04", "16:00", "UTC")  # 26 weeks


def test_two_weeks_before_both_are_told(world: World, ben: Someone, ana: Someone, near: Pair) -> None:
    [told] = ben.received("ending.near")
    assert "Tuesday 4 August" in as_text(told)
    assert [button.label for button in told.buttons] == ["Three more months", "End as planned", WHY]
    assert len(ana.received("ending.near")) == 1

    world.bot.tick()
    world.until(PLANNED - timedelta(minutes=1))
    assert len(ben.received("ending.near")) == 1
    assert now_of(world, near).ended_at is None
    world.forward(days=2)

    assert now_of(world, near).ended_at == PLANNED
    assert len(ben.received("ending.ended")) == len(ana.received("ending.ended")) == 1


def test_two_who_want_it_go_on_for_three_months(world: World, ben: Someone, ana: Someone, near: Pair) -> None:
    ben.presses("Three more months")
    assert ben.sees.name == "ending.noted"
    told = len(ana.chat)
    world.forward(days=1)
    assert len(ana.chat) == told

    ana.presses("Three more months")
    assert "Tuesday 3 November" in ana.reads
    world.forward(days=1)
    assert "Tuesday 3 November" in as_text(ben.received("ending.extended")[0])
    ana.presses("Three more months")
    assert ana.sees.name == "ending.extended"
    with world.bot.open_transaction.begin() as db:
        db.get_one(Pair, near.id).quiet_at = None
    world.until(PLANNED + timedelta(weeks=11, days=2))

    assert now_of(world, near).ended_at is None
    assert len(ben.received("ending.near")) == 2


def test_one_who_wants_it_ends_as_planned(world: World, ben: Someone, ana: Someone, near: Pair) -> None:
    ben.presses("Three more months")
    ana.presses("End as planned")
    assert "Tuesday 4 August" in ana.reads
    assert "Ben would" not in "".join(as_text(message) for message in ana.chat)

    world.until(PLANNED + timedelta(days=1))

    assert now_of(world, near).ended_at == PLANNED
    assert now_of(world, near).extend_by is None


def test_a_mind_may_be_changed(world: World, ben: Someone, ana: Someone, near: Pair) -> None:
    ben.presses("Three more months")
    ben.presses("End as planned")
    ana.presses("Three more months")
    assert ana.sees.name == "ending.noted"

    ben.presses("Three more months")

    assert ben.sees.name == "ending.extended"


def test_whoever_asked_for_an_end_is_not_held_by_an_extension(
    world: World, ben: Someone, ana: Someone, near: Pair
) -> None:
    ben.presses("Three more months")
    ask_to_finish(ben)
    world.forward(minutes=11)

    ana.presses("Three more months")
    assert ana.sees.name == "ending.noted"
    world.forward(days=8)

    assert now_of(world, near).ended_at


def test_the_planned_end_waits_for_whoever_is_away(world: World, ben: Someone, ana: Someone) -> None:
    world.start(ben, ana)
    pair = world.pair(ben, ana, introduce_at=world.clock())
    world.until(world.clock())
    world.forward(days=1)
    ben.says("pause")

    world.until(PLANNED + timedelta(days=1))
    assert now_of(world, pair).ended_at is None
    ben.says("back")
    world.forward(days=9)

    assert len(ben.received("ending.near")) == len(ana.received("ending.near")) == 1


# The end


def test_sessions_go_out_of_both_calendars_and_promises_are_let_go(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    ben.says("actions")
    ben.presses("Add one")
    ben.fills(what="Send the draft", day="20 February")
    end_now(world, pair)

    for someone in (ben, ana):
        [told] = someone.received("ending.ended")
        assert [file.name for file in told.files] == ["session-1-cancelled.ics", "session-2-cancelled.ics"]
        assert "Let go: Ben: Send the draft, by Friday 20 February" in as_text(told)
        assert all(b"METHOD:CANCEL" in file.content for file in told.files)
    with world.bot.open_transaction() as db:
        [item] = db.scalars(select(ActionItem)).unique()
        assert (item.state, item.remind_at) == (ItemState.DROPPED, None)
    assert world.session(pair).state == State.AWAY


def test_afterwards_nothing_is_due_but_the_goodbye(
    world: World, ben: Someone, ana: Someone, over: Pair
) -> None:
    row = now_of(world, over)
    due = [column.name for column in row.__table__.columns if column.info.get("due")]
    assert [name for name in due if getattr(row, name)] == []

    world.forward(days=60)

    names = [message.name for message in ben.chat]
    assert names[-1] == "ending.goodbye"
    assert world.bot.next_due() is None


def test_a_pair_that_somebody_leaves_has_nothing_due_either(world: World, ben: Someone, ana: Someone) -> None:
    world.start(ben, ana)
    pair = world.pair(ben, ana, introduce_at=world.clock())
    world.until(world.clock())
    ben.says("leave")
    ben.presses("^Leave$")
    world.forward(minutes=11)

    row = now_of(world, pair)
    due = [column.name for column in row.__table__.columns if column.info.get("due")]
    assert [name for name in due if getattr(row, name)] == []


def test_two_who_were_never_introduced_hear_nothing(world: World, ben: Someone, ana: Someone) -> None:
    world.start(ben, ana)
    pair = world.pair(ben, ana)
    end_now(world, pair)

    world.forward(days=10)

    assert now_of(world, pair).ended_at
    assert [m.name for m in (*ben.chat, *ana.chat) if m.name.startswith("ending")] == []


def test_help_and_my_data_still_answer(ben: Someone, over: Pair) -> None:
    ben.says("help")
    assert ben.sees.name == "helping.after_ending"
    assert [button.label for button in ben.sees.buttons] == ["My data", "Leave the programme"]
    ben.presses("My data")

    assert ben.sees.name == "mydata.overview"


# Last words


def write_last_words(someone: Someone, **words: str) -> None:
    someone.presses("A few last words")
    someone.fills(**words)


def test_each_writes_alone_and_both_see_both(world: World, ben: Someone, ana: Someone, over: Pair) -> None:
    write_last_words(ben, changed="I speak up now.", thanks="The walk in May.", in_touch="yes")
    assert ben.sees.name == "ending.waiting"
    world.forward(days=1)
    assert all("I speak up now." not in as_text(message) for message in ana.chat)

    write_last_words(ana, going_on="I ask before I tell.", in_touch="yes")
    assert ana.sees.name == "ending.both_in"
    world.forward(days=1)

    [to_ben], [to_ana] = ben.received("ending.goodbye"), ana.received("ending.goodbye")
    assert "Ben: what changed: I speak up now." in as_text(to_ana)
    assert "Ben thanks you: The walk in May." in as_text(to_ana)
    assert "Ana goes on with: I ask before I tell." in as_text(to_ben)
    assert "You: what changed: I speak up now." in as_text(to_ben)
    assert "Staying in touch: You both would like to." in as_text(to_ben)
    assert "Staying in touch" in as_text(to_ana)


@pytest.mark.parametrize(("mine", "theirs"), [("yes", "no"), ("no", "yes"), ("no", "no"), ("yes", "")])
def test_a_no_to_staying_in_touch_is_told_to_nobody(
    world: World, ben: Someone, ana: Someone, over: Pair, mine: str, theirs: str
) -> None:
    write_last_words(ben, thanks="The walk.", in_touch=mine)
    write_last_words(ana, thanks="The talk.", in_touch=theirs)
    world.forward(days=8)

    for someone in (ben, ana):
        assert "in touch" not in as_text(someone.received("ending.goodbye")[0])


def test_after_a_week_both_see_what_is_there(world: World, ben: Someone, ana: Someone, over: Pair) -> None:
    write_last_words(ben, thanks="The walk in May.")
    world.forward(days=6)
    assert ana.received("ending.goodbye") == []

    world.forward(days=2)
    world.bot.tick()
    world.bot.tick()
    world.forward(hours=1)

    assert len(ben.received("ending.goodbye")) == len(ana.received("ending.goodbye")) == 1
    assert "The walk in May." in as_text(ana.received("ending.goodbye")[0])


def test_who_writes_later_is_read_too(world: World, ben: Someone, ana: Someone, over: Pair) -> None:
    world.forward(days=12)

    write_last_words(ana, thanks="Your patience.")
    assert ana.sees.name == "ending.goodbye"
    world.forward(days=3)

    assert "Ana thanks you: Your patience." in as_text(ben.received("ending.goodbye")[-1])
    assert len(ana.received("ending.goodbye")) == 2


def test_whether_they_would_recommend_it_is_for_nobody_but_themselves(
    world: World, ben: Someone, ana: Someone, over: Pair
) -> None:
    write_last_words(ben, thanks="The walk.", recommends="6")
    ben.presses("Change mine")
    assert ben.form
    assert {field.name: field.value for field in ben.form.fields}["recommends"] == "6"
    ben.fills(recommends="9")
    write_last_words(ana, thanks="The talk.")
    assert recommendations(world) == []
    world.forward(days=8)

    [to_ana], [to_ben] = ana.received("ending.goodbye"), ben.received("ending.goodbye")
    assert "ecommend" not in as_text(to_ana) + as_text(to_ben)
    assert recommendations(world) == [(1, 1)]
    ben.says("mydata")
    ben.presses("^See it$")
    assert "Would recommend the programme, 0 to 10: 9" in "".join(as_text(message) for message in ben.chat)


def test_it_may_be_all_that_somebody_says_and_may_stay_empty(
    world: World, ben: Someone, ana: Someone, over: Pair
) -> None:
    write_last_words(ben, recommends="0")
    assert ben.sees.name == "ending.waiting"
    write_last_words(ana)
    assert ana.sees.name == "ending.skipped"
    world.forward(days=8)

    assert "Ben left it at what you did together" in as_text(ana.received("ending.goodbye")[0])
    assert recommendations(world) == [(1, -1)]


def test_who_says_so_after_the_goodbye_is_counted_once(
    world: World, ben: Someone, ana: Someone, over: Pair
) -> None:
    world.forward(days=12)
    write_last_words(ana, recommends="10")
    world.forward(days=3)

    assert recommendations(world) == [(1, 1)]


def test_what_is_erased_before_it_is_read_is_never_counted_and_later_the_sum_stays(
    world: World, ben: Someone, ana: Someone, over: Pair
) -> None:
    for someone, score in ((ben, "10"), (ana, "3")):
        write_last_words(someone, recommends=score)
    with world.bot.open_transaction.begin() as db, Turn(db, world.clock(), world.bot.prompts) as turn:
        erase_words(turn, db.get_one(Person, ben.row.id))
    world.forward(days=8)
    assert recommendations(world) == [(1, -1)]

    with world.bot.open_transaction.begin() as db, Turn(db, world.clock(), world.bot.prompts) as turn:
        erase_words(turn, db.get_one(Person, ana.row.id))
        assert {row.recommends for row in db.scalars(select(Farewell)).unique()} == {""}

    assert recommendations(world) == [(1, -1)]


def recommendations(world: World) -> list[tuple[int, int]]:
    """How many have answered, and those for it less those against it."""
    with world.bot.open_transaction() as db:
        return [(row.answers, row.balance) for row in db.scalars(select(Recommendations))]


def test_skipping_is_as_good(world: World, ben: Someone, ana: Someone, over: Pair) -> None:
    ben.says("skip")
    assert ben.sees.name == "ending.skipped"
    write_last_words(ana)
    assert ana.sees.name == "ending.skipped"

    world.forward(days=8)

    assert len(ben.received("ending.goodbye")) == len(ana.received("ending.goodbye")) == 1
    world.forward(days=30)
    assert len(ben.received("ending.goodbye")) == 1


def test_says_what_they_did_together(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    world.until(world.session(pair).ends_at + timedelta(minutes=5))
    ana.says("close")
    ana.presses("Close it|Yes, close it")
    ana.fills(theirs="Send the draft")
    ben.says("actions")
    ben.presses("Send the draft")
    ben.presses("Done")
    end_now(world, pair)
    world.forward(days=8)

    told = as_text(ben.received("ending.goodbye")[0])
    assert "Sessions held: 1" in told
    assert "Actions done: 1" in told


def test_last_words_may_be_changed_until_they_are_shown(
    world: World, ben: Someone, ana: Someone, over: Pair
) -> None:
    write_last_words(ben, thanks="The walk.")
    ben.presses("Change mine")
    assert ben.form
    assert {field.name: field.value for field in ben.form.fields}["thanks"] == "The walk."
    ben.fills(thanks="The long walk.")
    world.forward(days=8)
    assert "The long walk." in as_text(ana.received("ending.goodbye")[0])

    ben.presses("Change mine")

    assert ben.sees.name == "ending.goodbye"


def test_finish_after_the_end_brings_the_last_words_back(ben: Someone, over: Pair) -> None:
    ben.says("help")
    ben.says("finish")

    assert ben.sees.name == "ending.ended"


def test_somebody_else_gets_their_words_back(world: World, ben: Someone, over: Pair) -> None:
    leo = world.add("Leo Wu", "Europe/Dublin")
    with world.bot.open_transaction() as db:
        theirs = db.scalars(select(Farewell.id).where(Farewell.person_id == ben.row.id)).one()
    actions: list[Action] = [Write(theirs), Skip(theirs)]
    for action in actions:
        leo.presses(action)
        assert leo.sees.name == "ending.gone"
    ben.presses("A few last words")
    leo.form = ben.form
    assert leo.form
    assert leo.form.action == Send(theirs)

    leo.fills(thanks="Not mine to say.")

    assert "You wrote: Not mine to say." in leo.reads
    with world.bot.open_transaction() as db:
        assert {row.thanks for row in db.scalars(select(Farewell)).unique()} == {""}


def test_an_end_is_noted_without_a_name(world: World, ben: Someone, pair: Pair) -> None:
    ask_to_finish(ben)
    world.forward(days=8)

    with world.bot.open_transaction() as db:
        [noted] = db.scalars(select(Happening).where(Happening.what == "ended"))
        reasons = set(db.scalars(select(Post.reason).where(Post.name == "ending.ended")))
    assert (noted.pair_id, noted.person_id) == (pair.id, None)
    assert reasons <= {"", "quiet_hours"}


def test_german(world: World) -> None:
    eva = world.add("Eva Koch", "Europe/Berlin", language="de")
    jens = world.add("Jens Groß", "Europe/Lisbon", language="de")
    pair = world.meet(eva, jens, zone="Europe/Berlin")
    eva.says("beenden")
    assert "jetzt beenden" in eva.reads
    eva.says("jetzt beenden")
    eva.says("bleiben")
    assert eva.sees.name == "ending.staying"
    end_now(world, pair)
    world.forward(days=1)
    eva.presses("letzte Worte")
    eva.fills(thanks="Deine Ruhe.", in_touch="yes")
    jens.presses("Überspringen")
    world.forward(days=7)

    assert "Eva dankt dir: Deine Ruhe." in as_text(jens.received("ending.goodbye")[0])
    jens.says("hilfe")
    assert jens.sees.name == "helping.after_ending"


def test_the_moment_lies_where_a_day_begins(world: World, ben: Someone, pair: Pair) -> None:
    world.forward(hours=3)
    ask_to_finish(ben)
    world.forward(minutes=10)

    ends: datetime | None = now_of(world, pair).end_at
    assert ends
    assert ends == at(f"{ends:%Y-%m-%d}", "09:00", "America/Denver")


def test_no_session_is_planned_beyond_the_end_until_they_go_on(
    world: World, ben: Someone, ana: Someone
) -> None:
    now = world.clock()
    planned: dict[str, Any] = {"planned_end": now + timedelta(days=12), "end_at": now + timedelta(days=12)}
    pair = world.meet(ben, ana, **planned)
    assert "Tuesday 10 February" in as_text(ben.sees)
    assert [file.name for file in ben.sees.files] == ["session-1.ics"]

    for someone in (ben, ana):
        someone.presses(GoOn(pair.id))
    world.forward(hours=1)

    assert world.session(pair, 2).state == State.PLANNED


def test_two_who_agreed_before_they_were_introduced_may_end_it_too(
    world: World, ben: Someone, ana: Someone
) -> None:
    world.start(ben, ana)
    pair = world.pair(ben, ana)
    for someone in (ben, ana):
        someone.says("agreement")
        someone.fills(hopes="Speak up.", minutes="60")
    assert now_of(world, pair).planned_end == world.clock() + timedelta(weeks=26)

    ask_to_finish(ben)
    world.forward(days=8)

    assert len(ana.received("ending.ended")) == 1


def test_the_moment_does_not_say_who_left_the_last_words_out(
    world: World, ben: Someone, ana: Someone, over: Pair
) -> None:
    write_last_words(ben, thanks="Your patience.")
    ana.presses("Skip")
    world.forward(days=5)
    assert ben.received("ending.goodbye") == ana.received("ending.goodbye") == []

    world.forward(days=3)

    [to_ben], [to_ana] = ben.received("ending.goodbye"), ana.received("ending.goodbye")
    assert "Ana left it at what you did together" in as_text(to_ben)
    assert "Here is what Ben wrote." in as_text(to_ana)


def test_after_the_end_only_what_somebody_wrote_still_arrives(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    """The evening before, Ana is asked whether they met, and Ben writes to her; in the morning it is over."""
    world.until(at("2026-02-10", "20:00", "Europe/Dublin"))
    ben.says("ask How did you learn to listen?")
    with world.bot.open_transaction.begin() as db:
        for seat in db.get_one(Session, world.session(pair).id).seats:
            seat.closing_at, seat.closings = world.clock(), 0
    world.until(at("2026-02-10", "20:05", "Europe/Dublin"))
    before = len(ana.chat)
    end_now(world, pair)
    world.until(at("2026-02-11", "12:00", "Europe/Dublin"))

    names = {message.name for message in (*ana.chat[before:], *ana.merged)}
    assert "asks.asked" in names
    assert "ending.ended" in names
    assert not any(name.startswith(("closing.", "prep.", "sessions.")) for name in names)


def test_stay_undoes_nothing_of_another_pair(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    cleo = world.add("Cleo Marin", "Europe/Paris")
    other = world.meet(cleo, ana, weekday=3)
    ask_to_finish(ben)
    ask_to_finish(cleo)

    ana.says("stay")

    assert now_of(world, pair).finish_at
    assert now_of(world, other).finish_at
    ben.presses("Undo")
    assert now_of(world, pair).finish_at is None
