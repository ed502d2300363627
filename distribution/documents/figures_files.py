"""The figures as files, in every form they leave the office: small groups are there without their numbers."""

import datetime as dt
import json
from enum import StrEnum
from pathlib import Path

from distribution.documents import figures as tables
from distribution.documents import figures_charts, figures_pdf, files
from distribution.documents.figures_charts import Spots
from distribution.enums import FiguresBy
from distribution.queries import figures_words
from distribution.queries.figures_choice import Choice
from distribution.queries.figures_table import Table, without_small_groups


class Form(StrEnum):
    """The value is the end of the file's name."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"
    JSON = "json"


CONTENT_TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.PDF: "application/pdf",
    Form.JSON: "application/json",
}


def name(choice: Choice, form: Form) -> str:
    """What the file is called: what it is split by, and the years."""
    years = f"-{choice.first}-{choice.last}" if choice.years else ""
    period = "-schooljaar" if choice.is_by_school_year else ""
    split = "jaar" if choice.by == FiguresBy.CHANNEL else choice.by.label
    return f"lerarenkaart-per-{split}{period}{years}.{form}"


def title(choice: Choice) -> str:
    """What a table of figures is called on paper."""
    years = "alle jaren"
    if choice.years:
        years = str(choice.first) if choice.first == choice.last else f"{choice.first} tot en met {choice.last}"
    split = "" if choice.by == FiguresBy.CHANNEL else f" per {choice.by.label}"
    period = ", per schooljaar" if choice.is_by_school_year else ""
    borders = f", met de grenzen van {choice.borders}" if choice.borders else ""
    return f"De Lerarenkaart{split}, {years}{period}{borders}"


def write(path: Path, form: Form, table: Table, choice: Choice, *, spots: Spots, on: dt.date, told: str = "") -> None:
    """The table in one form. The same figures, day and words give the same bytes."""
    match form:
        case Form.CSV:
            tables.write_csv(path, table)
        case Form.XLSX:
            tables.write_xlsx(path, table)
        case Form.JSON:
            answer = figures_words.answer(without_small_groups(table))
            files.write_bytes(path, json.dumps(answer, ensure_ascii=False, indent=1).encode() + b"\n")
        case Form.PDF:
            shown = without_small_groups(table)
            charts = figures_charts.of(shown, spots=spots)
            files.write_bytes(path, figures_pdf.write(shown, charts, title=title(choice), on=on, told=told))
