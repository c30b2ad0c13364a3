"""What README and CONTRIBUTING tell a newcomer to type is there, and what is installed is pinned."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from app import cli

ROOT = Path(__file__).parent.parent
GUIDES = {name: (ROOT / name).read_text() for name in ("README.md", "CONTRIBUTING.md", "Makefile", ".ci/run")}
MAKEFILE = GUIDES["Makefile"]
TARGETS = set(re.findall(r"^(\w+):", MAKEFILE, re.MULTILINE))
COMMANDS = set(get_command(cli).commands)  # type: ignore[attr-defined]
FILE = re.compile(r"\b(?:adapters|bot|docs|examples|migrations|prompts|tests)/[\w/.-]+\.\w+")
EXAMPLE = "thanks"  # the story that a reader is shown how to write
PINNED = re.compile(
    r"^([\w.-]+)(?:\[[\w,]+\])?==[^\\]+\\\n((?:\s+--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
WANTED = {
    "requirements.txt": PROJECT["project"]["dependencies"],
    "requirements-agents.txt": PROJECT["project"]["optional-dependencies"]["agents"],
    "requirements-dev.txt": PROJECT["dependency-groups"]["dev"],
}


@pytest.mark.parametrize("guide", GUIDES)
def test_every_make_target_that_is_named_is_there(guide: str) -> None:
    assert set(re.findall(r"^\s*`?make (\w+)", GUIDES[guide], re.MULTILINE)) <= TARGETS


@pytest.mark.parametrize("guide", GUIDES)
def test_every_command_that_is_named_is_there(guide: str) -> None:
    assert set(re.findall(r"python app\.py (\w+)", GUIDES[guide])) <= COMMANDS


@pytest.mark.parametrize("guide", ["README.md", "CONTRIBUTING.md"])
def test_every_file_that_is_named_is_there(guide: str) -> None:
    named = {name for name in FILE.findall(GUIDES[guide]) if EXAMPLE not in name}

    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_ci_checks_and_tests() -> None:
    assert {"make check", "make test"} <= set(GUIDES[".ci/run"].splitlines())
    subprocess.run(["bash", "-n", ROOT / ".ci/run"], check=True)


@pytest.mark.parametrize("file", WANTED)
def test_everything_that_is_installed_is_pinned_by_its_hash(file: str) -> None:
    locked = (ROOT / file).read_text()
    pinned = {name.lower() for name, _ in PINNED.findall(locked)}

    assert {re.split(r"[\[<>=~! ]", wanted)[0].lower() for wanted in WANTED[file]} <= pinned
    assert len(pinned) == len(re.findall(r"^[\w.-]+.*==", locked, re.MULTILINE))
    assert "://" not in locked
