"""The print batches of a year, and the cards that are in none yet."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from distribution.enums import CardState, Channel, Source
from distribution.models import Appointment, Card, CardYear, PickupList, PrintBatch, YearEvent


@dataclass(frozen=True)
class Loose:
    """Cards that would be frozen now, by way; `unassigned` is a part of those to be fetched."""

    cards: int
    ways: dict[Channel, int]
    unassigned: int


@dataclass(frozen=True)
class Batch:
    """A batch and its latest print run: what that counted, or nothing when it was never written."""

    batch: PrintBatch
    written: YearEvent | None

    @property
    def told(self) -> dict[str, Any]:
        return self.written.summary if self.written else {}


@dataclass(frozen=True)
class Revision:
    """A revision of pickup lists, and for how many points."""

    number: int
    points: int


@dataclass(frozen=True)
class Institution:
    """A school that sent its own list. `elsewhere` of its people are in the personnel record too."""

    number: str
    name: str
    people: int
    elsewhere: int


def loose(card_year: CardYear) -> Loose:
    """One question."""
    counted = (
        Card.objects.filter(card_year=card_year, batch=None, state=CardState.ISSUED)
        .values_list("channel")
        .annotate(Count("pk"), nowhere=Count("pk", filter=Q(channel=Channel.PICKUP, pickup_point=None)))
        .order_by()
    )
    ways = {Channel(way): (cards, nowhere) for way, cards, nowhere in counted}
    return Loose(
        cards=sum(cards for cards, _ in ways.values()),
        ways={way: ways.get(way, (0, 0))[0] for way in Channel},
        unassigned=sum(nowhere for _, nowhere in ways.values()),
    )


def by_point(card_year: CardYear, *, batch: int | None) -> list[int]:
    """How many cards go to each point: of a batch as it was made, or of those that are in none yet. One question."""
    those = {"batch": None, "state": CardState.ISSUED} if batch is None else {"batch__number": batch}
    counted = (
        Card.objects.filter(card_year=card_year, pickup_point__isnull=False, **those)
        .values_list("pickup_point")
        .annotate(Count("pk"))
        .order_by()
    )
    return [cards for _, cards in counted]


def of_year(card_year: CardYear) -> list[Batch]:
    """Every batch in order. Two questions."""
    events = YearEvent.objects.filter(card_year=card_year, kind="print_run_written").select_related("by")
    written = {event.summary.get("batch"): event for event in events.order_by("at", "pk")}
    batches = PrintBatch.objects.filter(card_year=card_year).select_related("by").order_by("number")
    return [Batch(one, written.get(one.number)) for one in batches]


def to_fetch(card_year: CardYear) -> int:
    """How many cards wait at a point: what the pickup lists are about."""
    waiting = Card.objects.filter(card_year=card_year, channel=Channel.PICKUP, state=CardState.ISSUED)
    return waiting.filter(pickup_point__isnull=False).count()


def revisions(card_year: CardYear) -> list[Revision]:
    """The revisions of the year's whole lists, the latest first."""
    counted = (
        PickupList.objects.filter(card_year=card_year, since=None)
        .values_list("revision")
        .annotate(Count("pickup_point", distinct=True))
        .order_by("-revision")
    )
    return [Revision(*one) for one in counted]


def institutions(card_year: CardYear) -> list[Institution]:
    """The institutions whose own lists count now, by name. Two questions, whatever their number."""
    own = Appointment.objects.filter(person__card_year=card_year, source=Source.INSTITUTION)
    names: dict[str, str] = {}
    for number, name in own.values_list("institution_number", "institution_name").distinct():
        names[number] = max(names.get(number, ""), name)
    recorded = Appointment.objects.filter(person__card_year=card_year, source=Source.EPD).values("person")
    counted = (
        own.values_list("institution_number")
        .annotate(
            people=Count("person", distinct=True),
            elsewhere=Count("person", distinct=True, filter=Q(person__in=recorded)),
        )
        .order_by()
    )
    found = [Institution(number, names[number], people, elsewhere) for number, people, elsewhere in counted]
    return sorted(found, key=lambda one: (one.name.casefold(), one.number))
