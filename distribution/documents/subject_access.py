"""Everything we keep about someone, to read: a part for each kind of data, with what we use it for. Tagged."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format

from distribution.documents import pdf
from distribution.queries.subject_access import Dossier, Part, Value
from distribution.rules.retention import Retention


@dataclass(frozen=True)
class Sheet:
    """A part as it is read: facts without a value are left out."""

    title: str
    why: str
    rows: list[list[tuple[str, str]]]


def write(dossier: Dossier, *, terms: Retention, office_email: str) -> bytes:
    """A PDF of the dossier. Its title and file tell nobody whose it is."""
    html = render_to_string(
        "distribution/documents/subject_access.html",
        {
            "dossier": dossier,
            "years": [
                (year, _sheets(year.parts), [part.title for part in year.parts if not part.rows])
                for year in dossier.years
            ],
            "parts": _sheets(dossier.parts),
            "empty": [part.title for part in dossier.parts if not part.rows],
            "terms": terms,
            "office_email": office_email,
        },
    )
    return pdf.render(html, css=render_to_string("distribution/documents/subject_access.css"))


def _sheets(parts: Iterable[Part]) -> list[Sheet]:
    return [
        Sheet(
            part.title,
            part.why,
            [
                [(field.label, _written(field.value)) for field in row if field.value is not None and field.value != ""]
                for row in part.rows
            ],
        )
        for part in parts
        if part.rows
    ]


def _written(value: Value) -> str:
    """In Dutch; codes of ours without their underscores."""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, dt.datetime):
        return date_format(timezone.localtime(value), r"j F Y, H.i \u\u\r")
    if isinstance(value, dt.date):
        return date_format(value, "j F Y")
    return str(value).replace("_", " ")
