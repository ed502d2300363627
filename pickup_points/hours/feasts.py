"""Public holidays in Flanders: a note beside the hours, never a closure by itself.

A library that closes on a holiday says so in its closures; one that says nothing may still be
closed, so the reader is warned to check.
"""

import datetime as dt
from functools import lru_cache

from dateutil.easter import easter

FIXED = {
    (1, 1): "Nieuwjaar",
    (5, 1): "Dag van de Arbeid",
    (7, 11): "Feest van de Vlaamse Gemeenschap",
    (7, 21): "Nationale feestdag",
    (8, 15): "O.L.V.-Hemelvaart",
    (11, 1): "Allerheiligen",
    (11, 11): "Wapenstilstand",
    (12, 25): "Kerstmis",
}
# Days after Easter Sunday.
MOVING = {0: "Pasen", 1: "paasmaandag", 39: "Hemelvaart", 49: "Pinksteren", 50: "pinkstermaandag"}


@lru_cache(maxsize=16)
def of_year(year: int) -> dict[dt.date, str]:
    """The holidays of a year by date."""
    sunday = easter(year)
    feasts = {dt.date(year, month, day): name for (month, day), name in FIXED.items()}
    return feasts | {sunday + dt.timedelta(days=after): name for after, name in MOVING.items()}


def name(day: dt.date) -> str:
    """The holiday on a day, or an empty text."""
    return of_year(day.year).get(day, "")
