"""One, five and ten years in the database: what the newest year costs must not grow with the years behind it.

The newest year is filled and run as a real one; the earlier ones are made from it with INSERT … SELECT: its people with
their appointments, its cards, six in ten of those at a point handed over. Only the figures over all years may
take longer, and then no more per year. The tables are vacuumed before each measurement, as autovacuum does in time.
"""

import datetime as dt
import itertools
import logging
import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from bench import lookup, past_years, year_population
from bench.harness import Figure, seconds
from distribution.actions import run, years
from distribution.enums import CardState, Channel, FiguresBy
from distribution.models import (
    Appointment,
    Card,
    CardEvent,
    CardYear,
    EarlierHolder,
    HandOver,
    NotEntitled,
    PendingChange,
    Person,
    Subscriber,
    bulk,
)
from distribution.queries import desk
from distribution.queries import figures as queries
from distribution.rules.reconciliation import Tolerance
from pickup_points.models import PickupPoint, PointYear, ServedPostcode, User

TITLE = "Growth: one, five and ten years"
SIZES = (222_000,)
DATABASES = ("PostgreSQL",)
YEARS = (1, 5, 10)
GOAL = 1.2
RUNS = 3
ASKED, SEARCHED, SEARCH_RUNS = 400, 60, 3
# A point with so many cards is searched.
CARDS_OF_A_POINT = 600
PAGES = {"figures by channel": FiguresBy.CHANNEL, "figures by municipality": FiguresBy.MUNICIPALITY}
PAGE_RUNS = 5
KEPT = (Person, Appointment, Card, HandOver)
# Those handed over were so within so many seconds; 7919 spreads neighbours over them.
SPREAD = 10 * 24 * 3600
Measured = dict[str, tuple[float, str]]


@dataclass(frozen=True)
class Newest:
    """The year that is measured, and who asks."""

    card_year: CardYear
    user: User
    numbers: list[str]

    @property
    def year(self) -> int:
        return self.card_year.year


def figures(people: int) -> Iterable[Figure]:
    """Every measurement with one year, and with more as a ratio to it; and bytes on the disk."""
    newest = _fill(people)
    first: Measured = {}
    there = 1
    for wanted in YEARS:
        for back in range(there, wanted):
            _past_year(newest, back=back, people=people)
        there = wanted
        told = dict(_measured(newest, there=wanted))
        first = first or told
        label = "one year" if wanted == 1 else f"{wanted} years"
        yield Figure(f"{label}: cards in the database", float(Card.objects.count()), "cards")
        for name, (value, unit) in told.items():
            if wanted == 1:
                yield Figure(f"{label}: {name}", value, unit)
            else:
                yield Figure(f"{label}: {name}", value, unit, first[name][0], "one year", GOAL)
        yield Figure(
            f"{label}: queries of an answer to the public", float(lookup.queries(newest.numbers[0])), "", goal=2
        )
    yield from _bytes()


def _measured(newest: Newest, *, there: int) -> Iterator[tuple[str, tuple[float, str]]]:
    took, again = _run(newest)
    cards = Card.objects.filter(card_year=newest.card_year).count()
    yield "the run, per card", (took / cards * 1e6, "µs")
    yield "the run again, per card", (again / cards * 1e6, "µs")
    _hand_over(newest)
    wall, processor = _answers(newest)
    yield "an answer to the public", (wall, "ms")
    yield "an answer to the public, processor time of Python", (processor, "ms")
    yield "search by name at a desk", (_searches(newest), "ms")
    for name, by in PAGES.items():
        yield f"{name}, the newest year", (_page(range(newest.year, newest.year + 1), by), "ms")
        yield f"{name}, all years, per year", (_page(None, by) / there, "ms")


def _fill(people: int) -> Newest:
    """The newest year, open for the public and the desks today."""
    today = timezone.localdate()
    with transaction.atomic():
        card_year = year_population.fill(today.year + 1, people=people)
    CardYear.objects.filter(pk=card_year.pk).update(
        lookup_from=today - dt.timedelta(days=30),
        collect_from=today - dt.timedelta(days=11),
        collect_until=today + dt.timedelta(days=200),
    )
    numbers = list(Person.objects.order_by("pk").values_list("staff_number", flat=True))
    random.Random(7).shuffle(numbers)
    user = User.objects.create_user("office@voorbeeld.be")
    return Newest(CardYear.objects.get(pk=card_year.pk), user, numbers[:ASKED])


def _past_year(newest: Newest, *, back: int, people: int) -> None:
    """The newest year once more, so many years ago."""
    year = newest.year - back
    opened = years.open_year(year, at=dt.datetime(year - 1, 11, 2, tzinfo=dt.UTC))
    CardYear.objects.filter(pk=opened.pk).update(last_run_at=opened.opened_at, reference_date=opened.opened_at.date())
    of_newest, ago = f"card_year_id = {newest.card_year.pk}", f"interval '{back} years'"
    # The people of the newest year have the keys 1 to `people`.
    person, newest_people = f"person_id + {back * people}", f"person_id <= {people}"
    with transaction.atomic():
        for model in (PointYear, ServedPostcode, EarlierHolder):
            past_years.copy(model, where=f"year = {newest.year}", year=str(year))
        past_years.copy(Person, where=of_newest, id=f"id + {back * people}", card_year_id=str(opened.pk))
        past_years.copy(Appointment, where=newest_people, person_id=person)
        past_years.copy(Subscriber, where=of_newest, card_year_id=str(opened.pk))
        past_years.copy(
            Card,
            where=of_newest,
            card_year_id=str(opened.pk),
            person_id=person,
            number=f"'6{year % 100:02d}' || SUBSTR(number, 4)",
            mailing_on=f"mailing_on - {ago}",
            handed_over_at=f"handed_over_at - {ago}",
        )
        past_years.mark(opened, newest.user)


def _run(newest: Newest) -> tuple[float, float]:
    """Seconds of the quickest of three runs into a year without cards, and of one more when nothing has changed."""
    first, again = [], []
    for _ in range(RUNS):
        _clear(newest)
        on, at = dt.date(newest.year - 1, 11, 15), timezone.now()
        first.append(seconds(lambda on=on, at=at: run.run(newest.card_year, on=on, at=at)))  # type: ignore[misc]
        again.append(seconds(lambda on=on, at=at: run.run(newest.card_year, on=on, at=at)))  # type: ignore[misc]
    return min(first), min(again)


def _clear(newest: Newest) -> None:
    """No cards of the newest year any more."""
    own = f"(SELECT id FROM {bulk.table(Card)} WHERE card_year_id = {newest.card_year.pk})"
    for model in (HandOver, CardEvent):
        bulk.execute(f"DELETE FROM {bulk.table(model)} WHERE card_id IN {own}")
    for model in (PendingChange, NotEntitled, Card):
        model._default_manager.filter(**{_to_year(model): newest.card_year})._raw_delete("default")
    CardYear.objects.filter(pk=newest.card_year.pk).update(last_sequence=0)
    past_years.settle(*KEPT, CardEvent, NotEntitled, CardYear, Subscriber, EarlierHolder)
    bulk.execute("CHECKPOINT")


def _to_year(model: type[PendingChange | NotEntitled | Card]) -> str:
    return "person__card_year" if model is NotEntitled else "card_year"


def _hand_over(newest: Newest) -> None:
    """Six in ten of the cards at a point, in the days before now."""
    bulk.execute(
        f"""UPDATE {bulk.table(Card)} SET state = '{CardState.HANDED_OVER}',
            handed_over_at = now() - MOD(id * 7919, {SPREAD}) * interval '1 second'
            WHERE card_year_id = {newest.card_year.pk} AND channel = '{Channel.PICKUP}'
            AND pickup_point_id IS NOT NULL AND MOD(id, 5) < 3"""
    )
    past_years.mark(newest.card_year, newest.user)
    past_years.settle(*KEPT)


def _answers(newest: Newest) -> tuple[float, float]:
    """Milliseconds of an answer in the middle: by the clock, and by the processor of this process."""
    client, wall, processor = Client(), [], []
    # The line of every request in the log would be longer than the table of the results.
    logging.disable(logging.INFO)
    with override_settings(LOOKUP_LIMITS=False, ALLOWED_HOSTS=["testserver"]):
        for number in itertools.chain(newest.numbers[:50], newest.numbers):
            began, used = time.perf_counter(), time.process_time()
            answer = client.post("/waarismijnlerarenkaart/", {"stamboeknummer": number})
            wall.append(time.perf_counter() - began)
            processor.append(time.process_time() - used)
            assert answer.status_code == 200
    logging.disable(logging.NOTSET)
    return 1000 * statistics.median(wall[50:]), 1000 * statistics.median(processor[50:])


def _searches(newest: Newest) -> float:
    """Milliseconds of a search in the middle, each the quickest of three, at the point whose number of cards is nearest to 600."""
    dice, today = random.Random(7), timezone.localdate()
    of_points = Card.objects.filter(card_year=newest.card_year, pickup_point__isnull=False).values("pickup_point")
    sizes = of_points.annotate(cards=Count("pk")).values_list("pickup_point", "cards")
    point, _ = min(sizes, key=lambda one: (abs(one[1] - CARDS_OF_A_POINT), one[0]))
    assert PickupPoint.objects.filter(pk=point).exists()
    names = sorted(
        Card.objects.filter(card_year=newest.card_year, pickup_point=point).values_list("person__last_name", flat=True)
    )
    waits = []
    for _ in range(SEARCHED):
        term = dice.choice(names)[: dice.randint(3, 6)]
        took = []
        for _ in range(SEARCH_RUNS):
            began = time.perf_counter()
            desk.search(term, points=[point], on=today)
            took.append(time.perf_counter() - began)
        waits.append(min(took))
    return 1000 * statistics.median(waits)


def _page(span: range | None, by: FiguresBy) -> float:
    """Milliseconds of a page of figures, the quickest of some."""
    ask: Callable[[], object] = lambda: queries.figures(span, by, tolerance=Tolerance())  # noqa: E731
    ask()
    return 1000 * min(seconds(ask) for _ in range(PAGE_RUNS))


def _bytes() -> Iterable[Figure]:
    """What a row takes on the disk with its indexes, and what a year of all of them takes per person."""
    whole = 0.0
    for model in KEPT:
        ((size, rows),) = bulk.fetch(
            f"SELECT pg_total_relation_size('{bulk.table(model)}'), (SELECT COUNT(*) FROM {bulk.table(model)})"
        )
        whole += size
        yield Figure(f"on the disk: a row of {model._meta.model_name}", size / rows, "bytes")
    yield Figure("on the disk: a person's year, with all of these", whole / Person.objects.count(), "bytes")
