"""A card that was collected before, found again at a desk with its script: the way to its page, where a mistake is undone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from distribution.enums import CardState
from distribution.models import Card, CardYear
from tests import make
from tests.browser import desks
from tests.browser.desks import Counter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("today")]
LOOK = "Bekijk deze kaart"


@pytest.fixture
def counter(page: Page, context: BrowserContext, live_server: LiveServer, card_year: CardYear) -> Counter:
    return desks.counter(page, context, live_server, card_year)


def test_a_search_leads_to_the_card_and_there_it_is_undone(
    counter: Counter, check_page: Callable[[Page], None]
) -> None:
    page = counter.open()
    counter.hand_over(counter.cards[4])
    counter.type("goossens")
    page.get_by_role("heading", name="1 kaart gevonden").wait_for()
    page.keyboard.press("Enter")
    answer = page.locator("[data-answer=already]")
    expect(answer).to_contain_text(
        "Was de eerste afgifte een vergissing? Dan maak je ze ongedaan bij “Bekijk deze kaart”."
    )
    assert "netwerk" not in answer.inner_text()
    expect(page.locator("#q")).to_be_focused()
    check_page(page)

    page.get_by_role("link", name=LOOK).click()
    page.get_by_role("heading", name="Goossens Gust").wait_for()
    assert page.url == f"{counter.url}kaart/{counter.cards[4].pk}/"
    page.get_by_role("button", name="Maak ongedaan").click()

    page.get_by_text("Wacht in jullie punt").wait_for()
    assert Card.objects.get(pk=counter.cards[4].pk).state == CardState.ISSUED


def test_the_name_of_a_collected_card_in_a_list_leads_to_it(
    counter: Counter, check_page: Callable[[Page], None]
) -> None:
    make.card(make.person(counter.cards[0].card_year, "Goossens", "Zita"), at=counter.desk.point)
    page = counter.open()
    counter.hand_over(counter.cards[4])

    counter.type("goossens")
    page.get_by_role("heading", name="2 kaarten gevonden").wait_for()
    check_page(page)
    page.get_by_role("link", name="Goossens Gust").click()

    page.get_by_role("button", name="Maak ongedaan").wait_for()
    assert page.url == f"{counter.url}kaart/{counter.cards[4].pk}/"


def test_without_a_network_it_says_when_it_can_be_undone(counter: Counter) -> None:
    page = counter.open()
    counter.cut()
    counter.wait_for_status("Zonder netwerk: je kunt verder · 0 te versturen")
    counter.hand_over(counter.cards[4])

    counter.type("goossens")
    page.get_by_role("heading", name="1 kaart gevonden").wait_for()
    assert page.get_by_role("link", name="Goossens Gust").count() == 0
    page.keyboard.press("Enter")

    answer = page.locator("[data-answer=already]")
    expect(answer).to_contain_text("Zoek de naam opnieuw zodra er netwerk is: dan maak je ze ongedaan.")
    assert LOOK not in answer.inner_text()
