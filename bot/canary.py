"""The canary: a known text, sealed, by which a wrong key is noticed before anything is sealed with it."""

from sqlalchemy.orm import Session as Transaction

from bot.models import Canary
from bot.vault import CannotRead

KNOWN_TEXT = "cairn"


def is_there(db: Transaction) -> bool:
    """Whether anything may have been sealed in this database."""
    return db.get(Canary, 1) is not None


def leave(db: Transaction) -> None:
    db.add(Canary(id=1, text=KNOWN_TEXT))


def opens(db: Transaction) -> bool:
    """Whether the key in use is the one that this database was sealed with."""
    try:
        return db.get_one(Canary, 1).text == KNOWN_TEXT
    except CannotRead:
        return False
