"""What reading a table gives: rows, the rows that are none, and the refusal of a whole file."""

from collections.abc import Iterator
from dataclasses import dataclass, field

MEGABYTE = 1024 * 1024


class TableRefused(Exception):
    """The shape of the file is wrong: a stable `code` and a Dutch sentence. It never repeats what is in the file."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class Limits:
    """Where a file is refused before it is read (hardening.md I18, T07)."""

    rows: int = 1_000_000
    csv_bytes: int = 512 * MEGABYTE
    xlsx_bytes: int = 64 * MEGABYTE
    unpacked_bytes: int = 512 * MEGABYTE
    entries: int = 50
    # How many times larger a part of a workbook may be than its packed size.
    ratio: int = 100
    columns: int = 60


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be read as one: which, why, and what stood there as far as it could be read.

    `values` stand in the order of `Table.columns`.
    """

    row: int
    code: str
    sentence: str
    values: tuple[str, ...] = ()
    column: str = ""


@dataclass
class Table:
    """An open file. `rows` can be read once, and holds one row in memory at a time."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[int, tuple[str, ...]]]
    # Those of `columns` that the file has; the others are empty in every row.
    present: tuple[str, ...]
    ignored_columns: tuple[str, ...]
    sha256: str
    # Rows in the file as far as it can be told beforehand: for a progress bar.
    about_rows: int
    # What was found out, in Dutch: encoding, separator, ignored columns, sheets.
    notices: list[str] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)
