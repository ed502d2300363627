"""Who may undo a hand-over, and until when (issue: the same person for 15 minutes, later a manager with a reason)."""

import datetime as dt
import enum

FREELY = dt.timedelta(minutes=15)


class Refusal(enum.Enum):
    """Why not, or not like this."""

    NOT_YOURS = "not_yours"
    REASON_NEEDED = "reason_needed"


def refusal(
    *, recorded_at: dt.datetime, at: dt.datetime, is_same_person: bool, is_manager: bool, has_reason: bool
) -> Refusal | None:
    """None when it may be undone at `at`. Counted from when the system heard of it: the device's clock proves nothing."""
    if is_same_person and at - recorded_at <= FREELY:
        return None
    if not is_manager:
        return Refusal.NOT_YOURS
    return None if has_reason else Refusal.REASON_NEEDED
