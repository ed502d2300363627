"""Reconciliation of one point: from what was counted by hand and marked, to how many cards were handed over (ADR 0015).

None is "not counted", never nought. Totals over points are in reconciliation_total.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from distribution.enums import Marking

MOST_COUNTS = 3


class Grade(enum.StrEnum):
    """How far the figure of a point can be trusted."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a count may be off before it is called a difference: the larger of so many cards and a share of the stock."""

    cards: int = 2
    percent: float = 1.0

    def of(self, stock: int) -> float:
        return max(float(self.cards), stock * self.percent / 100)


START = Tolerance()


@dataclass(frozen=True, slots=True)
class Counts:
    """What is known of one point, in cards. In lessons.md: D R Tin Tout X L M.

    `is_receipt_whole`: every box was counted; otherwise what was not counted is in `received` as it
    was sent. `stated`: cards the point says went out without being marked one by one.
    """

    sent: int
    received: int | None = None
    is_receipt_whole: bool = True
    came_in: int = 0
    went_out: int = 0
    void: int = 0
    left_over: int | None = None
    marked: int = 0
    stated: int = 0
    marking: Marking | None = None

    @property
    def is_receipt_counted(self) -> bool:
        return self.received is not None and self.is_receipt_whole

    @property
    def stock(self) -> int:
        """The valid cards that were at the point, one time or another, and did not go to another: R + Tin - Tout - X."""
        arrived = self.sent if self.received is None else self.received
        return max(0, arrived + self.came_in - self.went_out - self.void)


@dataclass(frozen=True, slots=True)
class Figures:
    """The reconciliation of one point. `derived` is P of lessons.md, `unrecorded` is U; both None when not counted.

    `best` is None where only comparing with other points can tell (reconciliation_total); the bounds
    hold without any assumption. `is_quarantined`: the counts contradict each other and are put aside.
    """

    grade: Grade
    stock: int
    marked: int
    derived: int | None
    unrecorded: int | None
    lower: int
    upper: int
    best: int | None
    is_counted: bool
    is_quarantined: bool

    @property
    def is_estimate(self) -> bool:
        return self.best is None


def reconcile(counts: Counts, *, tolerance: Tolerance = START) -> Figures:
    """The figures of one point.

    A count that leaves more cards than there can be (beyond the tolerance) is impossible stock: it is
    quarantined, and the point is then as one that did not count. Within the tolerance the marks win:
    each is a card that went out, the rest is a slip of counting.
    """
    slack = tolerance.of(counts.stock)
    ceiling = max(counts.stock, counts.marked)
    if counts.left_over is None:
        return _figures(counts, upper=ceiling, is_quarantined=counts.marked - counts.stock > slack)
    derived = counts.stock - counts.left_over
    unrecorded = derived - counts.marked
    if unrecorded < -slack:
        return _figures(counts, derived=derived, unrecorded=unrecorded, upper=ceiling, is_quarantined=True)
    best = max(derived, counts.marked)
    return _figures(counts, derived=derived, unrecorded=unrecorded, upper=best, best=best, slack=slack)


def _figures(
    counts: Counts,
    *,
    upper: int,
    derived: int | None = None,
    unrecorded: int | None = None,
    best: int | None = None,
    slack: float = 0.0,
    is_quarantined: bool = False,
) -> Figures:
    return Figures(
        grade=(
            _uncounted_grade(counts, is_quarantined=is_quarantined)
            if best is None
            else _counted_grade(counts, unrecorded or 0, slack)
        ),
        stock=counts.stock,
        marked=counts.marked,
        derived=derived,
        unrecorded=unrecorded,
        lower=counts.marked,
        upper=upper,
        best=best,
        is_counted=best is not None,
        is_quarantined=is_quarantined,
    )


def _counted_grade(counts: Counts, unrecorded: int, slack: float) -> Grade:
    """One grade lower when nobody counted what arrived, and again when nothing explains the difference."""
    if unrecorded <= slack:
        return Grade.A if counts.is_receipt_counted else Grade.B
    if not is_explained(counts, unrecorded, slack=slack):
        return Grade.C if counts.is_receipt_counted else Grade.D
    return Grade.B if counts.is_receipt_counted else Grade.C


def _uncounted_grade(counts: Counts, *, is_quarantined: bool) -> Grade:
    if counts.marking == Marking.COMPLETE and not is_quarantined:
        return Grade.C
    if counts.marked or counts.stated or counts.marking in {Marking.PARTIAL, Marking.COMPLETE}:
        return Grade.D
    return Grade.E


def is_explained(counts: Counts, unrecorded: int, *, slack: float) -> bool:
    """Whether what the point says accounts for more cards gone than marked."""
    return counts.marking in {Marking.PARTIAL, Marking.NOTHING} or counts.stated >= unrecorded - slack


def asks_recount(counts: Counts, left_over: Sequence[int], *, tolerance: Tolerance = START) -> bool:
    """Whether to ask for counting again, without saying why: `left_over` are the counts so far, first to last.

    A difference that nothing explains is counted twice; two counts that disagree a third time. Then the
    last one holds, whatever it is: who counts four times counts no better.
    """
    if not left_over or len(left_over) >= MOST_COUNTS:
        return False
    slack = tolerance.of(counts.stock)
    unrecorded = counts.stock - left_over[-1] - counts.marked
    if -slack <= unrecorded and (unrecorded <= slack or is_explained(counts, unrecorded, slack=slack)):
        return False
    return len(left_over) == 1 or abs(left_over[-1] - left_over[-2]) > slack
