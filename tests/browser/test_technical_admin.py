"""The technical admin under our strict content security policy, in a real browser."""

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from distribution.models import CardYear
from pickup_points.models import User
from tests.browser.conftest import Watched

PASSWORD = "een-lang-wachtwoord-voor-de-proef"


@pytest.mark.browser
def test_admin_works_under_the_policy(
    live_server: LiveServer, page: Page, watched: Watched, card_year: CardYear
) -> None:
    User.objects.create_superuser("beheer@voorbeeld.be", PASSWORD)

    page.goto(f"{live_server.url}/technisch-beheer/")
    page.fill("[name=username]", "beheer@voorbeeld.be")
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.goto(f"{live_server.url}/technisch-beheer/distribution/cardyear/{card_year.pk}/change/")
    page.locator("#excluding_codes-group .add-row a, #excluding_codes-group .addlink").first.click()
    page.locator("[name=excluding_codes-3-code]").fill("301")
    page.locator("[name=excluding_codes-3-meaning]").fill("proef")
    page.click("[name=_save]")

    assert card_year.excluding_codes.filter(code="301").count() == 1
    assert watched.complaints == []
