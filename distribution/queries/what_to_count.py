"""Which points to ask for a count of their left-over cards, for an interval as narrow as wished."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from distribution.enums import CardState
from distribution.models import Card, CardYear
from distribution.queries import settlements
from distribution.rules import what_to_count
from distribution.rules.reconciliation import Tolerance
from distribution.rules.what_to_count import Advice
from pickup_points.models import PickupPoint


@dataclass(frozen=True)
class ToCount:
    """A point to ask, with how to reach it. `open`: the cards of which nothing is known; `is_again`: its count did not hold."""

    point: PickupPoint
    province: str
    cards: int
    open: int
    is_again: bool


@dataclass(frozen=True)
class Answer:
    """`advice` in figures, and `points` with their names, in the same order. `has_begun`: something was sent."""

    advice: Advice
    points: Sequence[ToCount]
    has_begun: bool


def answer(card_year: CardYear, *, wished: float, tolerance: Tolerance) -> Answer:
    """For an interval of the share with a card (of all cards of the year) of `wished` percent or less."""
    points = settlements.points(card_year, tolerance=tolerance)
    whole = Card.objects.filter(~Q(state=CardState.WITHDRAWN), card_year=card_year).count()
    advice = what_to_count.choose(points, whole=whole, wished=wished, tolerance=tolerance)
    places = PickupPoint.objects.in_bulk([one.key for one in advice.points])
    return Answer(
        advice,
        [
            ToCount(places[one.key], one.province, one.figures.stock, one.open, one.figures.is_quarantined)
            for one in advice.points
        ],
        has_begun=any(one.counts.sent for one in points),
    )
