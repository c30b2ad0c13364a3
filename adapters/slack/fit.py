"""Fit: how much of it Slack takes in one message or in one view.

Slack does not say whether it counts UTF-16 units or code points. There are never fewer units, so they count.
"""

import json
from collections.abc import Iterable, Sequence

from adapters.fit import Json, Piece, size
from bot.text import units

BLOCKS_OF_A_MESSAGE = 50
BLOCKS_OF_A_VIEW = 100
BUTTONS_OF_A_ROW = 25
TEXT = 4000  # units of a message's text: what Slack advises
BLOCKS = 10_000  # units of a message's blocks as JSON: Slack was seen to refuse about 13,000
VIEW = 240_000  # bytes of a view as JSON: Slack takes 250 kB
ROOM = 3400  # units of one stretch of text: 3000 characters, as much as anybody may write, with their lines


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_text(pieces: Iterable[Piece]) -> str:
    return "\n".join(escaped(piece.text) for piece in pieces if piece.text)


def cost(text: str) -> int:
    """What a text takes up, in the blocks or in the text for those who listen."""
    return max(size(text) - 2, units(escaped(text)))


def fits(pieces: Sequence[Piece]) -> bool:
    """Whether all of it is one message."""
    blocks = [block for piece in pieces for block in piece.blocks]
    return len(blocks) <= BLOCKS_OF_A_MESSAGE and size(blocks) <= BLOCKS and units(as_text(pieces)) <= TEXT


def fits_a_view(blocks: Sequence[Json]) -> bool:
    return len(blocks) <= BLOCKS_OF_A_VIEW and len(json.dumps(blocks)) <= VIEW


def closer(blocks: Iterable[Json]) -> list[Json]:
    """The same in fewer blocks: what is alike and stands together becomes one."""
    found: list[Json] = []
    for block in blocks:
        if found and _go_together(found[-1], block):
            found[-1] = found[-1] | {"elements": [*found[-1]["elements"], *block["elements"]]}
        else:
            found.append(block)
    return found


def _go_together(one: Json, other: Json) -> bool:
    if one["type"] != other["type"] or one["type"] not in {"rich_text", "actions"}:
        return False
    if one["type"] == "actions":
        return len(one["elements"]) + len(other["elements"]) <= BUTTONS_OF_A_ROW
    return size(one) + size(other) <= BLOCKS
