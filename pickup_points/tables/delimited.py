"""CSV: the separator is the one that gives the header; rows are streamed.

Python's csv module takes an unclosed quote for a field that goes on to the end of the file. Here a
row over more than a few lines stops the file, and a row that breaks is one bad row.
"""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from pickup_points.tables import encoding, header
from pickup_points.tables.table import BadRow, Limits, Table, TableRefused

SEPARATORS = {";": "puntkomma", ",": "komma", "\t": "tab", "|": "verticale streep"}
SEP_LINE = "sep="
# An address may hold a line end or two; a row over more lines has lost its closing quote.
MOST_LINES_A_ROW = 4
LONGEST_CELL = 10_000
LONGEST_HEADER_LINE = 20_000


@contextmanager
def read(path: Path, *, required: Sequence[str], optional: Sequence[str], limits: Limits) -> Iterator[Table]:
    """The table in a text file; see open_table."""
    text = encoding.scan(path)
    if text.lines > limits.rows + header.SEARCHED_LINES:
        raise TableRefused("too_many_rows", f"Het bestand telt meer dan {limits.rows} rijen.")
    csv.field_size_limit(LONGEST_CELL)
    # Only Windows-1252 has bytes without a letter: they become U+FFFD, and their row is refused later.
    with path.open(encoding=text.codec, errors="replace" if text.codec == "cp1252" else "strict", newline="") as file:
        try:
            separator, skipped, cells = _find_header(file, wanted=(*required, *optional))
            found = header.match(cells, required=required, optional=optional)
            if found.width > limits.columns:
                raise TableRefused("too_many_columns", f"Het bestand telt meer dan {limits.columns} kolommen.")
            file.seek(0)
            for _ in range(skipped):
                file.readline()
        except UnicodeDecodeError as error:
            raise _unreadable() from error
        table = Table(
            columns=found.columns,
            rows=iter(()),
            present=found.present,
            ignored_columns=found.ignored,
            sha256=text.sha256,
            about_rows=max(text.lines - skipped, 1),
            notices=[f"Gelezen als CSV: {text.name}, scheidingsteken {SEPARATORS[separator]}."],
        )
        table.rows = _rows(file, separator=separator, found=found, table=table, ends_open=_ends_open(path, text))
        yield table


def _find_header(file: TextIO, *, wanted: Sequence[str]) -> tuple[str, int, list[str]]:
    """The separator, the lines up to and including the header, and its cells: the best match wins."""
    best: tuple[int, str, int, list[str]] = (-1, ";", 1, [])
    for number in range(1, header.SEARCHED_LINES + 1):
        line = file.readline(LONGEST_HEADER_LINE)
        if not line:
            break
        for separator in SEPARATORS:
            try:
                cells = next(csv.reader([line.rstrip("\r\n")], delimiter=separator), [])
            except csv.Error:
                continue
            matched = header.score(cells, wanted=wanted)
            if matched > best[0]:
                best = (matched, separator, number, cells)
    return best[1:]


def _rows(
    file: TextIO, *, separator: str, found: header.Header, table: Table, ends_open: bool
) -> Iterator[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(file, delimiter=separator, strict=True)
    width, pick, bad = found.width, found.pick, table.bad_rows
    read = 0  # lines under the header
    pending: tuple[int, list[str]] | None = None
    while True:
        try:
            for record in reader:
                if pending is not None:
                    yield pending[0], pick(pending[1])
                    pending = None
                row, read = read + 2, reader.line_num
                if read + 2 - row > MOST_LINES_A_ROW:
                    raise _unclosed(row)
                if len(record) != width:
                    if not any(record):
                        continue
                    if len(record) > width and any(record[width:]):
                        bad.append(_too_wide(row, record, found))
                        continue
                    # Excel leaves empty cells at the end of a row away; but a last row may be half a row.
                    if len(record) < width:
                        record.extend([""] * (width - len(record)))
                        pending = (row, record) if ends_open else None
                    del record[width:]
                record.append("")
                if pending is None:
                    cells = pick(record)
                    if any(cells):
                        yield row, cells
            break
        except csv.Error:
            row, read = read + 2, reader.line_num
            if read + 2 - row > MOST_LINES_A_ROW:
                raise _unclosed(row) from None
            sentence = "Deze rij is niet te lezen: een aanhalingsteken te veel of te weinig, of een veel te lange cel."
            bad.extend(BadRow(number, "bad_value", sentence) for number in range(row, read + 2))
        except UnicodeDecodeError as error:
            raise _unreadable() from error
    if pending is not None:
        bad.append(
            BadRow(
                pending[0],
                "bad_value",
                "De laatste rij is afgebroken. Is het bestand helemaal bewaard?",
                pick(pending[1]),
            )
        )


def _too_wide(row: int, record: list[str], found: header.Header) -> BadRow:
    return BadRow(
        row,
        "bad_value",
        f"Deze rij telt {len(record)} cellen in plaats van {found.width}: staat er een scheidingsteken in een veld?",
        found.pick([*record[: found.width], ""]),
    )


def _ends_open(path: Path, text: encoding.TextFile) -> bool:
    """True when the last line has no line end: perhaps the file was cut off."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 2, 0))
        end = file.read(2)
    return not (b"\n" in end or b"\r" in end if text.codec == "utf-16" else end.endswith((b"\n", b"\r")))


def _unclosed(row: int) -> TableRefused:
    return TableRefused(
        "unclosed_quote",
        f'Vanaf rij {row} staat een aanhalingsteken (") open: de rijen erna zijn niet te lezen. Sluit of verwijder het.',
    )


def _unreadable() -> TableRefused:
    return TableRefused("unreadable", "De tekens in dit bestand zijn niet te lezen. Bewaar het als CSV UTF-8.")
