"""From which day the people of a year may be forgotten, and which years it is time for (rules.retention)."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max, Q

from distribution.models import CardYear
from distribution.rules import retention
from pickup_points.models import PointYear


@dataclass(frozen=True)
class Days:
    """The last day on which anyone could collect; and the first days without people and without staff numbers."""

    last_day: dt.date
    people: dt.date
    numbers: dt.date


def days_of(card_year: CardYear, *, days: int) -> Days:
    """`days`: how long after its last collection day the people of a year stay."""
    following = CardYear.objects.filter(year=card_year.year + 1).first()
    last = last_day(card_year)
    return Days(
        last_day=last,
        people=retention.people_go_on(last, days=days),
        numbers=retention.numbers_go_on(last, next_last_day=last_day(following) if following else None, days=days),
    )


def last_day(card_year: CardYear) -> dt.date:
    """The latest day on which any point of the year hands over: some have days of their own."""
    of_points = PointYear.objects.filter(year=card_year.year).aggregate(last=Max("collect_until"))["last"]
    return max(card_year.collect_until, of_points or card_year.collect_until)


def years_due(*, on: dt.date, days: int) -> list[CardYear]:
    """The years of which something may be forgotten on a day and was not yet, the oldest first."""
    waiting = CardYear.objects.filter(Q(people_gone_at=None) | Q(numbers_gone_at=None)).order_by("year")
    found = []
    for card_year in waiting:
        when = days_of(card_year, days=days)
        if (card_year.people_gone_at is None and on >= when.people) or on >= when.numbers:
            found.append(card_year)
    return found
