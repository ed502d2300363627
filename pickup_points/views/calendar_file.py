"""The opening hours of a point as a calendar file: weekly events up to the last day, with the dated changes."""

import datetime as dt
from collections.abc import Iterator

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

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
    calendar.add_component(_brussels())
    first = max(page.collect_from, at.astimezone(BRUSSELS).date())
    for event in _openings(page, first):
        calendar.add_component(_finished(event, page, year, at))
    if first <= page.collect_until:
        calendar.add_component(_finished(_last_day(page), page, year, at))
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
                skipped = [day for day in dates if kept[0] < day < kept[-1] and day not in kept]
                yield _weekly(kept, skipped, interval, hours.WEEKDAYS[number])
    for day in every_day:
        regular = {(interval.opens, interval.closes) for interval in page.schedule.week[day.weekday()]}
        for opens, closes in _stretches(as_they_are[day]):
            if (opens, closes) not in regular:
                yield _event(day, Interval(opens, closes), day.isoformat())


def _stretches(day: hours.Day) -> list[tuple[int, int]]:
    return [(opening.opens, opening.closes) for opening in day.openings]


def _weekly(kept: list[dt.date], skipped: list[dt.date], interval: Interval, weekday: str) -> Event:
    event = _event(kept[0], interval, weekday)
    if len(kept) > 1:
        until = _wall(kept[-1], interval.opens).astimezone(dt.UTC)
        event.add("rrule", {"freq": "weekly", "until": until})
    for day in skipped:
        event.add("exdate", _wall(day, interval.opens))
    return event


def _event(day: dt.date, interval: Interval, name: str) -> Event:
    """An opening; `name` makes it the same event in a file fetched later, so that a calendar renews it."""
    event = Event()
    event.add("uid", f"{name}-{interval.opens:04d}-{interval.closes:04d}")
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


def _brussels() -> Timezone:
    """The zone with the rule that holds since 1996: the last Sundays of March and October."""
    zone = Timezone()
    zone.add("tzid", "Europe/Brussels")
    hour = dt.timedelta(hours=1)
    for part, name, start, month, was, becomes in (
        (TimezoneDaylight(), "CEST", dt.datetime(1996, 3, 31, 2), 3, hour, 2 * hour),  # noqa: DTZ001 -- a wall time
        (TimezoneStandard(), "CET", dt.datetime(1996, 10, 27, 3), 10, 2 * hour, hour),  # noqa: DTZ001
    ):
        part.add("tzname", name)
        part.add("dtstart", start)
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        part.add("tzoffsetfrom", was)
        part.add("tzoffsetto", becomes)
        zone.add_component(part)
    return zone


def _wall(day: dt.date, minutes: int) -> dt.datetime:
    days_on, minutes = divmod(minutes, 24 * 60)
    return dt.datetime.combine(day + dt.timedelta(days=days_on), dt.time(*divmod(minutes, 60)), tzinfo=BRUSSELS)
