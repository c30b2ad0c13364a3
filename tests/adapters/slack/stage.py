"""A stage: Cairn at work in local-slack, and a person in front of its page in Chromium."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from chromium import QUIETLY, find_chromium
from display import Display
from living import meet_every_second_tuesday
from local_slack import local_slack
from office import Office, http, open_office
from playwright.async_api import Error, Locator, Page, ViewportSize, async_playwright, expect
from world import Someone, World

PATIENCE = 15_000  # milliseconds
SIZE = ViewportSize(width=1000, height=900)


@dataclass
class Stage:
    office: Office
    page: Page
    errors: list[str] = field(default_factory=list)

    async def enter(self, address: str) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", self._note)
        await self.page.goto(address)
        await expect(self.page.get_by_label("Act as")).to_be_visible()

    def _note(self, error: Error) -> None:
        self.errors.append(error.message)

    @property
    def ben(self) -> Someone:
        return self.office.world.people["ben@example.org"]

    @property
    def ana(self) -> Someone:
        return self.office.world.people["ana@example.org"]

    async def meets(self) -> None:
        """The two are on their way; it is Ben who sits here."""
        meet_every_second_tuesday(self.office.world, self.ben, self.ana)
        await self.office.settle()
        await self.acts_as("Ben Okafor")

    async def acts_as(self, name: str) -> None:
        """They look at their own chat with the bot."""
        await self.page.get_by_label("Act as").select_option(label=name)
        if await self.sidebar(name).count():
            await self.opens(name)

    def sidebar(self, name: str) -> Locator:
        return self.page.locator(".sidebar-item").filter(has_text=name)

    async def opens(self, place: str) -> None:
        await self.sidebar(place).click()

    async def opens_home(self) -> Locator:
        await self.opens("🏠")
        home = self.page.locator(".home")
        await expect(home.get_by_role("button").first).to_be_visible()
        return home

    async def types(self, words: str) -> None:
        box = self.page.locator(".composer-input")
        await box.fill(words)
        await box.press("Enter")

    def cards(self) -> Locator:
        return self.page.locator(".msg").filter(has=self.page.locator(".badge-app"))

    @property
    def card(self) -> Locator:
        return self.cards().last

    @property
    def form(self) -> Locator:
        return self.page.locator(".modal")

    def field(self, label: str) -> Locator:
        block = self.form.locator(".bk-input").filter(has_text=label)
        return block.locator("input, select").first

    async def presses(self, label: str) -> None:
        """On the newest card that has such a button."""
        await self.page.locator(".msg").get_by_role("button", name=label, exact=True).last.click()

    async def submits(self, **answers: str) -> None:
        """Each by the beginning of its label, in which a line stands for a space."""
        for label, answer in answers.items():
            await self.field(label.replace("_", " ")).fill(answer)
        await self.form.locator(".modal-btn.primary").click()


@asynccontextmanager
async def open_stage(world: World, folder: Path, sharpness: float = 1) -> AsyncIterator[Stage]:
    """Everybody in that Slack is known to the bot. `sharpness` is that of a screen."""
    chromium = find_chromium()
    async with AsyncExitStack() as stack:
        display = await stack.enter_async_context(Display())
        slack = await stack.enter_async_context(local_slack(folder, "events", f"{display.url}/slack/events"))
        display.slack = slack.url
        office = await stack.enter_async_context(open_office(world, http(f"{display.url}/api/")))
        display.bot = office.app
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=chromium, args=[*QUIETLY])
        stage = Stage(office, await browser.new_page(viewport=SIZE, device_scale_factor=sharpness))
        await office.slack.people.find_everybody()
        await stage.enter(slack.url)
        yield stage
        await browser.close()
    assert stage.errors == []
