"""Whom a change at a point touches: places know no cards, so the project counts for them."""

from distribution.queries import waiting


def people_waiting(point_id: int, year: int) -> int:
    """The people whose card of a year still waits at a point."""
    return waiting.at_point(point_id, year=year)
