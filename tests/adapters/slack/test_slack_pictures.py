"""Pictures in Slack: they stand on their card, and where they cannot, their words do."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from block_limits import problems
from fake_slack import TEAM, Card, FakeSlack, Fault
from looking import SAYS, TITLE, Look, gallery, picture
from office import Office
from playwright.async_api import expect
from sqlalchemy import Engine
from stage import open_stage
from test_bad_days import tries, waiting
from test_blocks import against, schema  # noqa: F401 - a fixture
from world import Someone, World

from adapters.slack import drawing, render
from bot.database import connect
from bot.events import Account
from bot.messages import Button, Message, Picture, Run
from bot.models import Role
from bot.paper import WIDTH
from bot.prompts import Prompts

UPLOAD = "files.completeUploadExternal"
ASK_FOR_UPLOAD = "files.getUploadURLExternal"
TOKEN = "0123456789abcdef"


@pytest.fixture
def world(engine: Engine, prompts: Prompts) -> World:
    return gallery(engine, prompts)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.sender.SOON_SEEN", (0, 0, 0))
    monkeypatch.setattr("adapters.slack.sender.FILES_AGAIN", timedelta())


@pytest.fixture
async def at_work(office: Office, slack: FakeSlack, ben: Someone) -> Office:
    await slack.happens({"type": "user_change", "user": slack.user_of(ben.email)})
    office.world.start(ben)
    return office


def shown(slack: FakeSlack, card: Card) -> bytes:
    [image] = card.pictures
    return slack.uploads[image["slack_file"]["id"]][1]


async def test_stands_on_the_card_with_its_words(at_work: Office, slack: FakeSlack, prompts: Prompts) -> None:
    card = await slack.hears_back("U0BEN", "look")

    [image] = card.pictures
    assert shown(slack, card) == picture(prompts).content
    assert image["title"]["text"] == TITLE
    assert image["alt_text"].startswith(SAYS)
    assert slack.alts[image["slack_file"]["id"]] == image["alt_text"]
    assert TITLE in card.text
    assert SAYS in card.text
    assert slack.labels("U0BEN") == ["Look again", "Show it below"]
    assert len(slack.chat("U0BEN")) == 2  # nothing else came


async def test_takes_the_place_of_a_card_or_comes_below_it(at_work: Office, slack: FakeSlack) -> None:
    card = await slack.hears_back("U0BEN", "menu")

    await slack.presses("U0BEN", "Show it below", card)
    await slack.sees(lambda: "Here it is." in slack.last("U0BEN").text)
    below = slack.last("U0BEN")
    await slack.presses("U0BEN", "Look again", card)
    await slack.sees(lambda: card.pictures)

    assert below.pictures
    assert "You chose “Look again”" in card.text


async def test_is_brought_when_nobody_has_asked(at_work: Office, slack: FakeSlack) -> None:
    await slack.hears_back("U0BEN", "send")

    await tries(at_work)

    assert "As every Monday." in slack.last("U0BEN").text
    assert shown(slack, slack.last("U0BEN"))


async def test_after_a_command_it_comes_to_the_persons_own_chat(at_work: Office, slack: FakeSlack) -> None:
    await slack.commands("U0BEN", "look")

    await slack.sees(lambda: slack.chats["C0GENERAL"] and slack.chat("U0BEN"))
    [aside] = slack.chats["C0GENERAL"]
    assert aside.only_for == "U0BEN"
    assert "This is how far people get." in aside.text
    assert "The picture for this is in our chat" in aside.text
    assert aside.buttons()
    assert shown(slack, slack.last("U0BEN"))
    assert SAYS in slack.last("U0BEN").text
    assert not slack.last("U0BEN").buttons()


async def test_a_command_in_our_own_chat_is_answered_there(at_work: Office, slack: FakeSlack) -> None:
    await slack.hears_back("U0BEN", "menu")

    await slack.commands("U0BEN", "look", channel="DU0BEN")

    await slack.sees(lambda: slack.last("U0BEN").pictures)
    assert not slack.called("response_url")


async def test_what_asks_for_words_goes_to_the_chat_as_a_whole(at_work: Office, slack: FakeSlack) -> None:
    await slack.commands("U0BEN", "describe")

    await slack.sees(lambda: slack.chats["C0GENERAL"] and slack.chat("U0BEN"))
    assert "in our chat" in slack.chats["C0GENERAL"][0].text
    assert "What do you see?" in slack.last("U0BEN").text
    assert slack.last("U0BEN").pictures


async def test_on_somebodys_page_it_is_said_in_words(at_work: Office, slack: FakeSlack) -> None:
    home = await slack.opens_home("U0BEN")

    assert SAYS in str(home["blocks"])
    await slack.presses_in(home, "U0BEN", "Look again")
    await slack.sees(lambda: slack.views and slack.chat("U0BEN"))
    assert "The picture for this is in our chat" in str(slack.views[-1]["blocks"])
    assert slack.last("U0BEN").pictures


# What goes wrong


async def test_slack_may_need_a_moment_to_look_at_it(at_work: Office, slack: FakeSlack) -> None:
    slack.looks_at_files = 2

    card = await slack.hears_back("U0BEN", "look")

    assert card.pictures
    assert len(slack.called(ASK_FOR_UPLOAD)) == 1


async def test_one_that_no_card_may_show_follows_it(at_work: Office, slack: FakeSlack) -> None:
    slack.looks_at_files = 99

    card = await slack.hears_back("U0BEN", "look")
    await slack.sees(lambda: slack.last("U0BEN").files)

    assert not card.pictures
    assert SAYS in str(card.blocks)
    assert slack.labels("U0BEN") == ["Look again", "Show it below"]
    assert slack.last("U0BEN").files == ["funnel.png"]
    assert [alt.startswith(SAYS) for alt in slack.alts.values()] == [True, True]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(429, "ratelimited", "60"),
        Fault(500, "internal_error"),
        Fault(502, html=True),
        Fault(200, "file_uploads_disabled"),
        Fault(0),
    ],
    ids=lambda fault: fault.code or str(fault.status),
)
@pytest.mark.parametrize("method", [ASK_FOR_UPLOAD, UPLOAD])
async def test_if_it_cannot_be_brought_its_words_are(
    at_work: Office, slack: FakeSlack, method: str, fault: Fault
) -> None:
    slack.fails(method, fault, fault)

    card = await slack.hears_back("U0BEN", "look")

    assert not card.pictures
    assert "This is how far people get." in card.text
    assert SAYS in str(card.blocks)
    assert SAYS in card.text
    assert card.buttons()


async def test_a_slow_upload_does_not_keep_the_words_waiting(
    at_work: Office, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.sender.PICTURES_WITHIN", timedelta(milliseconds=50))
    slack.fails(UPLOAD, Fault(200, "internal_error", late=0.5))

    card = await slack.hears_back("U0BEN", "look")

    assert SAYS in str(card.blocks)
    await slack.sees(lambda: slack.last("U0BEN").files)


async def test_one_that_slack_does_not_keep_for_a_card_follows_it(at_work: Office, slack: FakeSlack) -> None:
    no = Fault(200, "invalid_arguments")
    slack.fails(UPLOAD, no, no)

    card = await slack.hears_back("U0BEN", "look")

    assert SAYS in str(card.blocks)
    await slack.sees(lambda: slack.last("U0BEN").files == ["funnel.png"])


async def test_a_file_that_is_not_taken_once_is_brought_again(at_work: Office, slack: FakeSlack) -> None:
    slack.upload_fails = 1

    assert (await slack.hears_back("U0BEN", "look")).pictures


async def test_a_file_that_is_never_taken_costs_nobody_the_message(at_work: Office, slack: FakeSlack) -> None:
    slack.upload_fails = 99
    await slack.hears_back("U0BEN", "send")

    await tries(at_work)

    assert SAYS in str(slack.last("U0BEN").blocks)


async def test_without_the_right_to_files_there_are_words(at_work: Office, slack: FakeSlack) -> None:
    slack.scopes = slack.scopes.replace(",files:write", "")

    card = await slack.hears_back("U0BEN", "look")

    assert SAYS in str(card.blocks)
    assert slack.refusals("missing_scope") <= 2  # that does not change in a moment


async def test_with_a_revoked_token_it_waits_with_its_message(at_work: Office, slack: FakeSlack) -> None:
    await slack.hears_back("U0BEN", "send")
    before = len(slack.chat("U0BEN"))
    slack.revoked = True

    await tries(at_work)

    assert len(slack.chat("U0BEN")) == before
    assert waiting(at_work, "looking.card") == 1


async def test_two_of_them_stand_on_one_card(at_work: Office, slack: FakeSlack, prompts: Prompts) -> None:
    two = (picture(prompts), replace(picture(prompts), name="again.png"))
    message = Message(name="looking.card", text=(Run("Two."),), pictures=two)
    ben = Account("slack", "T0TEAM", "U0BEN")

    await at_work.sender.deliver(ben, "", message)

    assert len(slack.last("U0BEN").pictures) == 2


# How it is drawn


def test_what_is_too_long_for_a_picture_to_say_stands_below_it(prompts: Prompts) -> None:
    long = replace(picture(prompts), alt="A pair. " * 600)
    message = Message(name="x", text=(Run("Look."),), pictures=(long,))

    sheets = render.message(message, TOKEN, hung={long: "F0000000001"})

    assert [problems({"blocks": sheet.blocks, "text": sheet.text}) for sheet in sheets] == [[]] * len(sheets)
    said = " ".join(sheet.text for sheet in sheets)
    assert said.count("A pair.") == 600


def test_is_drawn_as_slack_defines_it(prompts: Prompts, schema: dict[str, Any]) -> None:  # noqa: F811
    drawn = picture(prompts)

    [sheet] = render.message(
        Message(name="x", text=(), pictures=(drawn,)), TOKEN, hung={drawn: "F0000000001"}
    )

    assert [block["type"] for block in sheet.blocks] == ["image"]
    assert against(schema, sheet.blocks) == []


def test_without_it_a_card_keeps_everything_else(prompts: Prompts) -> None:
    drawn = picture(prompts)
    button = Button("Look again", Look())
    message = Message(name="x", text=(Run("Look."),), pictures=(drawn,), buttons=(button,))

    [with_it] = render.message(message, TOKEN, hung={drawn: "F0000000001"})
    [without] = render.message(message, TOKEN)

    assert with_it.without_pictures == without.blocks
    assert with_it.text == without.text


@pytest.mark.parametrize("alt", ["", "Words. " * 1000, "x" * 5000, "\U0001f642" * 1500])
def test_a_rehearsal_holds_it_to_slacks_limits(prompts: Prompts, alt: str) -> None:
    message = Message(
        name="x", text=(Run("Look. " * 500),), pictures=(replace(picture(prompts), alt=alt),) * 2
    )

    drawn = list(drawing.draw(message))

    assert [excess for card in drawn for excess in card.beyond] == []


def test_one_without_words_is_shown_as_its_title() -> None:
    silent = Picture("x.png", b"", "", "Pairs")

    [sheet] = render.message(Message(name="x", text=(), pictures=(silent,)), TOKEN, hung={silent: "F1"})

    assert sheet.blocks[0]["type"] == "rich_text"


# In front of a page like Slack's


async def test_is_seen_there(
    sqlite: str, prompts: Prompts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.people.ONE_AT_A_TIME", timedelta())
    engine = connect(sqlite)
    world = gallery(engine, prompts)
    someone = world.add("Ben Okafor", "America/Denver", arrives=False)
    world.enrol(Role.MENTEE, someone)
    async with open_stage(world, tmp_path) as stage:
        world.start(someone)
        hello = Message(name="x", text=(Run("Hello"),))
        await stage.office.sender.deliver(Account("slack", TEAM, "U0BEN"), "", hello)
        await stage.acts_as("Ben Okafor")

        await stage.types("look")

        image = stage.card.get_by_role("img", name=SAYS)
        await expect(image).to_be_visible()
        assert await image.evaluate("image => image.decode().then(() => image.naturalWidth)") == WIDTH
        await expect(stage.card).to_contain_text(TITLE)
    engine.dispose()
