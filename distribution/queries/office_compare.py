"""This year beside the one before: who is entitled, along which way, per province and per point. What moved a lot is marked."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef

from distribution.enums import CardState, Channel
from distribution.models import Card, CardYear, PublishedFigures, YearEvent
from distribution.rules import name_order
from pickup_points.models import PickupPoint
from pickup_points.queries import PROVINCES

# More than so many percent up or down is marked.
MUCH = 10
ALIVE = [CardState.ISSUED, CardState.HANDED_OVER]
ELSEWHERE = "buiten Vlaanderen en Brussel"


@dataclass(frozen=True)
class Change:
    """One figure in both years. `before` is None when it was not counted then; `code`: of a pickup point."""

    label: str
    before: int | None
    now: int
    code: str = ""

    @property
    def difference(self) -> int | None:
        return None if self.before is None else self.now - self.before

    @property
    def percent(self) -> float | None:
        """From the year before; None where there was nothing to start from."""
        return None if not self.before else 100 * (self.now - self.before) / self.before

    @property
    def is_marked(self) -> bool:
        """More than 10 % up or down, or something from nothing."""
        if self.before is None:
            return False
        return self.now > 0 if self.before == 0 else abs(self.now - self.before) * 100 > MUCH * self.before


@dataclass(frozen=True)
class Comparison:
    """`with_year` is the year it is compared with. `is_published`: only what was told to parliament is known of it."""

    with_year: int
    is_published: bool
    totals: tuple[Change, ...]
    ways: tuple[Change, ...]
    provinces: tuple[Change, ...]
    points: tuple[Change, ...]

    @property
    def marked(self) -> int:
        return sum(one.is_marked for part in (self.totals, self.ways, self.provinces, self.points) for one in part)

    @property
    def marked_points(self) -> list[Change]:
        """The largest difference first."""
        return sorted(
            (one for one in self.points if one.is_marked), key=lambda one: (-abs(one.difference or 0), one.label)
        )


def compare(card_year: CardYear) -> Comparison | None:
    """With the latest earlier year that has cards here, or else with the published figures of the year before.

    None when nothing is known of an earlier year, or this one was never run. A fixed number of questions.
    """
    if card_year.last_run_at is None:
        return None
    has_cards = Exists(Card.objects.filter(card_year=OuterRef("pk"), state__in=ALIVE))
    earlier = CardYear.objects.filter(has_cards, year__lt=card_year.year).order_by("-year").first()
    return _with_published(card_year) if earlier is None else _with_own(card_year, earlier)


def _with_own(card_year: CardYear, earlier: CardYear) -> Comparison:
    both = [earlier.pk, card_year.pk]
    alive = Card.objects.filter(card_year__in=both, state__in=ALIVE)
    ways: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    provinces: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for year, way, province, cards in (
        alive.values_list("card_year", "channel", "province").annotate(Count("pk")).order_by()
    ):
        place = both.index(year)
        ways[way][place] += cards
        provinces[province][place] += cards
    at_points: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    lying = alive.filter(pickup_point__isnull=False)
    for year, point, cards in lying.values_list("card_year", "pickup_point").annotate(Count("pk")).order_by():
        at_points[point][both.index(year)] += cards
    names = {key: (name, code) for key, name, code in PickupPoint.objects.values_list("pk", "name", "code")}
    points = [Change(names[key][0], was, now, names[key][1]) for key, (was, now) in at_points.items()]
    was_told, is_told = (_told(year) for year in (earlier, card_year))
    totals = [
        Change(label, was_told.get(key), is_told[key])
        for key, label in (("people", "Personeelsleden"), ("entitled", "Recht op een kaart"))
        if key in is_told
    ]
    was_all, is_all = (sum(pair[place] for pair in ways.values()) for place in (0, 1))
    return Comparison(
        with_year=earlier.year,
        is_published=False,
        totals=(*totals, Change("Kaarten", was_all, is_all)),
        ways=tuple(Change(str(way.label).capitalize(), ways[way][0], ways[way][1]) for way in Channel),
        provinces=tuple(_in_order(provinces)),
        points=tuple(sorted(points, key=lambda one: (name_order.sort_key(one.label, ""), one.code))),
    )


def _with_published(card_year: CardYear) -> Comparison | None:
    """Of the years before this system only a few totals are known."""
    told = PublishedFigures.objects.filter(year__lt=card_year.year).order_by("-year").first()
    if told is None:
        return None
    alive = Card.objects.filter(card_year=card_year, state__in=ALIVE)
    ways = dict(alive.values_list("channel").annotate(Count("pk")).order_by())
    return Comparison(
        with_year=told.year,
        is_published=True,
        totals=(Change("Kaarten", told.cards, sum(ways.values())),),
        ways=(
            Change(str(Channel.SUBSCRIPTION.label).capitalize(), told.subscription, ways.get(Channel.SUBSCRIPTION, 0)),
            Change(str(Channel.STARTER.label).capitalize(), told.starters, ways.get(Channel.STARTER, 0)),
        ),
        provinces=(),
        points=(),
    )


def _told(card_year: CardYear) -> Mapping[str, int]:
    """What the last run of a year counted."""
    event = YearEvent.objects.filter(card_year=card_year, kind="run").order_by("-at", "-pk").first()
    return event.summary if event else {}


def _in_order(provinces: Mapping[str, list[int]]) -> Iterable[Change]:
    """The provinces as people list them, then what lies outside."""
    for name in [*PROVINCES, *sorted(set(provinces) - set(PROVINCES) - {""}), ""]:
        if name in provinces:
            was, now = provinces[name]
            yield Change(name or ELSEWHERE, was, now)
