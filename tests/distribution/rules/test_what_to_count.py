"""What to count next: counting it does bring the interval under what was wished, or it says that nothing will."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from distribution.enums import Marking
from distribution.rules import reconciliation_total as totals
from distribution.rules import what_to_count
from distribution.rules.reconciliation import Counts
from distribution.rules.reconciliation_total import Point
from tests.distribution.rules.test_reconciliation import COUNTS

POINTS = st.lists(st.tuples(COUNTS, st.sampled_from(["Antwerpen", "Limburg", ""])), max_size=40)


def made(counts: list[tuple[Counts, str]]) -> list[Point]:
    return [totals.point(key, one, province=province) for key, (one, province) in enumerate(counts)]


def width(points: list[Point], whole: int) -> float:
    found = totals.total(points, totals.estimates(points))
    return 100 * (found.high99 - found.low99) / whole


@given(POINTS, st.floats(0.1, 60.0))
@settings(max_examples=60, deadline=None)
def test_counting_them_brings_it_under_or_nothing_does(counts: list[tuple[Counts, str]], wished: float) -> None:
    points = made(counts)
    whole = max(1, sum(one.figures.stock for one in points))
    found = what_to_count.choose(points, whole=whole, wished=wished)
    likely = what_to_count.expected_counts(points)
    told = {one.key for one in found.points}
    then = [likely[one.key] if one.key in told else one for one in points]

    assert found.width == width(points, whole)
    assert found.expected == width(then, whole)
    assert found.is_enough == (found.expected <= wished)
    assert all(not one.figures.is_counted for one in found.points)
    if not found.is_enough:
        assert told == set(likely)
    elif found.width <= wished:
        assert told == set()
    else:
        # One less would not have done.
        fewer = told - {found.points[-1].key}
        assert width([likely[one.key] if one.key in fewer else one for one in points], whole) > wished


def uncounted(key: int, sent: int, marked: int) -> Point:
    return totals.point(key, Counts(sent=sent, received=sent, marked=marked, marking=Marking.PARTIAL))


def test_the_largest_unknown_point_comes_first() -> None:
    counted = [
        totals.point(
            key, Counts(sent=100, received=100, left_over=30 + key % 3, marked=30 + key, marking=Marking.PARTIAL)
        )
        for key in range(12)
    ]
    points = [*counted, uncounted(20, 80, 20), uncounted(21, 900, 200), uncounted(22, 300, 60)]

    found = what_to_count.choose(points, whole=2480, wished=0.0)

    assert [one.key for one in found.points] == [21, 22, 20]
    assert not found.is_enough


def test_nothing_to_count_where_everything_is_known() -> None:
    points = [totals.point(1, Counts(sent=10, received=10, left_over=3, marked=7))]

    found = what_to_count.choose(points, whole=10, wished=60.0)

    assert (found.points, found.is_enough, found.candidates) == ((), True, 0)


def test_with_the_truth_counted_it_is_about_as_narrow_as_expected() -> None:
    """A season with a known truth and nothing counted: ask, count what is asked, and look again."""
    dice = random.Random(4)
    truth: dict[int, int] = {}
    points = []
    for key in range(150):
        sent = dice.randint(80, 900)
        gone = round(sent * min(0.95, max(0.2, dice.gauss(0.55, 0.12))))
        truth[key] = gone
        points.append(uncounted(key, sent, round(gone * dice.uniform(0.3, 0.9))))
    whole = sum(one.figures.stock for one in points)
    found = what_to_count.choose(points, whole=whole, wished=4.0)
    asked = {one.key for one in found.points}
    counted = [
        totals.point(
            one.key,
            Counts(
                sent=one.counts.sent,
                received=one.counts.sent,
                left_over=one.counts.sent - truth[one.key],
                marked=one.counts.marked,
                marking=Marking.PARTIAL,
            ),
        )
        if one.key in asked
        else one
        for one in points
    ]

    assert found.is_enough
    assert 10 <= len(asked) < 120
    assert width(points, whole) > 25
    assert width(counted, whole) < 1.5 * 4.0
