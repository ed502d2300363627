"""The tables of figures as people read them: what stands in each cell, and the footnotes under it."""

from collections.abc import Sequence
from dataclasses import dataclass

from distribution.documents.figures_columns import RATE, WITH_CARD, Column, columns, named
from distribution.enums import FiguresBy
from distribution.queries.figures_table import MIXED, Row, Table
from distribution.rules import rates

SIGNS = "* is een schatting. / is niet geteld, en dat is niet nul. ≥ is minstens zoveel. – is niet bekend of niet te berekenen."


@dataclass(frozen=True, slots=True)
class Cell:
    """`heading`: that of its column, for where the columns stand under each other."""

    heading: str
    text: str
    margins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    cells: tuple[Cell, ...]
    is_total: bool = False
    # Too few people to say anything of them.
    is_suppressed: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to print. `corner` says what the lines are."""

    title: str
    corner: str
    headings: tuple[str, ...]
    lines: tuple[Line, ...]


def sheets(table: Table) -> list[Sheet]:
    """The table of the parliamentary answers, years side by side; or a sheet for each year. Small groups already hidden."""
    shown = columns(table)
    if table.by == FiguresBy.CHANNEL:
        return [_answers(table, shown)] if table.rows else []
    return [
        _of_year(table, total, shown) for total in table.totals if any(row.year == total.year for row in table.rows)
    ]


def footnotes(table: Table) -> list[str]:
    """Why a figure has a sign: what it was estimated from, or why it was not counted; one for each year that has a sign."""
    if table.is_by_school_year:
        return []
    return [note for row in table.totals if (note := _footnote(row))]


def in_words(row: Row) -> str:
    """A year in one sentence, with its margins; empty where those are not known."""
    of = row.margins
    return rates.in_words(of) if of.upper is not None else ""


def _footnote(row: Row) -> str:
    if row.counted is None:
        return _published_footnote(row)
    counted = f"{round(100 * row.counted)} %"
    if row.estimate and row.collected is not None:
        return (
            f"* {row.year}: een schatting. Van {counted} van de kaarten in afhaalpunten is geteld wat overbleef; de rest is "
            "geschat uit afhaalpunten die erop lijken."
        )
    if row.collected is None:
        return (
            f"/ {row.year}: nog niet geteld. Van {counted} van de kaarten in afhaalpunten is geteld wat overbleef: te weinig om "
            "de rest te schatten. Minstens en hoogstens zijn wel zeker."
        )
    return ""


def _published_footnote(row: Row) -> str:
    """With the cause it was published with, where that is known."""
    cause = f" Oorzaak: {row.cause}{'' if row.cause.endswith(('.', '!', '?')) else '.'}" if row.cause else ""
    if row.estimate and row.collected is not None:
        return f"* {row.year}: een schatting, zo overgenomen uit de gepubliceerde cijfers.{cause}"
    return f"/ {row.year}: niet geteld.{cause}" if row.collected is None else ""


def _answers(table: Table, shown: Sequence[Column]) -> Sheet:
    headings = tuple(f"{row.year - 1}-{row.year}" if table.is_by_school_year else str(row.year) for row in table.rows)
    return Sheet(
        "Gedateerde afgiftes per schooljaar" if table.is_by_school_year else "Lerarenkaarten per jaar",
        "Schooljaar" if table.is_by_school_year else "Jaar",
        headings,
        tuple(
            Line(
                one.title,
                tuple(
                    Cell(heading, one.show(row), tuple(one.margins(row)))
                    for heading, row in zip(headings, table.rows, strict=True)
                ),
                is_total=one in {WITH_CARD, RATE},
            )
            for one in shown
        ),
    )


def _of_year(table: Table, total: Row, shown: Sequence[Column]) -> Sheet:
    year = f"schooljaar {total.year - 1}-{total.year}" if table.is_by_school_year else str(total.year)
    lines = [_line(row, shown, row.label) for row in table.rows if row.year == total.year]
    return Sheet(
        f"Per {table.by.label}, {year}",
        table.by.label.capitalize(),
        tuple(one.title for one in shown),
        (*lines, _line(total, shown, "Totaal", is_total=True)),
    )


def _line(row: Row, shown: Sequence[Column], label: str, *, is_total: bool = False) -> Line:
    if row.is_suppressed:
        return Line(named(label), (), is_suppressed=True)
    return Line(named(label), tuple(Cell(one.title, one.show(row), tuple(one.margins(row))) for one in shown), is_total)


UNDER = "Onder een percentage staat het interval van 99 %, en tussen welke getallen het zeker ligt."
MIXED_NOTE = (
    "Kaarten, 'met het magazine' en (re)starters tellen waar de houder woont; de rest waar het afhaalpunt ligt."
)


def notes(table: Table) -> list[str]:
    """What stands under a table, for who sees it alone."""
    said = [SIGNS, *footnotes(table)]
    if any(one.margins(row) for one in columns(table) for row in table.rows):
        said.insert(1, UNDER)
    if table.by in MIXED and not table.is_by_school_year:
        said.append(MIXED_NOTE)
    return said
