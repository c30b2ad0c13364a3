"""Takes the pictures of docs/teams.md anew: pytest tests/adapters/teams/take_teams_pictures.py -k sqlite"""

from pathlib import Path

from playground import ANA, BEN
from playwright.async_api import Locator, expect
from teams_scene import Scene, open_scene
from world import World, at

PICTURES = Path(__file__).parents[3] / "docs/pictures"
SHARPNESS = 1.5
TALL = 1300  # pixels


async def test_a_first_message(world: World, tmp_path: Path) -> None:
    async with open_scene(world, tmp_path, met=False, sharpness=SHARPNESS) as scene:
        await scene.sees("Hello Ben")
        await _take(scene, "first-message", scene.stage.card)


async def test_a_form_and_a_brief(world: World, tmp_path: Path) -> None:
    """Ana sits there."""
    people = (ANA, BEN)
    async with open_scene(world, tmp_path, sharpness=SHARPNESS, height=TALL, people=people) as scene:
        stage = scene.stage
        await scene.until(at("2026-02-16", "17:00", "Europe/Dublin"))
        await stage.fills("What have you noticed", "You ask before you decide.")
        await stage.fills("What from your own week", "I promised two teams the same day.")
        await _take(scene, "form", stage.card)
        await stage.presses("Save")
        await stage.sees("Saved, that is all")
        ben = {"win": "I have led my first planning.", "want": "How do you say no to a good idea?"}
        await scene.partner.presses("Save", ben)
        await scene.until(at("2026-02-17", "15:30", "Europe/Dublin"))
        await stage.sees("Your brief")
        await _take(scene, "brief", stage.card)


async def _take(scene: Scene, name: str, what: Locator) -> None:
    PICTURES.mkdir(exist_ok=True)
    await expect(what).to_be_visible()
    await scene.stage.page.mouse.move(0, 0)
    await what.screenshot(path=PICTURES / f"teams-{name}.png")
