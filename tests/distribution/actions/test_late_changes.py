"""Deciding about what changed since freezing: once, counted, written down; and what was left comes back only as another change."""

import datetime as dt

import pytest
from django.db.models import Q

from distribution.actions import cards, freeze, late_changes, run
from distribution.actions.late_changes import Given, ListChanged, MayNotBeLeft
from distribution.enums import AssignedBy, CardEventKind
from distribution.models import Card, CardEvent, CardYear, PendingChange, Transfer, YearEvent
from distribution.queries import pending_changes
from pickup_points.models import PickupPoint, PointYear, ServedPostcode, User
from tests import make
from tests.distribution import settled
from tests.distribution.actions.populations import Human, Job, settle

pytestmark = pytest.mark.django_db
Kind = PendingChange.Kind
ON = dt.date(2026, 11, 15)
LEFT = Job(ends_on=dt.date(2026, 6, 30))


def go(card_year: CardYear, now: dt.datetime) -> dict[str, int]:
    """Look again; what asks for a decision."""
    run.run(card_year, on=ON, at=now)
    return pending_changes.count(card_year)


@pytest.fixture
def klasse() -> User:
    return make.new_user()


@pytest.fixture
def there(card_year: CardYear) -> PickupPoint:
    """Ten cards are frozen, five of them at a point; then four leave, and the six others should lie here."""
    here = make.point("hier", year=2027, serves="9000")
    nowhere = [Human(postcode="4000") for _ in range(5)]
    now = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
    settle(card_year, [*nowhere, *(Human() for _ in range(5))])
    go(card_year, now)
    freeze.freeze(card_year, at=now)
    assert Card.objects.filter(pickup_point=here).count() == 5
    settle(card_year, [*nowhere, Human(postcode="4000"), *(Human(jobs=(LEFT,)) for _ in range(4))])
    there = make.point("daar", year=2027, serves="4000")
    assert go(card_year, now) == {"new": 0, "withdrawn": 4, "moved": 6, "channel": 0}
    return there


def test_what_is_left_asks_nothing_more_and_stays_left_when_one_looks_again(
    card_year: CardYear, there: PickupPoint, klasse: User, now: dt.datetime
) -> None:
    before = list(Card.objects.order_by("pk").values_list())

    left = [late_changes.leave(card_year, kind=Kind.WITHDRAWN, expected=4, by=klasse, at=now) for _ in range(2)]

    assert left == [4, 0]
    assert (
        go(card_year, now) == pending_changes.count(card_year) == {"new": 0, "withdrawn": 0, "moved": 6, "channel": 0}
    )
    assert list(Card.objects.order_by("pk").values_list()) == before
    event = YearEvent.objects.get(kind="changes_left")
    assert (event.by, event.at, event.summary) == (klasse, now, {"kind": "withdrawn", "changes": 4})
    assert [(one.kind, one.cards, one.at) for one in pending_changes.left(card_year)] == [("withdrawn", 4, now)]
    assert len(list(pending_changes.rows(card_year))) == 6
    # The run itself still tells how many have a card and no right to it.
    assert run.run(card_year, on=ON, at=now).would_change["withdrawn"] == 4


def test_what_was_left_comes_back_when_it_becomes_another_change(
    card_year: CardYear, there: PickupPoint, klasse: User, now: dt.datetime
) -> None:
    late_changes.leave(card_year, kind=Kind.MOVED, expected=6, by=klasse, at=now)
    assert go(card_year, now)["moved"] == 0

    elsewhere = make.point("elders", year=2027)
    ServedPostcode.objects.filter(postcode="4000").update(point=elsewhere)

    assert go(card_year, now)["moved"] == 6


def test_what_was_left_can_be_taken_up_again(
    card_year: CardYear, there: PickupPoint, klasse: User, now: dt.datetime
) -> None:
    late_changes.leave(card_year, kind=Kind.WITHDRAWN, expected=4, by=klasse, at=now)

    taken = [late_changes.take_up(card_year, kind=Kind.WITHDRAWN, expected=4, by=klasse, at=now) for _ in range(2)]

    assert taken == [4, 0]
    assert pending_changes.count(card_year)["withdrawn"] == 4
    assert YearEvent.objects.filter(kind="changes_taken_up").count() == 1


def test_who_is_newly_entitled_is_not_left_without_a_card(card_year: CardYear, klasse: User, now: dt.datetime) -> None:
    PendingChange.objects.create(card_year=card_year, person=make.person(card_year), kind=Kind.NEW)

    with pytest.raises(MayNotBeLeft):
        late_changes.leave(card_year, kind=Kind.NEW, expected=1, by=klasse, at=now)

    assert pending_changes.count(card_year)["new"] == 1


def test_of_a_list_that_changed_meanwhile_nothing_is_decided(
    card_year: CardYear, there: PickupPoint, klasse: User, now: dt.datetime
) -> None:
    events = YearEvent.objects.count()

    with pytest.raises(ListChanged):
        late_changes.leave(card_year, kind=Kind.WITHDRAWN, expected=3, by=klasse, at=now)
    with pytest.raises(ListChanged):
        late_changes.give_points(card_year, expected=5, by=klasse, at=now)

    assert pending_changes.count(card_year) == {"new": 0, "withdrawn": 4, "moved": 6, "channel": 0}
    assert (YearEvent.objects.count(), CardEvent.objects.count(), Transfer.objects.count()) == (events, 0, 0)


def test_moves_are_carried_out_at_once_and_plastic_at_a_point_is_asked_for(
    card_year: CardYear, there: PickupPoint, klasse: User, now: dt.datetime
) -> None:
    moves = pending_changes.moves(card_year)

    given = [late_changes.give_points(card_year, expected=6, by=klasse, at=now) for _ in range(2)]

    assert (moves.cards, moves.plastic, moves.points) == (6, 1, 1)
    assert [(one.assigned, one.asked, one.stayed) for one in given] == [(5, 1, 0), (0, 0, 0)]
    assert Card.objects.filter(pickup_point=there, assigned_by=AssignedBy.OFFICE).count() == 5
    asked = Transfer.objects.get()
    assert (asked.from_point.code, asked.to_point, asked.requested_by, asked.sent_at) == ("hier", there, klasse, None)
    kinds = [CardEventKind.ASSIGNED] * 5 + [CardEventKind.REQUESTED]
    assert sorted(CardEvent.objects.filter(by=klasse, at=now, to_point=there).values_list("kind", flat=True)) == kinds
    event = YearEvent.objects.get(kind="changes_carried_out")
    assert (event.by, event.summary) == (klasse, {"assigned": 5, "asked": 1, "stayed": 0})
    # Nothing of it asks for a decision, now or when one looks again.
    assert pending_changes.count(card_year)["moved"] == go(card_year, now)["moved"] == 0


def test_a_card_that_cannot_go_stays_on_the_list_and_one_that_was_fetched_leaves_it(
    card_year: CardYear, there: PickupPoint, klasse: User, now: dt.datetime
) -> None:
    plastic = Card.objects.filter(person__postcode="4000", pickup_point__isnull=False).get()
    desk = make.member(PickupPoint.objects.get(code="hier"))
    settled.handed_over([plastic], desk=desk, at=now)
    PointYear.objects.filter(point=there).update(stopped_at=now, stopped_by=klasse, followed_by=desk.point)

    given = late_changes.give_points(card_year, expected=6, by=klasse, at=now)

    assert given == Given(assigned=0, asked=0, stayed=5)
    assert YearEvent.objects.filter(kind="changes_carried_out").count() == 0


def test_a_card_on_its_way_already_is_not_asked_for_again(
    card_year: CardYear, there: PickupPoint, klasse: User, now: dt.datetime
) -> None:
    plastic = Card.objects.filter(person__postcode="4000", pickup_point__isnull=False).get()
    cards.assign(plastic, to=make.point("elders", year=2027), by=klasse, at=now)
    PendingChange.objects.filter(person=plastic.person_id).update(left_at=None, left_by=None)

    given = late_changes.give_points(card_year, expected=6, by=klasse, at=now)

    assert (given.assigned, given.asked, given.stayed) == (5, 0, 1)
    assert Transfer.objects.count() == 1


def test_a_person_who_is_given_a_point_alone_or_in_a_group_asks_nothing_more(
    card_year: CardYear, there: PickupPoint, klasse: User, now: dt.datetime
) -> None:
    plastic = Card.objects.filter(person__postcode="4000", pickup_point__isnull=False).get()
    first = Card.objects.filter(pickup_point=None).first()
    assert first is not None

    cards.assign(plastic, to=there, by=klasse, at=now)
    after_plastic = pending_changes.count(card_year)["moved"]
    cards.assign(first, to=there, by=klasse, at=now)
    after_one = pending_changes.count(card_year)["moved"]
    cards.assign_group(card_year, people=Q(person__postcode="4000"), to=there, by=klasse, at=now)

    assert (after_plastic, after_one, pending_changes.count(card_year)["moved"]) == (5, 4, 0)
