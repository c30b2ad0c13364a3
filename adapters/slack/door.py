"""The door in front of Slack's requests: only what Slack signed, for our app, and only once, comes in.

Anybody can write to a public address, and Bolt reads a body before it knows who sent it. So everything is
checked here first, the cheap things before the dear ones, on the bytes as they came. Whoever is refused
gets a number and no word; the log gets the reason and nothing that was sent.
"""

import asyncio
import hmac
import json
import logging
import re
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urlsplit

from cachetools import TTLCache
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.doorway import Gone, Headers, Refused, again, answer, check_length, read
from adapters.loopback import is_loopback
from adapters.slack.body import Body, NotUnderstood, read_body
from bot.quiet_log import log_without_words

log = logging.getLogger(__name__)

MOST_BYTES = 1024 * 1024  # of one body; Slack's own are far smaller
READ_WITHIN = 5  # seconds for a whole body; Slack itself waits for an answer no longer than three
SKEW = 300  # seconds
REMEMBERED = 2 * SKEW + 1  # seconds; a request from a clock ahead of ours stays fresh as long as this
MOST_REMEMBERED = 50_000  # requests, about 20 MB
LONGEST_CHALLENGE = 1000  # characters

_TIMESTAMP = re.compile(rb"[0-9]{9,11}")
_SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")
_TYPE = re.compile(
    rb'(application/(?:json|x-www-form-urlencoded))(?:[ \t]*;[ \t]*charset=("?)utf-8\2)?[ \t]*', re.IGNORECASE
)
_RESPONSE_URL = re.compile(r"https://hooks\.slack(?:-gov)?\.com(/[\w./%=&?~-]+)", re.ASCII)
_PEER_URL = re.compile(r"https?://([a-z0-9.:\[\]-]+)(/[\w./%=&?~-]+)", re.ASCII)


@dataclass(slots=True)
class Visit:
    """One signed request, however often it comes. Two at the same time go in one after the other."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    accepted: bool = False


class Door:
    """Goes around the one route for Slack's requests. What is behind it finds the body, read, in
    `scope["state"]["slack"]`, and its bytes where they always are.

    Without `app_ids` any app may knock that knows the secret; each app has a secret of its own.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        signing_secret: str,
        app_ids: Callable[[], Collection[str]] = frozenset,
        now: Callable[[], float] = time.time,
    ) -> None:
        if not signing_secret:
            raise ValueError("without Slack's signing secret anybody could be anybody")
        self._app, self._app_ids, self._now = app, app_ids, now
        self._secret = signing_secret.encode()
        self._visits: TTLCache[bytes, Visit] = TTLCache(MOST_REMEMBERED, REMEMBERED, timer=now)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close"})
        try:
            await self._open(scope, receive, send)
        except Refused as refused:
            log.warning("refused: %s", refused.why)
            await answer(send, refused.status)
        except Gone:
            pass

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope)
        kind = _kind(scope["method"], headers)
        check_length(headers, MOST_BYTES)
        timestamp, signature = _signed(headers)
        if abs(self._now() - int(timestamp)) > SKEW:
            raise Refused(401, "stale")
        raw = await read(receive, MOST_BYTES, READ_WITHIN)
        if not hmac.compare_digest(signature, _sign(self._secret, timestamp, raw)):
            raise Refused(401, "bad signature")
        visit = self._visits.setdefault(signature, Visit())
        async with visit.turn:
            await self._admit(visit, _with_body(scope, self._read_body(kind, raw)), raw, receive, send)

    def _read_body(self, kind: str, raw: bytes) -> Body:
        try:
            body = read_body(kind, raw)
        except NotUnderstood:
            raise Refused(400, "not understood") from None
        if not self._is_for_us(body):
            raise Refused(403, "another app")
        return body

    def _is_for_us(self, body: Body) -> bool:
        """Some things that Slack sends name no app: an address to check, a shortcut."""
        ours = self._app_ids()
        return not ours or "api_app_id" not in body or body["api_app_id"] in list(ours)

    async def _admit(self, visit: Visit, scope: Scope, raw: bytes, receive: Receive, send: Send) -> None:
        """A second time does nothing, unless the first ended badly and so nothing was accepted."""
        body = scope["state"]["slack"]
        if visit.accepted:
            await answer(send, 200)
        elif body.get("type") == "url_verification":
            await _say_challenge(send, body.get("challenge"))
        elif "ssl_check" in body:
            await answer(send, 200)
        else:
            visit.accepted = await self._let_in(scope, raw, receive, send)

    async def _let_in(self, scope: Scope, raw: bytes, receive: Receive, send: Send) -> bool:
        status = 0

        async def send_and_look(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, again(raw, receive), send_and_look)
        except Exception as error:
            log_without_words(log, error)
            if not status:
                await answer(send, 500)
            return False
        return 200 <= status < 300


def safe_response_url(url: str, api_hosts: Collection[str] = ()) -> bool:
    """Whether a reply may be sent there: to Slack, or to a peer on this machine that stands in for it.

    `api_hosts` are such peers as they stand in an address, "127.0.0.1:8888".
    """
    if _RESPONSE_URL.fullmatch(url):
        return True
    peer = _PEER_URL.fullmatch(url)
    return peer is not None and peer[1] in api_hosts and is_loopback(urlsplit(f"//{peer[1]}").hostname or "")


def _kind(method: str, headers: Headers) -> str:
    if method != "POST":
        raise Refused(405, "method")
    found = _TYPE.fullmatch(headers.only(b"content-type"))
    if found is None:
        raise Refused(415, "content type")
    if any(encoding.lower() != b"identity" for encoding in headers.all(b"content-encoding")):
        raise Refused(415, "content encoding")
    return found[1].decode().lower()


def _signed(headers: Headers) -> tuple[bytes, bytes]:
    timestamp = headers.only(b"x-slack-request-timestamp")
    signature = headers.only(b"x-slack-signature")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise Refused(401, "timestamp")
    if not _SIGNATURE.fullmatch(signature):
        raise Refused(401, "signature")
    return timestamp, signature


def _sign(secret: bytes, timestamp: bytes, raw: bytes) -> bytes:
    return b"v0=" + hmac.new(secret, b"v0:" + timestamp + b":" + raw, sha256).hexdigest().encode()


def _with_body(scope: Scope, body: Body) -> Scope:
    return {**scope, "state": {**scope.get("state", {}), "slack": body}}


async def _say_challenge(send: Send, challenge: object) -> None:
    """How Slack finds out that an address is ours."""
    if not isinstance(challenge, str) or len(challenge) > LONGEST_CHALLENGE:
        raise Refused(400, "challenge")
    await answer(send, 200, json.dumps({"challenge": challenge}).encode())
