"""Rematch: not a good fit. It ends kindly, nobody learns who asked, and both come first for somebody new."""

from datetime import timedelta

import pytest
from small_programme import NO_SUCH_ID, Six, another_programme, give_room, six_people
from sqlalchemy import select
from world import Someone, World, as_text

from bot.matching.models import Seeking
from bot.matching.waiting import Circle, Rest, Waits, Want, waiting_for_partner
from bot.models import Pair, Person, Programme, Pulse
from bot.turn import Turn

MENTORING = 1  # id of the programme


@pytest.fixture
def six(world: World) -> Six:
    return six_people(world)


@pytest.fixture
def pair(world: World, six: Six) -> Pair:
    """Ben and Ana, introduced today, with half a year ahead of them."""
    pair = world.pair(six.ben, six.ana, introduce_at=world.clock())
    world.forward(minutes=1)
    return pair


def seeking(world: World) -> dict[str, str]:
    with world.bot.open_transaction() as db:
        return {one.person.first_name: one.state for one in db.scalars(select(Seeking))}


def waiting(world: World) -> list[Waits]:
    with world.bot.open_transaction() as db, Turn(db, world.clock(), world.bot.prompts) as turn:
        return list(waiting_for_partner(turn, db.get_one(Programme, MENTORING)))


def part(world: World, someone: Someone) -> None:
    someone.says("rematch")
    someone.presses("End our pair kindly")
    world.forward(days=6)


# Nobody learns who asked


@pytest.mark.usefixtures("pair")
def test_both_read_the_same_words_and_both_come_first(world: World, six: Six) -> None:
    part(world, six.ben)

    ben, ana = six.ben.received("ending.ended"), six.ana.received("ending.ended")
    assert as_text(ben[0]).replace("Ana", "?") == as_text(ana[0]).replace("Ben", "?")
    assert len(six.ben.received("rematch.mentee_comes_first")) == 1
    assert len(six.ana.received("rematch.place_is_free")) == 1
    assert seeking(world) == {"Ben": "first", "Ana": "first"}


@pytest.mark.parametrize("who", ["ben", "ana"])
@pytest.mark.usefixtures("pair")
def test_whoever_asks_the_same_is_kept(world: World, six: Six, who: str) -> None:
    """Nothing in the database tells the one from the other."""
    getattr(six, who).says("not a good fit")
    getattr(six, who).presses("End our pair kindly")

    assert seeking(world) == {}
    world.forward(days=6)
    with world.bot.open_transaction() as db:
        since = {one.since for one in db.scalars(select(Seeking))}
    assert len(since) == 1


@pytest.mark.usefixtures("pair")
def test_the_card_leaves_no_trace(world: World, six: Six) -> None:
    six.ben.says("rematch")

    six.ben.says("end our pair kindly")

    assert six.ben.sees.name != "ending.on_its_way"
    assert "End our pair kindly" not in six.ben.reads


@pytest.mark.usefixtures("pair")
def test_the_typed_word_does_the_same(world: World, six: Six) -> None:
    six.ben.says("rematch")
    assert "type end it now" in six.ben.reads

    six.ben.says("end it now")
    world.forward(days=6)

    assert seeking(world) == {"Ben": "first", "Ana": "first"}


@pytest.mark.usefixtures("pair")
def test_it_can_be_undone_for_ten_minutes(world: World, six: Six) -> None:
    six.ben.says("rematch")
    six.ben.presses("End our pair kindly")
    six.ben.presses("Undo")

    world.forward(days=8)

    assert six.ben.received("ending.ended") == []
    assert seeking(world) == {}


def test_of_several_pairs_one_is_chosen(world: World, six: Six, pair: Pair) -> None:
    give_room(world, six.ana, 2)
    world.pair(six.dara, six.ana, introduce_at=world.clock())
    world.forward(minutes=1)
    six.ana.says("rematch")
    assert "One of your pairs can end kindly" in six.ana.reads

    six.ana.presses("Choose the pair")
    six.ana.presses("Dara")
    six.ana.presses("End our pair")
    world.forward(days=6)

    assert seeking(world) == {"Dara": "first", "Ana": "first"}


def test_a_pulse_that_says_it_is_hard_offers_it_and_another_does_not(
    world: World, six: Six, pair: Pair
) -> None:
    asked = {"pair_id": pair.id, "person_id": six.ben.row.id, "number": 1, "asked_at": world.clock()}
    with world.bot.open_transaction.begin() as db:
        db.add(Pulse(**asked))
    six.ben.says("pulse 4 4 right")
    assert "[Not a good fit]" not in six.ben.reads

    six.ben.says("pulse 1 4 right")
    six.ben.presses("Not a good fit")

    assert "that is nobody's fault" in six.ben.reads


# First, or rather not


@pytest.mark.usefixtures("pair")
def test_whoever_runs_the_programme_sees_that_a_place_is_wanted_and_no_more(world: World, six: Six) -> None:
    part(world, six.ben)

    six.cleo.says("match")

    assert "A place is wanted again by: 1" in six.cleo.reads
    assert "Ben" not in six.cleo.reads
    six.cleo.presses("Only for those who wait")
    assert "with 1 pair" in six.cleo.reads
    assert "The weakest pair: Ben Okafor with" in six.cleo.reads
    assert "Ben Okafor with Ana" not in six.cleo.reads


@pytest.mark.usefixtures("pair")
def test_whoever_lost_their_mentor_early_is_served_before_others(world: World, six: Six) -> None:
    """There is one place left, and it suits Dara better."""
    part(world, six.ben)
    for mentor in (six.ana, six.gus):
        give_room(world, mentor, 0)

    six.cleo.says("match")
    six.cleo.presses("Propose pairs")

    assert "The weakest pair: Ben Okafor with Fio Rossi" in six.cleo.reads
    assert "Without a mentor: Dara Lynch\nEva Koch" in six.cleo.reads


@pytest.mark.usefixtures("pair")
def test_whoever_would_rather_rest_is_not_proposed(world: World, six: Six) -> None:
    part(world, six.ben)
    six.ben.presses("Not for now")
    assert "Type rematch whenever that changes" in six.ben.reads
    six.ana.presses("Not for now")

    six.cleo.says("match")

    assert "Mentees without a mentor: 2" in six.cleo.reads
    assert "Free places: 2" in six.cleo.reads
    six.ben.says("rematch")
    six.ben.presses("I would like somebody")
    assert "You have a place in the row since Monday 9 February" in six.ben.reads
    six.cleo.says("match")
    assert "Mentees without a mentor: 3" in six.cleo.reads


@pytest.mark.usefixtures("pair")
def test_after_three_working_days_it_is_time_to_remind(world: World, six: Six) -> None:
    part(world, six.ben)
    [waits] = waiting(world)
    assert waits.person_id == six.ben.row.id
    assert not waits.is_long

    world.forward(days=5)

    assert [one.is_long for one in waiting(world)] == [True]


@pytest.mark.usefixtures("pair")
def test_whoever_has_somebody_again_does_not_wait_any_more(world: World, six: Six) -> None:
    part(world, six.ben)
    world.pair(six.ben, six.fio, introduce_at=world.clock())

    world.forward(minutes=1)

    assert waiting(world) == []
    assert seeking(world) == {"Ana": "first"}


@pytest.mark.usefixtures("pair")
def test_at_the_planned_end_nobody_is_put_into_the_row(world: World, six: Six) -> None:
    with world.bot.open_transaction.begin() as db:
        pair = db.scalars(select(Pair)).one()
        pair.planned_end = pair.end_at = world.clock() + timedelta(days=1)

    world.forward(days=4)

    assert seeking(world) == {}
    six.cleo.says("match")
    assert "Mentees without a mentor: 2" in six.cleo.reads
    six.ben.says("rematch")
    six.ben.presses("Yes, somebody new")
    six.cleo.says("match")
    assert "Mentees without a mentor: 3" in six.cleo.reads


@pytest.mark.usefixtures("pair")
def test_whoever_leaves_is_not_asked_and_the_other_comes_first(world: World, six: Six) -> None:
    six.ana.says("leave")
    six.ana.presses("^Leave$")
    world.forward(days=3)

    assert seeking(world) == {"Ben": "first"}
    assert six.ana.received("rematch.place_is_free") == []


# Where one stands


def test_a_mentee_who_waits_is_told_so_and_may_want_a_circle(world: World, six: Six) -> None:
    six.ben.says("rematch")
    assert "You have a place in the row since Tuesday 3 February" in six.ben.reads

    six.ben.presses("A circle suits me")
    assert "a circle of peers would suit you, too" in six.ben.reads
    six.ben.presses("Rather no circle")

    assert "it is noted" not in six.ben.reads


def test_whoever_has_nothing_to_do_with_it_is_told_so(six: Six) -> None:
    six.cleo.says("rematch")

    assert six.cleo.sees.name == "rematch.nothing_here"


def test_nobody_is_put_into_the_row_of_a_programme_of_others(world: World, six: Six) -> None:
    """C3, C5"""
    hal = world.add("Hal Byrne", "Europe/Dublin")
    elsewhere = another_programme(world, hal, runs=world.add("Ida Test", "Europe/Dublin"))

    for id_ in (elsewhere, 0, -1, NO_SUCH_ID):
        for press in (Want(id_), Rest(id_), Circle(id_, 1)):
            six.ben.presses(press)
            assert six.ben.sees.name == "rematch.gone"
    six.cleo.presses(Want(MENTORING))

    assert six.cleo.sees.name == "rematch.gone"
    assert seeking(world) == {}


@pytest.mark.usefixtures("pair")
def test_it_is_said_in_german(world: World, six: Six) -> None:
    with world.bot.open_transaction.begin() as db:
        for person in db.scalars(select(Person)):
            person.language = "de"

    six.ben.says("neu zuordnen")
    assert "Auch zwei gute Leute passen nicht immer zusammen" in six.ben.reads
    six.ben.says("jetzt beenden")
    world.forward(days=6)

    assert "kommst du zuerst dran" in as_text(six.ben.received("rematch.mentee_comes_first")[0])


@pytest.mark.usefixtures("pair")
def test_why_they_got_it_names_nobody(world: World, six: Six) -> None:
    part(world, six.ben)

    six.ana.presses("Why did I get this")

    assert "A pair of yours ended before its time" in six.ana.reads
    assert "Ben" not in six.ana.reads
