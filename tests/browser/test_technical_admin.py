"""The technical admin under our strict content security policy, in a real browser."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from distribution.models import CardYear
from pickup_points.models import User
from tests import make
from tests.browser.conftest import Watched

PASSWORD = "een-lang-wachtwoord-voor-de-proef"


@pytest.mark.browser
def test_admin_works_under_the_policy(
    live_server: LiveServer, page: Page, watched: Watched, card_year: CardYear
) -> None:
    secret = make.second_factor(User.objects.create_superuser("beheer@voorbeeld.be", PASSWORD))

    page.goto(f"{live_server.url}/technisch-beheer/")
    page.fill("[name=login]", "beheer@voorbeeld.be")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.fill("[name=code]", make.code_of(secret))
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page).to_have_url(f"{live_server.url}/technisch-beheer/")
    point = make.point("bib-gent", year=card_year.year)
    page.goto(f"{live_server.url}/technisch-beheer/pickup_points/pickuppoint/{point.pk}/change/")
    page.locator("#served_postcodes-group .add-row a, #served_postcodes-group .addlink").first.click()
    page.locator("[name=served_postcodes-0-year]").fill("2027")
    page.locator("[name=served_postcodes-0-postcode]").fill("9031")
    page.click("[name=_save]")

    assert point.served_postcodes.filter(postcode="9031").count() == 1
    assert watched.complaints == []
