"""At the counter in Slack: what people do there, and what they see of it."""

from collections.abc import AsyncIterator
from datetime import time

import pytest
from fake_slack import FakeSlack
from office import Office, http, open_office
from world import Someone, World


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as slack:
        slack.add("U0BEN", "Ben Okafor", "ben@example.org", "America/Denver")
        slack.add("U0ANA", "Ana Byrne", "ana@example.org", "Europe/Dublin")
        slack.add("U0EVE", "Eve Stranger", "eve@example.net")
        yield slack
        assert slack.refused == []


@pytest.fixture
async def office(world: World, slack: FakeSlack) -> AsyncIterator[Office]:
    async with open_office(world, http(slack.url)) as office:
        slack.bot = office.app
        yield office


@pytest.fixture
def ben(world: World) -> Someone:
    return world.add("Ben Okafor", "America/Denver", arrives=False)


@pytest.fixture
def ana(world: World) -> Someone:
    return world.add("Ana Byrne", "Europe/Dublin", arrives=False)


@pytest.fixture
async def met(office: Office, slack: FakeSlack, ben: Someone, ana: Someone) -> Office:
    """Both are known in Slack, are through the welcome, and meet every second Tuesday."""
    for user in ("U0BEN", "U0ANA"):
        await slack.happens({"type": "user_change", "user": slack.users[user]})
    office.world.start(ben, ana)
    now = office.world.clock()
    office.world.pair(
        ben,
        ana,
        introduced_at=now,
        settled_at=now,
        first_on=now.date(),
        plan_at=now,
        weekday=1,
        at=time(16),
        zone="Europe/Dublin",
    )
    await office.settle()
    return office


async def test_whoever_writes_first_is_recognised_by_their_address(
    office: Office, slack: FakeSlack, ben: Someone
) -> None:
    card = await slack.hears_back("U0BEN", "hello")

    assert "start" in card.text


async def test_a_stranger_is_told_so_kindly(office: Office, slack: FakeSlack) -> None:
    card = await slack.hears_back("U0EVE", "hello")

    assert "only talk with people" in card.text


async def test_a_pressed_card_is_replaced_and_says_what_was_pressed(met: Office, slack: FakeSlack) -> None:
    card = await slack.hears_back("U0BEN", "pause")

    await slack.presses("U0BEN", "Undo")

    await slack.sees(lambda: "You chose Undo" in card.text)


async def test_a_double_click_is_one(met: Office, slack: FakeSlack) -> None:
    card = await slack.hears_back("U0BEN", "pause")
    before, buttons = len(slack.called("chat.postMessage")), card.blocks

    await slack.presses("U0BEN", "Undo", card)
    card.blocks = buttons
    await slack.presses("U0BEN", "Undo", card)

    await slack.sees(lambda: "You chose Undo" in card.text)
    assert len(slack.called("chat.update")) == 1
    assert len(slack.called("chat.postMessage")) == before


async def test_a_command_is_answered_to_this_person_alone(met: Office, slack: FakeSlack) -> None:
    await slack.commands("U0BEN", "sessions")

    await slack.sees(lambda: slack.chats["C0GENERAL"])
    [answer] = slack.chats["C0GENERAL"]
    assert answer.only_for == "U0BEN"
    assert "Tuesday" in answer.text


async def test_a_command_may_open_a_form_which_says_what_to_mend_at_its_field(
    met: Office, slack: FakeSlack
) -> None:
    await slack.commands("U0BEN", "settings")
    await slack.sees(lambda: slack.views)

    answer = await slack.submits("U0BEN", zone="Atlantis")
    assert "zone" in answer["errors"]

    assert await slack.submits("U0BEN", zone="Europe/Lisbon") == {}
    await slack.sees(lambda: any("Lisbon" in card.text for card in slack.chats["C0GENERAL"]))


async def test_typed_words_offer_a_form_by_a_button(met: Office, slack: FakeSlack) -> None:
    await slack.hears_back("U0BEN", "settings")

    await slack.presses("U0BEN", "Open it")

    await slack.sees(lambda: slack.views)
