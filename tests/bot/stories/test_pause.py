"""Pause and leaving, through the front door."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from world import Someone, World, as_text, at

from bot.events import StatusChanged
from bot.models import ActionItem, Happening, Pair, Person, Post, Seat, Session, State
from bot.outbox import State as Sent
from bot.stories.pause import AskUntil, ComeBack, Leave, SetUntil, Stay

PAUSE_CARDS = ("pause.until", "pause.for_now")


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    """Ben and Ana, who meet on 10 and 24 February, at nine in Denver. It is the Tuesday before."""
    return world.meet(ben, ana)


def sessions(world: World, pair: Pair) -> list[tuple[int, str]]:
    with world.bot.open_transaction() as db:
        found = select(Session).where(Session.pair_id == pair.id).order_by(Session.starts_at)
        return [(session.number, session.state) for session in db.scalars(found)]


def happened(world: World, what: str) -> list[Happening]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(Happening).where(Happening.what == what).order_by(Happening.id)))


def files(someone: Someone) -> list[str]:
    return [file.name for file in someone.sees.files]


# Quiet at once


def test_is_quiet_at_once_and_asks_nothing(world: World, ben: Someone, pair: Pair) -> None:
    ben.says("pause until 20 February")

    assert "Friday 20 February" in ben.reads
    assert ben.sees.listens is None
    assert [button.label for button in ben.sees.buttons] == [
        "Undo",
        "Until another day",
        "Leave the programme",
    ]
    world.forward(days=14)
    assert ben.sees.name == "pause.until"


@pytest.mark.parametrize("typed", ["stop", "STOP", "Unsubscribe", "away", "/pause", "i am away", "arrêt"])
def test_stop_words_pause_until_they_come_back(ben: Someone, typed: str) -> None:
    """E11."""
    ben.says(typed)

    assert ben.row.paused_at is not None
    assert ben.row.paused_until is None
    assert "[Undo]" in ben.reads


def test_a_length_is_as_good_as_a_day(ben: Someone) -> None:
    for typed in ("pause 2 weeks", "pause for 2 weeks", "away for two weeks", "stop until 17 February"):
        ben.says(typed)

        assert ben.row.paused_until == at("2026-02-17", "00:00", "America/Denver")


@pytest.mark.parametrize("when", ["pigs fly", "31 Feb", "today", "1 Jan 2026"])
def test_a_day_nobody_knows_pauses_all_the_same_and_asks_for_one(ben: Someone, when: str) -> None:
    ben.says(f"pause until {when}")
    assert ben.sees.name == "pause.until_when"
    assert ben.row.paused_at is not None
    assert ben.row.paused_until is None

    ben.says("17 February")

    assert ben.row.paused_until == at("2026-02-17", "00:00", "America/Denver")


def test_words_that_are_no_day_are_kept(world: World, ben: Someone, pair: Pair) -> None:
    ben.says("pause until pigs fly")
    ben.says("I want to talk about pigs.")
    assert ben.sees.name == "pause.not_a_day"
    ben.says("back")

    ben.says("keep")

    assert "Kept for your session" in ben.reads


@pytest.mark.parametrize("word", ["stop", "pause until 20 February"])
def test_a_stop_word_is_honoured_in_the_middle_of_a_question(
    world: World, ben: Someone, ana: Someone, pair: Pair, word: str
) -> None:
    """E11."""
    world.until(at("2026-02-09", "10:00", "America/Denver"))
    ben.says("I gave my first demo.")
    assert "2 of 3" in ben.reads

    ben.says(word)
    assert ben.sees.name in PAUSE_CARDS
    world.forward(days=10)

    assert ben.sees.name in PAUSE_CARDS
    assert all(word not in as_text(message) for message in ana.chat)


def test_what_waited_in_the_night_is_dropped(world: World, ana: Someone) -> None:
    """E24: the second invitation waits for the morning, and she says stop before."""
    with world.bot.open_transaction.begin() as db:
        db.get_one(Person, ana.row.id).welcome_at = at("2026-02-03", "22:00", "Europe/Dublin")
    world.until(at("2026-02-03", "23:00", "Europe/Dublin"))

    ana.says("stop")

    assert world.forward(days=2) == []
    with world.bot.open_transaction() as db:
        assert set(db.scalars(select(Post.state))) == {Sent.DROPPED}


def test_the_sessions_meanwhile_come_out_of_the_calendar(world: World, ben: Someone, pair: Pair) -> None:
    ben.says("pause until 20 February")

    assert sessions(world, pair) == [(1, State.AWAY), (2, State.PLANNED)]
    assert "Tuesday 10 February, 09:00, with Ana" in ben.reads
    assert files(ben) == ["session-1-cancelled.ics"]


def test_pausing_again_changes_the_day(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    ben.says("pause until 20 February")
    ben.says("pause until 1 March")
    assert sessions(world, pair) == [(1, State.AWAY), (2, State.AWAY)]

    ben.presses("Until another day")
    ben.fills(until="5 February")
    assert sessions(world, pair) == [(1, State.PLANNED), (2, State.PLANNED)]
    world.forward(days=1)

    assert len(ana.received("pause.partner_away_until")) == 1
    assert "Thursday 5 February" in as_text(ana.received("pause.partner_away_until")[0])


def test_the_form_takes_a_day_or_none(ben: Someone) -> None:
    ben.says("pause until 20 February")
    ben.presses("Until another day")
    ben.fills(until="31 Feb")
    assert ben.mistakes.keys() == {"until"}

    ben.fills(until="")

    assert ben.row.paused_until is None
    assert ben.sees.name == "pause.for_now_alone"


# The partner


def test_the_partner_learns_that_and_until_when_and_nothing_else(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    world.until(at("2026-02-04", "10:00", "Europe/Dublin"))
    ben.says("pause until 20 February")
    world.forward(minutes=9)
    assert ana.sees.name == "sessions.planned"

    world.forward(minutes=1)

    assert "Ben is away until Friday 20 February." in ana.reads
    assert "Off meanwhile: Tuesday 10 February, 16:00" in ana.reads
    assert files(ana) == ["session-1-cancelled.ics"]


def test_without_a_day_the_partner_learns_that_it_is_for_now(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    ben.says("pause")

    world.forward(minutes=10)

    assert ana.sees.name == "pause.partner_away"


def test_the_partner_is_told_once_however_often_the_clock_ticks(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    ben.says("pause")
    world.forward(minutes=10)

    world.bot.tick()
    world.bot.tick()
    world.forward(hours=1)

    assert len(ana.received("pause.partner_away")) == 1


def test_undo_leaves_no_trace(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    before = len(ana.chat)
    world.until(at("2026-02-09", "09:05", "America/Denver"))
    ana.chat.clear()
    ben.says("pause")
    world.forward(minutes=5)

    ben.says("undo")
    assert ben.sees.name == "pause.undone"
    assert "Next session: Tuesday 10 February, 09:00, with Ana" in ben.reads
    assert files(ben) == ["session-1.ics", "session-2.ics"]
    world.forward(hours=1)

    assert before
    assert [message.name for message in ana.chat if message.name.startswith(("pause", "sessions"))] == []
    assert sessions(world, pair) == [(1, State.PLANNED), (2, State.PLANNED)]


def test_a_partner_who_was_not_introduced_hears_nothing(world: World, ben: Someone, ana: Someone) -> None:
    world.start(ben)
    world.pair(ben, ana)
    ben.says("pause")

    world.forward(days=1)

    assert [message.name for message in ana.chat if message.name.startswith("pause")] == []


# Back


def test_comes_back_by_itself_in_the_first_decent_hour_of_the_day(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    ben.says("pause until 20 February")

    world.until(at("2026-02-20", "08:59", "America/Denver"))
    assert ben.sees.name == "pause.until"
    world.forward(minutes=1)

    [welcome] = ben.received("digest.landing")
    assert "Welcome back" in as_text(welcome)
    assert "1. Newly planned with Ana" in as_text(welcome)
    assert "Next session: Tuesday 24 February, 09:00, with Ana" in as_text(welcome)
    assert ben.chat[-1] is welcome
    assert "Next session: Tuesday 24 February, 16:00" in as_text(ana.received("pause.partner_back")[0])
    assert len(happened(world, "resumed")) == 1


def test_coming_back_early_brings_the_sessions_back(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    ben.says("pause")
    world.forward(days=1)

    ben.says("back")
    assert ben.sees.name == "pause.welcome_back"
    assert files(ben) == ["session-1.ics", "session-2.ics"]
    world.forward(hours=1)

    assert files(ana) == ["session-1.ics", "session-2.ics"]
    assert sessions(world, pair) == [(1, State.PLANNED), (2, State.PLANNED)]


def test_a_session_that_is_too_soon_stays_off(world: World, ben: Someone, pair: Pair) -> None:
    """The partner was told that it is off, and nobody could prepare for it."""
    ben.says("pause")
    world.until(at("2026-02-09", "12:00", "America/Denver"))

    ben.says("back")
    ben.says("pause until 12 February")
    ben.says("undo")

    assert sessions(world, pair)[0] == (1, State.CANCELLED)
    assert "Next session: Tuesday 24 February" in ben.reads


def test_while_the_other_is_away_too_nothing_comes_back(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    ben.says("pause")
    ana.says("pause until 20 February")
    world.forward(days=1)

    ben.says("back")

    assert sessions(world, pair)[:2] == [(1, State.AWAY), (2, State.PLANNED)]


def test_back_without_a_pause_says_how_it_stands(ben: Someone, pair: Pair) -> None:
    for typed in ("back", ComeBack()):
        ben.says(typed) if isinstance(typed, str) else ben.presses(typed)
        assert ben.sees.name == "pause.not_away"
    assert "Tuesday 10 February" in ben.reads


def test_says_when_and_until_when_and_never_why(world: World, ben: Someone, pair: Pair) -> None:
    ben.says("pause until 20 February")
    world.forward(days=20)

    [paused], [resumed] = happened(world, "paused"), happened(world, "resumed")
    assert paused.until == at("2026-02-20", "00:00", "America/Denver") == resumed.at


# Leaving


def test_leaving_is_asked_about_once_and_kindly(ben: Someone) -> None:
    ben.says("leave")

    assert "needs no reason" in ben.reads
    assert [button.label for button in ben.sees.buttons] == ["Leave", "Pause instead", "Stay"]
    ben.presses("Stay")
    assert ben.sees.name == "pause.staying"
    assert ben.row.paused_at is None


def test_leaving_is_quiet_at_once_and_over_in_ten_minutes(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    ben.says("leave")
    ben.presses("Leave")
    assert files(ben) == ["session-1-cancelled.ics", "session-2-cancelled.ics"]
    world.forward(minutes=9)
    assert ana.sees.name == "sessions.planned"
    world.forward(minutes=1)

    assert "Ben Okafor has left" in ana.reads
    assert files(ana) == ["session-1-cancelled.ics", "session-2-cancelled.ics"]
    assert ben.sees.name == "pause.leaving"
    assert len(happened(world, "left")) == 1
    assert happened(world, "resumed") == []


def test_nothing_happens_to_a_pair_that_has_ended(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    with world.bot.open_transaction.begin() as db:
        db.add(
            ActionItem(
                pair_id=pair.id,
                owner_id=ana.row.id,
                what="Find the slides",
                made_at=world.clock(),
                remind_at=world.clock() + timedelta(days=1),
            )
        )
    ben.presses(Leave())
    world.forward(hours=2)
    told = len(ana.chat)

    world.forward(days=60)

    assert len(ana.chat) == told
    assert world.bot.next_due() is None


def test_leaving_after_a_session_began_asks_nobody_about_it(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    world.until(at("2026-02-10", "10:30", "America/Denver"))
    ben.presses(Leave())

    world.forward(days=30)

    assert ana.received("closing.did_you_meet") == []
    assert sessions(world, pair)[0] == (1, State.MISSED)


def test_undo_brings_everything_back(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    ben.presses(Leave())
    world.forward(minutes=5)

    ben.says("undo")
    assert ben.sees.name == "pause.staying"
    assert files(ben) == ["session-1.ics", "session-2.ics"]
    world.forward(days=1)

    assert ben.row.left_at is None
    assert ben.row.paused_at is None
    assert ana.received("pause.partner_left") == ana.received("pause.partner_away") == []


def test_undoing_it_leads_back_into_the_pause_that_was(world: World, ben: Someone, pair: Pair) -> None:
    ben.says("pause until 20 February")
    world.forward(days=1)
    ben.presses(Leave())

    ben.presses(Stay())

    assert ben.sees.name == "pause.until"
    assert ben.row.resume_at == at("2026-02-20", "00:00", "America/Denver")
    assert sessions(world, pair) == [(1, State.AWAY), (2, State.PLANNED)]


def test_pause_instead_is_one_press(ben: Someone) -> None:
    ben.says("leave")
    ben.presses("Pause instead")

    assert ben.sees.name == "pause.for_now_alone"
    assert ben.row.leave_at is None


def test_whoever_has_left_still_gets_an_answer(world: World, ben: Someone, pair: Pair) -> None:
    """E4: also from the old buttons."""
    ben.presses(Leave())
    world.forward(days=1)

    for action in (Leave(), Stay(), ComeBack(), AskUntil()):
        ben.presses(action)
        assert ben.sees.name == "pause.has_left"
    for typed in ("pause", "back", "leave"):
        ben.says(typed)
        assert ben.sees.name == "pause.has_left"
    assert "[My data]" in ben.reads
    assert len(happened(world, "left")) == 1


def test_leaving_twice_is_leaving_once(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    """E3."""
    ben.presses(Leave())
    world.forward(minutes=5)
    ben.presses(Leave())
    world.forward(minutes=5)
    world.bot.tick()
    world.forward(hours=1)

    assert len(ana.received("pause.partner_left")) == 1


def test_a_form_of_before_leaving_changes_nothing(world: World, ben: Someone, pair: Pair) -> None:
    ben.says("pause until 20 February")
    ben.presses("Until another day")
    form = ben.form
    ben.presses(Leave())

    ben.form = form
    ben.fills(until="1 March")

    assert form is not None
    assert form.action == SetUntil()
    assert ben.sees.name == "pause.leaving"
    assert ben.row.leave_at is not None


def test_the_other_pairs_of_a_mentor_go_on(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    cem = world.add("Cem Aydin", "Europe/Istanbul")
    other = world.meet(cem, ana, weekday=3)
    ben.presses(Leave())

    world.forward(days=1)

    assert [state for _, state in sessions(world, other)] == [State.PLANNED, State.PLANNED]
    assert cem.received("pause.partner_left") == []
    with world.bot.open_transaction() as db:
        assert db.scalars(select(Seat).where(Seat.ask_at.is_not(None))).all()


# By their status


def sets_status(someone: Someone, away: bool, until: datetime | None = None) -> None:
    world = someone.world
    world.bot.handle(StatusChanged(id=world.new_id(), who=someone.account, away=away, until=until))


@pytest.mark.usefixtures("pair")
def test_a_status_is_not_looked_at_unless_they_allow_it(world: World, ben: Someone) -> None:
    sets_status(ben, away=True)

    assert ben.row.paused_at is None


@pytest.mark.usefixtures("pair")
def test_an_out_of_office_is_a_pause_and_its_end_a_soft_landing(
    world: World, ben: Someone, ana: Someone
) -> None:
    ben.says("status")
    ben.presses("Let it pause you")
    assert "I look at nothing but whether you are away and until when" in ben.reads

    sets_status(ben, away=True, until=at("2026-02-20", "09:00", "America/Denver"))
    sets_status(ben, away=True, until=at("2026-02-20", "09:00", "America/Denver"))
    world.forward(minutes=20)
    assert "Ben is away until Friday 20 February" in ana.reads
    world.until(at("2026-02-20", "09:05", "America/Denver"))
    assert "Welcome back" in ben.reads
    sets_status(ben, away=False)
    assert ben.row.paused_at is None


@pytest.mark.usefixtures("pair")
def test_what_they_said_themselves_counts_for_more(world: World, ben: Someone) -> None:
    ben.says("status")
    ben.presses("Let it pause you")
    ben.says("pause until 20 February")

    sets_status(ben, away=False)

    assert ben.row.paused_at


def test_back_before_the_partners_morning_is_all_that_the_partner_hears(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    world.until(at("2026-02-03", "20:00", "Europe/Dublin"))
    ben.says("pause")
    world.forward(hours=1)
    ben.says("back")

    world.forward(days=1)

    assert not ana.received("pause.partner_away")
    assert len(ana.received("pause.partner_back")) == 1
