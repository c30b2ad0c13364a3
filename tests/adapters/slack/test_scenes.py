"""A person in front of a page like Slack's: what they see there, press and type."""

import pytest
from playwright.async_api import expect
from stage import Stage

from bot.models import Person


@pytest.fixture
async def met(stage: Stage) -> Stage:
    await stage.meets()
    return stage


async def test_a_new_mentee_is_set_up_in_three_presses_and_one_sentence(stage: Stage) -> None:
    stage.office.world.pair(stage.ben, stage.ana)
    await stage.office.settle()
    await stage.acts_as("Ben Okafor")

    await stage.presses("Start")
    await expect(stage.card).to_contain_text("You are in Denver, where it is 09:00")
    await stage.presses("That is right")
    await expect(stage.card).to_contain_text("You chose “That is right”.")
    await stage.types("To lead a project of my own.")

    await expect(stage.card).to_contain_text("Next you will meet Ana Byrne")
    await expect(stage.cards()).to_have_count(2)


async def test_a_double_click_is_one(stage: Stage) -> None:
    await stage.office.settle()
    await stage.acts_as("Ben Okafor")

    await stage.card.get_by_role("button", name="Start").dblclick()

    await expect(stage.card).to_contain_text("You chose “Start”.")
    await stage.types("help")
    await expect(stage.cards()).to_have_count(2)


async def test_a_form_is_filled_in_and_its_card_says_so(met: Stage) -> None:
    await met.types("agreement")
    await met.presses("Open it")
    await met.submits(In_three_months="To lead a project of my own.")

    await expect(met.card).to_contain_text("Your half is saved")
    await expect(met.card).to_contain_text("You filled in “Our agreement”.")
    await expect(met.form).to_have_count(0)


async def test_a_form_that_cannot_be_taken_says_why_and_keeps_what_was_typed(met: Stage) -> None:
    await met.types("settings")
    await met.presses("Open it")
    await met.submits(Time_zone="Atlantis")

    await expect(met.form).to_contain_text("zone:")
    await expect(met.field("Time zone")).to_have_value("Atlantis")
    await met.submits(Time_zone="Europe/Lisbon")
    await expect(met.card).to_contain_text("Lisbon")


async def test_a_command_is_answered_to_one_person_alone_however_it_is_spelled(met: Stage) -> None:
    await met.opens("general")

    await met.types("/mentor help")
    await expect(met.card).to_contain_text("Type one of these, or press a button")
    await met.types("/mentor sesions")
    await expect(met.card).to_contain_text("Was it sessions?")
    await met.presses("Yes")
    await expect(met.card).to_contain_text("You meet Ana on Tuesday 17 February")
    await met.types("/mentor “goals”")

    await expect(met.card).to_contain_text("No goal is open between you")
    await expect(met.cards().filter(has_text="only visible to you")).to_have_count(await met.cards().count())


async def test_the_page_at_the_bot_begins_with_what_is_next_and_answers_on_top(met: Stage) -> None:
    home = await met.opens_home()

    await expect(home.locator(".bk-header").first).to_have_text("Next")
    await expect(home).to_contain_text("Your mentor is Ana Byrne, in Dublin")
    await home.get_by_role("button", name="Sessions").click()

    await expect(met.form).to_contain_text("You meet Ana on Tuesday 17 February")


async def test_what_the_page_asks_can_be_answered_in_the_chat(met: Stage) -> None:
    home = await met.opens_home()
    await home.get_by_role("button", name="Ask something").click()
    await expect(met.form).to_contain_text("open Messages, above this page")
    await met.form.locator(".modal-x").click()

    await met.opens("Ben Okafor")
    await met.types("How do you begin?")

    await expect(met.card).to_contain_text("It is on its way to Ana")


async def test_what_somebody_wrote_is_shown_as_they_wrote_it(met: Stage) -> None:
    await met.types("ask How do you *begin* a <planning> & where? :smile:")

    await expect(met.card).to_contain_text("<planning> & where?")
    await met.office.settle()
    await met.acts_as("Ana Byrne")
    await expect(met.card).to_contain_text("<planning> & where?")


async def test_a_page_is_in_the_language_of_its_reader(stage: Stage) -> None:
    with stage.office.world.bot.open_transaction.begin() as db:
        db.get_one(Person, stage.ben.row.id).language = "de"
    await stage.meets()

    home = await stage.opens_home()

    await expect(home.locator(".bk-header").first).to_have_text("Als Nächstes")
    await expect(home).to_contain_text("Ana Byrne begleitet dich")
