"""Who hears what, and how many questions that costs."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from distribution.enums import Outcome
from distribution.models import CardYear
from distribution.queries import lookup
from pickup_points.models import PickupPoint, PointYear
from tests import outcomes
from tests.conftest import BRUSSELS, NOW

TODAY = NOW.date()


def _year(on: dt.date = TODAY) -> lookup.LookupYear:
    year = lookup.current_year(on)
    assert year is not None
    return year


@pytest.mark.parametrize(("case", "heard"), outcomes.HEARD.items())
def test_find_gives_each_their_outcome(season: outcomes.Season, case: str, heard: Outcome) -> None:
    found = lookup.find(_year(), season.numbers[case], postcode=None, at=NOW)

    assert found.outcome == heard
    assert found.year == 2027
    assert (found.place is not None) == (heard == Outcome.AT_PICKUP_POINT)
    assert found.expected == (dt.date(2027, 1, 15) if heard == Outcome.STARTER_PACK else None)


def test_find_asks_the_same_of_the_database_for_everyone(season: outcomes.Season) -> None:
    year = _year()
    asked = {}
    for case, number in season.numbers.items():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            lookup.find(year, number, postcode=None, at=NOW)
        asked[case] = [query["sql"].replace(number, "?") for query in seen]

    assert [len(queries) for queries in asked.values()] == [1] * len(asked)
    assert len({queries[0] for queries in asked.values()}) == 1


def test_find_knows_the_place_as_the_public_may(season: outcomes.Season) -> None:
    place = lookup.find(_year(), season.numbers["at_pickup_point"], postcode=None, at=NOW).place

    assert place is not None
    assert place.name == "Bibliotheek De Leeshoek"
    assert place.address == "Voorbeeldplein 1, 9000 Gent"
    assert place.status == "nu open tot 12.00 uur"
    assert [day.text for day in place.days] == [
        *["9.00–12.00 en 13.30–18.00"] * 3,
        "gesloten",
        "gesloten",
        "10.00–13.00",
        "9.00–12.00 en 13.30–18.00",
    ]
    assert (place.collect_from, place.collect_until) == (dt.date(2026, 12, 27), dt.date(2027, 7, 10))
    assert place.map_url == "https://www.openstreetmap.org/?mlat=51.04890&mlon=3.72860#map=17/51.04890/3.72860"


def test_find_uses_the_points_own_days_and_address(season: outcomes.Season) -> None:
    PointYear.objects.update(collect_from=dt.date(2027, 1, 20), collect_until=dt.date(2027, 5, 31))
    PickupPoint.objects.update(latitude=None, name="P")

    place = lookup.find(_year(), season.numbers["at_pickup_point"], postcode=None, at=NOW).place

    assert place is not None
    assert (place.collect_from, place.collect_until) == (dt.date(2027, 1, 20), dt.date(2027, 5, 31))
    assert place.status == "afhalen kan vanaf woensdag 20 januari om 9.00 uur"
    assert place.map_url == "https://www.openstreetmap.org/search?query=Voorbeeldplein+1%2C+9000+Gent"


def test_find_answers_with_hours_nobody_can_read(season: outcomes.Season) -> None:
    PickupPoint.objects.update(hours={"ma": "altijd"}, closed="ooit")

    place = lookup.find(_year(), season.numbers["at_pickup_point"], postcode=None, at=NOW).place

    assert place is not None
    assert place.status == "openingsuren niet bekend"


@pytest.mark.parametrize(
    ("typed", "held", "outcome"),
    [
        ("9000", "9000", Outcome.SENT_HOME),
        (" B-9000 ", "9000", Outcome.SENT_HOME),
        ("9000 Gent", "9000", Outcome.SENT_HOME),
        ("9001", "9000", Outcome.NO_CARD),
        ("niets", "9000", Outcome.NO_CARD),
        ("1234ab", "1234 AB", Outcome.SENT_HOME),
        # Four digits are what we ask for, of a Dutch postcode as well.
        ("1234", "1234 AB", Outcome.SENT_HOME),
        ("1234ac", "1234 AB", Outcome.NO_CARD),
    ],
)
def test_find_with_postcode_wants_that_of_home(
    season: outcomes.Season, typed: str, held: str, outcome: Outcome
) -> None:
    season.card_year.people.update(postcode=held)

    found = lookup.find(_year(), season.numbers["sent_home"], postcode=typed, at=NOW)

    assert found.outcome == outcome


@pytest.mark.parametrize(
    ("on", "heard"),
    [
        (dt.date(2026, 11, 30), Outcome.IN_PREPARATION),
        (dt.date(2026, 12, 1), None),
        (dt.date(2027, 7, 10), None),
        (dt.date(2027, 7, 11), Outcome.PERIOD_ENDED),
        (dt.date(2028, 3, 1), Outcome.PERIOD_ENDED),
    ],
)
def test_season_dates_come_first(season: outcomes.Season, on: dt.date, heard: Outcome | None) -> None:
    with CaptureQueriesContext(connection) as seen:
        now = lookup.season(on)

    assert (now.for_all.outcome if now.for_all else None) == heard
    assert len(seen) == 1


def test_season_without_a_run_is_in_preparation(card_year: CardYear) -> None:
    for_all = lookup.season(NOW.date()).for_all

    assert for_all is not None
    assert for_all.outcome == Outcome.IN_PREPARATION
    assert for_all.message == (
        "De kaarten van 2027 worden gemaakt. Kom binnenkort terug: dan kun je hier opzoeken waar jouw kaart is."
    )


@pytest.mark.parametrize(("on", "year"), [(dt.date(2027, 3, 1), 2027), (dt.date(2027, 7, 11), 2028)])
@pytest.mark.django_db
def test_season_without_an_opened_year_speaks_of_the_next_card(on: dt.date, year: int) -> None:
    for_all = lookup.season(on).for_all

    assert for_all is not None
    assert (for_all.year, for_all.outcome) == (year, Outcome.IN_PREPARATION)


@pytest.mark.parametrize(
    ("on", "year"),
    [
        (dt.date(2026, 5, 1), 2026),
        (dt.date(2026, 11, 30), 2026),
        (dt.date(2026, 12, 1), 2027),
        (dt.date(2020, 1, 1), 2026),
    ],
)
def test_current_year_is_the_latest_open_one_or_the_next(card_year: CardYear, on: dt.date, year: int) -> None:
    at = dt.datetime(2025, 11, 1, tzinfo=BRUSSELS)
    CardYear.objects.create(
        year=2026,
        lookup_from=dt.date(2025, 12, 1),
        collect_from=dt.date(2025, 12, 27),
        collect_until=dt.date(2026, 7, 10),
        opened_at=at,
    )

    assert _year(on).year == year
