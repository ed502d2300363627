"""Which charts belong to a table of figures: what each draws, what it is called, and the finding it shows in words."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from distribution.documents import charts, charts_map, figures_columns
from distribution.documents.charts import Look, Serie, Span
from distribution.documents.charts_map import Dot
from distribution.documents.figures_text import whole
from distribution.enums import FiguresBy
from distribution.queries.figures_counts import first_day_of
from distribution.queries.figures_table import Row, Table
from distribution.queries.figures_words import MONTHS
from distribution.rules.rates import Margins, added, comma

YEARS_DRAWN, LINES_DRAWN, BARS_DRAWN = 8, 3, 15
SHORT_MONTHS = [{"maart": "mrt"}.get(name, name[:3]) for name in MONTHS]
# By the key of a row: where it lies on the sheet of pickup_points.reference.land.
Spots = Mapping[str, tuple[float, float]]


class Kind(StrEnum):
    """The value stands in the address of the picture."""

    WAYS = "wegen"
    MARGINS = "marges"
    WEEKS = "weken"
    SHARES = "aandelen"
    MAP = "kaart"
    DATED = "gedateerd"


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of a table. `finding` is its text alternative: what somebody sees who sees it. `note`: how to read it."""

    kind: Kind
    title: str
    finding: str
    note: str
    draw: Callable[[Look], str]


def of(table: Table, *, spots: Spots) -> list[Chart]:
    """The charts of a table, none for a table without figures. Give the table as it may be shown (small groups hidden)."""
    if not table.rows:
        return []
    made = {
        (FiguresBy.CHANNEL, False): [_ways, _margins],
        (FiguresBy.CHANNEL, True): [_dated],
        (FiguresBy.WEEK, False): [_weeks],
        (FiguresBy.WEEK, True): [_weeks],
        (FiguresBy.PROVINCE, False): [_shares],
        (FiguresBy.CATEGORY, False): [_shares],
        (FiguresBy.LEVEL, False): [_shares],
    }.get((table.by, table.is_by_school_year))
    if made is not None:
        return [chart for make in made if (chart := make(table)) is not None]
    chart = _dated(table) if table.is_by_school_year else _map(table, spots)
    return [chart] if chart else []


def _ways(table: Table) -> Chart | None:
    rows = table.rows[-YEARS_DRAWN:]
    ways: list[tuple[str, Callable[[Row], int | None]]] = [
        ("met het magazine", lambda row: row.subscription),
        ("(re)starters", lambda row: row.starter),
        ("afgehaald", lambda row: row.collected),
        ("andere", lambda row: row.other),
        ("niet afgehaald, of niet geteld", _without),
    ]
    series = [Serie(title, [number(row) for row in rows], place) for place, (title, number) in enumerate(ways)]
    shown = [one for one in series if any(one.values)]
    labels = [f"{row.year}{'*' if row.estimate else ''}" for row in rows]
    known = [row for row in rows if row.with_card is not None and row.rate is not None]
    if known:
        row = known[-1]
        others = f" en {whole(row.other)} langs een andere weg" if row.other else ""
        finding = (
            f"Van {row.year} is bekend dat {_percent(row.rate, row)} een kaart heeft: {whole(row.collected)} afgehaald, "
            f"{whole(row.subscription)} met het magazine, {whole(row.starter)} (re)starters{others}."
        )
    else:
        finding = "Van geen van deze jaren is al geteld hoeveel mensen een kaart hebben."
    return Chart(
        Kind.WAYS,
        "Hoe de kaarten bij de mensen kwamen",
        finding,
        "Elke balk is een jaar, zo lang als er kaarten waren.",
        lambda look: charts.stacked(labels, shown, look),
    )


def _without(row: Row) -> int | None:
    """The cards nobody has, as far as anybody knows."""
    known = row.with_card if row.with_card is not None else added(row.subscription, row.starter)
    return None if row.cards is None or known is None else max(0, row.cards - known)


def _margins(table: Table) -> Chart | None:
    rows = [row for row in table.rows if row.rate is not None or row.upper is not None][-YEARS_DRAWN:]
    if not rows:
        return None
    return _spans(
        Kind.MARGINS,
        "Hoeveel procent een kaart heeft, en hoe zeker dat is",
        [(str(row.year), row, row.margins) for row in rows],
    )


def _shares(table: Table) -> Chart | None:
    year = table.rows[-1].year
    rows = [
        row
        for row in table.rows
        if row.year == year and row.key and row.at_points and not row.is_suppressed and row.upper is not None
    ]
    if not rows:
        return None
    return _spans(
        Kind.SHARES,
        f"Afgehaald van de kaarten in de afhaalpunten, {year}",
        [(row.label, row, row.collected_margins) for row in rows],
    )


def _spans(kind: Kind, title: str, rows: Sequence[tuple[str, Row, Margins]]) -> Chart:
    drawn = []
    for label, row, margins in rows:
        said = "" if margins.best is None else f" {_percent(margins.best, row)}"
        drawn.append(
            Span(
                f"{figures_columns.named(label)}{said}",
                margins.best,
                margins.low99,
                margins.high99,
                margins.lower,
                margins.upper,
            )
        )
    return Chart(
        kind,
        title,
        _span_finding(drawn),
        "De dunne lijn loopt van minstens tot hoogstens, het brede stuk is het interval van 99 %, de stip is het beste cijfer.",
        lambda look: charts.spans(drawn, look),
    )


def _span_finding(drawn: Sequence[Span]) -> str:
    known = [one for one in drawn if one.best is not None]
    if len(known) > 1:
        high, low = max(known, key=lambda one: one.best or 0), min(known, key=lambda one: one.best or 0)
        if high.best == low.best:
            return f"Overal {comma(high.best or 0)} %."
        return f"Het hoogst: {high.label}. Het laagst: {low.label}."
    if known:
        return f"{known[0].label}."
    sure = [one for one in drawn if one.lower is not None and one.upper is not None]
    told = ", ".join(f"{one.label} {comma(one.lower or 0)} tot {comma(one.upper or 0)} %" for one in sure[:YEARS_DRAWN])
    return f"Enkel de zekere grenzen zijn bekend: {told}."


def _weeks(table: Table) -> Chart | None:
    rows = [row for row in table.rows if row.key]
    years = sorted({row.year for row in rows})[-LINES_DRAWN:]
    if not years:
        return None
    # A week is placed by how far it lies from the start of its own year, so that seasons lie over each other.
    at = {(row.year, _weeks_on(row, table)): row.collected for row in rows if row.year in years}
    first, last = min(place for _, place in at), max(place for _, place in at)
    latest = years[-1]
    mondays = [_start(latest, table) + dt.timedelta(weeks=place) for place in range(first, last + 1)]
    labels = [f"{one.day} {SHORT_MONTHS[one.month - 1]}" for one in mondays]
    newest = max(place for year, place in at if year == latest)
    series = [
        Serie(
            str(year),
            [
                at.get((year, place), None if year == latest and place > newest else 0)
                for place in range(first, last + 1)
            ],
            colour=latest - year if latest - year < LINES_DRAWN else 2,
            is_dashed=year != latest,
        )
        for year in reversed(years)
    ]
    best = max((row for row in rows if row.year == latest), key=lambda row: (row.collected or 0, row.key))
    finding = f"De drukste week van {latest} was {best.label}: {whole(best.collected)} kaarten."
    if latest - 1 in years:
        before = at.get((latest - 1, _weeks_on(best, table)), 0)
        finding += f" In dezelfde week van {latest - 1} waren het er {whole(before)}."
    return Chart(
        Kind.WEEKS,
        "Aangeduide afgiftes per week",
        finding,
        "De weken staan bij hun maandag. De volle lijn is het laatste jaar, de stippellijn het jaar ervoor.",
        lambda look: charts.lines(
            labels, series, look, shown=labels[:: max(1, len(labels) // (3 if look.is_narrow else 7))]
        ),
    )


def _start(year: int, table: Table) -> dt.date:
    """The Monday of the week a year begins in: 1 January, or 1 September before a school year."""
    day = dt.date(year - 1, 9, 1) if table.is_by_school_year else dt.date(year, 1, 1)
    return day - dt.timedelta(days=day.weekday())


def _weeks_on(row: Row, table: Table) -> int:
    return (first_day_of(row.key or "") - _start(row.year, table)).days // 7


def _dated(table: Table) -> Chart | None:
    year = table.rows[-1].year
    if table.by == FiguresBy.CHANNEL:
        rows, title = list(table.rows), "Gedateerde afgiftes per schooljaar"
        labels = [str(row.year) for row in rows]
    else:
        rows = sorted(
            (row for row in table.rows if row.year == year and row.key), key=lambda row: -(row.collected or 0)
        )
        rows, title = rows[:BARS_DRAWN], f"Gedateerde afgiftes, schooljaar dat eindigt in {year}"
        labels = [row.label for row in rows]
    rows = [row for row in rows if not row.is_suppressed]
    if not rows:
        return None
    top = max(rows, key=lambda row: row.collected or 0)
    place = f"het schooljaar dat eindigt in {top.year}" if table.by == FiguresBy.CHANNEL else top.label
    serie = Serie("gedateerd", [row.collected for row in rows])
    return Chart(
        Kind.DATED,
        title,
        f"De meeste gedateerde afgiftes: {place}, minstens {whole(top.collected)}.",
        f"De {len(rows)} grootste." if len(rows) == BARS_DRAWN else "Elke balk is minstens zoveel.",
        lambda look: charts.bars(labels, serie, look),
    )


def _map(table: Table, spots: Spots) -> Chart | None:
    year = table.rows[-1].year
    rows = [row for row in table.rows if row.year == year and row.key in spots and row.at_points]
    if not rows:
        return None
    dots = [Dot(*spots[row.key or ""], row.at_points or 0, row.collected_rate) for row in rows]
    known = [row for row in rows if row.collected_rate is not None]
    what = "afhaalpunten" if table.by == FiguresBy.POINT else "gemeenten"
    if known:
        low = sum((row.collected_rate or 0) < charts_map.CLASSES[1][0] for row in known)
        high = sum((row.collected_rate or 0) >= charts_map.CLASSES[-1][0] for row in known)
        finding = f"In {low} van de {len(known)} {what} met een cijfer is minder dan 40 % afgehaald; in {high} is het 70 % of meer."
        if len(known) < len(rows):
            finding += f" Van {len(rows) - len(known)} is er geen cijfer."
    else:
        finding = f"Van geen van de {len(rows)} {what} is er al een cijfer."
    return Chart(
        Kind.MAP,
        f"Afgehaald van de kaarten die er liggen, {year}",
        finding,
        "Hoe groter de stip, hoe meer kaarten. Hoe donkerder, hoe meer er afgehaald is; op een donker scherm hoe lichter.",
        lambda look: charts_map.draw(dots, look),
    )


def _percent(rate: float | None, row: Row) -> str:
    return f"{comma(rate or 0)} %{'*' if row.estimate else ''}"
