"""This year beside the one before: what moved more than ten percent is marked."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from distribution.actions import years
from distribution.enums import CardState, Channel
from distribution.models import CardYear, PublishedFigures, YearEvent
from distribution.queries import office_compare
from distribution.queries.office_compare import Change
from pickup_points.models import PickupPoint
from tests import make
from tests.distribution import office_year

pytestmark = pytest.mark.django_db


def cards(card_year: CardYear, number: int, *, at: PickupPoint | None = None, **fields: object) -> None:
    for _ in range(number):
        make.card(make.person(card_year), at=at, **fields)


def ran(card_year: CardYear, at: dt.datetime, **told: int) -> None:
    office_year.run(card_year)
    YearEvent.objects.create(card_year=card_year, kind="run", at=at, summary=told)


@pytest.fixture
def both(card_year: CardYear, now: dt.datetime) -> tuple[CardYear, CardYear]:
    """Gent grew from 10 to 12, Aalst from 10 to 11, Ronse is new, Ninove went."""
    before = years.open_year(2026, at=now)
    gent, aalst, ronse, ninove = (make.point(code) for code in ("gent", "aalst", "ronse", "ninove"))
    for year, sizes in ((before, (10, 10, 0, 2)), (card_year, (12, 11, 1, 0))):
        for point, size in zip((gent, aalst, ronse, ninove), sizes, strict=True):
            cards(year, size, at=point, province="Oost-Vlaanderen")
        cards(year, 3, channel=Channel.SUBSCRIPTION, province="")
        # Gone: it counts nowhere.
        cards(year, 1, at=gent, state=CardState.VOID)
    ran(before, now, people=30, entitled=25)
    ran(card_year, now, people=33, entitled=27)
    return before, card_year


def test_every_figure_stands_beside_the_one_before(both: tuple[CardYear, CardYear]) -> None:
    found = office_compare.compare(both[1])

    assert found is not None
    assert (found.with_year, found.is_published) == (2026, False)
    assert found.totals == (
        Change("Personeelsleden", 30, 33),
        Change("Recht op een kaart", 25, 27),
        Change("Kaarten", 25, 27),
    )
    assert found.ways == (
        Change("Met het magazine", 3, 3),
        Change("Starterspakket", 0, 0),
        Change("Afhaalpunt", 22, 24),
    )
    assert found.provinces == (Change("Oost-Vlaanderen", 22, 24), Change("buiten Vlaanderen en Brussel", 3, 3))
    assert [(one.code, one.before, one.now, one.is_marked) for one in found.points] == [
        ("aalst", 10, 11, False),
        ("gent", 10, 12, True),
        ("ninove", 2, 0, True),
        ("ronse", 0, 1, True),
    ]
    assert [one.code for one in found.marked_points] == ["gent", "ninove", "ronse"]
    assert found.marked == 3


@pytest.mark.parametrize(
    ("before", "now", "is_marked"),
    [
        (100, 110, False),
        (100, 111, True),
        (100, 90, False),
        (100, 89, True),
        (0, 0, False),
        (0, 1, True),
        (None, 5, False),
    ],
)
def test_more_than_ten_percent_is_marked(before: int | None, now: int, is_marked: bool) -> None:  # noqa: FBT001
    assert Change("x", before, now).is_marked is is_marked


def test_a_first_year_is_compared_with_what_was_published(card_year: CardYear) -> None:
    office_year.run(card_year)
    cards(card_year, 2, channel=Channel.SUBSCRIPTION)
    assert office_compare.compare(card_year) is None
    PublishedFigures.objects.create(year=2021, cards=100, subscription=4)

    found = office_compare.compare(card_year)

    assert found is not None
    assert (found.with_year, found.is_published, found.points) == (2021, True, ())
    assert found.totals == (Change("Kaarten", 100, 2),)
    assert found.ways == (Change("Met het magazine", 4, 2), Change("Starterspakket", None, 0))


def test_a_year_that_was_not_run_has_nothing_to_compare(card_year: CardYear, now: dt.datetime) -> None:
    ran(years.open_year(2026, at=now), now)

    assert office_compare.compare(card_year) is None


def test_queries_do_not_grow_with_the_points(both: tuple[CardYear, CardYear]) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            office_compare.compare(both[1])
        return len(queries)

    few = asked()
    for _ in range(3):
        cards(both[1], 1, at=make.point())

    assert asked() == few
