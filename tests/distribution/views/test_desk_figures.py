"""/balie/<point>/cijfers/: for who stands there, without persons, and never another point."""

import pytest
from django.test import Client

from distribution.models import CardYear, Reading
from tests import make
from tests.distribution import office_year
from tests.distribution.office_year import OfficeYear
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_season")]
PAGE = "/balie/gent/cijfers/"


@pytest.fixture
def year(card_year: CardYear, client: Client) -> OfficeYear:
    year = office_year.with_everything(card_year)
    client.force_login(year.gent.user)
    return year


def test_own_figures_beside_everyones(year: OfficeYear, client: Client) -> None:
    page = read(client, PAGE)

    assert "8 aangeduid als afgehaald 12 wachten nog 40,0 % afgehaald In alle" in page
    assert "In alle afhaalpunten samen werd al 16,0 % afgehaald." in page
    assert "Verstuurd naar jullie 20" in page
    assert "1 februari 2027 8" in page


def test_no_person_and_no_other_point_is_on_it(year: OfficeYear, client: Client) -> None:
    before = Reading.objects.count()
    page = read(client, PAGE)

    assert "Peeters" not in page
    assert "aalst" not in page.lower()
    assert Reading.objects.count() == before


def test_the_desk_leads_to_it(year: OfficeYear, client: Client) -> None:
    assert f'href="{PAGE}"' in client.get("/balie/gent/overzicht/").content.decode()


def test_without_a_year_it_says_so(client: Client, db: None) -> None:
    desk = make.member(make.point("gent"))
    client.force_login(desk.user)

    assert "Er is nu geen kaartjaar open." in read(client, PAGE)
