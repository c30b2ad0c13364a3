"""Drawn: how large it is what somebody would see on a platform, and which of its limits that is beyond.

A rehearsal has everything drawn for each platform. It knows none of them: it is handed such venues.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.messages import Form, Home, Message, Mistakes
from bot.text import units


class Excess(NamedTuple):
    """By how much, and never what stands there."""

    what: str
    there: int
    most: int

    def __str__(self) -> str:
        return f"{self.what}: {self.there:,} of {self.most:,}"


@dataclass(frozen=True)
class Drawn:
    """One card, one form or one page."""

    size: int  # bytes
    beyond: Sequence[Excess] = ()


@dataclass(frozen=True)
class Returned:
    """A form that was sent comes back, with what was typed and what to mend in it."""

    form: Form
    mistakes: Mistakes


Shown = Message | Form | Returned | Home


@dataclass(frozen=True)
class Venue:
    platform: str  # as accounts name it: "slack"
    name: str  # as people do
    draw: Callable[[Shown], Iterable[Drawn]]


def over(what: str, there: int, most: int) -> Iterable[Excess]:
    return [Excess(what, there, most)] if there > most else []


def too_long(what: str, text: object, most: int) -> Iterable[Excess]:
    return over(what, units(text), most) if isinstance(text, str) else ()
