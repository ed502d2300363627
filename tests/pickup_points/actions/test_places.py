"""Klasse changes places: all or nothing, each with its trace, and a postcode never has two points."""

import datetime as dt
from dataclasses import replace

import pytest

from distribution.models import CardYear
from pickup_points.actions import places
from pickup_points.intake import place_data
from pickup_points.intake.place_data import NOTHING_YET, PlaceData
from pickup_points.models import PickupPoint, PointChange, PointYear, ServedPostcode, User
from tests import make
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim(card_year: CardYear) -> User:
    return make.new_user()


def now_of(point: PickupPoint) -> PlaceData:
    point = PickupPoint.objects.get(pk=point.pk)
    return place_data.of(point, PointYear.objects.filter(point=point, year=2027).first())


def served() -> set[tuple[str, str, bool]]:
    return set(ServedPostcode.objects.values_list("point__code", "postcode", "is_choice"))


def test_save_writes_point_year_postcodes_and_one_trace(kim: User) -> None:
    point = make.point("gent", year=2027, serves="9000")
    basis = now_of(point)
    wanted = replace(
        basis,
        name="De Krook",
        latitude=51.05,
        longitude=3.72,
        serves=("9000", "9031"),
        choice_for=("9040",),
        own=replace(basis.own, collect_until=dt.date(2027, 6, 30), hours={"ma": "10:00-12:00"}),
    )

    change = places.save(point, wanted=wanted, basis=basis, year=2027, by=kim, at=NOW)

    assert now_of(point) == wanted
    assert change is not None
    assert (change.by, change.year) == (kim, 2027)
    assert change.fields == {
        "name": ["Bibliotheek gent", "De Krook"],
        "latitude": [None, 51.05],
        "longitude": [None, 3.72],
        "serves": [["9000"], ["9000", "9031"]],
        "choice_for": [[], ["9040"]],
        "hours": [basis.own.hours, {"ma": "10:00-12:00"}],
        "collect_until": [None, "2027-06-30"],
    }
    assert PointChange.objects.count() == 1


def test_save_takes_a_postcode_from_who_had_it_and_both_can_read_so(kim: User) -> None:
    gent, aalst = make.point("gent", year=2027, serves="9000"), make.point("aalst", year=2027, serves="9300 9308")
    basis = now_of(gent)

    places.save(gent, wanted=replace(basis, serves=("9000", "9308")), basis=basis, year=2027, by=kim, at=NOW)

    assert served() == {("gent", "9000", False), ("gent", "9308", False), ("aalst", "9300", False)}
    assert PointChange.objects.get(point=aalst).fields == {"serves": [["9300", "9308"], ["9300"]]}


def test_save_turns_a_choice_into_the_fixed_point(kim: User) -> None:
    gent = make.point("gent", year=2027)
    ServedPostcode.objects.create(point=gent, year=2027, postcode="9040", is_choice=True)
    basis = now_of(gent)

    places.save(gent, wanted=replace(basis, serves=("9040",), choice_for=()), basis=basis, year=2027, by=kim, at=NOW)

    assert served() == {("gent", "9040", False)}


def test_save_over_somebody_elses_change_is_refused(kim: User) -> None:
    point = make.point("gent", year=2027)
    basis = now_of(point)
    PickupPoint.objects.update(phone="09 111 11 11")

    with pytest.raises(places.PlaceChanged) as refused:
        places.save(point, wanted=replace(basis, name="Anders"), basis=basis, year=2027, by=kim, at=NOW)

    assert refused.value.changes == {"phone": ["", "09 111 11 11"]}
    assert PickupPoint.objects.get().name == "Bibliotheek gent"
    assert not PointChange.objects.exists()


def test_save_of_nothing_leaves_no_trace(kim: User) -> None:
    point = make.point("gent", year=2027, serves="9000")
    basis = now_of(point)

    assert places.save(point, wanted=basis, basis=basis, year=2027, by=kim, at=NOW) is None
    assert not PointChange.objects.exists()


def test_save_of_a_point_outside_the_year_leaves_the_year_alone(kim: User) -> None:
    point = make.point("gent")
    basis = now_of(point)

    change = places.save(point, wanted=replace(basis, name="Ander"), basis=basis, year=2027, by=kim, at=NOW)

    assert change is not None
    assert (change.year, change.fields) == (None, {"name": ["Bibliotheek gent", "Ander"]})
    assert not PointYear.objects.exists()


def test_create_makes_a_point_that_takes_part(kim: User) -> None:
    own = replace(NOTHING_YET.own, hours={"di": "09:00-12:00"}, email="bib@voorbeeld.be")
    wanted = PlaceData(
        "Bib Temse", "bibliotheek", "Markt", "1", "9140", "Temse", None, None, ("9140",), (), own
    )  # fmt: skip

    point = places.create("temse", wanted=wanted, year=2027, by=kim, at=NOW)

    assert now_of(point) == wanted
    assert PointYear.objects.get().point == point
    assert PointChange.objects.get().fields["takes_part"] == [None, 2027]


def test_create_with_a_code_that_exists_is_refused_and_changes_nothing(kim: User) -> None:
    make.point("temse")

    with pytest.raises(places.CodeTaken):
        places.create("temse", wanted=NOTHING_YET, year=2027, by=kim, at=NOW)

    assert PickupPoint.objects.get().name == "Bibliotheek temse"


def test_join_twice_is_once(kim: User) -> None:
    point = make.point("gent")

    assert places.join(point, year=2027, by=kim, at=NOW) == places.join(point, year=2027, by=kim, at=NOW)
    assert PointChange.objects.get().fields == {"takes_part": [None, 2027]}


def test_serve_gives_several_at_once_and_counts_the_new(kim: User) -> None:
    gent = make.point("gent", year=2027, serves="9000")

    assert places.serve(["9000", "9031", "9040"], point=gent, year=2027, by=kim, at=NOW) == 2
    assert served() == {("gent", code, False) for code in ("9000", "9031", "9040")}
    assert PointChange.objects.get().fields == {"serves": [["9000"], ["9000", "9031", "9040"]]}


def test_serve_by_a_point_that_takes_no_part_or_stops_is_refused(kim: User) -> None:
    away, stops = make.point("weg"), make.point("stopt", year=2027)
    PointYear.objects.update(stopped_at=NOW, stopped_by=kim, followed_by=away)

    with pytest.raises(places.NoPartInYear):
        places.serve(["9000"], point=away, year=2027, by=kim, at=NOW)
    with pytest.raises(places.Stopped):
        places.serve(["9000"], point=stops, year=2027, by=kim, at=NOW)

    assert served() == set()
