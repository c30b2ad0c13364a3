"""The token store: where the bot is installed, with tokens that are sealed, and installations under way.

These tables are the Slack adapter's own. Everything here runs on the writer thread.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    Text,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.orm import sessionmaker

from bot import vault
from bot.database import Moment

log = logging.getLogger(__name__)

STATE_LIVES = timedelta(minutes=10)
MOST_STATES = 1000  # whoever opens the install page makes one; the oldest give way
RENEW_AHEAD = timedelta(hours=2)  # of the twelve that a token lives
RENEWING = timedelta(seconds=60)  # a process may take over it, before another tries
WHOLE_SECOND = timedelta(seconds=1)  # Slack's times have no fractions

metadata = MetaData()

_installations = Table(
    "slack_installations",
    metadata,
    Column("workspace", String, primary_key=True),  # a team, or an organisation that installed it as a whole
    Column("enterprise", String, nullable=False),
    Column("is_enterprise_install", Boolean, nullable=False),
    Column("app_id", String, nullable=False),
    Column("bot_user", String, nullable=False),
    Column("bot_id", String, nullable=False),
    Column("url", String, nullable=False),
    Column("scopes", Text, nullable=False),  # with commas between them
    Column("seal", LargeBinary(16), nullable=False),
    Column("token_sealed", LargeBinary),  # none once it is gone
    Column("refresh_sealed", LargeBinary),  # only where tokens rotate
    Column("expires_at", Moment),
    Column("renewing_until", Moment),  # some process is exchanging the refresh token, which works once
    Column("installed_at", Moment, nullable=False),
    Column("gone_at", Moment),
    info={"data": "P7"},
)
_states = Table(
    "slack_oauth_states",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("expires_at", Moment, nullable=False, index=True),
    info={"data": "P7"},
)
_row = _installations.c


@dataclass(frozen=True)
class Installed:
    """The bot in one workspace, or in one organisation as a whole."""

    workspace: str
    enterprise: str
    token: str = field(repr=False)
    bot_user: str
    bot_id: str
    app_id: str
    scopes: frozenset[str]
    is_enterprise_install: bool
    url: str = ""


@dataclass(frozen=True)
class Kept:
    """An installation as it stands in the store."""

    installed: Installed
    refresh: str = field(default="", repr=False)
    expires_at: datetime | None = None  # never, where tokens do not rotate


class TokenStore:
    def __init__(self, open_transaction: sessionmaker[Transaction], now: Callable[[], datetime]) -> None:
        self._open_transaction = open_transaction
        self._now = now

    def read(self, workspace: str) -> Kept | None:
        with self._open_transaction.begin() as db:
            row = db.execute(
                select(_installations).where(_row.workspace == workspace, _row.token_sealed.is_not(None))
            ).one_or_none()
        return _opened(row) if row else None

    def all(self) -> list[Kept]:
        """Where the bot is now."""
        with self._open_transaction.begin() as db:
            there = select(_installations).where(_row.token_sealed.is_not(None)).order_by(_row.workspace)
            rows = db.execute(there).all()
        return [kept for kept in map(_opened, rows) if kept]

    def has(self, workspace: str) -> bool:
        """It is there, or was once."""
        with self._open_transaction.begin() as db:
            return db.scalar(select(_row.workspace).where(_row.workspace == workspace)) is not None

    def workspaces(self) -> list[str]:
        with self._open_transaction.begin() as db:
            there = select(_row.workspace).where(_row.gone_at.is_(None)).order_by(_row.workspace)
            return list(db.scalars(there))

    def keep(self, kept: Kept) -> None:
        """A new installation, or one that takes the place of an earlier one."""
        installed = kept.installed
        values = {
            "enterprise": installed.enterprise,
            "is_enterprise_install": installed.is_enterprise_install,
            "app_id": installed.app_id,
            "bot_user": installed.bot_user,
            "bot_id": installed.bot_id,
            "url": installed.url,
            "scopes": ",".join(sorted(installed.scopes)),
            "installed_at": self._now(),
            "gone_at": None,
            **_tokens(installed.token, kept.refresh, kept.expires_at),
        }
        with self._open_transaction.begin() as db:
            if not _change(db, installed.workspace, values):
                db.execute(insert(_installations).values(workspace=installed.workspace, **values))

    def forget(self, workspace: str, at: datetime) -> bool:
        """Its tokens go at once. What was installed anew after that moment stays: events may come late."""
        ours = _there_at(workspace, at)
        nothing = dict.fromkeys(("token_sealed", "refresh_sealed", "expires_at", "renewing_until"))
        with self._open_transaction.begin() as db:
            return _count(db.execute(update(_installations).where(*ours).values(gone_at=at, **nothing))) == 1

    def was_there(self, workspace: str, at: datetime) -> bool:
        with self._open_transaction.begin() as db:
            there = select(_row.workspace).where(*_there_at(workspace, at))
            return db.scalar(there) is not None

    # A refresh token works once. Whoever claims it exchanges it; the others go on with the old token

    def claim(self, workspace: str) -> Kept | None:
        """Under a lock on the row: of two who come at once, the second finds it claimed, or renewed."""
        due = _row.expires_at <= self._now() + RENEW_AHEAD
        is_free = or_(_row.renewing_until.is_(None), _row.renewing_until <= self._now())
        ours = _row.workspace == workspace, _row.refresh_sealed.is_not(None)
        with self._open_transaction.begin() as db:
            found = select(_installations).where(*ours, due, is_free).with_for_update()
            row = db.execute(found).one_or_none()
            if row:
                _change(db, workspace, {"renewing_until": self._now() + RENEWING})
        return _opened(row) if row else None

    def renew(self, workspace: str, token: str, refresh: str, lives: timedelta) -> None:
        """Unless it was taken out or installed anew meanwhile."""
        values = _tokens(token, refresh, self._now() + lives)
        with self._open_transaction.begin() as db:
            _change(db, workspace, values, _row.renewing_until.is_not(None))

    # Installations under way

    def issue_state(self) -> str:
        """Known to one browser alone; we keep only enough to know it again."""
        state = secrets.token_urlsafe(32)
        of_age = select(_states.c.expires_at).order_by(_states.c.expires_at.desc()).offset(MOST_STATES - 1)
        with self._open_transaction.begin() as db:
            too_old = max(self._now(), db.scalar(of_age.limit(1)) or self._now())
            db.execute(delete(_states).where(_states.c.expires_at <= too_old))
            db.execute(
                insert(_states).values(
                    fingerprint=vault.key().fingerprint(state), expires_at=self._now() + STATE_LIVES
                )
            )
        return state

    def use_state(self, state: str) -> bool:
        """Once, and in time."""
        known = _states.c.fingerprint == vault.key().fingerprint(state)
        with self._open_transaction.begin() as db:
            used = db.execute(delete(_states).where(known, _states.c.expires_at > self._now()))
            return _count(used) == 1


def _there_at(workspace: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return _row.workspace == workspace, _row.gone_at.is_(None), _row.installed_at < at + WHOLE_SECOND


def _change(db: Transaction, workspace: str, values: dict[str, Any], *unless: Any) -> bool:
    these = update(_installations).where(_row.workspace == workspace, *unless)
    return _count(db.execute(these.values(**values))) == 1


def _count(done: Any) -> int:
    return int(done.rowcount)


def _tokens(token: str, refresh: str, expires_at: datetime | None) -> dict[str, Any]:
    seal = vault.new_seal()
    return {
        "seal": seal,
        "token_sealed": vault.key().seal(token, _context("token_sealed", seal)),
        "refresh_sealed": vault.key().seal(refresh, _context("refresh_sealed", seal)) if refresh else None,
        "expires_at": expires_at,
        "renewing_until": None,
    }


def _context(column: str, seal: bytes) -> bytes:
    return vault.context(_installations.name, column, seal)


def _opened(row: Row[Any]) -> Kept | None:
    """An installation, or nothing where it was tampered with."""
    try:
        token = vault.key().open(row.token_sealed, _context("token_sealed", row.seal))
        refresh = row.refresh_sealed and vault.key().open(
            row.refresh_sealed, _context("refresh_sealed", row.seal)
        )
    except vault.CannotRead:
        log.error("the token of %s cannot be read: install it anew", row.workspace)
        return None
    installed = Installed(
        workspace=row.workspace,
        enterprise=row.enterprise,
        token=token,
        bot_user=row.bot_user,
        bot_id=row.bot_id,
        app_id=row.app_id,
        scopes=frozenset(filter(None, row.scopes.split(","))),
        is_enterprise_install=row.is_enterprise_install,
        url=row.url,
    )
    return Kept(installed, refresh or "", row.expires_at)
