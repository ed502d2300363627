"""The overview of a desk: today, the week, the latest hand-overs, what still waits."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from distribution.actions import readings
from distribution.enums import ReadingKind
from distribution.queries import desk_closing, desk_overview
from distribution.queries.desk_overview import Day
from distribution.views import desk_answers
from pickup_points import hours
from pickup_points.desks import Desk
from pickup_points.http import at_desk

# The curve, in units of its own drawing: the sheet of styles gives it its size and colours.
WIDTH, HEIGHT, TOP, BASE = 700, 240, 30, 200
COLUMN, BAR = 100, 46


@dataclass(frozen=True)
class Bar:
    """One day of the curve: this week's bar, and the mark of a week earlier."""

    day: Day
    name: str
    middle: int
    left: int
    top: int
    tall: int
    before: int
    is_today: bool


@require_safe
@at_desk()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    at = timezone.now()
    overview = desk_overview.overview(desk, at=at)
    if overview.latest:
        seen = [done.hand_over.card_id for done in overview.latest]
        readings.note(
            ReadingKind.CARD, by=desk.user, point_id=desk.point.pk, at=at, cards=seen, secret=settings.SECRET_KEY
        )
    answer = desk_answers.kept(request, desk)
    context = {
        "desk": desk,
        "tab": "overview",
        "overview": overview,
        "closed": desk_closing.closed(desk.point, at=at),
        "office_email": settings.OFFICE_EMAIL,
        "bars": bars(overview.week),
        "size": (WIDTH, HEIGHT, BASE),
        "answer": answer if answer and answer["kind"] == "undone" else None,
    }
    return render(request, "distribution/desk/overview.html", context)


def bars(week: tuple[Day, ...]) -> list[Bar]:
    """The days as a drawing; the highest bar fills it."""
    highest = max(1, *(day.count or 0 for day in week), *(day.week_before for day in week))
    past = sum(day.is_today_or_before for day in week)
    drawn = []
    for number, day in enumerate(week):
        middle = number * COLUMN + COLUMN // 2
        tall = _height(day.count or 0, highest)
        drawn.append(
            Bar(
                day,
                name=hours.weekday(day.date),
                middle=middle,
                left=middle - BAR // 2,
                top=BASE - tall,
                tall=tall,
                before=BASE - _height(day.week_before, highest),
                is_today=number == past - 1,
            )
        )
    return drawn


def _height(count: int, highest: int) -> int:
    return round((BASE - TOP) * count / highest)
