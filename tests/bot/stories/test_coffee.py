"""Coffee with somebody new, as people live through it."""

from itertools import combinations

import pytest
from coffee import ASKED, DRAWN, ENDS, NEXT, begin, cup, habit, join, meets, rest_for_good, say, to
from sqlalchemy import delete, select, update
from world import Someone, World, as_text, at

from bot.models import Enrolment, Person, Programme, Role
from bot.rounds.models import CoffeeHabit, NeverAgain, Outcome
from bot.rounds.page import MayMeet, Met, NotAgain, NotMet, SayNo, SayYes
from bot.stories.profile import Exclude


@pytest.fixture
def cora(world: World) -> Someone:
    """Runs the programme, in Dublin, and takes part in it like everybody else."""
    cora = world.add("Cora Lynch", "Europe/Dublin")
    world.start(cora)
    world.enrol(Role.COORDINATOR, cora)
    return cora


@pytest.fixture
def two(world: World, ben: Someone, ana: Someone, cora: Someone) -> tuple[Someone, Someone]:
    """Ben in Denver and Ana in Dublin, who are asked every second Tuesday."""
    join(world, ben, ana)
    rest_for_good(cora)
    begin(cora)
    return ben, ana


@pytest.fixture
def cleo(world: World) -> Someone:
    cleo = world.add("Cleo Marsh", "Europe/Berlin")
    join(world, cleo)
    return cleo


# Asked


def test_each_is_asked_in_their_own_morning(
    world: World, ben: Someone, ana: Someone, two: tuple[Someone, Someone]
) -> None:
    asked = {one.to: one.at for one in world.forward(days=8) if one.parcel.name == "coffee.ask"}

    assert asked == {
        ana.email: at(ASKED, "10:00", "Europe/Dublin"),
        ben.email: at(ASKED, "10:00", "America/Denver"),
    }


@pytest.mark.usefixtures("two")
def test_the_question_says_what_it_is_and_how_to_say_no(world: World, ana: Someone) -> None:
    to(world, ASKED)

    assert "somebody from Mentoring whom you have not met lately" in ana.reads
    assert "Saying nothing is a no" in ana.reads
    assert "[Yes] [Not this time] [Not for a while] [Why did I get this?]" in ana.reads


@pytest.mark.usefixtures("two")
def test_yes_and_no_can_be_typed(world: World, ben: Someone, ana: Someone) -> None:
    to(world, ASKED)

    ana.says("yes")
    assert "I put everybody together on Wednesday 11 February" in ana.reads
    ben.says("no")
    assert "I ask again in the next round" in ben.reads


@pytest.mark.usefixtures("two")
def test_why_says_why(world: World, ana: Someone) -> None:
    to(world, ASKED)

    ana.presses("Why did I get this")

    assert "There are coffee rounds in a programme of yours" in ana.reads


def test_it_is_a_nudge_and_keeps_to_the_budget(world: World, ana: Someone, cora: Someone) -> None:
    join(world, ana)
    who = ana.row.id
    with world.bot.open_transaction.begin() as db:
        db.execute(update(Person).where(Person.id == who).values(nudges_a_week=0))
    begin(cora)

    to(world, DRAWN)

    assert ana.received("coffee.ask") == []
    assert cup(world, ana).outcome == Outcome.SILENT


def test_nobody_is_asked_who_has_not_started_or_is_away(
    world: World, ben: Someone, ana: Someone, cleo: Someone, cora: Someone
) -> None:
    world.enrol(Role.MENTEE, ben)
    join(world, ana)
    ana.says("pause")
    begin(cora)

    to(world, DRAWN)

    assert ben.received("coffee.ask") == ana.received("coffee.ask") == []
    assert len(cleo.received("coffee.ask")) == 1
    assert cup(world, ana).outcome == Outcome.AWAY
    ana.says("coffee")
    assert "because you were away" in ana.reads


def test_whoever_is_back_by_that_morning_is_asked(world: World, ana: Someone, cora: Someone) -> None:
    join(world, ana)
    ana.says("pause until 10 February")
    begin(cora)

    to(world, ASKED)

    assert len(ana.received("coffee.ask")) == 1


def test_somebody_with_several_roles_is_asked_once(world: World, ana: Someone, cora: Someone) -> None:
    join(world, ana, role=Role.MENTOR)
    world.enrol(Role.MENTEE, ana)
    begin(cora)

    to(world, DRAWN)

    assert len(ana.received("coffee.ask")) == 1


# Put together


def test_two_who_say_yes_hear_of_each_other(
    world: World, ben: Someone, ana: Someone, two: tuple[Someone, Someone]
) -> None:
    to(world, ASKED)
    say("Yes", *two)

    to(world, DRAWN)

    assert meets(ben) == ["Have a coffee with Ana Byrne"]
    assert meets(ana) == ["Have a coffee with Ben Okafor"]
    read = as_text(ben.received("coffee.meet")[0])
    assert "any time until Monday 23 February" in read
    assert "Ana, in Dublin. Hours you share: for example" in read
    assert "09:00 to 11:00 on your clock" in read
    assert "To begin with: A shortcut that helps you every day." in read


def test_one_of_them_is_asked_to_write_first(
    world: World, ben: Someone, ana: Someone, two: tuple[Someone, Someone]
) -> None:
    to(world, ASKED)
    say("Yes", *two)
    to(world, DRAWN)

    read = {someone.email: as_text(someone.received("coffee.meet")[0]) for someone in two}
    [first] = [someone for someone in two if "Would you write first?" in read[someone.email]]
    [other] = [someone for someone in two if someone is not first]
    assert f"I have asked {first.row.first_name} to write first" in read[other.email]


def test_and_the_other_the_next_time(
    world: World, ben: Someone, ana: Someone, two: tuple[Someone, Someone]
) -> None:
    begins = []
    for day, drawn in ((ASKED, DRAWN), (NEXT, "2026-02-26")):
        to(world, day)
        say("Yes", *two)
        to(world, drawn)
        begins.append(next(one.email for one in two if cup(world, one).begins))

    assert sorted(begins) == sorted(one.email for one in two)


def test_a_chat_of_their_own_opens_where_the_platform_knows_both(
    world: World, ben: Someone, ana: Someone, two: tuple[Someone, Someone]
) -> None:
    to(world, ASKED)
    say("Yes", *two)
    to(world, DRAWN)

    [said] = ben.received("coffee.meet")
    assert said.meet
    assert (said.meet.who, said.meet.label) == (ana.account, "Write to Ana")


def test_three_are_a_trio(
    world: World, ben: Someone, ana: Someone, cleo: Someone, two: tuple[Someone, Someone]
) -> None:
    to(world, ASKED)
    say("Yes", ben, ana, cleo)

    to(world, DRAWN)

    assert meets(ben) == ["Have a coffee with Ana Byrne and Cleo Marsh"]
    [said] = cleo.received("coffee.meet")
    assert said.meet
    assert {said.meet.who, *said.meet.others} == {ben.account, ana.account}
    assert said.meet.label == "Write to Ben and Ana"


def test_whoever_says_nothing_has_said_no(
    world: World, ben: Someone, ana: Someone, cleo: Someone, two: tuple[Someone, Someone]
) -> None:
    to(world, ASKED)
    say("Yes", ben, cleo)

    to(world, DRAWN)

    assert meets(ana) == []
    assert cup(world, ana).outcome == Outcome.SILENT
    assert meets(ben) == ["Have a coffee with Cleo Marsh"]


@pytest.mark.usefixtures("two")
def test_one_alone_hears_it_kindly(world: World, ben: Someone, ana: Someone) -> None:
    to(world, ASKED)
    say("Yes", ben)

    to(world, DRAWN)

    assert "nobody was left for you to meet" in ben.reads
    assert "you come first in the next round" in ben.reads
    assert meets(ana) == []


def test_nobody_hears_anything_where_nobody_wants_to(world: World, two: tuple[Someone, Someone]) -> None:
    to(world, ASKED)
    say("Not this time", *two)

    to(world, NEXT, "08:00")

    assert [one.received("coffee.meet") + one.received("coffee.check") for one in two] == [[], []]


def test_a_mentor_and_their_mentee_are_no_news_to_each_other(
    world: World, ben: Someone, ana: Someone, cleo: Someone, cora: Someone
) -> None:
    dan = world.add("Dan Abel", "Europe/Dublin")
    join(world, ben, ana, dan)
    world.pair(ben, ana, introduced_at=world.clock())
    world.pair(cleo, dan, introduced_at=world.clock())
    rest_for_good(cora)
    begin(cora)
    to(world, ASKED)
    say("Yes", ben, ana, cleo, dan)

    to(world, DRAWN)

    assert meets(ben) != ["Have a coffee with Ana Byrne"]
    assert meets(cleo) != ["Have a coffee with Dan Abel"]


def test_nobody_meets_the_same_person_again_while_there_is_another(
    world: World, ben: Someone, ana: Someone, cleo: Someone, cora: Someone
) -> None:
    dan = world.add("Dan Abel", "Europe/Dublin")
    join(world, ben, ana, dan)
    rest_for_good(cora)
    begin(cora, every="1")
    four = (ben, ana, cleo, dan)
    world.until(at(ASKED, "18:00", "UTC"))
    for _ in range(3):
        say("Yes", *four)
        world.forward(days=7)

    for someone in four:
        assert len(set(meets(someone))) == len(meets(someone)) == 3


# Another answer


@pytest.mark.usefixtures("two")
def test_a_yes_can_be_taken_back_and_given_again(world: World, ben: Someone, ana: Someone) -> None:
    to(world, ASKED)
    say("Yes", ben, ana)
    ben.presses("Not this time after all")
    ben.presses("I would like to after all")

    to(world, DRAWN)

    assert meets(ben) == ["Have a coffee with Ana Byrne"]


@pytest.mark.usefixtures("two")
def test_a_double_click_says_yes_once(world: World, ben: Someone, ana: Someone) -> None:
    to(world, ASKED)
    say("Yes", ben, ben, ana)

    to(world, DRAWN)

    assert [message.name for message in ben.chat].count("coffee.meet") == 1


@pytest.mark.usefixtures("two")
def test_a_late_yes_is_for_the_next_round(world: World, ben: Someone, ana: Someone) -> None:
    to(world, ASKED)
    say("Yes", ana)
    to(world, DRAWN)

    ben.presses("^Yes")
    assert "You are in the next round, and I do not ask again" in ben.reads
    to(world, NEXT)
    say("Yes", ana)
    to(world, "2026-02-26")

    assert len(ben.received("coffee.ask")) == 1
    assert meets(ben) == ["Have a coffee with Ana Byrne"]
    to(world, "2026-03-10")
    assert len(ben.received("coffee.ask")) == 2


@pytest.mark.usefixtures("two")
def test_a_late_yes_can_be_taken_back(world: World, ben: Someone) -> None:
    to(world, DRAWN)
    ben.presses("^Yes")

    ben.presses("Not next time after all")
    to(world, NEXT)

    assert len(ben.received("coffee.ask")) == 2


@pytest.mark.usefixtures("two")
def test_an_old_button_of_somebody_who_has_been_put_together_shows_with_whom(
    world: World, ben: Someone, ana: Someone
) -> None:
    to(world, ASKED)
    say("Yes", ben, ana)
    to(world, DRAWN)

    for action in (SayYes(cup(world, ben).id), SayNo(cup(world, ben).id)):
        ben.presses(action)
        assert "At present: You meet Ana" in ben.reads

    assert not (habit(world, ben) or CoffeeHabit(next_time=False)).next_time


@pytest.mark.parametrize("kind", [SayYes, SayNo, Met, NotMet])
def test_the_cup_of_somebody_else_is_none(
    world: World, ben: Someone, ana: Someone, two: tuple[Someone, Someone], kind: type
) -> None:
    to(world, ASKED)

    for id_ in (cup(world, ana).id, 4711):
        ben.presses(kind(id_))
        assert "not there any more" in ben.reads

    assert cup(world, ana).answer == ""


# Always, and not for a while


@pytest.mark.usefixtures("two")
def test_whoever_always_says_yes_is_not_asked(world: World, ben: Someone, ana: Someone) -> None:
    to(world, ASKED)
    say("Yes", ben, ana)
    ben.presses("Always yes")
    to(world, NEXT)
    say("Yes", ana)
    to(world, "2026-02-26")

    assert len(ben.received("coffee.ask")) == 1
    assert len(meets(ben)) == 2

    ben.says("coffee")
    ben.presses("Ask me each time")
    to(world, "2026-03-10")
    assert len(ben.received("coffee.ask")) == 2


@pytest.mark.usefixtures("two")
def test_always_yes_holds_in_a_round_that_asks_at_this_moment(
    world: World, ben: Someone, ana: Someone
) -> None:
    to(world, ASKED)
    ben.says("coffee")
    ben.presses("Always yes")
    say("^Yes", ana)

    to(world, DRAWN)

    assert len(meets(ben)) == 1


@pytest.mark.usefixtures("two")
def test_not_for_a_while_is_twelve_weeks(world: World, ben: Someone) -> None:
    to(world, ASKED)
    ben.presses("Not for a while")
    assert "I do not ask you about coffee until Tuesday 5 May" in ben.reads

    to(world, "2026-05-05", "09:00")
    assert len(ben.received("coffee.ask")) == 1
    to(world, "2026-05-05")
    assert len(ben.received("coffee.ask")) == 2


@pytest.mark.usefixtures("two")
def test_whoever_rests_may_come_back_at_any_time(world: World, ben: Someone) -> None:
    to(world, ASKED)
    ben.presses("Not for a while")

    ben.presses("Ask me again")
    to(world, NEXT)

    assert len(ben.received("coffee.ask")) == 2


@pytest.mark.usefixtures("two")
def test_three_questions_without_an_answer_and_they_are_left_alone(world: World, ben: Someone) -> None:
    world.until(at("2026-08-01", "12:00", "UTC"))

    assert len(ben.received("coffee.ask")) == 3
    assert len(ben.received("coffee.stop_asking")) == 1
    assert "Asked: Not any more" in as_text(ben.says("coffee"))  # type: ignore[arg-type]


@pytest.mark.usefixtures("two")
def test_unless_they_would_like_to_be_asked(world: World, ben: Someone) -> None:
    to(world, "2026-03-13")

    ben.presses("Go on asking")
    to(world, "2026-03-25")

    assert len(ben.received("coffee.ask")) == 4


@pytest.mark.usefixtures("two")
def test_a_no_is_an_answer(world: World, ben: Someone) -> None:
    to(world, NEXT)
    ben.presses("Not this time")

    to(world, "2026-03-25")

    assert ben.received("coffee.stop_asking") == []
    assert len(ben.received("coffee.ask")) == 4


# Away in the middle of it


@pytest.mark.usefixtures("two")
def test_whoever_goes_away_before_the_drawing_is_not_in_it(
    world: World, ben: Someone, ana: Someone, cleo: Someone
) -> None:
    to(world, ASKED)
    say("Yes", ben, ana, cleo)
    ben.says("pause")

    to(world, DRAWN)

    assert meets(ana) == ["Have a coffee with Cleo Marsh"]
    assert cup(world, ben).outcome == Outcome.AWAY


@pytest.mark.usefixtures("two")
def test_whoever_has_left_is_not_in_it(world: World, ben: Someone, ana: Someone, cleo: Someone) -> None:
    to(world, ASKED)
    say("Yes", ben, ana, cleo)
    ben.says("leave")
    ben.presses("Leave")

    to(world, DRAWN)

    assert meets(ana) == ["Have a coffee with Cleo Marsh"]


@pytest.mark.usefixtures("two")
def test_whoever_cannot_be_reached_is_not_in_it(
    world: World, ben: Someone, ana: Someone, cleo: Someone
) -> None:
    to(world, ASKED)
    say("Yes", ben, ana, cleo)
    ben.goes()

    to(world, DRAWN)

    assert meets(ana) == ["Have a coffee with Cleo Marsh"]


def test_why_somebody_says_nothing_stands_on_the_page(
    world: World, ben: Someone, ana: Someone, two: tuple[Someone, Someone]
) -> None:
    to(world, ASKED)
    say("Yes", *two)
    to(world, DRAWN)

    ben.says("pause")
    ana.says("coffee")

    assert "You meet Ben. Ben is away at the moment." in ana.reads
    to(world, NEXT, "08:00")
    assert ben.received("coffee.check") == []


# Whether they met


@pytest.fixture
def met(world: World, two: tuple[Someone, Someone]) -> tuple[Someone, Someone]:
    """The end of the round has come, and both have been asked."""
    to(world, ASKED)
    say("Yes", *two)
    to(world, ENDS)
    return two


def test_both_are_asked_once_at_the_end(world: World, met: tuple[Someone, Someone]) -> None:
    to(world, NEXT, "08:00")

    for someone in met:
        [asked] = someone.received("coffee.check")
        assert [button.label.partition(" with")[0] for button in asked.buttons][:3] == [
            "We met",
            "Not this time",
            "Rather not",
        ]


def test_the_answer_is_kept(world: World, ben: Someone, ana: Someone, met: tuple[Someone, Someone]) -> None:
    ben.presses("We met")
    ana.presses("Not this time")

    assert (cup(world, ben).met, cup(world, ana).met) == ("yes", "no")
    assert "says nothing about either of you" in ana.reads


def test_whoever_has_said_it_already_is_not_asked(
    world: World, ben: Someone, ana: Someone, two: tuple[Someone, Someone]
) -> None:
    to(world, ASKED)
    say("Yes", *two)
    to(world, DRAWN)
    ben.presses("We met")

    to(world, NEXT, "08:00")

    assert ben.received("coffee.check") == []
    assert len(ana.received("coffee.check")) == 1


# Never with


def test_rather_not_again_is_kept_to_oneself_and_is_final(
    world: World, ben: Someone, ana: Someone, met: tuple[Someone, Someone]
) -> None:
    before = len(ana.chat)
    ben.presses("Rather not with Ana again")
    assert "Nobody learns of it" in ben.reads

    to(world, NEXT)
    say("^Yes", *met)
    to(world, "2026-02-26")

    assert len(meets(ben)) == len(meets(ana)) == 1
    assert "nobody was left for you to meet" in ben.reads
    assert "nobody was left for you to meet" in ana.reads
    assert not any("Ben" in as_text(message) for message in ana.chat[before:])
    assert "Rather not again" not in as_text(ana.says("coffee"))  # type: ignore[arg-type]


def test_it_can_be_undone(world: World, ben: Someone, ana: Someone, met: tuple[Someone, Someone]) -> None:
    ben.presses("Rather not with Ana again")
    ben.presses("Undo")
    assert "You may meet Ana again" in ben.reads
    ben.presses("Rather not with Ana again")
    ben.says("coffee")
    assert "Rather not again: Ana Byrne" in ben.reads

    ben.presses("I may meet Ana again")
    to(world, NEXT)
    say("^Yes", *met)
    to(world, "2026-02-26")

    assert len(meets(ben)) == 2


def test_pressed_twice_it_is_kept_once(
    world: World, ben: Someone, ana: Someone, met: tuple[Someone, Someone]
) -> None:
    action = NotAgain(cup(world, ben).id, ana.row.id)
    ben.presses(action)
    ben.presses(action)
    ben.presses(MayMeet(ana.row.id))
    ben.presses(MayMeet(ana.row.id))

    with world.bot.open_transaction() as db:
        assert db.scalars(select(NeverAgain)).all() == []


def test_only_somebody_they_were_put_together_with(
    world: World, ben: Someone, ana: Someone, cora: Someone, met: tuple[Someone, Someone]
) -> None:
    ben.presses(NotAgain(cup(world, ben).id, cora.row.id))
    ben.presses(NotAgain(cup(world, ana).id, ben.row.id))

    with world.bot.open_transaction() as db:
        assert db.scalars(select(NeverAgain)).all() == []


def never(world: World, *pairs: tuple[Someone, Someone]) -> None:
    ids = [(one.row.id, other.row.id) for one, other in pairs]
    with world.bot.open_transaction.begin() as db:
        db.add_all(NeverAgain(person_id=one, other_id=other, since=world.clock()) for one, other in ids)


def test_where_everybody_would_rather_not_everybody_hears_it_kindly(
    world: World, ben: Someone, ana: Someone, cleo: Someone, two: tuple[Someone, Someone]
) -> None:
    three = (ben, ana, cleo)
    never(world, *combinations(three, 2))
    to(world, ASKED)
    say("Yes", *three)

    to(world, DRAWN)

    for someone in three:
        assert meets(someone) == []
        assert len(someone.received("coffee.nobody")) == 1


def test_whom_somebody_named_in_their_profile_they_do_not_have_coffee_with(
    world: World, ben: Someone, ana: Someone, cleo: Someone, two: tuple[Someone, Someone]
) -> None:
    three = (ben, ana, cleo)
    for one, other in combinations(three, 2):
        one.presses(Exclude(other.row.id))
    to(world, ASKED)
    say("Yes", *three)

    to(world, DRAWN)

    assert [meets(someone) for someone in three] == [[], [], []]


def test_whoever_had_nobody_comes_first_the_next_time(
    world: World, ben: Someone, ana: Someone, cleo: Someone, two: tuple[Someone, Someone]
) -> None:
    """Ben and Cleo would rather not meet, so one of them meets Ana, and the other one does the next time."""
    never(world, (ben, cleo))
    to(world, ASKED)
    say("Yes", ben, ana, cleo)
    to(world, DRAWN)
    [alone] = [one for one in (ben, cleo) if one.received("coffee.nobody")]

    to(world, NEXT)
    say("^Yes", ben, ana, cleo)
    to(world, "2026-02-26")

    assert meets(alone) == ["Have a coffee with Ana Byrne"]


# Several programmes, many people, other languages


def test_in_two_programmes_there_is_one_coffee_at_a_time(
    world: World, ben: Someone, ana: Someone, two: tuple[Someone, Someone]
) -> None:
    dora = world.add("Dora Hill", "Europe/Dublin")
    world.start(dora)
    roles = ((dora.row.id, Role.OWNER), (ana.row.id, Role.MENTOR))
    with world.bot.open_transaction.begin() as db:
        other = Programme(name="Crossing", made_at=world.clock())
        db.add(other)
        db.flush()
        for id_, role in roles:
            db.add(Enrolment(programme_id=other.id, person_id=id_, role=role, made_at=world.clock()))
    begin(dora)

    to(world, DRAWN)

    assert len(ana.received("coffee.ask")) == 1


def test_who_leaves_a_programme_before_the_drawing_is_not_in_it(
    world: World, ben: Someone, ana: Someone, cleo: Someone, two: tuple[Someone, Someone]
) -> None:
    to(world, ASKED)
    say("Yes", ben, ana, cleo)
    who = ben.row.id
    with world.bot.open_transaction.begin() as db:
        db.execute(delete(Enrolment).where(Enrolment.person_id == who))

    to(world, DRAWN)

    assert meets(ana) == ["Have a coffee with Cleo Marsh"]


def test_two_who_read_german_read_nothing_else(world: World, cora: Someone) -> None:
    eva = world.add("Eva Koch", "Europe/Berlin", language="de")
    jens = world.add("Jens Groß", "Europe/Lisbon", language="de")
    join(world, eva, jens)
    rest_for_good(cora)
    begin(cora)
    to(world, ASKED)
    assert "Kaffee mit jemand Neuem?" in eva.reads
    eva.says("ja")
    jens.presses("Ja")

    to(world, ENDS)
    assert "Trink einen Kaffee mit Jens Groß" in as_text(eva.received("coffee.meet")[0])
    assert "Hast du mit Jens Kaffee getrunken?" in eva.reads
    eva.presses("Lieber nicht mehr mit Jens")
    eva.says("Kaffee")

    assert "Lieber nicht mehr: Jens Groß" in eva.reads


def test_the_shared_chat_opens_in_the_language_of_each(world: World, ben: Someone, cora: Someone) -> None:
    eva = world.add("Eva Koch", "Europe/Berlin", language="de")
    join(world, ben, eva)
    rest_for_good(cora)
    begin(cora)
    to(world, ASKED)
    ben.presses("Yes")
    eva.presses("Ja")
    to(world, DRAWN)

    said = [*ben.received("coffee.meet"), *eva.received("coffee.meet")]
    [opening] = [one.meet.opening for one in said if one.meet and one.meet.opening]
    words = "".join(run.text for run in opening)
    assert "this is a conversation of your own" in words
    assert "das ist ein Gespräch nur für euch" in words


def test_without_rounds_the_page_says_so(world: World, ben: Someone) -> None:
    world.start(ben)

    ben.says("coffee")

    assert "There are no coffee rounds in a programme of yours" in ben.reads


def test_the_page_names_who_they_were_put_together_with(
    world: World, ben: Someone, met: tuple[Someone, Someone]
) -> None:
    ben.says("my coffee")

    assert "Put together with, so far: Ana Byrne" in ben.reads
    assert "Your line in the proof:" in ben.reads
    assert "in round 1" in ben.reads
