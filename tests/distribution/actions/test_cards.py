"""A point chosen by Klasse, for one card or for a whole group."""

import datetime as dt
from typing import Any

import pytest
from django.db.models import Q

from distribution.actions import cards, run, transfers
from distribution.enums import (
    AssignedBy,
    CardEventKind,
    CardState,
    Channel,
)
from distribution.models import (
    Card,
    CardEvent,
    CardYear,
    Transfer,
    YearEvent,
)
from pickup_points.desks import Desk
from pickup_points.models import PointYear, User
from tests import make
from tests.conftest import BRUSSELS
from tests.distribution import settled
from tests.distribution.office_year import IN_SEASON
from tests.distribution.void_plastic import collected, mark, stock

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_assign_gives_a_loose_card_a_point_that_the_next_run_keeps(
    card_year: CardYear, gent: Desk, aalst: Desk, office: User
) -> None:
    person = make.person(card_year, postcode="9000")
    make.appointment(person)
    card = make.card(person, at=gent.point)

    assert cards.assign(card, to=aalst.point, by=office, at=IN_SEASON) is None
    run.run(card_year, on=dt.date(2026, 11, 20), at=IN_SEASON)

    card.refresh_from_db()
    assert (card.pickup_point, card.assigned_by) == (aalst.point, AssignedBy.OFFICE)
    told = [(e.kind, e.by, e.from_point, e.to_point) for e in CardEvent.objects.filter(card=card)]
    assert told == [(CardEventKind.ASSIGNED, office, gent.point, aalst.point)]


def test_assign_printed_plastic_that_lies_at_a_point_asks_for_it(
    card_year: CardYear, gent: Desk, aalst: Desk, office: User
) -> None:
    (card,) = settled.cards(card_year, 1, at=gent.point)
    settled.printed(card_year)

    asked = cards.assign(card, to=aalst.point, by=office, at=IN_SEASON)

    card.refresh_from_db()
    assert asked == Transfer.objects.get()
    assert (asked.from_point, asked.to_point, asked.requested_by, asked.sent_at) == (
        gent.point,
        aalst.point,
        office,
        None,
    )
    assert card.pickup_point == gent.point
    with pytest.raises(transfers.AlreadyOnItsWay):
        cards.assign(card, to=aalst.point, by=office, at=IN_SEASON)


def test_assign_printed_plastic_that_lay_nowhere_comes_by_itself_and_in_no_box(
    card_year: CardYear, gent: Desk, office: User
) -> None:
    settled.cards(card_year, 4, at=gent.point)
    card = make.card(make.person(card_year))
    settled.printed(card_year)

    cards.assign(card, to=gent.point, by=office, at=IN_SEASON)

    assert stock(card_year, gent.point) == (4, 1, 0, 0, 0)
    mark(card, gent)
    assert collected(card_year, gent, left=4) == (1, 0)


def test_assign_before_freezing_comes_in_the_box(card_year: CardYear, gent: Desk, office: User) -> None:
    card = make.card(make.person(card_year))

    cards.assign(card, to=gent.point, by=office, at=dt.datetime(2026, 11, 19, 12, 0, tzinfo=BRUSSELS))
    settled.printed(card_year)

    assert stock(card_year, gent.point) == (1, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"channel": Channel.SUBSCRIPTION}, cards.GoesByPost),
        ({"state": CardState.WITHDRAWN, "withdrawn_at": IN_SEASON}, transfers.CardDoesNotWait),
        ({"state": CardState.HANDED_OVER, "handed_over_at": IN_SEASON}, transfers.CardDoesNotWait),
    ],
)
def test_assign_refuses_a_card_that_nobody_fetches(
    fields: dict[str, Any], refusal: type[Exception], card_year: CardYear, gent: Desk, office: User
) -> None:
    card = make.card(make.person(card_year), **fields)

    with pytest.raises(refusal):
        cards.assign(card, to=gent.point, by=office, at=IN_SEASON)

    assert (CardEvent.objects.count(), Card.objects.get().pickup_point) == (0, None)


def test_assign_refuses_a_point_that_stopped_or_where_it_lies(card_year: CardYear, gent: Desk, office: User) -> None:
    card = make.card(make.person(card_year), at=gent.point)
    stopped = make.point(year=2027)
    PointYear.objects.filter(point=stopped).update(stopped_at=IN_SEASON, stopped_by=office, followed_by=gent.point)

    with pytest.raises(cards.AlreadyThere):
        cards.assign(card, to=gent.point, by=office, at=IN_SEASON)
    with pytest.raises(cards.NotTakingPart):
        cards.assign(card, to=stopped, by=office, at=IN_SEASON)
    with pytest.raises(cards.NotTakingPart):
        cards.assign(card, to=make.point(), by=office, at=IN_SEASON)


def test_assign_group_takes_who_lives_there_and_has_no_point(
    card_year: CardYear, gent: Desk, aalst: Desk, office: User
) -> None:
    brugge = [make.card(make.person(card_year, postcode="8000")) for _ in range(3)]
    elsewhere = make.card(make.person(card_year, postcode="8400"))
    placed = make.card(make.person(card_year, postcode="8000"), at=aalst.point)
    gone = make.card(make.person(card_year, postcode="8000"), state=CardState.WITHDRAWN, withdrawn_at=IN_SEASON)

    people = Q(person__country="BE", person__postcode="8000")
    number = cards.assign_group(card_year, people=people, to=gent.point, by=office, at=IN_SEASON)

    assert number == 3
    assert set(Card.objects.filter(pickup_point=gent.point, assigned_by=AssignedBy.OFFICE)) == set(brugge)
    assert [Card.objects.get(pk=one.pk).pickup_point for one in (elsewhere, placed, gone)] == [None, aalst.point, None]
    assert set(CardEvent.objects.values_list("card", "kind", "by")) == {(c.pk, "assigned", office.pk) for c in brugge}
    event = YearEvent.objects.get(kind="assigned")
    assert (event.by, event.summary) == (office, {"point": "gent", "cards": 3})
    with pytest.raises(cards.NobodyWaits):
        cards.assign_group(card_year, people=people, to=gent.point, by=office, at=IN_SEASON)


def test_assign_group_takes_someone_of_two_schools_once(card_year: CardYear, gent: Desk, office: User) -> None:
    person = make.person(card_year, postcode="8000")
    make.appointment(person, institution_number="111111")
    make.appointment(person, institution_number="111111", level="secundair")
    make.card(person)

    people = Q(person__appointments__institution_number="111111")
    assert cards.assign_group(card_year, people=people, to=gent.point, by=office, at=IN_SEASON) == 1
    assert CardEvent.objects.count() == 1
