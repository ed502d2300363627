"""The technical admin under our strict content security policy, in a real browser."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from distribution.models import CardYear
from pickup_points.models import User
from tests import make
from tests.browser.conftest import Watched
from tests.conftest import NOW

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
    # Its scripts work: the link beside a date fills in today.
    page.clock.set_system_time(NOW)
    page.goto(f"{live_server.url}/technisch-beheer/distribution/cardyear/{card_year.pk}/change/")
    page.locator(".field-collect_from .datetimeshortcuts a").first.click()
    expect(page.locator("[name=collect_from]")).not_to_have_value("2026-12-27")
    page.click("[name=_save]")

    card_year.refresh_from_db()
    assert card_year.collect_from == NOW.date()
    assert watched.complaints == []
