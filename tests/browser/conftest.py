"""A real Chromium: what every page must pass, and the means to look at one.

A missing Chromium fails the run; nothing here is ever skipped.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.conftest import NOW

CHROMIUM = "/usr/bin/chromium"
# How long something may take to appear, on a machine that does other work beside it.
expect.set_options(timeout=20_000)
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PHONE = {"width": 390, "height": 844}
NARROWEST = {"width": 320, "height": 640}
# 200 % zoom of a 1280 pixel wide window leaves the page 640 CSS pixels.
ZOOMED = {"width": 640, "height": 400}
# 200 % zoom of a phone of 390 pixels wide.
PHONE_ZOOMED = {"width": 195, "height": 422}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
IS_WHOLE = """() => document.readyState === 'complete'
  && [...document.querySelectorAll('link[rel=stylesheet]')].every(e => e.sheet)"""
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, input, select, summary')]
  .filter(e => e.checkVisibility() && !e.matches('.skip, [type=hidden]') && getComputedStyle(e).display !== 'inline')
  .filter(e => { const r = e.getBoundingClientRect(); return r.width < 24 || r.height < 24 })
  .map(e => e.outerHTML)"""

# Text that runs off the screen, and words that anyone's eye takes in at once but that are broken over two lines.
UNREADABLE = """() => {
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const parent = text.parentElement;
    // What only a screen reader reads takes one pixel.
    if (parent.closest('.visually-hidden, .skip, script, template') || !parent.checkVisibility() || getComputedStyle(parent).clipPath !== 'none') continue;
    for (const word of text.data.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const lines = [...range.getClientRects()];
      const isCut = lines.some(line => line.right > document.documentElement.clientWidth + 1 || line.left < -1);
      const isBroken = word[0].length <= 12 && !/[-\\/@–]/.test(word[0]) && new Set(lines.map(line => Math.round(line.top))).size > 1;
      if (isCut || isBroken) found.push(word[0]);
    }
  }
  return found;
}"""


@dataclass
class Watched:
    """A page and everything it complained about since it was opened."""

    page: Page
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def today() -> Iterator[None]:
    """It is NOW when the test begins, and time goes on: a browser waits for it."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh visitor: no cookies, no cache, Dutch, a phone."""
    context = chromium.new_context(locale="nl-BE", timezone_id="Europe/Brussels", viewport=PHONE)  # type: ignore[arg-type]
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def watched(context: BrowserContext) -> Watched:
    page = context.new_page()
    watched = Watched(page)

    def heard(message: ConsoleMessage) -> None:
        # A refused status (403, 404) is what some pages are about; Chromium logs it as an error of the network.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            watched.complaints.append(message.text)

    def failed(request: Request) -> None:
        # Aborted: the next page was asked for before this one had everything.
        if request.failure != "net::ERR_ABORTED":
            watched.complaints.append(f"failed: {request.url} {request.failure}")

    page.on("console", heard)
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    page.on("requestfailed", failed)
    return watched


@pytest.fixture
def page(watched: Watched) -> Page:
    return watched.page


@pytest.fixture
def check_page(watched: Watched) -> Callable[[Page], None]:
    """Asserts that the page as it stands is accessible, quiet, and fits 320 px and 200 % zoom."""

    def check(page: Page) -> None:
        # After a click the next page may still be on its way, without its style sheets.
        page.wait_for_function(IS_WHOLE)
        # First what the page itself complained about: a stylesheet that did not come makes everything below fail.
        assert watched.complaints == []
        found = Axe().run(page, options=AXE_RULES).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
        was = page.viewport_size
        for size in (NARROWEST, ZOOMED):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            assert page.evaluate(OVERFLOW) <= 0, f"scrolls sideways at {size['width']} px"
            assert page.evaluate(SMALL_TARGETS) == []
        if was:
            page.set_viewport_size(was)
        # CSP violations reach the console as errors.
        assert watched.complaints == []

    return check


@pytest.fixture
def check_zoomed_phone() -> Callable[[Page], None]:
    """Asserts that at 200 % zoom on a phone nothing scrolls sideways, nothing is cut off and words stay whole."""

    def check(page: Page) -> None:
        page.wait_for_function(IS_WHOLE)
        was = page.viewport_size
        page.set_viewport_size(PHONE_ZOOMED)  # type: ignore[arg-type]
        assert page.evaluate(UNREADABLE) == []
        assert page.evaluate(OVERFLOW) <= 0, "scrolls sideways"
        assert page.evaluate(SMALL_TARGETS) == []
        if was:
            page.set_viewport_size(was)

    return check
