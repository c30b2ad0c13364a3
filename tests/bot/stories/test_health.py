"""Health: three numbers, some names, one advice; and never more of anybody than was announced."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from crowd import crowd
from sqlalchemy import select, update
from world import Someone, World, as_text

from bot.desk import spoken
from bot.desk.disclosure import steps_shown
from bot.desk.metrics import Metric, Number
from bot.desk.models import AuditEntry, WeeklyNumber
from bot.desk.views import EndHand, ShowPair, ShowProgramme, TakeHand
from bot.models import Enrolment, Format, Happening, Pair, Person, Programme, Role, Session, State
from bot.turn import Turn


def looks(world: World) -> list[AuditEntry]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(AuditEntry).where(AuditEntry.what == "health.did_look")))


def refused(world: World) -> list[str]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(AuditEntry.detail).where(AuditEntry.what == "refused")))


def hush(pair: Pair, since: datetime) -> None:
    """Neither has done anything since then."""
    pair.active_at = pair.mentee_active_at = pair.mentor_active_at = since


# By name, only as announced


@pytest.mark.usefixtures("pair")
def test_on_the_first_day_it_is_too_early_to_tell(cora: Someone) -> None:
    cora.says("health")

    assert "It is too early to tell" in cora.reads
    assert "doing well" not in cora.reads


def test_a_pair_that_does_well_is_named_nowhere(
    world: World, ben: Someone, ana: Someone, pair: Pair, cora: Someone
) -> None:
    world.until(world.session(pair).starts_at - timedelta(hours=20))
    for someone, answer in ((ben, {"win": "A demo"}), (ana, {"noticed": "Your demo"})):
        someone.says("prep")
        someone.presses("All at once")
        someone.fills(**answer)
    world.forward(days=14)
    ben.says("ask How do you begin?")
    world.forward(days=1)

    cora.says("health")

    assert "Nothing. It is doing well" in cora.reads
    assert "Ben" not in cora.reads
    assert looks(world) == []


def test_a_pair_that_lets_a_session_go_by_without_a_sign_is_named_with_its_reason(
    world: World, pair: Pair, cora: Someone
) -> None:
    world.forward(days=11)

    cora.says("health")

    assert "Ben Okafor · Ana Byrne: a session came and went, with no sign from either since" in cora.reads
    assert "A short check-in with the pairs named here" in cora.reads
    cora.presses("Ben · Ana")
    assert "What changes it: As soon as one of the two does anything here" in cora.reads
    assert "[Check in with both]" in cora.reads


def test_any_sign_of_life_ends_it(world: World, ben: Someone, pair: Pair, cora: Someone) -> None:
    world.forward(days=11)
    ben.says("ask How do you begin?")

    cora.says("health")

    assert "Ben" not in cora.reads


def test_while_one_of_them_is_away_the_pair_is_not_named(
    world: World, ana: Someone, pair: Pair, cora: Someone
) -> None:
    ana.says("pause")
    world.forward(days=15)

    cora.says("health")

    assert "Ben" not in cora.reads


def test_where_only_one_gives_signs_both_are_named_and_nobody_says_which(
    world: World, ben: Someone, ana: Someone, pair: Pair, cora: Someone
) -> None:
    for _ in range(7):
        ben.says("ask How do you begin?")
        world.forward(days=2)
    cora.says("health")
    assert "a session was not held, and since Tuesday 3 February there is a sign from only one" in cora.reads

    cora.presses("Ben · Ana")
    cora.presses("Check in with both")
    cora.presses("Send it")
    world.forward(days=3)
    ben.presses("All is well")
    cora.says("health")
    assert "Ben" not in cora.reads


def test_two_who_never_began_are_named_after_ten_days(
    world: World, ben: Someone, ana: Someone, cora: Someone
) -> None:
    world.start(ben, ana)
    world.pair(ben, ana, introduced_at=world.clock())
    world.forward(days=9)
    cora.says("health")
    assert "Ben" not in cora.reads

    world.forward(days=1, hours=1)
    cora.says("health")

    assert "introduced, with no session planned and no sign from either since" in cora.reads


def test_who_asks_for_a_hand_is_named_at_once_and_first(
    world: World, ben: Someone, pair: Pair, cora: Someone
) -> None:
    ben.says("hand")
    ben.presses("find no time")

    cora.says("health")

    assert "Ben Okafor asked for a hand on Tuesday 3 February: We find no time" in cora.reads
    assert "Begin with those who asked" in cora.reads


def test_a_pair_that_nothing_names_shows_nothing_even_when_asked_for(
    world: World, pair: Pair, cora: Someone
) -> None:
    cora.presses(ShowPair(pair.id))

    assert "How it is doing is theirs" in cora.reads


def test_each_look_is_kept_once_a_day_and_the_two_can_see_it(world: World, pair: Pair, cora: Someone) -> None:
    """H8"""
    world.forward(days=11)
    for _ in range(3):
        cora.says("health")
    cora.presses("Ben · Ana")
    assert [(row.pair_id, row.who_id) for row in looks(world)] == [(pair.id, cora.row.id)]

    world.forward(days=1, hours=1)
    cora.says("health")

    assert len(looks(world)) == 2


# Who may ask


@pytest.mark.usefixtures("pair")
def test_whoever_takes_part_reads_the_rules_and_no_number(world: World, ben: Someone) -> None:
    """C1"""
    for word in ("health", "lage"):
        ben.says(word)

    assert "This is what those who run your programme can see" in ben.reads
    assert "[Ask for a hand]" in ben.reads
    assert refused(world) == ["health", "health"]


def test_an_analyst_sees_numbers_and_no_names(world: World, ben: Someone, pair: Pair, cora: Someone) -> None:
    dana = world.add("Dana Test", "Europe/Dublin")
    world.start(dana)
    world.enrol(Role.ANALYST, dana)
    ben.says("hand")
    ben.presses("find no time")

    dana.says("health")
    assert "Pairs that are on track" in dana.reads
    assert "Ben" not in dana.reads
    dana.presses(ShowPair(pair.id))
    assert "There is no such pair" in dana.reads


def test_another_programme_does_not_exist_for_them(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    """C5"""
    eve = world.add("Eve Test", "Europe/Dublin")
    world.start(eve)
    with world.bot.open_transaction.begin() as db:
        other = Programme(name="Other", made_at=world.clock())
        db.add(other)
        db.flush()
        other_id = other.id
        person = db.scalars(select(Person).where(Person.name == "Eve Test")).one()
        db.add(Enrolment(programme_id=other.id, person_id=person.id, role=Role.COORDINATOR))
    world.forward(days=11)

    eve.presses(ShowPair(pair.id))
    assert "There is no such pair" in eve.reads
    eve.presses(ShowProgramme(pair.programme_id))
    assert "This is what those who run your programme can see" in eve.reads
    eve.presses(ShowProgramme(other_id))
    assert "Other: how it is doing" in eve.reads


def test_rights_are_asked_when_the_button_is_pressed(
    world: World, ben: Someone, pair: Pair, cora: Someone
) -> None:
    """C9"""
    ben.says("hand")
    ben.presses("find no time")
    cora.says("health")
    with world.bot.open_transaction.begin() as db:
        db.execute(update(Enrolment).where(Enrolment.role == Role.COORDINATOR).values(role=Role.MENTOR))

    cora.presses("Ben · Ana")

    assert "There is no such pair" in cora.reads


# Numbers


@pytest.mark.usefixtures("pair")
def test_of_fewer_than_five_there_is_no_number(world: World, cora: Someone) -> None:
    """H1"""
    world.forward(days=60)

    cora.says("health")

    assert "fewer than 5 people, so it is not counted out" in cora.reads
    assert "1 of 1" not in cora.reads


def test_numbers_of_many_have_an_interval_and_a_day(world: World, cora: Someone, pair: Pair) -> None:
    crowd(world, 30)
    with world.bot.open_transaction.begin() as db:
        some = db.scalars(select(Pair).where(Pair.cohort == "Spring").limit(6)).all()
        for quiet in some:
            hush(quiet, world.clock() - timedelta(days=20))
            quiet.settled_at = quiet.introduced_at = world.clock() - timedelta(days=30)

    cora.says("health spring")

    assert "Mentoring, Spring: how it is doing" in cora.reads
    assert "24 of 30 (80 %, probably between 63 and 90 %)" in cora.reads
    assert "those of Tuesday 3 February" in cora.reads


def test_a_handful_of_others_is_not_told_by_subtraction(world: World, cora: Someone, pair: Pair) -> None:
    """H2"""
    crowd(world, 20)
    with world.bot.open_transaction.begin() as db:
        for quiet in db.scalars(select(Pair).where(Pair.cohort == "Spring").limit(2)).all():
            hush(quiet, world.clock() - timedelta(days=20))

    cora.says("health spring")
    assert "all 20 but fewer than 5" in cora.reads
    cora.says("health states")
    assert "18" not in cora.reads


def test_a_cohort_is_not_counted_out_beside_one_of_which_few_do_less_well(
    world: World, cora: Someone, pair: Pair
) -> None:
    """H2: what is told of all, less what is told of Spring, would be Autumn."""
    crowd(world, 30)
    crowd(world, 20, "Autumn")
    with world.bot.open_transaction.begin() as db:
        for cohort, few in (("Spring", 6), ("Autumn", 3)):
            for quiet in db.scalars(select(Pair).where(Pair.cohort == cohort).limit(few)).all():
                hush(quiet, world.clock() - timedelta(days=20))

    cora.says("health")
    assert "41 of 50" in cora.reads
    cora.says("health autumn")
    assert "all 20 but fewer than 5" in cora.reads
    cora.says("health spring")
    assert "of 30" not in cora.reads
    assert "not counted out (a group of fewer than 5, or beside one)" in cora.reads


def test_of_a_new_cohort_there_are_no_numbers_before_monday(world: World, cora: Someone, pair: Pair) -> None:
    crowd(world, 10)
    cora.says("health")
    crowd(world, 10, "Autumn")

    cora.says("health autumn")

    assert cora.reads.count("nothing to count yet") == 3


def test_numbers_stand_for_a_week(world: World, cora: Someone, pair: Pair) -> None:
    """H3: whoever asks before and after somebody joins learns nothing of them."""
    crowd(world, 10)
    cora.says("health")
    before = cora.reads

    crowd(world, 1)
    world.forward(days=1)
    cora.says("health")
    assert cora.reads == before

    world.forward(days=7)
    cora.says("health")
    assert cora.reads != before


@pytest.mark.usefixtures("pair")
def test_numbers_are_taken_on_mondays_from_then_on(world: World, cora: Someone) -> None:
    cora.says("health")
    world.forward(days=21)

    with world.bot.open_transaction() as db:
        weeks = sorted(set(db.scalars(select(WeeklyNumber.week))))
    assert [week.isoformat() for week in weeks] == ["2026-02-02", "2026-02-09", "2026-02-16", "2026-02-23"]


@pytest.mark.usefixtures("pair")
def test_a_name_that_nobody_has_is_said_so_kindly(world: World, cora: Someone) -> None:
    cora.says("health Xylotheque")

    assert "I know no cohort and no programme of that name" in cora.reads


# All of them


def number(cora: Someone, label: str) -> str:
    [fact] = [fact.value for fact in cora.sees.facts if fact.label.startswith(label)]
    return fact


def met(world: World, pairs: int) -> None:
    """So many of Spring did something four days after they were introduced; every other one has just met."""
    starts = world.clock() - timedelta(days=3)
    times: dict[str, Any] = {"wall": starts, "starts_at": starts, "ends_at": starts, "format": Format.LIVE}
    with world.bot.open_transaction.begin() as db:
        for n, pair in enumerate(db.scalars(select(Pair).where(Pair.cohort == "Spring").limit(pairs)).all()):
            state = State.MISSED if n % 2 else State.HELD
            db.add(Session(pair_id=pair.id, number=1, zone="UTC", minutes=30, state=state, **times))
            assert pair.introduced_at
            first = pair.introduced_at + timedelta(days=4)
            db.add(Happening(at=first, what="x", pair_id=pair.id, person_id=pair.mentee_id))


def test_every_number_is_told_in_words_with_how_many_and_since_when(
    world: World, cora: Someone, pair: Pair
) -> None:
    crowd(world, 30)
    met(world, 12)

    cora.says("health")
    cora.presses("All numbers")

    assert cora.sees.name == "health.numbers"
    assert "every number, as of Tuesday 3 February" in cora.reads
    assert len(cora.sees.facts) == len(Metric) + 1
    assert number(cora, "Sessions that took place") == "6 of 12 (50 %, probably between 25 and 75 %)"
    assert number(cora, "From introduction to first contact") == "half of 12 within 4 days"
    assert number(cora, "Answers in the agreed time") == "nothing to count yet"
    assert number(cora, "Have started") == "all 62 but fewer than 5"


def test_what_would_tell_of_a_few_beside_another_number_is_hidden_in_words_too(
    world: World, cora: Someone, pair: Pair
) -> None:
    """Of twenty, six came to their planned end and twelve ended early: that leaves two."""
    crowd(world, 20)
    with world.bot.open_transaction.begin() as db:
        ended = db.scalars(select(Pair).where(Pair.cohort == "Spring").order_by(Pair.id)).all()
        for n, one in enumerate(ended):
            one.ended_at, one.planned_end = world.clock(), world.clock() + timedelta(days=1 if n >= 6 else -1)
            one.asked_quiet_at = world.clock() if n >= 18 else None
            starts = {"wall": world.clock(), "starts_at": world.clock(), "ends_at": world.clock()}
            rest: dict[str, Any] = {"zone": "UTC", "minutes": 30, "format": Format.LIVE, "state": State.HELD}
            db.add_all(Session(pair_id=one.id, number=number, **starts, **rest) for number in (1, 2, 3))

    cora.says("health numbers")

    assert number(cora, "Pairs that came to their planned end").startswith("6 of 20")
    assert number(cora, "Pairs that ended early").startswith("not counted out")


def test_an_analyst_reads_them_in_their_language_too(world: World, pair: Pair) -> None:
    dana = world.add("Dana Test", "Europe/Berlin", language="de")
    world.start(dana)
    world.enrol(Role.ANALYST, dana)
    crowd(world, 10)

    dana.says("lage")
    dana.presses("Alle Zahlen")

    assert "alle Zahlen, Stand Dienstag, 3. Februar" in dana.reads
    assert "Weiterempfehlung, über ein Jahr: erst ausgezählt, wenn genug Leute" in dana.reads
    dana.says("lage zahlen")
    assert dana.sees.name == "health.numbers"


def test_whoever_is_one_of_them_reads_of_larger_groups_only(
    world: World, ana: Someone, pair: Pair, cora: Someone
) -> None:
    crowd(world, 5)
    world.enrol(Role.COORDINATOR, ana)
    met(world, 5)
    for someone in (cora, ana):
        someone.says("health numbers")

    assert number(cora, "Sessions that took place").startswith("3 of 5")
    assert number(ana, "Sessions that took place") == "fewer than 6 people, so it is not counted out"


def test_whoever_takes_part_reads_the_rules_instead(ben: Someone, pair: Pair) -> None:
    ben.says("health numbers")

    assert ben.sees.name == "health.rules"


def test_a_median_is_said_in_hours_or_in_days(world: World, cora: Someone, pair: Pair) -> None:
    """As people would say it, and of fewer than five not at all."""
    with (
        world.bot.open_transaction.begin() as db,
        Turn(db, world.clock(), world.bot.prompts) as turn,
    ):
        reader = db.get_one(Person, cora.row.id)
        said = [
            spoken.duration(turn, reader, Number(hours, 24, people), 5)
            for hours, people in ((0, 24), (47, 24), (48, 24), (61, 24), (61, 4))
        ]

    assert said == [
        "half of 24 within 1 hour",
        "half of 24 within 47 hours",
        "half of 24 within 2 days",
        "half of 24 within 3 days",
        "fewer than 5 people, so it is not counted out",
    ]


# A hand


def test_the_coordinator_hears_of_it_and_the_partner_does_not(
    world: World, ben: Someone, ana: Someone, pair: Pair, cora: Someone
) -> None:
    ben.says("hand")
    assert "Ana is not told" in ben.reads
    ben.presses("hear much")
    world.forward(days=2)

    [told] = cora.received("hand.told")
    assert "Ben Okafor has asked for a hand, in the pair with Ana Byrne" in as_text(told)
    assert not any("hand" in message.name for message in ana.chat)


def test_somebody_is_on_it_and_then_it_is_over(world: World, ben: Someone, pair: Pair, cora: Someone) -> None:
    ben.says("hand")
    ben.presses("find no time")
    cora.says("health")
    cora.presses("Ben · Ana")

    cora.presses("I am on it, for Ben")
    cora.presses("I am on it, for Ben")
    world.forward(days=1)
    assert len(ben.received("hand.taken")) == 1
    assert "Cora Lynch is on it" in as_text(ben.received("hand.taken")[0])
    cora.presses("It is done")

    cora.says("health")
    assert "Ben" not in cora.reads


def test_it_can_be_taken_back_before_anybody_hears_of_it(
    world: World, ben: Someone, pair: Pair, cora: Someone
) -> None:
    world.until(world.clock() + timedelta(hours=4))  # evening in Dublin
    ben.says("hand")
    ben.presses("find no time")
    ben.presses("All is well now")
    world.forward(days=3)

    assert cora.received("hand.told") == []
    cora.says("health")
    assert "Ben" not in cora.reads


def test_pressing_twice_asks_once(world: World, ben: Someone, pair: Pair, cora: Someone) -> None:
    ben.says("hand")
    for label in ("find no time", "Something else"):
        ben.presses(label)
    world.forward(days=2)

    cora.says("health")

    assert len(cora.received("hand.told")) == 1
    assert cora.reads.count("asked for a hand") == 1
    assert "Something else" in cora.reads


def test_with_a_pair_that_ends_it_is_over(world: World, ben: Someone, pair: Pair, cora: Someone) -> None:
    ben.says("hand")
    ben.presses("find no time")
    ben.says("end it now")
    world.forward(days=7)

    cora.says("health")

    assert "Ben" not in cora.reads


def test_a_hand_of_others_is_nobodys_to_take(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    for press in (TakeHand(1), EndHand(1)):
        ana.presses(press)

        assert "That has settled itself meanwhile" in ana.reads


@pytest.mark.usefixtures("pair")
def test_where_nobody_else_runs_the_programme_it_says_so(ben: Someone) -> None:
    ben.says("hand")

    assert "there is nobody whom I could tell" in ben.reads


# Pictures


def test_pictures_say_in_words_what_they_show_and_hide_the_same(
    world: World, cora: Someone, pair: Pair
) -> None:
    crowd(world, 30)
    with world.bot.open_transaction.begin() as db:
        for silent in db.scalars(select(Pair).where(Pair.cohort == "Spring").limit(20)).all():
            silent.settled_at = world.clock() - timedelta(days=20)
            hush(silent, silent.settled_at)

    cora.says("health")
    cora.presses("Pictures")

    over_time, way, rhythm = cora.sees.pictures
    assert "Could do with a hand: 2 Feb: 20" in over_time.alt
    assert "On track: 2 Feb: hidden" in over_time.alt  # beside the one pair that is new
    assert "Have or had a partner: 31" in way.alt
    assert "Had a first session: hidden" in way.alt
    assert "There is nothing to show yet" in rhythm.alt
    assert all("Ben" not in picture.alt for picture in cora.sees.pictures)


def test_of_steps_that_few_have_not_taken_the_later_is_hidden() -> None:
    assert steps_shown([40, 38, 30, 27, 20, 4, 0], 5) == [40, None, 30, None, 20, None, None]
    assert steps_shown([3, 3, 3], 5) == [None, None, None]
    assert steps_shown([40, 40, 35], 5) == [40, 40, 35]
