"""Figures as they were told to someone: kept with their files, for ever. And files that take too long for a page."""

import dataclasses
import datetime as dt
import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

from django.db import transaction

from distribution.actions import stored_files
from distribution.actions.working import Done, Progress
from distribution.documents import figures_files
from distribution.documents.figures_files import CONTENT_TYPES, Form
from distribution.errors import DistributionError
from distribution.models import FiguresSnapshot, Job, StoredFile
from distribution.queries import figures_choice
from distribution.queries.figures_choice import Choice
from distribution.rules.reconciliation import Tolerance
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.models import User

LONGEST_TITLE = 200
# A PDF with more rows than this takes longer than somebody waits for a page.
MOST_AT_ONCE = 400
KEPT = dt.timedelta(days=30)


class NoTitle(DistributionError):
    code = "no_title"


class NoFigures(DistributionError):
    code = "no_figures"


def checked_title(typed: str) -> str:
    """The title as it is kept; raises NoTitle."""
    title = " ".join(typed.split())[:LONGEST_TITLE]
    if not title:
        raise NoTitle("Schrijf waarvoor of voor wie deze cijfers zijn, bijvoorbeeld: schriftelijke vraag 123.")
    return title


def take(choice: Choice, *, title: str, tolerance: Tolerance, by: User, at: dt.datetime) -> FiguresSnapshot:
    """Keep these figures as they are now, with a file in each form. Raises NoTitle, or NoFigures where there is nothing to keep."""
    title = checked_title(title)
    # The files are drawn before the transaction: a PDF takes seconds, and nobody has to wait for it.
    with tempfile.TemporaryDirectory() as folder:
        told = f"Zoals meegedeeld: {title}"
        paths = _written(choice, list(Form), Path(folder), tolerance=tolerance, at=at, told=told)
        with transaction.atomic():
            snapshot = FiguresSnapshot.objects.create(at=at, by=by, title=title, asked=choice.as_dict())
            snapshot.files.set(_kept(form, path, at=at, by=by) for form, path in paths.items())
    return snapshot


def options(choice: Choice, *, tolerance: Tolerance, title: str = "") -> dict[str, Any]:
    """What a job has to know: with a title it keeps a snapshot, without one it makes the PDF."""
    return {"asked": choice.as_dict(), "tolerance": dataclasses.asdict(tolerance), "title": title}


def lane(asked: dict[str, Any]) -> str:
    """Jobs for the same figures go one after another, jobs for others beside them."""
    return f"figures:{hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:24]}"


def work(job: Job, progress: Progress, *, at: dt.datetime) -> Done:
    """Make what the job asks for; made again it is the same figures of a later moment. Raises NoTitle or NoFigures."""
    choice, tolerance = figures_choice.of(job.options["asked"]), Tolerance(**job.options["tolerance"])
    title = job.options["title"]
    progress(0, 1)
    if title:
        snapshot = take(choice, title=title, tolerance=tolerance, by=job.asked_by, at=at)
        return Done({"snapshot": snapshot.pk}, list(snapshot.files.all()))
    with tempfile.TemporaryDirectory() as folder:
        [(form, path)] = _written(choice, [Form.PDF], Path(folder), tolerance=tolerance, at=at).items()
        return Done({"files": 1}, [_kept(form, path, at=at, by=job.asked_by, keep_until=at + KEPT)])


def _written(
    choice: Choice, forms: list[Form], folder: Path, *, tolerance: Tolerance, at: dt.datetime, told: str = ""
) -> dict[Form, Path]:
    table = figures_choice.table(choice, tolerance=tolerance)
    if not table.rows:
        raise NoFigures("Hiervan zijn er geen cijfers om te bewaren.")
    spots, on = figures_choice.spots(choice.by), at.astimezone(BRUSSELS).date()
    paths = {form: folder / figures_files.name(choice, form) for form in forms}
    for form, path in paths.items():
        figures_files.write(path, form, table, choice, spots=spots, on=on, told=told)
    return paths


def _kept(form: Form, path: Path, *, at: dt.datetime, by: User, keep_until: dt.datetime | None = None) -> StoredFile:
    return stored_files.keep(
        stored_files.parts_of(path),
        name=path.name,
        content_type=CONTENT_TYPES[form],
        at=at,
        by=by,
        keep_until=keep_until,
    )
