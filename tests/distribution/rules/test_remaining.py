"""How long work will still take: roughly, or nothing when that would be a guess."""

import datetime as dt

import pytest

from distribution.rules import remaining

MINUTE = dt.timedelta(minutes=1)


def test_estimate_goes_on_at_the_speed_so_far() -> None:
    assert remaining.estimate(done=25, total=100, elapsed=MINUTE) == 3 * MINUTE


@pytest.mark.parametrize(
    ("done", "total", "seconds"),
    [(0, 0, 60), (0, 100, 60), (9, 100, 60), (3, 5, 60), (50, 100, 4), (100, 100, 60)],
)
def test_estimate_says_nothing_when_it_knows_too_little(done: int, total: int, seconds: int) -> None:
    assert remaining.estimate(done=done, total=total, elapsed=dt.timedelta(seconds=seconds)) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3, "nog enkele seconden"),
        (35, "nog een halve minuut"),
        (55, "nog ongeveer een minuut"),
        (100, "nog ongeveer 2 minuten"),
        (600, "nog ongeveer 10 minuten"),
    ],
)
def test_in_words_is_rough(seconds: int, words: str) -> None:
    assert remaining.in_words(dt.timedelta(seconds=seconds)) == words
