"""The opening hours of a point as a calendar file: weekly events up to the last day, with the dated changes."""

import datetime as dt
from collections.abc import Iterator

from icalendar import Calendar, Event

from pickup_points import hours
from pickup_points.hours import Interval
from pickup_points.hours.calendar import BRUSSELS, ONE_DAY
from pickup_points.queries import PointPage


def write(page: PointPage, *, year: int, at: dt.datetime) -> bytes:
    """An iCalendar file (RFC 5545) of what is left of the collection period at a moment."""
    calendar = Calendar()
    calendar.add("prodid", "-//Lerarenkaart//Afhaalpunten//NL")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Lerarenkaart {year}: {page.point.name}")
    first = max(page.collect_from, at.astimezone(BRUSSELS).date())
    for event in _openings(page, first):
        calendar.add_component(_finished(event, page, year, at))
    if first <= page.collect_until:
        calendar.add_component(_finished(_last_day(page), page, year, at))
        calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _openings(page: PointPage, first: dt.date) -> Iterator[Event]:
    every_day = [first + dt.timedelta(days=number) for number in range((page.collect_until - first).days + 1)]
    as_they_are = {day.date: day for day in hours.days(page.schedule, from_=first, count=len(every_day))}
    for number, intervals in enumerate(page.schedule.week):
        dates = [day for day in every_day if day.weekday() == number]
        for interval in intervals:
            here = (interval.opens, interval.closes)
            kept = [day for day in dates if here in _stretches(as_they_are[day])]
            if kept:
                yield _weekly(kept, [day for day in dates if kept[0] < day < kept[-1] and day not in kept], interval)
    for day in every_day:
        regular = {(interval.opens, interval.closes) for interval in page.schedule.week[day.weekday()]}
        for opens, closes in _stretches(as_they_are[day]):
            if (opens, closes) not in regular:
                yield _event(day, Interval(opens, closes))


def _stretches(day: hours.Day) -> list[tuple[int, int]]:
    return [(opening.opens, opening.closes) for opening in day.openings]


def _weekly(kept: list[dt.date], skipped: list[dt.date], interval: Interval) -> Event:
    event = _event(kept[0], interval)
    if len(kept) > 1:
        until = _wall(kept[-1], interval.opens).astimezone(dt.UTC)
        event.add("rrule", {"freq": "weekly", "until": until})
    for day in skipped:
        event.add("exdate", _wall(day, interval.opens))
    return event


def _event(day: dt.date, interval: Interval) -> Event:
    event = Event()
    event.add("uid", f"{day.isoformat()}-{interval.opens:04d}-{interval.closes:04d}")
    event.add("dtstart", _wall(day, interval.opens))
    event.add("dtend", _wall(day, interval.closes))
    event.add("summary", "Lerarenkaart afhalen")
    return event


def _last_day(page: PointPage) -> Event:
    event = Event()
    event.add("uid", "laatste-dag")
    event.add("dtstart", page.collect_until)
    event.add("dtend", page.collect_until + ONE_DAY)
    event.add("summary", "Laatste dag om je Lerarenkaart af te halen")
    return event


def _finished(event: Event, page: PointPage, year: int, at: dt.datetime) -> Event:
    """What every event has: whose it is, where, and that it keeps nobody busy."""
    event["uid"] = f"{page.point.code}-{year}-{event['uid']}@lerarenkaart"
    event.add("dtstamp", at.astimezone(dt.UTC))
    event.add("location", f"{page.point.name}, {page.point.address}")
    event.add("transp", "TRANSPARENT")
    return event


def _wall(day: dt.date, minutes: int) -> dt.datetime:
    days_on, minutes = divmod(minutes, 24 * 60)
    return dt.datetime.combine(day + dt.timedelta(days=days_on), dt.time(*divmod(minutes, 60)), tzinfo=BRUSSELS)
