"""A change of a point's own data in words: field by field, day by day, and what to think of before saving."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from pickup_points import hours
from pickup_points.hours import Day, Schedule, feasts
from pickup_points.hours.words import listed, long_date, short_date
from pickup_points.intake.change_words import Line, lines
from pickup_points.intake.own_data import Changes, OwnData
from pickup_points.queries import Season, readable_schedule

DAYS_SHOWN = 14
LATER_SHOWN = 8
LONGEST_PERIOD = 500


@dataclass(frozen=True)
class DayChange:
    """A day as the public reads it now and will read it."""

    was: Day
    becomes: Day

    @property
    def is_different(self) -> bool:
        return (self.was.text, self.was.note) != (self.becomes.text, self.becomes.note)


@dataclass(frozen=True)
class Remark:
    """Something to think of before saving: `kind` is "", "care" or "alarm"."""

    kind: str
    text: str


@dataclass(frozen=True)
class Review:
    """What a change does, before it is saved. `status`: the sentence the lookup will give at this moment."""

    lines: list[Line]
    days: list[DayChange]
    later: list[DayChange]
    more_later: int
    status: str
    remarks: list[Remark]


def review(
    was: OwnData, becomes: OwnData, *, changes: Changes, season: Season | None, waiting: int, at: dt.datetime
) -> Review:
    """Everything the manager should see before saving."""
    today = at.astimezone(hours.calendar.BRUSSELS).date()
    old, new = _schedule(was, season), _schedule(becomes, season)
    start = _first_shown(old, new, today)
    days = _compared(old, new, start, DAYS_SHOWN)
    later: list[DayChange] = []
    if season:
        last = max(filter(None, (old.collect_until, new.collect_until)))
        first_later = start + dt.timedelta(days=DAYS_SHOWN)
        count = min((last - first_later).days + 1, LONGEST_PERIOD)
        later = [day for day in _compared(old, new, first_later, count) if day.is_different] if count > 0 else []
    return Review(
        lines=lines(changes),
        days=days,
        later=later[:LATER_SHOWN],
        more_later=max(0, len(later) - LATER_SHOWN),
        status=hours.status(new, at=at).sentence if season else "",
        remarks=list(_remarks(old, new, waiting=waiting, today=today)) if season else [],
    )


def feasts_open(data: OwnData, season: Season | None, today: dt.date) -> list[str]:
    """The holidays of the period that are open days by the week, with nothing said about them yet."""
    schedule = _schedule(data, season)
    if season is None or schedule.collect_from is None or schedule.collect_until is None:
        return []
    first = max(today, schedule.collect_from)
    count = min((schedule.collect_until - first).days + 1, LONGEST_PERIOD)
    days = hours.days(schedule, from_=first, count=count) if count > 0 else ()
    return [
        f"{long_date(day.date)} ({feasts.name(day.date)})"
        for day in days
        if day.kind == "regular" and feasts.name(day.date)
    ]


def _schedule(data: OwnData, season: Season | None) -> Schedule:
    return readable_schedule(
        data.hours,
        data.closed,
        data.exceptional,
        first=data.collect_from or (season.collect_from if season else None),
        last=data.collect_until or (season.collect_until if season else None),
    )


def _first_shown(old: Schedule, new: Schedule, today: dt.date) -> dt.date:
    """Today; but while nobody can come yet in the coming two weeks, the first day on which somebody can."""
    first = min((day for day in (old.collect_from, new.collect_from) if day), default=today)
    return first if first >= today + dt.timedelta(days=DAYS_SHOWN) else today


def _compared(old: Schedule, new: Schedule, start: dt.date, count: int) -> list[DayChange]:
    pairs = zip(hours.days(old, from_=start, count=count), hours.days(new, from_=start, count=count), strict=True)
    return [DayChange(was, becomes) for was, becomes in pairs]


def _remarks(old: Schedule, new: Schedule, *, waiting: int, today: dt.date) -> Iterator[Remark]:
    assert old.collect_until
    assert new.collect_from
    assert new.collect_until
    people = "1 mens wacht" if waiting == 1 else f"{waiting} mensen wachten"
    if waiting and new.collect_until < today:
        yield Remark(
            "alarm",
            f"De laatste dag ligt dan voorbij: {people} hier nog, en de opzoeker zegt hun dat de afhaalperiode "
            "voorbij is. Hun kaarten blijven daar tot Klasse beslist.",
        )
    elif waiting and new.collect_until < old.collect_until:
        yield Remark(
            "care",
            f"{people.capitalize()} hier nog, en moet{'' if waiting == 1 else 'en'} dan uiterlijk op "
            f"{long_date(new.collect_until)} komen. Dat was {long_date(old.collect_until)}. "
            "Hun kaarten blijven daar liggen: er verhuist niets vanzelf.",
        )
    if today <= new.collect_until:
        first = max(today, new.collect_from)
        if not hours.openings_between(new, first=first, last=new.collect_until):
            yield Remark(
                "alarm",
                f"Van {long_date(first)} tot en met {long_date(new.collect_until)} is het punt dan geen enkele dag open. "
                "Niemand kan zijn kaart nog afhalen.",
            )
    outside = [day for day in new.exceptions if not new.collect_from <= day <= new.collect_until]
    if outside:
        yield Remark(
            "",
            f"{listed([_date(day) for day in outside])}: buiten de afhaalperiode. Dat mag, maar voor het afhalen telt het niet.",
        )
    both = [day for day in new.exceptions if any(first <= day <= last for first, last in new.closures)]
    if both:
        yield Remark(
            "",
            f"{listed([_date(day) for day in both])}: bij Gesloten én bij Uitzonderlijk open. Dan tellen de uitzonderlijke uren.",
        )


def _date(day: dt.date) -> str:
    return f"{short_date(day)} {day.year}"
