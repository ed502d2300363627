"""Finding the header row: by the names it should have, in the first ten lines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from pickup_points.tables.table import TableRefused

SEARCHED_LINES = 10
LONGEST_NAME_SHOWN = 40


@dataclass(frozen=True)
class Header:
    """Where each wanted column stands. `width` is the number of columns in the file."""

    columns: tuple[str, ...]
    present: tuple[str, ...]
    ignored: tuple[str, ...]
    width: int
    pick: Callable[[Sequence[str]], tuple[str, ...]]


def named(written: str) -> str:
    """A column name as we compare it: `" Onderwijs-niveau "` is `onderwijs_niveau`."""
    return "_".join(written.strip().strip("\ufeff\"'").casefold().replace("-", " ").replace("_", " ").split())


def score(cells: Sequence[str], *, wanted: Sequence[str]) -> int:
    """How many of the wanted names stand in this line."""
    return len({named(cell) for cell in cells} & set(wanted))


def match(cells: Sequence[str], *, required: Sequence[str], optional: Sequence[str]) -> Header:
    """The header in these cells; raises TableRefused for a missing or a double column.

    `pick` takes a row with one empty cell added at its end: a column that the file lacks is read from there.
    """
    names = [named(cell) for cell in cells]
    missing = [name for name in required if name not in names]
    if len(missing) == len(required):
        raise TableRefused(
            "no_header",
            f"In de eerste {SEARCHED_LINES} regels staan geen kolomnamen. Verwacht: {', '.join(required)}.",
        )
    if missing:
        raise TableRefused(
            "missing_column",
            f"{'Deze kolom ontbreekt' if len(missing) == 1 else 'Deze kolommen ontbreken'}: {', '.join(missing)}.",
        )
    wanted = (*required, *optional)
    double = [name for name in wanted if names.count(name) > 1]
    if double:
        raise TableRefused("duplicate_column", f"Een kolomnaam staat er meer dan één keer: {', '.join(double)}.")
    present = tuple(name for name in wanted if name in names)
    absent = len(names)
    places = [names.index(name) if name in present else absent for name in wanted]
    return Header(
        columns=tuple(wanted),
        present=present,
        ignored=tuple(name[:LONGEST_NAME_SHOWN] for name in names if name and name not in wanted),
        width=len(names),
        pick=_picker(places),
    )


def _picker(places: list[int]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    if len(places) == 1:
        only = places[0]
        return lambda row: (row[only],)
    return itemgetter(*places)
