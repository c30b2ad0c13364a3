"""Migrations: they make what the models say, on an empty database, however many processes start at once."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.engine.interfaces import ReflectedIndex

from adapters.slack import token_store
from adapters.teams import store
from adapters.terminal.store import bring_up_to_date
from adapters.web import chat_log
from bot.database import connect
from bot.tables import Base

ROOT = Path(__file__).parent.parent
MIGRATIONS = sorted((ROOT / "migrations/versions").glob("*.py"))


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest) -> Iterator[Engine]:
    engine = connect(request.getfixturevalue(f"empty_{request.param}"))
    yield engine
    engine.dispose()


def test_make_what_the_models_say(empty: Engine) -> None:
    bring_up_to_date(empty)

    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        ours = (Base, chat_log, token_store, store)
        all_: Any = [one.metadata for one in ours]  # its types know of one
        assert compare_metadata(context, all_) == []


def test_make_the_same_indexes_on_the_same_rows(empty: Engine, engine: Engine) -> None:
    if empty.dialect.name != engine.dialect.name:
        return

    bring_up_to_date(empty)

    assert _indexes(empty) == _indexes(engine)


def test_change_nothing_the_second_time(empty: Engine) -> None:
    bring_up_to_date(empty)
    before = _indexes(empty)

    bring_up_to_date(empty)

    assert _indexes(empty) == before


def test_two_processes_may_start_at_once(empty: Engine, tmp_path: Path) -> None:
    url = empty.url.render_as_string(hide_password=False)
    environment = os.environ | {"DATABASE_URL": url, "CAIRN_KEY_FILE": str(tmp_path / "cairn.key")}
    migrate = [sys.executable, str(ROOT / "app.py"), "migrate"]

    two = [subprocess.Popen(migrate, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate()[0] for process in two]

    assert [process.returncode for process in two] == [0, 0]
    assert sum("A key was made" in words for words in said) == 1
    assert inspect(empty).has_table("people")


@pytest.mark.parametrize("migration", MIGRATIONS, ids=lambda path: path.stem)
def test_outlive_the_code_of_their_day(migration: Path) -> None:
    imported = {
        node.module if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(ast.parse(migration.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }

    assert imported <= {"alembic", "sqlalchemy"}


def test_are_named_for_what_they_do() -> None:
    assert MIGRATIONS
    for migration in MIGRATIONS:
        year, month, day, *words = migration.stem.split("_")
        assert (len(year), len(month), len(day)) == (4, 2, 2)
        assert len(words) >= 3


def _indexes(engine: Engine) -> set[tuple[str, ...]]:
    found = inspect(engine)
    return {
        (table, str(index["name"]), str(index["column_names"]), _rows(index))
        for table in found.get_table_names()
        for index in found.get_indexes(table)
    }


def _rows(index: ReflectedIndex) -> str:
    options = index.get("dialect_options", {})
    return " ".join(str(option) for name, option in options.items() if "where" in name)


def test_letters_of_an_earlier_release_stand_in_a_thread(empty: Engine) -> None:
    """Nothing that was written is lost, and what was an exchange stays one."""
    bring_up_to_date(empty, "the_first_tables")
    with empty.begin() as connection:
        for statement in AN_EXCHANGE.split(";"):
            connection.execute(text(statement))

    bring_up_to_date(empty)

    with empty.connect() as connection:
        rows = connection.execute(text(THREADS)).all()
    assert [tuple(row) for row in rows] == [(1, 1, "exchange", 2, 2)]


AN_EXCHANGE = """
INSERT INTO programmes (id, name, made_at) VALUES (1, 'Mentoring', '2026-02-03 16:00:00');
INSERT INTO people (id, seal, name, timezone, country, language, day_starts, day_ends, workdays, career_stage,
    welcomes, erasure)
    VALUES (1, '1', 'Ana', 'UTC', '', 'en', '09:00:00', '18:00:00', '01234', '', 0, ''),
        (2, '2', 'Ben', 'UTC', '', 'en', '09:00:00', '18:00:00', '01234', '', 0, '');
INSERT INTO pairs (id, programme_id, mentor_id, mentee_id, made_at, agreement_reminders, suggestions,
    every_weeks, minutes, response_days, format)
    VALUES (1, 1, 1, 2, '2026-02-03 16:00:00', 0, 0, 2, 60, 2, 'async');
INSERT INTO sessions (id, seal, pair_id, number, wall, zone, starts_at, ends_at, minutes, format,
    state, version)
    VALUES (1, '1', 1, 1, '2026-02-03 16:00:00', 'UTC', '2026-02-03 16:00:00', '2026-02-10 16:00:00', 60,
        'async', 'planned', 0);
INSERT INTO letters (id, seal, session_id, author_id, written_at)
    VALUES (1, '1', 1, 2, '2026-02-03 17:00:00'), (2, '2', 1, 1, '2026-02-03 18:00:00')
"""
THREADS = """
SELECT threads.pair_id, threads.session_id, threads.about, threads.opened_by, COUNT(letters.id)
    FROM threads JOIN letters ON letters.thread_id = threads.id
    GROUP BY threads.pair_id, threads.session_id, threads.about, threads.opened_by
"""
