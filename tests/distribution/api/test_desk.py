"""`/api/v1/desk/`: search, snapshot and key: own points only, little of each person, and a row for every look."""

import base64
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from distribution.models import CardYear, Reading
from distribution.rules import staff_number
from tests import desk_api, make
from tests.conftest import NOW
from tests.desk_api import API, AT, Places, item, post, problem

pytestmark = pytest.mark.usefixtures("today")

KEYS = {"number", "name", "last_four", "state", "year", "point", "page", "hand_over"}
WAYS = ["get", "post"]


def search(client: Client, q: str, *, way: str = "post", **more: str) -> Any:
    asked = {"q": q} | more
    return client.get(API + "cards/", asked) if way == "get" else post(client, "cards/", asked)


@pytest.mark.parametrize("way", WAYS)
def test_search_shows_cards_of_own_points_alone(places: Places, program: Client, way: str) -> None:
    answer = search(program, "peeters", way=way)

    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert answer.json() == {
        "results": [
            {
                "number": places.own.number,
                "name": "Peeters An",
                "last_four": places.own.person.staff_number[-4:],
                "state": "issued",
                "year": 2027,
                "point": "bib-eigen",
                "page": f"/balie/bib-eigen/kaart/{places.own.pk}/",
                "hand_over": None,
            }
        ],
        "has_more": False,
        "is_too_short": False,
    }


def test_search_says_when_and_by_whom_a_card_was_fetched(places: Places, program: Client) -> None:
    sent = item(places.own)
    post(program, "handovers/", sent)

    (hit,) = search(program, places.own.number).json()["results"]

    assert set(hit) == KEYS
    assert hit["state"] == "handed_over"
    assert hit["hand_over"] == {
        "id": sent["id"],
        "at": AT,
        "by": "An Voorbeeld",
        "evidence": "scan",
        "collector": "",
    }


def test_search_by_staff_number_and_by_card_number(places: Places, program: Client) -> None:
    staff = places.own.person.staff_number

    for typed in (staff, f"{staff[0]} {staff[1:7]}-{staff[7:9]}.{staff[9:]}", places.own.number):
        assert [hit["number"] for hit in search(program, typed).json()["results"]] == [places.own.number]
    for typed in (places.foreign.person.staff_number, places.foreign.number):
        assert search(program, typed).json()["results"] == []


def test_search_shows_ten_and_says_there_are_more(places: Places, program: Client, card_year: CardYear) -> None:
    for number in range(10):
        make.card(make.person(card_year, "Peeters", f"Zoë {number}"), at=places.desk.point)

    answer = search(program, "pee").json()

    assert (len(answer["results"]), answer["has_more"]) == (10, True)


@pytest.mark.parametrize("typed", ["", "p", "pe", "p e", "…", "12"])
def test_search_wants_three_letters(places: Places, program: Client, typed: str) -> None:
    assert search(program, typed).json() == {"results": [], "has_more": False, "is_too_short": True}
    assert Reading.objects.count() == 0


@pytest.mark.parametrize("typed", ["85073003328", "85.07.30-033.28", " 00.01.02-003 70"])
@pytest.mark.parametrize("way", WAYS)
def test_search_says_what_a_national_register_number_is_and_never_repeats_it(
    places: Places, program: Client, caplog: pytest.LogCaptureFixture, *, way: str, typed: str
) -> None:
    answer = search(program, typed, way=way)

    assert problem(answer) == (422, "national_register_number")
    assert answer.json()["detail"] == staff_number.SENTENCES[staff_number.Code.NATIONAL_REGISTER_NUMBER]
    said = answer.content.decode() + str(answer.headers) + caplog.text
    assert [part in said for part in (typed.strip(), "850730", "03328", "00370", "85073003328")] == [False] * 5
    assert Reading.objects.count() == 0


def test_search_by_a_card_number_that_could_be_a_national_register_number(
    places: Places, program: Client, card_year: CardYear
) -> None:
    both = "63000002863"
    card = make.card(make.person(card_year, "Peeters", "Bo"), at=places.desk.point, number=both)

    assert staff_number.is_national_register_number(both)
    assert [hit["number"] for hit in search(program, both).json()["results"]] == [card.number]


@pytest.mark.parametrize("way", WAYS)
def test_search_at_one_point_of_several(places: Places, program: Client, card_year: CardYear, way: str) -> None:
    second = make.member(make.point("bib-tweede"), places.desk.user)
    make.card(make.person(card_year, "Peeters", "Cis"), at=second.point)

    everywhere = search(program, "peeters", way=way).json()["results"]
    here = search(program, "peeters", way=way, point="bib-tweede").json()["results"]

    assert [hit["point"] for hit in everywhere] == ["bib-eigen", "bib-tweede"]
    assert [hit["name"] for hit in here] == ["Peeters Cis"]


@pytest.mark.parametrize("door", ["cards/", "snapshot/"])
def test_a_point_of_others_is_byte_for_byte_a_missing_one(places: Places, program: Client, door: str) -> None:
    extra = {"q": "peeters"} if door == "cards/" else {}
    answers = [program.get(API + door, extra | {"point": code}) for code in ("bib-vreemd", "bib-nergens")]

    assert [problem(answer) for answer in answers] == [(404, "not_found")] * 2
    assert answers[0].content == answers[1].content
    assert Reading.objects.count() == 0


def test_who_left_a_desk_sees_nothing_more(places: Places, program: Client) -> None:
    places.desk.user.desks.update(ended_at=NOW, ended_by=places.desk.user)

    assert search(program, "peeters").json()["results"] == []
    assert program.get(API + "snapshot/").json()["cards"] == []
    assert problem(post(program, "handovers/", item(places.own))) == (404, "not_found")


def test_snapshot_holds_what_waits_and_what_is_gone(places: Places, program: Client, card_year: CardYear) -> None:
    post(program, "handovers/", item(places.own))
    waits = make.card(make.person(card_year, "Çelik", "Aylin"), at=places.desk.point)
    make.card(make.person(card_year, "Void", "Vera"), at=places.desk.point, state="void")
    make.card(make.person(card_year, "Weg", "Wim"), at=places.desk.point, state="withdrawn", withdrawn_at=NOW)

    answer = program.get(API + "snapshot/")

    assert answer["Cache-Control"] == "no-store"
    assert answer.json() == {
        "year": 2027,
        "made_at": AT,
        "expires_at": "2027-01-19T10:00:00+01:00",
        "cards": [
            {
                "number": card.number,
                "name": name,
                "last_four": card.person.staff_number[-4:],
                "state": state,
                "key": card.person.sort_key,
                "point": "bib-eigen",
            }
            for card, name, state in [(waits, "Çelik Aylin", "issued"), (places.own, "Peeters An", "handed_over")]
        ],
    }
    (row,) = Reading.objects.values("kind", "by", "point", "cards", "count", "term_hash")
    assert row == {
        "kind": "snapshot",
        "by": places.desk.user.pk,
        "point": places.desk.point.pk,
        "cards": [],
        "count": 2,
        "term_hash": "",
    }


def test_snapshot_before_the_first_year_is_empty(db: None) -> None:
    answer = desk_api.by_token(make.member(make.point()).user).get(API + "snapshot/").json()

    assert (answer["year"], answer["cards"]) == (None, [])


def test_key_is_of_one_person_whatever_the_password(places: Places, program: Client, settings: Any) -> None:
    user = places.desk.user
    before = post(program, "key/").json()["key"]
    user.set_password("een-ander-lang-wachtwoord")
    user.save()
    after = post(program, "key/").json()["key"]
    colleague = post(desk_api.by_token(make.member(places.desk.point).user), "key/").json()["key"]
    settings.SECRET_KEY = "een-andere-sleutel"
    elsewhere = post(program, "key/").json()["key"]

    assert before == after
    assert len({after, colleague, elsewhere}) == 3
    assert {len(base64.b64decode(key)) for key in (after, colleague, elsewhere)} == {32}


@pytest.mark.parametrize("session", [True, False], ids=["session", "token"])
def test_queries_are_the_same_for_one_and_three_hits(card_year: CardYear, *, session: bool) -> None:
    desk = make.member(make.point())
    client = desk_api.by_session(desk.user) if session else desk_api.by_token(desk.user)
    search(client, "peeters")  # a session notes that it is used
    counts: dict[str, list[int]] = {"cards": [], "snapshot": []}
    for more in (1, 2):
        for _ in range(more):
            make.card(make.person(card_year, "Peeters", "An"), at=desk.point)
        with CaptureQueriesContext(connection) as seen:
            found = search(client, "peeters").json()["results"]
        counts["cards"].append(len(seen))
        with CaptureQueriesContext(connection) as seen:
            taken = client.get(API + "snapshot/").json()["cards"]
        counts["snapshot"].append(len(seen))
        assert len(found) == len(taken)

    assert len(found) == 3
    # Desks, year, cards and the reading; who asks is two questions more, a session's second factor one.
    # The snapshot has a savepoint around its readings.
    assert counts == {"cards": [6 + session] * 2, "snapshot": [8 + session] * 2}
