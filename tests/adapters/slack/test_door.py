"""The door in front of Slack's requests. A number such as A12 is one in our list of attacks."""

import asyncio
import hmac
import itertools
import json
import time
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import pytest
from asgi import receiving
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from world import World

from adapters.slack import door as door_module
from adapters.slack.body import FORM, JSON
from adapters.slack.door import MOST_BYTES, Door, safe_response_url
from bot.events import Account, Said

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = 1_770_134_400
EVENT = {"type": "event_callback", "api_app_id": "A1", "event_id": "Ev1", "event": {"type": "message"}}
PRESS = {"type": "block_actions", "api_app_id": "A1", "actions": [{"action_id": "press.1", "value": "done"}]}
COMMAND = {"command": "/mentor", "text": "actions", "user_id": "U1", "team_id": "T1", "api_app_id": "A1"}

Headers = list[tuple[bytes, bytes]]


class Inside:
    """The application behind the door, which notes what reaches it."""

    def __init__(self, *statuses: int) -> None:
        self.bodies: list[Any] = []
        self.raw: list[bytes] = []
        self.statuses = list(statuses)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.raw.append(await request.body())
        self.bodies.append(scope["state"]["slack"])
        await asyncio.sleep(0)
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 0:
            raise RuntimeError("the words of somebody")
        await Response("seen", status)(scope, receive, send)


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


class Clock:
    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def inside() -> Inside:
    return Inside()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(inside: Inside, clock: Clock) -> Door:
    return Door(inside, signing_secret=SECRET, app_ids=lambda: {"A1"}, now=clock)


def sign(raw: bytes, timestamp: bytes = b"%d" % NOW) -> bytes:
    return b"v0=" + hmac.new(SECRET.encode(), b"v0:%b:%b" % (timestamp, raw), sha256).hexdigest().encode()


def signed(raw: bytes, kind: str = JSON, timestamp: bytes = b"%d" % NOW) -> Headers:
    return [
        (b"content-type", kind.encode()),
        (b"x-slack-request-timestamp", timestamp),
        (b"x-slack-signature", sign(raw, timestamp)),
    ]


def without(headers: Headers, *names: bytes) -> Headers:
    return [(name, value) for name, value in headers if name not in names]


def with_(headers: Headers, name: bytes, value: bytes) -> Headers:
    return [*without(headers, name), (name, value)]


def dump(body: object) -> bytes:
    return json.dumps(body).encode()


def form(**fields: str) -> bytes:
    return urlencode(fields).encode()


async def knock(
    door: Door,
    raw: bytes | Iterable[bytes] | AsyncIterator[bytes],
    headers: Headers,
    method: str = "POST",
) -> Answer:
    scope = {"type": "http", "method": method, "path": "/slack/events", "headers": headers, "state": {"a": 1}}
    answer = Answer()
    await door(scope, receiving(raw), answer.send)
    return answer


async def send_json(door: Door, body: object) -> Answer:
    raw = body if isinstance(body, bytes) else dump(body)
    return await knock(door, raw, signed(raw))


async def send_form(door: Door, raw: bytes) -> Answer:
    return await knock(door, raw, signed(raw, FORM))


# What comes in


async def test_an_event_comes_in_with_its_bytes_and_what_they_say(door: Door, inside: Inside) -> None:
    answer = await send_json(door, EVENT)

    assert (answer.status, answer.body) == (200, b"seen")
    assert inside.bodies == [EVENT]
    assert inside.raw == [dump(EVENT)]


async def test_a_press_comes_in_as_its_payload(door: Door, inside: Inside) -> None:
    raw = form(payload=json.dumps(PRESS))

    assert (await send_form(door, raw)).status == 200
    assert (inside.bodies, inside.raw) == ([PRESS], [raw])


async def test_a_command_comes_in_as_its_fields(door: Door, inside: Inside) -> None:
    assert (await send_form(door, form(**COMMAND))).status == 200
    assert inside.bodies == [COMMAND]


async def test_a_command_may_speak_of_a_payload_and_have_no_words(door: Door, inside: Inside) -> None:
    for text in ("ask what a payload is", "", "a=b&c", "Grüße 🙂", "\\u0000 and \\ud800, typed"):
        await send_form(door, form(**COMMAND | {"text": text}))

    assert [body["text"] for body in inside.bodies][1:4] == ["", "a=b&c", "Grüße 🙂"]
    assert len(inside.bodies) == 5


@pytest.mark.parametrize(
    "kind", [JSON, "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"']
)
async def test_a_charset_may_be_named_if_it_is_utf_8(door: Door, inside: Inside, kind: str) -> None:
    assert (await knock(door, dump(EVENT), signed(dump(EVENT), kind))).status == 200
    assert inside.bodies == [EVENT]


async def test_a_body_may_come_in_pieces(door: Door, inside: Inside) -> None:
    raw = dump(EVENT)

    await knock(door, [raw[i : i + 1] for i in range(len(raw))], signed(raw))

    assert inside.raw == [raw]


async def test_the_state_of_the_application_is_still_there_and_stays_its_own(door: Door) -> None:
    states: list[dict[str, Any]] = []

    async def look(scope: Scope, _receive: Receive, send: Send) -> None:
        states.append(scope["state"])
        await Response()(scope, _receive, send)

    scope = {"type": "http", "method": "POST", "headers": signed(dump(EVENT)), "state": {"a": 1}}
    await Door(look, signing_secret=SECRET, now=Clock())(scope, receiving(dump(EVENT)), Answer().send)

    assert states == [{"a": 1, "slack": EVENT}]
    assert scope["state"] == {"a": 1}


async def test_whoever_hangs_up_gets_no_answer(door: Door, inside: Inside) -> None:
    answer = Answer()

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "POST", "headers": signed(b"{}")}
    await door(scope, gone, answer.send)

    assert (answer.status, inside.bodies) == (0, [])


async def test_the_end_of_a_connection_is_told_after_the_body(clock: Clock) -> None:
    told: list[Message] = []

    async def listen(_scope: Scope, receive: Receive, send: Send) -> None:
        told.extend([await receive(), await receive()])
        await Response()(_scope, receive, send)

    await send_json(Door(listen, signing_secret=SECRET, now=clock), EVENT)

    assert [message["type"] for message in told] == ["http.request", "http.disconnect"]


async def test_nothing_starts_without_a_secret(inside: Inside) -> None:
    with pytest.raises(ValueError, match="secret"):
        Door(inside, signing_secret="")


async def test_only_requests_come_through_the_door(door: Door, inside: Inside) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await door({"type": "websocket", "headers": []}, receiving(b""), send)

    assert sent == [{"type": "websocket.close"}]
    assert inside.bodies == []


# Who sent it: A1 to A11


@pytest.fixture
def refused(door: Door, inside: Inside, caplog: pytest.LogCaptureFixture) -> Any:
    """Sends something that must be refused: one number, no word, one line in the log that quotes nothing."""

    async def send(raw: Any, headers: Headers, status: int, why: str, method: str = "POST") -> Answer:
        caplog.clear()
        answer = await knock(door, raw, headers, method)
        assert (answer.status, answer.body, inside.bodies) == (status, b"", [])
        assert [(line.message, line.exc_info) for line in caplog.records] == [(f"refused: {why}", None)]
        return answer

    return send


@pytest.mark.parametrize(
    ("missing", "why"), [(b"x-slack-signature", "signature"), (b"x-slack-request-timestamp", "timestamp")]
)
async def test_a1_without_a_signature(refused: Any, missing: bytes, why: str) -> None:
    raw = dump(EVENT)

    await refused(raw, without(signed(raw), missing), 401, why)


async def test_a2_a_wrong_signature(refused: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bool] = []
    compare = hmac.compare_digest

    def note(one: bytes, other: bytes) -> bool:
        compared.append(compare(one, other))
        return compared[-1]

    monkeypatch.setattr(hmac, "compare_digest", note)

    for digit in (b"0", b"f"):
        await refused(
            dump(EVENT), with_(signed(b""), b"x-slack-signature", b"v0=" + digit * 64), 401, "bad signature"
        )

    assert compared == [False, False]


@pytest.mark.parametrize(
    "timestamp",
    [
        b"abc",
        b"",
        b"1.5",
        b"-1",
        b"1e9",
        b"+1770134400",
        b"1" * 5000,
        "１７７０１３４４００".encode(),
        "١٧٧٠١٣٤٤٠٠".encode(),
        b" 1770134400",
        b"1770134400 ",
        b"1770134400\n",
        b"1_770_134_400",
        b"0x69824cc0",
    ],
)
async def test_a3_a_timestamp_that_is_none_even_signed(refused: Any, timestamp: bytes) -> None:
    await refused(dump(EVENT), signed(dump(EVENT), timestamp=timestamp), 401, "timestamp")


@pytest.mark.parametrize("signature", ["v0=é".encode(), "v0=é".encode("latin-1"), b"v0=" + b"\xff" * 64])
async def test_a4_a_signature_that_is_not_ascii(refused: Any, signature: bytes) -> None:
    await refused(dump(EVENT), with_(signed(b""), b"x-slack-signature", signature), 401, "signature")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda good: good.upper(),
        lambda good: b"V0" + good[2:],
        lambda good: b"v1" + good[2:],
        lambda good: good[:-1],
        lambda good: good + b"0",
        lambda good: good[3:],
        lambda good: good + b"\n",
        lambda good: b"v0=" + good[3:].upper(),
        lambda good: b"",
    ],
)
async def test_a5_a_signature_written_in_another_way(refused: Any, spoil: Any) -> None:
    raw = dump(EVENT)

    await refused(raw, with_(signed(raw), b"x-slack-signature", spoil(sign(raw))), 401, "signature")


@pytest.mark.parametrize("late", [301, -301, 10**6])
async def test_a6_a_stale_request_though_it_is_signed(refused: Any, late: int) -> None:
    raw = dump(EVENT)

    await refused(raw, signed(raw, timestamp=b"%d" % (NOW - late)), 401, "stale")


async def test_a7_a_clock_ahead_of_ours_is_believed_once(door: Door, inside: Inside, clock: Clock) -> None:
    headers = signed(dump(EVENT), timestamp=b"%d" % (NOW + 299))

    statuses = []
    for clock.now in (NOW, NOW + 1, NOW + 598, NOW + 600):
        statuses.append((await knock(door, dump(EVENT), headers)).status)

    assert statuses == [200, 200, 200, 401]
    assert len(inside.bodies) == 1


async def test_a8_the_same_request_twice_does_nothing_more(door: Door, inside: Inside, clock: Clock) -> None:
    first = await send_form(door, form(**COMMAND))
    clock.now += 10
    second = await send_form(door, form(**COMMAND))

    assert (first.body, second.status, second.body) == (b"seen", 200, b"")
    assert len(inside.bodies) == 1


@pytest.mark.parametrize("failure", [0, 500, 503, 404])
async def test_a8_what_was_not_accepted_may_come_again(clock: Clock, failure: int) -> None:
    inside = Inside(failure, 200)
    door = Door(inside, signing_secret=SECRET, now=clock)

    statuses = [(await send_json(door, EVENT)).status for _ in range(3)]

    assert statuses == [failure or 500, 200, 200]
    assert len(inside.bodies) == 2


async def test_a8_a_second_one_that_comes_during_the_first_waits_for_how_it_ends(clock: Clock) -> None:
    inside = Inside(500, 200)
    door = Door(inside, signing_secret=SECRET, now=clock)

    answers = await asyncio.gather(*(send_json(door, EVENT) for _ in range(4)))

    assert Counter(answer.status for answer in answers) == {500: 1, 200: 3}
    assert len(inside.bodies) == 2


async def test_a8_a_first_one_that_is_broken_off_holds_up_nobody(clock: Clock) -> None:
    inside, stuck = Inside(), asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if not stuck.is_set():
            stuck.set()
            await asyncio.sleep(3600)
        await inside(scope, receive, send)

    door = Door(app, signing_secret=SECRET, now=clock)
    first = asyncio.create_task(send_json(door, EVENT))
    await stuck.wait()
    second = asyncio.create_task(send_json(door, EVENT))
    await asyncio.sleep(0.01)
    first.cancel()

    assert (await second).body == b"seen"


async def test_a9_slacks_own_second_try_comes_in_and_the_core_knows_it(
    world: World, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    replies = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        said = Said(id=scope["state"]["slack"]["event_id"], who=Account("test", "here", "nobody"), text="Hi")
        replies.append(world.bot.handle(said))
        await Response()(scope, receive, send)

    door = Door(app, signing_secret=SECRET, now=clock)
    await send_json(door, EVENT)
    again = [*signed(dump(EVENT), timestamp=b"%d" % (NOW + 60)), (b"x-slack-retry-num", b"1")]

    assert (await knock(door, dump(EVENT), again)).status == 200
    assert [reply is None for reply in replies] == [False, True]


async def test_a10_a_body_changed_by_one_byte(refused: Any) -> None:
    raw = form(**COMMAND | {"text": "a b"})
    encoded_otherwise = raw.replace(b"a+b", b"a%20b")

    await refused(encoded_otherwise, signed(raw, FORM), 401, "bad signature")
    await refused(raw + b" ", signed(raw, FORM), 401, "bad signature")


@pytest.mark.parametrize("name", [b"x-slack-signature", b"x-slack-request-timestamp", b"X-Slack-Signature"])
async def test_a11_a_header_that_stands_there_twice(refused: Any, name: bytes) -> None:
    headers = signed(dump(EVENT))
    twice = [*headers, (name, dict(headers)[name.lower()])]

    await refused(dump(EVENT), twice, 401, "timestamp" if name.endswith(b"timestamp") else "signature")


# How much: A12 and A13


async def test_a12_a_body_that_says_it_is_too_large_is_not_read(refused: Any) -> None:
    def nothing() -> Iterable[bytes]:
        raise AssertionError("somebody read it")
        yield

    for length in (b"%d" % (5 * MOST_BYTES), b"%d" % (MOST_BYTES + 1)):
        answer = await refused(nothing(), [*signed(b""), (b"content-length", length)], 413, "too large")

    assert answer.headers[b"connection"] == b"close"


@pytest.mark.parametrize("length", [b"-1", b"1e3", b"9" * 16, b"9" * 5000, "１".encode()])
async def test_a12_a_length_that_is_none(refused: Any, length: bytes) -> None:
    await refused(b"", [*signed(b""), (b"content-length", length)], 400, "length")


async def test_a12_a_body_without_a_length_is_read_as_far_as_the_limit(refused: Any) -> None:
    piece, taken = b"x" * 65_536, 0

    def pieces() -> Iterable[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield piece

    tracemalloc.start()
    await refused(pieces(), signed(b""), 413, "too large")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert taken == MOST_BYTES // len(piece) + 1
    assert most < 4 * MOST_BYTES


async def test_a12_many_small_pieces_are_not_kept_as_pieces(refused: Any) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        while True:
            yield b"xy"

    tracemalloc.start()
    await refused(pieces(), signed(b""), 413, "too large")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert most < 4 * MOST_BYTES


async def test_a12_a_body_that_drips_is_not_waited_for(refused: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door_module, "READ_WITHIN", 0.05)

    async def drips() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.01)
            yield b"x"

    await refused(drips(), signed(b""), 408, "too slow")


async def test_a12_a_body_of_just_the_limit_comes_in(door: Door, inside: Inside) -> None:
    padded = dump(EVENT).ljust(MOST_BYTES)

    assert (await send_json(door, padded)).status == 200
    assert (await send_json(door, padded + b" ")).status == 413
    assert len(inside.raw) == 1


HUGE = {
    "deep lists": b"[" * 200_000,
    "deep lists, closed": b'{"type":"a","a":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "deep objects": b'{"a":' * 200_000,
    "many keys": b"{" + b",".join(b'"%d":1' % n for n in range(90_000)) + b"}",
    "many numbers": b'{"type":"a","a":[' + b"1," * 500_000 + b"1]}",
    "many words": b'{"type":"a","a":[' + b'"",' * 340_000 + b'""]}',
    "a large integer": b'{"type":"a","a":' + b"9" * 1_000_000 + b"}",
    "a large fraction": b'{"type":"a","a":0.' + b"9" * 1_000_000 + b"}",
    "a list too deep, then much space": b'{"a":' + b"[" * 33 + b"]" * 33 + b" " * 1_000_000 + b"}",
    "brackets, then quotes without end": b"[]," * 40 + b'"' + b'\\"' * 500_000,
    "brackets, then nothing": b"[]," * 40 + b" " * 1_000_000,
    "quotes without end": b'{"' + b'\\"' * 500_000,
    "a string without end": b'{"' + b"a" * 1_000_000,
}


@pytest.mark.parametrize("huge", HUGE)
async def test_a13_a_body_that_is_dear_to_read(refused: Any, huge: str) -> None:
    raw = HUGE[huge]

    await refused(raw, signed(raw), 400, "not understood")


async def test_a13_ten_megabytes_of_digits(refused: Any) -> None:
    raw = b'{"a":' + b"9" * 10_000_000 + b"}"

    await refused(raw, signed(raw), 413, "too large")


async def test_a13_many_fields_of_a_form(refused: Any) -> None:
    raw = b"&".join(b"f%d=1" % n for n in range(60_000)) + b"&command=x"

    await refused(raw, signed(raw, FORM), 400, "not understood")


@pytest.mark.parametrize("within", [32, 31])
async def test_a13_what_is_as_deep_as_allowed_comes_in(door: Door, inside: Inside, within: int) -> None:
    raw = b'{"type":"a","a":' + b"[" * (within - 1) + b"]" * (within - 1) + b"}"

    assert (await send_json(door, raw)).status == 200


async def test_a13_brackets_in_what_somebody_wrote_are_no_depth(door: Door, inside: Inside) -> None:
    body = EVENT | {"text": "[{" * 10_000 + '\\"' + "[" * 100, "number": 2**60}

    assert (await send_json(door, body)).status == 200
    assert inside.bodies == [body]


# What it says: A14 to A19


def repr_of_the_start(raw: bytes) -> str:
    return repr(raw[:30])


NOT_ONE_OBJECT = [
    b"payload=%7Bnot-json",
    b"payload=null",
    b"payload=[]",
    b"payload=[1]",
    b"payload=7",
    b"payload=",
    b"payload",
    b"payload=%22x%22",
    b"payload=true",
    b"payload={}&payload={}",
    b"payload=%7B%22type%22:%22a%22%7D&payload=",
    b"payload=%7B%22type%22:1%7D",
    b"",
    b"&",
    b"text=hello",
    b"command=/a&command=/b",
    b"command=/a&text=%FF",
    b"command=/a&text=%ED%A0%80",
    b"command=/a&text=%00",
    b"command=/a&text=\xff",
    b'{"command":1}',
    b"{}=command",
]


@pytest.mark.parametrize("raw", NOT_ONE_OBJECT, ids=repr_of_the_start)
async def test_a14_a_form_that_is_not_one_thing(refused: Any, raw: bytes) -> None:
    await refused(raw, signed(raw, FORM), 400, "not understood")


@pytest.mark.parametrize("raw", [*NOT_ONE_OBJECT, *HUGE.values()], ids=repr_of_the_start)
async def test_a14_before_it_is_known_who_sent_it_nothing_is_read(refused: Any, raw: bytes) -> None:
    await refused(raw, signed(b"another", FORM), 401, "bad signature")


ODD = {
    "a key twice": rb'{"type":"a","type":"b"}',
    "a key twice inside": rb'{"type":"a","x":[{"k":1,"k":2}]}',
    "NaN": rb'{"type":"a","x":NaN}',
    "Infinity": rb'{"type":"a","x":-Infinity}',
    "infinity as a number": rb'{"type":"a","x":1e999}',
    "half a character": rb'{"type":"a","x":"\ud800"}',
    "half a character in a key": rb'{"type":"a","\uDC00":1}',
    "halves in the wrong order": rb'{"type":"a","x":["\ude00\ud83d"]}',
    "NUL": rb'{"type":"a","x":"\u0000"}',
    "a plain NUL": b'{"type":"a","x":"\0"}',
    "not UTF-8": b'{"type":"a","x":"\xff"}',
    "UTF-16": '{"type":"a"}'.encode("utf-16"),
    "a mark before it": b"\xef\xbb\xbf" + b'{"type":"a"}',
    "something after it": b'{"type":"a"}{}',
    "no type": b"{}",
    "a type that is a list": b'{"type":[]}',
    "no event": b'{"type":"event_callback"}',
    "an event that is null": b'{"type":"event_callback","event":null}',
    "an event that is a word": b'{"type":"event_callback","event":"x"}',
    "an event without a type": b'{"type":"event_callback","event":{}}',
    "a list": b"[1]",
    "null": b"null",
    "nothing": b"",
}


@pytest.mark.parametrize("odd", ODD)
async def test_a15_what_could_be_read_in_two_ways(refused: Any, odd: str) -> None:
    await refused(ODD[odd], signed(ODD[odd]), 400, "not understood")


async def test_a15_whole_characters_come_in_however_they_are_written(door: Door, inside: Inside) -> None:
    await send_json(door, rb'{"type":"a","x":"\ud83d\ude42 \\ud800 \\u0000"}')

    assert inside.bodies == [{"type": "a", "x": "🙂 \\ud800 \\u0000"}]


@pytest.mark.parametrize(
    "kind",
    [
        b"",
        b"text/plain",
        b"application/xml",
        b"multipart/form-data; boundary=x",
        b"application/json; charset=utf-7",
        b"application/json; charset=utf-16",
        b"application/json, text/plain",
        b"application/json; x=y",
        b"json",
        b"application/jsonp",
        b'application/json; charset="utf-8',
        b"application/json;",
        "application/jsön".encode(),
    ],
)
async def test_a16_another_type(refused: Any, kind: bytes) -> None:
    await refused(dump(EVENT), with_(signed(dump(EVENT)), b"content-type", kind), 415, "content type")


async def test_a16_no_type_or_two(refused: Any) -> None:
    headers = signed(dump(EVENT))

    await refused(dump(EVENT), without(headers, b"content-type"), 415, "content type")
    await refused(dump(EVENT), [*headers, (b"content-type", FORM.encode())], 415, "content type")


@pytest.mark.parametrize("encoding", [b"gzip", b"br", b"deflate, gzip", b""])
async def test_a16_a_packed_body(refused: Any, encoding: bytes) -> None:
    headers = [*signed(dump(EVENT)), (b"content-encoding", encoding)]

    await refused(dump(EVENT), headers, 415, "content encoding")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "post", "TRACE"])
async def test_a17_another_method(refused: Any, method: str) -> None:
    answer = await refused(dump(EVENT), signed(dump(EVENT)), 405, "method", method)

    assert answer.headers[b"allow"] == b"POST"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [(dump({"type": "url_verification", "challenge": "c"}), JSON), (b"ssl_check=1&token=x", FORM)],
)
async def test_a18_whether_the_address_is_ours_is_said_to_slack_alone(
    refused: Any, raw: bytes, kind: str
) -> None:
    await refused(raw, [(b"content-type", kind.encode())], 401, "timestamp")


async def test_a18_slack_is_told_that_the_address_is_ours(door: Door, inside: Inside) -> None:
    for _ in range(2):
        answer = await send_json(door, {"token": "x", "type": "url_verification", "challenge": "3eZ<b>"})
        assert (answer.status, json.loads(answer.body)) == (200, {"challenge": "3eZ<b>"})
        assert answer.headers[b"content-type"] == b"application/json"

    answer = await send_form(door, b"ssl_check=1&token=x")

    assert (answer.status, answer.body, inside.bodies) == (200, b"", [])


@pytest.mark.parametrize("challenge", [None, 7, ["x"], "x" * 1001])
async def test_a18_a_challenge_that_is_none(refused: Any, challenge: object) -> None:
    raw = dump({"type": "url_verification", "challenge": challenge})

    await refused(raw, signed(raw), 400, "challenge")


@pytest.mark.parametrize("app", ["A2", "", None, ["A1"], {"A1": 1}])
async def test_a19_what_is_for_another_app(refused: Any, app: object) -> None:
    for raw, kind in [
        (dump(EVENT | {"api_app_id": app}), JSON),
        (form(payload=json.dumps(PRESS | {"api_app_id": app})), FORM),
        (form(**COMMAND | {"api_app_id": f"{app}"}), FORM),
    ]:
        await refused(raw, signed(raw, kind), 403, "another app")


async def test_a19_what_names_no_app_comes_in(door: Door, inside: Inside) -> None:
    await send_form(door, form(payload=json.dumps({"type": "shortcut", "callback_id": "ask"})))

    assert len(inside.bodies) == 1


# Storms and failures


async def test_a25_a_storm_of_one_event_is_one_event(door: Door, inside: Inside) -> None:
    answers = await asyncio.gather(*(send_json(door, EVENT) for _ in range(5000)))

    assert Counter(answer.status for answer in answers) == {200: 5000}
    assert len(inside.bodies) == 1


async def test_a25_what_is_remembered_has_a_limit(inside: Inside, clock: Clock, monkeypatch: Any) -> None:
    monkeypatch.setattr(door_module, "MOST_REMEMBERED", 100)
    door = Door(inside, signing_secret=SECRET, now=clock)

    for number in range(300):
        await send_json(door, EVENT | {"event_id": f"Ev{number}"})

    assert len(door._visits) == 100


async def test_what_is_remembered_is_forgotten_when_it_would_be_stale(door: Door, clock: Clock) -> None:
    await send_json(door, EVENT)
    clock.now += 602

    assert len(door._visits) == 0


async def test_a_failure_inside_is_logged_without_words(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await send_json(Door(Inside(0), signing_secret=SECRET, now=clock), EVENT)

    assert (answer.status, answer.body) == (500, b"")
    [line] = caplog.records
    assert line.message.startswith("RuntimeError in __call__:")
    assert line.exc_info is None


async def test_a_failure_in_the_middle_of_an_answer_says_nothing_more(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async def breaks(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("the words of somebody")

    door = Door(breaks, signing_secret=SECRET, now=clock)

    assert (await send_json(door, EVENT)).status == 200
    assert "words" not in caplog.text
    assert not next(iter(door._visits.values())).accepted


# Anything at all


RAW = st.one_of(
    st.binary(max_size=300),
    st.sampled_from([dump(EVENT), form(**COMMAND), *ODD.values(), *NOT_ONE_OBJECT]),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(st.characters()),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
    ).map(dump),
    st.dictionaries(st.sampled_from(["payload", "command", "text", "ssl_check"]), st.text()).map(
        lambda fields: urlencode(fields, errors="surrogatepass").encode()
    ),
)
NAMES = st.sampled_from(
    [
        b"x-slack-signature",
        b"x-slack-request-timestamp",
        b"content-type",
        b"content-length",
        b"content-encoding",
    ]
)
VALUES = st.binary(max_size=80) | st.sampled_from(
    [JSON.encode(), FORM.encode(), b"%d" % NOW, b"v0=" + b"0" * 64, b"10", b"identity"]
)


@given(raw=RAW, headers=st.lists(st.tuples(NAMES, VALUES), max_size=7))
async def test_whatever_comes_unsigned_gets_nowhere(raw: bytes, headers: Headers) -> None:
    inside = Inside()

    answer = await knock(Door(inside, signing_secret=SECRET, now=Clock()), raw, headers)

    assert 400 <= answer.status < 500
    assert (answer.body, inside.bodies) == (b"", [])


@given(raw=RAW, kind=st.sampled_from([JSON, FORM]), cuts=st.lists(st.integers(0, 300), max_size=4))
async def test_whatever_is_signed_is_read_or_refused(raw: bytes, kind: str, cuts: list[int]) -> None:
    inside = Inside()
    edges = [0, *sorted(cuts), len(raw) + 300]
    pieces = [raw[start:end] for start, end in itertools.pairwise(edges)]

    answer = await knock(Door(inside, signing_secret=SECRET, now=Clock()), pieces, signed(raw, kind))

    assert answer.status in (200, 400)
    assert inside.raw in ([], [raw])
    for body in inside.bodies:
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()


# A24


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.com/actions/T1/2/abc",
        "https://hooks.slack.com/commands/T1/2/a-b_c",
        "https://hooks.slack-gov.com/app/T1/2/abc",
    ],
)
def test_a24_slack_may_be_answered(url: str) -> None:
    assert safe_response_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.slack.com/actions/x",
        "http://hooks.slack.com/actions/x",
        "https://hooks.slack.com.evil.test/x",
        "https://evil.test/hooks.slack.com/x",
        "https://evilhooks.slack.com/x",
        "https://hooks.slack.com@evil.test/x",
        "https://me@hooks.slack.com/x",
        "https://me:pw@hooks.slack.com/x",
        "https://hooks.slack.com:443/x",
        "https://hooks.slack.com:8443/x",
        "https://hooks.slack.com/x#y",
        "https://hooks.slack.com\\@evil.test/x",
        "https://evil.test\\.hooks.slack.com/x",
        "https://hooks.slack.com",
        "https://hooks.sl\nack.com/x",
        "https://hooks.slack.com/x\n",
        "\thttps://hooks.slack.com/x",
        "https://hooks.slack.com/x y",
        "https://hooks.slаck.com/x",
        "https://HOOKS.slack.com/x",
        "https://hooks.slack.com./x",
        "file:///etc/passwd",
        "https://127.0.0.1/x",
        "https://169.254.169.254/latest",
        "//hooks.slack.com/x",
        "http://127.0.0.1:8888/x",
        "https://hooks-slack.com/x",
        "https://hooks.slack-evil.com/x",
    ],
)
def test_a24_nobody_else_may(url: str) -> None:
    assert not safe_response_url(url)


def test_a24_a_peer_on_this_machine_may_stand_in_for_slack() -> None:
    assert safe_response_url("http://127.0.0.1:8888/response/1", ["127.0.0.1:8888"])
    assert safe_response_url("http://[::1]:8888/response/1", ["[::1]:8888"])
    assert not safe_response_url("http://127.0.0.1:8889/response/1", ["127.0.0.1:8888"])
    assert not safe_response_url("http://127.0.0.1:8888@evil.test/", ["127.0.0.1:8888"])
    assert not safe_response_url("http://peer.test:8888/response/1", ["peer.test:8888"])
    assert not safe_response_url("http://10.0.0.1/response/1", ["10.0.0.1"])


# Why the door is there: Bolt alone, with its own check of the signature


def bolt() -> AsyncApp:
    async def authorize(**_: object) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="U1")

    return AsyncApp(signing_secret=SECRET, authorize=authorize)


async def through_bolt(raw: str, kind: str, timestamp: str, signature: str) -> int:
    headers: dict[str, str | Sequence[str]] = {
        "content-type": kind,
        "x-slack-signature": signature,
        "x-slack-request-timestamp": timestamp,
    }
    try:
        return (await bolt().async_dispatch(AsyncBoltRequest(body=raw, headers=headers))).status
    except (ValueError, TypeError, AttributeError, RecursionError):
        return 500  # what a server makes of it


@pytest.mark.expects_errors
@pytest.mark.parametrize(
    ("timestamp", "signature"),
    [("abc", "v0=0"), ("1.5", "v0=0"), ("1" * 5000, "v0=0"), ("now", "v0=é")],
    ids=["a word", "a fraction", "5,000 digits", "a signature that is not ASCII"],
)
async def test_bolt_alone_breaks_on_headers_that_nobody_signed(timestamp: str, signature: str) -> None:
    """If this fails, Bolt has mended it, and the door is wanted for less."""
    now = f"{int(time.time())}"

    assert await through_bolt("{}", JSON, timestamp.replace("now", now), signature) == 500


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("{not json", JSON),
        ("[1]", JSON),
        ("payload=%7Bnot-json", FORM),
        ("payload=null", FORM),
        ("payload=[1]", FORM),
        ("[" * 200_000, JSON),
    ],
    ids=["no JSON", "a list", "no JSON in a form", "null", "a list in a form", "200,000 deep"],
)
async def test_bolt_alone_breaks_on_bodies_that_nobody_signed(raw: str, kind: str) -> None:
    """If this fails, Bolt has mended it, and the door is wanted for less."""
    assert await through_bolt(raw, kind, f"{int(time.time())}", "v0=" + "0" * 64) == 500


async def test_bolt_alone_loses_a_command_that_speaks_of_a_payload() -> None:
    """If this fails, Bolt has mended it. What is behind the door takes the body that the door has read."""
    request = AsyncBoltRequest(
        body=urlencode(COMMAND | {"text": "what is a payload"}), headers={"content-type": FORM}
    )

    assert request.body == {}


async def test_bolt_alone_takes_the_same_request_twice() -> None:
    taken: list[str] = []
    app = bolt()

    @app.command("/mentor")
    async def command(ack: Any, body: dict[str, Any]) -> None:
        taken.append(body["text"])
        await ack()

    now = f"{int(time.time())}"
    raw = urlencode(COMMAND)
    headers: dict[str, str | Sequence[str]] = {
        "content-type": FORM,
        "x-slack-signature": sign(raw.encode(), now.encode()).decode(),
        "x-slack-request-timestamp": now,
    }
    for _ in range(2):
        response = await app.async_dispatch(AsyncBoltRequest(body=raw, headers=headers))
        assert response.status == 200

    assert taken == ["actions", "actions"]
