"""`python app.py serve` and the rest of the command line for Teams, as an administrator says it."""

import asyncio
from pathlib import Path
from zipfile import ZipFile

import aiohttp
import pytest
from cairn_process import at_work, cairn
from npm import free_port
from small_connector import ANONYMOUS, SmallConnector

APP = "11111111-2222-3333-4444-555555555555"


@pytest.mark.parametrize("sdk", ["botbuilder", "agents"])
async def test_answers_whoever_writes_to_it(tmp_path: Path, sdk: str) -> None:
    settings = {**ANONYMOUS, "TEAMS_SDK": sdk, "PORT": str(free_port())}
    async with (
        SmallConnector() as connector,
        at_work(tmp_path, settings, "Teams") as said,
        aiohttp.ClientSession() as http,
        http.post(f"http://127.0.0.1:{settings['PORT']}/api/messages", json=connector.says("hello")) as taken,
    ):
        assert taken.status == 200
        answer = await asyncio.wait_for(connector.heard.get(), 10)
        assert "Cairn" in answer["summary"]
        assert "ANONYMOUS" in said[0]
    assert any("nobody signs" in line for line in said)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({**ANONYMOUS, "HOST": "0.0.0.0"}, "HOST opens Cairn to other machines"),  # noqa: S104
        ({**ANONYMOUS, "CAIRN_URL": "https://cairn.example.com"}, "CAIRN_URL is an address for others"),
        ({**ANONYMOUS, "TEAMS_APP_PASSWORD": "secret"}, "Leave one of them out"),
        ({"TEAMS_ANONYMOUS": "1"}, "TEAMS_ALLOWED_TENANTS is empty"),
    ],
)
async def test_what_opens_it_to_others_is_refused(
    tmp_path: Path, settings: dict[str, str], says: str
) -> None:
    await cairn(tmp_path, {}, "migrate")
    refused = await cairn(tmp_path, {**settings, "PORT": str(free_port())}, "serve")

    assert refused.code == 2
    assert says in refused.wrong
    assert "Traceback" not in refused.wrong
    assert "secret" not in refused.wrong.replace("a client secret", "")


async def test_the_package_is_written(tmp_path: Path) -> None:
    out = tmp_path / "cairn.zip"
    words = ("--url", "https://cairn.example.com", "--out", str(out))
    written = await cairn(tmp_path, {"TEAMS_APP_ID": APP}, "teams", "package", *words)

    assert written.code == 0, written
    assert str(out) in written.told
    assert "manifest.json" in ZipFile(out).namelist()


async def test_a_package_without_an_app_says_what_is_missing(tmp_path: Path) -> None:
    refused = await cairn(tmp_path, {}, "teams", "package", "--url", "https://cairn.example.com")

    assert refused.code == 2
    assert "TEAMS_APP_ID" in refused.wrong


async def test_an_sdk_that_is_not_installed_is_said_before_anything_begins(tmp_path: Path) -> None:
    missing = tmp_path / "packages" / "microsoft_agents"
    missing.mkdir(parents=True)
    (missing / "__init__.py").write_text("raise ModuleNotFoundError('it is not installed')")
    await cairn(tmp_path, {}, "migrate")

    settings = {**ANONYMOUS, "TEAMS_SDK": "agents", "PYTHONPATH": str(missing.parent)}
    refused = await cairn(tmp_path, settings, "serve")

    assert refused.code == 2
    assert "requirements-agents.txt" in refused.wrong
    assert "Traceback" not in refused.wrong
