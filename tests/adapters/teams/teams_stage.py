"""A person in front of the page of Microsoft's Agents Playground, in Chromium.

The page keeps no history: open it before the bot speaks. Opening it installs the bot. It has no dark look.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from chromium import QUIETLY, find_chromium
from playground import Playground
from playwright.async_api import Error, Locator, Page, Route, ViewportSize, async_playwright, expect

PATIENCE = 15_000  # milliseconds
DESK = ViewportSize(width=1280, height=900)
PHONE = 390  # pixels
# The page itself never becomes so narrow; made so, it loses what is in its fields.
NARROW = """(box, width) => {
    let chat = box
    while (parseInt(getComputedStyle(chat).minWidth) !== 600) chat = chat.parentElement
    chat.id = "as-on-a-phone"
    const style = document.createElement("style")
    style.id = "phone"
    style.textContent = `
        #as-on-a-phone { flex: 0 0 ${width}px !important; width: ${width}px !important }
        #as-on-a-phone, #as-on-a-phone > *, #as-on-a-phone > * > * { min-width: 0 !important }
        .fai-OutputCard:has(.ac-adaptiveCard) { width: ${width - 84}px !important }
        .fai-OutputCard > * { width: auto !important }
        .fai-OutputCard { max-width: ${width - 84}px !important; padding: 0 !important }`
    document.head.append(style)
}"""
WIDE = """chat => {
    chat.removeAttribute("id")
    document.getElementById("phone").remove()
}"""


@dataclass
class Stage:
    page: Page
    errors: list[str] = field(default_factory=list)

    async def enter(self, url: str) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", self._note)
        await self.page.route(lambda address: not address.startswith(url), _keep_to_ourselves)
        async with self.page.expect_response(lambda answer: answer.url.endswith("/installation")):
            await self.page.goto(url)
        await expect(self.box).to_be_visible()
        await self._toggle_log()

    def _note(self, error: Error) -> None:
        self.errors.append(error.message)

    @property
    def box(self) -> Locator:
        return self.page.get_by_role("textbox").and_(self.page.locator("[contenteditable]"))

    @property
    def said(self) -> Locator:
        """What the bot has said, message after message."""
        return self.page.locator(".fai-OutputCard")

    @property
    def card(self) -> Locator:
        return self.page.locator(".ac-adaptiveCard").last

    # What they do

    async def types(self, words: str) -> None:
        """One line: the page loses the ends of lines."""
        await self.box.click()
        await self.page.keyboard.insert_text(words)
        await self.page.keyboard.press("Enter")

    def button(self, label: str) -> Locator:
        """The newest that has this on it; a link is a button too."""
        buttons = self.said.get_by_role("button", name=label, exact=True)
        return buttons.or_(self.said.get_by_role("link", name=label, exact=True)).last

    async def presses(self, label: str) -> None:
        await self.button(label).click()

    async def presses_behind_the_dots(self, label: str) -> None:
        await self.said.get_by_role("button", name="More options").last.click()
        await self.page.get_by_role("menuitem", name=label, exact=True).click()

    def field(self, label: str) -> Locator:
        return self.said.get_by_label(label).last

    async def fills(self, label: str, words: str) -> None:
        await self.field(label).fill(words)

    async def picks(self, label: str, choice: str) -> None:
        """Out of a list that opens: days of the week, times."""
        await self.field(label).click()
        await self.page.get_by_role("option", name=choice, exact=True).click()

    async def checks(self, choice: str) -> None:
        """One that stands open: a box or a round one."""
        await self.said.get_by_text(choice, exact=True).last.click()

    async def sets_date(self, label: str, day: date) -> None:
        """A later month than the one it shows, or the same."""
        await self.field(label).click()
        calendar = self.page.get_by_role("dialog")
        shown = datetime.strptime(await calendar.get_by_role("button").first.inner_text(), "%B %Y")  # noqa: DTZ007
        for _ in range((day.year - shown.year) * 12 + day.month - shown.month):
            await calendar.get_by_title("Next month").click()
        await calendar.get_by_role("button", name=f"{day.day}, {day:%B, %Y}", exact=True).click()

    # What they see

    async def sees(self, words: str) -> None:
        await expect(self.said.filter(has_text=words).last).to_be_visible()

    async def reads(self) -> str:
        """All that the bot has said, as it stands there."""
        return "\n".join(await self.said.all_inner_texts())

    async def warnings(self) -> list[str]:
        """What the page says against what the bot sends."""
        await self._toggle_log()
        found = await self.page.get_by_text("Warning:").locator("xpath=..").all_inner_texts()
        await self._toggle_log()
        return found

    async def screenshot(self, path: Path) -> None:
        """Two: as at a desk, and the chat alone, as narrow as on a phone."""
        await self.page.screenshot(path=path.with_suffix(".png"))
        async with self.as_on_a_phone() as chat:
            await chat.screenshot(path=path.with_name(f"{path.stem}-phone.png"))

    @asynccontextmanager
    async def as_on_a_phone(self) -> AsyncIterator[Locator]:
        """The chat alone, and narrow."""
        await self.box.evaluate(NARROW, PHONE)
        chat = self.page.locator("#as-on-a-phone")
        yield chat
        await chat.evaluate(WIDE)

    async def _toggle_log(self) -> None:
        await self.page.get_by_role("button", name="Toggle Log Panel").click()


async def _keep_to_ourselves(route: Route) -> None:
    await route.abort()


@asynccontextmanager
async def open_stage(
    teams: Playground, sharpness: float = 1, height: int = DESK["height"]
) -> AsyncIterator[Stage]:
    """It is the first of the people who sits there."""
    size = ViewportSize(width=DESK["width"], height=height)
    chromium = find_chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=[*QUIETLY])
        stage = Stage(await browser.new_page(viewport=size, device_scale_factor=sharpness))
        await stage.enter(teams.url)
        yield stage
        await browser.close()
    assert stage.errors == []
