"""Everything the settlement of a point stands on, for one point or for all at once: the same function, as many questions."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from distribution.enums import CardState, CountKind, Marking
from distribution.models import (
    CardYear,
    HandOver,
    PointStatement,
    Settlement,
    StockCount,
)
from distribution.models.hand_over import COUNTS
from distribution.queries import card_counts, lookup, plastic
from distribution.queries.card_counts import Cell
from distribution.rules import arrival, reconciliation, reconciliation_total
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.models import PickupPoint, PointYear
from pickup_points.reference import localities

REOPEN_DAYS = 14


@dataclass
class Tally:
    """What is known of one point in one year, of what was counted and said what holds now."""

    point_id: int
    boxes: tuple[arrival.Box, ...] = ()
    # The latest count of each box, and of everything that arrived in one number.
    by_box: dict[int, arrival.Count] = field(default_factory=dict)
    together: arrival.Count | None = None
    left_over: int | None = None
    marking: Marking | None = None
    stated_cards: int = 0
    came_in: int = 0
    went_out: int = 0
    void: int = 0
    marked: int = 0
    closed_at: dt.datetime | None = None

    @property
    def sent(self) -> int:
        return sum(box.cards for box in self.boxes)

    @property
    def receipt(self) -> arrival.Receipt:
        return arrival.receipt(self.boxes, by_box=self.by_box, together=self.together)

    @property
    def counts(self) -> reconciliation.Counts:
        receipt = self.receipt
        return reconciliation.Counts(
            sent=self.sent,
            received=receipt.received,
            is_receipt_whole=receipt.is_whole,
            came_in=self.came_in,
            went_out=self.went_out,
            void=self.void,
            left_over=self.left_over,
            marked=self.marked,
            stated=self.stated_cards,
            marking=self.marking,
        )

    def note_count(self, kind: str, box: int | None, counted: int, at: dt.datetime) -> None:
        """The next count in the order in which they were made: it takes the place of an earlier one."""
        if kind == CountKind.LEFT_OVER:
            self.left_over = counted
        elif box is None:
            self.together = arrival.Count(counted, at)
        else:
            self.by_box[box] = arrival.Count(counted, at)

    def note_statement(self, marking: str, cards: int | None) -> None:
        """The next thing the point says: its latest word on marking holds, cards add up."""
        if marking:
            self.marking = Marking(marking)
        self.stated_cards += cards or 0


@dataclass
class PointTally(Tally):
    """One point by itself: also what was counted and said row by row, in the order in which it was."""

    received_counts: list[StockCount] = field(default_factory=list)
    left_over_counts: list[StockCount] = field(default_factory=list)
    statements: list[PointStatement] = field(default_factory=list)
    settlement: Settlement | None = None

    @property
    def stated(self) -> list[PointStatement]:
        """Cards that went out without being marked, in the point's own words, not taken back."""
        return [one for one in self.statements if one.cards and one.taken_back_at is None]

    def take_count(self, one: StockCount) -> None:
        (self.received_counts if one.kind == CountKind.RECEIVED else self.left_over_counts).append(one)
        self.note_count(one.kind, one.box, one.counted, one.at)

    def take_statement(self, one: PointStatement) -> None:
        self.statements.append(one)
        self.note_statement(one.marking, None if one.taken_back_at else one.cards)


# By the key of the year, by the key of the point.
Found = dict[int, dict[int, Tally]]


@dataclass(frozen=True)
class Days:
    """Marked hand-overs through the season: on the busiest day, and in each month by its first day, none left out."""

    busiest: tuple[dt.date, int] | None
    months: tuple[tuple[dt.date, int], ...]


def current_year(on: dt.date) -> CardYear | None:
    """The card year a desk counts for on a day: the one it works in."""
    found = lookup.current_year(on)
    return CardYear.objects.get(pk=found.pk) if found else None


def tally(card_year: CardYear, *, point: PickupPoint) -> PointTally:
    """What is known of one point, row by row."""
    mine = PointTally(point.pk)
    found: Found = {card_year.pk: {point.pk: mine}}
    cells = card_counts.cells(list(found), point=point)
    _add_deliveries(found, point, cells)
    _add_marks(found, point, cells)
    here = Q(card_year=card_year, point=point)
    for count in StockCount.objects.filter(here).select_related("by"):
        mine.take_count(count)
    for statement in PointStatement.objects.filter(here).select_related("by"):
        mine.take_statement(statement)
    mine.settlement = Settlement.objects.filter(here, reopened_at=None).select_related("closed_by").first()
    mine.closed_at = mine.settlement.closed_at if mine.settlement else None
    return mine


def tallies(card_year: CardYear) -> dict[int, Tally]:
    """What is known of every point of the year, by its key."""
    return tallies_of([card_year])[card_year.pk]


def tallies_of(card_years: Sequence[CardYear], *, cells: Sequence[Cell] | None = None) -> dict[int, dict[int, Tally]]:
    """The same by the key of the year; as many questions for five years as for one.

    `cells`: the cards of these years, by whoever counted them already. Marks count people: who fetched a second card,
    because the first was stolen, counts once, and the second card as one that does not count (queries.plastic).
    """
    found: Found = {one.pk: {} for one in card_years}
    keys = {one.year: one.pk for one in card_years}
    for year, key in PointYear.objects.filter(year__in=keys).values_list("year", "point"):
        _of(found, keys[year], key)
    lying = card_counts.cells(list(found)) if cells is None else cells
    _add_deliveries(found, None, lying)
    _add_marks(found, None, lying)
    # Rows as values: thousands of them, of which each says one thing.
    counts = StockCount.objects.filter(card_year__in=found)
    for year, key, kind, box, counted, at in counts.values_list("card_year", "point", "kind", "box", "counted", "at"):
        _of(found, year, key).note_count(kind, box, counted, at)
    statements = PointStatement.objects.filter(card_year__in=found, taken_back_at=None)
    for year, key, marking, cards in statements.values_list("card_year", "point", "marking", "cards"):
        _of(found, year, key).note_statement(marking, cards)
    closings = Settlement.objects.filter(card_year__in=found, reopened_at=None)
    for year, key, closed_at in closings.values_list("card_year", "point", "closed_at"):
        _of(found, year, key).closed_at = closed_at
    return found


def points(card_year: CardYear, *, tolerance: reconciliation.Tolerance) -> list[reconciliation_total.Point]:
    """Every point of the year as the totals want it: its figures by its key, and the province it lies in."""
    return points_of([card_year], tolerance=tolerance)[card_year.pk]


def points_of(
    card_years: Sequence[CardYear], *, tolerance: reconciliation.Tolerance, cells: Sequence[Cell] | None = None
) -> dict[int, list[reconciliation_total.Point]]:
    """The same by the key of the year; as many questions for five years as for one. `cells` as in `tallies_of`."""
    found = tallies_of(card_years, cells=cells)
    keys = {key for of_year in found.values() for key in of_year}
    postcodes = dict(PickupPoint.objects.filter(pk__in=keys).values_list("pk", "postcode"))
    known = {one.pk: localities(one.year) for one in card_years}
    return {
        year: [
            reconciliation_total.point(
                key,
                one.counts,
                province=known[year][postcodes[key]].province if postcodes[key] in known[year] else "",
                tolerance=tolerance,
            )
            for key, one in of_year.items()
        ]
        for year, of_year in found.items()
    }


def settlement(card_year: CardYear, *, point: PickupPoint) -> Settlement | None:
    """The closed season of a point, with its point and year; None while it is open."""
    standing = Settlement.objects.filter(card_year=card_year, point=point, reopened_at=None)
    return standing.select_related("card_year", "point", "closed_by").first()


def last_day(card_year: CardYear, *, point: PickupPoint) -> dt.date:
    """The last day of collecting at a point: its own, or that of the year."""
    own = PointYear.objects.filter(point=point, year=card_year.year).values_list("collect_until", flat=True).first()
    return own or card_year.collect_until


def days(card_year: CardYear, *, point: PickupPoint) -> Days:
    """The marked hand-overs of a point by the day they were done, on the desk's calendar."""
    counted = (
        HandOver.objects.filter(COUNTS, point=point, card__card_year=card_year)
        .annotate(day=TruncDate("at", tzinfo=BRUSSELS))
        .values_list("day")
        .annotate(cards=Count("pk"))
        .order_by("day")
    )
    by_day: dict[dt.date, int] = dict(counted)
    if not by_day:
        return Days(None, ())
    months: Counter[dt.date] = Counter()
    for day, cards in by_day.items():
        months[day.replace(day=1)] += cards
    busiest = max(by_day, key=lambda day: (by_day[day], -day.toordinal()))
    return Days(
        (busiest, by_day[busiest]), tuple((month, months[month]) for month in _months(min(months), max(months)))
    )


def _add_deliveries(found: Found, point: PickupPoint | None, cells: Sequence[Cell]) -> None:
    """What was sent to each point, batch by batch, and what came in, went out and is void."""
    for (year, key), stock in plastic.stocks(found, point=point, cells=cells).items():
        mine = _of(found, year, key)
        mine.boxes, mine.came_in, mine.went_out, mine.void = stock.boxes, stock.came_in, stock.went_out, stock.void


def _add_marks(found: Found, point: PickupPoint | None, cells: Sequence[Cell]) -> None:
    for cell in cells:
        if cell.state == CardState.HANDED_OVER:
            assert cell.point is not None
            _of(found, cell.year, cell.point).marked += cell.number
    for one in card_counts.twice(found, point=point):
        _of(found, one.year, one.point).marked += one.number


def _of(found: Found, year: int, key: int) -> Tally:
    return found[year].setdefault(key, Tally(key))


def _months(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    month = first
    while month <= last:
        yield month
        month = (month + dt.timedelta(days=31)).replace(day=1)
