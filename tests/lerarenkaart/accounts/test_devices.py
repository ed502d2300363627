"""Where someone is logged in: their own browsers and nobody else's, ended one by one or all others at once."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lerarenkaart.accounts import devices, forgetting
from pickup_points.models import User
from tests import make
from tests.conftest import NOW
from tests.lerarenkaart.accounts.conftest import ANOTHER, PASSWORD, is_logged_in, log_in
from tests.pages import text

pytestmark = pytest.mark.django_db
PAGE = "/account/toestellen/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def browser(user: User, agent: str = FIREFOX) -> Client:
    """Logged in, with one page opened."""
    client = Client(headers={"User-Agent": agent})
    log_in(client, user.email)
    client.get("/balie/")
    return client


def keys(page: Any) -> list[str]:
    return re.findall(r'name="toestel"\s+value="(\d+)"', page.content.decode())


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox op Windows"),
        (IPHONE, "Safari op een iPhone"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 CriOS/141.0 Mobile Safari/604.1",
         "Chrome op een iPhone"),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/141.0 Safari/537.36", "Chrome op een Chromebook"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0", "Edge op Windows"),
        ("Mozilla/5.0 (Linux; Android 15; SM-X200) AppleWebKit/537.36 SamsungBrowser/28.0 Chrome/130.0 Safari/537.36",
         "Samsung Internet op Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15",
         "Safari op een Mac"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 OPR/122.0", "Opera op Linux"),
        ("curl/8.5.0", "Een browser"),
        ("<script>alert(1)</script>", "Een browser"),
        ("", "Een browser"),
    ],
)  # fmt: skip
def test_a_browser_is_called_what_people_call_it(agent: str, words: str) -> None:
    assert devices.in_words(agent) == words


def test_each_browser_is_there_with_when_and_which_is_this(an: User, clock: Any) -> None:
    browser(an, IPHONE)
    clock.shift(dt.timedelta(minutes=10))
    here = browser(an)
    browser(make.new_user())

    shown = text(here.get(PAGE))

    assert shown.index("Firefox op Windows ✓ dit toestel ingelogd 12 januari om 10.10 uur") < shown.index(
        "Safari op een iPhone ingelogd 12 januari om 10.00 uur laatst gebruikt om 10.00 uur"
    )
    assert shown.count("ingelogd 12 januari") == 2


def test_of_where_someone_sits_nothing_is_kept(an: User, client: Client) -> None:
    log_in(client, an.email, REMOTE_ADDR="203.0.113.7")

    assert UserSession.objects.get().ip == "0.0.0.0"  # noqa: S104 -- no address to listen on


def test_one_other_browser_is_ended(an: User, clock: Any) -> None:
    here, phone, tablet = browser(an), browser(an, IPHONE), browser(an, "Android Chrome/1")
    page = here.get(PAGE)
    phones = UserSession.objects.get(user_agent=IPHONE).pk

    answer = here.post(PAGE, {"toestel": str(phones)}, follow=True)

    assert str(phones) in keys(page)
    assert "Daar ben je nu uitgelogd." in text(answer)
    assert [client.get("/balie/bib-an/").status_code for client in (here, tablet, phone)] == [200, 200, 302]
    assert "Daar was je al uitgelogd." in text(here.post(PAGE, {"toestel": str(phones)}, follow=True))


def test_all_others_are_ended(an: User, clock: Any) -> None:
    here, others = browser(an), [browser(an, IPHONE), browser(an)]

    here.post(PAGE, {"toestel": "alle"})

    assert [is_logged_in(client) for client in (here, *others)] == [True, False, False]
    assert "Je bent nergens anders ingelogd." in text(here.get(PAGE))


def test_nobody_ends_the_session_of_another(an: User, clock: Any) -> None:
    bob = User.objects.create_user("bob@voorbeeld.be", PASSWORD)
    theirs, here = browser(bob), browser(an)
    key = UserSession.objects.get(user=bob).pk

    for which in (str(key), "alle", "", "x", "-1", "9" * 40, "²"):
        here.post(PAGE, {"toestel": which})

    assert [is_logged_in(client) for client in (here, theirs)] == [True, True]


def test_ending_asks_for_the_password_once_more(an: User, clock: Any) -> None:
    other = browser(an, IPHONE)
    here = browser(an)
    clock.shift(dt.timedelta(minutes=6))
    other.get("/balie/")

    asked = here.post(PAGE, {"toestel": "alle"})
    before = is_logged_in(other)
    answer = here.post(asked["Location"], {"password": PASSWORD}, follow=True)

    assert (asked["Location"].split("?")[0], before) == ("/account/bevestigen/", True)
    assert "Daar ben je nu uitgelogd." in text(answer)
    assert not is_logged_in(other)


def test_what_lay_idle_or_is_from_before_a_new_password_is_not_there(an: User, clock: Any) -> None:
    browser(an, IPHONE)
    clock.shift(dt.timedelta(minutes=30))
    here = browser(an)
    browser(an, IPHONE)
    an.refresh_from_db()
    here.post("/account/wachtwoord/", {"oldpassword": PASSWORD, "password1": ANOTHER, "password2": ANOTHER})

    assert text(here.get(PAGE)).count("ingelogd 12 januari") == 1


def test_who_came_in_before_there_was_a_list_is_in_it(an: User, clock: Any) -> None:
    client = Client(headers={"User-Agent": IPHONE})
    client.force_login(an)

    assert "Safari op een iPhone ✓ dit toestel" in text(client.get(PAGE))


def test_the_list_asks_the_same_questions_for_one_and_for_three(an: User, clock: Any) -> None:
    here = browser(an)
    counts = []
    for more in (0, 2):
        for _ in range(more):
            browser(an, IPHONE)
        with CaptureQueriesContext(connection) as queries:
            here.get(PAGE)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_looking_and_working_write_nothing_about_it(an: User, clock: Any) -> None:
    here = browser(an)
    with CaptureQueriesContext(connection) as queries:
        here.get(PAGE)
        here.get("/balie/bib-an/")

    assert [one["sql"] for one in queries if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))] == []


def test_what_is_kept_goes_with_the_session(an: User, clock: Any) -> None:
    browser(an)
    stays = browser(an)
    Session.objects.exclude(pk=stays.session.session_key).delete()

    forgetting.forget(NOW - dt.timedelta(days=730), at=NOW)

    assert [one.session_key for one in UserSession.objects.all()] == [stays.session.session_key]


def test_a_stranger_is_asked_to_log_in(client: Client) -> None:
    assert client.get(PAGE)["Location"] == f"/account/login/?next={PAGE}"
