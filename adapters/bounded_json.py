"""JSON that somebody sent, read within bounds: how deep, how many parts, how large a number.

What two readers could understand in two ways is refused: a name that stands twice, NaN, half a character.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

DEEPEST = 32
MOST_PARTS = 50_000  # brackets and commas of one body, those in words as well
MOST_DIGITS = 20

# From one bracket outside of words to the next. A quote that opens no words ends it too, and so does the end:
# otherwise each of a million of them would be looked at from every place before it.
_TO_A_BRACKET = re.compile(
    r'[^"\[\]{}]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"\[\]{}]*+)*+([\[\]{}"]|\Z)', re.DOTALL
)
_HALF_A_CHARACTER = re.compile(r"[\0\ud800-\udfff]")


class NotUnderstood(ValueError):
    """It says nothing of what it found: that is what somebody wrote."""


def read_object(written: str | bytes) -> Json:
    """The one object that stands there; NotUnderstood for anything else."""
    try:
        text = written if isinstance(written, str) else written.decode()
        return _read(text)
    except (ValueError, OverflowError) as error:
        raise NotUnderstood from error


def _read(text: str) -> Json:
    _check_size(text)
    found = json.loads(
        text, object_pairs_hook=once, parse_int=_int, parse_float=_float, parse_constant=_refuse
    )
    if not isinstance(found, dict):
        raise NotUnderstood
    return whole(found) if "\\u" in text else found


def _check_size(text: str) -> None:
    """Before it is read: the reader calls itself at each bracket, and keeps everything that it has read."""
    brackets = text.count("[") + text.count("{")
    if brackets + text.count(",") > MOST_PARTS or (brackets > DEEPEST and _is_too_deep(text)):
        raise NotUnderstood


def _is_too_deep(text: str) -> bool:
    deep = 0
    for found in _TO_A_BRACKET.finditer(text):
        if found[1] in ("[", "{"):
            deep += 1
        elif found[1] == '"' or deep > DEEPEST:
            return True
        else:
            deep -= 1
    return False


def once(pairs: list[tuple[str, Any]]) -> Json:
    """Where a name stands twice, who knows which one is meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotUnderstood
    return found


def _int(digits: str) -> int:
    return int(digits) if len(digits) <= MOST_DIGITS else _refuse(digits)


def _float(digits: str) -> float:
    number = float(digits) if len(digits) <= 2 * MOST_DIGITS else math.inf
    return number if math.isfinite(number) else _refuse(digits)


def _refuse(_: str) -> Any:
    raise NotUnderstood


def whole(body: Json) -> Json:
    """What a database can keep: no NUL, and no half of a character."""
    if any(_HALF_A_CHARACTER.search(words) for words in _strings(body)):
        raise NotUnderstood
    return body


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from _strings(item)
