"""Who runs a programme: those at the desk see it, an owner changes it, and the last one hands over first."""

import pytest
from sqlalchemy import select, update
from world import Someone, World, as_text

from bot.desk.models import AuditEntry
from bot.messages import Form, Message, Mistakes
from bot.models import Enrolment, Pair, Person, Programme, Role
from bot.stories.coordinators import AskAdd, Give, ShowHolder, TakeAway
from bot.stories.pause import Leave


@pytest.fixture
def olga(world: World) -> Someone:
    """Owns the programme, in Berlin."""
    olga = world.add("Olga Roth", "Europe/Berlin")
    world.start(olga)
    world.enrol(Role.OWNER, olga)
    return olga


@pytest.fixture
def cora(world: World) -> Someone:
    cora = world.add("Cora Lynch", "Europe/Dublin")
    world.start(cora)
    world.enrol(Role.COORDINATOR, cora)
    return cora


def roles(world: World, someone: Someone) -> set[str]:
    with world.bot.open_transaction() as db:
        return set(db.scalars(select(Enrolment.role).where(Enrolment.person_id == someone.row.id)))


def kept(world: World) -> list[tuple[str, str]]:
    with world.bot.open_transaction() as db:
        return [(one.what, one.detail) for one in db.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def programme_of(world: World) -> int:
    with world.bot.open_transaction() as db:
        return db.scalars(select(Programme.id)).first() or 0


def adds(someone: Someone, who: str, role: str = "coordinator") -> None:
    someone.says("coordinators")
    form = someone.presses("Add somebody")
    assert isinstance(form, Form)
    someone.fills(holder=who, role=role)


# Who they are


def test_says_who_has_which_role(olga: Someone, cora: Someone) -> None:
    olga.says("coordinators")

    assert "Owners: Olga Roth" in olga.reads
    assert "Coordinators: Cora Lynch" in olga.reads
    assert "[Olga Roth] [Cora Lynch] [Add somebody]" in olga.reads


def test_a_coordinator_may_look_and_not_change(world: World, olga: Someone, cora: Someone) -> None:
    cora.says("coordinators")
    assert "Owners: Olga Roth" in cora.reads
    assert cora.sees.buttons == ()
    programme = programme_of(world)
    for action in (
        ShowHolder(programme, olga.row.id),
        AskAdd(programme),
        Give(programme, cora.row.id, "owner"),
        TakeAway(programme, olga.row.id),
    ):
        cora.presses(action)
        assert "for those who run the programme" in cora.reads
    assert (roles(world, olga), roles(world, cora)) == ({"owner"}, {"coordinator"})
    assert kept(world) == [("refused", "coordinators")] * 4


def test_without_an_owner_a_coordinator_makes_one(
    world: World, cora: Someone, ben: Someone, pair: Pair
) -> None:
    adds(cora, "Ben Okafor", "owner")

    assert roles(world, ben) == {"mentee", "owner"}
    cora.presses("All roles")
    assert cora.sees.buttons == ()


@pytest.mark.usefixtures("pair", "olga")
def test_is_for_nobody_else(ben: Someone) -> None:
    ben.says("coordinators")

    assert "That is for those who run the programme" in ben.reads
    assert "Olga" not in ben.reads


# Given and taken


def test_somebody_gets_a_role_and_is_told_by_whom(
    world: World, olga: Someone, ana: Someone, pair: Pair
) -> None:
    adds(olga, "ana byrne", "coordinator")
    assert "Ana Byrne is coordinator of Mentoring now" in olga.reads
    world.forward(hours=1)

    assert roles(world, ana) == {"mentor", "coordinator"}
    [heard] = ana.received("coordinators.you_are")
    assert "Olga Roth has made you coordinator of Mentoring. You see how it goes" in as_text(heard)
    assert kept(world) == [("coordinators.did_give_role", "coordinator")]
    ana.says("coordinators")
    assert "Coordinators: Ana Byrne" in ana.reads


def test_somebody_of_no_programme_gets_one_by_their_address(world: World, olga: Someone) -> None:
    nora = world.add("Nora Hahn", "Europe/Berlin")

    adds(olga, " NORA@example.org", "analyst")

    assert roles(world, nora) == {"analyst"}


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize(
    ("who", "role", "field", "mistake"),
    [
        ("nobody@example.org", "owner", "holder", "I know nobody by that"),
        ("Nora", "owner", "holder", "I know nobody by that"),
        ("", "owner", "holder", "I know nobody by that"),
        ("n", "owner", "holder", "Several people"),
        ("Ana", "mentor", "role", "Choose one of the three"),
        ("Ana", "", "role", "Choose one of the three"),
    ],
)
def test_mistakes_are_said_at_their_field(
    olga: Someone, who: str, role: str, field: str, mistake: str
) -> None:
    adds(olga, who, role)

    assert mistake in olga.mistakes[field]


def test_a_role_is_changed_and_taken_and_the_person_hears_of_the_last_only(
    world: World, olga: Someone, cora: Someone
) -> None:
    world.until(world.clock().replace(hour=22))
    olga.says("coordinators")
    olga.presses("Cora Lynch")
    assert "Cora Lynch is coordinator of Mentoring" in olga.reads
    olga.presses("Make owner")
    assert roles(world, cora) == {"owner"}
    olga.presses(TakeAway(programme_of(world), cora.row.id))
    assert roles(world, cora) == set()
    world.forward(days=1)

    assert cora.received("coordinators.you_are") == []
    assert len(cora.received("coordinators.no_more")) == 1
    assert kept(world) == [("coordinators.did_give_role", "owner"), ("coordinators.did_take_role", "owner")]
    olga.presses("Undo")
    assert roles(world, cora) == {"owner"}


def test_twice_is_once(world: World, olga: Someone, cora: Someone) -> None:
    for _ in range(2):
        olga.presses(Give(programme_of(world), cora.row.id, "analyst"))
    assert "is analyst of Mentoring already" in olga.reads
    for _ in range(2):
        olga.presses(TakeAway(programme_of(world), cora.row.id))
    world.forward(days=1)

    assert len(kept(world)) == 2
    assert len(cora.received("coordinators.you_are")) <= 1


def test_a_button_gives_no_role_to_somebody_from_elsewhere(world: World, olga: Someone, ben: Someone) -> None:
    """Ben is in no programme here; an id that was replaced in a button finds nobody."""
    for id_ in (ben.row.id, 4711, -1):
        olga.presses(Give(programme_of(world), id_, "owner"))
        assert olga.sees.name == "coordinators.list"
    assert roles(world, ben) == set()


def test_one_who_was_both_has_one_role_afterwards(world: World, olga: Someone, cora: Someone) -> None:
    world.enrol(Role.OWNER, cora)

    olga.presses(Give(programme_of(world), cora.row.id, "coordinator"))

    assert roles(world, cora) == {"coordinator"}


# The last one


@pytest.mark.parametrize("role", ["coordinator", "analyst", ""])
def test_the_last_owner_is_not_demoted(world: World, olga: Someone, cora: Someone, role: str) -> None:
    """C18."""
    programme, id_ = programme_of(world), olga.row.id
    olga.presses(Give(programme, id_, role) if role else TakeAway(programme, id_))

    assert "Make somebody else owner first" in olga.reads
    assert roles(world, olga) == {"owner"}
    assert isinstance(olga.presses("Make somebody else owner"), Form)
    olga.fills(holder="cora@example.org", role="owner")
    olga.presses(TakeAway(programme, id_))
    assert roles(world, olga) == set()
    assert "[Undo]" not in olga.reads


def test_neither_is_the_last_coordinator_where_nobody_owns_it(world: World, cora: Someone) -> None:
    cora.presses(TakeAway(programme_of(world), cora.row.id))

    assert "Make somebody else owner first" in cora.reads
    assert roles(world, cora) == {"coordinator"}


def test_an_owner_who_has_left_or_is_leaving_does_not_count(
    world: World, olga: Someone, cora: Someone, pair: Pair
) -> None:
    world.enrol(Role.OWNER, cora)
    cora.says("leave")
    cora.presses("Leave")

    olga.says("leave")

    assert "You are the last who can say who runs Mentoring" in olga.reads


def test_the_last_owner_hands_over_before_leaving(
    world: World, olga: Someone, ben: Someone, pair: Pair
) -> None:
    """C18."""
    olga.says("leave")
    assert "You are the last who can say who runs Mentoring" in olga.reads
    olga.presses(Leave())  # from an old card
    assert olga.row.leave_at is None
    olga.presses("Hand over")
    olga.presses("Add somebody")
    olga.fills(holder="ben", role="owner")

    olga.says("leave")
    olga.presses("Leave")
    world.forward(minutes=11)

    assert olga.row.left_at


def test_of_an_empty_programme_nobody_has_to_take_over(world: World, olga: Someone) -> None:
    olga.says("leave")
    olga.presses("Leave")

    assert olga.row.leave_at


def test_to_erase_everything_stays_their_right(world: World, olga: Someone, pair: Pair) -> None:
    """It outweighs that: they are told, and do as they like."""
    olga.says("my data")
    olga.presses("Erase")
    assert "It is your right to erase everything all the same" in olga.reads
    assert "[Hand over first]" in olga.reads
    olga.presses("Erase everything and leave")
    world.forward(hours=1)

    with world.bot.open_transaction() as db:
        assert db.scalars(select(Person.id).where(Person.name == "Olga Roth")).first() is None


def test_two_owners_cannot_both_go(world: World, olga: Someone, cora: Someone) -> None:
    world.enrol(Role.OWNER, cora)
    olga.presses(TakeAway(programme_of(world), cora.row.id))
    cora.presses(TakeAway(programme_of(world), olga.row.id))

    assert roles(world, olga) == {"owner"}


def test_rights_are_those_at_the_time_of_the_press(world: World, olga: Someone, cora: Someone) -> None:
    """C9."""
    world.enrol(Role.OWNER, cora)
    olga.says("coordinators")
    olga.presses("Add somebody")
    with world.bot.open_transaction.begin() as db:
        theirs = (Enrolment.person_id == olga.row.id) & (Enrolment.role == Role.OWNER)
        db.execute(update(Enrolment).where(theirs).values(role=Role.ANALYST))

    reply = olga.fills(holder="cora@example.org", role="owner")

    assert not isinstance(reply, Mistakes)
    assert isinstance(reply, Message)
    assert "for those who run the programme" in as_text(reply)


def test_in_german(world: World, ana: Someone, pair: Pair) -> None:
    dora = world.add("Dora Vogt", "Europe/Berlin", language="de")
    world.start(dora)
    world.enrol(Role.OWNER, dora)

    dora.says("koordination")
    assert "Leitung: Dora Vogt" in dora.reads
    dora.presses("Jemanden hinzufügen")
    dora.fills(holder="ana", role="coordinator")
    assert "Ana Byrne hat in Mentoring jetzt die Rolle Koordination" in dora.reads
    dora.says("aussteigen")
    assert "Gib erst jemand anderem die Leitung" in dora.reads
