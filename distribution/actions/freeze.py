"""Freezing: the cards that exist become a print batch, and from then on nothing changes silently."""

import datetime as dt

from distribution.actions.year_lock import locked
from distribution.enums import CardState
from distribution.errors import DistributionError
from distribution.models import Card, CardYear, PrintBatch, YearEvent
from pickup_points.models import User


class NothingToFreeze(DistributionError):
    code = "nothing_to_freeze"


class NumberChanged(DistributionError):
    code = "number_changed"


def freeze(card_year: CardYear, *, at: dt.datetime, by: User | None = None, expected: int | None = None) -> PrintBatch:
    """Put every card that is in no batch yet into the next one, and return the batch.

    The first batch is the print run of the season; later ones hold the late additions only. With
    nothing new the latest batch is returned and nothing changes. Cards that have no point yet are
    frozen and printed too: they travel outside the boxes, and Klasse decides where to. Raises
    NothingToFreeze for a year that was never run or has no cards, and NumberChanged when there are
    other than `expected` cards to freeze: somebody confirmed that number and no other.
    """
    with locked(card_year) as current:
        latest = PrintBatch.objects.filter(card_year=current).order_by("number").last()
        loose = Card.objects.filter(card_year=current, batch=None, state=CardState.ISSUED)
        cards = loose.count()
        if expected is not None and cards != expected:
            raise NumberChanged(
                f"Je bevestigde {expected} kaarten, maar er zijn er nu {cards}. Kijk na wat er veranderde en begin opnieuw."
            )
        if not cards:
            if latest is None:
                raise NothingToFreeze(f"Er zijn nog geen kaarten voor {current.year}. Ken ze eerst toe (run_year).")
            return latest
        batch = PrintBatch.objects.create(
            card_year=current, number=(latest.number if latest else 0) + 1, frozen_at=at, by=by, cards=cards
        )
        loose.update(batch=batch)
        YearEvent.objects.create(
            card_year=current, kind="frozen", at=at, by=by, summary={"batch": batch.number, "cards": cards}
        )
    return batch
