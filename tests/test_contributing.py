"""The story that CONTRIBUTING.md shows works as it stands there."""

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import Engine
from world import World

from bot.actions import Action, _known
from bot.prompts import read_prompts
from bot.stories import STORIES
from bot.story import together

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.fixture
def thanks(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The story as a module of its own; the action it makes known is forgotten afterwards."""
    module = ModuleType("thanks")
    monkeypatch.setitem(sys.modules, "thanks", module)
    monkeypatch.delitem(_known, "thanks.send", raising=False)
    exec(_block("python"), module.__dict__)  # noqa: S102 - our own words, as a reader would run them
    return module


def _block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    assert found
    return found[1]


def test_the_example_story_tells_the_partner(engine: Engine, thanks: ModuleType, tmp_path: Path) -> None:
    for file in (ROOT / "prompts").glob("*/*.toml"):
        (tmp_path / file.parent.name).mkdir(exist_ok=True)
        (tmp_path / file.parent.name / file.name).write_text(
            file.read_text(encoding="utf-8"), encoding="utf-8"
        )
    (tmp_path / "en" / "thanks.toml").write_text(_block("toml"), encoding="utf-8")
    world = World(engine, read_prompts(tmp_path), story=together([*STORIES, thanks.thanks]))
    ben, ana = world.add("Ben Okafor", "America/Denver"), world.add("Ana Byrne", "Europe/Dublin")
    pair = world.meet(ben, ana)
    thank: Action = thanks.Thank(pair.id)

    ben.presses(thank)
    world.forward(hours=1)

    assert "I let Ana know." in ben.reads
    assert "Ben says thank you." in ana.reads
