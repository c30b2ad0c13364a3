"""The keys with which Teams signs, from where its cloud names them: OpenID metadata, then a JSON Web Key Set.

They are kept for a day. A key that is not among them may be new, so then they are fetched again, but at most
once a minute, however many strange keys are named. While they cannot be fetched, those we have stay in force.

Both the day and the list of channels for which a key signs ("endorsements") are from
https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication.
"""

import asyncio
import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
import jwt

from adapters.bounded_json import Json, NotUnderstood, read_object
from adapters.teams.clouds import Cloud, is_here

log = logging.getLogger(__name__)

KEPT = 24 * 3600  # seconds
APART = 60  # seconds between two fetches
APART_WITHOUT = 5  # seconds, as long as we have no keys at all
WITHIN = 3  # seconds for both documents; Teams itself waits for an answer about fifteen
MOST_BYTES = 512 * 1024  # of one document; Microsoft's has about 30 kB
MOST_KEYS = 200
FEWEST_BITS = 2048
CHANNEL = "msteams"

_HTTPS = re.compile(r"https://[a-z0-9.-]+(?::[0-9]{1,5})?/[\w./%~-]*", re.ASCII)


class NoKeys(Exception):
    """They could not be fetched, and we have none. Who knocks may be right, and come again."""


class _NotFetched(Exception):
    pass


class Keys:
    """`find` is all of it. Whoever asks while a fetch is under way waits for that one."""

    def __init__(self, cloud: Cloud, *, now: Callable[[], float] = time.monotonic) -> None:
        self._cloud, self._now = cloud, now
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, kid: str) -> jwt.PyJWK | None:
        """The key of that name, if it signs for Teams. After a fetch it is another object, so that what was
        checked with it is checked again."""
        if kid not in self._keys or self._is_old():
            await self._refresh()
        if not self._keys:
            raise NoKeys
        return self._keys.get(kid)

    def _is_old(self) -> bool:
        return self._fetched_at is None or self._now() - self._fetched_at >= KEPT

    async def _refresh(self) -> None:
        """It is a task of its own: somebody who hangs up does not end it for the others."""
        if self._fetching is None:
            apart = APART if self._keys else APART_WITHOUT
            if self._tried_at is not None and self._now() - self._tried_at < apart:
                return
            self._tried_at = self._now()
            self._fetching = asyncio.create_task(self._fetch())
            self._fetching.add_done_callback(self._done)
        await asyncio.shield(self._fetching)

    def _done(self, _: asyncio.Task[None]) -> None:
        self._fetching = None

    async def _fetch(self) -> None:
        try:
            async with asyncio.timeout(WITHIN), self._session() as session:
                named = await self._document(session, self._cloud.metadata)
                keys = _read(await self._document(session, named.get("jwks_uri")))
        except (_NotFetched, NotUnderstood, TimeoutError, aiohttp.ClientError, OSError) as error:
            log.warning("the signing keys of Teams could not be fetched (%s)", type(error).__name__)
            return
        self._keys, self._fetched_at = keys, self._now()

    def _session(self) -> aiohttp.ClientSession:
        """A proxy of the house is used, but not on the way to this machine itself."""
        return aiohttp.ClientSession(trust_env=not self._cloud.is_local)

    async def _document(self, session: aiohttp.ClientSession, url: object) -> Json:
        if not (isinstance(url, str) and (_HTTPS.fullmatch(url) or (self._cloud.is_local and is_here(url)))):
            raise _NotFetched
        async with session.get(url, allow_redirects=False) as response:
            if response.status != 200:
                raise _NotFetched
            return read_object(await _all_of(response))


async def _all_of(response: aiohttp.ClientResponse) -> bytes:
    raw = bytearray()
    async for piece in response.content.iter_any():
        raw += piece
        if len(raw) > MOST_BYTES:
            raise _NotFetched
    return bytes(raw)


def _read(document: Json) -> Mapping[str, jwt.PyJWK]:
    """Those that are of use to us; a set without any is no set. A name that stands twice is nobody's."""
    listed = document.get("keys")
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise _NotFetched
    ours = [key for key in listed if isinstance(key, dict) and _signs_for_teams(key)]
    names = [key["kid"] for key in ours]
    keys = {key["kid"]: _key(key) for key in ours if names.count(key["kid"]) == 1}
    found = {kid: key for kid, key in keys.items() if key is not None}
    if not found:
        raise _NotFetched
    return found


def _signs_for_teams(key: Json) -> bool:
    endorsements = key.get("endorsements", [CHANNEL])
    return (
        isinstance(key.get("kid"), str)
        and key.get("kty") == "RSA"
        and key.get("use", "sig") == "sig"
        and key.get("alg", "RS256") == "RS256"
        and isinstance(endorsements, list)
        and CHANNEL in endorsements
    )


def _key(written: Json) -> jwt.PyJWK | None:
    """Only its public part, whatever else stands there."""
    public: dict[str, Any] = {name: written.get(name) for name in ("kty", "n", "e")}
    try:
        key = jwt.PyJWK(public, algorithm="RS256")
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError, OverflowError):
        return None
    return key if key.key.key_size >= FEWEST_BITS else None
