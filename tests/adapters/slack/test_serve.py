"""`python app.py serve`, as an administrator starts it, beside a Slack that we did not write."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from fake_slack import SECRET, TOKEN, FakeSlack, Fault
from local_slack import APP_TOKEN, Somebody, local_slack, until
from npm import free_port

ROOT = Path(__file__).parents[3]
ROSTER = "email,name,timezone,role,mentor\nben@example.org,Ben Okafor,America/Denver,mentee,ana@example.org\n\
ana@example.org,Ana Byrne,Europe/Dublin,mentor,\n"


async def cairn(folder: Path, settings: Mapping[str, str], *words: str) -> Process:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "CAIRN_"))}
    kept["DATABASE_URL"] = f"sqlite:///{folder}/cairn.db"
    return await asyncio.create_subprocess_exec(
        sys.executable, ROOT / "app.py", *words, env={**kept, **settings}, stdout=PIPE, stderr=PIPE
    )


@asynccontextmanager
async def at_work(folder: Path, settings: Mapping[str, str]) -> AsyncIterator[None]:
    (folder / "roster.csv").write_text(ROSTER)
    for words in (("migrate",), ("import", str(folder / "roster.csv"), "--yes")):
        done = await cairn(folder, settings, *words)
        told, wrong = await done.communicate()
        assert done.returncode == 0, told + wrong
    server = await cairn(folder, settings, "serve")
    assert server.stdout
    try:
        assert b"at work in Slack" in await server.stdout.readline()
        yield
    finally:
        server.terminate()
        _, wrong = await asyncio.wait_for(server.communicate(), 20)
    assert b"Traceback" not in wrong
    assert b"ERROR" not in wrong


@pytest.mark.parametrize("mode", ["socket", "events"])
async def test_answers_whoever_writes_to_it(tmp_path: Path, mode: str) -> None:
    port = free_port()
    async with local_slack(tmp_path, mode, f"http://127.0.0.1:{port}/slack/events") as slack:
        way = {"socket": {"SLACK_APP_TOKEN": APP_TOKEN}, "events": {"SLACK_SIGNING_SECRET": SECRET}}[mode]
        own = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_API_URL": slack.api_url, "PORT": str(port)}
        async with at_work(tmp_path, own | way):
            await until(lambda: _is_well(port))
            ben = Somebody(slack, "U0BEN")

            await ben.says("hello")

            assert "start" in (await ben.reads("Cairn"))["text"]


async def _is_well(port: int) -> bool:
    try:
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"http://127.0.0.1:{port}/health") as answer,
        ):
            return await answer.text() == "well"
    except aiohttp.ClientError:
        return False


async def test_a_token_that_slack_does_not_know_is_said_before_anything_begins(tmp_path: Path) -> None:
    async with FakeSlack() as slack:
        slack.fails("auth.test", Fault(code="invalid_auth"))
        await (await cairn(tmp_path, {}, "migrate")).communicate()
        settings = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, "SLACK_API_URL": slack.url}

        server = await cairn(tmp_path, settings | {"PORT": str(free_port())}, "serve")
        _, wrong = await asyncio.wait_for(server.communicate(), 20)

    assert server.returncode == 2
    assert b"SLACK_BOT_TOKEN" in wrong
    assert b"Traceback" not in wrong
