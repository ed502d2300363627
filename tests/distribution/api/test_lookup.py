"""`POST /api/v1/lookup/`: the contract of interface.md §6, and bad JSON (J01–J19)."""

import datetime as dt
import gzip
import json
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests import outcomes

DOOR = "/api/v1/lookup/"
KEYS = {"year", "outcome", "message"}
PLACE_KEYS = {
    *("code", "name", "address", "phone", "website", "collect_from", "collect_until", "is_open", "status"),
    "opening_hours",
}


pytestmark = pytest.mark.usefixtures("today", "fresh_counters")


def _ask(client: Client, number: str, **more: Any) -> tuple[int, dict[str, Any]]:
    response = client.post(DOOR, {"staff_number": number} | more, content_type="application/json")
    assert response["Cache-Control"] == "no-store"
    return response.status_code, response.json()


@pytest.mark.parametrize(("case", "heard"), outcomes.HEARD.items())
def test_lookup_answers_each_with_these_keys_alone(
    season: outcomes.Season, client: Client, case: str, heard: str
) -> None:
    status, answer = _ask(client, season.numbers[case])

    extra = {"at_pickup_point": {"pickup_point"}, "starter_pack": {"expected"}}.get(case, set())
    assert (status, answer["year"], answer["outcome"]) == (200, 2027, heard)
    assert set(answer) == KEYS | extra
    assert [secret for secret in outcomes.SECRETS if secret in json.dumps(answer)] == []


def test_lookup_gives_the_place_in_full(season: outcomes.Season, client: Client) -> None:
    _, answer = _ask(client, season.numbers["at_pickup_point"])
    place = answer["pickup_point"]

    assert set(place) == PLACE_KEYS
    assert (place["collect_from"], place["collect_until"]) == ("2026-12-27", "2027-07-10")
    assert (place["is_open"], place["status"]) == (True, "nu open tot 12.00 uur")
    assert [day["date"] for day in place["opening_hours"]] == [f"2027-01-{day}" for day in range(12, 19)]
    assert place["opening_hours"][0] == {
        "date": "2027-01-12",
        "text": "9.00–12.00 en 13.30–18.00",
        "note": "",
        "openings": [
            {"opens": "2027-01-12T09:00:00+01:00", "closes": "2027-01-12T12:00:00+01:00"},
            {"opens": "2027-01-12T13:30:00+01:00", "closes": "2027-01-12T18:00:00+01:00"},
        ],
    }
    assert [day["openings"] for day in place["opening_hours"][3:5]] == [[], []]


def test_lookup_says_when_the_starter_pack_leaves(season: outcomes.Season, client: Client) -> None:
    assert _ask(client, season.numbers["starter_pack"])[1]["expected"] == "2027-01-15"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1620304085", "not_11_digits"),
        ("28196180842", "bad_birth_date"),
        ("16203040857", "bad_check_digits"),
        ("85073003328", "national_register_number"),
        ("62700000175", "card_number_given"),
        ("", "not_11_digits"),
        ("1 620304-08.57", "bad_check_digits"),
    ],
)
def test_lookup_names_what_is_no_staff_number(season: outcomes.Season, client: Client, written: str, code: str) -> None:
    response = client.post(DOOR, {"staff_number": written}, content_type="application/json")

    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == code
    assert not written or written not in response.content.decode()


def test_lookup_asks_a_postcode_after_five_unknown_numbers_of_a_day(season: outcomes.Season, client: Client) -> None:
    for serial in range(5):
        first_nine = f"2771123{90 + serial}"
        _ask(client, f"{first_nine}{int(first_nine) % 97:02d}")
    number = season.numbers["collected"]

    status, refused = _ask(client, number)

    assert (status, refused["code"], refused["status"]) == (403, "postcode_needed", 403)
    assert _ask(client, number, postcode="9000")[1]["outcome"] == "collected"
    assert _ask(client, number, postcode=None)[0] == 403
    assert _ask(client, number, postcode="9001")[1] == _ask(client, season.numbers["void"], postcode="9000")[1]


def test_lookup_429_says_when_to_return(season: outcomes.Season, client: Client) -> None:
    for day in range(700_101, 700_111):
        first_nine = f"1{day:06d}55"
        _ask(client, f"{first_nine}{int(first_nine) % 97:02d}")

    response = client.post(DOOR, {"staff_number": season.numbers["collected"]}, content_type="application/json")

    assert (response.status_code, response["Retry-After"], response.json()["code"]) == (
        429,
        "600",
        "too_many_questions",
    )


def test_lookup_limits_can_be_off(season: outcomes.Season, client: Client, settings: Any) -> None:
    settings.LOOKUP_LIMITS = False

    assert {_ask(client, season.numbers["unknown"])[0] for _ in range(20)} == {200}


@pytest.mark.parametrize(("mode", "code"), [("stepup", "postcode_needed"), ("login", "login_needed")])
def test_lookup_modes_refuse_by_name(
    season: outcomes.Season, client: Client, settings: Any, mode: str, code: str
) -> None:
    settings.LOOKUP_MODE = mode

    status, refused = _ask(client, season.numbers["collected"])

    assert (status, refused["code"]) == (403, code)


@pytest.mark.parametrize("on", [dt.date(2026, 11, 20), dt.date(2027, 8, 1)])
def test_lookup_out_of_season_is_the_same_for_everyone(season: outcomes.Season, client: Client, on: dt.date) -> None:
    with time_machine.travel(dt.datetime(on.year, on.month, on.day, 12, tzinfo=dt.UTC)):
        answers = {json.dumps(_ask(client, number)[1]) for number in season.numbers.values()}

    assert len(answers) == 1


NUMBER = '"27711230081"'
BODIES = [
    ("J01", b"{", 400, "invalid_json"),
    ("J01", b"", 400, "missing_value"),
    ("J01", b"{\"staff_number\": '1'}", 400, "invalid_json"),
    ("J02", b"[]", 400, "not_an_object"),
    ("J02", b"27711230081", 400, "not_an_object"),
    ("J02", b'"27711230081"', 400, "not_an_object"),
    ("J02", b"null", 400, "not_an_object"),
    ("J03", b'{"staff_number": 27711230081}', 400, "not_text"),
    ("J04", b'{"staff_number": 2.7e10}', 400, "not_text"),
    ("J04", b'{"staff_number": true}', 400, "not_text"),
    ("J04", b'{"staff_number": ["27711230081"]}', 400, "not_text"),
    ("J04", b'{"staff_number": {"a": 1}}', 400, "not_text"),
    ("J04", b'{"staff_number": null}', 400, "not_text"),
    ("J04", b'{"staff_number": "27711230081", "postcode": 9000}', 400, "not_text"),
    ("J05", b'{"staff_number": "1", "staff_number": "27711230081"}', 400, "duplicate_key"),
    ("J06", b'{"staff_number": "27711230081", "x": 1}', 400, "unknown_field"),
    ("J07", b'{"staff_number": "27711230081", "is_staff": true}', 400, "unknown_field"),
    ("J08", b"[" * 60_000, 400, "too_deep"),
    ("J08", b'{"a":' * 12_000, 400, "too_deep"),
    ("J09", b'{"staff_number": "' + b"1" * 1_000_000 + b'"}', 413, "too_large"),
    ("J10", b'{"staff_number": NaN}', 400, "invalid_json"),
    ("J10", b'{"staff_number": -Infinity}', 400, "invalid_json"),
    ("J11", b'{"staff_number": "\\ud800"}', 400, "bad_character"),
    ("J11", b'{"staff_number": "\xff\xfe"}', 400, "not_utf8"),
    ("J12", b'{"staff_number": "2771123\\u00000081"}', 400, "bad_character"),
]


@pytest.mark.parametrize(("id_", "body", "status", "code"), BODIES, ids=[f"{b[0]}-{n}" for n, b in enumerate(BODIES)])
def test_lookup_refuses_bad_json_by_name(
    season: outcomes.Season, client: Client, id_: str, body: bytes, status: int, code: str
) -> None:
    response = client.post(DOOR, body, content_type="application/json")

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("id_", "content_type", "headers", "status"),
    [
        ("J13", "text/plain", {}, 415),
        ("J13", "application/x-www-form-urlencoded", {}, 415),
        ("J13", "multipart/form-data; boundary=x", {}, 415),
        ("J14", "application/json; charset=utf-16", {}, 415),
        ("J14", "application/json; charset=UTF-8", {}, 200),
        ("J19", "application/json", {"content-encoding": "gzip"}, 415),
    ],
)
def test_lookup_reads_plain_utf8_json_alone(
    season: outcomes.Season, client: Client, id_: str, content_type: str, headers: dict[str, str], status: int
) -> None:
    body = json.dumps({"staff_number": season.numbers["sent_home"]}).encode()
    sent = gzip.compress(body) if headers else body

    response = client.generic("POST", DOOR, sent, content_type=content_type, headers=headers)

    assert response.status_code == status


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_lookup_j15_other_methods_are_405_with_allow(client: Client, db: None, method: str) -> None:
    response = client.generic(method, DOOR, b"{}", content_type="application/json")

    assert (response.status_code, response["Allow"]) == (405, "POST, OPTIONS")
    assert response.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    ("id_", "query"),
    [("J16", "page=-1"), ("J16", "page_size=1000000"), ("J17", "ordering=person__address"), ("J18", "n=1&n=2")],
)
def test_lookup_wants_nothing_in_the_address(season: outcomes.Season, client: Client, id_: str, query: str) -> None:
    response = client.post(
        f"{DOOR}?{query}", {"staff_number": season.numbers["sent_home"]}, content_type="application/json"
    )

    assert (response.status_code, response.json()["code"]) == (400, "no_query_expected")


def test_lookup_answers_json_whatever_is_accepted(season: outcomes.Season, client: Client) -> None:
    response = client.post(
        DOOR,
        {"staff_number": season.numbers["sent_home"]},
        content_type="application/json",
        headers={"accept": "text/html"},
    )

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


def test_unknown_api_address_is_a_problem(client: Client, db: None) -> None:
    response = client.get("/api/v1/nergens/")

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert response.json()["code"] == "not_found"
