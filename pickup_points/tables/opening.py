"""Opening a file: what is it really, whatever its name says, and who reads it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from pickup_points.tables import delimited, recognise, workbook
from pickup_points.tables.table import Limits, Table, TableRefused

DEFAULT_LIMITS = Limits()


@contextmanager
def open_table(
    path: Path | str, *, required: Sequence[str], optional: Sequence[str] = (), limits: Limits = DEFAULT_LIMITS
) -> Iterator[Table]:
    """The table in a CSV or XLSX file, its cells in the order `required` + `optional`, as text.

    Cells are as typed (surrounding space and all). Rows without any text are skipped. Raises
    TableRefused, on opening or while the rows are read, when the file as a whole is no such table.
    """
    path = Path(path)
    kind = recognise.kind_of(path, limits=limits)
    reader = workbook.read if kind is recognise.Kind.XLSX else delimited.read
    with reader(path, required=required, optional=optional, limits=limits) as table:
        first = next(table.rows, None)
        if first is None and not table.bad_rows:
            raise TableRefused("no_rows", "Er staan geen rijen in het bestand, alleen kolomnamen of niets.")
        if first is not None:
            table.rows = chain((first,), table.rows)
        if table.ignored_columns:
            table.notices.append(f"Niet gelezen kolommen: {', '.join(table.ignored_columns)}.")
        yield table
