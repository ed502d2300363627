"""A database that is away or slow: the public pages say so at once, with 503 and Retry-After."""

import time
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.test import Client

from distribution.models import CardYear
from lerarenkaart import database
from tests import programs

pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite ends no statement by the clock")
PAGE, API = "/waarismijnlerarenkaart/", "/api/v1/lookup/"


@pytest.fixture
def visitor() -> Client:
    """As in production: what is not foreseen becomes a page."""
    return Client(raise_request_exception=False)


@pytest.fixture
def slow(card_year: CardYear, monkeypatch: pytest.MonkeyPatch) -> None:
    """Visitors have no patience at all: whatever the database takes is too long."""
    monkeypatch.setattr(database, "PATIENCE", -1.0)
    monkeypatch.setattr(database, "REST", 0.5)


def _asks(visitor: Client) -> Any:
    return visitor.post(API, {"staff_number": "16203040856"}, content_type="application/json")


def test_a_slow_database_is_said_to_programs_and_people_f24(visitor: Client, slow: None) -> None:
    answer = _asks(visitor)
    page = visitor.get(PAGE)

    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "busy", "5")
    assert answer["Content-Type"] == "application/problem+json"
    assert (page.status_code, page["Retry-After"], page["Cache-Control"]) == (503, "5", "no-store")
    assert "Het is nu even te druk" in page.content.decode()


def test_who_comes_after_is_told_without_a_question_and_later_served_f24(
    visitor: Client, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _asks(visitor).status_code == 503
    with mock.patch.object(connection, "ensure_connection", side_effect=AssertionError("asked")):
        assert _asks(visitor).status_code == 503

    time.sleep(0.55)
    monkeypatch.setattr(database, "PATIENCE", 60.0)

    assert _asks(visitor).status_code == 200


def test_other_pages_have_patience_f24(visitor: Client, slow: None) -> None:
    assert visitor.get("/readyz").status_code == 200


def test_a_database_that_is_away_is_a_503_f5(visitor: Client) -> None:
    with mock.patch.object(connection, "cursor", side_effect=OperationalError("weg")):
        page, answer = visitor.get(PAGE), _asks(visitor)

    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_what_is_our_own_fault_stays_a_500(visitor: Client) -> None:
    with mock.patch.object(connection, "cursor", side_effect=ZeroDivisionError):
        page = visitor.get(PAGE)

    assert (page.status_code, page.headers.get("Retry-After")) == (500, None)


def test_hurry_limits_what_a_visitor_may_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    options: dict[str, Any] = {}
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    monkeypatch.setattr(connection, "vendor", "postgresql")

    database.hurry()

    assert options == {"options": database.VISITORS.format(milliseconds=30_000), "connect_timeout": 2}


@on_postgresql
def test_a_statement_that_takes_too_long_is_a_page_and_no_waiting(tmp_path: Path) -> None:
    """The web process itself, with a page that asks something slow: the database ends it, and serves the next one."""
    code = """
import time
import lerarenkaart.wsgi
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from lerarenkaart import urls
def slow(request):
    connection.cursor().execute("SELECT pg_sleep(30)")
    return HttpResponse("te laat")
urls.urlpatterns.append(path("traag/", slow))
client = Client(raise_request_exception=False, headers={"host": "localhost"})
began = time.monotonic()
page = client.get("/traag/")
print(page.status_code, page["Retry-After"], "even te druk" in page.content.decode(), time.monotonic() - began < 10)
print(client.get("/afhaalpunten/").status_code)
"""

    env = _production(tmp_path, STATEMENT_TIMEOUT="1")
    assert programs.manage("collectstatic", "--noinput", env=env).returncode == 0

    done = programs.python(code, env=env)

    assert done.stdout.splitlines() == ["503 5 True True", "200"], done.stderr


@on_postgresql
@pytest.mark.parametrize(
    ("door", "limit"),
    [("lerarenkaart.wsgi", "30s"), ("lerarenkaart.celery", "0"), ("django", "0")],
    ids=["web", "worker", "command"],
)
def test_only_the_web_process_has_a_limit(door: str, limit: str, tmp_path: Path) -> None:
    code = f"""
import django, {door}
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SHOW statement_timeout")
    print(*cursor.fetchone())
"""

    done = programs.python(code, env=_production(tmp_path))

    assert done.stdout.split() == [limit], done.stderr


def _production(folder: Path, **variables: str) -> dict[str, str]:
    """Beside the database of this test; nothing here asks anything of the Redis it names."""
    own = connection.settings_dict
    url = f"postgres://{own['USER']}@{own['HOST']}:{own['PORT']}/{own['NAME']}"
    return programs.environment(folder, DATABASE_URL=url, REDIS_URL="redis://127.0.0.1:1/0", **variables)
