"""Published totals of earlier years (historiek.csv): whole numbers, and empty where nobody counted."""

from collections.abc import Sequence
from typing import Any

from distribution.intake import cells
from distribution.intake.refusals import Wrong
from distribution.intake.rejects import Reject
from pickup_points.tables import Table

REQUIRED = ("jaar",)
OPTIONAL = ("totaal", "abonnement", "starters", "afgehaald", "met_kaart", "schatting", "oorzaak")
FIELDS = ("cards", "subscription", "starters", "collected", "with_card")
SAID = ("is_estimate", "cause")
FIRST_YEAR, LAST_YEAR = 1990, 2100
MOST = 10_000_000
LONGEST_CAUSE = 200
ESTIMATE = {"": False, "0": False, "nee": False, "1": True, "ja": True}


def check(table: Table, rejects: list[Reject]) -> list[dict[str, Any]]:
    """The good rows as fields of PublishedFigures. A second row for a year is a reject."""
    by_year: dict[int, dict[str, Any]] = {}
    for row, values in table.rows:
        try:
            checked = _check_row(values, table.columns)
        except Wrong as wrong:
            rejects.append(Reject(row, wrong.column, wrong.code, str(wrong), values))
            continue
        if checked["year"] in by_year:
            sentence = f"Het jaar {checked['year']} staat er al in."
            rejects.append(Reject(row, "jaar", "bad_value", sentence, values))
            continue
        by_year[checked["year"]] = checked
    rejects.extend(Reject(bad.row, bad.column, bad.code, bad.sentence, bad.values) for bad in table.bad_rows)
    return list(by_year.values())


def _check_row(values: Sequence[str], columns: Sequence[str]) -> dict[str, Any]:
    year = _whole(values[0], "jaar")
    if year is None:
        raise Wrong("missing_value", "Dit veld is verplicht.", column="jaar")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Wrong("bad_value", f"Een jaar tussen {FIRST_YEAR} en {LAST_YEAR} wordt verwacht.", column="jaar")
    counts = {field: _whole(values[place], columns[place]) for place, field in enumerate(FIELDS, start=1)}
    total = counts["cards"]
    for place, field in enumerate(FIELDS[1:], start=2):
        if total is not None and (counts[field] or 0) > total:
            raise Wrong("bad_value", "Dit is meer dan het totaal van dat jaar.", column=columns[place])
    estimate = values[6].strip().casefold()
    if estimate not in ESTIMATE:
        raise Wrong("bad_value", "Schrijf 1 voor een schatting, en niets of 0 voor een telling.", column="schatting")
    has_sign = ESTIMATE[estimate] or counts["collected"] is None
    return {"year": year, **counts, "is_estimate": ESTIMATE[estimate], "cause": _cause(values[7], has_sign=has_sign)}


def _cause(written: str, *, has_sign: bool) -> str:
    """Why a figure has its sign, for under the table; raises Wrong where there is no sign it could belong to."""
    try:
        cause = cells.text(written, longest=LONGEST_CAUSE, warnings=[])
    except Wrong as wrong:
        wrong.column = "oorzaak"
        raise
    if cause and not has_sign:
        sentence = "Een oorzaak hoort bij een schatting, of bij een jaar waarin afgehaald niet geteld is."
        raise Wrong("bad_value", sentence, column="oorzaak")
    return cause


def _whole(written: str, column: str) -> int | None:
    """A whole number of people, or None for an empty cell; raises Wrong. Points and spaces part thousands."""
    try:
        typed = cells.whole_number_text(written)
    except Wrong as wrong:
        wrong.column = column
        raise
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit()) or int(typed[:12]) > MOST:
        raise Wrong("bad_value", "Hier hoort een geheel getal, of niets als er niet geteld is.", column=column)
    return int(typed)
