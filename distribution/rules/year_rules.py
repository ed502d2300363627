"""What holds in a card year: its dates, who is entitled, and where a card lies. And what differs between two of those."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The lookup exists since 1 December 2015 (domain.md); nobody prepares a card ten years ahead.
FIRST_CARD_YEAR = 2015
YEARS_AHEAD = 10
DATES = ("lookup_from", "collect_from", "collect_until")
Kind = tuple[str, str]


@dataclass(frozen=True)
class Dates:
    """The days of a year."""

    lookup_from: dt.date
    collect_from: dt.date
    collect_until: dt.date
    starter_mailings: tuple[dt.date, ...]


def usual_dates(year: int) -> Dates:
    """The days a year has unless Klasse decides otherwise (interface.md §3)."""
    return Dates(
        lookup_from=dt.date(year - 1, 12, 1),
        collect_from=dt.date(year - 1, 12, 27),
        collect_until=dt.date(year, 7, 10),
        starter_mailings=(dt.date(year, 1, 15), dt.date(year, 3, 15), dt.date(year, 6, 15)),
    )


def school_year_of(year: int) -> tuple[dt.date, dt.date]:
    """The first and the last day of the school year a card year is for: who works in it gets the card."""
    return dt.date(year - 1, 9, 1), dt.date(year, 8, 31)


@dataclass(frozen=True)
class YearRules:
    """The dates, the level × category table, the excluding codes with their meaning, and the fall-back of a year."""

    lookup_from: dt.date
    collect_from: dt.date
    collect_until: dt.date
    starter_mailings: tuple[dt.date, ...]
    falls_back_on_school: bool
    entitled: frozenset[Kind]
    codes: Mapping[str, str]

    @property
    def stamp(self) -> str:
        """The same for the same rules: what a form remembers of what it showed."""
        facts = [
            *(str(getattr(self, name)) for name in DATES),
            [str(day) for day in self.starter_mailings],
            self.falls_back_on_school,
            sorted(self.entitled),
            sorted(self.codes.items()),
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Difference:
    """From one set of rules to another. Of dates and of the fall-back: what it was and what it becomes."""

    dates: Mapping[str, tuple[dt.date, dt.date]]
    mailings: tuple[tuple[dt.date, ...], tuple[dt.date, ...]] | None
    fall_back: tuple[bool, bool] | None
    added: tuple[Kind, ...]
    removed: tuple[Kind, ...]
    codes_added: dict[str, str]
    codes_removed: dict[str, str]
    # The meaning alone: what it becomes.
    codes_reworded: dict[str, str]

    def __bool__(self) -> bool:
        return any(vars(self).values())

    @property
    def needs_run(self) -> bool:
        """True when it may change who gets a card, along which way, or where it lies."""
        others = (self.mailings, self.fall_back, self.added, self.removed, self.codes_added, self.codes_removed)
        return any(others)

    def as_json(self) -> dict[str, Any]:
        """What changed and nothing else, for the event."""
        told: dict[str, Any] = {name: [str(was), str(becomes)] for name, (was, becomes) in self.dates.items()}
        if self.mailings:
            told["starter_mailings"] = [[str(day) for day in days] for days in self.mailings]
        if self.fall_back:
            told["falls_back_on_school"] = list(self.fall_back)
        kinds = {"entitled": self.added, "not_entitled": self.removed}
        told |= {name: [list(kind) for kind in found] for name, found in kinds.items() if found}
        codes = {
            "codes_added": self.codes_added,
            "codes_removed": self.codes_removed,
            "codes_reworded": self.codes_reworded,
        }
        return told | {name: dict(found) for name, found in codes.items() if found}


def differ(was: YearRules, becomes: YearRules, *, years_between: int = 0) -> Difference:
    """What differs. With `years_between` days are compared as if they lay so many years later."""

    def moved(day: dt.date) -> dt.date:
        return _years_later(day, years_between)

    dates = {name: (getattr(was, name), getattr(becomes, name)) for name in DATES}
    mailings = (was.starter_mailings, becomes.starter_mailings)
    return Difference(
        dates={name: pair for name, pair in dates.items() if moved(pair[0]) != pair[1]},
        mailings=mailings if tuple(map(moved, mailings[0])) != mailings[1] else None,
        fall_back=(was.falls_back_on_school, becomes.falls_back_on_school)
        if was.falls_back_on_school != becomes.falls_back_on_school
        else None,
        added=tuple(sorted(becomes.entitled - was.entitled)),
        removed=tuple(sorted(was.entitled - becomes.entitled)),
        codes_added={code: text for code, text in becomes.codes.items() if code not in was.codes},
        codes_removed={code: text for code, text in was.codes.items() if code not in becomes.codes},
        codes_reworded={
            code: text for code, text in becomes.codes.items() if code in was.codes and was.codes[code] != text
        },
    )


def _years_later(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
