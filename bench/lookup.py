"""The public lookup over HTTP through the whole stack, against a bare Django view with one indexed query.

Both run on the same server program (gunicorn, threads), with the same database and the same load: 32
connections that are kept, each asking for another number every time. LOOKUP_LIMITS=off, as load tests have it.
"""

import datetime as dt
import random
import statistics
from collections.abc import Iterable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from bench.harness import Figure
from bench.served import Load, load, page_requests, post, serving
from bench.year_population import PERSON
from distribution.actions import years
from distribution.models import Card, CardYear, Person, bulk
from distribution.rules import card_number
from distribution.rules.staff_number import check_digits
from pickup_points.models import PickupPoint, PointYear

TITLE = "The lookup over HTTP"
SIZES = (222_000,)
ROUNDS = 3
POINTS = 350
ASKED = 20_000
WEEK = dict.fromkeys(("ma", "di", "wo", "do", "vr"), "09:00-12:00 13:30-18:00")
CARD_COLUMNS = [
    "card_year_id",
    "person_id",
    "number",
    "pickup_point_id",
    "channel",
    "state",
    "assigned_by",
    "level",
    "category",
    "nis",
    "province",
]
ALIKE = ("pickup", "issued", "by_residence", "lager", "bestuur_onderwijzend", "44021", "Oost-Vlaanderen")


def figures(people: int) -> Iterable[Figure]:
    """Requests a second as a ratio to the bare view, the tail of the answers, and queries per answer."""
    numbers = fill(people)
    random.Random(7).shuffle(numbers)
    with serving("bench.bare_lookup:application") as bare, serving("lerarenkaart.wsgi:application") as whole:
        asked = numbers[:ASKED]
        doors = {
            "kale view": (bare, [post("/bare/", f"n={number}") for number in asked]),
            "API": (whole, [post("/api/v1/lookup/", {"staff_number": number}) for number in asked]),
            "pagina": (whole, page_requests(whole, asked)),
        }
        # What every process does once (connect, prepare, read its templates) is not what is measured.
        for port, requests in doors.values():
            load(port, requests, seconds=1.0)
        # In turns, so that a busy moment of the machine falls on all three.
        measured: dict[str, list[Load]] = {name: [] for name in doors}
        for _ in range(ROUNDS):
            for name, (port, requests) in doors.items():
                measured[name].append(load(port, requests))
    limit = statistics.median(one.rate for one in measured["kale view"])
    for name in ("API", "pagina"):
        rate = statistics.median(one.rate for one in measured[name])
        tail = statistics.median(one.p99 / one.p50 for one in measured[name])
        yield Figure(f"opzoeken: {name}", rate, "antwoorden/s", limit, "kale view met één query", 0.5, "higher")
        yield Figure(f"opzoeken: {name}, p99 gedeeld door p50", tail, "×", goal=3.0)
        p50 = statistics.median(one.p50 for one in measured[name])
        yield Figure(f"opzoeken: {name}, p50", p50 * 1000, "ms")
    yield Figure("opzoeken: query's per antwoord", queries(numbers[0]), "query's", goal=2)


def open_season() -> tuple[CardYear, list[PickupPoint]]:
    """A year whose cards are collected today, and its points."""
    today = timezone.localdate()
    year = years.open_year(today.year + 1, at=timezone.now())
    year.lookup_from = today - dt.timedelta(days=30)
    year.collect_from = today - dt.timedelta(days=10)
    year.collect_until = today + dt.timedelta(days=200)
    year.last_run_at, year.reference_date = timezone.now(), today
    year.save()
    points = PickupPoint.objects.bulk_create(
        PickupPoint(
            code=f"bib-{place}",
            name=f"Bibliotheek {place}",
            kind="bibliotheek",
            street="Kerkstraat",
            house_number=str(place),
            postcode="9000",
            municipality="Gent",
            phone="09 000 00 00",
            hours=WEEK,
        )
        for place in range(POINTS)
    )
    PointYear.objects.bulk_create(PointYear(point=point, year=year.year) for point in points)
    return year, points


def fill(people: int) -> list[str]:
    """An open season with a card for everyone; returns the staff numbers."""
    year, points = open_season()
    # A year numbers its cards with six digits.
    numbers = [staff_number(serial) for serial in range(min(people, card_number.HIGHEST_SEQUENCE))]
    bulk.load(
        bulk.table(Person),
        PERSON[1:],
        (
            (year.pk, number, "Peeters", "An", "Kerkstraat", "1", "", "9000", "Gent", "BE", "peeters an", False)
            for number in numbers
        ),
    )
    ids = dict(bulk.fetch(f"SELECT staff_number, id FROM {bulk.table(Person)}"))
    bulk.load(
        bulk.table(Card),
        CARD_COLUMNS,
        (
            (year.pk, ids[number], card_number.make(year.year, serial), points[serial % POINTS].pk, *ALIKE)
            for serial, number in enumerate(numbers, start=1)
        ),
    )
    if bulk.is_postgres():
        bulk.execute(f"ANALYZE {bulk.table(Person)}, {bulk.table(Card)}")
    return numbers


def queries(number: str) -> int:
    """How many queries one answer of the page costs."""
    with (
        override_settings(LOOKUP_LIMITS=False, ALLOWED_HOSTS=["testserver"]),
        CaptureQueriesContext(connection) as seen,
    ):
        Client().post("/waarismijnlerarenkaart/", {"stamboeknummer": number})
    return len(seen)


def staff_number(serial: int) -> str:
    day = dt.date(1950, 1, 1) + dt.timedelta(days=serial // 100 % 18_000)
    first_nine = f"{1 + serial // 1_800_000 % 2}{day:%y%m%d}{serial % 100:02d}"
    return first_nine + check_digits(first_nine)
