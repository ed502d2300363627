"""The public pages about places: what they show, to whom it does not matter, and what they never repeat."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from distribution.actions import years
from distribution.models import CardYear
from pickup_points import hours
from pickup_points.models import PointYear, ServedPostcode
from tests import make

BRUSSELS = ZoneInfo("Europe/Brussels")
MONDAY = dt.datetime(2027, 1, 11, 10, 0, tzinfo=BRUSSELS)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def gent(card_year: CardYear) -> None:
    make.point(
        "gent",
        year=card_year.year,
        serves="9000 9030",
        name="Bibliotheek De Krook",
        phone="09 000 00 00",
        email="gent@voorbeeld.be",
        website="https://gent.voorbeeld.be/",
        latitude=51.0535,
        longitude=3.72194,
        closed="2027-01-13",
        exceptional="2027-01-14=10:00-11:00",
    )


@pytest.mark.usefixtures("gent")
def test_index_lists_every_point_by_province(client: Client) -> None:
    make.point("antwerpen", year=2027, name="Bibliotheek Permeke", postcode="2000", municipality="Antwerpen")
    make.point("vorig-jaar", year=2026, name="Bibliotheek Van Vroeger")

    page = client.get("/afhaalpunten/")

    assert page.status_code == 200
    assert {name: [place.code for place in places] for name, places in page.context["provinces"].items()} == {
        "Antwerpen": ["antwerpen"],
        "Oost-Vlaanderen": ["gent"],
    }
    assert page.content.count(b"<li><a href=") == 2 + 2  # two points, two links in the footer
    assert "Van Vroeger" not in page.content.decode()


@pytest.mark.usefixtures("gent")
@pytest.mark.parametrize("typed", ["9000", "gent", "9000 Gent", " GENT "])
def test_index_finds_a_point(client: Client, typed: str) -> None:
    page = client.get("/afhaalpunten/", {"zoek": typed})

    ((title, note, cards),) = page.context["answer"]["groups"]
    assert (title, note, [(card["place"].code, card["status"].sentence) for card in cards]) == (
        "Het vaste afhaalpunt",
        "",
        [("gent", "nu open tot 12.00 uur")],
    )


@pytest.mark.usefixtures("gent")
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("8000", "Voor <strong>8000</strong> is er geen vast afhaalpunt."),
        ("nergenshuizen", "Die naam kennen we niet. Woon je in een deelgemeente, typ dan je postcode."),
        ("<script>alert(1)</script>", "Die naam kennen we niet. Woon je in een deelgemeente, typ dan je postcode."),
    ],
)
def test_index_finds_nothing_and_says_so(client: Client, typed: str, sentence: str) -> None:
    page = client.get("/afhaalpunten/", {"zoek": typed}).content.decode()

    assert sentence in page
    assert "<script>" not in page


@pytest.mark.usefixtures("gent")
def test_index_asks_whether_another_name_was_meant(client: Client) -> None:
    page = client.get("/afhaalpunten/", {"zoek": "gnet"}).content.decode()

    assert '<a href="/afhaalpunten/?zoek=Gent">Gent</a>?' in page


@pytest.mark.usefixtures("gent")
def test_index_says_which_others_there_are_and_how_far(client: Client) -> None:
    make.point("ver", year=2027, latitude=51.0535, longitude=3.9)
    make.point("naast", year=2027, latitude=51.0535, longitude=3.7225)
    choice = make.point("keuze", year=2027, latitude=51.0535, longitude=3.75)
    ServedPostcode.objects.create(point=choice, year=2027, postcode="9000", is_choice=True)

    page = client.get("/afhaalpunten/", {"zoek": "9000"})

    assert [
        (title, bool(note), [(card["place"].code, card["distance"]) for card in cards])
        for title, note, cards in page.context["answer"]["groups"]
    ] == [
        ("Het vaste afhaalpunt", False, [("gent", "")]),
        ("Hier kun je je kaart laten overkomen", True, [("keuze", "ongeveer 2 km")]),
        ("Andere afhaalpunten in de buurt", False, [("naast", "minder dan 1 km"), ("ver", "ongeveer 12 km")]),
    ]
    assert "De afstand is die vanaf het vaste afhaalpunt, in vogelvlucht." in page.content.decode()


@pytest.mark.usefixtures("gent")
@pytest.mark.parametrize("typed", ["16203040856", "1 620304-08.56", "620304 08 56"])
def test_index_never_repeats_what_looks_like_a_staff_number(client: Client, typed: str) -> None:
    page = client.get("/afhaalpunten/", {"zoek": typed})

    assert typed not in page.content.decode()
    assert "Met je stamboeknummer zoek je op" in page.content.decode()
    assert page["Cache-Control"] == "no-store"


def test_index_without_a_year_says_so(client: Client) -> None:
    page = client.get("/afhaalpunten/", {"zoek": "9000"})

    assert page.status_code == 200
    assert "zijn nog niet bekend" in page.content.decode()


@pytest.mark.usefixtures("gent")
def test_index_shows_the_year_the_lookup_is_about(client: Client, clock: time_machine.Traveller) -> None:
    years.open_year(2028, at=MONDAY)
    make.point("aalst", year=2028, postcode="9300", municipality="Aalst")

    during = client.get("/afhaalpunten/").context["season"].year
    clock.move_to(dt.datetime(2027, 12, 1, 9, tzinfo=BRUSSELS))
    after = client.get("/afhaalpunten/").context["season"].year

    assert (during, after) == (2027, 2028)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("query", "queries"), [({}, 2), ({"zoek": "9000"}, 5)])
def test_index_takes_a_fixed_number_of_queries(
    client: Client, card_year: CardYear, count: int, query: dict[str, str], queries: int
) -> None:
    for number in range(count):
        point = make.point(f"bib-{number}", year=card_year.year)
        ServedPostcode.objects.create(point=point, year=card_year.year, postcode="9000", is_choice=number > 0)

    with CaptureQueriesContext(connection) as asked:
        client.get("/afhaalpunten/", query)

    assert len(asked) == queries


def test_index_of_350_points_stays_light(client: Client, card_year: CardYear) -> None:
    for number in range(350):
        make.point(
            f"bibliotheek-{number}",
            year=card_year.year,
            name=f"Bibliotheek Sint-Pieters-Woluwe, filiaal {number}",
            street="Burgemeester Voorbeeldstraat",
        )

    assert len(client.get("/afhaalpunten/").content) < 70_000
    assert len(client.get("/afhaalpunten/kaart.svg").content) < 25_000


@pytest.mark.usefixtures("gent")
def test_point_shows_everything(client: Client) -> None:
    page = client.get("/afhaalpunten/gent/")

    assert page.status_code == 200
    assert page.context["status"].sentence == "nu open tot 12.00 uur"
    assert page.context["today"] == dt.date(2027, 1, 11)
    assert [(day.name, day.text, day.note) for day in page.context["days"]] == [
        ("maandag 11 jan.", "9.00–12.00 en 13.30–18.00", ""),
        ("dinsdag 12 jan.", "9.00–12.00 en 13.30–18.00", ""),
        ("woensdag 13 jan.", "gesloten", "uitzonderlijk gesloten"),
        ("donderdag 14 jan.", "10.00–11.00", "andere uren dan gewoonlijk"),
        ("vrijdag 15 jan.", "9.00–12.00 en 13.30–18.00", ""),
        ("zaterdag 16 jan.", "gesloten", ""),
        ("zondag 17 jan.", "gesloten", ""),
    ]
    assert page.context["serves"] == ["9000 Gent", "9030 Gent"]
    assert (page.context["first_day"], page.context["last_day"]) == (
        "zondag 27 december 2026",
        "zaterdag 10 juli 2027",
    )
    assert (page.context["first_open"], page.context["last_open"]) == (
        "maandag 28 december 2026",
        "vrijdag 9 juli 2027",
    )
    assert page.context["map_url"] == (
        "https://www.openstreetmap.org/?mlat=51.05350&mlon=3.72194#map=17/51.05350/3.72194"
    )


def test_point_open_on_the_first_and_last_day_says_no_more(client: Client, card_year: CardYear) -> None:
    make.point("altijd", year=card_year.year, hours=dict.fromkeys(hours.WEEKDAYS, "09:00-12:00"))

    page = client.get("/afhaalpunten/altijd/")

    assert (page.context["first_open"], page.context["last_open"]) == ("", "")


def test_point_without_hours_is_a_page_too(client: Client, card_year: CardYear) -> None:
    make.point("onbekend", year=card_year.year, hours={})

    page = client.get("/afhaalpunten/onbekend/")

    assert (page.status_code, page.context["status"].sentence) == (200, "openingsuren niet bekend")


@pytest.mark.usefixtures("gent")
def test_point_carries_schema_org_data(client: Client) -> None:
    page = client.get("/afhaalpunten/gent/").content.decode()

    assert 'itemtype="https://schema.org/Library"' in page
    assert page.count('<meta itemprop="openingHours" content="') == 10
    assert '<meta itemprop="openingHours" content="Mo 09:00-12:00">' in page
    assert page.count('itemprop="specialOpeningHoursSpecification"') == 2
    assert '<meta itemprop="latitude" content="51.05350">' in page


@pytest.mark.usefixtures("gent")
def test_point_has_its_own_last_day(client: Client) -> None:
    PointYear.objects.update(collect_until=dt.date(2027, 1, 5))

    page = client.get("/afhaalpunten/gent/")

    assert (page.context["last_day"], page.context["status"].sentence) == (
        "dinsdag 5 januari 2027",
        "de afhaalperiode is voorbij",
    )


def test_point_escapes_what_a_library_wrote(client: Client, card_year: CardYear) -> None:
    """T09."""
    make.point(
        "x", year=card_year.year, name="<img src=x onerror=alert(1)>", street='"><script>', municipality="</title>"
    )

    page = client.get("/afhaalpunten/x/").content.decode()

    assert "<img src=x" not in page
    assert "<script>" not in page


@pytest.mark.usefixtures("gent")
@pytest.mark.parametrize("code", ["vorig-jaar", "nooit", "onbestaand"])
@pytest.mark.parametrize("rest", ["", "openingsuren.ics", "kaart.svg"])
def test_point_of_no_part_in_the_year_does_not_exist(client: Client, code: str, rest: str) -> None:
    make.point("vorig-jaar", year=2026)
    make.point("nooit")

    assert client.get(f"/afhaalpunten/{code}/{rest}").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_point_takes_a_fixed_number_of_queries(client: Client, card_year: CardYear, count: int) -> None:
    for number in range(count):
        make.point(f"bib-{number}", year=card_year.year, serves=f"{9000 + number} {9100 + number}")

    with CaptureQueriesContext(connection) as asked:
        client.get("/afhaalpunten/bib-0/")

    assert len(asked) == 3


@pytest.mark.usefixtures("gent")
def test_calendar_is_a_calendar_file(client: Client) -> None:
    file = client.get("/afhaalpunten/gent/openingsuren.ics")

    assert (file["Content-Type"], file["Content-Disposition"]) == (
        "text/calendar; charset=utf-8",
        'attachment; filename="lerarenkaart-gent.ics"',
    )
    assert file.content.startswith(b"BEGIN:VCALENDAR\r\n")


@pytest.mark.usefixtures("gent")
@pytest.mark.parametrize(
    "path",
    ["kaart.svg", "kaart-donker.svg", "gent/kaart.svg", "gent/kaart-donker.svg"],
)
def test_dot_map_is_a_picture_that_may_be_kept(client: Client, path: str) -> None:
    picture = client.get(f"/afhaalpunten/{path}")

    assert (picture.status_code, picture["Content-Type"], picture["Cache-Control"]) == (
        200,
        "image/svg+xml",
        "public, max-age=600",
    )


@pytest.mark.usefixtures("gent")
@pytest.mark.parametrize("path", ["", "gent/", "gent/openingsuren.ics", "kaart.svg"])
def test_pages_are_read_only(client: Client, path: str) -> None:
    assert client.post(f"/afhaalpunten/{path}").status_code == 405
