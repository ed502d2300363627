"""The year the pages about places speak of: places know no card years, so the project tells them."""

import datetime as dt

from distribution.queries import lookup
from pickup_points.queries import Season


def shown(on: dt.date) -> Season | None:
    """The year the public lookup answers for on a day (interface.md §6); None when no year was opened."""
    year = lookup.current_year(on)
    return Season(year.year, year.collect_from, year.collect_until) if year else None
