"""A display between the bot and local-slack, so that a person sees there about what Slack shows.

What the bot says goes through it, and so does what people do: local-slack draws no rich text and no file,
forgets what a form held, and does not say that a button stood on the page at the bot or on a card for one
person alone.
"""

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

import aiohttp
import plainer
from aiohttp import web
from aiohttp.test_utils import TestServer
from fake_slack import TOKEN, signed
from starlette.types import ASGIApp

Json = dict[str, Any]

FORM = "application/x-www-form-urlencoded"
HOOKS = "/_hooks/"


class Display:
    """`async with Display() as display: display.slack = "http://…"; display.bot = application`"""

    slack: str
    bot: ASGIApp

    def __init__(self) -> None:
        self._homes: dict[str, Json] = {}
        self._files: dict[str, bytes] = {}

    async def __aenter__(self) -> "Display":
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/upload/{name}", self._upload)
        app.router.add_get("/upload/{name}", self._fetch)
        app.router.add_post("/slack/events", self._happened)
        app.router.add_post(HOOKS + "{rest:.*}", self._answered)
        self._server = TestServer(app)
        await self._server.start_server()
        self._http = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()
        await self._server.close()

    @property
    def url(self) -> str:
        return str(self._server.make_url("")).rstrip("/")

    # What the bot says

    async def _api(self, request: web.Request) -> web.Response:
        method, said = request.match_info["method"], await _read(request)
        match method:
            case "files.getUploadURLExternal":
                name = f"F{len(self._files):010}"
                self._files[name] = b""
                return web.json_response(
                    {"ok": True, "file_id": name, "upload_url": f"{self.url}/upload/{name}"}
                )
            case "files.completeUploadExternal":
                return web.json_response(await self._attach(said))
        answer = await self._call(method, said, request.headers.get("Authorization", ""))
        if method == "views.publish":
            self._homes[said["user_id"]] = answer["view"]
        return web.json_response(answer)

    async def _call(self, method: str, said: Json, token: str) -> Json:
        headers = {"Authorization": token}
        async with self._http.post(
            f"{self.slack}/api/{method}", json=self._with_pictures(plainer.everywhere(said)), headers=headers
        ) as answer:
            found: Json = await answer.json()
            return found

    def _with_pictures(self, said: Json) -> Json:
        blocks = [
            {"type": "image", "image_url": f"{self.url}/upload/{block['slack_file']['id']}"}
            | {name: block[name] for name in ("alt_text", "title")}
            if block["type"] == "image"
            else block
            for block in said.get("blocks") or []
        ]
        return said | ({"blocks": blocks} if blocks else {})

    async def _upload(self, request: web.Request) -> web.Response:
        self._files[request.match_info["name"]] = await request.read()
        return web.Response(text="OK")

    async def _fetch(self, request: web.Request) -> web.Response:
        return web.Response(body=self._files[request.match_info["name"]], content_type="image/png")

    async def _attach(self, said: Json) -> Json:
        files = json.loads(said["files"]) if isinstance(said["files"], str) else said["files"]
        for file in files if said.get("channel_id") else ():
            message = {"channel": said["channel_id"], "text": f":page_facing_up: {file['title']}"}
            await self._call("chat.postMessage", message, f"Bearer {TOKEN}")
        return {"ok": True, "files": files}

    async def _answered(self, request: web.Request) -> web.Response:
        """By a response_url."""
        body = plainer.everywhere(await request.json())
        async with self._http.post(f"{self.slack}{request.path}", json=body) as answer:
            return web.Response(text=await answer.text(), status=answer.status)

    # What people do

    async def _happened(self, request: web.Request) -> web.Response:
        kind, raw = request.content_type, await request.read()
        if kind == FORM:
            raw = urlencode(self._as_in_slack(dict(parse_qsl(raw.decode(), True)))).encode()
        told = await signed(self.bot, raw, kind)
        drawn = json.dumps(plainer.everywhere(told.json())) if told.content else ""
        return web.Response(text=drawn, status=told.status_code, content_type="application/json")

    def _as_in_slack(self, form: Json) -> Json:
        if "payload" not in form:
            return form | {"response_url": self._through_here(form["response_url"])}
        return {"payload": json.dumps(self._interaction(json.loads(form["payload"])))}

    def _interaction(self, body: Json) -> Json:
        if body["type"] == "view_submission":
            return body | {"view": plainer.answered(body["view"])}
        if body["type"] != "block_actions":
            return body
        if "message" not in body:
            view = self._homes[body["user"]["id"]]
            place = {"container": {"type": "view", "view_id": view["id"]}, "view": view}
            return {name: body[name] for name in body if name not in {"channel", "response_url"}} | place
        ephemeral = body["message"].get("subtype") == "ephemeral"
        container = body["container"] | {"is_ephemeral": ephemeral}
        return body | {"container": container, "response_url": self._through_here(body["response_url"])}

    def _through_here(self, response_url: str) -> str:
        return self.url + HOOKS + response_url.partition(HOOKS)[2]


async def _read(request: web.Request) -> Json:
    """slack_sdk sends some of it as a form, in which blocks are JSON."""
    if request.content_type == "application/json":
        said: Json = await request.json()
        return said
    form: Json = dict(request.query) | dict(await request.post())
    for name in ("blocks", "view"):
        if isinstance(form.get(name), str):
            form[name] = json.loads(form[name])
    return form
