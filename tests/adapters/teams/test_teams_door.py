"""The door in front of Teams' requests. A number such as B3 is one in our list of attacks."""

import asyncio
import base64
import copy
import json
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Any

import aiohttp
import jwt
import pytest
from asgi import receiving
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from identity import APP_ID, Identity, Key, base64url, signed_part
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from adapters.teams import door as door_module
from adapters.teams import tokens as tokens_module
from adapters.teams.clouds import CLOUDS, local_cloud
from adapters.teams.door import MOST_BYTES, Checked, Door
from adapters.teams.keys import APART, KEPT, Keys
from adapters.teams.settings import TeamsSettings

TENANT = "aaaaaaaa-0000-4000-8000-000000000001"
OTHER_TENANT = "bbbbbbbb-0000-4000-8000-000000000002"
PUBLIC_ADDRESS = "https://smba.trafficmanager.net/emea/"
SECRET = "what Ben wrote to Ana"

Headers = list[tuple[bytes, bytes]]
Json = dict[str, Any]

MESSAGE: Json = {
    "type": "message",
    "id": "1485983408511",
    "timestamp": "2026-11-20T17:00:00.000Z",
    "localTimezone": "Europe/London",
    "serviceUrl": PUBLIC_ADDRESS,
    "channelId": "msteams",
    "from": {"id": "29:ben", "name": "Ben", "aadObjectId": "cccccccc-0000-4000-8000-000000000003"},
    "conversation": {"id": "a:1-ben", "conversationType": "personal", "tenantId": TENANT},
    "recipient": {"id": f"28:{APP_ID}", "name": "Cairn"},
    "entities": [{"type": "clientInfo", "locale": "en-GB", "country": "GB", "platform": "Web"}],
    "channelData": {"tenant": {"id": TENANT}},
    "text": SECRET,
    "textFormat": "plain",
    "locale": "en-GB",
}
INVOKE = MESSAGE | {"type": "invoke", "name": "task/submit", "value": {"data": {"do": "x"}}}
SETTINGS = TeamsSettings(
    "password", CLOUDS["public"], app_id=APP_ID, tenant=TENANT, tenants=frozenset({TENANT}), password="secret"
)


class Inside:
    """The application behind the door, which notes what reaches it."""

    def __init__(self, status: int = 200) -> None:
        self.seen: list[Checked] = []
        self.raw: list[bytes] = []
        self.status = status

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.raw.append(await request.body())
        self.seen.append(request.state.teams)
        if not self.status:
            raise RuntimeError(SECRET)
        await Response("seen", self.status)(scope, receive, send)

    @property
    def activities(self) -> list[Json]:
        return [checked.activity for checked in self.seen]


class Answer:
    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            assert not self.status, "answered twice"
            self.status, self.headers = message["status"], dict(message["headers"])
        else:
            self.body += message.get("body", b"")

    @property
    def error(self) -> str:
        said: Json = json.loads(self.body)
        assert list(said) == ["error"]
        return str(said["error"])


class Clock:
    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def inside() -> Inside:
    return Inside()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def identity() -> AsyncIterator[Identity]:
    async with Identity(service_url=PUBLIC_ADDRESS) as identity:
        yield identity


@pytest.fixture
def door(inside: Inside, identity: Identity, clock: Clock) -> Door:
    return Door(inside, SETTINGS, keys=Keys(identity.cloud(), now=clock), now=clock)


@pytest.fixture
def local(inside: Inside, clock: Clock) -> Door:
    """In anonymous mode."""
    return Door(inside, TeamsSettings("anonymous", local_cloud()), now=clock)


@pytest.fixture(autouse=True)
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of all requests that are made from here."""
    addresses: list[str] = []
    original = aiohttp.ClientSession._request

    async def note(session: aiohttp.ClientSession, method: str, url: Any, **more: Any) -> Any:
        addresses.append(str(url))
        return await original(session, method, url, **more)

    monkeypatch.setattr(aiohttp.ClientSession, "_request", note)
    return addresses


def dump(body: object) -> bytes:
    return json.dumps(body).encode()


def signed(token: str) -> Headers:
    return [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"authorization", b"Bearer " + token.encode()),
    ]


def without(headers: Headers, name: bytes) -> Headers:
    return [(other, value) for other, value in headers if other != name]


def with_(headers: Headers, name: bytes, value: bytes) -> Headers:
    return [*without(headers, name), (name, value)]


def changed(activity: Json, *path: str, to: Any = ...) -> Json:
    """With something else at a place of it, or nothing."""
    body = copy.deepcopy(activity)
    inner = body
    for name in path[:-1]:
        inner = inner[name]
    inner.pop(path[-1], None)
    if to is not ...:
        inner[path[-1]] = to
    return body


async def knock(
    door: Door,
    raw: bytes | Iterable[bytes] | AsyncIterator[bytes],
    headers: Headers,
    method: str = "POST",
    client: tuple[str, int] | None = ("203.0.113.7", 4711),
) -> Answer:
    scope = {
        "type": "http",
        "method": method,
        "path": "/api/messages",
        "headers": headers,
        "client": client,
        "state": {"a": 1},
    }
    answer = Answer()
    await door(scope, receiving(raw), answer.send)
    return answer


Refuses = Callable[..., Awaitable[Answer]]


@pytest.fixture
def refused(door: Door, inside: Inside, identity: Identity, caplog: pytest.LogCaptureFixture) -> Refuses:
    """Sends something that must be refused: a number, words of ours, and nothing of it in the log."""
    caplog.set_level(logging.DEBUG)

    async def send(body: Any, headers: Headers, status: int, why: str, method: str = "POST") -> Answer:
        raw = dump(body) if isinstance(body, dict) else body
        answer = await knock(door, raw, headers, method)
        assert (answer.status, answer.error, inside.seen) == (status, why, [])
        assert answer.headers[b"content-type"] == b"application/json"
        assert (answer.headers.get(b"www-authenticate") == b"Bearer") == (status == 401)
        lines = {line.message for line in caplog.records if line.name == door_module.__name__}
        assert f"refused: {why} (1 so far)" in lines
        assert SECRET not in caplog.text
        assert "eyJ" not in caplog.text
        return answer

    return send


# What comes in


@pytest.mark.parametrize("activity", [MESSAGE, INVOKE], ids=["message", "invoke"])
async def test_what_teams_sends_comes_in_with_what_its_token_says(
    door: Door, inside: Inside, identity: Identity, activity: Json
) -> None:
    answer = await knock(door, dump(activity), signed(identity.mint(tid=TENANT, ver=[1])))

    assert (answer.status, answer.body) == (200, b"seen")
    [checked] = inside.seen
    assert checked.activity == activity
    assert checked.claims == {
        "serviceurl": PUBLIC_ADDRESS,
        "iss": "https://api.botframework.com",
        "aud": APP_ID,
        "tid": TENANT,
    }
    assert inside.raw == [dump(activity)]
    assert SECRET not in repr(checked)


@pytest.mark.parametrize("kind", [b"application/json", b'Application/JSON; charset="UTF-8"'])
async def test_a_charset_may_be_named_if_it_is_utf_8(
    door: Door, inside: Inside, identity: Identity, kind: bytes
) -> None:
    headers = with_(signed(identity.mint()), b"content-type", kind)

    assert (await knock(door, dump(MESSAGE), headers)).status == 200


async def test_a_body_may_come_in_pieces(door: Door, inside: Inside, identity: Identity) -> None:
    raw = dump(MESSAGE)

    await knock(door, [raw[i : i + 7] for i in range(0, len(raw), 7)], signed(identity.mint()))

    assert inside.raw == [raw]


async def test_the_state_of_the_application_is_still_there_and_stays_its_own(identity: Identity) -> None:
    states: list[Json] = []

    async def look(scope: Scope, _receive: Receive, send: Send) -> None:
        states.append(scope["state"])
        await Response()(scope, _receive, send)

    door = Door(look, SETTINGS, keys=Keys(identity.cloud()))
    state = {"a": 1}
    scope = {"type": "http", "method": "POST", "headers": signed(identity.mint()), "state": state}
    await door(scope, receiving(dump(MESSAGE)), Answer().send)

    assert states[0]["a"] == 1
    assert isinstance(states[0]["teams"], Checked)
    assert state == {"a": 1}


@pytest.mark.parametrize("claim", [PUBLIC_ADDRESS, PUBLIC_ADDRESS.rstrip("/")])
async def test_a_slash_at_the_end_makes_no_other_address(
    door: Door, identity: Identity, inside: Inside, claim: str
) -> None:
    assert (await knock(door, dump(MESSAGE), signed(identity.mint(serviceurl=claim)))).status == 200


async def test_ids_are_the_same_in_large_and_small_letters(door: Door, identity: Identity) -> None:
    body = changed(MESSAGE, "recipient", "id", to=f"28:{APP_ID.upper()}")
    body = changed(body, "conversation", "tenantId", to=TENANT.upper())

    assert (await knock(door, dump(body), signed(identity.mint()))).status == 200


async def test_one_place_that_names_the_tenant_is_enough(door: Door, identity: Identity) -> None:
    neither = changed(changed(MESSAGE, "conversation", "tenantId"), "channelData")

    for body, token in [
        (changed(MESSAGE, "channelData"), identity.mint()),
        (changed(MESSAGE, "conversation", "tenantId"), identity.mint()),
        (neither, identity.mint(tid=TENANT)),
    ]:
        assert (await knock(door, dump(body), signed(token))).status == 200


async def test_whoever_hangs_up_gets_no_answer(door: Door, inside: Inside, identity: Identity) -> None:
    answer = Answer()

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "POST", "headers": signed(identity.mint())}
    await door(scope, gone, answer.send)

    assert (answer.status, inside.seen) == (0, [])


async def test_only_requests_come_through_the_door(door: Door, inside: Inside) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await door({"type": "websocket", "headers": []}, receiving(b""), send)

    assert (sent, inside.seen) == ([{"type": "websocket.close"}], [])


@pytest.mark.expects_errors
async def test_a_failure_inside_is_logged_without_words(
    identity: Identity, caplog: pytest.LogCaptureFixture
) -> None:
    door = Door(Inside(0), SETTINGS, keys=Keys(identity.cloud()))

    answer = await knock(door, dump(MESSAGE), signed(identity.mint()))

    assert (answer.status, answer.error) == (500, "it went wrong here")
    [line] = caplog.records
    assert line.message.startswith("RuntimeError in __call__:")
    assert line.exc_info is None


# The cheap things first


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "post"])
async def test_another_method(refused: Refuses, identity: Identity, method: str, called: list[str]) -> None:
    answer = await refused(MESSAGE, signed(identity.mint()), 405, "method", method)

    assert answer.headers[b"allow"] == b"POST"
    assert called == []


@pytest.mark.parametrize(
    "kind",
    [
        b"",
        b"text/plain",
        b"application/x-www-form-urlencoded",
        b"application/json; charset=utf-16",
        b"json",
        b"application/json; x=y",
        b"application/json, text/plain",
        b"application/jsonp",
    ],
)
async def test_another_type(refused: Refuses, identity: Identity, kind: bytes) -> None:
    await refused(MESSAGE, with_(signed(identity.mint()), b"content-type", kind), 415, "content type")


async def test_a_packed_body(refused: Refuses, identity: Identity) -> None:
    headers = [*signed(identity.mint()), (b"content-encoding", b"gzip")]

    await refused(MESSAGE, headers, 415, "content encoding")


async def test_a_body_that_says_it_is_too_large_is_not_read(refused: Refuses, identity: Identity) -> None:
    def nothing() -> Iterable[bytes]:
        raise AssertionError("somebody read it")
        yield

    headers = [*signed(identity.mint()), (b"content-length", b"%d" % (MOST_BYTES + 1))]
    answer = await refused(nothing(), headers, 413, "too large")

    assert answer.headers[b"connection"] == b"close"


async def test_a_body_without_a_length_is_read_as_far_as_the_limit(
    refused: Refuses, identity: Identity
) -> None:
    taken = 0

    def pieces() -> Iterable[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b" " * 65_536

    await refused(pieces(), signed(identity.mint()), 413, "too large")

    assert taken == MOST_BYTES // 65_536 + 1


async def test_a_body_that_drips_is_not_waited_for(
    refused: Refuses, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_module, "READ_WITHIN", 0.05)

    async def drips() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.01)
            yield b" "

    await refused(drips(), signed(identity.mint()), 408, "too slow")


async def test_before_it_is_known_who_sent_it_nothing_is_read(refused: Refuses) -> None:
    def nothing() -> Iterable[bytes]:
        raise AssertionError("somebody read it")
        yield

    await refused(nothing(), signed("a.b.c"), 401, "no token")


# Who signed it: B1 to B3


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"Basic dXNlcjp3b3Jk",
        b"Bearer",
        b"Bearer ",
        b"Bearer x",
        b"Bearer a.b",
        b"Bearer a.b.c.d",
        b"Bearer a.b.c d",
        b"Bearer a..c",
        b"Bearer " + b"a" * 9000 + b".b.c",
        "Bearer é.b.c".encode(),
        b"Bearer \xff.b.c",
        b"a.b.c",
        b"Bearer: a.b.c",
        b"Token a.b.c",
    ],
    ids=lambda said: ascii(said[:20]),
)
async def test_b1_no_token(refused: Refuses, said: bytes, called: list[str]) -> None:
    await refused(MESSAGE, with_(signed(""), b"authorization", said), 401, "no token")

    assert called == []


async def test_b1_no_header_or_two(refused: Refuses, identity: Identity) -> None:
    headers = signed(identity.mint())

    await refused(MESSAGE, without(headers, b"authorization"), 401, "no token")
    await refused(MESSAGE, [*headers, headers[1]], 401, "no token")
    await refused(MESSAGE, [*headers, (b"Authorization", b"Basic x")], 401, "no token")


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "HS256", "RS384", "ES256", "PS256", "", "rs256"])
async def test_b2_signed_in_no_way_or_another(
    refused: Refuses, identity: Identity, alg: str, called: list[str]
) -> None:
    await refused(MESSAGE, signed(identity.unsigned(alg) + "AA"), 401, "not signed with RS256")
    await refused(MESSAGE, signed(identity.mint(header={"alg": alg})), 401, "not signed with RS256")

    assert called == []


async def test_b2_no_signature_at_all(refused: Refuses, identity: Identity) -> None:
    await refused(MESSAGE, signed(identity.unsigned()), 401, "no token")


async def test_b2_signed_with_the_public_key_as_a_secret(refused: Refuses, identity: Identity) -> None:
    token = identity.signed_with_the_public_key()
    await refused(MESSAGE, signed(token), 401, "not signed with RS256")
    claims_to_be_rs256 = signed_part({"alg": "RS256", "kid": "key-1"}, identity.claims())
    token = f"{claims_to_be_rs256}.{token.rpartition('.')[2]}"

    await refused(MESSAGE, signed(token), 401, "not signed for this bot")


async def test_b2_a_thousand_strange_keys_cause_one_fetch_a_minute(
    door: Door, inside: Inside, identity: Identity, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await knock(door, dump(MESSAGE), signed(identity.mint()))
    clock.now += APART
    strange = Key(99)

    for number in range(1000):
        token = identity.mint(key=strange, kid=f"strange-{number}") if number < 5 else _unverifiable(number)
        answer = await knock(door, dump(MESSAGE), signed(token))
        assert (answer.status, answer.error) == (401, "unknown key")

    assert identity.key_fetches == 2
    assert len(inside.seen) == 1
    assert door.refused["unknown key"] == 1000
    assert [line.message for line in caplog.records] == ["refused: unknown key (1 so far)"]


def _unverifiable(number: int) -> str:
    return signed_part({"alg": "RS256", "kid": f"strange-{number}"}, {}) + ".AA"


async def test_b2_a_key_of_somebody_else_under_the_name_of_ours(refused: Refuses, identity: Identity) -> None:
    token = identity.mint(key=Key(99), kid="key-1")

    await refused(MESSAGE, signed(token), 401, "not signed for this bot")


@pytest.mark.parametrize(
    "header",
    [
        {"kid": None},
        {"kid": ["key-1"]},
        {"kid": 1},
        {"kid": {"$ne": ""}},
    ],
)
async def test_b2_a_token_that_names_no_key(refused: Refuses, identity: Identity, header: Json) -> None:
    await refused(MESSAGE, signed(identity.mint(header=header)), 401, "not signed with RS256")


async def test_b2_a_key_in_the_token_or_behind_an_address_there_is_not_looked_at(
    refused: Refuses, identity: Identity, called: list[str]
) -> None:
    theirs = Key(99)
    header = {"jwk": theirs.jwk(), "jku": "https://evil.example/keys", "x5u": "https://evil.example/x"}
    token = identity.mint(key=theirs, kid="key-1", header=header)

    await refused(MESSAGE, signed(token), 401, "not signed for this bot")

    assert all(address.startswith(identity.url) for address in called)


async def test_b2_a_token_that_asks_for_more_than_is_understood(refused: Refuses, identity: Identity) -> None:
    token = identity.mint(header={"crit": ["x"], "x": 1})

    await refused(MESSAGE, signed(token), 401, "not signed for this bot")


HUGE_HEADERS = [
    b"[" * 5000,
    b'{"a":' * 1000,
    b"\xff",
    b"null",
    b"[]",
    b'{"alg":"RS256","alg":"none","kid":"key-1"}',
]


@pytest.mark.parametrize("header", HUGE_HEADERS, ids=lambda header: ascii(header[:12]))
async def test_b2_a_header_that_is_odd(refused: Refuses, header: bytes) -> None:
    await refused(MESSAGE, signed(f"{base64url(header)}.e30.AA"), 401, "no token")


WRONG = [
    ({"aud": "22222222-2222-4333-8444-555555555555"}, "not signed for this bot"),
    ({"aud": None}, "not signed for this bot"),
    ({"aud": ""}, "not signed for this bot"),
    ({"aud": [APP_ID, "another"]}, "not signed for this bot"),
    ({"aud": {"a": APP_ID}}, "not signed for this bot"),
    ({"aud": f"api://{APP_ID}"}, "not signed for this bot"),
    ({"iss": "https://api.botframework.us"}, "not signed for this bot"),
    ({"iss": "https://sts.windows.net/aaaa/"}, "not signed for this bot"),
    ({"iss": "https://api.botframework.com/"}, "not signed for this bot"),
    ({"iss": None}, "not signed for this bot"),
    ({"iss": ["https://api.botframework.com"]}, "not signed for this bot"),
    ({"exp": None}, "not signed for this bot"),
    ({"exp": "soon"}, "no time"),
    ({"exp": "99999999999"}, "no time"),
    ({"exp": True}, "no time"),
    ({"exp": [1]}, "no time"),
    ({"exp": float("nan")}, "no time"),
    ({"exp": float("inf")}, "no time"),
    ({"exp": 10**400}, "no time"),
    ({"exp": -1}, "no time"),
    ({"exp": 1}, "ran out"),
    ({"nbf": "now"}, "no time"),
    ({"nbf": 10**11}, "not valid yet"),
]


@pytest.mark.parametrize(("claims", "why"), WRONG, ids=lambda value: str(value)[:40])
async def test_b3_a_token_for_somebody_else_or_another_time(
    refused: Refuses, identity: Identity, claims: Json, why: str
) -> None:
    await refused(MESSAGE, signed(identity.mint(**claims)), 401, why)


@pytest.mark.parametrize(("late", "status"), [(299, 200), (301, 401), (10**6, 401)])
async def test_b3_clocks_may_differ_by_five_minutes(
    door: Door, identity: Identity, clock: Clock, late: int, status: int
) -> None:
    ran_out = identity.mint(exp=int(clock.now) - late)
    not_yet = identity.mint(nbf=int(clock.now) + late, exp=int(clock.now) + late + 60)

    answers = [await knock(door, dump(MESSAGE), signed(token)) for token in (ran_out, not_yet)]

    assert [answer.status for answer in answers] == [status, status]


async def test_b3_a_token_may_say_nothing_of_when_it_begins(door: Door, identity: Identity) -> None:
    assert (await knock(door, dump(MESSAGE), signed(identity.mint(nbf=None)))).status == 200


# Tokens that come again, and keys that rotate


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens whose signature was looked at."""
    tokens: list[str] = []
    decode = jwt.decode

    def note(token: Any, *given: Any, **more: Any) -> Any:
        tokens.append(token)
        return decode(token, *given, **more)

    monkeypatch.setattr(jwt, "decode", note)
    return tokens


async def test_a_token_that_comes_again_is_not_verified_again(
    door: Door, inside: Inside, identity: Identity, verified: list[str]
) -> None:
    token = identity.mint()

    for _ in range(50):
        assert (await knock(door, dump(MESSAGE), signed(token))).status == 200

    assert (len(verified), len(inside.seen)) == (1, 50)


async def test_a_token_that_was_verified_runs_out_all_the_same(
    door: Door, identity: Identity, clock: Clock
) -> None:
    token = identity.mint(exp=int(clock.now) + 60)
    statuses = []

    for after in (0, 300, 61):
        clock.now += after
        statuses.append((await knock(door, dump(MESSAGE), signed(token))).status)

    assert statuses == [200, 200, 401]


async def test_a_token_that_was_refused_is_not_remembered(
    door: Door, identity: Identity, inside: Inside
) -> None:
    token = identity.mint(aud="another")

    answers = [await knock(door, dump(MESSAGE), signed(token)) for _ in range(3)]

    assert [answer.status for answer in answers] == [401, 401, 401]
    assert len(door._tokens._verified) == 0


async def test_a_remembered_token_opens_for_its_own_address_only(
    door: Door, identity: Identity, inside: Inside
) -> None:
    token = identity.mint()
    await knock(door, dump(MESSAGE), signed(token))

    answer = await knock(door, dump(MESSAGE | {"serviceUrl": f"{PUBLIC_ADDRESS}x/"}), signed(token))

    assert (answer.status, len(inside.seen)) == (401, 1)


async def test_what_is_remembered_has_a_limit(
    inside: Inside, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens_module, "MOST_REMEMBERED", 10)
    door = Door(inside, SETTINGS, keys=Keys(identity.cloud()))

    for number in range(30):
        await knock(door, dump(MESSAGE), signed(identity.mint(jti=str(number))))

    assert (len(door._tokens._verified), len(inside.seen)) == (10, 30)


async def test_when_the_keys_are_fetched_anew_a_token_is_verified_anew(
    door: Door, identity: Identity, clock: Clock, verified: list[str]
) -> None:
    token = identity.mint(exp=int(clock.now) + 2 * KEPT)

    await knock(door, dump(MESSAGE), signed(token))
    clock.now += KEPT
    await knock(door, dump(MESSAGE), signed(token))

    assert (identity.key_fetches, len(verified)) == (2, 2)


async def test_keys_may_rotate_in_the_middle_of_the_run(
    door: Door, identity: Identity, inside: Inside, clock: Clock
) -> None:
    """The new key is found at once, the old one counts as long as it is served, and then no more."""
    old = identity.mint()
    assert (await knock(door, dump(MESSAGE), signed(old))).status == 200

    clock.now += APART
    identity.rotate(keep=1)
    new = identity.mint()
    assert [(await knock(door, dump(MESSAGE), signed(token))).status for token in (new, old)] == [200, 200]

    clock.now += APART
    identity.rotate(keep=1)
    newest = identity.mint()
    answers = [await knock(door, dump(MESSAGE), signed(token)) for token in (newest, new, old)]

    assert [answer.status for answer in answers] == [200, 200, 401]
    assert answers[2].error == "unknown key"
    assert identity.key_fetches == 3


async def test_keys_that_rotate_under_load_lose_nothing(
    door: Door, identity: Identity, inside: Inside, clock: Clock
) -> None:
    await knock(door, dump(MESSAGE), signed(identity.mint()))
    clock.now += APART
    before = identity.mint()
    identity.rotate(keep=1)
    tokens = [identity.mint() if number % 2 else before for number in range(100)]

    answers = await asyncio.gather(*(knock(door, dump(MESSAGE), signed(token)) for token in tokens))

    assert Counter(answer.status for answer in answers) == {200: 100}
    assert identity.key_fetches == 2


async def test_without_any_keys_teams_is_told_to_come_again(
    door: Door, identity: Identity, inside: Inside, clock: Clock
) -> None:
    identity.fault = "broken"
    answer = await knock(door, dump(MESSAGE), signed(identity.mint()))
    assert (answer.status, answer.error) == (503, "no keys to check it with")

    identity.fault = ""
    clock.now += APART
    assert (await knock(door, dump(MESSAGE), signed(identity.mint()))).status == 200
    assert len(inside.seen) == 1


# Where answers would go: B4 to B8


@pytest.mark.parametrize(
    "claim",
    [
        "https://smba.trafficmanager.net/amer/",
        "https://smba.trafficmanager.net",
        "https://evil.example/",
        "",
        PUBLIC_ADDRESS.upper(),
    ],
)
async def test_b4_a_token_for_another_address(refused: Refuses, identity: Identity, claim: str) -> None:
    await refused(MESSAGE, signed(identity.mint(serviceurl=claim)), 401, "signed for another serviceUrl")


@pytest.mark.parametrize("claim", [None, 7, [PUBLIC_ADDRESS], {"url": PUBLIC_ADDRESS}, True])
async def test_b4_a_token_for_no_address(refused: Refuses, identity: Identity, claim: Any) -> None:
    await refused(MESSAGE, signed(identity.mint(serviceurl=claim)), 401, "signed for no serviceUrl")


@pytest.mark.parametrize("address", [..., None, "", 7, [PUBLIC_ADDRESS], {"a": 1}, "x" * 2000])
async def test_b5_a_body_without_an_address(refused: Refuses, identity: Identity, address: Any) -> None:
    body = changed(MESSAGE, "serviceUrl", to=address)

    await refused(body, signed(identity.mint()), 400, "serviceUrl")


@pytest.mark.parametrize(
    "address",
    [
        "http://smba.trafficmanager.net/emea/",
        "https://smba.trafficmanager.net.evil.com/",
        "https://smba.trafficmanager.net@evil.com/",
        "https://evil.com#smba.trafficmanager.net",
        "https://169.254.169.254/",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://smbа.trafficmanager.net/",
        "https://xn--smb-6cd.trafficmanager.net/",
        "https://smba.trafficmanager.net./",
        "https://smba.trafficmanager.net:8443/",
        "https://smba.infra.gov.teams.microsoft.us/",
        "http://127.0.0.1/",
        "file:///etc/passwd",
    ],
)
async def test_b6_an_address_that_is_not_microsofts_though_it_is_signed(
    refused: Refuses, identity: Identity, address: str, called: list[str]
) -> None:
    body = MESSAGE | {"serviceUrl": address}

    await refused(body, signed(identity.mint(serviceurl=address)), 400, "serviceUrl")

    assert all(url.startswith(identity.url) for url in called)


async def test_b7_where_the_keys_are_said_to_be_elsewhere_nobody_goes(
    door: Door, inside: Inside, identity: Identity, called: list[str]
) -> None:
    identity.fault = "redirect"

    answer = await knock(door, dump(MESSAGE), signed(identity.mint()))

    assert (answer.status, inside.seen) == (503, [])
    assert len(called) == len(identity.asked) == 1


async def test_b8_a_token_of_entra_with_a_strange_address(refused: Refuses, identity: Identity) -> None:
    entra: Json = {
        "iss": f"https://login.microsoftonline.com/{TENANT}/v2.0",
        "tid": TENANT,
        "azp": "x",
        "ver": "2.0",
    }
    body = MESSAGE | {"serviceUrl": "https://evil.example/"}

    for claim in (None, "https://evil.example/", PUBLIC_ADDRESS):
        await refused(body, signed(identity.mint(**entra, serviceurl=claim)), 401, "not signed for this bot")


# Whose people: B9, B10


@pytest.mark.parametrize(
    ("activity", "tid"),
    [
        (changed(MESSAGE, "channelData", "tenant", "id", to=OTHER_TENANT), None),
        (changed(MESSAGE, "conversation", "tenantId", to=OTHER_TENANT), None),
        (MESSAGE, OTHER_TENANT),
        (
            changed(
                changed(MESSAGE, "conversation", "tenantId", to=OTHER_TENANT),
                *("channelData", "tenant", "id"),
                to=OTHER_TENANT,
            ),
            OTHER_TENANT,
        ),
        (changed(changed(MESSAGE, "conversation", "tenantId"), "channelData"), None),
        (changed(changed(MESSAGE, "conversation", "tenantId", to=""), "channelData", to={}), ""),
    ],
    ids=["of the channel", "of the chat", "of the token", "of all", "none", "empty"],
)
async def test_b9_another_tenant_is_refused_and_makes_no_noise(
    refused: Refuses, identity: Identity, caplog: pytest.LogCaptureFixture, activity: Json, tid: str | None
) -> None:
    await refused(activity, signed(identity.mint(tid=tid)), 403, "another tenant")

    assert [line for line in caplog.records if line.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("tenant", [7, TENANT, [TENANT], {"id": {"id": TENANT}}, True])
async def test_b9_a_tenant_that_is_none(refused: Refuses, identity: Identity, tenant: Any) -> None:
    body = changed(MESSAGE, "channelData", "tenant", to=tenant)

    await refused(body, signed(identity.mint()), 400, "not understood")


@pytest.mark.parametrize(
    "channel", ["emulator", "webchat", "directline", "MSTeams", "msteams ", "", None, 7, ["msteams"], ...]
)
async def test_b10_another_channel(refused: Refuses, identity: Identity, channel: Any) -> None:
    body = changed(MESSAGE, "channelId", to=channel)

    await refused(body, signed(identity.mint()), 403, "another channel")


@pytest.mark.parametrize(
    "recipient",
    [{"id": "28:another"}, {"id": APP_ID}, {"id": f"29:{APP_ID}"}, {"id": f"28:{APP_ID}x"}, None, ...],
)
async def test_what_is_for_another_bot(refused: Refuses, identity: Identity, recipient: Any) -> None:
    body = changed(MESSAGE, "recipient", to=recipient)

    await refused(body, signed(identity.mint()), 403, "another bot")


# Settings that would let in anybody: B11


@pytest.mark.parametrize(
    "open_to_all",
    [
        replace(SETTINGS, way="anonymous"),
        replace(SETTINGS, app_id=""),
        replace(SETTINGS, tenants=frozenset()),
        replace(SETTINGS, cloud=replace(CLOUDS["public"], issuer="")),
        replace(SETTINGS, cloud=local_cloud()),
        TeamsSettings("anonymous", CLOUDS["gcc-high"]),
    ],
    ids=["anonymous", "no app", "no tenants", "no issuer", "no keys", "anonymous, for the government"],
)
def test_b11_nothing_starts_that_would_let_in_anybody(inside: Inside, open_to_all: TeamsSettings) -> None:
    with pytest.raises(ValueError, match=r"anonymous|anybody"):
        Door(inside, open_to_all)


# What it says: B13


def each(*path: str, of: Iterable[Any]) -> list[tuple[tuple[str, ...], Any]]:
    return [(path, odd) for odd in of]


ODD_PLACES = [
    *each("type", of=[..., None, "", 7, [], {}, "x" * 5000]),
    *each("from", of=[..., None, "", "29:ben", 7, [], {}, {"id": None}, {"id": ""}, {"id": 7}]),
    *each("conversation", of=[..., None, "", "a:1", [], {}, {"id": None}, {"id": {}}]),
    *each("recipient", of=["28:x", [], {}, {"id": 7}]),
    *each("from", "aadObjectId", of=[7, ["x"]]),
    *each("from", "name", of=[{"a": 1}]),
    *each("conversation", "tenantId", of=[7, [TENANT]]),
    *each("channelData", of=["x", 7, [], [{}]]),
    *each("id", of=[7, [], {}]),
    *each("text", of=[7, [], {"a": 1}]),
    *each("locale", of=[7, []]),
    *each("replyToId", of=[7, []]),
    *each("entities", of=["x", {}, ["x"], [None], [[{}]]]),
    *each("attachments", of=["x", {}, ["x"], [None]]),
    *each("membersAdded", of=["x", {"id": 1}, [7]]),
]


@pytest.mark.parametrize(("path", "odd"), ODD_PLACES, ids=lambda value: str(value)[:30])
async def test_b13_an_activity_whose_parts_are_odd(
    refused: Refuses, identity: Identity, path: tuple[str, ...], odd: Any
) -> None:
    body = changed(MESSAGE, *path, to=odd)

    await refused(body, signed(identity.mint()), 400, "not understood")


@pytest.mark.parametrize("name", [..., None, "", 7])
async def test_b13_an_invoke_without_a_name(refused: Refuses, identity: Identity, name: Any) -> None:
    await refused(changed(INVOKE, "name", to=name), signed(identity.mint()), 400, "not understood")


@pytest.mark.parametrize(
    "activity",
    [
        changed(MESSAGE, "from", "aadObjectId", to=None),
        changed(MESSAGE, "from", "aadObjectId"),
        changed(MESSAGE, "id"),
        changed(MESSAGE, "text", to=None),
        changed(MESSAGE, "entities", to=None),
        changed(MESSAGE, "type", to="messageReaction"),
        changed(MESSAGE, "type", to="somethingOfTomorrow"),
        changed(MESSAGE, "value", to=[1, None, "x"]),
        changed(MESSAGE, "channelData", to=None),
        changed(MESSAGE, "channelData", "tenant", to=None),
        changed(INVOKE, "name", to="tomorrow/doSomething"),
        changed(INVOKE, "value"),
    ],
)
async def test_b13_what_may_be_missing_or_new_comes_in(
    door: Door, inside: Inside, identity: Identity, activity: Json
) -> None:
    assert (await knock(door, dump(activity), signed(identity.mint()))).status == 200
    assert inside.activities == [activity]


ODD_BODIES = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[{}]",
    "a word": b'"x"',
    "no JSON": b"type=message",
    "not UTF-8": b'{"type":"\xff"}',
    "UTF-16": '{"type":"message"}'.encode("utf-16"),
    "a mark before it": b"\xef\xbb\xbf" + dump(MESSAGE),
    "something after it": dump(MESSAGE) + b"{}",
    "a key twice": dump(MESSAGE)[:-1] + b',"serviceUrl":"https://evil.example/"}',
    "NaN": dump(MESSAGE)[:-1] + b',"value":NaN}',
    "half a character": dump(MESSAGE)[:-1] + rb',"value":"\ud800"}',
    "NUL": dump(MESSAGE)[:-1] + rb',"value":"\u0000"}',
    "deep": b"[" * 200_000,
    "deep objects": b'{"a":' * 40_000,
    "many": b'{"a":[' + b"1," * 100_000 + b"1]}",
    "a large integer": b'{"a":' + b"9" * 200_000 + b"}",
}


@pytest.mark.parametrize("odd", ODD_BODIES)
async def test_b13_a_body_that_is_odd(refused: Refuses, identity: Identity, odd: str) -> None:
    await refused(ODD_BODIES[odd], signed(identity.mint()), 400, "not understood")


# Noise


async def test_each_kind_of_refusal_is_told_once_a_minute_and_counted(
    door: Door, identity: Identity, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for seconds in (0, 30, 29, 1, 30):
        clock.now += seconds
        await knock(door, dump(MESSAGE), signed(_unverifiable(1)))
        await knock(door, dump(MESSAGE), signed("a.b.c"))

    told = [line.message for line in caplog.records if line.name == door_module.__name__]
    assert told == [
        "refused: unknown key (1 so far)",
        "refused: no token (1 so far)",
        "refused: unknown key (4 so far)",
        "refused: no token (4 so far)",
    ]
    assert door.refused == {"unknown key": 5, "no token": 5}


# Anonymous mode

HERE = ("127.0.0.1", 50_000)
LOCAL_HEADERS: Headers = [(b"content-type", b"application/json"), (b"host", b"localhost:3978")]
LOCAL: Json = {
    "type": "message",
    "id": "1",
    "serviceUrl": "http://localhost:56150/_connector",
    "channelId": "msteams",
    "from": {"id": "user-id-0", "name": "Ben", "aadObjectId": "00000000-0000-0000-0000-0000000000020"},
    "conversation": {"id": "personal-chat", "tenantId": "00000000-0000-0000-0000-0000000000001"},
    "recipient": {"id": "00000000-0000-0000-0000-00000000000011", "name": "Bot"},
    "channelData": {"tenant": {"id": "00000000-0000-0000-0000-0000000000001"}},
}


@pytest.mark.parametrize(
    ("activity", "host", "client"),
    [
        (LOCAL, b"localhost:3978", HERE),
        (LOCAL, b"127.0.0.1", ("127.0.0.1", 1)),
        (LOCAL, b"[::1]:3978", ("::1", 1)),
        (LOCAL | {"channelId": "emulator"}, b"LOCALHOST", HERE),
        (changed(changed(LOCAL, "conversation", "tenantId"), "channelData"), b"localhost", HERE),
        (changed(LOCAL, "recipient"), b"localhost", HERE),
    ],
)
async def test_an_emulator_on_this_machine_needs_no_token(
    local: Door, inside: Inside, activity: Json, host: bytes, client: tuple[str, int], called: list[str]
) -> None:
    answer = await knock(local, dump(activity), with_(LOCAL_HEADERS, b"host", host), client=client)

    assert answer.status == 200
    assert [(checked.activity, checked.claims) for checked in inside.seen] == [(activity, {})]
    assert called == []


@pytest.mark.parametrize(
    "client", [("203.0.113.7", 1), ("10.0.0.1", 1), ("", 1), ("localhost.evil.com", 1), None]
)
async def test_in_anonymous_mode_nobody_knocks_from_elsewhere(
    local: Door, inside: Inside, client: tuple[str, int] | None
) -> None:
    answer = await knock(local, dump(LOCAL), LOCAL_HEADERS, client=client)

    assert (answer.status, answer.error, inside.seen) == (403, "not from this machine", [])


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        [b""],
        [b"cairn.example.org"],
        [b"localhost.evil.com"],
        [b"evil.com:80@localhost"],
        [b"localhost", b"evil.com"],
        [b"10.0.0.1:3978"],
        [b"[::2]"],
        [b"\xff"],
    ],
)
async def test_in_anonymous_mode_we_are_called_by_no_other_name(
    local: Door, inside: Inside, hosts: list[bytes]
) -> None:
    """A page in a browser on this machine may have its own name lead here."""
    headers = [*without(LOCAL_HEADERS, b"host"), *((b"host", host) for host in hosts)]

    answer = await knock(local, dump(LOCAL), headers, client=HERE)

    assert (answer.status, answer.error, inside.seen) == (403, "not for this machine", [])


@pytest.mark.parametrize(
    "name", [b"x-forwarded-for", b"X-Forwarded-Host", b"forwarded", b"via", b"x-real-ip"]
)
async def test_in_anonymous_mode_nothing_is_passed_on_to_us(local: Door, inside: Inside, name: bytes) -> None:
    answer = await knock(local, dump(LOCAL), [*LOCAL_HEADERS, (name, b"127.0.0.1")], client=HERE)

    assert (answer.status, answer.error, inside.seen) == (403, "passed on to this machine", [])


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (LOCAL | {"serviceUrl": PUBLIC_ADDRESS}, 400, "serviceUrl"),
        (LOCAL | {"serviceUrl": "http://10.0.0.1/"}, 400, "serviceUrl"),
        (changed(LOCAL, "serviceUrl"), 400, "serviceUrl"),
        (LOCAL | {"channelId": "webchat"}, 403, "another channel"),
        (LOCAL | {"channelId": "directline"}, 403, "another channel"),
        (changed(LOCAL, "conversation", "tenantId", to=TENANT), 403, "another tenant"),
        (changed(LOCAL, "from"), 400, "not understood"),
    ],
)
async def test_in_anonymous_mode_the_rest_is_looked_at_all_the_same(
    local: Door, inside: Inside, body: Json, status: int, why: str
) -> None:
    answer = await knock(local, dump(body), LOCAL_HEADERS, client=HERE)

    assert (answer.status, answer.error, inside.seen) == (status, why, [])


async def test_in_anonymous_mode_tenants_may_be_listed(inside: Inside) -> None:
    door = Door(inside, TeamsSettings("anonymous", local_cloud(), tenants=frozenset({TENANT})))

    answer = await knock(door, dump(LOCAL), LOCAL_HEADERS, client=HERE)

    assert (answer.status, answer.error) == (403, "another tenant")


def test_anonymous_mode_is_told_loudly(inside: Inside, caplog: pytest.LogCaptureFixture) -> None:
    Door(inside, TeamsSettings("anonymous", local_cloud()))

    [line] = caplog.records
    assert line.levelno == logging.WARNING
    assert "ANONYMOUS" in line.message


# Anything


class Known:
    """The keys, without a network."""

    async def find(self, kid: str) -> jwt.PyJWK | None:
        return jwt.PyJWK(Key(1).jwk(), "RS256") if kid == "key-1" else None


GOOD = Identity(service_url=PUBLIC_ADDRESS)


def sent(raw: bytes, headers: Headers) -> tuple[Answer, list[Checked]]:
    inside = Inside()
    door = Door(inside, SETTINGS, keys=Known())
    return asyncio.run(knock(door, raw, headers)), inside.seen


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
names = st.sampled_from([*MESSAGE, "value", "name", "tenant", "tenantId", "aadObjectId"]) | st.text(
    max_size=5
)
anything = st.recursive(
    scalars | st.sampled_from([PUBLIC_ADDRESS, TENANT, "msteams", "message", "invoke"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=5),
    max_leaves=20,
)
places = st.sampled_from(
    [(name,) for name in MESSAGE]
    + [("from", "id"), ("from", "aadObjectId"), ("conversation", "id"), ("conversation", "tenantId")]
    + [("recipient", "id"), ("channelData", "tenant"), ("channelData", "tenant", "id")]
)


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=200) | anything.map(dump) | st.text(max_size=100).map(str.encode))
def test_no_odd_body_gets_in_or_breaks_anything(raw: bytes) -> None:
    answer, seen = sent(raw, signed(GOOD.mint()))

    assert answer.status in (400, 401, 403)
    assert answer.error
    assert seen == []


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(places, anything | st.just(...)), min_size=1, max_size=3))
def test_whatever_is_changed_in_an_activity_it_gets_in_whole_and_as_ours_or_not_at_all(
    changes: list[tuple[tuple[str, ...], Any]],
) -> None:
    body = MESSAGE
    for path, value in changes:
        try:
            body = changed(body, *path, to=value)
        except (KeyError, TypeError, AttributeError, IndexError):
            assume(False)

    answer, seen = sent(dump(body), signed(GOOD.mint()))

    assert answer.status in (200, 400, 401, 403)
    assert (answer.status == 200) == bool(seen)
    for checked in seen:
        activity = checked.activity
        assert activity["serviceUrl"].rstrip("/") == PUBLIC_ADDRESS.rstrip("/")
        assert (activity["channelId"], activity["recipient"]["id"]) == ("msteams", f"28:{APP_ID}")
        assert activity["type"]
        assert activity["from"]["id"]
        assert activity["conversation"]["id"]
        assert {
            activity["conversation"].get("tenantId") or TENANT,
            ((activity.get("channelData") or {}).get("tenant") or {}).get("id") or TENANT,
        } == {TENANT}


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=300))
@example(b"Bearer ")
@example(b"Bearer .e30.")
def test_no_odd_header_gets_in_or_breaks_anything(said: bytes) -> None:
    for authorization in (said, b"Bearer " + said):
        answer, seen = sent(dump(MESSAGE), with_(signed(""), b"authorization", authorization))
        assert (answer.status, seen) == (401, [])


json_parts = anything.map(lambda part: base64url(json.dumps(part).encode("utf-8", "surrogatepass")))
headers_of_tokens = st.fixed_dictionaries(
    {"alg": st.sampled_from(["RS256", "none", "HS256"]) | scalars, "kid": st.just("key-1") | anything},
    optional={"typ": anything, "crit": anything, "b64": anything, "jwk": anything, "zip": anything},
).map(lambda header: base64url(json.dumps(header).encode()))


@settings(deadline=None, max_examples=200)
@given(headers_of_tokens | json_parts, json_parts, st.binary(max_size=300).map(base64url))
def test_no_odd_token_gets_in_or_breaks_anything(header: str, claims: str, signature: str) -> None:
    answer, seen = sent(dump(MESSAGE), signed(f"{header}.{claims}.{signature}"))

    assert (answer.status, seen) == (401, [])


@settings(deadline=None, max_examples=150)
@given(
    st.dictionaries(st.sampled_from(["aud", "iss", "exp", "nbf", "serviceurl", "tid"]), anything, min_size=1)
)
def test_no_odd_claims_break_anything_though_they_are_signed(claims: Json) -> None:
    answer, seen = sent(dump(MESSAGE), signed(GOOD.mint(**claims)))

    assert answer.status in (200, 400, 401, 403)
    if answer.status == 200:
        assert seen[0].claims["aud"] == APP_ID
        assert seen[0].claims["serviceurl"].rstrip("/") == PUBLIC_ADDRESS.rstrip("/")


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_a_token_that_was_changed_anywhere_is_no_token(data: st.DataObject) -> None:
    token = GOOD.mint()
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABYZabyz0189-_."))
    spoiled = token[:place] + other + token[place + 1 :]
    assume(_decoded(spoiled) != _decoded(token))

    answer, seen = sent(dump(MESSAGE), signed(spoiled))

    assert (answer.status, seen) == (401, [])


def _decoded(token: str) -> list[bytes]:
    """The last letter of a part may have bits that count for nothing."""
    return [base64.urlsafe_b64decode(part + "==") if len(part) % 4 != 1 else b"" for part in token.split(".")]
