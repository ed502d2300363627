"""What a schedule means on a date and at a moment. Times on the wall are those of Brussels."""

import datetime as dt
from dataclasses import dataclass, replace
from functools import lru_cache
from zoneinfo import ZoneInfo

from pickup_points.hours import feasts
from pickup_points.hours.notation import Interval, Intervals, Schedule
from pickup_points.hours.words import MINUTES_IN_DAY, clock, day_of_week, listed, short_date, weekday

BRUSSELS = ZoneInfo("Europe/Brussels")
ONE_DAY = dt.timedelta(days=1)
# How far we look for the next opening: a closure of more than a year is as good as for ever.
HORIZON = 400


@dataclass(frozen=True)
class Opening:
    """A stretch of opening hours: minutes since the day's midnight, and the two moments."""

    opens: int
    closes: int
    opens_at: dt.datetime
    closes_at: dt.datetime

    @property
    def text(self) -> str:
        return f"{clock(self.opens)}–{clock(self.closes)}"


@dataclass(frozen=True)
class Day:
    """One day of a schedule, as people want to read it.

    `kind`: `regular`, `exceptional` (dated hours), `closed` (an announced closure) or `no_hours` (a
    weekday without hours). `collectable`: a card can be fetched that day, as far as the period goes.
    """

    date: dt.date
    kind: str
    openings: tuple[Opening, ...]
    collectable: bool
    note: str

    @property
    def name(self) -> str:
        return day_of_week(self.date)

    @property
    def text(self) -> str:
        return listed([opening.text for opening in self.openings]) or "gesloten"


@dataclass(frozen=True)
class Status:
    """Whether cards can be fetched at a moment, in a Dutch sentence without a capital or a full stop."""

    is_open: bool
    sentence: str
    next_change: dt.datetime | None


@lru_cache(maxsize=4096)
def days(schedule: Schedule, *, from_: dt.date, count: int = 7) -> tuple[Day, ...]:
    """`count` days from a date: hours with closures and exceptions applied, and a note where they differ.

    Where only some of the days lie in the collection period, the others say so.
    """
    found = tuple(_day(schedule, from_ + dt.timedelta(days=number)) for number in range(count))
    if len({day.collectable for day in found}) == 1:
        return found
    return tuple(day if day.collectable or not day.openings else _outside(schedule, day) for day in found)


def _outside(schedule: Schedule, day: Day) -> Day:
    too_early = schedule.collect_from is not None and day.date < schedule.collect_from
    return replace(day, note="afhalen kan nog niet" if too_early else "afhalen kan niet meer")


@lru_cache(maxsize=65536)
def _day(schedule: Schedule, date: dt.date) -> Day:
    regular = schedule.week[date.weekday()]
    feast = feasts.name(date)
    if date in schedule.exceptions:
        kind, intervals = "exceptional", schedule.exceptions[date]
        note = "andere uren dan gewoonlijk" if regular else "uitzonderlijk open"
    elif schedule.is_closed(date):
        kind, intervals = "closed", ()
        note = "uitzonderlijk gesloten" if regular else ""
    else:
        kind, intervals = ("regular" if regular else "no_hours"), regular
        note = "feestdag: kijk even na of het open is" if feast and regular else ""
    if feast and kind != "regular":
        note = f"{feast}: {note}" if note else feast
    openings = tuple(_opening(date, interval) for interval in _cut_at_midnight(schedule, date, intervals))
    return Day(date, kind, openings, _collectable(schedule, date), note)


def _collectable(schedule: Schedule, date: dt.date) -> bool:
    return (schedule.collect_from is None or schedule.collect_from <= date) and (
        schedule.collect_until is None or date <= schedule.collect_until
    )


def _cut_at_midnight(schedule: Schedule, date: dt.date, intervals: Intervals) -> Intervals:
    """A night ends at midnight when the next day has its own say: a closure or dated hours."""
    tomorrow = date + ONE_DAY
    if not intervals or intervals[-1].closes <= MINUTES_IN_DAY:
        return intervals
    if tomorrow not in schedule.exceptions and not schedule.is_closed(tomorrow):
        return intervals
    return (*intervals[:-1], Interval(intervals[-1].opens, MINUTES_IN_DAY))


def _opening(date: dt.date, interval: Interval) -> Opening:
    return Opening(interval.opens, interval.closes, _moment(date, interval.opens), _moment(date, interval.closes))


def _moment(date: dt.date, minutes: int) -> dt.datetime:
    """The moment the clock on the wall shows that time: on the two days the clock jumps a stretch is an hour shorter or longer."""
    days_on, minutes = divmod(minutes, MINUTES_IN_DAY)
    wall = dt.datetime.combine(date + dt.timedelta(days=days_on), dt.time(*divmod(minutes, 60)), tzinfo=BRUSSELS)
    # Through UTC: a time that is skipped in spring becomes the one the wall shows instead.
    return wall.astimezone(dt.UTC).astimezone(BRUSSELS)


def openings_between(schedule: Schedule, *, first: dt.date, last: dt.date) -> list[Opening]:
    """Every stretch in which cards can be fetched from `first` up to and including `last`, in order."""
    found: list[Opening] = []
    day = first
    while day <= last:
        here = _day(schedule, day)
        found.extend(here.openings if here.collectable else ())
        day += ONE_DAY
    return found


def status(schedule: Schedule, *, at: dt.datetime) -> Status:
    """Whether cards can be fetched at a moment (aware), and until or from when."""
    today = at.astimezone(BRUSSELS).date()
    # Python compares two moments of one zone by the wall, also in the hour that comes twice; with UTC it compares moments.
    at = at.astimezone(dt.UTC)
    if schedule.collect_until and today > schedule.collect_until:
        return Status(is_open=False, sentence="de afhaalperiode is voorbij", next_change=None)
    until = _open_until(schedule, today, at)
    if until is not None:
        until = until.astimezone(BRUSSELS)
        return Status(is_open=True, sentence=_until_sentence(until, today), next_change=until)
    opens_on = _next_opening(schedule, today, at)
    if opens_on is None:
        return Status(is_open=False, sentence=_never_sentence(schedule), next_change=None)
    return Status(is_open=False, sentence=_opens_sentence(schedule, opens_on, today), next_change=opens_on.opens_at)


def _open_until(schedule: Schedule, today: dt.date, at: dt.datetime) -> dt.datetime | None:
    """When (in UTC) the stretch around a moment ends, joined over midnight; None when nothing is open then."""
    until: dt.datetime | None = None
    first = today - ONE_DAY
    for number in range(HORIZON):
        day = _day(schedule, first + dt.timedelta(days=number))
        if until is not None and day.date > until.astimezone(BRUSSELS).date():
            break
        for opening in day.openings if day.collectable else ():
            moment = until or at
            if opening.opens_at <= moment < opening.closes_at:
                until = opening.closes_at.astimezone(dt.UTC)
        if until is None and day.date >= today:
            break
    return until


def _next_opening(schedule: Schedule, today: dt.date, at: dt.datetime) -> Opening | None:
    first = max(today, schedule.collect_from or today)
    for number in range(HORIZON):
        day = _day(schedule, first + dt.timedelta(days=number))
        for opening in day.openings if day.collectable else ():
            if opening.opens_at > at:
                return opening
    return None


def _until_sentence(until: dt.datetime, today: dt.date) -> str:
    distance = (until.date() - today).days
    if (until.hour, until.minute) == (0, 0) and distance == 1:
        return "nu open tot middernacht"
    if distance > 7:
        return "dag en nacht open"
    time = f"{until.hour}.{until.minute:02d} uur"
    if distance == 0 or (distance == 1 and until.hour < 6):
        return f"nu open tot {time}"
    return f"nu open tot {'morgen' if distance == 1 else weekday(until.date())} {time}"


def _opens_sentence(schedule: Schedule, opening: Opening, today: dt.date) -> str:
    day = opening.opens_at.date()
    time = f"{clock(opening.opens)} uur"
    named = f"{weekday(day)} {short_date(day)}"
    distance = (day - today).days
    if schedule.collect_from and today < schedule.collect_from:
        return f"afhalen kan vanaf {named} om {time}"
    if distance == 0:
        return f"opent vandaag om {time}"
    if distance > 6 or (schedule.is_closed(today) and distance > 1):
        return f"gesloten tot {named} om {time}"
    return f"opent morgen om {time}" if distance == 1 else f"opent {weekday(day)} om {time}"


def _never_sentence(schedule: Schedule) -> str:
    if not any(schedule.week) and not schedule.exceptions:
        return "openingsuren niet bekend"
    return "gesloten tot het einde van de afhaalperiode"
