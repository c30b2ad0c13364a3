"""What stands in a request of Slack, read within bounds: how deep, how many parts, how large a number.

Slack sends JSON, a form with JSON in its field `payload`, or the plain form of a slash command. What two
readers could understand in two ways is refused: a name that stands twice, NaN, half a character.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

Body = dict[str, Any]

DEEPEST = 32
MOST_PARTS = 50_000  # brackets and commas of one body, those in words as well
MOST_DIGITS = 20
MOST_FIELDS = 64  # of a form

_WHO_AND_WHERE = ("user", "channel", "team", "enterprise")  # an id, or an object that has one
_INSIDE = ("event", "message", "previous_message")

# From one bracket outside of words to the next. A quote that opens no words ends it too, and so does the end:
# otherwise each of a million of them would be looked at from every place before it.
_TO_A_BRACKET = re.compile(
    r'[^"\[\]{}]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"\[\]{}]*+)*+([\[\]{}"]|\Z)', re.DOTALL
)
_HALF_A_CHARACTER = re.compile(r"[\0\ud800-\udfff]")


class NotUnderstood(ValueError):
    """It says nothing of what it found: that is what somebody wrote."""


def read_body(kind: str, raw: bytes) -> Body:
    """The event, the interaction or the command in a body; NotUnderstood for anything else."""
    try:
        text = raw.decode()
        return _event(_read_object(text)) if kind == JSON else _form(text)
    except (ValueError, OverflowError) as error:
        raise NotUnderstood from error


def _form(text: str) -> Body:
    """A body that begins with a brace is read as JSON by Bolt, whatever its type says."""
    if text.startswith("{"):
        raise NotUnderstood
    fields = _once(parse_qsl(text, True, True, errors="strict", max_num_fields=MOST_FIELDS))
    if "payload" in fields:
        return _of_a_type(_read_object(fields["payload"]))
    if not fields.keys() & {"command", "ssl_check"}:
        raise NotUnderstood
    return _whole(fields)


def _event(body: Body) -> Body:
    if body.get("type") == "event_callback":
        _of_a_type(body.get("event"))
    return _of_a_type(body)


def _of_a_type(body: object) -> Body:
    if isinstance(body, dict) and isinstance(body.get("type"), str) and _is_as_bolt_expects(body):
        return body
    raise NotUnderstood


def _is_as_bolt_expects(body: Body) -> bool:
    """Bolt looks into these places without asking what is there, and breaks."""
    if not all(isinstance(body.get(name), str | dict | None) for name in _WHO_AND_WHERE):
        return False
    if body["type"] == "block_actions" and not _has_words(_first(body.get("actions")), "action_id"):
        return False
    if body["type"] == "view_submission" and not _has_words(body.get("view"), "type", "callback_id"):
        return False
    inside = [body[name] for name in _INSIDE if name in body]
    inside += [_first(body["authorizations"])] if body.get("authorizations") is not None else []
    return all(isinstance(part, dict) and _is_as_bolt_expects({"type": ""} | part) for part in inside)


def _has_words(part: object, *names: str) -> bool:
    return isinstance(part, dict) and all(isinstance(part.get(name), str) for name in names)


def _first(parts: object) -> object:
    """Nothing is as good as an empty one."""
    return (parts[0] if parts else {}) if isinstance(parts, list) else None


def _read_object(text: str) -> Body:
    _check_size(text)
    found = json.loads(
        text, object_pairs_hook=_once, parse_int=_int, parse_float=_float, parse_constant=_refuse
    )
    if not isinstance(found, dict):
        raise NotUnderstood
    return _whole(found) if "\\u" in text else found


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


def _once(pairs: list[tuple[str, Any]]) -> Body:
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


def _whole(body: Body) -> Body:
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
