"""The pages of Klasse about places in a real Chromium: the map, coverage, editing, inviting, a point that stops; with and without JavaScript."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from distribution.models import CardYear
from pickup_points.models import KlasseRole, PickupPoint, PointYear, ServedPostcode
from tests import make
from tests.browser.desks import enter
from tests.distribution import office_year
from tests.distribution.office_year import IN_SEASON

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = [
    "punten/",
    "punten/?kleur=aandacht",
    "punten/nieuw/",
    "punten/postcodes/?zoek=gent",
    "punten/aalst/",
    "punten/aalst/gegevens/",
    "punten/aalst/collegas/",
    "punten/aalst/stopt/",
    "punten/oud/",
]


@pytest.fixture
def site(live_server: LiveServer, card_year: CardYear, context: BrowserContext, monkeypatch: pytest.MonkeyPatch) -> str:
    office_year.with_everything(card_year)
    make.point("oud", name="Bibliotheek van vroeger")
    monkeypatch.setattr(timezone, "now", lambda: IN_SEASON)
    enter(context, live_server.url, office_year.klasse(KlasseRole.OFFICE))
    context.set_default_timeout(20_000)
    return f"{live_server.url}/beheer/"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits(
    site: str, page: Page, check_page: Callable[[Page], None], scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for path in PAGES:
        page.goto(site + path)
        check_page(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{site}punten/postcodes/?zoek=aalst")
    check_page(page)


def test_from_a_dot_to_new_hours(site: str, page: Page, check_page: Callable[[Page], None]) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{site}punten/")
    page.locator(".points-map a circle").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bibliotheek aalst")

    page.get_by_role("link", name="Vul de uren in").click()
    page.get_by_label("Maandag").fill("9-12 en 13.30-18")
    page.get_by_label("Vaste postcodes").fill("9300 9000")
    page.get_by_role("button", name="Bekijk wat er verandert").press("Enter")
    expect(page.get_by_text("9000, nu bij Bibliotheek gent")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Bewaar").press("Enter")

    expect(page.get_by_text("Bewaard. Iedereen ziet het meteen.")).to_be_visible()
    assert PickupPoint.objects.get(code="aalst").hours == {"ma": "09:00-12:00 13:30-18:00"}
    assert ServedPostcode.objects.get(postcode="9000").point.code == "aalst"


def test_a_point_stops_without_javascript(site: str, chromium: Browser, context: BrowserContext) -> None:
    bare = chromium.new_context(java_script_enabled=False, locale="nl-BE")
    bare.add_cookies(context.cookies())  # type: ignore[arg-type]
    page = bare.new_page()
    page.goto(f"{site}punten/aalst/")
    page.get_by_role("link", name="Dit punt stopt").click()
    page.get_by_label("Welk afhaalpunt volgt?").select_option("Gent: Bibliotheek gent")
    page.get_by_label("Ja, Bibliotheek aalst stopt.").check()
    page.get_by_role("button", name="Laat dit punt stoppen").click()
    expect(page.get_by_text("28 kaarten gaan mee.")).to_be_visible()
    assert PointYear.objects.get(point__code="aalst").followed_by == PickupPoint.objects.get(code="gent")

    page.get_by_role("button", name="Toch niet stoppen").click()
    expect(page.get_by_text("alles ligt weer zoals het lag")).to_be_visible()
    assert PointYear.objects.get(point__code="aalst").stopped_at is None
    bare.close()


def test_an_unserved_postcode_gets_a_point_by_keyboard(site: str, page: Page) -> None:
    page.goto(f"{site}punten/postcodes/?zonder=1")
    page.get_by_label("Kies 8000").press("Space")
    page.get_by_label("Geef de aangevinkte postcodes aan").select_option("Gent: Bibliotheek gent")
    page.get_by_role("button", name="Wijs toe").press("Enter")

    expect(page.get_by_text("Postcode 8000 hoort nu bij Bibliotheek gent.")).to_be_visible()
    expect(page.get_by_label("Kies 8000")).to_have_count(0)
    assert page.url == f"{site}punten/postcodes/?zonder=1"


def test_a_desk_sees_its_own_figures(
    site: str, page: Page, live_server: LiveServer, check_page: Callable[[Page], None]
) -> None:
    page.context.clear_cookies()
    enter(page.context, live_server.url, PickupPoint.objects.get(code="gent").members.get().user)
    page.goto(f"{live_server.url}/balie/gent/overzicht/")
    page.get_by_role("link", name="Onze cijfers van het hele jaar").click()

    expect(page.get_by_role("img", name="Afgiftes per week van 2027")).to_be_visible()
    page.get_by_text("De cijfers als tabel").click()
    expect(page.get_by_role("rowheader", name="1 februari 2027")).to_be_visible()
    check_page(page)
