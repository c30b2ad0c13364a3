"""The playground: the whole bot in a browser, with a clock that you move. No account, and nobody else."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import anyio
from sse_starlette.sse import EventSourceResponse
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from adapters.desk import Desk
from adapters.loopback import is_loopback
from adapters.virtual_time import VirtualClock
from adapters.web import parse, render
from adapters.web.guard import Guard, body_of, refuse
from adapters.web.parse import NotUnderstood, Sent
from adapters.web.playroom import Playroom
from bot.bot import Bot
from bot.events import Account
from bot.messages import Form, Mistakes, Reply

STATIC = Path(__file__).parent / "static"
LOOK_AGAIN = 1000  # milliseconds; for a page that has lost the server
GOODBYE = timedelta(seconds=2)  # for open pages, when the server stops
NUMBER = re.compile(r"[0-9]{1,15}")


def playground(bot: Bot, clock: VirtualClock, *, host: str = "127.0.0.1") -> Starlette:
    """The playground as an ASGI application, which starts and stops with its lifespan.

    clock = kept_clock(open_transaction, start)     # from adapters.web.chat_log
    bot = Bot(open_transaction, prompts, together(STORIES), clock)
    uvicorn.run(playground(bot, clock, host=host), host=host, port=port)

    It opens a desk of its own, lets everybody in who is enrolled and has no account, and does what is due.
    `host` is where it will listen: anything but this machine itself is a ValueError.
    """
    if not is_loopback(host):
        raise ValueError(f"the playground listens on this machine alone (127.0.0.1), not on {host}")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with Desk(bot) as desk:
            app.state.room = Playroom(bot, clock, desk)
            await app.state.room.open()
            yield

    return Starlette(
        routes=[
            Route("/", page),
            Mount("/static", StaticFiles(directory=STATIC)),
            Route("/people", people),
            Route("/people/{person}/messages", messages),
            Route("/people/{person}/messages/{line}/files/{number}", file),
            Route("/people/{person}/messages/{line}/pictures/{number}", picture),
            Route("/people/{person}/events", take, methods=["POST"]),
            Route("/clock", move_clock, methods=["POST"]),
            Route("/news", news),
            Route("/health", health),
        ],
        middleware=[Middleware(Guard)],
        exception_handlers={NotUnderstood: not_understood, HTTPException: not_here},
        lifespan=lifespan,
    )


async def page(_request: Request) -> Response:
    return FileResponse(STATIC / "index.html")


async def people(request: Request) -> Response:
    room = room_of(request)
    received = await room.received()
    listed = await room.people()
    return JSONResponse(
        {
            "now": render.moment(room.clock()),
            "people": [render.person(person, received.get(person.id, 0)) for person in listed.values()],
        }
    )


async def messages(request: Request) -> Response:
    await account_of(request)
    person, after = number(request, "person"), request.query_params.get("after", "0")
    if not NUMBER.fullmatch(after):
        raise NotUnderstood("after which change is said by its number")
    lines = await room_of(request).lines(person, int(after))
    return JSONResponse({"messages": [render.line(line, person) for line in lines]})


async def file(request: Request) -> Response:
    await account_of(request)
    place = (number(request, name) for name in ("person", "line", "number"))
    found = await room_of(request).file(*place)
    if found is None:
        raise HTTPException(404)
    named = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"}
    return Response(found.content, media_type=render.media_type(found), headers=named)


async def picture(request: Request) -> Response:
    await account_of(request)
    place = (number(request, name) for name in ("person", "line", "number"))
    found = await room_of(request).picture(*place)
    if found is None:
        raise HTTPException(404)
    return Response(found.content, media_type="image/png")


async def take(request: Request) -> Response:
    account = await account_of(request)
    sent = parse.what_was_done(parse.read_json(await body_of(request)), account)
    return JSONResponse(answer(sent, await room_of(request).take(number(request, "person"), sent)))


def answer(sent: Sent, reply: Reply) -> render.Json:
    """What the page has to do itself. A message is in the chat already."""
    match reply:
        case Form():
            return {"form": render.form(reply, None if sent.keeps_card else sent.place)}
        case Mistakes():
            return {"mistakes": render.mistakes(reply)}
        case _:
            return {}


async def move_clock(request: Request) -> Response:
    room = room_of(request)
    arrived = await room.forward(parse.how_far(parse.read_json(await body_of(request))))
    return JSONResponse({"now": render.moment(room.clock()), "arrived": arrived})


async def news(request: Request) -> Response:
    room, stopping = room_of(request), anyio.Event()

    async def told() -> AsyncIterator[dict[str, object]]:
        async for _ in room.news.listen(stopping.is_set):
            yield {"data": json.dumps({"life": room.life, "moving": room.is_moving}), "retry": LOOK_AGAIN}

    return EventSourceResponse(told(), shutdown_event=stopping, shutdown_grace_period=GOODBYE.total_seconds())


async def health(_request: Request) -> Response:
    return PlainTextResponse("well")


async def not_understood(_request: Request, error: Exception) -> Response:
    return refuse(400, str(error))


async def not_here(_request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    return refuse(status, "nothing is here" if status == 404 else "this cannot be done here")


def room_of(request: Request) -> Playroom:
    room: Playroom = request.app.state.room
    return room


async def account_of(request: Request) -> Account:
    account = await room_of(request).account(number(request, "person"))
    if account is None:
        raise HTTPException(404)
    return account


def number(request: Request, name: str) -> int:
    text: str = request.path_params[name]
    if not NUMBER.fullmatch(text):
        raise HTTPException(404)
    return int(text)
