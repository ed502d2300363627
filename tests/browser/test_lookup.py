"""The public answer in a real Chromium: accessible, quiet, light, and usable by keyboard and without JavaScript."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser, Dialog, Page
from pytest_django.live_server_helper import LiveServer

from pickup_points.models import PickupPoint
from tests import outcomes
from tests.browser.conftest import Watched

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("today", "fresh_counters"),
]
HEADINGS = {
    "at_pickup_point": "Je kaart ligt in Bibliotheek De Leeshoek",
    "sent_home": "Je kaart komt met de post",
    "starter_pack": "Je kaart komt in een starterspakket",
    "collected": "Je kaart is al afgehaald",
    "contact_klasse": "Je kaart heeft nog geen afhaalpunt",
    "unknown": "We vinden geen kaart bij dit nummer",
}
# T09: what a hostile list of pickup points could hold.
XSS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    '" autofocus onfocus=alert(1) x="',
    "' onmouseover='alert(1)",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<iframe src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<details open ontoggle=alert(1)>",
    "<input onfocus=alert(1) autofocus>",
    "<video><source onerror=alert(1)>",
    "<math><mtext><script>alert(1)</script>",
    "<base href=//evil.be/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=//evil.be/x.css>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><button>x",
    "<style>*{background:url(//evil.be)}</style>",
    "{{7*7}}{% load static %}",
    "${alert(1)}",
    "<!--<script>alert(1)//-->",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u2028<script\u2029>alert(1)</script>",
]


def _ask(page: Page, site: LiveServer, number: str) -> None:
    page.goto(f"{site.url}/waarismijnlerarenkaart/")
    page.get_by_label("Je stamboeknummer").fill(number)
    page.get_by_role("button", name="Zoek mijn kaart").click()


def _heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text().replace("\n", " ")


def test_p18_every_answer_passes(
    page: Page, live_server: LiveServer, season: outcomes.Season, check_page: Callable[[Page], None]
) -> None:
    for case, heading in HEADINGS.items():
        _ask(page, live_server, season.numbers[case])

        assert _heading(page) == heading
        assert season.numbers[case] not in page.url + page.title()
        assert [secret for secret in outcomes.SECRETS if secret in page.content()] == []
        check_page(page)


def test_p18_every_answer_is_readable_at_200_percent_on_a_phone(
    page: Page, live_server: LiveServer, season: outcomes.Season, check_zoomed_phone: Callable[[Page], None]
) -> None:
    for case, heading in HEADINGS.items():
        _ask(page, live_server, season.numbers[case])

        assert _heading(page) == heading
        check_zoomed_phone(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_p18_form_and_its_mistakes_pass(
    page: Page,
    live_server: LiveServer,
    season: outcomes.Season,
    settings: Any,
    check_page: Callable[[Page], None],
    scheme: Any,
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}/waarismijnlerarenkaart/")
    check_page(page)
    _ask(page, live_server, "16203040857")
    assert page.get_by_role("alert").is_visible()
    check_page(page)
    settings.LOOKUP_MODE = "stepup"
    _ask(page, live_server, season.numbers["sent_home"])
    assert page.get_by_label("De postcode van je thuisadres").is_visible()
    check_page(page)
    if scheme == "dark":
        settings.LOOKUP_MODE = "open"
        _ask(page, live_server, season.numbers["at_pickup_point"])
        check_page(page)


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/toegankelijkheid/", "Toegankelijkheid"),
        ("/privacy/", "Privacy"),
        ("/nergens/", "Deze pagina bestaat niet"),
    ],
)
def test_p18_statements_pass(
    page: Page, live_server: LiveServer, check_page: Callable[[Page], None], path: str, heading: str
) -> None:
    page.goto(live_server.url + path)

    assert _heading(page) == heading
    check_page(page)


@pytest.mark.parametrize("month", ["2026-11-20", "2027-08-20"])
def test_p18_out_of_season_passes(
    page: Page, live_server: LiveServer, season: outcomes.Season, check_page: Callable[[Page], None], month: str
) -> None:
    with time_machine.travel(f"{month}T12:00:00+01:00", tick=True):
        page.goto(f"{live_server.url}/waarismijnlerarenkaart/")
        check_page(page)

    assert page.locator("form").count() == 0


def test_answer_by_keyboard_alone(page: Page, live_server: LiveServer, season: outcomes.Season) -> None:
    page.goto(f"{live_server.url}/waarismijnlerarenkaart/")
    page.keyboard.press("Tab")
    skip = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(season.numbers["at_pickup_point"])
    page.keyboard.press("Enter")
    page.wait_for_load_state()

    assert skip == "Naar de inhoud"
    assert _heading(page) == HEADINGS["at_pickup_point"]


def test_answer_without_javascript(chromium: Browser, live_server: LiveServer, season: outcomes.Season) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        _ask(page, live_server, season.numbers["at_pickup_point"])

        assert _heading(page) == HEADINGS["at_pickup_point"]
        assert page.get_by_role("button", name="Druk deze pagina af").count() == 0


def test_first_visit_weighs_under_100_kb(page: Page, live_server: LiveServer, season: outcomes.Season) -> None:
    weights: dict[str, int] = {}
    page.on("response", lambda response: weights.update({response.url: len(response.body())}))
    _ask(page, live_server, season.numbers["at_pickup_point"])
    page.wait_for_load_state("networkidle")

    # Uncompressed, form and answer together; nothing from anywhere else.
    assert sum(weights.values()) < 100_000
    assert {url for url in weights if not url.startswith(live_server.url)} == set()


def test_answer_prints_without_the_menu(page: Page, live_server: LiveServer, season: outcomes.Season) -> None:
    _ask(page, live_server, season.numbers["at_pickup_point"])
    page.emulate_media(media="print")

    assert page.get_by_role("navigation", name="Hoofdmenu").count() == 0
    assert page.get_by_text("Voorbeeldplein 1").is_visible()
    assert page.get_by_role("button", name="Druk deze pagina af").count() == 0


def test_t09_hostile_places_run_nothing(
    page: Page, watched: Watched, live_server: LiveServer, season: outcomes.Season, settings: Any
) -> None:
    settings.LOOKUP_LIMITS = False
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for text in XSS:
        PickupPoint.objects.filter(pk=season.point.pk).update(
            name=text, street=text, municipality=text[:80], phone=text[:40], house_number=text[:20]
        )
        _ask(page, live_server, season.numbers["at_pickup_point"])
        # An HTML parser makes U+2028 and U+2029 no different; what was typed is what is read.
        assert page.locator("address strong").text_content() == text

    assert dialogs == []
    assert watched.complaints == []
    assert {url for url in asked if not url.startswith(live_server.url)} == set()


def test_answer_with_a_name_of_200_letters_fits(
    page: Page, live_server: LiveServer, season: outcomes.Season, check_page: Callable[[Page], None]
) -> None:
    PickupPoint.objects.filter(pk=season.point.pk).update(
        name="W" * 200, street="M" * 200, website="https://x.be/" + "w" * 180
    )

    _ask(page, live_server, season.numbers["at_pickup_point"])

    check_page(page)
