"""What loading a points file would change, by name: the points that come, change and go, and where each postcode moves to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pickup_points.intake import PointRow, change_words
from pickup_points.intake.change_words import Line
from pickup_points.models import PickupPoint, PointYear, ServedPostcode

# These have words of their own, the others are shown as they are.
IN_WORDS = ("hours", "closed", "exceptional")
NOTHING = "niets ingevuld"


@dataclass(frozen=True)
class Changed:
    """A point that stays, and what becomes different about it."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Moved:
    """A home postcode and the names of the points that serve it now and afterwards; empty is none."""

    postcode: str
    was: str
    becomes: str


@dataclass(frozen=True)
class PointsDifference:
    """Everything in the order of names or of postcodes."""

    new: tuple[str, ...]
    changed: tuple[Changed, ...]
    left: tuple[str, ...]
    moved: tuple[Moved, ...]


def compare(rows: Sequence[PointRow], *, year: int, unread: Iterable[str] = ()) -> PointsDifference:
    """Hold the rows of a file against the year as it is. Changes nothing; asked before loading, in its transaction."""
    in_file = {row.code: row for row in rows}
    known = {point.code: point for point in PickupPoint.objects.filter(code__in=in_file)}
    parts = {part.point.code: part for part in PointYear.objects.filter(year=year).select_related("point")}
    staying = {*in_file, *unread}
    names = {row.code: str(row.fields["name"]) for row in rows}
    changed = []
    for row in rows:
        if row.code in known and row.code in parts:
            lines = _lines(row, known[row.code], parts[row.code])
            if lines:
                changed.append(Changed(names[row.code], lines))
    return PointsDifference(
        new=tuple(sorted(names[code] for code in in_file if code not in parts)),
        changed=tuple(sorted(changed, key=lambda one: one.name)),
        left=tuple(sorted(part.point.name for code, part in parts.items() if code not in staying)),
        moved=_moved(rows, names, year=year, unread=set(unread)),
    )


def _lines(row: PointRow, point: PickupPoint, part: PointYear) -> tuple[Line, ...]:
    fields: dict[str, tuple[Any, Any]] = {
        name: (getattr(point, name), value) for name, value in row.fields.items() if getattr(point, name) != value
    }
    lines = change_words.lines({name: list(fields[name]) for name in IN_WORDS if name in fields})
    for name, (was, becomes) in fields.items():
        if name not in IN_WORDS:
            label = str(PickupPoint._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            lines.append(Line(label.capitalize(), _shown(was), _shown(becomes)))
    days = (
        ("Eerste dag", part.collect_from, row.collect_from),
        ("Laatste dag", part.collect_until, row.collect_until),
    )
    lines += [Line(label, _shown(was), _shown(becomes)) for label, was, becomes in days if was != becomes]
    return tuple(lines)


def _shown(value: object) -> str:
    return NOTHING if value in (None, "") else str(value)


def _moved(rows: Sequence[PointRow], names: Mapping[str, str], *, year: int, unread: set[str]) -> tuple[Moved, ...]:
    served = ServedPostcode.objects.filter(year=year, is_choice=False)
    was = {
        postcode: (code, name) for postcode, code, name in served.values_list("postcode", "point__code", "point__name")
    }
    becomes = {postcode: (row.code, names[row.code]) for row in rows for postcode in row.serves}
    # A row that could not be read keeps what it had, except what another now claims.
    becomes = {postcode: one for postcode, one in was.items() if one[0] in unread} | becomes
    nobody = ("", "")
    return tuple(
        Moved(postcode, was.get(postcode, nobody)[1], becomes.get(postcode, nobody)[1])
        for postcode in sorted({*was, *becomes})
        if was.get(postcode, nobody)[0] != becomes.get(postcode, nobody)[0]
    )
