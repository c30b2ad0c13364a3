"""Happenings: what happened and when, as plain values, for those who may not know the tables. No words."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from bot import vault
from bot.bot import Bot
from bot.models import ActionItem, Happening, Pair, Person, Post, Session
from bot.outbox import State


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """A session as it stood when something happened to it."""

    id: int
    starts_at: datetime
    ends_at: datetime
    zone: str  # the wall-clock time of the session is kept in it
    format: str


@dataclass(frozen=True, kw_only=True)
class Happened:
    id: int
    at: datetime
    what: str
    who: str = field(repr=False)  # e-mail, or nothing
    pair: int | None
    meeting: Meeting | None
    until: datetime | None  # of a pause


# Columns and not entities: what these would load along with them would leave out rows that have none
_HAPPENED = (
    select(
        Happening.id,
        Happening.at,
        Happening.what,
        Happening.pair_id,
        Happening.session_id,
        Happening.until,
        Session.starts_at,
        Session.ends_at,
        Session.zone,
        Session.format,
        Person.email_sealed,
        Person.seal,
    )
    .outerjoin(Session, Session.id == Happening.session_id)
    .outerjoin(Person, Person.id == Happening.person_id)
    .where(Happening.id > bindparam("last"))
    .order_by(Happening.id)
)


def since(bot: Bot, last: int) -> list[Happened]:
    """What has happened after the happening with this id, in order."""
    with bot.open_transaction.begin() as db:
        return [_happened(row) for row in db.execute(_HAPPENED, {"last": last})]


def _happened(row: Any) -> Happened:
    return Happened(
        id=row.id,
        at=row.at,
        what=row.what,
        who=_email(row.email_sealed, row.seal),
        pair=row.pair_id,
        meeting=_meeting(row) if row.session_id else None,
        until=row.until,
    )


def _meeting(row: Any) -> Meeting:
    return Meeting(
        id=row.session_id, starts_at=row.starts_at, ends_at=row.ends_at, zone=row.zone, format=row.format
    )


def _email(sealed: bytes | None, seal: bytes) -> str:
    return vault.key().open(sealed, vault.context("people", "email_sealed", seal)) if sealed else ""


def pairs(bot: Bot) -> Mapping[int, tuple[str, str]]:
    """The e-mail addresses of mentee and mentor, by the id of their pair."""
    mentee, mentor = aliased(Person), aliased(Person)
    both = (
        select(Pair.id, mentee.email_sealed, mentee.seal, mentor.email_sealed, mentor.seal)
        .join(mentee, mentee.id == Pair.mentee_id)
        .join(mentor, mentor.id == Pair.mentor_id)
        .order_by(Pair.id)
    )
    with bot.open_transaction.begin() as db:
        return {id_: (_email(a, its), _email(b, theirs)) for id_, a, its, b, theirs in db.execute(both)}


@dataclass(frozen=True)
class Posted:
    """How many messages have ended, or wait, in one way and for one reason."""

    state: str
    kind: str
    reason: str
    count: int


def posted(bot: Bot) -> list[Posted]:
    """All messages that the bot has started, counted."""
    by = (Post.state, Post.kind, Post.reason)
    counted = select(*by, func.count()).group_by(*by).order_by(*by)
    with bot.open_transaction.begin() as db:
        return [
            Posted(State(state).name.lower(), kind, reason, count)
            for state, kind, reason, count in db.execute(counted)
        ]


def promises(bot: Bot) -> Counter[str]:
    """How many action items are open, done and dropped."""
    counted = select(ActionItem.state, func.count()).group_by(ActionItem.state)
    with bot.open_transaction.begin() as db:
        return Counter(dict(db.execute(counted).all()))
