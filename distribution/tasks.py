"""A door that waits: work that need not be done within a request. Plain values in, one action out.

Celery may hand out a task twice (a worker that dies, a Redis that comes back), so each is idempotent.
Doors put them in the queue with `enqueue`, which never fails and never waits long.
"""

import contextlib
import datetime as dt
import logging
import multiprocessing
import os
import socket
from collections.abc import Mapping
from typing import Any

import redis
from celery import Task, shared_task
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

from distribution.actions import (
    figures_snapshots,
    job_imports,
    job_year,
    jobs,
    lists_together,
    lookup_counters_upkeep,
    mailings,
    purge,
    reading_seals,
    second_eyes,
    stored_files,
    transfer_mails,
    working,
)
from distribution.actions.job_year import Keeping
from distribution.actions.working import Work
from distribution.enums import JobKind
from distribution.errors import DistributionError
from distribution.models import bulk
from distribution.queries import approvals
from distribution.rules.retention import Retention
from pickup_points.tables import Limits

log = logging.getLogger(__name__)
# A mail server that is away: tries again after 30 s, 1 min, 2 min, …
MAIL_RETRIES = {"max_retries": 5, "retry_backoff": 30, "retry_jitter": True}

# So many workers at most are called to draw lists along; a bell nobody needs does nothing. A helper draws for some
# seconds and then stands in the queue again, so that mail and other work need not wait until all lists are done.
HELPERS, HELP_SECONDS = 8, 5.0

LAST_SWEEP = "lerarenkaart:last-sweep"


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


def _keeping() -> Keeping:
    # A process of Celery's own pool may not have processes of its own.
    in_a_pool = multiprocessing.current_process().daemon
    return Keeping(
        days=settings.OFFICE_FILES_DAYS,
        workers=1 if in_a_pool else os.cpu_count() or 1,
        office_email=settings.OFFICE_EMAIL,
        ring=_ring_for_lists if in_a_pool and bulk.is_postgres() else None,
    )


def _ring_for_lists(job_id: int) -> None:
    for _ in range(HELPERS):
        if not enqueue(draw_lists, job_id):
            return


def _importing() -> job_imports.Means:
    return job_imports.Means(
        folder=settings.VAR_DIR,
        strict=settings.STAFF_NUMBER_CHECK == "strict",
        limits=Limits(rows=settings.IMPORT_MAX_ROWS),
        take_points=import_string(settings.POINTS_IMPORT),
    )


# What a worker does for each kind of job.
WORKS: Mapping[str, Work] = {
    JobKind.LOOK: lambda job, progress: job_imports.look(job, progress, means=_importing(), at=timezone.now()),
    JobKind.APPLY: lambda job, progress: job_imports.apply(job, progress, means=_importing(), at=timezone.now()),
    JobKind.MAILING: mailings.work,
    JobKind.RUN: job_year.run,
    JobKind.FREEZE: job_year.freeze,
    JobKind.PRINT: lambda job, progress: job_year.print_run(job, progress, keeping=_keeping()),
    JobKind.LISTS: lambda job, progress: job_year.lists(job, progress, keeping=_keeping()),
    JobKind.STARTERS: lambda job, progress: job_year.starters(job, progress, keeping=_keeping()),
    JobKind.FIGURES: lambda job, progress: figures_snapshots.work(job, progress, at=timezone.now()),
    JobKind.CHANGES: lambda job, progress: job_year.changes(job, progress, keeping=_keeping()),
}


def work_on(job_id: int) -> str:
    """Do a job in this process, if it is there to be done; says what came of it."""
    outcome = working.work(job_id, WORKS, owner=f"{socket.gethostname()}:{os.getpid()}"[:60])
    log.info("Job %s: %s.", job_id, outcome)
    return outcome


@shared_task
def do_job(job_id: int) -> None:
    """Do a job, if it is there to be done: a second bell for the same job does nothing."""
    outcome = work_on(job_id)
    if outcome == "done" and approvals.waiting(job_id, is_on=settings.FOUR_EYES):
        enqueue(mail_second_eyes, job_id)


@shared_task
def draw_lists(job_id: int) -> None:
    """Draw lists of a job along with its own worker: harmless when there is nothing left, or twice."""
    try:
        is_more = lists_together.help_out(job_id, office_email=settings.OFFICE_EMAIL, seconds=HELP_SECONDS)
    except DistributionError as refusal:
        # This machine's disk is full: the others go on.
        log.warning("Helping with job %s ended: %s.", job_id, refusal.code)
        return
    if is_more:
        enqueue(draw_lists, job_id)


@shared_task(autoretry_for=(OSError,), **MAIL_RETRIES)
def mail_card_asked(transfer_id: int) -> None:
    """Tell the managers of a point that another asks for a card."""
    transfer_mails.card_asked(transfer_id)


@shared_task(autoretry_for=(OSError,), **MAIL_RETRIES)
def mail_cards_offered(from_key: int, to_key: int) -> None:
    """Tell the managers of a point that another sends cards. Twice is two mails with the same meaning."""
    transfer_mails.cards_offered(from_key, to_key)


@shared_task(autoretry_for=(OSError,), **MAIL_RETRIES)
def mail_second_eyes(job_id: int) -> None:
    """Tell the others of Klasse that something waits for them; nobody when it was decided meanwhile."""
    second_eyes.mail_others(job_id)


@shared_task
def sweep_jobs() -> None:
    """Ring again for work nobody took or whose worker fell silent. Runs every half minute."""
    at = timezone.now()
    if settings.EMBEDDED:
        # The one worker is doing this now, so nothing else is being worked on.
        working.orphaned(at=at)
    for job_id in jobs.sweep(at=at):
        enqueue(do_job, job_id)
    lists_together.forget_ended()
    if not settings.EMBEDDED:
        # Whoever watches the system sees that scheduler and worker both live.
        with (
            contextlib.suppress(redis.RedisError),
            redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1) as client,
        ):
            client.set(LAST_SWEEP, at.timestamp())


@shared_task
def seal_readings() -> None:
    """Put the looks at personal data of the last minutes under a seal. Runs every five minutes."""
    reading_seals.seal(at=timezone.now(), secret=settings.AUDIT_KEY)


@shared_task
def purge_due() -> None:
    """Let go of everything whose time has passed (ADR 0020), unless that is left to the command. Runs every hour."""
    if not settings.PURGE:
        return
    terms, at = Retention(**settings.RETENTION), timezone.now()
    done = purge.purge_due(terms=terms, at=at, rejects_folder=settings.VAR_DIR / "rejects", secret=settings.AUDIT_KEY)
    done["accounts"] = import_string(settings.ACCOUNTS_FORGETTING)(terms.accounts_before(at), at=at)
    if any(done.values()):
        log.info("Purged: %s.", done)


@shared_task
def forget_ended_files() -> None:
    """Let go of kept files whose time has passed. Runs every hour."""
    stored_files.forget_ended(at=timezone.now())


def enqueue(task: "Task[..., Any]", *arguments: str | int) -> bool:
    """Put a task in the queue; False when the broker does not answer: the visitor's request goes on without it."""
    try:
        task.delay(*arguments)
    except OperationalError:
        log.warning("The broker does not answer: %s was not put in the queue.", task.name)
        return False
    return True
