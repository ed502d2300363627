"""The poster "Hier is mijn Lerarenkaart" that a point hangs at its door: A4 and A3 of one drawing."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import groupby
from pathlib import Path

import segno
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from distribution.documents import pdf
from pickup_points import hours
from pickup_points.hours.words import clock, listed, short_date
from pickup_points.models import PickupPoint

STYLE = "lerarenkaart/poster.css"
# From this many characters on a text is set smaller, so that it always fits.
LONG_NAME, VERY_LONG_NAME, LONG_OWN_TEXT = 26, 56, 100
# A week of more lines than this is set smaller; dates below it take as much room as three of them.
FEW_LINES, MANY_LINES, LINES_OF_DATES = 6, 17, 3
OWN_TEXT = "Vraag ernaar aan de balie."
CLOSURES_SHOWN, EXCEPTIONS_SHOWN = 4, 2


class Size(StrEnum):
    A4 = "a4"
    A3 = "a3"


# One em of the drawing in points: the drawing is 59.53 em wide.
EM = {Size.A4: 10.0, Size.A3: 14.142}


@dataclass(frozen=True)
class Row:
    """Days of the week with the same hours; without parts they are closed."""

    days: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Poster:
    """Everything on the poster, in words. `week` is empty when no hours are known, `period` for a point outside the year."""

    name: str
    address: str
    week: tuple[Row, ...]
    closed: str
    exceptional: str
    period: str
    own_text: str
    url: str

    @property
    def qr(self) -> str:
        """The QR as a data: address for an image; the quiet zone around it comes along."""
        return str(segno.make_qr(self.url, error="m").png_data_uri(border=2, scale=1))

    @property
    def shown_url(self) -> str:
        return self.url.partition("://")[2].rstrip("/")

    @property
    def name_size(self) -> str:
        if len(self.name) < LONG_NAME:
            return "short"
        return "long" if len(self.name) < VERY_LONG_NAME else "very-long"

    @property
    def hours_size(self) -> str:
        lines = sum(max(1, len(row.parts)) for row in self.week)
        lines += LINES_OF_DATES if self.closed or self.exceptional else 0
        if lines <= FEW_LINES:
            return "few"
        return "many" if lines <= MANY_LINES else "very-many"

    @property
    def own_size(self) -> str:
        long = "long" if len(self.own_text) > LONG_OWN_TEXT else ""
        return long if self.period else f"{long} alone"


def compose(
    point: PickupPoint,
    schedule: hours.Schedule,
    *,
    period: tuple[dt.date, dt.date] | None,
    url: str,
    today: dt.date,
) -> Poster:
    """What a point's poster says on a day: dates that are over are left out, and so are those outside the period."""
    first, last = (max(today, period[0]), period[1]) if period else (today, dt.date.max)
    closures = [
        _stretch(max(begin, first), min(end, last))
        for begin, end in schedule.closures
        if begin <= last and first <= end
    ]
    exceptions = [
        f"{short_date(day)} {listed(_parts(intervals))}"
        for day, intervals in schedule.exceptions.items()
        if first <= day <= last
    ]
    return Poster(
        name=point.name,
        address=point.address,
        week=tuple(_week(schedule)) if any(schedule.week) else (),
        closed=_some(closures, most=CLOSURES_SHOWN),
        exceptional=_some(exceptions, most=EXCEPTIONS_SHOWN),
        period=f"Van {_date(period[0])} tot en met {_date(period[1])}" if period else "",
        own_text=point.poster_text or OWN_TEXT,
        url=url,
    )


def render(poster: Poster, *, size: Size) -> bytes:
    """The poster as a PDF of one page. The same poster gives the same bytes."""
    html = render_to_string("distribution/documents/poster.html", {"poster": poster})
    return pdf.render(html, css=_style(size))


@cache
def _style(size: Size) -> str:
    found = finders.find(STYLE)
    assert isinstance(found, str)
    page = f"@page {{ size: {size.value.upper()}; margin: 0 }} body {{ margin: 0; font-size: {EM[size]}pt }}\n"
    return page + Path(found).read_text(encoding="utf-8")


def _week(schedule: hours.Schedule) -> Iterator[Row]:
    """The week, days with the same hours that follow each other as one row: "ma – vr"."""
    for intervals, group in groupby(zip(hours.WEEKDAYS, schedule.week, strict=True), key=lambda one: one[1]):
        days = [name for name, _ in group]
        yield Row(days[0] if len(days) == 1 else f"{days[0]} – {days[-1]}", tuple(_parts(intervals)))


def _parts(intervals: tuple[hours.Interval, ...]) -> list[str]:
    return [f"{clock(one.opens)}–{clock(one.closes)}" for one in intervals]


def _stretch(begin: dt.date, end: dt.date) -> str:
    if begin == end:
        return short_date(begin)
    if (begin.year, begin.month) == (end.year, end.month):
        return f"{begin.day}–{short_date(end)}"
    return f"{short_date(begin)} – {short_date(end)}"


def _date(day: dt.date) -> str:
    return f"{short_date(day)} {day.year}"


def _some(dates: list[str], *, most: int) -> str:
    """The first dates; who wants more looks at the site."""
    return listed(dates) if len(dates) <= most else f"{', '.join(dates[:most])} … en meer op de site"
