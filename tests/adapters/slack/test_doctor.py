"""The doctor on Slack: each ill is found, and told with where to click."""

from collections.abc import Callable, Iterator

import pytest
from token_office import WHO, TokenOffice, token_office

from adapters.remedy import Finding
from adapters.slack.doctor import examine_slack
from adapters.slack.token_store import Installed, Kept

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[TokenOffice]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with token_office() as slack:
        yield slack


def over_socket(slack: TokenOffice) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": "xoxb-geheim",
        "SLACK_APP_TOKEN": "xapp-1-A01-7-geheim",
        "SLACK_API_URL": f"{slack.url}/api/",
    }


def over_http(slack: TokenOffice) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": "xoxb-geheim",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"{slack.url}/api/",
        "CAIRN_URL": slack.url,
    }


def by_oauth(slack: TokenOffice) -> dict[str, str]:
    return {
        "SLACK_CLIENT_ID": "12345.67890",
        "SLACK_CLIENT_SECRET": "geheim",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_WORKSPACES": "T01",
        "SLACK_API_URL": f"{slack.url}/api/",
        "CAIRN_URL": slack.url,
    }


Way = Callable[[TokenOffice], dict[str, str]]


def told(findings: list[Finding]) -> str:
    return " ".join(f"{finding.seen} {finding.mend}" for finding in findings)


def test_says_nothing_where_slack_is_not_set_up() -> None:
    assert list(examine_slack({})) == []


@pytest.mark.parametrize("way", [over_socket, over_http, by_oauth])
def test_finds_nothing_where_all_is_well(slack: TokenOffice, way: Way) -> None:
    findings = list(examine_slack(way(slack)))

    assert len(findings) >= 3
    assert all(finding.is_well for finding in findings), told(findings)
    assert "geheim" not in told(findings)


def test_half_of_the_settings() -> None:
    [finding] = examine_slack({"SLACK_BOT_TOKEN": "xoxb-1"})

    assert not finding.is_well
    assert "SLACK_APP_TOKEN" in finding.mend


def test_a_token_of_a_workspace_that_was_not_named(slack: TokenOffice) -> None:
    findings = list(examine_slack(over_socket(slack) | {"SLACK_WORKSPACES": "T02"}))

    [ill] = [finding for finding in findings if not finding.is_well]
    assert ill.about == "Slack token"
    assert "T01" in ill.seen
    assert "SLACK_WORKSPACES" in ill.seen


def refuses(method: str, error: str) -> Callable[[TokenOffice], None]:
    return lambda slack: slack.refuses(method, error)


def _without_a_scope(slack: TokenOffice) -> None:
    slack.scopes.remove("im:history")


def _with_too_much(slack: TokenOffice) -> None:
    slack.scopes |= {"channels:history", "files:read"}


def _of_a_person(slack: TokenOffice) -> None:
    slack.answers["auth.test"] = {**WHO, "bot_id": None}


def _of_another_app(slack: TokenOffice) -> None:
    slack.answers["bots.info"] = {"ok": True, "bot": {"app_id": "A02"}}


def _somebody_else_answers(slack: TokenOffice) -> None:
    slack.events_status = 404


ILLS: dict[str, tuple[Way, Callable[[TokenOffice], None], str, str]] = {
    "a wrong token": (over_http, refuses("auth.test", "invalid_auth"), "Slack token", "OAuth & Permissions"),
    "taken out": (over_http, refuses("auth.test", "account_inactive"), "Slack token", "Install App"),
    "an unknown error": (over_http, refuses("auth.test", "team_on_moon"), "Slack token", "team_on_moon"),
    "no bot": (over_http, _of_a_person, "Slack token", "Bot User OAuth Token"),
    "a scope is missing": (over_http, _without_a_scope, "Slack scopes", "im:history"),
    "too many scopes": (over_socket, _with_too_much, "Slack scopes", "channels:history, files:read"),
    "no socket": (
        over_socket,
        refuses("apps.connections.open", "invalid_auth"),
        "Slack socket",
        "App-Level Tokens",
    ),
    "no scope for it": (
        over_socket,
        refuses("apps.connections.open", "missing_scope"),
        "Slack socket",
        "connections:write",
    ),
    "two apps": (over_socket, _of_another_app, "Slack socket", "the same app"),
    "a wrong client": (
        by_oauth,
        refuses("oauth.v2.access", "bad_client_secret"),
        "Slack app",
        "App Credentials",
    ),
    "another server": (over_http, _somebody_else_answers, "Slack address", "404"),
}


@pytest.mark.parametrize("ill", ILLS)
def test_finds_each_ill_and_says_what_to_click(slack: TokenOffice, ill: str) -> None:
    way, cause, about, mend = ILLS[ill]
    cause(slack)

    [found] = [finding for finding in examine_slack(way(slack)) if not finding.is_well]

    assert found.about == about
    assert mend in told([found])
    assert found.mend
    assert "geheim" not in told([found])


def _kept(refresh: str = "") -> Kept:
    installed = Installed("T01", "", "xoxb-geheim", "U0CAIRN", "B01", "A01", frozenset(), False)
    return Kept(installed, refresh)


def test_every_workspace_that_installed_it_is_looked_at(slack: TokenOffice) -> None:
    findings = list(examine_slack(by_oauth(slack), lambda: [_kept()]))

    assert all(finding.is_well for finding in findings)
    assert "Slack T01" in {finding.about for finding in findings}
    assert "cairn in Teahouse" in told(findings)


def test_a_workspace_whose_token_does_not_serve(slack: TokenOffice) -> None:
    slack.refuses("auth.test", "token_revoked")

    [found] = [it for it in examine_slack(by_oauth(slack), lambda: [_kept()]) if not it.is_well]

    assert found.about == "Slack T01"
    assert "/slack/install" in found.mend
    assert "geheim" not in told([found])


@pytest.mark.parametrize(("refresh", "is_well"), [("xoxe-1", True), ("", False)])
def test_a_token_that_has_run_out_is_renewed_by_and_by(
    slack: TokenOffice, refresh: str, is_well: bool
) -> None:
    slack.refuses("auth.test", "token_expired")

    findings = list(examine_slack(by_oauth(slack), lambda: [_kept(refresh)]))

    assert all(finding.is_well for finding in findings) == is_well


def test_optional_scopes_may_be_missing(slack: TokenOffice) -> None:
    slack.scopes -= {"dnd:read", "mpim:write"}

    findings = list(examine_slack(over_http(slack)))

    assert all(finding.is_well for finding in findings)
    assert "without mpim:write, dnd:read" in told(findings)


def test_slack_cannot_be_reached(slack: TokenOffice, caplog: pytest.LogCaptureFixture) -> None:
    nowhere = over_http(slack) | {
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
        "CAIRN_URL": "http://127.0.0.1:9",
    }

    token, address = (finding for finding in examine_slack(nowhere) if not finding.is_well)

    assert "firewall" in token.mend
    assert "reverse proxy" in address.mend
    assert caplog.text == ""
