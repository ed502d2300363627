"""Marking and undoing a hand-over: once, by whoever was first, and nothing is ever erased."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from distribution.actions import hand_overs
from distribution.actions.hand_overs import (
    AlreadyHandedOver,
    CardNotValid,
    IdReused,
    Marked,
    NoSuchCard,
    NoSuchHandOver,
    ReasonNeeded,
    UndoRefused,
)
from distribution.enums import CardEventKind, CardState, Evidence
from distribution.models import Card, CardEvent, CardYear, HandOver, Transfer
from pickup_points.desks import Desk
from tests import make
from tests.conftest import NOW

QUARTER = dt.timedelta(minutes=15)


@pytest.fixture
def desk(db: None) -> Desk:
    return make.member(make.point())


@pytest.fixture
def card(card_year: CardYear, desk: Desk) -> Card:
    return make.card(make.person(card_year), at=desk.point)


def at(*desks: Desk) -> Mapping[int, Desk]:
    return {one.point.pk: one for one in desks}


def mark(card: Card, desk: Desk, *, as_id: uuid.UUID | None = None, **more: Any) -> Marked:
    given: dict[str, Any] = {"at": NOW, "evidence": Evidence.CLICK} | more
    return hand_overs.mark(as_id or uuid.uuid4(), card_number=card.number, desks=at(desk), by=desk.user, **given)


def history(card: Card) -> list[tuple[str, dt.datetime, int | None]]:
    return list(CardEvent.objects.filter(card=card).values_list("kind", "at", "by"))


def test_mark_gives_the_card_and_says_so_in_one_event(card: Card, desk: Desk) -> None:
    said_at = NOW - dt.timedelta(hours=2)

    marked = mark(card, desk, said_at=said_at, evidence=Evidence.GROUP, collector="  Directeur\n De Smet\u202e ")

    card.refresh_from_db()
    assert (card.state, card.handed_over_at) == (CardState.HANDED_OVER, said_at)
    one = HandOver.objects.get()
    assert marked.is_new
    assert (one.pk, one.card_id, one.point_id, one.by_id) == (marked.hand_over.pk, card.pk, desk.point.pk, desk.user.pk)
    assert (one.at, one.said_at, one.recorded_at, one.clock_doubtful) == (said_at, said_at, NOW, False)
    assert (one.evidence, one.collector) == ("group", "Directeur De Smet")
    assert history(card) == [("handed_over", NOW, desk.user.pk)]


def test_mark_takes_an_impossible_clock_and_flags_it(card: Card, desk: Desk) -> None:
    wrong = NOW + dt.timedelta(days=2)

    one = mark(card, desk, said_at=wrong).hand_over

    assert (one.at, one.said_at, one.clock_doubtful) == (NOW, wrong, True)


def test_mark_again_with_the_same_id_is_the_same_hand_over(card: Card, desk: Desk) -> None:
    first = mark(card, desk)

    again = mark(card, desk, as_id=first.hand_over.pk, at=NOW + QUARTER, evidence=Evidence.SCAN)

    assert (again.is_new, again.hand_over) == (False, first.hand_over)
    assert (again.hand_over.recorded_at, again.hand_over.evidence) == (NOW, "click")
    assert len(history(card)) == 1


def test_mark_again_after_undo_does_not_hand_over_again(card: Card, desk: Desk) -> None:
    first = mark(card, desk)
    hand_overs.undo(first.hand_over.pk, desks=at(desk), by=desk.user, at=NOW)

    assert mark(card, desk, as_id=first.hand_over.pk).is_new is False

    card.refresh_from_db()
    assert (card.state, HandOver.objects.count()) == (CardState.ISSUED, 1)


def test_mark_of_a_card_that_is_gone_says_when_where_and_by_whom(card: Card, desk: Desk) -> None:
    first = mark(card, desk).hand_over
    colleague = make.member(desk.point)

    with pytest.raises(AlreadyHandedOver) as refused:
        mark(card, colleague, at=NOW + QUARTER)

    standing = refused.value.hand_over
    assert (standing.pk, standing.at, standing.point.name, standing.by) == (first.pk, NOW, desk.point.name, desk.user)
    assert len(history(card)) == 1


def test_mark_after_undo_is_a_second_hand_over(card: Card, desk: Desk) -> None:
    first = mark(card, desk).hand_over
    hand_overs.undo(first.pk, desks=at(desk), by=desk.user, at=NOW)

    second = mark(card, desk, at=NOW + QUARTER)

    assert second.is_new
    assert [kind for kind, *_ in history(card)] == ["handed_over", "undone", "handed_over"]
    assert HandOver.objects.filter(undone_at=None).get() == second.hand_over


def test_mark_with_an_id_of_another_card_is_refused(card: Card, desk: Desk, card_year: CardYear) -> None:
    used = mark(card, desk).hand_over.pk
    other = make.card(make.person(card_year), at=desk.point)

    with pytest.raises(IdReused):
        mark(other, desk, as_id=used)

    other.refresh_from_db()
    assert (other.state, history(other)) == (CardState.ISSUED, [])


def test_mark_elsewhere_is_the_same_as_missing(card: Card, desk: Desk) -> None:
    stranger = make.member(make.point())
    used = mark(card, desk).hand_over.pk

    for as_id in (uuid.uuid4(), used):
        with pytest.raises(NoSuchCard) as foreign:
            mark(card, stranger, as_id=as_id)
        with pytest.raises(NoSuchCard) as missing:
            hand_overs.mark(
                as_id,
                card_number="62799999900",
                desks=at(stranger),
                by=stranger.user,
                at=NOW,
                evidence=Evidence.CLICK,
            )
        assert str(foreign.value) == str(missing.value)


@pytest.mark.parametrize("state", [CardState.WITHDRAWN, CardState.VOID])
def test_mark_of_a_card_that_is_not_valid_is_refused(card_year: CardYear, desk: Desk, state: CardState) -> None:
    withdrawn_at = NOW if state == CardState.WITHDRAWN else None
    card = make.card(make.person(card_year), at=desk.point, state=state, withdrawn_at=withdrawn_at)

    with pytest.raises(CardNotValid):
        mark(card, desk)

    assert HandOver.objects.count() == 0


def test_mark_ends_the_way_to_another_point(card: Card, desk: Desk) -> None:
    elsewhere = make.member(make.point())
    way = Transfer.objects.create(
        card=card,
        from_point=desk.point,
        to_point=elsewhere.point,
        requested_at=NOW,
        requested_by=elsewhere.user,
    )

    mark(card, desk)

    way.refresh_from_db()
    assert (way.ended_at, way.ended_by, way.end_reason) == (NOW, desk.user, "de kaart is afgehaald")
    told = CardEvent.objects.get(card=way.card, kind=CardEventKind.NOT_SENT)
    assert (told.at, told.by, told.from_point, told.to_point) == (NOW, desk.user, way.from_point, way.to_point)


def test_mark_leaves_neither_change_nor_event_alone(card: Card, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """T8-style: the event fails, and then nothing happened; the same with the hand-over itself."""
    for model in (CardEvent, HandOver):
        with monkeypatch.context() as patch:
            patch.setattr(model.objects, "create", _refuse)
            with pytest.raises(IntegrityError), transaction.atomic():
                mark(card, desk)
        card.refresh_from_db()
        assert (card.state, card.handed_over_at, HandOver.objects.count(), history(card)) == ("issued", None, 0, [])


def test_undo_leaves_neither_change_nor_event_alone(card: Card, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    one = mark(card, desk).hand_over

    with monkeypatch.context() as patch:
        patch.setattr(CardEvent.objects, "create", _refuse)
        with pytest.raises(IntegrityError), transaction.atomic():
            hand_overs.undo(one.pk, desks=at(desk), by=desk.user, at=NOW)

    card.refresh_from_db()
    one.refresh_from_db()
    assert (card.state, one.undone_at) == (CardState.HANDED_OVER, None)
    assert [kind for kind, *_ in history(card)] == ["handed_over"]


@pytest.mark.django_db(transaction=True)
def test_the_database_lets_no_card_be_handed_over_twice(card: Card, desk: Desk) -> None:
    one = mark(card, desk).hand_over

    with pytest.raises(IntegrityError), transaction.atomic():
        HandOver.objects.create(
            id=uuid.uuid4(),
            card=card,
            point=desk.point,
            at=NOW,
            said_at=NOW,
            recorded_at=NOW,
            by=desk.user,
            evidence=Evidence.SCAN,
        )

    assert HandOver.objects.get() == one


def test_undo_lets_the_card_wait_again_and_says_so(card: Card, desk: Desk) -> None:
    one = mark(card, desk).hand_over

    undone = hand_overs.undo(one.pk, desks=at(desk), by=desk.user, at=NOW + QUARTER)

    card.refresh_from_db()
    assert (card.state, card.handed_over_at) == (CardState.ISSUED, None)
    assert (undone.undone_at, undone.undone_by, undone.undo_reason) == (NOW + QUARTER, desk.user, "")
    assert history(card) == [("handed_over", NOW, desk.user.pk), ("undone", NOW + QUARTER, desk.user.pk)]


def test_undo_twice_is_undoing_once(card: Card, desk: Desk) -> None:
    one = mark(card, desk).hand_over
    hand_overs.undo(one.pk, desks=at(desk), by=desk.user, at=NOW)
    manager = make.member(desk.point, is_manager=True)

    again = hand_overs.undo(one.pk, desks=at(manager), by=manager.user, at=NOW + QUARTER, reason="nog eens")

    assert (again.undone_at, again.undone_by, again.undo_reason) == (NOW, desk.user, "")
    assert [kind for kind, *_ in history(card)] == ["handed_over", "undone"]


def test_undo_does_not_touch_a_later_hand_over(card: Card, desk: Desk) -> None:
    first = mark(card, desk).hand_over
    hand_overs.undo(first.pk, desks=at(desk), by=desk.user, at=NOW)
    mark(card, desk)

    hand_overs.undo(first.pk, desks=at(desk), by=desk.user, at=NOW)

    card.refresh_from_db()
    assert card.state == CardState.HANDED_OVER


def test_undo_later_asks_for_a_manager_and_a_reason(card: Card, desk: Desk) -> None:
    one = mark(card, desk).hand_over
    late = NOW + QUARTER + dt.timedelta(seconds=1)
    manager = make.member(desk.point, is_manager=True)

    with pytest.raises(UndoRefused):
        hand_overs.undo(one.pk, desks=at(desk), by=desk.user, at=late, reason="toch")
    with pytest.raises(ReasonNeeded):
        hand_overs.undo(one.pk, desks=at(manager), by=manager.user, at=late, reason=" \n ")
    undone = hand_overs.undo(one.pk, desks=at(manager), by=manager.user, at=late, reason="verkeerde\nnaamgenoot")

    assert (undone.undone_by, undone.undo_reason) == (manager.user, "verkeerde naamgenoot")


def test_undo_elsewhere_is_the_same_as_missing(card: Card, desk: Desk) -> None:
    one = mark(card, desk).hand_over
    stranger = make.member(make.point(), is_manager=True)

    for hand_over_id in (one.pk, uuid.uuid4()):
        with pytest.raises(NoSuchHandOver):
            hand_overs.undo(hand_over_id, desks=at(stranger), by=stranger.user, at=NOW, reason="zomaar")

    assert [kind for kind, *_ in history(card)] == ["handed_over"]


def _refuse(**fields: object) -> None:
    raise IntegrityError
