"""/beheer/cijfers/ in a real Chromium: every page accessible on a phone and in the dark; from a table to a snapshot and to the mail."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from distribution.enums import Marking
from distribution.models import Card, CardYear
from tests import make
from tests.browser.desks import enter
from tests.conftest import NOW
from tests.distribution import office_year, seasons, settled
from tests.distribution.office_year import AFTER_SEASON

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = [
    "",
    "?per=provincie",
    "?per=afhaalpunt",
    "?per=week",
    "?per=onderwijsniveau",
    "?per=provincie&periode=school",
    "tellen/?breedte=0,1",
    "tellen/?breedte=veel",
    "meegedeeld/",
]
# Fails when one of them cannot be drawn.
ALL_DRAWN = """Promise.all([...document.images].map(one => { one.loading = "eager"; return one.decode() }))
  .then(() => [...document.images].every(one => one.naturalWidth > 100))"""


@pytest.fixture
def site(
    live_server: LiveServer,
    card_year: CardYear,
    context: BrowserContext,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> str:
    """Published years and one of our own: twelve points of which eleven counted."""
    seasons.published(tmp_path)
    office_year.run(card_year)
    by = make.new_user()
    points = [
        make.point(f"punt-{place:02}", year=2027, postcode="9000" if place % 2 else "3500") for place in range(12)
    ]
    for point in points:
        seasons.cards(card_year, 8, at=point)
    seasons.sent_home(card_year, 6)
    settled.printed(card_year)
    for place, point in enumerate(points):
        here = list(Card.objects.filter(pickup_point=point))
        seasons.marked(here[: 3 + place % 3], by=by, at=NOW)
        if place:
            seasons.counted(card_year, point, 2, by=by, marking=Marking.PARTIAL)
    monkeypatch.setattr(timezone, "now", lambda: AFTER_SEASON)
    enter(context, live_server.url, office_year.klasse())
    context.set_default_timeout(20_000)
    return f"{live_server.url}/beheer/cijfers/"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits(
    site: str, page: Page, check_page: Callable[[Page], None], scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for path in PAGES:
        page.goto(site + path)
        assert page.evaluate(ALL_DRAWN)
        check_page(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{site}?per=provincie")
    check_page(page)


def test_from_the_choice_to_a_snapshot_without_javascript(
    site: str, chromium: Browser, context: BrowserContext
) -> None:
    bare = chromium.new_context(java_script_enabled=False, locale="nl-BE")
    bare.add_cookies(context.cookies())  # type: ignore[arg-type]
    page = bare.new_page()
    page.goto(site)
    page.get_by_label("Per", exact=True).select_option("provincie")
    page.get_by_label("Van", exact=True).select_option("2027")
    page.get_by_role("button", name="Toon").click()
    expect(page).to_have_url(f"{site}?per=provincie&van=2027&tot=2027&periode=&grenzen=")
    expect(page.get_by_role("rowheader", name="Limburg")).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("link", name="PDF").click()
    assert started.value.suggested_filename == "lerarenkaart-per-provincie-2027-2027.pdf"

    page.get_by_label("Waarvoor, of voor wie?").fill("Schriftelijke vraag 123")
    page.get_by_role("button", name="Bewaar").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Schriftelijke vraag 123")
    expect(page.get_by_text("Alle cijfers zijn nu nog dezelfde.")).to_be_visible()
    with page.expect_download() as kept:
        page.get_by_role("link", name="lerarenkaart-per-provincie-2027-2027.csv").click()
    assert "Limburg" in Path(kept.value.path()).read_text(encoding="utf-8-sig")
    bare.close()


def test_from_the_margins_to_the_mail_by_keyboard(site: str, page: Page, check_page: Callable[[Page], None]) -> None:
    page.goto(site)
    page.get_by_role("link", name="Welke afhaalpunten nog laten tellen om het zekerder te weten").press("Enter")
    page.get_by_label("Hoe breed mag het interval nog zijn, in procentpunten?").fill("0,1")
    page.get_by_role("button", name="Reken uit").press("Enter")
    expect(page.get_by_role("rowheader")).to_have_count(1)
    expect(page.get_by_role("rowheader")).to_contain_text("Bibliotheek punt-00")
    page.get_by_role("link", name="Vraag hen per mail om te tellen").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Tel")
    expect(page.get_by_text("Bibliotheek punt-00")).to_be_visible()
