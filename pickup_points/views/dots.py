"""The map of dots: Flanders and Brussels as a grid of small dots, the pickup points as large ones.

Drawn by ourselves from the centres of the municipalities (pickup_points.reference), so that no
outside map service hears who looks where. Only presentation attributes: a strict CSP holds.
"""

from collections.abc import Iterable

from pickup_points.queries import Place
from pickup_points.reference.land import HEIGHT, STEP, WIDTH, centres, land, project

LIGHT = {"West-Vlaanderen": "#a9d0c6", "Oost-Vlaanderen": "#c7dcb9", "Antwerpen": "#a9d0c6", "Limburg": "#c7dcb9"} | {
    "Vlaams-Brabant": "#bcd3e3",
    "Brussels Hoofdstedelijk Gewest": "#e9cfa0",
    "point": "#0d4f4a",
    "quiet": "#5f8d86",
    "here": "#c2410c",
    "ring": "#ffffff",
}
DARK = {"West-Vlaanderen": "#2c5a52", "Oost-Vlaanderen": "#44583a", "Antwerpen": "#2c5a52", "Limburg": "#44583a"} | {
    "Vlaams-Brabant": "#35526b",
    "Brussels Hoofdstedelijk Gewest": "#6b5530",
    "point": "#ffd76a",
    "quiet": "#86a79f",
    "here": "#ff9a5c",
    "ring": "#101b1a",
}


def draw(places: Iterable[Place], *, here: str = "", dark: bool = False) -> str:
    """The map as SVG: every place a dot, the one with code `here` larger and in its own colour."""
    colours = DARK if dark else LIGHT
    spots = [(place.code, spot) for place in places if (spot := _spot(place))]
    others = "".join(f"M{x} {y}h0" for code, (x, y) in spots if code != here)
    marked = "".join(_mark(x, y, colours) for code, (x, y) in spots if code == here)
    ground = "".join(
        f'<path d="{path}" stroke="{colours.get(province, colours["Antwerpen"])}" stroke-width="7" stroke-dasharray="0 {STEP:g}"/>'
        for province, path in land()
    )
    size, colour = (5, colours["quiet"]) if here else (9, colours["point"])
    ring = "" if here else f'<path d="{others}" stroke="{colours["ring"]}" stroke-width="13"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<g fill="none" stroke-linecap="round">{ground}'
        f'{ring}<path d="{others}" stroke="{colour}" stroke-width="{size}"/></g>{marked}</svg>'
    )


def _mark(x: int, y: int, colours: dict[str, str]) -> str:
    return (
        f'<circle cx="{x}" cy="{y}" r="40" fill="{colours["here"]}" fill-opacity=".18"/>'
        f'<circle cx="{x}" cy="{y}" r="15" fill="{colours["here"]}" stroke="{colours["ring"]}" stroke-width="5"/>'
    )


def _spot(place: Place) -> tuple[int, int] | None:
    """Where a place is drawn: its own coordinates, or the centre of its municipality; None when neither is known."""
    if place.latitude is not None and place.longitude is not None:
        x, y = project(place.latitude, place.longitude)
    else:
        centre = centres().get(place.postcode)
        if centre is None:
            return None
        x, y = centre
    return (round(x), round(y)) if 0 <= x <= WIDTH and 0 <= y <= HEIGHT else None
