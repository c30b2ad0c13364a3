"""The app manifest: everything that Slack has to be told about the bot, made from one place.

Somebody pastes it once at api.slack.com/apps; after that there is nothing to click together by hand.
"""

import json
from dataclasses import dataclass
from typing import Any

from adapters.addresses import public_url
from adapters.remedy import MendFirst

COMMAND = "/mentor"
EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"


@dataclass(frozen=True)
class Scope:
    name: str
    why: str
    optional: bool = False


SCOPES = (
    Scope("chat:write", "Write to people, and change what it wrote."),
    Scope("im:write", "Open the direct message with somebody who has not written yet."),
    Scope("im:history", "Receive what people write to it in that direct message. Nothing else is read."),
    Scope("commands", "The command /mentor and the two message shortcuts."),
    Scope("users:read", "Name, time zone and language of people; whether an account was deactivated."),
    Scope("users:read.email", "Find the people of the roster by their e-mail address."),
    Scope("files:write", "Send calendar invitations, exports and pictures."),
    Scope("mpim:write", "Introduce a new pair to each other in one direct message.", optional=True),
    Scope("dnd:read", "Hold a nudge back while somebody does not want to be disturbed.", optional=True),
)
REQUIRED = tuple(scope.name for scope in SCOPES if not scope.optional)
OPTIONAL = tuple(scope.name for scope in SCOPES if scope.optional)
EVENTS = ("app_home_opened", "app_uninstalled", "message.im", "team_join", "tokens_revoked", "user_change")
SHORTCUTS = (
    ("ask", "Ask my mentor about this", "Begin a question to your mentor with this message."),
    ("journal", "Keep in my journal", "Keep this message in your private decision journal."),
)
LONG_DESCRIPTION = """\
Cairn keeps a mentoring pair going between its meetings. It asks both what they want to talk about, carries \
questions and answers back and forth, remembers what they agreed on, and reminds them at a decent hour.

What people write is sealed in the database of whoever runs it, and is shown to nobody but the pair. It \
reads no channel and no message that is not written to it."""

Manifest = dict[str, Any]


def manifest(
    *, over_socket: bool = False, url: str = "", org: bool = False, rotate: bool = False
) -> Manifest:
    """Over Socket Mode, or over HTTP at a public address."""
    base = _where(over_socket, url)
    if rotate and over_socket:
        raise MendFirst("--rotate needs OAuth, and OAuth needs an address.", "Say --url instead of --socket.")
    return {
        "display_information": {
            "name": "Cairn",
            "description": "Keeps a mentoring pair going between its meetings.",
            "long_description": LONG_DESCRIPTION,
            "background_color": "#2f4858",
        },
        "features": _features(base),
        "oauth_config": {
            **({"redirect_urls": [base + REDIRECT_PATH]} if base else {}),
            "scopes": {"bot": [*REQUIRED, *OPTIONAL], "bot_optional": [*OPTIONAL]},
        },
        "settings": {
            "event_subscriptions": {**_at(base, "request_url"), "bot_events": [*EVENTS]},
            "interactivity": {"is_enabled": True, **_at(base, "request_url")},
            "org_deploy_enabled": org,
            "socket_mode_enabled": over_socket,
            "token_rotation_enabled": rotate,
        },
    }


def as_json(made: Manifest) -> str:
    return json.dumps(made, indent=2, ensure_ascii=False)


def _where(over_socket: bool, url: str) -> str:
    if over_socket and url:
        raise MendFirst("--socket needs no address.", "Say --socket or --url, not both.")
    if not over_socket and not url:
        raise MendFirst(
            "How does Slack reach Cairn?",
            "Say --socket (the quickest; needs no public address) or --url https://cairn.example.com.",
        )
    return public_url(url, "Slack", loopback=False) if url else ""


def _features(base: str) -> dict[str, Any]:
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "Cairn", "always_online": True},
        "shortcuts": [
            {"name": name, "type": "message", "callback_id": id_, "description": description}
            for id_, name, description in SHORTCUTS
        ],
        "slash_commands": [
            {
                "command": COMMAND,
                **_at(base, "url"),
                "description": "Whatever you would write to Cairn, from anywhere. Only you see it.",
                "usage_hint": "help",
                "should_escape": True,  # people are named by their id, also across an organisation
            }
        ],
    }


def _at(base: str, name: str) -> dict[str, str]:
    return {name: base + EVENTS_PATH} if base else {}
