"""Closing, through the front door."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from world import Someone, World, as_text, at

from bot.actions import decode
from bot.models import ActionItem, Format, Happening, Pair, Session, State
from bot.stories.closing import AddToClosing, DidNotMeet, Later, SendClosing, WriteClosing

DRAFT = "Send the draft to Ana by Friday"


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    """Ben and Ana, who meet on Tuesdays at four in Dublin, which is nine in Denver."""
    return world.meet(ben, ana)


@pytest.fixture
def over(world: World, pair: Pair) -> Session:
    """Their first session, which ended two hours ago. Ben has been asked; in Dublin it is evening."""
    world.until(at("2026-02-10", "12:00", "America/Denver"))
    return world.session(pair)


def closes(someone: Someone, session: Session, **answers: str) -> None:
    someone.presses(WriteClosing(session.id))
    someone.fills(**answers)


def items(world: World) -> list[ActionItem]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(ActionItem).order_by(ActionItem.id)))


def happened(world: World, what: str) -> int:
    with world.bot.open_transaction() as db:
        return len(db.scalars(select(Happening).where(Happening.what == what)).all())


# Did you meet?


@pytest.mark.usefixtures("over")
def test_asks_each_after_the_session_at_a_decent_hour(world: World, ben: Someone, ana: Someone) -> None:
    assert "Your session with Ana was on Tuesday 10 February, 09:00. Did you meet?" in ben.reads
    assert ana.received("closing.did_you_meet") == []

    world.until(at("2026-02-11", "09:00", "Europe/Dublin"))

    assert "Did you meet?" in ana.reads


@pytest.mark.usefixtures("over")
def test_asks_once_more_a_day_later_and_then_never_again(world: World, ben: Someone) -> None:
    world.forward(hours=24)
    assert len(ben.received("closing.did_you_meet")) == 2

    world.forward(days=6)

    assert len(ben.received("closing.did_you_meet")) == 2


@pytest.mark.usefixtures("over")
def test_asks_once_however_often_the_clock_ticks(world: World, ben: Someone) -> None:
    world.bot.tick()
    world.bot.tick()
    world.forward(hours=1)

    assert len(ben.received("closing.did_you_meet")) == 1


def test_asks_nobody_once_it_is_closed(world: World, ben: Someone, ana: Someone, over: Session) -> None:
    closes(ben, over, decided="One question a week.")

    world.forward(days=6)

    assert len(ben.received("closing.did_you_meet")) == 1
    assert ana.received("closing.did_you_meet") == []


@pytest.mark.usefixtures("over")
def test_later_asks_again_on_the_next_day(world: World, ben: Someone) -> None:
    ben.says("later")
    assert "I ask once more on Wednesday 11 February, 12:00" in ben.reads

    world.forward(hours=25)

    assert "Did you meet?" in ben.reads


def test_asks_differently_about_an_exchange_in_writing(world: World, ben: Someone, ana: Someone) -> None:
    pair = world.meet(ben, ana, format=Format.ASYNC, at="09:00")
    world.until(world.session(pair).starts_at + timedelta(hours=12))
    write_in_exchange(ana)
    world.until(world.session(pair).ends_at)

    assert "Did you write to each other?" in as_text(ben.received("closing.did_you_write")[0])
    assert "[Not this time]" in as_text(ben.received("closing.did_you_write")[0])


# Yes


def test_both_see_the_same_list(world: World, ben: Someone, ana: Someone, over: Session) -> None:
    ben.presses("Yes, close it")
    ben.fills(
        decided="One question a week.",
        mine=f"{DRAFT}\n- Read chapter two",
        theirs="Introduce Ben to Mia by 20 February",
        where="After stand-up, I will open it",
    )
    world.forward(hours=22)

    for reader in (ben, ana):
        [shown] = reader.received("closing.list")
        assert "One question a week." in as_text(shown)
        assert (
            "Ben: Send the draft to Ana, by Friday 13 February (After stand-up, I will open it)"
            in as_text(shown)
        )
        assert "Ben: Read chapter two" in as_text(shown)
        assert "Ana: Introduce Ben to Mia, by Friday 20 February" in as_text(shown)
    assert "Tuesday 24 February, 09:00" in as_text(ben.received("closing.list")[0])
    assert "Tuesday 24 February, 16:00" in as_text(ana.received("closing.list")[0])


def test_notes_that_it_was_held_and_what_was_promised(world: World, ben: Someone, over: Session) -> None:
    closes(ben, over, mine=DRAFT, theirs="Introduce Ben to Mia")

    assert happened(world, "session_held") == 1
    assert happened(world, "action_made") == 2


def test_an_empty_form_closes_it_too(world: World, ben: Someone, pair: Pair, over: Session) -> None:
    closes(ben, over)

    assert ben.sees.name == "closing.list"
    assert world.session(pair).state == State.HELD


def test_what_is_still_open_from_before_is_on_the_list(
    world: World, ben: Someone, ana: Someone, pair: Pair, over: Session
) -> None:
    closes(ben, over, mine="Read chapter two")
    world.until(at("2026-02-24", "12:00", "America/Denver"))

    closes(ben, world.session(pair, 2), mine="Write a summary")

    assert "Who does what: Ben: Write a summary" in ben.reads
    assert "Open from before: Ben: Read chapter two" in ben.reads


def test_new_sessions_come_with_their_invitations(world: World, ben: Someone, pair: Pair) -> None:
    """Closed while it is running, before anything else has planned further."""
    world.until(at("2026-02-10", "09:30", "America/Denver"))
    ben.says("close")
    assert ben.sees.name == "closing.going_on"

    ben.presses("Close it")
    ben.fills(decided="Short and good.")

    assert [file.name for file in ben.sees.files] == ["session-3.ics"]


def test_a_day_that_cannot_be_is_kept_as_words(world: World, ben: Someone, over: Session) -> None:
    """E20."""
    impossible = ["Send it by 31 Feb", "Send it by 3 February 2026", "Send it by year 9999"]
    closes(ben, over, mine="\n".join(["• Send it by Friday", *impossible]))

    assert [(item.what, str(item.due_on)) for item in items(world)] == [
        ("Send it", "2026-02-13"),
        *((line, "None") for line in impossible),
    ]


def test_where_without_a_promise_is_one(world: World, ben: Someone, over: Session) -> None:
    closes(ben, over, where="After stand-up, I will call Mia")

    [item] = items(world)
    assert (item.what, item.where) == ("After stand-up, I will call Mia", "")


def test_too_much_is_said_at_the_field(world: World, ben: Someone, over: Session) -> None:
    """D16."""
    closes(ben, over, mine="one\ntwo\nthree\nfour\nfive\nsix", theirs="a" * 301)

    assert "Five lines" in ben.mistakes["mine"]
    assert "300 characters" in ben.mistakes["theirs"]
    assert items(world) == []


# Both, twice, and late


def test_a_double_click_closes_it_once(world: World, ben: Someone, ana: Someone, over: Session) -> None:
    """E3."""
    ben.presses(WriteClosing(over.id))
    form = ben.form
    for _ in range(2):
        ben.form = form
        ben.fills(decided="One question a week.", mine=DRAFT, where="After stand-up")
    world.forward(days=1)

    assert happened(world, "session_held") == 1
    assert len(items(world)) == 1
    assert len(ana.received("closing.list")) == 1
    assert as_text(ana.received("closing.list")[0]).count("One question a week.") == 1


def test_what_the_other_writes_at_the_same_time_is_added(
    world: World, ben: Someone, ana: Someone, over: Session
) -> None:
    """E6: both have the form open; nothing is overwritten, and what both promised is one promise."""
    ben.presses(WriteClosing(over.id))
    ana.presses(WriteClosing(over.id))

    ben.fills(decided="One question a week.", mine="Send the draft")
    ana.fills(decided="Ben asks first.", mine="Talk to Mia", theirs="send the draft by Friday")
    world.forward(days=1)

    for shown in (ana.received("closing.list")[0], ben.received("closing.list")[-1]):
        assert "One question a week.\n\nBen asks first." in as_text(shown)
    assert [(item.what, str(item.due_on)) for item in items(world)] == [
        ("Send the draft", "2026-02-13"),
        ("Talk to Mia", "None"),
    ]
    assert happened(world, "session_held") == 1


def test_something_can_be_added_later_and_the_partner_hears_of_it(
    world: World, ben: Someone, ana: Someone, over: Session
) -> None:
    closes(ben, over, mine="Send the draft")
    world.forward(days=1)

    ana.presses("Add to it")
    ana.fills(mine="Read it")
    world.forward(hours=1)

    assert "Ana: Read it" in ben.reads
    assert len(ben.received("closing.list")) == 2


def test_the_button_of_a_closed_session_shows_how_it_stands(
    world: World, ben: Someone, ana: Someone, over: Session
) -> None:
    """E4."""
    closes(ana, over, decided="One question a week.")
    world.forward(days=30)

    ben.presses(WriteClosing(over.id))
    assert "One question a week." in ben.reads
    ben.presses(Later(over.id))
    assert "One question a week." in ben.reads


def test_words_for_a_pair_that_has_ended_are_given_back(world: World, ben: Someone, over: Session) -> None:
    """E5."""
    ben.presses(WriteClosing(over.id))
    with world.bot.open_transaction.begin() as db:
        db.get_one(Pair, over.pair_id).ended_at = world.clock()

    ben.fills(decided="One question a week.", mine=DRAFT)

    assert ben.sees.name == "closing.not_kept"
    assert "One question a week." in ben.reads
    assert DRAFT in ben.reads


def test_somebody_elses_session_is_not_there(world: World, ben: Someone, over: Session) -> None:
    """C2, C3."""
    closes(ben, over, decided="One question a week.")
    eve = world.add("Eve Stone", "Europe/Paris")
    world.meet(eve, world.add("Carl Roth", "Europe/Berlin"))

    for action in (WriteClosing, AddToClosing, DidNotMeet, Later):
        eve.presses(action(over.id))
        assert eve.sees.name == "closing.gone"


def test_somebody_elses_form_is_refused(world: World, ben: Someone, pair: Pair, over: Session) -> None:
    """C4."""
    eve = world.add("Eve Stone", "Europe/Paris")
    ben.presses(WriteClosing(over.id))

    eve.form = ben.form
    eve.fills(decided="Eve was here.")

    assert eve.sees.name == "closing.not_kept"
    assert world.session(pair).state == State.PLANNED


def test_a_session_that_is_ahead_cannot_be_closed(world: World, ben: Someone, pair: Pair) -> None:
    session = world.session(pair)

    for action in (WriteClosing(session.id), DidNotMeet(session.id)):
        ben.presses(action)
        assert ben.sees.name == "closing.still_ahead"
    assert world.session(pair).state == State.PLANNED


# The command


def test_close_means_the_session_that_began_last(world: World, ben: Someone, over: Session) -> None:
    ben.says("close")

    ben.presses("Yes, close it")

    assert ben.form is not None
    assert ben.form.action == SendClosing(over.id)


def test_close_says_what_is_next_when_there_is_nothing_to_close(
    world: World, ben: Someone, pair: Pair
) -> None:
    ben.says("close")

    assert "Your next session is with Ana on Tuesday 10 February, 09:00" in ben.reads


def test_close_without_any_session_has_a_next_step(ben: Someone) -> None:
    ben.says("close")

    assert "[Show my sessions]" in ben.reads


def test_an_exchange_can_be_closed_from_its_start_on(world: World, ben: Someone, ana: Someone) -> None:
    pair = world.meet(ben, ana, format=Format.ASYNC, at="09:00")
    world.until(world.session(pair).starts_at + timedelta(hours=9))

    ben.says("close")
    ben.presses("Yes, close it")
    ben.fills(decided="All said.")

    assert world.session(pair).state == State.HELD


# The question of an earlier release


def test_the_old_question_is_answered_politely(ben: Someone, over: Session) -> None:
    """Whether it moved something forward is one of the questions of the pulse now."""
    closes(ben, over, decided="One question a week.")
    assert "move something forward" not in ben.reads

    ben.presses(decode(f'{{"do":"closing.say_pulse","session":{over.id},"felt":"yes"}}'))

    assert ben.sees.name == "helping.outdated"


# No


def test_not_meeting_is_fine_and_both_are_told_what_is_next(
    world: World, ben: Someone, ana: Someone, pair: Pair, over: Session
) -> None:
    ben.presses("We did not meet")
    assert "That happens" in ben.reads
    assert "[Find another time]" in ben.reads
    world.forward(days=1)

    assert "Ben noted that you did not meet" in ana.reads
    assert "Next session: Tuesday 24 February, 16:00" in ana.reads
    assert world.session(pair).state == State.MISSED
    assert ana.received("closing.did_you_meet") == []


def test_not_meeting_is_noted_once(world: World, ben: Someone, ana: Someone, over: Session) -> None:
    """E3."""
    for someone in (ben, ben, ana):
        someone.presses(DidNotMeet(over.id))
    world.forward(days=1)

    assert happened(world, "session_missed") == 1
    assert len(ana.received("closing.partner_says_not_met")) == 1
    assert ben.received("closing.partner_says_not_met") == []


def test_held_wins_whoever_says_it_first(
    world: World, ben: Someone, ana: Someone, pair: Pair, over: Session
) -> None:
    ben.presses("We did not meet")
    ana.presses(WriteClosing(over.id))
    ana.fills(decided="We met on Wednesday.")
    assert world.session(pair).state == State.HELD

    ben.presses(DidNotMeet(over.id))

    assert world.session(pair).state == State.HELD
    assert "We met on Wednesday." in ben.reads


# Nobody said


def test_a_session_that_nobody_closes_counts_as_not_held_without_a_word(
    world: World, ben: Someone, ana: Someone, pair: Pair, over: Session
) -> None:
    world.forward(days=3)
    before = len(ben.chat), len(ana.chat)

    world.until(over.ends_at + timedelta(days=7, minutes=1))

    assert world.session(pair).state == State.MISSED
    assert happened(world, "session_missed") == 1
    assert (len(ben.chat), len(ana.chat)) == before


def test_it_can_be_closed_even_then(world: World, ben: Someone, pair: Pair, over: Session) -> None:
    world.until(over.ends_at + timedelta(days=9))

    closes(ben, over, mine="Send the draft")

    assert world.session(pair).state == State.HELD
    assert "Ben: Send the draft" in ben.reads


def test_whoever_is_away_is_not_asked(world: World, ben: Someone, pair: Pair) -> None:
    world.until(at("2026-02-10", "09:30", "America/Denver"))
    ben.says("pause")

    world.forward(days=6)

    assert ben.received("closing.did_you_meet") == []


def write_in_exchange(someone: Someone) -> None:
    someone.says("write")
    someone.says("A letter")


def test_an_exchange_in_which_nobody_wrote_goes_by_without_a_question(
    world: World, ben: Someone, ana: Someone
) -> None:
    pair = world.meet(ben, ana, format=Format.ASYNC, at="09:00")
    world.until(world.session(pair).ends_at + timedelta(days=8))

    assert world.session(pair).state == State.MISSED
    assert not ben.received("closing.did_you_write")
    assert not ana.received("closing.did_you_write")


def test_an_exchange_in_which_both_wrote_is_held_without_a_question(
    world: World, ben: Someone, ana: Someone
) -> None:
    pair = world.meet(ben, ana, format=Format.ASYNC, at="09:00")
    world.until(world.session(pair).starts_at + timedelta(hours=12))
    for someone in (ben, ana):
        write_in_exchange(someone)
    world.until(world.session(pair).ends_at + timedelta(minutes=5))
    world.bot.tick()
    world.bot.tick()

    assert world.session(pair).state == State.HELD
    for someone in (ben, ana):
        assert not someone.received("closing.did_you_write")
        assert len(someone.received("closing.both_wrote")) == 1
    ben.presses("Note it")
    ben.presses("Add to it")
    ben.fills(mine="Send the draft")
    assert "Send the draft" in ben.reads


@pytest.mark.usefixtures("_never_quiet")
def test_a_dormant_pair_is_asked_once_and_left_alone_otherwise(
    world: World, ben: Someone, ana: Someone
) -> None:
    pair = world.meet(ben, ana)
    world.until(world.session(pair, 2).starts_at - timedelta(days=2))
    before = {name: len(ana.received(name)) for name in ("prep.remind", "prep.brief", "closing.did_you_meet")}
    world.until(world.session(pair, 2).ends_at + timedelta(days=3))

    assert len(ana.received("prep.remind")) == before["prep.remind"]
    assert len(ana.received("prep.brief")) == before["prep.brief"]
    assert len(ana.received("closing.did_you_meet")) == before["closing.did_you_meet"] + 1


@pytest.mark.usefixtures("_never_quiet")
def test_what_one_of_a_dormant_pair_writes_is_read(world: World, ben: Someone, ana: Someone) -> None:
    pair = world.meet(ben, ana)
    world.until(world.session(pair, 2).starts_at - timedelta(hours=20))
    ben.says("I gave my first demo.")
    world.until(world.session(pair, 2).starts_at)

    assert "I gave my first demo." in as_text(ana.received("prep.brief")[-1])


def test_nothing_new_is_planned_while_a_quiet_pair_is_asked_how_it_goes(
    world: World, ben: Someone, ana: Someone
) -> None:
    pair = world.meet(ben, ana)
    with world.bot.open_transaction.begin() as db:
        row = db.get_one(Pair, pair.id)
        row.asked_quiet_at, row.quiet_at = world.clock(), None
    planned = len(ana.received("sessions.planned"))
    world.forward(days=16)
    assert len(ana.received("sessions.planned")) == planned

    ben.says("note Ask about May")
    ben.says("actions")
    ben.presses("Add")
    ben.fills(what="Send the draft")
    world.forward(days=3)

    assert len(ana.received("sessions.planned")) > planned
