"""What to count next: the fewest points whose left-over cards tell enough for an interval as narrow as wished.

What a count will say is not known before; it is taken to come out as at points that are alike, and to
differ as much as those do. So a width is what to expect, and counting tells what it became.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt

from distribution.rules import reconciliation_total
from distribution.rules.reconciliation import START, Tolerance
from distribution.rules.reconciliation_comparison import FEWEST_COMPARABLE, Z99
from distribution.rules.reconciliation_total import Estimate, Point, Total

# How far the shares of points lie apart where nothing is counted yet to tell it, as a standard deviation.
UNKNOWN_SPREAD = 0.2
UNKNOWN_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Advice:
    """The points to count, first what takes most away. Widths are shares in percent of `whole`.

    `expected` is the width when they are counted. Not `is_enough`: also with all points counted it stays wider.
    """

    points: tuple[Point, ...]
    width: float
    expected: float
    is_enough: bool
    candidates: int


def choose(points: Sequence[Point], *, whole: int, wished: float, tolerance: Tolerance = START) -> Advice:
    """The fewest points found whose count brings the 99 % interval to `wished` percent of `whole` or less."""
    estimated = reconciliation_total.estimates(points)
    now = _width(reconciliation_total.total(points, estimated, tolerance=tolerance), whole)
    order = _order(points, estimated)
    if now <= wished or not order:
        return Advice((), now, now, is_enough=now <= wished, candidates=len(order))
    likely = {one.key: one for one in _outcomes(order, estimated, tolerance)}

    def after(number: int) -> float:
        return width_after(points, order[:number], likely=likely, whole=whole, tolerance=tolerance)

    most = after(len(order))
    if most > wished:
        return Advice(tuple(order), now, most, is_enough=False, candidates=len(order))
    # Between `few`, that do not do, and `enough`, that do.
    few, enough = 0, len(order)
    while enough - few > 1:
        middle = (few + enough) // 2
        if after(middle) <= wished:
            enough = middle
        else:
            few = middle
    return Advice(tuple(order[:enough]), now, after(enough), is_enough=True, candidates=len(order))


def width_after(
    points: Sequence[Point],
    counted: Iterable[Point],
    *,
    likely: Mapping[int, Point],
    whole: int,
    tolerance: Tolerance = START,
) -> float:
    """How wide the interval is when these points are counted and it comes out as `likely` says."""
    keys = {one.key for one in counted}
    then = [likely[one.key] if one.key in keys else one for one in points]
    return _width(reconciliation_total.total(then, reconciliation_total.estimates(then), tolerance=tolerance), whole)


def expected_counts(points: Sequence[Point], *, tolerance: Tolerance = START) -> dict[int, Point]:
    """Each point that can still be counted, as it will be when its count comes out as expected; by its key."""
    estimated = reconciliation_total.estimates(points)
    return {one.key: one for one in _outcomes(_order(points, estimated), estimated, tolerance)}


def is_open(one: Point) -> bool:
    """Whether counting it can tell anything: it did not count, or was quarantined, and not every card is accounted for."""
    return not one.figures.is_counted and one.figures.lower < one.figures.upper


def _width(found: Total, whole: int) -> float:
    return 100 * (found.high99 - found.low99) / whole if whole else 0.0


def _order(points: Sequence[Point], estimated: Mapping[int, Estimate]) -> list[Point]:
    """The points that can be counted, first what takes most of the width away for each count.

    Ten that are alike tell of all that are like them: where there are not ten yet, the first of them go together.
    """
    alike: dict[Hashable, list[Point]] = defaultdict(list)
    for one in points:
        alike[_kind(one)].append(one)
    steps: list[tuple[float, list[Point]]] = []
    spreads = {one.key: _spread(one, estimated.get(one.key)) for one in points if is_open(one)}
    variance = sum((one.open * spreads[one.key]) ** 2 for one in points if one.key in spreads) or 1.0
    for members in alike.values():
        to_count = sorted((one for one in members if is_open(one)), key=lambda one: (-one.open, one.key))
        unknown = [one for one in to_count if _is_unknown(estimated.get(one.key))]
        missing = FEWEST_COMPARABLE - sum(one.figures.is_counted for one in members)
        if 0 < missing <= len(unknown):
            steps.append((_gap(unknown) / missing, unknown[:missing]))
            unknown = unknown[missing:]
            spread = {one.key for one in unknown}
        else:
            spread = set()
        for one in to_count:
            if any(one in step for _, step in steps):
                continue
            is_compared = not _is_unknown(estimated.get(one.key)) or one.key in spread
            steps.append((_gain(one, spreads[one.key], variance) if is_compared else float(_gap([one])), [one]))
    return [one for _, step in sorted(steps, key=lambda step: (-step[0], step[1][0].key)) for one in step]


def _kind(one: Point) -> Hashable:
    """Near enough what the reconciliation holds to be alike. It only sets the order; every width is worked out anew."""
    return one.counts.marking or ("", one.known > 0)


def _is_unknown(estimate: Estimate | None) -> bool:
    return estimate is None or estimate.comparison is None


def _gap(points: Iterable[Point]) -> int:
    return sum(one.figures.upper - one.figures.lower for one in points)


def _gain(one: Point, spread: float, variance: float) -> float:
    """By how many cards the interval narrows when one estimate less is in it."""
    left = max(0.0, variance - (one.open * spread) ** 2)
    return 2 * Z99 * (sqrt(variance) - sqrt(left))


def _spread(one: Point, estimate: Estimate | None) -> float:
    """How far points like it lie apart, as a part of the cards of which nothing is known."""
    if estimate is None or estimate.comparison is None:
        return UNKNOWN_SPREAD
    return min(1.0, estimate.deviation / max(1, one.open))


def _outcomes(order: Sequence[Point], estimated: Mapping[int, Estimate], tolerance: Tolerance) -> Iterable[Point]:
    """Each point as its count will likely be: in turn as far above the estimate as below it, as points differ."""
    for place, one in enumerate(order):
        estimate = estimated.get(one.key)
        best = estimate.best if estimate else None
        middle = one.known + UNKNOWN_SHARE * one.open if best is None else float(best)
        away = (1 if place % 2 else -1) * _spread(one, estimate) * one.open
        gone = min(one.figures.upper, max(one.figures.lower, round(middle + away)))
        left_over = max(0, one.figures.stock - gone)
        counts = replace(one.counts, left_over=left_over)
        yield reconciliation_total.point(one.key, counts, province=one.province, tolerance=tolerance)
