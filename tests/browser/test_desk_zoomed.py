"""The desk on a phone at 200 % zoom: 195 CSS pixels, on which a colleague still finds a name and gives a card."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from distribution.models import CardYear
from tests import make
from tests.browser.desks import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("today")]


def test_the_desk_is_readable_at_200_percent_on_a_phone(
    live_server: LiveServer,
    context: BrowserContext,
    page: Page,
    card_year: CardYear,
    check_zoomed_phone: Callable[[Page], None],
) -> None:
    desk = make.member(make.point("de-leeshoek", year=card_year.year, name="Bibliotheek De Leeshoek"))
    make.card(make.person(card_year, "Wouters", "Çelik"), at=desk.point)
    log_in(context, live_server, desk)
    page.goto(f"{live_server.url}/balie/de-leeshoek/", timeout=60_000)
    check_zoomed_phone(page)

    page.locator("#q").fill("wou")
    page.get_by_role("button", name="Zoek").click()

    expect(page.get_by_role("button", name="Geef af")).to_be_visible()
    check_zoomed_phone(page)
