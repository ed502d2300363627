"""Fictitious pickup points: a library in every municipality and branches in the large towns, some 350."""

import csv
import random
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from lerarenkaart.fictitious.names import STREETS
from pickup_points import reference

HEADER = [
    "code",
    "naam",
    "soort",
    "straat",
    "huisnummer",
    "postcode",
    "gemeente",
    "telefoon",
    "email",
    "website",
    "lat",
    "lon",
    "afhalen_vanaf",
    "afhalen_tot",
    "ma",
    "di",
    "wo",
    "do",
    "vr",
    "za",
    "zo",
    "gesloten",
    "uitzonderlijk",
    "postcodes",
    "keuze_voor",
]
POINTS = 350
WEEKS = (
    ("14:00-18:00", "14:00-20:00", "10:00-12:00 13:00-18:00", "", "14:00-18:00", "09:30-12:30", ""),
    ("", "10:00-12:00 14:00-19:00", "10:00-18:00", "14:00-18:00", "14:00-18:00", "10:00-13:00", ""),
    ("09:00-12:00 13:30-18:00", "13:30-18:00", "09:00-18:00", "13:30-20:00", "13:30-18:00", "10:00-16:00", ""),
    ("16:00-19:00", "", "13:30-17:30", "", "16:00-19:00", "09:30-12:00", "10:00-12:00"),
    ("10:00-19:00", "10:00-19:00", "10:00-19:00", "10:00-19:00", "10:00-19:00", "10:00-17:00", ""),
)
# Brussels has some libraries, not one in each of its nineteen municipalities: those postcodes are unserved.
BRUSSELS_WITH_POINT = ("Brussel", "Anderlecht", "Jette", "Schaarbeek", "Sint-Pieters-Woluwe", "Ukkel")


def write(path: Path, *, year: int, seed: int = 1) -> int:
    """Write afhaalpunten.csv for a year and return the number of points."""
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(HEADER)
        for row in _rows(year, random.Random(seed)):  # noqa: S311 -- fiction, no secret
            writer.writerow(row)
            written += 1
    return written


def _rows(year: int, dice: random.Random) -> Iterator[list[str]]:
    served = _served_by_municipality(year)
    branches = _branches(served)
    for nis, postcodes in served.items():
        town = reference.municipalities()[nis]
        count = branches[nis]
        for branch in range(count):
            own = postcodes[branch::count]
            week = WEEKS[(int(nis) + branch) % len(WEEKS)]
            slug = _slug(town.name)
            name = f"Bibliotheek {town.name}" if branch == 0 else f"Bibliotheek {town.name}, filiaal {branch + 1}"
            yield [
                slug if branch == 0 else f"{slug}-{branch + 1}",
                f"{name} (fictief)",
                "bibliotheek",
                dice.choice(STREETS),
                str(dice.randint(1, 180)),
                own[0],
                town.name,
                f"0{dice.randint(2, 9)} {dice.randint(100, 999)} {dice.randint(10, 99)} {dice.randint(10, 99)}",
                f"{slug}@bibliotheek.example",
                f"https://{slug}.bibliotheek.example/",
                f"{town.latitude + dice.uniform(-0.02, 0.02) * (branch > 0):.5f}",
                f"{town.longitude + dice.uniform(-0.03, 0.03) * (branch > 0):.5f}",
                "",
                f"{year}-06-30" if dice.random() < 0.1 else "",
                *week,
                f"{year - 1}-12-25 {year - 1}-12-31/{year}-01-02 {year}-03-29 {year}-05-01",
                f"{year - 1}-12-29=10:00-14:00" if dice.random() < 0.3 else "",
                " ".join(own),
                " ".join(postcode for postcode in postcodes if postcode not in own),
            ]


def _served_by_municipality(year: int) -> dict[str, list[str]]:
    served: dict[str, list[str]] = {}
    for locality in reference.localities(year).values():
        if locality.province == "Brussels Hoofdstedelijk Gewest" and locality.municipality not in BRUSSELS_WITH_POINT:
            continue
        served.setdefault(locality.nis, []).append(locality.postcode)
    return served


def _branches(served: dict[str, list[str]]) -> dict[str, int]:
    """One point each; the rest go, one by one, to the town with the most people per point."""
    branches = dict.fromkeys(served, 1)
    for _ in range(POINTS - len(served)):
        growing = [nis for nis in served if branches[nis] < len(served[nis])]
        busiest = max(growing, key=lambda nis: (reference.municipalities()[nis].inhabitants / branches[nis], nis))
        branches[busiest] += 1
    return branches


def _slug(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name)
    bare = "".join(character for character in apart if not unicodedata.combining(character))
    return re.sub("[^a-z0-9]+", "-", bare.lower()).strip("-")
