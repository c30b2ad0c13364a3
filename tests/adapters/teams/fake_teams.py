"""A small Teams of our own: the connector and the login, with people in it and a bad day in store.

It remembers what it was given and what each message looked like before it was replaced, refuses what Teams
would refuse, and fails as it is told to. Both servers are on loopback; the login has its own certificate.
"""

import asyncio
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

Json = dict[str, Any]

TENANT = "11111111-2222-4333-8444-555555555555"
APP_ID = "99999999-8888-4777-8666-555555555555"
BOT = f"28:{APP_ID}"
PASSWORD = "a-password-of-the-test"
SCOPE = "https://api.botframework.com/.default"
LARGEST = 100_000  # bytes of a message
PAGE = 2  # members on one page


@dataclass(frozen=True)
class FakePerson:
    id: str  # "29:…", theirs with this bot alone
    aad: str
    name: str
    email: str = ""
    tenant: str = TENANT
    role: str = "user"  # or "guest"

    @property
    def account(self) -> Json:
        """As the connector shows a member."""
        return {
            "id": self.id,
            "name": self.name,
            "aadObjectId": self.aad,
            "objectId": self.aad,
            "email": self.email,
            "userPrincipalName": self.email,
            "tenantId": self.tenant,
            "userRole": self.role,
        }


@dataclass
class FakeMessage:
    id: str
    activity: Json
    only_to: str = ""  # a person's id, where it is targeted
    before: list[Json] = field(default_factory=list)  # what stood there earlier, oldest first

    @property
    def card(self) -> Json | None:
        """Its first Adaptive Card."""
        kind = "application/vnd.microsoft.card.adaptive"
        cards = (
            one["content"] for one in self.activity.get("attachments") or [] if one["contentType"] == kind
        )
        return next(cards, None)

    @property
    def text(self) -> str:
        return str(self.activity.get("text") or "")


@dataclass
class FakeChat:
    id: str
    people: list[FakePerson]
    is_group: bool = False
    messages: list[FakeMessage] = field(default_factory=list)
    typing: int = 0


@dataclass(frozen=True)
class Call:
    what: str  # open, send, change, member, members; token, metadata, identity
    method: str
    path: str
    query: Mapping[str, str]
    authorization: str
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Fault:
    """How a call goes wrong. `done`: Teams does it all the same, and nobody hears of it."""

    status: int = 200
    code: str = ""
    subcode: str = ""
    retry_after: str = ""
    html: bool = False
    drops: bool = False  # the connection, with no answer
    done: bool = False
    late: float = 0.0  # seconds
    location: str = ""  # of a redirect
    body: Json | None = None  # instead of the one with the code

    def answer(self) -> web.Response:
        headers = {"Retry-After": self.retry_after} if self.retry_after else {}
        if self.location:
            headers["Location"] = self.location
        if self.html:
            return web.Response(
                text="<h1>Bad gateway</h1>", content_type="text/html", status=self.status, headers=headers
            )
        body = self.body if self.body is not None else error(self.code, self.subcode)
        return web.json_response(body, status=self.status, headers=headers)


BLOCKED = Fault(403, "Forbidden", "MessageWritesBlocked")
NOT_IN_ROSTER = Fault(403, "BotNotInConversationRoster")
GONE = Fault(404, "ConversationNotFound")
TOO_BIG = Fault(413, "MessageSizeTooBig")
BUSY = Fault(429, "Throttled", retry_after="1")
CHANGED_MEANWHILE = Fault(412, "PreconditionFailed")
BAD_GATEWAY = Fault(502, html=True)
DROPPED = Fault(drops=True)


class FakeTeams:
    """`async with FakeTeams() as teams: …; Chat(teams.url, teams.install(ben), …)`"""

    def __init__(self, *, anonymous: bool = False) -> None:
        self.anonymous = anonymous  # like an emulator: asks for no token
        self.people: dict[str, FakePerson] = {}
        self.chats: dict[str, FakeChat] = {}
        self.calls: list[Call] = []  # everything that reached the connector
        self.logins: list[Call] = []  # everything that reached the login
        self.delay = 0.0  # seconds, of each send
        self.slow_login = 0.0  # seconds
        self.lasts = 3600  # seconds, of a token
        self.login_error = 0  # such as 7000215
        self.waits_for = 1  # so many sends have to be there before the first is answered
        self.most_at_once = 0  # how many calls were under way together
        self._now = 0
        self._gate = asyncio.Event()
        self._installed: dict[str, str] = {}
        self._tokens: dict[str, float] = {}  # until when
        self._faults: list[tuple[str, Fault]] = []
        self._numbers = count(1)

    async def __aenter__(self) -> Self:
        self._folder = TemporaryDirectory()
        self._connector = TestServer(_application(self._call, "/v3", CONNECTOR, "/teams"))
        self._login = TestServer(_application(self._logs_in, "", LOGIN), scheme="https")
        await self._connector.start_server()
        await self._login.start_server(ssl=self._certificate())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._gate.set()
        await self._connector.close()
        await self._login.close()
        self._folder.cleanup()

    # Where it is

    @property
    def url(self) -> str:
        """The serviceUrl, with a path and a slash as Teams has them."""
        return str(self._connector.make_url("/teams/"))

    @property
    def login_url(self) -> str:
        """Below it are the tenants: https, with the certificate in `ca`."""
        return str(self._login.make_url("/")).rstrip("/")

    @property
    def ca(self) -> Path:
        """For REQUESTS_CA_BUNDLE."""
        return Path(self._folder.name) / "ca.pem"

    @property
    def identity_endpoint(self) -> str:
        """A managed identity's, for IDENTITY_ENDPOINT (with any IDENTITY_HEADER); plain http, as in Azure."""
        return str(self._connector.make_url("/msi/token"))

    # People

    def add(self, name: str, email: str = "", **more: Any) -> FakePerson:
        number = next(self._numbers)
        aad = f"aaaaaaaa-0000-4000-8000-{number:012}"
        person = FakePerson(f"29:1-{number}-{name.split(maxsplit=1)[0].lower()}", aad, name, email, **more)
        self.people[person.id] = person
        return person

    def install(self, person: FakePerson) -> str:
        """The id of their personal chat."""
        chat = self._installed.setdefault(person.id, f"a:1-{person.aad}_{next(self._numbers)}")
        self.chats.setdefault(chat, FakeChat(chat, [person]))
        return chat

    def uninstall(self, person: FakePerson) -> None:
        """Their chat stays where it was, and takes nothing more."""
        self._installed.pop(person.id, None)

    def group(self, *people: FakePerson) -> str:
        chat = f"19:{next(self._numbers)}@thread.v2"
        self.chats[chat] = FakeChat(chat, list(people), is_group=True)
        return chat

    def chat(self, person: FakePerson) -> list[FakeMessage]:
        """What they see in their personal chat."""
        chat = self._installed.get(person.id)
        return self.chats[chat].messages if chat else []

    def activity(self, person: FakePerson, **more: Any) -> Json:
        """As Teams sends what somebody does in their personal chat: `type` and whatever belongs to it."""
        chat = self.install(person)
        now = datetime.now(UTC)
        return {
            "type": "message",
            "id": str(next(self._numbers)),
            "timestamp": now.isoformat(),
            "localTimestamp": now.isoformat(),
            "localTimezone": "Europe/Dublin",
            "serviceUrl": self.url,
            "channelId": "msteams",
            "from": {"id": person.id, "name": person.name, "aadObjectId": person.aad},
            "conversation": {"id": chat, "conversationType": "personal", "tenantId": person.tenant},
            "recipient": {"id": BOT, "name": "Cairn"},
            "entities": [
                {
                    "type": "clientInfo",
                    "locale": "en-IE",
                    "country": "IE",
                    "platform": "Web",
                    "timezone": "Europe/Dublin",
                }
            ],
            "channelData": {"tenant": {"id": person.tenant}},
            "locale": "en-IE",
        } | more

    # A bad day

    def next(self, *faults: Fault, of: str = "") -> None:
        """The next calls go like this, one after the other: any, or those of one kind (see `Call.what`)."""
        self._faults += ((of, fault) for fault in faults)

    def no_faults(self) -> None:
        """A good day again."""
        self._faults.clear()

    def called(self, what: str) -> list[Call]:
        return [call for call in [*self.calls, *self.logins] if call.what == what]

    def new_token(self, lasts: float = 3600) -> str:
        token = f"token-{next(self._numbers)}-of-the-test"
        self._tokens[token] = time.time() + lasts
        return token

    def is_good(self, token: str) -> bool:
        return self._tokens.get(token, 0) > time.time()

    def forget_tokens(self) -> None:
        """As if all had run out."""
        self._tokens.clear()

    def _fault(self, what: str) -> Fault | None:
        for place, (of, fault) in enumerate(self._faults):
            if of in {"", what}:
                del self._faults[place]
                return fault
        return None

    # What the bot calls

    async def _call(self, what: str, request: web.Request) -> web.StreamResponse:
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            return await self._answer(what, request)
        finally:
            self._now -= 1

    async def _answer(self, what: str, request: web.Request) -> web.StreamResponse:
        call = await _remembered(what, request)
        self.calls.append(call)
        if what == "identity":
            return self._identity(call)
        if what == "send":
            await self._wait()
        fault = self._fault(what)
        if fault is None or fault.done:
            answer = self._done(call, request)
        if fault is None:
            return answer
        await asyncio.sleep(fault.late)
        if fault.drops:
            return _dropped(request)
        return answer if fault.done and fault.status == 200 else fault.answer()

    async def _wait(self) -> None:
        if self._now >= self.waits_for:
            self._gate.set()
        await self._gate.wait()
        await asyncio.sleep(self.delay)

    def _done(self, call: Call, request: web.Request) -> web.Response:
        no = self._refusal(call)
        if no:
            return no
        place = {name: request.match_info.get(name, "") for name in ("chat", "message", "user")}
        if call.what == "open":
            return self._open(call.body)
        chat = self.chats.get(place["chat"])
        if chat is None:
            return refused(404, "ConversationNotFound")
        if self._is_blocked(chat):
            return refused(403, "Forbidden", "MessageWritesBlocked")
        done: web.Response = getattr(self, f"_{call.what}")(chat, place, call)
        return done

    def _refusal(self, call: Call) -> web.Response | None:
        if not self._lets_in(call):
            return refused(401, "Unauthorized")
        if call.method != "GET" and not isinstance(call.body, dict):
            return refused(400, "BadSyntax")
        is_too_big = len(json.dumps(call.body)) > LARGEST
        return refused(413, "MessageSizeTooBig") if is_too_big else None

    def _lets_in(self, call: Call) -> bool:
        if self.anonymous:
            return True
        kind, _, token = call.authorization.partition(" ")
        return kind == "Bearer" and self.is_good(token)

    def _is_blocked(self, chat: FakeChat) -> bool:
        return not chat.is_group and any(person.id not in self._installed for person in chat.people)

    def _open(self, asked: Json) -> web.Response:
        members = asked.get("members") or []
        tenant = (asked.get("channelData") or {}).get("tenant", {}).get("id") or asked.get("tenantId")
        if asked.get("isGroup") or len(members) != 1 or not tenant or not asked.get("bot"):
            return refused(400, "BadSyntax")
        wanted = members[0].get("id")
        person = next((one for one in self.people.values() if wanted in {one.id, one.aad}), None)
        if person is None or person.tenant != tenant or asked.get("tenantId", tenant) != tenant:
            return refused(400, "BadArgument")
        if person.id not in self._installed:
            return refused(403, "Forbidden", "BotNotInConversationRoster")
        return web.json_response({"id": self._installed[person.id]}, status=201)

    def _send(self, chat: FakeChat, _: Mapping[str, str], call: Call) -> web.Response:
        said: Json = call.body
        if not said.get("type"):
            return refused(400, "BadSyntax")
        if said["type"] == "typing":
            chat.typing += 1
            return web.json_response({}, status=202)
        only_to = ""
        if call.query.get("isTargetedActivity") == "true":
            only_to = (said.get("recipient") or {}).get("id", "")
            if not chat.is_group or only_to not in {person.id for person in chat.people}:
                return refused(400, "BadArgument")
        message = FakeMessage(str(1_700_000_000_000 + next(self._numbers)), said, only_to)
        chat.messages.append(message)
        return web.json_response({"id": message.id}, status=201)

    _reply = _send

    def _change(self, chat: FakeChat, place: Mapping[str, str], call: Call) -> web.Response:
        message = next((one for one in chat.messages if one.id == place["message"]), None)
        if message is None:
            return refused(404, "ActivityNotFoundInConversation")
        message.before.append(message.activity)
        message.activity = call.body
        return web.json_response({"id": message.id})

    def _member(self, chat: FakeChat, place: Mapping[str, str], _: Call) -> web.Response:
        for person in chat.people:
            if place["user"] in {person.id, person.aad}:
                return web.json_response(person.account)
        return refused(404, "MemberNotFoundInConversation")

    def _members(self, chat: FakeChat, _: Mapping[str, str], call: Call) -> web.Response:
        token = call.query.get("continuationToken", "")
        first = int(token.removeprefix("page & ") or 0)
        page = [person.account for person in chat.people[first : first + PAGE]]
        more = {"continuationToken": f"page & {first + PAGE}"} if first + PAGE < len(chat.people) else {}
        return web.json_response({"members": page, **more})

    # Where it logs in

    async def _logs_in(self, what: str, request: web.Request) -> web.StreamResponse:
        call = await _remembered(what, request)
        self.logins.append(call)
        await asyncio.sleep(self.slow_login)
        fault = self._fault(what)
        if fault:
            return _dropped(request) if fault.drops else fault.answer()
        tenant = request.match_info.get("tenant", "")
        if tenant != TENANT or self.login_error == 90002:
            return aadsts(90002, "invalid_tenant")
        return self._metadata(tenant) if what == "metadata" else self._token(call.body)

    def _metadata(self, tenant: str) -> web.Response:
        below = f"{self.login_url}/{tenant}"
        return web.json_response(
            {
                "issuer": f"{below}/v2.0",
                "authorization_endpoint": f"{below}/oauth2/v2.0/authorize",
                "token_endpoint": f"{below}/oauth2/v2.0/token",
            }
        )

    def _token(self, asked: Json) -> web.Response:
        if self.login_error:
            return aadsts(self.login_error)
        if asked.get("grant_type") != "client_credentials" or asked.get("scope") != SCOPE:
            return aadsts(900144, "invalid_request")
        if asked.get("client_id") != APP_ID:
            return aadsts(700016, "unauthorized_client")
        if asked.get("client_secret") != PASSWORD and not asked.get("client_assertion"):
            return aadsts(7000215)
        return web.json_response(self._new_token())

    def _new_token(self) -> Json:
        token = self.new_token(self.lasts)
        return {"token_type": "Bearer", "expires_in": self.lasts, "access_token": token}

    def _identity(self, call: Call) -> web.Response:
        if self.login_error:
            return web.json_response({"statusCode": 400, "message": "No such identity"}, status=400)
        told = self._new_token() | {"expires_on": str(int(time.time()) + self.lasts)}
        return web.json_response(told | {"resource": call.query.get("resource", "")})

    def _certificate(self) -> ssl.SSLContext:
        folder = Path(self._folder.name)
        (folder / "ca.pem").write_bytes(b"".join(certificate_and_key("127.0.0.1")))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(folder / "ca.pem")
        return context


CONNECTOR = {
    "/conversations": {"POST": "open"},
    "/conversations/{chat:[^/]+}/activities": {"POST": "send"},
    "/conversations/{chat:[^/]+}/activities/{message:[^/]+}": {"POST": "reply", "PUT": "change"},
    "/conversations/{chat:[^/]+}/members/{user:[^/]+}": {"GET": "member"},
    "/conversations/{chat:[^/]+}/pagedmembers": {"GET": "members"},
}
LOGIN = {
    "/{tenant}/v2.0/.well-known/openid-configuration": {"GET": "metadata"},
    "/{tenant}/oauth2/v2.0/token": {"POST": "token"},
}


def _application(
    answer: Any, below: str, routes: Mapping[str, Mapping[str, str]], root: str = ""
) -> web.Application:
    app = web.Application(client_max_size=10 * LARGEST)
    for path, methods in routes.items():
        for method, what in methods.items():
            app.router.add_route(method, root + below + path, _named(answer, what))
    if root:
        app.router.add_get("/msi/token", _named(answer, "identity"))
    return app


def _named(answer: Any, what: str) -> Any:
    async def handle(request: web.Request) -> web.StreamResponse:
        told: web.StreamResponse = await answer(what, request)
        return told

    return handle


async def _remembered(what: str, request: web.Request) -> Call:
    raw = await request.read()
    body: Any = None
    if request.content_type == "application/json":
        body = json.loads(raw) if raw else None
    elif raw:
        body = dict(await request.post())
    return Call(
        what,
        request.method,
        request.path,
        dict(request.query),
        request.headers.get("Authorization", ""),
        body,
        dict(request.headers),
    )


def _dropped(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.close()
    return web.Response()


def error(code: str, subcode: str = "") -> Json:
    """As the connector says no. Where there is a sub-code, it stands in JSON within JSON."""
    message = json.dumps({"subCode": subcode, "details": None}) if subcode else "Words about it."
    return {"error": {"code": code, "message": message}}


def refused(status: int, code: str, subcode: str = "") -> web.Response:
    return web.json_response(error(code, subcode), status=status)


def aadsts(number: int, code: str = "invalid_client") -> web.Response:
    """As the login says no: with an id of the request and often the app's."""
    told = {
        "error": code,
        "error_description": f"AADSTS{number}: Something is wrong with app '{APP_ID}'. Trace ID: 1",
        "error_codes": [number],
        "trace_id": "1",
    }
    return web.json_response(told, status=400 if number == 90002 else 401)


def certificate_and_key(host: str = "cairn") -> tuple[bytes, bytes]:
    """A certificate that has signed itself, and its key, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    if host == "127.0.0.1":
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))])
        builder = builder.add_extension(names, critical=False)
    pem = builder.sign(key, SHA256()).public_bytes(Encoding.PEM)
    return pem, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
