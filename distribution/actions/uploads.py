"""Files that Klasse sends in: taken, looked at by a job, then applied by another or turned down. Who decided, and when, stays."""

import datetime as dt
import re
from collections.abc import Iterable

from django.db import transaction

from distribution.actions import jobs, stored_files
from distribution.enums import JobKind, Source, UploadKind
from distribution.errors import DistributionError
from distribution.models import CardYear, Job, Upload
from pickup_points.models import User

# Long enough to decide; whoever never does leaves no file with people behind.
KEPT = dt.timedelta(days=30)
LONGEST_NAME = 100
# Control characters, and the signs that turn the direction of writing: a name must look like what it is.
INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


class AlreadyDecided(DistributionError):
    code = "already_decided"


class NotLookedAt(DistributionError):
    code = "not_looked_at"


class StillBusy(DistributionError):
    code = "still_busy"


class ReasonNeeded(DistributionError):
    code = "reason_needed"


class NothingToForce(DistributionError):
    code = "nothing_to_force"


def take(
    parts: Iterable[bytes],
    *,
    kind: UploadKind,
    card_year: CardYear | None,
    name: str,
    by: User,
    at: dt.datetime,
    source: Source | None = None,
) -> tuple[Upload, Job]:
    """Keep a file and ask for it to be looked at, both or neither.

    Raises AlreadyAsked with the open job when a file of this kind is being looked at right now: then
    nothing is kept.
    """
    with transaction.atomic():
        upload = Upload.objects.create(
            kind=kind,
            card_year=card_year,
            source=source or "",
            year=card_year.year if kind == UploadKind.CARD_HOLDERS and card_year else None,
            name=shown_name(name),
            size=0,
            sha256="",
            at=at,
            by=by,
        )
        job = _ask_look(upload, by=by, at=at)
        file = stored_files.keep(
            parts,
            name=f"ingestuurd-{upload.pk}",
            content_type="application/octet-stream",
            at=at,
            by=by,
            keep_until=at + KEPT,
        )
        upload.file, upload.size, upload.sha256 = file, file.size, file.sha256
        upload.save(update_fields=["file", "size", "sha256"])
    return upload, job


def look_again(upload: Upload, *, by: User, at: dt.datetime, needs_second: bool = False) -> Job:
    """Ask for the difference anew. Raises AlreadyDecided, or AlreadyAsked with the open job."""
    _refuse_decided(upload)
    return _ask_look(upload, by=by, at=at, needs_second=needs_second)


def ask_apply(upload: Upload, *, by: User, at: dt.datetime, reason: str = "", needs_second: bool = False) -> Job:
    """Ask for it to be taken; with a `reason` against what a rule says.

    Raises NotLookedAt, AlreadyDecided, ReasonNeeded when a rule says no, NothingToForce when none does,
    or AlreadyAsked with the open job.
    """
    _refuse_decided(upload)
    if not upload.difference or is_open(upload, JobKind.LOOK):
        raise NotLookedAt("Dit bestand is nog niet nagekeken. Wacht tot je het verschil ziet.")
    if "refusal" in upload.difference and not reason:
        raise ReasonNeeded("Zeg waarom je het toch inleest. Die reden wordt bewaard.")
    if reason and "refusal" not in upload.difference:
        raise NothingToForce("Hier hoeft niets geforceerd te worden: je kunt het bestand gewoon inlezen.")
    return jobs.ask(
        JobKind.APPLY,
        card_year=upload.card_year,
        by=by,
        at=at,
        upload=upload,
        options={"reason": reason[:300]} if reason else {},
        needs_second=needs_second,
        lane=lane(JobKind.APPLY, upload),
    )


def turn_down(upload: Upload, *, by: User, at: dt.datetime) -> None:
    """Not this file: it goes, what it was stays readable. Raises AlreadyDecided, or StillBusy while a job is at it."""
    with transaction.atomic():
        current = Upload.objects.select_for_update().get(pk=upload.pk)
        _refuse_decided(current)
        if current.jobs.filter(ended_at=None).exists():
            raise StillBusy("Er is nog werk bezig met dit bestand. Wacht tot het klaar is, of blaas het eerst af.")
        close(current, by=by, at=at, is_applied=False)


def close(upload: Upload, *, by: User, at: dt.datetime, is_applied: bool) -> None:
    """Write down what was decided, and let the file go."""
    file, upload.file = upload.file, None
    upload.decided_at, upload.decided_by, upload.is_applied = at, by, is_applied
    upload.save(update_fields=["file", "decided_at", "decided_by", "is_applied", "difference"])
    if file is not None:
        stored_files.forget(file)


def lane(kind: JobKind, upload: Upload) -> str:
    """One job at a time of each kind of work for each picture: a source of a year."""
    year = upload.card_year.year if upload.card_year else ""
    return f"{kind}:{upload.kind}:{upload.source}:{year}"


def is_open(upload: Upload, kind: JobKind) -> bool:
    return upload.jobs.filter(kind=kind, ended_at=None).exists()


def shown_name(name: str) -> str:
    """What the sender called the file, short enough to show and without signs that mislead."""
    clean = " ".join(INVISIBLE.sub("", name).split())
    return clean[:LONGEST_NAME] or "bestand zonder naam"


def _ask_look(upload: Upload, *, by: User, at: dt.datetime, needs_second: bool = False) -> Job:
    return jobs.ask(
        JobKind.LOOK,
        card_year=upload.card_year,
        by=by,
        at=at,
        upload=upload,
        needs_second=needs_second,
        lane=lane(JobKind.LOOK, upload),
    )


def _refuse_decided(upload: Upload) -> None:
    if upload.decided_at is not None:
        raise AlreadyDecided("Over dit bestand is al beslist.")
    if upload.size and upload.file_id is None:
        raise AlreadyDecided("Dit bestand wordt niet meer bewaard. Stuur het opnieuw in.")
