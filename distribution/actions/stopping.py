"""The cards of a point that stops: printed ones go along to the point that follows, the others simply lie there. In sets.

Sent along means asked for: the people of the point that stops say when the box leaves, those of the other when it
arrives. Until it leaves, all of it can be taken back. Change places first: lerarenkaart.stopping does both.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from distribution.actions import holding, jobs, transfers_all
from distribution.actions.mailings import LONGEST_SELECTION
from distribution.enums import CardEventKind, CardState, Channel, JobKind, MailingKind
from distribution.errors import DistributionError
from distribution.models import Card, CardEvent, CardYear, Job, Mailing, MailToPoint, Transfer
from distribution.models.transfer import OPEN
from distribution.queries.mailings import NO_ADDRESS, addresses
from distribution.rules import stopping_words
from pickup_points.models import PickupPoint, User

STOPPED_REASON, GOES_ON_REASON = "het afhaalpunt stopt", "het afhaalpunt stopt toch niet"


class AlreadySent(DistributionError):
    code = "already_sent"

    def __init__(self) -> None:
        super().__init__(
            "Er vertrokken al kaarten naar het andere afhaalpunt. Terugdraaien kan niet meer: stuur ze gewoon terug."
        )


@dataclass(frozen=True)
class Sent:
    """How many cards go along with the messenger, how many were not printed yet, and how many requests ended."""

    transfers: int
    moved: int
    ended: int


def send_along(card_year: CardYear, *, point: PickupPoint, to: PickupPoint, by: User, at: dt.datetime) -> Sent:
    """Every card that waits at a point goes to another one. Doing it again takes along what came to wait since.

    A card that somebody asked for already goes where it was asked. Who calls this holds the transaction.
    """
    asked_here = _open(card_year).filter(to_point=point, sent_at=None)
    waiting = Q(pickup_point=point, channel=Channel.PICKUP, state=CardState.ISSUED)
    # Held: a hand-over at this moment comes before, and the card stays out of it, or after, and it ends the transfer.
    held = list(holding.cards(Card.objects.filter(waiting | Q(pk__in=asked_here.values("card")), card_year=card_year)))
    elsewhere = [card.pk for card in held if card.pickup_point_id != point.pk]
    loose = [card.pk for card in held if card.pickup_point_id == point.pk and card.batch_id is None]
    plastic = [card for card in held if card.pickup_point_id == point.pk and card.batch_id is not None]
    # A card that is not printed goes nowhere in a box.
    ends = asked_here.filter(card__in=elsewhere) | _open(card_year).filter(card__in=loose)
    ended = _end(ends, reason=STOPPED_REASON, by=by, at=at)
    transfers_all.tell(loose, CardEventKind.MOVED, from_point=point, to_point=to, by=by, at=at)
    Card.objects.filter(pk__in=loose).update(pickup_point=to)
    # Now that they are held: who asked for one just before us goes first.
    asked = transfers_all.order(plastic, to=to, by=by, at=at)
    return Sent(len(asked), len(loose), ended)


def take_back(
    card_year: CardYear, *, point: PickupPoint, to: PickupPoint, since: dt.datetime, by: User, at: dt.datetime
) -> Sent:
    """It does not stop after all: nothing goes along any more. Raises AlreadySent as soon as one card left."""
    asked = Transfer.objects.filter(card__card_year=card_year, from_point=point, to_point=to, requested_at__gte=since)
    if asked.filter(sent_at__isnull=False).exists():
        raise AlreadySent
    ended = _end(asked.filter(OPEN), reason=GOES_ON_REASON, by=by, at=at)
    came_along = CardEvent.objects.filter(
        kind=CardEventKind.MOVED, from_point=point, to_point=to, at__gte=since, card__card_year=card_year
    )
    back = Card.objects.filter(
        pk__in=came_along.values("card"), pickup_point=to, state=CardState.ISSUED, batch=None, channel=Channel.PICKUP
    )
    keys = list(holding.cards(back).values_list("pk", flat=True))
    transfers_all.tell(keys, CardEventKind.MOVED, from_point=to, to_point=point, by=by, at=at)
    Card.objects.filter(pk__in=keys).update(pickup_point=point)
    return Sent(0, len(keys), ended)


def tell_both(
    card_year: CardYear, *, point: PickupPoint, to: PickupPoint, cards: int, by: User, at: dt.datetime
) -> Job | None:
    """One mail to each end, with what it has to do; the door rings for the job. None when neither has an address."""
    known = addresses([point.pk, to.pk])
    if not any(known.values()):
        return None
    text = stopping_words.mail(stops=point.name, follows=to.name, cards=cards)
    mailing = Mailing.objects.create(
        card_year=card_year,
        kind=MailingKind.STOPPED,
        subject=text.subject,
        body=text.body,
        selection=f"{point} stopt, {to} volgt"[:LONGEST_SELECTION],
        at=at,
        by=by,
    )
    MailToPoint.objects.bulk_create(
        MailToPoint(
            mailing=mailing, point=one, addresses=len(known[one.pk]), failure="" if known[one.pk] else NO_ADDRESS
        )
        for one in (point, to)
    )
    # A lane of its own: a mail to many that is still leaving does not hold this one up.
    return jobs.ask(
        JobKind.MAILING,
        card_year=card_year,
        by=by,
        at=at,
        options={"mailing": mailing.pk},
        lane=f"mailing:{card_year.year}:{mailing.pk}",
    )


def _open(card_year: CardYear) -> QuerySet[Transfer]:
    return Transfer.objects.filter(OPEN, card__card_year=card_year)


def _end(these: QuerySet[Transfer], *, reason: str, by: User, at: dt.datetime) -> int:
    """They do not go through, each with its event."""
    ending = list(holding.transfers(these).values_list("pk", "card_id", "from_point_id", "to_point_id"))
    CardEvent.objects.bulk_create(
        [
            CardEvent(card_id=card, kind=CardEventKind.NOT_SENT, at=at, by=by, from_point_id=from_id, to_point_id=to_id)
            for _, card, from_id, to_id in ending
        ],
        batch_size=transfers_all.BATCH,
    )
    Transfer.objects.filter(pk__in=[one[0] for one in ending]).update(ended_at=at, ended_by=by, end_reason=reason)
    return len(ending)
