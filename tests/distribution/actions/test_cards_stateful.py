"""Cards by hand whatever the order: chosen, moved, replaced, handed over, undone, printed again; the stock always closes.

After every step everyone has one card, no number was ever given twice, no old number goes out of a point, and
what was sent less what is left is what was marked.
"""

import datetime as dt
import uuid
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from distribution.actions import cards, freeze, hand_overs, transfers, years
from distribution.enums import CardState, Evidence, VoidReason
from distribution.errors import DistributionError
from distribution.models import Card, CardYear, HandOver, Transfer, VoidedNumber, YearEvent
from distribution.models.transfer import OPEN
from distribution.queries import plastic, settlements
from pickup_points.desks import Desk
from tests import make
from tests.conftest import BRUSSELS
from tests.distribution import office_year
from tests.distribution.office_year import IN_SEASON

CARDS, POINTS = 4, 2
which_card, which_point = st.integers(0, CARDS - 1), st.integers(0, POINTS - 1)


class Hands(RuleBasedStateMachine):
    """Two points and four people; the last one's card lies nowhere when it is printed."""

    @initialize()
    def print_the_season(self) -> None:
        self.year = CardYear.objects.first() or years.open_year(
            2027, at=dt.datetime(2026, 11, 2, 9, 0, tzinfo=BRUSSELS)
        )
        # Above what the builders number; each example goes on where the one before it stopped.
        CardYear.objects.filter(pk=self.year.pk, last_sequence=0).update(last_sequence=700_000)
        self.desks: list[Desk] = [make.member(make.point(year=self.year.year), is_manager=True) for _ in range(POINTS)]
        self.office = office_year.klasse()
        self.at = IN_SEASON
        made = [
            make.card(make.person(self.year), at=None if n == CARDS - 1 else self.desks[n % POINTS].point)
            for n in range(CARDS)
        ]
        self.cards = [card.pk for card in made]
        self.print_what_is_new()

    def card(self, place: int) -> Card:
        return Card.objects.select_related("pickup_point").get(pk=self.cards[place])

    def later(self) -> dt.datetime:
        self.at += dt.timedelta(minutes=1)
        return self.at

    @rule()
    def print_what_is_new(self) -> None:
        batch = freeze.freeze(self.year, at=self.later())
        summary = {"batch": batch.number, "box_size": 3}
        if not YearEvent.objects.filter(kind="print_run_written", summary__batch=batch.number).exists():
            YearEvent.objects.create(card_year=self.year, kind="print_run_written", at=self.later(), summary=summary)

    @rule(card=which_card, point=which_point)
    def choose_a_point(self, card: int, point: int) -> None:
        before = self.card(card)
        try:
            cards.assign(before, to=self.desks[point].point, by=self.office, at=self.later())
        except (cards.AlreadyThere, transfers.CardDoesNotWait, transfers.AlreadyOnItsWay):
            assert not before.batch_id or before.pickup_point_id

    @rule()
    def every_transfer_arrives(self) -> None:
        by_point = {desk.point.pk: desk for desk in self.desks}
        for there in Transfer.objects.filter(OPEN, card__in=self.cards):
            sender, receiver = by_point[there.from_point_id], by_point[there.to_point_id]
            transfers.send(there.pk, desk=sender, by=sender.user, at=self.later())
            transfers.receive(there.pk, desk=receiver, by=receiver.user, at=self.later())

    @rule(card=which_card, reason=st.sampled_from(VoidReason))
    def replace(self, card: int, reason: VoidReason) -> None:
        try:
            cards.replace(self.card(card), reason=reason, reference="PV 1", by=self.office, at=self.later())
        except cards.CardNotPrinted:
            assert self.card(card).batch is None

    @rule(card=which_card)
    def hand_over(self, card: int) -> None:
        found = self.card(card)
        waits = found.state == CardState.ISSUED and found.pickup_point and found.batch_id
        assert (self._mark(found.number) == "done") == bool(waits)

    @rule(card=which_card)
    def hand_over_an_old_number(self, card: int) -> None:
        for old in VoidedNumber.objects.filter(card=self.cards[card]):
            assert self._mark(old.number) in {"card_not_valid", "not_found"}

    def _mark(self, number: str) -> str:
        at = self.later()
        desks = {desk.point.pk: desk for desk in self.desks}
        try:
            hand_overs.mark(
                uuid.uuid4(), card_number=number, desks=desks, by=self.desks[0].user, at=at, evidence=Evidence.SCAN
            )
        except DistributionError as refused:
            return refused.code
        return "done"

    @rule(card=which_card)
    def undo(self, card: int) -> None:
        latest = HandOver.objects.filter(card=self.cards[card], undone_at=None).order_by("recorded_at").last()
        if latest is None:
            return
        desks = {desk.point.pk: desk for desk in self.desks}
        try:
            hand_overs.undo(latest.pk, desks=desks, by=latest.by, at=self.later(), reason="toch niet")
        except hand_overs.UndoRefused:
            assert latest.voided_id is not None

    @invariant()
    def everyone_has_one_card_and_no_number_comes_back(self) -> None:
        if not hasattr(self, "cards"):
            return
        now = list(Card.objects.filter(pk__in=self.cards).values_list("person", "number"))
        old = list(VoidedNumber.objects.filter(card__in=self.cards).values_list("number", flat=True))
        assert len({person for person, _ in now}) == len(now) == CARDS
        assert [number for number, times in Counter([*old, *(number for _, number in now)]).items() if times > 1] == []

    @invariant()
    def the_stock_closes(self) -> None:
        if not hasattr(self, "cards"):
            return
        stocks = plastic.stocks([self.year.pk])
        mine = {desk.point.pk for desk in self.desks}
        assert [n for (_, key), one in stocks.items() if key in mine for n in one.sent.values() if n < 0] == []
        for desk in self.desks:
            tally = settlements.tally(self.year, point=desk.point)
            assert min(tally.sent, tally.came_in, tally.went_out, tally.void, tally.marked) >= 0
            left = Card.objects.filter(pickup_point=desk.point, state=CardState.ISSUED, batch__isnull=False).count()
            arrived = tally.sent + tally.came_in - tally.went_out - tally.void
            assert arrived - left == tally.marked
        fetched = HandOver.objects.filter(card__in=self.cards, undone_at=None).values("card").distinct().count()
        assert sum(settlements.tally(self.year, point=desk.point).marked for desk in self.desks) == fetched


@pytest.mark.django_db
def test_cards_by_hand_whatever_the_order() -> None:
    run_state_machine_as_test(
        Hands,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )
