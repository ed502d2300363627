"""Opening hours: the one reader of their notation (interface.md §2), and what follows from it. No Django."""

from pickup_points.hours.calendar import Day, Opening, Status, days, openings_between, status
from pickup_points.hours.notation import (
    WEEKDAYS,
    HoursError,
    Interval,
    Schedule,
    read,
    read_closures,
    read_exceptions,
    read_hours,
    write,
    write_closures,
    write_exceptions,
)
from pickup_points.hours.words import clock, long_date, weekday

__all__ = [
    "WEEKDAYS",
    "Day",
    "HoursError",
    "Interval",
    "Opening",
    "Schedule",
    "Status",
    "clock",
    "days",
    "long_date",
    "openings_between",
    "read",
    "read_closures",
    "read_exceptions",
    "read_hours",
    "status",
    "weekday",
    "write",
    "write_closures",
    "write_exceptions",
]
