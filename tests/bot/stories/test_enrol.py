"""Enrolling at the desk: calls, requests and pasted lists. C, D and G with a number are attacks."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from world import Someone, World, as_text

from bot import joining
from bot.calendar import known_zone, moment
from bot.desk.lists import PastedList
from bot.desk.models import AuditEntry, EnrolmentRequest
from bot.desk.views import OpenCall
from bot.joining import ShowRequests
from bot.models import AccountRow, Base, Enrolment, Pair, Person, Programme, Role, UnsentForm
from bot.stories.enrol import (
    Accept,
    AcceptAll,
    AskAll,
    Decline,
    EndCall,
    EnrolThem,
    Forget,
    More,
    Paste,
    Undecide,
    UndecideAll,
)
from bot.stories.join import Join
from bot.turn import Turn

ANA = "ana@example.net, Ana Byrne, mentor, Europe/Dublin"
KAI = "kai@example.net, Kai Kealoha, mentee, Pacific/Honolulu"


@pytest.fixture
def cora(world: World) -> Someone:
    """She runs the programme, in Dublin, and owns it."""
    cora = world.add("Cora Host", "Europe/Dublin")
    world.enrol(Role.OWNER, cora)
    world.start(cora)
    return cora


@pytest.fixture
def cees(world: World, cora: Someone) -> Someone:
    """He is a coordinator beside her."""
    cees = world.add("Cees Visser", "Europe/Amsterdam")
    world.enrol(Role.COORDINATOR, cees)
    world.start(cees)
    return cees


def only(world: World) -> Programme:
    with world.bot.open_transaction() as db:
        return db.scalars(select(Programme)).one()


def count(world: World, model: type[Base]) -> int:
    with world.bot.open_transaction() as db:
        return db.scalar(select(func.count()).select_from(model)) or 0


def audited(world: World) -> list[tuple[str, str]]:
    with world.bot.open_transaction() as db:
        rows = db.execute(select(AuditEntry.what, AuditEntry.detail).order_by(AuditEntry.id))
        return [(what, detail) for what, detail in rows]


def opens(someone: Someone, **answers: str) -> None:
    someone.commands("enrol")
    someone.presses("Open a call")
    someone.fills(**{"until": "in two weeks", "approval": "no"} | answers)


def ask(world: World, *names: str, **values: Any) -> list[Someone]:
    """People who would like to join as mentees."""
    people = [world.add(name, "Europe/Dublin", **values) for name in names]
    for someone in people:
        someone.presses(Join(only(world).id, "mentee"))
    return people


def pastes(someone: Someone, *lines: str) -> None:
    someone.commands("enrol")
    someone.presses("Paste a list")
    someone.fills(list="\n".join(lines))


def names(world: World) -> Sequence[str]:
    with world.bot.open_transaction() as db:
        return db.scalars(select(Person.name).order_by(Person.id)).all()


# A call


def test_a_call_is_opened_and_changed_and_ended(world: World, cora: Someone) -> None:
    opens(cora, who="mentor")

    assert "is open until Tuesday 17 February for mentors, at once" in cora.reads
    assert only(world).open_until == world.clock().replace(hour=0) + timedelta(days=15)
    cora.presses("Change the call")
    assert cora.form is not None
    assert [field.value for field in cora.form.fields] == ["2026-02-17", "mentor", "no"]
    cora.fills(approval="yes")
    assert "once you have looked at each request" in cora.reads
    cora.presses("End the call")

    assert "has ended" in cora.reads
    assert only(world).open_until is None
    assert [what for what, _ in audited(world)] == ["enrol.did_open", "enrol.did_open", "enrol.did_end"]


@pytest.mark.parametrize("until", ["yesterday", "31 February", "4/5", "", "for ever", "x" * 61])
def test_a_day_that_is_not_ahead_is_said_so_at_its_field(world: World, cora: Someone, until: str) -> None:
    opens(cora, until=until)

    assert list(cora.mistakes) == ["until"]
    assert only(world).open_until is None


def test_its_end_tells_those_who_run_it_how_many_came(world: World, cora: Someone, cees: Someone) -> None:
    opens(cora)
    ask(world, "Ada Test", "Bea Test")

    world.forward(days=20)

    for someone in (cora, cees):
        [ended] = someone.received("enrol.call_has_ended")
        assert "Mentees who have come in: 2" in as_text(ended)
        assert "Mentors who have come in: 0" in as_text(ended)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(zone=st.sampled_from(sorted(available_timezones())), hours=st.integers(0, 24 * 400))
def test_of_the_day_that_is_named_nobody_misses_an_hour(world: World, zone: str, hours: int) -> None:
    """Wherever they are, and whoever opened the call wherever."""
    if known_zone(zone) != zone:
        return
    until = world.clock().replace(minute=0) + timedelta(hours=hours)
    programme = Programme(open_until=until)
    reader = Person(timezone=zone)
    with world.bot.open_transaction.begin() as db, Turn(db, world.clock(), world.bot.prompts) as turn:
        day = joining.last_date(turn, programme, reader)

    ends = moment(datetime.combine(day + timedelta(days=1), datetime.min.time()), zone)
    assert ends <= until < ends + timedelta(hours=26)


# Requests


def test_a_list_of_requests_by_name_in_the_order_they_came(world: World, cora: Someone) -> None:
    opens(cora, approval="yes")
    ask(world, *(f"P{number} Test" for number in range(7)))

    cora.commands("enrol")

    assert "1. P0 Test would like a mentor, since Tuesday 3 February" in cora.reads
    assert "P5" not in cora.reads
    assert "Others who wait: 2" in cora.reads
    cora.presses("Show more")
    assert "6. P5 Test" in cora.reads
    cora.presses("Decline 7. P6 Test")
    assert "Declined. P6 Test hears of it" in cora.reads


def test_a_decision_can_be_taken_back_for_ten_minutes(world: World, cora: Someone) -> None:
    opens(cora, approval="yes")
    [ada] = ask(world, "Ada Test")
    cora.commands("enrol")
    cora.presses("Decline 1. Ada")
    world.forward(minutes=9)

    cora.presses("Undo")
    assert "1. Ada Test would like a mentor" in cora.reads
    cora.presses("Accept 1. Ada")
    world.forward(days=1)

    assert ada.received("join.declined_for_now") == []
    assert ada.received("join.welcome")
    cora.presses(Undecide(1))
    assert cora.sees.name == "enrol.was_accepted"
    assert [what for what, _ in audited(world)][1:] == [
        "enrol.did_decline",
        "enrol.did_undo",
        "enrol.did_accept",
    ]


def test_of_two_who_decide_the_first_does(world: World, cora: Someone, cees: Someone) -> None:
    opens(cora, approval="yes")
    ask(world, "Ada Test")
    for someone in (cora, cees):
        someone.commands("enrol")

    cora.presses("Accept 1. Ada")
    cora.presses("Accept 1. Ada")
    assert cora.sees.name == "enrol.was_accepted"
    cees.presses("Decline 1. Ada")

    assert cees.sees.name == "enrol.was_accepted"
    assert [what for what, _ in audited(world)][1:] == ["enrol.did_accept"]


def test_a_request_that_was_taken_back_cannot_be_accepted(world: World, cora: Someone) -> None:
    opens(cora, approval="yes")
    [ada] = ask(world, "Ada Test")
    cora.commands("enrol")
    ada.presses("Take it back")

    cora.presses("Accept 1. Ada")
    world.forward(days=1)

    assert cora.sees.name == "enrol.was_withdrawn"
    assert ada.received("join.welcome") == []


def test_all_at_once_is_tried_first_and_can_be_taken_back(world: World, cora: Someone) -> None:
    opens(cora, approval="yes")
    people = ask(world, "Ada Test", "Bea Test")
    people += ask(world, "Kai Test")
    cora.commands("enrol")

    cora.presses("Accept all")
    assert "3 people" in cora.reads
    assert "mentee: 3" in cora.reads
    assert "Dublin: 3" in cora.reads
    assert "Nothing has been done yet" in cora.reads
    late = ask(world, "Lea Test")
    cora.presses("Accept all of them")
    assert "3 people" in cora.reads
    cora.presses("Undo")
    assert "4. Lea Test" in cora.reads
    cora.presses("Accept all")
    cora.presses("Accept all of them")
    world.forward(days=1)

    assert all(someone.received("join.welcome") for someone in [*people, *late])
    assert count(world, Enrolment) == 5


def test_who_waits_when_a_programme_closes_hears_it_kindly(world: World, cora: Someone) -> None:
    opens(cora, approval="yes")
    [ada] = ask(world, "Ada Test")
    cora.commands("programme")
    cora.presses("Close it")
    assert "Requests, which are declined kindly: 1 person" in cora.reads

    cora.presses("^Close it$")
    world.forward(days=1)

    assert ada.received("join.declined_for_now")


def test_opened_again_in_time_they_wait_as_before(world: World, cora: Someone) -> None:
    opens(cora, approval="yes")
    [ada] = ask(world, "Ada Test")
    cora.commands("programme")
    cora.presses("Close it")
    cora.presses("^Close it$")

    cora.presses("Open it again")
    world.forward(days=1)

    assert ada.received("join.declined_for_now") == []
    cora.commands("enrol")
    assert "1. Ada Test" in cora.reads


# A list


def test_a_pasted_list_is_shown_before_anything_is_done(world: World, cora: Someone, ben: Someone) -> None:
    world.enrol(Role.MENTOR, ben)
    before = names(world)

    pastes(cora, ANA, KAI, "ben@example.org, Somebody, mentee, Europe/Berlin")

    assert "3 people" in cora.reads
    assert "mentee: 2\nmentor: 1" in cora.reads
    assert "Dublin: 1" in cora.reads
    assert "Here already; they keep what they have chosen: Ben Okafor" in cora.reads
    assert names(world) == before
    cora.presses("Enrol them")
    assert "New here: 2" in cora.reads
    assert names(world) == [*before, "Ana Byrne", "Kai Kealoha"]
    assert count(world, PastedList) == 0
    assert [entry for entry in audited(world) if entry[0] == "enrol.did_enrol"] == [
        ("enrol.did_enrol", "mentor"),
        ("enrol.did_enrol", "mentee"),
        ("enrol.did_enrol", "mentee"),
    ]


def test_a_list_may_have_the_columns_of_a_roster(world: World, cora: Someone) -> None:
    header = "email,name,role,timezone,goals,skills,capacity,languages,wishes"
    pastes(cora, header, "a@example.net,Ada,mentor,UTC,,Python; SQL,3,en; de,x@example.net")
    assert "Somebody who is not in this roster is named in wishes of row 2" in cora.reads

    cora.presses("Enrol them")

    with world.bot.open_transaction() as db:
        [ada] = db.scalars(select(Person).where(Person.name == "Ada"))
        assert ada.skills == "Python; SQL"
        assert db.scalars(select(Enrolment.capacity).where(Enrolment.person_id == ada.id)).all() == [3]


def test_newcomers_are_in_the_cohort_of_the_day(world: World, cora: Someone) -> None:
    cora.commands("programme")
    cora.presses("^Edit$")
    cora.fills(cohort="Spring")
    header = "email,name,role,timezone,mentor"
    pastes(cora, header, "a@example.net,Ada,mentor,UTC,", "b@example.net,Bea,mentee,UTC,a@example.net")
    assert "Cohort: Spring" in cora.reads
    assert "Pairs, who are introduced once both are set up: 1" in cora.reads

    cora.presses("Enrol them")

    with world.bot.open_transaction() as db:
        assert set(db.scalars(select(Enrolment.cohort).where(Enrolment.role != Role.OWNER))) == {"Spring"}
        assert db.scalars(select(Pair.cohort)).all() == ["Spring"]


def test_a_double_click_enrols_once(world: World, cora: Someone) -> None:
    pastes(cora, ANA)

    cora.presses("Enrol them")
    cora.presses("Enrol them")

    assert cora.sees.name == "enrol.list_is_gone"
    assert count(world, Person) == 2


def test_a_list_is_forgotten_after_a_day_or_at_once(world: World, cora: Someone) -> None:
    pastes(cora, ANA)
    cora.presses("Forget it")
    assert count(world, PastedList) == 0
    pastes(cora, ANA)

    world.forward(days=1, minutes=1)
    cora.presses("Enrol them")

    assert cora.sees.name == "enrol.list_is_gone"
    assert count(world, Person) == 1


def test_what_was_pasted_lies_nowhere_in_plain_sight(world: World, cora: Someone) -> None:
    """H9"""
    pastes(cora, "email;name;role;timezone;salary", "rare@example.net;Xylo Theque;mentee;UTC;51000")

    with world.bot.open_transaction() as db:
        for table in Base.metadata.sorted_tables:
            for row in db.execute(select(table)):
                assert not any(word in str(row) for word in ("rare@", "Xylo", "51000")), table.name
        [kept] = db.scalars(select(PastedList))
        assert "51000" not in kept.people
        assert db.scalars(select(UnsentForm)).all() == []


def test_what_was_typed_and_not_sent_is_forgotten_after_a_day_as_well(world: World, cora: Someone) -> None:
    cora.commands("enrol")
    cora.presses("Paste a list")
    cora.types_in_form(list=ANA)
    assert count(world, UnsentForm) == 1

    world.forward(days=1, minutes=1)

    assert count(world, UnsentForm) == 0


def test_whoever_goes_takes_the_lists_they_pasted_along(world: World, cora: Someone, cees: Someone) -> None:
    pastes(cees, ANA)
    with world.bot.open_transaction.begin() as db:
        now = world.clock()
        gone = {"left_at": now, "erasure": "everything", "erase_at": now}
        db.execute(update(Person).where(Person.id == cees.row.id).values(**gone))

    world.forward(minutes=1)

    assert count(world, PastedList) == 0


PROBLEMS = [
    pytest.param(["ana@example.net, Ana, mentor, Mars/Phobos"], "Row 1, timezone: .Mars/Phobos.", id="F1"),
    pytest.param([ANA, "ANA@example.net, Ana, mentee, UTC"], "Row 2, email: .* is in row 1 already", id="G4"),
    pytest.param(["zo\u0065\u0308@x.org,Z,mentee,UTC", "zoë@x.org,Z,mentee,UTC"], "Row 2, em", id="G4-NFC"),
    pytest.param(["email,email,name,role,timezone", "a,b,c,d,e"], "There are two columns", id="G4-header"),
    pytest.param(['"ana@example.net, Ana'], "The quotes do not match", id="G2"),
    pytest.param(["email,name,role,timezone"], "nobody in it but a header", id="header"),
    pytest.param(["Ana Byrne; mentor"], "This column is missing", id="no-header"),
    pytest.param(["a@b"], "There is no name", id="too-few"),
    pytest.param([f"{ANA}, more"], "more cells than the header", id="too-many"),
    pytest.param(["x" * 3001], "longer than there is room|3000", id="G3"),
    pytest.param([" \u200b "], "nobody in it yet", id="D17"),
    pytest.param(
        ["email,name,role,timezone,mentor", "a@example.net,Ada,mentor+mentee,UTC,a@example.net"],
        "Nobody is their own mentor",
        id="C17",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "said"), PROBLEMS)
def test_each_problem_is_told_and_nothing_is_done(
    world: World, cora: Someone, lines: list[str], said: str
) -> None:
    pastes(cora, *lines)

    assert list(cora.mistakes) == ["list"]
    assert cora.form is not None
    assert re.search(said, cora.mistakes["list"]), cora.mistakes
    assert (count(world, PastedList), count(world, Person)) == (0, 1)


def test_many_problems_are_cut_short(cora: Someone) -> None:
    pastes(cora, *(f"{number}@example.net,,," for number in range(20)))

    assert len(cora.mistakes["list"].splitlines()) == 9
    assert "And 52 more." in cora.mistakes["list"]


@pytest.mark.parametrize(
    "name", ["=cmd|'/C calc'!A0", "<!channel>", "**Bold** [x](https://evil.example)", "{name}"]
)
def test_names_in_a_list_are_names(world: World, cora: Someone, name: str) -> None:
    """D1-D4, D18, G1"""
    pastes(cora, f"odd@example.net\t{name}\tmentee\tUTC")
    cora.presses("Enrol them")

    assert name in names(world)


def test_only_an_owner_says_who_runs_it(world: World, cora: Someone, cees: Someone) -> None:
    line = "eve@example.net, Eve, coordinator, UTC"

    pastes(cees, line)
    assert "Row 1, role: Who runs the programme is said by its owner" in cees.mistakes["list"]
    pastes(cora, line)
    cora.presses("Enrol them")

    assert "Eve" in names(world)


def test_an_owner_who_is_one_no_more_makes_nobody_a_coordinator(
    world: World, cora: Someone, cees: Someone
) -> None:
    """C9"""
    pastes(cora, "eve@example.net, Eve, coordinator, UTC")
    hers, his = (Enrolment.person_id == someone.row.id for someone in (cora, cees))
    with world.bot.open_transaction.begin() as db:
        db.execute(update(Enrolment).where(hers).values(role=Role.COORDINATOR))
        db.execute(update(Enrolment).where(his).values(role=Role.OWNER))

    cora.presses("Enrol them")

    assert cora.sees.name == "enrol.not_for_you"
    assert "Eve" not in names(world)


def test_nobody_is_taken_out_of_another_company(world: World, cora: Someone) -> None:
    """C5"""
    away = world.add("Otto Away", "Europe/Berlin", arrives=False)
    away.workspace = "elsewhere"
    away.arrives()

    pastes(cora, "otto@example.org, Otto, mentee, UTC")

    assert "cannot be enrolled from here" in cora.mistakes["list"]
    assert "Away" not in cora.mistakes["list"]


def test_of_somebody_elses_people_no_name_is_seen(world: World, cora: Someone) -> None:
    """C5: on a roster of another programme, and not arrived anywhere yet."""
    world.add("Otto Verborgen", "Europe/Berlin", arrives=False)

    pastes(cora, "otto@example.org, Otto, mentee, UTC")

    assert "1 person" in cora.reads
    assert "Verborgen" not in cora.reads


def test_whoever_takes_part_already_hears_of_it_and_may_say_no(
    world: World, cora: Someone, ben: Someone
) -> None:
    world.start(ben)
    pastes(cora, "ben@example.org, Ben, mentee, UTC")
    cora.presses("Enrol them")
    world.forward(hours=2)

    [added] = ben.received("enrol.added")
    assert "has added you as a mentee" in as_text(added)
    ben.presses("Not for me")

    assert count(world, Enrolment) == 1


# Who may


def test_a_member_is_refused_and_that_is_kept(world: World, cora: Someone, ben: Someone) -> None:
    """C1"""
    ben.commands("enrol")

    assert ben.sees.name == "enrol.not_for_you"
    assert audited(world) == [("refused", "enrol")]


def test_an_analyst_is_refused(world: World, cora: Someone) -> None:
    with world.bot.open_transaction.begin() as db:
        db.execute(update(Enrolment).values(role=Role.ANALYST))

    cora.commands("enrol")

    assert cora.sees.name == "enrol.not_for_you"


@pytest.mark.parametrize(
    "kind", [OpenCall, EndCall, ShowRequests, AskAll, UndecideAll, Paste, Accept, Decline, Undecide]
)
def test_what_is_somebody_elses_does_not_exist(world: World, cora: Someone, kind: Any) -> None:
    """C3, C5"""
    opens(cora, approval="yes")
    ask(world, "Ada Test")
    otto = world.add("Otto Other", "Europe/Dublin")
    said = []
    for number in (1, 4711):
        otto.presses(kind(number))
        said.append(otto.reads)

    assert said[0] == said[1]
    assert otto.sees.name == "enrol.not_for_you"
    assert "Ada" not in said[0]


@pytest.mark.parametrize("action", [More(1, 0), AcceptAll(1, 99), EnrolThem(1), Forget(1)])
def test_neither_do_pages_and_lists_of_others(
    world: World, cora: Someone, cees: Someone, action: Any
) -> None:
    opens(cora, approval="yes")
    ask(world, "Ada Test")
    pastes(cora, ANA)
    otto = world.add("Otto Other", "Europe/Dublin")

    otto.presses(action)

    assert otto.sees.name in {"enrol.not_for_you", "enrol.list_is_gone"}
    assert count(world, PastedList) == 1
    with world.bot.open_transaction() as db:
        assert db.scalars(select(EnrolmentRequest.state)).all() == ["waiting"]


def test_a_pasted_list_comes_back_when_the_role_is_gone(world: World, cora: Someone) -> None:
    """C9"""
    cora.commands("enrol")
    cora.presses("Paste a list")
    with world.bot.open_transaction.begin() as db:
        db.execute(delete(Enrolment))

    cora.fills(list=ANA)

    assert cora.sees.name == "enrol.not_for_you"
    assert ANA in cora.reads
    assert count(world, Person) == 1


def test_a_coordinator_reads_german(world: World, cora: Someone) -> None:
    with world.bot.open_transaction.begin() as db:
        db.execute(update(Person).values(language="de"))

    cora.commands("aufnehmen")
    assert "Bei Mentoring kann im Moment niemand von selbst beitreten" in cora.reads
    cora.presses("Liste einfügen")
    cora.fills(list="ana@example.net; Ana; chefin; Mars")
    assert cora.mistakes["list"].splitlines() == [
        "Zeile 1, role: „chefin“ ist keine Rolle. "
        "Zur Wahl stehen mentor, mentee, coordinator, owner, analyst.",
        "Zeile 1, timezone: „Mars“ ist keine Zeitzone. Nimm einen Namen wie Europe/Dublin "
        "(die Region und eine große Stadt).",
    ]
    cora.fills(list=ANA)
    assert "Damit wäre 1 Person bei Mentoring dabei" in cora.reads
    cora.presses("Aufnehmen")
    assert "Erledigt: 1 Person ist bei Mentoring dabei" in cora.reads
    assert count(world, AccountRow) == 1
