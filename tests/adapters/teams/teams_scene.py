"""A scene: Cairn at work beside the playground, and one of a pair in front of its page in Chromium.

async with open_scene(world, tmp_path) as scene:
    await scene.office.settle()
    await scene.stage.presses("Start")
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from living import meet_every_second_tuesday
from playground import ANA, BEN, Person, Who
from playground_office import PlaygroundOffice, a_pair, beside_the_playground
from teams_stage import Stage, open_stage
from world import World

NOT_DRAWN = ("Full width", "File Consent Card")  # in the playground, as it says itself


@dataclass
class Scene:
    office: PlaygroundOffice
    stage: Stage

    @property
    def partner(self) -> Person:
        return self.office.teams.people[1]

    async def until(self, then: datetime) -> None:
        await self.office.until(then)

    async def sees(self, words: str) -> None:
        """When all that is due now is there."""
        await self.office.settle()
        await self.stage.sees(words)


@asynccontextmanager
async def open_scene(
    world: World,
    folder: Path,
    *,
    met: bool = True,
    language: str = "en",
    sharpness: float = 1,
    height: int = 900,
    people: tuple[Who, Who] = (BEN, ANA),
) -> AsyncIterator[Scene]:
    """Both have the app. `met`: they know each other and meet every second Tuesday; or else they are new.

    The first of the people sits there. The language is Ben's.
    """
    ben, ana = a_pair(world, language)
    if met:
        meet_every_second_tuesday(world, ben, ana)
    else:
        world.pair(ben, ana)
    async with (
        beside_the_playground(world, folder, people=people) as office,
        open_stage(office.teams, sharpness, height) as stage,
    ):
        await office.teams.people[1].installs()
        await office.settle()
        yield Scene(office, stage)
        assert [said for said in await stage.warnings() if not any(one in said for one in NOT_DRAWN)] == []
        office.all_is_well()
