"""The page a point gets after closing: this is what you did this year, thank you. Drawn from what was kept at closing."""

import datetime as dt
from dataclasses import dataclass

from django.template.loader import render_to_string

from distribution.documents import pdf
from distribution.models import Settlement

# The picture, in its own units; the tallest bar is as high as this.
BAR_STEP, BAR_WIDTH, HIGHEST = 40.0, 26.0, 100.0
FEWEST_BARS = 8
LONG_NAME, VERY_LONG_NAME = 34, 64


@dataclass(frozen=True, slots=True)
class Bar:
    """A month in the picture; as wide as a season, so that one month is no tower."""

    month: dt.date
    cards: int
    x: float
    height: float
    is_highest: bool

    @property
    def y(self) -> float:
        return HIGHEST - self.height

    @property
    def middle(self) -> float:
        return self.x + BAR_WIDTH / 2


@dataclass(frozen=True, slots=True)
class Thanks:
    """What the page says. `handed_over` is None when the left-over cards were not counted, or counted with a doubt:
    then it is `lower` at least and `upper` at most.
    """

    year: int
    point_name: str
    stock: int
    received: int | None
    handed_over: int | None
    lower: int
    upper: int
    marked: int
    is_receipt_counted: bool
    is_quarantined: bool
    busiest_on: dt.date | None
    busiest_cards: int
    bars: tuple[Bar, ...]

    @property
    def share(self) -> float | None:
        """In percent of the cards that were at the point; None when that is not known."""
        return 100 * self.handed_over / self.stock if self.handed_over is not None and self.stock else None

    @property
    def unmarked(self) -> int:
        """Cards that went out without being marked; the picture does not show those."""
        return max(0, (self.handed_over or 0) - self.marked)

    @property
    def name_size(self) -> str:
        if len(self.point_name) < LONG_NAME:
            return "short"
        return "long" if len(self.point_name) < VERY_LONG_NAME else "very-long"

    @property
    def picture_width(self) -> float:
        return BAR_STEP * max(FEWEST_BARS, len(self.bars))


def thanks(settlement: Settlement) -> Thanks:
    """What a closed season says; `settlement` with its point and card year."""
    kept = settlement.summary
    busiest = kept["busiest"]
    return Thanks(
        year=settlement.card_year.year,
        point_name=settlement.point.name,
        stock=kept["stock"],
        received=kept["received"],
        handed_over=kept["best"],
        lower=kept["lower"],
        upper=kept["upper"],
        marked=kept["marked"],
        is_receipt_counted=kept["received"] is not None and kept["is_receipt_whole"],
        is_quarantined=kept["is_quarantined"],
        busiest_on=dt.date.fromisoformat(busiest[0]) if busiest else None,
        busiest_cards=busiest[1] if busiest else 0,
        bars=_bars([(dt.date.fromisoformat(month), cards) for month, cards in kept["months"]]),
    )


def write(said: Thanks) -> bytes:
    """A PDF of one sheet of A4, to hang up."""
    html = render_to_string("distribution/documents/settlement.html", {"said": said})
    return pdf.render(html, css=render_to_string("distribution/documents/settlement.css"))


def _bars(months: list[tuple[dt.date, int]]) -> tuple[Bar, ...]:
    most = max((cards for _, cards in months), default=0)
    if not most:
        return ()
    gap = (BAR_STEP - BAR_WIDTH) / 2
    return tuple(
        Bar(month, cards, round(place * BAR_STEP + gap, 1), round(HIGHEST * cards / most, 1), cards == most)
        for place, (month, cards) in enumerate(months)
    )
