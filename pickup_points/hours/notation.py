"""The notation of opening hours, as people type it and as we keep it.

`09:00-12:00 13:30-18:00` · closures `2026-12-25 2026-12-28/2027-01-02` · exceptions
`2026-12-29=10:00-12:00 13:00-16:00`. Times may be typed as 9:30, 9.30, 9u30, 9h or 9; the
writers give the one form that is kept.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pickup_points.hours.words import MINUTES_IN_DAY

WEEKDAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")
# An end before its start is night work when it ends by this hour; later it is more likely a slip (O01, O05).
NIGHT_ENDS_BY = 6 * 60
FIRST_YEAR, LAST_YEAR = 2015, 2099
LONGEST = 2_000

TIME = r"[0-9]{1,2}(?:\s?[:.uh]\s?[0-9]{2}|\s?(?:uur|[uh]))?"
DASH = r"\s*(?:-|–|—|\btot\b)\s*"
PART = re.compile(rf"({TIME}){DASH}({TIME})(?:\s?uur)?", re.IGNORECASE)
SPELLED_TIME = re.compile(r"([0-9]{1,2})(?:\s?[:.uh]\s?([0-9]{2})|\s?(?:uur|[uh]))?", re.IGNORECASE)
BETWEEN = re.compile(r"(?:\s|,|;|&|\+|\ben\b)+", re.IGNORECASE)
CLOSED_WORDS = {"", "-", "–", "gesloten", "toe"}
ISO_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
WRITTEN_DATE = rf"(?:{ISO_DATE}|[0-9]{{1,2}}[/-][0-9]{{1,2}}[/-][0-9]{{4}})"
CLOSURE = re.compile(rf"({WRITTEN_DATE})(?:\s*/\s*({ISO_DATE})|\s*(?:t/m|tot en met)\s*({WRITTEN_DATE}))?")
# A day without its year, or with two digits of it: which year is meant cannot be known.
SHORT_DATE = re.compile(r"(?:(?:t/m|tot en met)\s*)?([0-9]{1,2}[/-][0-9]{1,2}([/-][0-9]{2})?)(?![0-9/-])")
CLOSURES_AS = "Schrijf gesloten dagen als 25/12/2026 of 28/12/2026 t/m 02/01/2027, elk op een regel."
EXCEPTIONS_AS = "Schrijf uitzonderlijke uren als 29/12/2026: 10:00-14:00."
EXCEPTION = re.compile(rf"({WRITTEN_DATE})\s*[=:]\s*")


class HoursError(ValueError):
    """Hours that cannot be taken: a stable `code` and a Dutch sentence that shows what was typed.

    `day`: the weekday it is about, when it only shows beside the next one.
    """

    def __init__(self, code: str, sentence: str, *, day: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.day = day


class Interval(NamedTuple):
    """Open from `opens` up to `closes`, in minutes since midnight; `closes` over 1440 is after midnight."""

    opens: int
    closes: int


Intervals = tuple[Interval, ...]
Closures = tuple[tuple[dt.date, dt.date], ...]


@dataclass(frozen=True, eq=False)
class Schedule:
    """When a place is open and in which days a card can be fetched. Made by `read`, one object per content."""

    week: tuple[Intervals, ...]
    closures: Closures
    exceptions: Mapping[dt.date, Intervals]
    collect_from: dt.date | None
    collect_until: dt.date | None

    def is_closed(self, day: dt.date) -> bool:
        """An announced closure that no exception lifts."""
        return day not in self.exceptions and any(first <= day <= last for first, last in self.closures)


def read(
    *,
    week: Mapping[str, str],
    closed: str = "",
    exceptional: str = "",
    collect_from: dt.date | None = None,
    collect_until: dt.date | None = None,
) -> Schedule:
    """A schedule from the kept fields of a point; raises HoursError. Read once for the same content."""
    return _read(tuple(week.get(day, "") for day in WEEKDAYS), closed, exceptional, collect_from, collect_until)


@lru_cache(maxsize=2048)
def _read(
    week: tuple[str, ...], closed: str, exceptional: str, collect_from: dt.date | None, collect_until: dt.date | None
) -> Schedule:
    if collect_from and collect_until and collect_until < collect_from:
        raise HoursError("date_order", "De laatste afhaaldag ligt voor de eerste.")
    schedule = Schedule(
        week=tuple(map(read_hours, week)),
        closures=read_closures(closed),
        exceptions=read_exceptions(exceptional),
        collect_from=collect_from,
        collect_until=collect_until,
    )
    for number, intervals in enumerate(schedule.week):
        _check_night(intervals, schedule.week[(number + 1) % 7], WEEKDAYS[number], WEEKDAYS[(number + 1) % 7])
    return schedule


def read_hours(written: str) -> Intervals:
    """The hours of one day, in order, touching parts joined; empty is closed. Raises HoursError."""
    text = _plain(written)
    if text.lower() in CLOSED_WORDS:
        return ()
    intervals: list[Interval] = []
    at = 0
    while at < len(text):
        found = PART.match(text, at)
        if not found:
            raise HoursError(
                "bad_hours", f"“{_shown(text)}” zijn geen openingsuren. Schrijf ze als 09:00-12:00 13:30-18:00."
            )
        intervals.append(_interval(found))
        gap = BETWEEN.match(text, found.end())
        if not gap and found.end() < len(text):
            raise HoursError(
                "bad_hours", f"“{_shown(text)}”: zet een spatie tussen twee delen, zoals 09:00-12:00 13:30-18:00."
            )
        at = gap.end() if gap else len(text)
    return _joined(sorted(intervals))


def _interval(found: re.Match[str]) -> Interval:
    opens, closes = (_minutes(time) for time in found.groups())
    written = found.group(0)
    if opens == MINUTES_IN_DAY:
        raise HoursError("bad_hours", f"“{written}”: 24:00 kan alleen het einde van een dag zijn.")
    if opens == closes:
        raise HoursError(
            "bad_hours", f"“{written}” begint en eindigt op hetzelfde uur. De hele dag open is 00:00-24:00."
        )
    if closes < opens:
        if closes > NIGHT_ENDS_BY:
            turned = write((Interval(closes, opens),))
            raise HoursError("bad_hours", f"“{written}” eindigt voor het begint. Bedoel je {turned}?")
        closes += MINUTES_IN_DAY
    return Interval(opens, closes)


def _minutes(written: str) -> int:
    found = SPELLED_TIME.fullmatch(written)
    assert found is not None
    hour, minute = int(found.group(1)), int(found.group(2) or 0)
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        raise HoursError("bad_hours", f"“{written}” is geen uur. Een dag loopt van 00:00 tot 24:00.")
    return hour * 60 + minute


def _joined(intervals: list[Interval]) -> Intervals:
    joined: list[Interval] = []
    for interval in intervals:
        if joined and interval.opens < joined[-1].closes:
            raise HoursError(
                "hours_overlap",
                f"{write((joined[-1],))} en {write((interval,))} overlappen. Voeg ze samen of verbeter er een.",
            )
        if joined and interval.opens == joined[-1].closes:
            interval = Interval(joined.pop().opens, interval.closes)
        joined.append(interval)
    if joined and joined[-1].closes - MINUTES_IN_DAY > joined[0].opens:
        raise HoursError("hours_overlap", f"{write((joined[-1],))} loopt tot na het begin van {write((joined[0],))}.")
    return tuple(joined)


def _check_night(today: Intervals, tomorrow: Intervals, name: str, next_name: str) -> None:
    if today and tomorrow and today[-1].closes - MINUTES_IN_DAY > tomorrow[0].opens:
        raise HoursError(
            "hours_overlap",
            f"{name} {write((today[-1],))} en {next_name} {write((tomorrow[0],))} overlappen in de nacht.",
            day=name,
        )


def read_closures(written: str) -> Closures:
    """Dated closures as (first, last) pairs in order, overlapping and adjoining ones joined. Raises HoursError."""
    text = _plain(written)
    pairs: list[tuple[dt.date, dt.date]] = []
    at = 0
    while at < len(text):
        found = CLOSURE.match(text, at)
        gap = BETWEEN.match(text, found.end()) if found else None
        if not found or (not gap and found.end() < len(text)):
            raise _bad_date(text, at, then=CLOSURES_AS)
        first = _date(found.group(1))
        last = _date(found.group(2) or found.group(3) or found.group(1))
        if last < first:
            raise HoursError("date_order", f"“{found.group(0)}” eindigt voor het begint.")
        pairs.append((first, last))
        at = gap.end() if gap else len(text)
    joined: list[tuple[dt.date, dt.date]] = []
    for first, last in sorted(pairs):
        if joined and first <= joined[-1][1] + dt.timedelta(days=1):
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return tuple(joined)


def read_exceptions(written: str) -> dict[dt.date, Intervals]:
    """Dated hours by date; parts without a date belong to the date before them. Raises HoursError."""
    text = _plain(written)
    marks = list(EXCEPTION.finditer(text))
    if text and (not marks or marks[0].start() > 0):
        raise _bad_date(text, 0, then=EXCEPTIONS_AS)
    exceptions: dict[dt.date, Intervals] = {}
    for number, mark in enumerate(marks):
        until = marks[number + 1].start() if number + 1 < len(marks) else len(text)
        day = _date(mark.group(1))
        intervals = read_hours(BETWEEN.sub(" ", text[mark.end() : until]).strip())
        if day in exceptions:
            raise HoursError(
                "same_date_twice",
                f"{day:%d/%m/%Y} staat twee keer bij de uitzonderlijke uren: {write(exceptions[day])} en {write(intervals)}. "
                "Zet alle uren van die dag samen.",
            )
        if not intervals:
            raise HoursError("bad_hours", f"{day:%d/%m/%Y} heeft geen uren. Een gesloten dag hoort bij Gesloten.")
        exceptions[day] = intervals
    return dict(sorted(exceptions.items()))


def _bad_date(text: str, at: int, *, then: str) -> HoursError:
    """What is wrong with the dates from a place in the text on, and `then` how they are written."""
    short = SHORT_DATE.match(text, at)
    if short is None:
        return HoursError("bad_date", f"“{_shown(text)}” kunnen we niet lezen. {then}")
    wrong = "schrijf het jaar met vier cijfers" if short.group(2) else "het jaar ontbreekt"
    return HoursError("bad_date", f"“{short.group(1)}”: {wrong}. {then}")


def _date(written: str) -> dt.date:
    parts = [int(part) for part in re.split(r"[/-]", written)]
    year, month, day = parts if re.fullmatch(ISO_DATE, written) else reversed(parts)
    try:
        found = dt.date(year, month, day)
    except ValueError:
        raise HoursError("bad_date", f"“{written}” bestaat niet. Schrijf een datum als 25/12/2026.") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise HoursError("bad_date", f"“{written}”: het jaar {year} kan niet kloppen.")
    return found


def write(intervals: Intervals) -> str:
    """The kept form: 09:00-12:00 13:30-18:00. An end after midnight is written as the hour of the next day."""
    return " ".join(f"{_clock(interval.opens)}-{_clock(interval.closes)}" for interval in intervals)


def _clock(minutes: int) -> str:
    hour, minute = divmod(minutes if minutes <= MINUTES_IN_DAY else minutes - MINUTES_IN_DAY, 60)
    return f"{hour:02d}:{minute:02d}"


def write_closures(closures: Closures) -> str:
    return " ".join(str(first) if first == last else f"{first}/{last}" for first, last in closures)


def write_exceptions(exceptions: Mapping[dt.date, Intervals]) -> str:
    return " ".join(f"{day}={write(intervals)}" for day, intervals in sorted(exceptions.items()))


def _plain(written: str) -> str:
    text = " ".join(written.split())
    if len(text) > LONGEST:
        raise HoursError("bad_hours", f"Meer dan {LONGEST} tekens openingsuren: dat kan niet kloppen.")
    return text


def _shown(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
