"""The one writer of tables, CSV and XLSX: nothing in a cell can become a formula (hardening.md T06).

Both stream their rows, and give the file its name only when it is complete.
"""

import contextlib
import csv
import datetime as dt
import itertools
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from distribution.documents import files

Cell = str | int | float | dt.date | None

# What a spreadsheet program takes for the start of a formula, in plain or full width, also after white
# space; and after apostrophes, so that one apostrophe taken away always gives the value back.
FORMULA = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠\0])")
# Nearly every cell starts with something else: this set keeps the pattern out of the way.
SUSPECT = frozenset("='+-@＝＋－＠\0" + "".join(filter(str.isspace, map(chr, range(0x3001)))))

LONGEST_CELL = 32_767
MOST_ROWS = 1_048_576
SAMPLE = 500
NARROWEST, WIDEST = 6, 48
NOT_IN_A_TITLE = re.compile(r"[\[\]:*?/\\']")
# The moment in an XLSX file's properties: always the same, so that the same rows give the same bytes.
NO_MOMENT = dt.datetime(2000, 1, 1)  # noqa: DTZ001 -- a wall time in a file format without zones


class DoesNotFit(ValueError):
    """The table is larger than an XLSX file can hold; write CSV."""


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write UTF-8 with BOM, `;` between and CRLF after (what Dutch Excel opens by itself); returns how many rows.

    Text that could be read as a formula gets an apostrophe in front, which our own readers take away again.
    """
    count = itertools.count()
    with csv_table(path, header) as write:
        # Counted by `zip` as they pass: a loop in Python would take as long as the writing itself.
        write(row for row, _ in zip(rows, count, strict=False))
    return next(count)


@contextlib.contextmanager
def csv_table(path: Path, header: Sequence[str]) -> Iterator[Callable[[Iterable[Sequence[Cell]]], None]]:
    """The same file, for who has the rows in portions or fills two files at once: call the result with rows."""
    with files.whole(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(header)
        yield lambda rows: writer.writerows(map(_plain, rows))


def write_xlsx(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str) -> int:
    """Write one sheet called `title`, text as text and numbers as numbers; returns how many rows.

    Holds one row in memory. The file carries no name of a maker and no moment. Raises DoesNotFit for
    more rows or a longer text than the format has room for.
    """
    pending = iter(rows)
    sample = list(itertools.islice(pending, SAMPLE))
    with files.whole(path) as temporary, tempfile.TemporaryDirectory(dir=path.parent, prefix=".xlsx-") as scratch:
        options = {"constant_memory": True, "tmpdir": scratch, "default_date_format": "yyyy-mm-dd"}
        book = xlsxwriter.Workbook(str(temporary), options)
        book.set_properties({"title": title, "created": NO_MOMENT})
        bold = book.add_format({"bold": True, "bottom": 1, "valign": "vcenter"})
        sheet = book.add_worksheet(NOT_IN_A_TITLE.sub(" ", title)[:31].strip() or None)
        for column, width in enumerate(_widths(header, sample)):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_row(0, 20)
        try:
            written = _fill(sheet, header, itertools.chain(sample, pending), bold)
        except BaseException:
            sheet.row_data_fh.close()
            raise
        sheet.autofilter(0, 0, max(written, 1), max(len(header) - 1, 0))
        try:
            book.close()
        except FileCreateError as error:
            # A full disk is an OSError to whoever asked, as it is for every other file.
            raise OSError(*error.args[0].args) from error
    return written


def inert(text: str) -> str:
    """The text, with an apostrophe in front when a spreadsheet program would take it for a formula."""
    return f"'{text}" if text[:1] in SUSPECT and FORMULA.match(text) else text


def _plain(row: Sequence[Cell]) -> Sequence[Cell]:
    """The row itself when nothing in it is suspect, as it is nearly always; otherwise a copy made safe."""
    for cell in row:
        if cell is not None and type(cell) is not int and (type(cell) is not str or cell[:1] in SUSPECT):
            return [_plain_cell(cell) for cell in row]
    return row


def _plain_cell(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return inert(cell)
    return cell.isoformat() if isinstance(cell, dt.date) else cell


def _fill(sheet: Worksheet, header: Sequence[str], rows: Iterable[Sequence[Cell]], bold: Format) -> int:
    for column, name in enumerate(header):
        sheet.write_string(0, column, name, bold)
    written = 0
    for written, row in enumerate(rows, start=1):
        if written >= MOST_ROWS:
            raise DoesNotFit(f"an XLSX sheet holds {MOST_ROWS - 1} rows")
        for column, cell in enumerate(row):
            _put(sheet, written, column, cell)
    return written


def _put(sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
    if isinstance(cell, str):
        # xlsxwriter itself would leave a longer text out without a word.
        if len(cell) > LONGEST_CELL:
            raise DoesNotFit(f"an XLSX cell holds {LONGEST_CELL} characters")
        sheet.write_string(row, column, cell)
    elif isinstance(cell, dt.datetime):
        sheet.write_datetime(row, column, cell.replace(tzinfo=None))
    elif isinstance(cell, dt.date):
        sheet.write_datetime(row, column, cell)
    elif cell is not None:
        sheet.write_number(row, column, cell)


def _widths(header: Sequence[str], sample: Sequence[Sequence[Cell]]) -> Iterator[float]:
    for column, name in enumerate(header):
        longest = max((len(str(row[column])) for row in sample if row[column] is not None), default=0)
        # The heading also carries the filter's arrow.
        yield min(max(len(name) + 4, longest + 2, NARROWEST), WIDEST)
