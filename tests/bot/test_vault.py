"""The vault."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from world import Someone, World

from bot import vault
from bot.database import connect, sessions
from bot.models import Answer, Person, Terms

KEY = vault.Key(bytes(range(32)))


@given(st.text(st.characters(codec="utf-8")))
def test_opens_what_it_sealed(words: str) -> None:
    assert KEY.open(KEY.seal(words, b"here"), b"here") == words


def test_never_seals_the_same_twice() -> None:
    assert KEY.seal("hello", b"here") != KEY.seal("hello", b"here")


def test_a_ciphertext_opens_only_where_it_was_sealed() -> None:
    """G8."""
    with pytest.raises(vault.CannotRead):
        KEY.open(KEY.seal("hello", b"here"), b"there")


@pytest.mark.parametrize("byte", [0, 1, 12, 13, -1])
def test_a_changed_bit_is_noticed(byte: int) -> None:
    """G8."""
    sealed = bytearray(KEY.seal("hello", b"here"))
    sealed[byte] ^= 1

    with pytest.raises(vault.CannotRead):
        KEY.open(bytes(sealed), b"here")


@pytest.mark.parametrize("rest", [b"", b"\x01", b"\x01" + bytes(12)])
def test_a_stump_is_noticed(rest: bytes) -> None:
    with pytest.raises(vault.CannotRead):
        KEY.open(rest, b"here")


def test_another_key_opens_nothing() -> None:
    """G9."""
    with pytest.raises(vault.CannotRead):
        vault.Key(bytes(32)).open(KEY.seal("hello", b"here"), b"here")


@pytest.mark.parametrize("written", ["", "abc", "zz" * 32, "00" * 31])
def test_a_malformed_key_is_refused_without_repeating_it(written: str) -> None:
    """G9."""
    with pytest.raises(ValueError, match="64 hexadecimal digits") as refusal:
        vault.Key.from_text(written)

    assert not written or written not in str(refusal.value)


def test_a_key_shows_nothing_of_itself() -> None:
    assert repr(KEY) == "Key(…)"


def test_words_are_not_in_the_database_as_they_are(engine: Engine, world: World, ben: Someone) -> None:
    ben_id = ben.row.id
    with world.bot.open_transaction.begin() as db:
        db.get_one(Person, ben_id).wish = "SECRET-CANARY-123"

    with engine.begin() as connection:
        kept = connection.execute(text("SELECT wish_sealed, seal FROM people")).one()

    assert b"CANARY" not in bytes(kept.wish_sealed)
    assert ben.row.wish == "SECRET-CANARY-123"


def test_a_ciphertext_copied_to_another_row_does_not_open(world: World, ben: Someone, ana: Someone) -> None:
    """G8."""
    ben_id, ana_id = ben.row.id, ana.row.id
    with world.bot.open_transaction.begin() as db:
        db.get_one(Person, ben_id).wish = "For nobody else"
    with world.bot.open_transaction.begin() as db:
        db.get_one(Person, ana_id).wish_sealed = db.get_one(Person, ben_id).wish_sealed

    with pytest.raises(vault.CannotRead):
        _ = ana.row.wish


def test_errors_of_the_database_do_not_repeat_words(caplog: pytest.LogCaptureFixture) -> None:
    """H9, for errors."""
    engine = connect("sqlite://")

    with pytest.raises(Exception, match="no such table") as error, sessions(engine).begin() as db:
        db.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": "SECRET-CANARY-123"})

    assert "CANARY" not in str(error.value)
    assert logging.getLogger("sqlalchemy.engine").level == logging.NOTSET


def test_rows_do_not_show_words_in_repr() -> None:
    rows = [Answer(question="win", text="SECRET-CANARY-123"), Terms(hopes="SECRET-CANARY-123")]

    assert "CANARY" not in repr(rows)
