"""The overview of a desk: today, this week beside the last, what was collected, what still waits. No stored totals."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, CharField, Count, Q, Value, When
from django.db.models.functions import Substr, TruncDate

from distribution.enums import CardState, Channel
from distribution.models import Card, HandOver
from distribution.queries import desk_closing, desk_screen, lookup, transfers
from distribution.rules import name_order
from pickup_points.desks import Desk
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.models import PickupPoint

DAYS = 7
LATEST = 10


@dataclass(frozen=True)
class Day:
    """Hand-overs of one day of this week and of the same day a week earlier; `count` is None for a day to come."""

    date: dt.date
    count: int | None
    week_before: int

    @property
    def is_today_or_before(self) -> bool:
        return self.count is not None


@dataclass(frozen=True)
class Letter:
    """How many cards wait under a letter of the list."""

    letter: str
    waiting: int


@dataclass(frozen=True)
class Overview:
    """Everything the page shows. `collected` and `waiting` are cards of the year that lie at this point, by their marks.

    `left_over`: what was counted by hand in their place, once it was.
    """

    year: int | None
    today: int
    week: tuple[Day, ...]
    collected: int
    waiting: int
    latest: tuple[desk_screen.Done, ...]
    letters: tuple[Letter, ...]
    transfers: int
    left_over: desk_closing.LeftOver | None = None

    @property
    def this_week(self) -> int:
        return sum(day.count or 0 for day in self.week)

    @property
    def share(self) -> int | None:
        """The collected part in whole percents; None when there is nothing to collect: that is not 0."""
        total = self.collected + self.waiting
        return round(100 * self.collected / total) if total else None


def overview(desk: Desk, *, at: dt.datetime) -> Overview:
    """A point's figures at one moment; the same number of questions for one card and for ten thousand."""
    today = at.astimezone(BRUSSELS).date()
    year = lookup.current_year(today)
    week = _week(desk.point, today=today)
    collected, waiting = _totals(desk.point, year.pk) if year else (0, 0)
    return Overview(
        year=year.year if year else None,
        today=week[today.weekday()].count or 0,
        week=week,
        collected=collected,
        waiting=waiting,
        latest=latest(desk, at=at),
        letters=_letters(desk.point, year.pk) if year else (),
        transfers=transfers.waiting_for_answer(desk.point, card_year_id=year.pk) if year else 0,
        left_over=desk_closing.left_over(desk.point, card_year_id=year.pk) if year else None,
    )


def latest(desk: Desk, *, at: dt.datetime, count: int = LATEST) -> tuple[desk_screen.Done, ...]:
    """The latest hand-overs at a point that stand, the newest first."""
    rows: Iterable[HandOver] = (
        HandOver.objects.filter(point=desk.point, undone_at=None)
        .select_related("card__person", "by")
        .order_by("-at", "-pk")[:count]
    )
    return tuple(desk_screen.as_seen(row, desk=desk, at=at) for row in rows)


def _week(point: PickupPoint, *, today: dt.date) -> tuple[Day, ...]:
    """Monday to Sunday, beside the same days a week earlier."""
    monday = today - dt.timedelta(days=today.weekday())
    start = desk_screen.day_in_brussels(monday - dt.timedelta(days=DAYS))
    end = desk_screen.day_in_brussels(monday + dt.timedelta(days=DAYS))
    counted = dict(
        HandOver.objects.filter(point=point, undone_at=None, at__gte=start, at__lt=end)
        .annotate(day=TruncDate("at", tzinfo=BRUSSELS))
        .values("day")
        .annotate(count=Count("card", distinct=True))
        .values_list("day", "count")
        .order_by("day")
    )
    days = [monday + dt.timedelta(days=number) for number in range(DAYS)]
    return tuple(
        Day(
            day,
            count=counted.get(day, 0) if day <= today else None,
            week_before=counted.get(day - dt.timedelta(days=DAYS), 0),
        )
        for day in days
    )


def _totals(point: PickupPoint, card_year_id: int) -> tuple[int, int]:
    totals = Card.objects.filter(card_year=card_year_id, pickup_point=point, channel=Channel.PICKUP).aggregate(
        collected=Count("pk", filter=Q(state=CardState.HANDED_OVER)),
        waiting=Count("pk", filter=Q(state=CardState.ISSUED)),
    )
    return totals["collected"], totals["waiting"]


def _letters(point: PickupPoint, card_year_id: int) -> tuple[Letter, ...]:
    """Waiting cards per letter, as the list has them: other scripts come last, as one."""
    other = When(person__sort_key__regex=f"^({name_order.AFTER_Z.pattern})", then=Value(name_order.OTHER_LETTERS))
    rows = (
        Card.objects.filter(card_year=card_year_id, pickup_point=point, channel=Channel.PICKUP, state=CardState.ISSUED)
        .annotate(first=Case(other, default=Substr("person__sort_key", 1, 1), output_field=CharField()))
        .values("first")
        .annotate(waiting=Count("pk"))
        .values_list("first", "waiting")
    )
    letters = [Letter(first.upper(), waiting) for first, waiting in rows]
    return tuple(sorted(letters, key=lambda one: (one.letter == name_order.OTHER_LETTERS, one.letter)))
