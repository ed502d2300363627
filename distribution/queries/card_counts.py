"""Cards counted from the indexes alone, and who fetched one: what every figure and every settlement begins with.

Each question groups by the columns of an index of the card in their order, so that PostgreSQL walks that index
once and neither sorts nor looks at a card; whoever asks adds up what it does not tell apart. A million cards are
then a tenth of a second (bench/figures.py).

A card that is out says so itself (its state, its point, its moment): its hand-over holds, written in the same
transaction. Only cards fetched once more, after the first was stolen, differ from the hand-overs that count
(`COUNTS`), and those few are asked for by themselves: `Twice`.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from distribution.enums import CardState, Channel
from distribution.models import Card, CardYear, HandOver, VoidedNumber, bulk
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.models import PickupPoint

SEPTEMBER = 9


class Cell(NamedTuple):
    """So many cards of a year: at one point or at none, in one state, by one way, of one batch or of none."""

    year: int
    point: int | None
    channel: str
    state: str
    batch: int | None
    number: int


class Kind(NamedTuple):
    """So many cards of a year, of one category and level."""

    year: int
    category: str
    level: str
    channel: str
    state: str
    number: int


class Home(NamedTuple):
    """So many cards of a year, of people of one municipality."""

    year: int
    province: str
    nis: str
    channel: str
    state: str
    number: int


@dataclass(frozen=True, slots=True)
class Twice:
    """A hand-over to count besides those of the cards that are out (`number` 1), or one of those not to count (-1)."""

    year: int
    point: int
    at: dt.datetime
    category: str
    level: str
    number: int


def cells(card_years: Collection[int], *, point: PickupPoint | None = None) -> list[Cell]:
    """Every card of these years, or those at one point, in one pass."""
    cards = Card.objects.filter(card_year__in=card_years)
    if point is not None:
        cards = cards.filter(pickup_point=point)
    return [Cell(*row) for row in _counted(cards, "card_year", "pickup_point", "channel", "state", "batch")]


def kinds(card_years: Collection[int]) -> list[Kind]:
    cards = Card.objects.filter(card_year__in=card_years)
    return [Kind(*row) for row in _counted(cards, "card_year", "category", "level", "channel", "state")]


def homes(card_years: Collection[int]) -> list[Home]:
    cards = Card.objects.filter(card_year__in=card_years)
    return [Home(*row) for row in _counted(cards, "card_year", "province", "nis", "channel", "state")]


def kinds_without_point(card_years: Collection[int]) -> list[Kind]:
    """Cards to be fetched of which nobody knows where yet."""
    nowhere = Card.objects.filter(card_year__in=card_years, pickup_point=None, channel=Channel.PICKUP)
    return [Kind(*row) for row in _counted(nowhere, "card_year", "category", "level", "channel", "state")]


def twice(card_years: Collection[int] | None = None, *, point: PickupPoint | None = None) -> list[Twice]:
    """Hand-overs of cards that were replaced after they had been fetched: the first counts, a second one does not."""
    replaced = VoidedNumber.objects.filter(was_waiting=False).values("card")
    found = HandOver.objects.filter(card__in=replaced, undone_at=None)
    if card_years is not None:
        found = found.filter(card__card_year__in=card_years)
    if point is not None:
        found = found.filter(point=point)
    return [
        Twice(year, where, at, category, level, 1 if voided else -1)
        for year, where, at, category, level, voided, is_again in found.values_list(
            "card__card_year", "point", "at", "card__category", "card__level", "voided", "is_again"
        )
        # Out and counting, or neither: the card says so already.
        if (voided is None) == is_again
    ]


def weeks(card_years: Collection[int] | None) -> Iterator[tuple[int, dt.date, int]]:
    """Cards that are out, by their year and the first day (in Brussels) of the week they went out in.

    A week in which a school year begins is two: it begins again on 1 September. Each is a stretch of an index that is
    only counted; dating half a million moments one by one takes three times as long.
    """
    out = Card.objects.filter(card_year=OuterRef("pk"), state=CardState.HANDED_OVER).values("handed_over_at")
    spans = CardYear.objects.annotate(
        first=Subquery(out.order_by("handed_over_at")[:1]), last=Subquery(out.order_by("-handed_over_at")[:1])
    ).filter(first__isnull=False)
    if card_years is not None:
        spans = spans.filter(pk__in=card_years)
    asked = [
        (year, begins, ends)
        for year, first, last in spans.values_list("pk", "first", "last")
        for begins, ends in pairwise(_beginnings(first.astimezone(BRUSSELS).date(), last.astimezone(BRUSSELS).date()))
    ]
    for (year, begins, _), number in zip(asked, _out_between(asked), strict=True):
        yield year, begins, number


def school_years(span: range, field: str) -> Iterator[tuple[int, Any, int]]:
    """Cards that are out by the school year they went out in (called by the year it ends in) and a field of the card.

    `span`: the school years there can be; what lies outside is asked for by its day.
    """
    ends = [dt.datetime(year, SEPTEMBER, 1, tzinfo=BRUSSELS) for year in (span.start - 1, *span)]
    inside = _out().filter(handed_over_at__gte=ends[0], handed_over_at__lt=ends[-1])
    which = Case(
        *(When(handed_over_at__lt=end, then=Value(year)) for year, end in zip(span, ends[1:], strict=True)),
        output_field=IntegerField(),
    )
    yield from _counted(inside.annotate(school_year=which), "school_year", field)
    outside = _out().filter(Q(handed_over_at__lt=ends[0]) | Q(handed_over_at__gte=ends[-1]))
    for hour, key, number in _counted(outside.annotate(hour=_Moment("handed_over_at")), "hour", field):
        yield school_year_of(hour.astimezone(BRUSSELS)), key, number


def school_year_of(day: dt.date) -> int:
    """1 September to 31 August; it is called by the year in which it ends."""
    return day.year + (day.month >= SEPTEMBER)


def _out() -> QuerySet[Card]:
    return Card.objects.filter(state=CardState.HANDED_OVER)


def _beginnings(first: dt.date, last: dt.date) -> list[dt.date]:
    """The first days of the weeks and school years from a day to another, with the one after."""
    monday = first - dt.timedelta(days=first.weekday())
    mondays = [monday + dt.timedelta(weeks=week) for week in range((last - monday).days // 7 + 2)]
    septembers = {dt.date(year, SEPTEMBER, 1) for year in range(first.year, last.year + 1)}
    return sorted({*mondays, *(day for day in septembers if monday < day < mondays[-1])})


def _out_between(spans: Sequence[tuple[int, dt.date, dt.date]]) -> list[int]:
    """For each year, first day and day after the last: how many of its cards went out in between."""
    if not spans:
        return []
    cards = bulk.table(Card)
    values: list[object] = []
    for place, (year, *days) in enumerate(spans):
        midnights = (dt.datetime.combine(day, dt.time(), BRUSSELS) for day in days)
        values += [place, year, *map(connection.ops.adapt_datetimefield_value, midnights)]
    rows = bulk.fetch(
        f"""WITH span (place, card_year, begins, ends) AS (VALUES {", ".join(["(%s, %s, %s, %s)"] * len(spans))})
            SELECT place, (SELECT COUNT(*) FROM {cards} WHERE {cards}.card_year_id = span.card_year
                           AND {cards}.state = 'handed_over'
                           AND {cards}.handed_over_at >= begins
                           AND {cards}.handed_over_at < ends)
            FROM span ORDER BY place""",
        values,
    )
    return [number for _, number in rows]


def _counted(cards: QuerySet[Card], *fields: str) -> Iterator[tuple[Any, ...]]:
    yield from cards.values_list(*fields).annotate(number=Count("*")).order_by()


class _Moment(Func):
    """A moment of the same day in Brussels: few rows to date further. The day's first on PostgreSQL, its hour on SQLite."""

    function = "DATE_TRUNC"
    template = "%(function)s('day', %(expressions)s, 'Europe/Brussels')"
    output_field = DateTimeField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite keeps moments as text, and Django's own truncating is a call of Python for each row."""
        return super().as_sql(compiler, connection, template="SUBSTR(%(expressions)s, 1, 13) || ':00:00'", **context)
