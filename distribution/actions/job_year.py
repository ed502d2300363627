"""The work of a year that outlives a page: running, freezing, printing, lists, mailings. Each is harmless to do again.

`lines` of a result are counts with their Dutch label, for the page of the job.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from distribution.actions import freeze as freezing
from distribution.actions import (
    lists_together,
    pickup_list_files,
    pickup_lists,
    stored_files,
    work_folders,
    writing_files,
)
from distribution.actions import print_run as printing
from distribution.actions import run as running
from distribution.actions.rule_tables import CHANGED
from distribution.actions.working import Done, Progress
from distribution.documents import archive, spreadsheet
from distribution.documents.spreadsheet import Cell
from distribution.enums import Channel, Reason
from distribution.errors import DistributionError
from distribution.models import CardYear, Job, PrintBatch, StoredFile
from distribution.queries import pending_changes, starter_lists, year_jobs

CSV, XLSX = "csv", "xlsx"
CONTENT_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class RunFirst(DistributionError):
    code = "run_first"


class NothingToSend(DistributionError):
    code = "nothing_to_send"


@dataclass(frozen=True)
class Keeping:
    """What the door knows of files: how long they stay, how many processes draw, and whose address stands on them.

    `ring` calls the other workers to a job, where there are any.
    """

    days: int
    workers: int
    office_email: str
    ring: Callable[[int], None] | None = None

    def until(self, at: dt.datetime) -> dt.datetime:
        return at + dt.timedelta(days=self.days)


def run(job: Job, progress: Progress) -> Done:
    """Judge, issue and assign; with `dry_run` to see what would come of it."""
    card_year, at = _year(job), _at(job)
    summary = running.run(
        card_year,
        on=dt.date.fromisoformat(job.options["reference_date"]),
        at=at,
        by=job.asked_by,
        dry_run=bool(job.options.get("dry_run")),
        late=bool(job.options.get("late")),
        progress=progress,
    )
    return Done(summary.as_json() | {"lines": _run_lines(summary)} | job.options)


def freeze(job: Job, progress: Progress) -> Done:
    """Freeze exactly the cards that were confirmed: refuses when there are more or fewer by now."""
    card_year, cards = _year(job), int(job.options["cards"])
    # Done already, by a worker that died before it could say so.
    made = PrintBatch.objects.filter(
        card_year=card_year, frozen_at__gte=job.asked_at, by=job.asked_by, cards=cards
    ).first()
    if made is None:
        card_year.refresh_from_db()
        if card_year.last_run_at and CHANGED in year_jobs.changed_since(card_year, card_year.last_run_at):
            raise RunFirst("De regels zijn veranderd sinds de kaarten toegekend zijn. Ken eerst opnieuw toe.")
        made = freezing.freeze(card_year, at=_at(job), by=job.asked_by, expected=cards)
    lines = [["Drukreeks", made.number], ["Bevroren kaarten", made.cards]]
    return Done({"batch": made.number, "cards": made.cards, "lines": lines})


def print_run(job: Job, progress: Progress, *, keeping: Keeping) -> Done:
    """Everything for the printer, the mailing house and the parcels of one batch, as one ZIP."""
    card_year, at = _year(job), _at(job)
    with writing_files.refusals(), work_folders.held("drukwerk-") as place:
        out = place / "drukwerk"
        summary = printing.write(
            card_year,
            out=out,
            at=at,
            office_email=keeping.office_email,
            by=job.asked_by,
            number=job.options.get("batch"),
            box_size=job.options.get("box_size") or printing.BOX_SIZE,
            workers=keeping.workers,
            progress=progress,
        )
        name = f"drukwerk-{card_year.year}-reeks-{summary.batch}.zip"
        file = _keep_folder(out, name=name, job=job, people=summary.cards, keeping=keeping)
    told = summary.as_json() | {"files": len(summary.files)}
    lines = [
        ["Drukreeks", summary.batch],
        ["Kaarten", summary.cards],
        ["Afhaalpunten", summary.points],
        ["Dozen", summary.boxes],
        *([Channel(way).label.capitalize(), number] for way, number in summary.channels.items()),
        ["Zonder afhaalpunt", summary.without_point],
        ["Weggelaten (ingetrokken of ongeldig)", summary.left_out],
        ["Bestanden in de zip", len(summary.files)],
    ]
    return Done(told | {"lines": lines}, [file])


def lists(job: Job, progress: Progress, *, keeping: Keeping) -> Done:
    """The pickup lists of all points as one ZIP of PDFs; with `since` what was added since that revision."""
    card_year, since = _year(job), job.options.get("since")
    list_ids = pickup_lists.make(card_year, at=_at(job), by=job.asked_by, since=since)
    if not list_ids:
        raise NothingToSend("Er is sindsdien niets bijgekomen: er is geen lijst om te maken.")
    draw = _drawn_here if keeping.ring is None else _drawn_together
    with writing_files.refusals(), work_folders.held("lijsten-") as place:
        zipped = place / "alles.zip"
        told = draw(job, list_ids, zipped=zipped, keeping=keeping, progress=progress)
        extra = f"-sinds-{since}" if since else ""
        name = f"afhaallijsten-{card_year.year}{extra}.zip"
        file = _keep_zip(zipped, name=name, job=job, people=told["rows"], keeping=keeping)
    lines = [
        ["Afhaallijsten", told["lists"]],
        ["Kaarten op de lijsten", told["rows"]],
        ["Mislukt", len(told["failed"])],
    ]
    return Done(told | {"lines": lines}, [file])


def _drawn_here(
    job: Job, list_ids: Sequence[int], *, zipped: Path, keeping: Keeping, progress: Progress
) -> dict[str, Any]:
    """By this process and those it starts itself."""
    out = zipped.parent / "lijsten"
    written = pickup_list_files.write(
        list_ids,
        out=out,
        office_email=keeping.office_email,
        workers=keeping.workers,
        with_xlsx=bool(job.options.get("xlsx")),
        progress=progress,
    )
    if written.disk_full:
        # Half of the lists is no answer: the room is made first.
        raise writing_files.DiskFull(writing_files.FULL)
    archive.write(zipped, out)
    return {"lists": written.lists, "rows": written.rows, "failed": written.failed}


def _drawn_together(
    job: Job, list_ids: Sequence[int], *, zipped: Path, keeping: Keeping, progress: Progress
) -> dict[str, Any]:
    """By every worker that is free."""
    assert keeping.ring is not None
    gathered = lists_together.gather(
        job, list_ids, zipped=zipped, office_email=keeping.office_email, ring=keeping.ring, progress=progress
    )
    return asdict(gathered)


def starters(job: Job, progress: Progress, *, keeping: Keeping) -> Done:
    """The list of one starter mailing for the mailing house: frozen cards only, of one batch or of all."""
    card_year, kind = _year(job), job.options.get("format", CSV)
    on, batch = dt.date.fromisoformat(job.options["mailing_on"]), job.options.get("batch")
    cards = starter_lists.count(card_year, on=on, batch=batch)
    if not cards:
        raise NothingToSend("Voor deze mailing zijn er nog geen bevroren kaarten. Bevries ze eerst.")
    progress(0, cards)
    extra = f"-reeks-{batch}" if batch else ""
    file = _keep_table(
        starter_lists.HEADER,
        starter_lists.rows(card_year, on=on, batch=batch),
        name=f"starters-{on}{extra}.{kind}",
        kind=kind,
        job=job,
        people=cards,
        keeping=keeping,
    )
    batches = starter_lists.batches(card_year, on=on, batch=batch)
    return Done({"cards": cards, "batches": batches, "lines": [["Starters op de lijst", cards]]}, [file])


def changes(job: Job, progress: Progress, *, keeping: Keeping) -> Done:
    """The list of what changed since freezing, with names."""
    card_year, kind = _year(job), job.options.get("format", CSV)
    counts = pending_changes.count(card_year)
    total = sum(counts.values())
    if not total:
        raise NothingToSend("Er is niets veranderd sinds het bevriezen: er is geen lijst om te maken.")
    progress(0, total)
    file = _keep_table(
        pending_changes.HEADER,
        pending_changes.rows(card_year),
        name=f"wijzigingen-{card_year.year}.{kind}",
        kind=kind,
        job=job,
        people=total,
        keeping=keeping,
    )
    lines = [[pending_changes.KINDS[one].capitalize(), number] for one, number in counts.items()]
    return Done({"changes": counts, "lines": lines}, [file])


def _run_lines(summary: running.RunSummary) -> list[list[Any]]:
    cards, assigned = summary.cards, summary.assigned
    found: list[list[Any]] = [
        ["Personeelsleden", summary.people],
        ["Recht op een kaart", summary.entitled],
        *([f"Geen kaart: {Reason(reason).label}", number] for reason, number in summary.not_entitled.items()),
        ["Nieuwe kaarten", cards["new"]],
        ["Kaarten die bleven", cards["existing"]],
        ["Ingetrokken kaarten", cards["withdrawn"]],
        *([f"Weg: {Channel(way).label}", number] for way, number in summary.channels.items()),
        ["Nog geen afhaalpunt", assigned.get("unassigned", 0)],
    ]
    if summary.too_late:
        found.append(["Te laat voor de laatste startersmailing", summary.too_late])
    if summary.is_frozen:
        found += [
            [f"Op de lijst: {pending_changes.KINDS[kind]}", number] for kind, number in summary.would_change.items()
        ]
    return found


def _keep_folder(folder: Path, *, name: str, job: Job, people: int, keeping: Keeping) -> StoredFile:
    zipped = folder.parent / "alles.zip"
    archive.write(zipped, folder)
    return _keep_zip(zipped, name=name, job=job, people=people, keeping=keeping)


def _keep_zip(zipped: Path, *, name: str, job: Job, people: int, keeping: Keeping) -> StoredFile:
    return stored_files.keep(
        stored_files.parts_of(zipped),
        name=name,
        content_type=archive.CONTENT_TYPE,
        at=_at(job),
        by=job.asked_by,
        people=people,
        keep_until=keeping.until(_at(job)),
    )


def _keep_table(
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    name: str,
    kind: str,
    job: Job,
    people: int,
    keeping: Keeping,
) -> StoredFile:
    with writing_files.refusals(), work_folders.held("lijst-") as place:
        path = place / name
        if kind == XLSX:
            spreadsheet.write_xlsx(path, header, rows, title=Path(name).stem)
        else:
            spreadsheet.write_csv(path, header, rows)
        return stored_files.keep(
            stored_files.parts_of(path),
            name=name,
            content_type=CONTENT_TYPES[kind],
            at=_at(job),
            by=job.asked_by,
            people=people,
            keep_until=keeping.until(_at(job)),
        )


def _year(job: Job) -> CardYear:
    assert job.card_year is not None
    return job.card_year


def _at(job: Job) -> dt.datetime:
    """The moment a worker took it: what happens now happened then."""
    assert job.started_at is not None
    return job.started_at
