"""T02, T16: what an answer leaks, and what the log does."""

import logging

import pytest
from django.test import Client

from distribution.rules.staff_number import check_digits
from lerarenkaart.logs import MaskNumbers
from tests import make, outcomes

PAGE = "/waarismijnlerarenkaart/"
DOOR = "/api/v1/lookup/"
NUMBERS_PER_STATE = 25


pytestmark = pytest.mark.usefixtures("today", "fresh_counters")


def _all_of(client: Client, number: str, *, is_api: bool) -> tuple[int, bytes, dict[str, str]]:
    response = (
        client.post(DOOR, {"staff_number": number}, content_type="application/json")
        if is_api
        else client.post(PAGE, {"stamboeknummer": number})
    )
    # Every request has a name of its own, whatever was asked.
    headers = {name: value for name, value in response.items() if name != "X-Request-ID"}
    return response.status_code, response.content, headers


@pytest.mark.parametrize("is_api", [False, True], ids=["page", "api"])
def test_t02_no_card_is_byte_for_byte_the_same(season: outcomes.Season, is_api: bool) -> None:  # noqa: FBT001
    answers = [_all_of(Client(), season.numbers[case], is_api=is_api) for case in outcomes.NO_CARD]

    assert answers == [answers[0]] * len(outcomes.NO_CARD)
    assert answers[0][0] == 200
    assert _all_of(Client(), season.numbers["collected"], is_api=is_api) != answers[0]


@pytest.mark.parametrize("is_api", [False, True], ids=["page", "api"])
def test_t02_many_numbers_of_a_state_hear_the_same(
    season: outcomes.Season,
    settings: object,
    is_api: bool,  # noqa: FBT001
) -> None:
    settings.LOOKUP_LIMITS = False  # type: ignore[attr-defined]
    client = Client()
    numbers = []
    for place in range(NUMBERS_PER_STATE):
        first_nine = f"1680{101 + place % 28}{place:02d}"
        number = first_nine + check_digits(first_nine)
        numbers.append(number)
        if place % 2:
            person = make.person(season.card_year, staff_number=number, shielded=place % 4 == 1)
            if place % 4 == 1:
                make.card(person, at=season.point)

    heard = {_all_of(client, number, is_api=is_api)[:2] for number in numbers}

    assert len(heard) == 1


@pytest.mark.parametrize("is_api", [False, True], ids=["page", "api"])
def test_t16_numbers_are_never_logged(
    season: outcomes.Season,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    is_api: bool,  # noqa: FBT001
) -> None:
    number = season.numbers["sent_home"]
    client = Client(raise_request_exception=False)
    monkeypatch.setattr("distribution.queries.lookup._same_postcode", _fail)
    monkeypatch.setattr("distribution.queries.lookup.find", _fail)
    handler = caplog.handler
    handler.addFilter(MaskNumbers())
    with caplog.at_level(logging.DEBUG):
        status, body, _ = _all_of(client, number, is_api=is_api)
        _all_of(client, "85073003328", is_api=is_api)

    assert status == 500
    assert number.encode() not in body
    written = "\n".join(handler.format(record) for record in caplog.records)
    assert "RuntimeError" in written
    assert number not in written
    assert "85073003328" not in written


def _fail(*args: object, **more: object) -> None:
    raise RuntimeError(f"something broke while looking for {args!r}")
