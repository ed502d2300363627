"""/balie/<point>/cijfers/: a point sees its own figures, for everyone who stands at its desk. No persons."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from distribution.queries import desk_figures, settlements
from distribution.queries.desk_figures import Week
from pickup_points.desks import Desk
from pickup_points.http import at_desk

# The curve, in units of its own drawing: the sheet of styles gives it its size and colours.
WIDTH, TOP, BASE = 900, 20, 220
# Room at both ends, for the label of the first and the last week.
EDGE = 32
# A label below a bar for so many weeks at most.
MOST_LABELS = 8


@dataclass(frozen=True)
class Bar:
    """One week of the drawing: this year's bar, and the mark of the year before."""

    week: Week
    middle: int
    left: int
    width: int
    top: int
    tall: int
    before: int
    has_label: bool


@require_safe
@at_desk()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    at = timezone.now()
    card_year = settlements.current_year(timezone.localdate(at))
    found = desk_figures.figures(desk.point, card_year, at=at) if card_year else None
    context = {"desk": desk, "tab": "overview", "figures": found}
    if found:
        context |= {"bars": bars(found.weeks), "size": (WIDTH, BASE)}
    return render(request, "distribution/desk/figures.html", context)


def bars(weeks: tuple[Week, ...]) -> list[Bar]:
    """The weeks as a drawing; the highest bar fills it."""
    highest = max((max(one.count or 0, one.year_before or 0) for one in weeks), default=0) or 1
    column = (WIDTH - 2 * EDGE) / max(1, len(weeks))
    every = -(-len(weeks) // MOST_LABELS)
    drawn = []
    for number, week in enumerate(weeks):
        tall = _height(week.count or 0, highest)
        drawn.append(
            Bar(
                week,
                middle=round(EDGE + (number + 0.5) * column),
                left=round(EDGE + (number + 0.2) * column),
                width=max(2, round(column * 0.6)),
                top=BASE - tall,
                tall=tall,
                before=BASE - _height(week.year_before or 0, highest),
                has_label=number % every == 0,
            )
        )
    return drawn


def _height(count: int, highest: int) -> int:
    return round((BASE - TOP) * count / highest)
