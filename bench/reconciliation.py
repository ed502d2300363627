"""How far the reconciliation can be trusted: seasons of which the truth is known, lost as in 2020 (ADR 0015).

350 points a season. 15 % send nothing back, 35 % half-signed lists; a tenth brings cards round, and says so or not; a
tenth says something else of its marking than it did. Boxes lose cards, people miscount. Once the points that count are
drawn evenly (fair), and once those that mark badly count a third as often (shy).

The estimator was made with those seasons in mind, so it is also tried on truths it was not made for: badly marking
points that hand out less, large points that mark worse, provinces and sizes that differ. The argument is the number
of seasons in each world.
"""

import enum
import random
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bench.harness import Figure
from distribution.enums import Marking
from distribution.rules import reconciliation_total as totals
from distribution.rules.reconciliation import START, Counts

TITLE = "Reconciliation, with a known truth"
SIZES = (1000,)
UNIT = "seasons"
DATABASES = ("SQLite",)
POINTS = 350
SHARES = (0.0, 0.2, 0.5, 0.8, 1.0)
OTHER_SHARES = (0.2, 0.5, 0.8)
PROVINCES = ("Antwerpen", "Limburg", "Oost-Vlaanderen", "Vlaams-Brabant", "West-Vlaanderen")
PER_PROVINCE = dict(zip(PROVINCES, (-0.06, 0.06, 0.0, -0.03, 0.03), strict=True))
SMALL, LARGE = 200, 500
# The most a share of counted points may miss by and be wide, in points of the percentage.
MOST_ERROR = {0.8: 0.4, 0.5: 1.0}
WIDEST = {0.8: 2.5, 0.5: 5.0}
HELD = 98.5


class Truth(enum.Enum):
    """What a season is like, besides what every season has."""

    PLAIN = ""
    LESS = "who marks badly hands out less"
    LARGE = "large points mark worse"
    PLACES = "provinces and sizes differ"


@dataclass(frozen=True)
class Place:
    """A point as it was, and as it would say: `part` of what went out was written down."""

    counts: Counts
    left_over: int
    gone: int
    part: float
    province: str


@dataclass(frozen=True)
class Score:
    """One season in percent of the cards: how far off, how wide, and what held the truth."""

    marked_error: float
    best_error: float | None
    is_bound: bool
    is_held: bool
    width: float
    bound_width: float


def figures(seasons: int) -> Iterable[Figure]:
    for truth in Truth:
        for world in ("fair", "shy"):
            for share in SHARES if truth == Truth.PLAIN else OTHER_SHARES:
                name = ", ".join(filter(None, (truth.value, world, f"{share:.0%} counted")))
                dice = random.Random(f"{world} {share}{truth.value}")
                drawn = (_season(dice, truth) for _ in range(seasons))
                scores = [_score(season, dice, share=share, is_shy=world == "shy") for season in drawn]
                yield from _told(name, scores, share=share if truth == Truth.PLAIN else None)


def _told(name: str, scores: list[Score], *, share: float | None) -> Iterable[Figure]:
    """The aims on error and width are those of issue 4 for the plain seasons: `share` is None for the others."""
    errors = [abs(one.best_error) for one in scores if one.best_error is not None]
    held = 100 * statistics.mean(one.is_held for one in scores)
    bound = 100 * statistics.mean(one.is_bound for one in scores)
    yield Figure(f"{name}: hard bounds hold", bound, "%", goal=100.0, better="higher")
    yield Figure(f"{name}: the 99 % interval holds", held, "%", goal=HELD, better="higher")
    width = statistics.mean(one.width for one in scores)
    yield Figure(f"{name}: width of the interval", width, "points", goal=WIDEST.get(share) if share else None)
    yield Figure(f"{name}: width of the bounds", statistics.mean(one.bound_width for one in scores), "points")
    if errors:
        goal = MOST_ERROR.get(share) if share else None
        yield Figure(f"{name}: error of the best figure", statistics.mean(errors), "points", goal=goal)
    marked = statistics.mean(abs(one.marked_error) for one in scores)
    yield Figure(f"{name}: error of marked only", marked, "points")


def _score(season: list[Place], dice: random.Random, *, share: float, is_shy: bool) -> Score:
    points = []
    for key, place in enumerate(season):
        # Thrice as often for who marks everything as for who marks nothing, and as many as asked over all.
        weight = (1 + 2 * place.part) / (1 + 2 * MEAN_PART) if is_shy else 1.0
        is_counted = share == 1.0 or dice.random() < share * weight
        counts = replace(place.counts, left_over=place.left_over) if is_counted else place.counts
        points.append(totals.point(key, counts, province=place.province))
    found = totals.total(points, totals.estimates(points))
    truth, cards = sum(place.gone for place in season), found.cards
    return Score(
        marked_error=100 * (found.lower - truth) / cards,
        best_error=None if found.best is None else 100 * (found.best - truth) / cards,
        is_bound=found.lower <= truth <= found.upper,
        is_held=found.low99 <= truth <= found.high99,
        width=100 * (found.high99 - found.low99) / cards,
        bound_width=100 * (found.upper - found.lower) / cards,
    )


MEAN_PART = 0.35 * 0.5 + 0.5 * 1.0


def _season(dice: random.Random, truth: Truth) -> list[Place]:
    level = dice.gauss(0.54, 0.03)
    return [_place(dice, level, truth) for _ in range(POINTS)]


def _place(dice: random.Random, level: float, truth: Truth) -> Place:
    sent = max(5, int(dice.lognormvariate(5.9, 0.7)))
    arrived = sent - (dice.randint(1, 5) if dice.random() < 0.05 else 0)
    void = dice.randint(0, 2)
    stock = max(0, arrived - void)
    share, toss = dice.gauss(level, 0.1), dice.random()
    reach = dice.uniform(0.1, 0.6) if toss < 0.1 else 0.0
    kind = dice.random() * (_care(sent) if truth == Truth.LARGE else 1.0)
    part = 0.0 if kind < 0.15 else dice.betavariate(2, 2) if kind < 0.5 else 1.0
    province = dice.choice(PROVINCES)
    if truth == Truth.LESS:
        share -= 0.15 * (1 - part)
    if truth == Truth.PLACES:
        share += PER_PROVINCE[province] + (0.05 if stock < SMALL else -0.03 if stock > LARGE else 0.0)
    gone = round(stock * min(0.97, max(0.05, share)))
    brought = round(gone * reach)
    marking: Marking | None = {0.0: Marking.NOTHING, 1.0: Marking.COMPLETE}.get(part, Marking.PARTIAL)
    if dice.random() < 0.1:
        marking = dice.choice([None, Marking.PARTIAL])
    is_receipt_counted = dice.random() < 0.8
    counts = Counts(
        sent=sent,
        received=max(0, arrived + _slip(dice, arrived)) if is_receipt_counted else None,
        void=void,
        marked=int(part * (gone - brought)),
        stated=brought if dice.random() < 0.5 else 0,
        marking=marking,
    )
    left_over = max(0, stock - gone + _slip(dice, stock))
    return Place(counts, left_over, gone, part, province)


def _care(sent: int) -> float:
    """Below one a point marks worse than others, above one better."""
    return 0.55 if sent > LARGE else 1.35 if sent < SMALL else 1.0


def _slip(dice: random.Random, cards: int) -> int:
    """Seven in ten counts are right; the others are off, beyond the tolerance once in a hundred."""
    return 0 if dice.random() < 0.7 else round(dice.gauss(0, START.of(cards) / 2.2))
