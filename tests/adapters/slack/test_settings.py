"""Settings for Slack: three ways to connect, and everything between them refused."""

import re
from pathlib import Path

import pytest

from adapters.remedy import MendFirst
from adapters.slack.settings import NEEDED, SECRETS, read_slack

SECRET = "0123456789abcdef0123456789abcdef"
SOCKET = {"SLACK_BOT_TOKEN": "xoxb-geheim", "SLACK_APP_TOKEN": "xapp-1-A01-geheim"}
HTTP = {"SLACK_BOT_TOKEN": "xoxb-geheim", "SLACK_SIGNING_SECRET": SECRET}
OAUTH = {
    "SLACK_CLIENT_ID": "12345.67890",
    "SLACK_CLIENT_SECRET": "geheim",
    "SLACK_SIGNING_SECRET": SECRET,
    "SLACK_WORKSPACES": "T01, E02",
    "CAIRN_URL": "https://cairn.example.com/",
}


@pytest.mark.parametrize("environment", [{}, {"PORT": "8000"}, {"CAIRN_URL": "https://x.example"}])
def test_without_secrets_there_is_no_slack(environment: dict[str, str]) -> None:
    assert read_slack(environment) is None


@pytest.mark.parametrize(("mode", "environment"), [("socket", SOCKET), ("http", HTTP), ("oauth", OAUTH)])
def test_what_is_given_decides_the_way(mode: str, environment: dict[str, str]) -> None:
    settings = read_slack(environment)

    assert settings
    assert settings.mode == mode
    assert "geheim" not in repr(settings)
    assert SECRET not in repr(settings)


def test_many_workspaces_are_named() -> None:
    settings = read_slack(OAUTH)

    assert settings
    assert settings.workspaces == {"T01", "E02"}
    assert settings.redirect_url == "https://cairn.example.com/slack/oauth_redirect"
    assert settings.authorize_url == "https://slack.com/oauth/v2/authorize"


def test_govslack_is_somewhere_else() -> None:
    settings = read_slack(OAUTH | {"SLACK_API_URL": "https://slack-gov.com/api"})

    assert settings
    assert settings.api_url == "https://slack-gov.com/api/"
    assert settings.authorize_url == "https://slack-gov.com/oauth/v2/authorize"


def test_a_test_may_be_on_this_machine() -> None:
    settings = read_slack(SOCKET | {"SLACK_API_URL": "http://127.0.0.1:4200/api/"})

    assert settings
    assert settings.api_url == "http://127.0.0.1:4200/api/"


@pytest.mark.parametrize("environment", [SOCKET, HTTP, OAUTH])
def test_half_of_it_is_refused(environment: dict[str, str]) -> None:
    for name in environment:
        with pytest.raises(MendFirst):
            read_slack({other: value for other, value in environment.items() if other != name})


@pytest.mark.parametrize(
    ("environment", "part"),
    [
        (SOCKET | {"SLACK_SIGNING_SECRET": SECRET}, "Socket Mode"),
        (OAUTH | {"SLACK_BOT_TOKEN": "xoxb-geheim"}, "many workspaces"),
        (OAUTH | {"SLACK_APP_TOKEN": "xapp-geheim"}, "many workspaces"),
        ({"SLACK_BOT_TOKEN": "xoxb-geheim"}, "does not say how"),
        (HTTP | {"SLACK_BOT_TOKEN": "xoxp-geheim"}, "a user token"),
        (HTTP | {"SLACK_BOT_TOKEN": "xapp-geheim"}, "an app token"),
        (HTTP | {"SLACK_BOT_TOKEN": "xoxe.xoxb-geheim"}, "expires"),
        (HTTP | {"SLACK_BOT_TOKEN": "geheim"}, "no token of Slack's"),
        (SOCKET | {"SLACK_APP_TOKEN": "xoxb-geheim"}, "a bot token"),
        (SOCKET | {"SLACK_APP_TOKEN": "xapp-…"}, "not a whole token"),
        (HTTP | {"SLACK_BOT_TOKEN": "xoxb-"}, "not a whole token"),
        (HTTP | {"SLACK_BOT_TOKEN": "xoxb-geheim xoxb-geheim"}, "not a whole token"),
        (HTTP | {"SLACK_SIGNING_SECRET": "geheim"}, "32 digits"),
        (HTTP | {"SLACK_SIGNING_SECRET": SECRET + "\n0"}, "32 digits"),
        (OAUTH | {"SLACK_CLIENT_ID": "geheim"}, "client id"),
        (OAUTH | {"SLACK_WORKSPACES": "teahouse"}, "teahouse"),
        (OAUTH | {"SLACK_WORKSPACES": ","}, "SLACK_WORKSPACES"),
        (OAUTH | {"CAIRN_URL": "http://cairn.example.com"}, "https://"),
        (HTTP | {"SLACK_API_URL": "http://slack.com/api/"}, "https://"),
        (HTTP | {"SLACK_API_URL": "https://slack.com/"}, "/api/"),
        (HTTP | {"SLACK_API_URL": "http://127.0.0.1.evil.example/api/"}, "https://"),
    ],
)
def test_a_contradiction_or_a_mix_up_is_told_and_nothing_secret_with_it(
    environment: dict[str, str], part: str
) -> None:
    with pytest.raises(MendFirst) as refused:
        read_slack(environment)

    assert part in str(refused.value)
    assert "geheim" not in str(refused.value)


def test_the_guide_names_every_setting_and_no_other() -> None:
    guide = (Path(__file__).parents[3] / "docs/slack.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)` \| (\w+|–) \| (\w+|–) \| (\w+|–) \|", guide, re.MULTILINE)

    assert {name for name, *_ in rows} == {*SECRETS, "SLACK_WORKSPACES", "CAIRN_URL", "SLACK_API_URL"}
    for number, needed in enumerate(NEEDED.values(), start=1):
        assert {row[0] for row in rows if row[number] == "yes"} == set(needed)
