"""The doctor on Teams: asks Microsoft itself whether the settings are right, and says what to click if not.

What cannot be seen from outside (whether the messaging endpoint and the Teams channel are set, whether people
have the app) is in docs/teams.md.
"""

import http.client
import json
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from adapters.knock import PATIENCE, check_address
from adapters.remedy import Finding, MendFirst
from adapters.teams.certificate import check_certificate
from adapters.teams.clouds import Cloud, is_here
from adapters.teams.keys import CHANNEL
from adapters.teams.login import Login
from adapters.teams.settings import MESSAGES_PATH, Sdk, TeamsSettings, read_teams

SKEW = timedelta(seconds=60)  # Microsoft refuses what is signed five minutes off
LARGEST = 1_000_000  # bytes of an answer
PACKAGES: Mapping[Sdk, str] = {
    "botbuilder": "botbuilder-core",
    "agents": "microsoft-agents-hosting-core",
}
INSTALL: Mapping[Sdk, str] = {
    "botbuilder": "Install what Cairn needs: pip install --require-hashes -r requirements.txt",
    "agents": "Run: pip install --require-hashes -r requirements-agents.txt, or leave TEAMS_SDK out.",
}
NEVER_REAL = (
    "Whoever reaches Cairn on this machine can speak as anybody. Never with real people: for them, "
    "leave TEAMS_ANONYMOUS out and sign in (docs/teams.md)."
)

SignIn = Callable[[TeamsSettings], object]


def signed_in(settings: TeamsSettings) -> None:
    Login(settings).check()


def examine_teams(environment: Mapping[str, str], sign_in: SignIn = signed_in) -> Iterator[Finding]:
    """Nothing, where Teams is not set up."""
    try:
        settings = read_teams(environment)
    except MendFirst as problem:
        yield Finding("Teams", False, problem.wrong, problem.mend)
        return
    if settings is None:
        return
    yield Finding("Teams", True, settings.described, NEVER_REAL if settings.is_anonymous else "")
    yield _look("Teams SDK", partial(check_sdk, settings.sdk))
    if not settings.is_anonymous:
        yield from _examine_account(settings, sign_in)


def _examine_account(settings: TeamsSettings, sign_in: SignIn) -> Iterator[Finding]:
    if settings.certificate:
        yield _look("Teams certificate", partial(check_certificate, settings.certificate, datetime.now(UTC)))
    yield _look("Teams clock", partial(check_clock, settings))
    yield _look("Teams login", partial(check_login, settings, sign_in))
    yield _look("Teams keys", partial(check_keys, settings.cloud))
    if settings.public_url:
        yield _look("Teams address", partial(check_address, settings.public_url, MESSAGES_PATH))


def _look(about: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(about, True, check())
    except MendFirst as problem:
        return Finding(about, False, problem.wrong, problem.mend)


def check_sdk(sdk: Sdk) -> str:
    package = PACKAGES[sdk]
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        raise MendFirst(f"TEAMS_SDK={sdk} needs {package}, which is not installed.", INSTALL[sdk]) from None


def check_login(settings: TeamsSettings, sign_in: SignIn) -> str:
    sign_in(settings)
    return f"Microsoft lets app {settings.app_id} sign in with its {settings.way}"


def check_clock(settings: TeamsSettings) -> str:
    """By the clock of those who look at what we sign."""
    place = f"{settings.cloud.login}/{settings.tenant}/v2.0/.well-known/openid-configuration"
    headers, *_ = _fetch(place)
    try:
        theirs = parsedate_to_datetime(headers.get("Date", "")).timestamp()
    except ValueError:
        raise _odd(place, "tells no time") from None
    apart = timedelta(seconds=abs(time.time() - theirs))
    if apart > SKEW:
        raise MendFirst(
            f"This machine's clock and Microsoft's are {apart.total_seconds():.0f} seconds apart.",
            "Have it set by a time server (NTP): what is signed at another time is refused.",
        )
    return "the same as Microsoft's"


def check_keys(cloud: Cloud) -> str:
    place = str(_json(cloud.metadata).get("jwks_uri") or "")
    if not place.startswith("https://") and not (cloud.is_local and is_here(place)):
        raise _odd(cloud.metadata, "names no place of the keys")
    listed = _json(place).get("keys")
    keys = [key for key in listed if _signs(key)] if isinstance(listed, list) else []
    if not keys:
        raise _odd(place, "holds no key that signs for Teams")
    return f"{len(keys)} of {urlsplit(place).hostname}, by which Cairn knows that it is Microsoft who calls"


def _signs(key: object) -> bool:
    return isinstance(key, dict) and bool(key.get("kid")) and CHANNEL in key.get("endorsements", [CHANNEL])


def _json(place: str) -> dict[str, Any]:
    _, held, status = _fetch(place)
    if status != 200:
        raise _odd(place, f"answers with {status}")
    try:
        found = json.loads(held)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _odd(place, "answers in another way than Microsoft does")
    return found


def _odd(place: str, what: str) -> MendFirst:
    return MendFirst(
        f"{place} {what}.",
        "Something in between may have answered, such as a proxy: let that address through.",
    )


class _Stay(urllib.request.HTTPRedirectHandler):
    """Whoever sends us elsewhere is not whom we asked."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _fetch(place: str) -> tuple[Message, bytes, int]:
    opener = urllib.request.build_opener(_Stay)
    try:
        with opener.open(place, timeout=PATIENCE) as answer:
            return answer.headers, answer.read(LARGEST), answer.status
    except HTTPError as error:
        with error:
            return error.headers, error.read(LARGEST), error.code
    except (OSError, http.client.HTTPException) as error:
        reason = error.reason if isinstance(error, URLError) else error
        raise MendFirst(
            f"{urlsplit(place).hostname} does not answer: {type(reason).__name__}.",
            "See that this machine may reach it (firewall, HTTPS_PROXY, DNS), and that TEAMS_CLOUD is right.",
        ) from None
