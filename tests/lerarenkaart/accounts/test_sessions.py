"""How long a session lasts: half an hour without a hand at a desk, a quarter at Klasse, a working day at most."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from knox.models import AuthToken

from distribution.models import CardYear
from pickup_points.models import KlasseRole, User
from tests import make
from tests.conftest import NOW
from tests.lerarenkaart.accounts.conftest import PASSWORD, is_logged_in, log_in

pytestmark = pytest.mark.django_db
DESK = "/balie/bib-an/collegas/"


@pytest.fixture
def clock(card_year: CardYear) -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def manager(db: None) -> User:
    user = User.objects.create_user("an@voorbeeld.be", PASSWORD, name="An")
    make.member(make.point("bib-an"), user, is_manager=True)
    return user


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (30, 302)])
def test_a_desk_left_alone_closes_t03(minutes: int, status: int, manager: User, client: Client, clock: Any) -> None:
    log_in(client, manager.email)
    client.get(DESK)
    clock.shift(dt.timedelta(minutes=minutes))

    assert client.get(DESK).status_code == status


@pytest.mark.parametrize(("minutes", "stays"), [(14, True), (15, False)])
@pytest.mark.parametrize("role", [KlasseRole.OFFICE, KlasseRole.READER, "superuser"])
def test_klasse_is_logged_out_after_a_quarter_t03(role: str, minutes: int, stays: bool, clock: Any) -> None:  # noqa: FBT001
    client = Client()
    user = User.objects.create_user("klasse@voorbeeld.be", PASSWORD)
    user.klasse_role, user.is_superuser = ("", True) if role == "superuser" else (role, False)
    user.save()
    client.force_login(user)
    client.get("/account/twee-stappen/")
    clock.shift(dt.timedelta(minutes=minutes))

    client.get("/account/twee-stappen/")

    assert is_logged_in(client) is stays


def test_who_works_on_stays_until_the_day_is_over_t03(manager: User, client: Client, clock: Any) -> None:
    log_in(client, manager.email)
    client.get(DESK)
    answers = []
    for _ in range(36):
        clock.shift(dt.timedelta(minutes=20))
        answers.append(client.get(DESK).status_code)

    assert answers == [200] * 35 + [302]


def test_what_a_page_asks_by_itself_keeps_nobody_logged_in(manager: User, client: Client, clock: Any) -> None:
    log_in(client, manager.email)
    client.get(DESK)
    answers = []
    for _ in range(4):
        clock.shift(dt.timedelta(minutes=9))
        answers.append(client.get(DESK, headers={"X-Background": "1"}).status_code)

    assert answers == [200, 200, 200, 302]


def test_the_login_page_says_why_and_leads_back(manager: User, client: Client, clock: Any) -> None:
    log_in(client, manager.email)
    client.get(DESK)
    clock.shift(dt.timedelta(minutes=31))

    page = client.get(DESK, follow=True)

    assert page.redirect_chain == [(f"/account/login/?next={DESK}", 302)]
    assert page.content.decode().count("Je was 30 minuten weg.") == 1


def test_a_session_is_written_once_a_minute_at_most(manager: User, client: Client, clock: Any) -> None:
    log_in(client, manager.email)
    client.get(DESK)
    writes = []
    for seconds in (30, 29, 1, 59):
        clock.shift(dt.timedelta(seconds=seconds))
        with CaptureQueriesContext(connection) as queries:
            client.get(DESK)
        writes.append(sum("django_session" in one["sql"] and one["sql"].startswith("UPDATE") for one in queries))

    assert writes == [0, 0, 1, 0]


def test_an_ended_session_is_gone(manager: User, client: Client, clock: Any) -> None:
    log_in(client, manager.email)
    client.get(DESK)
    clock.shift(dt.timedelta(minutes=31))
    client.get(DESK)

    assert Session.objects.count() == 0


@pytest.mark.parametrize(("path", "accept"), [(DESK, "application/json"), ("/api/v1/desk/cards/?q=Pee", "*/*")])
def test_a_program_hears_it_as_a_problem(path: str, accept: str, manager: User, client: Client, clock: Any) -> None:
    log_in(client, manager.email)
    client.get(DESK)
    clock.shift(dt.timedelta(minutes=31))

    answer = client.get(path, headers={"Accept": accept})

    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer.json()["code"] == "not_authenticated"


def test_switching_off_an_account_ends_everything_at_once_t03(manager: User, client: Client, clock: Any) -> None:
    log_in(client, manager.email)
    _, token = AuthToken.objects.create(manager)
    before = client.get(DESK).status_code

    User.objects.filter(pk=manager.pk).update(is_active=False)
    by_token = Client().get("/api/v1/desk/cards/?q=Pee", headers={"Authorization": f"Token {token}"})

    assert before == 200
    assert client.get(DESK).status_code == 302
    assert by_token.status_code == 401


def test_a_visitor_has_no_session(card_year: CardYear, client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/waarismijnlerarenkaart/")

    assert [one["sql"] for one in queries if "session" in one["sql"]] == []
    assert "sessionid" not in answer.cookies
