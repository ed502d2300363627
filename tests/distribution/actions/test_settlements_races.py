"""Two managers at the same moment: one closes, a count sent twice is one, and nobody counts past a closed door."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from distribution.actions import settlements
from distribution.enums import CountKind
from distribution.errors import DistributionError
from distribution.models import CardYear, Settlement, StockCount
from distribution.rules.reconciliation import Tolerance
from pickup_points.desks import Desk
from tests import make
from tests.distribution import settled

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 6


@pytest.fixture
def desk(card_year: CardYear) -> Desk:
    made = make.member(make.point(year=2027), is_manager=True)
    settled.cards(card_year, 5, at=made.point)
    settled.printed(card_year)
    return made


def at_once(*works: Callable[[], Any]) -> list[str]:
    """What each came to: the code of its refusal, or nothing. They start together, each with a connection of its own."""
    start, heard = threading.Barrier(len(works)), []

    def run(work: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=30)
            work()
            heard.append("")
        except DistributionError as refused:
            heard.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return sorted(heard)


def test_a_season_closes_once(card_year: CardYear, desk: Desk, now: dt.datetime) -> None:
    def close() -> None:
        settlements.close(card_year, desk=desk, tolerance=Tolerance(), at=now, goes_uncounted=True)

    assert at_once(*[close] * TIMES) == ["", *["already_closed"] * (TIMES - 1)]
    assert Settlement.objects.count() == 1


def test_a_count_pressed_many_times_is_one(card_year: CardYear, desk: Desk, now: dt.datetime) -> None:
    def count() -> None:
        settlements.count_left_over(card_year, desk=desk, counted=2, seen=0, tolerance=Tolerance(), at=now)

    assert at_once(*[count] * TIMES) == [""] * TIMES
    assert list(StockCount.objects.values_list("kind", "counted")) == [(CountKind.LEFT_OVER, 2)]


def test_two_colleagues_who_count_differently_hear_of_each_other(
    card_year: CardYear, desk: Desk, now: dt.datetime
) -> None:
    def count(cards: int) -> Callable[[], Any]:
        return lambda: settlements.count_left_over(
            card_year, desk=desk, counted=cards, seen=0, tolerance=Tolerance(), at=now
        )

    assert at_once(count(2), count(3)) == ["", "counted_meanwhile"]
    assert StockCount.objects.count() == 1
