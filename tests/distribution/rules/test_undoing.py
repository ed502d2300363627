"""Who may undo a hand-over, and until when."""

import datetime as dt

import pytest

from distribution.rules.undoing import FREELY, Refusal, refusal
from tests.conftest import NOW

IN_TIME, LATE = NOW + FREELY, NOW + FREELY + dt.timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("at", "is_same_person", "is_manager", "has_reason", "expected"),
    [
        (IN_TIME, True, False, False, None),
        (IN_TIME, True, True, False, None),
        (LATE, True, False, False, Refusal.NOT_YOURS),
        (LATE, True, False, True, Refusal.NOT_YOURS),
        (IN_TIME, False, False, False, Refusal.NOT_YOURS),
        (IN_TIME, False, False, True, Refusal.NOT_YOURS),
        (IN_TIME, False, True, False, Refusal.REASON_NEEDED),
        (IN_TIME, False, True, True, None),
        (LATE, True, True, False, Refusal.REASON_NEEDED),
        (LATE, True, True, True, None),
        (LATE, False, True, True, None),
        # A server whose clock was set back: recorded in the future, undone now.
        (NOW - dt.timedelta(hours=1), True, False, False, None),
    ],
)
def test_refusal(
    at: dt.datetime, *, is_same_person: bool, is_manager: bool, has_reason: bool, expected: Refusal | None
) -> None:
    said = refusal(recorded_at=NOW, at=at, is_same_person=is_same_person, is_manager=is_manager, has_reason=has_reason)

    assert said == expected
