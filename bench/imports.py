"""Import of a personnel file, against the bare work: the csv module, the same checks, and the rows into a plain table."""

import csv
import datetime as dt
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.db import transaction

from bench.harness import Figure, seconds
from distribution.actions import personnel, years
from distribution.intake import personnel as intake
from distribution.models import CardYear, bulk
from lerarenkaart.fictitious import people as fictitious
from pickup_points.tables import Limits, Table

TITLE = "Import of personnel"
YEAR = 2027
AT = dt.datetime(2026, 11, 10, 9, 0, tzinfo=dt.UTC)
LIMITS = Limits(rows=5_000_000)
BARE = "bench_bare"
CHANGED = 0.02
FEWEST_PEOPLE = 222_000
MILLION = 1_000_000


def figures(people: int) -> Iterable[Figure]:
    """First import, the same file again, another file with the same rows, and one with 2 % changed.

    Above 222,000 people only what grows is of interest: the first import and the cost of a row.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "personeel.csv"
        rows = fictitious.write_personnel(path, year=YEAR, people=people)
        card_year = years.open_year(YEAR, at=AT)
        bare = seconds(lambda: bare_work(path, card_year))
        base = _Base(card_year, Path(folder))
        first = seconds(lambda: base.load(path))
        yield Figure("personnel, first import", first, "s", bare, "csv, checks, rows straight into a table", 2.0)
        if people > FEWEST_PEOPLE:
            yield from _cost_per_row(first / rows, Path(folder))
            return
        again = seconds(lambda: base.load(path))
        other, mutated = _rewritten(path, changed=0.0), _rewritten(path, changed=CHANGED)
        same_rows = seconds(lambda: base.load(other))
        changed = seconds(lambda: base.load(mutated))
        yield Figure("personnel, the same file again", again, "s", first, "first import", 1.0)
        yield Figure("personnel, another file with the same rows", same_rows, "s", first, "first import", 1.0)
        yield Figure("personnel, 2 % changed", changed, "s", first, "first import")
        yield Figure("import_personnel, peak memory of the command", _memory_of_the_command(path), "MB", goal=150.0)


def _memory_of_the_command(path: Path) -> float:
    """The most memory, in MB, that importing the file into another year takes in a process of its own."""
    years.open_year(YEAR + 2, at=AT)
    order = [
        "import_personnel",
        str(path),
        "--year",
        str(YEAR + 2),
        "--force",
        "een meting met het bestand van een ander jaar",
    ]
    command = ["-m", "bench.peak", *order, "--json"]
    environment = os.environ | {"IMPORT_MAX_ROWS": str(LIMITS.rows)}
    done = subprocess.run([sys.executable, *command], check=True, stdout=subprocess.PIPE, text=True, env=environment)
    return float(done.stdout.splitlines()[-1])


def _cost_per_row(at_size: float, folder: Path) -> Iterator[Figure]:
    """The cost of a row against that at 222,000 people, in the same process: another year, the same tables."""
    path = folder / "kleiner.csv"
    rows = fictitious.write_personnel(path, year=YEAR + 1, people=FEWEST_PEOPLE)
    base = _Base(years.open_year(YEAR + 1, at=AT), folder)
    small = seconds(lambda: base.load(path, forced_because="een kleiner bestand, voor de maat")) / rows
    yield Figure("personnel, cost per row", at_size * MILLION, "µs", small * MILLION, "at 222,000 people", 1.2)


class _Base:
    """Loads files into one year."""

    def __init__(self, card_year: CardYear, folder: Path) -> None:
        self.card_year = card_year
        self.folder = folder

    def load(self, path: Path, **options: Any) -> None:
        personnel.load(
            self.card_year,
            path,
            source="epd",
            at=AT,
            rejects_folder=self.folder / "rejects",
            limits=LIMITS,
            **options,
        )


def bare_work(path: Path, card_year: CardYear) -> None:
    """The limit: read with csv, check, and COPY or executemany straight into a table; nothing is compared.

    The table is one a year could live in: a primary key, an index on the staff number, and the key of its
    year, checked at commit as Django does. The import itself fills two such tables.
    """
    columns = ", ".join(f"{name} {kind}" for name, kind in intake.CHECKED)
    year = f"card_year_id bigint REFERENCES {bulk.table(CardYear)} (id) DEFERRABLE INITIALLY DEFERRED"
    bulk.execute(f"DROP TABLE IF EXISTS {BARE}")
    with transaction.atomic(), path.open(encoding="utf-8-sig", newline="") as file:
        bulk.execute(f"CREATE TABLE {BARE} ({columns}, {year})")
        bulk.execute(f"CREATE INDEX {BARE}_number ON {BARE} (staff_number)")
        rows = csv.reader(file, delimiter=";")
        header = next(rows)
        wanted = (*intake.REQUIRED, *intake.OPTIONAL)
        places = [header.index(name) for name in wanted]
        table = Table(
            columns=wanted,
            rows=((number, tuple(row[place] for place in places)) for number, row in enumerate(rows, start=2)),
            present=wanted,
            ignored_columns=(),
            sha256="",
            about_rows=0,
        )
        bulk.load(
            BARE,
            [*(name for name, _ in intake.CHECKED), "card_year_id"],
            ((*row, card_year.pk) for row in intake.check(table, intake.Findings(), year=YEAR, strict=True)),
        )
    bulk.execute(f"DROP TABLE {BARE}")


def _rewritten(path: Path, *, changed: float) -> Path:
    """Another file: the same rows, a share of them with another end date."""
    dice = random.Random(1)
    copy = path.with_name(f"anders-{changed}.csv")
    with path.open(encoding="utf-8-sig", newline="") as old, copy.open("w", encoding="utf-8", newline="") as new:
        rows, writer = csv.reader(old, delimiter=";"), csv.writer(new, delimiter=";")
        header = next(rows)
        end = header.index("opdracht_einde")
        writer.writerow(header)
        for row in rows:
            if dice.random() < changed:
                row[end] = f"{YEAR}-06-30"
            writer.writerow(row)
    return copy
