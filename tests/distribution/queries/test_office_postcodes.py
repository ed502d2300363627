"""Coverage: every postcode once, unserved first; in as many questions for one point as for three."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from distribution.enums import CardState, Channel
from distribution.models import CardYear
from distribution.queries import office_postcodes
from distribution.queries.office_postcodes import At, Coverage
from pickup_points.models import PointYear, ServedPostcode
from pickup_points.reference import localities
from tests import make
from tests.conftest import NOW
from tests.distribution import office_year

pytestmark = pytest.mark.django_db


def test_every_postcode_of_the_reference_and_those_beyond_it(card_year: CardYear) -> None:
    gent = make.point("gent", year=2027, serves="9000 4000")
    ServedPostcode.objects.create(point=gent, year=2027, postcode="9031", is_choice=True)
    ServedPostcode.objects.create(point=gent, year=2026, postcode="9040")
    for postcode in ("9031", "9031", "1000", "6000"):
        make.person(card_year, postcode=postcode)
    make.person(card_year, postcode="9999", country="NL")

    found = office_postcodes.coverage(card_year)

    at_gent = At("gent", "Bibliotheek gent")
    assert [one.postcode for one in found[:3]] == ["9031", "1000", "6000"]
    assert found[0] == Coverage("9031", "Gent", "Oost-Vlaanderen", None, (at_gent,), 2)
    assert found[2] == Coverage("6000", "", "Elders", None, (), 1)
    assert found[-2:] == [
        Coverage("4000", "", "Elders", at_gent, (), 0), Coverage("9000", "Gent", "Oost-Vlaanderen", at_gent, (), 0)
    ]  # fmt: skip
    assert {one.postcode for one in found} == {*localities(2027), "4000", "6000"}
    assert len(found) == len(localities(2027)) + 2


def test_after_the_run_only_who_has_a_card_to_collect_counts(card_year: CardYear) -> None:
    office_year.run(card_year)
    make.card(make.person(card_year, postcode="9031"))
    make.card(make.person(card_year, postcode="9031"), channel=Channel.SUBSCRIPTION)
    make.card(make.person(card_year, postcode="9031"), state=CardState.VOID)
    make.person(card_year, postcode="9031")

    assert {one.postcode: one.people for one in office_postcodes.coverage(card_year)}["9031"] == 1


def test_choosing(card_year: CardYear) -> None:
    make.point("gent", year=2027, serves="9000")
    found = office_postcodes.coverage(card_year)

    def codes(**asked: object) -> list[str]:
        wanted = {"province": "", "typed": "", "is_unserved": False} | asked
        return [one.postcode for one in office_postcodes.chosen(found, **wanted)]  # type: ignore[arg-type]

    assert codes(typed="900") == ["9000"]
    assert codes(typed="bibliotheek GENT") == ["9000"]
    assert codes(typed="gent", is_unserved=True) == sorted(set(codes(typed="gent")) - {"9000"})
    assert {one.province for one in found if one.postcode in codes(province="Limburg")} == {"Limburg"}
    assert len(codes()) == len(found)


def test_as_many_questions_for_three_points_as_for_one(card_year: CardYear) -> None:
    counted = []
    for code, postcode in (("a", "9000"), ("b", "9300"), ("c", "8000")):
        make.point(code, year=2027, serves=postcode)
        with CaptureQueriesContext(connection) as captured:
            office_postcodes.coverage(card_year)
        counted.append(len(captured))
    assert counted == [2, 2, 2]


def test_a_postcode_is_not_given_to_a_point_that_stops(card_year: CardYear) -> None:
    stays, stops = make.point("blijft", year=2027), make.point("stopt", year=2027)
    make.point("oud")
    PointYear.objects.filter(point=stops).update(stopped_at=NOW, stopped_by=make.new_user(), followed_by=stays)

    assert office_postcodes.can_serve(card_year) == [stays]
