"""The pages about places in a real Chromium: readable by everyone, on a small phone, with a keyboard alone, without JavaScript."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from distribution.models import CardYear
from pickup_points.models import ServedPostcode
from tests import make
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONGEST = "Gemeentelijke Openbare Bibliotheek en Documentatiecentrum Sint-Pieters-Woluwe-Kapelleveldsesteenweg"
FIRST_VISIT_BYTES = 100_000


@pytest.fixture
def site(live_server: LiveServer, card_year: CardYear) -> str:
    """Two points in Gent, one of them with everything long, and one elsewhere."""
    make.point(
        "gent",
        year=card_year.year,
        serves="9000 9030",
        name="Bibliotheek De Krook",
        phone="09 000 00 00",
        email="bibliotheek.de.krook.met.een.lang.adres@gent.voorbeeld.be",
        website="https://gent.voorbeeld.be/",
        latitude=51.0535,
        longitude=3.72194,
    )
    other = make.point(
        "gent-2", year=card_year.year, serves="9040", name=LONGEST, street="Burgemeester-Vanderstraetenlaan" * 3
    )
    ServedPostcode.objects.create(point=other, year=card_year.year, postcode="9000", is_choice=True)
    make.point(
        "hasselt", year=card_year.year, serves="3500", name="Bib Hasselt", postcode="3500", municipality="Hasselt"
    )
    return f"{live_server.url}/afhaalpunten/"


@pytest.mark.parametrize(
    "path", ["", "?zoek=9000", "?zoek=8000", "?zoek=nergens", "?zoek=16203040856", "gent/", "gent-2/"]
)
def test_page_is_accessible_and_fits(site: str, page: Page, check_page: Callable[[Page], None], path: str) -> None:
    page.goto(site + path)

    check_page(page)


@pytest.mark.parametrize("path", ["", "?zoek=9000", "?zoek=nergens", "gent/"])
def test_page_is_readable_at_200_percent_on_a_phone(
    site: str, page: Page, check_zoomed_phone: Callable[[Page], None], path: str
) -> None:
    page.goto(site + path)

    check_zoomed_phone(page)


@pytest.mark.parametrize("path", ["", "gent/"])
def test_page_is_accessible_in_the_dark(site: str, page: Page, check_page: Callable[[Page], None], path: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(site + path)

    check_page(page)
    expect(page.locator("img.dot-map")).to_have_js_property("currentSrc", f"{site}{path}kaart-donker.svg")


def test_list_opened_is_accessible_and_fits(site: str, page: Page, check_page: Callable[[Page], None]) -> None:
    page.goto(site)

    for summary in page.locator("summary").all():
        summary.click()

    expect(page.get_by_role("link", name=LONGEST)).to_be_visible()
    check_page(page)


def test_searching_with_the_keyboard_alone(site: str, page: Page) -> None:
    page.goto(site)

    page.get_by_label("Postcode of gemeente").focus()
    page.keyboard.type("gent")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Afhaalpunten voor Gent")).to_be_visible()
    found = page.get_by_role("link", name="Bibliotheek De Krook").first
    page.get_by_label("Postcode of gemeente").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(found).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Bibliotheek De Krook")


def test_the_first_link_skips_to_the_content(site: str, page: Page) -> None:
    page.goto(f"{site}gent/")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_everything_works_without_javascript(site: str, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()

    page.goto(site)
    page.get_by_label("Postcode of gemeente").fill("9000")
    page.get_by_role("button", name="Zoek").click()
    page.get_by_role("link", name="Bibliotheek De Krook").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Bibliotheek De Krook")
    context.close()


@pytest.mark.parametrize("path", ["", "gent/"])
def test_first_visit_is_light(site: str, watched: Watched, path: str) -> None:
    sizes: list[int] = []
    watched.page.on("response", lambda response: sizes.append(len(response.body())))

    watched.page.goto(site + path, wait_until="networkidle")

    assert 1 <= sum(sizes) < FIRST_VISIT_BYTES


def test_page_asks_nothing_of_other_sites(site: str, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"{site}gent/", wait_until="networkidle")

    home = site.removesuffix("/afhaalpunten/")
    assert [url for url in asked if not url.startswith((home, "data:"))] == []


def test_page_of_a_point_prints_without_the_frame(site: str, page: Page) -> None:
    page.goto(f"{site}gent/")

    page.emulate_media(media="print")

    expect(page.locator(".site-header")).to_be_hidden()
    expect(page.locator("img.dot-map")).to_be_hidden()
    expect(page.get_by_text("Open de komende zeven dagen")).to_be_visible()
