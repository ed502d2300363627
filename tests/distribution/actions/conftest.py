"""Klasse, two points of a year that was run, and a Redis."""

from collections.abc import Iterator

import pytest

from distribution.models import CardYear
from pickup_points.desks import Desk
from pickup_points.models import User
from tests import make, servers
from tests.distribution import office_year


@pytest.fixture
def office(db: None) -> User:
    return office_year.klasse()


@pytest.fixture
def gent(card_year: CardYear) -> Desk:
    """The year has half a million numbers behind it, so that the next one is known."""
    office_year.run(card_year)
    CardYear.objects.filter(pk=card_year.pk).update(last_sequence=500_000)
    card_year.refresh_from_db()
    return make.member(make.point("gent", year=2027, serves="9000"), is_manager=True)


@pytest.fixture
def aalst(card_year: CardYear) -> Desk:
    return make.member(make.point("aalst", year=2027, serves="9300"), is_manager=True)


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with servers.redis() as url:
        yield url
