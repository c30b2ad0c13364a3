"""Attacks on the whole server as Slack reaches it: who may come in, and who is who.

The ids are those of the list of attacks. Parts A and C are here as far as a test of one part alone
(test_door.py, test_oauth.py, test_installations.py) does not show them; part D is in test_attacks_words.py.
"""

import itertools
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from everything import RARE
from fake_slack import BOT, BOT_USER, TEAM, Card, FakeSlack
from office import Office, oauth, open_office, they_meet
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from test_bad_days import state, tries, waits
from world import Someone, World

from adapters.slack import render
from bot import actions
from bot.actions import Action, encode
from bot.messages import Button, Message
from bot.models import AccountRow, Enrolment, Erasure, Person, Role
from bot.outbox import State

NUMBERS = itertools.count(1)
FOREIGN = "https://evil.example/commands/1"


@pytest.fixture
async def many(world: World, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    """A server that is installed by OAuth."""
    monkeypatch.setattr("adapters.slack.people.ONE_AT_A_TIME", timedelta())
    async with open_office(world, oauth(slack.url)) as office:
        slack.bot = office.app
        yield office


def browser(office: Office, **headers: str) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=office.app)
    return httpx2.AsyncClient(transport=transport, base_url="https://bot", headers=headers)


async def install(office: Office, **headers: str) -> tuple[str, httpx2.Response]:
    """Where the browser was sent, and the page at the end."""
    async with browser(office, **headers) as visitor:
        begun = await visitor.get("/slack/install")
        away = begun.headers["location"]
        [given] = parse_qs(urlsplit(away).query)["state"]
        return away, await visitor.get("/slack/oauth_redirect", params={"code": "a good one", "state": given})


@pytest.fixture
async def met_by_oauth(many: Office, slack: FakeSlack, ben: Someone, ana: Someone) -> Office:
    await install(many)
    await they_meet(many, slack, ben, ana)
    return many


def count(world: World, table: type[Any]) -> int:
    with world.bot.open_transaction.begin() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def words(drawn: object) -> list[str]:
    """Everything in it that somebody could read."""
    if isinstance(drawn, Mapping):
        mine = [value for name, value in drawn.items() if name == "text" and isinstance(value, str)]
        return mine + [word for value in drawn.values() for word in words(value)]
    if isinstance(drawn, list):
        return [word for value in drawn for word in words(value)]
    return []


async def answer_to(office: Office, slack: FakeSlack, doing: Any) -> list[str]:
    """What anybody gets to read because of it."""
    before, told = len(slack.calls), len(slack.told)
    response = await doing
    assert response.status_code == 200
    await office.shown()
    return words([call for _, call in slack.calls[before:]]) + words(slack.told[told:])


# A20, A24: whom we listen to, and whom we call


async def test_a20_nothing_that_an_unknown_workspace_sends_has_an_effect(
    office: Office, slack: FakeSlack, ben: Someone, caplog: pytest.LogCaptureFixture
) -> None:
    before, elsewhere = len(slack.calls), {"id": "T0ELSE"}
    said = {"type": "message", "channel": "DU0BEN", "user": "U0BEN", "text": "hello", "ts": "1.1"}
    form = {"type": "modal", "callback_id": "form"}

    answers = [
        await slack.happens({"type": "user_change", "user": slack.users["U0BEN"]}, team_id="T0ELSE"),
        await slack.happens(said, team_id="T0ELSE"),
        await slack.interacts("message_action", "U0BEN", team=elsewhere, callback_id="ask"),
        await slack.interacts("block_actions", "U0BEN", team=elsewhere, actions=[{"action_id": "x"}]),
        await slack.interacts("view_submission", "U0BEN", team=elsewhere, view=form),
    ]
    await office.shown()

    assert [(answer.status_code, answer.text) for answer in answers] == [(200, "")] * 5
    assert count(office.world, AccountRow) == 0
    assert caplog.text.count("not installed") == 5
    assert len(slack.calls) == before


@pytest.mark.parametrize(
    "url",
    [FOREIGN, "http://169.254.169.254/latest", "https://hooks.slack.com.evil.example/x", "", "file:///etc/x"],
)
async def test_a24_an_answer_goes_to_slack_and_to_nobody_else(
    met: Office, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """It comes to their own chat instead, and nothing is lost."""
    monkeypatch.setattr(slack, "_response_url", lambda *_: url)
    called = calls_elsewhere(met, slack, monkeypatch)

    await slack.commands("U0BEN", "sessions")  # whose answer has a file, and so is given afterwards
    await met.shown()
    await met.settle()

    assert called == []
    assert any("Tuesday" in card.text for card in slack.chat("U0BEN"))


async def test_a24_nor_does_one_whose_address_a_form_has_carried(
    met: Office, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    called = calls_elsewhere(met, slack, monkeypatch)
    await slack.commands("U0BEN", "settings")
    await slack.sees(lambda: slack.views)
    carried = json.loads(slack.views[-1]["private_metadata"])
    place = json.loads(carried["at"]) | {"response_url": FOREIGN}
    slack.views[-1]["private_metadata"] = json.dumps(carried | {"at": json.dumps(place)})

    await slack.submits("U0BEN", zone="Europe/Lisbon")
    await met.shown()

    assert called == []


def calls_elsewhere(office: Office, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whatever is asked for beside that Slack."""
    session, found = office.sender.line._session, list[str]()
    post = session.post

    def looked_at(url: str, **more: Any) -> Any:
        if urlsplit(url).netloc != urlsplit(slack.url).netloc:
            found.append(url)
        return post(url, **more)

    monkeypatch.setattr(session, "post", looked_at)
    return found


# A21 to A23: being installed


@pytest.mark.parametrize(
    "spoofed",
    [
        {"host": "evil.example"},
        {"x-forwarded-host": "evil.example", "x-forwarded-proto": "http"},
        {"forwarded": "host=evil.example;proto=http"},
    ],
)
async def test_a21_where_slack_sends_a_browser_back_to_is_ours_whatever_a_request_says(
    many: Office, spoofed: dict[str, str]
) -> None:
    away, page = await install(many, **spoofed)

    assert parse_qs(urlsplit(away).query)["redirect_uri"] == [
        "https://cairn.example.com/slack/oauth_redirect"
    ]
    assert "evil" not in away + page.text


async def test_a21_through_the_whole_server_it_is_installed_and_answers(
    many: Office, slack: FakeSlack, ben: Someone
) -> None:
    _, page = await install(many)

    assert page.status_code == 200
    assert "start" in (await slack.hears_back("U0BEN", "hello")).text


async def test_a22_a_state_of_another_browser_installs_nothing(many: Office, slack: FakeSlack) -> None:
    async with browser(many) as one, browser(many) as other:
        begun = await one.get("/slack/install")
        [given] = parse_qs(urlsplit(begun.headers["location"]).query)["state"]
        page = await other.get("/slack/oauth_redirect", params={"code": "a good one", "state": given})

    assert page.status_code >= 400
    assert slack.called("oauth.v2.access") == []
    assert (await slack.says("U0BEN", "hello")).status_code == 200
    assert slack.called("chat.postMessage") == []


async def test_a23_a_no_is_a_friendly_page_and_installs_nothing(many: Office, slack: FakeSlack) -> None:
    async with browser(many) as visitor:
        page = await visitor.get("/slack/oauth_redirect", params={"error": "access_denied<script>"})

    assert "Begin again" in page.text or "begin again" in page.text
    assert "script" not in page.text
    assert slack.called("oauth.v2.access") == []


# Being taken out, and put back


def moment(office: Office) -> int:
    return int(office.world.clock().timestamp())


async def is_taken_out(office: Office, slack: FakeSlack, *events: str, at: int = 0) -> None:
    for event in events:
        told = {"type": event, "tokens": {"oauth": [], "bot": [BOT_USER]}}
        assert (await slack.happens(told, event_time=at or moment(office))).status_code == 200
    await office.shown()


@pytest.mark.parametrize(
    "order",
    [
        ("app_uninstalled", "tokens_revoked"),
        ("tokens_revoked", "app_uninstalled"),
        ("app_uninstalled", "app_uninstalled", "tokens_revoked", "tokens_revoked"),
    ],
)
async def test_taken_out_slack_hears_nothing_more_of_us_and_put_back_it_goes_on(
    met_by_oauth: Office, slack: FakeSlack, ben: Someone, order: tuple[str, ...]
) -> None:
    """E8, E15: what waits is held, and is brought when the bot is back."""
    office = met_by_oauth
    waits(office, ben)
    await is_taken_out(office, slack, *order)
    slack.revoked = True
    before = len(slack.calls)

    await tries(office)
    await slack.says("U0BEN", "help")
    await slack.commands("U0BEN", "help")
    await office.forward(days=2)
    held, silent = state(office), slack.calls[before:]
    slack.revoked = False
    await install(office)
    await office.forward(hours=20)

    assert (held, silent) == (State.PENDING, [])
    assert any("Your brief" in card.text for card in slack.chat("U0BEN"))


async def test_news_of_an_end_before_the_bot_was_put_back_ends_nothing(
    met_by_oauth: Office, slack: FakeSlack
) -> None:
    office, then = met_by_oauth, moment(met_by_oauth)
    await is_taken_out(office, slack, "app_uninstalled")
    office.world.clock.move_to(office.world.clock() + timedelta(hours=1))
    await install(office)

    await is_taken_out(office, slack, "tokens_revoked", "app_uninstalled", at=then)

    assert "goals" in (await slack.hears_back("U0BEN", "help")).text


async def test_the_token_of_a_person_that_is_revoked_is_none_of_ours(met: Office, slack: FakeSlack) -> None:
    await slack.happens({"type": "tokens_revoked", "tokens": {"oauth": ["U0BEN"], "bot": []}})

    assert "goals" in (await slack.hears_back("U0BEN", "help")).text


# C1 to C4, C12: what is somebody else's


@pytest.fixture
async def cleo(met: Office, slack: FakeSlack) -> Someone:
    """A mentee of another pair."""
    slack.add("U0CLEO", "Cleo Test", "cleo@example.org")
    slack.add("U0DARA", "Dara Test", "dara@example.org")
    cleo, dara = (met.world.add(name, "Europe/London", arrives=False) for name in ("Cleo Test", "Dara Test"))
    await they_meet(met, slack, cleo, dara)
    return cleo


async def writes_everywhere(office: Office, slack: FakeSlack, user: str) -> None:
    """A rare word in a goal, in the journal and in a question."""
    await fills_in(office, slack, user, "goals", "Add a goal", can=RARE)
    await fills_in(office, slack, user, "journal", "Write one", choice=RARE)
    await slack.hears_back(user, f"ask What is a {RARE}?")
    await office.settle()


async def fills_in(
    office: Office, slack: FakeSlack, user: str, word: str, label: str, **answers: str
) -> None:
    await slack.presses(user, label, await slack.hears_back(user, word))
    await slack.sees(lambda: slack.views)
    assert await slack.submits(user, **answers) == {}
    await office.shown()


def naming(kind: type[Action], number: int) -> Action:
    """What it is about has this number."""
    return kind(**{field.name: number if field.type is int else "x" for field in fields(kind)})


def _names_something(kind: type[Action]) -> bool:
    return kind.__module__.startswith("bot.") and any(field.type is int for field in fields(kind))


OURS = sorted(filter(_names_something, actions._known.values()), key=lambda kind: kind.wire)


def card_with(action: Action) -> Card:
    [sheet] = render.message(Message(name="x", text=(), buttons=(Button("Go", action),)), f"t{next(NUMBERS)}")
    return Card("1.1", "DU0CLEO", sheet.blocks, "x")


def form_with(action: Action) -> dict[str, Any]:
    carried = {"do": encode(action), "at": "", "token": "t"}
    answers = {
        name: {"answer": {"type": "plain_text_input", "value": "x"}} for name in ("text", "can", "when")
    }
    return {
        "id": f"V{next(NUMBERS)}",
        "type": "modal",
        "callback_id": "form",
        "private_metadata": json.dumps(carried),
        "state": {"values": answers},
    }


async def test_c2_c3_what_is_somebody_elses_is_answered_as_what_was_never_there(
    met: Office, slack: FakeSlack, cleo: Someone
) -> None:
    """On a button that was copied, and with another's number on the wire."""
    await writes_everywhere(met, slack, "U0BEN")
    told_apart, shown = [], list[str]()
    for kind in OURS:
        theirs, nobodys = [
            await answer_to(met, slack, slack.presses("U0CLEO", "Go", card_with(action)))
            for action in (naming(kind, 1), naming(kind, 10**6))
        ]
        told_apart += [kind.wire] if theirs != nobodys else []
        shown += theirs

    assert told_apart == []
    assert len(shown) > len(OURS)
    assert RARE not in " ".join(shown)
    assert RARE in " ".join(words([call for _, call in slack.calls]))


async def test_c3_c4_nor_does_a_form_that_says_it_is_theirs(
    met: Office, slack: FakeSlack, cleo: Someone
) -> None:
    await writes_everywhere(met, slack, "U0BEN")
    told_apart, shown = [], list[str]()
    for kind in OURS:
        theirs, nobodys = [
            await answer_to(met, slack, slack.interacts("view_submission", "U0CLEO", view=form_with(action)))
            for action in (naming(kind, 1), naming(kind, 10**6))
        ]
        told_apart += [kind.wire] if theirs != nobodys else []
        shown += theirs

    assert told_apart == []
    assert RARE not in " ".join(shown)


async def test_c4_what_is_pressed_by_somebody_else_can_still_be_pressed_by_whose_it_is(
    met: Office, slack: FakeSlack, cleo: Someone
) -> None:
    card = await slack.hears_back("U0BEN", "pause")

    await slack.presses("U0CLEO", "Undo", Card("1.1", "DU0CLEO", card.blocks, ""))
    await slack.presses("U0BEN", "Undo", card)

    await slack.sees(lambda: "You chose “Undo”" in card.text)


async def test_c12_a_journal_is_opened_by_nobody_else(met: Office, slack: FakeSlack) -> None:
    await fills_in(met, slack, "U0BEN", "journal", "Write one", choice=RARE)

    said = await answer_to(met, slack, slack.says("U0ANA", "journal"))

    assert said
    assert RARE not in " ".join(said)


# C1, C5, C9: who runs a programme


async def test_c1_what_is_for_coordinators_says_so_to_others(met: Office, slack: FakeSlack) -> None:
    said = " ".join(await answer_to(met, slack, slack.commands("U0BEN", "delivery")))

    assert said
    assert "Ana" not in said


async def test_c5_c9_who_runs_a_programme_is_asked_when_they_ask(
    met: Office, slack: FakeSlack, ana: Someone
) -> None:
    """And not when a card was drawn: the role may be gone by then."""
    met.world.enrol(Role.COORDINATOR, ana)
    before = await answer_to(met, slack, slack.commands("U0ANA", "delivery"))
    with met.world.bot.open_transaction.begin() as db:
        for role in db.scalars(select(Enrolment)):
            db.delete(role)

    after = await answer_to(met, slack, slack.commands("U0ANA", "delivery"))

    assert before != after == await answer_to(met, slack, slack.commands("U0BEN", "delivery"))


# C6 to C8: strangers, guests, and the same id elsewhere


async def test_c6_the_same_id_in_another_workspace_is_somebody_else(
    met_by_oauth: Office, slack: FakeSlack
) -> None:
    slack.team = "T0OTHER"
    await install(met_by_oauth)

    elsewhere = {"type": "message", "channel": "D9", "user": "U0BEN", "text": "goals", "ts": "1.1"}
    said = await answer_to(met_by_oauth, slack, slack.happens(elsewhere, team_id="T0OTHER"))

    assert "only talk with people" in " ".join(said)
    assert count(met_by_oauth.world, AccountRow) == 2


SHARED = {"team_id": "T0OTHER", "profile": {"real_name": "Ben Okafor", "email": "ben@example.org"}}
OF_THE_ORGANISATION = {"id": "U0BEN", "enterprise_id": "E0ALL", "teams": [TEAM, "T0OTHER"]}


@pytest.mark.parametrize("foreign", [SHARED, SHARED | {"is_stranger": True}, {"is_stranger": True}])
async def test_c7_somebody_of_another_company_is_nobody_here_whatever_address_they_have(
    office: Office, slack: FakeSlack, ben: Someone, foreign: dict[str, Any]
) -> None:
    """Slack Connect: their own administrator decides what their address is."""
    slack.users["U0BEN"] |= foreign

    await slack.happens({"type": "user_change", "user": slack.users["U0BEN"]})
    typed = await slack.hears_back("U0BEN", "hello")
    commanded = await answer_to(office, slack, slack.commands("U0BEN", "goals"))

    assert "only talk with people" in typed.text
    assert any("only talk with people" in word for word in commanded)
    assert count(office.world, AccountRow) == 0


async def test_c7_another_workspace_of_the_same_organisation_is_not_another_company(
    office: Office, slack: FakeSlack, ben: Someone
) -> None:
    slack.users["U0BEN"] |= {"team_id": "T0OTHER", "enterprise_user": OF_THE_ORGANISATION}

    assert "start" in (await slack.hears_back("U0BEN", "hello")).text


async def test_c7_no_name_is_said_to_a_stranger(met: Office, slack: FakeSlack) -> None:
    said = [
        *await answer_to(met, slack, slack.says("U0EVE", "Who is here?")),
        *await answer_to(met, slack, slack.commands("U0EVE", "delivery")),
        *await answer_to(met, slack, slack.points("U0EVE", "ask", "Hello")),
        *words(await slack.opens_home("U0EVE")),
    ]

    assert all("only talk with people" in word for word in said if len(word) > 20)
    assert not any(name in word for word in said for name in ("Ben", "Ana", "example.org"))


@pytest.mark.parametrize(
    "guest", [{"is_restricted": True}, {"is_restricted": True, "is_ultra_restricted": True}]
)
async def test_c8_a_guest_takes_part_if_a_coordinator_has_put_them_on_the_roster(
    office: Office, slack: FakeSlack, ben: Someone, guest: dict[str, bool]
) -> None:
    """The roster is the permission. Whoever is on none is a stranger, guest or not."""
    slack.users["U0BEN"] |= guest
    slack.users["U0EVE"] |= guest

    assert "start" in (await slack.hears_back("U0BEN", "hello")).text
    assert "only talk with people" in (await slack.hears_back("U0EVE", "hello")).text


# C10: whoever has left Slack


@pytest.mark.parametrize("code", ["user_disabled", "cannot_dm_bot", "user_not_found"])
async def test_c10_a_pair_rests_without_blame_and_whoever_runs_it_hears(
    met: Office, slack: FakeSlack, ben: Someone, ana: Someone, code: str
) -> None:
    slack.add("U0CORA", "Cora Host", "cora@example.org")
    cora = met.world.add("Cora Host", "Europe/London", arrives=False)
    met.world.enrol(Role.COORDINATOR, cora)
    met.world.enrol(Role.MENTEE, ben)
    await slack.happens({"type": "user_change", "user": slack.users["U0CORA"]})
    met.world.start(cora)
    slack.users["U0BEN"]["refuses"] = code
    waits(met, ben)
    await tries(met)
    asked = len(slack.called("chat.postMessage"))

    await tries(met, timedelta(hours=1))
    knocked = len(slack.called("chat.postMessage")) - asked
    await met.forward(days=2)

    assert knocked <= 1
    assert ben.row.paused_as_unreachable
    [heard] = [card.text for card in slack.chat("U0CORA") if "Ben" in card.text]
    partner = " ".join(card.text for card in slack.chat("U0ANA"))
    assert not any(word in heard + partner for word in ("Your brief", "fail", "ignore", code))


# C11: programs


@pytest.mark.parametrize(
    ("user", "more"),
    [
        (BOT_USER, {}),
        (BOT_USER, {"bot_id": BOT}),
        ("U0BOT", {"bot_id": "B0OTHER", "subtype": "bot_message"}),
        ("U0BOT", {}),
        ("USLACKBOT", {}),
        ("", {}),
    ],
)
async def test_c11_nothing_that_a_program_says_is_answered(
    met: Office, slack: FakeSlack, user: str, more: dict[str, str]
) -> None:
    slack.add("U0BOT", "Some Workflow", "bot@example.org", is_bot=True)

    said = await answer_to(met, slack, slack.says(user, "hello", **more))

    assert [word for word in said if word != "Some Workflow"] == []
    assert len(slack.chats[f"D{user}"]) == 1


# C14 to C17: names, ids, and who may be a pair


async def test_c14_a_name_is_no_rank_and_changes_nobodys_rights(met: Office, slack: FakeSlack) -> None:
    slack.users["U0EVE"] |= {"real_name": "Programme Coordinator"}
    slack.users["U0EVE"]["profile"]["real_name"] = "Ana Byrne"
    await slack.happens({"type": "user_change", "user": slack.users["U0EVE"]})

    assert "only talk with people" in (await slack.hears_back("U0EVE", "delivery")).text


async def test_c15_new_ids_after_a_migration_lose_nothing_and_give_nobody_anything(
    met: Office, slack: FakeSlack, ben: Someone
) -> None:
    """The new id is a stranger's until Slack says that the old one is gone."""
    await writes_everywhere(met, slack, "U0BEN")
    slack.add("W0BEN", "Ben Okafor", "ben@example.org")
    early = await slack.hears_back("W0BEN", "journal")
    slack.users["U0BEN"] |= {"deleted": True}
    for user in ("U0BEN", "W0BEN"):
        await slack.happens({"type": "user_change", "user": slack.users[user]})

    late = await slack.hears_back("W0BEN", "journal")

    assert "only talk with people" in early.text
    assert RARE not in early.text
    assert RARE in late.text


async def test_c16_who_was_erased_comes_back_as_somebody_new(
    met: Office, slack: FakeSlack, ben: Someone
) -> None:
    await writes_everywhere(met, slack, "U0BEN")
    with met.world.bot.open_transaction.begin() as db:
        person = db.get_one(Person, ben.row.id)
        person.erasure, person.erase_at, person.left_at = (
            Erasure.EVERYTHING,
            met.world.clock(),
            met.world.clock(),
        )
    await met.settle()
    met.world.add("Ben Okafor", "America/Denver", arrives=False)

    card = await slack.hears_back("U0BEN", "journal")

    assert RARE not in card.text


async def test_c17_the_same_two_are_one_pair(met: Office, ben: Someone, ana: Someone) -> None:
    """That nobody is their own mentor, a roster sees to."""
    with pytest.raises(IntegrityError):
        met.world.pair(ben, ana)
