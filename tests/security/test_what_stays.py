"""What a page leaves behind: nothing with people in it is kept by a browser, every page has its way out, no page echoes a request."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from distribution.models import CardYear, Person
from pickup_points.models import User
from tests import routes
from tests.conftest import NOW
from tests.security import matrix
from tests.security.matrix import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_counters")]
ROLES = ("desk", "manager", "office", "reader", "superuser")
# Pages of someone who is logged in that are no page of a person: they leave at the door, or hold no frame.
LOG_OUT = 'action="/account/logout/"'


@pytest.fixture(autouse=True)
def in_season() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(card_year: CardYear) -> World:
    return matrix.world(card_year)


def seen_by(world: World) -> Iterator[tuple[str, str, "Answer"]]:
    for role in ROLES:
        for path in routes.paths():
            answer = world.clients[role].get(path)
            if answer.status_code == 200:
                body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
                yield role, path, Answer(body.decode(errors="replace"), dict(answer.headers))


class Answer:
    def __init__(self, text: str, headers: dict[str, str]) -> None:
        self.text, self.headers = text, headers
        self.is_page = headers.get("Content-Type", "").startswith("text/html")


def test_what_shows_people_is_kept_nowhere(world: World) -> None:
    people = {word for person in Person.objects.all() for word in (person.staff_number, person.last_name)}
    people |= {user.email for user in User.objects.all()}
    shown, kept = set(), []
    for role, path, answer in seen_by(world):
        if any(word in answer.text for word in people):
            shown.add(path)
            if "no-store" not in answer.headers.get("Cache-Control", ""):
                kept.append(f"{role} {path}: {answer.headers.get('Cache-Control')}")

    assert kept == []
    assert len(shown) > 10


def test_every_page_of_someone_has_its_way_out(world: World) -> None:
    without, seen = [], 0
    for role, path, answer in seen_by(world):
        if answer.is_page and "<main" in answer.text and path.startswith(("/balie/", "/beheer/")):
            seen += 1
            without += [f"{role} {path}"] * (LOG_OUT not in answer.text)

    assert without == []
    assert seen > 50


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "VERZONNEN"])
def test_no_page_takes_a_method_nobody_needs(method: str, world: World) -> None:
    client = world.clients["office"]
    answers = {path: client.generic(method, path, headers={"X-Proef": "een-geheim"}) for path in routes.paths()}

    assert {answer.status_code for answer in answers.values()} == {405}
    assert [path for path, answer in answers.items() if answer.content] == []


@pytest.mark.parametrize(
    "folder",
    [
        "/static/",
        "/static/admin/",
        "/static/lerarenkaart/",
        "/static/../",
        "/static/%2e%2e/",
        "/media/",
        "/.git/",
        "/.git/config",
        "/.env",
    ],
)
def test_no_folder_shows_what_is_in_it(folder: str, client: Client, settings: Any, card_year: CardYear) -> None:
    settings.WHITENOISE_USE_FINDERS = True

    answer = client.get(folder)

    assert answer.status_code == 404
