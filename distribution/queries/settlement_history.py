"""What happened in the settlement of a point, in words, the latest first. Nothing of it is ever erased."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from distribution.enums import CountKind, Marking
from distribution.models import CardYear, PointStatement, Settlement, StockCount, YearEvent
from pickup_points.models import PickupPoint

REOPENED = "settlement_reopened"


@dataclass(frozen=True)
class Happened:
    """One thing; `by` is a person of the desk or of Klasse."""

    at: dt.datetime
    by: str
    words: str


def of_point(card_year: CardYear, point: PickupPoint) -> Sequence[Happened]:
    """Four questions, however much happened."""
    return sorted(_all(card_year, point), key=lambda one: one.at, reverse=True)


def _all(card_year: CardYear, point: PickupPoint) -> Iterator[Happened]:
    here = {"card_year": card_year, "point": point}
    for count in StockCount.objects.filter(**here).select_related("by"):
        box = f" in doos {count.box}" if count.box else ""
        what = "aangekomen" if count.kind == CountKind.RECEIVED else "overgebleven"
        yield Happened(count.at, str(count.by), f"Telde {_cards(count.counted)} {what}{box}")
    for said in PointStatement.objects.filter(**here).select_related("by", "taken_back_by"):
        words = f"“{said.text}”: {_cards(said.cards or 0)}" if said.cards else str(Marking(said.marking).label)
        yield Happened(said.at, str(said.by), f"Zei: {words}")
        if said.taken_back_at:
            yield Happened(said.taken_back_at, str(said.taken_back_by), f"Trok in: {words}")
    reasons = {
        event.at: event.summary.get("reason", "")
        for event in YearEvent.objects.filter(card_year=card_year, kind=REOPENED, summary__point=point.code)
    }
    for settlement in Settlement.objects.filter(**here).select_related("closed_by", "reopened_by"):
        yield Happened(settlement.closed_at, str(settlement.closed_by), "Sloot af")
        if settlement.reopened_at:
            reason = reasons.get(settlement.reopened_at)
            yield Happened(
                settlement.reopened_at, str(settlement.reopened_by), f"Heropende{f': {reason}' if reason else ''}"
            )


def _cards(number: int) -> str:
    return "1 kaart" if number == 1 else f"{number} kaarten"
