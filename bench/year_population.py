"""A fictitious year straight into the tables, so that the run can be measured without the import."""

import csv
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.utils import timezone

from distribution.actions import years
from distribution.actions.personnel_apply import APPOINTMENT_COLUMNS
from distribution.actions.personnel_merge import PERSON_COLUMNS
from distribution.models import Appointment, CardYear, EarlierHolder, Person, Subscriber, bulk
from distribution.rules import name_order
from lerarenkaart.fictitious import people as fictitious
from lerarenkaart.fictitious import points
from pickup_points.models import PickupPoint, PointYear, ServedPostcode

PERSON = ["id", "card_year_id", "staff_number", *PERSON_COLUMNS, "shielded"]
APPOINTMENT = ["person_id", "source", *APPOINTMENT_COLUMNS]


def fill(year: int, *, people: int, first_key: int = 1) -> CardYear:
    """Open the year and fill its points, people (with keys from `first_key`), appointments and lists."""
    card_year = years.open_year(year, at=timezone.now())
    with tempfile.TemporaryDirectory() as folder:
        personnel = Path(folder) / "personeel.csv"
        fictitious.write_personnel(personnel, year=year, people=people, messy=False)
        _load_points(Path(folder) / "afhaalpunten.csv", year)
        bulk.load(bulk.table(Person), PERSON, _people(personnel, card_year.pk, first_key))
        bulk.load(bulk.table(Appointment), APPOINTMENT, _appointments(personnel, first_key))
        bulk.refresh_statistics(bulk.table(Person), bulk.table(Appointment))
        subscribers, holders = Path(folder) / "abonnees.csv", Path(folder) / "kaarthouders.csv"
        fictitious.write_subscribers(subscribers, people=people)
        fictitious.write_card_holders(holders, people=people)
        bulk.load(bulk.table(Subscriber), ["card_year_id", "staff_number"], _list(subscribers, card_year.pk))
        bulk.load(bulk.table(EarlierHolder), ["year", "staff_number"], _list(holders, year))
        bulk.refresh_statistics(bulk.table(Subscriber), bulk.table(EarlierHolder))
    return card_year


def _load_points(path: Path, year: int) -> None:
    points.write(path, year=year)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            point, _ = PickupPoint.objects.get_or_create(
                code=row["code"],
                defaults={
                    "name": row["naam"],
                    "street": row["straat"],
                    "house_number": row["huisnummer"],
                    "postcode": row["postcode"],
                    "municipality": row["gemeente"],
                },
            )
            PointYear.objects.create(point=point, year=year)
            ServedPostcode.objects.bulk_create(
                ServedPostcode(point=point, year=year, postcode=postcode) for postcode in row["postcodes"].split()
            )


def _rows(path: Path, first_key: int) -> Iterator[tuple[int, list[str]]]:
    """The rows of the file, each with the number of its person; the rows of a person stand together."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter=";")
        next(rows)
        grouped = itertools.groupby(rows, key=lambda row: row[0])
        for person, (_, group) in enumerate(grouped, start=first_key):
            for row in group:
                yield person, row


def _people(path: Path, card_year: int, first_key: int) -> Iterator[tuple[object, ...]]:
    last = 0
    for person, row in _rows(path, first_key):
        if person != last:
            key = name_order.sort_key(row[1], row[2])
            yield person, card_year, *row[:8], row[8] or "BE", key, False
        last = person


def _appointments(path: Path, first_key: int) -> Iterator[tuple[object, ...]]:
    for number, (person, row) in enumerate(_rows(path, first_key), start=2):
        (institution, name, postcode, level, category, payer, begin, end, code, extent, code_begin, code_end) = row[9:]
        in_full = extent == "volledig"
        yield (
            *(person, "epd", institution, name, postcode, level, category, payer, begin, end or None),
            *(code, in_full, code_begin or None, code_end or None, number, number),
        )


def _list(path: Path, key: int) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-8") as file:
        next(file)
        for line in file:
            yield key, line.strip()
