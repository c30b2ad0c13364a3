"""Pictures in Teams: within their card, so that nobody fetches them; else their words are there."""

import json
from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_teams import BUSY, DROPPED, TOO_BIG, FakeMessage, Fault
from looking import SAYS, STEPS, TITLE, Look, gallery, picture
from playwright.async_api import expect
from sqlalchemy import Engine
from teams_card_limits import dialog_problems, elements, problems
from teams_office import Somebody, TeamsOffice, button, words
from teams_scene import open_scene
from test_teams_shared import Group
from world import World

from adapters.teams import drawing, limits, render
from bot import charts
from bot.charts import Series
from bot.database import connect
from bot.messages import Button, Home, Message, Part, Picture, Run
from bot.paper import WIDTH
from bot.prompts import Prompts

Json = dict[str, Any]

TOKEN = "0123456789abcdef"
SMALLEST_LIMIT = 28_000  # bytes of a card, by older pages of Microsoft's


@pytest.fixture
def world(engine: Engine, prompts: Prompts) -> World:
    return gallery(engine, prompts)


@pytest.fixture
async def at_work(office: TeamsOffice, ben: Somebody) -> TeamsOffice:
    await ben.installs()
    office.world.start(office.world.people["ben@example.org"])
    return office


def images(card: Json | None) -> list[Json]:
    return elements(card or {}, "Image")


def shown(card: Json | None) -> bytes:
    [image] = images(card)
    return b64decode(image["url"].removeprefix(render.EMBEDDED))


def says_it_in_words(said: FakeMessage) -> bool:
    return not images(said.card) and SAYS in words(said.card)


async def test_stands_on_its_card_with_its_words(
    at_work: TeamsOffice, ben: Somebody, prompts: Prompts
) -> None:
    await ben.says("look")

    card = ben.sees.card
    assert shown(card) == picture(prompts).content
    assert images(card)[0]["altText"].startswith(SAYS)
    assert TITLE in words(card)
    assert "This is how far people get." in words(card)
    assert button(card or {}, "Look again")
    assert problems(card or {}) == []


async def test_takes_the_place_of_a_card_or_comes_below_it(at_work: TeamsOffice, ben: Somebody) -> None:
    await ben.says("menu")
    menu = ben.sees

    await ben.presses("Show it below", menu)
    below = ben.sees
    await ben.presses("Look again", menu)

    assert images(below.card)
    assert images(ben.told["value"])
    assert images(menu.card)
    assert "You chose “Look again”" in words(menu.card)


async def test_is_brought_when_nobody_has_asked(at_work: TeamsOffice, ben: Somebody) -> None:
    await ben.says("send")

    await at_work.settle()

    assert "As every Monday." in words(ben.sees.card)
    assert images(ben.sees.card)


async def test_among_others_it_comes_to_the_persons_own_chat(at_work: TeamsOffice, ben: Somebody) -> None:
    group = Group(at_work, ben)

    await group.hears(ben, "look")

    assert [images(one.card) for one in group.messages] == [[]] * len(group.messages)
    assert "in our chat" in group.said_to(ben)[-1]
    assert images(ben.sees.card)


async def test_somebodys_own_page_says_it_in_words(at_work: TeamsOffice, ben: Somebody) -> None:
    await ben.says("home")

    assert SAYS in ben.reads
    assert images(ben.sees.card) == []


# What goes wrong


async def test_a_card_that_is_too_large_comes_without_its_picture(
    at_work: TeamsOffice, ben: Somebody
) -> None:
    at_work.teams.next(TOO_BIG, of="send")

    await ben.says("look")

    assert says_it_in_words(ben.sees)
    assert TITLE in words(ben.sees.card)
    assert button(ben.sees.card or {}, "Look again")


async def test_where_no_card_is_taken_the_words_alone_are_said(at_work: TeamsOffice, ben: Somebody) -> None:
    at_work.teams.next(TOO_BIG, Fault(400, "BadSyntax"), of="send")

    await ben.says("look")

    assert "This is how far people get." in ben.sees.text
    assert SAYS in ben.sees.text


async def test_a_card_that_cannot_be_changed_into_it_is_changed_into_words(
    at_work: TeamsOffice, ben: Somebody
) -> None:
    await ben.says("menu")
    menu = ben.sees
    at_work.teams.next(TOO_BIG, of="change")

    await ben.presses("Look again", menu)

    assert says_it_in_words(menu)


@pytest.mark.parametrize("fault", [BUSY, Fault(502, html=True)])
async def test_a_busy_day_costs_no_picture(at_work: TeamsOffice, ben: Somebody, fault: Fault) -> None:
    at_work.teams.next(replace(fault, retry_after="0"), of="send")

    await ben.says("look")

    assert images(ben.sees.card)


async def test_an_answer_that_was_lost_comes_again_with_it(at_work: TeamsOffice, ben: Somebody) -> None:
    at_work.teams.next(DROPPED, of="send")
    await ben.says("look")

    await at_work.forward(minutes=10)

    assert images(ben.sees.card)


# How it is drawn


def card_with(*pictures: Picture, text: str = "Look.") -> Message:
    return Message(
        name="x", text=(Run(text),), pictures=pictures, buttons=(Button("Look again", Look(), "again"),)
    )


@pytest.mark.parametrize("alt", ["", "Words. " * 900, "x" * 5000, "{{DATE(2026-02-14T06:00:00Z)}} *b*"])
def test_a_rehearsal_holds_it_to_teams_limits(prompts: Prompts, alt: str) -> None:
    message = card_with(*[replace(picture(prompts), alt=alt)] * 2, text="Look. " * 900)

    drawn = list(drawing.venue(prompts).draw(message))
    sheets = render.message(message, TOKEN, dialogs=True)

    assert [excess for card in drawn for excess in card.beyond] == []
    assert [problems(sheet.card) for sheet in sheets] == [[]] * len(sheets)
    assert [problems(sheet.without_pictures.card, limits.WHOLE_BYTES) for sheet in sheets] == [[]] * len(
        sheets
    )


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", ["health", "rhythm", "funnel"])
def test_each_of_our_charts_fits_into_a_card(prompts: Prompts, language: str, name: str) -> None:
    """Also by the smallest limit that Microsoft ever wrote down, as it goes over the wire."""
    weeks = [f"{1 + week % 28}. Sept." for week in range(104)]
    series = [Series("Noch zu früh, um etwas zu sagen", tuple(range(40_000, 40_104)))] * 6
    cells = [[10 + row * day for day in range(7)] for row in range(16)]
    days, hours = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"), [f"{hour}–{hour + 1} Uhr" for hour in range(16)]
    drawn = {
        "health": lambda: charts.health_over_time(prompts, language, weeks, series, [240_000] * 104),
        "rhythm": lambda: charts.rhythm(prompts, language, days, hours, cells),
        "funnel": lambda: charts.funnel(prompts, language, STEPS * 3),
    }[name]()

    [sheet] = render.message(card_with(drawn), TOKEN, dialogs=True)

    assert images(sheet.card)
    assert len(json.dumps(render.activity(sheet))) <= SMALLEST_LIMIT
    assert problems(sheet.card) == []


def test_one_that_is_too_large_is_said_in_words(prompts: Prompts) -> None:
    large = replace(picture(prompts), content=b"x" * (render.LARGEST_PICTURE + 1))

    [sheet] = render.message(card_with(large), TOKEN, dialogs=True)

    assert images(sheet.card) == []
    assert SAYS in words(sheet.card)


def test_what_is_too_long_for_it_to_say_stands_below_it(prompts: Prompts) -> None:
    long = replace(picture(prompts), alt="A pair. " * 600)

    sheets = render.message(card_with(long), TOKEN, dialogs=True)

    assert sum(words(sheet.card).count("A pair.") for sheet in sheets) == 600
    assert sum(len(images(sheet.card)) for sheet in sheets) == 1


def test_a_dialog_and_a_page_say_it_in_words(prompts: Prompts) -> None:
    dialog = render.shown(card_with(picture(prompts)), "Look")
    [page] = render.home(Home((Part("To look at", card_with(picture(prompts))),)), TOKEN, dialogs=True)

    assert dialog_problems(dialog) == []
    assert images(dialog) == images(page.card) == []
    assert SAYS in words(dialog["card"]["content"])
    assert SAYS in words(page.card)


def test_who_listens_hears_it_in_the_summary(prompts: Prompts) -> None:
    [sheet] = render.message(card_with(picture(prompts)), TOKEN, dialogs=True)

    assert SAYS in sheet.summary
    assert SAYS in sheet.text


# In front of Microsoft's Agents Playground


async def test_is_seen_there(sqlite: str, prompts: Prompts, tmp_path: Path) -> None:
    engine = connect(sqlite)
    async with open_scene(gallery(engine, prompts), tmp_path) as scene:
        await scene.stage.types("look")

        image = scene.stage.card.get_by_role("img", name=SAYS)
        await expect(image).to_be_visible()
        assert await image.evaluate("image => image.decode().then(() => image.naturalWidth)") == WIDTH
        await expect(scene.stage.button("Look again")).to_be_visible()
    engine.dispose()
