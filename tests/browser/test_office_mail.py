"""Mail, accounts and four eyes in a real Chromium: on a phone, in the dark, with and without JavaScript."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from distribution import tasks
from distribution.actions import jobs
from distribution.enums import JobKind
from distribution.models import CardYear
from lerarenkaart.accounts import office_views
from pickup_points.models import PickupPoint, User
from tests import at_once, make
from tests.browser.desks import enter
from tests.distribution import office_year
from tests.distribution.office_year import AFTER_SEASON

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(
    live_server: LiveServer, card_year: CardYear, kim: User, context: BrowserContext, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The season is over, the queue does its tasks at once, and Kim is logged in."""
    office_year.with_everything(card_year)
    PickupPoint.objects.filter(code="gent").update(email="gent@voorbeeld.be")
    make.point("hasselt", year=2027, phone="011 12 34 56", postcode="3500", municipality="Hasselt")
    monkeypatch.setattr(timezone, "now", lambda: AFTER_SEASON)
    monkeypatch.setattr(tasks, "enqueue", at_once.enqueue)
    monkeypatch.setattr(office_views, "enqueue", at_once.enqueue)
    enter(context, live_server.url, kim)
    context.set_default_timeout(20_000)
    return f"{live_server.url}/beheer/"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits(
    site: str, page: Page, check_page: Callable[[Page], None], scheme: str, kim: User, card_year: CardYear
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    noor = office_year.klasse()
    jobs.ask(JobKind.FREEZE, card_year=card_year, by=noor, at=AFTER_SEASON, needs_second=True)
    for path in ("mail/", "mail/tellen/tekst/", "accounts/?zoek=gent", f"accounts/{noor.pk}/", "goedkeuren/"):
        page.goto(site + path)
        check_page(page)
    page.goto(f"{site}mail/aankondiging/")
    check_page(page)
    page.get_by_role("button", name="Bekijk de mail").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Zo gaat ze weg")
    check_page(page)
    page.get_by_role("button", name="Verstuur naar 2 afhaalpunten").click()
    expect(page.get_by_text("niet aangekomen").first).to_be_visible()
    check_page(page)


@pytest.mark.parametrize("scripts", ["with", "without"])
def test_from_attention_to_a_mail_that_is_sent_once(
    site: str, chromium: Browser, context: BrowserContext, scripts: str
) -> None:
    here = chromium.new_context(java_script_enabled=scripts == "with", locale="nl-BE")
    here.set_default_timeout(20_000)
    here.add_cookies(context.cookies())  # type: ignore[arg-type]
    page = here.new_page()
    page.goto(f"{site}aandacht/niet-afgesloten/")
    page.get_by_role("link", name="Mail deze afhaalpunten").press("Enter")
    expect(page.get_by_role("checkbox")).to_have_count(2)
    page.get_by_role("checkbox", name="Bibliotheek aalst").uncheck()
    page.get_by_role("button", name="Bekijk de mail").press("Enter")

    expect(page.get_by_role("heading", name="Zoals Bibliotheek gent ze krijgt")).to_be_visible()
    page.get_by_role("button", name="Verstuur naar 1 afhaalpunt").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tel wat overbleef")
    page.reload()
    here.close()

    gent = PickupPoint.objects.get(code="gent")
    assert [letter.to for letter in mail.outbox] == [[gent.email], [gent.members.get().user.email]]


def test_a_text_of_our_own_and_a_fill_in_that_is_wrong(site: str, page: Page) -> None:
    page.goto(f"{site}mail/")
    page.get_by_role("link", name="Pas de tekst aan van “Bedankt”").click()
    page.get_by_label("Tekst", exact=True).fill("Dag {naam}")
    page.get_by_role("button", name="Bewaar").click()
    expect(page.get_by_role("alert")).to_contain_text("“{naam}” in de tekst kennen we niet.")
    page.get_by_label("Tekst", exact=True).fill("Dag {afhaalpunt}")
    page.get_by_role("button", name="Bewaar").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Bedankt: wie krijgt ze?")


def test_a_colleague_is_invited_and_later_switched_off(site: str, page: Page) -> None:
    page.goto(f"{site}accounts/")
    page.get_by_label("Naam", exact=True).fill("Lou Nieuw")
    page.get_by_label("E-mailadres", exact=True).fill("lou@voorbeeld.be")
    page.get_by_label("Beheert het jaar").check()
    page.get_by_role("button", name="Verstuur de uitnodiging").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lou Nieuw")
    assert [letter.to for letter in mail.outbox] == [["lou@voorbeeld.be"]]
    page.get_by_role("button", name="Schakel dit account uit").click()

    expect(page.get_by_role("button", name="Zet dit account weer aan")).to_be_visible()
    assert not User.objects.get(email="lou@voorbeeld.be").is_active
