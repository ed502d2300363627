"""Transfers: a card goes to another point once, both ends say so, and the card lies where it was until it arrived."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import IntegrityError

from distribution.actions import hand_overs, transfers
from distribution.enums import AssignedBy, CardEventKind, CardState, Channel, Evidence, Outcome
from distribution.errors import DistributionError
from distribution.models import Card, CardEvent, CardYear, Transfer
from distribution.queries import lookup
from pickup_points.desks import Desk
from tests import make
from tests.conftest import NOW

LATER = NOW + dt.timedelta(days=1)


@dataclass(frozen=True)
class Points:
    """A card at `here`; the teacher stands at `there`; `third` has nothing to do with it."""

    card: Card
    here: Desk
    there: Desk
    third: Desk


@pytest.fixture
def points(card_year: CardYear) -> Points:
    CardYear.objects.filter(pk=card_year.pk).update(last_run_at=NOW, reference_date=NOW.date())
    here, there, third = (make.member(make.point(year=2027)) for _ in range(3))
    return Points(make.card(make.person(card_year), at=here.point), here, there, third)


def _request(points: Points, *, to: Desk | None = None) -> Transfer:
    desk = to or points.there
    return transfers.request(card_number=points.card.number, to=desk, by=desk.user, at=NOW)


def _send(points: Points, made: Transfer) -> Transfer:
    return transfers.send(made.pk, desk=points.here, by=points.here.user, at=NOW)


def _receive(points: Points, made: Transfer) -> Transfer:
    return transfers.receive(made.pk, desk=points.there, by=points.there.user, at=LATER)


def _stop(made: Transfer, desk: Desk, reason: str = "De kaart is hier niet") -> Transfer:
    return transfers.stop(made.pk, desk=desk, by=desk.user, at=LATER, reason=reason)


def _told() -> list[tuple[str, int | None, int | None, int | None]]:
    """Every event: what, from where, to where, by whom."""
    return list(CardEvent.objects.order_by("pk").values_list("kind", "from_point_id", "to_point_id", "by_id"))


def _stands() -> tuple[object, ...]:
    """All that may not change when something is refused."""
    return (
        list(Card.objects.order_by("pk").values_list("state", "pickup_point_id", "assigned_by")),
        list(Transfer.objects.order_by("pk").values_list("pk", "sent_at", "received_at", "ended_at", "end_reason")),
        _told(),
    )


def test_request_leaves_the_card_where_it_is(points: Points) -> None:
    made = _request(points)

    points.card.refresh_from_db()
    assert points.card.pickup_point == points.here.point
    assert (made.from_point, made.to_point, made.requested_at, made.sent_at) == (
        points.here.point, points.there.point, NOW, None,
    )  # fmt: skip
    assert _told() == [(CardEventKind.REQUESTED, points.here.point.pk, points.there.point.pk, points.there.user.pk)]


def test_a_card_arrives_where_it_was_asked(points: Points) -> None:
    made = _request(points)
    _send(points, made)
    before = Card.objects.get().pickup_point_id

    arrived = _receive(points, made)

    card = Card.objects.get()
    ends = (points.here.point.pk, points.there.point.pk)
    assert before == points.here.point.pk
    assert (card.pickup_point_id, card.state, card.assigned_by) == (ends[1], CardState.ISSUED, AssignedBy.OFFICE)
    assert (arrived.sent_at, arrived.sent_by, arrived.received_at, arrived.received_by) == (
        NOW, points.here.user, LATER, points.there.user,
    )  # fmt: skip
    assert _told() == [
        (CardEventKind.REQUESTED, *ends, points.there.user.pk),
        (CardEventKind.SENT, *ends, points.here.user.pk),
        (CardEventKind.TRANSFERRED, *ends, points.there.user.pk),
    ]


def test_the_public_answer_names_the_old_point_until_the_card_arrived(points: Points) -> None:
    asked = lookup.season(NOW.date()).year
    assert asked is not None

    def place() -> tuple[Outcome, str]:
        answer = lookup.find(asked, points.card.person.staff_number, postcode=None, at=NOW)
        return answer.outcome, answer.place.code if answer.place else ""

    heard = [place()]
    made = _request(points)
    heard.append(place())
    _send(points, made)
    heard.append(place())
    _receive(points, made)
    heard.append(place())

    old, new = points.here.point.code, points.there.point.code
    assert heard == [(Outcome.AT_PICKUP_POINT, code) for code in (old, old, old, new)]


def test_the_desk_that_received_hands_over(points: Points) -> None:
    made = _request(points)
    _send(points, made)
    _receive(points, made)

    done = hand_overs.mark(
        uuid.uuid4(),
        card_number=points.card.number,
        desks={points.there.point.pk: points.there},
        by=points.there.user,
        at=LATER,
        evidence=Evidence.CLICK,
    )

    assert done.hand_over.point == points.there.point


@pytest.mark.parametrize("state", [CardState.HANDED_OVER, CardState.WITHDRAWN, CardState.VOID])
def test_request_for_a_card_that_does_not_wait_is_refused(points: Points, state: CardState) -> None:
    Card.objects.update(
        state=state,
        handed_over_at=NOW if state == CardState.HANDED_OVER else None,
        withdrawn_at=NOW if state == CardState.WITHDRAWN else None,
    )
    before = _stands()

    with pytest.raises(transfers.CardDoesNotWait) as refusal:
        _request(points)

    expected = "Deze kaart is al afgehaald." if state == CardState.HANDED_OVER else "Deze kaart is niet meer geldig."
    assert str(refusal.value).startswith(expected)
    assert _stands() == before


def test_request_for_ones_own_card_is_refused(points: Points) -> None:
    with pytest.raises(transfers.AlreadyHere):
        _request(points, to=points.here)


@pytest.mark.parametrize("number", ["", "60000000000", "62799999999", "Peeters"])
def test_request_for_an_unknown_card_is_refused(points: Points, number: str) -> None:
    with pytest.raises(transfers.NoSuchCard):
        transfers.request(card_number=number, to=points.there, by=points.there.user, at=NOW)


@pytest.mark.parametrize(
    "fields",
    [{"channel": Channel.SUBSCRIPTION}, {"channel": Channel.STARTER, "mailing_on": NOW.date()}, {}],
    ids=["by post", "starter", "nowhere yet"],
)
def test_request_for_a_card_at_no_point_is_refused(points: Points, card_year: CardYear, fields: dict[str, Any]) -> None:
    card = make.card(make.person(card_year), **fields)

    with pytest.raises(transfers.NoSuchCard):
        transfers.request(card_number=card.number, to=points.there, by=points.there.user, at=NOW)


def test_request_by_a_point_that_takes_no_part_is_refused(points: Points) -> None:
    outside = make.member(make.point(year=2026))

    with pytest.raises(transfers.NotTakingPart):
        _request(points, to=outside)


@pytest.mark.parametrize(
    ("is_sent", "again_by", "sentence"),
    [
        (False, "there", "Je afhaalpunt vroeg deze kaart al. Je vindt de vraag bij Overdrachten."),
        (False, "third", "Deze kaart is al gevraagd door {there}."),
        (True, "there", "Deze kaart is al onderweg naar {there}."),
        (True, "third", "Deze kaart is al onderweg naar {there}."),
    ],
)
def test_a_card_is_asked_for_once(points: Points, is_sent: bool, again_by: str, sentence: str) -> None:  # noqa: FBT001
    made = _request(points)
    if is_sent:
        _send(points, made)
    before = _stands()

    with pytest.raises(transfers.AlreadyOnItsWay) as refusal:
        _request(points, to=getattr(points, again_by))

    assert str(refusal.value) == sentence.format(there=points.there.point.name)
    assert _stands() == before


def test_a_card_may_be_asked_for_again_after_it_was_stopped(points: Points) -> None:
    _stop(_request(points), points.here)

    again = _request(points)

    assert Transfer.objects.count() == 2
    assert (again.ended_at, again.sent_at) == (None, None)


@pytest.mark.parametrize("wrong", ["there", "third"])
def test_only_the_point_that_has_the_card_sends_it(points: Points, wrong: str) -> None:
    made = _request(points)
    desk: Desk = getattr(points, wrong)
    before = _stands()

    with pytest.raises(transfers.NoSuchTransfer):
        transfers.send(made.pk, desk=desk, by=desk.user, at=NOW)

    assert _stands() == before


@pytest.mark.parametrize("wrong", ["here", "third"])
def test_only_the_point_that_asked_receives_it(points: Points, wrong: str) -> None:
    made = _request(points)
    _send(points, made)
    desk: Desk = getattr(points, wrong)
    before = _stands()

    with pytest.raises(transfers.NoSuchTransfer):
        transfers.receive(made.pk, desk=desk, by=desk.user, at=NOW)

    assert _stands() == before


def test_a_third_point_stops_nothing(points: Points) -> None:
    made = _request(points)
    before = _stands()

    with pytest.raises(transfers.NoSuchTransfer):
        _stop(made, points.third)

    assert _stands() == before


def test_a_transfer_that_never_was_is_answered_like_another_points(points: Points) -> None:
    for act in (transfers.send, transfers.receive):
        with pytest.raises(transfers.NoSuchTransfer):
            act(987_654, desk=points.here, by=points.here.user, at=NOW)
    with pytest.raises(transfers.NoSuchTransfer):
        transfers.stop(987_654, desk=points.here, by=points.here.user, at=NOW, reason="x")


def test_saying_it_twice_is_saying_it_once(points: Points) -> None:
    made = _request(points)
    _send(points, made)
    _send(points, made)
    _receive(points, made)
    after = _stands()

    again = _receive(points, made)
    sent_again = _send(points, made)

    assert _stands() == after
    assert (again.received_at, sent_again.sent_at) == (LATER, NOW)


def test_receive_before_it_was_sent_is_refused_and_moves_nothing(points: Points) -> None:
    made = _request(points)
    before = _stands()

    with pytest.raises(transfers.NotSentYet):
        _receive(points, made)

    assert _stands() == before


@pytest.mark.parametrize("end", ["here", "there"])
@pytest.mark.parametrize("is_sent", [False, True])
def test_either_end_stops_it_with_a_reason(points: Points, end: str, is_sent: bool) -> None:  # noqa: FBT001
    desk: Desk = getattr(points, end)
    made = _request(points)
    if is_sent:
        _send(points, made)

    stopped = _stop(made, desk)

    assert (stopped.ended_at, stopped.ended_by, stopped.end_reason) == (LATER, desk.user, "De kaart is hier niet")
    assert Card.objects.get().pickup_point_id == points.here.point.pk
    assert _told()[-1] == (CardEventKind.NOT_SENT, points.here.point.pk, points.there.point.pk, desk.user.pk)


@pytest.mark.parametrize("reason", ["", "   "])
def test_stop_without_a_reason_is_refused(points: Points, reason: str) -> None:
    made = _request(points)

    with pytest.raises(transfers.ReasonNeeded):
        _stop(made, points.here, reason)

    assert Transfer.objects.get().ended_at is None


def test_stop_twice_keeps_the_first_reason(points: Points) -> None:
    made = _request(points)
    _stop(made, points.here, "De kaart is hier niet")
    after = _stands()

    _stop(made, points.there, "De kaart is niet meer nodig")

    assert _stands() == after


def test_what_was_stopped_is_not_sent_and_does_not_arrive(points: Points) -> None:
    made = _request(points)
    _stop(made, points.here)
    before = _stands()

    for act in (_send, _receive):
        with pytest.raises(transfers.TransferEnded) as refusal:
            act(points, made)
        assert str(refusal.value) == "Deze overdracht ging niet door: De kaart is hier niet."

    assert _stands() == before


def test_what_arrived_is_not_stopped(points: Points) -> None:
    made = _request(points)
    _send(points, made)
    _receive(points, made)
    before = _stands()

    with pytest.raises(transfers.TransferEnded):
        _stop(made, points.there)

    assert _stands() == before


def test_a_hand_over_at_the_old_point_ends_the_transfer(points: Points) -> None:
    made = _request(points)
    _send(points, made)
    hand_overs.mark(
        uuid.uuid4(),
        card_number=points.card.number,
        desks={points.here.point.pk: points.here},
        by=points.here.user,
        at=NOW,
        evidence=Evidence.CLICK,
    )
    before = _stands()

    with pytest.raises(transfers.TransferEnded):
        _receive(points, made)

    assert _stands() == before
    assert Card.objects.get().state == CardState.HANDED_OVER


def test_a_card_withdrawn_since_it_was_asked_for_is_not_sent(points: Points) -> None:
    made = _request(points)
    Card.objects.update(state=CardState.WITHDRAWN, withdrawn_at=NOW)
    before = _stands()

    with pytest.raises(transfers.CardDoesNotWait):
        _send(points, made)

    assert _stands() == before


def test_a_card_withdrawn_on_its_way_does_not_arrive(points: Points) -> None:
    made = _request(points)
    _send(points, made)
    Card.objects.update(state=CardState.WITHDRAWN, withdrawn_at=NOW)
    before = _stands()

    with pytest.raises(transfers.CardDoesNotWait):
        _receive(points, made)

    assert _stands() == before


def test_a_card_that_klasse_moved_on_its_way_does_not_arrive(points: Points) -> None:
    made = _request(points)
    _send(points, made)
    Card.objects.update(pickup_point=points.third.point)
    before = _stands()

    with pytest.raises(transfers.TransferEnded):
        _receive(points, made)

    assert _stands() == before


def test_offer_sends_each_card_by_itself(points: Points, card_year: CardYear) -> None:
    asked, foreign = points.card, make.card(make.person(card_year), at=points.third.point)
    _request(points)
    first, second = (make.card(make.person(card_year), at=points.here.point) for _ in range(2))
    gone = make.card(make.person(card_year), at=points.here.point, state=CardState.HANDED_OVER, handed_over_at=NOW)
    numbers = [first.number, asked.number, foreign.number, "60000000000", gone.number, second.number, first.number]

    offered = transfers.offer(numbers, desk=points.here, to=points.there.point, by=points.here.user, at=NOW)

    assert [(one.card_number, type(one.refusal)) for one in offered] == [
        (first.number, type(None)),
        (asked.number, transfers.AlreadyOnItsWay),
        (foreign.number, transfers.NoSuchCard),
        ("60000000000", transfers.NoSuchCard),
        (gone.number, transfers.CardDoesNotWait),
        (second.number, type(None)),
    ]
    on_their_way = Transfer.objects.exclude(sent_at=None).order_by("pk")
    assert [(one.card, one.sent_at, one.sent_by, one.to_point) for one in on_their_way] == [
        (card, NOW, points.here.user, points.there.point) for card in (first, second)
    ]
    assert [kind for kind, *_ in _told()] == [CardEventKind.REQUESTED, CardEventKind.SENT, CardEventKind.SENT]


def test_offer_to_oneself_or_to_a_point_that_takes_no_part_is_refused(points: Points) -> None:
    numbers, at = [points.card.number], NOW
    outside = make.point(year=2026)

    offers = [
        transfers.offer(numbers, desk=points.here, to=to, by=points.here.user, at=at)
        for to in (points.here.point, outside)
    ]

    assert [type(one.refusal) for (one,) in offers] == [transfers.AlreadyHere, transfers.NotTakingPart]


def test_neither_the_transfer_nor_its_event_exists_alone(points: Points, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **fields: object) -> None:
        raise IntegrityError("no event")

    monkeypatch.setattr(CardEvent.objects, "create", fail)

    with pytest.raises(IntegrityError):
        _request(points)

    assert _stands() == ([(CardState.ISSUED, points.here.point.pk, AssignedBy.RESIDENCE)], [], [])


def test_every_refusal_has_its_own_words() -> None:
    refusals: list[DistributionError] = [
        transfers.NoSuchCard(), transfers.AlreadyHere(), transfers.NotTakingPart(), transfers.NoSuchTransfer(),
        transfers.NotSentYet(), transfers.ReasonNeeded(),
    ]  # fmt: skip

    assert len({str(refusal) for refusal in refusals}) == len(refusals)
