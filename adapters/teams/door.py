"""The door in front of Teams' requests: only what Microsoft signed for our bot, from our people, comes in.

It stands before either SDK, and neither checks anything again. It looks at the cheap things before the dear
ones: method, type, length; then the token (tokens.py); then the body, read within bounds; whether the address
to answer to is one of Microsoft's and the one in the token (our own token goes there with every answer); the
channel; the tenant, wherever it is said; and whether it is for our bot.

Whoever is refused gets a number and a few words of ours. Nothing of what was sent is logged, and each kind of
refusal is told once a minute.

What comes twice comes in twice: Teams sends something again if our answer was late, and the core knows it by
its ids (conversation, activity, name). A stolen token is of no use for another address or another bot.

In anonymous mode nothing is signed. Then everything must be on this machine: who knocks, what they call us,
and where answers go.
"""

import json
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.bounded_json import Json, NotUnderstood, read_object
from adapters.doorway import Gone, Headers, Refused, again, answer, check_length, read
from adapters.loopback import is_loopback
from adapters.teams.keys import CHANNEL, Keys
from adapters.teams.settings import TeamsSettings
from adapters.teams.tokens import Finds, Tokens
from bot.quiet_log import log_without_words

log = logging.getLogger(__name__)

MOST_BYTES = 256 * 1024  # of one body; a message of Teams has 100 kB at most
READ_WITHIN = 5  # seconds for a whole body
LONGEST_ID = 1024  # characters of an id or an address
TOLD_EVERY = 60  # seconds

LOCAL_CHANNELS = (CHANNEL, "emulator")
QUIET = ("another tenant", "method", "content type")  # strangers and passers-by: no warning

_TYPE = re.compile(rb'application/json(?:[ \t]*;[ \t]*charset=("?)utf-8\1)?[ \t]*', re.IGNORECASE)
_HOST = re.compile(rb"([a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?", re.IGNORECASE)
_PASSED_ON = (b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip")

_WORDS = ("id", "name", "text", "textFormat", "replyToId", "locale", "localTimezone", "timestamp", "action")
_OBJECTS = ("channelData", "relatesTo")
_LISTS = ("attachments", "entities", "membersAdded", "membersRemoved", "reactionsAdded", "reactionsRemoved")


@dataclass(frozen=True)
class Checked:
    """What the door hands on, in `scope["state"]["teams"]`."""

    activity: Json = field(repr=False)
    claims: Mapping[str, str] = field(repr=False)  # of the token; none in anonymous mode


class Door:
    def __init__(
        self,
        app: ASGIApp,
        settings: TeamsSettings,
        *,
        keys: Finds | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        _check(settings)
        self._app, self._settings, self._now = app, settings, now
        self._tokens = Tokens(settings, keys or Keys(settings.cloud), now)
        self._tenants = {tenant.lower() for tenant in settings.tenants}
        self._told_at: dict[str, float] = {}
        self.refused: Counter[str] = Counter()
        if settings.is_anonymous:
            log.warning("Teams is in ANONYMOUS mode: nobody signs. For an emulator on this machine only.")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close"})
        try:
            checked, raw = await self._check(scope, receive)
        except Refused as refused:
            self._tell(refused.why)
            await _refuse(send, refused)
        except Gone:
            pass
        else:
            await self._let_in(_with(scope, checked), again(raw, receive), send)

    async def _check(self, scope: Scope, receive: Receive) -> tuple[Checked, bytes]:
        headers = Headers(scope)
        _check_kind(scope["method"], headers)
        check_length(headers, MOST_BYTES)
        claims = await self._who(scope, headers)
        raw = await read(receive, MOST_BYTES, READ_WITHIN)
        try:
            activity = read_object(raw)
        except NotUnderstood:
            raise Refused(400, "not understood") from None
        self._check_activity(activity, claims)
        return Checked(activity, {name: said for name, said in claims.items() if isinstance(said, str)}), raw

    async def _who(self, scope: Scope, headers: Headers) -> Mapping[str, Any]:
        if self._settings.is_anonymous:
            _check_is_here(scope, headers)
            return {}
        return await self._tokens.read(headers.only(b"authorization"))

    def _check_activity(self, activity: Json, claims: Mapping[str, Any]) -> None:
        _check_shape(activity)
        address = activity["serviceUrl"]
        if not self._settings.cloud.takes(address):
            raise Refused(400, "serviceUrl")
        if not self._settings.is_anonymous and claims["serviceurl"].rstrip("/") != address.rstrip("/"):
            raise Refused(401, "signed for another serviceUrl")
        if activity.get("channelId") not in (LOCAL_CHANNELS if self._settings.is_anonymous else (CHANNEL,)):
            raise Refused(403, "another channel")
        self._check_tenant({tenant.lower() for tenant in _tenants(activity, claims)})
        if not self._settings.is_anonymous and not self._is_for_us(activity.get("recipient")):
            raise Refused(403, "another bot")

    def _check_tenant(self, said: set[str]) -> None:
        """Only an emulator may say none, or any where no list is given."""
        if self._settings.is_anonymous and not self._tenants and len(said) <= 1:
            return
        if len(said) != 1 or not said <= self._tenants:
            raise Refused(403, "another tenant")

    def _is_for_us(self, recipient: Json | None) -> bool:
        """Teams writes a bot as "28:" and its app id."""
        return recipient is not None and recipient["id"].lower() == f"28:{self._settings.app_id}".lower()

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        answered = False

        async def send_and_look(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_look)
        except Exception as error:
            log_without_words(log, error)
            if not answered:
                await _refuse(send, Refused(500, "it went wrong here"))

    def _tell(self, why: str) -> None:
        self.refused[why] += 1
        if why in self._told_at and self._now() - self._told_at[why] < TOLD_EVERY:
            return
        self._told_at[why] = self._now()
        level = logging.INFO if why in QUIET else logging.WARNING
        log.log(level, "refused: %s (%d so far)", why, self.refused[why])


def _check(settings: TeamsSettings) -> None:
    """Whoever starts with these settings would let in anybody."""
    if settings.is_anonymous:
        if not settings.cloud.is_local:
            raise ValueError("anonymous mode is for an emulator on this machine")
    elif not (settings.app_id and settings.tenants and settings.cloud.issuer and settings.cloud.metadata):
        raise ValueError("without app id, tenants, issuer and keys anybody could be anybody")


def _check_kind(method: str, headers: Headers) -> None:
    if method != "POST":
        raise Refused(405, "method")
    if not _TYPE.fullmatch(headers.only(b"content-type")):
        raise Refused(415, "content type")
    if any(encoding.lower() != b"identity" for encoding in headers.all(b"content-encoding")):
        raise Refused(415, "content encoding")


def _check_is_here(scope: Scope, headers: Headers) -> None:
    """A page in a browser here could be led to us under a strange name; a proxy here brings strangers."""
    client = scope.get("client")
    if client is None or not is_loopback(client[0]):
        raise Refused(403, "not from this machine")
    host = _HOST.fullmatch(headers.only(b"host"))
    if host is None or not is_loopback(host[1].decode().lower().strip("[]")):
        raise Refused(403, "not for this machine")
    if any(headers.all(name) for name in _PASSED_ON):
        raise Refused(403, "passed on to this machine")


def _check_shape(activity: Json) -> None:
    """What everybody behind the door may take for granted. Anything else may be missing; types are many."""
    right = (
        _is_id(activity.get("type"))
        and _has_id(activity.get("from"))
        and _has_id(activity.get("conversation"))
        and (activity.get("recipient") is None or _has_id(activity["recipient"]))
        and (activity["type"] != "invoke" or _is_id(activity.get("name")))
        and all(isinstance(activity.get(name), str | None) for name in _WORDS)
        and all(isinstance(activity.get(name), dict | None) for name in _OBJECTS)
        and all(_are_objects(activity.get(name)) for name in _LISTS)
    )
    if not right:
        raise Refused(400, "not understood")
    if not _is_id(activity.get("serviceUrl")):
        raise Refused(400, "serviceUrl")


def _is_id(said: object) -> bool:
    return isinstance(said, str) and 0 < len(said) <= LONGEST_ID


def _has_id(who: object) -> bool:
    """Somebody, or a chat. Guests and bots have no aadObjectId, and then it may be null."""
    return (
        isinstance(who, dict)
        and _is_id(who.get("id"))
        and all(isinstance(who.get(name), str | None) for name in ("aadObjectId", "name", "tenantId"))
    )


def _are_objects(listed: object) -> bool:
    return listed is None or (isinstance(listed, list) and all(isinstance(one, dict) for one in listed))


def _tenants(activity: Json, claims: Mapping[str, Any]) -> Iterator[str]:
    """Wherever one is named; they must agree."""
    tenant = (activity.get("channelData") or {}).get("tenant")
    if not isinstance(tenant, dict | None):
        raise Refused(400, "not understood")
    for said in (activity["conversation"].get("tenantId"), (tenant or {}).get("id"), claims.get("tid")):
        if not isinstance(said, str | None):
            raise Refused(400, "not understood")
        if said:
            yield said


def _with(scope: Scope, checked: Checked) -> Scope:
    return {**scope, "state": {**scope.get("state", {}), "teams": checked}}


async def _refuse(send: Send, refused: Refused) -> None:
    headers = [(b"www-authenticate", b"Bearer")] if refused.status == 401 else []
    await answer(send, refused.status, json.dumps({"error": refused.why}).encode(), headers)
