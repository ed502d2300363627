"""The desk in a real Chromium without its script: keyboard only, touch only, a scanner that types; every page accessible."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from distribution.actions import hand_overs
from distribution.enums import CardState, Channel, Evidence
from distribution.models import Card, CardYear, HandOver
from pickup_points.desks import Desk
from tests import make
from tests.browser.conftest import PHONE
from tests.browser.desks import log_in
from tests.conftest import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("today")]
MOST_KEYS = 6


@pytest.fixture
def desk(card_year: CardYear) -> Desk:
    """A library in January; the run was made, so that the public answer speaks of cards."""
    card_year.last_run_at, card_year.reference_date = NOW - dt.timedelta(days=40), dt.date(2026, 11, 1)
    card_year.save()
    point = make.point("de-leeshoek", year=card_year.year, name="Bibliotheek De Leeshoek")
    return make.member(point, is_manager=True)


@pytest.fixture
def cards(desk: Desk, card_year: CardYear) -> dict[str, Card]:
    names = (("Peeters", "An"), ("Peeters", "Bo"), ("Van den Broeck", "Nele"), ("Wouters", "Çelik"))
    return {first: make.card(make.person(card_year, last, first), at=desk.point) for last, first in names}


@pytest.fixture
def bare(chromium: Browser, live_server: LiveServer, desk: Desk, cards: dict[str, Card]) -> Iterator[Page]:
    """A phone on which no script runs, logged in and at the desk."""
    context = chromium.new_context(
        locale="nl-BE",
        timezone_id="Europe/Brussels",
        viewport=PHONE,  # type: ignore[arg-type]
        has_touch=True,
        java_script_enabled=False,
    )
    context.set_default_timeout(10_000)
    log_in(context, live_server, desk)
    page = context.new_page()
    # The first page of a run loads the whole site.
    page.goto(f"{live_server.url}/balie/de-leeshoek/", timeout=60_000)
    yield page
    context.close()


class Keys:
    """A keyboard that counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    def type(self, text: str) -> None:
        for character in text:
            self.page.keyboard.press(character)
            self.pressed += 1

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.pressed += 1


def _state(card: Card) -> str:
    card.refresh_from_db()
    return card.state


def _without_scripts(context: BrowserContext) -> None:
    """Pages as the server draws them, in a browser in which axe can still look around."""

    def empty(route: Route) -> None:
        route.fulfill(status=200, content_type="text/javascript", body="")

    context.route("**/*.js", empty)


def test_keyboard_only_six_keys_at_most(bare: Page, cards: dict[str, Card]) -> None:
    for term, name in (("van", "Nele"), ("wou", "Çelik")):
        keys = Keys(bare)
        expect(bare.locator("#q")).to_be_focused()
        keys.type(term)
        keys.press("Enter")
        expect(bare.get_by_role("button", name="Geef af")).to_be_focused()
        keys.press("Enter")

        expect(bare.locator("[data-answer=done]")).to_contain_text(name)
        assert keys.pressed <= MOST_KEYS
        assert _state(cards[name]) == CardState.HANDED_OVER
    expect(bare.locator("[data-counter=today]")).to_have_text("2")


def test_keyboard_only_the_second_of_two(bare: Page, cards: dict[str, Card]) -> None:
    keys = Keys(bare)
    expect(bare.locator("#q")).to_be_focused()
    keys.type("pee")
    keys.press("Enter")
    expect(bare.get_by_role("button", name="Geef af aan Peeters An")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")

    expect(bare.locator("[data-answer=done]")).to_contain_text("Peeters Bo")
    assert keys.pressed <= MOST_KEYS
    assert [_state(cards[name]) for name in ("An", "Bo")] == [CardState.ISSUED, CardState.HANDED_OVER]


def test_touch_only_hands_over_and_takes_back(bare: Page, cards: dict[str, Card]) -> None:
    bare.locator("#q").tap()
    bare.locator("#q").fill("wou")
    bare.get_by_role("button", name="Zoek").tap()
    bare.get_by_role("button", name="Geef af").tap()
    expect(bare.locator("[data-answer=done]")).to_contain_text("Wouters Çelik")
    assert _state(cards["Çelik"]) == CardState.HANDED_OVER

    bare.get_by_role("button", name="Maak ongedaan").tap()

    expect(bare.locator("[data-answer=undone]")).to_contain_text("Wouters Çelik")
    assert _state(cards["Çelik"]) == CardState.ISSUED


def test_what_one_touches_is_large(bare: Page) -> None:
    bare.locator("#q").fill("pee")
    bare.get_by_role("button", name="Zoek").tap()
    small = []
    for button in bare.locator("main button, main input:not([type=hidden]), nav a").all():
        box = button.bounding_box()
        if box and (box["height"] < 44 or box["width"] < 44):
            small.append((button.inner_text(), box))

    assert small == []


def test_a_scanner_that_types(bare: Page, cards: dict[str, Card]) -> None:
    for name in ("An", "Nele"):
        expect(bare.locator("#q")).to_be_focused()
        bare.keyboard.type(cards[name].number)
        bare.keyboard.press("Enter")
        expect(bare.locator("[data-answer=done]")).to_contain_text(name)
    expect(bare.locator("#q")).to_be_focused()
    bare.keyboard.type(cards["An"].number)
    bare.keyboard.press("Enter")

    expect(bare.locator("[data-answer=already]")).to_contain_text("om 10.0")
    assert set(HandOver.objects.values_list("card__person__first_name", "evidence")) == {
        ("An", Evidence.SCAN),
        ("Nele", Evidence.SCAN),
    }


def test_refresh_and_back_change_nothing(bare: Page, cards: dict[str, Card]) -> None:
    bare.locator("#q").fill("wou")
    bare.keyboard.press("Enter")
    bare.get_by_role("button", name="Geef af").click()
    expect(bare.locator("[data-answer=done]")).to_be_visible()
    bare.reload()

    expect(bare.locator("[data-answer=done]")).to_contain_text("Wouters Çelik")
    assert "wou" not in bare.url.lower()
    assert HandOver.objects.count() == 1


def test_a_group_by_keyboard(bare: Page, cards: dict[str, Card]) -> None:
    bare.get_by_role("link", name="Iemand haalt voor collega's af").click()
    for term in ("pee", "wou"):
        expect(bare.locator("#q")).to_be_focused()
        bare.keyboard.type(term)
        bare.keyboard.press("Enter")
        expect(bare.get_by_role("button", name="Voeg toe").first).to_be_focused()
        bare.keyboard.press("Enter")
        expect(bare.locator("#q")).to_be_focused()
    bare.get_by_label("Wie neemt de kaarten mee?").fill("Mia, school De Linde")
    bare.get_by_role("button", name="Geef 2 kaarten af").click()

    expect(bare.get_by_role("heading", name="2 van 2 afgegeven")).to_be_visible()
    assert [_state(cards[name]) for name in ("An", "Bo", "Çelik")] == [
        CardState.HANDED_OVER,
        CardState.ISSUED,
        CardState.HANDED_OVER,
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_answer_of_the_screen_passes(
    page: Page,
    context: BrowserContext,
    live_server: LiveServer,
    desk: Desk,
    cards: dict[str, Card],
    card_year: CardYear,
    check_page: Callable[[Page], None],
    scheme: Any,
) -> None:
    page.emulate_media(color_scheme=scheme)
    _without_scripts(context)
    log_in(context, live_server, desk)
    elsewhere = make.card(make.person(card_year), at=make.point("elders", year=card_year.year))
    posted = make.card(make.person(card_year), channel=Channel.SUBSCRIPTION)
    page.goto(f"{live_server.url}/balie/de-leeshoek/")
    check_page(page)

    for typed, shown in (
        ("pee", ".hits"),
        ("zzz", "[data-answer=none]"),
        ("12", "[data-answer=error]"),
        (posted.number, "[data-answer=none]"),
        (elsewhere.number, "[data-answer=elsewhere]"),
        (cards["An"].number, "[data-answer=done]"),
        (cards["An"].number, "[data-answer=already]"),
        ("pee", ".hit.spent"),
    ):
        page.locator("#q").fill(typed)
        page.locator("#q").press("Enter")
        page.locator(shown).wait_for()
        check_page(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_other_pages_pass(
    page: Page,
    context: BrowserContext,
    live_server: LiveServer,
    desk: Desk,
    cards: dict[str, Card],
    check_page: Callable[[Page], None],
    scheme: Any,
) -> None:
    page.emulate_media(color_scheme=scheme)
    _without_scripts(context)
    log_in(context, live_server, desk)
    for name, hours_ago in (("Nele", 3), ("Bo", 30)):
        hand_overs.mark(
            uuid.uuid4(),
            card_number=cards[name].number,
            desks={desk.point.pk: desk},
            by=desk.user,
            at=NOW - dt.timedelta(hours=hours_ago),
            evidence=Evidence.CLICK,
        )
    base = f"{live_server.url}/balie/de-leeshoek/"

    page.goto(f"{base}overzicht/")
    check_page(page)
    page.get_by_role("button", name="Maak ongedaan voor Van den Broeck Nele").click()
    page.get_by_role("heading", name="Afgifte ongedaan maken").wait_for()
    check_page(page)
    page.get_by_label("Waarom?").fill("verkeerde naam")
    page.get_by_role("button", name="Maak ongedaan").click()
    page.locator("[data-answer=undone]").wait_for()
    check_page(page)
    page.get_by_role("link", name="Peeters Bo").click()
    page.wait_for_url("**/kaart/*/")
    check_page(page)
    page.goto(f"{base}groep/")
    check_page(page)
    page.get_by_label("Zoek een naam").fill("pee")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Voeg toe").click()
    page.get_by_role("button", name="Geef af").click()
    page.get_by_text("Schrijf op wie de kaarten meeneemt").wait_for()
    check_page(page)
    page.get_by_label("Wie neemt de kaarten mee?").fill("Mia")
    page.get_by_role("button", name="Geef af").click()
    page.get_by_role("heading", name="1 van 1 afgegeven").wait_for()
    check_page(page)


def test_the_choice_between_desks_passes(
    page: Page,
    context: BrowserContext,
    live_server: LiveServer,
    card_year: CardYear,
    check_page: Callable[[Page], None],
) -> None:
    first = make.member(make.point("aalter", year=card_year.year, name="Bibliotheek Aalter"))
    make.member(make.point("zele", year=card_year.year, name="Bibliotheek Zele"), first.user)
    log_in(context, live_server, first)

    page.goto(f"{live_server.url}/balie/")

    assert page.locator(".desk-choice strong").all_inner_texts() == ["Bibliotheek Aalter", "Bibliotheek Zele"]
    check_page(page)
    page.get_by_role("link", name="Bibliotheek Zele").click()
    expect(page.locator("#q")).to_be_focused()


def test_a_stranger_sees_the_page_of_nothing(
    page: Page, context: BrowserContext, live_server: LiveServer, desk: Desk, cards: dict[str, Card]
) -> None:
    log_in(context, live_server, make.member(make.point("elders")))
    page.goto(f"{live_server.url}/balie/de-leeshoek/overzicht/")

    expect(page.get_by_role("heading", level=1)).to_have_text("Deze pagina bestaat niet")
    assert Client().get("/balie/de-leeshoek/").status_code == 302
