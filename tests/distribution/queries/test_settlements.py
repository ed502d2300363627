"""What the settlement stands on, from the tables: sent, moved, void, marked, counted."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from distribution.actions import hand_overs, settlements
from distribution.enums import CardState, Marking
from distribution.models import Card, CardYear, Transfer
from distribution.queries import settlements as queries
from distribution.rules import reconciliation_total
from distribution.rules.reconciliation import Counts, Tolerance
from pickup_points.models import PointYear
from tests import make
from tests.distribution import settled

pytestmark = pytest.mark.django_db


def tally(card_year: CardYear, point: Any) -> queries.PointTally:
    """Of one point; and asked for with all points at once, it is the same."""
    alone = queries.tally(card_year, point=point)
    among = queries.tallies(card_year)[point.pk]
    assert (alone.counts, alone.boxes) == (among.counts, among.boxes)
    return alone


def test_tally_of_a_point_where_nothing_happened(card_year: CardYear) -> None:
    point = make.point(year=2027)

    found = tally(card_year, point)

    assert found.counts == Counts(sent=0, is_receipt_whole=False)
    assert (found.left_over, found.marking, found.settlement) == (None, None, None)


def test_tally_counts_only_what_was_printed_for_pickup(card_year: CardYear) -> None:
    point = make.point(year=2027)
    settled.cards(card_year, 45, at=point)
    make.card(make.person(card_year), channel="subscription")
    settled.printed(card_year)
    settled.cards(card_year, 3, at=point)

    found = tally(card_year, point)

    assert [(box.number, box.cards) for box in found.boxes] == [(1, 20), (2, 20), (3, 5)]
    assert found.sent == 45


def test_tally_knows_a_late_addition_as_boxes_of_its_own(card_year: CardYear) -> None:
    point = make.point(year=2027)
    settled.cards(card_year, 45, at=point)
    settled.printed(card_year)
    settled.cards(card_year, 3, at=point)
    make.batch(card_year, 2)

    found = tally(card_year, point)

    assert [(box.number, box.batch, box.on_label, box.cards) for box in found.boxes] == [
        (1, 1, 1, 20),
        (2, 1, 2, 20),
        (3, 1, 3, 5),
        (4, 2, 1, 3),
    ]


def test_boxes_follow_the_latest_print_run(card_year: CardYear) -> None:
    point = make.point(year=2027)
    settled.cards(card_year, 45, at=point)
    settled.printed(card_year, box_size=20)
    make.person(card_year)
    settled.printed(card_year, number=2)  # nothing loose: an empty batch changes no box of the first

    assert [box.cards for box in tally(card_year, point).boxes] == [20, 20, 5]


def test_a_transferred_card_was_sent_to_where_it_came_from(card_year: CardYear, now: dt.datetime) -> None:
    here, there = (make.member(make.point(year=2027)) for _ in range(2))
    cards = settled.cards(card_year, 10, at=here.point)
    settled.cards(card_year, 4, at=there.point)
    settled.printed(card_year)
    settled.transferred(cards[:3], sender=here, receiver=there, at=now)
    settled.transferred(cards[:1], sender=there, receiver=here, at=now)  # and one came back

    assert tally(card_year, here.point).counts == Counts(sent=10, came_in=1, went_out=3, is_receipt_whole=False)
    assert tally(card_year, there.point).counts == Counts(sent=4, came_in=3, went_out=1, is_receipt_whole=False)


def test_a_transfer_on_its_way_counts_nowhere(card_year: CardYear, now: dt.datetime) -> None:
    here, there = (make.member(make.point(year=2027)) for _ in range(2))
    [card] = settled.cards(card_year, 1, at=here.point)
    settled.printed(card_year)
    Transfer.objects.create(
        card=card, from_point=here.point, to_point=there.point, requested_at=now, requested_by=there.user,
        sent_at=now, sent_by=here.user,
    )  # fmt: skip

    assert (tally(card_year, here.point).went_out, tally(card_year, there.point).came_in) == (0, 0)


def test_void_cards_lie_there_unless_the_print_run_left_them_out(card_year: CardYear, now: dt.datetime) -> None:
    point = make.point(year=2027)
    cards = settled.cards(card_year, 10, at=point)
    settled.printed(card_year)
    before = settled.PRINTED_AT - dt.timedelta(hours=1)
    Card.objects.filter(pk=cards[0].pk).update(state=CardState.WITHDRAWN, withdrawn_at=before)
    Card.objects.filter(pk=cards[1].pk).update(state=CardState.WITHDRAWN, withdrawn_at=now)
    Card.objects.filter(pk=cards[2].pk).update(state=CardState.VOID)

    assert tally(card_year, point).counts == Counts(sent=9, void=2, is_receipt_whole=False)


def test_marks_are_the_hand_overs_that_stand_at_the_point(card_year: CardYear, now: dt.datetime) -> None:
    here, there = (make.member(make.point(year=2027)) for _ in range(2))
    cards = settled.cards(card_year, 6, at=here.point)
    settled.printed(card_year)
    keys = settled.handed_over(cards[:4], desk=here, at=now)
    hand_overs.undo(keys[0], desks={here.point.pk: here}, by=here.user, at=now)
    settled.transferred(cards[5:], sender=here, receiver=there, at=now)
    settled.handed_over(cards[5:], desk=there, at=now)

    assert (tally(card_year, here.point).marked, tally(card_year, there.point).marked) == (3, 1)


def test_counts_and_statements_of_the_point_alone(card_year: CardYear, now: dt.datetime) -> None:
    mine, other = (make.member(make.point(year=2027), is_manager=True) for _ in range(2))
    for desk in (mine, other):
        settled.cards(card_year, 30, at=desk.point)
    settled.printed(card_year)
    settlements.receive(card_year, desk=other, counted=7, box=1, at=now)
    settlements.receive(card_year, desk=mine, counted=18, box=1, at=now)
    settlements.receive(card_year, desk=mine, counted=19, box=1, at=now + dt.timedelta(minutes=1))
    settlements.count_left_over(card_year, desk=mine, counted=12, seen=0, tolerance=Tolerance(), at=now)
    settlements.say_marking(card_year, desk=mine, marking=Marking.NOTHING, at=now)
    settlements.say_marking(card_year, desk=mine, marking=Marking.PARTIAL, at=now)
    settlements.say_cards(card_year, desk=mine, cards=4, text="naar school", seen=0, at=now)
    wrong = settlements.say_cards(card_year, desk=mine, cards=40, text="vergist", seen=1, at=now)
    settlements.take_back(card_year, desk=mine, statement_id=wrong.pk, at=now)

    found = tally(card_year, mine.point)

    assert found.counts == Counts(
        sent=30, received=29, is_receipt_whole=False, left_over=12, stated=4, marking=Marking.PARTIAL
    )
    assert [one.counted for one in found.received_counts] == [18, 19]


def test_points_of_the_year_are_all_there(card_year: CardYear) -> None:
    taking_part, not_any_more, elsewhere = make.point(year=2027), make.point(), make.point(year=2026)
    settled.cards(card_year, 1, at=not_any_more)
    settled.printed(card_year)

    assert set(queries.tallies(card_year)) == {taking_part.pk, not_any_more.pk}
    assert elsewhere.pk not in queries.tallies(card_year)


def test_as_many_questions_for_one_point_as_for_three(
    card_year: CardYear, now: dt.datetime, django_assert_num_queries: Any
) -> None:
    for number in (1, 2, 3):
        desk = make.member(make.point(year=2027), is_manager=True)
        cards = settled.cards(card_year, 5, at=desk.point)
        settled.printed(card_year, number=number)
        settled.handed_over(cards[:2], desk=desk, at=now)
        settlements.receive(card_year, desk=desk, counted=5, at=now)

    with django_assert_num_queries(12):
        everyone = queries.tallies(card_year)
    with django_assert_num_queries(11):
        queries.tally(card_year, point=desk.point)

    assert [one.counts.received for one in everyone.values()] == [5, 5, 5]


def test_points_are_those_of_the_totals(card_year: CardYear, now: dt.datetime, django_assert_num_queries: Any) -> None:
    gent, hasselt = (
        make.member(make.point(year=2027, postcode=postcode), is_manager=True) for postcode in ("9000", "3500")
    )
    for desk in (gent, hasselt):
        cards = settled.cards(card_year, 30, at=desk.point)
        settled.printed(card_year, number=1 + (desk is hasselt))
        settled.handed_over(cards[:10], desk=desk, at=now)
    settlements.count_left_over(card_year, desk=gent, counted=19, seen=0, tolerance=Tolerance(), at=now)

    with django_assert_num_queries(13):
        found = queries.points(card_year, tolerance=Tolerance())

    assert [(one.key, one.province, one.figures.best, one.figures.upper) for one in found] == [
        (gent.point.pk, "Oost-Vlaanderen", 11, 11),
        (hasselt.point.pk, "Limburg", None, 30),
    ]
    whole = reconciliation_total.total(found, reconciliation_total.estimates(found))
    assert (whole.cards, whole.lower, whole.upper, whole.best, whole.counted_share) == (60, 20, 41, None, 0.5)


def test_days_of_the_season(card_year: CardYear) -> None:
    desk = make.member(make.point(year=2027))
    cards = settled.cards(card_year, 7, at=desk.point)
    settled.printed(card_year)
    # Half past midnight on 1 February in Brussels is still January in Greenwich.
    midnight = dt.datetime(2027, 1, 31, 23, 30, tzinfo=dt.UTC)
    settled.handed_over(cards[:2], desk=desk, at=dt.datetime(2027, 1, 12, 9, 0, tzinfo=dt.UTC))
    settled.handed_over(cards[2:5], desk=desk, at=midnight)
    settled.handed_over(cards[5:], desk=desk, at=dt.datetime(2027, 4, 1, 9, 0, tzinfo=dt.UTC))

    found = queries.days(card_year, point=desk.point)

    assert found == queries.Days(
        busiest=(dt.date(2027, 2, 1), 3),
        months=(
            (dt.date(2027, 1, 1), 2),
            (dt.date(2027, 2, 1), 3),
            (dt.date(2027, 3, 1), 0),
            (dt.date(2027, 4, 1), 2),
        ),
    )


def test_days_of_a_season_without_marks(card_year: CardYear) -> None:
    assert queries.days(card_year, point=make.point(year=2027)) == queries.Days(None, ())


def test_last_day_is_the_point_s_own_when_it_has_one(card_year: CardYear) -> None:
    point = make.point(year=2027)
    assert queries.last_day(card_year, point=point) == dt.date(2027, 7, 10)

    PointYear.objects.filter(point=point).update(collect_until=dt.date(2027, 6, 30))
    assert queries.last_day(card_year, point=point) == dt.date(2027, 6, 30)


def test_current_year(card_year: CardYear) -> None:
    assert queries.current_year(timezone.localdate()) == card_year
