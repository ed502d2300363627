"""From which day what may go, by table."""

import datetime as dt

import pytest

from distribution.rules import retention
from distribution.rules.retention import Retention
from tests.conftest import BRUSSELS

LAST = dt.date(2027, 7, 10)


@pytest.mark.parametrize(
    ("last", "days", "on"),
    [
        (LAST, 90, dt.date(2027, 10, 8)),
        (LAST, 0, LAST),
        (dt.date(2027, 12, 15), 90, dt.date(2028, 3, 14)),
        (dt.date(2028, 2, 28), 1, dt.date(2028, 2, 29)),
    ],
)
def test_people_go_so_many_days_after_the_last_collection_day(last: dt.date, days: int, on: dt.date) -> None:
    assert retention.people_go_on(last, days=days) == on


@pytest.mark.parametrize(
    ("next_last", "on"),
    [
        (dt.date(2028, 7, 10), dt.date(2028, 10, 8)),
        (dt.date(2028, 9, 1), dt.date(2028, 11, 30)),
        # Not opened yet: as if it were closed a year later.
        (None, dt.date(2028, 10, 8)),
        # A next year with nonsense for a date never makes the numbers go before the people.
        (dt.date(2027, 1, 1), dt.date(2027, 10, 8)),
    ],
)
def test_numbers_go_with_the_people_of_the_next_year(next_last: dt.date | None, on: dt.date) -> None:
    assert retention.numbers_go_on(LAST, next_last_day=next_last, days=90) == on


@pytest.mark.parametrize(
    ("at", "months", "before"),
    [
        ((2027, 10, 8), 13, (2026, 9, 8)),
        ((2027, 3, 31), 1, (2027, 2, 28)),
        ((2028, 3, 31), 13, (2027, 2, 28)),
        ((2028, 3, 31), 1, (2028, 2, 29)),
        ((2027, 1, 15), 24, (2025, 1, 15)),
        ((2027, 1, 15), 1, (2026, 12, 15)),
    ],
)
def test_months_before_counts_calendar_months(
    at: tuple[int, int, int], months: int, before: tuple[int, int, int]
) -> None:
    moment = dt.datetime(*at, 9, 30, tzinfo=BRUSSELS)

    assert retention.months_before(moment, months) == dt.datetime(*before, 9, 30, tzinfo=BRUSSELS)


def test_every_term_counts_back_from_now() -> None:
    at, terms = dt.datetime(2027, 10, 8, 9, 30, tzinfo=BRUSSELS), Retention()

    assert terms.words_before(at) == dt.datetime(2027, 9, 8, 9, 30, tzinfo=BRUSSELS)
    assert terms.readings_before(at) == dt.datetime(2026, 9, 8, 9, 30, tzinfo=BRUSSELS)
    assert terms.rejects_before(at) == dt.datetime(2027, 9, 8, 9, 30, tzinfo=BRUSSELS)
    assert terms.accounts_before(at) == dt.datetime(2025, 10, 8, 9, 30, tzinfo=BRUSSELS)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, True),
        ({"is_issued": False}, False),
        ({"on": LAST}, True),
        ({"on": LAST + dt.timedelta(days=1)}, False),
        # With the magazine: on its way as soon as it is printed.
        ({"is_pickup": False}, False),
        ({"is_pickup": False, "is_printed": False}, True),
        ({"is_pickup": False, "mailing_on": dt.date(2027, 3, 15)}, True),
        ({"is_pickup": False, "mailing_on": dt.date(2027, 2, 2)}, False),
    ],
)
def test_a_card_has_still_to_go_out(fields: dict[str, object], expected: bool) -> None:  # noqa: FBT001
    known = {
        "is_issued": True, "is_pickup": True, "is_printed": True, "mailing_on": None, "last_day": LAST,
        "on": dt.date(2027, 2, 3),
    }  # fmt: skip

    assert retention.has_still_to_go_out(**(known | fields)) is expected  # type: ignore[arg-type]
