"""The starter mailings of a year: how many cards each takes along, and to whom they go."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet
from django.db.models.functions import Collate

from distribution.enums import CardState, Channel
from distribution.models import Card, CardYear, bulk
from distribution.queries import years

# The columns of a card and where it is sent, in every table for who posts cards.
CARD_AND_ADDRESS = (
    "kaartnummer",
    "naam",
    "voornaam",
    "straat",
    "huisnummer",
    "bus",
    "postcode",
    "gemeente",
    "land",
)  # fmt: skip
HEADER = ("reeks", *CARD_AND_ADDRESS)
AT_ONCE = 2_000


@dataclass(frozen=True)
class Part:
    """The cards of one mailing that were frozen together; `number` is None for those that are not frozen yet."""

    number: int | None
    cards: int


@dataclass(frozen=True)
class Mailing:
    """One starter mailing. `is_planned` is false when the year no longer has that day, but cards do."""

    on: dt.date
    parts: tuple[Part, ...]
    is_planned: bool

    @property
    def cards(self) -> int:
        """Frozen cards: only those are printed, so only those can be sent."""
        return sum(part.cards for part in self.parts if part.number is not None)

    @property
    def loose(self) -> int:
        return sum(part.cards for part in self.parts if part.number is None)

    @property
    def batches(self) -> list[Part]:
        return [part for part in self.parts if part.number is not None]


def mailings(card_year: CardYear) -> list[Mailing]:
    """Every mailing of the year in order, those without cards too. One question."""
    counted = (
        _cards(card_year)
        .values("mailing_on", "batch__number")
        .annotate(cards=Count("pk"))
        .order_by("mailing_on", "batch__number")
    )
    planned = years.mailings(card_year)
    parts: dict[dt.date, list[Part]] = {day: [] for day in planned}
    for one in counted:
        # A starter's card always has its day: the database holds that.
        assert one["mailing_on"] is not None
        parts.setdefault(one["mailing_on"], []).append(Part(one["batch__number"], one["cards"]))
    return [Mailing(day, tuple(parts[day]), day in planned) for day in sorted(parts)]


def count(card_year: CardYear, *, on: dt.date, batch: int | None = None) -> int:
    """How many frozen cards go with a mailing, of one batch or of all."""
    return _to_send(card_year, on=on, batch=batch).count()


def batches(card_year: CardYear, *, on: dt.date, batch: int | None = None) -> list[int]:
    """The numbers of the batches those cards are in."""
    found = _to_send(card_year, on=on, batch=batch).values_list("batch__number", flat=True)
    return sorted(number for number in found.distinct() if number is not None)


def rows(card_year: CardYear, *, on: dt.date, batch: int | None = None) -> Iterator[tuple[str | int, ...]]:
    """One row per frozen card of a mailing: by batch, then in Dutch name order, as they were printed."""
    key = Collate("person__sort_key", "C") if bulk.is_postgres() else F("person__sort_key")
    found = _to_send(card_year, on=on, batch=batch).order_by("batch__number", key, "number")
    address = ("last_name", "first_name", "street", "house_number", "box", "postcode", "municipality", "country")
    yield from found.values_list("batch__number", "number", *(f"person__{name}" for name in address)).iterator(
        chunk_size=AT_ONCE
    )


def _cards(card_year: CardYear) -> QuerySet[Card]:
    return Card.objects.filter(card_year=card_year, channel=Channel.STARTER, state=CardState.ISSUED)


def _to_send(card_year: CardYear, *, on: dt.date, batch: int | None) -> QuerySet[Card]:
    frozen = _cards(card_year).filter(mailing_on=on, batch__isnull=False)
    return frozen if batch is None else frozen.filter(batch__number=batch)
