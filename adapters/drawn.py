"""Drawn: a card as somebody sees it on a platform: how large it is, and which limits it is beyond."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.text import units


@dataclass(frozen=True)
class Drawn:
    size: int  # bytes
    beyond: Sequence[str] = ()  # "text of a button: 80 of 75"


def over(what: str, there: int, most: int) -> Iterable[str]:
    """Says by how much, and never what stands there."""
    return [f"{what}: {there:,} of {most:,}"] if there > most else []


def too_long(what: str, text: object, most: int) -> Iterable[str]:
    return over(what, units(text), most) if isinstance(text, str) else ()
