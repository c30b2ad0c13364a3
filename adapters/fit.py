"""Fit: what is too long for one place goes on in the next, and nothing gets lost on the way."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.text import graphemes, units

Json = dict[str, Any]


@dataclass(frozen=True)
class Piece:
    """What stays together: some blocks as a platform draws them, and the same for those who listen."""

    blocks: tuple[Json, ...]
    text: str  # not escaped


Fits = Callable[[Sequence[Piece]], bool]  # whether all of it is one message


def size(value: object) -> int:
    """Units of JSON."""
    return units(json.dumps(value, ensure_ascii=False))


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


def by_words(words: str, longest: int) -> str:
    """Shortened behind a whole word, where there is one."""
    if units(words) <= longest:
        return words
    return next(parts(words, longest - 1)).rstrip() + "…"


def packed(pieces: Sequence[Piece], closing: Sequence[Piece], fits: Fits) -> list[list[Piece]]:
    """In as few messages as it takes. What closes it stays together at the end, and not alone."""
    if fits([*pieces, *closing]):
        return [[*pieces, *closing]]
    sheets = _filled(pieces, fits)
    if fits([*sheets[-1], *closing]):
        return [*sheets[:-1], [*sheets[-1], *closing]]
    if not fits(closing):
        return _filled([*pieces, *closing], fits)
    *others, last = sheets[-1]
    if others and fits([last, *closing]):
        return [*sheets[:-1], others, [last, *closing]]
    return [*sheets, list(closing)]


def _behind_a_space(part: Sequence[str]) -> int:
    """Not too early, or a part would be almost empty."""
    spaces = (at for at in range(len(part), len(part) // 2, -1) if part[at - 1] in {" ", "\n"})
    return next(spaces, len(part))


def _filled(pieces: Iterable[Piece], fits: Fits) -> list[list[Piece]]:
    sheets: list[list[Piece]] = [[]]
    for piece in pieces:
        if sheets[-1] and not fits([*sheets[-1], piece]):
            sheets.append([])
        sheets[-1].append(piece)
    return sheets
