"""Logging in and out: who gets in, what a stranger learns, and how often one may guess (hardening.md T03, T11)."""

import datetime as dt
import statistics
import time
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth import hashers
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from distribution.actions import lookup_counters
from lerarenkaart.accounts.login_limits import CLIENT, EVERYTHING, LoginLimits, TooManyAttempts
from pickup_points.models import User
from tests.lerarenkaart.accounts.conftest import ANOTHER, PASSWORD, is_logged_in, log_in

pytestmark = pytest.mark.django_db
NOT_TOGETHER = "Dit e-mailadres en wachtwoord horen niet bij elkaar."
TOO_MANY = "Er zijn te veel pogingen geweest."


@pytest.fixture
def hasher() -> Iterator[mock.Mock]:
    """How often the hasher was asked to compare."""
    with mock.patch.object(hashers, "verify_password", wraps=hashers.verify_password) as asked:
        yield asked


def test_the_right_password_opens_the_desk(an: User, client: Client) -> None:
    answer = log_in(client, " AN@Voorbeeld.be")

    assert (answer.status_code, answer["Location"]) == (302, "/balie/")
    assert client.session["_auth_user_id"] == str(an.pk)


def test_the_pages_of_an_account_speak_to_klasse_too(an: User, client: Client) -> None:
    door = client.get("/account/login/").content.decode()
    log_in(client, "an@voorbeeld.be")
    account = client.get(reverse("mfa_index")).content.decode()

    assert "Voor wie aan een balie staat of bij Klasse werkt." in door
    assert '<a href="/balie/">Terug naar je werk</a>' in account
    assert "naar de balie" not in account


def test_the_page_that_was_asked_for_comes_after_login(an: User, client: Client) -> None:
    asked = client.get("/balie/bib-an/")
    answer = client.post(asked["Location"], {"login": an.email, "password": PASSWORD, "next": "/balie/bib-an/"})

    assert asked["Location"] == "/account/login/?next=/balie/bib-an/"
    assert answer["Location"] == "/balie/bib-an/"


@pytest.mark.parametrize("elsewhere", ["https://evil.be/", "//evil.be/", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere_after_login(elsewhere: str, an: User, client: Client) -> None:
    answer = client.post("/account/login/", {"login": an.email, "password": PASSWORD, "next": elsewhere})

    assert answer["Location"] == "/balie/"


def test_the_key_of_the_session_is_a_new_one_and_gone_after_logout_t11(an: User, client: Client) -> None:
    client.get("/account/wachtwoord/nieuw/1/set-password/")
    session = client.session
    session["iets"] = 1
    session.save()
    client.cookies["sessionid"] = before = str(session.session_key)

    log_in(client, an.email)
    after = client.session.session_key
    client.post("/account/logout/")

    assert after != before
    assert dict(client.session) == {}
    assert not Client(headers={"cookie": f"sessionid={after}"}).get("/balie/").headers["Location"].startswith("/balie/")


def test_logging_out_takes_a_post(an: User, client: Client) -> None:
    log_in(client, an.email)

    page = client.get("/account/logout/")

    assert "Wil je uitloggen?" in page.content.decode()
    assert is_logged_in(client)


@pytest.mark.parametrize("email", ["an@voorbeeld.be", "niemand@voorbeeld.be", "weg@voorbeeld.be", "nieuw@voorbeeld.be"])
def test_known_and_unknown_get_the_same_words(email: str, an: User, client: Client) -> None:
    User.objects.create_user("nieuw@voorbeeld.be")  # invited, no password yet
    User.objects.filter(pk=User.objects.create_user("weg@voorbeeld.be", PASSWORD).pk).update(is_active=False)

    page = log_in(client, email, ANOTHER).content.decode()

    assert page.count(NOT_TOGETHER) == 1
    assert not is_logged_in(client)


def test_known_and_unknown_take_the_same_time(client: Client, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["lerarenkaart.accounts.hashing.Argon2Hasher"]
    people = [User.objects.create_user(f"ken-{number}@voorbeeld.be", PASSWORD) for number in range(6)]
    times: dict[bool, list[float]] = {True: [], False: []}
    for number, person in enumerate(people):
        for known, email in ((True, person.email), (False, f"niet-{number}@voorbeeld.be")):
            began = time.perf_counter()
            log_in(Client(REMOTE_ADDR=f"10.0.{number}.{int(known)}"), email, ANOTHER)
            times[known].append(time.perf_counter() - began)

    known_time, unknown_time = (statistics.median(times[which]) for which in (True, False))

    # Without the same work it would be ten times as short; this machine has others to serve too.
    assert 0.5 < known_time / unknown_time < 2


def test_a_switched_off_account_does_not_come_in(an: User, client: Client) -> None:
    User.objects.filter(pk=an.pk).update(is_active=False)

    answer = log_in(client, an.email)

    assert answer["Location"] == "/account/uitgeschakeld/"
    assert not is_logged_in(client)


def test_the_sixth_guess_from_one_place_is_not_compared_t03(an: User, client: Client, hasher: mock.Mock) -> None:
    pages = [log_in(client, an.email, f"{ANOTHER}-{number}").content.decode() for number in range(7)]

    assert [NOT_TOGETHER in page for page in pages] == [True] * 5 + [False] * 2
    assert [TOO_MANY in page for page in pages] == [False] * 5 + [True] * 2
    assert hasher.call_count == 5


def test_unknown_addresses_are_limited_with_the_same_words(client: Client) -> None:
    pages = [log_in(client, "niemand@voorbeeld.be", f"{ANOTHER}-{number}").content.decode() for number in range(6)]

    assert [TOO_MANY in page for page in pages] == [False] * 5 + [True]


def test_the_right_password_counts_for_nothing(an: User) -> None:
    answers = [log_in(Client(), an.email).status_code for _ in range(8)]

    assert answers == [302] * 8


def test_a_thousand_guesses_reach_the_hasher_a_hundred_times_and_the_owner_comes_in_t03(
    an: User, client: Client, hasher: mock.Mock
) -> None:
    log_in(client, an.email)
    client.post("/account/logout/")
    hasher.reset_mock()

    for guess in range(1000):
        log_in(Client(REMOTE_ADDR=f"10.1.0.{guess % 100}"), an.email, f"{ANOTHER}-{guess}")
    reached = hasher.call_count
    answer = log_in(client, an.email, REMOTE_ADDR="10.2.0.1")

    assert reached == 100
    assert answer.status_code == 302
    assert is_logged_in(client)


def test_a_mark_of_someone_else_is_no_mark(an: User) -> None:
    User.objects.create_user("bob@voorbeeld.be", PASSWORD)
    bob = Client()
    log_in(bob, "bob@voorbeeld.be")
    bob.post("/account/logout/")

    pages = [log_in(bob, an.email, f"{ANOTHER}-{number}").content.decode() for number in range(6)]

    assert [TOO_MANY in page for page in pages] == [False] * 5 + [True]


def test_colleagues_at_one_browser_each_keep_their_mark(an: User, client: Client, hasher: mock.Mock) -> None:
    User.objects.create_user("bob@voorbeeld.be", PASSWORD)
    for email in (an.email, "bob@voorbeeld.be"):
        log_in(client, email)
        client.post("/account/logout/")
    for place in range(20):
        for number in range(5):
            log_in(Client(REMOTE_ADDR=f"10.5.0.{place}"), an.email, f"{ANOTHER}-{number}")

    answer = log_in(client, an.email, REMOTE_ADDR="10.6.0.1")

    assert answer.status_code == 302


@pytest.mark.parametrize("cookie", ["", "x", "W10:x:y", "é"])
def test_a_made_up_mark_is_no_mark(cookie: str, an: User, client: Client) -> None:
    client.cookies["toestel"] = cookie

    assert log_in(client, an.email).status_code == 302


def test_a_marked_browser_is_limited_as_well(an: User, client: Client, hasher: mock.Mock) -> None:
    log_in(client, an.email)
    client.post("/account/logout/")
    hasher.reset_mock()

    for number in range(9):
        log_in(client, an.email, f"{ANOTHER}-{number}", REMOTE_ADDR=f"10.3.0.{number}")

    assert hasher.call_count == 5


def test_one_place_guesses_at_twenty_accounts_an_hour_t03() -> None:
    limits, at = LoginLimits(lookup_counters.DatabaseCounters(), secret="proef"), timezone.now()
    for number in range(CLIENT.most):
        limits.password(f"{number}@voorbeeld.be", client="10.0.0.1", at=at)

    with pytest.raises(TooManyAttempts) as refused:
        limits.password("nog@voorbeeld.be", client="10.0.0.1", at=at + dt.timedelta(minutes=10))
    limits.password("nog@voorbeeld.be", client="10.0.0.2", at=at)
    limits.password("nog@voorbeeld.be", client="10.0.0.1", at=at + dt.timedelta(hours=1, seconds=1))

    assert refused.value.retry_after == 50 * 60


def test_the_owner_waits_a_quarter_at_most() -> None:
    limits, at = LoginLimits(lookup_counters.DatabaseCounters(), secret="proef"), timezone.now()
    for _ in range(5):
        limits.password("an@voorbeeld.be", client="10.0.0.1", at=at)

    with pytest.raises(TooManyAttempts) as refused:
        limits.password("an@voorbeeld.be", client="10.0.0.1", at=at)
    limits.password("an@voorbeeld.be", client="10.0.0.1", at=at + dt.timedelta(minutes=15, seconds=1))

    assert refused.value.retry_after == 15 * 60


def test_a_new_password_opens_an_account_others_guessed_at() -> None:
    limits, at = LoginLimits(lookup_counters.DatabaseCounters(), secret="proef"), timezone.now()
    for number in range(100):
        limits.password("an@voorbeeld.be", client=f"10.0.0.{number}", at=at)
    with pytest.raises(TooManyAttempts):
        limits.password("an@voorbeeld.be", client="10.9.0.1", at=at)

    limits.forget_account("an@voorbeeld.be", at=at)
    tries = [limits.password("an@voorbeeld.be", client=f"10.9.0.{number}", at=at) for number in range(100)]

    assert len(tries) == 100
    assert EVERYTHING > 100


def test_login_works_while_redis_is_away(an: User, client: Client, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    wrong = log_in(client, an.email, ANOTHER)
    right = log_in(client, an.email)

    assert (wrong.status_code, right.status_code) == (200, 302)


def test_a_client_is_who_our_proxy_says(an: User, settings: Any, hasher: mock.Mock) -> None:
    settings.NUM_PROXIES = 1
    for number in range(9):
        log_in(Client(), an.email, ANOTHER, headers={"X-Forwarded-For": f"10.0.0.{number}, 192.0.2.7"})

    assert hasher.call_count == 5
