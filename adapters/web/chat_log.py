"""The chat log: what each person sees in their chat. Slack and Teams keep this history; here we do.

A line is something the bot said, what the person typed, or a small note of the button they pressed. A card
that was pressed is replaced where it stands. Every line carries the number of its latest change, so that an
open page can ask for what has changed since it last looked.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.orm import sessionmaker

from adapters.virtual_time import VirtualClock
from bot import vault
from bot.database import Moment
from bot.messages import Message, from_json, to_json

MOST_LINES = 1000  # that a page gets at once; the newest

metadata = MetaData()

_messages = Table(
    "playground_messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", Integer, nullable=False),
    Column("once", String, nullable=False),  # the same line is added once, however often it is tried
    Column("author", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("change", Integer, nullable=False, index=True),  # counts up over everybody's lines
    Column("seal", LargeBinary(16), nullable=False),
    Column("content_sealed", LargeBinary, nullable=False),
    UniqueConstraint("person_id", "once"),
    info={"data": "P1"},
)
_clock = Table(
    "playground_clock",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("stands_at", Moment, nullable=False),
    info={"data": "P3"},
)
_line = _messages.c


@dataclass(frozen=True)
class Words:
    """What the person typed."""

    text: str = field(repr=False)


@dataclass(frozen=True)
class Note:
    """The button they pressed, where the card stayed as it was."""

    pressed: str


@dataclass(frozen=True)
class Card:
    """What the bot said. `pressed` led to it, on the card whose place it took."""

    message: Message
    pressed: str = ""
    pressed_at: datetime | None = None


Content = Words | Note | Card


@dataclass(frozen=True)
class Line:
    id: int
    change: int
    at: datetime
    content: Content


@dataclass(frozen=True)
class Place:
    """A card as somebody saw it, and what they pressed there."""

    line: int
    change: int
    pressed: str = ""


class ChatLog:
    """Everything here runs on the writer thread."""

    def __init__(self, open_transaction: sessionmaker[Transaction]) -> None:
        self._open_transaction = open_transaction

    def add(self, person_id: int, once: str, at: datetime, *contents: Content) -> None:
        """Lines at the end of a chat, which are one thing: all of them are new, or none."""
        with self._open_transaction.begin() as db:
            for number, content in enumerate(contents):
                _add(db, person_id, f"{once}.{number}", at, content)

    def replace(self, person_id: int, place: Place, at: datetime, message: Message) -> bool:
        """Put a message where a card stood; not if the card has changed since the person saw it."""
        with self._open_transaction.begin() as db:
            as_seen = (_line.id == place.line) & (_line.change == place.change)
            seal = db.scalar(select(_line.seal).where(as_seen, _line.person_id == person_id))
            if seal is None:
                return False
            content = _seal(Card(message, place.pressed, at), seal)
            changed = update(_messages).where(_line.id == place.line)
            db.execute(changed.values(change=_next_change(db), content_sealed=content))
            return True

    def lines(self, person_id: int, after: int = 0) -> list[Line]:
        """What has changed in a chat since the change `after`, in the order of the chat."""
        newest = (
            select(_messages)
            .where(_line.person_id == person_id, _line.change > after)
            .order_by(_line.id.desc())
            .limit(MOST_LINES)
        )
        with self._open_transaction.begin() as db:
            rows = db.execute(newest).all()
        return [line for row in reversed(rows) if (line := _opened(row))]

    def card(self, person_id: int, line_id: int) -> Card | None:
        one = select(_messages).where(_line.person_id == person_id, _line.id == line_id)
        with self._open_transaction.begin() as db:
            row = db.execute(one).one_or_none()
        line = row and _opened(row)
        return line.content if line and isinstance(line.content, Card) else None

    def received(self) -> Mapping[int, int]:
        """How many messages of the bot each person has in their chat."""
        by_person = select(_line.person_id, func.count()).group_by(_line.person_id)
        with self._open_transaction.begin() as db:
            return {row[0]: row[1] for row in db.execute(by_person.where(_line.author == "bot"))}

    def forget_all_but(self, people: Collection[int]) -> None:
        """Whoever has had their data erased leaves no chat behind."""
        with self._open_transaction.begin() as db:
            gone = set(db.scalars(select(_line.person_id).distinct())) - set(people)
            if gone:
                db.execute(delete(_messages).where(_line.person_id.in_(gone)))

    def keep_time(self, now: datetime) -> None:
        with self._open_transaction.begin() as db:
            db.execute(delete(_clock))
            db.execute(insert(_clock).values(id=1, stands_at=now))


def kept_clock(open_transaction: sessionmaker[Transaction], start: datetime) -> VirtualClock:
    """The clock where it stood when the playground was last open; the first time, at `start`."""
    with open_transaction.begin() as db:
        return VirtualClock(db.scalar(select(_clock.c.stands_at)) or start)


def _add(db: Transaction, person_id: int, once: str, at: datetime, content: Content) -> None:
    if db.scalar(select(_line.id).where(_line.person_id == person_id, _line.once == once)):
        return
    seal = vault.new_seal()
    db.execute(
        insert(_messages).values(
            person_id=person_id,
            once=once,
            author="bot" if isinstance(content, Card) else "person",
            at=at,
            change=_next_change(db),
            seal=seal,
            content_sealed=_seal(content, seal),
        )
    )


def _next_change(db: Transaction) -> int:
    return (db.scalar(select(func.max(_line.change))) or 0) + 1


def _seal(content: Content, seal: bytes) -> bytes:
    return vault.key().seal(json.dumps(_written(content)), _context(seal))


def _context(seal: bytes) -> bytes:
    return vault.context(_messages.name, "content_sealed", seal)


def _opened(row: Row[Any]) -> Line | None:
    """A line, or nothing where it was tampered with."""
    try:
        written = json.loads(vault.key().open(row.content_sealed, _context(row.seal)))
    except vault.CannotRead:
        return None
    return Line(row.id, row.change, row.at, _read(written))


def _written(content: Content) -> Mapping[str, str]:
    match content:
        case Words(text):
            return {"typed": text}
        case Note(pressed):
            return {"pressed": pressed}
        case Card(message, pressed, at):
            return {"message": to_json(message), "pressed": pressed, "at": at.isoformat() if at else ""}


def _read(written: Mapping[str, str]) -> Content:
    match written:
        case {"typed": text}:
            return Words(text)
        case {"message": message, "pressed": pressed, "at": at}:
            return Card(from_json(message), pressed, datetime.fromisoformat(at) if at else None)
        case _:
            return Note(written["pressed"])
