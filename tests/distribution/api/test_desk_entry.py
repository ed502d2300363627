"""Who comes in at the desk API: by token, by session with CSRF and a second factor, and nobody else."""

import datetime as dt
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from knox.models import AuthToken

from distribution.models import HandOver, Reading
from tests import desk_api, make
from tests.desk_api import API, Places, item, post, problem

pytestmark = pytest.mark.usefixtures("today")

# (method, path, body): each route as it is asked well. `{id}`: a hand-over of the own point.
ROUTES: list[tuple[str, str, object]] = [
    ("GET", "cards/?q=peeters", None),
    ("POST", "cards/", {"q": "peeters"}),
    ("GET", "snapshot/", None),
    ("POST", "key/", {}),
    ("POST", "handovers/", "item"),
    ("POST", "handovers/batch/", {"items": []}),
    ("POST", "handovers/{id}/undo/", {}),
]
NAMES = [f"{method} {path}" for method, path, _ in ROUTES]


def ask(client: Client, places: Places, route: tuple[str, str, object], **more: Any) -> Any:
    method, path, body = route
    sent = item(places.own)
    if "{id}" in path:
        post(desk_api.by_token(places.desk.user), "handovers/", sent)
        path = path.replace("{id}", str(HandOver.objects.get(undone_at=None).pk))
    if method == "GET":
        return client.get(API + path, **more)
    return post(client, path, sent if body == "item" else body, **more)


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_a_program_comes_in_with_a_token(places: Places, route: tuple[str, str, object]) -> None:
    answer = ask(desk_api.by_token(places.desk.user), places, route)

    assert (answer.status_code // 100, answer["Content-Type"], answer["Cache-Control"]) == (
        2,
        "application/json",
        "no-store",
    )


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_a_person_comes_in_with_a_session(places: Places, route: tuple[str, str, object]) -> None:
    assert ask(desk_api.by_session(places.desk.user), places, route).status_code // 100 == 2


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_nobody_else_comes_in(places: Places, route: tuple[str, str, object]) -> None:
    answer = ask(Client(), places, route)

    assert problem(answer) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Token"
    assert Reading.objects.count() == 0


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_a_stranger_finds_and_changes_nothing(places: Places, route: tuple[str, str, object]) -> None:
    stranger = desk_api.by_token(make.member(make.point()).user)
    before = HandOver.objects.count()

    answer = ask(stranger, places, route)

    expected = 404 if route[2] == "item" or "{id}" in route[1] else 200
    assert answer.status_code == expected
    assert places.own.number not in answer.content.decode()
    assert HandOver.objects.filter(undone_at=None).count() == before + ("{id}" in route[1])


@pytest.mark.parametrize("route", [route for route in ROUTES if route[0] == "POST"], ids=lambda route: route[1])
def test_a_session_without_csrf_changes_nothing_t10(places: Places, route: tuple[str, str, object]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(places.desk.user)

    assert problem(ask(client, places, route)) == (403, "csrf_failed")


def test_a_session_with_csrf_comes_in(places: Places) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(places.desk.user)
    token = "a" * 32
    client.cookies["csrftoken"] = token

    answer = post(client, "handovers/", item(places.own), headers={"X-CSRFToken": token})

    assert answer.status_code == 201


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_who_must_have_a_second_factor_shows_it_in_a_session(places: Places, route: tuple[str, str, object]) -> None:
    places.desk.user.klasse_role = "office"
    places.desk.user.save()
    client = desk_api.by_session(places.desk.user)

    assert problem(ask(client, places, route)) == (403, "second_factor_needed")
    assert Reading.objects.count() == 0
    with mock.patch("pickup_points.http.is_mfa_enabled", return_value=True):
        assert ask(client, places, route).status_code // 100 == 2
    assert ask(desk_api.by_token(places.desk.user), places, ("GET", "snapshot/", None)).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "Token",
        "Token a b",
        "Token niets",
        "Token " + "0" * 64,
        "Token \xff\xfe",
        "Token " + "é" * 64,
        "Token " + "a" * 9000,
    ],
)
def test_a_token_that_is_none_is_401(places: Places, header: str) -> None:
    answer = Client().get(API + "snapshot/", headers={"authorization": header})

    assert problem(answer) == (401, "authentication_failed")


@pytest.mark.parametrize("header", ["", "Basic YTpi", "Bearer abc"])
def test_another_kind_of_authorization_is_nobody(places: Places, header: str) -> None:
    assert problem(Client().get(API + "snapshot/", headers={"authorization": header})) == (401, "not_authenticated")


def test_an_ended_token_and_an_inactive_person_stay_out(places: Places) -> None:
    user = places.desk.user
    _, ended = AuthToken.objects.create(user=user, expiry=dt.timedelta(seconds=-1))
    session, program = desk_api.by_session(user), desk_api.by_token(user)
    user.is_active = False
    user.save()

    assert problem(Client().get(API + "snapshot/", headers={"authorization": f"Token {ended}"}))[0] == 401
    assert problem(program.get(API + "snapshot/")) == (401, "authentication_failed")
    assert problem(session.get(API + "snapshot/")) == (401, "not_authenticated")
