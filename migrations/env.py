"""Where alembic finds the tables and the database.

`python app.py migrate` hands over its connection. For `alembic revision --autogenerate`, which writes a new
migration, all the old ones are done on a database in memory, and what the models say beyond that is new.
There is no way back but a backup, so nothing here says how to downgrade.
"""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.types import TypeDecorator

from adapters.slack import token_store
from adapters.teams import store
from adapters.web import chat_log
from bot.database import connect
from bot.tables import Base

ONE_AT_A_TIME = 0x6361_6972  # any number, as long as it is always the same


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=[Base.metadata, chat_log.metadata, token_store.metadata, store.metadata],
        transactional_ddl=True,  # SQLite's too, because bot/database.py says BEGIN itself
        render_item=without_our_types,
        render_as_batch=True,  # SQLite changes a column by making the table anew
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":  # SQLite is locked by its BEGIN IMMEDIATE
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ONE_AT_A_TIME})
        context.run_migrations()


def without_our_types(kind: str, item: Any, _autogenerate: AutogenContext) -> str | Literal[False]:
    """A migration outlives the code of its day, so it names only SQLAlchemy's own types."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


def do_all(connection: Connection) -> None:
    """What `alembic upgrade head` would do, from inside of another of its commands."""

    def steps(done: Any, _context: MigrationContext) -> Any:
        return context.script._upgrade_revs("head", done)

    empty = MigrationContext.configure(connection, opts={"fn": steps})
    with Operations.context(empty):
        empty.run_migrations()


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    migrate(handed_over)
else:
    with connect("sqlite://").begin() as connection:
        do_all(connection)
        migrate(connection)
