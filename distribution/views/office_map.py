"""The map of dots on the list of points: how large and in which colour each dot is, and what it says. The table says it all again."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from distribution.queries.office_points import PointRow
from distribution.rules import rates
from pickup_points.models import PickupPoint
from pickup_points.reference.land import HEIGHT, WIDTH, centres, land, project

SMALLEST, LARGEST = 4, 14
# Up to which percentage each class goes; the first that fits.
SHARES = ((20, "dot-1", "minder dan 20 %"), (40, "dot-2", "20 tot 40 %"), (60, "dot-3", "40 tot 60 %"), (80, "dot-4", "60 tot 80 %"), (101, "dot-5", "80 % of meer"))  # fmt: skip
NO_CARDS = ("dot-none", "geen kaarten")
CONCERN, FINE = ("dot-care", "vraagt aandacht"), ("dot-fine", "in orde")


@dataclass(frozen=True)
class Dot:
    """A point on the map. `kind`: the class its colour hangs on."""

    code: str
    x: int
    y: int
    radius: float
    kind: str
    text: str

    @property
    def diamond(self) -> str:
        """The corners of a diamond of about the same size: what asks for attention differs in form too."""
        reach = round(self.radius * 1.25, 1)
        return (
            f"{self.x},{self.y - reach} {self.x + reach},{self.y} {self.x},{self.y + reach} {self.x - reach},{self.y}"
        )


@dataclass(frozen=True)
class Map:
    """Everything the drawing needs. `legend`: class, words, and how many points."""

    land: tuple[tuple[str, str], ...]
    dots: Sequence[Dot]
    legend: Sequence[tuple[str, str, int]]
    is_by_concern: bool
    # Points of which we do not know where they lie.
    nowhere: int


def draw(rows: Sequence[PointRow], *, is_by_concern: bool) -> Map:
    """The points in the list as dots, large ones first, so that a small one is never hidden."""
    most = max((one.cards for one in rows), default=0)
    dots: list[Dot] = []
    counted: dict[str, int] = {}
    for one in sorted(rows, key=lambda one: (-one.cards, one.point.code)):
        kind, _ = _kind(one, is_by_concern=is_by_concern)
        spot = _spot(one.point)
        if spot is None:
            continue
        counted[kind] = counted.get(kind, 0) + 1
        radius = SMALLEST + (LARGEST - SMALLEST) * sqrt(one.cards / most) if most else SMALLEST
        dots.append(Dot(one.point.code, *spot, round(radius, 1), kind, f"{one.point.name}: {_text(one)}"))
    order = [CONCERN, FINE] if is_by_concern else [*((kind, words) for _, kind, words in SHARES), NO_CARDS]
    return Map(
        land(),
        dots,
        [(kind, words, counted[kind]) for kind, words in order if kind in counted],
        is_by_concern,
        len(rows) - len(dots),
    )


def _spot(point: PickupPoint) -> tuple[int, int] | None:
    """Its own place, or the middle of its municipality; None when neither is known, or not on this sheet."""
    if point.latitude is not None and point.longitude is not None:
        x, y = project(point.latitude, point.longitude)
    else:
        x, y = centres().get(point.postcode, (-1, -1))
    return (round(x), round(y)) if 0 <= x <= WIDTH and 0 <= y <= HEIGHT else None


def _kind(one: PointRow, *, is_by_concern: bool) -> tuple[str, str]:
    if is_by_concern:
        return CONCERN if one.concerns else FINE
    if not one.cards:
        return NO_CARDS
    share = 100 * one.collected / one.cards
    return next((kind, words) for limit, kind, words in SHARES if share < limit)


def _text(one: PointRow) -> str:
    if not one.cards:
        return "geen kaarten"
    cards = "1 kaart" if one.cards == 1 else f"{one.cards} kaarten"
    return f"{cards}, {rates.comma(100 * one.collected / one.cards)} % aangeduid als afgehaald"
