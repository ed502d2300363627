"""The list of points as it is asked for: which ones, and in which order."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from distribution.queries.office_points import Concern, PointRow
from pickup_points import queries as places
from pickup_points.models import PickupPoint


class Order(StrEnum):
    """What the list of points may be sorted by; the value stands in its address."""

    NAME = "naam"
    CARDS = "kaarten"
    COLLECTED = "afgehaald"
    WAITING = "wacht"
    LATEST = "laatste"
    STAFF = "collegas"
    GRADE = "zekerheid"


def chosen(
    found: Iterable[PointRow],
    *,
    province: str,
    concern: Concern | None,
    typed: str = "",
    is_open: bool = False,
    order: Order,
    is_descending: bool,
) -> list[PointRow]:
    """Those asked for, in an order; what is not known comes last either way.

    `typed`: words that each stand in the name or the municipality, or begin the postcode. `is_open`: cards were sent
    there, and it did not settle yet.
    """
    wanted = places.plain(typed).split()
    kept = [
        one
        for one in found
        if (not province or one.province == province)
        and (concern is None or concern in one.concerns)
        and (not is_open or (one.tally.sent > 0 and one.tally.closed_at is None))
        and (not wanted or _is_meant(one.point, wanted))
    ]
    kept.sort(key=lambda one: (places.plain(one.point.municipality), places.plain(one.point.name), one.point.code))
    if order == Order.NAME:
        return kept[::-1] if is_descending else kept
    known = [one for one in kept if _value(one, order) is not None]
    unknown = [one for one in kept if _value(one, order) is None]
    return sorted(known, key=lambda one: _value(one, order), reverse=is_descending) + unknown


def _is_meant(point: PickupPoint, wanted: Sequence[str]) -> bool:
    names = places.plain(f"{point.name} {point.municipality}")
    return all(word in names or point.postcode.startswith(word) for word in wanted)


def _value(one: PointRow, order: Order) -> Any:
    values = {
        Order.CARDS: one.cards,
        Order.COLLECTED: one.collected,
        Order.WAITING: one.waiting,
        Order.LATEST: one.latest_at,
        Order.STAFF: one.staff.people,
        Order.GRADE: one.grade,
    }
    return values[order]
