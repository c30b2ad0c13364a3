"""The tools themselves: people in front of Microsoft's Agents Playground, and a tiny bot that answers."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import uvicorn
from npm import free_port
from playground import ANA, BEN, CHANNEL, GROUP, TENANT, Playground, Who, playground, until
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from teams_seen import CARD, Held, Json
from teams_stage import open_stage

MESSAGE = "application/vnd.microsoft.activity.message"
ERROR = "application/vnd.microsoft.error"


def words(text: str, **more: Any) -> Json:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text}], **more}


def card(*body: Json, actions: tuple[Json, ...] = ()) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), "actions": list(actions)}


def button(title: str, do: str, kind: str = "Action.Execute", **data: Any) -> Json:
    return {"type": kind, "title": title, "verb": do, "data": {"do": do, "card": "k1", "at": "", **data}}


def attached(content: Json) -> Json:
    return {"contentType": CARD, "content": content}


HOPES = {
    "type": "Input.Text",
    "id": "in.hopes",
    "label": "What do you hope for?",
    "isRequired": True,
    "errorMessage": "Please write a few words.",
    "isMultiline": True,
}
DAY = {
    "type": "Input.ChoiceSet",
    "id": "in.day",
    "label": "Day",
    "choices": [{"title": "Monday", "value": "mon"}, {"title": "Tuesday", "value": "tue"}],
    "value": "tue",
}
DATE = {"type": "Input.Date", "id": "in.date", "label": "When", "value": "2026-02-10"}
TOPICS = {
    "type": "Input.ChoiceSet",
    "id": "in.topics",
    "label": "Topics",
    "isMultiSelect": True,
    "style": "expanded",
    "choices": [{"title": "Planning", "value": "plan"}, {"title": "Feedback", "value": "fb"}],
}
AT = {"type": "Input.Time", "id": "in.at", "label": "At what time?"}
FORM = card(
    words("Your agreement"),
    HOPES,
    DAY,
    DATE,
    TOPICS,
    AT,
    actions=(button("Send", "form.send"), button("Send by message", "submit", "Action.Submit")),
)
WELCOME = card(
    words("Welcome"),
    actions=(
        button("Start", "start"),
        button("Tell me", "tell"),
        button("Break", "break"),
    ),
)


@dataclass
class TinyBot:
    heard: list[Json] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        activity: Json = await request.json()
        self.heard.append(activity)
        if activity["type"] == "invoke":
            return JSONResponse(self._answer(activity))
        await self._react(activity)
        return Response()

    async def _react(self, activity: Json) -> None:
        match activity:
            case {"type": "installationUpdate", "action": "add"}:
                await self.say(activity, attachments=[attached(WELCOME)], summary="Welcome")
            case {"type": "message", "value": value}:
                await self.say(activity, text=f"got {json.dumps(value)}")
            case {"type": "message", "text": "form"}:
                await self.say(activity, attachments=[attached(FORM)])
            case {"type": "message", "text": text}:
                await self.say(activity, text=f"You said {text}")

    def _answer(self, activity: Json) -> Json:
        match activity["name"], activity["value"]:
            case _, {"action": {"verb": "start"}}:
                return {"statusCode": 200, "type": CARD, "value": card(words("You chose “Start”"))}
            case _, {"action": {"verb": "form.send", "data": data}}:
                return {"statusCode": 200, "type": CARD, "value": card(words(f"Kept: {json.dumps(data)}"))}
            case _, {"action": {"verb": "break"}}:
                return {"statusCode": 400, "type": ERROR, "value": {"code": "Bad", "message": "It broke."}}
        return {"statusCode": 200, "type": MESSAGE, "value": "Told you."}

    async def say(self, to: Json, *, change: str = "", **activity: Any) -> str:
        chat = f"{to['serviceUrl']}/v3/conversations/{to['conversation']['id']}/activities"
        method, url = ("PUT", f"{chat}/{change}") if change else ("POST", chat)
        async with (
            aiohttp.ClientSession() as http,
            http.request(method, url, json={"type": "message", **activity}) as answer,
        ):
            assert answer.ok, await answer.text()
            told: str = (await answer.json())["id"]
            return told


@asynccontextmanager
async def serving(bot: TinyBot, port: int) -> AsyncIterator[None]:
    app = Starlette(routes=[Route("/api/messages", bot.take, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        await serving


@pytest.fixture
def bot() -> TinyBot:
    return TinyBot()


@pytest.fixture
async def teams(bot: TinyBot, tmp_path: Path) -> AsyncIterator[Playground]:
    port = free_port()
    async with (
        serving(bot, port),
        playground(tmp_path / "teams", f"http://127.0.0.1:{port}/api/messages", BEN, ANA) as teams,
    ):
        yield teams


async def test_a_person_installs_it_talks_and_presses(teams: Playground, bot: TinyBot) -> None:
    ben, _ = teams.people
    await ben.installs()
    assert (await ben.reads("Welcome")).summary == "Welcome"

    await ben.says("**hello** <b>there</b>")
    await ben.reads("You said **hello** <b>there</b>")
    assert bot.heard[-1]["localTimezone"] == "America/Denver"

    assert await ben.presses("Tell me") == {"type": MESSAGE, "value": "Told you."}
    await ben.presses("Start")
    assert [message.words for message in await ben.messages()][:1] == ["You chose “Start”"]
    assert teams.failed() == []


async def test_a_refused_click_says_so(teams: Playground) -> None:
    ben, ana = teams.people
    for somebody in (ben, ana):
        await somebody.installs()
        told = await somebody.presses("Break")
        assert told == {"type": ERROR, "value": {"code": "Bad", "message": "It broke."}}


async def test_a_form_is_held_until_it_is_whole(teams: Playground) -> None:
    ben, ana = teams.people
    for somebody in (ben, ana):
        await somebody.says("form")
        with pytest.raises(Held, match="Please write a few words"):
            await somebody.presses("Send")

        await somebody.presses("Send by message", {"What do you": "To lead", "Day": "Monday"})
        await somebody.reads('"in.hopes": "To lead", "in.day": "mon", "in.date": "2026-02-10"')
        await somebody.presses("Send", {"hopes": "To lead", "topics": ["Planning", "Feedback"]})
        await somebody.reads('"in.date": "2026-02-10", "in.topics": "plan,fb"}')


async def test_what_nobody_can_do_there_is_told_as_it_is(teams: Playground, bot: TinyBot) -> None:
    ben, _ = teams.people
    await ben.says("hello")
    message = await ben.reads("hello")
    await ben.edits("1", "hello again")
    await ben.deletes("1")
    await ben.reacts(message)
    await ben.uninstalls()
    kinds = ["messageUpdate", "messageDelete", "messageReaction", "installationUpdate"]
    assert [activity["type"] for activity in bot.heard[-4:]] == kinds


async def test_others_come_from_elsewhere(tmp_path: Path, bot: TinyBot) -> None:
    port = free_port()
    stranger = Who("Kim Stranger", "kim@elsewhere.example", tenant=TENANT.replace("a", "b"))
    guest = replace(ANA, guest=True)
    async with (
        serving(bot, port),
        playground(tmp_path, f"http://127.0.0.1:{port}/api/messages", BEN, guest, stranger) as teams,
    ):
        _, ana, kim = teams.people
        await ana.says("hello")
        await kim.says("hello")
        await kim.reads("You said hello")
        assert bot.heard[-1]["channelData"]["tenant"]["id"] == stranger.tenant


async def test_two_people_may_have_a_page_each(teams: Playground, bot: TinyBot, tmp_path: Path) -> None:
    ben, _ = teams.people
    async with playground(tmp_path / "another", teams.witness.bot, ANA, BEN) as another:
        ana, _ = another.people
        for somebody in (ben, ana):
            await somebody.says(f"I am {somebody.who.name}")
            assert [seen.words for seen in await somebody.messages()] == [
                f"You said I am {somebody.who.name}"
            ]
        assert bot.heard[-1]["localTimezone"] == "Europe/Dublin"


async def test_it_is_mentioned_among_others(teams: Playground, bot: TinyBot) -> None:
    for somebody in teams.people:
        for where in (GROUP, CHANNEL):
            await somebody.mentions_it(where, "help")
            heard = bot.heard[-1]
            assert heard["conversation"]["isGroup"]
            assert heard["from"] == somebody.who.account
            [answer] = teams.messages(heard["conversation"]["id"])[-1:]
            assert answer.words == "You said <at>Cairn</at> help"


async def test_a_button_is_found_by_what_it_carries(teams: Playground) -> None:
    ben, _ = teams.people
    await ben.installs()
    welcome = await ben.reads("Welcome")
    await ben.presses({"do": "start"})
    await ben.reads("You chose “Start”")
    assert await ben.presses("Tell me", on=welcome), "an old card can be pressed as long as it is remembered"


async def test_the_wire_is_written_down(teams: Playground) -> None:
    ben, _ = teams.people
    await ben.says("hello")
    told, *_ = teams.witness.seen("teams", lambda one: one.path.endswith("/activities"))
    assert (told.method, told.status, told.body["text"]) == ("POST", 201, "You said hello")
    assert teams.wire[-1].to == "bot"


async def test_somebody_looks_at_its_page(teams: Playground, bot: TinyBot, tmp_path: Path) -> None:
    ben, _ = teams.people
    async with open_stage(teams) as stage:
        await stage.sees("Welcome")
        await stage.presses("Tell me")
        await stage.sees("Told you.")
        await stage.types("form")
        await stage.presses("Send")
        await stage.sees("Please write a few words.")

        await stage.fills("What do you hope for?", "To **lead**")
        await stage.picks("Day", "Monday")
        await stage.sets_date("When", date(2026, 3, 4))
        await stage.checks("Feedback")
        await stage.picks("At what time?", "4:30 PM")
        await stage.screenshot(tmp_path / "form")
        await stage.presses("Send")
        await stage.sees('"in.hopes": "To **lead**", "in.day": "mon", "in.date": "2026-03-04"')
        await stage.sees('"in.topics": "fb", "in.at": "16:30"')
        assert await stage.warnings() == []

        message = await ben.reads("Kept:")
        await bot.say(bot.heard[-1], change=message.id, attachments=[attached(card(words("It is over.")))])
        await stage.sees("It is over.")
        assert "Kept:" not in await stage.reads()


async def test_the_page_says_what_it_cannot_show(teams: Playground, bot: TinyBot) -> None:
    ben, _ = teams.people
    async with open_stage(teams) as stage:
        await ben.says("hello")
        two = [attached(WELCOME), attached(WELCOME)]
        await bot.say(bot.heard[-1], attachments=two, attachmentLayout="carousel")
        await stage.sees("Welcome")
        assert "Carousel layout is not supported" in "".join(await stage.warnings())
