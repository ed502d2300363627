"""What holds for every address of the site: headers, hosts, and that looking changes nothing."""

import re
from unittest import mock

import pytest
from django.conf import settings
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from distribution.models import CardYear
from lerarenkaart import health
from pickup_points.models import User
from tests import routes

pytestmark = pytest.mark.django_db
PATHS = list(routes.paths())
CHANGES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|TRUNCATE|COPY)\b", re.IGNORECASE)
HOSTS = [
    "evil.be",
    "localhost.evil.be",
    "evil.be:80",
    "evil.be:8000",
    "x@evil.be",
    "localhost@evil.be",
    "127.0.0.1.evil.be",
    "[::2]",
    "192.168.1.1",
    "10.0.0.1",
    "169.254.169.254",
    "localhost:evil",
    "localhost/evil",
    "localhost evil.be",
    "evil.be#localhost",
    "evil.be?localhost",
    "évil.be",
    ".localhost.",
    "testserver.evil.be",
    "<script>alert(1)</script>",
]


@pytest.fixture(autouse=True)
def year_with_a_card(card_year: CardYear) -> CardYear:
    routes.something_to_show(card_year)
    return card_year


@pytest.fixture(params=["visitor", "superuser"])
def anyone(request: pytest.FixtureRequest, client: Client) -> Client:
    if request.param == "superuser":
        client.force_login(User.objects.create_superuser("beheer@voorbeeld.be", "een-lang-wachtwoord-voor-de-proef"))
        client.get("/healthz")  # the session notes once a minute that it is in use
    return client


def headers(answer: HttpResponseBase) -> dict[str, str]:
    """The headers that every answer has, as they must be."""
    names = ("X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy")
    found = {name: answer.headers.get(name, "") for name in names}
    policy = answer.headers.get("Content-Security-Policy", "")
    found["csp"] = " ".join(
        part for part in sorted(policy.split("; ")) if part.startswith(("default-src", "frame-ancestors"))
    )
    found["unsafe"] = " ".join(re.findall(r"unsafe-\w+|\*|https?:\S*", policy))
    return found


SAFE = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "csp": "default-src 'none' frame-ancestors 'none'",
    "unsafe": "",
}


@pytest.mark.parametrize("path", [*PATHS, "/bestaat-niet/", "/static/bestaat-niet.css", "/technisch-beheer/login/"])
def test_headers_on_every_address_t12_p13(path: str, client: Client) -> None:
    assert headers(client.get(path)) == SAFE


@pytest.mark.parametrize("path", PATHS)
def test_every_address_answers_a_post_without_a_failure_p22(path: str, client: Client) -> None:
    answer = client.post(path, {"iets": "anders"})

    assert answer.status_code < 500
    assert headers(answer) == SAFE


def test_headers_on_a_static_file_t12(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "WHITENOISE_USE_FINDERS", True, raising=False)  # not collected in a test

    answer = client.get("/static/admin/css/base.css")
    answer.close()

    assert (answer.status_code, headers(answer)) == (200, SAFE)


def test_headers_on_a_failure_t12(client: Client) -> None:
    client.raise_request_exception = False
    view = resolve("/healthz").func
    assert view is health.alive
    with mock.patch.object(health, "JsonResponse", side_effect=RuntimeError("16203040856")):
        answer = client.get("/healthz")

    assert (answer.status_code, headers(answer)) == (500, SAFE)
    assert "16203040856" not in answer.content.decode()


@pytest.mark.parametrize("host", HOSTS)
def test_unknown_host_is_refused_t13(host: str, client: Client) -> None:
    answer = client.get("/waarismijnlerarenkaart/", headers={"host": host})

    assert (answer.status_code, headers(answer)) == (400, SAFE)
    assert "evil" not in answer.content.decode()


def test_forwarded_host_is_not_believed_t13(client: Client) -> None:
    answer = client.get("/", headers={"X-Forwarded-Host": "evil.be"})

    assert answer["Location"] == "/waarismijnlerarenkaart/"


@pytest.mark.parametrize("path", PATHS)
def test_get_changes_nothing(path: str, anyone: Client) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = anyone.get(path)

    assert answer.status_code < 500
    assert [query["sql"] for query in queries if CHANGES.match(query["sql"])] == []


@pytest.mark.parametrize("path", PATHS)
def test_no_page_sets_a_cookie_on_someone_who_only_looks(path: str, client: Client) -> None:
    answer = client.get(path)

    assert set(answer.cookies) <= {"csrftoken"}


def test_every_address_has_a_name() -> None:
    assert [route for route, pattern in routes.patterns() if not pattern.name] == []
