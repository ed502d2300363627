"""The work on a file that was sent in: looking at it (a dry run), and applying exactly what was seen."""

import contextlib
import csv
import datetime as dt
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.db import transaction

from distribution.actions import history, personnel, staff_lists, stored_files, uploads, year_lock
from distribution.actions.import_folders import on_disk
from distribution.actions.taking_files import ListSummary
from distribution.actions.working import Done, Progress
from distribution.enums import Source, UploadKind
from distribution.errors import CanBeForced, DistributionError
from distribution.intake.refusals import FileRefused
from distribution.models import Job, PersonnelImport, StoredFile, Upload, YearEvent
from pickup_points.models import User
from pickup_points.security_events import SecurityEvent, tell_once_done
from pickup_points.tables import Limits

REJECTS_KEPT = dt.timedelta(days=30)
EVENTS = {
    UploadKind.POINTS: "points_imported",
    UploadKind.SUBSCRIBERS: "subscribers_imported",
    UploadKind.CARD_HOLDERS: "card_holders_imported",
}
# What must be the same when applying as when it was looked at.
SEEN = ("rows", "accepted", "rejected", "counts", "stamp")


class TakePoints(Protocol):
    """settings.POINTS_IMPORT: places and cards meet above both apps."""

    def __call__(
        self,
        path: Path,
        *,
        card_year: Any,
        at: dt.datetime,
        by: User,
        force: str,
        dry_run: bool,
        rejects_folder: Path,
    ) -> ListSummary: ...


@dataclass(frozen=True)
class Means:
    """What the door lends: a folder to work in, how strict to be, and what lives above this app."""

    folder: Path
    strict: bool
    limits: Limits
    take_points: TakePoints


class FileIsGone(DistributionError):
    code = "file_is_gone"


class ChangedSince(DistributionError):
    """Something else was applied between looking and applying: what would happen now was not seen."""

    code = "changed_since"


def look(job: Job, progress: Progress, *, means: Means, at: dt.datetime) -> Done:
    """What the file would change, written on the upload; the rejects are kept for download.

    A file of a wrong shape is turned down by itself: it will not get better. When a rule says no that
    may be overruled, the difference is told with it.
    """
    upload = _upload(job)
    with on_disk(upload.name, upload.file, folder=means.folder) as (path, folder):
        try:
            difference, rejects = _difference(upload, path, folder, means=means, at=at, by=job.asked_by, tell=progress)
        except FileRefused as refused:
            upload.difference = {"refused": {"code": refused.shape, "sentence": str(refused)}}
            uploads.close(upload, by=job.asked_by, at=at, is_applied=False)
            raise
        files = _keep_rejects(rejects, upload, people=difference["rejected"], at=at, by=job.asked_by)
    Upload.objects.filter(pk=upload.pk).update(difference=difference)
    return Done(_counts(difference), files)


def apply(job: Job, progress: Progress, *, means: Means, at: dt.datetime) -> Done:
    """Take the file, in one transaction with the decision about it; only when it does what was seen.

    Done again after a worker died it changes nothing. Raises ChangedSince, with the new difference
    written on the upload, and what the import of its kind raises.
    """
    upload = Upload.objects.select_related("card_year", "file").get(jobs=job)
    if upload.is_applied:
        return Done(_counts(upload.difference))
    upload = _upload(job)
    force = str(job.options.get("reason", ""))
    with on_disk(upload.name, upload.file, folder=means.folder) as (path, folder):
        try:
            with _held(upload):
                stamp = _stamp(upload)
                summary = _take(
                    upload,
                    path,
                    folder,
                    means=means,
                    at=at,
                    by=job.asked_by,
                    force=force,
                    dry_run=False,
                    tell=progress,
                )
                now = _as_dict(summary, stamp=stamp)
                if _seen(now, upload.kind) != _seen(upload.difference, upload.kind):
                    raise ChangedSince(
                        "Sinds het nakijken is er iets veranderd, dus dit bestand zou nu iets anders doen dan je zag. "
                        "Er is niets ingelezen. Het verschil is opnieuw berekend: kijk het na en beslis opnieuw."
                    )
                upload.difference = {key: value for key, value in upload.difference.items() if key != "refusal"}
                upload.difference |= {"forced_because": force} if force else {}
                uploads.close(upload, by=job.agreed_by or job.asked_by, at=at, is_applied=True)
                if force:
                    tell_once_done(SecurityEvent.FORCED, account=job.asked_by_id, what=upload.kind, job=job.pk)
        except ChangedSince:
            difference, _ = _difference(upload, path, folder, means=means, at=at, by=job.asked_by, tell=progress)
            Upload.objects.filter(pk=upload.pk).update(difference=difference)
            raise
        except CanBeForced as refusal:
            told = {"refusal": {"code": refusal.code, "sentence": refusal.sentence}}
            Upload.objects.filter(pk=upload.pk).update(difference=upload.difference | told)
            raise
    return Done(_counts(upload.difference))


def _difference(
    upload: Upload, path: Path, folder: Path, *, means: Means, at: dt.datetime, by: User, tell: Progress
) -> tuple[dict[str, Any], Path | None]:
    """The dry run as it is shown, and where its rejects are; a rule that says no is told in it."""

    def dry_run(force: str = "") -> tuple[str, ListSummary]:
        with _held(upload):
            stamp = _stamp(upload)
            return stamp, _take(upload, path, folder, means=means, at=at, by=by, force=force, dry_run=True, tell=tell)

    told: dict[str, Any] = {}
    try:
        stamp, summary = dry_run()
    except CanBeForced as refusal:
        told = {"refusal": {"code": refusal.code, "sentence": refusal.sentence}}
        stamp, summary = dry_run("nakijken")
    difference = _as_dict(summary, stamp=stamp) | told
    rejects = Path(summary.rejects_file) if summary.rejects_file else None
    difference["reject_codes"] = _codes(rejects) if rejects else {}
    return difference, rejects


def _take(
    upload: Upload,
    path: Path,
    folder: Path,
    *,
    means: Means,
    at: dt.datetime,
    by: User,
    force: str,
    dry_run: bool,
    tell: Progress,
) -> ListSummary:
    """The import of this kind, the very one the command does."""
    card_year, strict, limits = upload.card_year, means.strict, means.limits
    if upload.kind == UploadKind.HISTORY:
        return history.load(path, rejects_folder=folder, dry_run=dry_run)
    assert card_year is not None
    if upload.kind == UploadKind.POINTS:
        return means.take_points(
            path, card_year=card_year, at=at, by=by, force=force, dry_run=dry_run, rejects_folder=folder
        )
    if upload.kind == UploadKind.SUBSCRIBERS:
        return staff_lists.load_subscribers(
            card_year, path, at=at, rejects_folder=folder, by=by, strict=strict, dry_run=dry_run, limits=limits
        )
    if upload.kind == UploadKind.CARD_HOLDERS:
        return staff_lists.load_card_holders(
            upload.year or card_year.year,
            path,
            at=at,
            rejects_folder=folder,
            by=by,
            strict=strict,
            dry_run=dry_run,
            limits=limits,
        )
    summary = personnel.load(
        card_year,
        path,
        source=upload.source or Source.EPD,
        at=at,
        rejects_folder=folder,
        by=by,
        strict=strict,
        dry_run=dry_run,
        forced_because=force,
        progress=tell,
        limits=limits,
    )
    return ListSummary(
        rows=summary.rows,
        accepted=summary.accepted,
        rejected=summary.rejected,
        changed=any(summary.people[change] for change in ("new", "changed", "left")),
        rejects_file=summary.rejects_file,
        notices=summary.notices,
        counts=summary.people,
        warnings=summary.warnings,
        details={"samples": summary.samples},
    )


def _as_dict(summary: ListSummary, *, stamp: str) -> dict[str, Any]:
    return {
        "rows": summary.rows,
        "accepted": summary.accepted,
        "rejected": summary.rejected,
        "counts": summary.counts,
        "warnings": summary.warnings,
        "notices": summary.notices,
        "is_same": not summary.changed,
        "stamp": stamp,
        **summary.details,
    }


def _seen(difference: dict[str, Any], kind: str) -> list[Any]:
    """What of a difference must not change unseen. Of points and of years that is every change by itself."""
    seen = [difference.get(key) for key in SEEN]
    if kind == UploadKind.POINTS:
        told = difference.get("points", {})
        seen += [told.get("new"), told.get("changed"), told.get("left")]
        seen.append([[one["postcode"], one["was"], one["becomes"]] for one in told.get("moved", [])])
    return [_plain(one) for one in [*seen, difference.get("years")]]


def _plain(value: Any) -> Any:
    """As JSON gives it back: tuples are lists."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def _stamp(upload: Upload) -> str:
    """The latest thing that was applied to the same picture."""
    if upload.kind == UploadKind.HISTORY:
        return ""
    if upload.kind == UploadKind.PERSONNEL:
        # The two sources share people: an import of the one changes what the other finds.
        latest = PersonnelImport.objects.filter(card_year=upload.card_year).order_by("-pk").first()
    else:
        events = YearEvent.objects.filter(card_year=upload.card_year, kind=EVENTS[UploadKind(upload.kind)])
        latest = events.order_by("-pk").first()  # type: ignore[assignment]
    return str(latest.pk) if latest else ""


def _held(upload: Upload) -> contextlib.AbstractContextManager[object]:
    """A transaction, in which nobody else changes the year."""
    return year_lock.locked(upload.card_year) if upload.card_year else transaction.atomic()


def _upload(job: Job) -> Upload:
    """The upload of a job, with its file; raises FileIsGone when it is decided about or no longer kept."""
    upload = Upload.objects.select_related("card_year", "file").get(jobs=job)
    if upload.file is None or upload.decided_at is not None:
        raise FileIsGone("Dit bestand wordt niet meer bewaard. Stuur het opnieuw in.")
    return upload


def _codes(path: Path) -> dict[str, int]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return dict(Counter(row["code"] for row in csv.DictReader(file, delimiter=";")).most_common())


def _keep_rejects(path: Path | None, upload: Upload, *, people: int, at: dt.datetime, by: User) -> list[StoredFile]:
    if path is None:
        return []
    about = 0 if upload.kind in {UploadKind.POINTS, UploadKind.HISTORY} else people
    kept = stored_files.keep(
        stored_files.parts_of(path),
        name=f"afgekeurde-rijen-{upload.pk}.csv",
        content_type="text/csv; charset=utf-8; header=present",
        at=at,
        by=by,
        people=about,
        keep_until=at + REJECTS_KEPT,
    )
    return [kept]


def _counts(difference: dict[str, Any]) -> dict[str, Any]:
    """The part of a difference that a job keeps: numbers alone."""
    return {key: difference[key] for key in ("rows", "accepted", "rejected", "counts", "warnings") if key in difference}
