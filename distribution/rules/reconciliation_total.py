"""Totals over points: the sum of the best figures, hard bounds, and an interval that says what it does not know (ADR 0015).

A point that did not count is estimated from points that did and that say the same of their marking
(reconciliation_comparison). With fewer than ten of those nobody knows: its hard bounds are in the
interval, and a best figure is only a guess, from all points that counted.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from distribution.rules import reconciliation_comparison as comparisons
from distribution.rules.reconciliation import START, Counts, Figures, Tolerance, reconcile
from distribution.rules.reconciliation_comparison import CERTAIN, FEWEST_COMPARABLE, Z99, Comparison, Counted


@dataclass(frozen=True, slots=True)
class Point:
    """A point in the reconciliation of a year; `key` is the caller's."""

    key: int
    counts: Counts
    figures: Figures
    province: str = ""

    @property
    def known(self) -> int:
        """What is marked or stated, as far as the stock goes."""
        return min(self.counts.marked + self.counts.stated, self.figures.upper)

    @property
    def open(self) -> int:
        """The cards of which nothing is written down: R - M of lessons.md."""
        return max(0, self.figures.stock - self.counts.marked - self.counts.stated)

    @property
    def recorded(self) -> float:
        """The part of the stock that is written down, from 0 to 1."""
        return min(1.0, self.known / self.figures.stock) if self.figures.stock else 0.0

    @property
    def reckoned(self) -> int:
        """What the count says went out, at a point that counted; a slip of counting may put it under the marks.

        Only ever putting the marks first would be wrong upwards, a little at each point: for one point the marks
        win, but shares and intervals are worked out from this.
        """
        return self.figures.derived or 0


def point(key: int, counts: Counts, *, province: str = "", tolerance: Tolerance = START) -> Point:
    return Point(key, counts, reconcile(counts, tolerance=tolerance), province)


@dataclass(frozen=True, slots=True)
class Estimate:
    """The best figure of a point that did not count; None when too few points counted, of any kind.

    Without a `comparison` the best figure is a guess from points of another kind, and its margin is not known.
    """

    best: int | None
    comparison: Comparison | None
    # What the share is a share of, and the part of it that was written down.
    stock: int
    recorded: float

    @property
    def deviation(self) -> float:
        """How far from its estimate a point lies, as points differ: a standard deviation in cards. Nought when not known."""
        return math.sqrt(self.comparison.spread) * self.stock if self.comparison else 0.0


@dataclass(frozen=True, slots=True)
class Total:
    """What was handed over at some points together.

    `unknown_points` have too few points to compare with: they are in `low99` and `high99` with their hard
    bounds. `best` is None when for some of them not even a guess can be made. `counted_cards`: sent to
    points whose left-over cards were counted; `graded_cards`: to points graded A or B.
    """

    points: int
    cards: int
    lower: int
    upper: int
    best: int | None
    low99: int
    high99: int
    counted_cards: int
    graded_cards: int
    unknown_points: int
    is_estimate: bool

    @property
    def counted_share(self) -> float | None:
        """From 0 to 1; None when there are no cards."""
        return self.counted_cards / self.cards if self.cards else None

    @property
    def graded_share(self) -> float | None:
        return self.graded_cards / self.cards if self.cards else None


def estimates(points: Sequence[Point]) -> dict[int, Estimate]:
    """For every point that did not count, by its key. Give all points of the year: who is comparable may be elsewhere."""
    by_statement: dict[Hashable, list[Point]] = defaultdict(list)
    for one in points:
        by_statement[one.counts.marking].append(one)
    counted = {statement: _counted(members) for statement, members in by_statement.items()}
    all_counted = [one for members in counted.values() for one in members]
    everyone = comparisons.line("everyone", all_counted) if len(all_counted) >= FEWEST_COMPARABLE else None
    found: dict[int, Estimate] = {}
    for statement, members in by_statement.items():
        comparison = comparisons.compare(statement, counted[statement], everyone)
        left_no_trace = any(one.recorded == 0 for one in counted[statement])
        for one in members:
            if not one.figures.is_counted:
                # Who says nothing and left no trace is not as those who left some: it may never have begun.
                is_alike = one.counts.marking is not None or one.known > 0 or left_no_trace
                found[one.key] = _estimate(one, comparison if is_alike else None, everyone)
    return found


def total(points: Iterable[Point], estimated: Mapping[int, Estimate], *, tolerance: Tolerance = START) -> Total:
    """The total over these points, with what `estimates` said of the whole year."""
    members = list(points)
    lower = sum(one.figures.lower for one in members)
    upper = sum(one.figures.upper for one in members)
    low = high = variance = 0.0
    best: int | None = 0
    unknown = 0
    compared: dict[Comparison, list[Estimate]] = defaultdict(list)
    for one in members:
        estimate = estimated.get(one.key, _NOTHING_KNOWN)
        mine = estimate.best if one.figures.best is None else one.figures.best
        best = None if best is None or mine is None else best + mine
        if one.figures.is_counted:
            variance += _counting_variance(one.counts, tolerance)
        elif estimate.comparison is not None:
            compared[estimate.comparison].append(estimate)
        else:
            mine = None
            unknown += 1
        low += one.figures.lower if mine is None else one.reckoned if one.figures.is_counted else mine
        high += one.figures.upper if mine is None else mine
    for comparison, of_it in compared.items():
        variance += comparison.variance([(one.stock, one.recorded) for one in of_it])
    margin = Z99 * math.sqrt(variance)
    return Total(
        points=len(members),
        cards=sum(one.counts.sent for one in members),
        lower=lower,
        upper=upper,
        best=best,
        low99=max(lower, math.floor(low - margin)),
        high99=min(upper, math.ceil(high + margin)),
        counted_cards=sum(one.counts.sent for one in members if one.figures.is_counted),
        graded_cards=sum(one.counts.sent for one in members if one.figures.grade in {"A", "B"}),
        unknown_points=unknown,
        is_estimate=any(one.figures.is_estimate for one in members),
    )


def _counted(points: Iterable[Point]) -> list[Counted]:
    return [
        Counted(one.figures.stock, one.recorded, one.reckoned / one.figures.stock)
        for one in points
        if one.figures.is_counted and one.figures.stock
    ]


def _estimate(one: Point, comparison: Comparison | None, everyone: Comparison | None) -> Estimate:
    if one.figures.lower == one.figures.upper:
        # Nothing is open: there is no need to compare.
        return Estimate(one.figures.lower, CERTAIN, 0, 0.0)
    stock, recorded = one.figures.stock, one.recorded
    share = comparison.share_at(recorded) if comparison else everyone.share if everyone else None
    best = None if share is None else min(one.figures.upper, max(one.known, round(share * stock)))
    return Estimate(best, comparison, stock, recorded)


_NOTHING_KNOWN = Estimate(None, None, 0, 0.0)


def _counting_variance(counts: Counts, tolerance: Tolerance) -> float:
    """A careful count is within the tolerance 99 times in 100; what arrived is one more when nobody counted it."""
    one_count = (tolerance.of(counts.stock) / Z99) ** 2
    return one_count if counts.is_receipt_counted else 2 * one_count
