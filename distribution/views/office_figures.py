"""/beheer/cijfers/: the table of the parliamentary answers and every breakdown, with margins, charts and files. No persons."""

import tempfile
from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from distribution.actions.figures_snapshots import MOST_AT_ONCE
from distribution.documents import figures_charts, figures_columns, figures_files, figures_sheets
from distribution.documents.charts import Look
from distribution.documents.figures_files import CONTENT_TYPES, Form
from distribution.enums import FiguresBy
from distribution.queries import figures_choice, figures_words
from distribution.views.office_figures_page import AskedFigures, start_figures
from pickup_points.http import office_only
from pickup_points.models import User

LOOKS = {
    "licht": Look(),
    "donker": Look(is_dark=True),
    "licht-smal": Look(is_narrow=True),
    "donker-smal": Look(is_dark=True, is_narrow=True),
}
# The pictures carry their own attributes, no style and no script: nothing is allowed.
PICTURE_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
FORMS = {Form.XLSX: "Rekenblad (XLSX)", Form.CSV: "CSV", Form.PDF: "PDF", Form.JSON: "JSON"}


@require_safe
@office_only(may_read=True)
def index(request: HttpRequest, user: User) -> HttpResponse:
    """The figures somebody asks for; without a question the years side by side."""
    asked = AskedFigures(request, user)
    table = asked.table
    spots = figures_choice.spots(asked.choice.by)
    return asked.page(
        "figures",
        choice=asked.choice,
        title=figures_files.title(asked.choice),
        is_answers=asked.choice.by == FiguresBy.CHANNEL,
        ways=[(one, "jaar" if one == FiguresBy.CHANNEL else one.label) for one in FiguresBy],
        to_choose=asked.to_choose,
        sheets=figures_sheets.sheets(table),
        notes=figures_sheets.notes(table),
        said=[(row, words) for row in table.totals if (words := figures_sheets.in_words(row))],
        interval=figures_columns.INTERVAL,
        columns=figures_columns.columns(table),
        definition=figures_words.definition(table.by, is_by_school_year=table.is_by_school_year),
        charts=figures_charts.of(table, spots=spots),
        address=asked.address,
        forms=FORMS.items(),
    )


@require_safe
@office_only(may_read=True)
def file(request: HttpRequest, user: User, form: str) -> HttpResponse:
    """These very figures as a file."""
    asked = AskedFigures(request, user)
    if form not in set(Form):
        raise Http404
    kind = Form(form)
    table = figures_choice.table(asked.choice, tolerance=asked.tolerance)
    if kind == Form.PDF and len(table.rows) > MOST_AT_ONCE:
        return _pdf_later(asked)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cijfers"
        figures_files.write(
            path, kind, table, asked.choice, spots=figures_choice.spots(asked.choice.by), on=asked.today
        )
        content = path.read_bytes()
    name = figures_files.name(asked.choice, kind)
    return HttpResponse(
        content,
        content_type=CONTENT_TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
@office_only(may_read=True)
def chart(request: HttpRequest, user: User, picture: str, look: str) -> HttpResponse:
    """One of the charts of a table, as a picture."""
    asked = AskedFigures(request, user)
    if look not in LOOKS:
        raise Http404
    charts = figures_charts.of(asked.table, spots=figures_choice.spots(asked.choice.by))
    found = next((one for one in charts if one.kind == picture), None)
    if found is None:
        raise Http404
    return HttpResponse(
        found.draw(LOOKS[look]),
        content_type="image/svg+xml",
        headers={"Content-Security-Policy": PICTURE_POLICY},
    )


def _pdf_later(asked: AskedFigures) -> HttpResponse:
    """For the office it is made while they do something else; its readers have no jobs."""
    if asked.may_see_persons:
        return start_figures(asked)
    messages.info(asked.request, "Deze PDF wordt te lang. Kies minder jaren, of neem het rekenblad.")
    return redirect(f"{reverse('distribution:office-figures')}?{asked.address}")
