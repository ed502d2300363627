"""T10–T13, T16: every address, every kind of visitor and every status: the same headers, and a failure that tells nothing."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client

from distribution.models import CardYear
from distribution.rules.staff_number import check_digits
from lerarenkaart.logs import MaskNumbers
from tests import routes
from tests.lerarenkaart.test_every_page import SAFE, headers
from tests.security import matrix
from tests.security.matrix import World
from tests.security.measured import IS_FULL, Attack

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today", "fresh_counters")]
METHODS = ("get", "post", "put", "delete", "options") if IS_FULL else ("get", "put")
VISITORS = ("anonymous", "manager", "office")
NUMBER = "16203040856"


class Breaks:
    """A middleware under which every view fails, with a number in its words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> None:
        raise RuntimeError(f"stuk bij {NUMBER}")


@pytest.fixture
def world(card_year: CardYear) -> World:
    return matrix.world(card_year)


def test_t12_every_status_carries_the_headers(world: World) -> None:
    attack = Attack("T12", "koppen op elk antwoord: elk adres × bezoeker × methode")
    by_status: dict[int, int] = defaultdict(int)
    wrong = []
    for role in VISITORS:
        for path in (*routes.paths(), "/bestaat-niet/", "/static/bestaat-niet.css", "/api/v1/bestaat-niet/"):
            for method in METHODS:
                answer = getattr(world.clients[role], method)(path)
                by_status[answer.status_code] += 1
                if headers(answer) != SAFE or "Access-Control-Allow-Origin" in answer.headers:
                    wrong.append(f"{role} {method} {path} {answer.status_code}")
    strict = Client(enforce_csrf_checks=True)
    others = [strict.post("/waarismijnlerarenkaart/"), *too_much(), *too_often()]
    for answer in others:
        by_status[answer.status_code] += 1
        wrong += [str(answer.status_code)] * (headers(answer) != SAFE)
    attack.came_to(
        f"{len(wrong)} afwijkingen in {sum(by_status.values())} antwoorden "
        f"({', '.join(f'{status}: {count}' for status, count in sorted(by_status.items()))})",
        limit="0",
    )

    assert wrong == []
    assert {200, 302, 401, 403, 404, 405, 413, 429} <= set(by_status)
    assert max(by_status) < 500


def too_much() -> Iterator[Any]:
    """T18: a body of more than 64 kB where no file is asked for."""
    body = "x" * (64 * 1024 + 1)
    yield Client().post("/api/v1/lookup/", {"staff_number": body}, content_type="application/json")
    yield Client().post("/waarismijnlerarenkaart/", {"stamboeknummer": body})
    yield Client().post("/account/login/", {"login": body})


def too_often() -> Iterator[Any]:
    client = Client()
    for serial in range(12):
        nine = f"16203{10 + serial}08"
        answer = client.post("/waarismijnlerarenkaart/", {"stamboeknummer": nine + check_digits(nine)})
    yield answer
    for _ in range(25):
        answer = client.post("/account/login/", {"login": "x@voorbeeld.be", "password": "verkeerd"})
    yield answer


def test_t18_a_large_body_is_refused_at_public_doors() -> None:
    assert [answer.status_code for answer in too_much()] == [413, 413, 413]


def test_t16_a_failure_anywhere_tells_nothing(world: World, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    attack = Attack("T16", "een storing in elke pagina, met een nummer in de fout")
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.Breaks"]
    client = Client(raise_request_exception=False)
    caplog.handler.addFilter(MaskNumbers())
    seen, wrong = 0, []
    with caplog.at_level(logging.DEBUG):
        for path in routes.paths():
            answer = client.get(path)
            seen += 1
            if answer.status_code != 500 or headers(answer) != SAFE or NUMBER in answer.content.decode():
                wrong.append(path)
    written = "\n".join(caplog.handler.format(record) for record in caplog.records)
    attack.came_to(f"{len(wrong)} van {seen} pagina's, {written.count(NUMBER)} keer in het logboek", limit="0, 0")

    assert wrong == []
    assert NUMBER not in written
    assert written.count("stuk bij [nummer]") >= seen
