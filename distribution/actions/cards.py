"""What Klasse does with one card by hand: choose where it lies, or declare its plastic void and have another made."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from distribution.actions import holding, pending_changes, transfers
from distribution.actions.run_cards import NumbersUsedUp
from distribution.actions.year_lock import locked
from distribution.enums import AssignedBy, CardEventKind, CardState, Channel, VoidReason
from distribution.errors import DistributionError
from distribution.models import Card, CardEvent, CardYear, HandOver, Transfer, VoidedNumber, YearEvent
from distribution.models.hand_over import HOLDS
from distribution.models.transfer import OPEN
from distribution.queries import years
from distribution.rules import card_number, channels
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.models import PickupPoint, PointYear, User

LONGEST_REFERENCE = 80
CARDS_AT_ONCE = 5_000


class GoesByPost(DistributionError):
    code = "goes_by_post"

    def __init__(self) -> None:
        super().__init__("Deze kaart komt met de post. Er is geen afhaalpunt te kiezen.")


class AlreadyThere(DistributionError):
    code = "already_there"

    def __init__(self) -> None:
        super().__init__("Deze kaart ligt al in dat afhaalpunt.")


class NotTakingPart(DistributionError):
    code = "not_taking_part"

    def __init__(self) -> None:
        super().__init__("Dat afhaalpunt deelt dit jaar geen kaarten uit, of stopte ermee. Kies een ander.")


class NobodyWaits(DistributionError):
    code = "nobody_waits"

    def __init__(self) -> None:
        super().__init__("Niemand in deze groep wacht nog op een afhaalpunt. Misschien was een collega je voor.")


class CardNotPrinted(DistributionError):
    code = "card_not_printed"

    def __init__(self) -> None:
        super().__init__("Deze kaart is nog niet gedrukt: er is niets om te vervangen.")


class CardNotLive(DistributionError):
    code = "card_not_live"

    def __init__(self) -> None:
        super().__init__("Deze kaart is ingetrokken of ongeldig. Ze kan niet vervangen worden.")


class ReferenceNeeded(DistributionError):
    code = "reference_needed"

    def __init__(self) -> None:
        super().__init__("Vul het nummer van het proces-verbaal in: een gestolen kaart vervangen we enkel daarmee.")


def assign(card: Card, *, to: PickupPoint, by: User, at: dt.datetime) -> Transfer | None:
    """Have this card lie at a point of Klasse's choice; it stays there at the next run (AssignedBy.OFFICE).

    Plastic that lies at a point is asked for instead: the transfer is returned, and the card moves when
    it arrives. Raises GoesByPost, AlreadyThere, NotTakingPart, or what transfers.order raises.
    """
    with transaction.atomic():
        # Locked: a run, a freeze or a hand-over at this moment comes before or after.
        card = holding.cards(Card.objects.select_related("card_year")).get(pk=card.pk)
        if card.channel != Channel.PICKUP:
            raise GoesByPost
        if card.pickup_point_id == to.pk:
            raise AlreadyThere
        transfers.check_waits(card)
        _check_takes_part(to, year=card.card_year.year)
        if card.batch_id is not None and card.pickup_point_id is not None:
            pending_changes.asked([card.person_id], by=by, at=at)
            return transfers.order(card_number=card.number, to=to, by=by, at=at)
        pending_changes.moved([card.person_id])
        Card.objects.filter(pk=card.pk).update(pickup_point=to, assigned_by=AssignedBy.OFFICE)
        CardEvent.objects.create(
            card=card, kind=CardEventKind.ASSIGNED, at=at, by=by, from_point_id=card.pickup_point_id, to_point=to
        )
    return None


def assign_group(card_year: CardYear, *, people: Q, to: PickupPoint, by: User, at: dt.datetime) -> int:
    """Send the cards of everyone in a group who has no point yet to one point; how many they were.

    `people`: who they are, as a condition on their cards. Raises NotTakingPart or NobodyWaits.
    """
    with transaction.atomic():
        _check_takes_part(to, year=card_year.year)
        nowhere = Card.objects.filter(
            card_year=card_year, channel=Channel.PICKUP, state=CardState.ISSUED, pickup_point=None
        )
        chosen = set(nowhere.filter(people).values_list("pk", flat=True))
        people_of = dict(holding.cards(nowhere.filter(pk__in=chosen)).values_list("pk", "person"))
        keys = list(people_of)
        if not keys:
            raise NobodyWaits
        for start in range(0, len(keys), CARDS_AT_ONCE):
            some = keys[start : start + CARDS_AT_ONCE]
            pending_changes.moved([people_of[key] for key in some])
            Card.objects.filter(pk__in=some).update(pickup_point=to, assigned_by=AssignedBy.OFFICE)
            CardEvent.objects.bulk_create(
                CardEvent(card_id=key, kind=CardEventKind.ASSIGNED, at=at, by=by, to_point=to) for key in some
            )
        YearEvent.objects.create(
            card_year=card_year, kind="assigned", at=at, by=by, summary={"point": to.code, "cards": len(keys)}
        )
    return len(keys)


def replace(card: Card, *, reason: VoidReason, reference: str = "", by: User, at: dt.datetime) -> VoidedNumber:
    """Declare the plastic of a card void and give the card a new number, to be printed with the next batch.

    The card waits again, also when it had been handed over: that hand-over stays, as one of the old
    plastic. A transfer under way stops. Raises CardNotLive, CardNotPrinted, ReferenceNeeded,
    NumbersUsedUp or YearIsBusy; then nothing was changed.
    """
    reference = " ".join(reference.split())[:LONGEST_REFERENCE]
    if reason == VoidReason.STOLEN and not reference:
        raise ReferenceNeeded
    with locked(card.card_year) as year:
        # Before the card, as undoing does.
        list(HandOver.objects.select_for_update().filter(HOLDS, card=card.pk))
        card = holding.cards(Card.objects.all()).get(pk=card.pk)
        if card.state not in {CardState.ISSUED, CardState.HANDED_OVER}:
            raise CardNotLive
        if card.batch_id is None:
            raise CardNotPrinted
        if year.last_sequence >= card_number.HIGHEST_SEQUENCE:
            raise NumbersUsedUp(f"De kaartnummers van {year.year} zijn op.")
        old = VoidedNumber.objects.create(
            card=card,
            number=card.number,
            at=at,
            by=by,
            reason=reason,
            reference=reference,
            pickup_point_id=card.pickup_point_id,
            batch_id=card.batch_id,
            was_waiting=card.state == CardState.ISSUED,
        )
        HandOver.objects.filter(HOLDS, card=card).update(voided=old)
        _stop_transfer(card, by=by, at=at)
        year.last_sequence += 1
        year.save(update_fields=["last_sequence"])
        Card.objects.filter(pk=card.pk).update(
            number=card_number.make(year.year, year.last_sequence),
            state=CardState.ISSUED,
            handed_over_at=None,
            batch=None,
            mailing_on=_next_mailing(card, year, at=at),
        )
        CardEvent.objects.create(card=card, kind=CardEventKind.REPLACED, at=at, by=by)
    return old


def _check_takes_part(to: PickupPoint, *, year: int) -> None:
    if not PointYear.objects.filter(point=to, year=year, stopped_at=None).exists():
        raise NotTakingPart


def _stop_transfer(card: Card, *, by: User, at: dt.datetime) -> None:
    """Plastic that is void goes nowhere any more; both ends can read so."""
    under_way = Transfer.objects.filter(OPEN, card=card)
    there = under_way.first()
    if there and under_way.update(ended_at=at, ended_by=by, end_reason="de kaart is ongeldig en wordt vervangen"):
        CardEvent.objects.create(
            card=card,
            kind=CardEventKind.NOT_SENT,
            at=at,
            by=by,
            from_point_id=there.from_point_id,
            to_point_id=there.to_point_id,
        )


def _next_mailing(card: Card, year: CardYear, *, at: dt.datetime) -> dt.date | None:
    """A starter's new card goes with the next mailing; after the last one it keeps its own."""
    if card.channel != Channel.STARTER:
        return None
    return channels.next_mailing(years.mailings(year), on=at.astimezone(BRUSSELS).date()) or card.mailing_on
