"""The database: SQLite in one file, or PostgreSQL for any number of processes. Same tables, same SQL."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    Float,
    cast,
    create_engine,
    event,
    extract,
    func,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool
from sqlalchemy.types import TypeDecorator

from bot.unhurried import Unhurried


class Moment(TypeDecorator[datetime]):
    """A point in time. Always with a zone in Python, always UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def connect(url: str) -> Engine:
    """An engine for an SQLAlchemy URL such as `sqlite:///cairn.db` or `postgresql+psycopg://…`.

    Nothing that is bound to a statement shows up in errors: it may be somebody's words.
    """
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, hide_parameters=True, pool_pre_ping=True)
    in_memory = make_url(url).database in (None, "", ":memory:")
    pool: dict[str, Any] = {"poolclass": StaticPool} if in_memory else {"pool_size": 1, "max_overflow": 4}
    engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False}, **pool)
    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin_immediately)
    return engine


def sessions(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, class_=Unhurried, expire_on_commit=False)


def clock(dialect: str) -> ColumnElement[float]:
    """Seconds since 1970 by the database's own clock, which all processes share. For leases and pacing."""
    if dialect == "sqlite":
        return func.round((func.julianday("now") - 2440587.5) * 86400.0, 3, type_=Float)
    return cast(extract("epoch", func.clock_timestamp()), Float)


def _settle(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see below
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 10000")  # milliseconds that another process may write
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # what was acknowledged survives a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_immediately(connection: Any) -> None:
    """Take the write lock at once: a transaction that asks for it half-way can be refused."""
    connection.execute(text("BEGIN IMMEDIATE"))
