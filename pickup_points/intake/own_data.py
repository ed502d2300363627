"""What a point says of itself: the fields its managers may change, in the form in which they are kept."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from pickup_points import hours
from pickup_points.models import PickupPoint, PointYear

# Field by field: [what it was, what it became], as JSON keeps it.
Changes = dict[str, list[Any]]
# Kept with the point; the others belong to its part in a year.
OF_POINT = ("hours", "closed", "exceptional", "phone", "email", "website", "poster_text")
OF_YEAR = ("collect_from", "collect_until")


@dataclass(frozen=True)
class OwnData:
    """A point's own data. `hours` has the days it is open; own first and last day only when they differ from the year's."""

    hours: Mapping[str, str]
    closed: str
    exceptional: str
    phone: str
    email: str
    website: str
    poster_text: str
    collect_from: dt.date | None
    collect_until: dt.date | None

    def as_json(self) -> dict[str, Any]:
        """Only texts, to be kept or sent along; `from_json` reads it back."""
        dates = {name: day.isoformat() if (day := getattr(self, name)) else None for name in OF_YEAR}
        return {name: getattr(self, name) for name in OF_POINT} | {"hours": dict(self.hours)} | dates


def of(point: PickupPoint, part: PointYear | None) -> OwnData:
    """The own data of a point as they are now; without a part in a year there are no own days."""
    week = point.hours if isinstance(point.hours, dict) else {}
    return OwnData(
        hours={day: str(week[day]) for day in hours.WEEKDAYS if week.get(day)},
        closed=point.closed,
        exceptional=point.exceptional,
        phone=point.phone,
        email=point.email,
        website=point.website,
        poster_text=point.poster_text,
        collect_from=part.collect_from if part else None,
        collect_until=part.collect_until if part else None,
    )


def from_json(kept: Mapping[str, Any]) -> OwnData:
    """What `as_json` wrote; raises KeyError, TypeError or ValueError for anything else."""
    dates = {name: dt.date.fromisoformat(kept[name]) if kept[name] else None for name in OF_YEAR}
    return OwnData(**{field.name: kept[field.name] for field in fields(OwnData)} | dates)


def changes(was: OwnData, became: OwnData) -> Changes:
    """The fields that differ, in their order."""
    before, after = was.as_json(), became.as_json()
    return {name: [before[name], after[name]] for name in before if before[name] != after[name]}
