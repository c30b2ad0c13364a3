"""What both SDKs send with: one HTTP client with our token and our time limits, which tries nothing twice.

Their own clients follow redirects, some try again unasked, and one waits for 100 seconds in a thread.
"""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, Self
from urllib.parse import quote
from urllib.request import getproxies, proxy_bypass

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientHttpProxyError,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    TCPConnector,
)
from yarl import URL

from adapters.teams.port import Chat, Json, NotReached, Refused, Take, Token, Told

log = logging.getLogger(__name__)

SECONDS = 15  # for one call, once there is a token
TO_CONNECT = 10
AT_ONCE = 256  # connections
MOST_PAGES = 100
NEVER_MADE = (ClientConnectorError, ClientHttpProxyError, ConnectionTimeoutError)
TARGETED = {"isTargetedActivity": "true"}
CODE = re.compile(r"[\w.-]{1,64}", re.ASCII)


class Lost(Exception):
    """Something broke on the way: nobody knows whether it was done."""


class Wire:
    def __init__(self, token: Token, takes: Callable[[str], bool]) -> None:
        self._token = token
        self._takes = takes
        self._sessions: dict[str, ClientSession] = {}

    async def __aenter__(self) -> Self:
        self._connector = TCPConnector(limit=AT_ONCE)
        return self

    async def __aexit__(self, *_: object) -> None:
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()
        await self._connector.close()

    def mind(self, service_url: str) -> None:
        """An address may have been tampered with since it was kept."""
        if not service_url or not self._takes(service_url):
            raise Refused(0, "service_url")

    def session(self, service_url: str) -> ClientSession:
        """Kept for the next time; the connections are shared."""
        self.mind(service_url)
        if service_url not in self._sessions:
            self._sessions[service_url] = ClientSession(
                base_url=f"{service_url.rstrip('/')}/",
                connector=self._connector,
                connector_owner=False,
                cookie_jar=DummyCookieJar(),
                middlewares=(partial(self._send, URL(service_url).origin()),),
                timeout=ClientTimeout(total=None, connect=TO_CONNECT),
                proxy=proxy(URL(service_url)),
            )
        return self._sessions[service_url]

    async def _send(self, to: URL, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        if request.url.origin() != to:  # whatever an id made of the path
            raise Refused(0, "service_url")
        token = await self._token()
        if token:
            request.headers["Authorization"] = f"Bearer {token}"
        try:
            async with asyncio.timeout(SECONDS):
                response = await handler(request)
                await response.read()
        except NEVER_MADE as error:
            raise NotReached(type(error).__name__) from None
        except (ClientError, OSError) as error:  # TimeoutError too
            raise Lost(type(error).__name__) from None
        if response.status >= 300:
            raise await _refusal(response)
        return response


def proxy(url: URL) -> str | None:
    """HTTPS_PROXY and NO_PROXY. (aiohttp's own way to them reads ~/.netrc before every call, in a thread.)"""
    is_far = url.scheme == "https" and url.host and not proxy_bypass(url.host)
    return getproxies().get("https") if is_far else None


async def _refusal(response: ClientResponse) -> Refused:
    """A redirect is one: the token is for this address alone."""
    code = "redirect" if response.status < 400 else _code(await response.read())
    return Refused(response.status, code, response.headers.get("Retry-After"))


def _code(raw: bytes) -> str:
    """`code`, or `code/subcode`: nothing else of what they say is let through to our logs."""
    body = _json(raw)
    error = _mapping(body.get("error")) or body
    inside = _mapping(_json(str(error.get("message", "")).encode()))  # JSON within JSON
    sub = error.get("subCode") or body.get("subCode") or inside.get("subCode")
    names = (error.get("code") or error.get("errorCode"), sub)
    return "/".join(str(name) for name in names if name and CODE.fullmatch(str(name)))


def _json(raw: bytes) -> Json:
    try:
        return _mapping(json.loads(raw))
    except ValueError:
        return {}


def _mapping(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def read(raw: bytes) -> Json:
    """The body of a call that was done; some have none."""
    try:
        body = json.loads(raw) if raw.strip() else {}
    except ValueError:
        raise Lost("no JSON") from None
    if not isinstance(body, dict):
        raise Lost("no JSON object")
    return body


def id_of(body: Json) -> str:
    return str(body.get("id") or "")


def id_of_chat(body: Json) -> str:
    if not id_of(body):
        raise Lost("no id")
    return id_of(body)


def in_path(id_: str) -> str:
    """One step of a path, and none that leads up or nowhere."""
    if id_ in {"", ".", ".."}:
        raise Refused(404, "id")
    return quote(id_, safe="")


def opening(app_id: str, tenant: str, user: str) -> Json:
    """What asks for a chat of two."""
    return {
        "isGroup": False,
        "bot": {"id": f"28:{app_id}" if app_id else "bot"},
        "members": [{"id": user}],
        "tenantId": tenant,
        "channelData": {"tenant": {"id": tenant}},
    }


def addressed(chat: Chat, activity: Json, only_to: str = "") -> Json:
    """Our activity with where it goes; of the rest nothing is touched."""
    conversation = {"id": chat.id, "tenantId": chat.tenant} if chat.tenant else {"id": chat.id}
    address: Json = {"conversation": conversation}
    if chat.bot:
        address["from"] = {"id": chat.bot}
    if chat.user:
        address["recipient"] = {"id": chat.user}
    return address | activity | ({"recipient": {"id": only_to}} if only_to else {})


async def every_page(page: Callable[[str | None], Awaitable[Json]]) -> Sequence[Json]:
    """The members of a chat; each page names the next."""
    found: list[Json] = []
    token: str | None = None
    for _ in range(MOST_PAGES):
        answer = await page(token)
        found += [member for member in answer.get("members") or [] if isinstance(member, dict)]
        token = answer.get("continuationToken")
        if not token:
            break
    return found


async def taken(take: Take, activity: Json) -> Told:
    """Nothing of what people wrote goes to the log with an error."""
    try:
        return await take(activity)
    except Exception as error:
        log.error("an activity was not handled: %s", type(error).__name__)
        return Told(500)


def outline(activity: Mapping[str, Any]) -> Json:
    """What an SDK has to know of an activity to run a turn. It sees nothing that anybody wrote."""
    names = ("type", "id", "name", "serviceUrl", "channelId")
    plain = {name: activity[name] for name in names if _is_text(activity.get(name))}
    parts = ("from", "recipient", "conversation")
    whose = {name: _mapping(activity.get(name)).get("id") for name in parts}
    known = {name: {"id": id_} for name, id_ in whose.items() if _is_text(id_)}
    return {"type": "unknown"} | plain | known


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
