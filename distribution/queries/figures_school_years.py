"""The figures of school years: hand-overs by the day they were dated on. Cards have a calendar year, and none of these."""

from collections import defaultdict
from collections.abc import Collection

from distribution.enums import FiguresBy
from distribution.queries import figures_counts as counts
from distribution.queries.figures_table import ALL, ALL_WAYS, MIXED, Row, Table, by_year, dated
from distribution.queries.figures_words import Names


def school_years(years: Collection[int] | None, by: FiguresBy, *, borders: int | None = None) -> Table:
    """Dated hand-overs of each school year, called by the year it ends in; cards have a calendar year, so those are None."""
    names = Names(by, counts.places() if by in MIXED | {FiguresBy.POINT} else {})
    found: dict[tuple[int, str], int] = defaultdict(int)
    for year, key, number in counts.in_school_years(by=by):
        if years is None or year in years:
            found[year, names.of_point(key, borders or year) if isinstance(key, int) else key] += number
    totals: dict[int, int] = defaultdict(int)
    for (year, _), number in found.items():
        totals[year] += number
    whole = [dated(Row(year, ALL, ALL_WAYS), number) for year, number in totals.items()]
    if by == FiguresBy.CHANNEL:
        return Table(by, by_year(whole), by_year(whole), is_by_school_year=True)
    rows = [dated(Row(year, names.key(key), names.label(key)), number) for (year, key), number in found.items()]
    return Table(by, tuple(sorted(rows, key=names.order)), by_year(whole), is_by_school_year=True)
