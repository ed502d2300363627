"""/beheer/mensen/ in a real Chromium: from why to a replaced card, by phone, in the dark and without JavaScript."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from distribution.models import Card, CardYear
from pickup_points.models import KlasseRole
from tests import make
from tests.browser.test_office import log_in
from tests.distribution import office_year, settled
from tests.distribution.office_year import IN_SEASON

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def card(card_year: CardYear) -> Card:
    """Printed for Gent, of someone with one appointment that passes and one that does not."""
    office_year.run(card_year)
    gent = make.point("gent", year=2027, serves="9000", name="Bibliotheek Gent")
    make.point("aalst", year=2027, serves="9300", name="Bibliotheek Aalst", municipality="Aalst")
    person = make.person(card_year, "Peeters", "An")
    make.appointment(person, institution_name="Basisschool De Voorbeeldige")
    make.appointment(person, institution_name="School Ver Weg", paid_by="enveloppe")
    made = make.card(person, at=gent)
    settled.printed(card_year)
    CardYear.objects.filter(pk=card_year.pk).update(last_sequence=800_000)
    return made


@pytest.fixture
def site(live_server: LiveServer, card: Card, context: BrowserContext, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(timezone, "now", lambda: IN_SEASON)
    log_in(context, live_server.url, KlasseRole.OFFICE)
    return f"{live_server.url}/beheer/mensen/"


def walk(page: Page, site: str, card: Card, look: Callable[[Page], None]) -> None:
    """Why, who, the page, and the card replaced."""
    page.goto(site)
    look(page)
    page.get_by_label("Een kaart is gestolen, verloren of stuk").check()
    page.get_by_role("button", name="Ga verder").click()
    look(page)
    page.get_by_label("Naam, stamboeknummer of kaartnummer").fill("pee an")
    page.get_by_role("button", name="Zoek", exact=True).click()
    look(page)
    page.get_by_role("link", name="Peeters An").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Peeters An")
    expect(page.get_by_text("betaald door een enveloppe")).to_be_visible()
    for summary in page.locator(".person-do summary").all():
        summary.click()
    look(page)
    page.get_by_role("link", name="Vervang deze kaart").click()
    look(page)
    page.get_by_label("Gestolen").check()
    page.get_by_label("Kenmerk").fill("GE.12.000123/2027")
    page.get_by_role("button", name="Maak ongeldig en vervang").click()
    expect(page.get_by_text("Nieuwe kaart in de maak")).to_be_visible()
    expect(page.get_by_text(f"Nummer {card.number} is ongeldig: gestolen.")).to_be_visible()
    look(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_from_why_to_a_replaced_card(
    site: str, page: Page, card: Card, check_page: Callable[[Page], None], scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]

    walk(page, site, card, check_page)


def test_the_same_without_javascript(site: str, card: Card, chromium: Browser, context: BrowserContext) -> None:
    bare = chromium.new_context(java_script_enabled=False, locale="nl-BE")
    bare.add_cookies(context.cookies())  # type: ignore[arg-type]

    walk(bare.new_page(), site, card, lambda _: None)

    bare.close()


def test_a_group_gets_a_point_by_keyboard(
    site: str, page: Page, card: Card, check_page: Callable[[Page], None]
) -> None:
    nowhere = [
        make.card(make.person(card.card_year, "Zonder", "Punt", postcode="8000", municipality="Brugge"))
        for _ in range(3)
    ]
    page.goto(site.replace("mensen/", "aandacht/mensen-zonder-afhaalpunt/"))
    check_page(page)
    page.get_by_label("Wie", exact=True).select_option("8000 Brugge (3)")
    page.get_by_label("Naar", exact=True).select_option("Gent: Bibliotheek Gent")
    page.get_by_role("button", name="Geef dit afhaalpunt").press("Enter")

    expect(page.get_by_text("3 kaarten gaan naar Bibliotheek Gent.")).to_be_visible()
    assert Card.objects.filter(pk__in=[one.pk for one in nowhere], pickup_point__code="gent").count() == 3
