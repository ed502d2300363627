"""/beheer/ in a real Chromium: every page on a phone, in the dark, without JavaScript; from a count to who it is about."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from distribution.actions import years
from distribution.models import CardYear
from pickup_points.models import KlasseRole, PointChange
from tests.browser.desks import enter
from tests.conftest import NOW
from tests.distribution import office_year
from tests.distribution.office_year import IN_SEASON

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = [
    "",
    "?jaar=2026",
    "punten/",
    "punten/?aandacht=niet-afgesloten",
    "punten/gent/",
    "punten/aalst/",
    "aandacht/postcodes-zonder-afhaalpunt/",
    "aandacht/mensen-zonder-afhaalpunt/",
    "aandacht/stil/",
    "aandacht/overdrachten/",
    "aandacht/sinds-het-bevriezen/",
    "aandacht/afrekening-klopt-niet/",
    "aandacht/niet-afgesloten/",
    "wissen/",
]


@pytest.fixture
def site(live_server: LiveServer, card_year: CardYear, context: BrowserContext, monkeypatch: pytest.MonkeyPatch) -> str:
    year = office_year.with_everything(card_year)
    PointChange.objects.create(point=year.gent.point, at=NOW, by=year.gent.user, fields={"phone": ["", "09 123 45 67"]})
    years.open_year(2026, at=NOW)
    monkeypatch.setattr(timezone, "now", lambda: IN_SEASON)
    log_in(context, live_server.url, KlasseRole.OFFICE)
    return f"{live_server.url}/beheer/"


def log_in(context: BrowserContext, url: str, role: KlasseRole) -> None:
    enter(context, url, office_year.klasse(role))
    context.set_default_timeout(20_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits(
    site: str, page: Page, check_page: Callable[[Page], None], scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for path in PAGES:
        page.goto(site + path)
        check_page(page)
    # And the points as a table.
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{site}punten/")
    check_page(page)


def test_from_a_count_to_the_point_by_keyboard(site: str, page: Page) -> None:
    page.goto(site)
    page.get_by_role("link", name="1 afhaalpunt heeft geen openingsuren").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Afhaalpunten zonder openingsuren")
    page.get_by_role("link", name="Bibliotheek aalst").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Bibliotheek aalst")
    expect(page.get_by_text("Er zijn geen openingsuren ingevuld.")).to_be_visible()


def test_choosing_points_without_javascript(site: str, chromium: Browser, context: BrowserContext) -> None:
    bare = chromium.new_context(java_script_enabled=False, locale="nl-BE")
    bare.add_cookies(context.cookies())  # type: ignore[arg-type]
    page = bare.new_page()
    page.goto(f"{site}punten/?jaar=2027")
    page.get_by_label("Vraagt aandacht").select_option("Al 14 dagen stil")
    page.get_by_label("Sorteer op").select_option("wacht nog, omgekeerd")
    page.get_by_role("button", name="Toon").click()

    expect(page.get_by_role("rowheader")).to_have_count(1)
    expect(page.get_by_role("rowheader")).to_contain_text("Bibliotheek aalst")
    expect(page).to_have_url(f"{site}punten/?jaar=2027&zoek=&provincie=&aandacht=stil&afrekening=&sorteer=-wacht")
    bare.close()


def test_a_reader_finds_the_counts_and_no_names(site: str, page: Page, live_server: LiveServer) -> None:
    page.context.clear_cookies()
    log_in(page.context, live_server.url, KlasseRole.READER)
    page.goto(site)
    page.get_by_role("link", name="3 mensen hebben recht op een kaart").click()

    expect(page.get_by_text("Wie het zijn, ziet enkel wie voor Klasse het jaar beheert.")).to_be_visible()
    expect(page.get_by_text("Zonder Punt")).to_have_count(0)
