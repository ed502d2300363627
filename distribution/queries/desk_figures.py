"""A point's own figures: this year week by week beside the last one, and the share of all points together. No persons.

Other points are never named: a library compares itself with everyone, not with its neighbour.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from distribution.enums import CardState, Channel
from distribution.models import Card, CardYear, HandOver
from distribution.models.hand_over import COUNTS
from distribution.queries import settlements
from distribution.queries.settlements import Tally
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.models import PickupPoint

WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """A week of the season by its Monday; `count` is None for a week to come, `year_before` when there is no year before."""

    monday: dt.date
    count: int | None
    year_before: int | None


@dataclass(frozen=True)
class Season:
    """One year of one point. `share` and `everywhere`: percentages marked as collected, None without cards."""

    card_year: CardYear
    tally: Tally
    collected: int
    waiting: int
    all_collected: int
    all_cards: int

    @property
    def cards(self) -> int:
        return self.collected + self.waiting

    @property
    def share(self) -> float | None:
        return 100 * self.collected / self.cards if self.cards else None

    @property
    def everywhere(self) -> float | None:
        return 100 * self.all_collected / self.all_cards if self.all_cards else None


@dataclass(frozen=True)
class Figures:
    """Everything the page shows."""

    season: Season
    before: Season | None
    weeks: tuple[Week, ...]


def figures(point: PickupPoint, card_year: CardYear, *, at: dt.datetime) -> Figures:
    """As many questions for one card as for ten thousand."""
    before = CardYear.objects.filter(year=card_year.year - 1).first()
    earlier = _season(point, before) if before else None
    if earlier and not (earlier.cards or earlier.tally.sent):
        before = earlier = None
    return Figures(_season(point, card_year), earlier, _weeks(point, card_year, before, at=at))


def _season(point: PickupPoint, card_year: CardYear) -> Season:
    live = Card.objects.filter(
        card_year=card_year,
        channel=Channel.PICKUP,
        pickup_point__isnull=False,
        state__in=[CardState.ISSUED, CardState.HANDED_OVER],
    )
    handed_over, here = Q(state=CardState.HANDED_OVER), Q(pickup_point=point)
    counted = live.aggregate(
        all_cards=Count("pk"),
        all_collected=Count("pk", filter=handed_over),
        collected=Count("pk", filter=here & handed_over),
        waiting=Count("pk", filter=here & ~handed_over),
    )
    return Season(card_year, settlements.tally(card_year, point=point), **counted)


def _weeks(point: PickupPoint, card_year: CardYear, before: CardYear | None, *, at: dt.datetime) -> tuple[Week, ...]:
    """From the first week of the season to now, or to its end; the year before by the same week of its season."""
    today = at.astimezone(BRUSSELS).date()
    counted = _by_week(point, card_year)
    earlier = _by_week(point, before) if before else Counter()
    start, end = _monday(min((card_year.collect_from, *counted))), _monday(card_year.collect_until)
    shift = _monday(card_year.collect_from) - _monday(before.collect_from) if before else WEEK
    last = max((_monday(min(today, card_year.collect_until)), *counted, start))
    weeks = []
    while start <= max(end, last):
        weeks.append(
            Week(
                start,
                counted[start] if start <= max(last, _monday(today)) else None,
                earlier[start - shift] if before else None,
            )
        )
        start += WEEK
    return tuple(weeks)


def _by_week(point: PickupPoint, card_year: CardYear) -> Counter[dt.date]:
    days = (
        HandOver.objects.filter(COUNTS, point=point, card__card_year=card_year)
        .annotate(day=TruncDate("at", tzinfo=BRUSSELS))
        .values_list("day")
        .annotate(cards=Count("pk"))
        .order_by()
    )
    found: Counter[dt.date] = Counter()
    for day, cards in days:
        found[_monday(day)] += cards
    return found


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
