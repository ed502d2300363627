"""Counting and closing in a real Chromium: on a phone, by keyboard, without JavaScript, in the dark; and the sheet to hang up."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pypdfium2 import PdfDocument
from pytest_django.live_server_helper import LiveServer

from distribution.models import CardYear, Settlement, StockCount
from pickup_points.desks import Desk
from tests import make
from tests.browser.desks import enter
from tests.conftest import BRUSSELS, NOW
from tests.distribution import settled

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AFTER_THE_SEASON = dt.datetime(2027, 7, 14, 10, 0, tzinfo=BRUSSELS)
LONG_NAME = "Gemeentelijke Openbare Bibliotheek en Documentatiecentrum Sint-Pieters-Woluwe-Kapelleveldsesteenweg"
PAGES = ["", "aankomst/", "jaar/", "einde/", "afsluiten/"]


@pytest.fixture
def desk(card_year: CardYear, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A manager of a point with 50 cards in three boxes, 20 of them marked; after the season."""
    made = make.member(make.point("gent", year=2027, name=LONG_NAME), is_manager=True)
    cards = settled.cards(card_year, 50, at=made.point)
    settled.printed(card_year)
    settled.handed_over(cards[:20], desk=made, at=NOW)
    monkeypatch.setattr(timezone, "now", lambda: AFTER_THE_SEASON)
    return made


@pytest.fixture
def site(live_server: LiveServer, desk: Desk, context: BrowserContext) -> str:
    log_in(context, desk, live_server.url)
    return f"{live_server.url}/balie/gent/tellen/"


def log_in(context: BrowserContext, desk: Desk, url: str) -> None:
    enter(context, url, desk.user)
    context.set_default_timeout(20_000)


def count(page: Page, cards: int) -> None:
    page.get_by_label("Hoeveel kaarten liggen er nog?").fill(str(cards))
    page.get_by_role("button", name="Bewaar de telling").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_step_is_accessible_and_fits(
    site: str, page: Page, check_page: Callable[[Page], None], scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for path in PAGES:
        page.goto(site + path)
        check_page(page)

    page.goto(site + "jaar/")
    page.get_by_role("button", name="Meld deze kaarten").click()
    expect(page.get_by_label("Hoeveel kaarten?")).to_have_attribute("aria-invalid", "true")
    check_page(page)


def test_count_recount_close_and_hang_up_on_a_phone(
    site: str, page: Page, desk: Desk, check_page: Callable[[Page], None]
) -> None:
    page.goto(site)
    page.get_by_role("link", name="Tel wat aankwam").click()
    for box, cards in (("Doos 1", "20"), ("Doos 2", "19"), ("Doos 3", "10")):
        page.get_by_label(box).fill(cards)
    page.get_by_role("button", name="Bewaar").click()
    expect(page.get_by_text("1 minder")).to_be_visible()
    check_page(page)

    page.get_by_role("link", name="Verder: tijdens het jaar").click()
    page.get_by_label("Hoeveel kaarten?").fill("4")
    page.get_by_label("Wat gebeurde ermee?").fill("naar de school gebracht")
    page.get_by_role("button", name="Meld deze kaarten").click()
    expect(page.get_by_role("button", name="Trek in 4 kaarten, naar de school gebracht")).to_be_visible()
    check_page(page)

    page.get_by_role("link", name="Verder: wat is er over?").click()
    count(page, 13)
    expect(page.get_by_text("Tel nog één keer")).to_be_in_viewport()
    check_page(page)
    count(page, 20)
    expect(page.get_by_text("Tel nog een laatste keer")).to_be_in_viewport()
    count(page, 20)
    expect(page.get_by_text("20 kaarten over")).to_be_visible()
    page.get_by_label("Een deel wel, een deel niet").check()
    page.get_by_role("button", name="Bewaar je antwoord").click()
    check_page(page)

    page.get_by_role("link", name="Verder: nakijken en afsluiten").click()
    expect(page.get_by_text("Er gingen 9 kaarten meer mee dan er zijn aangeduid.")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Sluit 2027 af").click()
    expect(page.get_by_role("heading", name="Dank je wel!")).to_be_visible()
    expect(page.locator(".count-big")).to_have_text("29")
    check_page(page)

    link = page.get_by_role("link", name="Bekijk het blad om op te hangen")
    pdf = page.context.request.get(page.url.rstrip("/").removesuffix("/bedankt") + "/bedankt.pdf")
    assert str(link.get_attribute("href")).endswith("/tellen/bedankt.pdf")
    assert (pdf.status, len(PdfDocument(pdf.body()))) == (200, 1)
    assert Settlement.objects.get(point=desk.point).summary["left_over_counts"] == [13, 20, 20]


def test_closing_without_a_count_by_keyboard_alone(site: str, page: Page) -> None:
    page.goto(site + "afsluiten/")

    page.get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Sluit 2027 af")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_text("minstens 20")).to_be_visible()
    expect(page.get_by_text("tussen 20 en 50")).to_be_visible()


def test_counting_works_without_javascript(live_server: LiveServer, desk: Desk, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="nl-BE")
    log_in(context, desk, live_server.url)
    page = context.new_page()

    page.goto(f"{live_server.url}/balie/gent/tellen/einde/")
    count(page, 30)
    expect(page.get_by_text("30 kaarten over")).to_be_visible()
    page.get_by_text("Toch opnieuw geteld?").click()
    count(page, 29)
    expect(page.get_by_text("29 kaarten over")).to_be_visible()
    context.close()

    assert list(StockCount.objects.values_list("counted", flat=True)) == [30, 29]
