"""The year run against one INSERT … SELECT of the same cards, in the same run (issue 2 §7).

The limit is that statement with its joins and the rules written out in it (bench.one_statement), into
the emptied card table: same cards, same indexes, same constraints, same commit. For comparison the same
cards once more, ready-made in a plain table: the least that writing them can cost.
"""

import datetime as dt
import statistics
from collections.abc import Iterable

from django.db import connection, transaction
from django.utils import timezone

from bench import one_statement, year_population
from bench.harness import Figure, peak_megabytes, seconds
from distribution.actions import run
from distribution.models import Card, CardEvent, CardYear, NotEntitled, bulk
from distribution.rules.card_number import HIGHEST_SEQUENCE

TITLE = "The year run"
# Six digits number the cards of a year: more people than this cannot all have one.
MOST_PEOPLE = 1_000_000
SIZES = (22_000, 222_000, MOST_PEOPLE)
YEAR = 2027
# A year of its own for the tenth part, far enough not to be the year before or after.
SMALL_YEAR, TENTH = 2030, 10
ON = dt.date(2026, 11, 15)
# The median of so many; above the size of a real year once is enough to see that it grows evenly.
RUNS, RUNS_WHEN_LARGE, LARGE = 3, 1, 222_000
# Ten times the people in ten to fifteen times the time: a SQLite file of 200 MB no longer fits in its cache of 32.
LINEAR = 1.5
CARD = bulk.table(Card)
COLUMNS = ", ".join(field.column for field in Card._meta.concrete_fields if not field.primary_key)
PEAK_ALLOWED = 300


def figures(people: int) -> Iterable[Figure]:
    """Ratio, linearity and memory of the run for `people`, or for as many as a year has numbers for."""
    people = min(people, MOST_PEOPLE)
    runs = RUNS_WHEN_LARGE if people > LARGE else RUNS
    with transaction.atomic():
        small_year = year_population.fill(SMALL_YEAR, people=people // TENTH, first_key=people + 1)
    small_ran, _, _ = _measure(small_year, runs=runs)
    small_cards = Card.objects.filter(card_year=small_year).count()
    _empty()
    with transaction.atomic():
        card_year = year_population.fill(YEAR, people=people)
    ran, ready_made, again = _measure(card_year, runs=runs)
    inserted = _one_statement(card_year, runs=runs)
    cards = Card.objects.filter(card_year=card_year).count()
    assert 0 < cards <= HIGHEST_SEQUENCE
    yield Figure("run_year", ran, "s", limit=inserted, limit_name="one INSERT … SELECT with joins", goal=2.0)
    yield Figure("run_year, to ready-made cards", ran, "s", limit=ready_made, limit_name="INSERT … SELECT, no joins")
    yield Figure("run_year again, nothing changed", again, "s", limit=ran, limit_name="the first run")
    yield Figure(
        "run_year, per card",
        ran / cards * 1e6,
        "µs",
        limit=small_ran / small_cards * 1e6,
        limit_name="per card of a tenth of the people",
        goal=LINEAR,
    )
    yield Figure("run_year, peak memory", peak_megabytes(), "MB", goal=PEAK_ALLOWED)


def _measure(card_year: CardYear, *, runs: int) -> tuple[float, float, float]:
    """Median seconds of the run, of the bare insert, and of a second run, each from an empty card table."""
    _run(card_year)
    bulk.execute(f"CREATE TABLE bench_cards AS SELECT {COLUMNS} FROM {CARD}")
    bulk.refresh_statistics("bench_cards")
    ran, inserted, again = [], [], []
    for _ in range(runs):
        _empty()
        inserted.append(seconds(_insert))
        _empty()
        ran.append(seconds(lambda: _run(card_year)))
        again.append(seconds(lambda: _run(card_year)))
    bulk.execute("DROP TABLE bench_cards")
    return statistics.median(ran), statistics.median(inserted), statistics.median(again)


def _one_statement(card_year: CardYear, *, runs: int) -> float:
    """Median seconds of the limit, which must make just as many cards as the run."""
    one_statement.prepare(card_year)
    expected = Card.objects.filter(card_year=card_year).count()
    took, made = [], []
    for _ in range(runs):
        _empty()
        took.append(seconds(lambda: made.append(one_statement.insert(card_year, on=ON))))
    assert made == [expected] * runs, (made, expected)
    bulk.execute("DROP TABLE bench_place")
    return statistics.median(took)


def _run(card_year: CardYear) -> None:
    run.run(card_year, on=ON, at=timezone.now())


def _insert() -> None:
    with transaction.atomic():
        bulk.execute(f"INSERT INTO {CARD} ({COLUMNS}) SELECT {COLUMNS} FROM bench_cards")


def _empty() -> None:
    """No cards and no reasons, on the disk too, and everything written away."""
    tables = [bulk.table(model) for model in (CardEvent, Card, NotEntitled)]
    if bulk.is_postgres():
        bulk.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
        bulk.execute("CHECKPOINT")
    else:
        for table in tables:
            bulk.execute(f"DELETE FROM {table}")
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    CardYear.objects.update(last_sequence=0)
