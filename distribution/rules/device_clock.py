"""What a device says the time was, believed as far as it can be (hardening.md T14)."""

import datetime as dt

from pickup_points.hours.calendar import BRUSSELS

AHEAD = dt.timedelta(minutes=5)


def believe(said_at: dt.datetime, *, heard_at: dt.datetime, season_from: dt.date) -> tuple[dt.datetime, bool]:
    """The moment that counts, and whether the device's clock is doubtful.

    A moment in the future, or before the first day of collecting, cannot be: then the moment at which
    the system heard of it counts. Before the season a desk may be trying things out: nothing earlier
    than the day it was heard is asked for then. Days are those of the desk, not of Greenwich.
    """
    first = min(season_from, heard_at.astimezone(BRUSSELS).date())
    if said_at > heard_at + AHEAD or said_at.astimezone(BRUSSELS).date() < first:
        return heard_at, True
    return min(said_at, heard_at), False
