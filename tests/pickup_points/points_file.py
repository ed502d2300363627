"""Points files for tests: a row with everything right, changed where a test wants it wrong."""

import csv
from pathlib import Path

from lerarenkaart.fictitious import points

HEADER = points.HEADER


def row(code: str = "bib-gent", **cells: str) -> dict[str, str]:
    right = {
        "code": code,
        "naam": f"Bibliotheek {code}",
        "soort": "bibliotheek",
        "straat": "Kerkstraat",
        "huisnummer": "1",
        "postcode": "9000",
        "gemeente": "Gent",
        "telefoon": "09 000 00 00",
        "email": "bib@voorbeeld.be",
        "website": "https://bib.voorbeeld.be/",
        "lat": "51.05350",
        "lon": "3.72194",
        "ma": "09:00-12:00 13:30-18:00",
        "wo": "13:30-18:00",
        "gesloten": "2026-12-25 2026-12-28/2027-01-02",
        "uitzonderlijk": "2026-12-29=10:00-14:00",
    }
    return dict.fromkeys(HEADER, "") | right | cells


def write(path: Path, *rows: dict[str, str], without: tuple[str, ...] = ()) -> Path:
    """Write afhaalpunten.csv and return where."""
    columns = [name for name in HEADER if name not in without]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, delimiter=";", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def many(count: int) -> list[dict[str, str]]:
    """Rows with everything right, enough for one bad one beside them to be no more than one in ten."""
    return [row(f"bib-{number}", postcodes=str(1000 + number)) for number in range(count)]
