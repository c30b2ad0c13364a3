"""Profile: what somebody gives for matching, all of it optional; and a list that nobody else sees."""

import pytest
from small_programme import NO_SUCH_ID, Six, another_programme, six_people
from sqlalchemy import select
from world import Someone, World, as_text

from bot.matching.models import Exclusion, Profile
from bot.models import Enrolment, Role
from bot.stories.profile import Exclude, Include, Keep


@pytest.fixture
def six(world: World) -> Six:
    return six_people(world)


def kept(world: World, someone: Someone) -> Profile | None:
    id_ = someone.row.id
    with world.bot.open_transaction() as db:
        return db.get(Profile, id_)


def excluded(world: World) -> list[int]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(Exclusion.other_id)))


# A minute


def test_whoever_has_no_partner_yet_is_offered_a_profile_after_the_welcome(world: World) -> None:
    ben = world.add("Ben Okafor", "Europe/Dublin")
    world.enrol(Role.MENTEE, ben)
    world.forward(minutes=1)
    ben.presses("Start")
    ben.presses("right")

    assert "A minute for your profile" in ben.reads
    ben.presses("My profile")

    assert ben.sees.name == "profile.empty"
    assert "Each part may stay empty" in ben.reads


def test_what_somebody_gives_is_shown_to_them_and_can_be_changed(world: World, six: Six) -> None:
    six.ben.says("profile")
    six.ben.presses("Edit")
    six.ben.fills(
        wants="giving talks;  saying no; Giving talks",
        offers="SQL",
        languages="en,de",
        style="gentle,structured",
        contact="video",
        site="Dublin 2",
    )

    assert six.ben.sees.name == "profile.kept"
    assert "I would like to learn: giving talks; saying no" in six.ben.reads
    assert "I speak: German and English" in six.ben.reads
    assert "How I like to work: With an agenda\nGently, step by step" in six.ben.reads
    assert "Where I work: Dublin 2" in six.ben.reads
    six.ben.presses("Edit")
    six.ben.fills(style="", site="")
    six.ben.says("profile")
    assert "How I like to work" not in six.ben.reads
    assert "I can offer: SQL" in six.ben.reads


def test_every_part_may_stay_empty(world: World, six: Six) -> None:
    six.ben.says("profile")
    six.ben.presses("Edit")

    six.ben.fills(wants="", offers="", stage="", languages="", style="", contact="", site="")

    assert six.ben.sees.name == "profile.kept"
    assert six.ben.sees.facts == ()
    assert six.ben.row.career_stage == ""


def test_only_what_can_be_chosen_is_kept(world: World, six: Six) -> None:
    six.ben.says("profile")
    six.ben.presses("Edit")

    six.ben.fills(stage="emperor", languages="en,xx", style="gentle,loud", contact="telepathy")

    profile = kept(world, six.ben)
    assert profile is not None
    assert (profile.languages, profile.style, profile.contact) == ("en", "gentle", "")
    assert six.ben.row.career_stage == ""


def test_what_is_too_long_is_said_at_its_field(six: Six) -> None:
    six.ben.says("profile")
    six.ben.presses("Edit")

    six.ben.fills(wants="x" * 301)

    assert "a little long" in six.ben.mistakes["wants"]


def test_mentors_say_for_how_many_they_have_room(world: World, six: Six) -> None:
    six.ana.says("profile")
    assert "Mentees who may wish for a mentor see" in six.ana.reads
    six.ana.presses("Edit")
    six.ana.fills(places="3")

    assert "room for, in all: 3" in six.ana.reads
    with world.bot.open_transaction() as db:
        theirs = select(Enrolment.capacity).where(Enrolment.person_id == six.ana.row.id)
        assert db.scalars(theirs).all() == [3]


@pytest.mark.parametrize("places", ["", "-1", "21", "a", "999999999999"])
def test_no_other_number_of_places_is_taken(world: World, six: Six, places: str) -> None:
    six.ana.says("profile")
    six.ana.presses("Edit")

    six.ana.fills(places=places)

    assert "room for, in all: 1" in six.ana.reads


def test_mentees_are_not_asked_for_places(six: Six) -> None:
    six.ben.says("profile")
    six.ben.presses("Edit")

    assert six.ben.form is not None
    assert "places" not in [field.name for field in six.ben.form.fields]


def test_whoever_only_runs_the_programme_has_nothing_to_fill_in(six: Six) -> None:
    six.cleo.says("profile")
    assert six.cleo.sees.name == "profile.not_needed"

    six.cleo.presses(Keep())

    assert six.cleo.sees.name != "profile.kept"


# Not with


def test_somebody_is_put_on_the_private_list_by_a_part_of_their_name(world: World, six: Six) -> None:
    six.ben.says("profile")
    six.ben.presses("Not with")
    six.ben.presses("Add somebody")
    six.ben.fills(name="BYR")
    six.ben.presses("Ana Byrne")

    assert "You and Ana Byrne are not put together. Nobody is told." in six.ben.reads
    six.ben.presses("My list")
    assert "Not with: Ana Byrne" in six.ben.reads
    assert excluded(world) == [six.ana.row.id]
    assert world.forward(days=3) == []


def test_the_private_list_can_be_undone(world: World, six: Six) -> None:
    six.ben.presses(Exclude(six.ana.row.id))
    six.ben.presses("Undo")
    assert excluded(world) == []

    six.ben.presses("Undo")
    six.ben.presses("My list")
    six.ben.presses("Take off: Ana Byrne")

    assert "may be put together again" in six.ben.reads
    assert excluded(world) == []


def test_pressed_twice_it_is_kept_once(world: World, six: Six) -> None:
    six.ben.presses(Exclude(six.ana.row.id))
    six.ben.presses(Exclude(six.ana.row.id))

    assert excluded(world) == [six.ana.row.id]


def test_only_people_of_the_same_programme_are_found(world: World, six: Six) -> None:
    """C3, C5: an id of somebody elsewhere has the same answer as one of nobody."""
    hal = world.add("Hal Byrne", "Europe/Dublin")
    another_programme(world, hal, runs=world.add("Ida Test", "Europe/Dublin"))
    six.ben.says("profile")
    six.ben.presses("Not with")
    six.ben.presses("Add somebody")
    six.ben.fills(name="Hal")
    assert six.ben.sees.name == "profile.not_found"

    answers = [as_text(six.ben.presses(Exclude(id_))) for id_ in (hal.row.id, 0, -1, NO_SUCH_ID)]  # type: ignore[arg-type]
    six.ben.presses(Exclude(six.ben.row.id))

    assert len(set(answers)) == 1
    assert six.ben.sees.name == "profile.gone"
    assert excluded(world) == []


def test_one_letter_is_too_little_to_search_for(six: Six) -> None:
    six.ben.says("profile")
    six.ben.presses("Not with")
    six.ben.presses("Add somebody")

    six.ben.fills(name=" a ")

    assert "at least two letters" in six.ben.mistakes["name"]


def test_of_many_the_first_are_shown(world: World, six: Six) -> None:
    world.enrol(Role.MENTOR, *(world.add(f"{name} Byrne", "Europe/Dublin") for name in "ABCDEFGHI"))
    six.ben.says("profile")
    six.ben.presses("Not with")
    six.ben.presses("Add somebody")

    six.ben.fills(name="byrne")

    assert six.ben.sees.name == "profile.many"
    assert sum("Byrne" in button.label for button in six.ben.sees.buttons) == 8


def test_nobody_takes_somebody_off_the_list_of_another(world: World, six: Six) -> None:
    """C3"""
    six.ben.presses(Exclude(six.ana.row.id))

    six.dara.presses(Include(six.ana.row.id))

    assert six.dara.sees.name == "profile.gone"
    assert excluded(world) == [six.ana.row.id]


# My data


def test_my_data_shows_all_of_it_and_erases_it(world: World, six: Six) -> None:
    six.ben.says("profile")
    six.ben.presses("Edit")
    six.ben.fills(site="Dublin 2", style="gentle")
    six.ben.presses(Exclude(six.ana.row.id))
    six.ben.says("my data")
    six.ben.presses("See it")
    assert "Works in: Dublin 2" in six.ben.reads
    assert "Not with: Name: Ana Byrne" in six.ben.reads

    six.ben.says("my data")
    six.ben.presses("^Erase$")
    six.ben.presses("Erase what I wrote")
    world.forward(minutes=11)

    profile = kept(world, six.ben)
    assert profile is not None
    assert profile.site == ""
    assert (six.ben.row.goals, six.ben.row.skills) == ("", "")
    assert excluded(world) == [six.ana.row.id]  # they stay in the programme, so it still holds


def test_whoever_leaves_with_everything_leaves_nothing_behind(world: World, six: Six) -> None:
    six.ben.presses(Exclude(six.ana.row.id))
    six.gus.presses(Exclude(six.ben.row.id))
    six.ben.says("my data")
    six.ben.presses("^Erase$")

    six.ben.presses("Erase everything")
    world.forward(minutes=30)

    assert excluded(world) == []


def test_it_is_said_in_german(world: World) -> None:
    eva = world.add("Eva Koch", "Europe/Berlin", language="de")
    world.start(eva)
    world.enrol(Role.MENTOR, eva)

    eva.says("profil")
    eva.presses("Bearbeiten")
    eva.fills(style="gentle", languages="de,en")

    assert "So arbeite ich gern: Behutsam, Schritt für Schritt" in eva.reads
    assert "Ich spreche: Deutsch und Englisch" in eva.reads
