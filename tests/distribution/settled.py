"""Points with a season behind them: cards sent in boxes, handed over, moved on. For tests of the settlement."""

import datetime as dt
import uuid

from distribution.actions import hand_overs
from distribution.enums import Evidence
from distribution.models import Card, CardYear, PrintBatch, Transfer, YearEvent
from pickup_points.desks import Desk
from pickup_points.models import PickupPoint
from tests import make

PRINTED_AT = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


def cards(card_year: CardYear, number: int, *, at: PickupPoint) -> list[Card]:
    """Cards for a point, not in a batch yet."""
    return [make.card(make.person(card_year), at=at) for _ in range(number)]


def printed(card_year: CardYear, *, box_size: int = 20, number: int = 1, at: dt.datetime = PRINTED_AT) -> PrintBatch:
    """Every loose card of the year in a batch, and its print run written."""
    batch = make.batch(card_year, number)
    summary = {"batch": number, "box_size": box_size}
    YearEvent.objects.create(card_year=card_year, kind="print_run_written", at=at, summary=summary)
    return batch


def handed_over(these: list[Card], *, desk: Desk, at: dt.datetime) -> list[uuid.UUID]:
    """Each card marked at the desk; the keys of the hand-overs."""
    keys = []
    for card in these:
        keys.append(uuid.uuid4())
        hand_overs.mark(
            keys[-1], card_number=card.number, desks={desk.point.pk: desk}, by=desk.user, at=at, evidence=Evidence.CLICK
        )
    return keys


def transferred(these: list[Card], *, sender: Desk, receiver: Desk, at: dt.datetime) -> None:
    """Each card asked for, sent and arrived."""
    for card in these:
        Transfer.objects.create(
            card=card,
            from_point=sender.point,
            to_point=receiver.point,
            requested_at=at,
            requested_by=receiver.user,
            sent_at=at,
            sent_by=sender.user,
            received_at=at,
            received_by=receiver.user,
        )
        Card.objects.filter(pk=card.pk).update(pickup_point=receiver.point)
