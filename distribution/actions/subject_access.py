"""Giving someone insight in what we keep about them: two files, and a reading that says it was done."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from distribution.actions import readings
from distribution.actions.erasure import NobodyKnown
from distribution.documents import subject_access as document
from distribution.enums import ReadingKind
from distribution.errors import DistributionError
from distribution.queries import subject_access
from distribution.queries.subject_access import Dossier
from distribution.rules.retention import Retention
from pickup_points.models import User

REASON = "verzoek om inzage"
# Never the number: a file name travels further than a file.
JSON_NAME, PDF_NAME = "inzage.json", "inzage.pdf"


class NoPlaceForTheFiles(DistributionError):
    code = "no_place_for_the_files"


@dataclass(frozen=True)
class Given:
    """Where the files are, and how much is in them."""

    files: tuple[Path, Path]
    years: tuple[int, ...]
    rows: int


def draw(
    staff_number: str,
    *,
    by: User,
    at: dt.datetime,
    terms: Retention,
    office_email: str,
    secret: str,
    reason: str = REASON,
) -> tuple[Dossier, dict[str, bytes]]:
    """All we keep under this number, and that by file name as JSON and as PDF. Leaves a reading. Raises NobodyKnown."""
    dossier = subject_access.dossier(staff_number, at=at)
    if dossier.is_empty:
        raise NobodyKnown(staff_number)
    readings.note(
        ReadingKind.EXPORT, by=by, point_id=None, at=at, cards=dossier.cards, count=1, reason=reason, secret=secret
    )
    return dossier, {
        JSON_NAME: json.dumps(dossier.as_json(), ensure_ascii=False, indent=2).encode(),
        PDF_NAME: document.write(dossier, terms=terms, office_email=office_email),
    }


def give(
    staff_number: str, *, out: Path, by: User, at: dt.datetime, terms: Retention, office_email: str, secret: str
) -> Given:
    """Write all we keep under this number as JSON and as PDF into the folder `out`, readable by its owner alone.

    The reading is written before the files are. Raises NobodyKnown and NoPlaceForTheFiles.
    """
    dossier, files = draw(staff_number, by=by, at=at, terms=terms, office_email=office_email, secret=secret)
    try:
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, content in files.items():
            path = out / name
            path.unlink(missing_ok=True)
            path.touch(mode=0o600)
            path.write_bytes(content)
    except OSError as error:
        raise NoPlaceForTheFiles(f"De bestanden kunnen niet geschreven worden: {error.strerror}.") from error
    return Given((out / JSON_NAME, out / PDF_NAME), tuple(one.year for one in dossier.years), dossier.rows)
