"""Counting in one step, on the database and on Redis, and without Redis when it is away."""

import datetime as dt
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from distribution.actions.lookup_counters import Change, Counters, DatabaseCounters, RedisCounters
from tests import servers
from tests.conftest import NOW


class Nowhere:
    """No database behind Redis: a question that comes here fails the test."""

    def add(self, changes: object, *, at: dt.datetime) -> list[object]:
        raise AssertionError("Redis answers, so nothing may be counted elsewhere")


@pytest.fixture(params=["database", "redis"])
def counters(request: pytest.FixtureRequest, transactional_db: None) -> Counters:
    if request.param == "database":
        return DatabaseCounters()
    nowhere: Counters = Nowhere()  # type: ignore[assignment]
    return RedisCounters(request.getfixturevalue("redis_url"), otherwise=nowhere)


def _values(counters: Counters, *changes: Change, at: dt.datetime = NOW) -> list[int]:
    return [count.value for count in counters.add(changes, at=at)]


def test_add_counts_each_key_and_keeps_the_order_asked(counters: Counters) -> None:
    _values(counters, Change("order-z", 2, 60), Change("order-a", 5, 60))

    assert _values(counters, Change("order-z", 1, 60), Change("order-a", 0, 60)) == [3, 5]


def test_add_starts_again_when_the_window_has_ended(counters: Counters) -> None:
    first = counters.add([Change("window", 3, 60)], at=NOW)

    within = counters.add([Change("window", 1, 60)], at=NOW + dt.timedelta(seconds=59))
    after = counters.add([Change("window", 1, 60)], at=NOW + dt.timedelta(seconds=60))

    assert [first[0].value, within[0].value, after[0].value] == [3, 4, 1]
    assert within[0].ends_at == NOW + dt.timedelta(seconds=60)
    assert after[0].ends_at == NOW + dt.timedelta(seconds=120)


def test_add_begins_its_window_at_the_first_that_counts(counters: Counters) -> None:
    _values(counters, Change("refund", 1, 60))
    _values(counters, Change("refund", -1, 60))
    later = NOW + dt.timedelta(seconds=50)

    counted = counters.add([Change("refund", 1, 60)], at=later)

    assert counted[0].value == 1
    assert counted[0].ends_at == later + dt.timedelta(seconds=60)


def test_add_never_goes_below_nothing(counters: Counters) -> None:
    assert _values(counters, Change("below", -1, 60)) == [0]
    assert _values(counters, Change("below", 1, 60)) == [1]


def test_add_counts_64_at_once_as_64(counters: Counters) -> None:
    def ask(number: int) -> int:
        try:
            # Two keys in turned order: statements that lock rows in another order would deadlock.
            keys = ["at-once-a", "at-once-b"][:: 1 if number % 2 else -1]
            return counters.add([Change(key, 1, 60) for key in keys], at=NOW)[0].value
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        seen = sorted(pool.map(ask, range(64)))

    assert _values(counters, Change("at-once-a", 0, 60), Change("at-once-b", 0, 60)) == [64, 64]
    assert seen[-1] == 64


@pytest.mark.parametrize("fault", ["F4-refused", "F4-hung"])
@pytest.mark.django_db
def test_add_goes_on_without_redis(fault: str) -> None:
    with servers.redis_process() as (url, process):
        counters = RedisCounters(url, otherwise=DatabaseCounters())
        assert _values(counters, Change("away", 1, 60)) == [1]
        if fault == "F4-hung":
            process.send_signal(signal.SIGSTOP)
        else:
            process.kill()
            process.wait()
        began = time.monotonic()

        seen = [_values(counters, Change("away", 1, 60)) for _ in range(20)]

        # One question waits for Redis; the others know it is away. 20 × 0.2 s would be 4.
        assert time.monotonic() - began < 3
        assert seen == [[count] for count in range(1, 21)]
        process.send_signal(signal.SIGCONT) if fault == "F4-hung" else None


@pytest.mark.django_db
def test_add_returns_to_redis_when_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distribution.actions.lookup_counters.AWAY_SECONDS", 0.05)
    with servers.redis_process() as (url, process):
        counters = RedisCounters(url, otherwise=DatabaseCounters())
        _values(counters, Change("back", 7, 60))
        process.send_signal(signal.SIGSTOP)
        assert _values(counters, Change("back", 1, 60)) == [1]
        process.send_signal(signal.SIGCONT)
        time.sleep(0.1)

        assert _values(counters, Change("back", 1, 60))[0] >= 8
