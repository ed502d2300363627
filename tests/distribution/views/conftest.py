"""Who looks at the pages of the office, and when."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from distribution.models import CardYear
from pickup_points.models import KlasseRole
from tests.distribution import office_year
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
