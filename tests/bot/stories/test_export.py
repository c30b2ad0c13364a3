"""Export: files for those who run a programme, with nothing in them that anybody wrote."""

import csv
import io
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from world import Someone, World, as_text

from bot.desk.models import AuditEntry, WeeklyNumber
from bot.models import Enrolment, Pair, Person, Programme, Role, Session, State
from bot.stories.export import Take

RARE = "xylotheque"


@pytest.fixture
def olga(world: World) -> Someone:
    olga = world.add("Olga Roth", "Europe/Berlin")
    world.start(olga)
    world.enrol(Role.OWNER, olga)
    return olga


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone, olga: Someone) -> Pair:
    pair = world.meet(ben, ana)
    world.enrol(Role.MENTEE, ben)
    world.enrol(Role.MENTOR, ana)
    return pair


def programme_of(world: World) -> Programme:
    with world.bot.open_transaction() as db:
        return db.scalars(select(Programme)).one()


def kept(world: World) -> list[tuple[str, str]]:
    with world.bot.open_transaction() as db:
        return [(one.what, one.detail) for one in db.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def takes(someone: Someone, label: str) -> list[list[str]]:
    someone.says("export")
    someone.presses(label)
    [file] = someone.sees.files
    return list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))


@pytest.mark.usefixtures("pair")
def test_the_list_of_people(world: World, olga: Someone) -> None:
    rows = takes(olga, "^People")

    assert rows[0] == [
        *("Name", "Role", "Cohort", "Time zone", "Language", "Career stage"),
        *("Mentees at most", "Enrolled", "Has started"),
    ]
    assert rows[1:] == [
        ["Ana Byrne", "mentor", "", "Europe/Dublin", "en", "", "1", "2026-02-03", "yes"],
        ["Ben Okafor", "mentee", "", "America/Denver", "en", "early", "1", "2026-02-03", "yes"],
        ["Olga Roth", "owner", "", "Europe/Berlin", "en", "", "1", "2026-02-03", "yes"],
    ]
    assert olga.sees.files[0].name == "people-2026-02-03.csv"
    assert "Here are 3 rows from Mentoring" in olga.reads
    assert kept(world) == [("export.did_take_people", "3")]


@pytest.mark.usefixtures("pair")
def test_the_list_of_pairs_has_dates_and_no_activity(olga: Someone) -> None:
    rows = takes(olga, "^Pairs")

    assert rows == [
        ["Mentee", "Mentor", "Cohort", "Made", "Introduced", "Ended"],
        ["Ben Okafor", "Ana Byrne", "", "2026-02-03", "2026-02-03", ""],
    ]


def test_sessions_are_counted_by_cohort_of_five_people_and_more(world: World, olga: Someone) -> None:
    """H1, H2: the small cohort is hidden, and another with it from which it could be subtracted."""
    for cohort, size in (("Autumn", 8), ("Spring", 6), ("Summer", 2)):
        for n in range(size):
            mentee, mentor = (world.add(f"{cohort}{who}{n} Test", "Europe/Dublin") for who in "ab")
            world.meet(mentee, mentor, cohort=cohort)
    with world.bot.open_transaction.begin() as db:
        first = select(Session.id).where(Session.number == 1)
        db.execute(update(Session).where(Session.id.in_(first)).values(state=State.HELD))

    rows = takes(olga, "Sessions by cohort")

    assert rows[0] == [
        *("Cohort", "Pairs", "Introduced", "Ended"),
        *("Sessions ahead", "Sessions held", "Sessions missed"),
    ]
    assert rows[1:] == [
        ["Autumn", "8", "8", "0", "8", "8", "0"],
        ["Spring", *[""] * 6],
        ["Summer", *[""] * 6],
    ]


def test_one_mentor_of_many_is_one_person(world: World, ana: Someone, olga: Someone) -> None:
    """H6."""
    for n in range(9):
        world.pair(world.add(f"P{n} Test", "Europe/Dublin"), ana)

    assert takes(olga, "Sessions by cohort")[1:] == [[""] * 7]


def test_weekly_numbers_are_as_they_were_published_and_small_groups_are_not(
    world: World, olga: Someone
) -> None:
    monday = date(2026, 2, 2)
    numbers = {"": (30, 20), "Autumn": (14, 11), "Spring": (9, 6), "Summer": (7, 3)}
    with world.bot.open_transaction.begin() as db:
        programme = db.scalars(select(Programme)).one()
        db.add_all(
            WeeklyNumber(
                programme_id=programme.id, cohort=cohort, week=monday, name="session_rate",
                part=part, whole=30, people=people, taken_at=world.clock(),
            )
            for cohort, (part, people) in numbers.items()
        )  # fmt: skip

    rows = takes(olga, "Weekly numbers")

    assert rows[1:] == [
        ["2026-02-02", "", "session_rate", "30", "30", "20"],
        ["2026-02-02", "Autumn", "session_rate", "14", "30", "11"],
        ["2026-02-02", "Spring", "session_rate", "", "", ""],
        ["2026-02-02", "Summer", "session_rate", "", "", ""],
    ]


def test_the_audit_is_for_owners(world: World, olga: Someone, pair: Pair) -> None:
    olga.says("people ben")

    rows = takes(olga, "The audit")

    assert rows[1][2:5] == ["Olga Roth", "people.did_look", "Ben Okafor"]
    assert kept(world)[-1] == ("export.did_take_audit", "1")


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.ANALYST, ["Sessions by cohort", "Weekly numbers"]),
        (Role.COORDINATOR, ["People", "Pairs", "Sessions by cohort", "Weekly numbers"]),
    ],
)
def test_each_role_is_offered_what_it_may_see_and_gets_no_more(
    world: World, role: Role, may: list[str]
) -> None:
    nora = world.add("Nora Hahn", "Europe/Berlin")
    world.enrol(role, nora)
    nora.says("export")
    assert [button.label for button in nora.sees.buttons] == [*may, "My own data"]

    for what in ("people", "pairs", "cohorts", "weekly", "audit", "no such thing", ""):
        nora.presses(Take(programme_of(world).id, what))
        is_allowed = bool(nora.sees.files)
        names = {"people": "People", "pairs": "Pairs", "cohorts": may[-2], "weekly": may[-1]}
        assert is_allowed == (names.get(what) in may), what
        assert is_allowed or "may see it" in nora.reads


def test_for_everybody_else_the_word_leads_to_their_own_data(ben: Someone, pair: Pair) -> None:
    for word in ("export", "exportieren"):
        ben.says(word)
        assert "Everything that is kept about you" in ben.reads
    ben.presses("My data")
    assert "This is what I keep about you" in ben.reads
    ben.presses(Take(pair.programme_id, "people"))
    assert ben.sees.files == ()


def test_their_right_to_their_own_data_is_no_answer_to_a_question(
    world: World, ben: Someone, pair: Pair
) -> None:
    world.until(world.session(pair).starts_at - timedelta(hours=23))

    ben.says("export")

    assert "Everything that is kept about you" in ben.reads


def test_names_that_would_be_formulas_and_others(world: World, olga: Someone) -> None:
    """G1, D1: whatever somebody is called."""
    names = ["=cmd|'/C calc'!A0", "<!channel>", 'Kim "K", Lee', "Jürgen Groß", "＝1+1"]
    world.enrol(Role.MENTEE, *(world.add(f"n{n} x", "Europe/Dublin") for n in range(len(names))))
    with world.bot.open_transaction.begin() as db:
        for n, name in enumerate(names):
            db.execute(update(Person).where(Person.name == f"n{n} x").values(name=name))

    cells = {row[0] for row in takes(olga, "^People")[1:]}

    assert cells == {"'=cmd|'/C calc'!A0", "<!channel>", 'Kim "K", Lee', "Jürgen Groß", "'＝1+1", "Olga Roth"}


def test_no_export_holds_a_word_that_anybody_wrote(
    world: World, ben: Someone, ana: Someone, pair: Pair, olga: Someone
) -> None:
    """H9."""
    with world.bot.open_transaction.begin() as db:
        person = db.get_one(Person, ben.row.id)
        person.goals, person.skills, person.wish = RARE, RARE, RARE
    ben.says(f"ask: What is a {RARE}?")
    ben.says("journal")
    world.forward(hours=1)
    for label in ("^People", "^Pairs", "Sessions by cohort", "Weekly numbers", "The audit"):
        rows = takes(olga, label)
        assert RARE not in str(rows)
        assert RARE not in as_text(olga.sees)


def test_in_german(world: World, pair: Pair) -> None:
    dora = world.add("Dora Vogt", "Europe/Berlin", language="de")
    world.enrol(Role.OWNER, dora)
    dora.says("exportieren")
    dora.presses("^Leute")

    assert "Hier sind 4 Zeilen aus Mentoring" in dora.reads
    text = dora.sees.files[0].content.decode("utf-8-sig")
    assert '"Hat angefangen"' in text.splitlines()[0]
    assert '"ja"' in text or '"nein"' in text


def test_rights_are_those_at_the_time_of_the_press(world: World, olga: Someone, pair: Pair) -> None:
    """C9, G7."""
    olga.says("export")
    with world.bot.open_transaction.begin() as db:
        db.execute(update(Enrolment).where(Enrolment.role == Role.OWNER).values(role=Role.ANALYST))

    olga.presses("^People")

    assert olga.sees.files == ()
    assert kept(world) == [("refused", "export")]
