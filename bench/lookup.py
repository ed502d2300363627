"""The public lookup over HTTP through the whole stack, against a bare Django view with one indexed query.

Both run on the same server program (gunicorn, threads), with the same database and the same load: 32
connections that are kept, each asking for another number every time. LOOKUP_LIMITS=off, as load tests have it.
"""

import contextlib
import datetime as dt
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from bench.harness import Figure
from bench.year_population import PERSON
from distribution.models import Card, CardYear, Person, bulk
from distribution.rules import card_number
from distribution.rules.staff_number import check_digits
from pickup_points.models import PickupPoint, PointYear
from tests.servers import free_port

TITLE = "The lookup over HTTP"
SIZES = (222_000,)
CONNECTIONS = 32
SECONDS = 4.0
ROUNDS = 3
POINTS = 350
ASKED = 20_000
# Of what was measured on two cores, two processes of four threads: persistent connections,
# and a tail that stays near the middle.
SERVER = ("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--keep-alive", "30")
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
ROOT = Path(__file__).resolve().parent.parent


def figures(people: int) -> Iterable[Figure]:
    """Requests a second as a ratio to the bare view, the tail of the answers, and queries per answer."""
    numbers = fill(people)
    random.Random(7).shuffle(numbers)
    with serving("bench.bare_lookup:application") as bare, serving("lerarenkaart.wsgi:application") as whole:
        asked = numbers[:ASKED]
        doors = {
            "kale view": (bare, [_post("/bare/", f"n={number}") for number in asked]),
            "API": (
                whole,
                [_post("/api/v1/lookup/", f'{{"staff_number": "{number}"}}', json=True) for number in asked],
            ),
            "pagina": (whole, _page_requests(whole, asked)),
        }
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


def fill(people: int) -> list[str]:
    """An open season with a card for everyone; returns the staff numbers."""
    today = timezone.localdate()
    year = CardYear.objects.create(
        year=today.year + 1,
        lookup_from=today - dt.timedelta(days=30),
        collect_from=today - dt.timedelta(days=10),
        collect_until=today + dt.timedelta(days=200),
        opened_at=timezone.now(),
        last_run_at=timezone.now(),
        reference_date=today,
    )
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
    # A year numbers its cards with six digits.
    numbers = [_number(serial) for serial in range(min(people, card_number.HIGHEST_SEQUENCE))]
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


def _number(serial: int) -> str:
    day = dt.date(1950, 1, 1) + dt.timedelta(days=serial // 100 % 18_000)
    first_nine = f"{1 + serial // 1_800_000 % 2}{day:%y%m%d}{serial % 100:02d}"
    return first_nine + check_digits(first_nine)


@contextlib.contextmanager
def serving(application: str) -> Iterator[int]:
    """gunicorn with an application on a free port; gives the port."""
    port = free_port()
    environment = os.environ | {
        "LOOKUP_LIMITS": "off",
        # Production: no worker thread in the web process. Nothing is put in a queue here, so no Redis is needed.
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "DEBUG": "off",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECRET_KEY": "een-sleutel-voor-de-meting-en-nergens-anders",
        "STATIC_ROOT": str(settings.STATIC_ROOT),
        "DJANGO_SETTINGS_MODULE": "lerarenkaart.settings",
    }
    command = [sys.executable, "-m", "gunicorn", application, *SERVER, "--bind", f"127.0.0.1:{port}"]
    server = subprocess.Popen([*command, "--log-level", "error"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(port: int) -> None:
    """Until a worker answers; gunicorn listens before its workers have loaded."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=60) as visit:
            visit.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            if visit.recv(10):
                return
        time.sleep(0.05)
    raise TimeoutError("gunicorn is niet gestart")


class Load:
    """What came back: answers a second, and the middle and slow waits in seconds."""

    def __init__(self, waits: list[float], seconds: float) -> None:
        waits.sort()
        self.rate = len(waits) / seconds
        self.p50 = waits[len(waits) // 2]
        self.p99 = waits[len(waits) * 99 // 100]


def load(port: int, requests: list[bytes], *, seconds: float = SECONDS) -> Load:
    """Ask from a process of its own, so that the two do not share one interpreter."""
    made = subprocess.run(
        [sys.executable, "-m", "bench.load_generator", str(port), str(CONNECTIONS), str(seconds)],
        input=b"\0".join(requests),
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return Load([float(line) for line in made.stdout.split()], seconds)


def _post(path: str, body: str, *, json: bool = False, headers: str = "") -> bytes:
    kind = "application/json" if json else "application/x-www-form-urlencoded"
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n{headers}"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def _page_requests(port: int, numbers: list[str]) -> list[bytes]:
    """The form as a browser sends it: with the token and the cookie of one visit."""
    token = _csrf_cookie(port)
    headers = f"Cookie: csrftoken={token}\r\n"
    return [
        _post("/waarismijnlerarenkaart/", f"csrfmiddlewaretoken={token}&stamboeknummer={number}", headers=headers)
        for number in numbers
    ]


def _csrf_cookie(port: int) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as visit:
        visit.sendall(b"GET /waarismijnlerarenkaart/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: visit.recv(65536), b"")).decode()
    return answer.split("csrftoken=")[1].split(";")[0]
