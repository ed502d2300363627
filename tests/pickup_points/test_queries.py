"""Finding a point: by postcode, by municipality however it is typed, in a fixed number of queries."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pickup_points import hours, queries
from pickup_points.models import PointYear, ServedPostcode
from tests import make

pytestmark = pytest.mark.django_db
SEASON = queries.Season(2027, dt.date(2026, 12, 27), dt.date(2027, 7, 10))


@pytest.fixture
def gent() -> None:
    """Gent with a main library, a branch that may be chosen for 9000 and one without postcodes; others around it."""
    make.point("gent", year=2027, serves="9000 9030", name="Bibliotheek Gent")
    branch = make.point("gent-2", year=2027, serves="9040", name="Filiaal Gent", postcode="9040")
    ServedPostcode.objects.create(point=branch, year=2027, postcode="9000", is_choice=True)
    make.point("gent-3", year=2027, name="Stille bib", postcode="9050")
    make.point("sint-niklaas", year=2027, serves="9100", postcode="9100", municipality="Sint-Niklaas")
    make.point("vorig-jaar", year=2026, serves="9000")
    make.point("nooit")


@pytest.mark.parametrize(
    ("typed", "meaning", "serving", "choices", "nearby"),
    [
        ("9000", "9000", ["gent"], ["gent-2"], ["gent-3"]),
        ("B-9000", "9000", ["gent"], ["gent-2"], ["gent-3"]),
        ("9000 Gent", "9000", ["gent"], ["gent-2"], ["gent-3"]),
        ("Gent 9000", "9000", ["gent"], ["gent-2"], ["gent-3"]),
        ("9040", "9040", ["gent-2"], [], ["gent", "gent-3"]),
        ("Gent", "Gent", ["gent", "gent-2"], [], ["gent-3"]),
        ("  gENT ", "Gent", ["gent", "gent-2"], [], ["gent-3"]),
        ("sint niklaas", "Sint-Niklaas", ["sint-niklaas"], [], []),
        ("Sint-Niklaas", "Sint-Niklaas", ["sint-niklaas"], [], []),
        ("sint nikl", "Sint-Niklaas", ["sint-niklaas"], [], []),
        ("8000", "8000", [], [], []),
        ("Brugge", "Brugge", [], [], []),
        ("Gentbrugge", "Gentbrugge (9050 Gent)", [], [], ["gent", "gent-2", "gent-3"]),
        ("sint amandsberg", "Sint-Amandsberg (9040 Gent)", ["gent-2"], [], ["gent", "gent-3"]),
        ("mariaker", "Mariakerke (9030 Gent)", ["gent"], [], ["gent-2", "gent-3"]),
        ("Berchem", "Berchem (2600 Antwerpen), Berchem (9690 Kluisbergen)", [], [], []),
        ("Nieuwerkerken", "Nieuwerkerken, Nieuwerkerken (9320 Aalst)", [], [], []),
        ("nergenshuizen", "", [], [], []),
        ("", "", [], [], []),
        ("ge", "", [], [], []),
        ("<script>", "", [], [], []),
        ("9000' OR 1=1", "9000", ["gent"], ["gent-2"], ["gent-3"]),
    ],
)
@pytest.mark.usefixtures("gent")
def test_find(typed: str, meaning: str, serving: list[str], choices: list[str], nearby: list[str]) -> None:
    found = queries.find(2027, typed)

    assert (found.meaning, found.understood) == (meaning, bool(meaning))
    assert [place.code for place in found.serving] == serving
    assert [place.code for place in found.choices] == choices
    assert [place.code for place in found.nearby] == nearby


def test_find_by_a_part_of_a_municipality_as_the_point_writes_it() -> None:
    make.point("drongen", year=2027, postcode="9031", municipality="Dröngen")

    found = queries.find(2027, "drongen")

    assert [place.code for place in found.nearby] == ["drongen"]


def test_points_are_listed_as_people_count() -> None:
    for number in (10, 2, 1):
        make.point(f"gent-{number}", year=2027, name=f"Bibliotheek Gent, filiaal {number}")
    make.point("gent", year=2027, name="Bibliotheek Gent")

    assert [place.code for place in queries.places_of(2027)] == ["gent", "gent-1", "gent-2", "gent-10"]


def test_find_puts_the_nearest_first_across_the_border_of_a_municipality() -> None:
    make.point("hier", year=2027, serves="9000", latitude=51.05, longitude=3.72)
    make.point("ver", year=2027, latitude=51.10, longitude=3.72)
    make.point("geen-plek", year=2027)
    make.point("buren", year=2027, postcode="9070", municipality="Destelbergen", latitude=51.05, longitude=3.76)
    make.point("elders", year=2027, postcode="9300", municipality="Aalst", latitude=50.94, longitude=4.04)

    found = queries.find(2027, "9000")

    assert [place.code for place in found.nearby] == ["buren", "ver", "geen-plek"]
    assert {code: round(far, 1) for code, far in found.kilometres.items()} == {"buren": 2.8, "ver": 5.6, "elders": 25.5}


def test_find_of_several_serving_points_says_no_distance() -> None:
    make.point("een", year=2027, serves="9000", latitude=51.05, longitude=3.72)
    make.point("twee", year=2027, serves="9030", latitude=51.10, longitude=3.72)

    assert queries.find(2027, "Gent").kilometres == {}


@pytest.mark.parametrize(
    ("typed", "alike"),
    [
        ("gnet", ("Gent",)),
        ("Antwrepen", ("Antwerpen",)),
        ("Sint Amansberg", ("Sint-Amandsberg", "Sint-Amands")),
        ("Gent", ()),
        ("zz", ()),
        ("nergenshuizen", ()),
    ],
)
def test_find_knows_what_looks_like_it(typed: str, alike: tuple[str, ...]) -> None:
    make.point("gent", year=2027, serves="9000")

    assert queries.find(2027, typed).alike == alike


def test_serving_map_knows_one_year_and_no_choices() -> None:
    here = make.point("a", year=2027, serves="9000 9030")
    there = make.point("b", year=2027, serves="9040")
    ServedPostcode.objects.create(point=there, year=2027, postcode="9000", is_choice=True)
    make.point("c", year=2026, serves="9050")

    assert queries.serving_map(2027) == {"9000": here.pk, "9030": here.pk, "9040": there.pk}


@pytest.mark.usefixtures("gent")
def test_points_of_a_year() -> None:
    assert [point.code for point in queries.points_of(2027)] == ["gent", "gent-2", "gent-3", "sint-niklaas"]


def test_by_province_in_the_order_people_know() -> None:
    make.point("brussel", year=2027, postcode="1000", municipality="Brussel")
    make.point("zwijndrecht", year=2027, postcode="2070", municipality="Zwijndrecht")
    make.point("nederland", year=2027, postcode="9999", municipality="Hulst")
    make.point("antwerpen", year=2027, postcode="2000", municipality="Antwerpen")

    groups = queries.by_province(2027, queries.places_of(2027))

    assert {name: [place.code for place in places] for name, places in groups.items()} == {
        "Antwerpen": ["antwerpen"],
        "Oost-Vlaanderen": ["zwijndrecht"],
        "Brussels Hoofdstedelijk Gewest": ["brussel"],
        "Elders": ["nederland"],
    }
    assert list(groups) == ["Antwerpen", "Oost-Vlaanderen", "Brussels Hoofdstedelijk Gewest", "Elders"]


def test_point_page_has_its_own_period_or_that_of_the_year() -> None:
    make.point("gewoon", year=2027, serves="9000")
    early = make.point("vroeg", year=2027)
    PointYear.objects.filter(point=early).update(collect_until=dt.date(2027, 6, 30))

    pages = [queries.point_page(SEASON, code) for code in ("gewoon", "vroeg")]

    assert [(page.collect_from, page.collect_until, page.serves) for page in pages] == [
        (dt.date(2026, 12, 27), dt.date(2027, 7, 10), ("9000",)),
        (dt.date(2026, 12, 27), dt.date(2027, 6, 30), ()),
    ]


def test_point_page_of_another_year_does_not_exist() -> None:
    make.point("vorig-jaar", year=2026)

    with pytest.raises(PointYear.DoesNotExist):
        queries.point_page(SEASON, "vorig-jaar")


def test_schedule_of_hours_that_cannot_be_read_is_unknown_hours() -> None:
    point = make.point(hours={"ma": "na afspraak"})

    schedule = queries.schedule_of(point, collect_from=None, collect_until=None)

    at = dt.datetime(2027, 1, 11, 10, tzinfo=dt.UTC)
    assert hours.status(schedule, at=at).sentence == "openingsuren niet bekend"


@pytest.mark.parametrize("count", [1, 3])
def test_questions_take_a_fixed_number_of_queries(count: int) -> None:
    for number in range(count):
        make.point(f"bib-{number}", year=2027, serves=str(9000 + 10 * number))

    with CaptureQueriesContext(connection) as statements:
        queries.find(2027, "Gent")
        queries.serving_map(2027)
        queries.schedules(SEASON, [f"bib-{number}" for number in range(count)])
        queries.point_page(SEASON, "bib-0")

    assert len(statements) == 6
