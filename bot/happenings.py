"""Happenings: what happened and when, as plain values, for those who may not know the tables. No words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from bot import vault
from bot.bot import Bot
from bot.models import ActionItem, Happening, Pair, Person, Post, Session, Wait
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
    until: datetime | None  # of a pause, or of a promise to answer
    turn: int | None = None  # the id of the stretch in which it was somebody's turn


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
class Open:
    """A stretch in which it is somebody's turn in a pair, and by when they have said that they answer."""

    id: int
    pair: int
    person: int
    promised_for: datetime | None


_columns = Wait.__table__.c  # without what an entity loads along: this is asked at every moment
_OPEN = (
    select(_columns.id, _columns.pair_id, _columns.person_id, _columns.promised_for)
    .where(_columns.ended_at.is_(None))
    .order_by(_columns.id)
)


def open_turns(bot: Bot) -> list[Open]:
    with bot.open_transaction.begin() as db:
        return [Open(*row) for row in db.execute(_OPEN)]


def emails(bot: Bot) -> Mapping[int, str]:
    """By the id of the person."""
    with bot.open_transaction.begin() as db:
        people = db.execute(select(Person.id, Person.email_sealed, Person.seal))
        return {id_: _email(sealed, seal) for id_, sealed, seal in people}


@dataclass(frozen=True)
class Part:
    """A message that was brought within a digest."""

    kind: str
    pair: int | None
    session: int | None


def parts(bot: Bot, digest: int) -> Sequence[Part]:
    """What came within the message with this id, in order; nothing, if it was no digest."""
    within = select(Post.name, Post.pair_id, Post.session_id).where(Post.within_id == digest)
    with bot.open_transaction.begin() as db:
        return [Part(*row) for row in db.execute(within.order_by(Post.id))]


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


def endings(bot: Bot) -> Counter[str]:
    """How many pairs have come to which end. That one of the two asked for it is what is left over."""
    mentee, mentor = aliased(Person), aliased(Person)
    ended = (
        select(Pair.ended_at, Pair.planned_end, Pair.asked_quiet_at, mentee.left_at, mentor.left_at)
        .join(mentee, mentee.id == Pair.mentee_id)
        .join(mentor, mentor.id == Pair.mentor_id)
        .where(Pair.ended_at.is_not(None))
    )
    with bot.open_transaction.begin() as db:
        return Counter(_how_it_ended(row) for row in db.execute(ended))


def _how_it_ended(row: Any) -> str:
    at, planned, asked, *left = row
    if any(gone and gone <= at for gone in left):
        return "somebody left"
    if planned and at >= planned:
        return "as planned"
    return "after a long quiet" if asked else "one of them asked for it"
