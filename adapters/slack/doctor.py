"""The doctor on Slack: asks Slack itself whether the settings are right, and says what to click where not.

What cannot be seen from outside (whether the command, the shortcuts and the events are there) comes with the
manifest; the scopes of the token show whether an older one is in use.
"""

import http.client
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from adapters.knock import check_address
from adapters.remedy import Finding, MendFirst
from adapters.slack.installations import check_workspace, granted
from adapters.slack.manifest import EVENTS_PATH, INSTALL_PATH, OPTIONAL, REQUIRED
from adapters.slack.remedies import mend, unreachable
from adapters.slack.settings import APP_TOKEN_PAGE, APPS, TOKEN_PAGE, WAYS, SlackSettings, read_slack
from adapters.slack.token_store import Kept

PATIENCE = 10  # seconds
NO_LOG = logging.getLogger(f"{__name__}.client")
NO_LOG.setLevel(logging.CRITICAL)  # what goes wrong is a finding
ADD = f"Paste what python app.py slack manifest prints at {APPS} > App Manifest, then {APPS} > Install App."


@dataclass(frozen=True)
class Told:
    """What Slack says of a bot token."""

    answer: Mapping[str, Any]
    scopes: frozenset[str]
    app_id: str


def examine_slack(
    environment: Mapping[str, str], installed: Callable[[], Iterable[Kept]] = tuple
) -> Iterator[Finding]:
    """Nothing, where Slack is not set up. `installed`: what workspaces brought by OAuth."""
    try:
        settings = read_slack(environment)
    except MendFirst as problem:
        yield Finding("Slack", False, problem.wrong, problem.mend)
        return
    if settings is None:
        return
    yield Finding("Slack", True, WAYS[settings.mode])
    client = WebClient(base_url=settings.api_url, timeout=PATIENCE, logger=NO_LOG)
    if settings.mode == "oauth":
        yield _look("Slack app", partial(check_client, settings, client))
        for kept in installed():
            yield _look(f"Slack {kept.installed.workspace}", partial(check_installed, settings, client, kept))
    else:
        yield from _examine_token(settings, client)
    if settings.public_url:
        yield _look("Slack address", partial(check_address, settings.public_url, EVENTS_PATH))


def _examine_token(settings: SlackSettings, client: WebClient) -> Iterator[Finding]:
    try:
        told = whose(settings, client)
    except MendFirst as problem:
        yield Finding("Slack token", False, problem.wrong, problem.mend)
        return
    yield _look("Slack token", partial(check_place, settings, told.answer))
    yield _look("Slack scopes", partial(check_scopes, told.scopes))
    if settings.mode == "socket":
        yield _look("Slack socket", partial(check_socket, settings, client, told.app_id))


def check_place(settings: SlackSettings, answer: Mapping[str, Any]) -> str:
    team, enterprise = str(answer.get("team_id") or ""), str(answer.get("enterprise_id") or "")
    check_workspace(settings, enterprise if answer.get("is_enterprise_install") else team, enterprise)
    return f"{answer.get('user')} in {answer.get('team')} ({team})"


def _look(about: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(about, True, check())
    except MendFirst as problem:
        return Finding(about, False, problem.wrong, problem.mend)


def _ask(settings: SlackSettings, setting: str, call: Callable[[], Any]) -> Any:
    """Slack's answer, or what somebody does about it."""
    try:
        return call()
    except SlackApiError as error:
        raise mend(setting, _code(error)) from None
    except (OSError, http.client.HTTPException) as error:
        raise unreachable(settings.api_url, error) from None


def _code(error: SlackApiError) -> str:
    """An answer that is no JSON comes from something in between, such as a proxy."""
    answer = error.response.data if hasattr(error.response, "data") else error.response
    return str(answer.get("error", "")) if isinstance(answer, dict) else "no answer of Slack's"


def whose(settings: SlackSettings, client: WebClient) -> Told:
    said = _ask(settings, "SLACK_BOT_TOKEN", partial(client.auth_test, token=settings.bot_token))
    if not said.get("bot_id"):
        raise MendFirst(
            "SLACK_BOT_TOKEN is not the token of a bot.", f"Copy the Bot User OAuth Token from {TOKEN_PAGE}."
        )
    return Told(
        said.data, granted(said.headers), said.get("app_id") or _app_of(settings, client, said["bot_id"])
    )


def _app_of(settings: SlackSettings, client: WebClient, bot: str) -> str:
    try:
        said = client.bots_info(token=settings.bot_token, bot=bot)
    except (SlackApiError, OSError):
        return ""
    return str(said["bot"].get("app_id") or "")


def check_scopes(scopes: frozenset[str]) -> str:
    if not scopes:
        return "Slack does not tell them here"
    if missing := [scope for scope in REQUIRED if scope not in scopes]:
        raise MendFirst(f"The token may not do everything: {_list(missing)} missing.", ADD)
    if too_much := sorted(scope for scope in scopes if is_too_much(scope)):
        raise MendFirst(
            f"The token may do what Cairn never asks for: {_list(too_much)}.",
            f"Take that out at {TOKEN_PAGE} > Scopes, then {APPS} > Install App.",
        )
    without = [scope for scope in OPTIONAL if scope not in scopes]
    return f"all that are needed{f'; without {_list(without)}, which can be left out' if without else ''}"


def is_too_much(scope: str) -> bool:
    """Reading what was not written to it."""
    return scope == "files:read" or (scope.endswith(":history") and scope != "im:history")


def check_socket(settings: SlackSettings, client: WebClient, app_id: str) -> str:
    """An app token names its app: xapp-1-A0123-…"""
    _, _, theirs, *_ = [*settings.app_token.split("-"), "", "", ""]
    if app_id and theirs.startswith("A") and theirs != app_id:
        raise MendFirst(
            f"SLACK_APP_TOKEN belongs to another app ({theirs}) than SLACK_BOT_TOKEN ({app_id}).",
            f"Copy both from the same app: {APP_TOKEN_PAGE}, and {TOKEN_PAGE}.",
        )
    call = partial(client.apps_connections_open, app_token=settings.app_token)
    try:
        _ask(settings, "SLACK_APP_TOKEN", call)
    except MendFirst as problem:
        also = f" Also see that {APPS} > Socket Mode is on, and the scope of the token is connections:write."
        raise MendFirst(problem.wrong, problem.mend + also) from None
    return "Slack opens one"


def check_client(settings: SlackSettings, client: WebClient) -> str:
    """A code that nobody was given is refused as such only if the client is known."""
    try:
        client.oauth_v2_access(
            client_id=settings.client_id, client_secret=settings.client_secret, code="from-the-doctor"
        )
    except SlackApiError as error:
        code = _code(error)
        if code != "invalid_code":
            raise mend("SLACK_CLIENT_ID", code) from None
    except (OSError, http.client.HTTPException) as error:
        raise unreachable(settings.api_url, error) from None
    allowed = _list(sorted(settings.workspaces))
    return f"client {settings.client_id}; {allowed} may install it at {settings.public_url}{INSTALL_PATH}"


def check_installed(settings: SlackSettings, client: WebClient, kept: Kept) -> str:
    try:
        said = client.auth_test(token=kept.installed.token)
    except SlackApiError as error:
        code = _code(error)
        if code == "token_expired" and kept.refresh:
            return "its token has run out; Cairn renews it when it runs"
        raise MendFirst(
            f"Its token does not serve ({code}).",
            f"Open {settings.public_url}{INSTALL_PATH} and install it anew.",
        ) from None
    except (OSError, http.client.HTTPException) as error:
        raise unreachable(settings.api_url, error) from None
    return f"{said.get('user')} in {said.get('team')}: {check_scopes(granted(said.headers))}"


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
