"""Actions: what a button means, on the wire and back.

A button lies in somebody's chat history for months. Its action goes out as a small JSON object and comes
back as the same typed value, or as `Outdated` when no release knows it any more. It carries opaque ids
only: who may press it is asked of the database when it is pressed.
"""

import json
from dataclasses import dataclass, fields
from typing import Any, ClassVar

LARGEST_ID = 2**31 - 1  # an INTEGER of PostgreSQL holds no larger one

_known: dict[str, type["Action"]] = {}


@dataclass(frozen=True)
class Action:
    """What one button means. Subclasses are frozen dataclasses whose fields are `int` or `str`."""

    wire: ClassVar[str]
    opens_form: ClassVar[bool]  # Teams must say when it draws a button that it opens a dialog
    keeps_card: ClassVar[bool]  # the answer is a new message; otherwise it takes the card's place
    about_others: ClassVar[bool]  # what is typed in its form is about people who have not been asked yet

    def __init_subclass__(
        cls, *, wire: str, opens_form: bool = False, keeps_card: bool = False, about_others: bool = False
    ) -> None:
        if wire in _known:
            raise TypeError(f"two actions share the wire name {wire}")
        cls.wire, cls.opens_form, cls.keeps_card = wire, opens_form, keeps_card
        cls.about_others = about_others
        _known[wire] = cls


@dataclass(frozen=True)
class Outdated(Action, wire="outdated", keeps_card=True):
    """A button of a release that is gone, or one that somebody made up."""


@dataclass(frozen=True)
class Unplaced(Action, wire="unplaced"):
    """Typed words that no question was waiting for, and the command they are nearest to, if any."""

    guess: str = ""


@dataclass(frozen=True)
class Typing(Action, wire="typing", keeps_card=True):
    """Does what typing these words does: how one story's card offers what another story tells."""

    words: str


def encode(action: Action) -> str:
    return json.dumps({"do": action.wire, **vars(action)}, separators=(",", ":"), ensure_ascii=False)


def decode(wire: str) -> Action:
    """The action that was encoded. Anything else, however odd, is `Outdated`."""
    try:
        values = json.loads(wire)
        kind = _known[values.pop("do")]
        return _typed(kind, values)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Outdated()


def _typed(kind: type[Action], values: dict[str, Any]) -> Action:
    for field in fields(kind):
        value = values[field.name]
        if type(value) is not field.type or (isinstance(value, int) and abs(value) > LARGEST_ID):
            raise TypeError(field.name)
    return kind(**values)
