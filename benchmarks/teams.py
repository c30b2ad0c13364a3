"""Teams: signed activities through the whole server, each committed before it is answered.

In the same run the same activities go to an echo bot on botbuilder as it comes, with nobody asking who sends
them: every message is one call to a connector that takes everything at once, ours as well as theirs.
"""

import json
import sys
import time
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import islice

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from rich.table import Table
from sqlalchemy import Engine

from adapters.teams import store
from benchmarks.events import PAIRS, people
from benchmarks.stage import DATABASES, ROOT, bot_on, fresh, url_of
from benchmarks.teams_apps import APP_ID, ISSUER, KEY_ID, PATH, TENANT, person
from benchmarks.wire import CONNECTIONS, PACE, RUNS, Figures, Server, driven, paced, taking_everything
from bot.actions import encode
from bot.events import Account
from bot.models import ActionItem
from bot.stories.actions import Done, Reopen

KINDS = ("words", "presses")
FEW = 300  # requests, for a server that takes its time
PROMISES = 3  # of each mentee
ANSWER = b'{"id":"1700000000001"}'
STOCK = "an echo bot on botbuilder as it comes, nobody signs"
OURS = {"botbuilder": "everything, signed, committed, by botbuilder", "agents": "… by the Agents SDK"}
_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def measure() -> Table:
    table = Table(title=f"Activities of Teams at {CONNECTIONS} connections (median of {RUNS})")
    for heading in ("", "", "a second", "of the echo bot", "p50 ms", "p99 ms"):
        table.add_column(heading, justify="right" if table.columns[1:] else "left")
    for kind in KINDS:
        found = dict(_servers(kind))
        for name, figures in found.items():
            ratio = figures.rate / found[STOCK].rate
            row = (f"{figures.rate:.0f}", f"{ratio:.1f}", f"{figures.half:.1f}", f"{figures.worst:.1f}")
            table.add_row(kind, name, *row)
        table.add_section()
    return table


def _servers(kind: str) -> Iterator[tuple[str, Figures]]:
    with taking_everything(ANSWER) as connector, fresh("SQLite") as engine:
        requests = partial(_requests, kind, connector, "")
        yield STOCK, driven(_app("stock", engine), requests, FEW)
    for database in DATABASES:
        for sdk, name in OURS.items():
            with taking_everything(ANSWER) as connector, fresh(database) as engine:
                _prepare(engine)
                server, requests = _app(sdk, engine), partial(_requests, kind, connector, _token(connector))
                yield f"{name}, {database}", driven(server, requests)
                if sdk == "botbuilder":
                    yield f"{database}, {PACE} a second", paced(server, requests)


def _app(name: str, engine: Engine) -> Server:
    """It reads with which key the activities are signed."""
    public = _key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return Server((sys.executable, "-m", "benchmarks.teams_apps", name, url_of(engine)), ROOT, {}, public)


# What people do


def account(number: int) -> Account:
    return Account("teams", TENANT, person(number))


def _prepare(engine: Engine) -> None:
    """A hundred mentees with three promises each. Nothing is due while this runs."""
    now = datetime.now(UTC)
    bot = bot_on(engine, lambda: now)
    store.metadata.create_all(engine)
    people(bot, account)
    with bot.open_transaction.begin() as db:
        for number in range(PROMISES * PAIRS):
            n = number % PAIRS + 1
            item = ActionItem(id=number + 1, pair_id=n, owner_id=n, state="open", made_at=now)
            item.what = "Show the demo to somebody from another team"
            db.add(item)


def _requests(kind: str, connector: str, token: str, numbers: Iterator[int], how_many: int) -> deque[bytes]:
    what = {"words": _words, "presses": _press}[kind]
    these = islice(numbers, how_many)
    return deque(_signed(_activity(connector, number) | what(number), token) for number in these)


def _words(number: int) -> dict[str, object]:
    return {"type": "message", "text": "actions", "textFormat": "plain"}


def _press(number: int) -> dict[str, object]:
    """Done, and when everybody has pressed it, taken back, and so on."""
    turn, who = divmod(number, PAIRS)
    data = {"do": encode((Reopen if turn % 2 else Done)(who + 1)), "card": f"card{number}", "label": "Done"}
    action = {"type": "Action.Execute", "title": "Done", "verb": "actions.done", "data": data}
    value = {"action": action, "trigger": "manual"}
    return {"type": "invoke", "name": "adaptiveCard/action", "value": value, "replyToId": "1700000000000"}


def _activity(connector: str, number: int) -> dict[str, object]:
    who = number % PAIRS + 1
    return {
        "id": f"f:{number}",
        "timestamp": "2026-11-20T18:28:20.624Z",
        "localTimestamp": "2026-11-20T11:28:20.624-07:00",
        "localTimezone": "America/Denver",
        "serviceUrl": f"{connector}/",
        "channelId": "msteams",
        "from": {"id": f"29:{who}", "name": "Somebody", "aadObjectId": person(who)},
        "conversation": {"conversationType": "personal", "tenantId": TENANT, "id": f"a:{who}"},
        "recipient": {"id": f"28:{APP_ID}", "name": "Cairn"},
        "locale": "en-US",
        "entities": [
            {"type": "clientInfo", "locale": "en-US", "platform": "Web", "timezone": "America/Denver"}
        ],
        "channelData": {"tenant": {"id": TENANT}},
    }


def _token(connector: str) -> str:
    """Teams sends one token with many activities."""
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": APP_ID, "nbf": now - 60, "exp": now + 3600, "serviceurl": f"{connector}/"}
    return jwt.encode(claims, _key, algorithm="RS256", headers={"kid": KEY_ID})


def _signed(activity: dict[str, object], token: str) -> bytes:
    raw = json.dumps(activity).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\nUser-Agent: Microsoft-SkypeBotApi\r\n"
        f"Content-Type: application/json; charset=utf-8\r\nContent-Length: {len(raw)}\r\n"
    )
    if token:
        head += f"Authorization: Bearer {token}\r\n"
    return head.encode() + b"\r\n" + raw
