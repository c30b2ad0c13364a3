"""The manifest: what Slack accepts, what docs/slack.md promises, and no more."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator  # type: ignore[import-untyped]
from typer.testing import CliRunner

import app
from adapters.remedy import MendFirst
from adapters.slack.manifest import OPTIONAL, REQUIRED, SCOPES, manifest

ROOT = Path(__file__).parents[3]
SCHEMA = ROOT.parent / "shared/schemas/slack-manifest.schema.2.0.0.json"
GUIDE = ROOT / "docs/slack.md"
URL = "https://cairn.example.com"
WAYS: list[dict[str, Any]] = [
    {"over_socket": True},
    {"over_socket": True, "org": True},
    {"url": URL},
    {"url": URL, "org": True, "rotate": True},
]


@pytest.mark.parametrize("way", WAYS)
def test_slack_accepts_it(way: dict[str, Any]) -> None:
    if not SCHEMA.exists():
        pytest.skip(
            "the manifest is not held against Slack's schema: the schema is not beside the repository"
        )
    validator = Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))

    assert [error.message for error in validator.iter_errors(manifest(**way))] == []


@pytest.mark.parametrize("way", WAYS)
def test_stays_within_the_limits(way: dict[str, Any]) -> None:
    made = manifest(**way)
    about, features = made["display_information"], made["features"]

    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4000
    assert len(features["bot_user"]["display_name"]) <= 80
    assert all(len(shortcut["name"]) <= 24 for shortcut in features["shortcuts"])
    assert all(len(shortcut["description"]) <= 150 for shortcut in features["shortcuts"])
    assert len(features["slash_commands"][0]["command"]) <= 32
    assert len(features["slash_commands"][0]["usage_hint"]) <= 1000
    assert len(made["settings"]["event_subscriptions"]["bot_events"]) <= 100


def test_has_one_command_two_shortcuts_a_home_and_messages() -> None:
    features = manifest(over_socket=True)["features"]

    [command] = features["slash_commands"]
    assert (command["command"], command["should_escape"]) == ("/mentor", True)
    assert [(it["callback_id"], it["type"], it["name"]) for it in features["shortcuts"]] == [
        ("ask", "message", "Ask my mentor about this"),
        ("journal", "message", "Keep in my journal"),
    ]
    assert features["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


def test_reads_no_history_but_of_its_own_messages_and_no_files() -> None:
    names = {scope.name for scope in SCOPES}

    assert {name for name in names if name.endswith(":history")} == {"im:history"}
    assert "files:read" not in names
    assert not any("user" in key for key in manifest(over_socket=True)["oauth_config"]["scopes"])


def test_what_is_optional_is_also_asked_for() -> None:
    """Slack wants optional scopes in both lists."""
    scopes = manifest(over_socket=True)["oauth_config"]["scopes"]

    assert set(scopes["bot"]) == {*REQUIRED, *OPTIONAL}
    assert scopes["bot_optional"] == ["mpim:write", "dnd:read"]


def test_the_guide_lists_the_same_scopes() -> None:
    table = re.search(r"## Scopes\n(.*?)(\n## |\Z)", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert table
    rows = re.findall(r"^\| `([a-z:.]+)` \| (.+?) \| (yes|no) \|$", table[1], re.MULTILINE)

    assert rows == [(scope.name, scope.why, "yes" if scope.optional else "no") for scope in SCOPES]


def test_over_socket_mode_there_is_no_address() -> None:
    made = manifest(over_socket=True)

    assert made["settings"]["socket_mode_enabled"] is True
    assert "http" not in json.dumps(made)


def test_over_http_everything_goes_to_one_address() -> None:
    made = manifest(url=f"{URL}/")

    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == f"{URL}/slack/events"
    assert made["settings"]["interactivity"]["request_url"] == f"{URL}/slack/events"
    assert made["features"]["slash_commands"][0]["url"] == f"{URL}/slack/events"
    assert made["oauth_config"]["redirect_urls"] == [f"{URL}/slack/oauth_redirect"]


def test_organisations_and_rotation_are_chosen() -> None:
    plain, chosen = manifest(url=URL)["settings"], manifest(url=URL, org=True, rotate=True)["settings"]

    assert (plain["org_deploy_enabled"], plain["token_rotation_enabled"]) == (False, False)
    assert (chosen["org_deploy_enabled"], chosen["token_rotation_enabled"]) == (True, True)


@pytest.mark.parametrize(
    ("way", "part"),
    [
        ({}, "--socket"),
        ({"over_socket": True, "url": URL}, "not both"),
        ({"over_socket": True, "rotate": True}, "--url"),
        ({"url": "http://cairn.example.com"}, "https://"),
        ({"url": "http://localhost:8000"}, "https://"),
        ({"url": "cairn.example.com"}, "not the address of a server"),
        ({"url": "https://"}, "not the address of a server"),
        ({"url": "https://cairn.example.com:99999"}, "not the address of a server"),
        ({"url": "https://ana:geheim@cairn.example.com"}, "not the address of a server"),
        ({"url": "https://cairn.example.com\\@evil.example"}, "not the address of a server"),
        ({"url": "https://cairn.example.com/\r\nX: y"}, "not the address of a server"),
        ({"url": "https://cairn.example.com/slack/events"}, "without a path"),
        ({"url": "https://cairn.example.com?a=b"}, "without a path"),
    ],
)
def test_an_odd_wish_is_refused_in_a_sentence(way: dict[str, Any], part: str) -> None:
    with pytest.raises(MendFirst, match=re.escape(part)):
        manifest(**way)


def test_the_command_line_prints_it() -> None:
    result = CliRunner().invoke(app.cli, ["slack", "manifest", "--url", URL])

    assert result.exit_code == 0
    assert json.loads(result.output) == manifest(url=URL)


def test_the_command_line_asks_which_way() -> None:
    result = CliRunner().invoke(app.cli, ["slack", "manifest"])

    assert result.exit_code == 2
    assert "--socket" in result.stderr
    assert "--url" in result.stderr
