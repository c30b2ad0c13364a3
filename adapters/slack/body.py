"""What stands in a request of Slack, read within bounds.

Slack sends JSON, a form with JSON in its field `payload`, or the plain form of a slash command.
"""

from urllib.parse import parse_qsl

from adapters.bounded_json import Json as Body
from adapters.bounded_json import NotUnderstood, once, read_object, whole

__all__ = ["FORM", "JSON", "Body", "NotUnderstood", "read_body"]

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

MOST_FIELDS = 64  # of a form

_WHO_AND_WHERE = ("user", "channel", "team", "enterprise")  # an id, or an object that has one
_INSIDE = ("event", "message", "previous_message")


def read_body(kind: str, raw: bytes) -> Body:
    """The event, the interaction or the command in a body; NotUnderstood for anything else."""
    try:
        text = raw.decode()
        return _event(read_object(text)) if kind == JSON else _form(text)
    except (ValueError, OverflowError) as error:
        raise NotUnderstood from error


def _form(text: str) -> Body:
    """A body that begins with a brace is read as JSON by Bolt, whatever its type says."""
    if text.startswith("{"):
        raise NotUnderstood
    fields = once(parse_qsl(text, True, True, errors="strict", max_num_fields=MOST_FIELDS))
    if "payload" in fields:
        return _of_a_type(read_object(fields["payload"]))
    if not fields.keys() & {"command", "ssl_check"}:
        raise NotUnderstood
    return whole(fields)


def _event(body: Body) -> Body:
    if body.get("type") == "event_callback":
        _of_a_type(body.get("event"))
    return _of_a_type(body)


def _of_a_type(body: object) -> Body:
    if isinstance(body, dict) and isinstance(body.get("type"), str) and _is_as_bolt_expects(body):
        return {name: value for name, value in body.items() if name != "view" or value is not None}
    raise NotUnderstood


def _is_as_bolt_expects(body: Body) -> bool:
    """Bolt looks into these places without asking what is there, and breaks."""
    if not all(isinstance(body.get(name), str | dict | None) for name in _WHO_AND_WHERE):
        return False
    if not isinstance(body.get("view"), dict | None):
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
