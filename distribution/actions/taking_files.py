"""What taking every file has in common: opening it, the limit on bad rows, the rejects file, the counts."""

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from distribution.intake import rejects
from distribution.intake.refusals import FileRefused
from distribution.intake.rejects import Reject
from pickup_points.tables import Limits, Table, TableRefused, open_table

MOST_BAD_ROWS = 0.10
CODES_NAMED = 3
DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class ListSummary:
    """What a list brought; `changed` is false when it says what we knew.

    `counts` says how it differs: new, changed, unchanged, left. `details` shows that, without persons.
    """

    rows: int
    accepted: int
    rejected: int
    changed: bool
    rejects_file: str | None
    notices: list[str]
    counts: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@contextlib.contextmanager
def opened(
    path: Path, *, required: Sequence[str], optional: Sequence[str] = (), limits: Limits = DEFAULT_LIMITS
) -> Iterator[Table]:
    """The file as a table. Raises FileRefused, also while its rows are read, when it is none of the right shape."""
    try:
        with open_table(path, required=required, optional=optional, limits=limits) as table:
            yield table
    except TableRefused as refused:
        raise FileRefused.of(refused) from refused


def refuse_too_many_bad(found: list[Reject], *, rows: int) -> None:
    """Raises FileRefused when more than one row in ten is bad: then the file itself is wrong."""
    if len(found) > MOST_BAD_ROWS * rows:
        raise too_many_bad(found)


def too_many_bad(found: list[Reject]) -> FileRefused:
    """The refusal, naming the most frequent codes and the first bad row."""
    codes = Counter(reject.code for reject in found).most_common(CODES_NAMED)
    first = found[0]
    return FileRefused(
        "too_many_bad_rows",
        f"Meer dan 10 % van de rijen is niet bruikbaar ({', '.join(f'{code} {count}' for code, count in codes)}). "
        f"Er is niets ingelezen. De eerste is rij {first.row}"
        + (f", kolom {first.column}" if first.column else "")
        + f": {first.message}",
    )


def write_rejects(folder: Path, found: list[Reject], table: Table) -> str | None:
    """The path of the rejects file, or None when every row was good."""
    if not found:
        return None
    return str(rejects.write(folder, found, columns=table.columns, present=table.present))
