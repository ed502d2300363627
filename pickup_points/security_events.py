"""The log of what matters to safety: one line an event, under a name that stays the same (docs/security.md, "Wat we noteren").

An account is the number of its row. No name, address, staff number or what somebody typed is ever in a line.
"""

import logging
from enum import StrEnum

import structlog
from django.db import transaction

LOGGER = "lerarenkaart.security"
log = logging.getLogger(LOGGER)


class SecurityEvent(StrEnum):
    """Every event there is. Whoever watches the log searches for these words: add some, never change one."""

    LOGGED_IN = "logged_in"
    LOGIN_FAILED = "login_failed"
    TOO_MANY_TRIES = "too_many_tries"
    LOGGED_OUT = "logged_out"
    SESSIONS_ENDED = "sessions_ended"
    SECOND_STEP_FAILED = "second_step_failed"
    SECOND_STEP_ADDED = "second_step_added"
    SECOND_STEP_REMOVED = "second_step_removed"
    SECOND_STEP_RESET = "second_step_reset"
    RECOVERY_CODES_RENEWED = "recovery_codes_renewed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 -- the name of an event
    INVITED = "invited"
    INVITATION_USED = "invitation_used"
    ROLE_CHANGED = "role_changed"
    SWITCHED_OFF = "switched_off"
    SWITCHED_ON = "switched_on"
    KEY_MADE = "key_made"
    KEY_ENDED = "key_ended"
    ACCESS_REFUSED = "access_refused"
    TOKEN_REFUSED = "token_refused"  # noqa: S105 -- the name of an event
    FORM_REFUSED = "form_refused"
    GUESSING_NOTICED = "guessing_noticed"
    UPLOAD_REFUSED = "upload_refused"
    FORCED = "forced"
    AGREED_BY_TWO = "agreed_by_two"
    RELEASED_BY_TWO = "released_by_two"
    SAME_EYES_REFUSED = "same_eyes_refused"


def tell(event: SecurityEvent, *, account: int | None = None, by: int | None = None, **facts: str | int) -> None:
    """Write the line now. `account`: whose it is; `by`: who did it to them. `facts`: our own words and counts, nothing typed."""
    told: dict[str, str | int] = {"account": account} if account is not None else {}
    told |= {"by": by} if by is not None else {}
    told |= facts
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    shown = told | ({"request": request_id} if request_id else {})
    words = " ".join([event.value, *(f"{name}={value}" for name, value in shown.items())])
    log.info(words, extra={"security_event": event.value, **told})


def tell_once_done(
    event: SecurityEvent, *, account: int | None = None, by: int | None = None, **facts: str | int
) -> None:
    """Write the line when the change is really kept: what is taken back leaves none."""
    transaction.on_commit(lambda: tell(event, account=account, by=by, **facts))
