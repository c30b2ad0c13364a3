"""The app package: what Teams accepts, what docs/teams.md promises, and no more."""

import io
import json
import re
import struct
import tomllib
import zlib
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from jsonschema import Draft7Validator  # type: ignore[import-untyped]

from adapters.remedy import MendFirst
from adapters.teams.icons.draw import COLORED, GROUND, OUTLINED, pixels, svg
from adapters.teams.package import (
    LANGUAGES,
    Owner,
    manifest,
    manifest_id,
    package,
    teams_package,
    translation,
)

ROOT = Path(__file__).parents[3]
SCHEMA = ROOT.parent / "shared/schemas/teams-manifest-1.30.json"
ICONS = ROOT / "adapters/teams/icons"
APP = "11111111-2222-3333-4444-555555555555"
URL = "https://cairn.example.com"
TYPED = ["help", "sessions", "prep", "actions", "goals", "ask", "whose turn", "close", "journal"]
TYPED += ["settings", "pause", "my data"]
OWNERS = [
    None,
    Owner(
        name="Mentoring at Tea House",
        company="Tea House",
        website="https://tea.example/mentoring",
        privacy="https://tea.example/privacy?lang=en",
        terms="https://tea.example/terms",
        version="1.2.30",
    ),
]


def words(language: str) -> set[str]:
    listed = tomllib.loads((ROOT / "prompts" / language / "words.toml").read_text(encoding="utf-8"))
    return {word for said in listed.values() for word in said}


@pytest.mark.parametrize("owner", OWNERS)
def test_teams_accepts_it(owner: Owner | None) -> None:
    if not SCHEMA.exists():
        pytest.skip("the manifest is not held against Teams' schema: it is not beside the repository")
    validator = Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))

    assert [error.message for error in validator.iter_errors(manifest(APP, URL, owner))] == []


@pytest.mark.parametrize("owner", OWNERS)
def test_stays_within_the_limits(owner: Owner | None) -> None:
    made = manifest(APP, URL, owner)

    assert made["manifestVersion"] == "1.30"
    assert re.fullmatch(r"\d+\.\d+\.\d+", made["version"])
    assert len(made["name"]["short"]) <= 30
    assert len(made["description"]["short"]) <= 80
    assert 200 < len(made["description"]["full"]) <= 4000
    assert len(made["developer"]["name"]) <= 32
    assert all(made["developer"][page].startswith("https://") for page in made["developer"] if page != "name")


def test_the_name_is_not_that_of_microsofts_program() -> None:
    assert not re.search("teams|microsoft", json.dumps(manifest(APP, URL)["name"]), re.IGNORECASE)


def test_is_a_bot_for_people_and_for_a_pair_but_not_for_channels() -> None:
    [bot] = manifest(APP, URL)["bots"]

    assert bot["botId"] == APP
    assert bot["scopes"] == ["personal", "groupChat"]
    assert bot["supportsFiles"]
    assert bot["supportsTargetedMessages"]
    assert not bot["isNotificationOnly"]


def test_asks_for_nothing_beyond_its_own_chat() -> None:
    made = manifest(APP, URL)

    assert made.keys().isdisjoint({"authorization", "devicePermissions", "composeExtensions", "staticTabs"})
    assert made["permissions"] == ["identity"]
    assert made["validDomains"] == []


def test_every_command_is_a_word_that_people_may_type() -> None:
    [offered] = manifest(APP, URL)["bots"][0]["commandLists"]
    typed = [command["title"] for command in offered["commands"]]

    assert typed == TYPED
    assert len(typed) <= 12
    assert set(typed) <= words("en")
    assert all(0 < len(command["description"]) <= 128 for command in offered["commands"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_is_whole_and_typed_as_it_reads(language: str) -> None:
    made = translation(language, "Cairn")
    titles = {place: said for place, said in made.items() if place.endswith(".title")}

    assert [*titles] == [f"bots[0].commandLists[0].commands[{number}].title" for number in range(len(TYPED))]
    assert set(titles.values()) <= words(language)
    assert made["name.short"] == made["name.full"] == "Cairn"
    assert len(made["description.short"]) <= 80
    assert 200 < len(made["description.full"]) <= 4000
    assert all(0 < len(said) <= 128 for place, said in made.items() if place.endswith("].description"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translated_command_means_the_same(language: str) -> None:
    ours, theirs = (
        {
            word: command
            for command, said in tomllib.loads(
                (ROOT / "prompts" / spoken / "words.toml").read_text(encoding="utf-8")
            ).items()
            for word in said
        }
        for spoken in ("en", language)
    )
    titles = [said for place, said in translation(language, "Cairn").items() if place.endswith(".title")]

    assert [theirs[word] for word in titles] == [ours[word] for word in TYPED]


def test_the_zip_holds_the_manifest_the_translations_and_two_icons() -> None:
    with ZipFile(io.BytesIO(package(APP, URL))) as zipped:
        assert zipped.testzip() is None
        assert zipped.namelist() == ["manifest.json", "de.json", "color.png", "outline.png"]
        held = json.loads(zipped.read("manifest.json"))
        assert held == manifest(APP, URL)
        assert json.loads(zipped.read("de.json")) == translation("de", "Cairn")
        named = [
            *held["icons"].values(),
            *(it["file"] for it in held["localizationInfo"]["additionalLanguages"]),
        ]
        assert set(named) <= {*zipped.namelist()}


def test_the_name_of_the_owner_stands_in_every_language() -> None:
    with ZipFile(io.BytesIO(package(APP, URL, Owner(name="Tea")))) as zipped:
        assert json.loads(zipped.read("manifest.json"))["name"]["short"] == "Tea"
        assert json.loads(zipped.read("de.json"))["name.short"] == "Tea"


def test_the_same_settings_make_the_same_bytes() -> None:
    assert package(APP, URL) == package(APP.upper(), f"{URL}/")
    assert package(APP, URL) != package(APP, URL, Owner(company="Tea House"))


def test_the_id_is_that_of_the_bot_and_stays() -> None:
    assert manifest_id(APP) == "bfa8c6aa-3bab-5c0f-b5df-6ef842ec32e1"
    assert manifest_id(APP) != manifest_id(APP.replace("1", "2"))


def test_the_pages_of_the_developer_follow_from_the_address() -> None:
    assert manifest(APP, URL)["developer"] == {
        "name": "cairn.example.com",
        "websiteUrl": URL,
        "privacyUrl": URL,
        "termsOfUseUrl": URL,
    }


def test_a_long_address_leaves_a_short_name() -> None:
    made = manifest(APP, f"https://{'a' * 40}.cairn.example.com")

    assert 0 < len(made["developer"]["name"]) <= 32
    assert made["developer"]["name"].endswith("cairn.example.com")


@pytest.mark.parametrize(
    ("wish", "part"),
    [
        ({"app_id": ""}, "TEAMS_APP_ID"),
        ({"app_id": "geheim"}, "TEAMS_APP_ID"),
        ({"url": ""}, "--url"),
        ({"url": "http://cairn.example.com"}, "https://"),
        ({"url": "http://localhost:8000"}, "https://"),
        ({"url": "https://cairn.example.com/api/messages"}, "without a path"),
        ({"name": ""}, "--name"),
        ({"name": "x" * 31}, "--name"),
        ({"name": "Cairn\nfor you"}, "--name"),
        ({"name": "Cairn for Teams"}, "no app have Teams"),
        ({"company": "x" * 33}, "--company"),
        ({"privacy": "http://tea.example"}, "--privacy"),
        ({"terms": "javascript:alert(1)"}, "not the address"),
        ({"website": f"https://tea.example/{'x' * 2048}"}, "--website"),
        ({"version": "1.0"}, "--version"),
        ({"version": "1.0.0-beta"}, "--version"),
        ({"version": "01.0.0"}, "--version"),
    ],
)
def test_an_odd_wish_is_refused_in_two_sentences(wish: dict[str, Any], part: str) -> None:
    who = {"app_id": APP, "url": URL} | {name: wish[name] for name in ("app_id", "url") if name in wish}
    owner = Owner(**{name: value for name, value in wish.items() if name not in who})

    with pytest.raises(MendFirst, match=re.escape(part)) as refused:
        package(**who, owner=owner)

    assert "geheim" not in str(refused.value)


def test_it_is_written_and_said_where_to_upload_it(tmp_path: Path) -> None:
    out = tmp_path / "cairn.zip"

    assert "Manage apps" in teams_package(APP, URL, out)
    assert out.read_bytes() == package(APP, URL)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(MendFirst, match="cannot be written"):
        teams_package(APP, URL, tmp_path / "nowhere" / "cairn.zip")


# The icons


def read_png(file: Path) -> tuple[int, int, list[bytes]]:
    """Width, height, and rows of red, green, blue and alpha, each without a filter."""
    held, at, parts = file.read_bytes(), 8, {}
    while at < len(held):
        length, kind = struct.unpack(">I4s", held[at : at + 8])
        parts[kind] = held[at + 8 : at + 8 + length]
        at += 12 + length
    width, height, depth, kind, *_ = struct.unpack(">IIBBBBB", parts[b"IHDR"])
    assert (depth, kind) == (8, 6)
    raw, step = zlib.decompress(parts[b"IDAT"]), 4 * width + 1
    rows = [raw[row * step : (row + 1) * step] for row in range(height)]
    assert {row[0] for row in rows} == {0}
    return width, height, [row[1:] for row in rows]


def test_the_color_icon_fills_its_square() -> None:
    width, height, rows = read_png(ICONS / "color.png")

    assert (width, height) == (192, 192)
    assert {alpha for row in rows for alpha in row[3::4]} == {255}
    assert len({row[at : at + 3] for row in rows for at in range(0, len(row), 4)}) > 4


def test_the_outline_icon_is_white_on_nothing() -> None:
    width, height, rows = read_png(ICONS / "outline.png")

    assert (width, height) == (32, 32)
    assert {row[at : at + 3] for row in rows for at in range(0, len(row), 4)} == {b"\xff\xff\xff"}
    alphas = [alpha for row in rows for alpha in row[3::4]]
    assert min(alphas) == 0
    assert max(alphas) == 255
    assert 0.25 < sum(alphas) / len(alphas) / 255 < 0.75


@pytest.mark.parametrize(
    ("name", "stones", "ground", "size"),
    [("color", COLORED, GROUND, 192), ("outline", OUTLINED, None, 32)],
)
def test_the_icons_are_what_the_script_draws(name: str, stones: Any, ground: Any, size: int) -> None:
    assert (ICONS / f"{name}.svg").read_text(encoding="utf-8") == svg(stones, ground)
    if size < 100:  # the large one takes seconds
        assert read_png(ICONS / f"{name}.png")[2] == pixels(stones, ground, size)
