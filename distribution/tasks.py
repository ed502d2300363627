"""A door that waits: work that need not be done within a request. Plain values in, one action out.

Celery may hand out a task twice (a worker that dies, a Redis that comes back), so each is idempotent.
Doors put them in the queue with `enqueue`, which never fails and never waits long.
"""

import datetime as dt
import logging
from typing import Any

from celery import Task, shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from distribution.actions import lookup_counters_upkeep

log = logging.getLogger(__name__)
# A mail server that is away: tries again after 30 s, 1 min, 2 min, …
MAIL_RETRIES = {"max_retries": 5, "retry_backoff": 30, "retry_jitter": True}


@shared_task
def forget_old_lookup_counters() -> None:
    """Delete the limiter's counters whose window has ended. Runs every hour."""
    lookup_counters_upkeep.forget_ended(at=timezone.now())


@shared_task(autoretry_for=(OSError,), **MAIL_RETRIES)
def alert_lookup_breaker(tripped_at_iso: str) -> None:
    """Mail Klasse, once, that the public lookup asks everyone for a postcode since `tripped_at_iso` (with offset)."""
    tripped_at = timezone.localtime(dt.datetime.fromisoformat(tripped_at_iso))
    lookup_counters_upkeep.alert_breaker(
        tripped_at, to=settings.OFFICE_EMAIL, sender=settings.DEFAULT_FROM_EMAIL, at=timezone.now()
    )


def enqueue(task: "Task[..., Any]", *arguments: str | int) -> bool:
    """Put a task in the queue; False when the broker does not answer: the visitor's request goes on without it."""
    try:
        task.delay(*arguments)
    except OperationalError:
        log.warning("The broker does not answer: %s was not put in the queue.", task.name)
        return False
    return True
