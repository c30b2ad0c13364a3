"""Health of groups: who is served as well as others, and nobody in a small group can be made out."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select
from world import Someone, World

from bot.desk.groups import GROUP, METRICS, Facet, continent, name_of
from bot.desk.metrics import Metric
from bot.desk.models import WeeklyNumber
from bot.models import Enrolment, Happening, Pair, Person, Programme, Role, Session, State

PLACES = {
    "Europe": "Europe/Dublin",
    "Asia": "Asia/Tokyo",
    "America": "America/Denver",
    "Africa": "Africa/Lagos",
}


@dataclass(frozen=True)
class Sort:
    """So many mentees who are alike, each with a mentor of their own in Dublin if they have one."""

    count: int
    continent: str = "Europe"
    language: str = "en"
    stage: str = "mid"
    has_pair: bool = True
    is_active: bool = True
    mentor_is_active: bool = True
    is_new: bool = False  # their pair
    held: int = 1
    missed: int = 0


def crowd(world: World, *sorts: Sort) -> None:
    now = world.clock()
    with world.bot.open_transaction.begin() as db:
        programme = db.scalars(select(Programme)).one()

        def person(role: Role, active: bool, **values: str) -> int:
            one = Person(name="P Test", started_at=now - timedelta(days=90), **values)
            db.add(one)
            db.flush()
            db.add(Enrolment(programme_id=programme.id, person_id=one.id, role=role, made_at=now))
            days = 1 if active else 60
            db.add(Happening(at=now - timedelta(days=days), what="prepared", person_id=one.id))
            return one.id

        for sort in (one for one in sorts for _ in range(one.count)):
            mentee = person(
                Role.MENTEE,
                sort.is_active,
                timezone=PLACES[sort.continent],
                language=sort.language,
                career_stage=sort.stage,
            )
            if not sort.has_pair:
                continue
            mentor = person(
                Role.MENTOR, sort.mentor_is_active, timezone="Europe/Dublin", career_stage="senior"
            )
            began = now - timedelta(days=10 if sort.is_new else 60)
            pair = Pair(
                programme_id=programme.id,
                mentor_id=mentor,
                mentee_id=mentee,
                made_at=began,
                introduced_at=began,
            )
            db.add(pair)
            db.flush()
            states = [*[State.HELD] * sort.held, *[State.MISSED] * sort.missed]
            db.add_all(session(pair, number, state, now) for number, state in enumerate(states, 1))


def session(pair: Pair, number: int, state: State, now: datetime) -> Session:
    starts = now - timedelta(days=3 * number)
    return Session(
        pair_id=pair.id,
        number=number,
        wall=starts.replace(tzinfo=None),
        zone="Europe/Dublin",
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        minutes=60,
        format="live",
        state=state,
    )


def of(someone: Someone, label: str) -> str:
    [value] = [fact.value for fact in someone.sees.facts if fact.label == label]
    return value


CONTINENT, LANGUAGE = "By the continent of their clock", "By the language they read Cairn in"
STAGE, ROLES = "By where they are in their career", "Mentors and mentees"
STANDS_OUT = "What stands out"
NOT_COUNTED = "not counted out (fewer than two groups of 5 people and more)"
ALONE = Sort(10, has_pair=False, is_active=False)


# What it says


def test_groups_stand_side_by_side_with_their_n_and_interval(world: World, cora: Someone) -> None:
    crowd(
        world, Sort(30), ALONE, Sort(20, "Asia", missed=1), Sort(10, "Asia", has_pair=False, is_active=False)
    )

    cora.says("health")
    cora.presses("All numbers")
    cora.presses("Groups side by side")

    assert "Mentoring: how groups fare side by side, as of Tuesday 3 February" in cora.reads
    assert "Have or had a partner, of those who have started:\n• Europe: 30 of 40 (75 %" in of(
        cora, CONTINENT
    )
    assert "• Asia: 20 of 30 (67 %, probably between 49 and 81 %)" in of(cora, CONTINENT)
    assert "Sessions that took place, in four weeks:\n• Asia: 20 of 40 (50 %" in of(cora, CONTINENT)
    assert of(cora, LANGUAGE) == NOT_COUNTED
    assert "no proof" in cora.reads


def test_german_in_german(world: World, cora: Someone) -> None:
    crowd(world, Sort(30), ALONE, Sort(20, language="de"), replace(ALONE, language="de"))
    dora = world.add("Dora Vogt", "Europe/Berlin", language="de")
    world.start(dora)
    world.enrol(Role.ANALYST, dora)

    dora.says("lage gruppen")

    spoken = of(dora, "Nach der Sprache, in der sie Cairn lesen")
    assert "• Englisch: 30 von 40 (75 %, wahrscheinlich zwischen" in spoken
    assert "• Deutsch: 20 von 30" in spoken
    assert "Nichts: Keine Gruppe unterscheidet sich" in of(dora, "Was auffällt")


def test_small_groups_are_together_under_all_others(world: World, cora: Someone) -> None:
    few = [
        Sort(3, place, has_pair=has, is_active=has) for place in ("Asia", "America") for has in (True, False)
    ]
    crowd(world, Sort(30), ALONE, *few)

    cora.says("health groups")

    partner = of(cora, CONTINENT).partition("\n\n")[0]
    assert "• Europe: 30 of 40" in partner
    assert "• All others: 6 of 12 (50 %" in partner
    assert "Asia" not in cora.reads
    assert "America" not in cora.reads


def test_one_small_group_takes_the_next_smallest_with_it(world: World, cora: Someone) -> None:
    """H2: from the programme's own number the small one would follow."""
    crowd(
        world,
        *(Sort(30), ALONE),
        *(Sort(8, "Asia"), replace(ALONE, count=8, continent="Asia")),
        Sort(2, "Africa"),
    )

    cora.says("health groups")

    partner = of(cora, CONTINENT).partition("\n\n")[0]
    assert "• Europe: 30 of 40" in partner
    assert "• All others: 10 of 18" in partner
    assert "Asia" not in partner


def test_of_one_group_alone_there_is_nothing_to_compare(world: World, cora: Someone) -> None:
    crowd(world, Sort(30), ALONE)

    cora.says("health groups")

    assert of(cora, CONTINENT) == of(cora, LANGUAGE) == of(cora, STAGE) == NOT_COUNTED


def test_whoever_is_one_of_them_needs_one_more(world: World, cora: Someone) -> None:
    """H7"""
    crowd(world, Sort(30), ALONE, Sort(5, "Asia"), replace(ALONE, count=5, continent="Asia"))
    otto = world.add("Otto Kern", "Europe/Berlin", career_stage="senior")
    world.start(otto)
    world.enrol(Role.COORDINATOR, otto)
    world.enrol(Role.MENTOR, otto)

    cora.says("health groups")
    otto.says("health groups")

    assert "• Asia: 5 of 10" in of(cora, CONTINENT)
    assert "Asia" not in otto.reads


def test_few_of_many_are_not_counted_out_either(world: World, cora: Someone) -> None:
    """Thirty of whom all but two have a partner: those two are a group as well."""
    crowd(world, Sort(28), replace(ALONE, count=2), Sort(20, "Asia"), replace(ALONE, continent="Asia"))

    cora.says("health groups")

    hidden = of(cora, CONTINENT).partition("Not counted out")[2]
    assert "Have or had a partner, of those who have started" in hidden
    assert "28 of 30" not in cora.reads


def test_mentors_are_compared_with_mentees(world: World, cora: Someone) -> None:
    crowd(
        world, Sort(20), Sort(20, is_active=False), Sort(10, mentor_is_active=False), replace(ALONE, count=6)
    )

    cora.says("health groups")

    assert "• Mentees: 30 of 56" in of(cora, ROLES)
    assert "• Mentors: 40 of 50 (80 %" in of(cora, ROLES)


def test_whoever_has_not_said_their_stage_is_a_group_like_others(world: World, cora: Someone) -> None:
    crowd(world, *(Sort(9, stage=stage) for stage in ("early", "")))
    crowd(world, *(replace(ALONE, stage=stage) for stage in ("early", "")))

    cora.says("health groups")

    assert "• Early in their career: 9 of 19" in of(cora, STAGE)
    assert "• Not said: 9 of 19" in of(cora, STAGE)


def test_a_group_without_a_session_is_among_the_others(world: World, cora: Someone) -> None:
    """Where every session was of two groups, the third would be known to have had none."""
    without = [replace(ALONE, continent=place) for place in ("Asia", "Africa")]
    crowd(world, Sort(30), ALONE, Sort(20, "Asia"), *without)

    cora.says("health groups")

    sessions = of(cora, CONTINENT).partition("Sessions")[2]
    assert "• All others: 20 of 20" in sessions
    assert "Asia" not in sessions.partition("\n\n")[0]


# What stands out


def test_what_differs_by_more_than_chance_is_said_with_its_interval(world: World, cora: Someone) -> None:
    crowd(world, Sort(55), ALONE, Sort(10, "Asia"), replace(ALONE, count=30, continent="Asia"))

    cora.says("health groups")

    assert "• Asia: 25 % have or had a partner, and 85 % of everybody else" in of(cora, STANDS_OUT)
    assert "probably 41 to 72 points apart" in of(cora, STANDS_OUT)
    assert "ask some of those who are served less well" in of(cora, "What to do")


def test_what_chance_explains_is_called_nothing(world: World, cora: Someone) -> None:
    crowd(world, Sort(30), ALONE, Sort(20, "Asia"), replace(ALONE, continent="Asia"))

    cora.says("health groups")

    assert "Nothing: no group differs" in of(cora, STANDS_OUT)


def test_many_sessions_of_few_pairs_are_no_many_witnesses(world: World, cora: Someone) -> None:
    """Six pairs with eight sessions each count as twelve people, and not as ninety-six sessions."""
    crowd(world, Sort(6, held=6, missed=2), Sort(6, "Asia", held=3, missed=5))

    cora.says("health groups")

    assert "• Asia: 18 of 48 (38 %" in of(cora, CONTINENT)
    assert "• Europe: 36 of 48 (75 %" in of(cora, CONTINENT)
    assert "Nothing: no group differs" in of(cora, STANDS_OUT)


# Who may, and when


def test_whoever_takes_part_reads_the_rules_instead(world: World, ben: Someone, pair: Pair) -> None:
    for words in ("health groups", "lage gruppen"):
        ben.says(words)

        assert "This is what those who run your programme can see" in ben.reads


def test_numbers_of_groups_stand_for_a_week(world: World, cora: Someone) -> None:
    """H3"""
    crowd(world, Sort(30), ALONE, Sort(20, "Asia"), replace(ALONE, continent="Asia"))
    cora.says("health groups")
    before = cora.reads

    crowd(world, Sort(1, "Asia"))
    cora.says("health groups")
    assert cora.reads == before

    world.forward(days=7)
    cora.says("health groups")
    assert "• Asia: 21 of 31" in cora.reads


def test_numbers_that_were_taken_before_there_were_groups_say_so(world: World, cora: Someone) -> None:
    cora.says("health")
    with world.bot.open_transaction.begin() as db:
        db.execute(delete(WeeklyNumber).where(WeeklyNumber.name.startswith(f"{GROUP}.")))

    cora.says("health groups")

    assert "comes with the next numbers of the week" in cora.reads


# As a file


def test_the_file_of_weekly_numbers_hides_the_same(world: World, cora: Someone) -> None:
    crowd(world, Sort(30), ALONE, *(Sort(3, place, has_pair=place == "Asia") for place in ("Asia", "Africa")))
    dana = world.add("Dana Test", "Europe/Dublin")
    world.start(dana)
    world.enrol(Role.ANALYST, dana)

    dana.says("health")
    dana.says("export")
    dana.presses("Weekly numbers")

    [file] = dana.sees.files
    rows = {row[2]: row[3:] for row in csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline=""))}
    assert rows["group.continent.Europe.matched"] == ["", "", ""]
    assert rows["group.continent.Asia.matched"] == ["", "", ""]
    assert rows["group.role.mentee.active"] == ["", "", ""]


def test_the_file_of_weekly_numbers_holds_what_is_told(world: World, cora: Someone) -> None:
    """How many people sessions are of would tell, beside those who have a partner, how many did not meet."""
    crowd(world, Sort(30), ALONE, Sort(20, "Asia", missed=1), replace(ALONE, continent="Asia"))

    cora.says("health")
    cora.says("export")
    cora.presses("Weekly numbers")

    [file] = cora.sees.files
    rows = {row[2]: row[3:] for row in csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline=""))}
    assert rows["group.continent.Asia.matched"] == ["20", "30", ""]
    assert rows["group.continent.Asia.sessions"] == ["20", "40", ""]


# How it is counted


@pytest.mark.usefixtures("pair")
def test_the_groups_of_each_facet_add_up_to_the_programme(world: World, cora: Someone) -> None:
    crowd(
        world,
        *(Sort(4), Sort(3, "Asia", is_active=False), Sort(2, "Africa", "de", "early", is_new=True, missed=2)),
        *(Sort(5, "America", mentor_is_active=False, held=0), Sort(2, "Asia", "de", "", has_pair=False)),
    )
    otto = world.add("Otto Kern", "Europe/Berlin")
    world.start(otto)
    world.enrol(Role.MENTEE, otto)
    world.enrol(Role.MENTOR, otto)
    cora.says("health groups")

    numbers = newest(world)
    sums = added_up(numbers.values())

    for facet in Facet:
        for metric in METRICS[facet]:
            whole = numbers[metric.value]
            if facet is not Facet.ROLE and metric in METRICS[Facet.ROLE]:
                whole = numbers[f"group.role.mentee.{metric.value}"]
            assert sums[facet, metric] == (whole.part, whole.whole), (facet, metric)
    assert numbers["dropped_out"].part == 8
    assert numbers["group.continent.Asia.dropped_out"].part == 3
    assert numbers["group.role.mentor.active"].whole == 15


def newest(world: World) -> dict[str, WeeklyNumber]:
    with world.bot.open_transaction() as db:
        return {row.name: row for row in db.scalars(select(WeeklyNumber))}


def added_up(rows: Iterable[WeeklyNumber]) -> dict[tuple[Facet, Metric], tuple[int, int]]:
    sums: dict[tuple[Facet, Metric], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in rows:
        if name := name_of(row.name):
            part, whole = sums[name.facet, name.metric]
            sums[name.facet, name.metric] = part + row.part, whole + row.whole
    return sums


@pytest.mark.parametrize(
    ("zone", "where"),
    [
        ("Europe/Dublin", "Europe"),
        ("Atlantic/Reykjavik", "Europe"),
        ("Australia/Perth", "Pacific"),
        ("Pacific/Auckland", "Pacific"),
        ("Indian/Maldives", "Asia"),
        ("America/Argentina/Buenos_Aires", "America"),
        ("US/Pacific", "America"),
        ("UTC", "unknown"),
        ("Nowhere/Land", "unknown"),
    ],
)
def test_a_clock_tells_its_continent(zone: str, where: str) -> None:
    assert continent(zone) == where
