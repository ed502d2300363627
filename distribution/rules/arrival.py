"""What arrives at a point: its deliveries cut into boxes, and how many cards there were when some were counted."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delivery:
    """The cards of one print batch for one point. Without a box size it travels as one parcel."""

    batch: int
    cards: int
    box_size: int | None
    sent_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Box:
    """A box within all that is sent to a point in a year. `on_label`: the number on its label, that of its batch."""

    number: int
    batch: int
    on_label: int
    cards: int
    sent_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Count:
    """Cards counted at a moment."""

    counted: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What arrived. `received` is None when nothing was counted; what is not counted is in it as it was sent."""

    received: int | None
    is_whole: bool


NOTHING_COUNTED = Receipt(None, is_whole=False)


def boxes(deliveries: Sequence[Delivery]) -> tuple[Box, ...]:
    """Every box of a point, batch after batch, each filled to the brim but the last of its batch."""
    made: list[Box] = []
    for delivery in deliveries:
        size = delivery.box_size or delivery.cards
        for start in range(0, delivery.cards, max(size, 1)):
            cards = min(size, delivery.cards - start)
            made.append(Box(len(made) + 1, delivery.batch, start // size + 1, cards, delivery.sent_at))
    return tuple(made)


def receipt(sent: Sequence[Box], *, by_box: Mapping[int, Count], together: Count | None) -> Receipt:
    """What arrived, from the latest count of each box and the latest of everything together.

    Whichever is later holds, for the boxes that were sent by then: a late addition that comes after
    everything was counted is a box of its own.
    """
    if together is not None:
        covered = {box.number for box in sent if box.sent_at <= together.at}
        if not any(number in covered and count.at > together.at for number, count in by_box.items()):
            rest = receipt([box for box in sent if box.number not in covered], by_box=by_box, together=None)
            later = [box for box in sent if box.number not in covered]
            more = rest.received if rest.received is not None else sum(box.cards for box in later)
            return Receipt(together.counted + more, is_whole=not later or rest.is_whole)
    counted = [box for box in sent if box.number in by_box]
    if not counted:
        return NOTHING_COUNTED
    cards = sum(by_box[box.number].counted if box.number in by_box else box.cards for box in sent)
    return Receipt(cards, is_whole=len(counted) == len(sent))
