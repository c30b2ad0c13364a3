"""local-slack: a Slack that we did not write, with a page for people and a way to act as them.

It holds nobody to the limits (our own fake does), so what it is good for is the way everything goes together:
signatures, Socket Mode, chats, forms, pages, files.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from fake_slack import APP, BOT_USER, SECRET, TEAM, TOKEN, form_state
from npm import free_port, npm_package

Json = dict[str, Any]

VERSION = "0.1.8"
SHA256 = "3332007b797969d835f694b463ac526f7ef1fc66afac93f950f585105fe4815f"
APP_TOKEN = "-".join(["xapp", "it", "is", "a", "test"])
PATIENCE = 10  # seconds
USERS = [
    {
        "id": "U0BEN",
        "name": "ben",
        "real_name": "Ben Okafor",
        "email": "ben@example.org",
        "tz": "America/Denver",
    },
    {
        "id": "U0ANA",
        "name": "ana",
        "real_name": "Ana Byrne",
        "email": "ana@example.org",
        "tz": "Europe/Dublin",
    },
]


class LocalSlack:
    def __init__(self, port: int, http: aiohttp.ClientSession) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._http = http

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    async def does(self, what: str, **body: Any) -> Json:
        """One of the things that a person can do, by its control API."""
        async with self._http.post(f"{self.url}/_control/{what}", json=body) as answer:
            found: Json = await answer.json()
            assert answer.status == 200, found
            return found

    async def sees(self, what: str) -> Json:
        async with self._http.get(f"{self.url}/_control/{what}") as answer:
            found: Json = await answer.json()
            return found

    async def page(self) -> Json:
        """Everything that its page shows: chats, forms that lie open, homes."""
        async with self._http.ws_connect(f"{self.url}/ui", max_msg_size=0) as socket:
            told: Json = json.loads((await socket.receive()).data)["state"]
            return told

    async def on_page(self, what: str, **more: Any) -> None:
        """What can be done on its page alone, such as sending a form."""
        async with self._http.ws_connect(f"{self.url}/ui", max_msg_size=0) as socket:
            await socket.receive()
            await socket.send_str(json.dumps({"t": what, **more}))
            await asyncio.sleep(0.2)


class Somebody:
    """A person in front of that Slack."""

    def __init__(self, slack: LocalSlack, user: str) -> None:
        self._slack = slack
        self.user = user

    async def chat(self) -> list[Json]:
        channels = (await self._slack.sees("state"))["channels"]
        mine = [one["id"] for one in channels if one["is_im"] and self.user in one["members"]]
        if not mine:
            return []
        found: list[Json] = (await self._slack.sees(f"messages/{mine[0]}"))["messages"]
        return [message for message in found if message.get("ephemeral_to") in {None, self.user}]

    async def reads(self, words: str) -> Json:
        """Wait for a message of the bot in which these words stand, and give the newest."""
        found: Json = await until(lambda: self._newest(lambda message: words in message["text"]))
        return found

    async def _newest(self, wanted: Callable[[Json], bool]) -> Json | None:
        of_the_bot = [one for one in await self.chat() if one["user"] == BOT_USER]
        return next((message for message in reversed(of_the_bot) if wanted(message)), None)

    async def presses(self, label: str) -> None:
        """On the newest card that has such a button."""
        card = await until(lambda: self._newest(lambda message: label in buttons(message)))
        await self._slack.does(
            "interact",
            channel=card["channel"],
            messageTs=card["ts"],
            user=self.user,
            action=buttons(card)[label],
        )

    async def says(self, text: str) -> None:
        await self._slack.does("message", channel=self.user, user=self.user, text=text)

    async def commands(self, text: str, channel: str = "C0GENERAL") -> None:
        await self._slack.does("command", channel=channel, user=self.user, command="/mentor", text=text)

    async def form(self) -> Json:
        """The one that lies open."""

        async def top() -> Json | None:
            stack = (await self._slack.page())["modalStack"]
            return stack[-1] if stack else None

        view: Json = await until(top)
        return view

    async def submits(self, **answers: str) -> None:
        """With what is in it already, which this Slack forgets and the real one sends."""
        values = form_state(await self.form(), answers)
        await self._slack.on_page("view_submit", user=self.user, values=values)

    async def home(self) -> Json:
        await self._slack.does("open-home", user=self.user)

        async def mine() -> Json | None:
            homes: Json = (await self._slack.page())["homeViews"]
            return homes.get(self.user, {}).get(APP)  # type: ignore[no-any-return]

        view: Json = await until(mine)
        return view


def buttons(message: Json) -> dict[str, Json]:
    return {
        button["text"]["text"]: button | {"block_id": block["block_id"]}
        for block in message.get("blocks") or []
        if block["type"] == "actions"
        for button in block["elements"]
    }


async def until(look: Callable[[], Any]) -> Any:
    async with asyncio.timeout(PATIENCE):
        while not (seen := await look()):
            await asyncio.sleep(0.05)
    return seen


@asynccontextmanager
async def local_slack(
    folder: Path, mode: str, request_url: str = "", users: Sequence[Json] = USERS
) -> AsyncIterator[LocalSlack]:
    """`mode` is "socket" or "events"."""
    program = npm_package("local-slack-linux-x64", VERSION, SHA256) / "bin/local-slack"
    port = free_port()
    (folder / "slack.json").write_text(json.dumps(_config(mode, request_url, users)))
    process = await asyncio.create_subprocess_exec(
        program,
        *("--config", folder / "slack.json", "--port", str(port), "--base-host", "127.0.0.1"),
        cwd=folder,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with aiohttp.ClientSession() as http:
            slack = LocalSlack(port, http)
            await until(lambda: _answers(slack))
            yield slack
    finally:
        process.terminate()
        await process.wait()


async def _answers(slack: LocalSlack) -> bool:
    try:
        return bool(await slack.sees("state"))
    except aiohttp.ClientError:
        return False


def _config(mode: str, request_url: str, users: Sequence[Json]) -> Json:
    return {
        "workspace": {"name": "Teahouse", "domain": "teahouse", "teamId": TEAM},
        "app": {
            "appId": APP,
            "botUserId": BOT_USER,
            "botName": "cairn",
            "botToken": TOKEN,
            "appToken": APP_TOKEN,
            "signingSecret": SECRET,
            "mode": mode,
            "requestUrl": request_url,
        },
        "users": list(users),
        "channels": [
            {"id": "C0GENERAL", "name": "general", "members": [*(user["id"] for user in users), BOT_USER]}
        ],
    }
