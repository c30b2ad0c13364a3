"""What the page sends, read by its shape. Anything odd is `NotUnderstood`, in words the page can show."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from adapters.web.chat_log import Place
from bot.actions import decode
from bot.events import Account, Commanded, Pressed, Said, Submitted
from bot.text import clean, clean_name

COMMAND = "/mentor"
MOST_ANSWERS = 100
LONGEST_ACTION = 4000  # characters; an action carries ids, and at most a few words
BIGGEST_NUMBER = 2**53  # in JavaScript whole numbers end there

_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")


class NotUnderstood(ValueError):
    """The page sent something that no page of ours sends."""


@dataclass(frozen=True)
class Sent:
    event: Said | Commanded | Pressed | Submitted
    place: Place | None = None  # where they pressed

    @property
    def keeps_card(self) -> bool:
        event = self.event
        return not isinstance(event, Pressed | Submitted) or event.action.keeps_card


def read_json(raw: bytes) -> object:
    try:
        return json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise NotUnderstood("this is not JSON") from None


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity are no JSON


def what_was_done(body: object, who: Account) -> Sent:
    match body:
        case {"id": str(id_), **done} if _ID.fullmatch(id_):
            return _sent(id_, who, done)
        case _:
            raise NotUnderstood("what is sent needs an id of letters, digits and dashes")


def _sent(id_: str, who: Account, done: Mapping[Any, Any]) -> Sent:
    match done:
        case {"said": str(text)}:
            return Sent(_typed(id_, who, text))
        case {"pressed": str(wire)}:
            return Sent(Pressed(id=id_, who=who, action=decode(_action(wire))), _place(done))
        case {"submitted": str(wire), "answers": dict(answers)}:
            action = decode(_action(wire))
            return Sent(Submitted(id=id_, who=who, action=action, answers=_answers(answers)), _place(done))
        case _:
            raise NotUnderstood("only words, a pressed button or a form can be sent")


def _typed(id_: str, who: Account, text: str) -> Said | Commanded:
    first, _, rest = text.strip().partition(" ")
    if first.lower() == COMMAND:
        return Commanded(id=id_, who=who, text=rest)
    return Said(id=id_, who=who, text=text)


def _action(wire: str) -> str:
    if len(wire) > LONGEST_ACTION:
        raise NotUnderstood("no button means that much")
    return wire


def _answers(answers: Mapping[Any, Any]) -> Mapping[str, str]:
    fit = len(answers) <= MOST_ANSWERS and all(_NAME.fullmatch(name) for name in answers)
    if not fit or not all(isinstance(answer, str) for answer in answers.values()):
        raise NotUnderstood("the answers of a form are texts, each with the name of its field")
    return dict(answers)


def _place(done: Mapping[Any, Any]) -> Place | None:
    match done.get("place"):
        case None:
            return None
        case {"line": int(line), "change": int(change), "pressed": str(pressed)} if (
            0 <= line < BIGGEST_NUMBER and 0 <= change < BIGGEST_NUMBER
        ):
            return Place(line, change, clean_name(pressed))
        case _:
            raise NotUnderstood("the place of a card is its line, its change and the button")


def how_far(body: object) -> str:
    """How far the clock is to go: a key of `playroom.SPANS`, or "next"."""
    match body:
        case {"forward": str(far)}:
            return far
        case _:
            raise NotUnderstood("say how far the clock is to go")


def words_of(event: Said | Commanded) -> str:
    """What they typed, as it stands in their chat."""
    return clean(event.text if isinstance(event, Said) else f"{COMMAND} {event.text}")
