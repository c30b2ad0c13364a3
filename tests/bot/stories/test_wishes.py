"""Wishes: a mentee's own, the dearest first; who was wished for may rather not; nobody else sees it."""

import pytest
from small_programme import NO_SUCH_ID, Six, another_programme, give_room, six_people
from sqlalchemy import select
from world import Someone, World, as_text

from bot.matching.models import Veto, Wish
from bot.models import Role
from bot.stories.wishes import Browse, FineAfterAll, Order, RatherNot, WishFor

MENTORING = 1  # id of the programme


@pytest.fixture
def six(world: World) -> Six:
    return six_people(world)


def wishes(world: World, mentee: Someone) -> list[int]:
    id_ = mentee.row.id
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(Wish.mentor_id).where(Wish.mentee_id == id_).order_by(Wish.rank)))


def vetoes(world: World) -> list[tuple[int, int]]:
    with world.bot.open_transaction() as db:
        return [(veto.mentor_id, veto.mentee_id) for veto in db.scalars(select(Veto))]


# Whom one would like


def test_mentors_with_room_are_shown_and_the_nearest_offer_comes_first(six: Six) -> None:
    six.ben.says("wishes")
    assert six.ben.sees.name == "wishes.none_yet"

    six.ben.presses("Who has room")

    assert six.ben.reads.index("Ana Byrne (Far along): Talks; writing") < six.ben.reads.index("Gus Mori")
    assert "Fio Rossi (Far along): speaking in public" in six.ben.reads


def test_whoever_has_no_room_is_not_shown(world: World, six: Six) -> None:
    give_room(world, six.fio, 0)
    world.pair(six.dara, six.gus)

    six.ben.presses(Browse(MENTORING, 0))
    six.ben.presses(WishFor(MENTORING, six.fio.row.id))

    assert six.ben.sees.name == "wishes.has_no_room"
    assert ["Gus" in as_text(message) for message in six.ben.chat] == [False, False]
    assert wishes(world, six.ben) == []


def test_a_mentor_is_found_by_topic_or_by_name(six: Six) -> None:
    six.ben.says("wishes")
    six.ben.presses("Search")
    six.ben.fills(what="team lead")
    assert "Gus Mori" in six.ben.reads
    assert "Ana Byrne" not in six.ben.reads

    six.ben.presses("Search")
    six.ben.fills(what="ross")
    assert "Fio Rossi" in six.ben.reads

    six.ben.presses("Search")
    six.ben.fills(what="basket weaving")
    assert six.ben.sees.name == "wishes.not_found"

    six.ben.presses("Search")
    six.ben.fills(what="")
    assert "Gus Mori" in six.ben.reads


def test_wishes_are_ranked_and_can_be_put_in_another_order(world: World, six: Six) -> None:
    six.ben.presses(WishFor(MENTORING, six.fio.row.id))
    six.ben.presses(WishFor(MENTORING, six.ana.row.id))
    assert "My wishes: 1. Fio Rossi (Far along): speaking in public\n2. Ana Byrne" in six.ben.reads

    six.ben.presses("Order")
    six.ben.fills(first=str(six.ana.row.id), second=str(six.fio.row.id))

    assert "My wishes: 1. Ana Byrne" in six.ben.reads
    assert wishes(world, six.ben) == [six.ana.row.id, six.fio.row.id]
    six.ben.presses("Order")
    six.ben.fills(first="0")
    assert wishes(world, six.ben) == [six.fio.row.id]


def test_the_order_takes_nobody_who_was_not_wished_for(world: World, six: Six) -> None:
    six.ben.presses(WishFor(MENTORING, six.fio.row.id))
    six.ben.presses("Order")

    six.ben.fills(first=str(six.gus.row.id))

    assert wishes(world, six.ben) == []


def test_five_wishes_are_as_many_as_there_is_room_for(world: World, six: Six) -> None:
    more = [world.add(f"{name} Test", "Europe/Dublin") for name in ("Pia", "Quin", "Rea")]
    world.enrol(Role.MENTOR, *more)
    for mentor in (six.ana, six.fio, six.gus, *more):
        six.ben.presses(WishFor(MENTORING, mentor.row.id))

    assert six.ben.sees.name == "wishes.full"
    assert len(wishes(world, six.ben)) == 5
    assert "Who has room" not in six.ben.reads


def test_a_wish_that_is_pressed_twice_is_one(world: World, six: Six) -> None:
    six.ben.presses(WishFor(MENTORING, six.ana.row.id))
    six.ben.presses(WishFor(MENTORING, six.ana.row.id))

    assert wishes(world, six.ben) == [six.ana.row.id]


def test_of_many_mentors_there_are_several_pages(world: World, six: Six) -> None:
    world.enrol(Role.MENTOR, *(world.add(f"{name} Test", "Europe/Dublin") for name in "ABCDEFGH"))
    seen = set()
    six.ben.presses(Browse(MENTORING, 0))
    for _ in range(2):
        seen |= {button.label for button in six.ben.sees.buttons if "I would like" in button.label}
        if "[More]" in six.ben.reads:
            six.ben.presses("More")

    assert len(seen) == 11


def test_whom_one_would_rather_not_be_with_is_not_offered(six: Six) -> None:
    six.ben.says("profile")
    six.ben.presses("Not with")
    six.ben.presses("Add somebody")
    six.ben.fills(name="Ana")
    six.ben.presses("Ana Byrne")

    six.ben.presses(Browse(MENTORING, 0))

    assert "Ana" not in six.ben.reads


def test_nobody_wishes_in_a_programme_of_others(world: World, six: Six) -> None:
    """C3, C5: the same answer as for a programme that does not exist."""
    hal = world.add("Hal Byrne", "Europe/Dublin")
    elsewhere = another_programme(world, hal, runs=world.add("Ida Test", "Europe/Dublin"))

    answers = {
        as_text(six.ben.presses(press(id_, *more)))  # type: ignore[arg-type]
        for id_ in (elsewhere, 0, NO_SUCH_ID)
        for press, more in ((Browse, (0,)), (WishFor, (six.ana.row.id,)), (Order, ()))
    }

    assert len(answers) == 1
    assert six.ben.sees.name == "wishes.gone"


def test_with_a_mentor_there_is_nothing_to_wish_for(world: World, six: Six) -> None:
    world.pair(six.ben, six.ana)

    six.ben.says("wishes")

    assert six.ben.sees.name == "wishes.nothing_here"


# Who was wished for


def test_a_mentor_sees_who_wished_for_them_and_not_how_much(six: Six) -> None:
    six.ben.presses(WishFor(MENTORING, six.fio.row.id))
    six.ben.presses(WishFor(MENTORING, six.ana.row.id))

    six.ana.says("wishes")

    assert (
        "They would like to learn: Ben Okafor (Early in my career): giving talks; saying no" in six.ana.reads
    )
    assert "2" not in six.ana.reads
    assert "Fio" not in six.ana.reads


def test_nobody_else_sees_a_wish(world: World, six: Six) -> None:
    six.ben.presses(WishFor(MENTORING, six.ana.row.id))

    for someone in (six.dara, six.fio, six.cleo):
        someone.says("wishes")
        assert "Ben" not in someone.reads
    assert world.forward(days=3) == []


def test_a_mentor_may_rather_not_and_nobody_is_told(world: World, six: Six) -> None:
    six.ben.presses(WishFor(MENTORING, six.ana.row.id))
    before = as_text(six.ben.says("wishes"))  # type: ignore[arg-type]
    six.ana.says("wishes")
    six.ana.presses("Rather not: Ben")

    assert "Nobody is told" in six.ana.reads
    assert vetoes(world) == [(six.ana.row.id, six.ben.row.id)]
    assert as_text(six.ben.says("wishes")) == before  # type: ignore[arg-type]
    six.ana.presses("Who wishes for me")
    assert "Rather not: Ben Okafor" in six.ana.reads
    six.ana.presses("Fine after all")
    assert vetoes(world) == []
    six.ana.presses("Undo")
    assert vetoes(world) == [(six.ana.row.id, six.ben.row.id)]


def test_a_mentor_decides_only_about_those_who_wished_for_them(world: World, six: Six) -> None:
    """C3"""
    six.ben.presses(WishFor(MENTORING, six.ana.row.id))

    for press in (RatherNot(six.ben.row.id), RatherNot(NO_SUCH_ID), FineAfterAll(six.ben.row.id)):
        six.fio.presses(press)
        assert six.fio.sees.name == "wishes.gone"
    assert vetoes(world) == []


def test_of_many_who_wish_the_first_are_shown(world: World, six: Six) -> None:
    many = [world.add(f"{name} Test", "Europe/Dublin") for name in "ABCDEFGHIJ"]
    world.enrol(Role.MENTEE, *many)
    for mentee in many:
        mentee.presses(WishFor(MENTORING, six.ana.row.id))

    six.ana.says("wishes")

    assert "2 more" in six.ana.reads
    assert len(six.ana.sees.buttons) == 8


def test_it_is_said_in_german(world: World) -> None:
    eva, jens = (
        world.add(name, "Europe/Berlin", language="de", skills="Vorträge")
        for name in ("Eva Koch", "Jens Groß")
    )
    world.start(eva, jens)
    world.enrol(Role.MENTEE, eva)
    world.enrol(Role.MENTOR, jens)

    eva.says("wünsche")
    eva.presses("Wer hat Platz")
    eva.presses("Ich wünsche mir Jens")
    jens.says("wünsche")

    assert "Meine Wünsche: 1. Jens Groß: Vorträge" in eva.reads
    assert "Das möchten sie lernen: Eva Koch" in jens.reads
