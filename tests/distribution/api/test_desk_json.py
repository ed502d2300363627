"""Bad questions to the desk API: J01–J24 of hardening.md, each refused by name, none with a failure."""

import gzip
import json
import time
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from distribution.models import HandOver
from tests.desk_api import API, AT, Places, item, post, problem

pytestmark = pytest.mark.usefixtures("today")

ID = "6f1c3a52-7d0e-4b7e-9a54-0c1d2e3f4a5b"
GOOD = {"id": ID, "card": "62700000175", "at": AT, "evidence": "scan"}
UNDO = f"handovers/{ID}/undo/"
DOORS = ["cards/", "key/", "handovers/", "handovers/batch/", UNDO]
# Sent to every door that reads JSON.
EVERYWHERE: list[tuple[str, bytes, int, str]] = [
    ("J01", b"{", 400, "invalid_json"),
    ("J01", b"{'q': 1}", 400, "invalid_json"),
    ("J02", b"[]", 400, "not_an_object"),
    ("J02", b"62700000175", 400, "not_an_object"),
    ("J02", b'"62700000175"', 400, "not_an_object"),
    ("J02", b"null", 400, "not_an_object"),
    ("J05", b'{"x": "1", "x": "2"}', 400, "duplicate_key"),
    ("J06", b'{"x": 1}', 400, "unknown_field"),
    ("J07", b'{"is_staff": true}', 400, "unknown_field"),
    ("J07", b'{"library_id": 2}', 400, "unknown_field"),
    ("J08", b"[" * 60_000, 400, "too_deep"),
    ("J08", b'{"a":' * 12_000, 400, "too_deep"),
    ("J09", b'{"q": "' + b"1" * 1_000_000 + b'"}', 413, "too_large"),
    ("J10", b'{"q": NaN}', 400, "invalid_json"),
    ("J10", b'{"items": -Infinity}', 400, "invalid_json"),
    ("J11", b'{"q": "\xff\xfe"}', 400, "not_utf8"),
]
# Sent to the door of one hand-over: what is wrong with which field.
FIELDS: list[tuple[str, dict[str, Any], str]] = [
    ("J03", {"card": 62700000175}, "not_text"),
    ("J04", {"card": 6.27e10}, "not_text"),
    ("J04", {"card": True}, "not_text"),
    ("J04", {"card": ["62700000175"]}, "not_text"),
    ("J04", {"card": {"a": 1}}, "not_text"),
    ("J04", {"card": None}, "not_text"),
    ("J04", {"collector": 7}, "not_text"),
    ("J06", {"point": "bib-eigen"}, "unknown_field"),
    ("J07", {"library_id": 2}, "unknown_field"),
    ("J11", {"collector": "\ud800"}, "bad_character"),
    ("J12", {"collector": "An\0"}, "bad_character"),
    ("J12", {"card": "6270000\x000175"}, "bad_character"),
    ("J20", {"id": "1"}, "bad_uuid"),
    ("J20", {"id": ""}, "bad_uuid"),
    ("J20", {"id": ID.replace("-", "")}, "bad_uuid"),
    ("J20", {"id": "{" + ID + "}"}, "bad_uuid"),
    ("J20", {"id": "urn:uuid:" + ID}, "bad_uuid"),
    ("J20", {"id": ID + "\n"}, "bad_uuid"),
    ("J20", {"id": 7}, "not_text"),
    ("J21", {"at": "2027-01-12T10:00:00"}, "offset_needed"),
    ("J21", {"at": "2027-01-12"}, "offset_needed"),
    ("J21", {"at": "0001-01-01T00:00:00Z"}, "bad_time"),
    ("J21", {"at": "9999-12-31T23:59:59Z"}, "bad_time"),
    ("J21", {"at": "2027-02-30T10:00:00Z"}, "bad_time"),
    ("J21", {"at": "2027-01-12T25:00:00Z"}, "bad_time"),
    ("J21", {"at": "vandaag"}, "bad_time"),
    ("J21", {"at": ""}, "bad_time"),
    ("J21", {"at": 1799744400}, "not_text"),
    ("", {"evidence": "SCAN"}, "bad_value"),
    ("", {"evidence": ""}, "bad_value"),
    ("", {"evidence": ["scan"]}, "not_text"),
    ("", {"collector": "a" * 121}, "too_long"),
    ("", {"card": "6" * 121}, "too_long"),
]


@pytest.mark.parametrize("door", DOORS)
def test_bad_json_is_refused_by_name(program: Client, door: str) -> None:
    answers = [problem(program.post(API + door, body, content_type="application/json")) for _, body, *_ in EVERYWHERE]

    assert answers == [(status, code) for *_, status, code in EVERYWHERE]


def test_j08_a_deep_bomb_is_refused_at_once(program: Client) -> None:
    began = time.perf_counter_ns()

    answer = program.post(API + "handovers/batch/", b'{"items":' + b"[" * 500_000, content_type="application/json")

    assert problem(answer) == (400, "too_deep")
    assert time.perf_counter_ns() - began < 1_000_000_000


@pytest.mark.parametrize(("id_", "wrong", "code"), FIELDS, ids=[f"{one[0]}-{n}" for n, one in enumerate(FIELDS)])
def test_a_bad_field_is_refused_by_name(program: Client, id_: str, wrong: dict[str, Any], code: str) -> None:
    body = json.dumps(GOOD | wrong)

    alone = program.post(API + "handovers/", body, content_type="application/json")
    among = program.post(API + "handovers/batch/", f'{{"items": [{body}]}}', content_type="application/json").json()

    assert problem(alone) == (400, code)
    assert (among["results"][0]["status"], among["results"][0]["body"]["code"]) == (400, code)
    assert among["results"][0]["body"]["detail"] == alone.json()["detail"]


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_a_field_that_is_missing_is_named(program: Client, missing: str) -> None:
    body = {name: value for name, value in GOOD.items() if name != missing}

    answer = post(program, "handovers/", body)

    assert problem(answer) == (400, "missing_value")
    assert missing in answer.json()["detail"]


@pytest.mark.parametrize("at", ["2027-01-12T09:00:00Z", "2027-01-12T10:00:00.123456+01:00", "2027-01-12 10:00+01:00"])
def test_j21_a_time_with_an_offset_is_read(places: Places, program: Client, at: str) -> None:
    answer = post(program, "handovers/", item(places.own, at=at))

    assert (answer.status_code, answer.json()["clock_doubtful"]) == (201, False)


def test_a_field_that_may_be_absent_may_be_null(places: Places, program: Client) -> None:
    answer = post(program, "handovers/", item(places.own, collector=None))

    assert (answer.status_code, answer.json()["collector"]) == (201, "")


@pytest.mark.parametrize(
    ("body", "code"),
    [({"reason": "a" * 201}, "too_long"), ({"reason": 7}, "not_text"), ({"reason": "\0"}, "bad_character")],
)
def test_a_bad_reason_is_refused_by_name(program: Client, body: dict[str, Any], code: str) -> None:
    assert problem(post(program, UNDO, body)) == (400, code)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "missing_value"),
        ({"q": None}, "not_text"),
        ({"q": "a" * 121}, "too_long"),
        ({"q": "pee\0ters"}, "bad_character"),
        ({"q": "peeters", "point": 7}, "not_text"),
        ({"q": "peeters", "page": 2}, "unknown_field"),
    ],
)
def test_a_bad_search_is_refused_by_name(program: Client, body: dict[str, Any], code: str) -> None:
    assert problem(post(program, "cards/", body)) == (400, code)


@pytest.mark.parametrize(
    ("id_", "address", "code"),
    [
        ("", "cards/", "missing_value"),
        ("J12", "cards/?q=pee%00ters", "bad_character"),
        ("J16", "cards/?q=peeters&page=-1", "unknown_parameter"),
        ("J16", "cards/?q=peeters&page_size=1000000", "unknown_parameter"),
        ("J16", "cards/?q=" + "a" * 121, "too_long"),
        ("J16", "snapshot/?limit=1000000", "unknown_parameter"),
        ("J17", "cards/?q=peeters&ordering=person__address", "unknown_parameter"),
        ("J18", "cards/?q=peeters&q=janssens", "duplicate_parameter"),
        ("J18", "snapshot/?point=bib-eigen&point=bib-vreemd", "duplicate_parameter"),
        ("J18", "snapshot/?format=csv", "unknown_parameter"),
    ],
)
def test_a_bad_address_is_refused_by_name(program: Client, id_: str, address: str, code: str) -> None:
    assert problem(program.get(API + address)) == (400, code)


@pytest.mark.parametrize("door", DOORS)
def test_nothing_stands_in_the_address_of_a_post(program: Client, door: str) -> None:
    assert problem(post(program, door + "?q=peeters", {"q": "peeters"})) == (400, "unknown_parameter")


@pytest.mark.parametrize(
    "address", ["cards/?q=%FF%FE%FD", "cards/?q=%ED%A0%80pee", "snapshot/?point=%00", "snapshot/?point=../x"]
)
def test_a_strange_address_is_no_failure_p22(program: Client, address: str) -> None:
    assert program.get(API + address).status_code in {200, 400, 404}


@pytest.mark.parametrize(
    ("id_", "content_type", "headers", "status"),
    [
        ("J13", "text/plain", {}, 415),
        ("J13", "application/x-www-form-urlencoded", {}, 415),
        ("J13", "multipart/form-data; boundary=x", {}, 415),
        ("J14", "application/json; charset=utf-16", {}, 415),
        ("J14", "application/json; charset=UTF-8", {}, 201),
        ("J19", "application/json", {"content-encoding": "gzip"}, 415),
    ],
)
def test_plain_utf8_json_alone_is_read(
    places: Places, program: Client, id_: str, content_type: str, headers: dict[str, str], status: int
) -> None:
    body = json.dumps(item(places.own)).encode()

    answer = program.generic(
        "POST",
        API + "handovers/",
        gzip.compress(body) if headers else body,
        content_type=content_type,
        headers=headers,
    )

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("door", "allowed"),
    [
        ("cards/", "GET, POST, HEAD, OPTIONS"),
        ("snapshot/", "GET, HEAD, OPTIONS"),
        ("key/", "POST, OPTIONS"),
        ("handovers/", "POST, OPTIONS"),
        ("handovers/batch/", "POST, OPTIONS"),
        (UNDO, "POST, OPTIONS"),
    ],
)
def test_j15_other_methods_are_405_with_allow(program: Client, door: str, allowed: str) -> None:
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - set(allowed.split(", ")):
        answer = program.generic(method, API + door, b"{}", content_type="application/json")

        assert problem(answer) == (405, "method_not_allowed")
        assert answer["Allow"] == allowed


def test_j20_no_uuid_in_the_address_is_404(program: Client) -> None:
    assert problem(post(program, "handovers/1/undo/")) == (404, "not_found")


def test_j24_an_older_picture_of_the_card_gets_the_present_one(places: Places, program: Client) -> None:
    """The desk has no versions to send along: who saw a card wait and is too late hears how it stands now."""
    post(program, "handovers/", item(places.own))

    late = post(program, "handovers/", item(places.own), headers={"if-match": '"1"'})

    assert problem(late) == (409, "already_handed_over")
    assert late.json()["hand_over"]["at"] == AT


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wrong=st.dictionaries(st.sampled_from([*GOOD, "collector", "x"]), values, min_size=1, max_size=5))
def test_whatever_is_sent_is_refused_without_a_failure_p22(program: Client, wrong: dict[str, Any]) -> None:
    answer = program.post(API + "handovers/", json.dumps(GOOD | wrong), content_type="application/json")
    among = program.post(
        API + "handovers/batch/", json.dumps({"items": [wrong, wrong]}), content_type="application/json"
    )

    assert answer.status_code in {400, 404}
    assert among.status_code in {200, 400}
    assert HandOver.objects.count() == 0
