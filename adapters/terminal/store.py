"""The store: the database and its key, made the first time, and refused when they do not fit this release."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session as Transaction

from adapters.remedy import MendFirst
from adapters.terminal.settings import Settings
from bot import canary, vault
from bot.database import connect, sessions

CONFIGURATION = Path(__file__).parent.parent.parent / "pyproject.toml"
ONE_AT_A_TIME = 0x6B65_7973  # any number, as long as it is always the same
PATIENCE = timedelta(seconds=10)  # with a database that another process is just making


@contextmanager
def ready(settings: Settings) -> Iterator[Engine]:
    """The database, when it is up to date and our key opens it."""
    with database(settings) as engine:
        require_up_to_date(engine)
        unlock(settings, engine)
        yield engine


@contextmanager
def database(settings: Settings, make: bool = False) -> Iterator[Engine]:
    """The database, when it answers."""
    file = settings.database_file
    if file and not file.exists() and not make:
        raise MendFirst(f"There is no database at {file} yet.", "Make it: python app.py migrate")
    engine = connect(settings.database.render_as_string(hide_password=False))
    try:
        _knock(engine)
        yield engine
    finally:
        engine.dispose()


def _knock(engine: Engine) -> None:
    """While one process makes a new SQLite file, SQLite turns others away and does not let them wait."""
    until = time.monotonic() + PATIENCE.total_seconds()
    while error := _refusal(engine):
        if "database is locked" not in str(error.orig) or time.monotonic() > until:
            raise MendFirst(
                f"The database {engine.url} does not answer: {first_line(error)}.",
                "See that it runs, that you may write to it, and that DATABASE_URL is right.",
            )
        time.sleep(0.05)


def _refusal(engine: Engine) -> DBAPIError | None:
    try:
        engine.connect().close()
    except DBAPIError as error:
        return error
    return None


def first_line(error: DBAPIError) -> str:
    return (str(error.orig).strip().splitlines() or [type(error.orig).__name__])[0].rstrip(".")


def wait_for_our_turn(db: Transaction) -> None:
    """Until this transaction ends no other process does what it does. SQLite has one writer anyway."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ONE_AT_A_TIME})


# Migrations


def _alembic() -> Config:
    return Config(toml_file=CONFIGURATION)


def bring_up_to_date(engine: Engine, revision: str = "head") -> None:
    """All that is missing, in one transaction. Of several processes one does it, and the others wait."""
    _refuse_newer(_revisions(engine))
    config = _alembic()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def require_up_to_date(engine: Engine) -> str:
    done = _revisions(engine)
    _refuse_newer(done)
    if done != set(ScriptDirectory.from_config(_alembic()).get_heads()):
        raise MendFirst("The database is not up to date with this release.", "Run: python app.py migrate")
    return f"at {', '.join(done)}"


def _revisions(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads())


def _refuse_newer(done: set[str]) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions()}
    if not done <= known:
        raise MendFirst(
            "The database is newer than this release.",
            "Use the release that it was last used with, or a newer one.",
        )


# The key


def unlock(settings: Settings, engine: Engine) -> bool:
    """Use the key, if it is the right one. Returns whether it had to be made, as it is the first time."""
    with sessions(engine).begin() as db:
        wait_for_our_turn(db)
        is_sealed = canary.is_there(db)
        written = _written_key(settings)
        vault.use(_parsed(written or _new_key(settings, is_sealed), settings))
        if not is_sealed:
            canary.leave(db)
        elif not canary.opens(db):
            raise MendFirst(
                f"The key in {settings.key_place} is not the one that this database was sealed with.",
                "Give the right one in CAIRN_KEY_FILE, or put it back from a backup.",
            )
    return not written


def _written_key(settings: Settings) -> str:
    """The key as it is written down, or nothing."""
    with suppress(FileNotFoundError):
        try:
            return settings.key or settings.key_file.read_text(encoding="ascii", errors="replace")
        except (PermissionError, IsADirectoryError, NotADirectoryError) as error:
            raise MendFirst(
                f"The key file {settings.key_file} cannot be read: {error.strerror}.",
                "It has to be a file that you may read. CAIRN_KEY_FILE says where it is.",
            ) from None
    return ""


def _parsed(written: str, settings: Settings) -> vault.Key:
    try:
        return vault.Key.from_text(written)
    except ValueError:
        raise MendFirst(
            f"The key in {settings.key_place} is not 64 hexadecimal digits.",
            "Put it back from a backup. It cannot be made again.",
        ) from None


def _new_key(settings: Settings, is_sealed: bool) -> str:
    if is_sealed:
        raise MendFirst(
            f"The database is sealed, and its key is not at {settings.key_file}.",
            "Give it in CAIRN_KEY_FILE, or put it back from a backup. A new key could not open anything.",
        )
    made = vault.new_key()
    try:
        settings.key_file.touch(0o600, exist_ok=False)
        with settings.key_file.open("w") as file:
            file.write(f"{made}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise MendFirst(
            f"The key file {settings.key_file} cannot be written: {error.strerror}.",
            "Name a place for it in CAIRN_KEY_FILE.",
        ) from None
    return made
