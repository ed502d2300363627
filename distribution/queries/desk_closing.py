"""What a desk must know of its counted season: whether it is closed, and how many cards were counted as left over."""

import datetime as dt
from dataclasses import dataclass

from distribution.enums import CountKind
from distribution.models import Settlement, StockCount
from distribution.queries import lookup, settlements
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.models import PickupPoint


@dataclass(frozen=True)
class Closed:
    """A closed season. What is handed over after it is marked; the count and the thank-you page stay as they were."""

    year: int
    closed_at: dt.datetime
    may_reopen: bool


@dataclass(frozen=True)
class LeftOver:
    """The latest count of the cards that were left."""

    counted: int
    at: dt.datetime


def closed(point: PickupPoint, *, at: dt.datetime) -> Closed | None:
    """The season of the year a desk works in, if its point closed it. `may_reopen`: by a manager of the point; later by Klasse."""
    year = lookup.current_year(at.astimezone(BRUSSELS).date())
    if year is None:
        return None
    standing = Settlement.objects.filter(card_year=year.pk, point=point, reopened_at=None)
    closed_at = standing.values_list("closed_at", flat=True).first()
    if closed_at is None:
        return None
    return Closed(year.year, closed_at, may_reopen=at - closed_at <= dt.timedelta(days=settlements.REOPEN_DAYS))


def left_over(point: PickupPoint, *, card_year_id: int) -> LeftOver | None:
    """What was counted last at a point; None as long as nobody counted: that is not 0."""
    counts = StockCount.objects.filter(card_year=card_year_id, point=point, kind=CountKind.LEFT_OVER)
    row = counts.order_by("-at", "-pk").values_list("counted", "at").first()
    return LeftOver(*row) if row else None
