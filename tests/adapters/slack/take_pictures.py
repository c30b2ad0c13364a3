"""Takes the pictures of docs/slack.md anew: pytest tests/adapters/slack/take_pictures.py"""

from pathlib import Path

import pytest
from playwright.async_api import Locator, expect
from stage import Stage
from world import at

PICTURES = Path(__file__).parents[3] / "docs/pictures"
PLAIN = """
.msg-time, .msg-edited, .msg-hover-actions { display: none }
.msg:hover { background: none }
.modal-overlay { background: white }
"""


@pytest.mark.parametrize("stage", [1.5], indirect=True)
async def test_pictures(stage: Stage) -> None:
    PICTURES.mkdir(exist_ok=True)
    await stage.page.add_style_tag(content=PLAIN)
    await _first_message(stage)
    await stage.meets()
    await _form(stage)
    await _brief(stage)
    await _home(stage)


async def _first_message(stage: Stage) -> None:
    await stage.office.settle()
    await stage.acts_as("Ben Okafor")
    await _take("first-message", stage.card)


async def _form(stage: Stage) -> None:
    await stage.office.until(at("2026-02-16", "17:00", "Europe/Dublin"))
    await stage.acts_as("Ana Byrne")
    await stage.presses("All at once")
    await stage.field("noticed").fill("You ask before you decide.")
    await stage.field("your own week").fill("I promised two teams the same day.")
    await _take("form", stage.form)
    await stage.submits()
    await expect(stage.card).to_contain_text("Saved")


async def _brief(stage: Stage) -> None:
    await stage.acts_as("Ben Okafor")
    for words in ("I have led my first planning.", "skip", "How do you say no to a good idea?"):
        await stage.types(words)
        await expect(stage.page.locator(".msg").last).to_contain_text("APP")
    await stage.office.until(at("2026-02-17", "15:30", "Europe/Dublin"))
    await stage.acts_as("Ana Byrne")
    await _take("brief", stage.card)


async def _home(stage: Stage) -> None:
    await _take("home", (await stage.opens_home()).locator(".blocks"))


async def _take(name: str, what: Locator) -> None:
    await expect(what).to_be_visible()
    await what.page.mouse.move(0, 0)
    await what.screenshot(path=PICTURES / f"slack-{name}.png")
