"""The answer of both doors: the dates, the guard, the one question."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from distribution.actions import lookups
from distribution.actions.lookup_counters import DatabaseCounters
from distribution.actions.lookup_guard import Guard, PostcodeNeeded
from distribution.enums import Outcome
from distribution.models import LookupCounter
from distribution.rules import staff_number
from tests import outcomes
from tests.conftest import BRUSSELS, NOW


def _guard() -> Guard:
    return Guard(DatabaseCounters(), secret="geheim")


def _answer(written: str, **changes: Any) -> lookups.Answered:
    asked: dict[str, Any] = {
        "postcode": "",
        "client": "192.0.2.1",
        "mode": "open",
        "is_strict": True,
        "guard": _guard(),
        "at": NOW,
    }
    return lookups.answer(written, **(asked | changes))


@pytest.mark.parametrize("case", outcomes.HEARD)
@pytest.mark.parametrize(("is_guarded", "queries"), [(True, 4), (False, 2)])
def test_answer_costs_the_same_for_everyone(
    season: outcomes.Season,
    case: str,
    is_guarded: bool,  # noqa: FBT001
    queries: int,
) -> None:
    with CaptureQueriesContext(connection) as seen:
        answered = _answer(season.numbers[case], guard=_guard() if is_guarded else None)

    assert answered.answer.outcome == outcomes.HEARD[case]
    assert len(seen) == queries


@pytest.mark.parametrize("on", [dt.datetime(2026, 11, 20, tzinfo=BRUSSELS), dt.datetime(2027, 8, 1, tzinfo=BRUSSELS)])
def test_answer_out_of_season_looks_nobody_up(season: outcomes.Season, on: dt.datetime) -> None:
    with CaptureQueriesContext(connection) as seen:
        answers = {_answer(number, at=on).answer.message for number in season.numbers.values()}

    assert len(answers) == 1
    assert len(seen) == len(season.numbers)
    assert LookupCounter.objects.count() == 0


def test_answer_gives_a_token_only_when_right(season: outcomes.Season) -> None:
    right = _answer(season.numbers["sent_home"])
    wrong = _answer(season.numbers["unknown"])

    assert right.token == _guard().token(season.numbers["sent_home"], year=2027)
    assert wrong.token == ""


def test_answer_stepup_asks_the_postcode_of_home(season: outcomes.Season) -> None:
    number = season.numbers["sent_home"]

    with pytest.raises(PostcodeNeeded):
        _answer(number, mode="stepup")
    assert _answer(number, mode="stepup", postcode="9000").answer.outcome == Outcome.SENT_HOME
    wrong = _answer(number, mode="stepup", postcode="9001")
    assert wrong.answer == _answer(season.numbers["unknown"], mode="stepup", postcode="9000").answer


def test_answer_login_gives_nobody_an_answer(season: outcomes.Season) -> None:
    with pytest.raises(lookups.LoginNeeded):
        _answer(season.numbers["sent_home"], mode="login")


def test_answer_trusts_a_browser_that_was_right_before(season: outcomes.Season) -> None:
    number = season.numbers["sent_home"]
    token = _answer(number).token
    for serial in range(5):
        _answer(_sibling(serial), client=f"192.0.2.{serial}")

    with pytest.raises(PostcodeNeeded):
        _answer(number)
    assert _answer(number, tokens=[token]).answer.outcome == Outcome.SENT_HOME
    with pytest.raises(PostcodeNeeded):
        _answer(season.numbers["collected"], tokens=[token])


@pytest.mark.parametrize(
    ("written", "is_strict", "code"),
    [
        ("62700000175", True, "card_number_given"),
        ("6 27 000001.75", False, "card_number_given"),
        ("6270000017", True, "not_11_digits"),
        ("28196180842", True, "bad_birth_date"),
        ("16203040857", True, "bad_check_digits"),
        ("85.07.30-033 28", True, "national_register_number"),
    ],
)
def test_read_number_names_what_was_typed(written: str, is_strict: bool, code: str) -> None:  # noqa: FBT001
    with pytest.raises((staff_number.Refused, lookups.CardNumberGiven)) as refused:
        lookups.read_number(written, is_strict=is_strict)

    assert getattr(refused.value, "code", "") == code
    assert written not in str(refused.value)


def test_read_number_takes_a_register_number_that_starts_with_6_for_what_it_is() -> None:
    first_nine = "650730033"
    number = f"{first_nine}{97 - int(first_nine) % 97:02d}"

    with pytest.raises(staff_number.Refused) as refused:
        lookups.read_number(number, is_strict=False)

    assert refused.value.code == "national_register_number"


def test_read_number_in_warn_mode_lets_typing_errors_of_the_file_pass() -> None:
    assert lookups.read_number("28196180842", is_strict=False) == "28196180842"


def _sibling(serial: int) -> str:
    """An unknown number with the birth date of all people of the season."""
    first_nine = f"2771123{90 + serial}"
    return first_nine + staff_number.check_digits(first_nine)
