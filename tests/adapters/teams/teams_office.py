"""Cairn at work beside a small Teams: the bot on a clock that is moved, the desk, the adapter, a courier.

ben = office.somebody(teams.add("Ben Okafor", "ben@example.org"))
await ben.installs()
await ben.says("help")
assert "sessions" in ben.reads
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx2 as httpx
from fake_teams import APP_ID, BOT, TENANT, FakeMessage, FakePerson, FakeTeams
from identity import Identity
from living import Living
from starlette.applications import Starlette
from world import World

from adapters.courier import Courier
from adapters.desk import Desk
from adapters.teams.clouds import local_cloud
from adapters.teams.sender import Sender
from adapters.teams.server import Teams
from adapters.teams.settings import Sdk, TeamsSettings

Json = dict[str, Any]

NO_GAP = timedelta()


@dataclass
class TeamsOffice(Living):
    world: World
    teams: FakeTeams
    identity: Identity
    server: Teams
    sender: Sender
    desk: Desk
    courier: Courier
    client: httpx.AsyncClient

    def somebody(self, person: FakePerson) -> "Somebody":
        return Somebody(self, person)

    async def post(self, activity: Json, token: str | None = None) -> httpx.Response:
        """As Teams sends it; what was to be shown when it had its answer is there by then."""
        signed = self.identity.mint(serviceurl=activity.get("serviceUrl")) if token is None else token
        headers = {"Authorization": f"Bearer {signed}", "Content-Type": "application/json"}
        answer = await self.client.post("/api/messages", content=json.dumps(activity), headers=headers)
        await self.server.showing.all_shown()
        return answer


@dataclass
class Somebody:
    office: TeamsOffice
    person: FakePerson
    dialog: Json | None = field(default=None, repr=False)  # the window that is open: a taskInfo
    told: Json = field(default_factory=dict, repr=False)  # the answer to the last invoke
    _seen: int = 0  # messages

    # What they see

    @property
    def chat(self) -> list[FakeMessage]:
        return self.office.teams.chat(self.person)

    @property
    def sees(self) -> FakeMessage:
        return self.chat[-1]

    @property
    def reads(self) -> str:
        """All that has come since they did something; or else the last message."""
        return "\n".join(words(one.card) or one.text for one in self.chat[self._seen :] or self.chat[-1:])

    def card_with(self, label: str) -> FakeMessage:
        """The newest message that has such a button."""
        return next(said for said in reversed(self.chat) if said.card and button(said.card, label))

    # What they do

    async def installs(self) -> None:
        await self._sends(type="installationUpdate", action="add")

    async def removes(self) -> None:
        activity = self._activity(type="installationUpdate", action="remove")
        self.office.teams.uninstall(self.person)
        await self.office.post(activity)

    async def says(self, text: str, **more: Any) -> httpx.Response:
        return await self._sends(type="message", text=text, textFormat="plain", **more)

    async def presses(self, label: str, message: FakeMessage | None = None) -> httpx.Response:
        """As their client does: opens a dialog, or executes, or submits where the client is an old one."""
        message = message or self.card_with(label)
        return await self._does(pressable(message, label), {}, message.id)

    async def fills(self, **answers: str) -> httpx.Response:
        """The dialog that is open, or the newest form in the chat; what they leave stays as it is."""
        if self.dialog is not None:
            card, message = self.dialog["card"]["content"], ""
        else:
            shown = next(said for said in reversed(self.chat) if said.card and inputs(said.card))
            card, message = shown.card or {}, shown.id
        typed = {name: value for name, value in inputs(card).items() if value}
        typed |= {f"in.{name}": value for name, value in answers.items()}
        sends = next(one for one in buttons(card) if "again" in one["data"])
        return await self._does(sends, typed, message)

    async def executes(self, data: Json, message: str = "") -> httpx.Response:
        """Whatever a client could send for a button."""
        value = {"action": {"type": "Action.Execute", "verb": "x", "data": data}}
        return await self._invokes("adaptiveCard/action", value, message)

    async def _does(self, pressed: Json, typed: Json, message: str) -> httpx.Response:
        data = pressed["data"] | typed
        if pressed["type"] == "Action.Execute":
            return await self.executes(data, message)
        is_fetch = data.get("msteams", {}).get("type") == "task/fetch"
        if not is_fetch and self.dialog is None:
            return await self._sends(type="message", value=data, replyToId=message)
        name = "task/fetch" if is_fetch else "task/submit"
        answer = await self._invokes(name, {"data": data}, message)
        task = (answer.json() or {}).get("task", {})
        self.dialog = task["value"] if task.get("type") == "continue" else None
        return answer

    async def _invokes(self, name: str, value: Json, message: str = "") -> httpx.Response:
        answer = await self._sends(type="invoke", name=name, value=value, replyToId=message)
        self.told = answer.json() if answer.content else {}
        return answer

    async def _sends(self, **activity: Any) -> httpx.Response:
        self._seen = len(self.chat)
        return await self.office.post(self._activity(**activity))

    def _activity(self, **activity: Any) -> Json:
        return self.office.teams.activity(self.person, **activity)


def settings(teams: FakeTeams, identity: Identity, sdk: Sdk = "botbuilder") -> TeamsSettings:
    return TeamsSettings(
        way="password",
        cloud=local_cloud(identity.url, login=teams.login_url),
        app_id=APP_ID,
        tenant=TENANT,
        tenants=frozenset({TENANT}),
        sdk=sdk,
        password="a-password-of-the-test",
    )


@asynccontextmanager
async def open_teams_office(
    world: World, teams: FakeTeams, identity: Identity, sdk: Sdk = "botbuilder"
) -> AsyncIterator[TeamsOffice]:
    token = teams.new_token()

    async def ours() -> str:
        return token

    server = Teams(settings(teams, identity, sdk), world.bot, ours)
    app = Starlette(routes=server.routes)
    async with (
        Desk(world.bot) as desk,
        server.running(desk) as sender,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://cairn.example.com") as client,
    ):
        sender.gap = NO_GAP
        courier = Courier(world.bot, desk, {"teams": sender})
        yield TeamsOffice(world, teams, identity, server, sender, desk, courier, client)


# Reading a card


def words(card: Json | None) -> str:
    """Everything that is said on it, line by line."""
    return "\n".join(_said(card or {}))


def _said(element: Any) -> list[str]:
    if isinstance(element, list):
        return [line for one in element for line in _said(one)]
    if not isinstance(element, dict):
        return []
    if element.get("type") == "RichTextBlock":
        runs = element.get("inlines", [])
        return ["".join(run if isinstance(run, str) else run.get("text", "") for run in runs)]
    own = [str(element[name]) for name in ("text", "label", "title") if isinstance(element.get(name), str)]
    return own + [
        line for name in ("body", "items", "columns", "actions") for line in _said(element.get(name, []))
    ]


def buttons(card: Json) -> list[Json]:
    """All actions that send something, in order."""

    def within(element: Any) -> list[Json]:
        if isinstance(element, list):
            return [one for part in element for one in within(part)]
        if not isinstance(element, dict):
            return []
        if str(element.get("type", "")).startswith("Action."):
            return [element]
        return [one for name in ("body", "items", "columns", "actions") for one in within(element.get(name))]

    return within(card)


def button(card: Json, label: str) -> Json | None:
    return next((one for one in buttons(card) if one["title"] == label), None)


def pressable(message: FakeMessage, label: str) -> Json:
    found = button(message.card or {}, label)
    assert found is not None, f"no button {label!r} on: {words(message.card)}"
    return found


def inputs(card: Json) -> dict[str, str]:
    """Each input's id and what stands in it."""

    def within(element: Any) -> dict[str, str]:
        if isinstance(element, list):
            return {name: value for part in element for name, value in within(part).items()}
        if not isinstance(element, dict):
            return {}
        if str(element.get("type", "")).startswith("Input."):
            return {element["id"]: str(element.get("value", ""))}
        found: dict[str, str] = {}
        for name in ("body", "items", "columns"):
            found |= within(element.get(name))
        return found

    return within(card)


__all__ = ["APP_ID", "BOT", "TENANT", "Somebody", "TeamsOffice", "open_teams_office", "words"]
