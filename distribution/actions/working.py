"""Doing one job: take it, do it while saying how far it is, end it. What each kind does is told by the door."""

import contextlib
import datetime as dt
import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import Error, connection
from django.utils import timezone

from distribution.actions import jobs
from distribution.enums import JobState
from distribution.errors import DistributionError
from distribution.models import Job, StoredFile, bulk

log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]
BEAT = 1.0
BROKE = (
    "Er ging iets mis in het systeem zelf. Er is niets half gebeurd. De technische beheerder vindt meer in het logboek."
)


@dataclass(frozen=True)
class Done:
    """What came of a job: counts to keep (never a name or number of a person), and files to fetch."""

    result: dict[str, Any]
    files: list[StoredFile] = field(default_factory=list)


# Raises DistributionError when a rule says no.
Work = Callable[[Job, Progress], Done]
# How far the jobs of this process are. On SQLite a long transaction keeps every other writer out,
# so the row cannot say it; there the worker lives in the web process, which reads it here.
_here: dict[int, tuple[int, int]] = {}


def how_far(job: Job) -> tuple[int, int]:
    """Done and total of a job, as this process or the row knows it; 0 of 0 when nothing is known."""
    return _here.get(job.pk, (job.done, job.total))


def work(job_id: int, works: Mapping[str, Work], *, owner: str) -> str:
    """Do a job if it is there to be done; says what came of it, for the log."""
    job = jobs.claim(job_id, owner=owner, at=timezone.now())
    if job is None:
        return "nothing to do"
    try:
        return _do(job, works)
    except jobs.NotYours:
        log.warning("Job %s was taken by another worker.", job.pk)
        return "not ours"
    finally:
        _here.pop(job_id, None)


def _do(job: Job, works: Mapping[str, Work]) -> str:
    """Raises NotYours when the job was taken over meanwhile, however the work ended."""
    try:
        with _beating(job) as progress:
            done = works[job.kind](job, progress)
        jobs.finish(job, result=done.result, files=done.files, at=timezone.now())
    except jobs.NotYours:
        raise
    except DistributionError as refusal:
        _let_go(refusal)
        jobs.refuse(job, refusal, at=timezone.now())
        return "refused"
    except Exception as error:
        log.exception("Job %s (%s) broke.", job.pk, job.kind)
        _let_go(error)
        jobs.fail(job, code="broke", sentence=BROKE, at=timezone.now())
        return "failed"
    return "done"


def _let_go(error: BaseException | None) -> None:
    """Let go of what the failed work held. An answer read half-way keeps its transaction open, and what is written
    about the end of the job would go with it."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


@contextlib.contextmanager
def _beating(job: Job) -> Iterator[Progress]:
    """While it lasts, say every second how far the work is.

    On PostgreSQL from a thread with a connection of its own, because the work itself is one transaction.
    """
    _here[job.pk] = (0, 0)

    def progress(done: int, total: int) -> None:
        _here[job.pk] = (done, total)

    if not bulk.is_postgres():
        yield progress
        return
    stop = threading.Event()
    thread = threading.Thread(target=_beat, args=(job, stop), name=f"job-{job.pk}", daemon=True)
    thread.start()
    try:
        yield progress
    finally:
        stop.set()
        thread.join()


def _beat(job: Job, stop: threading.Event) -> None:
    said_at, said = 0.0, (0, 0)
    try:
        while not stop.wait(BEAT):
            now, (done, total) = time.monotonic(), _here.get(job.pk, (0, 0))
            # Silence would be death: without progress it still says now and then that it lives.
            if (done, total) == said and now - said_at < jobs.LEASE.total_seconds() / 6:
                continue
            try:
                jobs.beat(job, at=timezone.now(), done=done, total=total)
            except jobs.NotYours:
                return
            except Error:
                # The database was away for a moment: the work itself will find out.
                log.warning("Job %s could not say how far it is.", job.pk)
                connection.close()
                continue
            said_at, said = now, (done, total)
    finally:
        connection.close()


def orphaned(*, at: dt.datetime) -> None:
    """Embedded: the one worker asks this between two jobs, so every job that runs lost its worker. They may be taken at
    once."""
    Job.objects.filter(state=JobState.RUNNING).update(leased_until=at - dt.timedelta(seconds=1))
