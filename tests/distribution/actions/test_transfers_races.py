"""Both ends, the desk and the paper at the same moment: one wins, and the card is where its history says."""

from collections import Counter

import pytest

from distribution.actions import hand_overs, keyed_lists, transfers
from distribution.enums import CardEventKind, CardState, Evidence
from distribution.errors import DistributionError
from distribution.models import Card, CardEvent, CardYear, HandOver, PickupList, Transfer
from pickup_points.desks import Desk
from tests import make
from tests.conftest import NOW
from tests.distribution.actions.test_hand_overs_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 12


def _desk() -> Desk:
    return make.member(make.point(year=2027), is_manager=True)


def test_eight_points_ask_for_the_same_card(card_year: CardYear) -> None:
    here, others = _desk(), [_desk() for _ in range(8)]
    cards = [make.card(make.person(card_year), at=here.point) for _ in range(10)]

    def ask(turn: int) -> Counter[str]:
        told = Counter[str]()
        for card in cards:
            try:
                transfers.request(card_number=card.number, to=others[turn], by=others[turn].user, at=NOW)
                told["asked"] += 1
            except transfers.AlreadyOnItsWay:
                told["told that it was asked"] += 1
        return told

    heard = at_once(ask)

    assert sum(heard, Counter[str]()) == {"asked": 10, "told that it was asked": 70}
    assert Transfer.objects.count() == CardEvent.objects.count() == 10


def test_a_card_is_received_handed_over_or_stopped_and_never_two_of_these(card_year: CardYear) -> None:
    here, there = _desk(), _desk()
    for _ in range(ROUNDS):
        card = make.card(make.person(card_year), at=here.point)
        made = transfers.request(card_number=card.number, to=there, by=there.user, at=NOW)
        transfers.send(made.pk, desk=here, by=here.user, at=NOW)

        def work(turn: int, card: Card = card, made: Transfer = made) -> str:
            try:
                if turn % 3 == 0:
                    transfers.receive(made.pk, desk=there, by=there.user, at=NOW)
                    return "received"
                if turn % 3 == 1:
                    transfers.stop(made.pk, desk=here, by=here.user, at=NOW, reason="toch niet")
                    return "stopped"
                hand_overs.mark(
                    keyed_lists.hand_over_id(card.pk, turn),
                    card_number=card.number,
                    desks={here.point.pk: here},
                    by=here.user,
                    at=NOW,
                    evidence=Evidence.CLICK,
                )
            except DistributionError:
                return "refused"
            return "handed over"

        heard = Counter(at_once(work, times=6))

        card.refresh_from_db()
        made.refresh_from_db()
        kinds = Counter(CardEvent.objects.filter(card=card).values_list("kind", flat=True))
        if made.received_at is not None:
            assert (card.pickup_point_id, card.state) == (there.point.pk, CardState.ISSUED)
            assert (kinds[CardEventKind.TRANSFERRED], kinds[CardEventKind.NOT_SENT]) == (1, 0)
            assert (heard["stopped"], heard["handed over"]) == (0, 0)
        else:
            assert (made.ended_at, card.pickup_point_id) == (NOW, here.point.pk)
            assert (kinds[CardEventKind.TRANSFERRED], heard["received"]) == (0, 0)
        is_handed_over = card.state == CardState.HANDED_OVER
        assert HandOver.objects.filter(card=card).count() == kinds[CardEventKind.HANDED_OVER] == int(is_handed_over)


def test_the_same_page_keyed_in_by_eight_at_once(card_year: CardYear) -> None:
    desk = _desk()
    cards = [make.card(make.person(card_year), at=desk.point) for _ in range(12)]
    made = PickupList.objects.create(
        card_year=card_year,
        pickup_point=desk.point,
        revision=1,
        made_at=NOW,
        card_numbers=[card.number for card in cards],
    )

    kept = at_once(lambda _: keyed_lists.key_in(made, rows=range(1, 13), desk=desk, by=desk.user, at=NOW).rows, times=8)

    assert sorted(row for rows in kept for row in rows) == list(range(1, 13))
    assert list(HandOver.objects.order_by("row").values_list("row", flat=True)) == list(range(1, 13))
    assert CardEvent.objects.count() == 12
