"""Slack: signed commands and clicks through the whole server, each committed before it is acknowledged.

In the same run the same requests go to a bare Bolt whose listeners do nothing but acknowledge, on the same
web server, and to Vercel's Chat SDK where it is found. The server has one core to itself and the client the
other, where the system allows that; PostgreSQL runs on either.
"""

import hmac
import json
import os
import shutil
import sys
import time
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

from rich.table import Table
from sqlalchemy import Engine

from benchmarks.events import PAIRS, people
from benchmarks.slack_apps import PATH, SECRET
from benchmarks.stage import DATABASES, ROOT, bot_on, fresh, url_of
from benchmarks.wire import CONNECTIONS, PACE, RUNS, Figures, Server, driven, paced, taking_everything
from bot.actions import encode
from bot.events import Account
from bot.models import ActionItem
from bot.stories.actions import Done, Reopen

PROMISES = 3  # of each mentee
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
    requests = partial(_requests, kind)
    with fresh("SQLite") as engine, taking_everything(ANSWER) as api:
        for app, name in NAMES.items():
            if app != "application":
                yield name, driven(_ours(app, engine, api), requests)
    for database in DATABASES:
        with fresh(database) as engine, taking_everything(ANSWER) as api:
            _prepare(engine)
            server = _ours("application", engine, api)
            yield f"{NAMES['application']}, {database}", driven(server, requests)
            yield f"{database}, {PACE} a second", paced(server, requests)
            if database == "PostgreSQL" and not _what_is_missing():
                for commit_first, name in CHAT_SDK.items():
                    yield name, driven(_chat_sdk(engine, commit_first, api), requests)


def _ours(app: str, engine: Engine, api: str) -> Server:
    command = (sys.executable, "-m", "benchmarks.slack_apps", app, url_of(engine))
    return Server(command, ROOT, {"SLACK_API_URL": f"{api}/api/"})


def _chat_sdk(engine: Engine, commit_first: str, api: str) -> Server:
    """Read from standard input, a script finds its packages in the folder that it is started in."""
    settings = {
        "COMMIT_FIRST": commit_first,
        "SLACK_API_URL": f"{api}/api/",
        "DATABASE_URL": url_of(engine).replace("+psycopg", ""),
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
