"""One contract for both SDKs, held against a connector that remembers and fails as it is told to."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from botframework.connector.aio import ConnectorClient  # type: ignore[import-untyped]
from fake_teams import (
    APP_ID,
    BAD_GATEWAY,
    BLOCKED,
    BOT,
    BUSY,
    CHANGED_MEANWHILE,
    DROPPED,
    GONE,
    NOT_IN_ROSTER,
    TENANT,
    TOO_BIG,
    FakePerson,
    FakeTeams,
    Fault,
)
from microsoft_agents.hosting.core.connector.teams import TeamsConnectorClient

from adapters.teams import wire
from adapters.teams.agents_sdk import AgentsPort
from adapters.teams.botbuilder_sdk import BotbuilderPort
from adapters.teams.port import Chat, Json, NotReached, Port, Refused, Token, Told
from adapters.teams.wire import Lost

ROOT = Path(__file__).parents[3]
CLAIMS = {"iss": "https://api.botframework.com", "aud": APP_ID}
HELLO = {"type": "message", "text": "Hello"}
CARD = "application/vnd.microsoft.card.adaptive"
SECRET = "what Ben wrote to Ana"
RICH = {
    "type": "message",
    "summary": "Grüße",
    "attachments": [
        {"contentType": "application/vnd.microsoft.card.adaptive", "content": {"type": "AdaptiveCard"}}
    ],
    "entities": [{"type": "https://schema.org/Message", "@id": "", "additionalType": ["AIGeneratedContent"]}],
    "channelData": {"feedbackLoop": {"type": "default"}, "tenantID": "kept as it is", "nothing": None},
    "ofNextYear": [1, {"two": None}],
}
Make = Callable[[str, Token, Callable[[str], bool]], Port]
KINDS: dict[str, Make] = {"botbuilder": BotbuilderPort, "agents": AgentsPort}


class Stage:
    """A port, and Ben's chat in a small Teams."""

    def __init__(self, teams: FakeTeams, make: Make) -> None:
        self.teams = teams
        self.token = teams.new_token()
        self.asked = 0  # for a token
        self.taken: set[str] = {teams.url}
        self.port = make(APP_ID, self._token, lambda url: url in self.taken)
        self.ben = teams.add("Ben Okafor", "ben@example.org")
        self.chat = self.chat_of(self.ben)

    async def _token(self) -> str:
        self.asked += 1
        return self.token

    def chat_of(self, person: FakePerson) -> Chat:
        return Chat(self.teams.url, self.teams.install(person), TENANT, BOT, person.id)

    def group(self, *names: str) -> tuple[Chat, list[FakePerson]]:
        people = [self.teams.add(name) for name in names]
        return Chat(self.teams.url, self.teams.group(*people), TENANT, BOT), people

    @property
    def shown(self) -> list[str]:
        return [message.text for message in self.teams.chat(self.ben)]


@pytest.fixture(params=KINDS)
def make(request: pytest.FixtureRequest) -> Make:
    return KINDS[request.param]


@pytest.fixture
async def stage(make: Make) -> AsyncIterator[Stage]:
    async with FakeTeams() as teams:
        stage = Stage(teams, make)
        async with stage.port:
            yield stage


# What it can do


async def test_opens_the_chat_of_somebody_who_has_installed_it(stage: Stage) -> None:
    assert await stage.port.open_chat(stage.teams.url, TENANT, stage.ben.aad) == stage.chat.id

    [call] = stage.teams.called("open")
    assert call.body["tenantId"] == TENANT
    assert call.body["channelData"] == {"tenant": {"id": TENANT}}
    assert call.body["bot"] == {"id": BOT}
    assert "tenantID" not in call.body


async def test_sends_a_message_and_says_its_name(stage: Stage) -> None:
    name = await stage.port.send(stage.chat, HELLO)

    [message] = stage.teams.chat(stage.ben)
    assert (message.id, message.text) == (name, "Hello")


async def test_sends_what_we_say_as_we_say_it(stage: Stage) -> None:
    await stage.port.send(stage.chat, RICH)

    [call] = stage.teams.called("send")
    assert {name: call.body[name] for name in RICH} == RICH


async def test_says_where_it_goes_with_the_tenant_and_answers_no_message_that_nobody_sent(
    stage: Stage,
) -> None:
    await stage.port.send(stage.chat, HELLO)

    [call] = stage.teams.called("send")
    assert call.body["conversation"] == {"id": stage.chat.id, "tenantId": TENANT}
    assert call.body["from"] == {"id": BOT}
    assert call.body["recipient"] == {"id": stage.ben.id}
    assert "replyToId" not in call.body


async def test_shows_that_it_types(stage: Stage) -> None:
    assert await stage.port.send(stage.chat, {"type": "typing"}) == ""

    assert stage.teams.chats[stage.chat.id].typing == 1


async def test_puts_something_else_in_the_place_of_a_message(stage: Stage) -> None:
    name = await stage.port.send(stage.chat, HELLO)
    await stage.port.change(stage.chat, name, RICH)

    [message] = stage.teams.chat(stage.ben)
    assert message.activity["ofNextYear"] == RICH["ofNextYear"]
    assert [earlier["text"] for earlier in message.before] == ["Hello"]


async def test_shows_a_message_to_one_person_in_a_chat_of_several(stage: Stage) -> None:
    chat, [ana, _] = stage.group("Ana Byrne", "Cleo Park")

    await stage.port.send(chat, HELLO, only_to=ana.id)
    await stage.port.send(chat, HELLO)

    assert [message.only_to for message in stage.teams.chats[chat.id].messages] == [ana.id, ""]
    targeted, open_ = stage.teams.called("send")
    assert targeted.query == {"isTargetedActivity": "true"}
    assert targeted.body["recipient"] == {"id": ana.id}
    assert open_.query == {}


async def test_says_who_somebody_is(stage: Stage) -> None:
    assert await stage.port.member(stage.chat, stage.ben.id) == stage.ben.account


async def test_finds_all_members_page_after_page(stage: Stage) -> None:
    chat, people = stage.group("Ana Byrne", "Cleo Park", "Dee Ray", "Eve Moor", "Flo Hart")

    assert list(await stage.port.members(chat)) == [person.account for person in people]
    assert len(stage.teams.called("members")) == 3


@pytest.mark.parametrize("end", [None, ""])
async def test_takes_any_end_of_the_pages(stage: Stage, end: str | None) -> None:
    stage.teams.next(Fault(200, body={"members": [stage.ben.account], "continuationToken": end}))

    assert list(await stage.port.members(stage.chat)) == [stage.ben.account]


async def test_takes_people_of_whom_teams_says_little(stage: Stage) -> None:
    little = {"id": "29:x", "name": None, "aadObjectId": None, "email": ""}
    stage.teams.next(Fault(200, body=little))

    assert await stage.port.member(stage.chat, "29:x") == little


async def test_names_are_one_step_of_a_path_whatever_is_in_them(stage: Stage) -> None:
    strange = "19:a/b?c=d#e%2F{f}" + "x" * 200 + "@thread.v2"
    stage.teams.chats[strange] = stage.teams.chats[stage.teams.group(stage.ben)]

    name = await stage.port.send(Chat(stage.teams.url, strange), HELLO)

    assert name
    assert stage.teams.chats[strange].messages[0].text == "Hello"


@pytest.mark.parametrize("name", ["", ".", ".."])
async def test_a_name_that_leads_elsewhere_is_no_step(stage: Stage, name: str) -> None:
    elsewhere = Chat(stage.teams.url, name)
    calls = (
        stage.port.send(elsewhere, HELLO),
        stage.port.members(elsewhere),
        stage.port.change(stage.chat, name, HELLO),
        stage.port.member(stage.chat, name),
    )

    refused = await asyncio.gather(*calls, return_exceptions=True)

    assert [str(one) for one in refused] == ["404 id"] * 4
    assert stage.asked == 0


# Its token, and where it goes


async def test_every_call_carries_the_token(stage: Stage) -> None:
    name = await stage.port.send(stage.chat, HELLO)
    await stage.port.change(stage.chat, name, HELLO)
    await stage.port.member(stage.chat, stage.ben.id)
    await stage.port.members(stage.chat)
    await stage.port.open_chat(stage.teams.url, TENANT, stage.ben.aad)

    assert {call.authorization for call in stage.teams.calls} == {f"Bearer {stage.token}"}
    assert stage.asked == len(stage.teams.calls) == 5


async def test_takes_a_new_token_when_there_is_one(stage: Stage) -> None:
    await stage.port.send(stage.chat, HELLO)
    stage.teams.forget_tokens()
    stage.token = stage.teams.new_token()

    await stage.port.send(stage.chat, HELLO)

    assert stage.shown == ["Hello", "Hello"]


async def test_carries_none_where_there_is_none(make: Make) -> None:
    async with FakeTeams(anonymous=True) as teams:
        stage = Stage(teams, make)
        stage.token = ""
        async with stage.port as port:
            await port.send(stage.chat, HELLO)

    assert [call.authorization for call in teams.calls] == [""]


async def everything(port: Port, chat: Chat) -> list[Any]:
    told = await asyncio.gather(
        port.open_chat(chat.service_url, TENANT, "29:x"),
        port.send(chat, HELLO),
        port.change(chat, "1", HELLO),
        port.member(chat, "29:x"),
        port.members(chat),
        port.receive({"type": "message", "serviceUrl": chat.service_url}, CLAIMS, _never),
        return_exceptions=True,
    )
    return list(told)


async def _never(_: Json) -> Told:
    raise AssertionError("this was passed on")


async def test_sends_nothing_to_an_address_that_is_not_taken(stage: Stage) -> None:
    stage.taken.clear()

    told = await everything(stage.port, stage.chat)

    assert [(type(error), error.status, error.code) for error in told] == [(Refused, 0, "service_url")] * 6
    assert (stage.teams.calls, stage.asked) == ([], 0)


async def test_an_address_is_looked_at_again_each_time(stage: Stage) -> None:
    await stage.port.send(stage.chat, HELLO)
    stage.taken.clear()

    with pytest.raises(Refused, match="service_url"):
        await stage.port.send(stage.chat, HELLO)

    assert stage.shown == ["Hello"]


async def test_no_address_is_no_address(stage: Stage) -> None:
    stage.taken.add("")

    told = await everything(stage.port, Chat("", "a:1"))

    assert {type(error) for error in told} == {Refused}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_follows_no_redirect(stage: Stage, status: int) -> None:
    async with FakeTeams(anonymous=True) as elsewhere:
        stage.teams.next(
            Fault(status, location=f"{elsewhere.url}v3/conversations/{stage.chat.id}/activities")
        )

        with pytest.raises(Refused) as refused:
            await stage.port.send(stage.chat, HELLO)

    assert (refused.value.status, refused.value.code) == (status, "redirect")
    assert elsewhere.calls == []
    assert len(stage.teams.calls) == 1


async def test_goes_through_the_proxy_of_the_house_and_tells_it_no_token(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[bytes] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    far = "https://smba.trafficmanager.net/emea/"
    stage.taken.add(far)
    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as proxy:
        port = proxy.sockets[0].getsockname()[1]
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        with pytest.raises(NotReached):
            await stage.port.send(Chat(far, "a:1"), HELLO)
        await stage.port.send(stage.chat, HELLO)

    [asked] = heard
    assert asked.startswith(b"CONNECT smba.trafficmanager.net:443")
    assert stage.token.encode() not in asked


# Bad days


REFUSALS = [
    (BLOCKED, 403, "Forbidden/MessageWritesBlocked", None),
    (NOT_IN_ROSTER, 403, "BotNotInConversationRoster", None),
    (GONE, 404, "ConversationNotFound", None),
    (TOO_BIG, 413, "MessageSizeTooBig", None),
    (BUSY, 429, "Throttled", "1"),
    (CHANGED_MEANWHILE, 412, "PreconditionFailed", None),
    (BAD_GATEWAY, 502, "", None),
    (Fault(503, retry_after="Wed, 21 Oct 2026 07:28:00 GMT"), 503, "", "Wed, 21 Oct 2026 07:28:00 GMT"),
    (Fault(429, "Throttled", retry_after="soon"), 429, "Throttled", "soon"),
    (Fault(401, "Unauthorized"), 401, "Unauthorized", None),
    (Fault(500, "ServiceError"), 500, "ServiceError", None),
    (
        Fault(403, body={"subCode": "MessageWritesBlocked", "errorCode": 209}),
        403,
        "209/MessageWritesBlocked",
        None,
    ),
    (Fault(403, body={"error": {"code": "Forbidden", "subCode": "A"}}), 403, "Forbidden/A", None),
    (Fault(400, body={"error": {"code": f"Bad {SECRET}\n", "message": SECRET}}), 400, "", None),
    (Fault(400, body={"error": ["odd"]}), 400, "", None),
    (Fault(404, body={"message": "odd"}), 404, "", None),
]


@pytest.mark.parametrize(("fault", "status", "code", "retry_after"), REFUSALS)
async def test_says_what_was_refused_and_asks_once(
    stage: Stage, fault: Fault, status: int, code: str, retry_after: str | None
) -> None:
    stage.teams.next(fault, fault)
    for call in (stage.port.send(stage.chat, HELLO), stage.port.change(stage.chat, "1", HELLO)):
        with pytest.raises(Refused) as refused:
            await call
        no = refused.value
        assert (no.status, no.code, no.retry_after) == (status, code, retry_after)

    assert (len(stage.teams.calls), stage.shown) == (2, [])


async def test_every_call_may_be_refused(stage: Stage) -> None:
    stage.teams.next(*[BUSY] * 5)

    *told, received = await everything(stage.port, stage.chat)

    assert {type(error) for error in told} == {Refused}
    assert received == Told(500)


async def test_says_what_a_small_teams_refuses(stage: Stage) -> None:
    eve = stage.teams.add("Eve Stranger")
    stage.teams.uninstall(stage.ben)
    refused = []
    for call in (
        stage.port.open_chat(stage.teams.url, TENANT, eve.aad),
        stage.port.open_chat(stage.teams.url, "another", eve.aad),
        stage.port.send(stage.chat, HELLO),
        stage.port.send(Chat(stage.teams.url, "a:unknown"), HELLO),
        stage.port.send(stage.group("Ana")[0], {"type": "message", "text": "x" * 100_000}),
        stage.port.change(stage.group("Ana")[0], "1", HELLO),
    ):
        with pytest.raises(Refused) as no:
            await call
        refused.append(str(no.value))

    assert refused == [
        "403 Forbidden/BotNotInConversationRoster",
        "400 BadArgument",
        "403 Forbidden/MessageWritesBlocked",
        "404 ConversationNotFound",
        "413 MessageSizeTooBig",
        "404 ActivityNotFoundInConversation",
    ]


async def test_a_token_that_is_not_good_is_refused(stage: Stage) -> None:
    stage.teams.forget_tokens()

    with pytest.raises(Refused, match="401 Unauthorized"):
        await stage.port.send(stage.chat, HELLO)


@pytest.mark.parametrize("what", ["send", "change", "member"])
async def test_where_the_answer_is_lost_nobody_knows_and_nothing_is_tried_again(
    stage: Stage, what: str
) -> None:
    name = await stage.port.send(stage.chat, HELLO)  # so that a connection is there already
    stage.teams.next(Fault(drops=True, done=True), of=what)
    calls: dict[str, Any] = {
        "send": stage.port.send,
        "change": lambda chat, said: stage.port.change(chat, name, said),
        "member": lambda chat, _: stage.port.member(chat, stage.ben.id),
    }

    with pytest.raises(Lost):
        await calls[what](stage.chat, HELLO)

    assert len(stage.teams.calls) == 2


async def test_waits_for_an_answer_that_is_late_but_not_for_ever(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "SECONDS", 0.05)
    stage.teams.next(Fault(late=5, done=True))

    with pytest.raises(Lost, match="TimeoutError"):
        await stage.port.send(stage.chat, HELLO)

    assert stage.shown == ["Hello"]


async def test_a_slow_login_takes_nothing_from_the_time_of_a_call(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "SECONDS", 0.01)
    async with FakeTeams(anonymous=True) as teams:
        ben = teams.add("Ben")

        async def slow() -> str:
            await asyncio.sleep(0.1)
            monkeypatch.setattr(wire, "SECONDS", 15)
            return ""

        async with make(APP_ID, slow, lambda _: True) as port:
            await port.send(Chat(teams.url, teams.install(ben)), HELLO)

    assert len(teams.chat(ben)) == 1


async def test_is_not_reached_where_nobody_listens(make: Make, stage: Stage) -> None:
    stage.taken.add("http://127.0.0.1:9/")

    told = await everything(stage.port, Chat("http://127.0.0.1:9/", "a:1"))

    assert [type(error) for error in told[:5]] == [NotReached] * 5


async def test_is_not_reached_where_there_is_no_token(make: Make) -> None:
    async def none() -> str:
        raise NotReached("no login: 7000215")

    async with FakeTeams() as teams, make(APP_ID, none, lambda _: True) as port:
        told = await everything(port, Chat(teams.url, "a:1"))

    assert [str(error) for error in told[:5]] == ["no login: 7000215"] * 5
    assert teams.calls == []


@pytest.mark.parametrize("fault", [Fault(200, html=True), Fault(200, body={"id": ""})])
async def test_an_answer_that_makes_no_sense_opens_no_chat(stage: Stage, fault: Fault) -> None:
    stage.teams.next(fault)

    with pytest.raises(Lost):
        await stage.port.open_chat(stage.teams.url, TENANT, stage.ben.aad)


# Many at once


async def test_a_hundred_and_twenty_are_under_way_together(stage: Stage) -> None:
    """The connector answers none before the last has come."""
    stage.teams.waits_for = 120
    people = [stage.teams.add(f"Person{number}") for number in range(120)]

    async with asyncio.timeout(20):
        names = await asyncio.gather(*(stage.port.send(stage.chat_of(person), HELLO) for person in people))

    assert stage.teams.most_at_once == 120
    assert [stage.teams.chat(person)[0].id for person in people] == names


async def test_others_go_on_during_slow_sends(stage: Stage) -> None:
    stage.teams.delay = 0.2
    sends = asyncio.gather(*(stage.port.send(stage.chat, HELLO) for _ in range(10)))
    turns = 0
    while not sends.done():
        await asyncio.sleep(0.001)
        turns += 1

    assert len(await sends) == 10
    assert turns > 5


async def test_a_client_is_made_once(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    for client in (ConnectorClient, TeamsConnectorClient):
        monkeypatch.setattr(client, "__init__", _counted(client.__init__, made))
    async with FakeTeams() as teams:
        stage = Stage(teams, make)
        async with stage.port:
            for _ in range(5):
                await stage.port.send(stage.chat, HELLO)
                await stage.port.receive(teams.activity(stage.ben), CLAIMS, _well)

    assert len(made) == 1
    assert len(teams.called("send")) == 5


def _counted(do: Callable[..., None], made: list[object]) -> Callable[..., None]:
    def counted(client: object, *of: Any, **more: Any) -> None:
        made.append(client)
        do(client, *of, **more)

    return counted


# What comes in


async def _well(_: Json) -> Told:
    return Told(200)


async def test_passes_on_our_own_dictionary(stage: Stage) -> None:
    seen: list[Json] = []
    activity = stage.teams.activity(stage.ben, text=SECRET, ofNextYear={"a": None}, tenantID="as it is")

    async def take(taken: Json) -> Told:
        seen.append(taken)
        return Told(200)

    assert await stage.port.receive(activity, CLAIMS, take) == Told(200)
    assert seen[0] is activity
    assert seen[0]["conversation"]["tenantId"] == TENANT
    assert seen[0]["entities"][0]["timezone"] == "Europe/Dublin"
    assert seen[0] == stage.teams.activity(stage.ben) | activity


@pytest.mark.parametrize("name", ["adaptiveCard/action", "task/fetch", "task/submit"])
async def test_an_invoke_is_answered_with_its_body(stage: Stage, name: str) -> None:
    body = {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": {"a": [None, "ü"]}}

    async def take(_: Json) -> Told:
        return Told(200, body)

    told = await stage.port.receive(stage.teams.activity(stage.ben, type="invoke", name=name), CLAIMS, take)

    assert told == Told(200, body)
    assert stage.teams.calls == []


async def test_an_invoke_may_be_answered_by_a_status_alone(stage: Stage) -> None:
    async def take(_: Json) -> Told:
        return Told(403)

    told = await stage.port.receive(stage.teams.activity(stage.ben, type="invoke", name="x"), CLAIMS, take)

    assert told == Told(403)


async def test_nothing_but_an_invoke_has_a_body(stage: Stage) -> None:
    async def take(_: Json) -> Told:
        return Told(202, {"a": 1})

    assert await stage.port.receive(stage.teams.activity(stage.ben), CLAIMS, take) == Told(202)


@pytest.mark.parametrize("kind", ["message", "invoke"])
async def test_an_error_is_answered_500_and_no_word_of_it_is_in_the_log(
    stage: Stage, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def take(activity: Json) -> Told:
        raise ValueError(activity["text"])

    told = await stage.port.receive(stage.teams.activity(stage.ben, type=kind, text=SECRET), CLAIMS, take)

    assert told == Told(500)
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text


async def test_no_word_that_is_sent_and_no_token_is_in_the_log(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stage.teams.next(BLOCKED, DROPPED, BAD_GATEWAY)
    said = {"type": "message", "text": SECRET}

    for _ in range(4):
        await asyncio.gather(stage.port.send(stage.chat, said), return_exceptions=True)
    await stage.port.receive(stage.teams.activity(stage.ben, text=SECRET), CLAIMS, _well)

    assert stage.shown == [SECRET]
    assert SECRET not in caplog.text
    assert stage.token not in caplog.text


ODD: list[Json] = [
    {"from": None},
    {"conversation": None},
    {"recipient": None},
    {"id": None},
    {"id": ""},
    {"type": None},
    {"type": "ofNextYear"},
    {"type": ["message"]},
    {"from": {"id": 7, "aadObjectId": None}},
    {"conversation": {"id": ""}},
    {"channelId": None},
    {"deliveryMode": "expectReplies"},
    {"timestamp": "never", "localTimezone": 7, "entities": "none", "attachments": {}, "channelData": [1]},
    {"recipient": {"id": BOT, "role": "agenticUser"}},
    {"callerId": 7, "locale": "", "text": None, "membersAdded": "all"},
]


@pytest.mark.parametrize("odd", ODD)
async def test_odd_activities_are_passed_on_like_any_other(stage: Stage, odd: Json) -> None:
    activity = stage.teams.activity(stage.ben) | odd

    assert await stage.port.receive(activity, CLAIMS, _well) == Told(200)
    assert await stage.port.receive(activity | {"type": "invoke"}, {}, _well) == Told(200)
    assert stage.teams.calls == []


async def test_can_answer_while_a_turn_runs(stage: Stage) -> None:
    async def take(_: Json) -> Told:
        await stage.port.send(stage.chat, HELLO)
        return Told(200)

    assert await stage.port.receive(stage.teams.activity(stage.ben), CLAIMS, take) == Told(200)
    assert await stage.port.receive(stage.teams.activity(stage.ben), CLAIMS, take) == Told(200)
    assert stage.shown == ["Hello", "Hello"]


async def test_asks_for_no_token_to_take_something_in(stage: Stage) -> None:
    await stage.port.receive(stage.teams.activity(stage.ben), CLAIMS, _well)

    assert (stage.asked, stage.teams.logins) == (0, [])


# Where the other SDK is not installed


def test_says_what_to_install() -> None:
    program = """
import sys
sys.modules["microsoft_agents"] = None
from adapters.remedy import MendFirst
try:
    import adapters.teams.agents_sdk
except MendFirst as first:
    print(first)
"""
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert "TEAMS_SDK=agents needs the extra" in told.stdout
    assert "pip install --require-hashes -r requirements-agents.txt" in told.stdout
