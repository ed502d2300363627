"""Pickup lists: which cards belong on them, and everything a sheet shows."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from django.db.models import F
from django.db.models.functions import Collate
from django.utils import timezone

from distribution.enums import CardState, Channel
from distribution.models import Card, CardYear, PickupList, PrintBatch, VoidedNumber, bulk
from distribution.queries import voided
from distribution.rules import name_order
from pickup_points.models import PointYear

# A database takes 32,766 parameters in one question; memory wants fewer.
NUMBERS_AT_ONCE = 5_000


class Line(NamedTuple):
    """One card on a list, as the desk may see it."""

    last_name: str
    first_name: str
    last_four: str
    letter: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything on one revision of one point's list."""

    list_id: int
    year: int
    point_code: str
    point_name: str
    point_address: str
    revision: int
    since: int | None
    made_on: dt.date
    collect_from: dt.date
    collect_until: dt.date
    is_provisional: bool
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Heading:
    """What must be known of a list before its names are read: enough to name its file."""

    list_id: int
    year: int
    point_code: str
    revision: int
    since: int | None
    is_provisional: bool
    lines: int


def waiting_cards(card_year: CardYear, *, points: Collection[int]) -> Iterator[tuple[int, list[str]]]:
    """For each point with waiting cards its id and their numbers: by name, then by number. One question.

    Waiting means issued and to be fetched: a card handed over or withdrawn is on no new list, and one
    that is being replaced comes on it when its new plastic is printed.
    """
    cards = Card.objects.filter(
        card_year=card_year, channel=Channel.PICKUP, state=CardState.ISSUED, pickup_point__in=points
    ).exclude(voided.being_replaced())
    # The key is plain ASCII: byte order is its order, and PostgreSQL sorts bytes much faster than words.
    key = Collate("person__sort_key", "C") if bulk.is_postgres() else F("person__sort_key")
    ordered = cards.order_by("pickup_point_id", key, "number").values_list("pickup_point_id", "number")
    for point_id, rows in groupby(ordered.iterator(chunk_size=NUMBERS_AT_ONCE), key=lambda row: row[0]):
        yield point_id, [number for _, number in rows]


def points_of(year: int, *, code: str | None = None) -> list[int]:
    """The points that take part in a year, by code; with `code` that one, or none."""
    taking_part = PointYear.objects.filter(year=year).order_by("point__code")
    if code is not None:
        taking_part = taking_part.filter(point__code=code)
    return list(taking_part.values_list("point_id", flat=True))


def headings(list_ids: Collection[int]) -> list[Heading]:
    """The lists asked for, in order of their point's code."""
    found = (
        PickupList.objects.filter(pk__in=list_ids)
        .order_by("pickup_point__code", "pk")
        .values_list("pk", "pickup_point__code", "revision", "since", "card_year_id", "card_year__year", "card_numbers")
    )
    frozen = set(PrintBatch.objects.values_list("card_year_id", flat=True).distinct())
    return [
        Heading(list_id, year, code, revision, since, year_id not in frozen, len(numbers))
        for list_id, code, revision, since, year_id, year, numbers in found
    ]


def sheets(list_ids: Sequence[int]) -> Iterator[Sheet]:
    """The sheets with their names, in the order asked; reads the names of all of them together.

    Ask for a handful at a time. A card that has gone since keeps its line: a line number on paper
    means the same card for ever.
    """
    lists = PickupList.objects.select_related("card_year", "pickup_point").in_bulk(list_ids)
    years = {found.card_year.year for found in lists.values()}
    frozen = set(PrintBatch.objects.values_list("card_year_id", flat=True).distinct())
    dates = {
        (point_id, year): (first, last)
        for point_id, year, first, last in PointYear.objects.filter(
            year__in=years, point__in={found.pickup_point_id for found in lists.values()}
        ).values_list("point_id", "year", "collect_from", "collect_until")
    }
    lines = _lines(sorted({number for found in lists.values() for number in found.card_numbers}))
    for list_id in list_ids:
        found = lists[list_id]
        year, point = found.card_year, found.pickup_point
        own_first, own_last = dates.get((found.pickup_point_id, year.year), (None, None))
        yield Sheet(
            list_id=found.pk,
            year=year.year,
            point_code=point.code,
            point_name=point.name,
            point_address=point.address,
            revision=found.revision,
            since=found.since,
            made_on=timezone.localtime(found.made_at).date(),
            collect_from=own_first or year.collect_from,
            collect_until=own_last or year.collect_until,
            is_provisional=year.pk not in frozen,
            lines=tuple(lines[number] for number in found.card_numbers),
        )


def _lines(numbers: Sequence[str]) -> dict[str, Line]:
    found: dict[str, Line] = {}
    for start in range(0, len(numbers), NUMBERS_AT_ONCE):
        rows = Card.objects.filter(number__in=numbers[start : start + NUMBERS_AT_ONCE]).values_list(
            "number", "person__last_name", "person__first_name", "person__staff_number", "person__sort_key"
        )
        for number, last_name, first_name, staff_number, sort_key in rows.iterator(chunk_size=NUMBERS_AT_ONCE):
            found[number] = Line(last_name, first_name, staff_number[-4:], name_order.letter(sort_key))
    if missing := [number for number in numbers if number not in found]:
        # Replaced since: the line stays that of the person whose card it was.
        for old in VoidedNumber.objects.filter(number__in=missing).select_related("card__person"):
            person = old.card.person
            letter = name_order.letter(person.sort_key)
            found[old.number] = Line(person.last_name, person.first_name, person.staff_number[-4:], letter)
    return found
