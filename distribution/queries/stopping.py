"""A point that stops: what lies there, and how far its cards are on their way to the point that follows."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from distribution.enums import CardState, Channel
from distribution.models import Card, CardYear, Transfer
from distribution.models.transfer import OPEN
from pickup_points import queries as places
from pickup_points.models import PickupPoint, PointYear, ServedPostcode


@dataclass(frozen=True)
class Picture:
    """`waiting`: cards that lie there; of these `printed` go with the messenger and `loose` are not printed yet.

    `asked`, `sent` and `arrived` are the transfers to the follower; `coming` are cards on their way to this point.
    """

    stopped_at: dt.datetime | None
    follower: PickupPoint | None
    printed: int
    loose: int
    on_other_ways: int
    asked: int
    sent: int
    arrived: int
    coming: int
    serves: Sequence[str]

    @property
    def waiting(self) -> int:
        return self.printed + self.loose

    @property
    def left_behind(self) -> int:
        """Cards that wait there without being on any way."""
        return self.waiting - self.asked - self.sent - self.on_other_ways

    @property
    def may_go_on(self) -> bool:
        return self.stopped_at is not None and not self.sent and not self.arrived


def picture(card_year: CardYear, point: PickupPoint) -> Picture | None:
    """None for a point that takes no part in the year."""
    part = PointYear.objects.select_related("followed_by").filter(point=point, year=card_year.year).first()
    if part is None:
        return None
    waiting = Card.objects.filter(
        card_year=card_year, pickup_point=point, channel=Channel.PICKUP, state=CardState.ISSUED
    ).aggregate(printed=Count("pk", filter=Q(batch__isnull=False)), loose=Count("pk", filter=Q(batch=None)))
    follower = part.followed_by
    ways = Transfer.objects.filter(card__card_year=card_year)
    away = ways.filter(from_point=point).aggregate(
        asked=Count("pk", filter=OPEN & Q(sent_at=None, to_point=follower)),
        sent=Count("pk", filter=OPEN & Q(sent_at__isnull=False, to_point=follower)),
        arrived=Count("pk", filter=Q(received_at__isnull=False, to_point=follower, requested_at__gte=part.stopped_at))
        if part.stopped_at
        else Count("pk", filter=Q(pk=None)),
        others=Count("pk", filter=OPEN & ~Q(to_point=follower)),
    )
    served = ServedPostcode.objects.filter(point=point, year=card_year.year, is_choice=False)
    return Picture(
        stopped_at=part.stopped_at,
        follower=follower,
        printed=waiting["printed"],
        loose=waiting["loose"],
        on_other_ways=away["others"] if follower else ways.filter(OPEN, from_point=point).count(),
        asked=away["asked"] if follower else 0,
        sent=away["sent"] if follower else 0,
        arrived=away["arrived"],
        coming=ways.filter(OPEN, to_point=point, sent_at__isnull=False).count(),
        serves=places.place_names(card_year.year, served.order_by("postcode").values_list("postcode", flat=True)),
    )


def follower_of(point: PickupPoint, *, year: int) -> PickupPoint | None:
    """Who follows a point that stops; None when it goes on."""
    part = PointYear.objects.select_related("followed_by").filter(point=point, year=year).first()
    return part.followed_by if part else None


def followers(point: PickupPoint, *, year: int) -> list[PickupPoint]:
    """The points that may follow, those of the same municipality first."""
    taking_part = PickupPoint.objects.filter(years__year=year, years__stopped_at=None).exclude(pk=point.pk)
    found = list(taking_part.order_by("municipality", "name", "pk"))
    return sorted(found, key=lambda one: one.municipality != point.municipality)
