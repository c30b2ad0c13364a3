"""Intro, through the front door."""

import pytest
from sqlalchemy import update
from world import Someone, World, as_text

from bot.messages import Meet, plain
from bot.models import AccountRow


def test_each_learns_who_the_other_is_and_why_the_two_of_them(world: World) -> None:
    ben = world.add("Ben Okafor", "America/Denver", goals="speaking up; systems design")
    ana = world.add("Ana Byrne", "Europe/Dublin", skills="systems design; leading teams")
    world.pair(ben, ana)

    world.forward(hours=1)
    for someone in (ben, ana):
        someone.presses("Start")
        someone.presses("That is right")
        someone.presses("Skip")
    world.forward(minutes=1)

    assert "your mentor, Ana Byrne. They are in Dublin, 7 hours ahead of you" in ben.reads
    assert "Why the two of you: systems design" in ben.reads
    assert "your mentee, Ben Okafor. They are in Denver, 7 hours behind you" in ana.reads
    assert "What they would like to learn: speaking up; systems design" in ana.reads


def test_nobody_is_introduced_to_somebody_who_has_not_started(
    world: World, ben: Someone, ana: Someone
) -> None:
    world.pair(ben, ana)
    world.forward(hours=1)

    ben.presses("Start")
    ben.presses("That is right")
    world.forward(hours=2)

    assert ben.received("intro.your_mentor") == []
    assert ana.received("intro.your_mentee") == []


def test_each_reads_it_in_their_own_language(world: World, ana: Someone) -> None:
    jonas = world.add("Jonas Weber", "Europe/Berlin", language="de")
    world.start(jonas, ana)
    world.pair(jonas, ana, introduce_at=world.clock())

    world.forward(days=1)

    [to_jonas] = jonas.received("intro.your_mentor")
    [to_ana] = ana.received("intro.your_mentee")
    assert (to_jonas.language, to_ana.language) == ("de", "en")


def test_two_ticks_introduce_once(world: World, ben: Someone, ana: Someone) -> None:
    world.start(ben, ana)
    world.pair(ben, ana, introduce_at=world.clock())

    world.bot.tick()
    world.bot.tick()
    world.forward(hours=1)

    assert len(ben.received("intro.your_mentor")) == 1


def test_comes_at_a_decent_hour_of_each(world: World) -> None:
    kiri = world.add("Kiri Ngata", "Pacific/Auckland")
    jonas = world.add("Jonas Weber", "Europe/Berlin")
    world.start(kiri, jonas)
    world.pair(kiri, jonas, introduce_at=world.clock())

    delivered = world.forward(days=2)

    intros = [delivery for delivery in delivered if delivery.parcel.name.startswith("intro.")]
    arrived = {delivery.to: f"{delivery.at:%a %H:%M}" for delivery in intros}
    assert arrived == {"jonas@example.org": "Tue 16:00", "kiri@example.org": "Tue 20:00"}


def test_the_first_question_is_answered_before_the_introduction(
    world: World, ben: Someone, ana: Someone
) -> None:
    world.pair(ben, ana)
    world.forward(hours=1)
    for someone in (ana, ben):
        someone.presses("Start")
        someone.presses("That is right")
    world.forward(minutes=10)
    ana.says("skip")
    world.forward(minutes=10)
    assert ben.received("intro.your_mentor") == ana.received("intro.your_mentee") == []

    ben.says("To speak up in meetings.")
    world.forward(hours=2)

    assert ben.row.wish == "To speak up in meetings."
    assert len(ben.received("intro.your_mentor")) == len(ana.received("intro.your_mentee")) == 1


def test_an_introduction_waits_for_the_first_question_a_day_at_most(
    world: World, ben: Someone, ana: Someone
) -> None:
    world.pair(ben, ana)
    world.forward(hours=1)
    for someone in (ana, ben):
        someone.presses("Start")
        someone.presses("That is right")
    world.forward(days=2)

    assert ben.received("intro.your_mentor")
    ben.says("To speak up in meetings.")
    assert ben.row.wish == "To speak up in meetings."


# A conversation of the two


def met(someone: Someone, name: str) -> Meet | None:
    [message] = someone.received(name)
    return message.meet


def test_where_both_are_in_one_place_each_gets_a_way_to_the_other(
    world: World, ben: Someone, ana: Someone
) -> None:
    world.start(ben, ana)
    world.pair(ben, ana, introduce_at=world.clock())
    world.forward(days=1)

    to_ben, to_ana = met(ben, "intro.your_mentor"), met(ana, "intro.your_mentee")

    assert to_ben
    assert to_ana
    assert (to_ben.who, to_ben.label) == (ana.account, "Write to Ana")
    assert (to_ana.who, to_ana.label) == (ben.account, "Write to Ben")
    assert plain(to_ben.opening).startswith("Hello Ben and Ana")
    assert "I do not read along here" in plain(to_ben.opening)
    assert to_ana.opening == ()  # it is said once


def test_two_languages_are_spoken_where_the_two_read_different_ones(world: World, ana: Someone) -> None:
    jonas = world.add("Jonas Weber", "Europe/Berlin", language="de")
    world.start(jonas, ana)
    world.pair(jonas, ana, introduce_at=world.clock())
    world.forward(days=1)

    to_jonas = met(jonas, "intro.your_mentor")

    assert to_jonas
    german, english = (
        plain(to_jonas.opening).index("Hallo Jonas"),
        plain(to_jonas.opening).index("Hello Jonas"),
    )
    assert german < english
    assert to_jonas.label == "Ana schreiben"


@pytest.mark.parametrize("place", [{"platform": "other"}, {"workspace": "elsewhere"}])
def test_where_they_are_in_different_places_there_is_no_way(
    world: World, ben: Someone, ana: Someone, place: dict[str, str]
) -> None:
    world.start(ben, ana)
    with world.bot.open_transaction.begin() as db:
        db.execute(update(AccountRow).where(AccountRow.user == ana.email).values(**place))
    world.pair(ben, ana, introduce_at=world.clock())
    world.forward(days=1)

    assert met(ben, "intro.your_mentor") is None


def test_there_is_no_way_to_an_account_that_is_gone(world: World, ben: Someone, ana: Someone) -> None:
    world.start(ben, ana)
    world.pair(ben, ana, introduce_at=world.clock())
    ana.goes()
    world.forward(days=1)

    assert met(ben, "intro.your_mentor") is None


def test_the_way_to_the_other_stays_on_their_own_page(world: World, ben: Someone, ana: Someone) -> None:
    world.meet(ben, ana)

    [mine] = [part.message for part in ben.opens_home().parts if part.title == "My pair"]

    assert mine.meet
    assert (mine.meet.who, mine.meet.opening) == (ana.account, ())


@pytest.mark.parametrize(("said", "seen"), [("pause until 20 February", "until "), ("pause", "for now")])
def test_their_own_page_says_that_the_other_is_away(
    world: World, ben: Someone, ana: Someone, said: str, seen: str
) -> None:
    world.meet(ben, ana)
    ben.says(said)

    [pair] = [part.message for part in ana.opens_home().parts if part.title == "My pair"]
    away = [fact for fact in pair.facts if fact.label == "Away"]
    assert [str(fact.value).startswith(seen) for fact in away] == [True]
    ben.says("back")

    assert "Away" not in str(ana.opens_home())


def test_a_mentor_of_two_fills_in_the_agreement_of_whom_they_were_introduced_to(
    world: World, ben: Someone, ana: Someone
) -> None:
    jonas = world.add("Jonas Weber", "Europe/Berlin")
    world.start(ben, ana, jonas)
    for mentee in (ben, jonas):
        world.pair(mentee, ana, introduce_at=world.clock())
    world.forward(minutes=1)
    to_jonas = next(
        card for card in ana.chat if card.name == "intro.your_mentee" and "Jonas" in as_text(card)
    )

    ana.hears(to_jonas)
    ana.presses("Fill in our agreement")

    assert ana.form is not None
    assert "Jonas" in str(ana.form)
