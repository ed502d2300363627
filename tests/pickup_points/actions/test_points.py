"""Loading the points of a year: the picture of the file, in sets, the same again without a change."""

import datetime as dt
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pickup_points.actions import points as actions
from pickup_points.intake import PointRow, read
from pickup_points.models import PickupPoint, PointYear, ServedPostcode
from tests import make
from tests.conftest import NOW
from tests.pickup_points import points_file

pytestmark = pytest.mark.django_db
PERIOD = (dt.date(2026, 12, 27), dt.date(2027, 7, 10))


def rows_of(tmp_path: Path, *rows: dict[str, str]) -> tuple[PointRow, ...]:
    return read(points_file.write(tmp_path / "afhaalpunten.csv", *rows), year=2027, period=PERIOD).points


def picture() -> tuple[list[object], list[object], list[object]]:
    return (
        list(PickupPoint.objects.order_by("pk").values_list()),
        list(PointYear.objects.order_by("pk").values_list()),
        list(ServedPostcode.objects.order_by("pk").values_list()),
    )


def served(year: int = 2027) -> set[tuple[str, str, bool]]:
    return set(ServedPostcode.objects.filter(year=year).values_list("point__code", "postcode", "is_choice"))


def test_load_new_points(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        points_file.row("a", postcodes="9000 9030", afhalen_tot="2027-06-30"),
        points_file.row("b", postcodes="9040", keuze_voor="9000"),
    )

    loaded = actions.load(rows, year=2027)

    assert (loaded.new, loaded.changed, loaded.unchanged, loaded.postcodes) == (2, 0, 0, 3)
    assert set(PointYear.objects.values_list("point__code", "year", "collect_from", "collect_until")) == {
        ("a", 2027, None, dt.date(2027, 6, 30)),
        ("b", 2027, None, None),
    }
    assert served() == {("a", "9000", False), ("a", "9030", False), ("b", "9040", False), ("b", "9000", True)}
    assert PickupPoint.objects.get(code="a").hours == {"ma": "09:00-12:00 13:30-18:00", "wo": "13:30-18:00"}


def test_load_the_same_again_changes_nothing(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, points_file.row("a", postcodes="9000"), points_file.row("b", keuze_voor="9000"))
    actions.load(rows, year=2027)
    before = picture()

    loaded = actions.load(rows, year=2027)

    assert (loaded.anything, loaded.unchanged, picture()) == (False, 2, before)


def test_load_changes_only_what_differs(tmp_path: Path) -> None:
    actions.load(rows_of(tmp_path, points_file.row("a", postcodes="9000"), points_file.row("b")), year=2027)
    before = dict(PickupPoint.objects.values_list("code", "pk"))

    loaded = actions.load(
        rows_of(tmp_path, points_file.row("a", postcodes="9000", telefoon="011 11"), points_file.row("b")), year=2027
    )

    assert (loaded.new, loaded.changed, loaded.unchanged, loaded.postcodes_changed) == (0, 1, 1, 0)
    assert dict(PickupPoint.objects.values_list("code", "pk")) == before
    assert PickupPoint.objects.get(code="a").phone == "011 11"


def test_load_a_postcode_changes_hands(tmp_path: Path) -> None:
    actions.load(
        rows_of(tmp_path, points_file.row("a", postcodes="9000 9030"), points_file.row("b", keuze_voor="9000")),
        year=2027,
    )

    actions.load(
        rows_of(tmp_path, points_file.row("a", postcodes="9030"), points_file.row("b", postcodes="9000")), year=2027
    )

    assert served() == {("a", "9030", False), ("b", "9000", False)}


def test_load_a_point_no_longer_in_the_file_leaves_the_year_only(tmp_path: Path) -> None:
    both = rows_of(tmp_path, points_file.row("a", postcodes="9000"), points_file.row("b", postcodes="9030"))
    actions.load(both, year=2026)
    actions.load(both, year=2027)

    loaded = actions.load(both[:1], year=2027)

    assert list(loaded.left.values()) == ["Bibliotheek b"]
    assert set(PointYear.objects.values_list("point__code", "year")) == {("a", 2026), ("b", 2026), ("a", 2027)}
    assert (served(2026), served(2027)) == (
        {("a", "9000", False), ("b", "9030", False)},
        {("a", "9000", False)},
    )


def test_load_a_point_that_could_not_be_read_stays_as_it_was(tmp_path: Path) -> None:
    actions.load(
        rows_of(
            tmp_path,
            points_file.row("a", postcodes="9000"),
            points_file.row("b", postcodes="9030 9040", keuze_voor="9000"),
        ),
        year=2027,
    )

    loaded = actions.load(rows_of(tmp_path, points_file.row("a", postcodes="9000 9030")), year=2027, unread={"b", "c"})

    assert loaded.left == {}
    assert served() == {
        ("a", "9000", False),
        ("a", "9030", False),
        ("b", "9040", False),
        ("b", "9000", True),
    }


def test_load_all_or_nothing(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, points_file.row("a", postcodes="9000"))
    wrong = PointRow(3, "b", rows[0].fields, dt.date(2027, 2, 1), dt.date(2027, 1, 1), ("9030",), ())
    before = picture()

    with pytest.raises(Exception, match="point_period_in_order"):
        actions.load([*rows, wrong], year=2027)

    assert picture() == before


@pytest.mark.parametrize("count", [1, 3])
def test_load_takes_a_fixed_number_of_statements(tmp_path: Path, count: int) -> None:
    make.point("elders", year=2027, serves="3000")
    rows = rows_of(tmp_path, *points_file.many(count))

    with CaptureQueriesContext(
        connection,
    ) as statements:
        actions.load(rows, year=2027)

    assert len([one for one in statements if "SAVEPOINT" not in one["sql"]]) == 11


def test_load_gives_what_a_stopped_point_had_to_the_one_that_follows(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        points_file.row("a", postcodes="9000", keuze_voor="9040 9050"),
        points_file.row("b", postcodes="9040"),
        points_file.row("c", postcodes="9050", keuze_voor="9000"),
    )
    actions.load(rows, year=2027)
    points = {one.code: one for one in PickupPoint.objects.all()}
    for code, follower in (("a", "b"), ("b", "c")):
        PointYear.objects.filter(point=points[code]).update(
            stopped_at=NOW, stopped_by=make.new_user(), followed_by=points[follower]
        )

    actions.load(rows, year=2027)

    # B follows A and stopped as well: all of it is with C, and what C serves is no choice for it.
    assert served() == {("c", "9000", False), ("c", "9040", False), ("c", "9050", False)}
    assert PointYear.objects.filter(stopped_at=NOW).count() == 2


def test_load_without_a_stopped_point_keeps_that_it_stopped(tmp_path: Path) -> None:
    actions.load(rows_of(tmp_path, points_file.row("a"), points_file.row("b")), year=2027)
    follower = PickupPoint.objects.get(code="b")
    PointYear.objects.filter(point__code="a").update(stopped_at=NOW, stopped_by=make.new_user(), followed_by=follower)

    loaded = actions.load(rows_of(tmp_path, points_file.row("b")), year=2027)

    assert loaded.left == {}
    assert PointYear.objects.get(point__code="a").followed_by == follower
