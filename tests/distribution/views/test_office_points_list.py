"""/beheer/punten/: fifty points to a page, all of them on the map, found by name, and what is the matter with each in words."""

import re

import pytest
from django.test import Client

from distribution.models import Settlement
from tests import make
from tests.distribution.office_year import IN_SEASON, OfficeYear

pytestmark = pytest.mark.django_db
LIST = "/beheer/punten/"


@pytest.fixture
def office(year: OfficeYear, office: Client) -> Client:
    return office


def codes(client: Client, query: str = "") -> list[str]:
    return re.findall(r'href="/beheer/punten/([\w-]+)/[^"]*">Bib', client.get(f"{LIST}{query}").content.decode())


@pytest.fixture
def many() -> int:
    """With the two of the year 121 points: three pages."""
    for number in range(119):
        make.point(f"zele-{number:03}", year=2027, postcode="9240", municipality="Zele")
    return 121


def test_fifty_to_a_page_and_all_on_the_map(many: int, office: Client) -> None:
    pages = [codes(office, f"?blad={number}") for number in (1, 2, 3)]
    second = office.get(f"{LIST}?blad=2")

    assert [len(page) for page in pages] == [50, 50, 21]
    assert len({code for page in pages for code in page}) == many
    assert len(second.context["map"].dots) == many
    assert "51 tot 100 van 121" in second.content.decode()


@pytest.mark.parametrize("typed", ["", "0", "4", "-1", "x", "99999999999", "²"])
def test_what_is_no_page_of_the_list_is_the_first(typed: str, many: int, office: Client) -> None:
    assert codes(office, f"?blad={typed}")[:2] == ["aalst", "gent"]


def test_pages_keep_what_was_asked_and_the_form_starts_at_the_first(many: int, office: Client) -> None:
    shown = office.get(f"{LIST}?zoek=zele&sorteer=-naam&blad=2").content.decode()

    assert 'href="?zoek=zele&amp;sorteer=-naam&amp;blad=3#lijst"' in shown
    assert 'href="?zoek=zele&amp;sorteer=-naam#lijst"' in shown
    assert 'name="blad"' not in shown


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("gent", ["gent"]),
        ("AALST  bibliothéek", ["aalst"]),
        ("93", ["aalst"]),
        ("90 gent", ["gent"]),
        ("00", []),
        ("gent aalst", []),
        ("bib", ["aalst", "gent"]),
    ],
)
def test_a_point_is_found_by_name_municipality_or_postcode(typed: str, wanted: list[str], office: Client) -> None:
    assert codes(office, f"?zoek={typed}") == wanted


def test_search_goes_together_with_the_rest_and_says_so_when_nothing_fits(office: Client) -> None:
    assert codes(office, "?zoek=aalst&aandacht=zonder-uren") == ["aalst"]
    assert codes(office, "?zoek=gent&aandacht=zonder-uren") == []
    assert "Geen enkel afhaalpunt past bij wat je koos." in office.get(f"{LIST}?zoek=oostende").content.decode()


def test_a_row_says_what_is_the_matter(office: Client) -> None:
    shown = office.get(f"{LIST}?zoek=aalst").content.decode()

    assert re.findall(r'<span class="tag care">([^<]+)</span>', shown) == [
        "geen openingsuren",
        "niemand logde in",
        "minder aangekomen",
    ]


def test_the_stage_of_settling_leads_to_the_points_that_are_still_open(year: OfficeYear, office: Client) -> None:
    Settlement.objects.create(
        card_year=year.card_year, point=year.gent.point, closed_at=IN_SEASON, closed_by=year.gent.user
    )
    # It takes part, and no card was ever sent there: nothing to settle.
    make.point("zonder-kaarten", year=2027)

    assert office.get("/beheer/").content.decode().count('href="/beheer/punten/?afrekening=open"') == 2
    assert codes(office, "?afrekening=open") == ["aalst"]
    assert '<option value="open" selected>' in office.get(f"{LIST}?afrekening=open").content.decode()
    assert 'href="/beheer/punten/?jaar=2027&amp;afrekening=open"' in office.get("/beheer/?jaar=2027").content.decode()
