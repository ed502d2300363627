"""Two points with a card each, and a program of somebody of the first."""

import pytest
from django.test import Client

from distribution.models import CardYear
from tests import desk_api
from tests.desk_api import Places


@pytest.fixture
def places(card_year: CardYear) -> Places:
    return desk_api.places(card_year)


@pytest.fixture
def program(places: Places) -> Client:
    return desk_api.by_token(places.desk.user)
