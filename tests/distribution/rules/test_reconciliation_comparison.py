"""A line through points that counted: between what they say and what is likely, and honest about how unsure that is."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.rules.reconciliation_comparison import FEWEST_COMPARABLE, Comparison, Counted, compare, line, quantile

SHARES = st.floats(0.0, 1.0)
COUNTED = st.builds(Counted, stock=st.integers(1, 12_000), recorded=SHARES, gone=SHARES)


def drawn(number: int, *, level: float, spread: float, seed: int = 1) -> list[Counted]:
    dice = random.Random(seed)
    return [
        Counted(round(dice.lognormvariate(5.9, 0.7)), dice.uniform(0.0, 0.5), dice.gauss(level, spread))
        for _ in range(number)
    ]


def of_all(*counted: Counted) -> Comparison:
    return line("everyone", counted)


def test_points_that_are_all_alike_leave_no_doubt_but_of_the_slope() -> None:
    alike = [Counted(100, 0.4, 0.6)] * FEWEST_COMPARABLE

    found = line("partial", alike)

    assert found.share == pytest.approx(0.6)
    assert (found.slope, found.spread, found.share_variance) == pytest.approx((0.0, 0.0, 0.0))
    assert found.slope_variance > 0


def test_nine_points_tell_nothing_and_ten_do() -> None:
    counted = drawn(FEWEST_COMPARABLE, level=0.6, spread=0.1)

    assert compare("partial", counted[1:], of_all(*counted)) is None
    assert compare("partial", counted, None) is None
    found = compare("partial", counted, of_all(*counted))
    assert found is not None
    assert found.points == FEWEST_COMPARABLE


def test_a_small_difference_from_all_points_is_mostly_taken_for_chance_and_a_large_one_is_not() -> None:
    everyone = of_all(*drawn(300, level=0.54, spread=0.1))

    def level(of: float) -> tuple[float, float]:
        own = drawn(15, level=of, spread=0.1, seed=2)
        found = compare("nothing", own, everyone)
        assert found is not None
        return line("nothing", own).share, found.share

    near, kept = level(0.56), level(0.30)
    assert abs(near[1] - everyone.share) < abs(near[0] - everyone.share)
    assert abs(kept[1] - kept[0]) < 0.02


def test_a_line_is_taken_for_flat_until_the_points_refute_it() -> None:
    everyone = of_all(*drawn(300, level=0.54, spread=0.1))
    flat = drawn(40, level=0.54, spread=0.1, seed=4)
    steep = [Counted(one.stock, one.recorded, one.gone + 0.9 * one.recorded) for one in flat]

    of_flat, of_steep = compare("partial", flat, everyone), compare("partial", steep, everyone)

    assert of_flat is not None
    assert of_steep is not None
    assert abs(of_flat.slope) < abs(line("partial", flat).slope)
    assert of_steep.slope == pytest.approx(line("partial", steep).slope, abs=0.1)


@given(st.lists(COUNTED, min_size=FEWEST_COMPARABLE, max_size=40), st.lists(COUNTED, max_size=20), SHARES)
def test_a_share_is_a_share_and_more_cards_are_never_surer(
    alike: list[Counted], others: list[Counted], recorded: float
) -> None:
    found = compare("partial", alike, of_all(*alike, *others))

    assert found is not None
    assert 0.0 <= found.share_at(recorded) <= 1.0
    assert min(found.share_variance, found.slope_variance, found.spread) >= 0.0
    one, two = found.variance([(100, recorded)]), found.variance([(100, recorded), (100, recorded)])
    assert 0.0 <= one <= two


@given(st.lists(COUNTED, min_size=FEWEST_COMPARABLE, max_size=40), st.randoms())
def test_the_order_of_the_points_changes_nothing(alike: list[Counted], dice: random.Random) -> None:
    shuffled = dice.sample(alike, len(alike))

    one, other = line("partial", alike), line("partial", shuffled)

    assert one.share == pytest.approx(other.share)
    assert one.slope == pytest.approx(other.slope, abs=1e-6)
    assert one.spread == pytest.approx(other.spread, abs=1e-6)


@pytest.mark.parametrize(("freedom", "table"), [(8, 3.355), (16, 2.921), (30, 2.750), (1000, 2.581)])
def test_quantiles_are_those_of_the_tables(freedom: int, table: float) -> None:
    assert quantile(freedom) == pytest.approx(table, abs=0.005)
