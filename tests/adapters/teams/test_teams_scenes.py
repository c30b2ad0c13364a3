"""A person in front of Microsoft's Agents Playground: what they see there, press and type."""

from pathlib import Path

import pytest
from playwright.async_api import expect
from teams_scene import open_scene
from world import World, at

# How much of it is wider than where it stands
WIDER = """box => [box, ...box.querySelectorAll("*")].filter(
    one => one.clientWidth && one.scrollWidth > one.clientWidth + 1
).length"""


async def test_a_new_mentee_is_set_up_in_three_presses_and_one_sentence(world: World, tmp_path: Path) -> None:
    async with open_scene(world, tmp_path, met=False) as scene:
        stage = scene.stage
        await scene.sees("Hello Ben")
        await stage.presses("Start")
        await scene.sees("You are in Denver, where it is 09:00")
        await stage.presses("That is right")
        await scene.sees("You chose “That is right”.")
        await stage.types("To lead a project of my own.")

        await scene.sees("Next you will meet Ana Byrne")
        await scene.sees("Answered below.")
        await expect(stage.said).to_have_count(2)


async def test_a_form_that_cannot_be_taken_says_why_and_keeps_what_was_typed(
    world: World, tmp_path: Path
) -> None:
    async with open_scene(world, tmp_path) as scene:
        stage = scene.stage
        await stage.types("settings")
        await stage.fills("Time zone", "Atlantis")
        await stage.picks("My day starts", "10:30 AM")
        await stage.presses("Save")

        await stage.sees("I do not know this time zone")
        await stage.sees("Not saved yet.")
        await expect(stage.field("Time zone")).to_have_value("Atlantis")
        await expect(stage.field("My day starts")).to_have_value("10:30 AM")
        await stage.fills("Time zone", "Europe/Lisbon")
        await stage.presses("Save")

        await stage.sees("You are in Lisbon and work 10:30")
        assert "Atlantis" not in await stage.reads()


async def test_an_agreement_is_held_until_it_says_what_is_hoped_for(world: World, tmp_path: Path) -> None:
    async with open_scene(world, tmp_path) as scene:
        stage = scene.stage
        await stage.types("agreement")
        await stage.fills("How may either of us end", "One short message.")
        await stage.presses("Save my half")
        await stage.sees("This one needs an answer.")
        await expect(stage.field("How may either of us end")).to_have_value("One short message.")
        await stage.fills("In three months", "To **lead** a project.")
        await stage.presses("Save my half")

        await stage.sees("Your half is saved")
        await stage.sees("You filled in “Our agreement”.")


async def test_all_questions_stand_on_the_card_and_the_answers_in_one_brief(
    world: World, tmp_path: Path
) -> None:
    async with open_scene(world, tmp_path) as scene:
        stage = scene.stage
        await scene.until(at("2026-02-16", "17:00", "Europe/Dublin"))
        await stage.sees("Each may stay empty.")
        await stage.fills("What is one thing", "I led my first planning.\nIt took two hours.")
        await stage.fills("What would you like", "How do you say [no](https://evil.example)?")
        await stage.checks("Would like")
        await stage.presses("Save")
        await stage.sees("Saved, that is all")
        await scene.partner.presses("Save", {"noticed": "You ask **before** you decide."})
        await scene.until(at("2026-02-17", "15:30", "Europe/Dublin"))

        await expect(stage.said.filter(has_text="Your brief")).to_have_count(1)
        await stage.sees("Ana has not written yet")  # it came on Friday: Monday is a holiday in Denver
        await stage.presses("Show the latest")

        await stage.sees("You ask **before** you decide.")
        await stage.sees("You chose “Show the latest”.")
        await stage.sees("How do you say [no](https://evil.example)?")
        brief = await scene.partner.reads("Your brief")
        assert "It took two hours." in brief.words
        assert "evil.example" not in brief.words


async def test_a_double_click_is_one(world: World, tmp_path: Path) -> None:
    async with open_scene(world, tmp_path, met=False) as scene:
        await scene.sees("Hello Ben")

        await scene.stage.button("Start").dblclick()

        await scene.sees("You chose “Start”.")
        await expect(scene.stage.said).to_have_count(1)


async def test_a_person_is_met_in_their_language(world: World, tmp_path: Path) -> None:
    async with open_scene(world, tmp_path, language="de") as scene:
        await scene.stage.types("hilfe")
        await scene.stage.sees("Tippe eins davon")
        await scene.stage.types("meine seite")
        await scene.stage.sees("Ana Byrne begleitet dich")


@pytest.mark.parametrize("language", ["en", "de"])
async def test_nothing_is_cut_on_a_phone(world: World, tmp_path: Path, language: str) -> None:
    words = {"en": ("help", "settings", "Save"), "de": ("hilfe", "einstellungen", "Speichern")}
    async with open_scene(world, tmp_path, language=language) as scene:
        stage = scene.stage
        for said in words[language][:2]:
            await stage.types(said)
        await expect(stage.button(words[language][2])).to_be_visible()
        async with stage.as_on_a_phone():
            for card in await stage.page.locator(".ac-adaptiveCard").all():
                assert await card.evaluate(WIDER) == 0
