"""P3: desks that press at the same moment. One wins, everybody else hears when and by whom, nothing breaks.

Threads, each with a connection of its own: to the database they are as many desks.
"""

import json
import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from distribution.actions import hand_overs
from distribution.enums import CardState, Evidence
from distribution.models import Card, CardEvent, CardYear, HandOver
from pickup_points.desks import Desk
from tests import desk_api, make
from tests.conftest import NOW
from tests.desk_api import item, post

DESKS = 8
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work: Callable[[int], Any], *, times: int = DESKS) -> list[Any]:
    """What each of `times` threads came back with; they start together, and a failure in one is a failure here."""
    start, heard, failed = threading.Barrier(times), {}, []

    def run(turn: int) -> None:
        try:
            start.wait(timeout=30)
            heard[turn] = work(turn)
        except Exception as failure:  # noqa: BLE001 -- told below, whatever it was
            failed.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(turn,)) for turn in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert failed == []
    return [heard[turn] for turn in range(times)]


@pytest.fixture
def desks(card_year: CardYear) -> list[Desk]:
    point = make.point()
    return [make.member(point) for _ in range(DESKS)]


def _cards(card_year: CardYear, desk: Desk, count: int) -> list[Card]:
    return [make.card(make.person(card_year), at=desk.point) for _ in range(count)]


def test_eight_desks_and_the_same_200_cards(card_year: CardYear, desks: list[Desk]) -> None:
    numbers = [card.number for card in _cards(card_year, desks[0], 200)]

    def hand_over_all(turn: int) -> Counter[str]:
        desk, told = desks[turn], Counter[str]()
        for number in random.Random(turn).sample(numbers, len(numbers)):
            try:
                hand_overs.mark(
                    uuid.uuid4(),
                    card_number=number,
                    desks={desk.point.pk: desk},
                    by=desk.user,
                    at=NOW,
                    evidence=Evidence.SCAN,
                )
                told["won"] += 1
            except hand_overs.AlreadyHandedOver as refused:
                first = refused.hand_over
                told["lost, told who and when"] += first.at == NOW and first.by in [one.user for one in desks]
        return told

    told = sum(at_once(hand_over_all), Counter[str]())

    assert told == {"won": 200, "lost, told who and when": 1_400}
    assert HandOver.objects.filter(undone_at=None).count() == 200
    assert HandOver.objects.values("card").distinct().count() == HandOver.objects.count() == 200
    assert CardEvent.objects.filter(kind="handed_over").count() == 200
    assert Card.objects.filter(state=CardState.HANDED_OVER).count() == 200


def test_the_same_through_the_api_without_a_failure(card_year: CardYear, desks: list[Desk]) -> None:
    cards = _cards(card_year, desks[0], 12)
    clients = [desk_api.by_token(desk.user) for desk in desks]

    def hand_over_all(turn: int) -> list[tuple[int, bool]]:
        answers = [post(clients[turn], "handovers/", item(card)) for card in cards]
        return [(answer.status_code, bool(answer.json().get("hand_over", {}).get("by"))) for answer in answers]

    answers = Counter(answer for heard in at_once(hand_over_all) for answer in heard)

    assert answers == {(201, False): 12, (409, True): 84}


def test_one_id_sent_by_eight_at_once_is_one_hand_over(card_year: CardYear, desks: list[Desk]) -> None:
    """A device that lost the answer sends again; every answer is the same."""
    client = [desk_api.by_token(desks[0].user) for _ in range(DESKS)]
    for card in _cards(card_year, desks[0], 6):
        sent = item(card)

        answers = at_once(lambda turn, sent=sent: post(client[turn], "handovers/", sent))  # type: ignore[misc]

        assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 7}
        assert len({answer.content for answer in answers}) == 1
        assert HandOver.objects.filter(card=card).count() == CardEvent.objects.filter(card=card).count() == 1


def test_one_id_for_eight_cards_at_once_is_one_hand_over(card_year: CardYear, desks: list[Desk]) -> None:
    clients = [desk_api.by_token(desk.user) for desk in desks]
    for _ in range(6):
        cards, shared = _cards(card_year, desks[0], DESKS), str(uuid.uuid4())

        answers = at_once(
            lambda turn, cards=cards, shared=shared: post(clients[turn], "handovers/", item(cards[turn], id=shared))  # type: ignore[misc]
        )

        assert Counter(answer.status_code for answer in answers) == {201: 1, 422: 7}
        assert Card.objects.filter(pk__in=[card.pk for card in cards], state=CardState.HANDED_OVER).count() == 1


def test_the_same_batch_ten_times_shuffled_in_eight_threads_t14(card_year: CardYear, desks: list[Desk]) -> None:
    sent = [item(card) for card in _cards(card_year, desks[0], 25)]
    clients = [desk_api.by_token(desks[0].user) for _ in range(DESKS)]

    def send_all(turn: int) -> list[dict[str, Any]]:
        shuffled = random.Random(turn)
        return [
            post(clients[turn], "handovers/batch/", {"items": shuffled.sample(sent, len(sent))}).json()
            for _ in range(10 if turn == 0 else 2)
        ]

    answers = [answer for heard in at_once(send_all) for answer in heard]

    assert len(answers) == 24
    assert sum(answer["accepted"] for answer in answers) == 25
    assert sum(answer["replayed"] for answer in answers) == 25 * 23
    assert {(answer["already"], answer["refused"]) for answer in answers} == {(0, 0)}
    bodies = {json.dumps(one["body"]) for answer in answers for one in answer["results"]}
    assert len(bodies) == HandOver.objects.count() == CardEvent.objects.count() == 25


def test_marking_while_it_is_being_undone_ends_in_one_legal_order(card_year: CardYear, desks: list[Desk]) -> None:
    """One takes back, seven hand over: whoever wins, state and history agree, and nobody hears that the card is missing."""
    desk = desks[0]
    at_desk = {desk.point.pk: desk}
    for card in _cards(card_year, desk, 15):
        first = hand_overs.mark(
            uuid.uuid4(), card_number=card.number, desks=at_desk, by=desk.user, at=NOW, evidence=Evidence.SCAN
        ).hand_over

        def press(turn: int, card: Card = card, first: HandOver = first) -> str:
            if turn == 0:
                hand_overs.undo(first.pk, desks=at_desk, by=desk.user, at=NOW)
                return "undone"
            try:
                hand_overs.mark(
                    uuid.uuid4(), card_number=card.number, desks=at_desk, by=desk.user, at=NOW, evidence=Evidence.SCAN
                )
            except hand_overs.AlreadyHandedOver:
                return "lost"
            return "won"

        told = Counter(at_once(press))

        card.refresh_from_db()
        standing = HandOver.objects.filter(card=card, undone_at=None).count()
        kinds = Counter(CardEvent.objects.filter(card=card).values_list("kind", flat=True))
        assert told["undone"] == 1
        assert told["won"] == standing <= 1
        assert told["won"] + told["lost"] == DESKS - 1
        assert card.state == (CardState.HANDED_OVER if standing else CardState.ISSUED)
        assert kinds == {"handed_over": 1 + standing, "undone": 1}
