"""The vault: what people write is sealed before it reaches the database, and opened only where it is shown.

AES-256-GCM with a fresh nonce each time. Every row that holds words has a random seal of its own; table,
column and seal are authenticated with the words, so a ciphertext that was copied to another row, another
column or changed by a bit does not open (`CannotRead`).
"""

import hashlib
import hmac
import os
import secrets
from typing import Any, overload

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

NONCE = 12  # bytes, as NIST SP 800-38D recommends for GCM
VERSION = b"\x01"  # of the key; the first byte of every ciphertext


class CannotRead(Exception):
    """A sealed text was changed, moved, or sealed with another key. It is left as it is."""


class Key:
    """The master key. It shows nothing of itself in `repr`, logs or tracebacks."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:
            raise ValueError("a key has 32 bytes")
        self._cipher = AESGCM(secret)
        self._index = hmac.digest(secret, b"cairn: look-up of addresses", hashlib.sha256)

    @classmethod
    def from_text(cls, text: str) -> "Key":
        try:
            return cls(bytes.fromhex(text.strip()))
        except ValueError:
            raise ValueError("a key is written as 64 hexadecimal digits") from None

    def seal(self, text: str, context: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return VERSION + nonce + self._cipher.encrypt(nonce, text.encode(), VERSION + context)

    def open(self, sealed: bytes, context: bytes) -> str:
        nonce, ciphertext = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
        try:
            return self._cipher.decrypt(nonce, ciphertext, sealed[:1] + context).decode()
        except (InvalidTag, ValueError):
            raise CannotRead from None

    def fingerprint(self, text: str) -> str:
        """The same for the same text, and of no use without the key: for finding a person by e-mail."""
        return hmac.new(self._index, text.encode(), hashlib.sha256).hexdigest()

    def __repr__(self) -> str:
        return "Key(…)"


def new_key() -> str:
    return secrets.token_hex(32)


_in_use: Key | None = None


def use(key: Key) -> None:
    """Set the key of this process. Once, when it starts."""
    global _in_use  # noqa: PLW0603 - mapped rows have nobody to be handed a key by
    _in_use = key


def key() -> Key:
    if _in_use is None:
        raise RuntimeError("the vault has no key yet: call vault.use(Key) when the process starts")
    return _in_use


def new_seal() -> bytes:
    return os.urandom(16)


class HoldsWords:
    """A row that keeps something a person wrote."""

    seal: Mapped[bytes] = mapped_column(LargeBinary(16), default=None, info={"data": "P3"})

    def __init__(self, **values: Any) -> None:
        self.seal = new_seal()
        super().__init__(**values)


class Words:
    """A text that a person wrote: `text = Words("text_sealed")` reads and writes the sealed column."""

    def __init__(self, column: str) -> None:
        self.column = column

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def _context(self, row: Any) -> bytes:
        return context(row.__tablename__, self.column, row.seal)

    @overload
    def __get__(self, row: None, owner: type) -> "Words": ...
    @overload
    def __get__(self, row: object, owner: type) -> str: ...
    def __get__(self, row: Any, owner: type) -> "Words | str":
        if row is None:
            return self
        sealed: bytes | None = getattr(row, self.column)
        return key().open(sealed, self._context(row)) if sealed else ""

    def __set__(self, row: Any, text: str) -> None:
        setattr(row, self.column, key().seal(text, self._context(row)) if text else None)


def context(table: str, column: str, seal: bytes) -> bytes:
    return f"{table}|{column}|".encode() + seal
