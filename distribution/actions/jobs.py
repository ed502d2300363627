"""Work that outlives a page: asking for it, agreeing to it, taking it, ending it. The database decides every race.

Correctness lives here, Celery is only a bell (hardening.md, F): a job nobody rang for is found by `sweep`.
"""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from distribution.actions.writing_files import DiskFull, FolderInUse
from distribution.actions.year_lock import YearIsBusy
from distribution.enums import JobKind, JobState
from distribution.errors import DistributionError
from distribution.models import CardYear, Job, StoredFile, Upload
from pickup_points.models import User
from pickup_points.security_events import SecurityEvent, tell, tell_once_done

# A worker that says nothing for so long is dead; it says something every few seconds.
LEASE = dt.timedelta(minutes=2)
MOST_ATTEMPTS = 3
# Longer than a bell takes: then nobody was rung.
UNHEARD = dt.timedelta(seconds=30)
# Refusals about the moment and not about what was asked: room on the disk, the folder, the lock of the year.
PASSING = frozenset({DiskFull.code, FolderInUse.code, YearIsBusy.code})
PARKED = "De werker stopte driemaal zonder iets te zeggen. Vraag de technische beheerder om het logboek na te kijken."


class AlreadyAsked(DistributionError):
    """Such a job is open already: `job` is the one."""

    code = "already_asked"

    def __init__(self, job: Job) -> None:
        super().__init__(f"Dit is al gevraagd: {job.get_kind_display()} ({job.get_state_display()}).")
        self.job = job


class SameEyes(DistributionError):
    code = "same_eyes"


class NothingToAgreeTo(DistributionError):
    code = "nothing_to_agree_to"


class NothingToAskAgain(DistributionError):
    code = "nothing_to_ask_again"


class NotYours(DistributionError):
    """The job was taken by another worker meanwhile: what this one did is no longer wanted."""

    code = "not_yours"


def ask(
    kind: JobKind,
    *,
    card_year: CardYear | None,
    by: User,
    at: dt.datetime,
    upload: Upload | None = None,
    options: dict[str, Any] | None = None,
    needs_second: bool = False,
    lane: str = "",
) -> Job:
    """Write down that this must be done. Raises AlreadyAsked with the open job when there is one in its lane.

    The lane is the kind and the year unless given (import kinds differ: "apply personnel 2027").
    With `needs_second` it waits until someone else of Klasse agrees. The door rings the bell
    (tasks.do_job) in on_commit, for a job that is WAITING.
    """
    own_lane = lane or f"{kind}:{card_year.year if card_year else ''}"
    try:
        with transaction.atomic():
            return Job.objects.create(
                kind=kind,
                card_year=card_year,
                lane=own_lane,
                upload=upload,
                options=options or {},
                state=JobState.PROPOSED if needs_second else JobState.WAITING,
                asked_at=at,
                asked_by=by,
                needs_second=needs_second,
            )
    except IntegrityError:
        there = Job.objects.filter(lane=own_lane, ended_at=None).select_related("asked_by").first()
        if there is None:
            raise
        raise AlreadyAsked(there) from None


def agree(job: Job, *, by: User, at: dt.datetime) -> Job:
    """The second pair of eyes: the job may begin. Raises SameEyes for who asked it, NothingToAgreeTo when it is too late."""
    _check_other_eyes(job, by=by, to_do="dit bevestigen")
    agreed = _agreed(job, Q(state=JobState.PROPOSED), at=at, by=by, state=JobState.WAITING)
    _tell(SecurityEvent.AGREED_BY_TWO, agreed, by=by)
    return agreed


def release(job: Job, *, by: User, at: dt.datetime) -> Job:
    """The second pair of eyes, afterwards: what came of it may be fetched. Raises SameEyes or NothingToAgreeTo."""
    _check_other_eyes(job, by=by, to_do="dit bestand vrijgeven")
    released = _agreed(job, Q(state=JobState.DONE, agreed_at=None), at=at, by=by)
    _tell(SecurityEvent.RELEASED_BY_TWO, released, by=by)
    return released


def may_be_asked_again(job: Job) -> bool:
    """True when nothing was wrong with what was asked: it failed, or the refusal was about the moment."""
    return job.state == JobState.FAILED or (job.state == JobState.REFUSED and job.code in PASSING)


def ask_again(job: Job, *, by: User, at: dt.datetime) -> Job:
    """The same once more, after it failed or came at a bad moment; what asked for two pairs of eyes does so again.

    Raises NothingToAskAgain for anything else, AlreadyAsked when somebody asked before.
    """
    if not may_be_asked_again(job):
        raise NothingToAskAgain("Enkel wat mislukte, kun je zo opnieuw vragen.")
    return ask(
        JobKind(job.kind),
        card_year=job.card_year,
        by=by,
        at=at,
        upload=job.upload,
        options=job.options,
        needs_second=job.needs_second,
        lane=job.lane,
    )


def call_off(job: Job, *, by: User, at: dt.datetime) -> Job:
    """Not after all: by who asked it or by the second pair of eyes, as long as it did not begin."""
    changed = Job.objects.filter(pk=job.pk, state__in=[JobState.PROPOSED, JobState.WAITING]).update(
        state=JobState.CALLED_OFF, ended_at=at, code="called_off", sentence=f"Niet doorgegaan: beslist door {by}."
    )
    if not changed:
        raise NothingToAgreeTo("Dit is al begonnen of al afgelopen.")
    return Job.objects.get(pk=job.pk)


def claim(job_id: int, *, owner: str, at: dt.datetime) -> Job | None:
    """Take a job that waits, or whose worker fell silent; None when there is nothing to take (a bell that rang twice)."""
    free = Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, leased_until__lt=at)
    taken = Job.objects.filter(free, pk=job_id, attempts__lt=MOST_ATTEMPTS).update(
        state=JobState.RUNNING,
        owner=owner,
        leased_until=at + LEASE,
        started_at=at,
        attempts=F("attempts") + 1,
        done=0,
        total=0,
    )
    return Job.objects.select_related("card_year", "upload", "asked_by").get(pk=job_id) if taken else None


def beat(job: Job, *, at: dt.datetime, done: int, total: int) -> None:
    """Say that the worker lives and how far it is. Raises NotYours when another worker took over."""
    if not _held(job).update(leased_until=at + LEASE, done=done, total=total):
        raise NotYours(f"job {job.pk}")


def finish(job: Job, *, result: dict[str, Any], files: list[StoredFile], at: dt.datetime) -> None:
    """It is done. Counts only in `result`."""
    with transaction.atomic():
        _end(job, JobState.DONE, at=at, result=result)
        job.files.set(files)


def refuse(job: Job, refusal: DistributionError, *, at: dt.datetime) -> None:
    """A rule said no: nothing changed, and the sentence says why."""
    _end(job, JobState.REFUSED, at=at, code=refusal.code, sentence=str(refusal))
    if job.kind == JobKind.LOOK and refusal.code not in PASSING:
        tell_once_done(SecurityEvent.UPLOAD_REFUSED, account=job.asked_by_id, why=str(refusal.code), job=job.pk)


def fail(job: Job, *, code: str, sentence: str, at: dt.datetime) -> None:
    """Something broke. The cause is in the log; people read the sentence."""
    _end(job, JobState.FAILED, at=at, code=code, sentence=sentence)


def sweep(*, at: dt.datetime) -> list[int]:
    """The jobs to ring for again: nobody heard the bell, or the worker fell silent. Parks who fell silent three times."""
    silent = Q(state=JobState.RUNNING, leased_until__lt=at)
    Job.objects.filter(silent, attempts__gte=MOST_ATTEMPTS).update(
        state=JobState.FAILED, ended_at=at, code="parked", sentence=PARKED
    )
    unheard = Q(state=JobState.WAITING) & (Q(agreed_at=None, asked_at__lt=at - UNHEARD) | Q(agreed_at__lt=at - UNHEARD))
    return list(Job.objects.filter(silent | unheard).order_by("pk").values_list("pk", flat=True))


def to_be_done(*, at: dt.datetime) -> list[int]:
    """Every job that may be taken now, the one that was asked first in front. Parks like `sweep`."""
    fallen = set(sweep(at=at))
    waiting = Job.objects.filter(Q(state=JobState.WAITING) | Q(pk__in=fallen)).order_by("asked_at", "pk")
    return list(waiting.values_list("pk", flat=True))


def _check_other_eyes(job: Job, *, by: User, to_do: str) -> None:
    if by.pk == job.asked_by_id:
        tell(SecurityEvent.SAME_EYES_REFUSED, account=by.pk, job=job.pk)
        raise SameEyes(f"Iemand anders van Klasse moet {to_do}: vier ogen zien meer dan twee.")


def _agreed(job: Job, undecided: Q, *, at: dt.datetime, by: User, **fields: Any) -> Job:
    """The job with who agreed to it; raises NothingToAgreeTo when somebody was first."""
    if not Job.objects.filter(undecided, pk=job.pk).update(agreed_at=at, agreed_by=by, **fields):
        raise NothingToAgreeTo("Hierover is intussen al beslist.")
    return Job.objects.get(pk=job.pk)


def _tell(event: SecurityEvent, job: Job, *, by: User) -> None:
    tell_once_done(event, account=job.asked_by_id, by=by.pk, what=job.kind, job=job.pk)


def _held(job: Job) -> QuerySet[Job]:
    """The row, as long as the worker that took it so is still the one that holds it."""
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, owner=job.owner, attempts=job.attempts)


def _end(job: Job, state: JobState, *, at: dt.datetime, **fields: Any) -> None:
    if not _held(job).update(state=state, ended_at=at, leased_until=None, **fields):
        raise NotYours(f"job {job.pk}")
