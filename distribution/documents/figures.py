"""The figures as CSV and XLSX, to leave the office with: small groups without their numbers, the totals with theirs."""

from collections.abc import Iterator
from pathlib import Path

from distribution.documents import spreadsheet
from distribution.documents.spreadsheet import Cell
from distribution.enums import FiguresBy
from distribution.queries.figures_table import MIXED, Row, Table, without_small_groups

# The names of historiek.csv where it has one for it, so that a file may come in again.
NUMBERS = {
    "totaal": "cards",
    "abonnement": "subscription",
    "starters": "starter",
    "in_afhaalpunt": "at_points",
    "afgehaald": "collected",
    "minstens": "lower",
    "hoogstens": "upper",
    "tussen": "low99",
    "en": "high99",
    "andere": "other",
    "met_kaart": "with_card",
    "percentage": "rate",
    "percentage_afgehaald": "collected_rate",
}
TOTAL = "totaal"


def header(by: FiguresBy) -> list[str]:
    return ["jaar", by.label, "naam", *NUMBERS, "schatting", "betrouwbaar", "toelichting", "oorzaak"]


def write_csv(path: Path, table: Table) -> int:
    return spreadsheet.write_csv(path, header(table.by), lines(table))


def write_xlsx(path: Path, table: Table) -> int:
    return spreadsheet.write_xlsx(path, header(table.by), lines(table), title=f"Lerarenkaart per {table.by.label}")


def lines(table: Table) -> Iterator[list[Cell]]:
    """The rows of each year, and under them its total; by channel a year is its own total."""
    shown = without_small_groups(table)
    if table.by == FiguresBy.CHANNEL:
        yield from (_line(row, table, row.label) for row in shown.rows)
        return
    for total in shown.totals:
        yield from (_line(row, table, row.label) for row in shown.rows if row.year == total.year)
        if any(row.year == total.year for row in shown.rows):
            yield _line(total, table, TOTAL)


def _line(row: Row, table: Table, label: str) -> list[Cell]:
    key = None if label == TOTAL else row.key
    numbers: list[Cell] = [getattr(row, name) for name in NUMBERS.values()]
    is_told = not row.is_suppressed
    estimate = int(row.estimate) if is_told else None
    return [row.year, key, label, *numbers, estimate, row.graded, _note(row, table), row.cause]


def _note(row: Row, table: Table) -> str:
    """What somebody who sees this line alone has to know."""
    if row.is_suppressed:
        return "minder dan vijf personen, of samen met zo'n groep weggelaten"
    notes = []
    if row.collected is None:
        notes.append("niet geteld")
    elif row.estimate:
        notes.append("schatting")
    if row.is_at_least or table.is_by_school_year or (table.by == FiguresBy.WEEK and row.key):
        notes.append("afgehaald: alleen wat aangeduid is")
    if table.by in MIXED and not table.is_by_school_year:
        notes.append("kaarten naar woonplaats, afgehaald naar afhaalpunt")
    return "; ".join(notes)
