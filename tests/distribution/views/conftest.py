"""Who looks at the pages of the office and of a desk, and when."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from distribution.models import CardYear
from pickup_points.desks import Desk
from pickup_points.models import KlasseRole
from tests import make
from tests.distribution import lived_year, office_year
from tests.distribution.lived_year import LivedYear
from tests.distribution.office_year import AFTER_SEASON, IN_SEASON, OfficeYear


@pytest.fixture
def in_season() -> Iterator[None]:
    with time_machine.travel(IN_SEASON, tick=False):
        yield


@pytest.fixture
def after_season() -> Iterator[None]:
    with time_machine.travel(AFTER_SEASON, tick=False):
        yield


@pytest.fixture
def year(card_year: CardYear) -> OfficeYear:
    return office_year.with_everything(card_year)


@pytest.fixture
def lived(card_year: CardYear) -> Iterator[LivedYear]:
    """A year that was lived, looked at in its season."""
    made = lived_year.lived(card_year)
    with time_machine.travel(lived_year.IN_SEASON, tick=False):
        yield made


@pytest.fixture
def desk(card_year: CardYear) -> Desk:
    return make.member(make.point("de-leeshoek", year=2027, name="Bibliotheek De Leeshoek"))


@pytest.fixture
def at_counter(client: Client, desk: Desk) -> Client:
    """Someone at that desk, logged in."""
    client.force_login(desk.user)
    return client


@pytest.fixture
def office(client: Client, db: None) -> Client:
    """Someone of the office, logged in."""
    client.force_login(office_year.klasse())
    return client


@pytest.fixture
def reader(db: None) -> Client:
    """Someone who only reads figures, logged in."""
    client = Client()
    client.force_login(office_year.klasse(KlasseRole.READER))
    return client
