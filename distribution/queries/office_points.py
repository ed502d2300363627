"""The points of a year as Klasse sees them: cards, hand-overs, staff, settlement, and what is the matter with each."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.db.models import Count, Max, QuerySet

from distribution.enums import CardState, Channel, Marking
from distribution.models import Card, CardYear, HandOver, PickupList
from distribution.queries import settlements
from distribution.queries.settlements import Tally
from distribution.rules import reconciliation, reconciliation_total
from distribution.rules.reconciliation import Figures, Grade, Tolerance
from pickup_points import desks, hours
from pickup_points import queries as places
from pickup_points.desks import Staff
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.models import PickupPoint, PointChange, PointYear
from pickup_points.reference import localities

SILENT_DAYS = 14
CHANGES_SHOWN = 50


class Concern(StrEnum):
    """What asks for attention; the value is its address."""

    UNSERVED = "postcodes-zonder-afhaalpunt"
    UNASSIGNED = "mensen-zonder-afhaalpunt"
    NO_HOURS = "zonder-uren"
    NO_COLLEAGUE = "zonder-collega"
    SILENT = "stil"
    RECEIVED_FEWER = "te-weinig-aangekomen"
    TRANSFERS = "overdrachten"
    PENDING = "sinds-het-bevriezen"
    QUARANTINE = "afrekening-klopt-niet"
    NOT_CLOSED = "niet-afgesloten"
    LIST_MISSING = "lijst-ontbreekt"


# The ones that are about a point.
OF_POINTS = (
    Concern.NO_HOURS, Concern.NO_COLLEAGUE, Concern.SILENT, Concern.RECEIVED_FEWER, Concern.QUARANTINE,
    Concern.NOT_CLOSED, Concern.LIST_MISSING,
)  # fmt: skip


@dataclass(frozen=True)
class PointRow:
    """A point in one year. `collected` and `waiting` are cards that lie there; `latest_at`: the last hand-over that stands."""

    point: PickupPoint
    province: str
    takes_part: bool
    first_day: dt.date
    last_day: dt.date
    schedule: hours.Schedule
    tally: Tally
    figures: Figures
    collected: int
    waiting: int
    latest_at: dt.datetime | None
    staff: Staff
    concerns: frozenset[Concern]
    # Its last day is over.
    is_over: bool
    # It stopped during the year, and this one follows.
    stopped_at: dt.datetime | None
    followed_by: PickupPoint | None
    # A list was made for it, and no row of it was keyed in.
    is_list_out: bool

    @property
    def cards(self) -> int:
        return self.collected + self.waiting

    @property
    def missing(self) -> int | None:
        """Cards sent that did not arrive; None when nobody counted."""
        received = self.tally.receipt.received
        return None if received is None else self.tally.sent - received

    @property
    def has_hours(self) -> bool:
        return any(self.schedule.week) or any(self.schedule.exceptions.values())

    @property
    def grade(self) -> Grade | None:
        """None while there is nothing to grade: no cards, or a season that runs and nothing counted yet."""
        settled = self.figures.is_counted or self.figures.is_quarantined or self.is_over
        return self.figures.grade if settled and self.tally.sent else None

    @property
    def as_reconciled(self) -> reconciliation_total.Point:
        return reconciliation_total.Point(self.point.pk, self.tally.counts, self.figures, self.province)


def rows(card_year: CardYear, *, at: dt.datetime, tolerance: Tolerance) -> list[PointRow]:
    """Every point of the year, and those that have its cards without taking part; a fixed number of questions."""
    tallies = settlements.tallies(card_year)
    return _rows(card_year, tallies, at=at, tolerance=tolerance)


def row(card_year: CardYear, point: PickupPoint, *, at: dt.datetime, tolerance: Tolerance) -> PointRow:
    """The same of one point, whether it takes part or not."""
    tallies: dict[int, Tally] = {point.pk: settlements.tally(card_year, point=point)}
    return _rows(card_year, tallies, at=at, tolerance=tolerance, point=point)[0]


def get(code: str) -> PickupPoint | None:
    return PickupPoint.objects.filter(code=code).first()


def page_of(card_year: CardYear, point: PickupPoint) -> places.PointPage | None:
    """Postcodes and period of a point; None when it takes no part in the year."""
    season = places.Season(card_year.year, card_year.collect_from, card_year.collect_until)
    try:
        return places.point_page(season, point.code)
    except PointYear.DoesNotExist:
        return None


def changes(point: PickupPoint) -> Sequence[PointChange]:
    """What the point changed about itself, the latest first."""
    return list(PointChange.objects.filter(point=point).select_related("by")[:CHANGES_SHOWN])


def total(found: Sequence[PointRow], *, tolerance: Tolerance) -> reconciliation_total.Total | None:
    """What was handed over at all points together; None as long as no point counted."""
    points = [one.as_reconciled for one in found]
    if not any(one.figures.is_counted for one in points):
        return None
    return reconciliation_total.total(points, reconciliation_total.estimates(points), tolerance=tolerance)


def _rows(
    card_year: CardYear,
    tallies: dict[int, Tally],
    *,
    at: dt.datetime,
    tolerance: Tolerance,
    point: PickupPoint | None = None,
) -> list[PointRow]:
    here = {"pickup_point": point} if point else {"pickup_point__isnull": False}
    states: dict[tuple[int, str], int] = {
        (key, state): number
        for key, state, number in Card.objects.filter(card_year=card_year, channel=Channel.PICKUP, **here)
        .values_list("pickup_point", "state")
        .annotate(cards=Count("*"))
        .order_by()
    }
    standing = HandOver.objects.filter(card__card_year=card_year, undone_at=None, **({"point": point} if point else {}))
    latest = _latest(card_year, standing, here)
    wanted = tallies.keys() | {key for key, _ in states}
    parts = {
        one.point_id: one
        for one in PointYear.objects.filter(year=card_year.year, point__in=wanted).select_related("followed_by")
    }
    staff = desks.staff_by_point()
    listed = set(
        PickupList.objects.filter(card_year=card_year).order_by().values_list("pickup_point", flat=True).distinct()
    )
    keyed = set(standing.filter(pickup_list__isnull=False).values_list("point", flat=True).distinct().order_by())
    known = localities(card_year.year) or localities(2025)
    found = []
    for place in PickupPoint.objects.filter(pk__in=wanted).order_by("municipality", "name", "pk"):
        part = parts.get(place.pk)
        first = (part.collect_from if part else None) or card_year.collect_from
        last = (part.collect_until if part else None) or card_year.collect_until
        tally = tallies.get(place.pk) or Tally(place.pk)
        bare = PointRow(
            point=place,
            province=known[place.postcode].province if place.postcode in known else places.OTHER,
            takes_part=part is not None,
            first_day=first,
            last_day=last,
            schedule=places.schedule_of(place, collect_from=first, collect_until=last),
            tally=tally,
            figures=reconciliation.reconcile(tally.counts, tolerance=tolerance),
            collected=states.get((place.pk, CardState.HANDED_OVER), 0),
            waiting=states.get((place.pk, CardState.ISSUED), 0),
            latest_at=latest.get(place.pk),
            staff=staff.get(place.pk, Staff(0, 0)),
            concerns=frozenset(),
            # A point that stopped is ready to count as soon as its last card has left.
            is_over=last < at.astimezone(BRUSSELS).date()
            or (part is not None and part.stopped_at is not None and not states.get((place.pk, CardState.ISSUED))),
            stopped_at=part.stopped_at if part else None,
            followed_by=part.followed_by if part else None,
            is_list_out=place.pk in listed - keyed,
        )
        found.append(_with_concerns(bare, at=at, tolerance=tolerance))
    return found


def _latest(card_year: CardYear, standing: QuerySet[HandOver], here: dict[str, Any]) -> dict[int, dt.datetime]:
    """The last hand-over that stands of each point.

    Of a card that is out, place and moment stand on the card as well, and those an index has ready; only of plastic
    that was declared void after it was handed over they do not.
    """
    out = Card.objects.filter(card_year=card_year, state=CardState.HANDED_OVER, **here)
    found: dict[int, dt.datetime] = dict(out.values_list("pickup_point").annotate(Max("handed_over_at")).order_by())
    void = standing.filter(voided__isnull=False).values_list("point").annotate(Max("at")).order_by()
    for key, moment in void:
        found[key] = max(moment, found.get(key, moment))
    return found


def _with_concerns(one: PointRow, *, at: dt.datetime, tolerance: Tolerance) -> PointRow:
    return replace(one, concerns=frozenset(_concerns(one, at=at, tolerance=tolerance)))


def _concerns(one: PointRow, *, at: dt.datetime, tolerance: Tolerance) -> Iterable[Concern]:
    is_active = one.takes_part and one.stopped_at is None
    if is_active and not one.has_hours:
        yield Concern.NO_HOURS
    if is_active and not one.staff.came_in:
        yield Concern.NO_COLLEAGUE
    if (
        one.waiting
        and one.tally.sent
        and is_in_season(one, at=at)
        and (one.latest_at is None or one.latest_at < silence_began(at))
    ):
        yield Concern.SILENT
    if one.missing is not None and one.missing > tolerance.of(one.tally.sent):
        yield Concern.RECEIVED_FEWER
    if one.figures.is_quarantined:
        yield Concern.QUARANTINE
    if one.is_over and one.tally.sent and one.tally.closed_at is None:
        yield Concern.NOT_CLOSED
    if is_list_missing(one):
        yield Concern.LIST_MISSING


def is_list_missing(one: PointRow) -> bool:
    """The season is over, cards wait in the books, a list was made, and nothing came back of it: no row, no count, no word."""
    said_nothing = one.tally.left_over is None and one.tally.marking != Marking.COMPLETE
    return one.is_over and one.is_list_out and said_nothing and bool(one.waiting and one.tally.sent)


def is_in_season(one: PointRow, *, at: dt.datetime) -> bool:
    """Cards are collected there today, and were two weeks ago: only then is silence a sign."""
    return one.first_day <= silence_began(at).astimezone(BRUSSELS).date() and not one.is_over


def silence_began(at: dt.datetime) -> dt.datetime:
    return at - dt.timedelta(days=SILENT_DAYS)
