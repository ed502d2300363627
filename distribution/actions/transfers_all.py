"""A whole box on its way: every card that one point asked of another leaves, or has arrived, said once. In sets.

The same as transfers.send and transfers.receive for each of them; a card that cannot go stops no other.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import QuerySet

from distribution.actions import holding
from distribution.enums import AssignedBy, CardEventKind, CardState
from distribution.models import Card, CardEvent, Transfer
from distribution.models.transfer import OPEN
from pickup_points.desks import Desk
from pickup_points.models import PickupPoint, User

BATCH = 2_000


@transaction.atomic
def send(*, desk: Desk, to: PickupPoint, card_year_id: int, by: User, at: dt.datetime) -> int:
    """Everything `to` asked of this desk's point leaves with the messenger; how many. Saying it twice is saying it once."""
    asked = Transfer.objects.filter(
        OPEN, from_point=desk.point, to_point=to, sent_at=None, card__card_year=card_year_id
    )
    leaving = _held(asked, card__state=CardState.ISSUED, card__pickup_point=desk.point)
    Transfer.objects.filter(pk__in=leaving).update(sent_at=at, sent_by=by)
    tell(leaving.values(), CardEventKind.SENT, from_point=desk.point, to_point=to, by=by, at=at)
    return len(leaving)


@transaction.atomic
def order(cards: Sequence[Card], *, to: PickupPoint, by: User, at: dt.datetime) -> list[Transfer]:
    """Klasse asks the points that have these cards, which are held and wait there, to send them; one that is on its way already is left."""
    under_way = set(Transfer.objects.filter(OPEN, card__in=cards).values_list("card", flat=True))
    asked = Transfer.objects.bulk_create(
        [
            Transfer(card=one, from_point_id=one.pickup_point_id, to_point=to, requested_at=at, requested_by=by)
            for one in cards
            if one.pk not in under_way and one.pickup_point_id is not None
        ],
        batch_size=BATCH,
    )
    CardEvent.objects.bulk_create(
        [
            CardEvent(
                card_id=one.card_id,
                kind=CardEventKind.REQUESTED,
                at=at,
                by=by,
                from_point_id=one.from_point_id,
                to_point=to,
            )
            for one in asked
        ],
        batch_size=BATCH,
    )
    return asked


@transaction.atomic
def receive(*, desk: Desk, sender: PickupPoint, card_year_id: int, by: User, at: dt.datetime) -> int:
    """Everything that `sender` sent to this desk's point has arrived, and lies there from now on; how many."""
    sent = Transfer.objects.filter(
        OPEN, from_point=sender, to_point=desk.point, sent_at__isnull=False, card__card_year=card_year_id
    )
    arriving = _held(sent, card__state=CardState.ISSUED, card__pickup_point=sender)
    Card.objects.filter(pk__in=arriving.values()).update(pickup_point=desk.point, assigned_by=AssignedBy.OFFICE)
    Transfer.objects.filter(pk__in=arriving).update(received_at=at, received_by=by)
    tell(arriving.values(), CardEventKind.TRANSFERRED, from_point=sender, to_point=desk.point, by=by, at=at)
    return len(arriving)


def _held(transfers: QuerySet[Transfer], **still: object) -> dict[int, int]:
    """The keys of the transfers and of their cards, the cards held: a hand-over comes before this or after it."""
    cards = list(holding.cards(Card.objects.filter(pk__in=transfers.values("card"))).values_list("pk", flat=True))
    # Of those cards only: what became one of these since they were held is for who says it next.
    found = holding.transfers(transfers.filter(card__in=cards, **still))
    return dict(found.values_list("pk", "card_id"))


def tell(
    cards: Iterable[int],
    kind: CardEventKind,
    *,
    from_point: PickupPoint,
    to_point: PickupPoint,
    by: User,
    at: dt.datetime,
) -> None:
    """The same event for many cards."""
    CardEvent.objects.bulk_create(
        [CardEvent(card_id=key, kind=kind, at=at, by=by, from_point=from_point, to_point=to_point) for key in cards],
        batch_size=BATCH,
    )
