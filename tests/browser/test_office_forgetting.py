"""What a teacher asks by mail, done by Klasse in a real Chromium: insight, erasure, and the page of a forgotten year."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from distribution.actions import purge
from distribution.models import CardYear
from pickup_points.models import KlasseRole
from tests.browser.test_office import log_in
from tests.distribution import lived_year, office_year
from tests.distribution.lived_year import IN_SEASON, LivedYear

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def year(card_year: CardYear) -> LivedYear:
    office_year.run(card_year)
    return lived_year.lived(card_year)


@pytest.fixture
def site(live_server: LiveServer, year: LivedYear, context: BrowserContext, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(timezone, "now", lambda: IN_SEASON)
    log_in(context, live_server.url, KlasseRole.OFFICE)
    return f"{live_server.url}/beheer/mensen/"


def walk(page: Page, site: str, year: LivedYear, look: Callable[[Page], None]) -> None:
    """Why, the person, both files, and the person erased."""
    page.goto(f"{site}{year.person.pk}/")
    page.get_by_label("Een leraar vraagt waar de kaart is").check()
    page.get_by_role("button", name="Ga verder").click()
    look(page)
    for name, size in (("Alles als PDF", 5_000), ("Alles als JSON", 500)):
        with page.expect_download() as fetched:
            page.get_by_role("button", name=name).click()
        assert Path(fetched.value.path()).stat().st_size > size
    page.get_by_role("link", name="Wis deze persoon").click()
    look(page)
    page.get_by_label("Waarom").fill("vraag per mail van 3 maart")
    page.get_by_role("button", name="Wis deze persoon").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("(gewist)")
    expect(page.get_by_text("Naam, adres en vrije woorden zijn gewist in 2027.")).to_be_visible()
    look(page)


def walk_by_number(page: Page, site: str, year: LivedYear, look: Callable[[Page], None]) -> None:
    """The number typed, how much there is of it, a file, a slip of the pen, and the person erased."""
    page.goto(site.replace("mensen/", "wissen/"))
    look(page)
    page.get_by_label("Stamboeknummer").fill(year.number)
    page.get_by_label("Waarom").fill("vraag per mail van 3 maart")
    page.get_by_role("button", name="Toon wat we bewaren").click()
    expect(page.get_by_role("heading", level=2).first).to_have_text("In 2027")
    look(page)
    with page.expect_download() as fetched:
        page.get_by_role("button", name="Alles als PDF").click()
    assert Path(fetched.value.path()).stat().st_size > 5_000
    page.get_by_label("Typ het stamboeknummer nog eens").fill(year.number[:-1] + "x")
    page.get_by_role("button", name="Wis deze persoon").click()
    expect(page.get_by_text("Dit is niet hetzelfde stamboeknummer. Er is niets gewist.")).to_be_visible()
    look(page)
    page.get_by_label("Typ het stamboeknummer nog eens").fill(year.number)
    page.get_by_role("button", name="Wis deze persoon").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gewist")
    expect(page.get_by_text("Stamboeknummer per kaartjaar")).to_be_visible()
    expect(page).to_have_url(site.replace("mensen/", "wissen/"))
    look(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_insight_and_erasure_by_number(
    site: str, page: Page, year: LivedYear, check_page: Callable[[Page], None], scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]

    walk_by_number(page, site, year, check_page)


def test_insight_and_erasure_by_number_without_javascript(
    site: str, year: LivedYear, chromium: Browser, context: BrowserContext
) -> None:
    bare = chromium.new_context(java_script_enabled=False, locale="nl-BE")
    bare.add_cookies(context.cookies())  # type: ignore[arg-type]

    walk_by_number(bare.new_page(), site, year, lambda _: None)

    bare.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_insight_and_erasure(
    site: str, page: Page, year: LivedYear, check_page: Callable[[Page], None], scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]

    walk(page, site, year, check_page)

    purge.purge_year(year.card_year, days=90, at=IN_SEASON, force="proef")
    page.reload()
    expect(page.get_by_text("Dit kaartjaar is gewist")).to_be_visible()
    check_page(page)


def test_the_same_without_javascript(site: str, year: LivedYear, chromium: Browser, context: BrowserContext) -> None:
    bare = chromium.new_context(java_script_enabled=False, locale="nl-BE")
    bare.add_cookies(context.cookies())  # type: ignore[arg-type]

    walk(bare.new_page(), site, year, lambda _: None)

    bare.close()
