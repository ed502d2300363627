"""What was changed about a point, in words: field by field, the week day by day."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from pickup_points import hours
from pickup_points.hours import HoursError
from pickup_points.hours.words import clock, listed, long_date, short_date
from pickup_points.intake.own_data import Changes

NOTHING = "niets ingevuld"
WEEKDAY_NAMES = dict(zip(hours.WEEKDAYS, hours.words.WEEKDAY_NAMES, strict=True))
LABELS = {
    "name": "Naam",
    "kind": "Soort",
    "street": "Straat",
    "house_number": "Huisnummer",
    "postcode": "Postcode",
    "municipality": "Gemeente",
    "latitude": "Breedtegraad",
    "longitude": "Lengtegraad",
    "serves": "Vaste postcodes",
    "choice_for": "Keuze voor postcodes",
    "takes_part": "Doet mee",
    "stopped": "Stopt; de opvolger",
    "closed": "Gesloten",
    "exceptional": "Uitzonderlijk open",
    "collect_from": "Eerste dag",
    "collect_until": "Laatste dag",
    "phone": "Telefoon",
    "email": "E-mailadres",
    "website": "Website",
    "poster_text": "Zin op de affiche",
}


@dataclass(frozen=True)
class Line:
    """One thing that changed."""

    label: str
    was: str
    became: str


def lines(changes: Changes) -> list[Line]:
    """What changed, the week day by day."""
    found: list[Line] = []
    for name, (was, became) in changes.items():
        if name == "hours":
            found += [
                Line(WEEKDAY_NAMES[day].capitalize(), _hours((was or {}).get(day)), _hours((became or {}).get(day)))
                for day in hours.WEEKDAYS
                if (was or {}).get(day) != (became or {}).get(day)
            ]
        else:
            found.append(Line(LABELS.get(name, name), _value(name, was), _value(name, became)))
    return found


def _hours(written: str | None) -> str:
    try:
        intervals = hours.read_hours(written or "")
    except HoursError:
        return written or ""
    return listed([f"{clock(one.opens)}–{clock(one.closes)}" for one in intervals]) or "gesloten"


def _value(name: str, kept: Any) -> str:
    try:
        if name == "closed":
            return listed([_stretch(first, last) for first, last in hours.read_closures(kept)]) or "geen dagen"
        if name == "exceptional":
            dated = hours.read_exceptions(kept).items()
            return listed([f"{_date(day)} {_hours(hours.write(parts))}" for day, parts in dated]) or "geen dagen"
        if name in {"collect_from", "collect_until"}:
            return long_date(dt.date.fromisoformat(kept)) if kept else "zoals overal"
        if name in {"serves", "choice_for"}:
            return ", ".join(kept) or "geen postcodes"
        if name == "takes_part":
            return f"in {kept}" if kept else "niet"
    except (HoursError, ValueError):
        return str(kept)
    return str(kept) if kept else NOTHING


def _stretch(first: dt.date, last: dt.date) -> str:
    return _date(first) if first == last else f"{_date(first)} tot en met {_date(last)}"


def _date(day: dt.date) -> str:
    return f"{short_date(day)} {day.year}"
