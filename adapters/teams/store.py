"""What the Teams adapter keeps: who has installed the app and is not on a roster yet, and files on offer.

These tables are its own. Everything here runs on the writer thread.
"""

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, LargeBinary, MetaData, String, Table, Text, delete, insert, select
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.orm import sessionmaker

from adapters.teams.parse import PLATFORM
from bot import vault
from bot.database import Moment
from bot.events import Account
from bot.messages import File
from bot.text import key

NEWCOMERS_FOR = timedelta(days=180)  # then they are met again when they write
OFFERED_FOR = timedelta(days=3)

metadata = MetaData()

_newcomers = Table(
    "teams_newcomers",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("user", String, primary_key=True),
    Column("address", Text, nullable=False),
    # Of an e-mail address of theirs, by which a roster finds them
    Column("print", String(64), primary_key=True),
    Column("came_at", Moment, nullable=False),
    info={"data": "P4"},
)
_files = Table(
    "teams_files",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("tenant", String, nullable=False),
    Column("user", String, nullable=False),
    Column("name", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("seal", LargeBinary(16), nullable=False),
    Column("content_sealed", LargeBinary, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
    info={"data": "P1"},
)


@dataclass(frozen=True)
class Newcomer:
    """Somebody who has the app and takes part in nothing yet."""

    who: Account
    address: str


class Store:
    def __init__(self, open_transaction: sessionmaker[Transaction], now: Callable[[], datetime]) -> None:
        self._open_transaction = open_transaction
        self._now = now

    # Newcomers

    def note(self, who: Account, address: str, emails: Collection[str]) -> None:
        """No address is kept, only what makes it known again once somebody enrols it."""
        prints = {vault.key().fingerprint(key(email)) for email in emails if email}
        with self._open_transaction.begin() as db:
            _forget(db, who, _newcomers)
            for print_ in sorted(prints):
                db.execute(
                    insert(_newcomers).values(
                        tenant=who.workspace,
                        user=who.user,
                        address=address,
                        print=print_,
                        came_at=self._now(),
                    )
                )

    def enrolled(self, who: Account) -> None:
        """They take part by now."""
        with self._open_transaction.begin() as db:
            _forget(db, who, _newcomers)

    def forget(self, who: Account) -> None:
        """They have removed the app. What was on offer to them goes as well."""
        with self._open_transaction.begin() as db:
            _forget(db, who, _newcomers, _files)

    def newcomers(self, emails: Collection[str]) -> Mapping[str, Newcomer]:
        """Whom of these people we have met already, by e-mail address."""
        prints = {vault.key().fingerprint(key(email)): email for email in emails}
        with self._open_transaction.begin() as db:
            rows = db.execute(select(_newcomers)).all()
        return {
            prints[row.print]: Newcomer(Account(PLATFORM, row.tenant, row.user), row.address)
            for row in rows
            if row.print in prints
        }

    # Files

    def offer(self, to: Account, file: File) -> str:
        """Returns the id by which they may have it, for three days."""
        id_, seal = secrets.token_hex(16), vault.new_seal()
        with self._open_transaction.begin() as db:
            db.execute(
                insert(_files).values(
                    id=id_,
                    tenant=to.workspace,
                    user=to.user,
                    name=file.name,
                    media_type=file.media_type,
                    seal=seal,
                    content_sealed=vault.key().seal(_text(file), _context(seal)),
                    expires_at=self._now() + OFFERED_FOR,
                )
            )
        return id_

    def offered(self, to: Account, id_: str) -> File | None:
        """Nobody else gets it, and nobody after that."""
        theirs = (_files.c.tenant == to.workspace) & (_files.c.user == to.user) & (_files.c.id == id_)
        with self._open_transaction.begin() as db:
            row = db.execute(select(_files).where(theirs, _files.c.expires_at > self._now())).one_or_none()
        if row is None:
            return None
        content = vault.key().open(row.content_sealed, _context(row.seal))
        return File(row.name, row.media_type, content.encode("latin-1"))

    def tidy(self, still_here: Collection[Account]) -> None:
        """What nobody has fetched in time goes, and at once what was meant for somebody who is erased.

        So does who has been on no roster for half a year.
        """
        here = {(who.workspace, who.user) for who in still_here}
        with self._open_transaction.begin() as db:
            rows = db.execute(select(_files.c.id, _files.c.tenant, _files.c.user, _files.c.expires_at)).all()
            gone = [row.id for row in rows if row.expires_at <= self._now() or (row[1], row[2]) not in here]
            db.execute(delete(_files).where(_files.c.id.in_(gone)))
            db.execute(delete(_newcomers).where(_newcomers.c.came_at <= self._now() - NEWCOMERS_FOR))

    def settle(self, id_: str) -> None:
        """They have it, or do not want it."""
        with self._open_transaction.begin() as db:
            db.execute(delete(_files).where(_files.c.id == id_))


def _forget(db: Transaction, who: Account, *tables: Table) -> None:
    for table in tables:
        db.execute(delete(table).where(table.c.tenant == who.workspace, table.c.user == who.user))


def _text(file: File) -> str:
    """A seal is for text: each byte as one character."""
    return file.content.decode("latin-1")


def _context(seal: bytes) -> bytes:
    return vault.context(_files.name, "content_sealed", seal)
