"""T09–T13: the headers of every public answer, whatever its status, and the Host that asks."""

from typing import Any

import pytest
from django.test import Client

from tests import outcomes

CSP = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
}
ROUTES = [
    ("GET", "/waarismijnlerarenkaart/", 200),
    ("POST", "/waarismijnlerarenkaart/", 403),
    ("PUT", "/waarismijnlerarenkaart/", 403),
    ("GET", "/", 302),
    ("GET", "/toegankelijkheid/", 200),
    ("GET", "/privacy/", 200),
    ("GET", "/robots.txt", 200),
    ("GET", "/api/v1/lookup/", 405),
    ("POST", "/api/v1/lookup/", 415),
    ("GET", "/api/v1/schema/", 200),
    ("GET", "/afhaalpunten/", 200),
    ("GET", "/afhaalpunten/bestaat-niet/", 404),
    ("GET", "/nergens/", 404),
    ("GET", "/api/v1/nergens/", 404),
]


pytestmark = pytest.mark.usefixtures("fresh_counters")


@pytest.mark.parametrize(("method", "path", "status"), ROUTES)
@pytest.mark.django_db
def test_t11_every_answer_carries_its_headers(method: str, path: str, status: int) -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.generic(method, path, b"a=1", content_type="application/x-www-form-urlencoded")

    assert response.status_code == status
    assert set(response["Content-Security-Policy"].split("; ")) == CSP
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in response


@pytest.mark.parametrize(
    "host", ["evil.be", "testserver@evil.be", "testserver.evil.be", "testserver:80@evil.be", "127.0.0.1.evil.be"]
)
@pytest.mark.django_db
def test_t13_another_host_is_refused_and_not_repeated(host: str) -> None:
    response = Client().get("/waarismijnlerarenkaart/", headers={"host": host})

    assert response.status_code == 400
    assert b"evil" not in response.content


@pytest.mark.django_db
def test_t13_a_forwarded_host_is_not_believed() -> None:
    response = Client().get("/", headers={"x-forwarded-host": "evil.be"})

    assert response["Location"] == "/waarismijnlerarenkaart/"


def test_t11_a_failure_carries_its_headers(card_year: Any, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    season = outcomes.season(card_year)
    settings.LOOKUP_LIMITS = False
    monkeypatch.setattr("distribution.queries.lookup.season", _fail)

    response = Client(raise_request_exception=False).post(
        "/waarismijnlerarenkaart/", {"stamboeknummer": season.numbers["sent_home"]}
    )

    assert response.status_code == 500
    assert "Er ging bij ons iets mis" in response.content.decode()
    assert set(response["Content-Security-Policy"].split("; ")) == CSP
    assert response["X-Frame-Options"] == "DENY"


def _fail(*args: object, **more: object) -> None:
    raise RuntimeError("broken on purpose")
