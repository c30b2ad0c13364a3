"""The token that comes with each request of Teams: whether Microsoft signed it, for our bot, and for now."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol

import jwt
from cachetools import TLRUCache

from adapters.bounded_json import read_object
from adapters.doorway import Refused
from adapters.teams.keys import NoKeys
from adapters.teams.settings import TeamsSettings

LEEWAY = 300  # seconds that clocks may differ
LATEST = 10**12  # seconds since 1970
LONGEST_TOKEN = 8 * 1024
MOST_REMEMBERED = 2000  # tokens, under 10 MB

_BEARER = re.compile(rb"Bearer +([\w-]+\.[\w-]+\.[\w-]+)", re.IGNORECASE)


class Finds(Protocol):
    async def find(self, kid: str) -> jwt.PyJWK | None: ...


@dataclass(frozen=True)
class Verified:
    """A token that was found right, with what may make it wrong later: the time, and other keys."""

    kid: str
    key: jwt.PyJWK
    claims: Mapping[str, Any] = field(repr=False)
    until: float


class Tokens:
    """Teams sends one token with many requests. One that was verified is known by its digest until it runs
    out or the keys are fetched anew.
    """

    def __init__(self, settings: TeamsSettings, keys: Finds, now: Callable[[], float]) -> None:
        self._settings, self._keys, self._now = settings, keys, now
        self._verified: TLRUCache[bytes, Verified] = TLRUCache(
            MOST_REMEMBERED, ttu=lambda _, verified, __: verified.until, timer=now
        )

    async def read(self, authorization: bytes) -> Mapping[str, Any]:
        """What the token says; Refused if Microsoft did not sign it for us."""
        found = _BEARER.fullmatch(authorization) if len(authorization) <= LONGEST_TOKEN else None
        if found is None:
            raise Refused(401, "no token")
        digest = sha256(found[1]).digest()
        known = self._verified.get(digest)
        if known is None or await self._find(known.kid) is not known.key:
            known = self._verified[digest] = await self._verify(found[1])
        return known.claims

    async def _verify(self, token: bytes) -> Verified:
        kid = _kid(token)
        key = await self._find(kid)
        if key is None:
            raise Refused(401, "unknown key")
        claims = self._claims(token, key)
        return Verified(kid, key, claims, _until(claims, self._now()))

    async def _find(self, kid: str) -> jwt.PyJWK | None:
        try:
            return await self._keys.find(kid)
        except NoKeys:
            raise Refused(503, "no keys to check it with") from None

    def _claims(self, token: bytes, key: jwt.PyJWK) -> Mapping[str, Any]:
        """Times are ours to look at, by our clock."""
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                audience=self._settings.app_id,
                issuer=self._settings.cloud.issuer,
                options={
                    "require": ["aud", "exp", "iss"],
                    "strict_aud": True,
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
            raise Refused(401, "not signed for this bot") from None
        if not isinstance(claims.get("serviceurl"), str):
            raise Refused(401, "signed for no serviceUrl")
        return claims


def _kid(token: bytes) -> str:
    """Who says to have signed, which is not yet known. RS256 is the only way that Microsoft signs."""
    try:
        header = read_object(jwt.utils.base64url_decode(token.partition(b".")[0]))
    except ValueError:
        raise Refused(401, "no token") from None
    kid = header.get("kid")
    if header.get("alg") != "RS256" or not isinstance(kid, str) or not kid:
        raise Refused(401, "not signed with RS256")
    return kid


def _until(claims: Mapping[str, Any], now: float) -> float:
    """When it runs out."""
    until, since = _number(claims["exp"]), _number(claims.get("nbf", 0))
    if until + LEEWAY <= now:
        raise Refused(401, "ran out")
    if since - LEEWAY > now:
        raise Refused(401, "not valid yet")
    return until + LEEWAY


def _number(said: object) -> float:
    """Seconds, and no more of them than there can be."""
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said < LATEST:
        raise Refused(401, "no time")
    return said
