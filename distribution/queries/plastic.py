"""Where every piece of plastic of a year went: sent in a box, sent along by itself, moved on, or void.

Cards in no print batch were never made, and count nowhere. A printed card changes points by a transfer
only: what was sent to a point is what lies there and what left it, less what came in. A card that was
replaced is two pieces: the old number (VoidedNumber) stays where it lay, the new one is sent anew.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q

from distribution.enums import CardEventKind, CardState, Channel
from distribution.models import Card, CardEvent, HandOver, PrintBatch, Transfer, VoidedNumber, YearEvent
from distribution.queries import card_counts
from distribution.queries.card_counts import Cell
from distribution.rules import arrival
from pickup_points.models import PickupPoint

Place = tuple[int, int]
"""The key of the year and of the point."""


@dataclass
class Stock:
    """What was at one point in one year. `void`: plastic that counts for nobody, not valid or somebody's second."""

    sent: Counter[int] = field(default_factory=Counter)
    boxes: tuple[arrival.Box, ...] = ()
    came_in: int = 0
    went_out: int = 0
    void: int = 0


@dataclass(frozen=True)
class _PrintRun:
    box_size: int
    at: dt.datetime


def stocks(
    card_years: Collection[int], *, point: PickupPoint | None = None, cells: Sequence[Cell] | None = None
) -> dict[Place, Stock]:
    """The stock of every point of these years, or of one point; as many questions for five years as for one.

    `cells`: the cards of these years (and this point), by whoever counted them already.
    """
    years = list(card_years)
    counted = card_counts.cells(years, point=point) if cells is None else cells
    batches = {one.pk: one for one in PrintBatch.objects.filter(card_year__in=years)}
    printed = _print_runs(years)
    runs = {key: printed.get((batch.card_year_id, batch.number)) for key, batch in batches.items()}
    found: dict[Place, Stock] = defaultdict(Stock)
    _add_lying(found, counted)
    _add_withdrawn(found, years, point, runs=runs)
    old = _add_void_numbers(found, years, point, runs=runs)
    for year, card, from_point, to_point, at, batch in _moves(years, point):
        piece = old.batch_at(at, card=card, now=batch)
        if piece is None:
            continue
        if point is None or from_point == point.pk:
            found[year, from_point].sent[piece] += 1
            found[year, from_point].went_out += 1
        if point is None or to_point == point.pk:
            found[year, to_point].sent[piece] -= 1
            found[year, to_point].came_in += 1
    for year, card, to_point, at, batch in _sent_by_klasse(years, point):
        piece = old.batch_at(at, card=card, now=batch)
        if piece is not None and at > batches[piece].frozen_at:
            found[year, to_point].sent[piece] -= 1
            found[year, to_point].came_in += 1
    if old.some_were_fetched:
        for year, key, number in _fetched_again(years, point):
            found[year, key].void += number
    for stock in found.values():
        stock.boxes = arrival.boxes(list(_deliveries(stock.sent, batches=batches, runs=runs)))
    return dict(found)


class _OldPlastic:
    """In which batch the plastic of a card was printed at a moment, when it was replaced since."""

    def __init__(self) -> None:
        self.ended: dict[int, list[tuple[dt.datetime, int | None]]] = defaultdict(list)
        self.some_were_fetched = False

    def batch_at(self, at: dt.datetime, *, card: int, now: int | None) -> int | None:
        return next((batch for until, batch in self.ended.get(card, ()) if at <= until), now)


def _add_lying(found: dict[Place, Stock], cells: Sequence[Cell]) -> None:
    for cell in cells:
        if cell.point is None or cell.batch is None or cell.state == CardState.WITHDRAWN:
            continue
        stock = found[cell.year, cell.point]
        stock.sent[cell.batch] += cell.number
        if cell.state == CardState.VOID:
            stock.void += cell.number


def _add_withdrawn(
    found: dict[Place, Stock], years: list[int], point: PickupPoint | None, *, runs: "Mapping[int, _PrintRun | None]"
) -> None:
    here = Q(pickup_point=point) if point else Q(pickup_point__isnull=False)
    lying = Card.objects.filter(here, card_year__in=years, channel=Channel.PICKUP, batch__isnull=False)
    for year, key, batch, withdrawn_at in lying.filter(state=CardState.WITHDRAWN).values_list(
        "card_year", "pickup_point", "batch", "withdrawn_at"
    ):
        if withdrawn_at is None or not _was_left_out(withdrawn_at, run=runs[batch]):
            found[year, key].sent[batch] += 1
            found[year, key].void += 1


def _add_void_numbers(
    found: dict[Place, Stock], years: list[int], point: PickupPoint | None, *, runs: "Mapping[int, _PrintRun | None]"
) -> _OldPlastic:
    """Plastic that was replaced. What had been handed over is not there, and counts as the hand-over it was."""
    old = _OldPlastic()
    rows = VoidedNumber.objects.filter(card__card_year__in=years).order_by("at", "pk")
    for year, card, key, batch, at, was_waiting in rows.values_list(
        "card__card_year", "card", "pickup_point", "batch", "at", "was_waiting"
    ):
        old.ended[card].append((at, batch))
        old.some_were_fetched |= not was_waiting
        if batch is None or key is None or (point is not None and key != point.pk):
            continue
        if was_waiting and _was_left_out(at, run=runs[batch]):
            continue
        found[year, key].sent[batch] += 1
        found[year, key].void += was_waiting
    return old


def _was_left_out(at: dt.datetime, *, run: _PrintRun | None) -> bool:
    """What counted no more when the printer's files were made was never printed."""
    return run is not None and at <= run.at


def _deliveries(
    sent: Counter[int], *, batches: Mapping[int, PrintBatch], runs: "Mapping[int, _PrintRun | None]"
) -> Iterator[arrival.Delivery]:
    for batch in sorted(sent, key=lambda pk: batches[pk].number):
        run = runs[batch]
        yield arrival.Delivery(
            batch=batches[batch].number,
            cards=max(0, sent[batch]),
            box_size=run.box_size if run else None,
            sent_at=batches[batch].frozen_at,
        )


def _print_runs(years: list[int]) -> dict[tuple[int, int], _PrintRun]:
    """The latest print run of each batch, by the year and the batch's number."""
    events = YearEvent.objects.filter(card_year__in=years, kind="print_run_written").order_by("at", "pk")
    return {
        (event.card_year_id, event.summary["batch"]): _PrintRun(event.summary["box_size"], event.at) for event in events
    }


def _moves(years: list[int], point: PickupPoint | None) -> Iterator[tuple[int, int, int, int, dt.datetime, int | None]]:
    """Transfers that arrived: of which year and card, from where, to where, when, and the card's batch now."""
    arrived = Transfer.objects.filter(received_at__isnull=False, card__card_year__in=years)
    if point is not None:
        arrived = arrived.filter(Q(from_point=point) | Q(to_point=point))
    for year, card, from_point, to_point, at, batch in arrived.values_list(
        "card__card_year", "card", "from_point", "to_point", "received_at", "card__batch"
    ):
        assert at is not None
        yield year, card, from_point, to_point, at, batch


def _sent_by_klasse(
    years: list[int], point: PickupPoint | None
) -> Iterator[tuple[int, int, int, dt.datetime, int | None]]:
    """Cards that lay nowhere until Klasse chose a point: those printed by then came by themselves, in no box."""
    chosen = CardEvent.objects.filter(
        kind=CardEventKind.ASSIGNED, from_point=None, to_point__isnull=False, card__card_year__in=years
    )
    if point is not None:
        chosen = chosen.filter(to_point=point)
    for year, card, to_point, at, batch in chosen.values_list(
        "card__card_year", "card", "to_point", "at", "card__batch"
    ):
        assert to_point is not None
        yield year, card, to_point, at, batch


def _fetched_again(years: list[int], point: PickupPoint | None) -> Iterator[tuple[int, int, int]]:
    """How many fetched a second card at each point: their first one counts."""
    again = HandOver.objects.filter(card__voided_numbers__was_waiting=False, is_again=True, undone_at=None)
    again = again.filter(card__card_year__in=years)
    if point is not None:
        again = again.filter(point=point)
    yield from again.values_list("card__card_year", "point").annotate(Count("pk", distinct=True)).order_by()
