"""The table of the figures: its rows, what they look like to a program, and what of them may leave the office."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from distribution.enums import FiguresBy
from distribution.rules import rates, small_groups

ALL, ALL_WAYS = "all", "alle wegen"
NUMBERS = (
    "cards", "subscription", "starter", "at_points", "collected", "lower", "upper", "low99", "high99", "other",
    "with_card", "rate",
)  # fmt: skip
# Split by these, a small group is a few people somebody may know.
PERSONAL = frozenset({FiguresBy.MUNICIPALITY, FiguresBy.CATEGORY, FiguresBy.LEVEL})
MIXED = frozenset({FiguresBy.PROVINCE, FiguresBy.MUNICIPALITY})


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a year, or a part of it. None = not counted, which is not nought.

    `counted`: the share (0 to 1) of the cards at points whose left-over cards were counted; `graded`: at points
    graded A or B. `is_at_least`: `collected` is what was marked, and more may have been. `cause`: why a published
    figure is an estimate or was not counted, in the words it was published with.
    """

    year: int
    key: str | None
    label: str
    cards: int | None = None
    subscription: int | None = None
    starter: int | None = None
    at_points: int | None = None
    collected: int | None = None
    lower: int | None = None
    upper: int | None = None
    low99: int | None = None
    high99: int | None = None
    other: int | None = None
    with_card: int | None = None
    rate: float | None = None
    estimate: bool = False
    graded: float | None = None
    collected_rate: float | None = None
    counted: float | None = None
    cause: str | None = None
    is_at_least: bool = False
    is_suppressed: bool = False

    def as_dict(self, by: FiguresBy) -> dict[str, Any]:
        """As interface.md §3 says."""
        numbers = {name: getattr(self, name) for name in (*NUMBERS, "estimate", "graded", "cause")}
        found = {"year": self.year, by.value: self.key, "label": self.label, **numbers}
        if by != FiguresBy.CHANNEL:
            found["collected_rate"] = self.collected_rate
        return found | ({"suppressed": True} if self.is_suppressed else {})

    @property
    def margins(self) -> rates.Margins:
        """The share with a card, of all cards."""
        return self._margins(self.cards, rates.added(self.subscription, self.starter, self.other))

    @property
    def collected_margins(self) -> rates.Margins:
        """The share collected, of the cards at points."""
        return self._margins(self.at_points, 0)

    def _margins(self, whole: int | None, certain: int | None) -> rates.Margins:
        return rates.margins(
            whole,
            best=None if self.is_at_least else self.collected,
            low99=self.low99,
            high99=self.high99,
            lower=self.lower,
            upper=self.upper,
            certain=certain,
            counted=self.counted,
            is_estimate=self.estimate,
        )


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by year and by what they are split by; `totals`, a row a year, is what the rows of that year add up to."""

    by: FiguresBy
    rows: tuple[Row, ...]
    totals: tuple[Row, ...]
    is_by_school_year: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            "by": self.by.value,
            "rows": [row.as_dict(self.by) for row in self.rows],
            "totals": [row.as_dict(FiguresBy.CHANNEL) for row in self.totals],
        }


def without_small_groups(table: Table) -> Table:
    """The table as it may leave the office: a group of fewer than five people is there, without its numbers."""
    if table.by not in PERSONAL:
        return table
    rows = list(table.rows)
    by_year: dict[int, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        by_year[row.year].append(place)
    for places in by_year.values():
        for hidden in small_groups.hidden([_size(rows[place]) for place in places]):
            row = rows[places[hidden]]
            rows[places[hidden]] = Row(row.year, row.key, row.label, is_suppressed=True)
    return replace(table, rows=tuple(rows))


def _size(row: Row) -> int:
    """The fewest people any of its cards are; what was not marked is of nobody in particular."""
    of_cards = [number for number in (row.cards, row.at_points) if number]
    return min(of_cards or [row.collected or 0 if row.key else 0])


def dated(made: Row, number: int) -> Row:
    """Hand-overs that carry a date. More may have gone out without a mark: there is no upper bound."""
    return replace(made, collected=number, lower=number, with_card=number if made.cards is not None else None)


def by_year(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: row.year))
