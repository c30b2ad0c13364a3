"""Deliveries: what has become of every message that the bot has started. Each is in exactly one state.

Queued, sent, failed, unreachable, unknown, or left out with a reason: there is no other. What came within a
digest has fared as the digest has. Nothing in here reads a message.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, case, func, or_, select
from sqlalchemy.orm import aliased

from bot import digest, outbox
from bot.courtesy import Reason
from bot.models import AccountRow, Enrolment, Pair, Post, Programme
from bot.outbox import State
from bot.turn import Turn

LOOKS_BACK = timedelta(days=28)
PACE_OF = timedelta(minutes=10)  # how fast messages leave is counted over the last ten minutes
MOST_COUNTED = 5000  # of the newest messages


class Fate(StrEnum):
    QUEUED = "queued"  # it will be brought, or is on its way
    SENT = "sent"
    FAILED = "failed"  # given up, see the reason
    UNREACHABLE = "unreachable"  # it waits until the person has an account in use
    UNKNOWN = "unknown"  # it may have arrived; a nudge is not worth saying twice
    LEFT_OUT = "left_out"  # on purpose, with a reason that the person can see


_posts = cast(Table, Post.__table__).c
_carrier = aliased(Post)  # the digest in which a message was brought
_state = func.coalesce(_carrier.state, Post.state)
_reason = func.coalesce(_carrier.reason, Post.reason)
_in_use = (
    select(AccountRow.id).where(AccountRow.person_id == Post.person_id, AccountRow.gone_at.is_(None)).exists()
)
fate = case(
    (_state == State.SENT, Fate.SENT),
    (_state == State.UNDELIVERABLE, Fate.FAILED),
    (_state == State.UNKNOWN, Fate.UNKNOWN),
    (_state == State.DROPPED, Fate.LEFT_OUT),
    (_in_use, Fate.QUEUED),
    else_=Fate.UNREACHABLE,
)


@dataclass(frozen=True)
class Group:
    """Messages of one kind that have fared alike."""

    kind: str
    fate: Fate
    reason: str
    messages: int
    people: int  # different ones
    oldest: datetime  # when the first of them was posted
    last_due: datetime  # when the last of them is due


def groups(turn: Turn, programme: Programme, since: datetime) -> Sequence[Group]:
    """What was posted since then, and what still waits from before. A digest itself is not counted."""
    waits = Post.state.in_((State.PENDING, State.LEASED))
    counted = (
        select(
            *(Post.kind, fate, _reason, func.count(), func.count(Post.person_id.distinct())),
            *(func.min(Post.posted_at), func.max(Post.due)),
        )
        .outerjoin(_carrier, _carrier.id == Post.within_id)
        .where(of_programme(programme), or_(Post.posted_at > since, waits))
        .where(Post.name.not_in((digest.NUDGES, digest.LANDING)))
        .group_by(Post.kind, fate, _reason)
        .order_by(Post.kind, fate, _reason)
    )
    return [
        Group(kind, Fate(how), reason, *numbers) for kind, how, reason, *numbers in turn.db.execute(counted)
    ]


def of_programme(programme: Programme) -> ColumnElement[bool]:
    """About a pair of it; or about none, to somebody in it."""
    pairs = select(Pair.id).where(Pair.programme_id == programme.id)
    people = select(Enrolment.person_id).where(Enrolment.programme_id == programme.id)
    about_none = _posts.pair_id.is_(None) & _posts.person_id.in_(people)
    return _posts.pair_id.in_(pairs) | about_none


def waits_for_somebody_away(group: Group) -> bool:
    """Nobody is told who is away, and so not since when their messages wait."""
    return group.reason == Reason.PAUSED


@dataclass(frozen=True)
class Pace:
    """Of everything that could leave now, whatever programme it is of: one sender brings it all."""

    due: int
    minutes: int | None  # until it has left; none, if nothing has left lately


def pace(turn: Turn) -> Pace:
    due = (Post.state.in_((State.PENDING, State.LEASED))) & (Post.due <= turn.now)
    waiting = turn.db.scalar(select(func.count()).select_from(Post).where(due, _in_use)) or 0
    newest = select(Post.state, Post.ended_at).order_by(Post.id.desc()).limit(MOST_COUNTED).subquery()
    lately = (newest.c.state == State.SENT) & (newest.c.ended_at > turn.now - PACE_OF)
    left = turn.db.scalar(select(func.count()).select_from(newest).where(lately)) or 0
    minutes = ceil(waiting * (PACE_OF / timedelta(minutes=1)) / left) if left else None
    return Pace(waiting, minutes)


def to_try_again(turn: Turn, programme: Programme) -> int:
    return outbox.to_try_again(turn.db, of_programme(programme), turn.now)


def try_again(turn: Turn, programme: Programme) -> int:
    return outbox.try_again(turn.db, of_programme(programme), turn.now)


def fates(turn: Turn, where: ColumnElement[bool]) -> dict[int, Any]:
    """What has become of each of these, by id."""
    each = select(Post.id, fate).outerjoin(_carrier, _carrier.id == Post.within_id).where(where)
    return {id_: Fate(how) for id_, how in turn.db.execute(each)}
