"""The outbox: what the bot says later or elsewhere waits here, in the transaction of the reason for it.

Stories only insert (`post`). Senders claim and lease (`claim`), deliver, and write down how it went (`sent`,
`put_off`, `give_up`). A sender that dies leaves a lease that runs out: appointments are then sent again,
since losing one is worse than saying it twice; a nudge is not repeated and stands as UNKNOWN.

A person gets one message at a time and in order: claiming takes their row in `pace`, and only senders
touch that table. Leases and pacing run on the database's clock, which all processes share; everything else
runs on the time that is given.

A sender that was thought dead may still come back and say how it went. Each claim counts an attempt, and
what a sender writes down holds only while its attempt is the latest.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from enum import IntEnum
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, func, or_, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session as Transaction

from bot import conversation, digest, vault
from bot.calendar import WEEK
from bot.courtesy import Defer, Drop, Kind, Reason, Recipient, Send, Verdict, may_send
from bot.database import clock
from bot.events import Account
from bot.messages import Message, from_json, to_json
from bot.models import (
    LEASED,
    PENDING,
    UNDELIVERABLE,
    AccountRow,
    Pace,
    Pair,
    Person,
    Post,
    Session,
    hours_of,
)
from bot.prompts import Prompts
from bot.text import quotes

LEASE = timedelta(seconds=60)
PATIENCE = 8  # tries, over about four hours
BATCH = 100
UNREACHABLE = "unreachable"
BUSY = "busy"
CLOSED = "closed"  # the whole workspace takes nothing until somebody mends it
ANOTHER_TRY = timedelta(days=7)  # so long an appointment that was given up can be sent once more

_outbox = cast(Table, Post.__table__)
_pace = cast(Table, Pace.__table__)
_posts = _outbox.c


class State(IntEnum):
    PENDING = PENDING
    LEASED = LEASED
    SENT = 2
    UNDELIVERABLE = UNDELIVERABLE
    UNKNOWN = 4  # it may have arrived; a nudge is not worth asking twice
    DROPPED = 5  # courtesy said no
    MERGED = 6  # brought within a digest, see `within_id`


@dataclass(frozen=True)
class Parcel:
    """A message on its way to somebody."""

    id: int
    person_id: int
    to: Account
    address: str
    name: str
    kind: Kind
    pair_id: int | None
    session_id: int | None
    wording: str
    attempts: int
    message: Message = field(repr=False)


@dataclass(frozen=True)
class NewPost:
    """A message to be brought, see `Turn.post`."""

    to: int  # id of the person
    message: Message = field(repr=False)
    kind: Kind
    once: str
    now: datetime
    about: Pair | Session | None = None
    needed_by: datetime | None = None
    stale_after: datetime | None = None


def post(db: Transaction, posts: Sequence[NewPost]) -> None:
    """Insert them, in order. What was posted before for the same occasion stays as it is."""
    db.flush()
    if posts:
        insert_once = _insert_or_leave(db.connection().dialect.name, _outbox)
        db.connection().execute(insert_once, [_values(new) for new in posts])


def _values(new: NewPost) -> dict[str, Any]:
    seal, about = vault.new_seal(), new.about
    return {
        "once": f"{new.to}:{new.once or uuid4().hex}",
        "person_id": new.to,
        "pair_id": about.pair_id if isinstance(about, Session) else about and about.id,
        "session_id": about.id if isinstance(about, Session) else None,
        "name": new.message.name,
        "kind": new.kind,
        "wording": new.message.wording,
        "seal": seal,
        "message_sealed": vault.key().seal(to_json(new.message), _context(seal)),
        "posted_at": new.now,
        "due": new.now,
        "needed_by": new.needed_by,
        "stale_after": new.stale_after,
    }


def _insert_or_leave(dialect: str, table: Table) -> Any:
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return make(table).on_conflict_do_nothing()


def _context(seal: bytes) -> bytes:
    return vault.context("outbox", "message_sealed", seal)


def take_back(
    db: Transaction, person_id: int, pairs: Collection[int], quoting: Collection[str], now: datetime
) -> None:
    """What waits for the person or somebody of these pairs and shows one of these texts is not brought."""
    concerned = _posts.pair_id.in_(pairs) | (_posts.person_id == person_id)
    waiting = _outbox.select().where(concerned, _posts.message_sealed.is_not(None))
    for row in db.execute(waiting.order_by(_posts.id).with_for_update()).all():
        if _shows(row, quoting):
            _end(db.connection(), row.id, **_not_brought(row, "erased", now))


_WILD = re.compile("[/%_]")
_WAITING = (
    select(_posts.id, _posts.state)
    .where(
        _posts.person_id == bindparam("person"),
        _posts.message_sealed.is_not(None),
        or_(_posts.once == bindparam("occasion"), _posts.once.like(bindparam("parts"), escape="/")),
    )
    .with_for_update(skip_locked=True)
)


_WAITING_FOR = select(_posts.once).where(
    _posts.person_id.in_(bindparam("people", expanding=True)), _posts.message_sealed.is_not(None)
)


def recall(db: Transaction, person_id: int, once: str, now: datetime) -> bool:
    """What was posted for this occasion, or a part of it, is not to be brought any more.

    Says whether that was in time. A sender that holds it at this moment is not waited for: it is on its way.
    """
    db.flush()  # what this turn has changed is what a tick waits for that would post it meanwhile
    occasion = f"{person_id}:{once}"
    parts = _WILD.sub(r"/\g<0>", occasion) + ".%"
    found = db.execute(_WAITING, {"person": person_id, "occasion": occasion, "parts": parts}).all()
    for row in found:
        _end(db.connection(), row.id, **_not_brought(row, Reason.RECALLED, now))
    return any(row.state == State.PENDING for row in found)


def withdraw(db: Transaction, occasions: Collection[tuple[int, str]], now: datetime) -> None:
    """Recall all of these (person, occasion). Mostly nothing waits, and one look for all shows it."""
    if not occasions:
        return
    db.flush()  # as in `recall`
    people = {person_id for person_id, _ in occasions}
    waiting = db.scalars(_WAITING_FOR, {"people": list(people)}).all()
    for person_id, once in occasions:
        occasion = f"{person_id}:{once}"
        if any(found == occasion or found.startswith(f"{occasion}.") for found in waiting):
            recall(db, person_id, once, now)


def _not_brought(row: Any, reason: str, now: datetime) -> dict[str, Any]:
    """One that is on its way may arrive all the same, and then it counts. One given up stays given up."""
    if row.state == State.UNDELIVERABLE:
        return {"message_sealed": None}
    state = State.UNKNOWN if row.state == State.LEASED else State.DROPPED
    return {"state": state, "reason": reason, "ended_at": now, "message_sealed": None}


def bring_after_pause(db: Transaction, person_id: int, now: datetime) -> None:
    """They are back, maybe earlier than they said: what waited for the end of their pause waits no more."""
    waits = (_posts.person_id == person_id) & (_posts.state == State.PENDING)
    db.execute(update(_outbox).where(waits, _posts.reason == Reason.PAUSED).values(due=now))


_THEIR_SETTINGS = (Reason.BUDGET, Reason.QUIET_HOURS, Reason.DAY_OFF, Reason.HOLIDAY)


def look_again(db: Transaction, person_id: int, now: datetime) -> None:
    """How often they want nudges has changed, or their clock: what was held back for that is judged anew."""
    waits = (_posts.person_id == person_id) & (_posts.state == State.PENDING)
    db.execute(update(_outbox).where(waits, _posts.reason.in_(_THEIR_SETTINGS)).values(due=now))


def part_of_digest(db: Transaction, person_id: int, post_id: int) -> Message | None:
    """What was merged, as it would have come alone; only for whom it was meant."""
    theirs = (_posts.id == post_id) & (_posts.person_id == person_id) & (_posts.state == State.MERGED)
    row = db.execute(_outbox.select().where(theirs, _posts.message_sealed.is_not(None))).first()
    return _opened(row) if row else None


def _shows(row: Any, texts: Collection[str]) -> bool:
    """People's words are in the facts. What cannot be opened is never shown to anybody."""
    message = _opened(row)
    return message is not None and any(quotes(fact.value, text) for fact in message.facts for text in texts)


def _opened(row: Any) -> Message | None:
    if row.message_sealed is None:
        return None
    try:
        return from_json(vault.key().open(row.message_sealed, _context(row.seal)))
    except vault.CannotRead:
        return None


def claim(
    db: Connection,
    now: datetime,
    owner: str,
    platforms: Collection[str],
    prompts: Prompts,
    lease: timedelta = LEASE,
) -> list[Parcel]:
    """Take what is due and may be sent now, at most one message for each person.

    What courtesy puts off or leaves out is written down with its reason on the way. What waits together with
    it is merged into one message.
    """
    _end_leases(db, now)
    _forget_given_up(db, now)
    people = _take_turns(db, _due_people(db, now, platforms), lease)
    parcels: list[Parcel] = []
    for row in _first_due_of(db, now, people):
        verdict = _verdict(db, row, now)
        if isinstance(verdict, Defer):
            reason = row.reason if row.reason == Reason.PAUSED else verdict.reason  # they land softly, later
            _end(db, row.id, due=verdict.until, reason=reason)
        elif isinstance(verdict, Drop):
            _end(db, row.id, state=State.DROPPED, reason=verdict.reason, ended_at=now, message_sealed=None)
        else:
            parcels += _readable(db, _with_what_waits_too(db, row, now, prompts), now)
    _lease(db, [parcel.id for parcel in parcels], owner, lease)
    _release(db, people - {parcel.person_id for parcel in parcels}, timedelta())
    return parcels


def sent(
    db: Transaction, parcel: Parcel, now: datetime, reference: str, gap: timedelta = timedelta()
) -> None:
    """The platform took it. From now on it is what the person sees last."""
    connection = db.connection()
    if _close(connection, parcel, state=State.SENT, ended_at=now, reference=reference, message_sealed=None):
        _release(connection, {parcel.person_id}, gap)
        conversation.remember(db, parcel.person_id, parcel.message, now, is_reply=False)


def put_off(
    db: Connection, parcel: Parcel, now: datetime, after: timedelta | None, gap: timedelta = timedelta()
) -> None:
    """The platform is busy. The whole way to this person waits, not this message alone."""
    if parcel.attempts >= PATIENCE:
        return give_up(db, parcel, now, BUSY)
    wait = after if after is not None else timedelta(seconds=2 ** (parcel.attempts + 5))
    if _close(db, parcel, state=State.PENDING, due=now + wait, reason=BUSY):
        _release(db, {parcel.person_id}, max(wait, gap))
    return None


def wait(db: Connection, parcel: Parcel, until: datetime, reason: str, gap: timedelta = timedelta()) -> None:
    """It cannot be brought before then. That is no failed attempt."""
    values = {"state": State.PENDING, "due": until, "reason": reason, "attempts": parcel.attempts - 1}
    if _close(db, parcel, **values):
        _release(db, {parcel.person_id}, gap)


def give_up(db: Connection, parcel: Parcel, now: datetime, reason: str) -> None:
    """Of somebody who cannot be reached where they were, the message waits until they can.

    An appointment that was given up is kept for a while: whoever runs the programme may have it tried again.
    """
    if reason == UNREACHABLE:
        _lose(db, parcel, now)
    if reason == UNREACHABLE and parcel.attempts < PATIENCE:
        if _close(db, parcel, state=State.PENDING, due=now, reason=UNREACHABLE):
            _release(db, {parcel.person_id}, timedelta())
        return
    values: dict[str, Any] = {"state": State.UNDELIVERABLE, "reason": reason, "ended_at": now}
    if parcel.kind is Kind.NUDGE:
        values["message_sealed"] = None
    if _close(db, parcel, **values):
        _release(db, {parcel.person_id}, timedelta())


def _still_worth_it(now: datetime) -> ColumnElement[bool]:
    """What was given up lately, and is about nothing that has passed or ended meanwhile."""
    lately = (_posts.state == State.UNDELIVERABLE) & (_posts.ended_at > now - ANOTHER_TRY)
    is_kept = _posts.message_sealed.is_not(None) & (_posts.kind == Kind.APPOINTMENT)
    in_time = or_(_posts.needed_by.is_(None), _posts.needed_by > now)
    is_fresh = or_(_posts.stale_after.is_(None), _posts.stale_after > now)
    going_on = select(Pair.id).where(Pair.id == _posts.pair_id, Pair.ended_at.is_(None)).exists()
    return lately & is_kept & in_time & is_fresh & or_(_posts.pair_id.is_(None), going_on)


def to_try_again(db: Transaction, whose: ColumnElement[bool], now: datetime) -> int:
    """How many of these have been given up, and could be sent once more."""
    return db.scalar(select(func.count()).where(_still_worth_it(now), whose)) or 0


def try_again(db: Transaction, whose: ColumnElement[bool], now: datetime) -> int:
    """Send them once more, and at once what waits for a platform that took nothing; says how many."""
    fresh = {"state": State.PENDING, "due": now, "reason": "", "ended_at": None, "attempts": 0}
    given_up = db.execute(update(_outbox).where(_still_worth_it(now), whose).values(fresh))
    waits = (_posts.state == State.PENDING) & _posts.reason.in_((BUSY, CLOSED)) & (_posts.due > now)
    held_up = db.execute(update(_outbox).where(waits, whose).values(due=now))
    return int(given_up.rowcount + held_up.rowcount)  # type: ignore[attr-defined]


def _lose(db: Connection, parcel: Parcel, now: datetime) -> None:
    """Nothing is brought to this account until it arrives again. What follows from that is for a story."""
    attempt = (_posts.id == parcel.id) & (_posts.attempts == parcel.attempts)
    held = select(_posts.id).where(attempt, _posts.message_sealed.is_not(None)).exists()
    db.execute(update(Person).where(Person.id == parcel.person_id, held).values(check_reach_at=now))
    to = parcel.to
    same = (AccountRow.platform == to.platform) & (AccountRow.workspace == to.workspace)
    gone = same & (AccountRow.user == to.user) & AccountRow.gone_at.is_(None)
    db.execute(update(AccountRow).where(gone, held).values(gone_at=now))


def land_softly(db: Transaction, person_id: int, now: datetime) -> None:
    """They can be reached again: what waited comes as after a pause, and nudges of that time do not."""
    waits = (_posts.person_id == person_id) & (_posts.state == State.PENDING)
    db.execute(
        update(_outbox)
        .where(waits, _posts.kind == Kind.NUDGE)
        .values(state=State.DROPPED, reason=Reason.PAUSED, ended_at=now, message_sealed=None)
    )
    db.execute(update(_outbox).where(waits).values(reason=Reason.PAUSED))


def forecast(
    db: Transaction, people: Collection[int], kind: Kind, now: datetime, stale_after: datetime | None = None
) -> dict[int, Verdict | None]:
    """What would become of a message that was posted to each of them now; none of who cannot be reached."""
    columns = (Person.id, *(getattr(Person, name) for name in _OF_RECIPIENTS))
    reachable = AccountRow.gone_at.is_(None)
    theirs = select(*columns).join(AccountRow, AccountRow.id == Person.account_id)
    verdicts: dict[int, Verdict | None] = dict.fromkeys(people)
    for row in db.execute(theirs.where(Person.id.in_(people), reachable)):
        nudges = _recent_nudges(db.connection(), row.id, now) if kind is Kind.NUDGE else ()
        verdicts[row.id] = may_send(_recipient(row, nudges), kind, now, stale_after=stale_after)
    return verdicts


def next_due(db: Connection) -> datetime | None:
    theirs = AccountRow.id == Person.account_id
    reachable = select(Person.id).join(AccountRow, theirs).where(AccountRow.gone_at.is_(None))
    earliest = select(func.min(_posts.due)).where(
        _posts.state == State.PENDING, _posts.person_id.in_(reachable)
    )
    return db.execute(earliest).scalar()


def _end_leases(db: Connection, now: datetime) -> None:
    ran_out = (_posts.state == State.LEASED) & (_posts.lease_until < clock(db.dialect.name))
    db.execute(
        update(_outbox)
        .where(ran_out, _posts.kind == Kind.NUDGE)
        .values(state=State.UNKNOWN, reason="unknown", ended_at=now, message_sealed=None)
    )
    db.execute(update(_outbox).where(ran_out).values(state=State.PENDING))


def _forget_given_up(db: Connection, now: datetime) -> None:
    """What nobody has had tried again in time. It looks at a stretch of the index and not at all of it."""
    long_ago = _posts.ended_at.between(now - ANOTHER_TRY - timedelta(days=30), now - ANOTHER_TRY)
    kept = (_posts.state == State.UNDELIVERABLE) & long_ago & _posts.message_sealed.is_not(None)
    db.execute(update(_outbox).where(kept).values(message_sealed=None))


def _due_people(db: Connection, now: datetime, platforms: Collection[str]) -> list[int]:
    due = (
        select(_posts.person_id)
        .join(Person.__table__, Person.id == _posts.person_id)
        .join(AccountRow.__table__, AccountRow.id == Person.account_id)
        .outerjoin(_pace, Pace.person_id == _posts.person_id)
        .where(
            _posts.state == State.PENDING,
            _posts.due <= now,
            AccountRow.platform.in_(platforms),
            AccountRow.gone_at.is_(None),
            or_(Pace.free_at.is_(None), Pace.free_at <= clock(db.dialect.name)),
        )
        .group_by(_posts.person_id)
        .order_by(func.min(_posts.due), _posts.person_id)
        .limit(BATCH)
    )
    return list(db.execute(due).scalars())


def _take_turns(db: Connection, people: Sequence[int], lease: timedelta) -> set[int]:
    """Those of the people whom no other sender is writing to. Theirs is ours until released."""
    if not people:
        return set()
    db.execute(
        _insert_or_leave(db.dialect.name, _pace),
        [{"person_id": person, "free_at": 0.0} for person in sorted(people)],
    )
    free = (
        select(Pace.person_id)
        .where(Pace.person_id.in_(people), Pace.free_at <= clock(db.dialect.name))
        .order_by(Pace.person_id)
        .with_for_update(skip_locked=True)
    )
    taken = set(db.execute(free).scalars())
    _release(db, taken, lease)
    return taken


def _release(db: Connection, people: Collection[int], after: timedelta) -> None:
    if people:
        free_at = clock(db.dialect.name) + after.total_seconds() if after else 0.0
        db.execute(update(_pace).where(Pace.person_id.in_(people)).values(free_at=free_at))


def _first_due_of(db: Connection, now: datetime, people: Collection[int]) -> Sequence[Any]:
    if not people:
        return []
    waiting = (_posts.state == State.PENDING) & (_posts.due <= now) & _posts.person_id.in_(people)
    first = select(func.min(_posts.id)).where(waiting).group_by(_posts.person_id)
    in_order = _CLAIMED.where(waiting, _posts.id.in_(first)).order_by(_posts.due, _posts.id)
    return db.execute(_nobody_else_holds(in_order)).all()


def _nobody_else_holds(rows: Select[Any]) -> Select[Any]:
    """A story may be recalling one at this moment: that one is left to it."""
    return rows.with_for_update(of=_outbox, skip_locked=True)


def _with_what_waits_too(db: Connection, row: Any, now: datetime, prompts: Prompts) -> Any:
    """The row itself, or that of a digest: of nudges, or of what came in while somebody was away."""
    is_landing = row.reason == Reason.PAUSED
    comes_alone = row.name in {digest.NUDGES, digest.LANDING} or (is_landing and row.needed_by)
    if comes_alone or not (is_landing or row.kind == Kind.NUDGE):
        return row
    waits = (_posts.person_id == row.person_id) & (_posts.state == State.PENDING)
    ready = _posts.due <= now if is_landing else (_posts.due <= now) | (_posts.reason == Reason.BUDGET)
    may_wait = _posts.needed_by.is_(None) if is_landing else true()  # prep and briefs come as themselves
    together = _CLAIMED.where(waits, _posts.kind == row.kind, ready, may_wait).order_by(_posts.id)
    rows = db.execute(_nobody_else_holds(together.limit(digest.MOST_PARTS))).all()
    parts = [(one, message) for one in rows if _may_go(one, now) and (message := _opened(one))]
    return _digest(db, row, parts, now, prompts) if len(parts) > 1 else row


def _may_go(row: Any, now: datetime) -> bool:
    """Together with another one, so that it costs no budget of its own."""
    verdict = may_send(
        _recipient(row), Kind(row.kind), now, needed_by=row.needed_by, stale_after=row.stale_after
    )
    return isinstance(verdict, Send)


def _digest(
    db: Connection, row: Any, parts: Sequence[tuple[Any, Message]], now: datetime, prompts: Prompts
) -> Any:
    name = digest.LANDING if row.reason == Reason.PAUSED else digest.NUDGES
    message = digest.merged(prompts, name, [(one.id, part) for one, part in parts])
    new = NewPost(row.person_id, message, Kind(row.kind), f"digest:{row.id}", now)
    id_ = db.execute(_outbox.insert().values(_values(new)).returning(_posts.id)).scalar_one()
    merged = {"state": State.MERGED, "within_id": id_, "ended_at": now}
    ids = [one.id for one, _ in parts]
    db.execute(update(_outbox).where(_posts.id.in_(ids)).values(merged))
    if any(one.name in {digest.NUDGES, digest.LANDING} for one, _ in parts):
        inside = (_posts.person_id == row.person_id) & _posts.within_id.in_(ids)
        db.execute(update(_outbox).where(inside).values(within_id=id_))
    return db.execute(_CLAIMED.where(_posts.id == id_)).one()


_OF_RECIPIENTS = (
    *("nudges_a_week", "digest_at", "timezone", "day_starts", "day_ends", "workdays", "country"),
    *("paused_at", "paused_until", "left_at"),
)
_CLAIMED = (
    select(
        *(_posts[name] for name in ("id", "person_id", "pair_id", "session_id", "name", "kind", "wording")),
        *(_posts[name] for name in ("seal", "message_sealed", "needed_by", "stale_after", "attempts")),
        _posts.reason,
        *(getattr(Person, name) for name in _OF_RECIPIENTS),
        AccountRow.platform,
        AccountRow.workspace,
        AccountRow.user,
        AccountRow.address,
    )
    .join(Person.__table__, Person.id == _posts.person_id)
    .join(AccountRow.__table__, AccountRow.id == Person.account_id)
)


def _verdict(db: Connection, row: Any, now: datetime) -> Verdict:
    kind = Kind(row.kind)
    nudges = _recent_nudges(db, row.person_id, now) if kind is Kind.NUDGE else ()
    recipient = _recipient(row, nudges)
    return may_send(recipient, kind, now, needed_by=row.needed_by, stale_after=row.stale_after)


def _recipient(row: Any, nudges: tuple[datetime, ...] = ()) -> Recipient:
    return Recipient(
        hours=hours_of(row),
        paused_from=row.paused_at,
        paused_until=row.paused_until,
        left=row.left_at is not None,
        nudges=nudges,
        a_week=row.nudges_a_week,
        digest_at=row.digest_at or time(),
    )


def _recent_nudges(db: Connection, person_id: int, now: datetime) -> tuple[datetime, ...]:
    """Those that may have arrived, also one that is on its way."""
    arrived = _posts.state.in_((State.SENT, State.UNKNOWN)) & (_posts.ended_at > now - WEEK)
    theirs = (_posts.person_id == person_id) & (_posts.kind == Kind.NUDGE)
    recent = select(_posts.ended_at).where(theirs, or_(arrived, _posts.state == State.LEASED))
    return tuple(at or now for at in db.execute(recent).scalars())


def _readable(db: Connection, row: Any, now: datetime) -> list[Parcel]:
    """The parcel, or none: what cannot be opened any more must not hold up everybody else."""
    message = _opened(row)
    if message is None:
        _end(db, row.id, state=State.UNDELIVERABLE, reason="unreadable", ended_at=now)
        return []
    return [_parcel(row, message)]


def _parcel(row: Any, message: Message) -> Parcel:
    return Parcel(
        id=row.id,
        person_id=row.person_id,
        to=Account(row.platform, row.workspace, row.user),
        address=row.address,
        name=row.name,
        kind=Kind(row.kind),
        pair_id=row.pair_id,
        session_id=row.session_id,
        wording=row.wording,
        attempts=row.attempts + 1,
        message=replace(message, can_wait=row.kind == Kind.NUDGE),
    )


def _lease(db: Connection, ids: Sequence[int], owner: str, lease: timedelta) -> None:
    if ids:
        db.execute(
            update(_outbox)
            .where(_posts.id.in_(ids))
            .values(
                state=State.LEASED,
                owner=owner,
                attempts=_posts.attempts + 1,
                lease_until=clock(db.dialect.name) + lease.total_seconds(),
            )
        )


def _end(db: Connection, post_id: int, **values: Any) -> None:
    db.execute(update(_outbox).where(_posts.id == post_id).values(**values))


def _close(db: Connection, parcel: Parcel, **values: Any) -> bool:
    """Write down how one attempt went, unless somebody else has taken the message since."""
    attempt = (_posts.id == parcel.id) & (_posts.attempts == parcel.attempts)
    # What was given up stays so, also a nudge of which nobody knows
    held = _posts.message_sealed.is_not(None) & (_posts.state != State.UNDELIVERABLE)
    return db.execute(update(_outbox).where(attempt, held).values(**values)).rowcount == 1


def drop_waiting(db: Transaction, pair_id: int, stories: Collection[str], now: datetime) -> None:
    """What waits about this pair and is of one of these stories, or of this name, is not brought any more."""
    named = or_(*(_posts.name.startswith(f"{story}.", autoescape=True) for story in stories))
    waits = (_posts.pair_id == pair_id) & (_posts.state == State.PENDING)
    db.execute(
        update(_outbox)
        .where(waits, named | _posts.name.in_(stories))
        .values(state=State.DROPPED, reason=Reason.RECALLED, ended_at=now, message_sealed=None)
    )
