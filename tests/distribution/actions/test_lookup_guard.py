"""Reserve first, give back when right."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from distribution.actions.lookup_counters import Counters, DatabaseCounters, RedisCounters
from distribution.actions.lookup_guard import Guard, PostcodeNeeded, TooManyQuestions, trusts
from tests import make
from tests.conftest import NOW


@pytest.fixture(params=["database", "redis"])
def guard(request: pytest.FixtureRequest, transactional_db: None) -> Guard:
    counters: Counters = DatabaseCounters()
    if request.param == "redis":
        counters = RedisCounters(request.getfixturevalue("redis_url"), otherwise=counters)
    # Another secret is another set of keys: the tests share one Redis.
    return Guard(counters, secret=request.node.name)


def _ask(
    guard: Guard,
    number: str,
    *,
    is_hit: bool = False,
    client: str = "192.0.2.1",
    at: dt.datetime = NOW,
    has_postcode: bool = False,
    is_trusted: bool = False,
) -> bool:
    reservation = guard.reserve(number, client=client, has_postcode=has_postcode, is_trusted=is_trusted, at=at)
    return guard.settle(reservation, is_hit=is_hit, at=at)


def _other_days(count: int, start: int = 0) -> list[str]:
    """Numbers with a birth date each of their own."""
    return [make.staff_number(100 * (start + place)) for place in range(count)]


def test_reserve_refuses_the_eleventh_miss_for_ten_minutes(guard: Guard) -> None:
    numbers = _other_days(12)
    for minute, number in enumerate(numbers[:10]):
        _ask(guard, number, at=NOW + dt.timedelta(seconds=50 * minute))

    with pytest.raises(TooManyQuestions) as refused:
        _ask(guard, numbers[10], at=NOW + dt.timedelta(seconds=500))
    assert refused.value.retry_after == 100
    _ask(guard, numbers[10], client="192.0.2.2", at=NOW + dt.timedelta(seconds=500))
    _ask(guard, numbers[11], at=NOW + dt.timedelta(seconds=600))


def test_reserve_refuses_the_31st_miss_of_a_day(guard: Guard) -> None:
    numbers = _other_days(31)
    for place, number in enumerate(numbers[:30]):
        _ask(guard, number, has_postcode=True, at=NOW + dt.timedelta(minutes=10 * (place // 10)))

    with pytest.raises(TooManyQuestions) as refused:
        _ask(guard, numbers[30], has_postcode=True, at=NOW + dt.timedelta(hours=1))

    assert refused.value.retry_after == 23 * 3600


def test_reserve_refuses_the_301st_different_number_of_a_day(guard: Guard) -> None:
    numbers = _other_days(301)
    for number in numbers[:300]:
        _ask(guard, number, is_hit=True)
    _ask(guard, numbers[0], is_hit=True)

    with pytest.raises(TooManyQuestions):
        _ask(guard, numbers[300], is_hit=True)


def test_hits_cost_nothing(guard: Guard) -> None:
    number = make.staff_number(5)

    for _ in range(40):
        _ask(guard, number, is_hit=True)


def test_prefix_asks_a_postcode_after_five_different_unknown_numbers(guard: Guard) -> None:
    same_day = [make.staff_number(700 + serial) for serial in range(7)]
    for client, number in enumerate(same_day[:5]):
        _ask(guard, number, client=f"192.0.2.{client}")
        _ask(guard, number, client=f"192.0.2.{client}")

    with pytest.raises(PostcodeNeeded):
        _ask(guard, same_day[5], client="198.51.100.1")
    _ask(guard, same_day[5], client="198.51.100.1", has_postcode=True, is_hit=True)
    _ask(guard, same_day[6], client="198.51.100.2", is_trusted=True, is_hit=True)
    _ask(guard, make.staff_number(800), client="198.51.100.1", is_hit=True)
    # One that was counted is not another one.
    _ask(guard, same_day[0], client="198.51.100.3")


def test_breaker_trips_once_and_asks_everyone_a_postcode(guard: Guard) -> None:
    tripped = [
        _ask(guard, number, client=f"192.0.2.{place}", has_postcode=place > 10)
        for place, number in enumerate(_other_days(14))
    ]

    assert tripped == [*[False] * 10, True, False, False, False]
    with pytest.raises(PostcodeNeeded):
        _ask(guard, make.staff_number(9_000), is_hit=True)
    _ask(guard, make.staff_number(9_000), is_hit=True, is_trusted=True)
    _ask(guard, make.staff_number(9_000), is_hit=True, has_postcode=True)
    _ask(guard, make.staff_number(9_000), is_hit=True, at=NOW + dt.timedelta(minutes=31))


def test_refused_questions_leave_nothing(guard: Guard) -> None:
    for place, number in enumerate(_other_days(11)):
        _ask(guard, number, client=f"198.51.100.{place}")
    for number in _other_days(40, start=50):
        with pytest.raises(PostcodeNeeded):
            _ask(guard, number)

    # 40 refusals later this client still has all its misses.
    for number in _other_days(10, start=100):
        _ask(guard, number, has_postcode=True)


def test_reserve_t01f_64_at_the_edge_overshoot_nothing(guard: Guard) -> None:
    numbers = _other_days(73)
    for number in numbers[:9]:
        _ask(guard, number)

    def ask(number: str) -> int:
        try:
            guard.reserve(number, client="192.0.2.1", has_postcode=True, is_trusted=False, at=NOW)
        except TooManyQuestions:
            return 0
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(16) as pool:
        passed = sum(pool.map(ask, numbers[9:]))

    assert passed == 1


def test_token_is_of_one_number_and_one_year() -> None:
    guard = Guard(DatabaseCounters(), secret="geheim")
    tokens = [
        guard.token("16203040856", year=2027),
        guard.token("18505250273", year=2027),
        guard.token("16203040856", year=2028),
        Guard(DatabaseCounters(), secret="ander").token("16203040856", year=2027),
    ]

    assert len(set(tokens)) == 4
    assert trusts(tokens[0], tokens[1:]) is False
    assert trusts(tokens[0], tokens) is True
    assert trusts(tokens[0], ["é", ""]) is False
