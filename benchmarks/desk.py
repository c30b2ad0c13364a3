"""The desk: how long `health` and `next` take at a hundred thousand pairs, and what they read.

Each is asked through the front door, as a coordinator asks it: event, transaction, answer. Every tenth pair
has given no sign for weeks. Every statement is looked at: none may name a column that holds words, or a table
of which all rows do, but for the two by which the bot knows who asks and with whom they are in a pair.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from rich.table import Table
from sqlalchemy import Engine, Insert, event, insert, text

from benchmarks.stage import bot_on, fresh, seconds
from bot.bot import Bot
from bot.events import Account, Commanded
from bot.messages import Message
from bot.models import (
    AccountRow,
    Enrolment,
    Happening,
    Letter,
    Pair,
    Person,
    Programme,
    Role,
    Seat,
    Session,
    State,
    Thread,
)

NOW = datetime(2026, 6, 2, 12, tzinfo=UTC)
PAIRS = 100_000
TIMES = 200
PIECE = 5_000  # rows in one insert
SESSIONS = 5  # of each pair, the last one ahead
DAY = timedelta(days=1)
CORA = Account("bench", "here", "cora")
WORDS = ("_sealed", " letters", " answers", " terms", " drafts", " conversations", " journal")


def measure() -> Table:
    table = Table(title=f"Asking the desk at {PAIRS:,} pairs on PostgreSQL ({TIMES} times, milliseconds)")
    for heading in ("", "first (takes the numbers)", "p50", "p99", "statements", "that read words"):
        table.add_column(heading, justify="left" if not heading else "right")
    with fresh("PostgreSQL") as engine:
        fill(engine, PAIRS)
        bot = bot_on(engine, lambda: NOW)
        for command in ("health", "next"):
            table.add_row(command, *_asked(engine, bot, command))
    return table


def _asked(engine: Engine, bot: Bot, command: str) -> list[str]:
    statements: list[str] = []

    def note(*given: Any) -> None:
        statements.append(given[2])

    first = seconds(lambda: _ask(bot, command, "first"))
    event.listen(engine, "before_cursor_execute", note)
    _ask(bot, command, "counted")
    event.remove(engine, "before_cursor_execute", note)
    times = sorted(seconds(_once(bot, command, number)) for number in range(TIMES))
    of_words = [one for one in statements if one.startswith("SELECT") and any(word in one for word in WORDS)]
    p50, p99 = times[TIMES // 2], times[TIMES * 99 // 100]
    return [
        *(f"{time * 1000:.0f}" for time in (first, p50, p99)),
        str(len(statements)),
        str(len(of_words)),
    ]


def _once(bot: Bot, command: str, number: int) -> Callable[[], None]:
    return lambda: _ask(bot, command, str(number))


def _ask(bot: Bot, command: str, number: str) -> None:
    reply = bot.handle(Commanded(id=f"{command} {number}", who=CORA, text=command))
    assert isinstance(reply, Message), reply
    assert reply.name in {"health.overview", "next.three"}, reply.name


def fill(engine: Engine, pairs: int) -> None:
    """A mentor for each two mentees; five sessions, forty letters for each ten pairs; a tenth has stopped."""
    random = Random(1)
    mentors = pairs // 2
    with engine.begin() as connection:
        connection.execute(insert(Programme), {"id": 1, "name": "Bench", "made_at": NOW - 200 * DAY})

        def add(what: Insert, rows: list[dict[str, Any]]) -> None:
            for start in range(0, len(rows), PIECE):
                connection.execute(what, rows[start : start + PIECE])

        person = {"timezone": "Europe/London", "started_at": NOW - 190 * DAY, "seal": bytes(16)}
        people = range(1, mentors + pairs + 2)
        add(insert(Person), [person | {"id": n, "name": f"Person {n}"} for n in people])
        cora = mentors + pairs + 1
        add(
            insert(Enrolment),
            [
                {
                    "programme_id": 1,
                    "person_id": n,
                    "role": Role.COORDINATOR if n == cora else Role.MENTOR if n <= mentors else Role.MENTEE,
                    "made_at": NOW - 200 * DAY,
                }
                for n in people
            ],
        )
        account = {"person_id": cora, "platform": CORA.platform, "workspace": CORA.workspace}
        connection.execute(insert(AccountRow), account | {"user": CORA.user})
        add(insert(Pair), [_pair(n, mentors, random) for n in range(1, pairs + 1)])
        add(insert(Session), [one for n in range(1, pairs + 1) for one in _sessions(n)])
        add(insert(Seat), [one for n in range(1, pairs + 1) for one in _seats(n, mentors)])
        add(insert(Happening), [one for n in range(1, pairs + 1) for one in _happenings(n, mentors, random)])
        _add_letters(add, pairs, mentors)
        connection.execute(text("ANALYZE"))


def _pair(n: int, mentors: int, random: Random) -> dict[str, Any]:
    last = NOW - (20 + random.random() * 9 if n % 10 == 0 else random.random() * 7) * DAY
    one_sided = NOW - (20 + random.random() * 9) * DAY if n % 10 == 5 else last
    return {
        "id": n,
        "programme_id": 1,
        "mentor_id": (n - 1) // 2 + 1,
        "mentee_id": mentors + n,
        "made_at": NOW - 90 * DAY,
        "introduced_at": NOW - 85 * DAY,
        "settled_at": NOW - 80 * DAY,
        "active_at": last,
        "mentee_active_at": last,
        "mentor_active_at": one_sided,
    }


def _sessions(n: int) -> list[dict[str, Any]]:
    days = [-60, -46, -32, -4, 10]
    return [
        {
            "id": (n - 1) * SESSIONS + number,
            "seal": bytes(16),
            "pair_id": n,
            "number": number,
            "wall": (NOW + day * DAY).replace(tzinfo=None),
            "zone": "Europe/London",
            "starts_at": NOW + day * DAY,
            "ends_at": NOW + day * DAY + timedelta(hours=1),
            "minutes": 60,
            "format": "live",
            "state": State.HELD if day < 0 and not (day == -4 and n % 10 == 0) else State.PLANNED,
        }
        for number, day in enumerate(days, 1)
    ]


def _seats(n: int, mentors: int) -> list[dict[str, Any]]:
    at = NOW - 5 * DAY
    session = (n - 1) * SESSIONS + 4
    return [
        {"seal": bytes(16), "session_id": session, "person_id": who, "asked_at": at, "prepared_at": at}
        for who in ((n - 1) // 2 + 1, mentors + n)
    ]


def _happenings(n: int, mentors: int, random: Random) -> list[dict[str, Any]]:
    return [
        {"at": NOW - random.random() * 80 * DAY, "what": "prepared", "pair_id": n, "person_id": mentors + n}
        for _ in range(8)
    ]


def _add_letters(add: Callable[[Insert, list[dict[str, Any]]], None], pairs: int, mentors: int) -> None:
    threads = range(1, pairs + 1, 10)
    about = {"about": "question", "opened_at": NOW - 9 * DAY}
    add(insert(Thread), [about | {"id": n, "pair_id": n, "opened_by": mentors + n} for n in threads])
    letter = {"seal": bytes(16), "written_at": NOW - 9 * DAY, "text_sealed": b"x" * 800}
    add(
        insert(Letter),
        [letter | {"thread_id": n, "author_id": mentors + n} for n in threads for _ in range(40)],
    )
