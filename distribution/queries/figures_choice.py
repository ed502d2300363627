"""What of the figures somebody asks for, and the table that answers it: one way in for pages, files, charts and snapshots."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from distribution.enums import FiguresBy
from distribution.models import CardYear, PublishedFigures
from distribution.queries import figures, figures_school_years
from distribution.queries.figures_table import Table
from distribution.rules.reconciliation import Tolerance
from pickup_points.models import PickupPoint
from pickup_points.reference import land, municipalities


@dataclass(frozen=True, slots=True)
class Choice:
    """`first` and `last` are the years, both None for all there are; `borders`: those of one year, otherwise as they were."""

    by: FiguresBy = FiguresBy.CHANNEL
    first: int | None = None
    last: int | None = None
    is_by_school_year: bool = False
    borders: int | None = None

    @property
    def years(self) -> range | None:
        return None if self.first is None or self.last is None else range(self.first, self.last + 1)

    def as_dict(self) -> dict[str, Any]:
        """To keep, or to show to a program; `of` reads it back."""
        return {
            "by": self.by.value,
            "years": None if self.years is None else [self.first, self.last],
            "period": "school" if self.is_by_school_year else "calendar",
            "borders": self.borders,
        }


def of(kept: dict[str, Any]) -> Choice:
    """The choice that was kept as such."""
    first, last = kept["years"] or (None, None)
    return Choice(FiguresBy(kept["by"]), first, last, kept["period"] == "school", kept["borders"])


def table(choice: Choice, *, tolerance: Tolerance) -> Table:
    """The figures asked for, with small groups in them: see without_small_groups."""
    if choice.is_by_school_year:
        return figures_school_years.school_years(choice.years, choice.by, borders=choice.borders)
    return figures.figures(choice.years, choice.by, tolerance=tolerance, borders=choice.borders)


def known_years() -> list[int]:
    """The years there may be figures of, published or our own, the oldest first."""
    published = PublishedFigures.objects.values_list("year", flat=True)
    return sorted({*published, *CardYear.objects.values_list("year", flat=True)})


def own_year(*, on: dt.date) -> int | None:
    """The latest year of our own that made cards: the one people ask about; None when there is none."""
    ran = CardYear.objects.filter(last_run_at__isnull=False, year__lte=on.year + 1)
    return ran.order_by("-year").values_list("year", flat=True).first()


def spots(by: FiguresBy) -> dict[str, tuple[float, float]]:
    """Where the rows of a table lie on the sheet of dots, by their key; nothing for what lies nowhere."""
    if by == FiguresBy.MUNICIPALITY:
        return {town.nis: land.project(town.latitude, town.longitude) for town in municipalities().values()}
    if by != FiguresBy.POINT:
        return {}
    found = {}
    for code, postcode, latitude, longitude in PickupPoint.objects.values_list(
        "code", "postcode", "latitude", "longitude"
    ):
        if latitude is not None and longitude is not None:
            found[code] = land.project(latitude, longitude)
        elif postcode in land.centres():
            found[code] = land.centres()[postcode]
    return found
