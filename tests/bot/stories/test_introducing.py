"""Introducing: what would go out is said first; it goes out kindly, and may be called off until read."""

from datetime import UTC, datetime

import pytest
from small_programme import NO_SUCH_ID, Six, another_programme, give_room, pairs, six_people
from sqlalchemy import select
from world import Someone, World, as_text, at

from bot.desk.models import AuditEntry
from bot.matching import introducing
from bot.matching.models import Proposed, Run, RunState, Seeking, Standing
from bot.matching.runs import AskToIntroduce
from bot.models import Pair, Person, Programme, Role
from bot.stories.introducing import AskToCallOff, CallOff, Introduce
from bot.stories.match import Lock, NotThese, Propose
from bot.stories.profile import Exclude
from bot.stories.wishes import WishFor

MENTORING = 1  # id of the programme
NIGHT = at("2026-02-04", "00:30", "Europe/Dublin")  # in Tokyo it is morning
ALL = {("Ben", "Ana"), ("Dara", "Fio"), ("Eva", "Gus")}


@pytest.fixture
def six(world: World) -> Six:
    return six_people(world)


@pytest.fixture
def draft(six: Six) -> Six:
    six.cleo.presses(Propose(MENTORING, 0))
    return six


@pytest.fixture
def dora(world: World, six: Six) -> Someone:
    """A second coordinator."""
    dora = world.add("Dora Test", "Europe/London")
    world.start(dora)
    world.enrol(Role.COORDINATOR, dora)
    return dora


def run_id(world: World) -> int:
    with world.bot.open_transaction() as db:
        return db.scalars(select(Run.id).order_by(Run.id.desc())).first() or 0


def introduce(six: Six) -> None:
    six.cleo.presses("What would go out")
    six.cleo.presses("Introduce them")


# What would go out


def test_a_dry_run_says_to_how_many_when_and_in_how_many_zones(world: World, draft: Six) -> None:
    draft.cleo.presses("What would go out")

    assert "This introduces 6 people to each other, in 3 pairs. Nothing has gone out yet." in draft.cleo.reads
    when = (
        "Between Tuesday 3 February and Wednesday 4 February, in 4 time zones, in the working hours of each"
    )
    assert when in draft.cleo.reads
    assert world.forward(days=3) == []
    assert pairs(world) == set()


def test_it_says_who_stays_without_anybody(world: World, six: Six) -> None:
    give_room(world, six.fio, 0)
    six.cleo.presses(Propose(MENTORING, 0))

    six.cleo.presses("What would go out")

    assert "Stay without a mentor, and hear why: Dara Lynch" in six.cleo.reads


def test_whoever_has_not_said_hello_is_introduced_when_they_have(world: World, draft: Six) -> None:
    with world.bot.open_transaction.begin() as db:
        db.get_one(Person, draft.ben.row.id).started_at = None
    draft.cleo.presses("What would go out")
    assert "Later: 1 pair, as soon as both have said hello to me" in draft.cleo.reads
    draft.cleo.presses("Introduce them")
    world.forward(days=1)
    assert draft.ana.received("intro.your_mentee") == []

    draft.ben.says("start")
    draft.ben.presses("right")
    draft.ben.presses("Skip")
    world.forward(days=1)

    assert len(draft.ana.received("intro.your_mentee")) == 1


def test_a_draft_of_nobody_goes_nowhere(world: World, six: Six) -> None:
    for mentor in (six.ana, six.fio, six.gus):
        give_room(world, mentor, 0)
    six.cleo.presses(Propose(MENTORING, 0))

    six.cleo.presses(AskToIntroduce(run_id(world)))
    six.cleo.presses(Introduce(run_id(world), "0.0.3"))

    assert six.cleo.sees.name == "introducing.nobody"
    assert world.forward(days=2) == []


# It goes out


def test_each_is_introduced_at_a_decent_hour_of_theirs(world: World, draft: Six) -> None:
    introduce(draft)
    assert "3 pairs are on their way" in draft.cleo.reads

    arrived = {
        delivery.to: delivery.at for delivery in world.forward(days=1) if "intro" in delivery.parcel.name
    }

    assert len(arrived) == 6
    assert arrived["gus@example.org"] == at("2026-02-04", "09:00", "Asia/Tokyo")
    assert arrived["ben@example.org"] == datetime(2026, 2, 3, 16, tzinfo=UTC)
    assert pairs(world) == ALL


def test_the_two_learn_why_the_two_of_them(world: World, six: Six) -> None:
    six.ben.presses(WishFor(MENTORING, six.ana.row.id))
    six.cleo.presses(Propose(MENTORING, 0))
    introduce(six)
    world.forward(days=1)

    [to_ben], [to_ana] = six.ben.received("intro.your_mentor"), six.ana.received("intro.your_mentee")
    why = "Why the two of you: Talks\nBen wished for Ana.\n"
    assert why in as_text(to_ben)
    assert why in as_text(to_ana)
    assert "wish 1" not in as_text(to_ana)


def test_pressed_twice_it_goes_out_once(world: World, draft: Six) -> None:
    draft.cleo.presses("What would go out")
    press = draft.cleo.button("Introduce them").action
    draft.cleo.presses(press)

    draft.cleo.presses(press)

    assert draft.cleo.sees.name == "introducing.gone"
    introductions = [one for one in world.forward(days=2) if "intro" in one.parcel.name]
    assert len(introductions) == 6


def test_of_two_coordinators_the_second_is_told_that_it_is_done(
    world: World, draft: Six, dora: Someone
) -> None:
    run = run_id(world)
    for someone in (draft.cleo, dora):
        someone.presses(AskToIntroduce(run))
    draft.cleo.presses("Introduce them")

    dora.presses("Introduce them")

    assert dora.sees.name == "introducing.gone"
    assert pairs(world) == ALL


def test_it_is_in_the_audit(world: World, draft: Six) -> None:
    introduce(draft)

    with world.bot.open_transaction() as db:
        entry = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.what, entry.detail) == ("introducing.did_introduce", "3")


# What has changed since


def test_whoever_was_paired_by_hand_meanwhile_is_left_out_and_it_is_said(world: World, draft: Six) -> None:
    world.pair(draft.ben, draft.gus)

    draft.cleo.presses("What would go out")

    assert "This introduces 2 people" in draft.cleo.reads
    assert "Ben Okafor and Ana Byrne: one of them has somebody by now" in draft.cleo.reads
    assert "Eva Koch and Gus Mori: that place is taken by now" in draft.cleo.reads
    assert "Stay without a mentor, and hear why: Eva Koch" in draft.cleo.reads
    draft.cleo.presses("Introduce them")
    assert pairs(world) == {("Dara", "Fio"), ("Ben", "Gus")}


def test_what_changes_after_the_dry_run_is_shown_before_anything_goes_out(world: World, draft: Six) -> None:
    draft.cleo.presses("What would go out")
    draft.ben.says("leave")
    draft.ben.presses("^Leave$")
    world.forward(minutes=11)

    draft.cleo.presses("Introduce them")

    assert "Something has changed since you looked, so nothing has gone out" in draft.cleo.reads
    assert pairs(world) == set()
    draft.cleo.presses("Introduce them")
    assert pairs(world) == ALL - {("Ben", "Ana")}


def test_a_private_word_after_the_draft_counts_and_is_not_told(world: World, draft: Six) -> None:
    draft.ben.presses(Exclude(draft.ana.row.id))

    draft.cleo.presses("What would go out")

    assert "Ben Okafor and Ana Byrne: they are not put together any more" in draft.cleo.reads
    draft.cleo.presses("Introduce them")
    assert pairs(world) == ALL - {("Ben", "Ana")}


def test_not_these_two_are_not_introduced(world: World, draft: Six) -> None:
    with world.bot.open_transaction() as db:
        theirs = {two.mentee.first_name: two.id for two in db.scalars(select(Proposed))}
    draft.cleo.presses(NotThese(theirs["Ben"]))
    draft.cleo.presses(Lock(theirs["Dara"]))

    draft.cleo.presses(AskToIntroduce(run_id(world)))
    draft.cleo.presses("Introduce them")
    world.forward(days=1)

    assert pairs(world) == ALL - {("Ben", "Ana")}
    assert len(draft.ben.received("introducing.no_mentor")) == 1


# Who stays without anybody


def test_whoever_stays_alone_hears_why_without_blame_and_has_a_place_in_the_row(
    world: World, six: Six
) -> None:
    give_room(world, six.fio, 0)
    six.cleo.presses(Propose(MENTORING, 0))
    introduce(six)
    world.forward(days=1)

    [told] = six.dara.received("introducing.no_mentor")
    assert "every mentor who would have suited you had no place left. It says nothing about you." in as_text(
        told
    )
    assert "I cannot say yet when there will be a place" in as_text(told)
    six.dara.presses("A circle suits me")
    assert "You have a place in the row since" in six.dara.reads
    with world.bot.open_transaction() as db:
        seeking = db.scalars(select(Seeking)).one()
    assert (seeking.state, seeking.circle) == ("queue", True)


def test_an_honest_wait_is_said_where_an_end_is_planned(world: World, six: Six) -> None:
    give_room(world, six.gus, 1)
    hal = world.add("Hal Test", "Asia/Tokyo")
    world.start(hal)
    world.pair(hal, six.gus, planned_end=at("2026-05-04", "12:00", "Asia/Tokyo"), introduced_at=world.clock())
    six.cleo.presses(Propose(MENTORING, 0))
    introduce(six)
    world.forward(days=1)

    told = [as_text(one) for someone in six.everybody for one in someone.received("introducing.no_mentor")]
    assert ["A place is planned to become free around Monday 4 May." in text for text in told] == [True]


# Called off


def test_as_long_as_nobody_has_read_it_all_of_it_is_called_off(world: World, draft: Six) -> None:
    introduce(draft)
    draft.cleo.presses("Call it off")
    assert "3 introductions would be called off" in draft.cleo.reads

    draft.cleo.presses("^Call it off")

    assert "3 introductions are called off. 0 stay" in draft.cleo.reads
    assert world.forward(days=3) == []
    assert pairs(world) == set()


def test_what_waits_for_the_morning_can_be_called_off_at_night(world: World, draft: Six) -> None:
    world.until(NIGHT)
    introduce(draft)
    world.forward(minutes=5)
    draft.cleo.says("introductions")
    assert "2 have not been read by either of the two" in draft.cleo.reads

    draft.cleo.presses("Call it off")
    draft.cleo.presses("^Call it off")
    arrived = world.forward(days=3)

    assert "2 introductions are called off. 1 stay" in draft.cleo.reads
    assert pairs(world) == {("Eva", "Gus")}
    assert {one.to for one in arrived if "intro" in one.parcel.name} == {"eva@example.org"}


def test_many_that_wait_are_called_off_bit_by_bit(
    world: World, draft: Six, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(introducing, "AT_ONCE", 1)
    world.until(NIGHT)
    introduce(draft)
    world.forward(minutes=5)
    draft.cleo.presses(CallOff(run_id(world)))

    world.forward(days=3)

    assert pairs(world) == {("Eva", "Gus")}


def test_once_all_have_read_theirs_it_is_too_late(world: World, draft: Six) -> None:
    introduce(draft)
    world.forward(days=1)

    draft.cleo.presses("Call it off")
    assert draft.cleo.sees.name == "introducing.too_late"
    draft.cleo.says("introductions")

    assert draft.cleo.sees.name == "introducing.all_out"
    assert pairs(world) == ALL


def test_whoever_was_called_off_may_be_introduced_later(world: World, draft: Six) -> None:
    world.until(NIGHT)
    introduce(draft)
    world.forward(minutes=5)
    draft.cleo.presses(CallOff(run_id(world)))
    draft.cleo.presses(Propose(MENTORING, 0))

    introduce(draft)
    world.forward(days=1)

    assert pairs(world) == ALL
    assert len(draft.ben.received("intro.your_mentor")) == 1
    assert len(draft.ana.received("intro.your_mentee")) == 1


def test_nobody_else_introduces_or_calls_off(world: World, draft: Six) -> None:
    """C2, C3, C5"""
    ida, hal = world.add("Ida Test", "Europe/Dublin"), world.add("Hal Byrne", "Europe/Dublin")
    another_programme(world, hal, runs=ida)
    run = run_id(world)
    for someone in (ida, draft.ben):
        for id_ in (run, NO_SUCH_ID):
            for press in (AskToIntroduce(id_), Introduce(id_, "3.6.0"), AskToCallOff(id_), CallOff(id_)):
                someone.presses(press)
                assert someone.sees.name == "introducing.gone"
    draft.ben.says("introductions")

    assert draft.ben.sees.name == "introducing.not_for_you"
    with world.bot.open_transaction() as db:
        assert db.get_one(Run, run).state == RunState.DRAFT


def test_nobody_is_paired_with_themselves_or_twice(world: World, six: Six) -> None:
    """C17: who is both is not their own mentor, and a pair that there was is not made again."""
    world.enrol(Role.MENTOR, six.ben)
    world.enrol(Role.MENTEE, six.ana)
    for _ in range(3):
        six.cleo.presses(Propose(MENTORING, 0))
        introduce(six)
    world.forward(days=1)

    made = pairs(world)
    assert not any(mentee == mentor for mentee, mentor in made)
    with world.bot.open_transaction() as db:
        all_ = [(pair.mentee_id, pair.mentor_id) for pair in db.scalars(select(Pair))]
    assert len(all_) == len({frozenset(two) for two in all_}) == len(made)


def test_it_is_said_in_german(world: World, six: Six) -> None:
    with world.bot.open_transaction.begin() as db:
        for person in db.scalars(select(Person)):
            person.language = "de"
        db.scalars(select(Programme)).one().name = "Frühling"
    give_room(world, six.fio, 0)

    six.cleo.presses(Propose(MENTORING, 0))
    six.cleo.presses("Was ginge hinaus")
    assert "Damit werden 4 Menschen einander vorgestellt, in 2 Paaren." in six.cleo.reads
    six.cleo.presses("Einander vorstellen")
    world.forward(days=1)

    [told] = six.dara.received("introducing.no_mentor")
    assert "Das sagt nichts über dich." in as_text(told)
    assert "[Meinen Platz behalten] [Ein Kreis wäre mir recht] [Vorerst nicht]" in as_text(told)


def states(world: World) -> list[str]:
    with world.bot.open_transaction() as db:
        return [two.state for two in db.scalars(select(Proposed).order_by(Proposed.id))]


def test_each_pair_of_a_run_remembers_what_became_of_it(world: World, draft: Six) -> None:
    world.pair(draft.ben, draft.gus)
    introduce(draft)

    assert sorted(states(world)) == [Standing.FELL_AWAY, Standing.FELL_AWAY, Standing.MADE]


def test_the_two_learn_what_they_have_in_common(world: World, six: Six) -> None:
    """Where nothing that they want and offer meets."""
    for someone in (six.eva, six.gus):
        someone.says("profile")
        someone.presses("Edit")
        someone.fills(wants="", offers="", style="gentle,structured", contact="video")
    six.cleo.presses(Propose(MENTORING, 0))
    introduce(six)
    world.forward(days=1)

    [to_eva] = six.eva.received("intro.your_mentor")
    assert "Both like to work in the same way: gentle and with a plan." in as_text(to_eva)
    assert "Both like the same ways of keeping in touch: by video." in as_text(to_eva)


def test_a_mentor_whom_nobody_needs_hears_it_kindly(world: World, six: Six) -> None:
    give_room(world, six.gus, 2)
    hal = world.add("Hal Test", "Europe/Dublin")
    world.start(hal)
    world.enrol(Role.MENTOR, hal)
    six.cleo.presses(Propose(MENTORING, 0))
    introduce(six)
    world.forward(days=1)

    [told] = hal.received("introducing.no_mentee")
    assert "Your offer stands" in as_text(told)
    hal.presses("Not for now")
    six.cleo.says("match")
    assert "Free places: 1" in six.cleo.reads
