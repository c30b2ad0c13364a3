"""Our own token for the connector: by password, certificate or managed identity.

login = Login(settings)
await login.token()

msal does the talking and blocks while it does, even where its application is only made. It has a thread of
its own here; whoever needs a token meanwhile waits for the one login that is under way.
"""

import asyncio
import json
import logging
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import msal  # type: ignore[import-untyped]
import requests

from adapters.remedy import MendFirst
from adapters.teams.port import NotReached
from adapters.teams.settings import TeamsSettings

log = logging.getLogger(__name__)

EARLY = 300  # seconds before its end a token is not used any more
SECONDS = 10  # for each of the two calls of a login
PATIENCE = 25  # seconds, for all of it; looking a name up has no limit of its own
PAGE = "https://entra.microsoft.com > App registrations > your bot"
ERROR = re.compile(r"AADSTS(\d{4,8})")
NAME = re.compile(r"\w{1,40}", re.ASCII)
KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.+?-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL)
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
REMEDIES = {
    "7000215": (
        "Microsoft says that TEAMS_APP_PASSWORD is wrong",
        f"Make a new secret at {PAGE} > Certificates & secrets, and copy its value (not its id).",
    ),
    "7000222": (
        "TEAMS_APP_PASSWORD has expired",
        f"Make a new secret at {PAGE} > Certificates & secrets, and copy its value.",
    ),
    "700016": (
        "Microsoft finds no app TEAMS_APP_ID in the tenant TEAMS_TENANT_ID",
        f"Copy both from {PAGE} > Overview. A bot of a single tenant is known in that tenant alone.",
    ),
    "90002": (
        "Microsoft knows no tenant TEAMS_TENANT_ID",
        f"Copy the directory (tenant) id from {PAGE} > Overview, and see that TEAMS_CLOUD is right.",
    ),
    "700027": (
        "The certificate is not registered for TEAMS_APP_ID, or another one is",
        f"Upload it at {PAGE} > Certificates & secrets > Certificates.",
    ),
}


@dataclass(frozen=True)
class _Kept:
    token: str = field(repr=False)
    ends: float  # on the monotonic clock


class _Failed(Exception):
    """`code` is Microsoft's number, or the name of what went wrong: nothing that is secret."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Login:
    def __init__(self, settings: TeamsSettings) -> None:
        self._settings = settings
        self._application: Any = None
        self._kept = _Kept("", 0)
        self._under_way: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "teams-login")

    async def token(self) -> str:
        """Empty where there is nobody to log in to. Raises NotReached."""
        if self._settings.is_anonymous:
            return ""
        if not self._is_good_for(EARLY):
            await self._one_login()
        return self._kept.token

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def check(self) -> None:
        """For the doctor: says in plain words what has to be mended."""
        if self._settings.is_anonymous:
            return
        try:
            self._log_in()
        except _Failed as failed:
            raise self._remedy(failed.code) from None

    def _is_good_for(self, seconds: float) -> bool:
        return monotonic() + seconds < self._kept.ends

    async def _one_login(self) -> None:
        if self._under_way is None or self._under_way.done():
            self._under_way = asyncio.create_task(self._renew())
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.shield(self._under_way)  # one who gives up leaves it to the others
        except TimeoutError:
            raise NotReached("no login: no answer") from None

    async def _renew(self) -> None:
        try:
            self._kept = await asyncio.get_running_loop().run_in_executor(self._thread, self._log_in)
        except _Failed as failed:
            if not self._is_good_for(0):
                raise NotReached(f"no login: {failed.code}") from None
            log.warning("no new login to Teams, the old one still holds: %s", failed.code)

    # In the thread

    def _log_in(self) -> _Kept:
        try:
            if self._application is None:
                self._application = self._made()
            began = monotonic()
            answer = self._asked()
        except _Failed:
            raise
        except Exception as error:  # its words name the tenant and more
            raise _Failed(_code(f"{error} {error.__context__}") or self._name(error)) from None
        return _kept(answer, began)

    def _name(self, error: Exception) -> str:
        from_far = isinstance(error, OSError | json.JSONDecodeError) or "authority" in str(error)
        is_ours = self._settings.certificate is not None and not from_far
        return "the certificate or its key cannot be used" if is_ours else type(error).__name__

    def _made(self) -> Any:
        settings = self._settings
        if settings.way == "managed identity":
            identity = msal.UserAssignedManagedIdentity(client_id=settings.app_id)
            return msal.ManagedIdentityClient(identity, http_client=_Near())
        return msal.ConfidentialClientApplication(
            settings.app_id,
            client_credential=self._credential(),
            authority=f"{settings.cloud.login.rstrip('/')}/{settings.tenant}",
            instance_discovery=False,  # the clouds are ours to name (clouds.py)
            timeout=SECONDS,
        )

    def _credential(self) -> str | dict[str, str]:
        path = self._settings.certificate
        if path is None:
            return self._settings.password
        try:
            pem = path.read_text(encoding="ascii")
        except (OSError, ValueError):
            raise _Failed("the certificate's file cannot be read") from None
        key, certificates = KEY.search(pem), CERTIFICATE.findall(pem)
        if key is None or not certificates:
            raise _Failed("the certificate's file lacks the certificate or its key")
        return {"private_key": key[0], "public_certificate": "\n".join(certificates)}

    def _asked(self) -> Mapping[str, Any]:
        scope = self._settings.cloud.scope.removesuffix("/.default")
        if self._settings.way == "managed identity":
            return self._application.acquire_token_for_client(resource=scope) or {}
        return self._application.acquire_token_for_client([f"{scope}/.default"]) or {}

    def _remedy(self, code: str) -> MendFirst:
        wrong, mend = REMEDIES.get(code, ("", ""))
        if wrong:
            return MendFirst(f"{wrong} (AADSTS{code}).", mend)
        if code.isdigit():
            return MendFirst(
                f"Microsoft does not log the bot in (AADSTS{code}).",
                f"https://login.microsoftonline.com/error?code={code} explains it.",
            )
        if "certificate" in code:
            return MendFirst(
                f"The bot does not log in: {code}.",
                "It has to be a PEM file with the certificate and its RSA key, without a password on it.",
            )
        if self._settings.way == "managed identity":
            return MendFirst(
                f"No token for the managed identity TEAMS_APP_ID: {code}.",
                "Assign that identity to this machine or container in Azure. Elsewhere, use a certificate.",
            )
        return MendFirst(
            f"{self._settings.cloud.login} does not answer: {code}.",
            "See that this machine may reach it (firewall, HTTPS_PROXY, DNS), and that TEAMS_CLOUD is right.",
        )


class _Near(requests.Session):
    """For the identity's address beside this machine: no proxy on the way, and no waiting for ever."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def request(self, *of: Any, **more: Any) -> requests.Response:
        return super().request(*of, **{"timeout": SECONDS, **more})


def _kept(answer: Mapping[str, Any], began: float) -> _Kept:
    token = answer.get("access_token")
    if not token:
        codes = answer.get("error_codes") or [_code(str(answer.get("error_description")))]
        name = str(codes[0] or answer.get("error"))
        raise _Failed(name if NAME.fullmatch(name) else "no token")
    return _Kept(str(token), began + float(answer.get("expires_in") or 0))


def _code(words: str) -> str:
    found = ERROR.search(words)
    return found[1] if found else ""
