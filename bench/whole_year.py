"""The whole year through its own commands: points, personnel, lists, run, freeze, print files."""

import io
import json
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from django.core.management import call_command

from bench.harness import Figure, peak_megabytes
from lerarenkaart.fictitious import people as fiction
from lerarenkaart.fictitious import points

TITLE = "The whole year"
SIZES = (222_000,)
YEAR = 2027


def figures(people: int) -> Iterable[Figure]:
    """Seconds of each step and of the whole, and the counts of what came out."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows, orders = prepare(folder, year=YEAR, people=people)
        whole = 0.0
        for command, *arguments in orders:
            took, answer = _order(command, *arguments)
            whole += took
            yield Figure(command, took, "s")
            if command == "run_year":
                yield Figure("cards", float(answer["cards"]["new"]), "cards")
        yield Figure(f"whole year, {rows} rows of personnel, without the PDFs", whole, "s", goal=45.0)
        yield Figure("peak memory of the process", peak_megabytes(), "MB", goal=300.0)


def prepare(folder: Path, *, year: int, people: int) -> tuple[int, list[tuple[str, ...]]]:
    """The files of a year in a folder; gives the rows of personnel, and the commands that take the year to the printer."""
    points.write(folder / "afhaalpunten.csv", year=year)
    rows = fiction.write_personnel(folder / "personeel.csv", year=year, people=people)
    fiction.write_subscribers(folder / "abonnees.csv", people=people)
    fiction.write_card_holders(folder / "kaarthouders.csv", people=people)
    at = ("--year", str(year))
    return rows, [
        ("open_year", str(year)),
        ("import_pickup_points", str(folder / "afhaalpunten.csv"), *at),
        ("import_personnel", str(folder / "personeel.csv"), *at),
        ("import_subscribers", str(folder / "abonnees.csv"), *at),
        ("import_card_holders", str(folder / "kaarthouders.csv"), *at),
        ("run_year", str(year), "--reference-date", f"{year - 1}-11-15"),
        ("freeze_year", str(year)),
        ("print_run", str(year), "--out", str(folder / "druk"), "--no-pdf"),
    ]


def _order(command: str, *arguments: str) -> tuple[float, dict[str, dict[str, int]]]:
    answer = io.StringIO()
    began = time.perf_counter()
    call_command(command, *arguments, "--json", stdout=answer)
    return time.perf_counter() - began, json.loads(answer.getvalue())
