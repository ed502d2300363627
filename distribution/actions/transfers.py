"""Transfers: a card goes from one point to another, once, and both ends say so.

The point where the teacher stands asks, the point that has the card sends it along, the point that
asked says that it arrived: only then does the card lie there. Who calls `request` from a door mails
the other end through distribution.views.desk_transfers.tell_other_end.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q

from distribution.actions import holding
from distribution.enums import AssignedBy, CardEventKind, CardState, Channel
from distribution.errors import DistributionError
from distribution.models import Card, CardEvent, Transfer
from distribution.models.transfer import OPEN
from distribution.queries import voided
from pickup_points.desks import Desk
from pickup_points.models import PickupPoint, PointYear, User

LONGEST_REASON = 200


class NoSuchCard(DistributionError):
    """Unknown, sent by post, or nowhere yet: nothing that another point could send."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("Deze kaart ligt in geen enkel afhaalpunt.")


class AlreadyHere(DistributionError):
    code = "already_here"

    def __init__(self) -> None:
        super().__init__("Deze kaart ligt al in jouw afhaalpunt.")


class CardDoesNotWait(DistributionError):
    """Collected already, or no longer valid."""

    code = "card_does_not_wait"


class AlreadyOnItsWay(DistributionError):
    """Somebody asked for it, or it was sent, and that has not ended."""

    code = "already_on_its_way"


class NotTakingPart(DistributionError):
    code = "not_taking_part"

    def __init__(self) -> None:
        super().__init__("Dat afhaalpunt deelt dit jaar geen kaarten uit.")


class NoSuchTransfer(DistributionError):
    """Unknown, or between two other points: the same answer."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("Deze overdracht is er niet.")


class NotSentYet(DistributionError):
    code = "not_sent_yet"

    def __init__(self) -> None:
        super().__init__("Het andere afhaalpunt zei nog niet dat deze kaart vertrokken is.")


class TransferEnded(DistributionError):
    """It arrived, or it was stopped: nothing more to do."""

    code = "transfer_ended"


class ReasonNeeded(DistributionError):
    code = "reason_needed"

    def __init__(self) -> None:
        super().__init__("Kies waarom deze overdracht niet doorgaat.")


@dataclass(frozen=True)
class Offered:
    """What became of one card that was offered: its transfer, or why not."""

    card_number: str
    transfer: Transfer | None = None
    refusal: DistributionError | None = None


def request(*, card_number: str, to: Desk, by: User, at: dt.datetime) -> Transfer:
    """Ask the point that has this card to send it to this desk's point.

    Raises NoSuchCard, AlreadyHere, CardDoesNotWait, NotTakingPart or AlreadyOnItsWay.
    """
    return _begin(card_number, to=to.point, by=by, at=at, sent_from=None)


def order(*, card_number: str, to: PickupPoint, by: User, at: dt.datetime) -> Transfer:
    """Klasse asks the point that has this card to send it to another one.

    Raises NoSuchCard, AlreadyHere, CardDoesNotWait, NotTakingPart or AlreadyOnItsWay.
    """
    return _begin(card_number, to=to, by=by, at=at, sent_from=None)


def offer(card_numbers: Sequence[str], *, desk: Desk, to: PickupPoint, by: User, at: dt.datetime) -> list[Offered]:
    """Send these cards, which wait at this desk's point, to another point. Each by itself: one that cannot go stops no other."""
    offered = []
    for number in dict.fromkeys(card_numbers):
        try:
            offered.append(Offered(number, transfer=_begin(number, to=to, by=by, at=at, sent_from=desk.point)))
        except DistributionError as refusal:
            offered.append(Offered(number, refusal=refusal))
    return offered


def _begin(card_number: str, *, to: PickupPoint, by: User, at: dt.datetime, sent_from: PickupPoint | None) -> Transfer:
    """A new transfer; sent at once when the point that has the card is the one that begins it."""
    try:
        with transaction.atomic():
            # Locked: a hand-over at this moment comes before (and we refuse) or after (and it ends the transfer).
            card = (
                holding.cards(Card.objects.filter(channel=Channel.PICKUP, pickup_point__isnull=False))
                .select_related("card_year")
                .filter(number=card_number)
                .first()
            )
            if card is None or card.pickup_point_id is None:
                raise NoSuchCard
            _check_may_go(card, to=to, sent_from=sent_from)
            made = Transfer.objects.create(
                card=card,
                from_point_id=card.pickup_point_id,
                to_point=to,
                requested_at=at,
                requested_by=by,
                sent_at=at if sent_from else None,
                sent_by=by if sent_from else None,
            )
            _tell(made, CardEventKind.SENT if sent_from else CardEventKind.REQUESTED, by=by, at=at)
            return made
    except IntegrityError as error:
        # The card already has an open transfer: the constraint is the one that counts, so we ask afterwards which.
        there = Transfer.objects.filter(OPEN, card__number=card_number).select_related("to_point").first()
        if there is None:
            raise
        raise AlreadyOnItsWay(_on_its_way(there, asker=None if sent_from else to)) from error


def _check_may_go(card: Card, *, to: PickupPoint, sent_from: PickupPoint | None) -> None:
    if sent_from is not None and card.pickup_point_id != sent_from.pk:
        raise NoSuchCard
    if card.pickup_point_id == to.pk:
        raise AlreadyHere
    check_waits(card)
    if Card.objects.filter(voided.being_replaced(), pk=card.pk).exists():
        raise CardDoesNotWait(voided.BEING_REPLACED)
    if not PointYear.objects.filter(point=to, year=card.card_year.year, stopped_at=None).exists():
        raise NotTakingPart


def check_waits(card: Card) -> None:
    """Raises CardDoesNotWait for a card that nobody can fetch."""
    if card.state == CardState.HANDED_OVER:
        raise CardDoesNotWait("Deze kaart is al afgehaald.")
    if card.state != CardState.ISSUED:
        raise CardDoesNotWait("Deze kaart is niet meer geldig. Geef ze niet mee en hou ze apart.")


def _on_its_way(there: Transfer, *, asker: PickupPoint | None) -> str:
    if there.sent_at is not None:
        return f"Deze kaart is al onderweg naar {there.to_point}."
    if asker is not None and there.to_point_id == asker.pk:
        return "Je afhaalpunt vroeg deze kaart al. Je vindt de vraag bij Overdrachten."
    return f"Deze kaart is al gevraagd door {there.to_point}."


def send(transfer_id: int, *, desk: Desk, by: User, at: dt.datetime) -> Transfer:
    """The card leaves this desk's point with the messenger. Saying it twice is saying it once.

    Raises NoSuchTransfer, TransferEnded or CardDoesNotWait.
    """
    with transaction.atomic():
        mine = Transfer.objects.filter(pk=transfer_id, from_point=desk.point)
        won = mine.filter(OPEN, sent_at=None).update(sent_at=at, sent_by=by)
        there = _read(mine.first())
        if won:
            # Withdrawn since it was asked for: not sent, and this refusal takes the statement above back.
            check_waits(Card.objects.get(pk=there.card_id))
            _tell(there, CardEventKind.SENT, by=by, at=at)
        elif there.ended_at is not None:
            raise TransferEnded(f"Deze overdracht ging niet door: {there.end_reason or 'ze is stopgezet'}.")
        return there


def receive(transfer_id: int, *, desk: Desk, by: User, at: dt.datetime) -> Transfer:
    """The card has arrived at this desk's point, and lies there from now on. Saying it twice is saying it once.

    It stays there in a later run of the year (AssignedBy.OFFICE): people brought it there. Raises
    NoSuchTransfer, NotSentYet, TransferEnded or CardDoesNotWait; then nothing was changed.
    """
    with transaction.atomic():
        mine = Transfer.objects.filter(pk=transfer_id, to_point=desk.point)
        there = _read(mine.first())
        # The card first, as a hand-over does: two people never wait for each other.
        moved = Card.objects.filter(pk=there.card_id, state=CardState.ISSUED, pickup_point=there.from_point_id).update(
            pickup_point=there.to_point_id, assigned_by=AssignedBy.OFFICE
        )
        arrived = mine.filter(OPEN, sent_at__isnull=False).update(received_at=at, received_by=by)
        there = _read(mine.first())
        if moved and arrived:
            _tell(there, CardEventKind.TRANSFERRED, by=by, at=at)
            return there
        if not moved and not arrived and there.received_at is not None:
            return there
        # Whatever one of the two statements did is taken back by this refusal.
        if there.ended_at is not None:
            raise TransferEnded(f"Deze overdracht ging niet door: {there.end_reason or 'ze is stopgezet'}.")
        if there.sent_at is None:
            raise NotSentYet
        check_waits(Card.objects.get(pk=there.card_id))
        raise TransferEnded("Deze kaart lag niet meer waar ze vandaan kwam. Hou ze apart en bel Klasse.")


def stop(transfer_id: int, *, desk: Desk, by: User, at: dt.datetime, reason: str) -> Transfer:
    """It does not go through; either end may say so, with a reason. The card stays where it was.

    Raises NoSuchTransfer, ReasonNeeded or TransferEnded (when it has arrived).
    """
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise ReasonNeeded
    with transaction.atomic():
        mine = Transfer.objects.filter(pk=transfer_id).filter(_an_end_of(desk))
        won = mine.filter(OPEN).update(ended_at=at, ended_by=by, end_reason=reason)
        there = _read(mine.first())
        if won:
            _tell(there, CardEventKind.NOT_SENT, by=by, at=at)
        elif there.received_at is not None:
            raise TransferEnded("Deze kaart is al aangekomen.")
        return there


def _an_end_of(desk: Desk) -> Q:
    return Q(from_point=desk.point) | Q(to_point=desk.point)


def _read(there: Transfer | None) -> Transfer:
    if there is None:
        raise NoSuchTransfer
    return there


def _tell(transfer: Transfer, kind: CardEventKind, *, by: User, at: dt.datetime) -> None:
    CardEvent.objects.create(
        card_id=transfer.card_id,
        kind=kind,
        at=at,
        by=by,
        from_point_id=transfer.from_point_id,
        to_point_id=transfer.to_point_id,
    )
