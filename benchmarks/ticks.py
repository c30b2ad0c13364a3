"""Ticks: what it costs to look when nothing is due, and when a thousand pairs are due at once.

An idle tick reads one partial index for every due column, so it should cost the same at a thousand pairs
and at a million. A thousand introductions are compared with the same rows written by bulk SQL.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from rich.table import Table
from sqlalchemy import ColumnElement, Engine, Select, insert, join, literal, select, text, true, update

from benchmarks.stage import DATABASES, bot_on, fresh, median, seconds
from bot import vault
from bot.models import Happening, Pair, Person, Post, Programme

NOW = datetime(2026, 2, 3, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=28)
SIZES = (1_000, 100_000, 1_000_000)
OF_EACH_ROLE = 1_000
IDLE_TICKS = 100
RUNS = 5
DUE = 1_000


def measure() -> Table:
    table = Table(title="A tick, in milliseconds (median of 5)")
    for heading in (
        "",
        *(f"idle, {size:,} pairs" for size in SIZES),
        "1M : 1k",
        "1,000 due",
        "bulk SQL",
        "ratio",
    ):
        table.add_column(heading, justify="left" if not heading else "right")
    for database in DATABASES:
        idle = [_idle(database, size) for size in SIZES]
        due = median(3, lambda database=database: _due(database))  # type: ignore[misc]
        bulk = median(3, lambda database=database: _bulk(database))  # type: ignore[misc]
        table.add_row(
            database,
            *(f"{cost * 1000:.2f}" for cost in idle),
            f"{idle[-1] / idle[0]:.2f}",
            f"{due * 1000:.0f}",
            f"{bulk * 1000:.0f}",
            f"{due / bulk:.1f}",
        )
    return table


def _idle(database: str, pairs: int) -> float:
    with fresh(database) as engine:
        _fill(engine, pairs)
        bot = bot_on(engine, lambda: NOW)
        bot.tick()
        return median(RUNS, lambda: seconds(lambda: [bot.tick() for _ in range(IDLE_TICKS)]) / IDLE_TICKS)


def _due(database: str) -> float:
    with fresh(database) as engine:
        _fill(engine, DUE)
        bot = bot_on(engine, lambda: NOW)
        bot.tick()
        with engine.begin() as connection:
            connection.execute(update(Pair).values(introduce_at=NOW))
        return seconds(lambda: _until_done(bot.tick))


def _until_done(tick: object) -> None:
    while tick():  # type: ignore[operator]
        pass


def _bulk(database: str) -> float:
    with fresh(database) as engine:
        _fill(engine, DUE)
        return seconds(lambda: _write(engine))


def _write(engine: Engine) -> None:
    done = {"introduced_at": NOW, "introduce_at": None, "remind_agreement_at": NOW + timedelta(days=1)}
    sealed = vault.key().seal("x" * 900, b"")
    with engine.begin() as connection:
        connection.execute(update(Pair).where(Pair.introduce_at.is_(None)).values(done))
        happened = [{"at": NOW, "what": "introduced", "pair_id": n} for n in range(1, DUE + 1)]
        connection.execute(insert(Happening), happened)
        connection.execute(
            insert(Post),
            [
                {
                    "once": f"{n}",
                    "person_id": n % (2 * OF_EACH_ROLE) + 1,
                    "pair_id": n // 2 + 1,
                    "name": "intro.your_mentor",
                    "kind": "appointment",
                    "wording": "en/intro.your_mentor@000000",
                    "seal": bytes(16),
                    "message_sealed": sealed,
                    "posted_at": NOW,
                    "due": NOW,
                }
                for n in range(2 * DUE)
            ],
        )


def _fill(engine: Engine, pairs: int) -> None:
    """Pairs whose next plan is a month ahead: in the index, and not due. All are copies of the first."""
    with engine.begin() as connection:
        connection.execute(insert(Programme), {"id": 1, "name": "Bench", "made_at": NOW})
        person = {"timezone": "Europe/London", "started_at": NOW, "seal": bytes(16)}
        people = [person | {"id": n, "name": f"Person {n}"} for n in range(1, 2 * OF_EACH_ROLE + 1)]
        connection.execute(insert(Person), people)
        two = {"mentor_id": 1, "mentee_id": OF_EACH_ROLE + 1}
        connection.execute(insert(Pair), {"id": 1, "programme_id": 1, "made_at": NOW, "plan_at": LATER} | two)
        columns = Pair.__table__.columns
        connection.execute(insert(Pair).from_select(columns.keys(), _copies(pairs)))
        connection.execute(text("ANALYZE"))


def _copies(upto: int) -> Select[Any]:
    """The first pair again with the numbers from 2 on, each with two people of its own choice."""
    start = select(literal(2).label("n")).cte("numbers", recursive=True)
    numbers = start.union_all(select(start.c.n + 1).where(start.c.n < upto))
    own: dict[str, ColumnElement[int]] = {
        "id": numbers.c.n,
        "mentor_id": 1 + (numbers.c.n - 1) % OF_EACH_ROLE,
        "mentee_id": OF_EACH_ROLE + 1 + (numbers.c.n - 1) // OF_EACH_ROLE % OF_EACH_ROLE,
    }
    columns = Pair.__table__.columns
    first = select(*(own.get(column.key, column) for column in columns))
    return first.select_from(join(Pair, numbers, true())).where(columns.id == 1)
