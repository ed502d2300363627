"""ACM/IDM: the whole code flow with PKCE against a server of our own; it opens accounts and makes none."""

import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

from pickup_points.models import User
from tests import make
from tests.lerarenkaart.accounts import openid_server
from tests.lerarenkaart.accounts.conftest import is_logged_in, log_in
from tests.lerarenkaart.accounts.openid_server import CLIENT_ID, CLIENT_SECRET, OpenIdServer

pytestmark = pytest.mark.django_db
LOGIN = "/account/acm-idm/login/"
AN = {"sub": "an-bij-acm", "email": "An@voorbeeld.be", "email_verified": True, "rrn": "85052502751", "name": "An"}


@pytest.fixture
def acm(settings: Any) -> Iterator[OpenIdServer]:
    with openid_server.running() as server:
        app = {
            "provider_id": "acm-idm",
            "name": "ACM/IDM",
            "client_id": CLIENT_ID,
            "secret": CLIENT_SECRET,
            "settings": {"server_url": server.address, "fetch_userinfo": False, "oauth_pkce_enabled": True},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        yield server


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: object) -> None:
        return None


def authenticate(client: Client, at: str = LOGIN) -> Any:
    """Press the button, log in over there, and come back."""
    there = client.get(at)["Location"]
    try:
        urllib.request.build_opener(_NoRedirect).open(there)
    except urllib.error.HTTPError as redirect:
        back = str(redirect.headers["Location"])
    return client.get(back.removeprefix("http://testserver"))


def test_the_button_is_there_only_with_a_server(client: Client, settings: Any) -> None:
    page = client.get("/account/login/").content.decode()
    answer = client.get(LOGIN)

    assert "ACM/IDM" not in page
    assert answer.status_code == 404


def test_the_button_leads_to_the_server(acm: OpenIdServer, client: Client) -> None:
    page = client.get("/account/login/?next=/balie/bib-an/").content.decode()

    assert page.count("Aanmelden met ACM/IDM") == 1
    assert page.count(f'href="{LOGIN}?process=login&amp;next=%2Fbalie%2Fbib-an%2F"') == 1


def test_the_verified_address_opens_the_account(acm: OpenIdServer, an: User, client: Client) -> None:
    acm.claims = AN

    answer = authenticate(client, f"{LOGIN}?process=login&next=/balie/bib-an/")

    assert (answer.status_code, answer["Location"]) == (302, "/balie/bib-an/")
    assert client.session["_auth_user_id"] == str(an.pk)
    assert acm.asked[0]["code_challenge_method"] == "S256"
    assert set(acm.asked[0]["scope"].split()) == {"openid", "profile", "email"}


def test_nothing_that_acm_tells_is_kept(acm: OpenIdServer, an: User, client: Client) -> None:
    acm.claims = AN
    for visitor in (client, Client()):
        authenticate(visitor)

    (kept,) = SocialAccount.objects.values("user", "provider", "uid", "extra_data")
    assert kept == {"user": an.pk, "provider": "acm-idm", "uid": "an-bij-acm", "extra_data": {}}
    assert SocialToken.objects.count() == 0
    assert User.objects.get(pk=an.pk).has_usable_password()


def test_the_account_stays_theirs_when_the_address_changes_over_there(
    acm: OpenIdServer, an: User, client: Client
) -> None:
    acm.claims = AN
    authenticate(Client())
    acm.claims = AN | {"email": "an.nieuw@voorbeeld.be"}

    authenticate(client)

    assert client.session["_auth_user_id"] == str(an.pk)


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "vreemd@voorbeeld.be", "email_verified": True},
        {"email": "an@voorbeeld.be", "email_verified": False},
        {"email": "an@voorbeeld.be", "email_verified": "false"},
        {"email": "an@voorbeeld.be"},
        {},
    ],
    ids=["stranger", "not verified", "a word for not verified", "not said", "no address"],
)
def test_a_stranger_gets_a_friendly_page_and_no_account(
    claims: dict[str, Any], acm: OpenIdServer, an: User, client: Client
) -> None:
    acm.claims = {"sub": "iemand"} | claims

    answer = authenticate(client)

    assert answer.status_code == 403
    assert "We kennen je hier nog niet" in answer.content.decode()
    assert (is_logged_in(client), User.objects.count(), SocialAccount.objects.count()) == (False, 1, 0)


def test_a_switched_off_account_stays_shut(acm: OpenIdServer, an: User, client: Client) -> None:
    acm.claims = AN
    authenticate(Client())
    User.objects.filter(pk=an.pk).update(is_active=False)

    answer = authenticate(client)

    assert answer["Location"] == "/account/uitgeschakeld/"
    assert not is_logged_in(client)


def test_the_second_step_is_asked_here_too(acm: OpenIdServer, an: User, client: Client) -> None:
    make.second_factor(an)
    acm.claims = AN

    answer = authenticate(client)

    assert (answer["Location"], is_logged_in(client)) == ("/account/twee-stappen/code/", False)


def test_who_cancels_hears_that_nothing_happened(acm: OpenIdServer, an: User, client: Client) -> None:
    acm.refuses = True

    answer = authenticate(client)

    assert answer["Location"] == "/account/acm-idm/afgebroken/"
    assert "Er is niets gebeurd." in client.get(answer["Location"]).content.decode()


def test_a_token_for_someone_else_opens_nothing(acm: OpenIdServer, an: User, client: Client) -> None:
    acm.claims, acm.audience = AN, "een-andere-toepassing"

    answer = authenticate(client)

    assert (answer.status_code, is_logged_in(client)) == (401, False)
    assert "Aanmelden met ACM/IDM lukte niet" in answer.content.decode()


PUBLIC = "een-sleutel-die-iedereen-kent-en-lang-genoeg-is"
STRANGE = ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize(
    ("forged", "kid"),
    [((STRANGE, "ES256"), "1"), ((STRANGE, "ES256"), "2"), ((None, "none"), "1"), ((PUBLIC, "HS256"), "1")],
    ids=["signed by another", "by a key it does not have", "not signed", "with a key everyone knows"],
)
def test_a_token_the_server_did_not_sign_opens_nothing(
    forged: tuple[Any, str], kid: str, acm: OpenIdServer, an: User, client: Client
) -> None:
    acm.claims, acm.forged, acm.kid = AN, forged, kid

    answer = authenticate(client)

    assert (answer.status_code, is_logged_in(client)) == (401, False)


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"nbf": int(time.time()) + 3600},
        {"nonce": "van-een-andere-keer"},
        {"nonce": None},
        {"iss": "https://een-ander.voorbeeld.be"},
    ],
    ids=["over", "without an end", "not yet", "of another login", "of no login", "of another server"],
)
def test_a_token_of_another_time_or_login_opens_nothing(
    claims: dict[str, Any], acm: OpenIdServer, an: User, client: Client
) -> None:
    acm.claims = AN | claims

    answer = authenticate(client)

    assert (answer.status_code, is_logged_in(client)) == (401, False)


def test_a_server_that_says_it_is_another_opens_nothing(acm: OpenIdServer, an: User, client: Client) -> None:
    acm.claims, acm.issuer = AN, "https://een-ander.voorbeeld.be"

    answer = authenticate(client)

    assert (answer.status_code, is_logged_in(client)) == (401, False)
    assert "Aanmelden met ACM/IDM lukte niet" in answer.content.decode()


def test_each_login_asks_with_a_nonce_of_its_own(acm: OpenIdServer, an: User, client: Client) -> None:
    acm.claims = AN
    for visitor in (client, Client()):
        authenticate(visitor)

    nonces = {asked["nonce"] for asked in acm.asked}
    assert (len(nonces), {len(one) for one in nonces}) == (2, {64})


def test_the_answer_to_another_browser_opens_nothing(acm: OpenIdServer, an: User, client: Client) -> None:
    """Login CSRF: the state belongs to the session that asked."""
    acm.claims = AN
    there = client.get(LOGIN)["Location"]
    try:
        urllib.request.build_opener(_NoRedirect).open(there)
    except urllib.error.HTTPError as redirect:
        back = str(redirect.headers["Location"]).removeprefix("http://testserver")
    victim = Client()

    answer = victim.get(back)

    assert (answer.status_code, is_logged_in(victim)) == (401, False)


def test_a_server_that_is_away_is_a_page_and_no_failure(
    an: User, client: Client, acm: OpenIdServer, settings: Any
) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:1"

    answer = client.get(LOGIN)

    assert answer.status_code == 401
    assert "Aanmelden met ACM/IDM lukte niet" in answer.content.decode()
    assert log_in(client, an.email).status_code == 302
