"""What Slack sends, in the shapes of its own documents, and what comes of it when one part is odd."""

import copy
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
Path = tuple[str | int, ...]

TEAM, APP, BOT_USER, USER = "T0TEAM", "A0CAIRN", "U0CAIRN", "U0EVE"
ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**19,
    0.5,
    "",
    "x" * 3000,
    "<!channel>",
    "null",
    "[[[[",
    [],
    [[]],
    [None],
    [{}],
    {},
    {"id": {}},
    {"": ""},
    {"text": []},
)


def _event(event: Json) -> Json:
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "enterprise_id": None,
        "api_app_id": APP,
        "event": event,
        "event_id": "Ev1",
        "event_time": 1770134405,
        "authorizations": [
            {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_enterprise_install": False}
        ],
        "is_ext_shared_channel": False,
    }


def _interaction(kind: str, **more: Any) -> Json:
    return {
        "type": kind,
        "user": {"id": USER, "username": "eve", "name": "eve", "team_id": TEAM},
        "team": {"id": TEAM, "domain": "example"},
        "enterprise": None,
        "api_app_id": APP,
        "is_enterprise_install": False,
        "trigger_id": "1.trigger",
    } | more


_IM = {"type": "message", "channel": "D0EVE", "channel_type": "im"}
_SAID = {"user": USER, "text": "Hello <@U0BEN>", "ts": "1770134405.000100"}
_BUTTON = {
    "type": "button",
    "action_id": "press.0",
    "block_id": "0123.0",
    "action_ts": "1770134405.1",
    "text": {"type": "plain_text", "text": "Undo", "emoji": False},
    "value": '{"do":"typing","words":"help"}',
}
_CARD = {"type": "message", "message_ts": "1.2", "channel_id": "D0EVE", "is_ephemeral": False}
_VIEW = {
    "id": "V1",
    "team_id": TEAM,
    "app_id": APP,
    "hash": "hash1",
    "type": "modal",
    "callback_id": "form",
    "private_metadata": '{"do":"{\\"do\\":\\"typing\\",\\"words\\":\\"help\\"}","at":"{}","token":"0123"}',
    "state": {"values": {"text": {"answer": {"type": "plain_text_input", "value": "Words"}}}},
}
_USER = {
    "id": USER,
    "team_id": TEAM,
    "real_name": "Eve Stranger",
    "tz": "Europe/London",
    "locale": "en-GB",
    "is_bot": False,
    "deleted": False,
    "profile": {
        "real_name": "Eve",
        "email": "eve@example.net",
        "status_emoji": ":palm_tree:",
        "status_expiration": 0,
    },
}
_CHOSEN = {
    "one": {"answer": {"type": "radio_buttons", "selected_option": {"value": "1"}}},
    "many": {"answer": {"type": "checkboxes", "selected_options": [{"value": "1"}, {"value": "2"}]}},
    "day": {"answer": {"type": "datepicker", "selected_date": "2026-02-03"}},
}

SHAPES: dict[str, Json] = {
    "said": _event({**_IM, **_SAID, "event_ts": "1770134405.000100", "client_msg_id": "1"}),
    "changed": _event(
        {
            **_IM,
            "subtype": "message_changed",
            "hidden": True,
            "message": {**_SAID, "text": "New"},
            "previous_message": _SAID,
        }
    ),
    "deleted": _event(
        {**_IM, "subtype": "message_deleted", "deleted_ts": "1.2", "previous_message": _SAID, "hidden": True}
    ),
    "home": _event({"type": "app_home_opened", "user": USER, "tab": "home", "channel": "D0EVE"}),
    "user": _event({"type": "user_change", "user": _USER}),
    "joined": _event({"type": "team_join", "user": _USER | {"tz": None}}),
    "revoked": _event({"type": "tokens_revoked", "tokens": {"oauth": [USER], "bot": []}}),
    "command": {
        "command": "/mentor",
        "text": "help",
        "user_id": USER,
        "team_id": TEAM,
        "channel_id": "C0GENERAL",
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "trigger_id": "1.trigger",
        "response_url": "https://hooks.slack.com/commands/1",
    },
    "pressed": _interaction(
        "block_actions",
        container=_CARD,
        channel={"id": "D0EVE"},
        message={"ts": "1.2"},
        actions=[_BUTTON],
        response_url="https://hooks.slack.com/actions/1",
    ),
    "pressed at home": _interaction(
        "block_actions",
        container={"type": "view", "view_id": "V1"},
        view=_VIEW | {"type": "home"},
        actions=[_BUTTON],
    ),
    "typed": _interaction(
        "block_actions",
        container={"type": "view", "view_id": "V1"},
        view=_VIEW,
        actions=[
            {
                "type": "plain_text_input",
                "block_id": "text",
                "action_id": "answer",
                "action_ts": "1770134405.1",
            }
        ],
    ),
    "sent": _interaction("view_submission", view=_VIEW),
    "chosen": _interaction("view_submission", view=_VIEW | {"state": {"values": _CHOSEN}}),
    "pointed": _interaction(
        "message_action",
        callback_id="ask",
        channel={"id": "C0GENERAL", "name": "general"},
        message={"type": "message", "user": "U0SOMEBODY", "text": "A *word*", "ts": "1.2"},
        response_url="https://hooks.slack.com/app/1",
    ),
}


def places(value: Any, here: Path = ()) -> Iterator[Path]:
    """Every part of it, the outermost left out."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in inside:
        yield (*here, name)
        yield from places(part, (*here, name))


def spoiled(body: Json, path: Path, odd: Any) -> Json:
    """With something odd in one place."""
    changed = copy.deepcopy(body)
    holder: Any = changed
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = odd
    return changed


def without(body: Json, path: Path) -> Json:
    changed = copy.deepcopy(body)
    holder: Any = changed
    for name in path[:-1]:
        holder = holder[name]
    del holder[path[-1]]
    return changed


def every_odd_one(body: Json) -> Iterator[Json]:
    for path in places(body):
        yield without(body, path)
        yield from (spoiled(body, path, odd) for odd in ODD)
