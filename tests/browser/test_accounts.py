"""Accounts in a real browser: from the invitation to the desk, the second step, a passkey; every page accessible."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from distribution.models import CardYear
from lerarenkaart.accounts import adapters, forms
from pickup_points.models import User
from tests import at_once, make

PASSWORD = "een-lang-wachtwoord-voor-de-proef"
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("fresh_counters", "mails_leave")]
CheckPage = Callable[[Page], None]


@pytest.fixture
def mails_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters, "enqueue", at_once.enqueue)
    monkeypatch.setattr(forms, "enqueue", at_once.enqueue)


@pytest.fixture
def site(live_server: LiveServer, settings: Any) -> str:
    settings.SITE_URL = live_server.url
    Client().get("/account/login/")  # the first page of a process reads all code; no visitor waits for that
    return str(live_server.url)


@pytest.fixture
def hanne(card_year: CardYear) -> User:
    """The manager of a library that takes part in the year."""
    user = User.objects.create_user("hanne@voorbeeld.be", PASSWORD, name="Hanne")
    make.member(make.point("bib-hanne", year=card_year.year, name="Bibliotheek Hanne"), user, is_manager=True)
    return user


@pytest.fixture
def authenticator(page: Page) -> Iterator[None]:
    """A phone's passkeys, played by Chromium itself."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    devtools.send("WebAuthn.disable")


def log_in(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/account/login/")
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def log_out(page: Page, site: str) -> None:
    page.goto(f"{site}/account/twee-stappen/")
    page.get_by_role("button", name="Log uit").click()
    expect(page.get_by_role("heading", name="Inloggen", exact=True)).to_be_visible()


def test_from_the_invitation_to_the_desk(site: str, page: Page, hanne: User, check_page: CheckPage) -> None:
    log_in(page, site, hanne.email)
    page.goto(f"{site}/balie/bib-hanne/collegas/")
    check_page(page)
    page.get_by_label("Naam").fill("Bo")
    page.get_by_label("E-mailadres").fill("bo@voorbeeld.be")
    page.get_by_role("button", name="Verstuur de uitnodiging").click()
    expect(page.get_by_text("De uitnodiging is onderweg.")).to_be_visible()
    check_page(page)
    log_out(page, site)

    (link,) = re.findall(r"http\S+/wachtwoord/nieuw/\S+", str(mail.outbox[0].body))
    page.goto(link)
    expect(page.get_by_role("heading", name="Kies je wachtwoord")).to_be_visible()
    check_page(page)
    page.get_by_label("Wachtwoord", exact=True).fill("kort")
    page.get_by_label("Nog eens je wachtwoord").fill("kort")
    page.get_by_role("button", name="Bewaar en log in").click()
    expect(page.get_by_text("Dit is te kort.")).to_be_visible()
    check_page(page)
    page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    page.get_by_label("Nog eens je wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Bewaar en log in").click()

    expect(page).to_have_url(re.compile(r"/balie/bib-hanne/$"))
    expect(page.locator(".desk-who summary")).to_have_text("Bo")


def test_the_app_is_set_up_and_asked_for(site: str, page: Page, hanne: User, check_page: CheckPage) -> None:
    log_in(page, site, hanne.email)
    page.goto(f"{site}/account/twee-stappen/")
    check_page(page)
    page.get_by_role("link", name="Stel de app in").click()
    expect(page.get_by_role("heading", name="App instellen")).to_be_visible()
    check_page(page)
    page.get_by_text("Lukt scannen niet?").click()
    secret = page.locator(".secret code").inner_text()
    page.get_by_label("Code uit de app").fill("000000")
    page.get_by_role("button", name="Zet aan").click()
    expect(page.get_by_text("Deze code klopt niet.")).to_be_visible()
    page.get_by_label("Code uit de app").fill(make.code_of(secret))
    page.get_by_role("button", name="Zet aan").click()
    expect(page.get_by_role("heading", name="Je herstelcodes")).to_be_visible()
    check_page(page)
    recovery = page.locator(".codes code").all_inner_texts()
    page.goto(f"{site}/account/twee-stappen/")
    expect(page.get_by_text("Staat aan")).to_be_visible()
    check_page(page)
    log_out(page, site)

    log_in(page, site, hanne.email)
    expect(page.get_by_role("heading", name="Nog één stap")).to_be_visible()
    check_page(page)
    page.get_by_label("Code", exact=True).fill(recovery[3])
    page.get_by_role("button", name="Log in", exact=True).click()

    expect(page).to_have_url(re.compile(r"/balie/bib-hanne/$"))


@pytest.mark.usefixtures("authenticator")
def test_a_passkey_logs_in_without_a_password(site: str, page: Page, hanne: User, check_page: CheckPage) -> None:
    log_in(page, site, hanne.email)
    page.goto(f"{site}/account/twee-stappen/")
    page.get_by_role("link", name="Voeg een passkey toe").click()
    check_page(page)
    page.get_by_label("Naam van dit toestel").fill("Laptop balie")
    page.get_by_role("button", name="Voeg toe").click()
    expect(page.get_by_role("heading", name="Je herstelcodes")).to_be_visible()
    page.goto(f"{site}/account/twee-stappen/passkeys/")
    expect(page.locator(".rows strong")).to_have_text("Laptop balie")
    check_page(page)
    log_out(page, site)

    page.get_by_role("button", name="Log in met een passkey").click()
    expect(page).to_have_url(re.compile(r"/balie/bib-hanne/$"))
    log_out(page, site)

    log_in(page, site, hanne.email)
    page.get_by_role("button", name="Gebruik je passkey").click()
    expect(page).to_have_url(re.compile(r"/balie/bib-hanne/$"))

    page.goto(f"{site}/account/twee-stappen/passkeys/")
    page.get_by_role("link", name="Andere naam").click()
    check_page(page)
    page.get_by_label("Naam van dit toestel").fill("Mijn telefoon")
    page.get_by_role("button", name="Bewaar").click()
    page.get_by_role("link", name="Verwijder").click()
    check_page(page)
    page.get_by_role("button", name="Verwijder").click()
    expect(page.get_by_text("Je hebt nog geen passkeys.")).to_be_visible()


def test_a_passkey_that_fails_is_said(site: str, page: Page, hanne: User) -> None:
    page.goto(f"{site}/account/login/")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('geen vinger')) }")

    page.get_by_role("button", name="Log in met een passkey").click()

    expect(page.get_by_text("Dat lukte niet. Probeer opnieuw, of log in met je wachtwoord.")).to_be_visible()


@pytest.mark.parametrize(
    "path",
    [
        "/account/login/",
        "/account/uitgeschakeld/",
        "/account/uitnodiging/",
        "/account/wachtwoord/vergeten/",
        "/account/wachtwoord/vergeten/verstuurd/",
        "/account/wachtwoord/nieuw/1/geen-sleutel/",
        "/account/wachtwoord/klaar/",
        "/account/acm-idm/afgebroken/",
        "/account/acm-idm/fout/",
    ],
)
def test_pages_for_who_is_not_logged_in(path: str, site: str, page: Page, check_page: CheckPage) -> None:
    page.goto(site + path)

    check_page(page)


@pytest.mark.parametrize(
    "path",
    [
        "/account/logout/",
        "/account/wachtwoord/",
        "/account/toestellen/",
        "/account/bevestigen/",
        "/account/twee-stappen/",
        "/account/twee-stappen/bevestigen/",
        "/account/twee-stappen/app/uit/",
        "/account/twee-stappen/herstelcodes/nieuw/",
        "/account/twee-stappen/passkeys/",
    ],
)
def test_pages_for_who_is_logged_in(path: str, site: str, page: Page, hanne: User, check_page: CheckPage) -> None:
    secret = make.second_factor(hanne)
    log_in(page, site, hanne.email)
    page.get_by_label("Code", exact=True).fill(make.code_of(secret))
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page).to_have_url(re.compile(r"/balie/bib-hanne/$"))

    page.goto(site + path)

    assert page.url == site + path
    check_page(page)


def test_logging_in_without_javascript(chromium: Any, site: str, hanne: User) -> None:
    context = chromium.new_context(locale="nl-BE", java_script_enabled=False)
    page = context.new_page()

    log_in(page, site, hanne.email)

    expect(page).to_have_url(re.compile(r"/balie/bib-hanne/$"))
    context.close()
