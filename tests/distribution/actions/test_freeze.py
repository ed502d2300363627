"""Freezing a print run."""

import datetime as dt

import pytest

from distribution.actions import freeze, run
from distribution.enums import CardState
from distribution.models import Card, CardYear, PrintBatch, YearEvent
from tests.distribution.actions.populations import Human, Job, settle

ON = dt.date(2026, 11, 15)
LEFT = Job(ends_on=dt.date(2026, 6, 30))


def test_freeze_puts_every_card_in_the_first_batch(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human(), Human(subscribes=True), Human(jobs=(LEFT,))])
    run.run(card_year, on=ON, at=now)

    batch = freeze.freeze(card_year, at=now)

    assert (batch.number, batch.cards, batch.frozen_at) == (1, 2, now)
    assert Card.objects.filter(batch=batch).count() == 2
    assert YearEvent.objects.get(kind="frozen").summary == {"batch": 1, "cards": 2}


def test_freeze_again_with_nothing_new_gives_the_same_answer(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human()])
    run.run(card_year, on=ON, at=now)
    first = freeze.freeze(card_year, at=now)

    again = freeze.freeze(card_year, at=now + dt.timedelta(days=1))

    assert (again, again.frozen_at) == (first, now)
    assert PrintBatch.objects.count() == YearEvent.objects.filter(kind="frozen").count() == 1


def test_freeze_after_late_additions_holds_only_those(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human()])
    run.run(card_year, on=ON, at=now)
    first = freeze.freeze(card_year, at=now)
    settle(card_year, [Human(), Human()])
    run.run(card_year, on=ON, at=now, late=True)

    second = freeze.freeze(card_year, at=now)

    assert (second.number, second.cards) == (2, 1)
    assert list(Card.objects.order_by("pk").values_list("batch", flat=True)) == [first.pk, second.pk]


def test_freeze_leaves_withdrawn_cards_out(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human(), Human()])
    run.run(card_year, on=ON, at=now)
    settle(card_year, [Human(), Human(jobs=(LEFT,))])
    run.run(card_year, on=ON, at=now)

    batch = freeze.freeze(card_year, at=now)

    assert batch.cards == 1
    assert Card.objects.get(state=CardState.WITHDRAWN).batch is None


def test_freeze_takes_cards_without_a_point_too(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human(postcode="1000")])
    summary = run.run(card_year, on=ON, at=now)

    batch = freeze.freeze(card_year, at=now)

    assert (summary.assigned["unassigned"], batch.cards) == (1, 1)


def test_freeze_of_a_year_never_run_is_refused(card_year: CardYear, now: dt.datetime) -> None:
    with pytest.raises(freeze.NothingToFreeze, match="Ken ze eerst toe"):
        freeze.freeze(card_year, at=now)

    assert PrintBatch.objects.count() == 0
