"""The map of dots as a chart: each place as large as its cards and coloured by the share that was collected."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from distribution.documents.charts import Look
from distribution.documents.charts_dress import LETTER
from pickup_points.reference.land import HEIGHT, STEP, WIDTH, land

# From where each class begins, in percent; told apart by lightness, so also without seeing colours.
CLASSES = ((0, "onder 40 %"), (40, "40 tot 50 %"), (50, "50 tot 60 %"), (60, "60 tot 70 %"), (70, "70 % of meer"))
LIGHT = ("#fff3c4", "#f3b45f", "#d9702f", "#98363c", "#3f1536")
DARK = ("#3f2a5c", "#7b4a97", "#c0679d", "#f09c8c", "#ffe3ae")
LARGEST, SMALLEST = 17.0, 3.5
GROUND = {False: "#e6dfd0", True: "#2d413e"}


@dataclass(frozen=True, slots=True)
class Dot:
    """A place on the sheet of pickup_points.reference.land, with its cards; `rate` is None where nothing was counted."""

    x: float
    y: float
    cards: int
    rate: float | None


def draw(dots: Iterable[Dot], look: Look) -> str:
    """The map with its legend under it; small dots over large ones."""
    placed = sorted((one for one in dots if 0 <= one.x <= WIDTH and 0 <= one.y <= HEIGHT), key=lambda one: -one.cards)
    most = max((one.cards for one in placed), default=1) or 1
    grow = 1.5 if look.is_narrow else 1.0
    ground = "".join(
        f'<path d="{path}" stroke="{GROUND[look.is_dark]}" stroke-width="7" stroke-dasharray="0 {STEP:g}"/>'
        for _, path in land()
    )
    marks = "".join(_mark(one, max(SMALLEST, LARGEST * sqrt(one.cards / most)) * grow, look) for one in placed)
    legend, height = _legend(look, letter=LETTER * WIDTH / look.width)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT + height}" width="{WIDTH}"'
        f' height="{HEIGHT + height}"><g fill="none" stroke-linecap="round">{ground}</g>{marks}{legend}</svg>'
    )


def class_of(rate: float) -> int:
    """The place of the class a share in percent falls in."""
    return sum(rate >= start for start, _ in CLASSES) - 1


def _mark(one: Dot, radius: float, look: Look) -> str:
    return f'<circle cx="{one.x:.0f}" cy="{one.y:.0f}" r="{radius:.1f}" {_paint(one.rate, look)}/>'


def _paint(rate: float | None, look: Look) -> str:
    """Hollow where nobody counted. The edge sets it off from the ground, whatever its colour."""
    colours = DARK if look.is_dark else LIGHT
    fill = look.surface if rate is None else colours[class_of(rate)]
    dashes = ' stroke-dasharray="3 3"' if rate is None else ""
    return f'fill="{fill}" stroke="{look.ink}" stroke-width="1.5"{dashes}'


def _legend(look: Look, *, letter: float) -> tuple[str, float]:
    shown = [*((float(start), words) for start, words in CLASSES), (None, "niet geteld")]
    columns, line = (2 if look.is_narrow else 6), letter * 1.9
    wide = WIDTH / columns
    parts = []
    for place, (start, words) in enumerate(shown):
        x, y = (place % columns) * wide + letter * 0.7, HEIGHT + (place // columns + 0.8) * line
        parts.append(
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{letter * 0.48:.1f}" {_paint(start, look)}/>'
            f'<text x="{x + letter * 0.8:.0f}" y="{y + letter * 0.36:.0f}" font-size="{letter * 0.85:.1f}"'
            f' font-family="{look.letters}" fill="{look.ink}">{words}</text>'
        )
    return "".join(parts), (len(shown) + columns - 1) // columns * line + letter * 0.5
