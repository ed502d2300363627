"""The desk's API against curious people (T04, T05, T16): every look is recorded, and little is there to see."""

import json
import logging
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from distribution.models import Card, CardYear, Reading
from lerarenkaart.logs import masked
from tests import desk_api, make
from tests.conftest import NOW
from tests.desk_api import API, Places, item, post

pytestmark = pytest.mark.usefixtures("today")

SECRETS = ["Geheimstraat", "4242", "9041", "Oostakker", "Bijzonder"]


@pytest.fixture
def places(card_year: CardYear) -> Places:
    return desk_api.places(card_year)


@pytest.fixture
def shy(card_year: CardYear, places: Places) -> Card:
    """Someone with an address to betray."""
    person = make.person(
        card_year,
        "Zwijger",
        "Tine",
        street="Geheimstraat",
        house_number="4242",
        postcode="9041",
        municipality="Oostakker",
    )
    return make.card(person, at=places.desk.point)


def test_t05_a_thousand_views_are_a_thousand_rows(places: Places) -> None:
    """Each names who, when, where and which card; neither the name nor what was typed is anywhere in the table."""
    client = desk_api.by_token(places.desk.user)
    for turn in range(1_000):
        if turn % 2:
            post(client, "cards/", {"q": "peeters"})
        else:
            client.get(API + "cards/", {"q": places.own.person.staff_number})

    rows = Reading.objects.values_list("by", "point", "cards", "count", "kind", "at")
    assert len(rows) == 1_000
    assert {(by, point, tuple(cards), count, kind, at) for by, point, cards, count, kind, at in rows} == {
        (places.desk.user.pk, places.desk.point.pk, (places.own.pk,), 1, "search", NOW)
    }
    assert len(set(Reading.objects.values_list("term_hash", flat=True))) == 2
    whole = _everything_in(Reading._meta.db_table)
    assert [word for word in ("peeters", places.own.person.staff_number, places.own.number) if word in whole] == []


def test_t05_a_search_without_a_hit_is_a_look_too(places: Places) -> None:
    post(desk_api.by_token(places.desk.user), "cards/", {"q": "bijzonder"})

    assert Reading.objects.values("cards", "count").get() == {"cards": [], "count": 0}


def test_t05_what_cannot_be_recorded_is_not_shown(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    client = desk_api.by_token(places.desk.user)
    client.raise_request_exception = False
    monkeypatch.setattr(Reading.objects, "create", _fail)

    for answer in (post(client, "cards/", {"q": "peeters"}), client.get(API + "snapshot/")):
        assert answer.status_code == 500
        assert "Peeters" not in answer.content.decode()


def test_no_answer_holds_a_whole_staff_number_or_an_address(places: Places, shy: Card) -> None:
    client = desk_api.by_token(places.desk.user)
    sent = item(shy)
    late = item(shy)
    bodies = [
        post(client, "cards/", {"q": "zwijger"}),
        post(client, "cards/", {"q": shy.person.staff_number}),
        client.get(API + "snapshot/"),
        post(client, "handovers/", sent),
        post(client, "handovers/", late),
        post(client, "handovers/batch/", {"items": [sent, late]}),
        post(client, f"handovers/{sent['id']}/undo/"),
        post(client, "cards/", {"q": "zwijger"}),
    ]
    said = json.dumps([body.json() for body in bodies])

    assert [answer.status_code for answer in bodies] == [200, 200, 200, 201, 409, 200, 200, 200]
    staff = shy.person.staff_number
    born = f"{staff[1:3]}-{staff[3:5]}-{staff[5:7]}"
    assert shy.number in said
    assert [secret for secret in [*SECRETS, staff, staff[:7], staff[1:7], born] if secret in said] == []


def test_t04_nothing_of_another_point_in_any_answer(places: Places) -> None:
    client = desk_api.by_token(places.desk.user)
    theirs = places.foreign
    answers = [
        client.get(API + "cards/", {"q": "peeters"}),
        client.get(API + "cards/", {"q": theirs.number}),
        client.get(API + "cards/", {"q": theirs.person.staff_number}),
        client.get(API + "cards/", {"q": "peeters", "point": "bib-vreemd"}),
        client.get(API + "snapshot/"),
        client.get(API + "snapshot/", {"point": "bib-vreemd"}),
        post(client, "cards/", {"q": "peeters", "point": "bib-vreemd"}),
        post(client, "handovers/", item(theirs)),
        post(client, "handovers/batch/", {"items": [item(theirs)]}),
    ]

    said = [answer.content.decode() for answer in answers]
    assert [text for text in said if theirs.number in text or "Peeters Bo" in text or "vreemd" in text] == []


@pytest.mark.parametrize(
    "line",
    [
        '127.0.0.1 "GET /api/v1/desk/cards/?q=peeters%20an HTTP/1.1" 200',
        "Bad Request: /api/v1/desk/cards/?point=bib-eigen&q=Peeters",
        "Not Found: /api/v1/desk/cards/?q=Peeters&point=bib-eigen",
    ],
)
def test_t16_a_name_that_was_searched_is_not_in_the_log(line: str) -> None:
    seen = masked(line)

    assert "eeters" not in seen
    assert "/api/v1/desk/cards/?" in seen


def test_t16_nothing_of_a_desk_evening_is_in_the_log(places: Places, shy: Card, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    client = desk_api.by_token(places.desk.user)
    client.raise_request_exception = False

    for q in ("zwijger", shy.person.staff_number, shy.number, "zw"):
        post(client, "cards/", {"q": q, "point": "bib-vreemd"})
        post(client, "cards/", {"q": q})
        post(client, "handovers/", item(q, collector="Zwijger Tine"))
        post(client, "handovers/", item(q, at="Zwijger"))

    written = masked(" ".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends"))
    assert caplog.records
    assert [word for word in ("wijger", shy.number, shy.person.staff_number, "Tine") if word in written] == []


def test_get_of_the_api_leaves_no_cookie(places: Places) -> None:
    assert dict(desk_api.by_token(places.desk.user).get(API + "snapshot/").cookies) == {}
    assert dict(Client().get(API + "snapshot/").cookies) == {}


def _everything_in(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        return json.dumps(cursor.fetchall(), default=str).lower()


def _fail(**fields: object) -> None:
    raise RuntimeError("de schijf is vol")
