"""The settlement: what a point counts, what it says, and when it closes. Nothing is changed or erased, only added."""

import dataclasses
import datetime as dt
import enum
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from distribution.enums import CountKind, Marking
from distribution.errors import DistributionError
from distribution.models import CardYear, PointStatement, Settlement, StockCount, YearEvent
from distribution.queries import settlements
from distribution.queries.settlement_history import REOPENED
from distribution.queries.settlements import PointTally
from distribution.rules import reconciliation
from distribution.rules.reconciliation import Tolerance
from pickup_points.desks import Desk
from pickup_points.models import PickupPoint, User

# More than any point ever got: above it somebody typed a card number, or a digit too many.
MOST_CARDS = 20_000
LONGEST_TEXT = 300
REOPEN_FOR = dt.timedelta(days=settlements.REOPEN_DAYS)


class ManagersOnly(DistributionError):
    code = "managers_only"

    def __init__(self) -> None:
        super().__init__("Tellen en afsluiten doet een beheerder van het afhaalpunt.")


class BadCount(DistributionError):
    code = "bad_count"


class UnknownBox(DistributionError):
    code = "unknown_box"

    def __init__(self) -> None:
        super().__init__("Deze doos kennen we niet.")


class CountedMeanwhile(DistributionError):
    code = "counted_meanwhile"

    def __init__(self) -> None:
        super().__init__("Er werd intussen al iets ingevuld, misschien door een collega. Kijk even na wat er nu staat.")


class AlreadyClosed(DistributionError):
    code = "already_closed"

    def __init__(self) -> None:
        super().__init__("Dit jaar is al afgesloten. Heropen het eerst om nog iets te wijzigen.")


class NotClosed(DistributionError):
    code = "not_closed"

    def __init__(self) -> None:
        super().__init__("Dit jaar is nog niet afgesloten.")


class NotCounted(DistributionError):
    code = "not_counted"

    def __init__(self) -> None:
        super().__init__("De overgebleven kaarten zijn nog niet geteld. Tel ze, of zeg dat jullie niet tellen.")


class ReopenTooLate(DistributionError):
    code = "reopen_too_late"

    def __init__(self) -> None:
        super().__init__(
            f"Heropenen kan tot {settlements.REOPEN_DAYS} dagen na het afsluiten. Laat Klasse weten wat er nog moet veranderen."
        )


class ReasonNeeded(DistributionError):
    code = "reason_needed"

    def __init__(self) -> None:
        super().__init__("Zeg in enkele woorden waarom de afrekening weer open moet.")


class BadStatement(DistributionError):
    code = "bad_statement"


class NoSuchStatement(DistributionError):
    code = "not_found"

    def __init__(self) -> None:
        super().__init__("Deze melding is er niet.")


class Counted(enum.Enum):
    """What happens after a count of left-over cards. Never by how much it was off, nor which way."""

    KEPT = "kept"
    COUNT_AGAIN = "count_again"


def receive(card_year: CardYear, *, desk: Desk, counted: int, box: int | None = None, at: dt.datetime) -> StockCount:
    """Note how many cards arrived, in one box or in all; a newer count replaces an older one.

    Raises ManagersOnly, BadCount, UnknownBox or AlreadyClosed.
    """
    _check_count(counted)
    with _open_point(card_year, desk=desk) as tally:
        if box is not None and box not in {one.number for one in tally.boxes}:
            raise UnknownBox
        return StockCount.objects.create(
            card_year=card_year,
            point=desk.point,
            kind=CountKind.RECEIVED,
            box=box,
            counted=counted,
            at=at,
            by=desk.user,
        )


def count_left_over(
    card_year: CardYear, *, desk: Desk, counted: int, seen: int, tolerance: Tolerance, at: dt.datetime
) -> Counted:
    """Note how many cards are left; every count is kept. Says whether to count once more.

    `seen`: how many counts there were on the screen they counted from. The same form sent twice is
    one count; anything else in between raises CountedMeanwhile. Raises ManagersOnly, BadCount or AlreadyClosed.
    """
    _check_count(counted)
    with _open_point(card_year, desk=desk) as tally:
        before = tally.left_over_counts
        is_sent_twice = len(before) == seen + 1 and (before[-1].counted, before[-1].by_id) == (counted, desk.user.pk)
        if not is_sent_twice:
            if len(before) != seen:
                raise CountedMeanwhile
            tally.take_count(
                StockCount.objects.create(
                    card_year=card_year,
                    point=desk.point,
                    kind=CountKind.LEFT_OVER,
                    counted=counted,
                    at=at,
                    by=desk.user,
                )
            )
        return Counted.COUNT_AGAIN if asks_recount(tally, tolerance=tolerance) else Counted.KEPT


def asks_recount(tally: PointTally, *, tolerance: Tolerance) -> bool:
    """Whether the counts of left-over cards so far call for one more."""
    counted = [one.counted for one in tally.left_over_counts]
    return reconciliation.asks_recount(tally.counts, counted, tolerance=tolerance)


def say_marking(card_year: CardYear, *, desk: Desk, marking: Marking, at: dt.datetime) -> PointStatement:
    """Note the point's word on how marking went; the latest holds. Raises ManagersOnly or AlreadyClosed."""
    with _open_point(card_year, desk=desk):
        return PointStatement.objects.create(
            card_year=card_year, point=desk.point, marking=marking, at=at, by=desk.user
        )


def say_cards(card_year: CardYear, *, desk: Desk, cards: int, text: str, seen: int, at: dt.datetime) -> PointStatement:
    """Note cards that went out without being marked: "40 naar de school gebracht".

    `seen`: how many such statements, taken back or not, were on the screen. The same form sent twice
    is one statement. Raises ManagersOnly, BadCount, BadStatement, CountedMeanwhile or AlreadyClosed.
    """
    _check_count(cards)
    text = " ".join(text.split())[:LONGEST_TEXT]
    if not cards or not text:
        raise BadStatement("Vul in hoeveel kaarten het zijn, en zeg in enkele woorden wat ermee gebeurde.")
    with _open_point(card_year, desk=desk) as tally:
        before = [one for one in tally.statements if one.cards]
        if len(before) == seen + 1 and (before[-1].cards, before[-1].text) == (cards, text):
            return before[-1]
        if len(before) != seen:
            raise CountedMeanwhile
        return PointStatement.objects.create(
            card_year=card_year, point=desk.point, cards=cards, text=text, at=at, by=desk.user
        )


def take_back(card_year: CardYear, *, desk: Desk, statement_id: int, at: dt.datetime) -> PointStatement:
    """Take back a statement of cards; it stays to be read. Twice is once. Raises ManagersOnly, NoSuchStatement or AlreadyClosed."""
    with _open_point(card_year, desk=desk) as tally:
        statement = next((one for one in tally.statements if one.cards and one.pk == statement_id), None)
        if statement is None:
            raise NoSuchStatement
        if statement.taken_back_at is None:
            statement.taken_back_at, statement.taken_back_by = at, desk.user
            statement.save(update_fields=["taken_back_at", "taken_back_by"])
        return statement


def close(
    card_year: CardYear, *, desk: Desk, tolerance: Tolerance, at: dt.datetime, goes_uncounted: bool = False
) -> Settlement:
    """Close the season of a point, with the figures as they stand now.

    Without a count of left-over cards only when they say so (`goes_uncounted`). Raises ManagersOnly, NotCounted or AlreadyClosed.
    """
    with _open_point(card_year, desk=desk) as tally:
        if tally.left_over is None and not goes_uncounted:
            raise NotCounted
        return Settlement.objects.create(
            card_year=card_year,
            point=desk.point,
            closed_at=at,
            closed_by=desk.user,
            summary=_summary(tally, card_year=card_year, point=desk.point, tolerance=tolerance),
        )


def reopen(card_year: CardYear, *, desk: Desk, at: dt.datetime) -> Settlement:
    """Open a closed season again, within 14 days; what stood there stays to be read. Raises ManagersOnly, NotClosed or ReopenTooLate."""
    with _point(card_year, desk=desk) as tally:
        settlement = tally.settlement
        if settlement is None:
            raise NotClosed
        if at - settlement.closed_at > REOPEN_FOR:
            raise ReopenTooLate
        settlement.reopened_at, settlement.reopened_by = at, desk.user
        settlement.save(update_fields=["reopened_at", "reopened_by"])
        return settlement


def reopen_for_klasse(card_year: CardYear, *, point: PickupPoint, by: User, at: dt.datetime, reason: str) -> Settlement:
    """Klasse opens a closed season again, whenever it was closed, and says why. Raises ReasonNeeded or NotClosed."""
    reason = " ".join(reason.split())[:LONGEST_TEXT]
    if not reason:
        raise ReasonNeeded
    with transaction.atomic():
        PickupPoint.objects.select_for_update().get(pk=point.pk)
        settlement = settlements.settlement(card_year, point=point)
        if settlement is None:
            raise NotClosed
        settlement.reopened_at, settlement.reopened_by = at, by
        settlement.save(update_fields=["reopened_at", "reopened_by"])
        summary = {"point": point.code, "reason": reason}
        YearEvent.objects.create(card_year=card_year, kind=REOPENED, at=at, by=by, summary=summary)
        return settlement


@contextmanager
def _point(card_year: CardYear, *, desk: Desk) -> Iterator[PointTally]:
    """A transaction in which nobody else counts at this point."""
    if not desk.is_manager:
        raise ManagersOnly
    with transaction.atomic():
        PickupPoint.objects.select_for_update().get(pk=desk.point.pk)
        yield settlements.tally(card_year, point=desk.point)


@contextmanager
def _open_point(card_year: CardYear, *, desk: Desk) -> Iterator[PointTally]:
    with _point(card_year, desk=desk) as tally:
        if tally.settlement is not None:
            raise AlreadyClosed
        yield tally


def _check_count(counted: int) -> None:
    if not 0 <= counted <= MOST_CARDS:
        raise BadCount(f"Vul een aantal kaarten in, van 0 tot {MOST_CARDS}. Misschien staat er een cijfer te veel?")


def _summary(tally: PointTally, *, card_year: CardYear, point: PickupPoint, tolerance: Tolerance) -> dict[str, Any]:
    """The counts, the figures and the months, in plain values: a closed season can always be drawn again as it was."""
    counts = tally.counts
    figures = reconciliation.reconcile(counts, tolerance=tolerance)
    days = settlements.days(card_year, point=point)
    return {
        **dataclasses.asdict(counts),
        **dataclasses.asdict(figures),
        "marking": counts.marking,
        "left_over_counts": [one.counted for one in tally.left_over_counts],
        "busiest": [days.busiest[0].isoformat(), days.busiest[1]] if days.busiest else None,
        "months": [[month.isoformat(), cards] for month, cards in days.months],
        "tolerance": dataclasses.asdict(tolerance),
    }
