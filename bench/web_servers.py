"""Which web server: the bare view and the public lookup through each, in turns, on the same database.

And how a connection to the database is kept: the same lookup with one for each request, and planned anew each time.
"""

import random
from collections.abc import Iterable
from statistics import median

from bench import lookup
from bench.harness import Figure
from bench.served import GUNICORN, OURS, Load, gunicorn, load, page_requests, post, serving

TITLE = "Which web server"
SIZES = (222_000,)
DATABASES = ("PostgreSQL",)
ROUNDS = 2
SECONDS = 3.0
ASKED = 10_000
GRANIAN = ("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", "{port}", "--log-level", "error")
SERVERS = {
    "gunicorn, 4 × 4 threads (ours)": OURS,
    "gunicorn, 2 × 8 threads": gunicorn(2, 8),
    "gunicorn, 2 × 4 threads": gunicorn(2, 4),
    "gunicorn, 8 processes (sync)": (*GUNICORN, "--worker-class", "sync", "--workers", "8"),
    "Granian, 4 × 4 threads": (*GRANIAN, "--workers", "4", "--blocking-threads", "4", "{application}"),
    "Granian, 2 × 2 threads": (*GRANIAN, "--workers", "2", "--blocking-threads", "2", "{application}"),
}
# How the connections to the database are kept (bench/connections.py); the first is how we do it.
WAYS = {"kept, statements prepared": "kept", "kept, planned each time": "planned", "one for each request": "each"}


def figures(people: int) -> Iterable[Figure]:
    """Answers a second, as a ratio to what we serve with; and what the slowest in a hundred wait."""
    numbers = lookup.fill(people)
    random.Random(7).shuffle(numbers)
    numbers = numbers[:ASKED]
    bare = [post("/bare/", f"n={number}") for number in numbers]
    measured: dict[tuple[str, str], list[Load]] = {}
    for _ in range(ROUNDS):
        for name, server in SERVERS.items():
            with serving("bench.bare_lookup:application", server=server) as port:
                measured.setdefault(("bare view", name), []).append(load(port, bare, seconds=SECONDS))
            with serving("lerarenkaart.wsgi:application", server=server) as port:
                asked = page_requests(port, numbers)
                measured.setdefault(("lookup page", name), []).append(load(port, asked, seconds=SECONDS))
        for name, way in WAYS.items():
            with serving("bench.connections:application", BENCH_CONNECTIONS=way) as port:
                asked = page_requests(port, numbers)
                measured.setdefault(("connections", name), []).append(load(port, asked, seconds=SECONDS))
    first = {"connections": next(iter(WAYS))}
    for (what, name), rounds in measured.items():
        ours = first.setdefault(what, name)
        limit = median([one.rate for one in measured[what, ours]])
        rate = median([one.rate for one in rounds])
        if name == ours:
            yield Figure(f"{what}: {name}", rate, "answers/s")
        else:
            yield Figure(f"{what}: {name}", rate, "answers/s", limit, ours)
        yield Figure(f"{what}: {name}, p99", median([one.p99 for one in rounds]) * 1000, "ms")
