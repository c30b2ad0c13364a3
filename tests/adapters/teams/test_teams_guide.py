"""docs/teams.md: what it quotes is said, what it offers is there."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from adapters.teams.package import Owner
from adapters.teams.settings import read_teams

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs/teams.md").read_text(encoding="utf-8")
SAYING = ("settings", "doctor", "certificate", "login")
ANYTHING = "\0"


def section(title: str) -> str:
    found = re.search(rf"^##+ {re.escape(title)}\n(.*?)(?=^## |\Z)", GUIDE, re.DOTALL | re.MULTILINE)
    assert found, title
    return found[1]


def sentences() -> Iterator[list[str]]:
    """What somebody may be told, word by word; what is only known then may be anything."""
    files = [ROOT / "adapters/knock.py", *(ROOT / f"adapters/teams/{name}.py" for name in SAYING)]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr | ast.Constant):
                parts = node.values if isinstance(node, ast.JoinedStr) else [node]
                said = (str(part.value) if isinstance(part, ast.Constant) else ANYTHING for part in parts)
                yield words("".join(said))


def words(said: str) -> list[str]:
    return [word.strip(".,:;") for word in said.split()]


def is_said(quote: str) -> bool:
    quoted = words(quote)
    return any(
        alike(said[at : at + len(quoted)], quoted)
        for said in sentences()
        for at in range(len(said) - len(quoted) + 1)
    )


def alike(said: list[str], quoted: list[str]) -> bool:
    patterns = (re.escape(word).replace(ANYTHING, ".+") for word in said)
    return sum(ANYTHING in word for word in said) <= len(said) / 2 and all(
        re.fullmatch(pattern, word) for pattern, word in zip(patterns, quoted, strict=True)
    )


@pytest.mark.parametrize(
    "quote", re.findall(r"^\|[^|]*\| `([^`]+)` \|", section("What goes wrong"), re.MULTILINE)
)
def test_what_it_quotes_is_what_the_doctor_says(quote: str) -> None:
    assert is_said(quote)


def test_a_quote_of_nobody_is_found_out() -> None:
    assert not is_said("TEAMS_APP_PASSWORD is on holiday until Monday")


def test_it_names_every_option_of_the_package_and_no_other() -> None:
    options = re.findall(r"^\| `--([a-z]+)` \|", section("4. The app package"), re.MULTILINE)

    assert options == [field.name for field in fields(Owner)]


def test_the_trial_on_one_machine_starts() -> None:
    trial = section("Try it on one machine")
    settings = read_teams(dict(re.findall(r"^export (TEAMS_[A-Z_]+)=(\S+)$", trial, re.MULTILINE)))

    assert settings
    assert settings.is_anonymous
    config = (ROOT / "examples/playground.yml").read_text(encoding="utf-8")
    assert settings.tenants == {*re.findall(r"^tenantId: (\S+)$", config, re.MULTILINE)}
    assert len(re.findall(r"^  - id: 29:", config, re.MULTILINE)) == 5
    assert "@microsoft/m365agentsplayground@0.2.28" in trial


def test_who_sits_in_front_of_the_emulator_is_on_the_roster_of_the_example() -> None:
    config = (ROOT / "examples/playground.yml").read_text(encoding="utf-8")
    roster = (ROOT / "examples/roster.csv").read_text(encoding="utf-8")

    assert all(f"{email}," in roster for email in re.findall(r"email: (\S+)", config)[:2])


def test_every_link_of_its_own_leads_somewhere() -> None:
    titles = re.findall(r"^#+ (.+)$", GUIDE, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles}

    assert {*re.findall(r"\]\(#([^)]+)\)", GUIDE)} <= anchors
    for path in re.findall(r"\]\((?!https?://|#|pictures/)([^)#]+)", GUIDE):
        assert (ROOT / "docs" / path).exists(), path
