"""What points that counted tell of one that did not and says the same of its marking (ADR 0015).

At the points that counted it is known which part of the stock went out, and which part was written down.
A line through the two tells what to expect of the others. Two things are held likely until those points
refute them: that they give out as large a part as all points do together, and that how much a point writes
down says nothing of how much it gives out. The line lies between that and what the points themselves say,
nearer to them the more there are; and how far the two lie apart counts as not knowing.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

FEWEST_COMPARABLE = 10
# The standard normal's quantile for 99 %, two-sided.
Z99 = 2.5758
# How far points that say the same may well lie from all points, as a part of the stock; and how steep their line may be.
LIKELY_SHARE, LIKELY_SLOPE = 0.02, 0.1
# A level is left when it is one standard error away, a slope when it is two: one point can tilt a line.
LEAVES_SHARE, LEAVES_SLOPE = 1.0, 4.0
# Of points that all wrote down as much nobody knows how their line runs.
NO_WIDTH, ANY_SLOPE = 1e-4, 1.0
# However much one point draws the line: it is not blown up more than this.
LEAST_FREE = 0.2


@dataclass(frozen=True, slots=True)
class Counted:
    """A point that counted: its stock, and of that the part that was written down and the part that went out."""

    stock: int
    recorded: float
    gone: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Of the stock of a point that wrote down the `middle` part, `share` goes out; `slope` more for each part above.

    The variances are how unsure both are; `spread` is how much points differ. All of them in parts of a stock.
    """

    statement: Hashable
    points: int
    middle: float
    share: float
    slope: float
    share_variance: float
    slope_variance: float
    spread: float

    def share_at(self, recorded: float) -> float:
        return min(1.0, max(0.0, self.share + self.slope * (recorded - self.middle)))

    def variance(self, compared: Sequence[tuple[int, float]]) -> float:
        """Of the sum over these stocks (with the part written down), in cards, widened for having been learned from few."""
        whole = sum(stock for stock, _ in compared)
        lean = sum(stock * (recorded - self.middle) for stock, recorded in compared)
        of_points = self.spread * sum(stock * stock for stock, _ in compared)
        widening = (quantile(self.points - 2) / Z99) ** 2
        return widening * (self.share_variance * whole**2 + self.slope_variance * lean**2 + of_points)


CERTAIN = Comparison("certain", FEWEST_COMPARABLE, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def compare(statement: Hashable, alike: Sequence[Counted], everyone: Comparison | None) -> Comparison | None:
    """What these say of one that says the same; `everyone`: all that counted. None with fewer than ten: nobody knows."""
    if len(alike) < FEWEST_COMPARABLE or everyone is None:
        return None
    own = line(statement, alike)
    share, share_variance = _between(
        everyone.share, own.share, own.share_variance, likely=LIKELY_SHARE, leaves=LEAVES_SHARE
    )
    slope, slope_variance = _between(0.0, own.slope, own.slope_variance, likely=LIKELY_SLOPE, leaves=LEAVES_SLOPE)
    return replace(own, share=share, slope=slope, share_variance=share_variance, slope_variance=slope_variance)


def line(statement: Hashable, counted: Sequence[Counted]) -> Comparison:
    """The line through these points as they are. A large point weighs more, but less than its cards: it is still one point."""
    weights = [math.sqrt(one.stock) for one in counted]
    together = sum(weights)
    middle = sum(weight * one.recorded for weight, one in zip(weights, counted, strict=True)) / together
    share = sum(weight * one.gone for weight, one in zip(weights, counted, strict=True)) / together
    leans = [one.recorded - middle for one in counted]
    width = sum(weight * lean**2 for weight, lean in zip(weights, leans, strict=True))
    is_wide = width > NO_WIDTH * together
    slope = 0.0
    if is_wide:
        slope = sum(w * one.gone * lean for w, one, lean in zip(weights, counted, leans, strict=True)) / width
    share_error = slope_error = spread = 0.0
    for weight, one, lean in zip(weights, counted, leans, strict=True):
        # What the line leaves unexplained at a point, squared; more where the point itself drew the line.
        pull = weight / together + (weight * lean**2 / width if is_wide else 0.0)
        square = (one.gone - share - slope * lean) ** 2 / max(LEAST_FREE, 1.0 - pull)
        share_error += weight**2 * square
        slope_error += (weight * lean) ** 2 * square
        spread += weight * square
    return Comparison(
        statement,
        len(counted),
        middle,
        share,
        slope,
        share_variance=share_error / together**2,
        slope_variance=slope_error / width**2 if is_wide else ANY_SLOPE,
        spread=spread / together,
    )


def _between(held: float, said: float, variance: float, *, likely: float, leaves: float) -> tuple[float, float]:
    """A value between what is held likely and what the points say, and how unsure it is."""
    apart = (said - held) ** 2
    room = max(likely**2, apart - leaves * variance)
    trust = room / (room + variance)
    return held + trust * (said - held), trust * variance + trust * (1 - trust) * apart


def quantile(freedom: int) -> float:
    """Student's quantile for 99 %, two-sided; the series of Cornish and Fisher, good from five degrees of freedom on."""
    z, n = Z99, float(max(freedom, 5))
    return (
        z
        + (z**3 + z) / (4 * n)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
    )
