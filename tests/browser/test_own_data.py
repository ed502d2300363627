"""A manager changes the point's own data in a real Chromium: on a phone, by keyboard, without JavaScript; and the poster's page."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from distribution.models import CardYear
from pickup_points.models import PickupPoint
from tests import make
from tests.browser.desks import enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG_NAME = "Gemeentelijke Openbare Bibliotheek en Documentatiecentrum Sint-Pieters-Woluwe-Kapelleveldsesteenweg"


@pytest.fixture
def point(card_year: CardYear) -> PickupPoint:
    """A library with three people waiting, and everything filled in."""
    made = make.point(
        "gent",
        year=card_year.year,
        serves="9000",
        name="Bibliotheek De Krook",
        phone="09 000 00 00",
        email="bib@gent.voorbeeld.be",
        website="https://gent.voorbeeld.be/",
        closed="2027-12-25",
    )
    for _ in range(3):
        make.card(make.person(card_year), at=made)
    return made


@pytest.fixture
def site(live_server: LiveServer, point: PickupPoint, context: BrowserContext) -> str:
    """The desk's own address, logged in as its manager."""
    enter(context, live_server.url, make.member(point, is_manager=True).user)
    return f"{live_server.url}/balie/gent/"


def test_own_data_every_step_is_accessible_and_fits(
    site: str, page: Page, check_page: Callable[[Page], None], point: PickupPoint
) -> None:
    page.goto(f"{site}gegevens/")
    check_page(page)

    page.get_by_label("Dinsdag").fill("9-12 11-14")
    page.get_by_role("button", name="Bekijk wat er verandert").click()
    expect(page.get_by_role("alert")).to_contain_text("Dit kunnen we nog niet bewaren.")
    check_page(page)

    page.get_by_role("alert").get_by_role("link", name="Dinsdag").click()
    expect(page.get_by_label("Dinsdag")).to_be_focused()
    expect(page.get_by_label("Dinsdag")).to_have_value("9-12 11-14")
    page.get_by_label("Dinsdag").fill("9u-12u en 13.30-19u")
    page.get_by_label("Laatste dag", exact=True).fill("2027-06-30")
    page.get_by_role("button", name="Bekijk wat er verandert").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kijk na wat er verandert")
    expect(page.get_by_text("3 mensen wachten hier nog op hun kaart.")).to_be_visible()
    check_page(page)

    page.get_by_role("button", name="Bewaar").click()
    expect(page.get_by_role("status")).to_contain_text("Bewaard.")
    expect(page.get_by_role("heading", name="Wie veranderde wat")).to_be_visible()
    check_page(page)
    point.refresh_from_db()
    assert point.hours["di"] == "09:00-12:00 13:30-19:00"


def test_own_data_in_the_dark(site: str, page: Page, check_page: Callable[[Page], None]) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"{site}gegevens/")
    page.get_by_label("Maandag").fill("")
    page.get_by_role("button", name="Bekijk wat er verandert").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Kijk na wat er verandert")
    check_page(page)


def test_own_data_without_javascript_and_by_keyboard(
    site: str, chromium: Browser, live_server: LiveServer, point: PickupPoint
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    enter(context, live_server.url, make.member(point, is_manager=True).user)
    page = context.new_page()
    page.goto(f"{site}gegevens/")

    page.get_by_label("Zaterdag").focus()
    page.keyboard.type("10-12")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kijk na wat er verandert")
    page.get_by_role("button", name="Bewaar").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("Bewaard.")
    point.refresh_from_db()
    assert point.hours["za"] == "10:00-12:00"
    context.close()


def test_poster_page_shows_the_poster_and_is_accessible(
    site: str, page: Page, check_page: Callable[[Page], None], point: PickupPoint
) -> None:
    page.goto(f"{site}affiche/")
    check_page(page)

    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("A3")).click()

    assert download.value.suggested_filename == "affiche-gent-a3.pdf"
    expect(page.locator(".poster-picture")).to_be_visible()


def test_poster_picture_holds_the_longest_name(
    site: str, page: Page, check_page: Callable[[Page], None], point: PickupPoint
) -> None:
    point.name, point.poster_text = LONG_NAME, "Vraag ernaar aan de balie. " * 7
    point.save()
    page.goto(f"{site}affiche/")

    check_page(page)
