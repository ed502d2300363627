"""The figures for a terminal: years side by side as in the parliamentary answers, or a block a year; margins in words."""

import textwrap
from collections.abc import Callable, Iterator, Sequence

from distribution.enums import FiguresBy
from distribution.queries import figures_words
from distribution.queries.figures_table import Row, Table
from distribution.rules import rates

LABEL, NAME, COLUMN, WIDE, WIDTH = 30, 36, 12, 14, 100
YEARS_BESIDE = 5
SIGNS = "* schatting   / niet geteld   ≥ minstens"


def write(table: Table) -> str:
    if not table.rows:
        return "Van deze jaren zijn er geen cijfers."
    by_year = table.by == FiguresBy.CHANNEL
    causes = [line for row in table.totals if row.cause for line in textwrap.wrap(f"{row.year}: {row.cause}", WIDTH)]
    lines = [*(_years(table) if by_year else _blocks(table)), "", SIGNS, *causes, ""]
    means = figures_words.definition(table.by, is_by_school_year=table.is_by_school_year)
    return "\n".join([*lines, *textwrap.wrap(means, WIDTH)])


def _years(table: Table) -> Iterator[str]:
    for start in range(0, len(table.rows), YEARS_BESIDE):
        rows = table.rows[start : start + YEARS_BESIDE]
        if start:
            yield ""
        yield _line("", [str(row.year) for row in rows])
        for label, show in LINES:
            yield _line(label, [show(row) for row in rows])
    known = [row for row in table.rows if (row.lower is not None and row.rate is not None) or row.upper is not None]
    if known:
        yield ""
    for row in known:
        yield f"{row.year}: {rates.in_words(row.margins)}"


def _blocks(table: Table) -> Iterator[str]:
    for place, total in enumerate(table.totals):
        rows = [row for row in table.rows if row.year == total.year]
        if not rows:
            continue
        if place:
            yield ""
        yield _line(str(total.year), [label.lower() for label, _ in BESIDE], first=NAME, width=WIDE)
        for row in [*rows, total]:
            label = "totaal" if row is total else row.label
            yield _line(label, [show(row) for _, show in BESIDE], first=NAME, width=WIDE)
            if row.upper is not None and row.at_points:
                yield f"  afgehaald {rates.in_words(row.collected_margins)}"


def _line(label: str, cells: Sequence[str], *, first: int = LABEL, width: int = COLUMN) -> str:
    shown = label if len(label) < first else label[: first - 2] + "…"
    return (shown.ljust(first) + "".join(cell.rjust(width) for cell in cells)).rstrip()


def whole(number: int | None) -> str:
    """With points between the thousands; `/` where nobody counted."""
    return "/" if number is None else f"{number:,}".replace(",", ".")


def _marked(show: Callable[[Row], str]) -> Callable[[Row], str]:
    """With its sign: a lower bound, or an estimate."""

    def shown(row: Row) -> str:
        text = show(row)
        if text == "/":
            return text
        return f"{'≥ ' if row.is_at_least else ''}{text}{'*' if row.estimate else ''}"

    return shown


def _percent(row: Row) -> str:
    rate = None if row.rate is None else rates.percent(row.with_card, row.cards, decimals=1)
    return "/" if rate is None else rates.comma(rate)


LINES: list[tuple[str, Callable[[Row], str]]] = [
    ("Kaarten", lambda row: whole(row.cards)),
    ("Met magazine", lambda row: whole(row.subscription)),
    ("(Re)starters", lambda row: whole(row.starter)),
    ("Afgehaald", _marked(lambda row: whole(row.collected))),
    ("Andere", lambda row: whole(row.other)),
    ("Met kaart", _marked(lambda row: whole(row.with_card))),
    ("Percentage", _marked(_percent)),
]
BESIDE = [*LINES[:3], ("In afhaalpunt", lambda row: whole(row.at_points)), LINES[3], *LINES[5:]]
