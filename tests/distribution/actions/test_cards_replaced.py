"""Plastic declared void and replaced: the old number stays void, the settlement closes, and a person counts once."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from distribution.actions import cards, freeze, hand_overs, print_run, transfers
from distribution.actions import pickup_lists as list_actions
from distribution.actions.run_cards import NumbersUsedUp
from distribution.enums import (
    CardEventKind,
    CardState,
    Channel,
    Evidence,
    FiguresBy,
    Outcome,
    VoidReason,
)
from distribution.models import (
    Card,
    CardEvent,
    CardYear,
    HandOver,
    PickupList,
    VoidedNumber,
    YearEvent,
)
from distribution.queries import desk as desk_queries
from distribution.queries import desk_screen, figures, keyed_lists, lookup, pickup_lists, plastic
from distribution.rules import card_number
from distribution.rules.reconciliation import Tolerance
from pickup_points.desks import Desk
from pickup_points.models import User
from tests import make
from tests.distribution import settled
from tests.distribution.office_year import IN_SEASON
from tests.distribution.void_plastic import collected, mark, replaced, stock

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_replace_gives_the_next_number_and_keeps_the_old_one_void(
    card_year: CardYear, gent: Desk, office: User
) -> None:
    (card,) = settled.cards(card_year, 1, at=gent.point)
    batch = settled.printed(card_year)

    new = replaced(card, office, reason=VoidReason.STOLEN)

    assert (new.number, new.state, new.batch, new.pickup_point) == (
        card_number.make(2027, 500_001),
        CardState.ISSUED,
        None,
        gent.point,
    )
    assert CardYear.objects.get(pk=card_year.pk).last_sequence == 500_001
    old = VoidedNumber.objects.get()
    assert (old.number, old.card, old.by, old.at, old.reason, old.reference) == (
        card.number,
        new,
        office,
        IN_SEASON,
        VoidReason.STOLEN,
        "PV 12/2027",
    )
    assert (old.pickup_point, old.batch, old.was_waiting) == (gent.point, batch, True)
    assert [(e.kind, e.by) for e in CardEvent.objects.all()] == [(CardEventKind.REPLACED, office)]


def test_replace_refuses_and_changes_nothing(card_year: CardYear, gent: Desk, office: User) -> None:
    printed, withdrawn = settled.cards(card_year, 2, at=gent.point)
    settled.printed(card_year)
    (loose,) = settled.cards(card_year, 1, at=gent.point)
    Card.objects.filter(pk=withdrawn.pk).update(state=CardState.WITHDRAWN, withdrawn_at=IN_SEASON)

    with pytest.raises(cards.ReferenceNeeded):
        cards.replace(printed, reason=VoidReason.STOLEN, reference="  ", by=office, at=IN_SEASON)
    with pytest.raises(cards.CardNotPrinted):
        replaced(loose, office)
    with pytest.raises(cards.CardNotLive):
        replaced(withdrawn, office)
    CardYear.objects.filter(pk=card_year.pk).update(last_sequence=999_999)
    with pytest.raises(NumbersUsedUp):
        replaced(printed, office)

    assert (VoidedNumber.objects.count(), CardEvent.objects.count()) == (0, 0)
    assert Card.objects.get(pk=printed.pk).number == printed.number


def test_replace_and_its_event_stand_or_fall_together(
    card_year: CardYear, gent: Desk, office: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (card,) = settled.cards(card_year, 1, at=gent.point)
    settled.printed(card_year)

    def refuse(**_: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(CardEvent.objects, "create", refuse)
    with pytest.raises(IntegrityError), transaction.atomic():
        replaced(card, office)

    assert (VoidedNumber.objects.count(), Card.objects.get().number) == (0, card.number)
    assert CardYear.objects.get(pk=card_year.pk).last_sequence == 500_000


def test_replace_stops_a_transfer(card_year: CardYear, gent: Desk, aalst: Desk, office: User) -> None:
    (card,) = settled.cards(card_year, 1, at=gent.point)
    settled.printed(card_year)
    asked = transfers.request(card_number=card.number, to=aalst, by=aalst.user, at=IN_SEASON)

    replaced(card, office)

    asked.refresh_from_db()
    assert (asked.ended_at, asked.ended_by) == (IN_SEASON, office)
    kinds = ["requested", "not_sent", "replaced"]
    assert list(CardEvent.objects.values_list("kind", flat=True)) == kinds


def test_replace_sends_a_starter_the_new_card_with_the_next_mailing(
    card_year: CardYear, gent: Desk, office: User
) -> None:
    card = make.card(make.person(card_year), channel=Channel.STARTER, mailing_on=dt.date(2027, 1, 15))
    settled.printed(card_year)

    assert replaced(card, office).mailing_on == dt.date(2027, 3, 15)


def test_an_old_number_is_never_handed_over(card_year: CardYear, gent: Desk, aalst: Desk, office: User) -> None:
    (card,) = settled.cards(card_year, 1, at=gent.point)
    settled.printed(card_year)
    new = replaced(card, office)

    with pytest.raises(hand_overs.CardNotValid, match="ongeldig sinds woensdag 3 februari 2027"):
        mark(new, gent, number=card.number)
    with pytest.raises(hand_overs.NoSuchCard):
        mark(new, aalst, number=card.number)
    with pytest.raises(hand_overs.BeingReplaced):
        mark(new, gent)
    assert not HandOver.objects.exists()

    freeze.freeze(card_year, at=IN_SEASON + DAY)
    mark(new, gent, at=IN_SEASON + 2 * DAY)
    with pytest.raises(hand_overs.CardNotValid):
        mark(new, gent, number=card.number)


def test_the_same_hand_over_of_an_old_number_sent_again_is_still_the_same(
    card_year: CardYear, gent: Desk, office: User
) -> None:
    (card,) = settled.cards(card_year, 1, at=gent.point)
    settled.printed(card_year)
    first = mark(card, gent)
    replaced(card, office, at=IN_SEASON + DAY)

    again = hand_overs.mark(
        first.pk,
        card_number=card.number,
        desks={gent.point.pk: gent},
        by=gent.user,
        at=IN_SEASON + DAY,
        evidence=Evidence.SCAN,
    )

    assert (again.hand_over.pk, again.is_new) == (first.pk, False)
    with pytest.raises(hand_overs.UndoRefused):
        hand_overs.undo(first.pk, desks={gent.point.pk: gent}, by=gent.user, at=IN_SEASON + DAY, reason="toch niet")


def test_what_a_desk_finds_of_a_replaced_card(card_year: CardYear, gent: Desk, office: User) -> None:
    (card,) = settled.cards(card_year, 1, at=gent.point)
    settled.printed(card_year)
    new = replaced(card, office)

    def look(typed: str) -> desk_screen.Looked:
        return desk_screen.look(typed, point=gent.point, at=IN_SEASON, is_strict=True)

    assert look(card.number).refusal.startswith("Dit kaartnummer is ongeldig sinds woensdag 3 februari 2027.")
    hit = look(card.person.last_name).hits[0]
    assert (hit.waits, hit.is_being_replaced, hit.replaces) == (False, True, card.number)
    assert desk_queries.snapshot({gent.point.pk: "gent"}, on=IN_SEASON.date()).cards == ()
    assert list(pickup_lists.waiting_cards(card_year, points=[gent.point.pk])) == []

    freeze.freeze(card_year, at=IN_SEASON + DAY)
    hit = look(card.person.last_name).hits[0]
    assert (hit.waits, hit.is_being_replaced, hit.replaces) == (True, False, card.number)
    assert list(pickup_lists.waiting_cards(card_year, points=[gent.point.pk])) == [(gent.point.pk, [new.number])]


def test_what_the_teacher_hears_of_a_replaced_card(card_year: CardYear, gent: Desk, office: User) -> None:
    (card,) = settled.cards(card_year, 1, at=gent.point)
    settled.printed(card_year)

    def hears() -> Outcome:
        season = lookup.season(IN_SEASON.date()).year
        assert season is not None
        return lookup.find(season, card.person.staff_number, postcode=None, at=IN_SEASON).outcome

    mark(card, gent)
    told = [hears()]
    new = replaced(card, office)
    told.append(hears())
    freeze.freeze(card_year, at=IN_SEASON)
    told.append(hears())
    mark(new, gent)
    told.append(hears())
    assert told == [Outcome.COLLECTED, Outcome.IN_PREPARATION, Outcome.AT_PICKUP_POINT, Outcome.COLLECTED]


def test_a_sheet_keeps_the_line_of_a_replaced_card(card_year: CardYear, gent: Desk, office: User) -> None:
    (card,) = settled.cards(card_year, 1, at=gent.point)
    settled.printed(card_year)
    list_actions.make(card_year, at=IN_SEASON)
    replaced(card, office)

    list_id = PickupList.objects.get(pickup_point=gent.point).pk
    (sheet,) = pickup_lists.sheets([list_id])
    assert [(line.last_name, line.last_four) for line in sheet.lines] == [
        (card.person.last_name, card.person.staff_number[-4:])
    ]


def test_a_row_of_a_signed_list_says_that_its_card_is_void_or_was_fetched(
    card_year: CardYear, gent: Desk, office: User
) -> None:
    settled.cards(card_year, 3, at=gent.point)
    settled.printed(card_year)
    list_actions.make(card_year, at=IN_SEASON)
    made = PickupList.objects.get()
    waited, fetched, other = (Card.objects.get(number=number) for number in made.card_numbers)
    mark(fetched, gent)
    for card in (waited, fetched):
        replaced(card, office)

    rows = keyed_lists.rows(made, numbers=[1, 2, 3])

    assert [(row.number, row.state) for row in rows] == [
        (waited.number, keyed_lists.RowState.NOT_VALID),
        (fetched.number, keyed_lists.RowState.COLLECTED),
        (other.number, keyed_lists.RowState.WAITS),
    ]
    assert keyed_lists.waiting_rows(made, numbers=[1, 2, 3]) == [(3, other.number)]


def test_the_print_run_leaves_the_old_number_out_and_the_next_one_has_the_new(
    card_year: CardYear, gent: Desk, office: User, tmp_path: Any
) -> None:
    card, _ = settled.cards(card_year, 2, at=gent.point)
    freeze.freeze(card_year, at=settled.PRINTED_AT)
    new = replaced(card, office)
    freeze.freeze(card_year, at=IN_SEASON + DAY)

    first, second = (
        print_run.write(
            card_year, out=tmp_path, at=IN_SEASON + DAY, office_email="x@example.be", number=number, with_pdf=False
        )
        for number in (1, 2)
    )

    assert (first.cards, first.left_out, second.cards, second.left_out) == (1, 1, 1, 0)
    written = {path.name: path.read_text("utf-8-sig") for path in tmp_path.glob("kaartdrukker*")}
    assert {name: card.number in text for name, text in written.items()} == dict.fromkeys(written, False)
    assert sum(new.number in text for text in written.values()) == 1


# The settlement closes, and a person counts once.


def test_plastic_that_waited_when_it_was_replaced_is_void_at_its_point(
    card_year: CardYear, gent: Desk, office: User
) -> None:
    card, other, *_ = settled.cards(card_year, 5, at=gent.point)
    settled.printed(card_year)
    mark(other, gent)
    new = replaced(card, office)
    assert stock(card_year, gent.point) == (5, 0, 0, 1, 1)

    settled.printed(card_year, number=2, at=IN_SEASON)
    assert stock(card_year, gent.point) == (6, 0, 0, 1, 1)
    mark(new, gent, at=IN_SEASON + DAY)

    assert stock(card_year, gent.point) == (6, 0, 0, 1, 2)
    assert collected(card_year, gent, left=3) == (2, 0)


def test_who_fetched_a_card_that_is_replaced_counts_once_all_along(
    card_year: CardYear, gent: Desk, office: User
) -> None:
    card, *_ = settled.cards(card_year, 3, at=gent.point)
    settled.printed(card_year)
    mark(card, gent)

    def weeks() -> list[tuple[str | None, int | None]]:
        table = figures.figures([2027], FiguresBy.WEEK, tolerance=Tolerance())
        return [(row.key, row.collected) for row in table.rows if row.collected]

    before = weeks()
    new = replaced(card, office, at=IN_SEASON + DAY)
    assert (stock(card_year, gent.point), weeks()) == ((3, 0, 0, 0, 1), before)
    settled.printed(card_year, number=2, at=IN_SEASON + 2 * DAY)
    assert (stock(card_year, gent.point), weeks()) == ((4, 0, 0, 0, 1), before)
    again = mark(new, gent, at=IN_SEASON + 14 * DAY)

    assert again.is_again
    assert (stock(card_year, gent.point), weeks()) == ((4, 0, 0, 1, 1), before)
    assert collected(card_year, gent, left=2) == (1, 0)
    assert figures.figures([2027], FiguresBy.CHANNEL, tolerance=Tolerance()).rows[0].cards == 3


def test_the_second_card_that_nobody_fetched_is_left_over(card_year: CardYear, gent: Desk, office: User) -> None:
    card, *_ = settled.cards(card_year, 3, at=gent.point)
    settled.printed(card_year)
    mark(card, gent)
    replaced(card, office, at=IN_SEASON + DAY)
    settled.printed(card_year, number=2, at=IN_SEASON + 2 * DAY)

    assert collected(card_year, gent, left=3) == (1, 0)


def test_plastic_that_moved_before_it_was_replaced_was_sent_to_its_first_point(
    card_year: CardYear, gent: Desk, aalst: Desk, office: User
) -> None:
    card, *_ = settled.cards(card_year, 2, at=gent.point)
    settled.printed(card_year)
    settled.transferred([card], sender=gent, receiver=aalst, at=IN_SEASON - DAY)
    replaced(Card.objects.get(pk=card.pk), office)
    settled.printed(card_year, number=2, at=IN_SEASON + DAY)

    assert stock(card_year, gent.point) == (2, 0, 1, 0, 0)
    assert stock(card_year, aalst.point) == (1, 1, 0, 1, 0)
    assert {key: one.sent.total() for key, one in plastic.stocks([card_year.pk]).items()} == {
        (card_year.pk, gent.point.pk): 2,
        (card_year.pk, aalst.point.pk): 1,
    }


def test_plastic_void_before_it_was_printed_was_never_sent(card_year: CardYear, gent: Desk, office: User) -> None:
    card, *_ = settled.cards(card_year, 2, at=gent.point)
    make.batch(card_year)
    replaced(card, office, at=settled.PRINTED_AT - DAY)
    summary = {"batch": 1, "box_size": 20}
    YearEvent.objects.create(card_year=card_year, kind="print_run_written", at=settled.PRINTED_AT, summary=summary)

    assert stock(card_year, gent.point) == (1, 0, 0, 0, 0)
