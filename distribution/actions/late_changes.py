"""What Klasse decides about the changes since freezing: leave the cards as they are, or give them the point they should have.

Each is one transaction of the year, and done twice it is done once. Who decides says how many there are: of a list that
changed meanwhile nothing is decided.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from distribution.actions import holding, pending_changes, transfers_all
from distribution.actions.year_lock import locked
from distribution.enums import AssignedBy, CardEventKind, CardState, Channel
from distribution.errors import DistributionError
from distribution.models import Card, CardEvent, CardYear, PendingChange, Transfer, YearEvent
from pickup_points.models import PickupPoint, User

Kind = PendingChange.Kind
# Who is newly entitled is given a card (run with `late`), and never left without one.
MAY_BE_LEFT = (Kind.WITHDRAWN, Kind.MOVED, Kind.CHANNEL)


class ListChanged(DistributionError):
    code = "list_changed"

    def __init__(self) -> None:
        super().__init__("De lijst veranderde intussen: er is niets gedaan. Kijk na wat er nu staat en beslis opnieuw.")


class MayNotBeLeft(DistributionError):
    code = "may_not_be_left"

    def __init__(self) -> None:
        super().__init__("Wie recht kreeg op een kaart, krijgt er een: dat kun je niet zo laten.")


@dataclass(frozen=True)
class Given:
    """Cards that lie elsewhere now, transfers that were asked for, and changes that could not be carried out."""

    assigned: int
    asked: int
    stayed: int
    transfers: tuple[Transfer, ...] = ()


def leave(card_year: CardYear, *, kind: Kind, expected: int, by: User, at: dt.datetime) -> int:
    """Every change of a kind that asks for a decision is left as it is; how many. Raises MayNotBeLeft and ListChanged."""
    if kind not in MAY_BE_LEFT:
        raise MayNotBeLeft
    with locked(card_year) as year:
        left = PendingChange.objects.filter(card_year=year, kind=kind, left_at=None).update(left_at=at, left_by=by)
        _note(year, "changes_left", kind=kind, changes=left, expected=expected, by=by, at=at)
    return left


def take_up(card_year: CardYear, *, kind: Kind, expected: int, by: User, at: dt.datetime) -> int:
    """What was left of a kind asks for a decision again; how many. Raises ListChanged."""
    with locked(card_year) as year:
        left = PendingChange.objects.filter(card_year=year, kind=kind, left_at__isnull=False)
        taken = left.update(left_at=None, left_by=None)
        _note(year, "changes_taken_up", kind=kind, changes=taken, expected=expected, by=by, at=at)
    return taken


def _note(
    card_year: CardYear, event: str, *, kind: Kind, changes: int, expected: int, by: User, at: dt.datetime
) -> None:
    """Asked a second time there is nothing left to do, and nothing to write down."""
    if not changes:
        return
    if changes != expected:
        raise ListChanged
    YearEvent.objects.create(
        card_year=card_year, kind=event, at=at, by=by, summary={"kind": str(kind), "changes": changes}
    )


def give_points(card_year: CardYear, *, expected: int, by: User, at: dt.datetime) -> Given:
    """Every card that should lie at another point is sent there, as cards.assign does of one; in sets.

    Plastic that lies at a point is asked for, and moves when it arrives. A card that was fetched meanwhile needs nothing
    any more; one that is on its way already, or whose point stopped, stays on the list. Raises ListChanged.
    """
    with locked(card_year) as year:
        open_moves = PendingChange.objects.filter(card_year=year, kind=Kind.MOVED, left_at=None, to_point__isnull=False)
        goes_to: dict[int, int | None] = dict(open_moves.values_list("person", "to_point"))
        if not goes_to:
            return Given(0, 0, 0)
        if len(goes_to) != expected:
            raise ListChanged
        held = list(holding.cards(Card.objects.filter(person__in=open_moves.values("person"))))
        assigned, asked = 0, list[Transfer]()
        taking_part = PickupPoint.objects.filter(years__year=year.year, years__stopped_at=None)
        for to in taking_part.filter(pk__in=set(goes_to.values())).order_by("pk"):
            going = [card for card in held if goes_to[card.person_id] == to.pk and _may_move(card, to=to.pk)]
            asked += transfers_all.order([one for one in going if _lies_there(one)], to=to, by=by, at=at)
            assigned += _assign([one for one in going if not _lies_there(one)], to=to, by=by, at=at)
        # Fetched, withdrawn or there already: nothing is left to decide.
        pending_changes.moved([one.person_id for one in held if not _may_move(one, to=goes_to[one.person_id])])
        pending_changes.asked([one.card.person_id for one in asked], by=by, at=at)
        given = Given(assigned, len(asked), open_moves.count(), tuple(asked))
        if assigned or asked:
            summary = {"assigned": assigned, "asked": len(asked), "stayed": given.stayed}
            YearEvent.objects.create(card_year=year, kind="changes_carried_out", at=at, by=by, summary=summary)
    return given


def _may_move(card: Card, *, to: int | None) -> bool:
    return card.state == CardState.ISSUED and card.channel == Channel.PICKUP and card.pickup_point_id != to


def _lies_there(card: Card) -> bool:
    """Plastic in a box at a point: it has to be sent on."""
    return card.batch_id is not None and card.pickup_point_id is not None


def _assign(cards: Sequence[Card], *, to: PickupPoint, by: User, at: dt.datetime) -> int:
    """These cards, held, lie at that point from now on, by a decision of Klasse."""
    Card.objects.filter(pk__in=[one.pk for one in cards]).update(pickup_point=to, assigned_by=AssignedBy.OFFICE)
    CardEvent.objects.bulk_create(
        CardEvent(card=one, kind=CardEventKind.ASSIGNED, at=at, by=by, from_point_id=one.pickup_point_id, to_point=to)
        for one in cards
    )
    pending_changes.moved([one.person_id for one in cards])
    return len(cards)
