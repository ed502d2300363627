"""Pages around the desk's screen in a real browser, on a phone: a closed season, and a group that is collected for."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from distribution.actions import settlements
from distribution.models import CardYear, HandOver
from distribution.rules.reconciliation import Tolerance
from tests import make
from tests.browser import desks
from tests.browser.desks import Counter
from tests.conftest import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("today")]
CheckPage = Callable[[Page], None]


@pytest.fixture
def counter(page: Page, context: BrowserContext, live_server: LiveServer, card_year: CardYear) -> Counter:
    return desks.counter(page, context, live_server, card_year)


def test_a_closed_season_leads_to_the_form_that_reopens_it(
    counter: Counter, card_year: CardYear, check_page: CheckPage
) -> None:
    manager = make.member(counter.desk.point, is_manager=True)
    desks.log_in(counter.context, counter.site, manager)
    tolerance = Tolerance()
    settlements.count_left_over(card_year, desk=manager, counted=10, seen=0, tolerance=tolerance, at=NOW)
    settlements.close(card_year, desk=manager, tolerance=tolerance, at=NOW)
    page = counter.page
    page.goto(f"{counter.url}overzicht/")
    expect(page.get_by_text("10 over, geteld")).to_be_visible()
    check_page(page)
    page.goto(counter.url)
    check_page(page)

    page.get_by_role("link", name="Heropen eerst de telling").click()
    page.get_by_role("button", name="Heropen 2027").click()

    expect(page.get_by_text("Het jaar is weer open.")).to_be_visible()


def test_leaving_a_group_asks_first_and_enter_still_searches(counter: Counter, check_page: CheckPage) -> None:
    page = counter.page
    page.goto(f"{counter.url}groep/")
    for card in counter.cards[:2]:
        page.locator("#q").fill(card.number)
        page.keyboard.press("Enter")
        page.locator(".desk-basket-row", has_text=card.person.last_name).wait_for()
    check_page(page)

    page.get_by_role("button", name="‹ Afgeven").click()
    page.get_by_role("heading", name="De mand leegmaken?").wait_for()
    check_page(page)
    page.get_by_role("button", name="Terug naar de mand").click()
    page.get_by_role("heading", name="In de mand: 2").wait_for()
    page.get_by_label("Wie neemt de kaarten mee?").fill("Mia")
    page.get_by_role("button", name="Geef 2 kaarten af").click()

    page.get_by_role("heading", name="2 van 2 afgegeven").wait_for()
    check_page(page)
    page.get_by_role("link", name="Aerts Bo").click()
    page.get_by_role("button", name="Maak ongedaan").click()
    page.get_by_text("Wacht in jullie punt").wait_for()
    assert HandOver.objects.filter(undone_at=None).get().card == counter.cards[1]


def test_a_group_keeps_a_slip_of_the_finger_beside_what_is_wrong(counter: Counter, check_page: CheckPage) -> None:
    page = counter.page
    page.goto(f"{counter.url}groep/")
    page.locator("#q").fill("16203040857")
    page.keyboard.press("Enter")

    expect(page.locator("[data-answer=error]")).to_be_visible()
    expect(page.locator("#q")).to_have_value("16203040857")
    check_page(page)


def test_figures_break_no_word_on_a_phone(counter: Counter, check_page: CheckPage) -> None:
    page = counter.page
    page.goto(f"{counter.url}cijfers/")
    page.get_by_role("heading", name="Afgiftes per week").wait_for()
    check_page(page)

    # What is wider than its box would be cut in the middle of a word.
    assert (
        page.evaluate(
            """() => [...document.querySelectorAll('.desk-figures > li')].filter(box => {
          const was = box.style.overflowWrap;
          box.style.overflowWrap = 'normal';
          const isTooWide = box.scrollWidth > box.clientWidth;
          box.style.overflowWrap = was;
          return isTooWide;
        }).map(box => box.innerText)"""
        )
        == []
    )
