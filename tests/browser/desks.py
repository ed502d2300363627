"""A desk in a real Chromium: someone logged in at a library with cards, and what the device keeps of them."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from distribution.models import Card, CardYear
from pickup_points.desks import Desk
from pickup_points.models import User
from tests import make
from tests.conftest import NOW

NAMES = (
    ("Aerts", "Bo"),
    ("Claes", "Dirk"),
    ("De Smet", "Elif"),
    ("D'Hondt", "Fien"),
    ("Goossens", "Gust"),
    ("Hermans", "Ine"),
    ("Jacobs", "Jef"),
    ("Lemmens", "Kaat"),
    ("Maes", "Lore"),
    ("Peeters", "Mo"),
    ("Van den Broeck", "Nele"),
    ("Wouters", "Çelik"),
)
# Everything IndexedDB and the caches hold, as text a thief could read: bytes as letters, keys of no use.
EVERYTHING_KEPT = """async () => {
  const letters = (thing) => {
    if (thing instanceof ArrayBuffer) return new TextDecoder("latin1").decode(thing);
    if (ArrayBuffer.isView(thing)) return new TextDecoder("latin1").decode(thing);
    if (Array.isArray(thing)) return thing.map(letters).join(" ");
    if (thing && typeof thing === "object") return Object.entries(thing).map(([key, one]) => key + "=" + letters(one)).join(" ");
    return String(thing);
  };
  const asked = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const kept = {};
  for (const { name } of await indexedDB.databases()) {
    const database = await asked(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      kept[store] = (await asked(database.transaction(store).objectStore(store).getAll())).map(letters);
    }
    database.close();
  }
  kept.caches = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      kept.caches.push(request.url + " " + await (await cache.match(request)).text());
    }
  }
  kept.local = [JSON.stringify(localStorage)];
  return kept;
}"""


@dataclass
class Counter:
    """The counter of a library: the page of someone who is logged in there, and the cards that lie in its box."""

    page: Page
    context: BrowserContext
    site: LiveServer
    desk: Desk
    cards: list[Card]

    @property
    def url(self) -> str:
        return f"{self.site.url}/balie/{self.desk.point.code}/"

    def open(self, page: Page | None = None) -> Page:
        """The desk with its list on the device and its worker awake."""
        page = page or self.page
        page.goto(self.url)
        page.locator("html[data-list=kept]").wait_for()
        page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
        page.wait_for_function("caches.has('balie-schil')")
        return page

    def cut(self) -> None:
        self.context.set_offline(True)

    def mend(self) -> None:
        self.context.set_offline(False)

    def status(self) -> str:
        return self.page.locator("[data-queue] [data-slot=link]").inner_text()

    def wait_for_status(self, text: str, *, page: Page | None = None, timeout: float = 10_000) -> None:
        (page or self.page).get_by_text(text, exact=True).wait_for(timeout=timeout)

    def type(self, term: str) -> None:
        self.page.locator("#q").fill("")
        self.page.locator("#q").press_sequentially(term)

    def hand_over(self, card: Card, term: str = "") -> None:
        """Finds a card by its name and gives it away, as people do."""
        self.type(term or card.person.last_name)
        item = self.page.locator(f"li[data-card='{card.number}']")
        item.get_by_role("button", name="Geef af").click()
        self.page.locator("[data-answer=done]", has_text=card.person.last_name).wait_for()

    def kept(self) -> dict[str, list[str]]:
        kept: dict[str, list[str]] = self.page.evaluate(EVERYTHING_KEPT)
        return kept


def log_in(context: BrowserContext, site: LiveServer, desk: Desk) -> None:
    enter(context, site.url, desk.user)


def enter(context: BrowserContext, url: str, user: User) -> None:
    """Let someone be logged in in this browser, without the login page."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])


def counter(page: Page, context: BrowserContext, site: LiveServer, card_year: CardYear, **point: Any) -> Counter:
    """A library with twelve cards, and one of its people at the desk, in January."""
    desk = make.member(make.point("bib-balie", year=card_year.year, name="Bibliotheek De Leeshoek", **point))
    cards = [make.card(make.person(card_year, last, first), at=desk.point) for last, first in NAMES]
    log_in(context, site, desk)
    context.clock.set_system_time(NOW)
    # The first page starts the whole site, and its list and its worker come on top.
    context.set_default_timeout(20_000)
    return Counter(page, context, site, desk, cards)
