"""Counting and closing: rows are added, never changed; who may; what is refused."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError

from distribution.actions import settlements
from distribution.actions.settlements import Counted
from distribution.enums import CountKind, Marking
from distribution.errors import DistributionError
from distribution.models import CardYear, PointStatement, Settlement, StockCount
from distribution.queries import settlements as queries
from distribution.rules.reconciliation import Tolerance
from pickup_points.desks import Desk
from tests import make
from tests.distribution import settled

pytestmark = pytest.mark.django_db
TOLERANCE = Tolerance()
Act = Callable[[CardYear, Desk, dt.datetime], Any]


@pytest.fixture
def desk(card_year: CardYear, now: dt.datetime) -> Desk:
    """A manager of a point with 50 cards in three boxes, 20 of them marked."""
    made = make.member(make.point("gent", year=2027), is_manager=True)
    cards = settled.cards(card_year, 50, at=made.point)
    settled.printed(card_year)
    settled.handed_over(cards[:20], desk=made, at=now)
    return made


def left_over(card_year: CardYear, desk: Desk, counted: int, *, seen: int, at: dt.datetime) -> Counted:
    return settlements.count_left_over(card_year, desk=desk, counted=counted, seen=seen, tolerance=TOLERANCE, at=at)


def close(card_year: CardYear, desk: Desk, at: dt.datetime, *, goes_uncounted: bool = False) -> Settlement:
    return settlements.close(card_year, desk=desk, tolerance=TOLERANCE, at=at, goes_uncounted=goes_uncounted)


ACTS: dict[str, Act] = {
    "receive": lambda year, desk, at: settlements.receive(year, desk=desk, counted=20, box=1, at=at),
    "count_left_over": lambda year, desk, at: left_over(year, desk, 30, seen=0, at=at),
    "say_marking": lambda year, desk, at: settlements.say_marking(year, desk=desk, marking=Marking.COMPLETE, at=at),
    "say_cards": lambda year, desk, at: settlements.say_cards(year, desk=desk, cards=4, text="school", seen=0, at=at),
    "take_back": lambda year, desk, at: settlements.take_back(year, desk=desk, statement_id=1, at=at),
    "close": lambda year, desk, at: close(year, desk, at, goes_uncounted=True),
    "reopen": lambda year, desk, at: settlements.reopen(year, desk=desk, at=at),
}


def rows() -> tuple[int, int, int]:
    return StockCount.objects.count(), PointStatement.objects.count(), Settlement.objects.count()


@pytest.mark.parametrize("name", ACTS)
def test_only_a_manager_counts_and_closes(card_year: CardYear, desk: Desk, now: dt.datetime, name: str) -> None:
    colleague = make.member(desk.point)

    with pytest.raises(settlements.ManagersOnly):
        ACTS[name](card_year, colleague, now)

    assert rows() == (0, 0, 0)


@pytest.mark.parametrize("name", sorted(set(ACTS) - {"reopen"}))
def test_nothing_changes_after_closing(card_year: CardYear, desk: Desk, now: dt.datetime, name: str) -> None:
    close(card_year, desk, now, goes_uncounted=True)

    with pytest.raises(settlements.AlreadyClosed):
        ACTS[name](card_year, desk, now)

    assert rows() == (0, 0, 1)


@pytest.mark.parametrize(
    ("refused", "act"),
    [
        (settlements.BadCount, lambda y, d, at: settlements.receive(y, desk=d, counted=-1, at=at)),
        (settlements.BadCount, lambda y, d, at: settlements.receive(y, desk=d, counted=20_001, at=at)),
        (settlements.BadCount, lambda y, d, at: left_over(y, d, 62_703_004_085, seen=0, at=at)),
        (settlements.UnknownBox, lambda y, d, at: settlements.receive(y, desk=d, counted=1, box=4, at=at)),
        (settlements.UnknownBox, lambda y, d, at: settlements.receive(y, desk=d, counted=1, box=0, at=at)),
        (settlements.BadStatement, lambda y, d, at: settlements.say_cards(y, desk=d, cards=0, text="x", seen=0, at=at)),
        (settlements.BadStatement, lambda y, d, at: settlements.say_cards(y, desk=d, cards=1, text=" ", seen=0, at=at)),
        (settlements.CountedMeanwhile, lambda y, d, at: left_over(y, d, 30, seen=1, at=at)),
        (settlements.NoSuchStatement, lambda y, d, at: settlements.take_back(y, desk=d, statement_id=0, at=at)),
        (settlements.NotCounted, close),
        (settlements.NotClosed, ACTS["reopen"]),
    ],
)
def test_refusals_leave_nothing_behind(
    card_year: CardYear, desk: Desk, now: dt.datetime, refused: type[DistributionError], act: Act
) -> None:
    with pytest.raises(refused) as error:
        act(card_year, desk, now)

    assert str(error.value).endswith((".", "?"))
    assert rows() == (0, 0, 0)


def test_receive_keeps_every_count_and_the_latest_holds(card_year: CardYear, desk: Desk, now: dt.datetime) -> None:
    settlements.receive(card_year, desk=desk, counted=20, box=1, at=now)
    settlements.receive(card_year, desk=desk, counted=18, box=2, at=now)
    settlements.receive(card_year, desk=desk, counted=19, box=2, at=now + dt.timedelta(minutes=5))

    kept = list(StockCount.objects.values_list("kind", "box", "counted", "point", "by"))
    assert kept == [(CountKind.RECEIVED, box, cards, desk.point.pk, desk.user.pk) for box, cards in [(1, 20), (2, 18), (2, 19)]]  # fmt: skip
    assert queries.tally(card_year, point=desk.point).counts.received == 49


def test_count_left_over_that_fits_is_kept(card_year: CardYear, desk: Desk, now: dt.datetime) -> None:
    assert left_over(card_year, desk, 28, seen=0, at=now) is Counted.KEPT
    assert queries.tally(card_year, point=desk.point).left_over == 28


def test_count_left_over_outside_the_tolerance_asks_once_more_and_keeps_the_first(
    card_year: CardYear, desk: Desk, now: dt.datetime
) -> None:
    told = [left_over(card_year, desk, counted, seen=seen, at=now) for seen, counted in enumerate((23, 27))]

    assert told == [Counted.COUNT_AGAIN, Counted.COUNT_AGAIN]
    assert left_over(card_year, desk, 26, seen=2, at=now) is Counted.KEPT
    tally = queries.tally(card_year, point=desk.point)
    assert ([one.counted for one in tally.left_over_counts], tally.left_over) == ([23, 27, 26], 26)


def test_count_left_over_explained_by_the_point_is_kept(card_year: CardYear, desk: Desk, now: dt.datetime) -> None:
    settlements.say_cards(card_year, desk=desk, cards=10, text="naar school", seen=0, at=now)

    assert left_over(card_year, desk, 20, seen=0, at=now) is Counted.KEPT


def test_the_same_form_sent_twice_is_one_count(card_year: CardYear, desk: Desk, now: dt.datetime) -> None:
    told = [left_over(card_year, desk, 23, seen=0, at=now) for _ in range(2)]

    assert told == [Counted.COUNT_AGAIN, Counted.COUNT_AGAIN]
    assert StockCount.objects.count() == 1


def test_a_colleague_who_counted_meanwhile_is_not_overruled(card_year: CardYear, desk: Desk, now: dt.datetime) -> None:
    left_over(card_year, make.member(desk.point, is_manager=True), 23, seen=0, at=now)

    with pytest.raises(settlements.CountedMeanwhile):
        left_over(card_year, desk, 23, seen=0, at=now)

    assert StockCount.objects.count() == 1


def test_the_same_statement_sent_twice_is_one(card_year: CardYear, desk: Desk, now: dt.datetime) -> None:
    first, again = (
        settlements.say_cards(card_year, desk=desk, cards=40, text=" naar  de school ", seen=0, at=now)
        for _ in range(2)
    )

    assert (first, first.text) == (again, "naar de school")
    with pytest.raises(settlements.CountedMeanwhile):
        settlements.say_cards(card_year, desk=desk, cards=41, text="iets anders", seen=0, at=now)


def test_take_back_is_said_once_and_nothing_is_erased(card_year: CardYear, desk: Desk, now: dt.datetime) -> None:
    said = settlements.say_cards(card_year, desk=desk, cards=40, text="naar school", seen=0, at=now)
    for minutes in (1, 2):
        settlements.take_back(card_year, desk=desk, statement_id=said.pk, at=now + dt.timedelta(minutes=minutes))

    said.refresh_from_db()
    assert (said.cards, said.taken_back_at, said.taken_back_by) == (40, now + dt.timedelta(minutes=1), desk.user)


def test_take_back_of_another_point_s_statement_is_refused_as_a_missing_one(
    card_year: CardYear, desk: Desk, now: dt.datetime
) -> None:
    other = make.member(make.point(year=2027), is_manager=True)
    theirs = settlements.say_cards(card_year, desk=other, cards=40, text="naar school", seen=0, at=now)

    with pytest.raises(settlements.NoSuchStatement):
        settlements.take_back(card_year, desk=desk, statement_id=theirs.pk, at=now)

    theirs.refresh_from_db()
    assert theirs.taken_back_at is None


def test_close_keeps_the_figures(card_year: CardYear, desk: Desk, now: dt.datetime) -> None:
    for box, cards in ((1, 20), (2, 20), (3, 9)):
        settlements.receive(card_year, desk=desk, counted=cards, box=box, at=now)
    settlements.say_marking(card_year, desk=desk, marking=Marking.PARTIAL, at=now)
    left_over(card_year, desk, 19, seen=0, at=now)

    settlement = close(card_year, desk, now)

    settlement.refresh_from_db()
    assert (settlement.closed_at, settlement.closed_by, settlement.reopened_at) == (now, desk.user, None)
    assert settlement.summary == {
        "sent": 50,
        "received": 49,
        "is_receipt_whole": True,
        "came_in": 0,
        "went_out": 0,
        "void": 0,
        "left_over": 19,
        "marked": 20,
        "stated": 0,
        "marking": "partial",
        "grade": "B",
        "stock": 49,
        "derived": 30,
        "unrecorded": 10,
        "lower": 20,
        "upper": 30,
        "best": 30,
        "is_counted": True,
        "is_quarantined": False,
        "left_over_counts": [19],
        "busiest": ["2027-01-12", 20],
        "months": [["2027-01-01", 20]],
        "tolerance": {"cards": 2, "percent": 1.0},
    }


def test_close_without_counting_is_said_and_is_not_nought(card_year: CardYear, desk: Desk, now: dt.datetime) -> None:
    settlement = close(card_year, desk, now, goes_uncounted=True)

    kept = settlement.summary
    assert [kept[name] for name in ("received", "left_over", "derived", "best", "lower", "upper")] == [
        None, None, None, None, 20, 50,
    ]  # fmt: skip


def test_a_year_closes_once_also_in_the_database(card_year: CardYear, desk: Desk, now: dt.datetime) -> None:
    close(card_year, desk, now, goes_uncounted=True)

    with pytest.raises(IntegrityError):
        Settlement.objects.create(card_year=card_year, point=desk.point, closed_at=now, closed_by=desk.user)


def test_reopen_leaves_the_closed_season_readable(card_year: CardYear, desk: Desk, now: dt.datetime) -> None:
    close(card_year, desk, now, goes_uncounted=True)
    later = now + settlements.REOPEN_FOR

    settlements.reopen(card_year, desk=desk, at=later)

    left_over(card_year, desk, 30, seen=0, at=later)
    close(card_year, desk, later)
    kept = [(one.reopened_at, one.summary["best"]) for one in Settlement.objects.all()]
    assert kept == [(later, None), (None, 20)]


def test_reopen_after_fourteen_days_is_refused(card_year: CardYear, desk: Desk, now: dt.datetime) -> None:
    close(card_year, desk, now, goes_uncounted=True)

    with pytest.raises(settlements.ReopenTooLate):
        settlements.reopen(card_year, desk=desk, at=now + settlements.REOPEN_FOR + dt.timedelta(seconds=1))

    assert Settlement.objects.get().reopened_at is None
