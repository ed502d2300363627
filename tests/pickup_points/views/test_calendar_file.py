"""The calendar file says exactly what the days say: read back and unfolded, it gives the same openings."""

import datetime as dt
from typing import Any

import pytest
from icalendar import Calendar, Component

from pickup_points import hours, queries
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.queries import PointPage
from pickup_points.views import calendar_file
from tests import make

pytestmark = pytest.mark.django_db
SEASON = queries.Season(2027, dt.date(2026, 12, 27), dt.date(2027, 7, 10))
EARLY = dt.datetime(2026, 12, 1, 12, tzinfo=BRUSSELS)


def page_of(**fields: Any) -> PointPage:
    make.point("bib", year=2027, name="Bib; met, tekens", **fields)
    return queries.point_page(SEASON, "bib")


def events(content: bytes) -> list[Component]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def unfolded(content: bytes) -> list[tuple[dt.datetime, dt.datetime]]:
    """Every opening in the file, weekly ones by hand: each week until the end, without the excepted days."""
    found = []
    for event in events(content):
        start, end = event.decoded("dtstart"), event.decoded("dtend")
        if not isinstance(start, dt.datetime):
            continue
        rule = event.get("rrule")
        last = rule["until"][0].astimezone(BRUSSELS) if rule else start
        exdate = event.get("exdate", [])
        skipped = {day.dt for each in (exdate if isinstance(exdate, list) else [exdate]) for day in each.dts}
        while start <= last:
            if start not in skipped:
                found.append((start, end))
            start, end = start + dt.timedelta(days=7), end + dt.timedelta(days=7)
    return sorted(found)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"closed": "2026-12-25 2026-12-28/2027-01-02 2027-03-29"},
        {"exceptional": "2026-12-29=10:00-14:00 2027-01-03=10:00-12:00 13:00-15:00 2027-01-04=09:00-12:00"},
        {"hours": {"vr": "18:00-02:00"}, "closed": "2027-01-09 2027-05-01"},
        {"hours": {"zo": "01:30-04:00"}},
        {"hours": {}},
        {"hours": {}, "exceptional": "2027-01-03=10:00-12:00"},
        {"closed": "2026-12-01/2027-07-10"},
    ],
)
def test_write_holds_the_openings_of_the_period(fields: dict[str, Any]) -> None:
    page = page_of(**fields)

    content = calendar_file.write(page, year=2027, at=EARLY)

    expected = hours.openings_between(page.schedule, first=page.collect_from, last=page.collect_until)
    assert [(start.replace(tzinfo=None), end.replace(tzinfo=None)) for start, end in unfolded(content)] == [
        (_wall(opening.opens_at, opening.opens), _wall(opening.closes_at, opening.closes)) for opening in expected
    ]


def _wall(moment: dt.datetime, minutes: int) -> dt.datetime:
    """The time as written: in the hour that is skipped in spring the clock shows another."""
    hour, minute = divmod(minutes % (24 * 60), 60)
    return moment.replace(hour=hour, minute=minute, tzinfo=None)


def test_write_marks_the_last_day() -> None:
    content = calendar_file.write(page_of(), year=2027, at=EARLY)

    last = events(content)[-1]
    assert (str(last["summary"]), last.decoded("dtstart")) == (
        "Laatste dag om je Lerarenkaart af te halen",
        dt.date(2027, 7, 10),
    )
    assert str(last["location"]) == "Bib; met, tekens, Kerkstraat 1, 9000 Gent"


def test_write_later_gives_the_same_events_with_the_same_ids() -> None:
    page = page_of()

    early = calendar_file.write(page, year=2027, at=EARLY)
    late = calendar_file.write(page, year=2027, at=dt.datetime(2027, 3, 3, 9, tzinfo=BRUSSELS))

    assert {str(event["uid"]) for event in events(late)} == {str(event["uid"]) for event in events(early)}
    assert unfolded(late)[0][0] == dt.datetime(2027, 3, 3, 9, tzinfo=BRUSSELS)


def test_write_after_the_period_is_an_empty_calendar() -> None:
    content = calendar_file.write(page_of(), year=2027, at=dt.datetime(2027, 8, 1, 9, tzinfo=BRUSSELS))

    assert events(content) == []


def test_write_zone_is_that_of_brussels() -> None:
    content = calendar_file.write(page_of(), year=2027, at=EARLY)

    (zone,) = Calendar.from_ical(content).walk("VTIMEZONE")
    assert [
        (str(part["tzname"]), part["rrule"].to_ical(), part["tzoffsetto"].to_ical()) for part in zone.subcomponents
    ] == [
        ("CEST", b"FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "+0200"),
        ("CET", b"FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "+0100"),
    ]
