"""Charts as SVG, drawn with pygal and dressed by ourselves: no script, no style sheet, no moment, the same bytes each time.

Colours that people who see few colours can tell apart, each at least 3:1 against the page. A
picture is never alone: the table is beside it, and its caption says the finding.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pygal

from distribution.documents import charts_dress
from distribution.documents.charts_dress import LETTER
from distribution.documents.figures_text import whole

# pygal hangs an import hook of an old kind in the process, for plug-ins we have none of; every import after it would warn.
sys.meta_path[:] = [one for one in sys.meta_path if not isinstance(one, pygal.PluginImportFixer)]

LETTERS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
# The height of a row of legends.
LEGEND = 24
TICKS = 5
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Look:
    """How a chart is made up: for the light or the dark page, for a phone, or for paper."""

    is_dark: bool = False
    is_narrow: bool = False
    letters: str = LETTERS

    @property
    def width(self) -> int:
        return 400 if self.is_narrow else 720

    @property
    def ink(self) -> str:
        return "#f0f4f1" if self.is_dark else "#1c2827"

    @property
    def guide(self) -> str:
        return "#35504c" if self.is_dark else "#dcd2bf"

    @property
    def axis(self) -> str:
        return "#8fa5a0" if self.is_dark else "#66736f"

    @property
    def surface(self) -> str:
        return "#1a2826" if self.is_dark else "#ffffff"

    @property
    def colours(self) -> tuple[str, ...]:
        """Four to tell apart, and a quiet one for what is not."""
        if self.is_dark:
            return ("#4fc3b0", "#ffc94d", "#8cb8ff", "#f59bc1", "#93a5a1")
        return ("#0b5a53", "#c2560c", "#3f78c9", "#8e3b7c", "#7d8885")


@dataclass(frozen=True, slots=True)
class Serie:
    """A way, a year: what has one colour. A value that is None is not drawn. `colour`: its place among the colours."""

    title: str
    values: Sequence[float | None]
    colour: int = 0
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A line of an interval chart, in percent: what is likely inside what is certain, and the best figure."""

    label: str
    best: float | None
    low99: float | None
    high99: float | None
    lower: float | None
    upper: float | None


def stacked(labels: Sequence[str], series: Sequence[Serie], look: Look, *, row: int = 46) -> str:
    """Lying bars, one for each label from top to bottom, in parts."""
    most = max((sum(one.values[place] or 0 for one in series) for place in range(len(labels))), default=0)
    ticks = _ticks(most, look)
    frame = _frame(look, len(labels) * row + 56, legends=len(series))
    chart = pygal.HorizontalStackedBar(**frame, spacing=10, range=(0, ticks[-1]))
    chart.x_labels, chart.y_labels = list(reversed(labels)), ticks
    chart.value_formatter = lambda value: whole(round(value))
    for one in series:
        chart.add(one.title, list(reversed([value or 0 for value in one.values])))
    return _drawn(chart, look, [_filled(one, look) for one in series], is_lying=True)


def bars(labels: Sequence[str], serie: Serie, look: Look) -> str:
    """Lying bars of one thing, from top to bottom; the number stands in the label."""
    longest = 20 if look.is_narrow else 40
    named = [
        f"{_short(label, longest)}: {whole(round(value or 0))}"
        for label, value in zip(labels, serie.values, strict=True)
    ]
    ticks = _ticks(max((value or 0 for value in serie.values), default=0), look)
    frame = _frame(look, len(labels) * 34 + 50) | {"show_legend": False}
    chart = pygal.HorizontalBar(**frame, spacing=8, range=(0, ticks[-1]))
    chart.x_labels, chart.y_labels = list(reversed(named)), ticks
    chart.value_formatter = lambda value: whole(round(value))
    chart.add(serie.title, list(reversed([value or 0 for value in serie.values])))
    return _drawn(chart, look, [_filled(serie, look)], is_lying=True)


def lines(labels: Sequence[str], series: Sequence[Serie], look: Look, *, shown: Sequence[str]) -> str:
    """A line for each serie through the labels; of those only the `shown` are written out."""
    ticks = _ticks(max((value or 0 for one in series for value in one.values), default=0), look)
    frame = _frame(look, 280 if look.is_narrow else 320, legends=len(series))
    chart = pygal.Line(**frame, range=(0, ticks[-1]), show_dots=False, show_minor_x_labels=False)
    chart.x_labels, chart.x_labels_major, chart.y_labels = list(labels), list(shown), ticks
    chart.value_formatter = lambda value: whole(round(value))
    for one in series:
        chart.add(one.title, list(one.values))
    worn = [
        {"fill": "none", "stroke": look.colours[one.colour], "stroke-width": "3" if one.is_dashed else "4"}
        | {"stroke-linejoin": "round", "stroke-linecap": "round"}
        | ({"stroke-dasharray": "1 8"} if one.is_dashed else {})
        for one in series
    ]
    return _drawn(chart, look, worn, is_lying=False)


def spans(rows: Sequence[Span], look: Look) -> str:
    """For each row a thin line for what is certain, a thick one for the interval of 99 %, and a dot for the best figure."""
    # On a phone the names stand above the lines: beside them there is no room.
    above = [row.label for row in reversed(rows)] if look.is_narrow else None
    frame = _frame(look, len(rows) * (58 if above else 40) + 56) | {"show_legend": False}
    chart = pygal.XY(**frame, range=(0.4, len(rows) + 0.6), xrange=(0, 100), show_dots=False)
    chart.y_labels = [
        {"value": place, "label": "." if above else row.label} for place, row in enumerate(reversed(rows), start=1)
    ]
    chart.x_labels = [0, 50, 100] if look.is_narrow else [0, 20, 40, 60, 80, 100]
    chart.x_value_formatter = lambda value: f"{value:.0f} %"
    worn: list[dict[str, str]] = []
    for place, row in enumerate(reversed(rows), start=1):
        for low, high, clothes in (
            (row.lower, row.upper, {"stroke": look.axis, "stroke-width": "3"}),
            (row.low99, row.high99, {"stroke": look.colours[2], "stroke-width": "16"}),
        ):
            if low is not None and high is not None:
                # A line without length would not be drawn at all.
                chart.add("", [(low, place), (max(high, low + 0.2), place)])
                worn.append(clothes | {"fill": "none", "stroke-linecap": "butt"})
        if row.best is not None:
            chart.add("", [(row.best - 0.01, place), (row.best + 0.01, place)])
            worn.append({"stroke": look.ink, "stroke-width": "11", "stroke-linecap": "round", "fill": "none"})
    return _drawn(chart, look, worn, is_lying=True, above=above)


def _frame(look: Look, height: int, *, legends: int = 0) -> dict[str, Any]:
    beside = 1 if look.is_narrow else 3
    rows = -(-legends // beside)
    return {
        "width": look.width,
        "height": height + rows * LEGEND,
        "js": (),
        "no_prefix": True,
        "disable_xml_declaration": True,
        "legend_at_bottom": True,
        "legend_at_bottom_columns": beside,
        "legend_box_size": 14,
        "truncate_label": -1,
        "truncate_legend": -1,
        "margin": 6,
        # pygal leaves room for whole rows of legends only.
        "margin_bottom": 6 + (rows - legends // beside) * LEGEND,
        "margin_right": 34,
        "print_values": False,
        "style": pygal.style.Style(
            font_family=look.letters,
            label_font_size=LETTER,
            major_label_font_size=LETTER,
            legend_font_size=LETTER,
        ),
    }


def _short(label: str, longest: int) -> str:
    return label if len(label) <= longest else f"{label[: longest - 1]}…"


def _ticks(most: float, look: Look) -> list[float]:
    """Round numbers from nought to just above the most."""
    wanted = max(most, 1) / (3 if look.is_narrow else TICKS)
    magnitude = 10.0 ** (len(str(int(wanted))) - 1)
    step = next(one * magnitude for one in STEPS if one * magnitude >= wanted)
    step = max(1, round(step))
    return [step * place for place in range(int(-(-max(most, 1) // step)) + 1)]


def _filled(one: Serie, look: Look) -> dict[str, str]:
    return {"fill": look.colours[one.colour], "stroke": look.surface, "stroke-width": "2"}


def _drawn(
    chart: Any,
    look: Look,
    worn: Sequence[Mapping[str, str]],
    *,
    is_lying: bool,
    above: Sequence[str] | None = None,
) -> str:
    """The chart with our own attributes on each part, in place of pygal's style sheet and script."""
    chart.uuid = "grafiek"
    chart.add_xml_filter(
        lambda root: charts_dress.dressed(
            root,
            worn,
            ink=look.ink,
            guide=look.guide,
            axis=look.axis,
            letters=look.letters,
            is_lying=is_lying,
            above=above,
        )
    )
    svg: str = chart.render(is_unicode=True)
    return svg
