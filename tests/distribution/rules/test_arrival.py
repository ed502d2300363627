"""What arrives: boxes, and what counting some of them says."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.rules import arrival
from distribution.rules.arrival import Box, Count, Delivery, Receipt

FIRST = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
LATER = FIRST + dt.timedelta(days=60)
SENT = arrival.boxes([Delivery(1, 520, 250, FIRST)])
TWICE = arrival.boxes([Delivery(1, 520, 250, FIRST), Delivery(2, 9, None, LATER)])


def count(counted: int, *, days: int = 1) -> Count:
    return Count(counted, FIRST + dt.timedelta(days=days))


def test_boxes_are_filled_to_the_brim_and_numbered_on() -> None:
    assert (
        Box(1, 1, 1, 250, FIRST),
        Box(2, 1, 2, 250, FIRST),
        Box(3, 1, 3, 20, FIRST),
        Box(4, 2, 1, 9, LATER),
    ) == TWICE


def test_boxes_of_nothing_are_none() -> None:
    assert arrival.boxes([Delivery(1, 0, 250, FIRST), Delivery(2, 0, None, LATER)]) == ()


@given(st.integers(0, 3_000), st.integers(1, 600))
def test_boxes_hold_every_card(cards: int, size: int) -> None:
    made = arrival.boxes([Delivery(1, cards, size, FIRST)])

    assert sum(box.cards for box in made) == cards
    assert all(0 < box.cards <= size for box in made)


@pytest.mark.parametrize(
    ("sent", "by_box", "together", "found"),
    [
        pytest.param(SENT, {}, None, Receipt(None, is_whole=False), id="nothing counted"),
        pytest.param(SENT, {1: count(250), 2: count(249), 3: count(20)}, None, Receipt(519, is_whole=True), id="all boxes"),
        pytest.param(SENT, {2: count(249)}, None, Receipt(519, is_whole=False), id="one box: the others as sent"),
        pytest.param(SENT, {1: count(0), 2: count(0), 3: count(0)}, None, Receipt(0, is_whole=True), id="empty boxes"),
        pytest.param(SENT, {}, count(518), Receipt(518, is_whole=True), id="everything together"),
        pytest.param(SENT, {1: count(240)}, count(518, days=2), Receipt(518, is_whole=True), id="together, later"),
        pytest.param(SENT, {1: count(240, days=3)}, count(518, days=2), Receipt(510, is_whole=False), id="a box, later"),
        pytest.param(TWICE, {}, count(518), Receipt(527, is_whole=False), id="together, before the addition"),
        pytest.param(TWICE, {4: count(8, days=70)}, count(518), Receipt(526, is_whole=True), id="and the addition"),
        pytest.param(TWICE, {}, count(527, days=70), Receipt(527, is_whole=True), id="together, after the addition"),
        pytest.param((), {}, count(5), Receipt(5, is_whole=True), id="counted though nothing was sent"),
    ],
)  # fmt: skip
def test_receipt(sent: tuple[Box, ...], by_box: dict[int, Count], together: Count | None, found: Receipt) -> None:
    assert arrival.receipt(sent, by_box=by_box, together=together) == found
