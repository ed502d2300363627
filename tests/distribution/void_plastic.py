"""Plastic that is replaced, and the stock of a point as it is then. For tests of cards by hand."""

import datetime as dt
import uuid

from distribution.actions import cards, hand_overs
from distribution.enums import CountKind, Evidence, VoidReason
from distribution.models import Card, CardYear, HandOver, StockCount
from distribution.queries import settlements
from distribution.rules.reconciliation import START, reconcile
from pickup_points.desks import Desk
from pickup_points.models import PickupPoint, User
from tests.distribution.office_year import AFTER_SEASON, IN_SEASON


def replaced(card: Card, office: User, *, at: dt.datetime = IN_SEASON, reason: VoidReason = VoidReason.BROKEN) -> Card:
    """The card under its new number."""
    cards.replace(card, reason=reason, reference="PV 12/2027", by=office, at=at)
    return Card.objects.get(pk=card.pk)


def mark(card: Card, desk: Desk, *, at: dt.datetime = IN_SEASON, number: str = "") -> HandOver:
    """Handed over at this desk, by its own number or by another one."""
    return hand_overs.mark(
        uuid.uuid4(),
        card_number=number or card.number,
        desks={desk.point.pk: desk},
        by=desk.user,
        at=at,
        evidence=Evidence.SCAN,
    ).hand_over


def stock(card_year: CardYear, point: PickupPoint) -> tuple[int, int, int, int, int]:
    """Sent, came in, went out, void, marked: of one point asked alone, and the same among all."""
    alone, among = settlements.tally(card_year, point=point), settlements.tallies(card_year)[point.pk]
    told = [(one.sent, one.came_in, one.went_out, one.void, one.marked) for one in (alone, among)]
    assert told[0] == told[1]
    return told[0]


def collected(card_year: CardYear, desk: Desk, *, left: int) -> tuple[int | None, int | None]:
    """What was handed over by the count of what is left, and how many of those were not marked."""
    StockCount.objects.create(
        card_year=card_year, point=desk.point, kind=CountKind.LEFT_OVER, counted=left, at=AFTER_SEASON, by=desk.user
    )
    figures = reconcile(settlements.tally(card_year, point=desk.point).counts, tolerance=START)
    return figures.derived, figures.unrecorded
