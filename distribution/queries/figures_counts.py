"""The counts under the figures: cards by what they are split by, and who fetched one by the day it was dated on.

Grouped first, named after; as many questions for five years as for one.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Max, Min

from distribution.enums import CardState, Channel, FiguresBy
from distribution.models import CardYear
from distribution.queries import card_counts
from distribution.queries.card_counts import Cell, school_year_of
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.models import PickupPoint
from pickup_points.reference import localities

ON_THE_CARD_AS_KIND = frozenset({FiguresBy.CATEGORY, FiguresBy.LEVEL})
Year = int
Key = str


@dataclass
class People:
    """Cards of a year that were not withdrawn, in people."""

    cards: int = 0
    subscription: int = 0
    starter: int = 0
    at_points: int = 0

    def take(self, channel: str, number: int, *, at_points: int) -> None:
        """Some more cards that come by one way."""
        self.cards += number
        self.subscription += number if channel == Channel.SUBSCRIPTION else 0
        self.starter += number if channel == Channel.STARTER else 0
        self.at_points += at_points

    def add(self, other: "People") -> None:
        self.cards += other.cards
        self.subscription += other.subscription
        self.starter += other.starter
        self.at_points += other.at_points


@dataclass(frozen=True)
class Place:
    """A pickup point and where it is."""

    code: str
    name: str
    postcode: str


def people(cells: Iterable[Cell]) -> dict[Year, People]:
    """Everyone of a year; a year without cards is not there."""
    found: dict[Year, People] = defaultdict(People)
    for cell in cells:
        if cell.state != CardState.WITHDRAWN:
            found[cell.year].take(cell.channel, cell.number, at_points=0 if cell.point is None else cell.number)
    return found


def at_points(cells: Iterable[Cell]) -> dict[Year, Counter[int]]:
    """How many cards lie, or lay, at each point."""
    found: dict[Year, Counter[int]] = defaultdict(Counter)
    for cell in cells:
        if cell.point is not None and cell.state != CardState.WITHDRAWN:
            found[cell.year][cell.point] += cell.number
    return found


def people_by_home(card_years: Collection[int], *, by: FiguresBy, borders: int | None) -> dict[Year, dict[Key, People]]:
    """By where they live; by other borders than those of the year always by municipality, to be moved from there."""
    found: dict[Year, dict[Key, People]] = defaultdict(lambda: defaultdict(People))
    for home in card_counts.homes(card_years):
        if home.state != CardState.WITHDRAWN:
            key = home.province if by == FiguresBy.PROVINCE and borders is None else home.nis
            found[home.year][key].take(home.channel, home.number, at_points=0)
    return found


def people_by_kind(
    card_years: Collection[int], *, by: FiguresBy
) -> tuple[dict[Year, dict[Key, People]], dict[Year, Counter[Key]]]:
    """By category or level: everyone, and who fetched a card."""
    found: dict[Year, dict[Key, People]] = defaultdict(lambda: defaultdict(People))
    fetched: dict[Year, Counter[Key]] = defaultdict(Counter)
    for kind in card_counts.kinds(card_years):
        if kind.state == CardState.WITHDRAWN:
            continue
        key = getattr(kind, by.value)
        at_points = kind.number if kind.channel == Channel.PICKUP else 0
        found[kind.year][key].take(kind.channel, kind.number, at_points=at_points)
        if kind.state == CardState.HANDED_OVER:
            fetched[kind.year][key] += kind.number
    for kind in card_counts.kinds_without_point(card_years):
        if kind.state != CardState.WITHDRAWN:
            found[kind.year][getattr(kind, by.value)].at_points -= kind.number
    for one in card_counts.twice(card_years):
        fetched[one.year][getattr(one, by.value)] += one.number
    return found, fetched


def places() -> dict[int, Place]:
    """Every pickup point there is or was, by its key."""
    return {
        key: Place(code, name, postcode)
        for key, code, name, postcode in PickupPoint.objects.values_list("pk", "code", "name", "postcode")
    }


def fetched_by_week(card_years: Collection[int]) -> dict[Year, Counter[Key]]:
    """Who fetched a card, by the week in which that was dated."""
    found: dict[Year, Counter[Key]] = defaultdict(Counter)
    for year, day, number in card_counts.weeks(card_years):
        if number:
            found[year][week_of(day)] += number
    for one in card_counts.twice(card_years):
        found[one.year][week_of(one.at.astimezone(BRUSSELS))] += one.number
    return found


def in_school_years(*, by: FiguresBy) -> Iterator[tuple[Year, Key | int, int]]:
    """Who fetched a card, by the year in which the school year ends, and by key (of the point, where points are asked)."""
    if by in {FiguresBy.WEEK, FiguresBy.CHANNEL}:
        days = [(day, number) for _, day, number in card_counts.weeks(None) if number]
        days += [(one.at.astimezone(BRUSSELS), one.number) for one in card_counts.twice()]
        for day, number in days:
            yield school_year_of(day), week_of(day) if by == FiguresBy.WEEK else "", number
        return
    # By the name of a field of Card and of one of Twice.
    on_card, on_twice = (by.value, by.value) if by in ON_THE_CARD_AS_KIND else ("pickup_point", "point")
    years = CardYear.objects.aggregate(first=Min("year"), last=Max("year"))
    # Cards of a year are fetched from the school year before it to the one that begins in it.
    span = range(years["first"] or 0, (years["last"] or 0) + 2)
    yield from card_counts.school_years(span, on_card)
    for one in card_counts.twice():
        yield school_year_of(one.at.astimezone(BRUSSELS)), getattr(one, on_twice), one.number


def week_of(day: dt.date) -> Key:
    """As ISO 8601 numbers weeks: 2027-W03."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def first_day_of(week: Key) -> dt.date:
    return dt.date.fromisocalendar(int(week[:4]), int(week[6:]), 1)


@lru_cache(maxsize=16)
def moved(then: int, now: int) -> dict[str, str]:
    """For each municipality as it was in a year: in which one most of its postcodes lie in another year."""
    new = localities(now)
    where: dict[str, Counter[str]] = defaultdict(Counter)
    for postcode, place in localities(then).items():
        if postcode in new:
            where[place.nis][new[postcode].nis] += 1
    return {nis: found.most_common(1)[0][0] for nis, found in where.items()}
