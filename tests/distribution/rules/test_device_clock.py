"""What a device says the time was (hardening.md T14, F19)."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.rules.device_clock import AHEAD, believe
from pickup_points.hours.calendar import BRUSSELS

HEARD = dt.datetime(2027, 1, 12, 10, 0, tzinfo=BRUSSELS)
SEASON = dt.date(2026, 12, 27)
moments = st.integers(0, 3_000_000_000).map(lambda seconds: dt.datetime.fromtimestamp(seconds, tz=dt.UTC))


@pytest.mark.parametrize(
    ("said_at", "counts", "is_doubtful"),
    [
        (HEARD, HEARD, False),
        (HEARD - dt.timedelta(hours=72), HEARD - dt.timedelta(hours=72), False),
        (HEARD + AHEAD, HEARD, False),
        (HEARD + AHEAD + dt.timedelta(seconds=1), HEARD, True),
        (HEARD + dt.timedelta(days=2), HEARD, True),
        # The first day of collecting begins at midnight in Brussels, whatever offset the device writes.
        (dt.datetime(2026, 12, 26, 23, 0, tzinfo=dt.UTC), dt.datetime(2026, 12, 26, 23, 0, tzinfo=dt.UTC), False),
        (dt.datetime(2026, 12, 26, 22, 59, 59, tzinfo=dt.UTC), HEARD, True),
        (dt.datetime(1970, 1, 1, tzinfo=dt.UTC), HEARD, True),
    ],
)
def test_believe(said_at: dt.datetime, counts: dt.datetime, *, is_doubtful: bool) -> None:
    assert believe(said_at, heard_at=HEARD, season_from=SEASON) == (counts, is_doubtful)


def test_believe_before_the_season_asks_for_today() -> None:
    early = dt.datetime(2026, 12, 3, 0, 30, tzinfo=BRUSSELS)  # in UTC it is still the day before

    assert believe(early, heard_at=early, season_from=SEASON) == (early, False)
    assert believe(early - dt.timedelta(hours=1), heard_at=early, season_from=SEASON) == (early, True)


@given(said_at=moments, heard_at=moments)
def test_believe_never_counts_what_is_still_to_come(said_at: dt.datetime, heard_at: dt.datetime) -> None:
    counts, is_doubtful = believe(said_at, heard_at=heard_at, season_from=SEASON)

    assert counts <= heard_at
    assert counts == (heard_at if is_doubtful else min(said_at, heard_at))
