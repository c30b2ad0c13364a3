"""Settings for Slack: which of three ways the bot is connected, and with which secrets.

Over Socket Mode (a bot token and an app token), over HTTP in one workspace (a bot token and a signing
secret), or over HTTP in many (OAuth). What is half there or contradicts itself is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from adapters.addresses import is_this_machine, parts_of, public_url
from adapters.remedy import MendFirst

Mode = Literal["socket", "http", "oauth"]

APPS = "api.slack.com/apps > your app"
TOKEN_PAGE = f"{APPS} > OAuth & Permissions"
CREDENTIALS_PAGE = f"{APPS} > Basic Information > App Credentials"
APP_TOKEN_PAGE = f"{APPS} > Basic Information > App-Level Tokens"
SECRETS = (
    "SLACK_BOT_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_APP_TOKEN",
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
)
WAYS: Mapping[Mode, str] = {
    "socket": "one workspace, over Socket Mode",
    "http": "one workspace, over HTTP",
    "oauth": "every workspace of SLACK_WORKSPACES, over HTTP (OAuth)",
}
NEEDED: Mapping[Mode, Mapping[str, str]] = {
    "socket": {
        "SLACK_APP_TOKEN": f"Make one at {APP_TOKEN_PAGE}, with the scope connections:write.",
        "SLACK_BOT_TOKEN": f"Copy the Bot User OAuth Token from {TOKEN_PAGE}.",
    },
    "http": {
        "SLACK_BOT_TOKEN": f"Copy the Bot User OAuth Token from {TOKEN_PAGE}.",
        "SLACK_SIGNING_SECRET": f"Copy the Signing Secret from {CREDENTIALS_PAGE}.",
    },
    "oauth": {
        "SLACK_CLIENT_ID": f"Copy the Client ID from {CREDENTIALS_PAGE}.",
        "SLACK_CLIENT_SECRET": f"Copy the Client Secret from {CREDENTIALS_PAGE}.",
        "SLACK_SIGNING_SECRET": f"Copy the Signing Secret from {CREDENTIALS_PAGE}.",
        "CAIRN_URL": "Write the public address of this server: CAIRN_URL=https://cairn.example.com",
        "SLACK_WORKSPACES": "Name the ids of those that may install it: SLACK_WORKSPACES=T0123ABCD,E0456EFGH",
    },
}


@dataclass(frozen=True)
class SlackSettings:
    mode: Mode
    api_url: str = "https://slack.com/api/"
    public_url: str = ""  # without a slash at the end
    workspaces: frozenset[str] = frozenset()  # who may install it; in one workspace: which one that is
    client_id: str = ""
    bot_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)

    @property
    def authorize_url(self) -> str:
        """Where a browser is sent to install the bot: on slack.com, or on slack-gov.com."""
        return f"{self.api_url.removesuffix('api/')}oauth/v2/authorize"

    @property
    def redirect_url(self) -> str:
        """Made from the setting alone. What a request says of its host is never believed."""
        return f"{self.public_url}/slack/oauth_redirect"


def read_slack(environment: Mapping[str, str]) -> SlackSettings | None:
    """Nothing, where nothing is said of Slack."""
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    if not any(given.get(name) for name in SECRETS):
        return None
    mode = _mode(given)
    for name, mend in NEEDED[mode].items():
        if not given.get(name):
            found = " and ".join(there for there in SECRETS if given.get(there))
            raise MendFirst(f"{name} is missing: with {found} alone Slack is only half set up.", mend)
    _check_shapes(given)
    return SlackSettings(
        mode=mode,
        api_url=_api_url(given.get("SLACK_API_URL", "https://slack.com/api/")),
        public_url=public_url(given["CAIRN_URL"], "Slack") if given.get("CAIRN_URL") else "",
        workspaces=_workspaces(given.get("SLACK_WORKSPACES", "")),
        client_id=given.get("SLACK_CLIENT_ID", ""),
        bot_token=given.get("SLACK_BOT_TOKEN", ""),
        signing_secret=given.get("SLACK_SIGNING_SECRET", ""),
        app_token=given.get("SLACK_APP_TOKEN", ""),
        client_secret=given.get("SLACK_CLIENT_SECRET", ""),
    )


def _mode(given: Mapping[str, str]) -> Mode:
    by_oauth = [name for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET") if given.get(name)]
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        if by_oauth and given.get(name):
            raise _contradiction(by_oauth[0], "many workspaces (OAuth)", name, "one workspace")
    if by_oauth:
        return "oauth"
    if not given.get("SLACK_APP_TOKEN"):
        if not given.get("SLACK_SIGNING_SECRET"):
            raise MendFirst(
                "SLACK_BOT_TOKEN alone does not say how Slack reaches Cairn.",
                "Add SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP.",
            )
        return "http"
    if given.get("SLACK_SIGNING_SECRET"):
        raise _contradiction("SLACK_APP_TOKEN", "Socket Mode", "SLACK_SIGNING_SECRET", "HTTP")
    return "socket"


def _contradiction(one: str, its_way: str, other: str, other_way: str) -> MendFirst:
    return MendFirst(f"{one} is for {its_way}, {other} is for {other_way}.", "Leave one of them out.")


def _check_shapes(given: Mapping[str, str]) -> None:
    if token := given.get("SLACK_BOT_TOKEN"):
        _check_bot_token(token)
    if token := given.get("SLACK_APP_TOKEN"):
        _check_kind("SLACK_APP_TOKEN", token, "xapp-", APP_TOKEN_PAGE)
    secret = given.get("SLACK_SIGNING_SECRET")
    if secret and not re.fullmatch(r"[0-9a-f]{32}", secret):
        raise MendFirst(
            "SLACK_SIGNING_SECRET is not a signing secret: that has 32 digits from 0 to f.",
            f"Copy the Signing Secret from {CREDENTIALS_PAGE}.",
        )
    client = given.get("SLACK_CLIENT_ID")
    if client and not re.fullmatch(r"[0-9]+\.[0-9]+", client):
        raise MendFirst(
            "SLACK_CLIENT_ID is not a client id: that is two numbers with a dot between them.",
            f"Copy the Client ID from {CREDENTIALS_PAGE}.",
        )


def _check_bot_token(token: str) -> None:
    if token.startswith("xoxe"):
        raise MendFirst(
            "SLACK_BOT_TOKEN is a token that expires within twelve hours (token rotation is on).",
            "Connect by OAuth (docs/slack.md), or make the app anew without token rotation.",
        )
    _check_kind("SLACK_BOT_TOKEN", token, "xoxb-", TOKEN_PAGE)


KINDS = {"xoxb-": "a bot token", "xoxp-": "a user token", "xapp-": "an app token", "xoxe": "a refresh token"}


def _check_kind(name: str, token: str, prefix: str, page: str) -> None:
    if token.startswith(prefix):
        _check_whole(name, token, page)
        return
    found = next((kind for start, kind in KINDS.items() if token.startswith(start)), "no token of Slack's")
    raise MendFirst(
        f"{name} holds {found}; it should be {KINDS[prefix]}, which begins with {prefix}",
        f"Copy it from {page}.",
    )


def _check_whole(name: str, token: str, page: str) -> None:
    """Not the "xoxb-…" of a guide, nor what was cut or decorated on its way here."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]*[A-Za-z0-9]", token):
        raise MendFirst(
            f"{name} is not a whole token: that has letters, digits and hyphens alone.",
            f"Copy all of it from {page}.",
        )


def _workspaces(written: str) -> frozenset[str]:
    ids = frozenset(id_.strip() for id_ in written.split(",") if id_.strip())
    for id_ in sorted(ids or {written} - {""}):
        if not re.fullmatch(r"[TE][A-Z0-9]+", id_):
            raise MendFirst(
                f"SLACK_WORKSPACES names {id_!r}, which is not the id of a workspace or an organisation.",
                "It begins with T or E. In a browser it stands in the address: app.slack.com/client/T…",
            )
    return ids


def _api_url(written: str) -> str:
    parts = parts_of(written)
    if parts.scheme != "https" and not is_this_machine(parts):
        raise MendFirst(
            "SLACK_API_URL does not begin with https://.", "For GovSlack it is https://slack-gov.com/api/"
        )
    if parts.path.strip("/") != "api" or parts.query or parts.fragment:
        raise MendFirst("SLACK_API_URL does not end with /api/.", "Leave it out for https://slack.com/api/")
    return f"{parts.scheme}://{parts.netloc}/api/"
