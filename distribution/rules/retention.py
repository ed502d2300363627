"""How long what is kept, and from which day it may go (ADR 0020). Days of Brussels; a thing goes on the day that is returned."""

import datetime as dt
from dataclasses import dataclass

# A year that follows is closed by then, also when it was never opened.
A_YEAR = dt.timedelta(days=366)


@dataclass(frozen=True)
class Retention:
    """The terms. Each counts from the moment its kind of data has served; the door reads them from the settings."""

    people_days: int = 90
    words_days: int = 30
    readings_months: int = 13
    rejects_days: int = 30
    accounts_months: int = 24

    def words_before(self, at: dt.datetime) -> dt.datetime:
        """What was typed before this moment, and why someone looked, goes."""
        return at - dt.timedelta(days=self.words_days)

    def readings_before(self, at: dt.datetime) -> dt.datetime:
        """Readings from before this moment go."""
        return months_before(at, self.readings_months)

    def rejects_before(self, at: dt.datetime) -> dt.datetime:
        return at - dt.timedelta(days=self.rejects_days)

    def accounts_before(self, at: dt.datetime) -> dt.datetime:
        """Who last stood at a desk or had a role before this moment is not called by name any more."""
        return months_before(at, self.accounts_months)


def people_go_on(last_day: dt.date, *, days: int) -> dt.date:
    """The first day without the names and addresses of a year. It is closed when its last collection day, of any point, has ended."""
    return last_day + dt.timedelta(days=days)


def numbers_go_on(last_day: dt.date, *, next_last_day: dt.date | None, days: int) -> dt.date:
    """The first day without the staff numbers of a year.

    The next year asks them: who had no card the year before is a (re)starter. So they stay until that
    year's own people go, after which it can not be run again. `next_last_day` is None while it is not opened.
    """
    asked_until = last_day + A_YEAR if next_last_day is None else max(next_last_day, last_day)
    return people_go_on(asked_until, days=days)


def months_before(at: dt.datetime, months: int) -> dt.datetime:
    """The same moment of the day so many calendar months earlier; the last day of a shorter month."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    for day in range(at.day, at.day - 4, -1):
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("no month has fewer than 28 days")


def has_still_to_go_out(
    *,
    is_issued: bool,
    is_pickup: bool,
    is_printed: bool,
    mailing_on: dt.date | None,
    last_day: dt.date,
    on: dt.date,
) -> bool:
    """Whether a card has still to reach its holder: then we need to know who that is."""
    if not is_issued or on > last_day:
        return False
    return is_pickup or not is_printed or (mailing_on is not None and mailing_on >= on)
