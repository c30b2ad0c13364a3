"""Bad days of Slack: busy, slow, silent, or not Slack at all. Nothing is lost, and no nudge is said twice."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fake_slack import TEAM, FakeSlack, Fault
from office import Office, http, oauth, open_office
from sqlalchemy import select, update
from world import Someone, World

from adapters.slack.installations import OAuthInstallations
from bot import outbox
from bot.adapter import TryLater
from bot.courtesy import Kind
from bot.events import Account
from bot.messages import Message, Run
from bot.models import Pace, Post
from bot.outbox import NewPost, State

MINUTE = timedelta(minutes=1)
POST = "chat.postMessage"


def waits(office: Office, someone: Someone, text: str = "Your brief", kind: Kind = Kind.APPOINTMENT) -> None:
    message = Message(name="test.note", text=(Run(text),))
    with office.world.bot.open_transaction.begin() as db:
        outbox.post(db, [NewPost(someone.row.id, message, kind, text, office.world.clock())])


def state(office: Office, once: str = "Your brief") -> State:
    with office.world.bot.open_transaction.begin() as db:
        return State(db.scalars(select(Post.state).where(Post.once.endswith(once))).one())


def waiting(office: Office, name: str) -> int:
    """How many messages of that name are still to be brought."""
    with office.world.bot.open_transaction.begin() as db:
        theirs = select(Post.id).where(Post.name.startswith(name), Post.state == State.PENDING)
        return len(db.scalars(theirs).all())


def leases_run_out(office: Office) -> None:
    """They run on the database's own clock, which a test cannot move."""
    with office.world.bot.open_transaction.begin() as db:
        db.execute(update(Post).where(Post.lease_until.is_not(None)).values(lease_until=1.0))
        db.execute(update(Pace).values(free_at=0.0))


async def tries(office: Office, after: timedelta = timedelta()) -> None:
    leases_run_out(office)
    office.world.clock.move_to(office.world.clock() + after)
    await office.courier.deliver_once()


def heard(slack: FakeSlack, text: str = "Your brief") -> int:
    return sum(text in card.text for card in slack.chat("U0BEN"))


@pytest.mark.parametrize(("retry_after", "wait"), [("60", MINUTE), ("", MINUTE / 2), ("soon", MINUTE / 2)])
async def test_comes_back_when_slack_says_so_and_asks_nothing_before(
    met: Office, slack: FakeSlack, ben: Someone, retry_after: str, wait: timedelta
) -> None:
    slack.fails(POST, Fault(429, "ratelimited", retry_after))
    waits(met, ben)
    await tries(met)
    asked = len(slack.called(POST))

    await tries(met, wait - timedelta(seconds=1))
    too_early = len(slack.called(POST)) - asked
    await tries(met, timedelta(seconds=1))

    assert too_early == 0
    assert heard(slack) == 1


async def test_while_one_waits_for_slack_nobody_else_of_the_workspace_knocks(
    met: Office, slack: FakeSlack, ben: Someone, ana: Someone
) -> None:
    slack.fails(POST, Fault(429, "ratelimited", "60"))
    waits(met, ben)
    await tries(met)
    waits(met, ana, "Hers")
    knocked = len(slack.calls)

    await tries(met)

    assert len(slack.calls) == knocked


@pytest.mark.parametrize(
    "fault",
    [
        Fault(503, html=True),
        Fault(500, "internal_error"),
        Fault(200, "fatal_error"),
        Fault(200, "service_unavailable"),
    ],
)
async def test_tries_again_when_slack_is_not_well(
    met: Office, slack: FakeSlack, ben: Someone, fault: Fault
) -> None:
    slack.fails(POST, fault)
    waits(met, ben)
    await tries(met)
    assert state(met) == State.PENDING

    await tries(met, 5 * MINUTE)

    assert heard(slack) == 1


@pytest.mark.parametrize("lost", [Fault(0, done=True), Fault(502, html=True, done=True)])
async def test_an_appointment_whose_answer_was_lost_is_said_again(
    met: Office, slack: FakeSlack, ben: Someone, lost: Fault
) -> None:
    slack.fails(POST, lost)
    waits(met, ben)

    await tries(met)
    await tries(met)

    assert heard(slack) == 2
    assert state(met) == State.SENT


async def test_a_nudge_whose_answer_was_lost_is_not_said_again(
    met: Office, slack: FakeSlack, ben: Someone
) -> None:
    slack.fails(POST, Fault(0, done=True))
    waits(met, ben, kind=Kind.NUDGE)

    await tries(met)
    await tries(met)
    await tries(met, 60 * MINUTE)

    assert heard(slack) == 1
    assert state(met) == State.UNKNOWN


async def test_an_answer_that_comes_too_late_counts_as_lost(
    met: Office, slack: FakeSlack, ben: Someone
) -> None:
    met.sender.line.patience = timedelta(seconds=0.2)
    slack.fails(POST, Fault(200, "internal_error", late=1.0))
    waits(met, ben, kind=Kind.NUDGE)

    await tries(met)
    await tries(met)

    assert state(met) == State.UNKNOWN


@pytest.mark.parametrize("code", ["missing_scope", "invalid_auth", "org_login_required"])
async def test_a_workspace_that_is_closed_for_a_while_loses_nothing(
    met: Office, slack: FakeSlack, ben: Someone, code: str
) -> None:
    for _ in range(12):
        slack.fails(POST, Fault(200, code))
    waits(met, ben)

    for _ in range(12):
        await tries(met, 11 * MINUTE)
    assert state(met) == State.PENDING
    await tries(met, 11 * MINUTE)

    assert heard(slack) == 1


async def test_a_revoked_token_stops_everything_and_a_new_one_loses_nothing(
    met: Office, slack: FakeSlack, ben: Someone, ana: Someone
) -> None:
    slack.revoked = True
    waits(met, ben)
    await tries(met)
    waits(met, ana, "Hers")
    knocked = len(slack.calls)
    for _ in range(3):
        await tries(met, 11 * MINUTE)
    assert len(slack.calls) == knocked

    slack.revoked = False
    async with open_office(met.world, http(slack.url)) as office:
        await office.forward(days=1)

    assert heard(slack) == 1
    assert any("Hers" in card.text for card in slack.chat("U0ANA"))


async def test_a_card_that_slack_does_not_take_comes_as_words(
    met: Office, slack: FakeSlack, ben: Someone
) -> None:
    slack.fails(POST, Fault(200, "invalid_blocks"))
    waits(met, ben)

    await tries(met)

    card: Any = slack.last("U0BEN")
    assert "Your brief" in card.text
    assert card.blocks == []


async def test_a_nudge_is_not_given_up_before_it_was_said(
    met: Office, slack: FakeSlack, ben: Someone
) -> None:
    met.sender._chats.clear()
    slack.fails("conversations.open", Fault(502, html=True))
    waits(met, ben, kind=Kind.NUDGE)

    await tries(met)
    await tries(met, 5 * MINUTE)

    assert heard(slack) == 1


async def test_a_nudge_comes_when_nobody_knows_whether_it_disturbs(
    met: Office, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = met.slack._one
    assert one
    monkeypatch.setattr(one, "installed", replace(one.installed, scopes=frozenset({"dnd:read"})))
    slack.fails("dnd.info", Fault(502, html=True))
    message = Message(name="test.note", text=(Run("Your brief"),), can_wait=True)

    await met.sender.deliver(Account("slack", TEAM, "U0BEN"), "", message)

    assert heard(slack) == 1


async def test_the_first_reply_to_somebody_is_not_lost_either(
    office: Office, slack: FakeSlack, ben: Someone
) -> None:
    slack.fails(POST, Fault(429, "ratelimited", "60"))
    await slack.says("U0BEN", "help")
    await slack.sees(lambda: waiting(office, "helping."))

    await tries(office, MINUTE)

    assert "whose turn" in slack.last("U0BEN").text or "start" in slack.last("U0BEN").text


async def test_whoever_was_not_recognised_on_a_bad_day_is_so_the_next_time(
    office: Office, slack: FakeSlack, ben: Someone
) -> None:
    slack.fails("users.info", Fault(500, "internal_error"))
    assert "only talk with people" in (await slack.hears_back("U0BEN", "hello")).text

    assert "start" in (await slack.hears_back("U0BEN", "hello")).text


async def test_a_question_that_was_asked_in_the_chat_is_asked_once(
    met: Office, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cannot(*_: object) -> None:
        raise TryLater("response_url")

    monkeypatch.setattr(met.sender.line, "answer", cannot)
    await slack.commands("U0BEN", "ask")
    await met.shown()

    await tries(met)

    assert heard(slack, "What would you like to ask") == 1


async def test_a_page_that_was_not_drawn_is_drawn_when_something_happens(
    met: Office, slack: FakeSlack
) -> None:
    slack.fails("views.publish", Fault(500, "internal_error"))
    await slack.happens({"type": "app_home_opened", "user": "U0BEN", "tab": "home", "channel": "DU0BEN"})
    await met.shown()
    assert "U0BEN" not in slack.homes

    await slack.says("U0BEN", "sessions")

    await slack.sees(lambda: "U0BEN" in slack.homes)


async def test_a_page_is_drawn_before_the_server_goes(
    met: Office, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.homes.A_MOMENT", timedelta())
    async with open_office(met.world, http(slack.url)) as office:
        slack.bot = office.app
        await slack.opens_home("U0BEN")
        drawn = len(slack.called("views.publish"))
        begins, call = asyncio.Event(), office.sender.line.call

        async def call_slowly(workspace: str, method: str, **about: Any) -> Any:
            if method == "views_publish":
                begins.set()
                await asyncio.sleep(0.1)
            return await call(workspace, method, **about)

        monkeypatch.setattr(office.sender.line, "call", call_slowly)
        await slack.says("U0BEN", "pause")
        await begins.wait()

    assert len(slack.called("views.publish")) == drawn + 1


async def test_a_token_is_renewed_to_the_end_when_everybody_else_has_gone(
    world: World, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[asyncio.Task[None]] = []
    done: list[bool] = []

    async def finish(_: object) -> None:
        done.extend(one.done() for one in rounds)

    monkeypatch.setattr(OAuthInstallations, "finish", finish)
    async with open_office(world, oauth(slack.url)) as office:
        rounds += office.slack.people._rounds

    assert done == [True, True]


async def test_a_reply_that_cannot_be_shown_comes_later(met: Office, slack: FakeSlack) -> None:
    slack.fails(POST, Fault(429, "ratelimited", "60"))
    await slack.says("U0BEN", "sessions")
    await slack.sees(lambda: waiting(met, "sessions."))

    await tries(met, MINUTE)

    assert "Tuesday" in slack.last("U0BEN").text or slack.last("U0BEN").files
