"""Sessions, through the front door."""

import re
from datetime import UTC, date, datetime

import pytest
import vobject
from world import Someone, World, as_text, at

from bot.messages import Message
from bot.models import State
from bot.stories.sessions import Agree, AskMove, Skip, Suggest


@pytest.fixture
def agreed(world: World, ben: Someone, ana: Someone) -> int:
    """Ben and Ana have an agreement, and are being offered times; the id of their pair."""
    world.start(ben, ana)
    pair = world.pair(
        ben, ana, introduced_at=world.clock(), settled_at=world.clock(), suggest_at=world.clock()
    )
    world.forward(minutes=1)
    return pair.id


def events(message: Message) -> list[vobject.base.Component]:
    return [vobject.readOne(file.content.decode()) for file in message.files]


@pytest.mark.usefixtures("agreed")
def test_offers_each_the_same_moments_on_their_own_clock(ben: Someone, ana: Someone) -> None:
    assert "[Tuesday 09:30]" in ben.reads
    assert "[Tuesday 16:30]" in ana.reads


@pytest.mark.usefixtures("agreed")
def test_one_suggests_and_the_other_agrees(world: World, ben: Someone, ana: Someone) -> None:
    ben.presses("Tuesday 09:30")
    world.forward(minutes=1)
    ana.presses("Works for me")
    world.forward(hours=1)

    assert "every 2 weeks, Tuesday 16:30 on your clock" in as_text(ana.received("sessions.rhythm_holds")[0])
    assert "Tuesday 09:30 on your clock" in ben.reads


@pytest.mark.usefixtures("agreed")
def test_both_pressing_the_same_time_settles_it(world: World, ben: Someone, ana: Someone) -> None:
    ben.presses("Tuesday 09:30")
    ana.presses("Tuesday 16:30")

    assert "It is settled" in ana.reads


@pytest.mark.usefixtures("agreed")
def test_an_old_card_asks_nobody_for_the_time_that_is_settled(
    world: World, ben: Someone, ana: Someone
) -> None:
    on_the_old_card = ana.button("Tuesday 16:30").action
    another = ana.button("Wednesday 16:30").action
    ben.presses("Tuesday 09:30")
    world.forward(minutes=1)
    ana.presses("Works for me")
    world.forward(hours=1)

    ana.presses(on_the_old_card)
    assert "You meet Ben on Tuesday" in ana.reads
    assert world.forward(hours=1) == []
    ana.presses(another)
    world.forward(hours=1)

    assert "Ana suggests every 2 weeks" in ben.reads


@pytest.mark.usefixtures("agreed")
def test_agreeing_to_a_suggestion_that_was_withdrawn_settles_nothing(
    world: World, ben: Someone, ana: Someone
) -> None:
    ben.presses("Tuesday 09:30")
    world.forward(minutes=1)
    old = ana.button("Works for me").action
    ben.presses("Choose another time")
    ben.presses("Thursday 09:30")

    ana.presses(old)
    assert "no longer open" in ana.reads

    ana.presses("Show the times")
    assert "When would you like to meet" in ana.reads


def test_the_invitation_is_read_by_another_calendar(world: World, ben: Someone, ana: Someone) -> None:
    world.meet(ben, ana)

    first, second = events(ben.sees)

    assert first.method.value == "REQUEST"
    assert first.vevent.dtstart.value.astimezone(UTC) == at("2026-02-10", "16:00", "Europe/Dublin")
    assert first.vevent.summary.value == "Mentoring with Ana"
    assert first.vevent.uid.value != second.vevent.uid.value


def test_a_move_reaches_both_calendars_as_an_update(world: World, ben: Someone, ana: Someone) -> None:
    world.meet(ben, ana)
    [before, _] = events(ana.sees)

    ben.says("sessions")
    ben.presses("Move it")
    ben.fills(day="11 February", at="09:00")
    world.forward(hours=1)

    [moved] = events(ana.sees)
    assert "Ben has moved your session" in ana.reads
    assert "Wednesday 11 February, 16:00" in ana.reads
    assert moved.vevent.uid.value == before.vevent.uid.value
    assert int(moved.vevent.sequence.value) > int(before.vevent.sequence.value)
    assert events(ben.received("sessions.moved")[0])[0].vevent.dtstart.value == moved.vevent.dtstart.value


def test_a_skip_takes_it_out_of_both_calendars_and_can_be_undone(
    world: World, ben: Someone, ana: Someone
) -> None:
    pair = world.meet(ben, ana)

    ana.says("sessions")
    ana.presses("Skip this one")
    world.forward(minutes=1)
    [off] = events(ben.received("sessions.skipped_by_partner")[0])
    ana.presses("Undo")

    assert off.method.value == "CANCEL"
    assert off.vevent.status.value == "CANCELLED"
    assert world.session(pair).state == State.PLANNED


@pytest.mark.usefixtures("_never_quiet")
def test_keeps_the_wall_clock_time_of_who_chose_it_through_both_clock_changes(
    world: World, ben: Someone, ana: Someone
) -> None:
    """Denver changes on 8 March 2026, Dublin on 29 March."""
    world.meet(ben, ana, at="09:30", zone="America/Denver")

    world.until(datetime(2026, 5, 1, tzinfo=UTC))

    def clocks(someone: Someone) -> set[str]:
        asked = [as_text(message) for message in someone.received("prep.ask")]
        return {clock for card in asked for clock in re.findall(r"\d\d:\d\d", card)}

    assert clocks(ben) == {"09:30"}
    assert clocks(ana) == {"16:30", "15:30"}, "between the two changes Dublin is an hour nearer"


def test_moves_off_a_public_holiday_of_either(world: World, ben: Someone, ana: Someone) -> None:
    """Tuesday 17 March 2026 is Saint Patrick's Day in Dublin; it is an ordinary day in Denver."""
    world.until(at("2026-03-10", "16:00", "Europe/Dublin"))
    pair = world.meet(ben, ana, first_on=date(2026, 3, 17))

    session = world.session(pair)

    assert session.starts_at == at("2026-03-18", "16:00", "Europe/Dublin")


def test_no_overlap_is_offered_an_exchange_in_writing(world: World) -> None:
    kiri = world.add("Kiri Ngata", "Pacific/Auckland")
    jonas = world.add("Jonas Weber", "Europe/Berlin")
    world.start(kiri, jonas)
    world.pair(kiri, jonas, settled_at=world.clock(), suggest_at=world.clock())
    world.forward(days=2)
    assert "do not overlap" in kiri.reads

    kiri.presses("Meet in writing")
    world.forward(days=2)
    assert "suggests meeting in writing" in jonas.reads
    jonas.presses("Works for me")
    world.forward(days=2)

    assert "The first exchange opens on" in as_text(kiri.received("sessions.rhythm_in_writing")[0])
    assert jonas.received("sessions.rhythm_in_writing")


@pytest.mark.parametrize(
    ("day", "clock", "field", "words"),
    [
        pytest.param("31 February", "09:00", "day", "17 March", id="E20 31 February"),
        pytest.param("1 January 9999", "09:00", "day", "17 March", id="E20 year 9999"),
        pytest.param("2 February 2026", "09:00", "day", "17 March", id="E20 the past"),
        pytest.param("18 February", "quarter past", "at", "10:00", id="no time"),
        pytest.param("21 February", "09:00", "day", "does not work", id="a Saturday"),
        pytest.param("17 March", "09:00", "day", "public holiday", id="Saint Patrick's Day"),
    ],
)
def test_says_at_the_field_what_is_wrong_with_a_new_time(
    world: World, ben: Someone, ana: Someone, day: str, clock: str, field: str, words: str
) -> None:
    world.meet(ben, ana)
    ben.says("sessions")
    ben.presses("Move it")

    ben.fills(day=day, at=clock)

    assert words in ben.mistakes[field]


def test_nobody_moves_the_sessions_of_others(world: World, ben: Someone, ana: Someone) -> None:
    """C2, C3."""
    pair = world.meet(ben, ana)
    eve = world.add("Eve Stone", "Europe/London")
    session = world.session(pair)

    for action in (AskMove(session.id), Skip(session.id), Agree(pair.id, 1, "16:00"), AskMove(99_999)):
        eve.presses(action)
        assert "nothing to change" in eve.reads
    assert world.session(pair).state == State.PLANNED


def test_new_hours_move_what_is_still_to_be_asked(world: World, ben: Someone, ana: Someone) -> None:
    """F4."""
    pair = world.meet(ben, ana)
    before = next(seat.ask_at for seat in world.session(pair).seats if seat.person_id == ben.row.id)

    ben.says("settings")
    ben.fills(zone="Asia/Tokyo")
    world.forward(minutes=1)

    after = next(seat.ask_at for seat in world.session(pair).seats if seat.person_id == ben.row.id)
    assert before != after


def test_a_changed_rhythm_takes_the_old_sessions_out(world: World, ben: Someone, ana: Someone) -> None:
    world.meet(ben, ana)
    ben.says("sessions")
    ben.presses("Change the rhythm")
    ben.presses("Thursday 09:30")
    world.forward(minutes=1)
    ana.presses("Works for me")

    methods = [event.method.value for event in events(ana.sees)]
    assert methods == ["CANCEL", "CANCEL", "REQUEST", "REQUEST"]


def test_skipping_twice_is_skipping_once(world: World, ben: Someone, ana: Someone) -> None:
    """E3"""
    world.meet(ben, ana)
    ben.says("sessions")
    skip = ben.button("Skip this one").action

    ben.presses(skip)
    ben.presses(skip)
    world.forward(days=1)

    assert len(ana.received("sessions.skipped_by_partner")) == 1


def test_a_rhythm_is_told_as_agreed_when_its_first_day_is_a_holiday(
    world: World, ben: Someone, ana: Someone, agreed: int
) -> None:
    """The seventeenth of March is a Tuesday, and nobody works in Dublin."""
    world.until(at("2026-03-12", "10:00", "Europe/Dublin"))
    ana.presses(Suggest(agreed, 1, "16:00"))
    world.forward(hours=8)

    ben.presses("Works for me")

    assert "Tuesday 10:00 on your clock" in ben.reads
    assert "The first time is Wednesday 18 March, 10:00" in ben.reads


def test_two_without_a_working_day_in_common_can_still_close(
    world: World, ben: Someone, ana: Someone
) -> None:
    pair = world.meet(ben, ana)
    ben.says("settings")
    ben.fills(days="5")
    world.until(world.session(pair).ends_at)

    ana.says("close")
    ana.presses("Yes, close it")
    ana.fills(decided="We look for another day")

    assert ana.sees.name == "closing.list"


@pytest.mark.usefixtures("agreed")
def test_reminds_twice_when_nobody_picks_a_time(world: World, ben: Someone, ana: Someone) -> None:
    world.forward(days=21)

    for someone in (ben, ana):
        assert len(someone.received("sessions.times")) == 3


@pytest.mark.usefixtures("agreed")
def test_a_suggestion_is_brought_again_to_who_has_not_answered(
    world: World, ben: Someone, ana: Someone
) -> None:
    ben.presses("Tuesday 09:30")

    world.forward(days=21)

    assert len(ana.received("sessions.suggested")) == 3
    assert len(ben.received("sessions.times")) == 1


def test_a_later_session_can_be_skipped_too(world: World, ben: Someone, ana: Someone) -> None:
    pair = world.meet(ben, ana)

    ben.says("sessions")
    ben.presses("Then: Tuesday 24 February")
    ben.presses("Skip this one")

    assert (world.session(pair, 1).state, world.session(pair, 2).state) == (State.PLANNED, State.CANCELLED)


def test_of_two_suggestions_in_a_row_only_the_newer_arrives(world: World, ben: Someone, ana: Someone) -> None:
    world.start(ben, ana)
    now = world.clock()
    world.pair(ben, ana, introduced_at=now, settled_at=now, suggest_at=now)
    world.until(at("2026-02-03", "20:00", "Europe/Dublin"))

    first, second = ben.sees.buttons[:2]
    ben.presses(first.action)
    ben.presses(second.action)
    world.until(at("2026-02-04", "10:00", "Europe/Dublin"))

    assert len(ana.received("sessions.suggested")) == 1


def test_whoever_has_chosen_is_not_asked_for_times_any_more(world: World, ben: Someone, ana: Someone) -> None:
    """The question waited for the morning in Dublin."""
    world.until(at("2026-02-03", "21:00", "Europe/Dublin"))
    world.start(ben, ana)
    now = world.clock()
    world.pair(ben, ana, introduced_at=now, settled_at=now, suggest_at=now)
    world.forward(minutes=1)
    ana.says("sessions")
    ana.presses("Meet in writing")
    world.forward(hours=16)

    assert len(ana.received("sessions.times")) == 1, "what they had asked for themselves"
    assert ben.received("sessions.suggested_in_writing")


def test_nobody_is_asked_about_times_while_one_is_away(world: World, ben: Someone, ana: Someone) -> None:
    world.start(ben, ana)
    now = world.clock()
    ben.says("pause")
    world.pair(ben, ana, introduced_at=now, settled_at=now, suggest_at=now)
    world.forward(days=5)
    assert ana.received("sessions.times") == []

    ben.says("back")
    world.forward(days=2)

    assert len(ana.received("sessions.times")) >= 1
