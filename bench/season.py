"""A day of the season: what visitors and desks wait while the office makes the next year on the same machine.

The site and PostgreSQL as in production, through deploy/start.sh; the visitors come at even moments whether or not the
ones before them were answered (bench/visitors.py). A bare view with one indexed query is asked five times a second
meanwhile, on the same database, so that the machine's own bad moments show.
"""

import contextlib
import json
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from bench import desk, lookup, whole_year
from bench.harness import Figure
from bench.served import ROOT, START, Load, page_requests, post, serving
from distribution.models import CardYear, Person
from pickup_points.models import User
from tests.deploy.visitor import HOST, Answer, Front, Visitor

TITLE = "A day of the season"
SIZES = (222_000,)
DATABASES = ("PostgreSQL",)
LOOKUPS, BARE = 70.0, 5.0
# Each desk finds and hands over one card every so many seconds.
PACE = 10.0
SECONDS, DESK_SECONDS, LOGIN_SECONDS = 600.0, 180.0, 100.0
# With fewer people than this it is a try-out.
WHOLE = 100_000
PASSWORD = "vier-blauwe-fietsen-op-zolder"  # noqa: S105 -- of desks that are there for some minutes
BARE_VIEW = "kale view"


def figures(people: int) -> Iterable[Figure]:
    """Errors, and what 95 in a hundred wait: lookups beside the making of a year, the desks, their logging in."""
    share = 1.0 if people >= WHOLE else 0.03
    counters = desk.fill(people, desks=lookup.POINTS)
    _can_log_in()
    dice = random.Random(7)
    numbers = list(Person.objects.order_by("?").values_list("staff_number", flat=True)[:20_000])
    web = {"WEB_BIND": "127.0.0.1:{port}", "ALLOWED_HOSTS": f"127.0.0.1 {HOST}", "NUM_PROXIES": "1"}
    with (
        serving("bench.bare_lookup:application") as bare_port,
        serving("", server=(START, "web"), **web) as port,
    ):
        public = [
            _stream(BARE_VIEW, bare_port, BARE, [post("/bare/", f"n={number}") for number in numbers]),
            _stream("API", port, LOOKUPS / 2, [post("/api/v1/lookup/", {"staff_number": one}) for one in numbers]),
            _stream("pagina", port, LOOKUPS / 2, page_requests(port, numbers)),
        ]
        yield from _told("opzoeken, niets ernaast", 200, _visit(public, 30 * share), 30 * share)
        with _making_a_year(people) as made:
            yield from _told(
                "opzoeken naast het maken van een jaar", 200, _visit(public, SECONDS * share), SECONDS * share
            )
        for name, took in made.items():
            times = f", {len(took)} keer, de middelste" if len(took) > 1 else ""
            yield Figure(f"ernaast gedaan: {name}{times}", statistics.median(took), "s")
        rate = len(counters) / PACE
        turns = int(rate * DESK_SECONDS * share) + 100
        desks = [
            *public,
            _stream("balie, zoeken", port, rate, desk.searches(counters, dice)),
            _stream(
                "balie, afgeven",
                port,
                rate,
                [desk.hand_over(counters[turn % len(counters)], dice) for turn in range(turns)],
            ),
        ]
        yield from _told("350 balies", 300, _visit(desks, DESK_SECONDS * share), DESK_SECONDS * share)
        yield from _log_in(port, public, LOGIN_SECONDS * share, counters=len(counters))


def _stream(name: str, port: int, rate: float, requests: Sequence[bytes]) -> dict[str, Any]:
    return {"name": name, "port": port, "rate": rate, "requests": [one.decode() for one in requests]}


def _visit(streams: list[dict[str, Any]], seconds: float) -> dict[str, Any]:
    """What became of the visitors of some seconds."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.visitors"],
        input=json.dumps({"seconds": seconds, "streams": streams}).encode(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _told(when: str, goal: float, found: dict[str, Any], seconds: float) -> Iterable[Figure]:
    """Of each kind of visitors: how many were answered, what went wrong, p50 and p95, to the bare view of the same minutes."""
    limit = Load(found[BARE_VIEW]["waits"], seconds)
    for name, one in found.items():
        load = Load(one["waits"], seconds)
        if name != BARE_VIEW:
            failed = sum(one["failed"].values())
            what = ", ".join(f"{reason} {times} keer" for reason, times in one["failed"].items())
            yield Figure(
                f"{when}: {name}, fouten{what and f' ({what})'}", failed, f"van {failed + len(load.waits)}", goal=0
            )
            yield Figure(f"{when}: {name}, p95", load.p95 * 1000, "ms", goal=goal)
            yield Figure(f"{when}: {name}, p95 naast de kale view", load.p95 * 1000, "ms", limit.p95 * 1000, BARE_VIEW)
        yield Figure(f"{when}: {name}, p50", load.p50 * 1000, "ms")


@contextlib.contextmanager
def _making_a_year(people: int) -> Iterator[dict[str, list[float]]]:
    """The next year from its files to its lists, by command, and its lists and boxes again and again until told to stop.

    Gives what was done, with the seconds that each took.
    """
    year = CardYear.objects.get().year + 1
    made: dict[str, list[float]] = {}
    stop = threading.Event()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _, orders = whole_year.prepare(folder, year=year, people=people)

        def work() -> None:
            for command, *arguments in orders:
                made[command] = [_order(command, *arguments)]
            turn = 0
            while not stop.is_set():
                turn += 1
                for command in ("pickup_lists", "print_run"):
                    took = _order(command, str(year), "--out", str(folder / f"{command}-{turn}"))
                    made.setdefault(f"{command}, met alle pdf's", []).append(took)

        with ThreadPoolExecutor(1) as pool:
            working = pool.submit(work)
            try:
                yield made
            finally:
                stop.set()
            working.result()


def _order(command: str, *arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "manage.py", command, *arguments, "--json"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - began


def _can_log_in() -> None:
    """All desks have the same password: hashing one takes as long as hashing 350 is bound to."""
    User.objects.update(password=make_password(PASSWORD))
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in User.objects.all()
    )


class _From(Front):
    """Every visitor has an address of their own."""

    address = ""

    def ask_one(
        self, place: tuple[str, int], method: str, path: str, *, body: bytes | None, headers: dict[str, str]
    ) -> Answer:
        return super().ask_one(place, method, path, body=body, headers=headers | {"X-Forwarded-For": self.address})


def _log_in(port: int, public: list[dict[str, Any]], seconds: float, *, counters: int) -> Iterable[Figure]:
    """Every desk logs in by the form and takes its list, spread over the time, beside the public."""
    begin = time.monotonic()

    def one(place: int) -> float:
        time.sleep(max(0.0, begin + place * seconds / counters - time.monotonic()))
        front = _From([("127.0.0.1", port)])
        front.address = f"10.0.{place // 250}.{place % 250}"
        visitor = Visitor(front)
        began = time.perf_counter()
        visitor.get("/account/login/")
        page = visitor.post("/account/login/", login=f"balie-{place}@voorbeeld.be", password=PASSWORD)
        took = time.perf_counter() - began
        assert page.status == 200, page.text
        assert page.path.startswith("/balie/"), page.path
        taken = visitor.get(f"/api/v1/desk/snapshot/?point=bib-{place}")
        assert taken.status == 200, taken.text
        return took

    with ThreadPoolExecutor(64) as pool:
        asking = pool.submit(_visit, public, seconds)
        waits = list(pool.map(one, range(counters)))
        took = time.monotonic() - begin
        yield Figure(f"{counters} balies melden zich aan en halen hun lijst, alles samen", took, "s", goal=120)
        load = Load(waits, took)
        yield Figure("aanmelden (blad, formulier, balie), p95", load.p95 * 1000, "ms")
        yield from _told("terwijl de balies zich aanmelden", 300, asking.result(), seconds)
