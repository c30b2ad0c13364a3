"""Slack and Teams at once, on one command line."""

import asyncio
import hmac
import json
import time
from hashlib import sha256
from pathlib import Path

import aiohttp
from cairn_process import at_work, cairn
from fake_slack import SECRET, TOKEN, FakeSlack
from npm import free_port
from small_connector import ANONYMOUS, SmallConnector


def both(slack: FakeSlack) -> dict[str, str]:
    of_slack = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": slack.url}
    return {**of_slack, **ANONYMOUS, "PORT": str(free_port())}


async def test_one_cairn_answers_in_both(tmp_path: Path) -> None:
    async with FakeSlack() as slack, SmallConnector() as connector:
        settings = both(slack)
        here = f"http://127.0.0.1:{settings['PORT']}"
        async with at_work(tmp_path, settings, "Slack", "Teams"), aiohttp.ClientSession() as http:
            raw = json.dumps({"type": "url_verification", "challenge": "it is us"}).encode()
            async with http.post(f"{here}/slack/events", data=raw, headers=_signed(raw)) as answer:
                assert "it is us" in await answer.text()
            async with http.post(f"{here}/api/messages", json=connector.says("hello")) as taken:
                assert taken.status == 200
            assert "Cairn" in (await asyncio.wait_for(connector.heard.get(), 10))["summary"]


async def test_the_doctor_looks_at_both(tmp_path: Path) -> None:
    async with FakeSlack() as slack:
        await cairn(tmp_path, {}, "migrate")
        told = (await cairn(tmp_path, both(slack), "doctor")).told

    assert "Slack" in told
    assert "Teams" in told
    assert "none is set up" not in told


async def test_nobody_speaks_as_anybody_beside_the_real_slack(tmp_path: Path) -> None:
    settings = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SECRET, **ANONYMOUS}
    await cairn(tmp_path, {}, "migrate")

    refused = await cairn(tmp_path, settings, "serve")

    assert refused.code == 2
    assert "Slack is the real one" in refused.wrong


def _signed(raw: bytes) -> dict[str, str]:
    at = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), b"v0:" + at.encode() + b":" + raw, sha256).hexdigest()
    signed = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={signature}"}
    return {"Content-Type": "application/json", **signed}
