"""Whose list of last year's holders counts."""

import datetime as dt

import pytest

from distribution.actions import years
from distribution.enums import CardState
from distribution.models import CardYear, EarlierHolder
from distribution.queries import earlier_holders
from tests import make


@pytest.fixture
def year_after(card_year: CardYear, now: dt.datetime) -> CardYear:
    return years.open_year(2028, at=now)


def test_find_with_nothing_knows_nobody(year_after: CardYear) -> None:
    holders = earlier_holders.find(year_after)

    assert (holders.cards_of, holders.list_years, holders.are_known) == (None, (), False)


def test_find_takes_the_list_of_the_year_and_of_the_year_before(year_after: CardYear) -> None:
    for year in (2026, 2027, 2028):
        EarlierHolder.objects.create(year=year, staff_number=make.staff_number())

    holders = earlier_holders.find(year_after)

    assert (holders.cards_of, holders.list_years, holders.are_known) == (None, (2028, 2027), True)


def test_find_prefers_own_cards_to_the_list_of_the_year_before(card_year: CardYear, year_after: CardYear) -> None:
    for year in (2027, 2028):
        EarlierHolder.objects.create(year=year, staff_number=make.staff_number())
    make.card(make.person(card_year))

    holders = earlier_holders.find(year_after)

    assert (holders.cards_of, holders.list_years) == (card_year.pk, (2028,))


def test_find_does_not_count_cards_that_nobody_held(
    card_year: CardYear, year_after: CardYear, now: dt.datetime
) -> None:
    make.card(make.person(card_year), state=CardState.VOID)
    make.card(make.person(card_year), state=CardState.WITHDRAWN, withdrawn_at=now)

    holders = earlier_holders.find(year_after)

    assert holders.are_known is False
