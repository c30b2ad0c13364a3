"""The programme: how it is set, and how far it has come in numbers. C, D and G with a number are attacks."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from world import Someone, World, as_text

from bot.desk.models import AuditEntry
from bot.models import Enrolment, Pair, Person, Programme, Role
from bot.stories.programme import AskClose, Choose, Close, Edit, Keep, New, Reopen
from bot.text import clean_name


@dataclass
class Grown:
    world: World
    programme: int
    host: Someone
    names: int = 0

    def add(self, role: Role, *, started: bool, programme: int = 0) -> int:
        """Straight into the database: it is about how many there are."""
        self.names += 1
        with self.world.bot.open_transaction.begin() as db:
            person = Person(name=f"Person {self.names}", timezone="Europe/Dublin")
            person.started_at = self.world.clock() if started else None
            db.add(person)
            db.flush()
            self.enrol(db, person.id, role, programme)
            return person.id

    def enrol(self, db: Any, person: int, role: Role, programme: int = 0) -> None:
        db.add(Enrolment(programme_id=programme or self.programme, person_id=person, role=role))

    def pair(self, mentor: int, mentee: int, *, introduced: bool) -> None:
        now = self.world.clock()
        with self.world.bot.open_transaction.begin() as db:
            pair = Pair(programme_id=self.programme, mentor_id=mentor, mentee_id=mentee, made_at=now)
            pair.introduced_at = now if introduced else None
            db.add(pair)

    @property
    def page(self) -> str:
        parts = self.host.opens_home().parts
        return "\n".join(as_text(part.message) for part in parts if part.title == "My programme")


@pytest.fixture
def grown(world: World) -> Grown:
    host = world.add("Hedy Host", "Europe/Dublin")
    with world.bot.open_transaction.begin() as db:
        programme = Programme(name="Crossing", made_at=world.clock())
        db.add(programme)
        db.flush()
        id_ = programme.id
    grown = Grown(world, id_, host)
    with world.bot.open_transaction.begin() as db:
        grown.enrol(db, host.row.id, Role.COORDINATOR)
    return grown


def test_counts_people_and_pairs(grown: Grown) -> None:
    mentors = [grown.add(Role.MENTOR, started=True) for _ in range(12)]
    mentees = [grown.add(Role.MENTEE, started=number < 5) for number in range(12)]
    for number, (mentor, mentee) in enumerate(zip(mentors, mentees, strict=True)):
        grown.pair(mentor, mentee, introduced=number < 5)

    assert "Crossing, in numbers" in grown.page
    assert "People who have started: 17\n" in grown.page
    assert "People who have not started yet: 7\n" in grown.page
    assert "Pairs that have been introduced: 5\n" in grown.page
    assert "Pairs that have not met yet: 7" in grown.page


@pytest.mark.parametrize("late", [0, 1, 4])
def test_a_small_group_cannot_be_had_by_subtracting(grown: Grown, late: int) -> None:
    for number in range(30):
        grown.add(Role.MENTEE, started=number >= late)

    assert "People who have started: 26 or more\n" in grown.page
    assert "People who have not started yet: fewer than 5\n" in grown.page


def test_two_small_groups_are_both_small(grown: Grown) -> None:
    for number in range(7):
        grown.add(Role.MENTEE, started=number % 2 == 0)

    assert "People who have started: fewer than 5\n" in grown.page
    assert "People who have not started yet: fewer than 5\n" in grown.page


def test_the_pairs_of_one_mentor_are_what_one_person_does(grown: Grown) -> None:
    mentor = grown.add(Role.MENTOR, started=True)
    for _ in range(6):
        grown.pair(mentor, grown.add(Role.MENTEE, started=True), introduced=True)

    assert "Pairs that have been introduced: fewer than 5 mentors or mentees\n" in grown.page


def test_somebody_who_is_both_is_counted_once(grown: Grown) -> None:
    for number in range(10):
        both = grown.add(Role.MENTEE, started=number < 5)
        with grown.world.bot.open_transaction.begin() as db:
            grown.enrol(db, both, Role.MENTOR)

    assert "People who have started: 5\n" in grown.page


def test_nobody_else_sees_it_and_nothing_of_other_programmes(
    grown: Grown, ben: Someone, ana: Someone
) -> None:
    grown.world.meet(ben, ana)
    with grown.world.bot.open_transaction.begin() as db:
        other = Programme(name="Other", made_at=grown.world.clock())
        db.add(other)
        db.flush()
        id_ = other.id
    for _ in range(12):
        grown.add(Role.MENTEE, started=True, programme=id_)

    for someone in (ben, ana):
        assert "My programme" not in [part.title for part in someone.opens_home().parts]
    assert "Other" not in grown.page
    assert "People who have started: fewer than 5\n" in grown.page


def test_it_is_there_for_a_host_who_has_not_started_and_not_for_one_who_left(grown: Grown) -> None:
    assert "Crossing" in grown.page

    with grown.world.bot.open_transaction.begin() as db:
        db.get_one(Person, grown.host.row.id).left_at = grown.world.clock()
    assert grown.page == ""


# What it is like, and changing it


NASTY = [
    pytest.param("<!channel> <!here> <@U123> <at>all</at>", id="D1-D3"),
    pytest.param("[HR](https://evil.example) <https://evil.example|https://hr.example>", id="D4"),
    pytest.param("javascript:alert(1)", id="D5"),
    pytest.param("**Cairn**: your password, please", id="D8"),
    pytest.param("{0.__class__} {{programme}} ${mentor.email} %(x)s {% if %}", id="D18"),
    pytest.param("Аdmіn Prоgramme", id="D12"),
    pytest.param(":tada: *bold* _it_", id="D22"),
    pytest.param("'); DROP TABLE programmes; --", id="G6"),
    pytest.param("=cmd|'/C calc'!A0", id="G1"),
    pytest.param("I know a person by the name of " + "x" * 40, id="D23"),
]


def audited(world: World) -> list[tuple[str, str]]:
    with world.bot.open_transaction() as db:
        rows = db.execute(select(AuditEntry.what, AuditEntry.detail).order_by(AuditEntry.id))
        return [(what, detail) for what, detail in rows]


def edits(someone: Someone, **answers: str) -> None:
    someone.commands("programme")
    someone.presses("^Edit$")
    someone.fills(**answers)


def only(world: World) -> Programme:
    with world.bot.open_transaction() as db:
        return db.scalars(select(Programme)).one()


def test_shows_how_it_is_set(grown: Grown) -> None:
    grown.host.commands("programme")

    assert "Crossing, as it is set at present" in grown.host.reads
    assert "26 weeks" in grown.host.reads
    assert "every 2 weeks, 60 minutes (30 early in a career) and an answer within 2" in grown.host.reads
    assert "Joining by themselves: nobody can at present" in grown.host.reads
    assert "Smallest group in any number: 5 people" in grown.host.reads
    labels = [button.label for button in grown.host.sees.buttons]
    assert labels == ["Edit", "People", "Health", "Open a call", "New programme", "Close it"]


def test_a_change_is_kept_in_the_audit_without_a_word(grown: Grown) -> None:
    edits(grown.host, weeks="13", minutes="45", purpose="A secret of ours", smallest_group="8")

    assert "45 minutes" in grown.host.reads
    assert "A secret of ours" in grown.host.reads
    [entry] = audited(grown.world)
    assert entry == (
        "programme.did_change",
        "weeks 26 > 13,minutes 0 > 45,smallest_group 5 > 8,purpose",
    )


def test_saving_what_is_there_already_is_no_change(grown: Grown) -> None:
    edits(grown.host)

    assert grown.host.sees.name == "programme.saved"
    assert audited(grown.world) == []


@pytest.mark.parametrize(
    ("answers", "field", "said"),
    [
        ({"name": " \u200b "}, "name", "give it a name"),
        ({"weeks": "3"}, "weeks", "from 4 to 104"),
        ({"weeks": "half a year"}, "weeks", "from 4 to 104"),
        ({"weeks": "9" * 4000}, "weeks", "3,?000 characters|more than"),
        ({"weeks": "²"}, "weeks", "from 4 to 104"),
        ({"smallest_group": "4"}, "smallest_group", "can only be raised"),
        ({"smallest_group": "-9"}, "smallest_group", "can only be raised"),
        ({"smallest_group": "101"}, "smallest_group", "can only be raised"),
        ({"format": "circle"}, "format", "choose one"),
        ({"minutes": "1"}, "minutes", "choose one"),
        ({"response_days": ""}, "response_days", "choose one"),
        ({"purpose": "x" * 501}, "purpose", "longer than there is room"),
        ({"cohort": "x" * 81}, "cohort", "longer than there is room"),
    ],
)  # fmt: skip
def test_says_at_the_field_what_to_do(grown: Grown, answers: dict[str, str], field: str, said: str) -> None:
    edits(grown.host, **answers)

    assert list(grown.host.mistakes) == [field]
    assert re.search(said, grown.host.mistakes[field])
    assert audited(grown.world) == []


def test_the_smallest_group_can_be_raised_and_not_lowered_again(grown: Grown) -> None:
    edits(grown.host, smallest_group="10")
    edits(grown.host, smallest_group="9")

    assert "smallest_group" in grown.host.mistakes
    assert only(grown.world).smallest_group == 10
    for _ in range(9):
        grown.add(Role.MENTEE, started=True)
    assert "Groups of fewer than 10 are not counted out" in grown.page
    assert "People who have started: fewer than 10\n" in grown.page


@pytest.mark.parametrize("text", NASTY)
def test_names_and_purposes_are_plain_text(grown: Grown, text: str) -> None:
    edits(grown.host, name=text, purpose=text, cohort=text)

    said = grown.host.sees
    assert grown.host.sees.name == "programme.saved"
    name = clean_name(text)
    assert [run.text for run in said.text if name in run.text] == [name]
    assert [
        fact.value for fact in said.facts if fact.label in ("What it is for", "Cohort that newcomers are in")
    ] == [text, name]
    assert all(button.action.__class__.__module__.startswith("bot.") for button in said.buttons)


@pytest.mark.parametrize(
    "name", ["x\u202ey\u2066z", "Spring\n\n# Approve", "a\u200b\U000e0041b", "Z" + "\u0300" * 1000]
)
def test_a_name_is_one_clean_line(grown: Grown, name: str) -> None:
    """D9, D10, D11, D13"""
    edits(grown.host, name=name)

    kept = only(grown.world).name
    assert kept == clean_name(name)
    assert "\n" not in kept


def test_new_pairs_are_offered_what_it_says_and_settled_ones_notice_nothing(grown: Grown) -> None:
    world = grown.world
    ben, ana = (
        world.add("Ben Okafor", "Europe/Dublin", career_stage="early"),
        world.add("Ana B", "Europe/Dublin"),
    )
    settled = world.meet(ben, ana, minutes=60, every_weeks=2)
    edits(grown.host, every_weeks="1", minutes="45", response_days="3", weeks="10")
    cleo, dara = world.add("Cleo T", "Europe/Dublin"), world.add("Dara T", "Europe/Dublin")
    world.start(cleo, dara)
    new = world.pair(cleo, dara, introduce_at=world.clock())
    world.forward(minutes=1)

    cleo.says("agreement")
    assert cleo.form is not None
    given = {field.name: field.value for field in cleo.form.fields}
    assert (given["every_weeks"], given["minutes"], given["response_days"]) == ("1", "45", "3")
    with world.bot.open_transaction() as db:
        old, fresh = db.get_one(Pair, settled.id), db.get_one(Pair, new.id)
        assert (old.every_weeks, old.minutes, old.response_days) == (2, 60, 2)
        assert (fresh.every_weeks, fresh.minutes, fresh.response_days) == (1, 45, 3)
        assert fresh.planned_end == world.clock() - timedelta(minutes=1) + timedelta(weeks=10)


@pytest.mark.parametrize(("stage", "minutes"), [("early", "30"), ("senior", "60"), ("", "60")])
def test_without_a_length_of_its_own_it_goes_by_career_stage(grown: Grown, stage: str, minutes: str) -> None:
    world = grown.world
    cleo, dara = (
        world.add("Cleo T", "Europe/Dublin", career_stage=stage),
        world.add("Dara T", "Europe/Dublin"),
    )
    world.start(cleo, dara)
    world.pair(cleo, dara, introduce_at=world.clock())
    world.forward(minutes=1)

    dara.says("agreement")

    assert dara.form is not None
    assert {field.name: field.value for field in dara.form.fields}["minutes"] == minutes


def test_peers_are_partners_and_ask_each_other(grown: Grown) -> None:
    world = grown.world
    edits(grown.host, format="peer")
    ben = world.add("Ben Okafor", "Europe/Dublin", goals="Write clearly", skills="Python")
    ana = world.add("Ana Byrne", "Europe/Dublin", goals="Learn Python", skills="Writing clearly")
    world.start(ben, ana)
    world.pair(ben, ana, introduce_at=world.clock())
    world.forward(minutes=1)

    for someone, partner in ((ben, "Ana Byrne"), (ana, "Ben Okafor")):
        [met] = someone.received("intro.your_peer")
        assert f"Meet your partner, {partner}" in as_text(met)
        assert {fact.label for fact in met.facts} >= {"What they know about", "What they would like to learn"}
        assert "Your partner is" in "".join(as_text(part.message) for part in someone.opens_home().parts)


def test_the_format_stays_while_pairs_go_on(grown: Grown, ben: Someone, ana: Someone) -> None:
    grown.world.pair(ben, ana)

    edits(grown.host, format="peer")

    assert "cannot change while pairs go on" in grown.host.mistakes["format"]


# A new one


def test_whoever_acts_in_one_can_make_another_and_owns_it(grown: Grown) -> None:
    grown.host.commands("programme")
    grown.host.presses("New programme")
    grown.host.fills(name="Reverse spring", format="reverse")

    assert grown.host.sees.name == "programme.made"
    with grown.world.bot.open_transaction() as db:
        made = db.scalars(select(Programme).where(Programme.name == "Reverse spring")).one()
        roles = db.execute(select(Enrolment.role).where(Enrolment.programme_id == made.id)).scalars().all()
    assert roles == ["owner"]
    assert audited(grown.world) == [("programme.did_make", "")]
    grown.host.commands("programme")
    assert "Reverse spring, as it is set" in grown.host.reads
    grown.host.commands("programme crossing")
    assert "Crossing, as it is set" in grown.host.reads
    grown.host.presses("Reverse spring")
    assert "Reverse spring, as it is set" in grown.host.reads


def test_a_name_that_one_runs_already_is_taken(grown: Grown) -> None:
    grown.host.commands("programme")
    grown.host.presses("New programme")

    grown.host.fills(name="ＣＲＯＳＳＩＮＧ")

    assert "already" in grown.host.mistakes["name"]


def test_a_name_that_is_not_known_is_answered_with_those_that_are(grown: Grown) -> None:
    grown.host.commands("programme of the year")

    assert [button.label for button in grown.host.sees.buttons] == ["Crossing"]


# Who may


def test_a_member_is_refused_and_that_is_kept(grown: Grown, ben: Someone) -> None:
    """C1"""
    ben.commands("programme")

    assert ben.sees.name == "programme.not_for_you"
    assert "Crossing" not in ben.reads
    assert audited(grown.world) == [("refused", "programme")]


@pytest.mark.parametrize("kind", [Choose, Edit, AskClose, Close, Keep, Reopen])
def test_somebody_elses_programme_is_one_that_does_not_exist(grown: Grown, kind: Any) -> None:
    """C3, C5"""
    other = grown.world.add("Otto Other", "Europe/Dublin")
    with grown.world.bot.open_transaction.begin() as db:
        db.add(programme := Programme(name="Otherwise", made_at=grown.world.clock()))
        db.flush()
        id_ = programme.id
    owner = other.row.id
    with grown.world.bot.open_transaction.begin() as db:
        db.add(Enrolment(programme_id=id_, person_id=owner, role=Role.OWNER))

    said = []
    for number in (id_, 4711):
        grown.host.presses(kind(number))
        said.append(grown.host.reads)
        assert grown.host.sees.name == "programme.not_for_you"

    assert said[0] == said[1]
    assert "Otherwise" not in said[0]


def test_what_was_typed_comes_back_when_the_role_is_gone(grown: Grown) -> None:
    """C9"""
    grown.host.commands("programme")
    grown.host.presses("^Edit$")
    with grown.world.bot.open_transaction.begin() as db:
        db.execute(delete(Enrolment))

    grown.host.fills(name="A better name", purpose="A long thought about what it is for")

    assert grown.host.sees.name == "programme.not_for_you"
    assert "A better name" in grown.host.reads
    assert "A long thought about what it is for" in grown.host.reads
    assert only(grown.world).name == "Crossing"
    assert audited(grown.world) == [("refused", "programme")]


def test_an_analyst_looks_and_changes_nothing(grown: Grown) -> None:
    with grown.world.bot.open_transaction.begin() as db:
        db.execute(update(Enrolment).values(role=Role.ANALYST))

    grown.host.commands("programme")
    assert [button.label for button in grown.host.sees.buttons] == ["Health"]
    for action in (New(), Edit(grown.programme), Close(grown.programme)):
        grown.host.presses(action)
        assert grown.host.sees.name == "programme.not_for_you"


# Closing it


def test_closing_is_tried_first_and_its_pairs_go_on(grown: Grown, ben: Someone, ana: Someone) -> None:
    world = grown.world
    pair = world.meet(ben, ana, planned_end=world.clock() + timedelta(weeks=20))
    grown.host.commands("programme")
    grown.host.presses("Close it")

    assert "Nothing has been done yet" in grown.host.reads
    assert "Pairs, which go on as they are: 1, until" in grown.host.reads
    assert only(world).closed_at is None
    grown.host.presses("^Close it$")
    grown.host.presses("^Close it$")

    assert grown.host.sees.name == "programme.closed"
    assert audited(world) == [("programme.did_close", "")]
    with world.bot.open_transaction() as db:
        assert db.get_one(Pair, pair.id).ended_at is None
    grown.host.commands("enrol")
    assert grown.host.sees.name == "enrol.is_closed"
    grown.host.commands("programme")
    grown.host.presses("Open it again")
    assert only(world).closed_at is None


def test_an_old_form_of_a_closed_programme_gives_its_words_back(grown: Grown) -> None:
    """E4"""
    grown.host.commands("programme")
    grown.host.presses("^Edit$")
    form = grown.host.form
    grown.host.presses(Close(grown.programme))
    grown.host.form = form

    grown.host.fills(purpose="Something that I have thought about")

    assert "Something that I have thought about" in grown.host.reads


def test_a_host_reads_german(world: World, grown: Grown) -> None:
    with world.bot.open_transaction.begin() as db:
        db.get_one(Person, grown.host.row.id).language = "de"

    grown.host.commands("programm")

    assert "Crossing, so wie es gerade eingestellt ist" in grown.host.reads
    assert "alle 2 Wochen, 60 Minuten (am Anfang des Berufslebens 30) und" in grown.host.reads
