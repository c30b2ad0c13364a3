"""Settings for Teams: who the bot is, how it signs in, and whose people it talks with.

It signs in with a password, a certificate, or the managed identity of the machine in Azure. For an emulator
on this machine there is an anonymous way. What is half there or contradicts itself is refused.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from adapters.addresses import is_this_machine, parts_of, public_url
from adapters.loopback import is_loopback
from adapters.remedy import MendFirst
from adapters.teams.clouds import CLOUDS, Cloud, local_cloud

MESSAGES_PATH = "/api/messages"  # where Teams comes to

Sdk = Literal["botbuilder", "agents"]
Way = Literal["password", "certificate", "managed identity", "anonymous"]

REGISTRATION = "Entra admin centre > App registrations > your app"
SECRETS_PAGE = f"{REGISTRATION} > Certificates & secrets"
BOT_PAGE = "Azure portal > your bot > Configuration"
SECRETS = ("TEAMS_APP_PASSWORD", "TEAMS_APP_CERTIFICATE")
WAYS: Mapping[str, Way] = {
    "TEAMS_APP_PASSWORD": "password",
    "TEAMS_APP_CERTIFICATE": "certificate",
    "TEAMS_MANAGED_IDENTITY": "managed identity",
}
SPEAKS = ("TEAMS_APP_ID", *WAYS, "TEAMS_TENANT_ID", "TEAMS_ALLOWED_TENANTS", "TEAMS_ANONYMOUS")
NEEDED = {
    "TEAMS_APP_ID": f"Copy the Microsoft App ID from {BOT_PAGE}.",
    "TEAMS_TENANT_ID": f"Copy the Directory (tenant) ID from {REGISTRATION} > Overview.",
}
WHOSE = (
    "Name the tenants whose people may use it: TEAMS_ALLOWED_TENANTS=<Directory (tenant) ID>, "
    "from Entra admin centre > Overview."
)
GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
EMULATED = r"[0-9a-f-]{1,64}"  # emulators have ids that are not quite GUIDs


@dataclass(frozen=True)
class TeamsSettings:
    way: Way
    cloud: Cloud
    app_id: str = ""
    tenant: str = ""  # the bot's own, where it logs in
    tenants: frozenset[str] = frozenset()  # whose people it talks with
    sdk: Sdk = "botbuilder"
    password: str = field(default="", repr=False)
    certificate: Path | None = None  # a PEM file: the certificate and its key
    public_url: str = ""  # without a slash at the end

    @property
    def is_anonymous(self) -> bool:
        """A local emulator: nobody signs anything, and everything is on this machine."""
        return self.way == "anonymous"

    @property
    def has_dialogs(self) -> bool:
        """The emulators have none: a form stands in the card instead."""
        return not self.is_anonymous

    @property
    def described(self) -> str:
        whose = "one tenant" if len(self.tenants) == 1 else f"{len(self.tenants)} tenants"
        if self.is_anonymous:
            return f"{whose}, ANONYMOUS: only for an emulator on this machine ({self.sdk})"
        where = "" if self.cloud.name == "public" else f" of {self.cloud.name}"
        return f"{whose}{where}, signed in with a {self.way} ({self.sdk})"


def read_teams(environment: Mapping[str, str]) -> TeamsSettings | None:
    """Nothing, where nothing is said of Teams."""
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    if not any(given.get(name) for name in SPEAKS):
        return None
    way = _way(given)
    shape = EMULATED if way == "anonymous" else GUID
    if way == "anonymous":
        _check_alone(given)
    else:
        _check_whole(given)
    return TeamsSettings(
        way=way,
        cloud=_cloud(given, way),
        app_id=_guid(given, "TEAMS_APP_ID", shape),
        tenant=_guid(given, "TEAMS_TENANT_ID", shape),
        tenants=_tenants(given, shape),
        sdk=_sdk(given),
        password=_password(given) if way == "password" else "",
        certificate=_certificate(given) if way == "certificate" else None,
        public_url=public_url(given["CAIRN_URL"], "Teams") if given.get("CAIRN_URL") else "",
    )


def _way(given: Mapping[str, str]) -> Way:
    ways = [name for name in WAYS if given.get(name)]
    for name in ("TEAMS_MANAGED_IDENTITY", "TEAMS_ANONYMOUS"):
        if given.get(name, "1") != "1":
            raise MendFirst(f"{name} is neither 1 nor left out.", f"Write {name}=1, or leave it out.")
    if given.get("TEAMS_ANONYMOUS") and ways:
        raise MendFirst(
            f"TEAMS_ANONYMOUS is for an emulator on this machine, {ways[0]} is for the real Teams.",
            "Leave one of them out.",
        )
    if given.get("TEAMS_ANONYMOUS"):
        return "anonymous"
    if len(ways) > 1:
        raise MendFirst(
            f"{_and(ways)} are there: Cairn signs in one way, not several.",
            "Keep one and leave out the rest.",
        )
    if not ways:
        raise MendFirst(
            "Nothing says how Cairn signs in to Teams.",
            f"Set TEAMS_APP_PASSWORD (a client secret: {SECRETS_PAGE}), TEAMS_APP_CERTIFICATE, "
            "or in Azure TEAMS_MANAGED_IDENTITY=1.",
        )
    return WAYS[ways[0]]


def _check_whole(given: Mapping[str, str]) -> None:
    for name, mend in NEEDED.items():
        if not given.get(name):
            found = _and([there for there in SPEAKS if given.get(there)])
            raise MendFirst(f"{name} is missing: with {found} alone Teams is only half set up.", mend)


def _check_alone(given: Mapping[str, str]) -> None:
    """Whoever reaches an anonymous bot can speak as anybody. So nobody else may reach it."""
    if not is_loopback(given.get("HOST", "127.0.0.1")):
        raise MendFirst(
            "TEAMS_ANONYMOUS lets anybody speak as anybody, and HOST opens Cairn to other machines.",
            "Leave HOST out, or leave out TEAMS_ANONYMOUS and sign in (docs/teams.md).",
        )
    if given.get("CAIRN_URL") and not is_this_machine(parts_of(given["CAIRN_URL"])):
        raise MendFirst(
            "TEAMS_ANONYMOUS lets anybody speak as anybody, and CAIRN_URL is an address for others.",
            "Leave CAIRN_URL out, or leave out TEAMS_ANONYMOUS and sign in (docs/teams.md).",
        )


def _cloud(given: Mapping[str, str], way: Way) -> Cloud:
    name = given.get("TEAMS_CLOUD", "")
    if way == "anonymous" and name:
        raise MendFirst(
            "TEAMS_CLOUD is for the real Teams, TEAMS_ANONYMOUS is for an emulator on this machine.",
            "Leave one of them out.",
        )
    if way == "anonymous":
        return local_cloud()
    if name and name.lower() not in CLOUDS:
        raise MendFirst(
            "TEAMS_CLOUD names no cloud that Cairn knows.",
            f"Write one of {', '.join(CLOUDS)}, or leave it out for public.",
        )
    return CLOUDS[name.lower() or "public"]


def _guid(given: Mapping[str, str], name: str, shape: str) -> str:
    """What is odd is not repeated: it may be a secret in the wrong place."""
    value = given.get(name, "").lower()
    if value and not re.fullmatch(shape, value):
        raise MendFirst(
            f"{name} is not an id: that has 32 digits from 0 to f, in five groups with hyphens.", NEEDED[name]
        )
    return value


def _tenants(given: Mapping[str, str], shape: str) -> frozenset[str]:
    ids = [id_.strip().lower() for id_ in given.get("TEAMS_ALLOWED_TENANTS", "").split(",") if id_.strip()]
    if not ids:
        raise MendFirst("TEAMS_ALLOWED_TENANTS is empty: Cairn would talk with nobody.", WHOSE)
    for number, id_ in enumerate(ids, start=1):
        if not re.fullmatch(shape, id_):
            raise MendFirst(
                f"Number {number} in TEAMS_ALLOWED_TENANTS is not the id of a tenant, such as "
                "8d9c5b0e-6c1f-4b7a-9a53-0f2a7c1d4e6b.",
                WHOSE,
            )
    return frozenset(ids)


def _sdk(given: Mapping[str, str]) -> Sdk:
    name = given.get("TEAMS_SDK", "botbuilder").lower()
    for sdk in get_args(Sdk):
        if sdk == name:
            return sdk  # type: ignore[no-any-return]
    raise MendFirst(
        "TEAMS_SDK names no SDK that Cairn knows.",
        "Write botbuilder or agents, or leave it out for botbuilder.",
    )


def _password(given: Mapping[str, str]) -> str:
    password = given["TEAMS_APP_PASSWORD"]
    if re.fullmatch(GUID, password.lower()):
        raise MendFirst(
            "TEAMS_APP_PASSWORD is the id of a client secret, and not the secret itself.",
            f"Copy the Value, which is shown once; make a new one at {SECRETS_PAGE}.",
        )
    if not re.fullmatch(r"[!-~]+", password):
        raise MendFirst(
            "TEAMS_APP_PASSWORD is not a whole client secret: that has no spaces and no odd characters.",
            f"Copy all of the Value; if it is no longer shown, make a new one at {SECRETS_PAGE}.",
        )
    return password


def _certificate(given: Mapping[str, str]) -> Path:
    """One file with both: what is public, and the key that signs."""
    both = (
        "Name a PEM file that holds the certificate and its key: TEAMS_APP_CERTIFICATE=/etc/cairn/teams.pem"
    )
    written = given["TEAMS_APP_CERTIFICATE"]
    if "-----" in written:
        raise MendFirst("TEAMS_APP_CERTIFICATE holds a certificate or a key instead of a file's name.", both)
    try:
        text = Path(written).read_text(encoding="ascii")
    except UnicodeDecodeError:
        raise MendFirst(
            "The file that TEAMS_APP_CERTIFICATE names is no PEM file.", _converted(both)
        ) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise MendFirst(f"The file that TEAMS_APP_CERTIFICATE names cannot be read ({why}).", both) from None
    if "-----BEGIN ENCRYPTED PRIVATE KEY-----" in text or "Proc-Type: 4,ENCRYPTED" in text:
        raise MendFirst(
            "The key in the file of TEAMS_APP_CERTIFICATE has a passphrase, for which Cairn has no setting.",
            "Write it without one (openssl pkey -in old.pem -out key.pem), readable by Cairn's user alone.",
        )
    for what, pattern in (
        ("certificate", r"-----BEGIN CERTIFICATE-----"),
        ("key", r"-----BEGIN .*PRIVATE KEY-----"),
    ):
        if not re.search(pattern, text):
            raise MendFirst(f"In the file that TEAMS_APP_CERTIFICATE names there is no {what}.", both)
    return Path(written)


def _converted(both: str) -> str:
    return f"{both} A .pfx becomes one with: openssl pkcs12 -in old.pfx -nodes -out teams.pem"


def _and(names: Iterable[str]) -> str:
    return " and ".join(names)
