"""The page in a real browser: seen, pressed, typed into, and driven by the keyboard alone."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, cast

import pytest
import uvicorn
from chromium import QUIETLY, find_chromium
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)
from teahouse import PICTURE, open_world
from world import World

from adapters.web.server import playground
from bot.database import connect
from bot.prompts import Prompts

WIDE, NARROW = (1280, 800), (390, 844)
PATIENCE = 15_000  # milliseconds


@dataclass
class House:
    """A playground that is being served, and can be closed and opened again at the same address."""

    world: World
    port: int = 0
    doors: list[tuple[uvicorn.Server, threading.Thread]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> None:
        app = playground(self.world.bot, self.world.clock)
        settings = uvicorn.Config(app, port=self.port, log_level="error", timeout_graceful_shutdown=1)
        server = uvicorn.Server(settings)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        _wait(lambda: server.started)
        self.port = server.servers[0].sockets[0].getsockname()[1]
        self.doors.append((server, thread))

    def close(self) -> None:
        while self.doors:
            server, thread = self.doors.pop()
            server.should_exit = True
            thread.join()


def _wait(is_so: Any) -> None:
    until = time.monotonic() + PATIENCE / 1000
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = find_chromium()
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=[*QUIETLY])


@pytest.fixture
def house(sqlite: str, prompts: Prompts) -> Iterator[House]:
    engine = connect(sqlite)
    house = House(open_world(engine, prompts))
    house.open()
    yield house
    house.close()
    engine.dispose()


@dataclass
class Window:
    """A window of the browser, which remembers what a careful visitor would complain about."""

    context: BrowserContext
    page: Page
    house: House
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._note_complaint)
        self.page.on("pageerror", self._note_error)
        self.page.on("request", self._note_stranger)

    def _note_complaint(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.errors.append(said.text)

    def _note_error(self, error: Error) -> None:
        self.errors.append(error.message)

    def _note_stranger(self, asked: Request) -> None:
        if not asked.url.startswith(self.house.address):
            self.strangers.append(asked.url)

    @property
    def people(self) -> Locator:
        return self.page.get_by_role("navigation", name="Choose who you are")

    def be(self, name: str) -> None:
        self.people.get_by_role("link", name=name).click()
        expect(self.chat(name)).to_be_visible()

    def chat(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=name, exact=True)

    def log(self, name: str) -> Locator:
        return self.chat(name).get_by_role("log")

    def type(self, name: str, words: str) -> None:
        box = self.page.get_by_role("textbox", name=f"Write to Cairn as {name}")
        box.fill(words)
        box.press("Enter")


@contextmanager
def open_window(
    browser: Browser, house: House, size: tuple[int, int] = WIDE, **options: Any
) -> Iterator[Window]:
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce", **options
    )
    window = Window(context, context.new_page(), house)
    window.watch()
    window.page.goto(house.address)
    expect(window.page.get_by_role("link", name="Ben Okafor").first).to_be_attached()
    yield window
    context.close()
    assert window.errors == []
    assert window.strangers == []


@pytest.fixture
def window(browser: Browser, house: House) -> Iterator[Window]:
    with open_window(browser, house) as window:
        yield window


expect.set_options(timeout=PATIENCE)


# Who you are


def test_you_choose_a_person_and_see_them_beside_their_partner(window: Window) -> None:
    window.be("Ben Okafor")

    expect(window.log("Ben Okafor")).to_contain_text("Hello Ben. Tea is ready.")
    expect(window.chat("Ben Okafor")).to_contain_text("Mentee in Denver")
    expect(window.chat("Ben Okafor")).to_contain_text("Mon 2 Feb, 09:00")
    expect(window.chat("Ana Byrne")).to_contain_text("Mon 2 Feb, 16:00")
    expect(window.chat("Ana Byrne")).to_contain_text("public holiday")
    expect(window.page).to_have_title("Ben Okafor · Cairn playground")


def test_people_are_found_by_name_city_role_or_partner(window: Window) -> None:
    people = window.people
    search = window.page.get_by_role("searchbox")

    search.fill("dublin")
    expect(people.get_by_role("link")).to_have_count(1)
    expect(people.get_by_role("link")).to_contain_text("Ana Byrne")
    search.fill("mentee")
    expect(people.get_by_role("link")).to_contain_text("Ben Okafor")
    search.fill("nobody at all")

    expect(people).to_contain_text("Nobody fits that.")


def test_what_has_not_been_read_is_marked_until_it_is_seen(window: Window) -> None:
    ben = window.people.get_by_role("link", name="Ben")
    expect(ben).to_contain_text("2 unread")

    window.be("Ben Okafor")
    expect(ben).not_to_contain_text("unread")
    window.page.reload()

    expect(ben).not_to_contain_text("unread")


def test_the_address_says_who_is_shown(window: Window) -> None:
    window.be("Ana Byrne")
    window.page.reload()
    expect(window.chat("Ana Byrne")).to_be_visible()

    window.page.go_back()

    expect(window.page.get_by_role("heading", name="Half a year of mentoring")).to_be_visible()


def test_a_mentor_of_two_is_seen_beside_either_and_a_new_pair_at_once(window: Window) -> None:
    world = window.house.world
    leo = world.add("Leo Santos", "America/Sao_Paulo", arrives=False)
    window.be("Ana Byrne")
    expect(window.chat("Ben Okafor")).to_be_visible()

    world.pair(leo, world.people["ana@example.org"])
    window.page.get_by_role("button", name="+1 hour").click()
    window.page.get_by_role("combobox", name="Which partner of Ana Byrne").select_option("Leo Santos")

    expect(window.chat("Leo Santos")).to_contain_text("Sao Paulo")
    expect(window.chat("Ben Okafor")).to_have_count(0)


# What you do


def test_a_pressed_card_is_replaced_and_keeps_the_focus(window: Window) -> None:
    window.be("Ben Okafor")

    window.chat("Ben Okafor").get_by_role("button", name="Pour", exact=True).click()

    expect(window.log("Ben Okafor").get_by_role("article")).to_have_count(2)
    expect(window.log("Ben Okafor").get_by_role("article").first).to_contain_text("You pressed: Pour")
    expect(window.chat("Ben Okafor").get_by_role("button", name="Pour again")).to_be_focused()


def test_a_kept_card_stays_and_is_answered_below(window: Window) -> None:
    window.be("Ben Okafor")

    window.chat("Ben Okafor").get_by_role("button", name="Smell").dblclick()

    expect(window.log("Ben Okafor")).to_contain_text("You pressed: Smell")
    expect(window.log("Ben Okafor")).to_contain_text("Smoky.")
    expect(window.chat("Ben Okafor").get_by_role("button", name="Smell")).to_be_focused()


def test_typed_words_are_sent_with_enter_and_shown_as_they_were_typed(window: Window) -> None:
    window.be("Ben Okafor")
    box = window.page.get_by_role("textbox", name="Write to Cairn as Ben Okafor")

    box.press_sequentially("<b>Tee</b>")
    box.press("Shift+Enter")
    box.press_sequentially("**und** Kuchen")
    box.press("Enter")

    mine = window.log("Ben Okafor").get_by_role("article").filter(has_text="You")
    expect(mine.locator(".words")).to_have_text("<b>Tee</b>\n**und** Kuchen")
    expect(window.log("Ben Okafor").get_by_role("article").last.get_by_role("button")).not_to_have_count(0)
    expect(box).to_have_value("")
    expect(box).to_be_focused()


def test_words_typed_in_a_hurry_all_arrive_in_order(window: Window) -> None:
    window.be("Ben Okafor")

    for words in ("one", "two", "three"):
        window.type("Ben Okafor", words)

    expect(window.log("Ben Okafor").locator(".words")).to_have_text(["one", "two", "three"])


def test_somebody_who_reads_back_is_not_pulled_away_by_what_is_new(window: Window) -> None:
    window.be("Ben Okafor")
    for n in range(6):
        window.type("Ben Okafor", f"line {n}")
    expect(window.log("Ben Okafor").get_by_role("article")).to_have_count(14)
    top = "document.querySelector('.log').scrollTop"

    window.log("Ben Okafor").hover()
    window.page.mouse.wheel(0, -5000)
    more = window.chat("Ben Okafor").get_by_role("button", name="More below")
    window.page.wait_for_timeout(100)
    window.chat("Ben Okafor").get_by_role("button", name="Smell").click()

    expect(more).to_be_visible()
    assert window.page.evaluate(top) == 0
    more.click()
    assert window.page.evaluate(top) > 0


def test_words_of_people_and_files_are_shown_for_what_they_are(window: Window) -> None:
    window.be("Ben Okafor")

    window.type("Ben Okafor", "tea files")

    expect(window.log("Ben Okafor").locator("dd")).to_have_text("<b>Earl</b>\n **Grey**")
    with window.page.expect_download() as download:
        window.page.get_by_role("link", name="tea at four.ics").click()
    assert download.value.suggested_filename == "tea at four.ics"


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_picture_is_seen_and_says_what_it_shows(
    browser: Browser, house: House, width: tuple[int, int]
) -> None:
    with open_window(browser, house, width) as window:
        window.be("Ben Okafor")
        window.type("Ben Okafor", "tea picture")
        figure = window.log("Ben Okafor").get_by_role("figure")
        image = figure.get_by_role("img", name=PICTURE.alt)

        expect(image).to_be_visible()
        expect(figure).to_contain_text(PICTURE.title)
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == PICTURE.size[0]
        box = image.bounding_box()
        assert box is not None
        assert box["width"] <= width[0]
        assert abs(box["width"] / box["height"] - PICTURE.size[0] / PICTURE.size[1]) < 0.1  # a border


def test_a_picture_that_does_not_come_leaves_its_words(window: Window) -> None:
    window.page.route("**/pictures/**", lambda route: route.fulfill(status=404))
    window.be("Ben Okafor")

    window.type("Ben Okafor", "tea picture")

    expect(window.log("Ben Okafor").get_by_text(PICTURE.alt)).to_be_visible()
    window.errors.clear()  # the browser says that it did not come


def test_a_form_tells_a_mistake_at_its_field_and_keeps_what_was_typed(window: Window) -> None:
    window.be("Ben Okafor")
    window.chat("Ben Okafor").get_by_role("button", name="Order").click()
    form = window.page.get_by_role("dialog", name="Your order")
    leaf = form.get_by_role("textbox", name="Which leaf")
    expect(leaf).to_have_accessible_description("Black or green")

    leaf.fill("coffee")
    form.get_by_role("textbox", name="Why").fill("It is early")
    form.get_by_role("checkbox", name="Milk").check()
    form.get_by_role("radio", name="Large").check()
    form.get_by_role("button", name="Send it").click()

    expect(leaf).to_be_focused()
    expect(leaf).to_have_accessible_description("Black or green That is not a tea.")
    expect(form.get_by_role("alert")).to_have_text("Nothing was ordered yet.")
    expect(form.get_by_role("textbox", name="Why")).to_have_value("It is early")

    leaf.fill("green")
    leaf.press("Enter")

    expect(form).to_have_count(0)
    expect(window.log("Ben Okafor").get_by_role("article").first).to_contain_text(
        "Ordered: green, m, l, 16:00."
    )


def test_a_form_is_not_sent_while_something_it_needs_is_missing_or_too_long(window: Window) -> None:
    window.be("Ben Okafor")
    window.type("Ben Okafor", "tea")
    form = window.page.get_by_role("dialog", name="Your order")
    leaf = form.get_by_role("textbox", name="Which leaf")

    form.get_by_role("button", name="Send it").click()
    expect(leaf).to_have_accessible_description("Black or green Please fill this in.")
    leaf.fill("x" * 23)
    form.get_by_role("button", name="Send it").click()

    expect(form).to_contain_text("This is 3 characters too long. Nothing is cut off")
    expect(leaf).to_have_value("x" * 23)


def test_what_was_typed_into_a_form_is_still_there_when_it_is_opened_again(window: Window) -> None:
    window.be("Ben Okafor")
    order = window.chat("Ben Okafor").get_by_role("button", name="Order")
    order.click()
    window.page.get_by_role("textbox", name="Why").fill("A long story")

    window.page.keyboard.press("Escape")
    expect(order).to_be_focused()
    order.click()

    expect(window.page.get_by_role("textbox", name="Why")).to_have_value("A long story")
    expect(window.page.get_by_role("dialog")).to_contain_text("still in it")


# The clock


def test_time_goes_on_and_says_what_came_of_it(window: Window) -> None:
    window.be("Ben Okafor")

    window.page.get_by_role("button", name="Until something happens").click()

    told = window.page.locator("#happened")
    expect(told).to_have_text("Tue 3 Feb, 02:00 in Denver · 2 messages arrived, for Ana")
    expect(window.page.locator("#now")).to_have_text("Tue 3 Feb, 02:00 in Denver")
    expect(window.log("Ana Byrne")).to_contain_text("Hello Ana. Tea is ready.")
    expect(window.log("Ana Byrne").get_by_role("heading")).to_have_text("Tuesday 3 February 2026")
    expect(window.chat("Ben Okafor")).to_contain_text("quiet hours")

    window.page.get_by_role("button", name="Until something happens").click()
    expect(told).to_contain_text("Nothing more happens by itself.")
    window.page.get_by_role("button", name="+1 week").click()

    expect(told).to_have_text("Tue 10 Feb, 02:00 in Denver · Nothing arrived")


def test_what_happens_in_one_window_is_seen_in_the_other(
    browser: Browser, house: House, window: Window
) -> None:
    window.be("Ben Okafor")
    with open_window(browser, house) as other:
        other.be("Ben Okafor")

        window.chat("Ben Okafor").get_by_role("button", name="Pour", exact=True).click()
        expect(other.log("Ben Okafor")).to_contain_text("Poured.")
        other.page.get_by_role("button", name="+1 day").click()

        expect(window.log("Ana Byrne")).to_contain_text("Hello Ana.")
        expect(window.page.locator("#now")).to_have_text("Tue 3 Feb, 09:00 in Denver")


# When something goes wrong


def test_when_the_server_is_gone_the_words_are_kept_and_sent_once_it_is_back(
    browser: Browser, house: House
) -> None:
    with open_window(browser, house) as window:
        window.be("Ben Okafor")
        box = window.page.get_by_role("textbox", name="Write to Cairn as Ben Okafor")

        house.close()
        window.type("Ben Okafor", "tea files")
        expect(window.chat("Ben Okafor").get_by_role("alert")).to_contain_text(
            "Your words are still in the box"
        )
        expect(box).to_have_value("tea files")
        expect(window.page.locator("#offline")).to_contain_text("does not answer")
        window.errors.clear()  # the browser's own word about the connection

        house.open()
        expect(window.page.locator("#offline")).to_be_hidden()
        box.press("Enter")
        expect(window.log("Ben Okafor")).to_contain_text("Your invitation.")
        expect(window.log("Ben Okafor").get_by_text("tea files", exact=True)).to_have_count(1)
        window.errors.clear()


# For everybody


NEED_A_NAME = {
    *("button", "link", "textbox", "searchbox", "checkbox", "radio", "combobox", "dialog", "log", "heading"),
    *("navigation", "region", "group", "article", "Date", "InputTime"),
}


def nameless(window: Window) -> list[str]:
    """What somebody who listens to the page would meet without a name."""
    nodes = window.context.new_cdp_session(window.page).send("Accessibility.getFullAXTree")["nodes"]
    met = [node for node in nodes if not node["ignored"] and node["role"]["value"] in NEED_A_NAME]
    assert met
    return [node["role"]["value"] for node in met if not node.get("name", {}).get("value")]


def test_everything_works_by_keyboard_alone(window: Window) -> None:
    keys = window.page.keyboard

    keys.press("Tab")
    expect(window.page.get_by_role("link", name="Skip to")).to_be_focused()
    _tab_to(window.page, window.people.get_by_role("link", name="Ana Byrne"))
    keys.press("Enter")
    expect(window.page.get_by_role("heading", name="Ana Byrne")).to_be_focused()
    _tab_to(window.page, window.chat("Ben Okafor").get_by_role("button", name="Order"))
    keys.press("Enter")
    expect(window.page.get_by_role("textbox", name="Which leaf")).to_be_focused()
    keys.type("green")
    keys.press("Enter")

    expect(window.log("Ben Okafor")).to_contain_text("Ordered: green")


def _tab_to(page: Page, wanted: Locator, most: int = 60) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the Tab key does not lead to {wanted}")


def test_on_a_narrow_screen_one_chat_is_in_front(browser: Browser, house: House) -> None:
    with open_window(browser, house, NARROW) as window:
        window.be("Ben Okafor")
        expect(window.chat("Ana Byrne")).to_be_hidden()
        window.page.get_by_role("button", name="What’s next").click()
        tab = window.page.get_by_role("navigation", name="Whose chat").get_by_role("button", name="Ana Byrne")
        expect(tab).to_contain_text("2 unread")

        assert nameless(window) == []
        tab.click()

        expect(window.log("Ana Byrne")).to_contain_text("Hello Ana.")
        expect(window.chat("Ben Okafor")).to_be_hidden()
        expect(tab).not_to_contain_text("unread")
        assert not window.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        window.page.get_by_role("link", name="All people").click()
        expect(window.people).to_be_visible()


def test_every_control_and_landmark_has_a_name(window: Window) -> None:
    assert nameless(window) == []

    window.be("Ben Okafor")
    window.type("Ben Okafor", "tea files")
    expect(window.page.get_by_role("link", name="tea at four.ics")).to_be_visible()
    assert nameless(window) == []

    window.chat("Ben Okafor").get_by_role("button", name="Order").click()
    expect(window.page.get_by_role("dialog")).to_be_visible()
    assert nameless(window) == []


def test_headings_and_landmarks_give_the_page_its_shape(window: Window) -> None:
    window.be("Ben Okafor")

    levels = window.page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
    ids = window.page.evaluate("[...document.querySelectorAll('[id]')].map(element => element.id)")

    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(ids) == len(set(ids))
    for landmark in ("banner", "main"):
        expect(window.page.get_by_role(cast(Any, landmark))).to_have_count(1)


def test_a_message_says_who_spoke_to_whom_and_when(window: Window) -> None:
    window.be("Ben Okafor")

    first = window.log("Ben Okafor").get_by_role("article").first

    expect(first).to_have_accessible_name("Cairn to Ben Okafor, Monday 2 February 2026, 09:00")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read_against_what_is_behind_it(browser: Browser, house: House, scheme: str) -> None:
    with open_window(browser, house, color_scheme=scheme) as window:
        pale = window.page.evaluate(TOO_PALE)
        window.be("Ben Okafor")
        window.type("Ben Okafor", "tea files")
        expect(window.page.get_by_role("link", name="tea at four.ics")).to_be_visible()
        window.type("Ben Okafor", "tea picture")
        expect(window.page.get_by_role("img", name=PICTURE.alt)).to_be_visible()
        pale += window.page.evaluate(TOO_PALE)
        window.chat("Ben Okafor").get_by_role("button", name="Order").click()
        window.page.get_by_role("button", name="Send it").click()
        expect(window.page.get_by_text("Please fill this in.")).to_be_visible()
        pale += window.page.evaluate(TOO_PALE)

    assert pale == []


# WCAG 2.2, 1.4.3: 4.5 to 1, and 3 to 1 for large text
TOO_PALE = """() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const isText = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim();
  const pale = [];
  for (const element of document.querySelectorAll("body *")) {
    const isShown = element.checkVisibility() && !element.closest(".unseen, .skip, svg");
    if (!isShown || ![...element.childNodes].some(isText)) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(numbers(style.color)), light(behind(element))].sort((x, y) => y - x);
    const isLarge = parseFloat(style.fontSize) >= 24;
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (isLarge ? 3 : 4.5)) pale.push(`${element.textContent}: ${ratio.toFixed(2)}`);
  }
  return pale;
}"""
