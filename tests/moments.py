"""The moment at which tests take place."""

import datetime as dt
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")
# A Tuesday in the season: cards are made, the lookup is open, points hand over.
NOW = dt.datetime(2027, 1, 12, 10, 0, tzinfo=BRUSSELS)
