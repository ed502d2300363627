"""The table that make test-faults writes: every fault has its line, in order, and what did not hold is said."""

from pathlib import Path

from tests.faults import table
from tests.faults.table import Line

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "faults.md"


def test_rows_are_in_order_and_tell_what_did_not_hold() -> None:
    lines = [
        Line("F10", "tien", times=2, figure="x", is_held=True, seconds=1.6),
        Line("F2 F3", "twee", times=1, figure="y", is_held=False),
    ]

    assert table.rows(lines)[2:] == [
        "| F2 F3 | twee | 1 | **niet gehouden** | y | 0 |",
        "| F10 | tien | 2 | gehouden | x | 2 |",
    ]
    assert table.missing(lines) == [one for one in table.FAULTS if one not in {"F2", "F3", "F10"}]


def test_the_document_tells_of_every_fault() -> None:
    rows = [row for row in DOCUMENT.read_text(encoding="utf-8").splitlines() if row.startswith("| F")]

    told = {one for row in rows for one in row.split("|")[1].split()}
    assert sorted(told) == sorted(table.FAULTS)
    # What did not hold is told as well: the document is a measurement, not a promise.
    assert [row for row in rows if "| gehouden |" not in row and "| **niet gehouden** |" not in row] == []
