"""The audience: what can be seen of a rehearsal, and by whom. Never a word of what anybody writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.calendar import Hours
from bot.happenings import Happened, Part

REPLY = "reply"  # beside the kinds of courtesy: an immediate answer to what the person just did


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """A message that reached somebody."""

    at: datetime
    to: str
    kind: str
    of_class: str
    pair: int | None = None
    session: int | None = None
    parts: Sequence[Part] = ()  # of a digest
    hours: Hours | None = None  # those that the person has just set, when this is the answer to it


class Audience(Protocol):
    def delivered(self, delivered: Delivered) -> None: ...
    def happened(self, happened: Happened) -> None: ...
