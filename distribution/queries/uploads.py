"""Files that were sent in: what is in now of each kind, what waits for a decision, and what became of the others."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Prefetch, QuerySet

from distribution.enums import JobKind, JobState, Source, UploadKind
from distribution.models import (
    CardYear,
    EarlierHolder,
    Job,
    PersonnelImport,
    PublishedFigures,
    StoredFile,
    Subscriber,
    Upload,
    YearEvent,
)
from pickup_points.models import PointYear, User


class State(StrEnum):
    LOOKING = "looking"
    NOT_LOOKED_AT = "not_looked_at"
    READY = "ready"
    RULE_SAYS_NO = "rule_says_no"
    NOTHING_NEW = "nothing_new"
    ASKED = "asked"
    APPLYING = "applying"
    GONE = "gone"
    APPLIED = "applied"
    CANNOT_BE_TAKEN = "cannot_be_taken"
    TURNED_DOWN = "turned_down"


# Somebody has to do something.
WAITING = (State.NOT_LOOKED_AT, State.READY, State.RULE_SAYS_NO, State.NOTHING_NEW)


@dataclass(frozen=True)
class Sent:
    """A file and where it stands. `look` and `apply` are the latest jobs about it."""

    upload: Upload
    state: State
    look: Job | None
    apply: Job | None

    @property
    def open_job(self) -> Job | None:
        """The job that is at it now."""
        return next((job for job in (self.apply, self.look) if job is not None and job.is_open), None)

    @property
    def waits(self) -> bool:
        return self.state in WAITING


@dataclass(frozen=True)
class Inside:
    """What a kind holds now. `count` is in its own unit; who and when of the latest import, when that is known."""

    kind: UploadKind
    source: Source | None
    count: int
    at: dt.datetime | None = None
    by: User | None = None


def get(upload_id: int) -> Sent | None:
    found = _uploads().filter(pk=upload_id).first()
    return _sent(found) if found else None


def undecided(*, card_year: CardYear | None = None) -> list[Sent]:
    """The files about which nobody decided yet, the latest first; of one year and of no year when it is given.

    What nobody decided about in time is no longer kept, and waits for nobody.
    """
    found = _uploads().filter(decided_at=None, file__isnull=False)
    return [_sent(one) for one in (_of(found, card_year) if card_year else found)]


def decided(*, card_year: CardYear | None, most: int) -> list[Sent]:
    """The latest that were decided about, of one year and of no year."""
    return [_sent(one) for one in _of(_uploads().filter(decided_at__isnull=False), card_year)[:most]]


def same_before(upload: Upload) -> Upload | None:
    """The latest other upload of this very file, for the same picture, that was applied."""
    if not upload.sha256:
        return None
    return (
        Upload.objects.filter(
            sha256=upload.sha256,
            kind=upload.kind,
            source=upload.source,
            card_year=upload.card_year,
            is_applied=True,
            pk__lt=upload.pk,
        )
        .select_related("decided_by")
        .first()
    )


def newer(upload: Upload) -> Upload | None:
    """A later file for the same picture that waits too."""
    return Upload.objects.filter(
        kind=upload.kind, source=upload.source, card_year=upload.card_year, decided_at=None, pk__gt=upload.pk
    ).first()


def rejects(sent: Sent) -> StoredFile | None:
    """The rejected rows of the latest look, as long as they are kept."""
    looks = sent.upload.jobs.filter(kind=JobKind.LOOK, state=JobState.DONE).order_by("-pk")
    latest = looks.first()
    return latest.files.first() if latest else None


def look_with_rejects(sent: Sent) -> Job | None:
    """The latest look that was done: the job its rejects are fetched at."""
    return sent.upload.jobs.filter(kind=JobKind.LOOK, state=JobState.DONE).order_by("-pk").first()


def inside(card_year: CardYear | None) -> dict[tuple[str, str], Inside]:
    """What is in of each kind and source, by (kind, source). A fixed number of questions."""
    found: dict[tuple[str, str], Inside] = {}
    published = PublishedFigures.objects.count()
    latest = (
        Upload.objects.filter(kind=UploadKind.HISTORY, is_applied=True)
        .select_related("decided_by")
        .order_by("-decided_at")
        .first()
    )
    found[UploadKind.HISTORY, ""] = Inside(
        UploadKind.HISTORY,
        None,
        published,
        latest.decided_at if latest else None,
        latest.decided_by if latest else None,
    )
    if card_year is None:
        return found
    for source in Source:
        taken = PersonnelImport.objects.filter(card_year=card_year, source=source).select_related("by").first()
        found[UploadKind.PERSONNEL, source] = Inside(
            UploadKind.PERSONNEL,
            source,
            taken.people if taken else 0,
            taken.at if taken else None,
            taken.by if taken else None,
        )
    counts = (
        (UploadKind.POINTS, "points_imported", PointYear.objects.filter(year=card_year.year).count()),
        (UploadKind.SUBSCRIBERS, "subscribers_imported", Subscriber.objects.filter(card_year=card_year).count()),
        (UploadKind.CARD_HOLDERS, "card_holders_imported", EarlierHolder.objects.filter(year=card_year.year).count()),
    )
    events: dict[str, YearEvent] = {}
    kinds = [event for _, event, _ in counts]
    for event in (
        YearEvent.objects.filter(card_year=card_year, kind__in=kinds).select_related("by").order_by("at", "pk")
    ):
        events[event.kind] = event
    for kind, named, count in counts:
        happened = events.get(named)
        found[kind, ""] = Inside(
            kind, None, count, happened.at if happened else None, happened.by if happened else None
        )
    return found


def _uploads() -> QuerySet[Upload]:
    jobs = Job.objects.select_related("asked_by", "agreed_by").order_by("-pk")
    return Upload.objects.select_related("card_year", "by", "decided_by").prefetch_related(
        Prefetch("jobs", queryset=jobs, to_attr="all_jobs")
    )


def _of(found: QuerySet[Upload], card_year: CardYear | None) -> QuerySet[Upload]:
    no_year = found.filter(card_year=None)
    return found.filter(card_year=card_year) | no_year if card_year else no_year


def _sent(upload: Upload) -> Sent:
    jobs: list[Job] = getattr(upload, "all_jobs", [])
    look = next((job for job in jobs if job.kind == JobKind.LOOK), None)
    apply = next((job for job in jobs if job.kind == JobKind.APPLY), None)
    return Sent(upload, _state(upload, look, apply), look, apply)


def _state(upload: Upload, look: Job | None, apply: Job | None) -> State:
    if upload.decided_at is not None:
        if upload.is_applied:
            return State.APPLIED
        return State.CANNOT_BE_TAKEN if "refused" in upload.difference else State.TURNED_DOWN
    if apply is not None and apply.is_open:
        return State.ASKED if apply.state == JobState.PROPOSED else State.APPLYING
    if upload.file_id is None:
        return State.GONE
    if look is not None and look.is_open:
        return State.LOOKING
    if not upload.difference:
        return State.NOT_LOOKED_AT
    if "refusal" in upload.difference:
        return State.RULE_SAYS_NO
    return State.NOTHING_NEW if upload.difference.get("is_same") else State.READY
