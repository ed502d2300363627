"""Desks and what happens beside them: the same card twice, a point that stops, a clock that is wrong, a day without network."""

import datetime as dt
import multiprocessing
import random
import time
import uuid
from collections import Counter
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.utils import Error

from distribution.actions import freeze, hand_overs, run
from distribution.enums import CardEventKind, CardState, Evidence
from distribution.models import Card, CardEvent, CardYear, HandOver, PendingChange
from pickup_points.desks import Desk
from pickup_points.models import ServedPostcode
from tests import desk_api, make
from tests.conftest import NOW
from tests.desk_api import item, post
from tests.distribution import settled
from tests.distribution.actions.populations import Human, settle
from tests.faults.conftest import Fault
from tests.faults.table import IS_WHOLE, SEEDS
from tests.lerarenkaart import test_stopping_races

pytestmark = pytest.mark.django_db(transaction=True)
PROCESSES = multiprocessing.get_context("fork")
DESKS, CARDS = 8, 200 if IS_WHOLE else 60
OFFLINE, OVERLAP = (500, 20) if IS_WHOLE else (120, 10)


def mark(desk: Desk, number: str, *, at: dt.datetime = NOW) -> HandOver:
    return hand_overs.mark(
        uuid.uuid4(),
        card_number=number,
        desks={desk.point.pk: desk},
        by=desk.user,
        at=at,
        evidence=Evidence.SCAN,
    ).hand_over


def mark_all(desk: Desk, numbers: list[str], turn: int, told: Any) -> None:
    """A desk in a process of its own, in an order of its own."""
    heard = Counter[str]()
    for number in random.Random(turn).sample(numbers, len(numbers)):
        try:
            mark(desk, number)
            heard["won"] += 1
        except hand_overs.AlreadyHandedOver as refused:
            heard["told"] += bool(refused.hand_over.at and refused.hand_over.by)
        except Error:
            heard["broke"] += 1
    told.put(heard)


def test_eight_processes_and_the_same_cards_f10_p3(card_year: CardYear, fault: Fault) -> None:
    line = fault("F10", f"{DESKS} processen geven dezelfde {CARDS} kaarten af")
    point = make.point()
    desks = [make.member(point) for _ in range(DESKS)]
    numbers = [card.number for card in settled.cards(card_year, CARDS, at=point)]
    told = PROCESSES.Queue()
    connection.close()
    processes = [
        PROCESSES.Process(target=mark_all, args=(desk, numbers, turn, told)) for turn, desk in enumerate(desks)
    ]
    for process in processes:
        process.start()
    heard = sum((told.get(timeout=120) for _ in processes), Counter[str]())
    for process in processes:
        process.join()

    line.measured(
        times=DESKS * CARDS,
        figure=f"afgiftes: {HandOver.objects.count()}; wie te laat was en hoorde wie en wanneer: {heard['told']} van {(DESKS - 1) * CARDS}; "
        f"fouten van de databank: {heard['broke']}",
    )
    assert heard == {"won": CARDS, "told": (DESKS - 1) * CARDS}
    assert HandOver.objects.values("card").distinct().count() == HandOver.objects.count() == CARDS


def test_reassigned_after_pick_up_f16(card_year: CardYear, fault: Fault) -> None:
    line = fault(
        "F16", "de postcode gaat naar een ander punt nadat kaarten afgehaald zijn, en er wordt opnieuw toegekend"
    )
    gent = make.member(make.point("gent", year=2027, serves="9000"))
    aalst = make.point("aalst", year=2027)
    settle(card_year, [Human(held="listed")] * 60)
    at = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
    run.run(card_year, on=dt.date(2026, 11, 15), at=at)
    freeze.freeze(card_year, at=at)
    cards = list(Card.objects.order_by("pk"))
    for card in cards[:20]:
        mark(gent, card.number)
    ServedPostcode.objects.filter(year=2027, postcode="9000").update(point=aalst)
    before = list(Card.objects.order_by("pk").values_list("pk", "pickup_point", "state"))
    run.run(card_year, on=dt.date(2026, 11, 15), at=at)

    after = list(Card.objects.order_by("pk").values_list("pk", "pickup_point", "state"))
    listed = PendingChange.objects.filter(card_year=card_year, kind=PendingChange.Kind.MOVED)
    collected = listed.filter(person__card__state=CardState.HANDED_OVER).count()
    line.measured(
        times=1,
        figure=f"afgehaalde kaarten verplaatst: 0 van 20; gedrukte kaarten verplaatst: {sum(one != two for one, two in zip(before, after, strict=True))}; "
        f"op de lijst voor Klasse: {listed.count()}",
    )
    assert after == before
    assert (listed.count() - collected, Card.objects.filter(pickup_point=aalst).count()) == (40, 0)


def test_a_point_stops_while_its_desk_marks_f17(
    card_year: CardYear, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = max(SEEDS, 4)
    line = fault(
        "F17", "een punt stopt en geeft zijn kaarten door terwijl de balie afgeeft en een ander punt een kaart vraagt"
    )
    monkeypatch.setattr(test_stopping_races, "ROUNDS", rounds)

    test_stopping_races.test_stopping_while_cards_are_handed_over_and_asked_for(card_year)

    line.measured(times=rounds, figure=f"elke ronde afgegeven of onderweg, nooit beide: {rounds} van {rounds}")


def test_a_device_with_a_wrong_clock_f19(card_year: CardYear, fault: Fault) -> None:
    line = fault("F19", "een toestel waarvan de klok tot twee dagen verkeerd staat")
    desk = make.member(make.point())
    count = max(SEEDS, 10)
    cards = settled.cards(card_year, count, at=desk.point)
    client, dice = desk_api.by_token(desk.user), random.Random(19)
    taken = flagged = 0
    with time_machine.travel(NOW, tick=False):
        for turn, card in enumerate(cards):
            # An hour at least, so that it is wrong and not late.
            off = dice.choice([-1, 1]) * dt.timedelta(seconds=dice.randint(3_600, 172_800))
            off = abs(off) if turn % 2 else off
            answer = post(client, "handovers/", item(card, at=(NOW + off).isoformat()))
            taken += answer.status_code == 201
            made = HandOver.objects.get(card=card)
            flagged += made.clock_doubtful
            assert made.recorded_at == NOW
            if made.clock_doubtful:
                # The rate counts the moment of receiving.
                assert made.at == NOW

    line.measured(
        times=count, figure=f"aangenomen: {taken}; gemerkt: {flagged}; verloren: {count - HandOver.objects.count()}"
    )
    assert (taken, HandOver.objects.count()) == (count, count)
    # What lies ahead cannot be; what lies behind may be a desk that was offline.
    assert flagged >= count // 2


def test_two_desks_come_back_after_six_hours_f20(card_year: CardYear, fault: Fault) -> None:
    line = fault(
        "F20",
        f"twee balies na zes uur zonder netwerk: {OFFLINE} afgiftes, {OVERLAP} kaarten bij allebei, driemaal verstuurd, door elkaar",
    )
    point = make.point()
    desks = [make.member(point) for _ in range(2)]
    clients = [desk_api.by_token(desk.user) for desk in desks]
    cards = settled.cards(card_year, OFFLINE - OVERLAP, at=point)
    half = len(cards) // 2
    counts = set()
    conflicts = 0
    with time_machine.travel(NOW, tick=False):
        sent = [
            [item(card, at=(NOW - dt.timedelta(hours=6)).isoformat()) for card in cards[: half + OVERLAP]],
            [item(card, at=(NOW - dt.timedelta(hours=5)).isoformat()) for card in cards[half:]],
        ]
        batches = [(turn, [one]) for turn in range(2) for one in sent[turn]] * 3
        random.Random(20).shuffle(batches)
        together: list[tuple[int, list[dict[str, Any]]]] = []
        for start in range(0, len(batches), 40):
            some = batches[start : start + 40]
            together += [(turn, [one for which, [one] in some if which == turn]) for turn in range(2)]
        conflicted: set[str] = set()
        began = time.perf_counter()
        for turn, items in together:
            answer = post(clients[turn], "handovers/batch/", {"items": items}).json()
            assert answer["count"] == len(items)
            for one, result in zip(items, answer["results"], strict=True):
                counts.add(result["status"])
                if result["status"] == 409:
                    conflicted.add(one["id"])
                    assert result["body"]["hand_over"]["by"]
        seconds = time.perf_counter() - began
        conflicts = len(conflicted)

    kept = HandOver.objects.count()
    line.measured(
        times=3 * OFFLINE,
        figure=f"bewaard: {kept}; dubbels getoond: {conflicts}; samen {kept + conflicts} van {OFFLINE}; {seconds:.1f} s",
    )
    assert (kept, conflicts, counts) == (OFFLINE - OVERLAP, OVERLAP, {200, 201, 409})
    assert Card.objects.filter(state=CardState.HANDED_OVER).count() == OFFLINE - OVERLAP
    assert CardEvent.objects.filter(kind=CardEventKind.HANDED_OVER).count() == OFFLINE - OVERLAP
