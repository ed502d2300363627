"""Cards on their way, as each end sees them; and which cards of a point may be sent along."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce, Collate, Substr

from distribution.enums import CardState, Channel
from distribution.models import Card, Transfer, bulk
from distribution.models.transfer import OPEN
from distribution.queries import voided
from pickup_points.models import PickupPoint, PointYear

MOST_DONE = 20
OFFERED_TOGETHER = 100


@dataclass(frozen=True, slots=True)
class Way:
    """A transfer as one of its ends sees it; `other` is the point at the other end."""

    pk: int
    card_id: int
    number: str
    name: str
    last_four: str
    other: str
    is_ours_to_send: bool
    requested_at: dt.datetime
    sent_at: dt.datetime | None
    received_at: dt.datetime | None
    ended_at: dt.datetime | None
    end_reason: str


@dataclass(frozen=True)
class Ways:
    """All transfers of a point in a year by what is to be done; of those that are done the latest."""

    asked_of_us: Sequence[Way] = ()
    on_its_way_to_us: Sequence[Way] = ()
    asked_by_us: Sequence[Way] = ()
    sent_by_us: Sequence[Way] = ()
    done: Sequence[Way] = ()

    @property
    def card_ids(self) -> list[int]:
        """Every card of which a name is shown, each once."""
        parts = (self.asked_of_us, self.on_its_way_to_us, self.asked_by_us, self.sent_by_us, self.done)
        return list(dict.fromkeys(way.card_id for part in parts for way in part))


@dataclass(frozen=True)
class Together:
    """Cards that go between the same two points and wait for the same word of ours: said for all at once."""

    code: str
    name: str
    cards: int
    is_ours_to_send: bool


@dataclass(frozen=True, slots=True)
class Offerable:
    """A card that waits at a point and may be sent to another one."""

    card_id: int
    number: str
    name: str
    last_four: str


@dataclass(frozen=True)
class Offer:
    """One page of the cards a point may send along."""

    cards: Sequence[Offerable]
    letters: Sequence[str]
    has_more: bool


def waiting_for_answer(point: PickupPoint, *, card_year_id: int) -> int:
    """How many cards this point still has to send or to receive: what the desk is told."""
    to_send = Q(from_point=point, sent_at=None)
    to_receive = Q(to_point=point, sent_at__isnull=False)
    return Transfer.objects.filter(OPEN, to_send | to_receive, card__card_year=card_year_id).count()


def together(point: PickupPoint, *, card_year_id: int) -> list[Together]:
    """The boxes: two cards or more to the same point that must leave, or from the same point that must arrive. Two questions."""
    ours = Transfer.objects.filter(OPEN, card__card_year=card_year_id)
    found = []
    for mine, other, is_ours_to_send in (
        (ours.filter(from_point=point, sent_at=None), "to_point", True),
        (ours.filter(to_point=point, sent_at__isnull=False), "from_point", False),
    ):
        grouped = mine.values_list(f"{other}__code", f"{other}__name").annotate(cards=Count("pk")).filter(cards__gte=2)
        in_order = grouped.order_by(f"{other}__name", f"{other}__code")
        found += [Together(code, name, cards, is_ours_to_send) for code, name, cards in in_order]
    return found


def ways_of(point: PickupPoint, *, card_year_id: int) -> Ways:
    """Two questions, whatever the number of transfers."""
    ours = Transfer.objects.filter(Q(from_point=point) | Q(to_point=point), card__card_year=card_year_id)
    is_open = _ways(ours.filter(OPEN).order_by("requested_at", "pk"), point)
    done = _ways(ours.exclude(OPEN).order_by(Coalesce("received_at", "ended_at").desc(), "-pk")[:MOST_DONE], point)
    return Ways(
        asked_of_us=tuple(way for way in is_open if way.is_ours_to_send and way.sent_at is None),
        on_its_way_to_us=tuple(way for way in is_open if not way.is_ours_to_send and way.sent_at is not None),
        asked_by_us=tuple(way for way in is_open if not way.is_ours_to_send and way.sent_at is None),
        sent_by_us=tuple(way for way in is_open if way.is_ours_to_send and way.sent_at is not None),
        done=tuple(done),
    )


def _ways(transfers: QuerySet[Transfer], point: PickupPoint) -> list[Way]:
    return [
        Way(
            pk=pk,
            card_id=card_id,
            number=number,
            name=f"{last_name} {first_name}".strip(),
            last_four=staff[-4:],
            other=to_name if from_id == point.pk else from_name,
            is_ours_to_send=from_id == point.pk,
            requested_at=requested_at,
            sent_at=sent_at,
            received_at=received_at,
            ended_at=ended_at,
            end_reason=end_reason,
        )
        for (
            pk, card_id, number, last_name, first_name, staff, from_id, from_name, to_name,
            requested_at, sent_at, received_at, ended_at, end_reason,
        ) in transfers.values_list(
            "pk", "card_id", "card__number", "card__person__last_name", "card__person__first_name",
            "card__person__staff_number", "from_point_id", "from_point__name", "to_point__name",
            "requested_at", "sent_at", "received_at", "ended_at", "end_reason",
        )
    ]  # fmt: skip


def other_points(point: PickupPoint, *, year: int) -> list[PickupPoint]:
    """The points to which this one may send cards that year, by municipality and name."""
    taking_part = PointYear.objects.filter(year=year, stopped_at=None).values("point")
    others = PickupPoint.objects.filter(pk__in=taking_part).exclude(pk=point.pk)
    return list(others.order_by("municipality", "name", "pk"))


def offer(point: PickupPoint, *, card_year_id: int, letter: str, page: int) -> Offer:
    """The waiting cards of a point under a letter of the list, a hundred to a page. Two questions.

    Cards that are already on their way, or asked for, are left out.
    """
    key = Collate("person__sort_key", "C") if bulk.is_postgres() else F("person__sort_key")
    waiting = Card.objects.filter(
        card_year=card_year_id, channel=Channel.PICKUP, state=CardState.ISSUED, pickup_point=point
    ).exclude(voided.being_replaced() | Q(pk__in=Transfer.objects.filter(OPEN).values("card")))
    letters = sorted(
        {
            (found or "#").upper()
            for found in waiting.values_list(Substr("person__sort_key", 1, 1), flat=True).distinct()
        }
    )
    if letter:
        waiting = waiting.filter(person__sort_key__startswith=letter.lower())
    start = (page - 1) * OFFERED_TOGETHER
    rows = list(
        waiting.order_by(key, "number").values_list(
            "pk", "number", "person__last_name", "person__first_name", "person__staff_number"
        )[start : start + OFFERED_TOGETHER + 1]
    )
    cards = [Offerable(pk, number, f"{last} {first}".strip(), staff[-4:]) for pk, number, last, first, staff in rows]
    return Offer(cards[:OFFERED_TOGETHER], letters, has_more=len(rows) > OFFERED_TOGETHER)
