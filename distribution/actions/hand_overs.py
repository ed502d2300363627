"""Hand-overs: a card changes hands once, whoever presses first; undone is said, never erased."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from distribution import metrics
from distribution.enums import CardEventKind, CardState, Evidence
from distribution.errors import DistributionError
from distribution.models import Card, CardEvent, HandOver, PickupList, Transfer, VoidedNumber
from distribution.models.hand_over import HOLDS
from distribution.models.transfer import OPEN
from distribution.queries import voided
from distribution.rules import device_clock, undoing
from pickup_points.desks import Desk
from pickup_points.models import User

LONGEST_COLLECTOR, LONGEST_REASON = 120, 200
# Who just lost a card looks again, and may find that it was undone since. Nobody presses that fast five times in a row.
ATTEMPTS = 5


class NoSuchCard(DistributionError):
    """Unknown, or at a point that is not theirs: the same answer."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("Deze kaart ligt niet in jouw afhaalpunt.")


class AlreadyHandedOver(DistributionError):
    """Someone was first; `hand_over` says when, where and by whom."""

    code = "already_handed_over"

    def __init__(self, hand_over: HandOver) -> None:
        super().__init__("Deze kaart is al afgehaald.")
        self.hand_over = hand_over


class CardNotValid(DistributionError):
    code = "card_not_valid"


class BeingReplaced(CardNotValid):
    """The old plastic is void and the new one was not made yet: there is nothing to hand over."""

    def __init__(self) -> None:
        super().__init__(voided.BEING_REPLACED)


class IdReused(DistributionError):
    code = "id_reused"

    def __init__(self) -> None:
        super().__init__("Deze afgifte werd al gebruikt voor een andere kaart.")


class NoSuchHandOver(DistributionError):
    code = "not_found"

    def __init__(self) -> None:
        super().__init__("Deze afgifte is er niet.")


class UndoRefused(DistributionError):
    """Too late, or somebody else's: `code` is `undo_too_late` or `reason_needed`."""

    code = "undo_too_late"


class ReasonNeeded(DistributionError):
    code = "reason_needed"


@dataclass(frozen=True)
class Line:
    """A row of a signed list, as the evidence of a hand-over."""

    pickup_list: PickupList
    row: int


@dataclass(frozen=True)
class Marked:
    """A hand-over; `is_new` is False when the same one was sent before."""

    hand_over: HandOver
    is_new: bool


def mark(
    hand_over_id: uuid.UUID,
    *,
    card_number: str,
    desks: Mapping[int, Desk],
    by: User,
    at: dt.datetime,
    said_at: dt.datetime | None = None,
    evidence: Evidence,
    collector: str = "",
    line: Line | None = None,
) -> Marked:
    """Give a card to its holder, exactly once. `desks`: where `by` stands; `at`: now; `said_at`: the device's word.

    The UPDATE matches only a card that still waits at one of these desks, so the database picks the
    winner. Who comes too late changes nothing, does not even wait for a lock, and gets AlreadyHandedOver.
    The same id for the same card is the same hand-over again, also when it was undone since. Raises
    NoSuchCard, AlreadyHandedOver, CardNotValid or IdReused.
    """
    for _ in range(ATTEMPTS):
        again = _sent_before(hand_over_id, card_number=card_number, desks=desks)
        if again:
            return again
        seen = _see(card_number, desks=desks)
        if seen is None:
            raise _void_here(card_number, desks=desks) or NoSuchCard()
        card = seen.card
        if card.state == CardState.ISSUED and card.batch_id is None and seen.was_replaced:
            raise BeingReplaced
        if card.state != CardState.ISSUED:
            refusal = _why_not(card)
            if refusal is None or (isinstance(refusal, AlreadyHandedOver) and refusal.hand_over.pk == hand_over_id):
                continue  # it changed between two looks: undone just now, or this very hand-over, sent twice at once
            raise refusal
        try:
            hand_over = _take(
                card,
                is_again=seen.was_fetched,
                as_id=hand_over_id,
                desks=desks,
                by=by,
                at=at,
                said_at=said_at or at,
                evidence=evidence,
                collector=_one_line(collector)[:LONGEST_COLLECTOR],
                line=line,
            )
        except IntegrityError:
            # The same id came in twice at the same moment: the other one was first, and is there now.
            again = _sent_before(hand_over_id, card_number=card_number, desks=desks)
            if again is None:
                raise
            return again
        if hand_over:
            transaction.on_commit(lambda: metrics.HAND_OVERS.labels(str(evidence)).inc())
            return Marked(hand_over, is_new=True)
    raise NoSuchCard


@dataclass(frozen=True)
class _Seen:
    """A card at a desk. `was_replaced`: it had another number before; `was_fetched`: under that one it was handed over."""

    card: Card
    was_replaced: bool
    was_fetched: bool


def _see(number: str, *, desks: Mapping[int, Desk]) -> _Seen | None:
    """The card with this number, when it lies at one of these desks."""
    old = VoidedNumber.objects.filter(card=OuterRef("pk"))
    found = (
        Card.objects.select_related("card_year")
        .annotate(was_replaced=Exists(old), was_fetched=Exists(old.filter(was_waiting=False)))
        .filter(number=number, pickup_point__in=desks)
        .first()
    )
    return _Seen(found, was_replaced=found.was_replaced, was_fetched=found.was_fetched) if found else None


def _void_here(number: str, *, desks: Mapping[int, Desk]) -> CardNotValid | None:
    """The refusal for plastic that was declared void, to whoever stands where it lay or where its card lies now."""
    found = voided.find(number)
    if found is None or not {found.pickup_point_id, found.card.pickup_point_id} & set(desks):
        return None
    return CardNotValid(voided.sentence(found))


def _take(
    card: Card,
    *,
    is_again: bool,
    as_id: uuid.UUID,
    desks: Mapping[int, Desk],
    by: User,
    at: dt.datetime,
    said_at: dt.datetime,
    evidence: Evidence,
    collector: str,
    line: Line | None,
) -> HandOver | None:
    """The hand-over of a card that was seen waiting; None when somebody was just before."""
    assert card.pickup_point_id is not None
    moment, is_doubtful = device_clock.believe(said_at, heard_at=at, season_from=card.card_year.collect_from)
    with transaction.atomic():
        # The number too: a card that was replaced just now is other plastic.
        won = Card.objects.filter(
            pk=card.pk, number=card.number, state=CardState.ISSUED, pickup_point=card.pickup_point_id
        ).update(state=CardState.HANDED_OVER, handed_over_at=moment)
        if not won:
            return None
        hand_over = HandOver.objects.create(
            id=as_id,
            card=card,
            point=desks[card.pickup_point_id].point,
            at=moment,
            said_at=said_at,
            recorded_at=at,
            clock_doubtful=is_doubtful,
            by=by,
            evidence=evidence,
            collector=collector,
            pickup_list=line.pickup_list if line else None,
            row=line.row if line else None,
            is_again=is_again,
        )
        CardEvent.objects.create(card=card, kind=CardEventKind.HANDED_OVER, at=at, by=by, hand_over=hand_over)
        _end_transfer(card, by=by, at=at)
    return hand_over


def _end_transfer(card: Card, *, by: User, at: dt.datetime) -> None:
    """A card that was handed over after all goes nowhere any more; both ends can read so."""
    under_way = Transfer.objects.filter(OPEN, card=card)
    transfer = under_way.first()
    if transfer is None:
        return
    if under_way.update(ended_at=at, ended_by=by, end_reason="de kaart is afgehaald"):
        CardEvent.objects.create(
            card=card,
            kind=CardEventKind.NOT_SENT,
            at=at,
            by=by,
            from_point_id=transfer.from_point_id,
            to_point_id=transfer.to_point_id,
        )


def _sent_before(hand_over_id: uuid.UUID, *, card_number: str, desks: Mapping[int, Desk]) -> Marked | None:
    earlier = HandOver.objects.select_related("card", "point", "by").filter(pk=hand_over_id).first()
    if earlier is None:
        return None
    if earlier.point_id in desks and (
        earlier.card.number == card_number
        or VoidedNumber.objects.filter(card=earlier.card_id, number=card_number).exists()
    ):
        return Marked(earlier, is_new=False)
    if Card.objects.filter(number=card_number, pickup_point__in=desks).exists():
        raise IdReused
    raise NoSuchCard


def _one_line(typed: str) -> str:
    """Words with single spaces: a line break or a sign that turns the direction of writing has no place in a name."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in typed).split())


def _why_not(card: Card) -> DistributionError | None:
    """The refusal for a card that does not wait; None when it was undone just now, and waits again."""
    if card.state in {CardState.WITHDRAWN, CardState.VOID}:
        return CardNotValid("Deze kaart is niet meer geldig. Geef ze niet mee en hou ze apart.")
    standing = HandOver.objects.select_related("card", "point", "by").filter(HOLDS, card=card).first()
    return AlreadyHandedOver(standing) if standing else None


def undo(
    hand_over_id: uuid.UUID, *, desks: Mapping[int, Desk], by: User, at: dt.datetime, reason: str = ""
) -> HandOver:
    """Take a hand-over back: the card waits again. Doing it twice is doing it once.

    By who marked it within 15 minutes; later, or by someone else, by a manager of the point with a
    reason. Not when the plastic was declared void since: the card was replaced because it had been
    handed over. Raises NoSuchHandOver, UndoRefused or ReasonNeeded.
    """
    reason = _one_line(reason)[:LONGEST_REASON]
    with transaction.atomic():
        hand_over = (
            HandOver.objects.select_for_update(of=("self",))
            .select_related("card", "point", "by")
            .filter(pk=hand_over_id, point__in=desks)
            .first()
        )
        if hand_over is None:
            raise NoSuchHandOver
        if hand_over.undone_at is not None:
            return hand_over
        if hand_over.voided_id is not None:
            raise UndoRefused("Deze kaart werd intussen vervangen. De afgifte van de oude kaart blijft staan.")
        _check_may_undo(hand_over, desk=desks[hand_over.point_id], by=by, at=at, reason=reason)
        Card.objects.filter(pk=hand_over.card_id, state=CardState.HANDED_OVER).update(
            state=CardState.ISSUED, handed_over_at=None
        )
        hand_over.undone_at, hand_over.undone_by, hand_over.undo_reason = at, by, reason
        hand_over.save(update_fields=["undone_at", "undone_by", "undo_reason"])
        CardEvent.objects.create(
            card_id=hand_over.card_id, kind=CardEventKind.UNDONE, at=at, by=by, hand_over=hand_over
        )
    hand_over.card.refresh_from_db()
    return hand_over


def _check_may_undo(hand_over: HandOver, *, desk: Desk, by: User, at: dt.datetime, reason: str) -> None:
    match undoing.refusal(
        recorded_at=hand_over.recorded_at,
        at=at,
        is_same_person=hand_over.by_id == by.pk,
        is_manager=desk.is_manager,
        has_reason=bool(reason),
    ):
        case undoing.Refusal.NOT_YOURS:
            raise UndoRefused(
                "Ongedaan maken kan binnen het kwartier door wie de kaart afgaf, en later door een beheerder."
            )
        case undoing.Refusal.REASON_NEEDED:
            raise ReasonNeeded("Zeg in enkele woorden waarom je deze afgifte ongedaan maakt.")
