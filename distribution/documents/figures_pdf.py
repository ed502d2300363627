"""The figures as a PDF to hand over: a page for each subject, with date, definitions, margins and charts. Tagged, the same bytes
for the same figures and date.
"""

import base64
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.template.loader import render_to_string

from distribution.documents import figures_columns, figures_sheets, pdf
from distribution.documents.charts import Look
from distribution.documents.figures_charts import Chart
from distribution.enums import FiguresBy
from distribution.queries import figures_words
from distribution.queries.figures_table import Table

YEARS_BESIDE = 8
PAPER = Look(letters=f"'{pdf.FAMILY}'")


def write(table: Table, charts: Sequence[Chart], *, title: str, on: dt.date, told: str = "") -> bytes:
    """A PDF of this table, as it may leave the office: give it with small groups hidden. `told`: to whom or what for."""
    html = render_to_string(
        "distribution/documents/figures.html",
        {
            "title": title,
            "told": told,
            "on": on,
            "sheets": [sheet for part in _parts(table) for sheet in figures_sheets.sheets(part)],
            "notes": figures_sheets.notes(table),
            "years": [(row.year, words) for row in table.totals if (words := figures_sheets.in_words(row))],
            "interval": figures_columns.INTERVAL,
            "columns": figures_columns.columns(table),
            "definition": figures_words.definition(table.by, is_by_school_year=table.is_by_school_year),
            "charts": [(chart, _inline(chart.draw(PAPER))) for chart in charts],
        },
    )
    return pdf.render(html, css=render_to_string("distribution/documents/figures.css"))


def _parts(table: Table) -> Iterator[Table]:
    """Years side by side as far as the paper is wide."""
    if table.by != FiguresBy.CHANNEL:
        yield table
        return
    for start in range(0, len(table.rows), YEARS_BESIDE):
        rows = table.rows[start : start + YEARS_BESIDE]
        yield replace(table, rows=rows, totals=rows)


def _inline(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
