"""Paper and transfers in a real Chromium: a list down, a signed page back in, a card from one point to another."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from distribution.actions import pickup_lists, transfers
from distribution.enums import CardState
from distribution.models import Card, CardYear, HandOver, PickupList, Transfer
from distribution.rules.page_code import PageCode
from pickup_points.desks import Desk
from tests import make
from tests.browser.desks import log_in
from tests.conftest import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("today")]
NAMES = [
    ("Aerts", "Lotte"), ("Beckers", "Jan"), ("Çelik", "Ayşe"), ("De Backer", "Marie-Claire"), ("D'Hondt", "Bo"),
    ("El Amrani", "Yasmina"), ("Maes", "Tom"), ("Peeters", "An"), ("Van den Broeck", "Wim"), ("Vandenberghe", "Lies"),
]  # fmt: skip
DESKTOP = {"width": 1280, "height": 900}


@dataclass(frozen=True)
class Scene:
    """Two libraries with cards: An manages `here`, somebody else `there`."""

    here: Desk
    there: Desk
    made: PickupList


@pytest.fixture
def scene(card_year: CardYear) -> Scene:
    CardYear.objects.filter(pk=card_year.pk).update(last_run_at=NOW, reference_date=NOW.date())
    here = make.member(make.point("bib-hier", year=2027, name="Bibliotheek De Krook"), is_manager=True)
    there = make.member(
        make.point("bib-daar", year=2027, name="Bibliotheek Permeke", municipality="Antwerpen"), is_manager=True
    )
    for number in range(30):
        last, first = NAMES[number % len(NAMES)]
        make.card(make.person(card_year, last, first), at=here.point)
    (list_id,) = pickup_lists.make(card_year, at=NOW, point="bib-hier")
    return Scene(here, there, PickupList.objects.get(pk=list_id))


@pytest.fixture
def at_home(context: BrowserContext, live_server: LiveServer, scene: Scene) -> str:
    """Logged in at De Krook; the address under which its pages lie."""
    log_in(context, live_server, scene.here)
    return f"{live_server.url}/balie/bib-hier"


def test_a_list_is_downloaded_under_a_name_without_anything_personal(
    page: Page, at_home: str, check_page: Callable[[Page], None]
) -> None:
    page.goto(f"{at_home}/lijsten/")
    check_page(page)

    names = []
    for kind in ("PDF", "Excel"):
        with page.expect_download(timeout=60_000) as download:  # the first PDF of a process takes long
            page.get_by_role("link", name=kind).first.click()
        names.append(download.value.suggested_filename)

    assert names == ["bib-hier-2027-r1-voorlopig.pdf", "bib-hier-2027-r1-voorlopig.xlsx"]


def test_a_signed_page_is_keyed_in_with_the_keyboard_alone(
    page: Page, at_home: str, scene: Scene, check_page: Callable[[Page], None]
) -> None:
    code = str(PageCode(scene.made.pk, 1, 2))
    page.goto(f"{at_home}/lijsten/invoeren/")
    check_page(page)

    page.keyboard.type(code.lower())
    page.keyboard.press("Enter")
    expect(page.get_by_text("rij 25 tot 30")).to_be_visible()
    check_page(page)
    page.keyboard.type("25-27 30")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Klopt dit?")).to_be_visible()
    check_page(page)
    page.keyboard.press("Enter")  # the button that keeps them has the focus

    expect(page.get_by_text("4 kaarten zijn aangeduid als afgehaald.")).to_be_visible()
    check_page(page)
    assert list(HandOver.objects.order_by("row").values_list("row", flat=True)) == [25, 26, 27, 30]


def test_a_page_is_keyed_in_by_ticking_without_javascript(
    chromium: Browser, live_server: LiveServer, scene: Scene
) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}, has_touch=True)
    log_in(context, live_server, scene.here)
    page = context.new_page()
    page.goto(f"{live_server.url}/balie/bib-hier/lijsten/{scene.made.pk}/invoeren/?blad=1")

    page.get_by_label("Aerts Lotte").first.tap()
    page.get_by_label("Beckers Jan").first.tap()
    page.get_by_role("button", name="Toon de namen").last.tap()
    page.get_by_role("button", name="Bewaar 2 afgiftes").first.tap()

    expect(page.get_by_text("2 kaarten zijn aangeduid als afgehaald.")).to_be_visible()
    assert HandOver.objects.count() == 2
    context.close()


def test_mistakes_in_the_rows_are_told_beside_the_field(
    page: Page, at_home: str, scene: Scene, check_page: Callable[[Page], None]
) -> None:
    page.goto(f"{at_home}/lijsten/{scene.made.pk}/invoeren/")
    page.get_by_label("Welke rijen?").fill("5-1 99 Peeters")
    page.get_by_role("button", name="Toon de namen").click()

    field = page.get_by_label("Welke rijen?")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert")).to_contain_text("‘5-1’ loopt achteruit. Bedoel je 1-5?")
    check_page(page)
    assert HandOver.objects.count() == 0


def test_a_card_goes_to_the_point_that_asked_in_two_clicks(
    chromium: Browser,
    page: Page,
    at_home: str,
    scene: Scene,
    live_server: LiveServer,
    check_page: Callable[[Page], None],
) -> None:
    cards = Card.objects.order_by("person__sort_key")[:2]
    for card in cards:
        transfers.request(card_number=card.number, to=scene.there, by=scene.there.user, at=NOW)
    other = chromium.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    log_in(other, live_server, scene.there)
    receiver = other.new_page()

    page.goto(f"{at_home}/overdrachten/")
    check_page(page)
    page.get_by_role("button", name="Gaat mee met de bode").first.click()
    expect(page.get_by_text("1 kaart gaat mee met de bode.")).to_be_visible()
    check_page(page)
    receiver.goto(f"{live_server.url}/balie/bib-daar/overdrachten/")
    receiver.get_by_role("button", name="Is aangekomen").click()
    expect(receiver.get_by_text("1 kaart is aangekomen.")).to_be_visible()

    assert [card.pickup_point_id for card in cards.all()] == [scene.there.point.pk, scene.here.point.pk]
    other.close()


def test_a_request_is_refused_with_a_reason(
    page: Page, at_home: str, scene: Scene, check_page: Callable[[Page], None]
) -> None:
    card = Card.objects.order_by("person__sort_key")[0]
    transfers.request(card_number=card.number, to=scene.there, by=scene.there.user, at=NOW)
    page.goto(f"{at_home}/overdrachten/")

    page.get_by_text("Gaat niet door").click()
    check_page(page)
    page.get_by_label("Waarom?").select_option("De kaart is al meegegeven")
    page.get_by_role("button", name="Zet stop").click()

    expect(page.get_by_text("De overdracht gaat niet door.")).to_be_visible()
    assert Transfer.objects.get().end_reason == "De kaart is al meegegeven"


def test_a_manager_sends_several_cards_along(
    page: Page, at_home: str, scene: Scene, check_page: Callable[[Page], None]
) -> None:
    page.goto(f"{at_home}/overdrachten/")
    page.get_by_role("link", name="Stuur kaarten naar een ander punt").click()
    check_page(page)

    page.get_by_role("link", name="M", exact=True).click()
    page.get_by_label("Naar welk punt?").select_option("bib-daar")
    page.get_by_label("Maes Tom").first.check()
    page.get_by_label("Maes Tom").nth(1).check()
    page.get_by_role("button", name="Stuur de aangevinkte kaarten").click()

    expect(page.get_by_text("2 kaarten zijn op weg naar Bibliotheek Permeke.")).to_be_visible()
    assert Card.objects.filter(state=CardState.ISSUED, pickup_point=scene.here.point).count() == 30
    assert Transfer.objects.exclude(sent_at=None).count() == 2
