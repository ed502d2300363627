"""Hand-overs whatever the order (T14, T19): several desks mark, undo, send again and send in batches; a model keeps count.

After every step each card's state has exactly one history that explains it, and what was sent is what was
accepted, replayed, already there or refused.
"""

import datetime as dt
import itertools
import uuid
from collections import Counter
from typing import Any

import pytest
import time_machine
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from distribution.actions import hand_overs, years
from distribution.enums import CardState, Evidence
from distribution.models import Card, CardEvent, CardYear, HandOver
from pickup_points.desks import Desk
from tests import desk_api, make
from tests.conftest import BRUSSELS, NOW
from tests.desk_api import item, post

CARDS_PER_POINT = 3
# What the API's own clock says: long before the model's, so that the quarter for undoing freely is over.
CLOCK = NOW - dt.timedelta(days=1)
desks_drawn = st.integers(0, 3)
cards_drawn = st.integers(0, 2 * CARDS_PER_POINT - 1)
late = st.sampled_from([dt.timedelta(0), dt.timedelta(minutes=10), dt.timedelta(minutes=20)])


class Season(RuleBasedStateMachine):
    """Two points with three cards and two people each; people 1 and 3 are managers. People 0 and 1 stand at point 0."""

    hand_over_ids = Bundle("hand_over_ids")

    @initialize()
    def open_the_points(self) -> None:
        year = CardYear.objects.first() or years.open_year(2027, at=dt.datetime(2026, 11, 2, 9, 0, tzinfo=BRUSSELS))
        points = [make.point(), make.point()]
        self.desks: list[Desk] = [make.member(points[n // 2], is_manager=n % 2 == 1) for n in range(4)]
        self.cards: list[Card] = [
            make.card(make.person(year), at=points[n // CARDS_PER_POINT]) for n in range(2 * CARDS_PER_POINT)
        ]
        self.at = NOW
        # The model: who holds each card (the id of the hand-over), and what each id was for.
        self.holds: dict[int, uuid.UUID] = {}
        self.known: dict[uuid.UUID, tuple[int, int, dt.datetime]] = {}  # id → card, desk, moment
        self.undone: set[uuid.UUID] = set()
        self.clients: dict[int, Client] = {}

    def _point(self, card: int) -> int:
        return card // CARDS_PER_POINT

    def _expected(self, as_id: uuid.UUID, card: int, desk: int) -> str:
        """What marking must come to, by the model alone."""
        is_here = self._point(card) == desk // 2
        if as_id in self.known and is_here:
            return "replayed" if self.known[as_id][0] == card else "refused"
        if not is_here:
            return "refused"
        return "already" if card in self.holds else "accepted"

    def _remember(self, as_id: uuid.UUID, card: int, desk: int) -> None:
        self.known[as_id], self.holds[card] = (card, desk, self.at), as_id

    @rule(target=hand_over_ids, card=cards_drawn, desk=desks_drawn)
    def mark(self, card: int, desk: int) -> uuid.UUID:
        as_id = uuid.uuid4()
        self._mark(as_id, card, desk)
        return as_id

    @rule(as_id=hand_over_ids, card=cards_drawn, desk=desks_drawn)
    def mark_with_a_known_id(self, as_id: uuid.UUID, card: int, desk: int) -> None:
        self._mark(as_id, card, desk)

    def _mark(self, as_id: uuid.UUID, card: int, desk: int) -> None:
        expected, who = self._expected(as_id, card, desk), self.desks[desk]
        try:
            marked = hand_overs.mark(
                as_id,
                card_number=self.cards[card].number,
                desks={who.point.pk: who},
                by=who.user,
                at=self.at,
                evidence=Evidence.SCAN,
            )
            told = "accepted" if marked.is_new else "replayed"
        except hand_overs.AlreadyHandedOver as refused:
            told = "already" if refused.hand_over.pk == self.holds.get(card) else "somebody else's"
        except (hand_overs.NoSuchCard, hand_overs.IdReused):
            told = "refused"
        assert told == expected
        if told == "accepted":
            self._remember(as_id, card, desk)

    @rule(
        target=hand_over_ids,
        fresh=st.lists(cards_drawn, max_size=4),
        times=st.integers(1, 3),
        desk=desks_drawn,
        order=st.randoms(use_true_random=False),
    )
    def send_a_batch_several_times(self, fresh: list[int], times: int, desk: int, order: Any) -> uuid.UUID:
        sent = [(uuid.uuid4(), card) for card in fresh]
        client = self.clients.setdefault(desk, desk_api.by_token(self.desks[desk].user))
        for _ in range(times):
            shuffled = order.sample(sent, len(sent))
            expected: Counter[str] = Counter()
            for as_id, card in shuffled:
                outcome = self._expected(as_id, card, desk)
                expected[outcome] += 1
                if outcome == "accepted":
                    self._remember(as_id, card, desk)
                    self.known[as_id] = (card, desk, CLOCK)
            items = [item(self.cards[card], id=str(as_id)) for as_id, card in shuffled]

            told = post(client, "handovers/batch/", {"items": items}).json()

            assert (
                told["count"] == told["accepted"] + told["replayed"] + told["already"] + told["refused"] == len(items)
            )
            assert Counter({name: told[name] for name in expected}) == expected
        return sent[0][0] if sent else uuid.uuid4()

    @rule(as_id=hand_over_ids, desk=desks_drawn, has_reason=st.booleans(), later=late)
    def undo(self, as_id: uuid.UUID, desk: int, has_reason: bool, later: dt.timedelta) -> None:  # noqa: FBT001 -- hypothesis names it
        self.at += later
        who = self.desks[desk]
        try:
            hand_overs.undo(
                as_id, desks={who.point.pk: who}, by=who.user, at=self.at, reason="toch niet" if has_reason else ""
            )
            told = "undone"
        except hand_overs.NoSuchHandOver:
            told = "missing"
        except (hand_overs.UndoRefused, hand_overs.ReasonNeeded):
            told = "refused"
        assert told == self._undo_expected(as_id, desk, has_reason=has_reason)
        if told == "undone" and as_id not in self.undone:
            self.undone.add(as_id)
            del self.holds[self.known[as_id][0]]

    def _undo_expected(self, as_id: uuid.UUID, desk: int, *, has_reason: bool) -> str:
        if as_id not in self.known or self._point(self.known[as_id][0]) != desk // 2:
            return "missing"
        _, by, since = self.known[as_id]
        if as_id in self.undone or (by == desk and self.at - since <= dt.timedelta(minutes=15)):
            return "undone"
        return "undone" if desk % 2 == 1 and has_reason else "refused"

    @invariant()
    def each_state_has_exactly_one_history(self) -> None:
        mine = [card.pk for card in self.cards]
        states = dict(Card.objects.filter(pk__in=mine).values_list("pk", "state"))
        events: dict[int, list[tuple[str, uuid.UUID]]] = {pk: [] for pk in mine}
        for pk, kind, about in (
            CardEvent.objects.filter(card__in=mine).order_by("id").values_list("card", "kind", "hand_over")
        ):
            events[pk].append((kind, about))
        hand_overs_made = dict(HandOver.objects.filter(card__in=mine).values_list("pk", "undone_at"))
        # Every hand-over is one that was accepted, and stands until it was undone.
        assert set(hand_overs_made) == set(self.known)
        standing = {pk for pk, undone_at in hand_overs_made.items() if undone_at is None}
        assert standing == set(self.holds.values())
        for number, pk in enumerate(mine):
            is_gone = number in self.holds
            assert states[pk] == (CardState.HANDED_OVER if is_gone else CardState.ISSUED)
            # Given and taken back, in turns, each pair about the same hand-over.
            kinds = itertools.cycle(["handed_over", "undone"])
            assert [kind for kind, _ in events[pk]] == list(itertools.islice(kinds, len(events[pk])))
            told = [hand_over for _, hand_over in events[pk]]
            assert told[: len(told) // 2 * 2 : 2] == told[1::2]
            assert told[len(told) // 2 * 2 :] == ([self.holds[number]] if is_gone else [])


@pytest.mark.django_db
def test_hand_overs_whatever_the_order_t14_t19() -> None:
    with time_machine.travel(CLOCK, tick=False):
        run_state_machine_as_test(
            Season,
            settings=settings(
                max_examples=40,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
            ),
        )
