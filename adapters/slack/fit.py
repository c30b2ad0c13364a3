"""Fit: what is too long for one place in Slack goes on in the next, and nothing gets lost on the way.

Slack does not say whether it counts UTF-16 units or code points. There are never fewer units, so they count.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.text import graphemes, units

Json = dict[str, Any]

BLOCKS_OF_A_MESSAGE = 50
BLOCKS_OF_A_VIEW = 100
BUTTONS_OF_A_ROW = 25
TEXT = 4000  # units of a message's text: what Slack advises
BLOCKS = 10_000  # units of a message's blocks as JSON: Slack was seen to refuse about 13,000
VIEW = 240_000  # bytes of a view as JSON: Slack takes 250 kB
ROOM = 3400  # units of one stretch of text: 3000 characters, as much as anybody may write, with their lines


@dataclass(frozen=True)
class Piece:
    """What stays together: some blocks, and the same for those who listen."""

    blocks: tuple[Json, ...]
    text: str  # not escaped


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_text(pieces: Iterable[Piece]) -> str:
    return "\n".join(escaped(piece.text) for piece in pieces if piece.text)


def size(value: object) -> int:
    return units(json.dumps(value, ensure_ascii=False))


def cost(text: str) -> int:
    """What a text takes up, in the blocks or in the text for those who listen."""
    return max(size(text) - 2, units(escaped(text)))


def parts(text: str, room: int, cost: Callable[[str], int] = units) -> Iterator[str]:
    """The same text in parts that fit: parted behind a space, or else between what is read as characters."""
    if cost(text) <= room:
        yield from filter(None, [text])
        return
    part, left = list[str](), room
    for character in graphemes(text):
        for mark in [character] if cost(character) <= room else character:
            price = cost(mark)
            while price > left and part:
                end = _behind_a_space(part)
                yield "".join(part[:end])
                part = part[end:]
                left = room - sum(map(cost, part))
            part.append(mark)
            left -= price
    if part:
        yield "".join(part)


def _behind_a_space(part: Sequence[str]) -> int:
    """Not too early, or a part would be almost empty."""
    spaces = (at for at in range(len(part), len(part) // 2, -1) if part[at - 1] in {" ", "\n"})
    return next(spaces, len(part))


def fits(pieces: Sequence[Piece]) -> bool:
    """Whether all of it is one message."""
    blocks = [block for piece in pieces for block in piece.blocks]
    return len(blocks) <= BLOCKS_OF_A_MESSAGE and size(blocks) <= BLOCKS and units(as_text(pieces)) <= TEXT


def packed(pieces: Sequence[Piece], closing: Sequence[Piece]) -> list[list[Piece]]:
    """In as few messages as it takes. What closes it stays together at the end, and not alone."""
    sheets = _filled(pieces)
    if fits([*sheets[-1], *closing]):
        return [*sheets[:-1], [*sheets[-1], *closing]]
    if not fits(closing):
        return _filled([*pieces, *closing])
    *others, last = sheets[-1]
    if others and fits([last, *closing]):
        return [*sheets[:-1], others, [last, *closing]]
    return [*sheets, list(closing)]


def _filled(pieces: Iterable[Piece]) -> list[list[Piece]]:
    sheets: list[list[Piece]] = [[]]
    for piece in pieces:
        if sheets[-1] and not fits([*sheets[-1], piece]):
            sheets.append([])
        sheets[-1].append(piece)
    return sheets


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
