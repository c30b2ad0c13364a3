"""Pulse, through the front door."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from world import Someone, World, as_text, at

from bot.models import Conversation, Happening, Letter, Pair, Pulse, Session
from bot.stories.closing import WriteClosing
from bot.stories.pulse import Answer, Later, SetAnswers, Skip

CLOSED = at("2026-02-10", "12:00", "America/Denver")

pytestmark = pytest.mark.usefixtures("_never_quiet")


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    """Ben and Ana, introduced on 3 February, who met for the first time on the 10th."""
    pair = world.meet(ben, ana)
    world.until(CLOSED)
    close(world, ben, pair)
    return pair


@pytest.fixture
def asked(world: World, ben: Someone, pair: Pair) -> int:
    world.forward(days=2)
    return pulses(world, ben)[0].id


def close(world: World, someone: Someone, pair: Pair, number: int = 1) -> None:
    someone.presses(WriteClosing(world.session(pair, number).id))
    someone.fills(decided="One question a week.")


def say(someone: Someone, line: str) -> None:
    someone.says("pulse")
    someone.says(line)


def pulses(world: World, someone: Someone) -> list[Pulse]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(Pulse).where(Pulse.person_id == someone.row.id).order_by(Pulse.id)))


def answers(world: World, someone: Someone, number: int = 0) -> tuple[str, str, str]:
    one = pulses(world, someone)[number]
    return one.moved, one.raised, one.rhythm


def happened(world: World, what: str) -> int:
    with world.bot.open_transaction() as db:
        return len(db.scalars(select(Happening).where(Happening.what == what)).all())


def came(world: World, someone: Someone, since: int = 0) -> list[tuple[str, datetime]]:
    """What was brought of it, and when."""
    return [
        (delivery.parcel.name, delivery.at)
        for delivery in world.deliveries[since:]
        if delivery.to == someone.email and delivery.parcel.name.startswith("pulse.")
    ]


# When


def test_nobody_is_asked_before_they_have_met(world: World, ben: Someone, ana: Someone) -> None:
    world.meet(ben, ana)

    world.forward(days=100)

    assert came(world, ben) == came(world, ana) == []
    ben.says("pulse")
    assert ben.sees.name == "pulse.nothing_yet"


def test_it_comes_after_the_first_session_at_day_30_and_every_60_days(
    world: World, ben: Someone, pair: Pair
) -> None:
    for _ in range(6):
        world.forward(days=25)
        ben.presses(Skip(pulses(world, ben)[-2].id))

    asked = [when.date() for name, when in came(world, ben) if name == "pulse.ask"]
    assert [str(day) for day in asked] == ["2026-02-11", "2026-03-05", "2026-05-04", "2026-07-06"]
    # 3 July is a holiday in Denver, and a weekend follows


def test_both_are_asked_each_about_the_other(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    world.forward(days=2)

    assert "with Ana" in as_text(ben.received("pulse.ask")[0])
    assert "with Ben" in as_text(ana.received("pulse.ask")[0])
    assert "Only you see your answers" in as_text(ben.received("pulse.ask")[0])
    assert "groups of five people" in as_text(ben.received("pulse.ask")[0])


def test_after_a_late_first_session_the_next_one_keeps_its_distance(
    world: World, ben: Someone, ana: Someone
) -> None:
    pair = world.meet(ben, ana)
    world.until(at("2026-02-24", "12:00", "America/Denver"))
    with world.bot.open_transaction.begin() as db:
        db.get_one(Pair, pair.id).introduced_at = world.clock() - timedelta(days=25)
    close(world, ben, pair, number=2)

    world.forward(days=30)

    assert [name for name, _ in came(world, ben)] == ["pulse.ask", "pulse.remind"]
    assert pulses(world, ben)[1].ask_at == world.clock() - timedelta(days=30) + timedelta(days=61)


def test_a_second_session_begins_nothing_new(world: World, ben: Someone, pair: Pair) -> None:
    world.until(at("2026-02-24", "12:00", "America/Denver"))
    close(world, ben, pair, number=2)

    world.forward(days=2)

    assert [pulse.number for pulse in pulses(world, ben)] == [1, 2]


def test_an_exchange_in_which_both_wrote_is_a_first_session_too(
    world: World, ben: Someone, ana: Someone
) -> None:
    pair = world.meet(ben, ana, format="async", at="09:00")
    session = world.session(pair)
    world.until(session.starts_at + timedelta(hours=9))
    with world.bot.open_transaction.begin() as db:
        for someone in (ben, ana):
            db.add(Letter(session_id=session.id, author_id=someone.row.id, written_at=world.clock()))

    world.until(session.close_at + timedelta(days=4) if session.close_at else world.clock())

    assert came(world, ben)[0][0] == "pulse.ask"


def test_there_is_one_reminder_and_then_silence(world: World, ben: Someone, pair: Pair) -> None:
    world.until(CLOSED + timedelta(days=20))

    assert [name for name, _ in came(world, ben)] == ["pulse.ask", "pulse.remind"]
    world.bot.tick()
    assert world.bot.tick() == 0


@pytest.mark.usefixtures("pair")
def test_it_is_a_nudge(world: World, asked: int) -> None:
    kinds = {d.parcel.kind for d in world.deliveries if d.parcel.name == "pulse.ask"}

    assert kinds == {"nudge"}


def test_nobody_who_is_away_is_asked_and_it_comes_when_they_are_back(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    ben.says("pause until 2 March")
    world.until(at("2026-03-05", "12:00", "America/Denver"))
    assert came(world, ben) == []
    assert len(came(world, ana)) >= 1

    world.forward(days=10)

    assert came(world, ben)[0][0] == "pulse.ask"


def test_a_pause_without_an_end_is_left_in_peace(world: World, ben: Someone, pair: Pair) -> None:
    ben.says("pause")
    world.forward(days=50)
    assert came(world, ben) == []

    ben.says("back")
    world.forward(days=10)

    assert came(world, ben)[0][0] == "pulse.ask"


def test_a_pair_that_has_ended_is_not_asked(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    ana.says("leave")
    ana.presses("^Leave$")

    world.forward(days=100)

    assert came(world, ben) == []
    assert pulses(world, ben)[0].ask_at is None


# Answered


def test_three_answers_in_one_form_and_only_they_see_them(
    world: World, ben: Someone, ana: Someone, asked: int
) -> None:
    ben.presses("^Answer$")
    ben.fills(moved="4", raised="5", rhythm="right")

    assert ben.sees.name == "pulse.kept"
    assert "I could raise what mattered: 5: very much" in ben.reads
    assert [button.label for button in ben.sees.buttons] == ["Edit"]
    assert answers(world, ben) == ("4", "5", "right")
    assert pulses(world, ben)[0].wording.startswith("en/pulse.form@")
    assert answers(world, ana) == ("", "", "")
    world.forward(days=14)
    assert [name for name, _ in came(world, ben)] == ["pulse.ask"]


def test_each_may_be_left_out_and_all_of_them_are_a_skip(world: World, ben: Someone, asked: int) -> None:
    ben.presses(Answer(asked))
    ben.fills(raised="4")
    assert answers(world, ben) == ("", "4", "")

    ben.presses("Edit")
    assert ben.form
    assert [field.value for field in ben.form.fields] == ["", "4", ""]
    ben.fills(raised="")

    assert ben.sees.name == "pulse.skipped"
    assert answers(world, ben) == ("", "", "")


def test_what_cannot_be_is_refused(world: World, ben: Someone, asked: int) -> None:
    ben.presses(Answer(asked))

    ben.fills(moved="6", raised="yes", rhythm="fast")

    assert ben.mistakes.keys() == {"moved", "raised", "rhythm"}
    assert pulses(world, ben)[0].answered_at is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("4 5 right", ("4", "5", "right")),
        ("4, 2, Too slow", ("4", "2", "too_slow")),
        ("3 4 zu viel", ("3", "4", "too_much")),
        ("- 4", ("", "4", "")),
        ("right", ("", "", "right")),
    ],
)
def test_one_typed_line_will_do(
    world: World, ben: Someone, asked: int, typed: str, kept: tuple[str, str, str]
) -> None:
    say(ben, typed)

    assert ben.sees.name == "pulse.kept"
    assert answers(world, ben) == kept


def test_the_word_alone_brings_the_questions_and_then_the_line(
    world: World, ben: Someone, asked: int
) -> None:
    ben.says("pulse")
    assert ben.sees.name == "pulse.in_words"
    ben.says("5 5 too much")
    assert answers(world, ben) == ("5", "5", "too_much")

    ben.says("pulse")

    assert ben.sees.name == "pulse.kept"


def test_the_line_may_stand_behind_the_word(world: World, ben: Someone, asked: int) -> None:
    with world.bot.open_transaction.begin() as db:
        db.get_one(Conversation, ben.row.id).listens = None

    ben.says("puls 3 4 zu viel")

    assert answers(world, ben) == ("3", "4", "too_much")


def test_something_else_is_kept_and_not_taken_for_an_answer(world: World, ben: Someone, asked: int) -> None:
    ben.says("pulse")
    ben.says("It was all right, I think.")

    assert ben.sees.name == "pulse.not_understood"
    assert pulses(world, ben)[0].answered_at is None
    with world.bot.open_transaction() as db:
        assert db.get_one(Conversation, ben.row.id).unplaced == "It was all right, I think."
    ben.says("keep")
    assert ben.sees.name.startswith("prep.")


def test_it_never_comes_between_somebody_and_another_question(
    world: World, ben: Someone, pair: Pair, asked: int
) -> None:
    world.until(at("2026-02-23", "12:00", "America/Denver"))
    assert ben.received("prep.ask")
    ben.presses(Later(asked))
    ben.presses(Answer(asked))
    ben.fills(moved="3")

    ben.says("The draft is out.")

    assert ben.sees.name.startswith("prep.")


def test_answering_twice_is_answering_once(world: World, ben: Someone, asked: int) -> None:
    for moved in ("4", "2"):
        ben.presses(Answer(asked))
        ben.fills(moved=moved)

    assert answers(world, ben)[0] == "2"
    assert happened(world, "pulse_answered") == 1


# What they can do


def test_another_rhythm_is_one_press_away_and_nobody_is_told(
    world: World, ben: Someone, ana: Someone, asked: int
) -> None:
    before = len(ana.chat)
    say(ben, "4 4 too much")
    assert "Another rhythm: In your agreement" in ben.reads
    assert [button.label for button in ben.sees.buttons][1:] == ["Our agreement", "Our sessions"]

    ben.presses("Our sessions")

    assert ben.sees.name.startswith("sessions.")
    assert [message.name for message in ana.chat[before:]] == []


def test_what_was_hard_to_raise_shows_ways_on_and_nobody_is_told(
    world: World, ben: Someone, ana: Someone, asked: int
) -> None:
    say(ben, "4 1 right")

    assert "Nobody hears of this answer" in ben.reads
    assert [button.label for button in ben.sees.buttons][1:] == [
        *("Keep a note for next time", "Pause", "Not a good fit")
    ]
    assert not [message for message in ana.chat if "raise" in as_text(message).partition("\n")[0]]


# Not now


def test_skipping_is_fine_and_can_be_changed(world: World, ben: Someone, asked: int) -> None:
    ben.says("skip")
    assert ben.sees.name == "pulse.skipped"
    world.forward(days=10)
    assert [name for name, _ in came(world, ben)] == ["pulse.ask"]

    ben.presses("Answer after all")
    ben.fills(moved="4")
    ben.presses(Skip(asked))

    assert ben.sees.name == "pulse.kept"
    assert answers(world, ben)[0] == "4"


def test_later_moves_the_one_reminder(world: World, ben: Someone, asked: int) -> None:
    ben.says("later")
    assert "I ask once more on" in ben.reads
    world.forward(days=10)
    assert [name for name, _ in came(world, ben)] == ["pulse.ask", "pulse.remind"]

    ben.presses(Later(asked))

    assert ben.sees.name == "pulse.whenever"
    world.forward(days=6)
    assert len(came(world, ben)) == 2


# Whose it is


def test_nobody_else_can_see_or_answer_it(world: World, ben: Someone, ana: Someone, asked: int) -> None:
    say(ben, "4 1 right")
    eve = world.add("Eve Stone", "Europe/Paris")

    for someone in (ana, eve):
        for action in (Answer, Skip, Later):
            someone.presses(action(asked))
            assert someone.sees.name == "pulse.gone"
        ben.presses(Answer(asked))
        someone.form = ben.form
        someone.fills(moved="1")
        assert someone.sees.name == "pulse.gone"
    assert ben.form
    assert ben.form.action == SetAnswers(asked)
    assert answers(world, ben) == ("4", "1", "right")


def test_of_a_pair_that_has_ended_nothing_is_asked_or_kept(
    world: World, ben: Someone, pair: Pair, asked: int
) -> None:
    ben.says("pulse")
    with world.bot.open_transaction.begin() as db:
        db.get_one(Pair, pair.id).ended_at = world.clock()

    ben.says("4 4 right")
    assert ben.sees.name == "pulse.not_understood"
    ben.says("pulse")
    assert ben.sees.name == "pulse.pair_ended"

    assert answers(world, ben) == ("", "", "")


def test_a_mentor_of_two_is_asked_about_each(world: World, ana: Someone, asked: int) -> None:
    cem = world.add("Cem Aydin", "Europe/Istanbul")
    other = world.meet(cem, ana, weekday=3)
    first: Session = world.session(other)
    world.until(first.starts_at + timedelta(hours=2))
    close(world, cem, other)
    world.forward(days=7)

    assert "with Ben" in as_text(ana.received("pulse.ask")[0])
    assert "with Cem" in as_text(ana.received("pulse.remind")[-1])  # one nudge a day, two a week
    say(ana, "5 5")
    say(ana, "3 3")

    assert {answers(world, ana, number)[0] for number in range(3)} == {"5", "3", ""}


def test_my_data_shows_it_to_them_and_erasing_empties_it(world: World, ben: Someone, asked: int) -> None:
    say(ben, "4 1 too much")
    ben.says("my data")
    assert "Your pulses: 1" in ben.reads
    ben.presses("See it")
    assert "Rhythm: too_much" in ben.reads

    ben.presses("^Erase$")
    ben.presses("Erase what I wrote")
    world.forward(hours=1)

    assert answers(world, ben) == ("", "", "")
