"""Slack: signed commands and clicks through the whole server, each committed before it is acknowledged.

In the same run the same requests go to a bare Bolt whose listeners do nothing but acknowledge, on the same
web server, and to Vercel's Chat SDK where it is found. The server has one core to itself and the client the
other, where the system allows that; PostgreSQL runs on either.
"""

import asyncio
import hmac
import json
import multiprocessing
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from itertools import count, islice
from pathlib import Path
from urllib.parse import urlencode

from rich.table import Table
from sqlalchemy import Engine

from benchmarks.events import PAIRS, people
from benchmarks.slack_apps import PATH, SECRET
from benchmarks.stage import DATABASES, ROOT, bot_on, fresh
from bot.actions import encode
from bot.events import Account
from bot.models import ActionItem
from bot.stories.actions import Done, Reopen

CONNECTIONS = 16
PROMISES = 3  # of each mentee
REQUESTS = 3_000  # in one run
RUNS = 3
WARM_UP = 300
PACE = 50  # requests a second
SECONDS = 10
NAMES = {
    "bolt_as_it_comes": "Bolt alone, as it comes",
    "bare_bolt": "Bolt alone, answering at once",
    "nothing": "the web server alone",
    "the_door_alone": "our door alone",
    "without_the_desk": "our door and Bolt",
    "application": "everything, committed",
}
HOW_TO_GET_IT = "npm i chat @chat-adapter/slack @chat-adapter/state-pg somewhere, and CHAT_SDK=that folder"
CHAT_SDK = {"0": "Chat SDK, as it comes, PostgreSQL", "1": "Chat SDK, committed, PostgreSQL"}
KINDS = ("commands", "clicks")
ANSWER = b'{"ok":true,"channel":{"id":"D1"},"ts":"1.000100"}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(ANSWER)


@dataclass(frozen=True)
class Figures:
    rate: float  # requests a second
    half: float  # ms
    worst: float  # ms, of a hundred


@dataclass(frozen=True)
class Server:
    command: Sequence[str]
    folder: Path
    settings: Mapping[str, str]
    source: bytes = b""  # what it reads from its standard input


def measure() -> Table:
    table = Table(title=f"Slack requests at {CONNECTIONS} connections (median of {RUNS})")
    for heading in ("", "", "a second", "of bare Bolt", "p50 ms", "p99 ms"):
        table.add_column(heading, justify="right" if table.columns[1:] else "left")
    for kind in KINDS:
        found = dict(_servers(kind))
        for name, figures in found.items():
            ratio = figures.rate / found["Bolt alone, answering at once"].rate
            row = (f"{figures.rate:.0f}", f"{ratio:.2f}", f"{figures.half:.1f}", f"{figures.worst:.1f}")
            table.add_row(kind, name, *row)
        table.add_section()
    if missing := _what_is_missing():
        table.caption = f"Without Vercel's Chat SDK: {missing} not found. {HOW_TO_GET_IT}"
    return table


def _servers(kind: str) -> Iterator[tuple[str, Figures]]:
    with fresh("SQLite") as engine:
        for app, name in NAMES.items():
            if app != "application":
                yield name, _figures(_ours(app, engine), kind)
    for database in DATABASES:
        with fresh(database) as engine:
            _prepare(engine)
            yield f"{NAMES['application']}, {database}", _figures(_ours("application", engine), kind)
            yield f"{database}, {PACE} a second", _paced(_ours("application", engine), kind)
            if database == "PostgreSQL" and not _what_is_missing():
                for commit_first, name in CHAT_SDK.items():
                    yield name, _figures(_chat_sdk(engine, commit_first), kind)


def _paced(server: Server, kind: str) -> Figures:
    """Fifty a second, as many as a company of some size ever sends."""
    with _slack_that_takes_everything() as api, _serving(server, api) as port:
        numbers = count(1)
        asyncio.run(_drive(port, _requests(kind, numbers, WARM_UP)))
        return asyncio.run(_drive_slowly(port, _requests(kind, numbers, PACE * SECONDS)))


def _figures(server: Server, kind: str) -> Figures:
    with _slack_that_takes_everything() as api, _serving(server, api) as port:
        numbers = count(1)
        asyncio.run(_drive(port, _requests(kind, numbers, WARM_UP)))
        runs = [asyncio.run(_drive(port, _requests(kind, numbers, REQUESTS))) for _ in range(RUNS)]
    return sorted(runs, key=lambda figures: figures.rate)[RUNS // 2]


def _ours(app: str, engine: Engine) -> Server:
    return Server((sys.executable, "-m", "benchmarks.slack_apps", app, _url(engine)), ROOT, {})


def _chat_sdk(engine: Engine, commit_first: str) -> Server:
    """Read from standard input, a script finds its packages in the folder that it is started in."""
    settings = {
        "COMMIT_FIRST": commit_first,
        "DATABASE_URL": _url(engine).replace("+psycopg", ""),
        "SLACK_SIGNING_SECRET": SECRET,
    }
    script = ROOT / "benchmarks" / "chat_sdk" / "server.mjs"
    folder = Path(os.environ.get("CHAT_SDK", ""))
    return Server(("node", "--input-type=module", "-"), folder, settings, script.read_bytes())


def _what_is_missing() -> str:
    if not shutil.which("node"):
        return "node"
    packages = Path(os.environ.get("CHAT_SDK", "nowhere")) / "node_modules"
    wanted = ("chat", "@chat-adapter/slack", "@chat-adapter/state-pg")
    return ", ".join(name for name in wanted if not (packages / name).is_dir())


def _url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


@contextmanager
def _serving(server: Server, api: str) -> Iterator[int]:
    """The port where a server listens, alone on its core; whoever measures is kept off it."""
    cores, environment = _cores(), {**os.environ, "SLACK_API_URL": api, **server.settings}
    process = subprocess.Popen(  # noqa: S603 - our own
        server.command, cwd=server.folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write(server.source)
    process.stdin.close()
    if cores:
        os.sched_setaffinity(process.pid, {cores[0]})
        os.sched_setaffinity(0, {cores[1]})
    try:
        yield int(process.stdout.readline())
    finally:
        if cores:
            os.sched_setaffinity(0, cores)
        process.terminate()
        process.wait()


@contextmanager
def _slack_that_takes_everything() -> Iterator[str]:
    """In a process of its own, on the core of whoever measures."""
    here = socket.create_server(("127.0.0.1", 0))
    process = multiprocessing.get_context("fork").Process(target=_take_everything, args=(here,), daemon=True)
    process.start()
    if cores := _cores():
        os.sched_setaffinity(process.pid or 0, {cores[1]})
    try:
        yield f"http://127.0.0.1:{here.getsockname()[1]}/api/"
    finally:
        process.kill()
        process.join()


def _take_everything(here: socket.socket) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(Taken, sock=here)
        await server.serve_forever()

    asyncio.run(serve())


class Taken(asyncio.Protocol):
    """Says yes to every request of a connection, as soon as it is whole."""

    def __init__(self) -> None:
        self._asked = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._asked += data
        head, end, body = self._asked.partition(b"\r\n\r\n")
        if end and len(body) >= _length(head):
            self._asked = b""
            self._transport.write(HEAD + ANSWER)


def _cores() -> Sequence[int]:
    """Two cores, if there are two and this system lets us choose."""
    if not hasattr(os, "sched_getaffinity"):
        return ()
    cores = sorted(os.sched_getaffinity(0))
    return cores if len(cores) > 1 else ()


# What people do


def account(person: int) -> Account:
    return Account("slack", "T1", f"U{person}")


def _prepare(engine: Engine) -> None:
    """A hundred mentees with three promises each. Nothing is due while this runs."""
    now = datetime.now(UTC)
    bot = bot_on(engine, lambda: now)
    people(bot, account)
    with bot.open_transaction.begin() as db:
        for number in range(PROMISES * PAIRS):
            n = number % PAIRS + 1
            item = ActionItem(id=number + 1, pair_id=n, owner_id=n, state="open", made_at=now)
            item.what = "Show the demo to somebody from another team"
            db.add(item)


def _requests(kind: str, numbers: Iterator[int], how_many: int) -> deque[bytes]:
    body = {"commands": _command, "clicks": _click}[kind]
    return deque(_signed(body(number)) for number in islice(numbers, how_many))


def _command(number: int) -> bytes:
    fields = {
        "token": "none",
        "team_id": "T1",
        "team_domain": "bench",
        "channel_id": "D1",
        "channel_name": "directmessage",
        "user_id": f"U{number % PAIRS + 1}",
        "user_name": "somebody",
        "command": "/mentor",
        "text": "actions",
        "api_app_id": "A1",
        "is_enterprise_install": "false",
        "response_url": f"https://hooks.slack.com/commands/T1/{number}/abc",
        "trigger_id": f"{number}.1.abc",
    }
    return urlencode(fields).encode()


def _click(number: int) -> bytes:
    """Done, and when everybody has pressed it, taken back, and so on."""
    turn, person = divmod(number, PAIRS)
    value = encode((Reopen if turn % 2 else Done)(person + 1))
    at = f"{number}.000100"
    payload: dict[str, object] = {
        "type": "block_actions",
        "user": {"id": f"U{person + 1}", "username": "somebody", "name": "somebody", "team_id": "T1"},
        "api_app_id": "A1",
        "token": "none",
        "container": {"type": "message", "message_ts": at, "channel_id": "D1", "is_ephemeral": False},
        "trigger_id": f"{number}.1.abc",
        "team": {"id": "T1", "domain": "bench"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": "D1", "name": "directmessage"},
        "message": _card(value, at),
        "state": {"values": {}},
        "response_url": f"https://hooks.slack.com/actions/T1/{number}/abc",
        "actions": [_button(value) | {"action_ts": at, "block_id": f"b{number}"}],
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


def _card(value: str, at: str) -> dict[str, object]:
    words = {"type": "text", "text": "Show the demo to somebody from another team"}
    text = {"type": "rich_text_section", "elements": [words]}
    return {
        "user": "UBOT",
        "type": "message",
        "ts": at,
        "bot_id": "B1",
        "app_id": "A1",
        "text": words["text"],
        "team": "T1",
        "blocks": [
            {"type": "rich_text", "block_id": "t", "elements": [text]},
            {"type": "actions", "block_id": "b", "elements": [_button(value)] * 3},
        ],
    }


def _button(value: str) -> dict[str, object]:
    words = {"type": "plain_text", "text": "Done", "emoji": False}
    return {"type": "button", "action_id": "press.1", "text": words, "value": value}


def _signed(raw: bytes) -> bytes:
    timestamp = b"%d" % time.time()
    signature = hmac.new(SECRET.encode(), b"v0:%b:%b" % (timestamp, raw), sha256).hexdigest()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\nUser-Agent: Slackbot 1.0\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(raw)}\r\n"
        f"X-Slack-Request-Timestamp: {timestamp.decode()}\r\nX-Slack-Signature: v0={signature}\r\n\r\n"
    )
    return head.encode() + raw


# Whoever sends them


class Sender(asyncio.Protocol):
    """One connection: sends the next request when the last is answered."""

    def __init__(self, requests: deque[bytes], took: list[float], done: asyncio.Future[None]) -> None:
        self._requests, self._took, self._done = requests, took, done
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, end, body = self._answer.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        self._took.append(time.perf_counter() - self._sent)
        if not head.startswith(b"HTTP/1.1 200"):
            self._done.set_exception(RuntimeError(head.partition(b"\r\n")[0].decode()))
        else:
            self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error or ConnectionError("the server hung up"))

    def _next(self) -> None:
        if not self._requests:
            self._done.set_result(None)
            self._transport.close()
            return
        self._answer, self._sent = b"", time.perf_counter()
        self._transport.write(self._requests.popleft())


def _length(head: bytes) -> int:
    found = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
    return int(found[1]) if found else 0


async def _drive(port: int, requests: deque[bytes]) -> Figures:
    took, how_many = list[float](), len(requests)
    begin = time.perf_counter()
    await _send(port, requests, took)
    return _figures_of(took, how_many / (time.perf_counter() - begin))


async def _drive_slowly(port: int, requests: deque[bytes]) -> Figures:
    """Each at its time, whether the one before it is answered or not."""
    took, how_many = list[float](), len(requests)
    begin = time.perf_counter()
    async with asyncio.TaskGroup() as senders:
        while requests:
            senders.create_task(_send(port, deque([requests.popleft()]), took, connections=1))
            at = begin + (how_many - len(requests)) / PACE
            await asyncio.sleep(max(at - time.perf_counter(), 0))
    return _figures_of(took, how_many / (time.perf_counter() - begin))


async def _send(port: int, requests: deque[bytes], took: list[float], connections: int = CONNECTIONS) -> None:
    loop = asyncio.get_running_loop()
    done = [loop.create_future() for _ in range(connections)]
    for one in done:
        await loop.create_connection(partial(Sender, requests, took, one), "127.0.0.1", port)
    await asyncio.gather(*done)


def _figures_of(took: Sequence[float], rate: float) -> Figures:
    hundredths = statistics.quantiles(took, n=100)
    return Figures(rate, hundredths[49] * 1000, hundredths[98] * 1000)
