"""Somebody on this machine who signs as Microsoft does for Teams: its own keys, named and served over HTTP.

async with Identity(app_id="…", service_url="http://127.0.0.1:…/") as identity:
    settings = TeamsSettings("password", identity.cloud(), app_id=identity.app_id, tenants=frozenset({…}))
    headers = {"Authorization": f"Bearer {identity.mint()}"}
    identity.rotate()       # another key signs from now on; the old one is gone, or stays with keep=1
    identity.fault = "slow" # what the server does from now on, see FAULTS
"""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from functools import cache
from typing import Any, Literal, Self

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.teams.clouds import Cloud, local_cloud

Json = dict[str, Any]
Fault = Literal["", "slow", "broken", "html", "redirect", "huge", "nonsense", "empty", "gone", "shut"]

ISSUER = "https://api.botframework.com"
APP_ID = "11111111-2222-4333-8444-555555555555"
SERVICE_URL = "https://smba.trafficmanager.net/emea/"
METADATA = "/v1/.well-known/openidconfiguration"
KEYS = "/v1/.well-known/keys"


class Key:
    """The same number is the same key throughout the tests: making one takes a tenth of a second."""

    def __init__(self, number: int, bits: int = 2048) -> None:
        self.kid = f"key-{number}"
        self.private = _private(number, bits)

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def jwk(self, **more: Any) -> Json:
        written = jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        kept = {name: written[name] for name in ("kty", "n", "e")}
        return {**kept, "use": "sig", "kid": self.kid, "x5t": self.kid} | more


@cache
def _private(number: int, bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


class Identity:
    def __init__(
        self,
        *,
        app_id: str = APP_ID,
        service_url: str = SERVICE_URL,
        issuer: str = ISSUER,
        endorsements: list[str] | None = None,
    ) -> None:
        self.app_id, self.service_url, self.issuer = app_id, service_url, issuer
        self.endorsements = ["msteams", "webchat"] if endorsements is None else endorsements
        self.keys = [Key(1)]  # the first one signs
        self.fault: Fault = ""
        self.faulty: tuple[str, ...] = (METADATA, KEYS)  # where
        self.seconds = 3600.0  # how slow "slow" is; it ends with the server
        self.asked: list[str] = []  # paths, in order
        self.metadata: Json = {}  # what stands there instead, name by name
        self.more_keys: list[Any] = []  # served as well, such as they are
        self.url = ""
        self._made = 1
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    # The server

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._closing.clear()
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def metadata_fetches(self) -> int:
        return self.asked.count(METADATA)

    @property
    def key_fetches(self) -> int:
        return self.asked.count(KEYS)

    def cloud(self) -> Cloud:
        """A cloud on this machine whose requests are signed here."""
        return local_cloud(self.url, issuer=self.issuer)

    def document(self, path: str) -> Json:
        if path == METADATA:
            return {
                "issuer": self.issuer,
                "authorization_endpoint": "https://invalid.botframework.com",
                "jwks_uri": self.url + KEYS,
                "id_token_signing_alg_values_supported": ["RS256"],
            } | self.metadata
        return {"keys": [*(key.jwk(endorsements=self.endorsements) for key in self.keys), *self.more_keys]}

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        if request.path not in (METADATA, KEYS):
            return web.Response(status=404)
        fault = self.fault if request.path in self.faulty else ""
        if fault == "slow":
            await self._wait()
        return self._faulty(request, fault) or web.json_response(self.document(request.path))

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self.seconds):
                await self._closing.wait()
        except TimeoutError:
            pass

    def _faulty(self, request: web.Request, fault: Fault) -> web.Response | None:
        if fault == "shut" and request.transport is not None:
            request.transport.abort()
        answers = {
            "broken": web.Response(status=500, text="{}"),
            "gone": web.Response(status=404),
            "html": web.Response(text="<html>Sign in</html>", content_type="text/html"),
            "redirect": web.Response(status=302, headers={"Location": f"{self.url}/elsewhere"}),
            "huge": web.json_response(text=json.dumps(self.document(request.path)) + " " * 4_000_000),
            "nonsense": web.json_response(["keys"]),
            "empty": web.json_response({}),
        }
        return answers.get(fault)

    # Keys

    def rotate(self, *, keep: int = 0) -> Key:
        """Another key signs from now on; as many of the old ones are still served."""
        self._made += 1
        self.keys = [Key(self._made), *self.keys[:keep]]
        return self.keys[0]

    # Tokens

    def claims(self, **other: Any) -> Json:
        """What a token of Teams says. A claim that is None is left out."""
        now = int(time.time())
        usual = {
            "serviceurl": self.service_url,
            "nbf": now - 5,
            "exp": now + 3600,
            "iss": self.issuer,
            "aud": self.app_id,
        }
        return {name: value for name, value in (usual | other).items() if value is not None}

    def mint(
        self, *, key: Key | None = None, kid: str | None = None, header: Json | None = None, **other: Any
    ) -> str:
        """A token as Teams sends it, but for what is said otherwise: mint(exp=1), mint(tid="…")."""
        key = key or self.keys[0]
        head = {"alg": "RS256", "typ": "JWT", "kid": kid or key.kid, "x5t": kid or key.kid} | (header or {})
        head = {name: value for name, value in head.items() if value is not None}
        begin = signed_part(head, self.claims(**other))
        sign = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign
        return f"{begin}.{base64url(sign(begin.encode(), key.private))}"

    def unsigned(self, alg: str = "none", **other: Any) -> str:
        return signed_part({"alg": alg, "typ": "JWT", "kid": self.keys[0].kid}, self.claims(**other)) + "."

    def signed_with_the_public_key(self, secret: bytes | None = None, **other: Any) -> str:
        """HS256, where the secret is what everybody knows."""
        begin = signed_part({"alg": "HS256", "typ": "JWT", "kid": self.keys[0].kid}, self.claims(**other))
        digest = hmac.new(secret or self.keys[0].public, begin.encode(), hashlib.sha256).digest()
        return f"{begin}.{base64url(digest)}"


def signed_part(header: Json, claims: Json) -> str:
    return ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
