"""Totals over points: sums, bounds, and an interval that does not claim more than it knows."""

import random
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distribution.enums import Marking
from distribution.rules import reconciliation_total as totals
from distribution.rules.reconciliation import Counts, Tolerance
from distribution.rules.reconciliation_total import Point, Total
from tests.distribution.rules.test_reconciliation import COUNTS

POINTS = st.lists(st.tuples(COUNTS, st.sampled_from(["Antwerpen", "Limburg", ""])), max_size=60)


def points(*counts: Counts) -> list[Point]:
    return [totals.point(key, one) for key, one in enumerate(counts)]


def total(members: Sequence[Point]) -> Total:
    return totals.total(members, totals.estimates(members))


def counted(gone: int = 60, *, marked: int = 40, marking: Marking | None = Marking.PARTIAL) -> Counts:
    return Counts(sent=100, received=100, left_over=100 - gone, marked=marked, marking=marking)


def uncounted(*, marked: int = 40, marking: Marking | None = Marking.PARTIAL) -> Counts:
    return Counts(sent=100, received=100, marked=marked, marking=marking)


def test_total_of_counted_points_is_their_sum_with_the_error_of_counting() -> None:
    found = total(points(counted(60), counted(70)))

    assert found == Total(
        points=2,
        cards=200,
        lower=80,
        upper=130,
        best=130,
        low99=127,
        high99=130,
        counted_cards=200,
        graded_cards=200,
        unknown_points=0,
        is_estimate=False,
    )
    assert (found.counted_share, found.graded_share) == (1.0, 1.0)


def test_total_of_no_points_knows_no_share() -> None:
    found = total([])

    assert (found.best, found.lower, found.upper, found.low99, found.high99) == (0, 0, 0, 0, 0)
    assert (found.counted_share, found.graded_share) == (None, None)


def test_an_uncounted_point_is_estimated_from_ten_that_are_comparable() -> None:
    # At each of the ten six tenths of the stock went out, and nothing says that who marks less gives out less.
    found = total(points(*[counted()] * 10, uncounted(marked=10)))

    assert (found.best, found.lower, found.upper) == (600 + 60, 410, 700)
    assert (found.unknown_points, found.is_estimate) == (0, True)
    assert found.low99 <= 660 <= found.high99


def test_the_share_of_points_that_differ_widens_the_interval() -> None:
    alike = total(points(*[counted()] * 20, uncounted()))
    differing = total(points(*[counted(50), counted(70)] * 10, uncounted()))

    assert alike.best == differing.best == 20 * 60 + 60
    assert differing.high99 - differing.low99 > alike.high99 - alike.low99


def test_nine_comparable_points_are_too_few_and_it_says_so() -> None:
    members = points(*[counted()] * 9, *[counted(90, marked=90, marking=Marking.COMPLETE)] * 9, uncounted())

    found = total(members)

    assert found.unknown_points == 1
    assert found.low99 <= 9 * 60 + 9 * 90 + 40
    assert found.high99 >= 9 * 60 + 9 * 90 + 100
    # The guess is from all that counted; it is inside the bounds, and never called more than an estimate.
    assert found.best is not None
    assert found.low99 <= found.best <= found.high99


def test_fewer_than_ten_counted_points_of_any_kind_give_no_best_figure() -> None:
    found = total(points(*[counted()] * 9, uncounted(), Counts(sent=100)))

    assert (found.best, found.unknown_points) == (None, 2)
    assert (found.lower, found.upper) == (9 * 40 + 40, 9 * 60 + 200)
    assert (found.low99, found.high99) == (9 * 60 - 6 + 40, found.upper)


def test_who_says_nothing_is_not_compared_with_who_marked_everything() -> None:
    members = points(*[counted(60, marked=60, marking=Marking.COMPLETE)] * 30, uncounted(marked=0, marking=None))

    found = total(members)

    assert found.unknown_points == 1
    assert found.high99 == found.upper


def test_who_says_nothing_and_left_no_trace_is_not_as_those_who_left_some() -> None:
    silent = [counted(60 + step % 3, marking=None) for step in range(12)]

    apart = total(points(*silent, uncounted(marked=0, marking=None)))
    alike = total(points(*silent, counted(58, marked=0, marking=None), uncounted(marked=0, marking=None)))

    assert (apart.unknown_points, apart.high99) == (1, apart.upper)
    assert alike.unknown_points == 0
    assert alike.high99 < alike.upper


def test_an_estimate_is_never_under_what_is_written_down() -> None:
    found = totals.estimates(points(*[counted(30, marked=20)] * 10, uncounted(marked=75)))

    assert found[10].best == 75


def test_points_that_differ_from_all_others_are_believed_the_more_the_more_there_are() -> None:
    """Forty others give out 60 %; these say of themselves that they marked nothing, and give out some 30 %."""
    others = [counted(60 + step % 5 - 2, marked=55, marking=Marking.COMPLETE) for step in range(40)]
    unlike = [counted(30 + 12 * (step % 2) - 6, marked=0, marking=Marking.NOTHING) for step in range(40)]
    asked = uncounted(marked=0, marking=Marking.NOTHING)

    few, many = (totals.estimates(points(*others, *unlike[:number], asked)) for number in (10, 40))
    best = [one.best for found in (few, many) for one in found.values()]

    assert best == [30, 30]
    assert total(points(*others, *unlike[:9], asked)).unknown_points == 1


def test_points_that_mark_more_and_give_out_more_draw_a_line() -> None:
    """Within one statement: who marks 10 % gives out 40 %, who marks 60 % gives out 70 %."""
    dice = random.Random(3)
    steps = [step / 30 for step in range(31)]
    drawn = [
        counted(round(40 + 30 * step + dice.gauss(0, 2)), marked=round(10 + 50 * step), marking=Marking.PARTIAL)
        for step in steps
    ]

    found = totals.estimates(points(*drawn, uncounted(marked=10), uncounted(marked=60)))

    assert [abs((found[key].best or 0) - truth) <= 2 for key, truth in ((31, 40), (32, 70))] == [True, True]


def test_a_quarantined_count_is_as_no_count() -> None:
    impossible = Counts(sent=100, received=100, left_over=100, marked=40, marking=Marking.PARTIAL)

    found = total(points(*[counted()] * 10, impossible))

    assert (found.best, found.counted_cards, found.graded_cards, found.is_estimate) == (660, 1000, 1000, True)


def test_stated_cards_count_where_nobody_counted() -> None:
    told = Counts(sent=100, received=100, marked=20, stated=20, marking=Marking.PARTIAL)

    found = totals.estimates(points(*[counted()] * 10, told))

    assert found[10].best == 60


def test_points_that_marked_as_little_are_compared_first() -> None:
    little, much = counted(60, marked=10), counted(60, marked=50)

    found = totals.estimates(points(*[little] * 10, *[much] * 10, uncounted(marked=10), uncounted(marked=50)))

    assert (found[20].best, found[21].best) == (60, 60)


def test_estimates_of_a_part_are_those_of_the_whole_year() -> None:
    members = points(*[counted()] * 30, *[uncounted()] * 6)
    estimated = totals.estimates(members)

    halves = [totals.total(part, estimated) for part in (members[::2], members[1::2])]
    whole = totals.total(members, estimated)

    assert whole.best == sum(half.best or 0 for half in halves)


def test_a_larger_tolerance_is_a_larger_error_of_counting() -> None:
    members = points(*[counted()] * 50)
    strict, loose = (totals.total(members, {}, tolerance=Tolerance(cards=cards)) for cards in (2, 10))

    assert loose.low99 < strict.low99 < 3000


@settings(deadline=None, max_examples=50)
@given(POINTS)
def test_totals_are_sums_within_their_bounds_and_never_negative(drawn: list[tuple[Counts, str]]) -> None:
    members = [totals.point(key, counts, province=province) for key, (counts, province) in enumerate(drawn)]
    estimated = totals.estimates(members)

    found = totals.total(members, estimated)

    assert found.lower == sum(one.figures.lower for one in members)
    assert found.upper == sum(one.figures.upper for one in members)
    assert 0 <= found.lower <= found.low99 <= found.high99 <= found.upper
    best = [one.figures.best if one.figures.is_counted else estimated[one.key].best for one in members]
    assert found.best == (None if None in best else sum(figure or 0 for figure in best))
    assert found.best is None or found.low99 <= found.best <= found.high99
    assert set(estimated) == {one.key for one in members if not one.figures.is_counted}
    assert found.counted_cards + sum(one.counts.sent for one in members if one.key in estimated) == found.cards


def season(rng: random.Random, *, share_counted: float, bad_ones_are_shy: bool) -> tuple[list[Point], int]:
    """350 points of which 15 % marked nothing and 35 % a part; a tenth says something else. And what truly went out."""
    members, truth = [], 0
    for key in range(350):
        cards = max(5, int(rng.lognormvariate(5.3, 0.8)))
        gone = round(cards * min(0.95, max(0.1, rng.gauss(0.54, 0.09))))
        kind = rng.random()
        part = 0.0 if kind < 0.15 else rng.betavariate(2, 2) if kind < 0.5 else 1.0
        marking: Marking | None = {0.0: Marking.NOTHING, 1.0: Marking.COMPLETE}.get(part, Marking.PARTIAL)
        if rng.random() < 0.1:
            marking = rng.choice([None, Marking.PARTIAL])
        chance = share_counted * (0.4 + 0.8 * part if bad_ones_are_shy else 1.0)
        left_over = max(0, cards - gone + rng.choice([0, 0, 0, -1, 1])) if rng.random() < chance else None
        counts = Counts(sent=cards, received=cards, left_over=left_over, marked=int(part * gone), marking=marking)
        members.append(totals.point(key, counts, province=rng.choice("ABCDE")))
        truth += gone
    return members, truth


@pytest.mark.parametrize(
    ("share_counted", "bad_ones_are_shy", "widest"),
    [(0.8, False, 2.5), (0.8, True, 5.0), (0.2, False, 25.0), (0.2, True, 35.0), (1.0, False, 0.5)],
)
def test_the_interval_holds_the_truth(share_counted: float, bad_ones_are_shy: bool, widest: float) -> None:  # noqa: FBT001
    rng = random.Random(7)
    held, widths = 0, []
    for _ in range(16):
        members, truth = season(rng, share_counted=share_counted, bad_ones_are_shy=bad_ones_are_shy)
        found = total(members)
        held += found.low99 <= truth <= found.high99
        widths.append(100 * (found.high99 - found.low99) / found.cards)

    assert held == 16
    assert sum(widths) / len(widths) < widest


def test_a_whole_year_is_reckoned_at_once() -> None:
    members, _ = season(random.Random(1), share_counted=0.8, bad_ones_are_shy=False)

    start = time.process_time()
    for _ in range(10):
        total(members)

    assert time.process_time() - start < 2.0
