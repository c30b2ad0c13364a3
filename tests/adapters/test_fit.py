"""What is too long for one place goes on in the next: the same text, and no character is torn apart."""

from collections.abc import Sequence

from everything_said import ODD
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.fit import Piece, by_words, packed, parts
from bot.text import graphemes, units


@settings(deadline=None)
@given(st.text(alphabet=ODD, max_size=200), st.integers(12, 60))
def test_parts_are_the_same_text_and_never_split_a_character(text: str, room: int) -> None:
    found = list(parts(text, room))

    assert "".join(found) == text
    assert all(units(part) <= room for part in found)
    if all(units(character) <= room for character in graphemes(text)):
        assert [character for part in found for character in graphemes(part)] == list(graphemes(text))


def test_words_are_shortened_behind_a_whole_one() -> None:
    assert by_words("Before you meet Ana", 12) == "Before you…"
    assert by_words("Before you", 12) == "Before you"


def three(pieces: Sequence[Piece]) -> bool:
    return len(pieces) <= 3


def pieces(letters: str) -> list[Piece]:
    return [Piece((), letter) for letter in letters]


def sheets(content: str, closing: str) -> list[str]:
    found = packed(pieces(content), pieces(closing), three)
    return ["".join(piece.text for piece in sheet) for sheet in found]


def test_what_closes_a_message_is_not_alone_on_the_last_sheet() -> None:
    assert sheets("ab", "y") == ["aby"]
    assert sheets("abc", "yz") == ["ab", "cyz"]
    assert sheets("abcd", "xyz") == ["abc", "d", "xyz"]
    assert sheets("ab", "vwxyz") == ["abv", "wxy", "z"]
    assert sheets("", "z") == ["z"]
