"""A small Slack of our own, with people in it and a bad day in store.

It remembers what it was given, holds every card to Slack's limits, and fails as it is told to. What its
people do goes to the bot as Slack sends it, signed.
"""

import asyncio
import hmac
import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from typing import Any
from urllib.parse import urlencode

import httpx2
from aiohttp import web
from aiohttp.test_utils import TestServer
from block_limits import problems
from starlette.types import ASGIApp

Json = dict[str, Any]

TEAM, APP, BOT_USER, BOT = "T0TEAM", "A0CAIRN", "U0CAIRN", "B0CAIRN"
SECRET = "0123456789abcdef" * 2
TOKEN = "-".join(["xoxb", "it", "is", "a", "test"])
LONGEST_ALT = 1000  # characters with an upload
SCOPES = "chat:write,im:write,im:history,commands,users:read,users:read.email,files:write"


@dataclass
class Fault:
    """How a call goes wrong. `done`: Slack does it all the same, and nobody hears of it."""

    status: int = 200
    code: str = ""
    retry_after: str = ""
    html: bool = False
    done: bool = False
    late: float = 0.0  # seconds


@dataclass
class Card:
    ts: str
    channel: str
    blocks: list[Json]
    text: str
    author: str = BOT_USER
    only_for: str = ""
    files: list[str] = field(default_factory=list)

    @property
    def pictures(self) -> list[Json]:
        return [block for block in self.blocks if block["type"] == "image"]

    def buttons(self) -> list[tuple[Json, Json]]:
        """Each with the block in which it stands."""
        return [
            (block, element)
            for block in self.blocks
            if block["type"] == "actions"
            for element in block["elements"]
            if element["type"] == "button"
        ]


class FakeSlack:
    """`async with FakeSlack() as slack: …; slack.bot = application`"""

    def __init__(self, scopes: str = SCOPES) -> None:
        self.scopes = scopes
        self.bot: ASGIApp | None = None
        self.users: dict[str, Json] = {}
        self.chats: defaultdict[str, list[Card]] = defaultdict(list)
        self.homes: dict[str, Json] = {}
        self.views: list[Json] = []
        self.calls: list[tuple[str, Json]] = []
        self.told: list[Json] = []  # what the bot has answered at once
        self.refused: list[str] = []  # what was beyond Slack's limits
        self.uploads: dict[str, tuple[str, bytes]] = {}
        self.kept_files: set[str] = set()  # brought, and shared with nobody yet
        self.alts: dict[str, str] = {}  # by file
        self.upload_fails = 0  # times
        self.looks_at_files = 0  # so many calls find that a new file cannot be shown yet
        self.revoked = False
        self.no_chats_of_three = False
        self.quiet_until = 0.0  # everybody's do-not-disturb
        self._refusals: list[str] = []
        self.team = TEAM  # which installs the bot next
        self._faults: defaultdict[str, list[Fault]] = defaultdict(list)
        self._triggers: set[str] = set()
        self._numbers = count(1)

    async def __aenter__(self) -> "FakeSlack":
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/upload/{id}", self._upload)
        app.router.add_post("/response/{channel}/{user}/{ts}", self._response)
        self._server = TestServer(app)
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    @property
    def url(self) -> str:
        return str(self._server.make_url("/api/"))

    def fails(self, method: str, *faults: Fault) -> None:
        self._faults[method] += faults

    def refusals(self, code: str) -> int:
        """How often a call was answered with that."""
        return self._refusals.count(code)

    def labels(self, user: str) -> list[str]:
        """What can be pressed on the newest card that has buttons."""
        card = self.card(user)
        return [button["text"]["text"] for _, button in card.buttons()] if card else []

    def called(self, method: str) -> list[Json]:
        return [arguments for name, arguments in self.calls if name == method]

    # People

    def add(self, user: str, name: str, email: str, tz: str = "Europe/London", **more: Any) -> str:
        self.users[user] = {
            "id": user,
            "team_id": TEAM,
            "real_name": name,
            "tz": tz,
            "locale": "en-GB",
            "is_bot": False,
            "deleted": False,
            "profile": {"real_name": name, "email": email, "status_emoji": ""},
        } | more
        return user

    def user_of(self, email: str) -> Json:
        return next(user for user in self.users.values() if user["profile"]["email"] == email)

    def chat(self, user: str) -> list[Card]:
        return [card for card in self.chats[f"D{user}"] if card.only_for in {"", user}]

    def last(self, user: str) -> Card:
        return self.chat(user)[-1]

    def card(self, user: str) -> Card | None:
        """The newest one that has buttons."""
        return next((card for card in reversed(self.chat(user)) if card.buttons()), None)

    async def hears_back(self, user: str, text: str) -> Card:
        """Say something, and wait for the card that answers it."""
        before = len(self.chat(user)) + 1
        await self.says(user, text)
        found: Card = await self.sees(
            lambda: next(
                (card for card in self.chat(user)[before:] if card.author == BOT_USER and card.text), None
            )
        )
        return found

    async def says(self, user: str, text: str, **more: Any) -> httpx2.Response:
        ts = self._ts()
        self.chats[f"D{user}"].append(Card(ts, f"D{user}", [], text, user))
        told = {"type": "message", "channel": f"D{user}", "channel_type": "im", "user": user, "text": text}
        return await self.happens({**told, "ts": ts, "event_ts": ts, **more})

    async def edits(self, user: str, old: str, new: str | None) -> httpx2.Response:
        card = next(card for card in self.chats[f"D{user}"] if card.text == old and card.author == user)
        before = {"user": user, "text": old, "ts": card.ts}
        told: Json = {"type": "message", "channel": f"D{user}", "channel_type": "im", "hidden": True}
        if new is None:
            return await self.happens(
                told | {"subtype": "message_deleted", "deleted_ts": card.ts, "previous_message": before}
            )
        after = before | {"text": new, "edited": {"user": user, "ts": self._ts()}}
        return await self.happens(
            told | {"subtype": "message_changed", "message": after, "previous_message": before}
        )

    async def happens(self, event: Json, *, event_id: str = "", **more: Any) -> httpx2.Response:
        body = {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": event,
            "event_id": event_id or f"Ev{next(self._numbers)}",
            "event_time": int(time.time()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_enterprise_install": False}],
        }
        return await self.knock(json.dumps(body | more), "application/json")

    async def opens_home(self, user: str) -> Json:
        await self.happens({"type": "app_home_opened", "user": user, "tab": "home", "channel": f"D{user}"})
        home: Json = await self.sees(lambda: self.homes.get(user))
        return home

    async def commands(self, user: str, text: str, channel: str = "C0GENERAL") -> httpx2.Response:
        body = {
            "command": "/mentor",
            "text": text,
            "user_id": user,
            "team_id": TEAM,
            "channel_id": channel,
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "trigger_id": self._trigger(),
            "response_url": self._response_url(channel, user),
        }
        return await self.knock(urlencode(body), "application/x-www-form-urlencoded")

    async def presses(self, user: str, label: str, card: Card | None = None) -> httpx2.Response:
        card = card or self.card(user)
        assert card, "there is nothing to press"
        block, button = _button(card, label)
        place = {"type": "message", "message_ts": card.ts, "channel_id": card.channel}
        return await self.interacts(
            "block_actions",
            user,
            container=place | {"is_ephemeral": bool(card.only_for)},
            channel={"id": card.channel},
            message={"ts": card.ts},
            actions=[self._action(block, button)],
            response_url=self._response_url(card.channel, user, card.ts),
        )

    async def presses_in(self, view: Json, user: str, label: str) -> httpx2.Response:
        """On their page, or in a modal that shows an answer."""
        card = Card("", "", view["blocks"], "")
        block, button = _button(card, label)
        place = {"type": "view", "view_id": view["id"]}
        return await self.interacts(
            "block_actions", user, container=place, view=view, actions=[self._action(block, button)]
        )

    async def types(self, user: str, **answers: str) -> httpx2.Response:
        """Into the form that lies open, without sending it."""
        view = self.views[-1] | {"state": {"values": form_state(self.views[-1], answers)}}
        name = next(iter(answers))
        action = {
            "type": "plain_text_input",
            "block_id": name,
            "action_id": "answer",
            "action_ts": self._ts(),
        }
        place = {"type": "view", "view_id": view["id"]}
        return await self.interacts("block_actions", user, container=place, view=view, actions=[action])

    async def submits(self, user: str, **answers: str) -> Json:
        """Send the form that lies open; returns what the bot said at once."""
        view = self.views[-1] | {"state": {"values": form_state(self.views[-1], answers)}}
        told = await self.interacts("view_submission", user, view=view)
        answer: Json = told.json() if told.text else {}
        if answer.get("response_action") == "update":
            self.refused += problems(answer["view"])
            self.views[-1] = self._instance(answer["view"])
        elif not answer:
            self.views.clear()
        return answer

    async def points(self, user: str, what: str, text: str) -> httpx2.Response:
        return await self.interacts(
            "message_action",
            user,
            callback_id=what,
            channel={"id": "C0GENERAL"},
            message={"type": "message", "user": "U0SOMEBODY", "text": text, "ts": self._ts()},
            response_url=self._response_url("C0GENERAL", user),
        )

    async def interacts(self, kind: str, user: str, **more: Any) -> httpx2.Response:
        body = {
            "type": kind,
            "user": {"id": user, "team_id": TEAM},
            "team": {"id": TEAM},
            "api_app_id": APP,
            "is_enterprise_install": False,
            "trigger_id": self._trigger(),
        }
        form = urlencode({"payload": json.dumps(body | more)})
        return await self.knock(form, "application/x-www-form-urlencoded")

    async def knock(self, body: str | bytes, kind: str, **headers: str) -> httpx2.Response:
        """Send the bot a request that is signed as Slack signs."""
        assert self.bot is not None
        raw = body.encode() if isinstance(body, str) else body
        answer = await signed(self.bot, raw, kind, **headers)
        if answer.text:
            self.told.append(answer.json())
        return answer

    async def sees(self, what: Callable[[], Any]) -> Any:
        """Wait until there is something to see."""
        async with asyncio.timeout(10):
            while not (seen := what()):
                await asyncio.sleep(0.01)
        return seen

    # What the bot calls

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = await _arguments(request)
        fault = self._faults[method].pop(0) if self._faults[method] else None
        if fault is None:
            return self._done(method, arguments)
        if fault.done:
            self._done(method, arguments)
        await asyncio.sleep(fault.late)
        if fault.status == 0 and request.transport:
            request.transport.close()  # the answer is lost
            return web.Response()
        headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
        if fault.html:
            return web.Response(text="<h1>Bad gateway</h1>", content_type="text/html", status=fault.status)
        return web.json_response({"ok": False, "error": fault.code}, status=fault.status, headers=headers)

    def _done(self, method: str, arguments: Json) -> web.Response:
        self.calls.append((method, arguments))
        if self.revoked:
            return web.json_response({"ok": False, "error": "token_revoked"})
        do = getattr(self, f"_{method.replace('.', '_')}", None)
        answer: Json = do(arguments) if do else {"error": "unknown_method"}
        if "error" in answer:
            self._refusals.append(answer["error"])
        return web.json_response(
            {"ok": "error" not in answer} | answer, headers={"x-oauth-scopes": self.scopes}
        )

    def _auth_test(self, _: Json) -> Json:
        who = {"team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT, "url": "https://example.slack.com/"}
        return who | {"is_enterprise_install": False}

    def _oauth_v2_access(self, asked: Json) -> Json:
        if asked.get("code") != "a good one":
            return {"error": "invalid_code"}
        token = {"access_token": TOKEN, "token_type": "bot", "scope": self.scopes, "bot_user_id": BOT_USER}
        team = {
            "team": {"id": self.team, "name": "Example"},
            "enterprise": None,
            "is_enterprise_install": False,
        }
        return {**token, **team, "app_id": APP, "authed_user": {"id": "U0BEN"}}

    def _bots_info(self, _: Json) -> Json:
        return {"bot": {"id": BOT, "app_id": APP, "user_id": BOT_USER}}

    def _users_info(self, asked: Json) -> Json:
        user = self.users.get(asked["user"])
        return {"user": user} if user else {"error": "user_not_found"}

    def _users_lookupByEmail(self, asked: Json) -> Json:  # noqa: N802 - Slack calls it so
        found = (user for user in self.users.values() if user["profile"]["email"] == asked["email"])
        user = next(found, None)
        return {"user": user} if user else {"error": "users_not_found"}

    def _conversations_open(self, asked: Json) -> Json:
        users = asked["users"].split(",") if isinstance(asked["users"], str) else asked["users"]
        if any(user not in self.users for user in users):
            return {"error": "user_not_found"}
        if len(users) > 1 and self.no_chats_of_three:
            return {"error": "user_disabled"}
        return {"channel": {"id": f"D{users[0]}" if len(users) == 1 else f"G{'-'.join(sorted(users))}"}}

    def _chat_postMessage(self, said: Json) -> Json:  # noqa: N802
        wrong = problems({"blocks": said.get("blocks") or [], "text": said.get("text", "")})
        self.refused += wrong
        if wrong or not self._shows_files(said):
            return {"error": "invalid_blocks"}
        channel = said["channel"]
        to = self.users.get(channel[1:], {})
        if to.get("refuses") or to.get("deleted"):
            return {"error": to.get("refuses", "user_disabled")}
        ts = self._ts()
        self.chats[channel].append(Card(ts, channel, said.get("blocks") or [], said["text"]))
        return {"channel": channel, "ts": ts}

    def _chat_update(self, said: Json) -> Json:
        card = self._card(said["channel"], said["ts"])
        if card is None:
            return {"error": "message_not_found"}
        wrong = problems({"blocks": said.get("blocks") or [], "text": said.get("text", "")})
        self.refused += wrong
        if wrong or not self._shows_files(said):
            return {"error": "invalid_blocks"}
        card.blocks, card.text = said.get("blocks") or [], said["text"]
        return {"channel": card.channel, "ts": card.ts}

    def _views_open(self, asked: Json) -> Json:
        if asked["trigger_id"] not in self._triggers:
            return {"error": "expired_trigger_id"}
        self._triggers.discard(asked["trigger_id"])
        wrong = problems(asked["view"])
        self.refused += wrong
        if wrong:
            return {"error": "invalid_arguments"}
        self.views.append(self._instance(asked["view"]))
        return {"view": self.views[-1]}

    _views_push = _views_open

    def _views_update(self, asked: Json) -> Json:
        for place, view in enumerate(self.views):
            if view["id"] == asked["view_id"]:
                if asked.get("hash") not in {None, view["hash"]}:
                    return {"error": "hash_conflict"}
                self.views[place] = self._instance(asked["view"]) | {"id": view["id"]}
                return {"view": self.views[place]}
        return {"error": "not_found"}

    def _views_publish(self, asked: Json) -> Json:
        wrong = problems(asked["view"])
        self.refused += wrong
        if wrong:
            return {"error": "invalid_arguments"}
        self.homes[asked["user_id"]] = self._instance(asked["view"])
        return {"view": self.homes[asked["user_id"]]}

    def _dnd_info(self, _: Json) -> Json:
        return {"snooze_enabled": self.quiet_until > 0, "snooze_endtime": int(self.quiet_until)}

    def _files_getUploadURLExternal(self, asked: Json) -> Json:  # noqa: N802
        if "files:write" not in self.scopes:
            return {"error": "missing_scope"}
        if len(asked.get("alt_txt", "")) > LONGEST_ALT:
            return {"error": "alt_txt_too_large"}
        id_ = f"F{next(self._numbers):010}"
        self.uploads[id_], self.alts[id_] = (asked["filename"], b""), asked.get("alt_txt", "")
        return {"upload_url": str(self._server.make_url(f"/upload/{id_}")), "file_id": id_}

    async def _upload(self, request: web.Request) -> web.Response:
        id_ = request.match_info["id"]
        if self.upload_fails:
            self.upload_fails -= 1
            return web.Response(status=500)
        self.uploads[id_] = (self.uploads[id_][0], await request.read())
        return web.Response(text="OK")

    def _files_completeUploadExternal(self, asked: Json) -> Json:  # noqa: N802
        files = asked["files"] if isinstance(asked["files"], list) else json.loads(asked["files"])
        names = [self.uploads[file["id"]][0] for file in files]
        channel = asked.get("channel_id", "")
        if channel:
            self.chats[channel].append(Card(self._ts(), channel, [], "", files=names))
        else:
            self.kept_files |= {file["id"] for file in files}
        return {"files": files}

    def _shows_files(self, said: Json) -> bool:
        """Only what we have brought, and not at once."""
        shown = {block["slack_file"]["id"] for block in said.get("blocks") or [] if block["type"] == "image"}
        if shown and self.looks_at_files:
            self.looks_at_files -= 1
            return False
        return shown <= self.kept_files

    async def _response(self, request: web.Request) -> web.Response:
        channel, user, ts = (request.match_info[name] for name in ("channel", "user", "ts"))
        said = await request.json()
        self.calls.append(("response_url", said))
        self.refused += problems({"blocks": said.get("blocks") or [], "text": said.get("text", "")})
        if any(block["type"] == "image" for block in said.get("blocks") or []):
            self.refused.append("a picture of ours where one person sees it alone")
        card = self._card(channel, ts) if said.get("replace_original") else None
        if card:
            card.blocks, card.text = said.get("blocks") or [], said["text"]
        else:
            only_for = user if said.get("response_type") == "ephemeral" else ""
            self.chats[channel].append(
                Card(self._ts(), channel, said.get("blocks") or [], said["text"], only_for=only_for)
            )
        return web.Response(text="ok")

    # Small things

    def _card(self, channel: str, ts: str) -> Card | None:
        return next((card for card in self.chats[channel] if card.ts == ts), None)

    def _ts(self) -> str:
        return f"{int(time.time())}.{next(self._numbers):06}"

    def _trigger(self) -> str:
        trigger = f"{next(self._numbers)}.trigger"
        self._triggers.add(trigger)
        return trigger

    def _instance(self, view: Json) -> Json:
        number = next(self._numbers)
        return view | {"id": f"V{number}", "hash": f"hash{number}", "team_id": TEAM, "app_id": APP}

    def _response_url(self, channel: str, user: str, ts: str = "-") -> str:
        return str(self._server.make_url(f"/response/{channel}/{user}/{ts}"))

    def _action(self, block: Json, button: Json) -> Json:
        return button | {"block_id": block["block_id"], "action_ts": self._ts()}


def _button(card: Card, label: str) -> tuple[Json, Json]:
    found = {button["text"]["text"]: (block, button) for block, button in card.buttons()}
    assert label in found, f"there are {', '.join(found)}"
    return found[label]


async def _arguments(request: web.Request) -> Json:
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        return {**arguments, **await request.json()}
    with suppress(ValueError):
        arguments |= dict(await request.post())
    for name in ("blocks", "view"):
        if isinstance(arguments.get(name), str):
            arguments[name] = json.loads(arguments[name])
    return arguments


async def signed(bot: ASGIApp, raw: bytes, kind: str, **headers: str) -> httpx2.Response:
    """What the bot answers to a request that is signed as Slack signs."""
    at = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), b"v0:" + at.encode() + b":" + raw, sha256).hexdigest()
    sent = {"content-type": kind, "x-slack-request-timestamp": at, "x-slack-signature": f"v0={signature}"}
    transport = httpx2.ASGITransport(app=bot)
    async with httpx2.AsyncClient(transport=transport, base_url="http://bot") as client:
        return await client.post("/slack/events", content=raw, headers=sent | headers)


def form_state(view: Json, answers: Mapping[str, str]) -> Json:
    """What Slack sends for every input: what is in it, whoever has put it there."""
    return {
        block["block_id"]: {
            block["element"]["action_id"]: _value(block["element"], answers.get(block["block_id"]))
        }
        for block in view["blocks"]
        if block["type"] == "input"
    }


def _value(element: Json, answer: str | None) -> Json:
    kind = element["type"]
    match kind:
        case "plain_text_input":
            return {"type": kind, "value": element.get("initial_value") if answer is None else answer or None}
        case "datepicker":
            return {"type": kind, "selected_date": element.get("initial_date") if answer is None else answer}
        case "timepicker":
            return {"type": kind, "selected_time": element.get("initial_time") if answer is None else answer}
        case "checkboxes" | "multi_static_select":
            chosen = [{"value": value} for value in (answer or "").split(",") if value]
            return {
                "type": kind,
                "selected_options": element.get("initial_options", []) if answer is None else chosen,
            }
        case _:
            picked = {"value": answer} if answer else None
            return {
                "type": kind,
                "selected_option": element.get("initial_option") if answer is None else picked,
            }
