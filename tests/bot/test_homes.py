"""Homes, through the front door: the next thing first, then the rest of somebody's own page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update
from world import Someone, World, as_text, at

from bot.events import Account, HomeOpened
from bot.messages import Button, Home, Part
from bot.models import AccountRow, Base, Pair, Person
from bot.prompts import Prompts
from bot.stories import STORIES
from bot.story import Place, Story, together
from bot.turn import Turn


@dataclass
class Read:
    """A home as somebody reads it."""

    home: Home

    @property
    def titles(self) -> Sequence[str]:
        return [part.title for part in self.home.parts]

    @property
    def next(self) -> str:
        assert self.titles.count("Next") == 1, self.titles
        return as_text(self.home.parts[0].message)

    def part(self, title: str) -> str:
        return "\n".join(as_text(part.message) for part in self.home.parts if part.title == title)

    def button(self, label: str) -> Button:
        return next(
            button for part in self.home.parts for button in part.message.buttons if button.label == label
        )


def home(someone: Someone) -> Read:
    return Read(someone.opens_home())


def introduced(world: World, ben: Someone, ana: Someone, **values: object) -> Pair:
    world.start(ben, ana)
    return world.pair(ben, ana, introduced_at=world.clock(), **values)


# Who sees what


def test_a_stranger_reads_whom_to_ask(world: World) -> None:
    nobody = Someone(world, "nobody@example.org")

    [part] = nobody.opens_home().parts

    assert "I only talk with people who take part" in as_text(part.message)


def test_whoever_has_not_started_sees_the_welcome_and_their_data(world: World, ben: Someone) -> None:
    world.forward(days=2)  # what comes by itself is shorter by now

    page = home(ben)

    assert page.titles == ["Next", "My data"]
    assert "I am Cairn. I keep a mentoring pair going" in page.next
    ben.presses(page.button("Start").action)
    assert "First, your clock" in ben.reads


def test_whoever_has_started_and_has_no_partner_learns_that_nothing_is_to_be_done(
    world: World, ben: Someone
) -> None:
    world.start(ben)

    page = home(ben)

    assert "As soon as there is a partner for you" in page.next
    assert page.titles == ["Next", "Settings", "My data"]


def test_before_the_introduction_there_is_no_pair_on_the_page(
    world: World, ben: Someone, ana: Someone
) -> None:
    world.start(ben)
    world.pair(ben, ana)

    page = home(ben)

    assert "Next you will meet Ana Byrne" in page.next
    assert "My pair" not in page.titles


def test_whoever_is_away_reads_until_when_and_can_come_back(world: World, ben: Someone, ana: Someone) -> None:
    world.meet(ben, ana)
    ben.says("pause until 4 May")

    page = home(ben)

    assert "You are away until Monday 4 May" in page.next
    assert page.home.parts[0].message.buttons[0].label == "I am back"
    assert "[Pause]" not in page.part("Settings")
    ben.presses(page.button("I am back").action)
    assert "away" not in home(ben).next


def test_whoever_is_away_for_now_can_say_until_when(world: World, ben: Someone) -> None:
    world.start(ben)
    ben.says("pause")

    page = home(ben)

    assert "until you say that you are back" in page.next
    ben.presses(page.button("Say until when").action)
    ben.fills(until="4 May")
    assert "until Monday 4 May" in home(ben).next


def test_whoever_leaves_can_undo_it_and_afterwards_sees_their_data_only(
    world: World, ben: Someone, ana: Someone
) -> None:
    world.meet(ben, ana)
    ben.says("leave")
    ben.presses("Leave")

    leaving = home(ben)
    world.forward(hours=1)
    left = home(ben)

    assert leaving.titles == left.titles == ["Next", "My data"]
    assert "Undo" in leaving.next
    assert "Undo" not in left.next


def test_after_a_pair_has_ended_the_page_says_what_can_come_next(
    world: World, ben: Someone, ana: Someone
) -> None:
    world.meet(ben, ana, end_at=world.clock() + timedelta(hours=1))
    world.forward(days=1)

    page = home(ben)

    assert "Your pair has come to its end" in page.next
    assert "My pair" not in page.titles
    assert "My actions" not in page.titles


def test_everybody_reads_it_in_their_own_language(world: World, ana: Someone) -> None:
    jonas = world.add("Jonas Weber", "Europe/Berlin", language="de")
    world.meet(jonas, ana)

    page = home(jonas)

    assert page.home.language == "de"
    assert list(page.titles) == [
        "Als Nächstes",
        "Mein Gegenüber",
        "Meine Vorhaben",
        "Einstellungen",
        "Meine Daten",
    ]
    assert {part.message.language for part in page.home.parts} == {"de"}


# What is next


def test_an_agreement_is_filled_in_first(world: World, ben: Someone, ana: Someone) -> None:
    introduced(world, ben, ana)

    page = home(ben)

    assert "how you would like to work together with Ana" in page.next
    ben.presses(page.button("Fill in our agreement").action)
    ben.fills(hopes="Speaking up", every_weeks="4")
    assert "There is nothing for you to do right now" in home(ben).next  # it is Ana's turn to fill it in
    assert "Fill in our agreement" in home(ana).next


def test_where_the_two_differ_one_press_shows_both(world: World, ben: Someone, ana: Someone) -> None:
    pair = introduced(world, ben, ana)
    for someone, weeks in ((ben, "4"), (ana, "2")):
        someone.says("agreement")
        someone.fills(hopes="Speaking up", every_weeks=weeks)

    page = home(ben)

    assert "have both said how you would like to work together" in page.next
    ben.presses(page.button("Look at both").action)
    assert "Speaking up" in ben.reads
    with world.bot.open_transaction.begin() as db:
        db.get_one(Pair, pair.id).ended_at = world.clock()
    ben.presses(page.button("Look at both").action)
    assert "Speaking up" not in ben.reads


def test_once_they_agree_a_time_is_chosen(world: World, ben: Someone, ana: Someone) -> None:
    introduced(world, ben, ana, settled_at=world.clock())

    page = home(ben)
    offered = page.home.parts[0].message.buttons[0]
    ben.presses(offered.action)

    assert "nothing for you to do" in home(ben).next
    assert "Ben suggests every 2 weeks" in home(ana).next
    ana.presses(home(ana).button("Works for me").action)
    assert "Next with Ben" in home(ana).next


def test_the_next_session_is_there_with_its_time(world: World, ben: Someone, ana: Someone) -> None:
    world.meet(ben, ana)

    page = home(ben)

    assert "There is nothing for you to do right now. Next with Ana: Tuesday 10 February, 09:00" in page.next
    ben.presses(page.button("Show it").action)
    assert "Tuesday 10 February" in ben.reads


def test_questions_before_a_session_come_first_and_then_its_brief(
    world: World, ben: Someone, ana: Someone
) -> None:
    world.meet(ben, ana)
    world.until(at("2026-02-09", "17:00", "Europe/Dublin"))
    asked = home(ben)

    ben.presses(asked.button("Answer them").action)
    ben.fills(win="The talk went well")
    after = home(ben)
    world.until(at("2026-02-10", "15:30", "Europe/Dublin"))
    briefed = home(ana)

    assert "Up next with Ana" in asked.next
    assert "Up next" not in after.next
    assert "Your brief with Ben is ready" in briefed.next
    ana.presses(briefed.button("Read it").action)
    assert "The talk went well" in ana.reads


def test_whoever_has_not_answered_when_the_brief_comes_still_can(
    world: World, ben: Someone, ana: Someone
) -> None:
    world.meet(ben, ana)
    world.until(at("2026-02-10", "15:30", "Europe/Dublin"))

    page = home(ben)

    assert "Your brief with Ana is ready" in page.next
    ben.presses(page.button("Answer the questions").action)
    assert ben.form
    assert ben.form.name == "prep.form"


def test_after_a_session_it_is_closed(world: World, ben: Someone, ana: Someone) -> None:
    world.meet(ben, ana)
    world.until(at("2026-02-11", "12:00", "Europe/Dublin"))

    page = home(ana)

    assert "meet" in page.next
    assert "Tuesday 10 February" in page.next


def test_whose_turn_it_is_comes_with_the_way_to_reply(world: World, ben: Someone, ana: Someone) -> None:
    world.meet(ben, ana)
    ben.says("ask How do you begin a hard talk?")

    page = home(ana)

    assert "It is your turn to answer Ben, since Tuesday 3 February" in page.next
    assert "How do you begin a hard talk?" in page.next
    ana.presses(page.button("Reply").action)
    ana.says("With the hard part.")
    assert "your turn" not in home(ana).next


# The rest


def test_my_pair_says_who_where_what_is_agreed_and_what_is_ahead(
    world: World, ben: Someone, ana: Someone
) -> None:
    world.meet(ben, ana)

    [to_ben, to_ana] = [home(someone).part("My pair") for someone in (ben, ana)]

    assert "Your mentor is Ana Byrne, in Dublin. It is 16:00 there, 7 hours ahead of you." in to_ben
    assert "Your mentee is Ben Okafor, in Denver. It is 09:00 there, 7 hours behind you." in to_ana
    assert "You two agreed on: every 2 weeks" in to_ben
    assert "Next session: Tuesday 10 February, 09:00" in to_ben
    assert "[Ask something] [Sessions] [Goals] [Our agreement]" in to_ben


def test_each_of_several_pairs_has_its_part(world: World, ben: Someone, ana: Someone) -> None:
    cleo = world.add("Cleo Test", "Europe/Dublin")
    world.meet(ben, ana)
    world.meet(cleo, ana)

    page = home(ana)

    assert page.titles.count("My pair") == 2
    assert page.titles.count("Next") == 1


def test_my_actions_are_done_from_here(world: World, ben: Someone, ana: Someone) -> None:
    world.meet(ben, ana)
    assert "Nothing of yours is open" in home(ben).part("My actions")
    for what in ("Send the draft", "Call May", "Read it", "Sleep on it"):
        ben.says("actions")
        ben.presses("Add one")
        ben.fills(what=what)

    page = home(ben)

    assert "4 things of yours are open" in page.part("My actions")
    assert "Sleep on it" not in page.part("My actions")
    ben.presses(page.button("Done: Send the draft").action)
    assert "Send the draft" not in home(ben).part("My actions")
    assert "Nothing of yours" in home(ana).part("My actions")


def test_settings_and_data_are_on_the_page(world: World, ben: Someone) -> None:
    world.start(ben)

    page = home(ben)

    assert "Denver, where it is 09:00" in page.part("Settings")
    for label, reads in (
        ("Nudges", "nudge"),
        ("My status", "status"),
        ("What is kept", "what I keep about you"),
    ):
        ben.presses(page.button(label).action)
        assert reads in ben.reads
    ben.presses(page.button("My hours").action)
    assert ben.form
    assert ben.form.name == "welcome.clock_form"


# Looking is not doing


def everything(world: World) -> dict[str, list[tuple[object, ...]]]:
    with world.bot.open_transaction() as db:
        return {
            table.name: [tuple(row) for row in db.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }


def test_asking_for_a_page_changes_nothing_at_all(world: World, ben: Someone, ana: Someone) -> None:
    world.meet(ben, ana)
    ben.says("ask How do you begin?")
    for moment in ("2026-02-10T12:00", "2026-02-12T12:00"):
        world.until(at(*moment.split("T"), "Europe/Dublin"))  # type: ignore[call-arg]
        before = everything(world)

        for someone in (ben, ana):
            world.bot.home(someone.account)

        assert everything(world) == before


def test_a_page_that_is_drawn_again_is_the_page_that_was_opened(
    world: World, ben: Someone, ana: Someone
) -> None:
    world.meet(ben, ana)

    assert world.bot.home(ben.account) == ben.opens_home()


def test_typed_words_never_press_a_button_of_the_page(world: World, ben: Someone, ana: Someone) -> None:
    world.meet(ben, ana)
    ben.says("actions")
    ben.presses("Add one")
    ben.fills(what="Send the draft")
    ben.says("help")

    ben.opens_home()
    ben.says("Done: Send the draft")

    assert "Send the draft" in home(ben).part("My actions")


def test_opening_a_page_elsewhere_does_not_change_where_somebody_is_written_to(
    world: World, ben: Someone
) -> None:
    elsewhere = Account("other", "there", "ben")
    with world.bot.open_transaction.begin() as db:
        first = db.scalars(select(AccountRow)).one()
        before = first.id
        db.add(AccountRow(person_id=first.person_id, platform="other", workspace="there", user="ben"))

    world.bot.handle(HomeOpened(id="tab", who=elsewhere))
    assert ben.row.account_id == before

    with world.bot.open_transaction.begin() as db:
        db.execute(update(Person).values(account_id=None))
    world.bot.handle(HomeOpened(id="tab again", who=elsewhere))
    assert ben.row.account_id not in {None, before}


@pytest.mark.expects_errors
def test_a_page_that_fails_says_so_kindly(engine: Engine, prompts: Prompts) -> None:
    clumsy = Story()

    @clumsy.on_home(Place.DATA)
    def stumble(_turn: Turn, _person: Person) -> list[Part]:
        raise RuntimeError("SECRET-CANARY-123")

    world = World(engine, prompts, story=together([*STORIES, clumsy]))
    ben = world.add("Ben Okafor", "America/Denver")

    for page in (ben.opens_home(), world.bot.home(ben.account)):
        [part] = page.parts
        assert "Something went wrong on my side" in as_text(part.message)


def test_a_brief_for_now_comes_before_the_questions_for_a_later_session(
    world: World, ben: Someone, ana: Someone
) -> None:
    jonas = world.add("Jonas Weber", "Europe/Berlin", language="de")
    world.meet(ben, ana)
    world.meet(jonas, ana, at="11:00")
    world.until(at("2026-02-10", "10:40", "Europe/Dublin"))

    assert "Jonas" in home(ana).next
    world.until(at("2026-02-10", "12:10", "Europe/Dublin"))

    assert "Ben" in home(ana).next
