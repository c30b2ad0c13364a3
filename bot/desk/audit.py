"""The audit: who did what at the desk, to whom, and when. Nothing that anybody wrote is in it.

Rows are only added. Each carries a keyed hash over itself and the row before it (HMAC-SHA256 under the key of
the vault), and one row knows how many there are and the newest hash: whoever changes, moves or removes one in
the database, or the newest ones, is found out by `first_broken`.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session as Transaction

from bot import vault
from bot.desk.models import AuditEntry, AuditHead
from bot.models import Pair, Person, Programme
from bot.turn import Turn

THE_HEAD = 1
PIECE = 1000  # rows read at once

_BEGIN = {
    database: make(AuditHead).on_conflict_do_nothing()
    for database, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


def record(
    turn: Turn,
    who: Person | None,
    what: str,
    *,
    programme: Programme | None = None,
    pair: Pair | None = None,
    person: Person | None = None,
    detail: str = "",
) -> None:
    """`what` is a name such as "health.pair"; `detail` holds numbers, roles and names of settings alone."""
    head = _head(turn.db)
    entry = AuditEntry(
        at=turn.now,
        who_id=who and who.id,
        what=what,
        programme_id=programme and programme.id,
        pair_id=pair and pair.id,
        person_id=person and person.id,
        detail=detail,
    )
    entry.chain = head.chain = _link(head.chain, entry)
    head.entries += 1
    turn.db.add(entry)
    turn.db.flush()


def _head(db: Transaction) -> AuditHead:
    held = select(AuditHead).where(AuditHead.id == THE_HEAD).with_for_update()
    fresh = held.execution_options(populate_existing=True)
    found = db.scalars(fresh).first()
    if found is None:  # the very first; of two at once, one waits for the other
        db.execute(_BEGIN[db.get_bind().dialect.name], {"id": THE_HEAD, "entries": 0, "chain": ""})
        found = db.scalars(fresh).one()
    return found


def _link(before: str, entry: AuditEntry) -> str:
    values: list[Any] = [
        *(entry.at.astimezone(UTC).isoformat(), entry.who_id, entry.what),
        *(entry.programme_id, entry.pair_id, entry.person_id, entry.detail),
    ]
    return vault.key().fingerprint(json.dumps([before, *values]))


def first_broken(db: Transaction) -> int | None:
    """The id of the first row that is not as it was written, or 0 if rows are missing at the end."""
    chain, count = "", 0
    for entry in _all(db):
        chain = _link(chain, entry)
        count += 1
        if entry.chain != chain:
            return entry.id
    head = _head(db)
    return None if (head.chain, head.entries) == (chain, count) else 0


def _all(db: Transaction) -> Iterator[AuditEntry]:
    yield from db.scalars(select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=PIECE))


def of_programme(
    turn: Turn, programme: Programme, most: int, *, before: int = 0, person: int = 0
) -> Sequence[AuditEntry]:
    """The newest first, of those that came before that entry; with a person, what they did or what was done
    about them and their pairs."""
    theirs = select(AuditEntry).where(AuditEntry.programme_id == programme.id)
    if before:
        theirs = theirs.where(AuditEntry.id < before)
    if person:
        pairs = select(Pair.id).where((Pair.mentor_id == person) | (Pair.mentee_id == person))
        is_theirs = (AuditEntry.person_id == person) | (AuditEntry.who_id == person)
        theirs = theirs.where(is_theirs | AuditEntry.pair_id.in_(pairs))
    return turn.db.scalars(theirs.order_by(AuditEntry.id.desc()).limit(most)).all()


def about(turn: Turn, person: Person, pairs: Sequence[int], most: int) -> Sequence[AuditEntry]:
    """What others did about the person or their pairs, for them to see; the newest first."""
    concerns = (AuditEntry.person_id == person.id) | AuditEntry.pair_id.in_(pairs)
    theirs = select(AuditEntry).where(concerns, AuditEntry.who_id.is_distinct_from(person.id))
    return turn.db.scalars(theirs.order_by(AuditEntry.id.desc()).limit(most)).all()
