"""Microsoft's Agents Playground: a Teams that we did not write, with a page and a way to act as people.

async with playground(tmp_path, "http://127.0.0.1:3978/api/messages", BEN, ANA) as teams:
    ben, ana = teams.people
    await ben.installs()
    await ben.says("help")
    await (await ben.reads("What I can do")).presses("Close")

The first of the people sits in front of it. It knows no second one who types, so what the others type, and
whatever nobody can do there (dialogs, edits, other companies), are activities of the same shape
straight to the bot; its connector takes what the bot says to them, in a chat of their own.
It comes from npm, is no part of this project and is only talked to.
"""

import asyncio
import itertools
import json
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid4, uuid5
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from npm import npm_package
from teams_seen import CARD, Answers, Dialog, Json, Seen
from teams_witness import Exchange, Witness

VERSION = "0.2.28"
PATIENCE = 10  # seconds
START = 30
TENANT = "00000000-0000-0000-0000-00000000aaaa"
BOT = {"id": "28:cairn", "name": "Cairn"}
GROUP, TEAM, CHANNEL = "19:group@thread.v2", "19:team@thread.tacv2", "19:channel@thread.tacv2"
DIALOG = {"theme": "default"}


@dataclass(frozen=True)
class Who:
    name: str
    email: str
    zone: str = "Europe/Dublin"
    tenant: str = TENANT
    guest: bool = False
    locale: str = "en-US"

    @property
    def id(self) -> str:
        return f"29:{self.email}"

    @property
    def aad(self) -> str:
        return str(uuid5(NAMESPACE_DNS, self.email))

    @property
    def account(self) -> Json:
        return {"id": self.id, "name": self.name, "aadObjectId": self.aad}


BEN = Who("Ben Okafor", "ben@example.org", "America/Denver")
ANA = Who("Ana Byrne", "ana@example.org")
CROWD = (  # it asks for five others
    Who("Cem Aydin", "cem@example.org"),
    Who("Dee Ferreira", "dee@example.org"),
    Who("Eva Novak", "eva@example.org"),
    Who("Fay Lindqvist", "fay@example.org"),
    Who("Gus Gast", "gus@partner.example", guest=True),
)


class NotTaken(Exception):
    """The playground refuses, or the bot answered with an HTTP error, which says 502 UserBotError."""


class Playground:
    def __init__(self, url: str, http: aiohttp.ClientSession, witness: Witness, people: list[Who]) -> None:
        self.url = url
        self.witness = witness
        self.people = [Person(self, who, first=not place) for place, who in enumerate(people)]
        self._http = http

    @property
    def wire(self) -> list[Exchange]:
        """Every call between Teams and the bot that has been answered, in order."""
        return self.witness.wire

    def failed(self) -> list[Exchange]:
        """The calls that went wrong, either way."""
        return [one for one in self.wire if one.status >= 400 and one.method != "HEAD"]

    async def calls(self, path: str, body: Json) -> Any:
        async with self._http.post(self.url + path, json=body) as answer:
            text = await answer.text()
            if not answer.ok:
                raise NotTaken(f"{path}: {answer.status} {text}")
            return json.loads(text) if text else None

    async def tells(self, activity: Json) -> Exchange:
        """An activity as it is, straight to the bot."""
        async with self._http.post(self.witness.bot_url, json=activity) as answer:
            await answer.read()
        return next(one for one in reversed(self.wire) if one.to == "bot" and one.body == activity)

    async def taken(self, wanted: Callable[[Exchange], bool], act: Awaitable[Any]) -> Exchange:
        """Do something that the bot is told a little later, and wait for the bot's answer to it."""
        before = len(self.witness.seen("bot", wanted))
        await act
        found: list[Exchange] = await until(lambda: self.witness.seen("bot", wanted)[before:])
        return found[0]

    def messages(self, chat: str) -> list[Seen]:
        """All that the bot has said there, as it stands now."""
        seen: dict[str, Seen] = {}
        for one in self.wire:
            if one.to == "bot":
                _replace_card(seen, one)
            elif one.status < 300:
                _put(seen, one)
        return [message for message in seen.values() if message.chat == chat]


class Person:
    """Somebody in front of Teams, in their own chat with the bot."""

    def __init__(self, teams: Playground, who: Who, *, first: bool) -> None:
        self.who = who
        self._teams, self._first = teams, first
        self._chat = _chat(who) if first else ""

    async def chat(self) -> str:
        """Its id; for anybody but the first, their chat begins with this."""
        if not self._chat:
            told = await self._teams.calls(
                "/_connector/v3/conversations",
                {"bot": BOT, "members": [{"id": self.who.id}], "isGroup": False, "tenantId": self.who.tenant},
            )
            self._chat = told["id"]
        return self._chat

    # What they do

    async def installs(self) -> None:
        if self._first:
            await self._teams.taken(
                lambda one: one.body.get("type") == "installationUpdate",
                self._teams.calls(f"/_debug/conversation/{self._chat}/installation", {}),
            )
        else:
            await self.sends(type="installationUpdate", action="add")
            account = {"id": self.who.id, "aadObjectId": self.who.aad}
            await self.sends(type="conversationUpdate", membersAdded=[account, {"id": BOT["id"]}])

    async def uninstalls(self) -> None:
        await self.sends(type="installationUpdate", action="remove")

    async def says(self, text: str) -> Exchange:
        if not self._first:
            return await self.sends(type="message", text=text, textFormat="plain")
        message = {"type": "text", "text": text, "textFormat": "plain", "from": {"id": self.who.id}}
        return await self._teams.taken(
            lambda one: one.body.get("text") == text,
            self._teams.calls(f"/_conversation/v1/conversations/{self._chat}/messages", message),
        )

    async def mentions_it(self, where: str, text: str) -> Exchange:
        """In the group or a channel of the team, where it hears only of what mentions it."""
        mention = {"mentioned": BOT, "text": f"<at>{BOT['name']}</at>"}
        text = f"{mention['text']} {text}"
        if not self._first:
            kind = "groupChat" if where == GROUP else "channel"
            there = {"id": where, "conversationType": kind, "tenantId": self.who.tenant, "isGroup": True}
            said = {"type": "mention", **mention}
            return await self.sends(
                type="message", text=text, textFormat="plain", conversation=there, entities=[said]
            )
        message = {"type": "text", "text": text, "textFormat": "plain", "from": {"id": self.who.id}}
        return await self._teams.taken(
            lambda one: one.body.get("text") == text,
            self._teams.calls(
                f"/_conversation/v1/conversations/{where}/messages", message | {"mentions": [mention]}
            ),
        )

    async def presses(
        self, label: str | Json, answers: Answers | None = None, on: Seen | None = None
    ) -> "Dialog | Json | None":
        """A button of the newest message that has it, or of `on`.

        Gives the dialog that opens, or what the bot answers to the click; None where no answer is due.
        """
        message = on or await self._newest(label)
        button = message.button(label)
        data = message.sent(button, answers or {})
        if data.get("msteams", {}).get("type") == "task/fetch":
            return await self._opens(message, data)
        if button["type"] == "Action.Execute":
            return await self._executes(message, button, data)
        assert button["type"] == "Action.Submit", f"{label} asks nothing of the bot"
        if not self._first:
            await self.sends(type="message", value=data, replyToId=message.id)
            return None
        await self._teams.taken(
            lambda one: one.body.get("value") == data,
            self._teams.calls("/_conversation/v1/submit", self._at(message) | {"value": data}),
        )
        return None

    async def _executes(self, message: Seen, button: Json, data: Json) -> Json:
        """It knows no clock but that of the first, so the others press by activities of their own."""
        action = {"type": "Action.Execute", "title": button["title"], "verb": button.get("verb", "")}
        invoke = {"name": "adaptiveCard/action", "value": {"action": action | {"data": data}}}
        if self._first:
            told: Json = await self._teams.calls("/_conversation/v1/invoke", invoke | self._at(message))
            return told
        answer = (await self.sends(type="invoke", replyToId=message.id, **invoke)).answer
        return {"type": answer["type"], "value": answer["value"]}

    def _at(self, message: Seen) -> Json:
        return {"conversation": {"id": message.chat}, "replyToId": message.id, "from": {"id": self.who.id}}

    async def _opens(self, message: Seen, data: Json) -> Dialog:
        opened = await self.invokes("task/fetch", {"data": data, "context": DIALOG}, replyToId=message.id)
        assert isinstance(opened, Dialog), f"no dialog opens: {opened}"
        return opened

    async def submits(
        self, dialog: Dialog, label: str, answers: Answers | None = None
    ) -> "Dialog | str | None":
        """What comes after it: another dialog, a sentence, or the chat again."""
        data = dialog.sent(dialog.button(label), answers or {})
        return await self.invokes("task/submit", {"data": data, "context": DIALOG})

    async def invokes(self, name: str, value: Json, **more: Any) -> "Dialog | str | None":
        told = await self.sends(type="invoke", name=name, value=value, **more)
        assert told.status == 200, f"{name}: {told.status} {told.answer}"
        task = (told.answer or {}).get("task")
        if task is None:
            return None
        found: str = task["value"]
        return Dialog(task["value"]) if task["type"] == "continue" else found

    async def edits(self, message: str, text: str) -> Exchange:
        """Something that they have written."""
        changed = self._data(eventType="editMessage")
        return await self.sends(type="messageUpdate", id=message, text=text, channelData=changed)

    async def deletes(self, message: str) -> Exchange:
        gone = self._data(eventType="softDeleteMessage")
        return await self.sends(type="messageDelete", id=message, channelData=gone)

    async def reacts(self, message: Seen, kind: str = "like") -> Exchange:
        return await self.sends(type="messageReaction", reactionsAdded=[{"type": kind}], replyToId=message.id)

    async def sends(self, **activity: Any) -> Exchange:
        """Any activity of theirs: what is left out is as in every other."""
        return await self._teams.tells(await self.activity(**activity))

    async def activity(self, **more: Any) -> Json:
        now = datetime.now(UTC)
        theirs = {"locale": self.who.locale, "country": "US", "platform": "Web", "timezone": self.who.zone}
        return {
            "id": str(uuid4()),
            "channelId": "msteams",
            "serviceUrl": self._teams.witness.service_url,
            "timestamp": now.isoformat(),
            "localTimestamp": now.astimezone(ZoneInfo(self.who.zone)).isoformat(),
            "localTimezone": self.who.zone,
            "locale": self.who.locale,
            "from": self.who.account,
            "recipient": BOT,
            "conversation": {
                "conversationType": "personal",
                "tenantId": self.who.tenant,
                "id": await self.chat(),
            },
            "entities": [{"type": "clientInfo", **theirs}],
            "channelData": self._data(),
        } | more

    def _data(self, **more: Any) -> Json:
        return {"tenant": {"id": self.who.tenant}} | more

    # What they see

    async def messages(self) -> list[Seen]:
        return self._teams.messages(await self.chat())

    async def reads(self, words: str) -> Seen:
        """Wait for a message of the bot in which these words stand, and give the newest."""
        return await self._first_of(lambda message: words in message.words, f"“{words}”")

    async def _newest(self, label: str | Json) -> Seen:
        def has(message: Seen) -> bool:
            if isinstance(label, str):
                return label in message.buttons
            return any(label.items() <= one.get("data", {}).items() for one in message.buttons.values())

        return await self._first_of(has, f"a button {label}")

    async def _first_of(self, wanted: Callable[[Seen], bool], name: str) -> Seen:
        chat = await self.chat()
        try:
            found: Seen = await until(
                lambda: next(filter(wanted, reversed(self._teams.messages(chat))), None)
            )
        except TimeoutError:
            there = "\n---\n".join(message.words for message in self._teams.messages(chat))
            raise AssertionError(f"{self.who.name} does not see {name}, but:\n{there}") from None
        return found


def _put(seen: dict[str, Seen], one: Exchange) -> None:
    """A message of the bot, new or changed."""
    match one.path.removeprefix("/_connector/v3/conversations/").split("/"):
        case [chat, "activities", *_] if (
            one.method == "POST" and one.body.get("type", "message") == "message"
        ):
            seen[one.answer["id"]] = Seen(one.answer["id"], chat, one.body)
        case [chat, "activities", message] if one.method == "PUT":
            seen[message] = Seen(message, chat, one.body)


def _replace_card(seen: dict[str, Seen], one: Exchange) -> None:
    """A click may be answered with the card that takes the place of the one clicked."""
    clicked = one.body.get("replyToId") if isinstance(one.body, dict) else None
    if clicked in seen and isinstance(one.answer, dict) and one.answer.get("type") == CARD:
        seen[clicked] = seen[clicked].with_card(one.answer["value"])


async def until(look: Callable[[], Any]) -> Any:
    async with asyncio.timeout(PATIENCE):
        while not (seen := look()):
            await asyncio.sleep(0.02)
    return seen


@asynccontextmanager
async def playground(folder: Path, bot_url: str, *people: Who) -> AsyncIterator[Playground]:
    """The bot need not be there yet. `folder` is empty: it keeps its configuration and its log there."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node here, which Microsoft's Agents Playground runs on")
    program = npm_package("@microsoft/m365agentsplayground", VERSION) / "cli.js"
    folder.mkdir(exist_ok=True)
    (folder / ".m365agentsplayground.yml").write_text(json.dumps(_config(people)))  # YAML is more than JSON
    async with AsyncExitStack() as stack:
        witness = await stack.enter_async_context(Witness(bot_url))
        log = stack.enter_context((folder / "playground.log").open("wb"))
        process = await asyncio.create_subprocess_exec(
            *(node, program, "start", "-e", witness.bot_url, "--service-url", witness.service_url),
            *("-c", "msteams", "-p", "0", "--disable-telemetry"),
            cwd=folder,
            env=os.environ | {"TZ": people[0].zone},
            stdout=log,
            stderr=asyncio.subprocess.STDOUT,
        )
        stack.push_async_callback(_stop, process)
        witness.teams = await _address(process, folder / "playground.log")
        http = await stack.enter_async_context(aiohttp.ClientSession())
        yield Playground(witness.teams, http, witness, list(people))


async def _address(process: asyncio.subprocess.Process, log: Path) -> str:
    """Its first line names the port, some time before it answers there."""
    with suppress(TimeoutError):
        async with asyncio.timeout(START):
            while process.returncode is None:
                first, complete, _ = log.read_text().partition("\n")
                url = f"http://127.0.0.1:{first.split()[-1]}" if complete else ""
                if complete and await _answers(url):
                    return url
                await asyncio.sleep(0.02)
    pytest.fail(f"the playground does not start; see devTools beside {log}")


async def _answers(url: str) -> bool:
    try:
        async with aiohttp.ClientSession() as http, http.get(f"{url}/_internal/v1/config") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), PATIENCE)
    except TimeoutError:
        process.kill()
        await process.wait()


def _config(people: tuple[Who, ...]) -> Json:
    first, *others = people
    more = itertools.chain(others, CROWD)  # to nobody else does it carry an answer
    return {
        "version": "0.1.1",
        "tenantId": TENANT,
        "bot": BOT,
        "currentUser": _user(first),
        "users": [_user(who) for who in itertools.islice(more, 5)],
        "personalChat": {"id": _chat(first)},
        "groupChat": {"id": GROUP, "name": "Group"},
        "team": {
            "id": TEAM,
            "name": "Teahouse",
            "aadGroupId": str(uuid5(NAMESPACE_DNS, TEAM)),
            "channels": [{"id": CHANNEL, "name": "Announcements"}],
        },
    }


def _chat(first: Who) -> str:
    return f"a:{first.email}"


def _user(who: Who) -> Json:
    given, _, family = who.name.partition(" ")
    login = f"{who.email.replace('@', '_')}#EXT#@example.org" if who.guest else who.email
    names = {"name": who.name, "givenName": given, "surname": family, "email": who.email}
    return {"id": who.id, "aadObjectId": who.aad, "userPrincipleName": login} | names
