"""Flanders and Brussels as a grid of small dots, for maps we draw ourselves: no outside map service hears who looks where."""

from functools import lru_cache
from itertools import groupby
from math import cos, hypot, radians

from pickup_points import reference

WIDTH, HEIGHT = 1000, 420
WEST, NORTH = 2.46, 51.55
PER_DEGREE = 455.0
SQUASH = cos(radians(51.1))
KILOMETRES_PER_DEGREE = 111.2
KILOMETRE = PER_DEGREE / KILOMETRES_PER_DEGREE
# The grid of the land, and how far from the centre of a municipality there is still land.
STEP = 9.0
REACH = 7.2 * KILOMETRE


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Where a place in degrees (WGS 84) lies on a sheet of WIDTH by HEIGHT."""
    return (longitude - WEST) * SQUASH * PER_DEGREE, (NORTH - latitude) * PER_DEGREE


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """How far apart two places in degrees are, as the crow flies; good to a percent within Flanders."""
    (y1, x1), (y2, x2) = one, other
    return hypot(y1 - y2, (x1 - x2) * SQUASH) * KILOMETRES_PER_DEGREE


@lru_cache(maxsize=1)
def centres() -> dict[str, tuple[float, float]]:
    """The centre of the municipality of each postcode, on the sheet."""
    towns = reference.municipalities()
    return {
        postcode: project(towns[locality.nis].latitude, towns[locality.nis].longitude)
        for postcode, locality in reference.localities(2025).items()
        if locality.nis in towns
    }


@lru_cache(maxsize=1)
def land() -> tuple[tuple[str, str], ...]:
    """The land, one path per province: rows of lines that are drawn as dots (a dash of length 0 with a round end)."""
    current = {locality.nis for locality in reference.localities(2025).values()}
    towns = [
        (*project(town.latitude, town.longitude), town.province)
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
