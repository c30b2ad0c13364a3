"""The people of a programme: who is in it, for those who run it, and nothing that anybody wrote."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from world import Someone, World, as_text, at

from bot.actions import LARGEST_ID
from bot.desk.models import AuditEntry, Removal
from bot.messages import Form, Message
from bot.models import Enrolment, Pair, Person, Programme, Role
from bot.stories.people import AskChange, Change, InviteAgain, KeepIn, Remove, ShowPage, ShowPerson


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone, cora: Someone) -> Pair:
    pair = world.meet(ben, ana)
    world.enrol(Role.MENTEE, ben)
    world.enrol(Role.MENTOR, ana)
    return pair


def kept(world: World, *whats: str) -> list[tuple[str, int | None, str]]:
    with world.bot.open_transaction() as db:
        found = db.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(one.what, one.person_id, one.detail) for one in found if one.what in whats or not whats]


def enrolled(world: World, someone: Someone) -> dict[str, tuple[int, str]]:
    with world.bot.open_transaction() as db:
        found = db.scalars(select(Enrolment).where(Enrolment.person_id == someone.row.id))
        return {one.role: (one.capacity, one.cohort) for one in found}


def programme_of(world: World) -> int:
    with world.bot.open_transaction() as db:
        return db.scalars(select(Programme.id).order_by(Programme.id)).first() or 0


# The list


@pytest.mark.usefixtures("pair")
def test_says_who_is_there_and_how_far_they_are(world: World, cora: Someone) -> None:
    world.enrol(Role.MENTEE, world.add("Mia Sousa", "Europe/Lisbon", arrives=False))

    cora.says("people")

    assert "people 1 to 4 of 4" in cora.reads
    assert "1. Ana Byrne: mentor · has started · has a partner" in cora.reads
    assert "2. Ben Okafor: mentee · has started · has a partner" in cora.reads
    assert "3. Cora Lynch: coordinator · has started" in cora.reads
    assert (
        "4. Mia Sousa: mentee · has not started yet · has no partner · cannot be reached here" in cora.reads
    )


@pytest.mark.usefixtures("pair")
def test_says_of_nobody_that_they_are_away_or_what_they_want(
    world: World, ben: Someone, cora: Someone
) -> None:
    with world.bot.open_transaction.begin() as db:
        person = db.get_one(Person, ben.row.id)
        person.goals, person.skills, person.wish = "xylotheque", "xylotheque", "xylotheque"
    ben.says("pause until 20 February")
    world.forward(days=1)

    for words in ("people", "people ben"):
        cora.says(words)
        said = cora.reads.lower()
        assert not any(word in said for word in ("pause", "away", "february 20", "20 february", "xylotheque"))


def test_comes_in_pages(world: World, cora: Someone) -> None:
    world.enrol(Role.MENTEE, *(world.add(f"P{n:02} Test", "Europe/Dublin") for n in range(20)))

    cora.says("people")
    assert "1 to 8 of 21" in cora.reads
    cora.presses("More")
    assert "9 to 16 of 21" in cora.reads
    cora.presses("More")
    assert "17 to 21 of 21" in cora.reads
    assert [button.label for button in cora.sees.buttons][-1] == "Earlier"
    cora.presses("Earlier")
    assert "9 to 16 of 21" in cora.reads


def test_a_page_that_is_not_there_any_more_is_the_last_one(world: World, cora: Someone) -> None:
    world.enrol(Role.MENTEE, *(world.add(f"P{n:02} Test", "Europe/Dublin") for n in range(8)))
    for start in (8, 400, LARGEST_ID, -5):
        reply = cora.presses(ShowPage(programme_of(world), start, ""))

        assert isinstance(reply, Message)
        assert reply.name == "people.list"


def test_is_searched_by_part_of_a_name(world: World, cora: Someone) -> None:
    names = ("Jürgen Groß", "Jutta Groß", "Mia Sousa")
    world.enrol(Role.MENTEE, *(world.add(name, "Europe/Berlin") for name in names))

    cora.says("people GROSS")
    assert "2 people" in cora.reads
    assert "1. Jürgen Groß" in cora.reads
    assert "2. Jutta Groß" in cora.reads
    cora.says("1")
    assert "Jürgen Groß, in Mentoring" in cora.reads
    cora.says("people jürg")
    assert "Jürgen Groß, in Mentoring" in cora.reads
    cora.says("people nobody")
    assert "Nobody in Mentoring has that in their name" in cora.reads


@pytest.mark.parametrize("search", ["%", "_", "'); DROP TABLE people; --", "{name}", "**", "x" * 50])
def test_any_search_is_only_looked_for(cora: Someone, search: str) -> None:
    """G6, I4."""
    cora.says(f"people {search}")

    assert "Nobody in Mentoring" in cora.reads


def test_two_of_one_name_are_told_apart_by_their_numbers(world: World, cora: Someone) -> None:
    """C14."""
    twins = [world.add(f"{email} x", zone) for email, zone in (("a", "Asia/Tokyo"), ("b", "Europe/Lisbon"))]
    world.enrol(Role.MENTEE, *twins)
    with world.bot.open_transaction.begin() as db:
        db.execute(update(Person).where(Person.name.in_(["a x", "b x"])).values(name="Kim Lee"))

    cora.says("people kim")
    cora.says("2")

    assert "Time zone: Lisbon" in cora.reads


# Who may see it


@pytest.mark.usefixtures("pair")
def test_is_for_nobody_else_and_that_they_asked_is_kept(world: World, ben: Someone) -> None:
    """C1."""
    for words in ("people", "leute"):
        ben.says(words)

        assert "That is for those who run the programme" in ben.reads
        assert "Ana" not in ben.reads
    assert kept(world) == [("refused", None, "people")] * 2


@pytest.mark.usefixtures("pair")
def test_an_analyst_sees_no_names(world: World) -> None:
    nora = world.add("Nora Hahn", "Europe/Berlin")
    world.start(nora)
    world.enrol(Role.ANALYST, nora)

    nora.says("people")

    assert "may see names" in nora.reads
    assert "Ana" not in nora.reads


@pytest.mark.usefixtures("pair")
def test_somebody_elses_programme_is_like_one_that_does_not_exist(
    world: World, ben: Someone, cora: Someone
) -> None:
    """C5."""
    with world.bot.open_transaction.begin() as db:
        other = Programme(name="Other", made_at=world.clock())
        db.add(other)
        db.flush()
        db.add(
            Enrolment(programme_id=other.id, person_id=db.scalars(select(Person.id)).first(), role="mentee")
        )
    said = [as_text(cora.presses(ShowPerson(id_, ben.row.id))) for id_ in (other.id, 4711)]  # type: ignore[arg-type]

    assert said[0] == said[1]
    assert "may see names" in said[0]


@pytest.mark.usefixtures("pair")
def test_rights_are_those_at_the_time_of_the_press(world: World, ben: Someone, cora: Someone) -> None:
    """C9."""
    cora.says("people ben")
    form = cora.presses("Change")
    assert isinstance(form, Form)
    with world.bot.open_transaction.begin() as db:
        db.execute(update(Enrolment).where(Enrolment.role == Role.COORDINATOR).values(role=Role.ANALYST))

    cora.fills(cohort="Spring")
    assert "may see names" in cora.reads
    cora.presses("Remove")
    assert "may see names" in cora.reads
    assert enrolled(world, ben) == {"mentee": (1, "")}


def test_typed_while_a_question_is_open_it_is_an_answer(
    world: World, ben: Someone, pair: Pair, cora: Someone
) -> None:
    world.until(world.session(pair).starts_at - timedelta(hours=23))

    ben.says("people")

    assert "That is for those" not in ben.reads


# One person


@pytest.mark.usefixtures("pair")
def test_a_card_says_who_somebody_is_and_that_look_is_kept(world: World, ana: Someone, cora: Someone) -> None:
    cora.says("people ana")

    assert "Role: mentor" in cora.reads
    assert "Time zone: Dublin" in cora.reads
    assert "Paired with: Ben Okafor" in cora.reads
    assert "Mentees they take at most: 1" in cora.reads
    assert "[Pair with Ben Okafor]" in cora.reads
    assert kept(world) == [("people.did_look", ana.row.id, "")]


def test_whoever_is_not_in_it_is_nobody(world: World, ben: Someone, cora: Someone) -> None:
    for id_ in (ben.row.id, 4711, -1):
        cora.presses(ShowPerson(programme_of(world), id_))

        assert "not in this programme" in cora.reads


# Invited again


def test_is_invited_again_once_a_week_and_only_if_they_never_started(
    world: World, ben: Someone, cora: Someone
) -> None:
    world.enrol(Role.MENTEE, ben)
    world.forward(days=10)
    before = len(ben.received("welcome.hello_again"))

    cora.says("people ben")
    cora.presses("Invite again")
    assert "I invite Ben Okafor once more" in cora.reads
    cora.presses(InviteAgain(programme_of(world), ben.row.id))
    cora.presses(InviteAgain(programme_of(world), ben.row.id))
    world.forward(days=2)
    cora.presses(InviteAgain(programme_of(world), ben.row.id))
    assert "invited again within the last week" in cora.reads
    world.forward(days=2)

    assert len(ben.received("welcome.hello_again")) == before + 1
    assert kept(world, "people.did_ask_again") == [("people.did_ask_again", ben.row.id, "")]


def test_whoever_is_being_asked_anyway_is_not_asked_twice(world: World, ben: Someone, cora: Someone) -> None:
    world.enrol(Role.MENTEE, ben)
    world.forward(hours=1)

    cora.says("people ben")
    cora.presses("Invite again")

    assert "I ask Ben Okafor again by myself" in cora.reads


@pytest.mark.usefixtures("pair")
def test_whoever_has_started_is_not_invited(world: World, ben: Someone, cora: Someone) -> None:
    cora.presses(InviteAgain(programme_of(world), ben.row.id))

    assert "has started in the meantime" in cora.reads
    assert kept(world, "people.did_ask_again") == []


# Changed


@pytest.mark.usefixtures("pair")
def test_role_capacity_and_cohort_are_changed_in_one_form(world: World, ana: Someone, cora: Someone) -> None:
    cora.says("people ana")
    cora.presses("Change")
    assert cora.form
    cora.fills(roles="mentor,mentee", capacity="3", cohort="  Spring \u202e 26 ")

    assert "Saved. This is how Ana Byrne stands" in cora.reads
    assert enrolled(world, ana) == {"mentor": (3, "Spring 26"), "mentee": (1, "Spring 26")}
    assert kept(world, "people.did_change") == [("people.did_change", ana.row.id, "capacity,cohort,role")]

    cora.presses(Change(programme_of(world), ana.row.id))


@pytest.mark.usefixtures("pair")
def test_saving_what_is_so_already_is_no_change(world: World, ana: Someone, cora: Someone) -> None:
    cora.says("people ana")
    cora.presses("Change")
    cora.fills()

    assert kept(world, "people.did_change") == []


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize(
    ("answers", "mistake"),
    [
        ({"roles": ""}, "Choose one role"),
        ({"roles": "owner"}, "Choose one role"),
        ({"roles": "mentee"}, "in a pair in the other role"),
        ({"capacity": "-1"}, "0 to 20"),
        ({"capacity": "21"}, "0 to 20"),
        ({"capacity": "two"}, "0 to 20"),
        ({"capacity": "２"}, "0 to 20"),
        ({"capacity": "9" * 40}, "0 to 20"),
        ({"capacity": "0"}, "more mentees than that"),
    ],
)
def test_mistakes_are_said_at_their_field(
    world: World, ana: Someone, cora: Someone, answers: dict[str, str], mistake: str
) -> None:
    cora.says("people ana")
    cora.presses("Change")
    cora.fills(**answers)

    assert mistake in cora.mistakes[next(iter(answers))]
    assert enrolled(world, ana) == {"mentor": (1, "")}


# Removed


@pytest.mark.usefixtures("pair")
def test_is_removed_after_ten_minutes_and_both_read_kind_words(
    world: World, ben: Someone, ana: Someone, cora: Someone
) -> None:
    cora.says("people ben")
    cora.presses("Remove")
    assert "their pair with Ana Byrne comes to an end" in cora.reads
    cora.presses("Remove")
    cora.presses(Remove(programme_of(world), ben.row.id))  # a double click
    assert "Until then you can undo it" in cora.reads
    before = len(ben.chat), len(ana.chat)
    world.forward(minutes=9)
    assert (len(ben.chat), len(ana.chat)) == before

    world.forward(minutes=2)

    assert "not in Mentoring any more, and with that your pair with Ana has come to an end" in ben.reads
    assert "Ben Okafor has left the programme" in ana.reads
    assert enrolled(world, ben) == {}
    assert kept(world, "people.did_remove") == [("people.did_remove", ben.row.id, "")]
    with world.bot.open_transaction() as db:
        assert db.scalars(select(Pair.ended_at)).one()
        assert db.scalars(select(Removal)).all() == []
    ben.says("my data")
    assert "This is what I keep about you" in ben.reads
    cora.says("people ben")
    assert "Nobody in Mentoring" in cora.reads


@pytest.mark.usefixtures("pair")
def test_can_be_undone_without_a_trace_for_the_two(
    world: World, ben: Someone, ana: Someone, cora: Someone
) -> None:
    before = len(ben.chat), len(ana.chat)
    cora.says("people ben")
    cora.presses("Remove")
    cora.presses("Remove")
    cora.presses("Undo")
    assert "Ben Okafor stays" in cora.reads
    cora.presses(KeepIn(programme_of(world), ben.row.id))
    world.forward(hours=1)

    assert (len(ben.chat), len(ana.chat)) == before
    assert enrolled(world, ben) == {"mentee": (1, "")}
    assert [what for what, _, _ in kept(world, "people.did_remove", "people.did_put_back")] == [
        "people.did_remove",
        "people.did_put_back",
    ]


@pytest.mark.usefixtures("pair")
def test_too_late_it_is_said_kindly(world: World, ben: Someone, cora: Someone) -> None:
    cora.says("people ben")
    cora.presses("Remove")
    cora.presses("Remove")
    world.forward(minutes=11)

    cora.presses("Undo")

    assert "not in this programme, or not any more" in cora.reads


def test_another_programme_of_theirs_goes_on(
    world: World, ben: Someone, ana: Someone, pair: Pair, cora: Someone
) -> None:
    with world.bot.open_transaction.begin() as db:
        other = Programme(name="Other", made_at=world.clock())
        db.add(other)
        db.flush()
        for person, role in ((pair.mentee_id, Role.MENTEE), (pair.mentor_id, Role.MENTOR)):
            db.add(Enrolment(programme_id=other.id, person_id=person, role=role, made_at=world.clock()))
        two = Pair(
            programme_id=other.id,
            mentor_id=pair.mentor_id,
            mentee_id=pair.mentee_id,
            made_at=world.clock(),
            introduced_at=world.clock(),
        )
        db.add(two)
    cora.says("people ben")
    cora.presses("Remove")
    cora.presses("Remove")
    world.forward(minutes=11)

    with world.bot.open_transaction() as db:
        assert db.get_one(Pair, pair.id).ended_at
        assert db.get_one(Pair, two.id).ended_at is None
    assert ben.row.left_at is None


def test_whoever_never_started_is_not_written_to(world: World, cora: Someone) -> None:
    """Neither is the invitation brought that waits for their morning."""
    world.until(at("2026-02-03", "22:00", "America/Denver"))
    mia = world.add("Mia Sousa", "America/Denver")
    world.enrol(Role.MENTEE, mia)
    world.forward(minutes=1)
    cora.says("people mia")
    cora.presses("Remove")
    assert "they are not in it any more" in cora.reads
    cora.presses("Remove")

    world.forward(days=10)

    assert mia.chat == []


def test_somebody_who_only_runs_it_is_not_removed_here(world: World, cora: Someone) -> None:
    cora.says("people cora")
    assert "[Remove]" not in cora.reads
    cora.presses(Remove(programme_of(world), cora.row.id))

    assert "not in this programme" in cora.reads
    assert enrolled(world, cora) == {"coordinator": (1, "")}


@pytest.mark.usefixtures("pair")
def test_in_german(world: World) -> None:
    dora = world.add("Dora Vogt", "Europe/Berlin", language="de")
    world.start(dora)
    world.enrol(Role.OWNER, dora)

    dora.says("leute")
    assert "Ana Byrne: begleitet · hat angefangen · hat ein Gegenüber" in dora.reads
    dora.says("leute ana")
    assert "Rolle: begleitet" in dora.reads
    dora.presses("Ändern")
    dora.fills(cohort="Frühling")
    assert "Gespeichert" in dora.reads
    assert "Kohorte: Frühling" in dora.reads
    dora.presses("Herausnehmen")
    dora.presses("Herausnehmen")
    assert "Bis dahin kannst du es rückgängig machen" in dora.reads
    dora.presses("Rückgängig")
    assert "bleibt in Mentoring" in dora.reads


def test_a_form_for_somebody_elses_person_is_refused(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    for action in (AskChange(pair.programme_id, ana.row.id), Change(pair.programme_id, ana.row.id)):
        reply = ben.presses(action)

        assert isinstance(reply, Message)
