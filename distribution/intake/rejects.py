"""The rejects file: what was wrong with which row, and the row itself, so that a person can mend it and send it in."""

import csv
import os
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from distribution.rules import staff_number

ABOUT = ("row", "column", "code", "message")
# A spreadsheet takes a text that starts so for a formula: an apostrophe in front makes it text again (hardening.md T06).
# Reading takes that apostrophe off: intake/cells.py.
FORMULA = re.compile("\\s*[=+\\-@\\t\\r\\0＝＋－＠]")
NOT_DIGITS = re.compile(r"[^0-9]+")
MASKED = "***********"


@dataclass(frozen=True)
class Reject:
    """A row that was not taken. `values` stand in the order of the table's columns."""

    row: int
    column: str
    code: str
    message: str
    values: Sequence[str] = ()


def write(folder: Path, rejects: Iterable[Reject], *, columns: Sequence[str], present: Sequence[str]) -> Path:
    """Write the rejects in the order of the file and return where; the file appears complete or not at all.

    Only columns that the file had are written. A national register number is masked wherever it stands.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{uuid.uuid4()}.csv"
    unfinished = path.with_suffix(".part")
    places = [columns.index(name) for name in present]
    lines: list[list[str]] = [[*ABOUT, *present]]
    for reject in sorted(rejects, key=lambda each: each.row):
        values = [reject.values[place] if reject.values else "" for place in places]
        lines.append([str(reject.row), reject.column, reject.code, reject.message, *map(_harmless, values)])
    # A spreadsheet needs the byte order mark to read an accent; without one it would only be in the way.
    needs_mark = any(not cell.isascii() for line in lines for cell in line)
    try:
        with unfinished.open("w", encoding="utf-8-sig" if needs_mark else "utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows(lines)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def _harmless(value: str) -> str:
    digits = NOT_DIGITS.sub("", value)
    if len(digits) == 11:
        try:
            staff_number.parse(value)
        except staff_number.Refused:
            if staff_number.is_national_register_number(digits):
                return MASKED
    value = value.replace("\0", "")
    return f"'{value}" if FORMULA.match(value) else value
