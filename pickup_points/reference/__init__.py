"""Postcodes and municipalities, dated: which municipality and province a postcode lies in, in which years.

Compiled from public sources (CC0 and MIT licensed) and checked against two others; borders since
1 January 2025. A table of the project, so it changes with a commit and never by accident.

parts.csv holds the parts of municipalities (deelgemeenten) that have a postcode people know them by. Public facts,
written down by hand and no official list: a part that is missing is found by its postcode.
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).parent
# The borders the table starts with; earlier years are shown on them too.
FIRST_YEAR = 2025


@dataclass(frozen=True)
class Municipality:
    """A municipality, its centre in degrees (WGS 84), and its inhabitants in 2020."""

    nis: str
    name: str
    province: str
    latitude: float
    longitude: float
    inhabitants: int


@dataclass(frozen=True)
class Locality:
    """A postcode and where it lies in one year."""

    postcode: str
    nis: str
    municipality: str
    province: str


@lru_cache(maxsize=8)
def localities(year: int) -> dict[str, Locality]:
    """The postcodes of Flanders and Brussels as they lay in `year`; empty for years before the table starts."""
    with (HERE / "postcodes.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["postcode"]: Locality(row["postcode"], row["nis"], row["gemeente"], row["provincie"])
            for row in csv.DictReader(file)
            if int(row["vanaf"]) <= year and (not row["tot"] or year <= int(row["tot"]))
        }


@lru_cache(maxsize=1)
def municipalities() -> dict[str, Municipality]:
    """The municipalities by NIS code."""
    with (HERE / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["nis"]: Municipality(
                row["nis"],
                row["naam"],
                row["provincie"],
                float(row["lat"]),
                float(row["lon"]),
                int(row["inwoners_2020"] or 0),
            )
            for row in csv.DictReader(file)
        }
