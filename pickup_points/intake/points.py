"""The points file: which rows can be taken, what is wrong with the others, and whether it can be taken at all."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from pickup_points import hours, reference
from pickup_points.intake import cells
from pickup_points.intake.cells import Wrong
from pickup_points.tables import TableRefused, open_table

REQUIRED = ("code", "naam", "soort", "straat", "huisnummer", "postcode", "gemeente", *hours.WEEKDAYS, "postcodes")
CONTACT = ("telefoon", "email", "website")
DATED = ("gesloten", "uitzonderlijk")
OPTIONAL = (*CONTACT, "lat", "lon", "afhalen_vanaf", "afhalen_tot", *DATED, "keuze_voor")
COLUMNS = (*REQUIRED, *OPTIONAL)
MOST_BAD = 0.10
SHOWN = 5

Value = TypeVar("Value")


class BadPointsFile(Exception):
    """The file as a whole cannot be taken: a stable `code` and a Dutch sentence. Nothing was changed."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class Reject:
    """One thing that is wrong in one row. `row` is the line number in the file, with the header as 1."""

    row: int
    column: str
    code: str
    message: str


@dataclass(frozen=True)
class PointRow:
    """A row that can be taken. `fields` are those of PickupPoint, in the form in which they are kept."""

    row: int
    code: str
    fields: Mapping[str, object]
    collect_from: dt.date | None
    collect_until: dt.date | None
    serves: tuple[str, ...]
    choice_for: tuple[str, ...]

    @property
    def shown(self) -> str:
        return f"{self.fields['name']} (rij {self.row})"


@dataclass(frozen=True)
class PointsFile:
    """What a points file says. `rows` counts all its rows, `rejected` those of which something is wrong."""

    rows: int
    points: tuple[PointRow, ...]
    rejects: tuple[Reject, ...]
    # Codes of rows with something wrong: those points are in the picture, only not as written.
    unread: frozenset[str]
    notices: tuple[str, ...]

    @property
    def rejected(self) -> int:
        return len({reject.row for reject in self.rejects})


def read(path: Path, *, year: int, period: tuple[dt.date, dt.date]) -> PointsFile:
    """Read and check a points file for a year whose cards are collected in `period` (first and last day).

    Raises BadPointsFile when its shape is wrong: unreadable, a column missing, more than one row in
    ten bad, or a postcode that two points claim.
    """
    points: list[PointRow] = []
    rejects: list[Reject] = []
    claims: dict[str, str] = {}
    seen: dict[str, int] = {}
    unread: set[str] = set()
    count = 0
    try:
        with open_table(path, required=REQUIRED, optional=OPTIONAL) as table:
            for number, values in table.rows:
                count += 1
                row = _Row(number, dict(zip(table.columns, values, strict=True)))
                point = row.read(period)
                if row.code and row.code in seen:
                    row.wrong("code", "duplicate_code", f"De code staat ook in rij {seen[row.code]}.")
                elif row.code:
                    seen[row.code] = number
                    _claim(claims, row.name or row.code, number, row.serves)
                rejects.extend(row.rejects)
                if point and not row.rejects:
                    points.append(point)
                else:
                    unread.add(row.code)
            count += len(table.bad_rows)
            rejects.extend(Reject(bad.row, bad.column, bad.code, bad.sentence) for bad in table.bad_rows)
            notices = [*table.notices, *_absent(table.present)]
    except TableRefused as refused:
        raise BadPointsFile(refused.code, str(refused)) from refused
    rejects.sort(key=lambda reject: (reject.row, COLUMNS.index(reject.column) if reject.column in COLUMNS else -1))
    read_file = PointsFile(
        rows=count,
        points=tuple(points),
        rejects=tuple(rejects),
        unread=frozenset(unread - {point.code for point in points}),
        notices=(*notices, *_unknown_postcodes(points, year)),
    )
    _check_share(read_file)
    return read_file


@dataclass
class _Row:
    """Reads the cells of one row and gathers all that is wrong with it, so that it is mended in one go."""

    number: int
    cells: Mapping[str, str]
    code: str = ""
    name: str = ""
    serves: tuple[str, ...] = ()
    rejects: list[Reject] = field(default_factory=list)

    def wrong(self, column: str, code: str, message: str) -> None:
        self.rejects.append(Reject(self.number, column, code, message))

    def take(self, column: str, reader: Callable[[str], Value], *, otherwise: Value) -> Value:
        try:
            return reader(self.cells[column])
        except Wrong as wrong:
            self.wrong(column, wrong.code, str(wrong))
            return otherwise

    def read(self, period: tuple[dt.date, dt.date]) -> PointRow | None:
        line = partial(partial, cells.text)  # line(longest=…) reads one line of text
        self.code = self.take("code", cells.code, otherwise="")
        self.name = self.take("naam", line(longest=200), otherwise="")
        none: tuple[str, ...] = ()
        self.serves = self.take("postcodes", cells.postcode_list, otherwise=none)
        choices = self.take("keuze_voor", cells.postcode_list, otherwise=none)
        week: dict[str, str] = {day: self.take(day, cells.day_hours, otherwise="") for day in hours.WEEKDAYS}
        if night := cells.check_week(week):
            self.wrong(night[0], night[1].code, str(night[1]))
        fields: dict[str, object] = {
            "name": self.name,
            "kind": self.take("soort", cells.kind, otherwise=""),
            "street": self.take("straat", line(longest=200), otherwise=""),
            "house_number": self.take("huisnummer", line(longest=20, required=False), otherwise=""),
            "postcode": self.take("postcode", cells.postcode, otherwise=""),
            "municipality": self.take("gemeente", line(longest=80), otherwise=""),
            "phone": self.take("telefoon", line(longest=40, required=False), otherwise=""),
            "email": self.take("email", cells.email, otherwise=""),
            "website": self.take("website", cells.website, otherwise=""),
            "latitude": self.take("lat", partial(cells.degrees, bounds=cells.LATITUDES), otherwise=None),
            "longitude": self.take("lon", partial(cells.degrees, bounds=cells.LONGITUDES), otherwise=None),
            "hours": {day: written for day, written in week.items() if written},
            "closed": self.take("gesloten", cells.closures, otherwise=""),
            "exceptional": self.take("uitzonderlijk", cells.exceptions, otherwise=""),
        }
        if (fields["latitude"] is None) != (fields["longitude"] is None) and not self.rejects:
            self.wrong("lat", "missing_value", "Vul lat en lon allebei in, of geen van beide.")
        first = self.take("afhalen_vanaf", partial(cells.period_day, period=period), otherwise=None)
        last = self.take("afhalen_tot", partial(cells.period_day, period=period), otherwise=None)
        if first and last and last < first:
            self.wrong("afhalen_tot", "date_order", f"De laatste afhaaldag {last} ligt voor de eerste, {first}.")
        if self.rejects:
            return None
        choice_for = tuple(postcode for postcode in choices if postcode not in self.serves)
        return PointRow(self.number, self.code, fields, first, last, self.serves, choice_for)


def _claim(claims: dict[str, str], name: str, row: int, serves: tuple[str, ...]) -> None:
    shown = f"{name} (rij {row})"
    for postcode in serves:
        if postcode in claims:
            raise BadPointsFile(
                "postcode_claimed_twice",
                f"Postcode {postcode} staat bij twee afhaalpunten: {claims[postcode]} en {shown}. "
                "Een postcode heeft één vast afhaalpunt; zet ze bij het andere in de kolom keuze_voor.",
            )
        claims[postcode] = shown


def _check_share(read_file: PointsFile) -> None:
    if read_file.rejected > MOST_BAD * read_file.rows:
        problems = "\n".join(
            f"  rij {reject.row}, {reject.column or 'hele rij'}: {reject.message}"
            for reject in read_file.rejects[:SHOWN]
        )
        raise BadPointsFile(
            "too_many_bad_rows",
            f"Van de {read_file.rows} rijen deugen er {read_file.rejected} niet: meer dan één op tien. "
            f"Er is niets gewijzigd. De eerste problemen:\n{problems}",
        )


def _absent(present: tuple[str, ...]) -> list[str]:
    """A column of hours that is not there at all may be a typing error in its name: said, not refused."""
    return [f"De kolom {column} ontbreekt: er gelden geen zulke dagen." for column in DATED if column not in present]


def _unknown_postcodes(points: list[PointRow], year: int) -> list[str]:
    known = reference.localities(year)
    unknown = sorted({postcode for point in points for postcode in point.serves if postcode not in known})
    if not known or not unknown:
        return []
    shown = ", ".join(unknown[:20]) + (" …" if len(unknown) > 20 else "")
    return [f"Postcodes buiten Vlaanderen en Brussel: {shown}."]
