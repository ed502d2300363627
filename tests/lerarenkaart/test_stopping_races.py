"""A point stops while its desk goes on: every card is handed over or on one way, and the point stops once."""

from collections import Counter

import pytest
from django.db.models import QuerySet

from distribution.actions import hand_overs, holding, keyed_lists, transfers, transfers_all
from distribution.enums import CardEventKind, CardState, Evidence
from distribution.errors import DistributionError
from distribution.models import Card, CardEvent, CardYear, Transfer
from distribution.models.transfer import OPEN
from lerarenkaart import stopping
from pickup_points.desks import Desk
from tests import make
from tests.conftest import NOW
from tests.distribution import settled
from tests.distribution.actions.test_hand_overs_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


def test_stopping_while_cards_are_handed_over_and_asked_for(card_year: CardYear) -> None:
    kim = make.new_user()
    for number in range(1, ROUNDS + 1):
        here, there, third = (make.member(make.point(year=2027)) for _ in range(3))
        cards = settled.cards(card_year, 6, at=here.point)
        settled.printed(card_year, number=number)

        def work(
            turn: int, from_desk: Desk = here, to_desk: Desk = there, asker: Desk = third, cards: list[Card] = cards
        ) -> str:
            try:
                if turn < 2:
                    stopping.stop(card_year, point=from_desk.point, follower=to_desk.point, by=kim, at=NOW)
                    return "it stops"
                if turn < 5:
                    hand_overs.mark(
                        keyed_lists.hand_over_id(cards[turn].pk, turn),
                        card_number=cards[turn].number,
                        desks={from_desk.point.pk: from_desk},
                        by=from_desk.user,
                        at=NOW,
                        evidence=Evidence.CLICK,
                    )
                    return "handed over"
                transfers.request(card_number=cards[5].number, to=asker, by=asker.user, at=NOW)
            except DistributionError as refusal:
                return refusal.code
            return "asked"

        heard = Counter(at_once(work, times=6))

        assert (heard["it stops"], heard["handed over"]) == (1, 3)
        open_ways = Counter(Transfer.objects.filter(OPEN, card__in=cards).values_list("card", flat=True))
        for card in Card.objects.filter(pk__in=[one.pk for one in cards]):
            assert open_ways[card.pk] == (0 if card.state == CardState.HANDED_OVER else 1)


def test_a_box_arrives_once_however_often_it_is_said(card_year: CardYear) -> None:
    here, there = (make.member(make.point(year=2027)) for _ in range(2))
    cards = settled.cards(card_year, 20, at=here.point)
    for card in cards:
        transfers.request(card_number=card.number, to=there, by=there.user, at=NOW)

    def work(turn: int) -> int:
        told = {"card_year_id": card_year.pk, "at": NOW}
        if turn % 2:
            return transfers_all.send(desk=here, to=there.point, by=here.user, **told)  # type: ignore[arg-type]
        return transfers_all.receive(desk=there, sender=here.point, by=there.user, **told)  # type: ignore[arg-type]

    at_once(work, times=8)
    at_once(lambda turn: work(0), times=4)

    kinds = Counter(CardEvent.objects.values_list("kind", flat=True))
    assert (kinds[CardEventKind.SENT], kinds[CardEventKind.TRANSFERRED]) == (20, 20)
    assert Card.objects.filter(pickup_point=there.point).count() == 20


def test_a_box_that_left_while_we_held_the_shelf_arrives_the_next_time_it_is_said(
    card_year: CardYear, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cards that were not held are left alone: holding them now could cross somebody who holds them already."""
    here, there = (make.member(make.point(year=2027)) for _ in range(2))
    for card in settled.cards(card_year, 3, at=here.point):
        transfers.request(card_number=card.number, to=there, by=there.user, at=NOW)
    hold_transfers = holding.transfers

    def leaves_meanwhile(these: QuerySet[Transfer]) -> QuerySet[Transfer]:
        monkeypatch.setattr(holding, "transfers", hold_transfers)
        transfers_all.send(desk=here, to=there.point, card_year_id=card_year.pk, by=here.user, at=NOW)
        return hold_transfers(these)

    monkeypatch.setattr(holding, "transfers", leaves_meanwhile)

    arrived = [
        transfers_all.receive(desk=there, sender=here.point, card_year_id=card_year.pk, by=there.user, at=NOW)
        for _ in range(2)
    ]

    assert arrived == [0, 3]
