"""What goes to the card printer and the mailing house: the cards of one batch, in the order of the boxes."""

import datetime as dt
import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from distribution.enums import CardState, Channel
from distribution.errors import DistributionError
from distribution.models import Card, CardYear, Person, PrintBatch, VoidedNumber, bulk
from distribution.rules import name_order
from pickup_points.models import PickupPoint, PointYear

AT_ONCE = 2_000


class NotFrozen(DistributionError):
    code = "not_frozen"


class UnknownBatch(DistributionError):
    code = "unknown_batch"


class Section(enum.IntEnum):
    """The parts of a batch, in the order in which the printer makes them."""

    PICKUP = 0
    SUBSCRIPTION = 1
    STARTER = 2
    WITHOUT_POINT = 3
    LEFT_OUT = 4


class PrintCard(NamedTuple):
    """One card of the batch; `mailing_on` is an ISO date for a starter, otherwise None."""

    section: int
    point_id: int | None
    mailing_on: dt.date | str | None
    number: str
    last_name: str
    first_name: str
    staff_number: str
    street: str
    house_number: str
    box: str
    postcode: str
    municipality: str
    country: str


@dataclass(frozen=True, slots=True)
class Destination:
    """A pickup point as the print run needs it, with the days on which cards are handed over there."""

    code: str
    name: str
    street: str
    place: str
    collect_from: dt.date
    collect_until: dt.date


def get_batch(card_year: CardYear, *, number: int | None = None) -> PrintBatch:
    """The batch with this number, or the latest one; raises NotFrozen or UnknownBatch."""
    batches = PrintBatch.objects.filter(card_year=card_year).select_related("card_year").order_by("-number")
    batch = batches.first() if number is None else batches.filter(number=number).first()
    if batch is not None:
        return batch
    if number is None or not batches.exists():
        raise NotFrozen(f"Het drukwerk van {card_year.year} is nog niet bevroren. Doe dat eerst (freeze_year).")
    raise UnknownBatch(f"Voor {card_year.year} is er geen drukreeks {number}.")


def destinations(card_year: CardYear) -> dict[int, Destination]:
    """Every point by its key, in the order of the boxes: the name as people look for it, then the code."""
    own_days = {row.point_id: row for row in PointYear.objects.filter(year=card_year.year)}
    found = {}
    for point in PickupPoint.objects.all():
        own = own_days.get(point.pk)
        found[point.pk] = Destination(
            code=point.code,
            name=point.name,
            street=f"{point.street} {point.house_number}".strip(),
            place=f"{point.postcode} {point.municipality}",
            collect_from=(own and own.collect_from) or card_year.collect_from,
            collect_until=(own and own.collect_until) or card_year.collect_until,
        )
    return dict(sorted(found.items(), key=lambda item: (name_order.sort_key(item[1].name, ""), item[1].code)))


def cards(batch: PrintBatch, *, points: Mapping[int, Destination]) -> Iterator[PrintCard]:
    """Every card of the batch, streamed: section, point in the order given, mailing, then Dutch name order.

    One statement sees one moment, so that a desk at work in the meantime cannot make the files disagree.
    Withdrawn and void cards, and numbers that were replaced, come last: to be counted and left out.
    """
    bulk.create_temporary(_PLACES, f"point_id {bulk.key_type()}, place integer")
    bulk.load(_PLACES, ("point_id", "place"), ((key, place) for place, key in enumerate(points)))
    statement = _CARDS.format(
        card=bulk.table(Card),
        voided=bulk.table(VoidedNumber),
        person=bulk.table(Person),
        # The key is plain ASCII: byte order is its order, and PostgreSQL sorts bytes much faster than words.
        by_byte='COLLATE "C"' if bulk.is_postgres() else "",
    )
    with bulk.long_read(), connection.chunked_cursor() as cursor:
        cursor.execute(statement, [batch.card_year_id, batch.pk, batch.pk])
        while rows := cursor.fetchmany(AT_ONCE):
            yield from map(PrintCard._make, rows)
    bulk.drop_temporary(_PLACES)


_PLACES = "print_places"
_CARDS = f"""
    SELECT CASE
               WHEN card.state IN ('{CardState.WITHDRAWN}', '{CardState.VOID}') THEN {Section.LEFT_OUT:d}
               WHEN card.channel = '{Channel.SUBSCRIPTION}' THEN {Section.SUBSCRIPTION:d}
               WHEN card.channel = '{Channel.STARTER}' THEN {Section.STARTER:d}
               WHEN card.pickup_point_id IS NULL THEN {Section.WITHOUT_POINT:d}
               ELSE {Section.PICKUP:d}
           END AS section,
           card.pickup_point_id, card.mailing_on, card.number,
           person.last_name, person.first_name, person.staff_number,
           person.street, person.house_number, person.box, person.postcode, person.municipality, person.country
      FROM (
               SELECT person_id, state, channel, pickup_point_id, mailing_on, number FROM {{card}}
                WHERE card_year_id = %s AND batch_id = %s
                UNION ALL
               SELECT now.person_id, '{CardState.VOID}', now.channel, NULL, NULL, old.number
                 FROM {{voided}} old JOIN {{card}} now ON now.id = old.card_id WHERE old.batch_id = %s
           ) card
      JOIN {{person}} person ON person.id = card.person_id
      LEFT JOIN {_PLACES} place ON place.point_id = card.pickup_point_id
     ORDER BY section, COALESCE(place.place, 0), card.mailing_on, person.sort_key {{by_byte}}, card.number
"""
