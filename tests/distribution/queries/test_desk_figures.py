"""A point's own figures: by week, beside last year, and beside everyone together; the same questions for one card as for many."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from distribution.actions import years
from distribution.models import CardYear
from distribution.queries import desk_figures
from distribution.queries.desk_figures import Week
from pickup_points.desks import Desk
from tests import make
from tests.conftest import BRUSSELS, NOW
from tests.distribution import settled

pytestmark = pytest.mark.django_db
AT = dt.datetime(2027, 1, 20, 12, 0, tzinfo=BRUSSELS)


@pytest.fixture
def desk(card_year: CardYear) -> Desk:
    return make.member(make.point("gent", year=2027))


def monday(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_weeks_from_the_first_day_to_the_last(desk: Desk, card_year: CardYear) -> None:
    cards = settled.cards(card_year, 5, at=desk.point)
    settled.printed(card_year)
    settled.handed_over(cards[:2], desk=desk, at=dt.datetime(2027, 1, 10, 23, 30, tzinfo=BRUSSELS))
    settled.handed_over(cards[2:3], desk=desk, at=dt.datetime(2027, 1, 11, 0, 30, tzinfo=BRUSSELS))

    weeks = desk_figures.figures(desk.point, card_year, at=AT).weeks

    # The season: from 27 December 2026, a Sunday, to 10 July 2027, a Saturday.
    assert (weeks[0].monday, weeks[-1].monday) == (monday("2026-12-21"), monday("2027-07-05"))
    assert weeks[2:6] == (
        Week(monday("2027-01-04"), 2, None),
        Week(monday("2027-01-11"), 1, None),
        Week(monday("2027-01-18"), 0, None),
        Week(monday("2027-01-25"), None, None),
    )
    assert len(weeks) == 29


def test_last_year_stands_beside_the_same_week_of_its_season(desk: Desk, card_year: CardYear) -> None:
    before = years.open_year(2026, at=NOW)
    old = settled.cards(before, 4, at=desk.point)
    settled.printed(before)
    # The third week of that season: it began in the week of 22 December 2025.
    settled.handed_over(old[:3], desk=desk, at=dt.datetime(2026, 1, 7, 12, 0, tzinfo=BRUSSELS))
    settled.cards(card_year, 2, at=desk.point)

    found = desk_figures.figures(desk.point, card_year, at=AT)

    assert found.weeks[2] == Week(monday("2027-01-04"), 0, 3)
    assert sum(one.year_before or 0 for one in found.weeks) == 3
    assert found.before is not None
    assert (found.before.share, found.season.share, found.before.tally.sent) == (75.0, 0.0, 4)


def test_a_year_in_which_the_point_had_no_cards_is_not_beside_it(desk: Desk, card_year: CardYear) -> None:
    years.open_year(2026, at=NOW)

    found = desk_figures.figures(desk.point, card_year, at=AT)

    assert found.before is None
    assert {one.year_before for one in found.weeks} == {None}


def test_everyone_together_is_no_one_by_name(desk: Desk, card_year: CardYear) -> None:
    other = make.member(make.point("aalst", year=2027))
    mine, theirs = settled.cards(card_year, 2, at=desk.point), settled.cards(card_year, 6, at=other.point)
    make.card(make.person(card_year))
    settled.printed(card_year)
    settled.handed_over(mine[:1], desk=desk, at=NOW)
    settled.handed_over(theirs[:5], desk=other, at=NOW)

    season = desk_figures.figures(desk.point, card_year, at=AT).season

    assert (season.collected, season.waiting, season.share, season.everywhere) == (1, 1, 50.0, 75.0)


def test_without_cards_there_is_no_share(desk: Desk, card_year: CardYear) -> None:
    season = desk_figures.figures(desk.point, card_year, at=AT).season

    assert (season.share, season.everywhere) == (None, None)


def test_as_many_questions_for_three_cards_as_for_one(desk: Desk, card_year: CardYear) -> None:
    counted = []
    for number in (1, 2):
        cards = settled.cards(card_year, number, at=desk.point)
        settled.printed(card_year, number=number)
        settled.handed_over(cards, desk=desk, at=NOW)
        with CaptureQueriesContext(connection) as captured:
            desk_figures.figures(desk.point, card_year, at=AT)
        counted.append(len(captured))
    assert counted[0] == counted[1]
