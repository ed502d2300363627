"""Shares in percent, margins in words, years as people write them, and groups too small to show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.rules import rates, small_groups, year_span


@pytest.mark.parametrize(
    ("part", "whole", "wanted"),
    [
        (138_365, 204_530, 67.65),
        (139_705, 208_204, 67.10),
        (138_516, 213_132, 64.99),
        (125_529, 215_229, 58.32),
        (1, 800, 0.13),  # a half is rounded up
        (0, 5, 0.0),
        (5, 5, 100.0),
        (None, 5, None),
        (5, None, None),
        (0, 0, None),
    ],
)
def test_percent(part: int | None, whole: int | None, wanted: float | None) -> None:
    assert rates.percent(part, whole) == wanted


def test_percent_of_one_decimal_is_not_rounded_twice() -> None:
    assert (rates.percent(2_449, 10_000), rates.percent(24_496, 100_000, decimals=1)) == (24.49, 24.5)
    assert rates.percent(24_446, 100_000, decimals=1) == 24.4


def test_a_sum_with_something_not_counted_is_not_counted() -> None:
    assert (rates.added(1, 0, 2), rates.added(1, None), rates.added()) == (3, None, 0)


@pytest.mark.parametrize(
    ("margins", "words"),
    [
        (rates.Margins(58.3, 57.4, 59.6, 46.2, 70.1, 0.82, is_estimate=False),
         "58,3 % (tussen 57,4 en 59,6; minstens 46,2, hoogstens 70,1; 82 % van de kaarten geteld)"),
        (rates.Margins(58.3, None, None, None, None, None, is_estimate=True), "58,3* %"),
        (rates.Margins(None, None, None, 46.2, None, None, is_estimate=False), "niet geteld (minstens 46,2)"),
        (rates.Margins(None, None, None, None, None, None, is_estimate=False), "niet geteld"),
    ],
)  # fmt: skip
def test_margins_in_words(margins: rates.Margins, words: str) -> None:
    assert rates.in_words(margins) == words


@pytest.mark.parametrize(("written", "years"), [("2027", range(2027, 2028)), (" 2017-2021 ", range(2017, 2022))])
def test_years(written: str, years: range) -> None:
    assert year_span.read(written) == years


@pytest.mark.parametrize("written", ["", "27", "2021-2017", "2027-", "1989", "2090-2101", "2027–2028", "２０２７"])
def test_years_that_are_none(written: str) -> None:
    with pytest.raises(year_span.BadYears):
        year_span.read(written)


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        ([5, 9, 100], set()),
        ([], set()),
        ([0, 9], set()),
        ([4, 9, 5], {0, 2}),
        ([2, 2, 9, 50], {0, 1, 2}),
        ([3, 3, 9], {0, 1}),
        ([3], {0}),
    ],
)
def test_small_groups(sizes: list[int], hidden: set[int]) -> None:
    assert small_groups.hidden(sizes) == hidden


@given(st.lists(st.integers(0, 12), max_size=12))
def test_what_is_hidden_cannot_be_told_from_the_total(sizes: list[int]) -> None:
    hidden = small_groups.hidden(sizes)

    assert {place for place, size in enumerate(sizes) if 0 < size < small_groups.FEWEST} <= hidden
    people = [size for place, size in enumerate(sizes) if place in hidden]
    assert not people or len(hidden) == sum(size > 0 for size in sizes) or (len(people) > 1 and sum(people) >= 5)
