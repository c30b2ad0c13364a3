"""The app package: everything that Teams has to be told about the bot, in one zip, made from one place.

An administrator uploads it once in the Teams admin centre; there is nothing to click together by hand. The
same settings make the same bytes.
"""

import io
import json
import re
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from adapters.addresses import parts_of, public_url
from adapters.remedy import MendFirst
from adapters.teams.settings import GUID, NEEDED

HERE = Path(__file__).parent
PROJECT = HERE.parents[1] / "pyproject.toml"
SCHEMAS = "https://developer.microsoft.com/json-schemas/teams/v1.30"
SCHEMA = f"{SCHEMAS}/MicrosoftTeams.schema.json"
TRANSLATIONS = f"{SCHEMAS}/MicrosoftTeams.Localization.schema.json"
UPLOAD = "Teams admin centre > Teams apps > Manage apps > Actions > Upload new app"
COLOR = "#2f4858"
ICONS = ("color.png", "outline.png")
LANGUAGES = ("de",)  # beside English
LONGEST = {"name": 30, "company": 32, "url": 2048}  # characters
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip knows

Json = dict[str, Any]


@dataclass(frozen=True)
class Owner:
    """What administrators may say of themselves. What they leave out follows from the address."""

    name: str = "Cairn"
    company: str = ""
    website: str = ""
    privacy: str = ""
    terms: str = ""
    version: str = ""  # has to rise with each upload; without it that of this release


def teams_package(app_id: str, url: str, out: Path, owner: Owner | None = None) -> str:
    """Writes it, and says what to do with it."""
    made = package(app_id, url, owner)
    try:
        out.write_bytes(made)
    except OSError as error:
        raise MendFirst(
            f"The package cannot be written to {out}: {error.strerror}.",
            "Choose another place: --out cairn.zip",
        ) from None
    return f"{out} is ready. Upload it: {UPLOAD}."


def package(app_id: str, url: str, owner: Owner | None = None) -> bytes:
    made = manifest(app_id, url, owner)
    files = {"manifest.json": as_json(made)}
    for language in LANGUAGES:
        files[f"{language}.json"] = as_json(translation(language, made["name"]["short"]))
    files |= {icon: (HERE / "icons" / icon).read_bytes() for icon in ICONS}
    held = io.BytesIO()
    with ZipFile(held, "w", ZIP_STORED) as zipped:
        for name, content in files.items():
            entry = ZipInfo(name, LONG_AGO)
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # the same wherever it is made
            zipped.writestr(entry, content)
    return held.getvalue()


def as_json(made: Json) -> bytes:
    return (json.dumps(made, indent=2, ensure_ascii=False) + "\n").encode()


def manifest(app_id: str, url: str, owner: Owner | None = None) -> Json:
    app_id, base, owner = _app_id(app_id), _address(url), owner or Owner()
    said = _listing("en")
    name = _name(owner.name)
    return {
        "$schema": SCHEMA,
        "manifestVersion": "1.30",
        "version": _version(owner.version),
        "id": manifest_id(app_id),
        "developer": _developer(base, owner),
        "name": {"short": name, "full": name},
        "description": {"short": said["short"], "full": said["full"]},
        "localizationInfo": {
            "defaultLanguageTag": "en",
            "additionalLanguages": [
                {"languageTag": language, "file": f"{language}.json"} for language in LANGUAGES
            ],
        },
        "icons": dict(zip(("color", "outline"), ICONS, strict=True)),
        "accentColor": COLOR,
        "defaultInstallScope": "personal",
        "bots": [_bot(app_id, said)],
        "permissions": ["identity"],
        "validDomains": [],
        "webApplicationInfo": {"id": app_id, "resource": f"api://{app_id}"},
    }


def _bot(app_id: str, said: Json) -> Json:
    """Not for channels: nothing of a pair is said where others read it."""
    return {
        "botId": app_id,
        "scopes": ["personal", "groupChat"],
        "isNotificationOnly": False,
        "supportsCalling": False,
        "supportsVideo": False,
        "supportsFiles": True,
        "supportsTargetedMessages": True,
        "commandLists": [
            {
                "scopes": ["personal"],
                "commands": [
                    {"title": command["word"], "description": command["says"], "type": "basic"}
                    for command in said["commands"]
                ],
            }
        ],
    }


def translation(language: str, name: str) -> Json:
    """What stands in the place of the English. A command that somebody chooses there is typed as it reads."""
    said = _listing(language)
    made = {
        "$schema": TRANSLATIONS,
        "name.short": name,
        "name.full": name,
        "description.short": said["short"],
        "description.full": said["full"],
    }
    for number, command in enumerate(said["commands"]):
        place = f"bots[0].commandLists[0].commands[{number}]"
        made |= {f"{place}.title": command["word"], f"{place}.description": command["says"]}
    return made


def manifest_id(app_id: str) -> str:
    """The same for the same bot, so that a new upload takes the place of the old one."""
    return str(uuid.uuid5(uuid.UUID(app_id), "the app package of Cairn"))


def _listing(language: str) -> Json:
    return tomllib.loads((HERE / "listing" / f"{language}.toml").read_text(encoding="utf-8"))


def _developer(base: str, owner: Owner) -> Mapping[str, str]:
    host = parts_of(base).hostname or ""
    company = owner.company.strip() or host[-LONGEST["company"] :].lstrip(".-")
    if len(company) > LONGEST["company"]:
        raise MendFirst(
            f"The name of the company has more than {LONGEST['company']} characters.", "Shorten it: --company"
        )
    return {
        "name": company,
        "websiteUrl": _page("--website", owner.website) or base,
        "privacyUrl": _page("--privacy", owner.privacy) or base,
        "termsOfUseUrl": _page("--terms", owner.terms) or base,
    }


def _page(option: str, written: str) -> str:
    if not written:
        return ""
    if parts_of(written).scheme != "https":
        raise MendFirst(f"{option} does not begin with https://.", "Teams shows no other page.")
    if len(written) > LONGEST["url"]:
        raise MendFirst(f"{option} has more than {LONGEST['url']} characters.", "Choose a shorter address.")
    return written


def _address(url: str) -> str:
    if not url:
        raise MendFirst("Where does Teams reach Cairn?", "Say --url https://cairn.example.com")
    return public_url(url, "Teams", loopback=False)


def _app_id(written: str) -> str:
    if not re.fullmatch(GUID, written.lower()):
        raise MendFirst(
            "A package is for one bot, and TEAMS_APP_ID does not say which.", NEEDED["TEAMS_APP_ID"]
        )
    return written.lower()


def _name(written: str) -> str:
    name = written.strip()
    if not 0 < len(name) <= LONGEST["name"] or not name.isprintable():
        raise MendFirst(
            f"The name of the app has no characters, odd ones, or more than {LONGEST['name']}.",
            "Choose another one: --name Cairn",
        )
    if re.search(r"\b(teams|microsoft)\b", name, re.IGNORECASE):
        raise MendFirst(
            "Microsoft lets no app have Teams or Microsoft in its name.", "Choose another one: --name Cairn"
        )
    return name


def _version(written: str) -> str:
    version = written or tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"]
    if not re.fullmatch(r"(0|[1-9]\d{0,4})(\.(0|[1-9]\d{0,4})){2}", version, re.ASCII):
        raise MendFirst("The version is not three numbers with dots.", "Write it like --version 1.0.1")
    return str(version)
