"""The map of dots: Flanders and Brussels as a grid of small dots, the pickup points as large ones.

Drawn by ourselves from the centres of the municipalities (pickup_points.reference), so that no
outside map service hears who looks where. Only presentation attributes: a strict CSP holds.
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from math import cos, hypot, radians

from pickup_points import reference
from pickup_points.queries import Place

WIDTH, HEIGHT = 1000, 420
WEST, NORTH = 2.46, 51.55
PER_DEGREE = 455.0
SQUASH = cos(radians(51.1))
KILOMETRE = PER_DEGREE / 111.2
# The grid of the land, and how far from the centre of a municipality there is still land.
STEP = 9.0
REACH = 7.2 * KILOMETRE

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
    land = "".join(
        f'<path d="{path}" stroke="{colours.get(province, colours["Antwerpen"])}" stroke-width="7" stroke-dasharray="0 {STEP:g}"/>'
        for province, path in _land()
    )
    size, colour = (5, colours["quiet"]) if here else (9, colours["point"])
    ring = "" if here else f'<path d="{others}" stroke="{colours["ring"]}" stroke-width="13"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<g fill="none" stroke-linecap="round">{land}'
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
        x, y = _project(place.latitude, place.longitude)
    else:
        centre = _centres().get(place.postcode)
        if centre is None:
            return None
        x, y = centre
    return (round(x), round(y)) if 0 <= x <= WIDTH and 0 <= y <= HEIGHT else None


def _project(latitude: float, longitude: float) -> tuple[float, float]:
    return (longitude - WEST) * SQUASH * PER_DEGREE, (NORTH - latitude) * PER_DEGREE


@lru_cache(maxsize=1)
def _centres() -> dict[str, tuple[float, float]]:
    towns = reference.municipalities()
    return {
        postcode: _project(towns[locality.nis].latitude, towns[locality.nis].longitude)
        for postcode, locality in reference.localities(2025).items()
        if locality.nis in towns
    }


@lru_cache(maxsize=1)
def _land() -> tuple[tuple[str, str], ...]:
    """The land, one path per province: rows of lines that are drawn as dots (a dash of length 0 with a round end)."""
    current = {locality.nis for locality in reference.localities(2025).values()}
    towns = [
        (*_project(town.latitude, town.longitude), town.province)
        for town in reference.municipalities().values()
        if town.nis in current
    ]
    paths: dict[str, list[str]] = {}
    for row in range(int(HEIGHT / (STEP * 0.866)) + 1):
        y = row * STEP * 0.866
        shift = row % 2 / 2 * STEP
        near = [town for town in towns if abs(town[1] - y) <= REACH]
        provinces = [_province(column * STEP + shift, y, near) for column in range(int(WIDTH / STEP) + 1)]
        column = 0
        for province, run in groupby(provinces):
            length = len(list(run))
            if province:
                start, reach = column * STEP + shift, (length - 1) * STEP + 0.1
                paths.setdefault(province, []).append(f"M{start:g} {y:.0f}h{reach:g}")
            column += length
    return tuple((province, "".join(runs)) for province, runs in sorted(paths.items()))


def _province(x: float, y: float, towns: list[tuple[float, float, str]]) -> str:
    """The province of the nearest municipality; empty where none is near enough: that is no land of ours."""
    distance, province = min(((hypot(tx - x, ty - y), name) for tx, ty, name in towns), default=(REACH + 1, ""))
    return province if distance <= REACH else ""
