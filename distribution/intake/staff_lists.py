"""Lists of staff numbers alone: subscribers, and card holders of an earlier year."""

from collections.abc import Iterator

from distribution.intake import cells
from distribution.intake.refusals import Wrong
from distribution.intake.rejects import Reject
from distribution.rules import staff_number
from pickup_points.tables import Table

COLUMN = "stamboeknummer"


def check(table: Table, rejects: list[Reject], *, strict: bool) -> Iterator[str]:
    """The staff numbers of a list, as often as they stand there; what is none goes into `rejects`."""
    for row, values in table.rows:
        try:
            yield read_number(values[0], strict=strict)
        except Wrong as wrong:
            rejects.append(Reject(row, wrong.column, wrong.code, str(wrong), values))
    rejects.extend(Reject(bad.row, COLUMN, bad.code, bad.sentence, bad.values) for bad in table.bad_rows)


def read_number(written: str, *, strict: bool) -> str:
    """Eleven digits; raises Wrong."""
    if staff_number.is_stored_form(written):
        return written
    if not written.strip():
        raise Wrong("missing_value", "Dit veld is verplicht.", column=COLUMN)
    try:
        cells.refuse_odd(written)
        return staff_number.parse(written, strict=strict).digits
    except staff_number.Refused as refused:
        raise Wrong(refused.code.value, str(refused), column=COLUMN) from None
    except Wrong as wrong:
        wrong.column = COLUMN
        raise
