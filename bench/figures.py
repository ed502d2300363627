"""The figures over five years: each breakdown, against the bare queries that group the same cards.

Five years of a fifth of the cards each, made from one another with INSERT … SELECT; 80 % along points, of which
60 % is handed over, at 350 points of which four fifths counted what came and what was left, and said how they marked.
One card in a hundred is of a second print batch. At 222,000 people that is 1.1 million cards.
"""

import datetime as dt
import random
from collections.abc import Callable, Iterable
from functools import partial

from django.db import transaction

from bench import past_years
from bench.harness import Figure, seconds
from distribution.actions import years
from distribution.enums import CountKind, FiguresBy, Marking
from distribution.models import (
    Card,
    CardYear,
    HandOver,
    Person,
    PointStatement,
    PrintBatch,
    StockCount,
    YearEvent,
    bulk,
)
from distribution.queries import figures as queries
from distribution.queries.figures_school_years import school_years
from distribution.rules.eligibility import CATEGORIES, LEVELS
from distribution.rules.reconciliation import Tolerance
from pickup_points.models import PickupPoint, PointYear, User
from pickup_points.reference import localities

TITLE = "Figures over five years"
SIZES = (222_000,)
YEARS = range(2027, 2032)
POINTS = 350
# Cards in a box; one card in so many is of the second print batch; the seconds of half a year.
BOX, LATE, SEASON = 250, 100, 180 * 24 * 3600
PERSON = ["id", "card_year_id", "staff_number", "last_name", "first_name", "street", "house_number", "box", "postcode",
          "municipality", "country", "sort_key", "shielded"]  # fmt: skip
CARD = ["id", "card_year_id", "person_id", "number", "channel", "state", "pickup_point_id", "assigned_by", "mailing_on", "level",
        "category", "nis", "province", "batch_id", "handed_over_at"]  # fmt: skip
CARDS = bulk.table(Card)
# The least any figure can do: all cards once, by what the page tells apart.
GROUPED = f"SELECT card_year_id, {{0}}, COUNT(*) FROM {CARDS} GROUP BY card_year_id, {{0}}"
# As Django writes it: on PostgreSQL the index of the cards that are out is of those only.
OUT = f"SELECT {{0}}, COUNT(*) FROM {CARDS} WHERE state = 'handed_over' GROUP BY {{0}}"
AT_POINTS = GROUPED.format("pickup_point_id, channel, state, batch_id")
AT_HOME = GROUPED.format("province, nis, channel, state")
OF_KIND = GROUPED.format("category, level, channel, state")
# The breakdown → its own bare query, besides the cards at points.
BARE = {
    FiguresBy.CHANNEL: [],
    FiguresBy.PROVINCE: [AT_HOME],
    FiguresBy.MUNICIPALITY: [AT_HOME],
    FiguresBy.POINT: [],
    FiguresBy.WEEK: [OUT.format("card_year_id, {hour}")],
    FiguresBy.CATEGORY: [OF_KIND],
    FiguresBy.LEVEL: [OF_KIND],
}
SCHOOL_YEARS = {
    FiguresBy.CHANNEL: OUT.format("{hour}"),
    FiguresBy.PROVINCE: OUT.format("{school_year}, pickup_point_id"),
    FiguresBy.LEVEL: OUT.format("{school_year}, level"),
}
# Five years in at most three times what its bare queries take; and on PostgreSQL in 300 ms.
GOAL, MOST_MILLISECONDS = 3.0, 300.0
RUNS = 4


def figures(people: int) -> Iterable[Figure]:
    """Milliseconds of each breakdown of all five years, and of one year."""
    _fill(people)
    yield Figure("cards", float(Card.objects.count()), "cards")
    for by, own in BARE.items():
        yield from _told(f"by {by.value}, five years", _asked(None, by), [AT_POINTS, *own])
    for by, bare in SCHOOL_YEARS.items():
        yield from _told(f"school years by {by.value}", partial(school_years, None, by), [bare])
    yield Figure("by channel, one year", _least(_asked(range(2027, 2028), FiguresBy.CHANNEL)), "ms")


def _told(name: str, work: Callable[[], object], bare: list[str]) -> Iterable[Figure]:
    work()
    took = _least(work)
    yield Figure(name, took, "ms", goal=MOST_MILLISECONDS if bulk.is_postgres() else None)
    yield Figure(f"{name}, to bare", took, "ms", limit=_least(_bare(bare)), limit_name="its bare queries", goal=GOAL)


def _least(work: Callable[[], object]) -> float:
    """Milliseconds of the quickest of some: the machine is shared, and what others do is not of the figure."""
    return 1000 * min(seconds(work) for _ in range(RUNS))


def _bare(statements: list[str]) -> Callable[[], object]:
    moment = "handed_over_at"
    hour = f"DATE_TRUNC('day', {moment}, 'Europe/Brussels')" if bulk.is_postgres() else f"SUBSTR({moment}, 1, 13)"
    written = [one.format(hour=hour, school_year=f"{moment} >= '2029-09-01'") for one in statements]
    return lambda: [bulk.fetch(statement) for statement in written]


def _asked(span: range | None, by: FiguresBy) -> Callable[[], object]:
    return lambda: queries.figures(span, by, tolerance=Tolerance())


def _fill(people: int) -> None:
    dice = random.Random(7)
    user = User.objects.create_user("office@voorbeeld.be")
    postcodes = dice.sample(sorted(localities(YEARS[0])), POINTS)
    points = [
        PickupPoint.objects.create(
            code=f"punt-{place}", name=f"Punt {place}", kind="ander", street="-", postcode=postcode
        )
        for place, postcode in enumerate(postcodes)
    ]
    for place, year in enumerate(YEARS):
        card_year = years.open_year(year, at=dt.datetime(year - 1, 11, 2, tzinfo=dt.UTC))
        at = dt.datetime(year - 1, 11, 20, tzinfo=dt.UTC)
        batch = PrintBatch.objects.create(card_year=card_year, number=1, frozen_at=at, cards=people)
        later = PrintBatch.objects.create(card_year=card_year, number=2, frozen_at=at, cards=people // LATE)
        for number in (1, 2):
            summary = {"batch": number, "box_size": BOX}
            YearEvent.objects.create(card_year=card_year, kind="print_run_written", at=at, summary=summary)
        PointYear.objects.bulk_create(PointYear(point=point, year=year) for point in points)
        with transaction.atomic():
            if place == 0:
                _first(card_year, batch, people, points, dice, postcodes)
            else:
                _copy(card_year, batch, people, place)
            bulk.execute(
                f"UPDATE {CARDS} SET batch_id = {later.pk} WHERE card_year_id = {card_year.pk} AND id % {LATE} = 0"
            )
            past_years.mark(card_year, user)
        _counts(card_year, points, dice=dice, by=user, at=at)
    past_years.settle(Card, HandOver, Person, StockCount)


def _counts(card_year: CardYear, points: list[PickupPoint], *, dice: random.Random, by: User, at: dt.datetime) -> None:
    """Four fifths of the points counted their boxes and what was left, and said how they marked."""
    counted = [point for point in points if dice.random() < 0.8]
    made = {"card_year": card_year, "at": at, "by": by}
    StockCount.objects.bulk_create(
        StockCount(point=point, kind=CountKind.RECEIVED, box=box, counted=BOX, **made)
        for point in counted
        for box in (1, 2)
    )
    StockCount.objects.bulk_create(
        StockCount(point=point, kind=CountKind.LEFT_OVER, counted=dice.randint(100, 180), **made) for point in counted
    )
    PointStatement.objects.bulk_create(
        PointStatement(point=point, marking=dice.choice(list(Marking)), **made) for point in points
    )


def _first(
    card_year: CardYear,
    batch: PrintBatch,
    people: int,
    points: list[PickupPoint],
    dice: random.Random,
    postcodes: list[str],
) -> None:
    places = localities(card_year.year)
    year = card_year.pk
    bulk.load(
        bulk.table(Person),
        PERSON,
        (
            (key, year, f"{key:011d}", "Naam", "", "", "", "", "9000", "", "BE", "naam", False)
            for key in range(1, people + 1)
        ),
    )

    def cards() -> Iterable[tuple[object, ...]]:
        for key in range(1, people + 1):
            lot = dice.random()
            channel = "pickup" if lot < 0.8 else "subscription" if lot < 0.92 else "starter"
            state = "handed_over" if channel == "pickup" and dice.random() < 0.6 else "issued"
            at_point = channel == "pickup"
            home = places[dice.choice(postcodes)]
            yield (
                key, year, key, f"{key:011d}", channel, state, dice.choice(points).pk if at_point else None,
                "by_residence" if at_point else "", dt.date(2027, 1, 15) if channel == "starter" else None,
                dice.choice(LEVELS), dice.choice(CATEGORIES), home.nis, home.province, batch.pk,
                dt.datetime(2027, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=dice.randrange(SEASON)) if state == "handed_over" else None,
            )  # fmt: skip

    bulk.load(bulk.table(Card), CARD, cards())


def _copy(card_year: CardYear, batch: PrintBatch, people: int, place: int) -> None:
    """The first year again, under other keys and numbers."""
    more = place * people
    first = f"id <= {people}"
    other = {"id": f"id + {more}", "card_year_id": str(card_year.pk)}
    past_years.copy(Person, where=first, **other)
    digits = "LPAD(CAST(id + {} AS varchar), 11, '0')" if bulk.is_postgres() else "printf('%011d', id + {})"
    other |= {"person_id": f"person_id + {more}", "number": digits.format(more), "batch_id": str(batch.pk)}
    past_years.copy(Card, where=first, **other)
