"""Fictitious people: a personnel extract with the mess of a real one, and the two lists beside it."""

import csv
import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from distribution.rules.staff_number import check_digits
from lerarenkaart.fictitious.names import LAST_NAMES, MEN, PARTICLE_NAMES, STREETS, WOMEN
from lerarenkaart.fictitious.places import homes

HEADER = [
    "stamboeknummer",
    "naam",
    "voornaam",
    "straat",
    "huisnummer",
    "bus",
    "postcode",
    "gemeente",
    "land",
    "instellingsnummer",
    "instelling_naam",
    "instelling_postcode",
    "onderwijsniveau",
    "categorie",
    "betaald_door",
    "opdracht_begin",
    "opdracht_einde",
    "do_code",
    "do_omvang",
    "do_begin",
    "do_einde",
]
FIRST_BIRTHDAY = dt.date(1955, 1, 1)
BIRTHDAYS = 18_000
STEP = 7_919  # a prime that shares no factor with BIRTHDAYS: the n-th person's birthday looks drawn, yet never repeats
WOMEN_IN_100 = 74
SUBSCRIBERS_IN_1000 = 115
STARTERS_IN_1000 = 85
LEVELS = ("kleuter", "lager", "lager", "secundair", "secundair", "secundair", "dko", "clb", "cvo", "hogeschool")
CATEGORIES = ("bestuur_onderwijzend",) * 8 + ("opvoedend_hulp", "administratief")
BATCH = 5_000


@dataclass(frozen=True)
class Home:
    postcode: str
    municipality: str
    country: str


def staff_number(index: int) -> str:
    """The staff number of the index-th fictitious person: valid, and another one for every index below 2.4 million."""
    hundreds, rest = divmod(index, 100)
    is_woman = rest < WOMEN_IN_100
    nth = hundreds * WOMEN_IN_100 + rest if is_woman else hundreds * (100 - WOMEN_IN_100) + rest - WOMEN_IN_100
    birthday = FIRST_BIRTHDAY + dt.timedelta(days=nth * STEP % BIRTHDAYS)
    first_nine = f"{2 if is_woman else 1}{birthday:%y%m%d}{nth // BIRTHDAYS:02d}"
    return first_nine + check_digits(first_nine)


def write_personnel(path: Path, *, year: int, people: int, seed: int = 1, messy: bool = True) -> int:
    """Write personeel.csv and return the number of rows. `messy=False` leaves out the rows that are refused or warned of."""
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(HEADER)
        for row in _personnel(year, people, random.Random(seed), messy=messy):  # noqa: S311 -- fiction, no secret
            writer.writerow(row)
            written += 1
    return written


def write_subscribers(path: Path, *, people: int, seed: int = 1) -> int:
    """Write abonnees.csv, some 11.5 % of the people, and return how many."""
    return _write_list(
        path, (staff_number(index) for index in range(people) if _share(index, seed) < SUBSCRIBERS_IN_1000)
    )


def write_card_holders(path: Path, *, people: int, seed: int = 1) -> int:
    """Write kaarthouders.csv, all but the starters, and return how many."""
    starters = range(SUBSCRIBERS_IN_1000, SUBSCRIBERS_IN_1000 + STARTERS_IN_1000)
    return _write_list(path, (staff_number(index) for index in range(people) if _share(index, seed) not in starters))


def _write_list(path: Path, numbers: Iterator[str]) -> int:
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("stamboeknummer\n")
        for number in numbers:
            file.write(f"{number}\n")
            written += 1
    return written


def _share(index: int, seed: int) -> int:
    """A number from 0 to 999 that is evenly spread and the same in every file."""
    return (index * 6_364_136_223 + seed * 1_442_695_041) % 1_000_003 * 1_000 // 1_000_003


def _personnel(year: int, people: int, dice: random.Random, *, messy: bool) -> Iterator[list[str]]:
    spread = homes(year)
    for start in range(0, people, BATCH):
        places = dice.choices(spread.places, cum_weights=spread.cumulative, k=min(BATCH, people - start))
        for offset, (postcode, municipality, country) in enumerate(places):
            yield from _rows_of(start + offset, Home(postcode, municipality, country), year, dice, messy=messy)


def _rows_of(index: int, home: Home, year: int, dice: random.Random, *, messy: bool) -> Iterator[list[str]]:
    number = staff_number(index)
    last_name = dice.choice(PARTICLE_NAMES) if index % 5 == 0 else dice.choice(LAST_NAMES)
    first_name = dice.choice(WOMEN if number[0] == "2" else MEN)
    person = [
        number,
        last_name,
        first_name,
        dice.choice(STREETS),
        str(1 + int(dice.random() * 200)),
        str(1 + index % 9) if index % 11 == 0 else "",
        home.postcode,
        home.municipality,
        home.country if home.country != "BE" else "",
    ]
    first = person + _appointment(index, home, year, dice)
    if messy:
        _make_messy(first, index)
    yield first
    if index % 4 == 0:
        second = person + _appointment(index + 1, home, year, dice)
        if messy and index % 500 == 0:
            second[3] = "Oude " + second[3]
        yield second


def _appointment(index: int, home: Home, year: int, dice: random.Random) -> list[str]:
    began = dt.date(year - 1 - int(dice.random() * 25), 9, 1)
    school = home.postcode if home.country == "BE" else "3500"
    level, category, payer, end, interruption = (
        LEVELS[int(dice.random() * len(LEVELS))],
        CATEGORIES[int(dice.random() * len(CATEGORIES))],
        "ministerie",
        "" if index % 3 else f"{year}-08-31",
        ["", "", "", ""],
    )
    kind = index % 100
    if kind == 17:
        payer = "inrichtende_macht"
    elif kind == 29:
        interruption = [("107", "228", "TBS")[index // 100 % 3], "volledig", f"{year - 2}-01-01", ""]
    elif kind == 31:
        interruption = ["228", "gedeeltelijk", f"{year - 1}-09-01", f"{year}-08-31"]
    elif kind == 43:
        end = f"{year - 1}-06-30"
        began = min(began, dt.date(year - 2, 9, 1))
    elif kind == 61:
        level = "ander"
    elif kind == 71:
        level, category = "internaat", "opvoedend_hulp"
    institution = f"{1 + int(dice.random() * 3_000):06d}"
    return [
        institution,
        f"School {institution} (fictief)",
        school if len(school) == 4 else "",
        level,
        category,
        payer,
        began.isoformat(),
        end,
        *interruption,
    ]


def _make_messy(row: list[str], index: int) -> None:
    """What real extracts contain: other ways to write, and now and then a row that cannot be taken."""
    spot = index % 2_000
    if spot == 7:
        row[0] = f"{row[0][0]} {row[0][1:7]}-{row[0][7:9]}.{row[0][9:]}"
    elif spot == 301:
        row[0] = row[0][:9] + f"{(int(row[0][9:]) + 11) % 97:02d}"
    elif spot == 602:
        row[6] = f"B-{row[6]}" if len(row[6]) == 4 else row[6]
    elif spot == 903:
        row[15] = dt.date.fromisoformat(row[15]).strftime("%d/%m/%Y")
    elif spot == 1204:
        row[12] = "onbekend"
    elif spot == 1505:
        row[1] = f"{row[1]} "
    elif spot == 1806:
        row[0] = "2,85053E+10"
