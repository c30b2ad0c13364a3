"""Fit: how much of it Teams takes in one card.

Teams refuses a message of more than about 100 KB, and at 28 KB what reaches it by other ways. It counts
in UTF-16.
"""

from collections.abc import Sequence
from itertools import accumulate

from adapters.fit import Json, Piece, size
from bot.text import shorten, units

CARD = 10_000  # units of a card as JSON: 20,000 bytes
DIALOG = 38_000  # units of one that cannot go on in another: Teams advises 80,000 bytes
FRAME = 400  # units of it around what is said
LONGEST_SUMMARY = 400  # units: a notification shows less
ROOM = 4000  # units of one stretch of text: 3000 characters, as much as anybody may write
MOST_ACTIONS = 6


def cost(text: str) -> int:
    return max(size(text) - 2, units(text))


def fits(pieces: Sequence[Piece]) -> bool:
    """Whether all of it is one card. A picture cannot go on in another."""
    blocks = [block for piece in pieces for block in piece.blocks]
    room = DIALOG if any(block["type"] == "Image" for block in blocks) else CARD
    return actions(blocks) <= MOST_ACTIONS and size(blocks) + size(summary(pieces)) <= room - FRAME


def room_for(pieces: Sequence[Piece]) -> int:
    """How many of them, one after the other, a dialog has room for."""
    ends = accumulate(size(piece.blocks) for piece in pieces)
    return sum(1 for end in ends if end <= DIALOG)


def summary(pieces: Sequence[Piece]) -> str:
    return shorten("\n".join(piece.text for piece in pieces if piece.text), LONGEST_SUMMARY)


def actions(blocks: Sequence[Json]) -> int:
    return sum(len(block["actions"]) for block in blocks if block["type"] == "ActionSet")
