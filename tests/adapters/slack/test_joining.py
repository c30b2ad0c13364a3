"""Somebody on no roster, in a workspace of Slack where a programme is open to newcomers."""

from datetime import timedelta
from typing import Any

import pytest
from fake_slack import FakeSlack
from office import Office
from sqlalchemy import select, update
from world import World

from bot.models import Enrolment, Person, Programme, Role


@pytest.fixture
async def opened(office: Office, slack: FakeSlack) -> Office:
    """Cora runs it, and has opened it."""
    slack.add("U0CORA", "Cora Host", "cora@example.org")
    cora = office.world.add("Cora Host", "Europe/London", arrives=False)
    office.world.enrol(Role.OWNER, cora)
    await slack.happens({"type": "user_change", "user": slack.users["U0CORA"]})
    with office.world.bot.open_transaction.begin() as db:
        until = office.world.clock() + timedelta(days=10)
        db.execute(update(Programme).values(open_until=until, purpose="For <!channel> *everybody*"))
    return office


def roles_of(world: World, name: str) -> list[str]:
    with world.bot.open_transaction() as db:
        theirs = select(Enrolment.role).join(Person).where(Person.name == name)
        return list(db.scalars(theirs))


async def test_a_member_of_the_company_is_shown_what_it_is_and_joins(
    opened: Office, slack: FakeSlack
) -> None:
    card = await slack.hears_back("U0EVE", "hello")
    assert "is open to newcomers" in card.text
    assert "Cora" not in card.text

    await slack.presses("U0EVE", "Join as mentee")

    await slack.sees(lambda: "never what was written" in card.text)
    name = slack.users["U0EVE"]["real_name"]
    assert roles_of(opened.world, name) == ["mentee"]
    assert "start" in (await slack.hears_back("U0EVE", "hello")).text.lower()


async def test_a_double_click_of_a_stranger_joins_once(opened: Office, slack: FakeSlack) -> None:
    card = await slack.hears_back("U0EVE", "hello")
    buttons = card.blocks

    await slack.presses("U0EVE", "Join as mentor", card)
    card.blocks = buttons
    await slack.presses("U0EVE", "Join as mentor", card)

    await slack.sees(lambda: "never what was written" in card.text)
    assert roles_of(opened.world, slack.users["U0EVE"]["real_name"]) == ["mentor"]


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({"is_restricted": True}, id="C7-guest"),
        pytest.param({"is_ultra_restricted": True}, id="C7-guest-of-one-channel"),
        pytest.param({"is_stranger": True}, id="C7-slack-connect"),
        pytest.param({"team_id": "T0OTHER"}, id="C7-another-company"),
        pytest.param({"profile": {}}, id="no-address"),
    ],
)
async def test_c7_whoever_slack_does_not_vouch_for_is_told_whom_to_ask(
    opened: Office, slack: FakeSlack, odd: dict[str, Any]
) -> None:
    slack.users["U0EVE"] |= odd

    card = await slack.hears_back("U0EVE", "hello")

    assert "only talk with people" in card.text
    assert "Mentoring" not in card.text
    assert "Join" not in str(card.blocks)
