"""Importing points touches places and the year at once: all or nothing, and never a printed card."""

import datetime as dt
from pathlib import Path

import pytest

from distribution.models import Card, CardYear, PrintBatch, YearEvent
from lerarenkaart import actions
from pickup_points.models import PickupPoint, PointYear, ServedPostcode
from tests import make
from tests.pickup_points import points_file

pytestmark = pytest.mark.django_db


def imported(
    tmp_path: Path, card_year: CardYear, now: dt.datetime, *rows: dict[str, str], force: str = ""
) -> actions.PointsImport:
    path = points_file.write(tmp_path / "afhaalpunten.csv", *rows)
    return actions.import_pickup_points(path, card_year=card_year, at=now, force=force)


def events(card_year: CardYear) -> list[dict[str, object]]:
    return list(YearEvent.objects.filter(card_year=card_year, kind="points_imported").values_list("summary", flat=True))


def test_import_leaves_an_event_with_counts(tmp_path: Path, card_year: CardYear, now: dt.datetime) -> None:
    imported(tmp_path, card_year, now, points_file.row("a", postcodes="9000 9030"))

    assert events(card_year) == [{"new": 1, "changed": 0, "left": 0, "postcodes": 2, "postcodes_changed": 2}]


def test_import_of_the_same_file_again_changes_nothing(tmp_path: Path, card_year: CardYear, now: dt.datetime) -> None:
    imported(tmp_path, card_year, now, points_file.row("a", postcodes="9000"))
    before = list(ServedPostcode.objects.values_list())

    again = imported(tmp_path, card_year, now, points_file.row("a", postcodes="9000"))

    assert (again.loaded.anything, len(events(card_year))) == (False, 1)
    assert list(ServedPostcode.objects.values_list()) == before


def test_import_of_a_bad_file_changes_nothing(tmp_path: Path, card_year: CardYear, now: dt.datetime) -> None:
    with pytest.raises(actions.PointsRefused) as refusal:
        imported(
            tmp_path, card_year, now, points_file.row("a", postcodes="9000"), points_file.row("b", postcodes="9000")
        )

    assert refusal.value.code == "postcode_claimed_twice"
    assert (PickupPoint.objects.count(), events(card_year)) == (0, [])


def test_import_moves_no_card(tmp_path: Path, card_year: CardYear, now: dt.datetime) -> None:
    imported(tmp_path, card_year, now, points_file.row("a", postcodes="9000"), points_file.row("b"))
    here = PickupPoint.objects.get(code="a")
    card = make.card(make.person(card_year), at=here)

    imported(tmp_path, card_year, now, points_file.row("a"), points_file.row("b", postcodes="9000"))

    assert Card.objects.get(pk=card.pk).pickup_point == here


def test_import_refuses_to_drop_a_point_with_printed_cards(
    tmp_path: Path, card_year: CardYear, now: dt.datetime
) -> None:
    """O14."""
    imported(tmp_path, card_year, now, points_file.row("a", postcodes="9000"), points_file.row("b", postcodes="9030"))
    batch = PrintBatch.objects.create(card_year=card_year, number=1, frozen_at=now, cards=2)
    for _ in range(2):
        make.card(make.person(card_year), at=PickupPoint.objects.get(code="b"), batch=batch)

    with pytest.raises(actions.PointStillHasCards) as refusal:
        imported(tmp_path, card_year, now, points_file.row("a", postcodes="9000 9030"))

    assert str(refusal.value) == (
        "Deze afhaalpunten staan niet in het bestand, maar er wachten gedrukte kaarten: Bibliotheek b (2 kaarten). "
        "Verplaats die kaarten eerst naar een ander afhaalpunt."
    )
    assert set(PointYear.objects.values_list("point__code", flat=True)) == {"a", "b"}
    assert set(ServedPostcode.objects.values_list("point__code", "postcode")) == {("a", "9000"), ("b", "9030")}


def test_import_may_drop_a_point_before_the_print_run(tmp_path: Path, card_year: CardYear, now: dt.datetime) -> None:
    imported(tmp_path, card_year, now, points_file.row("a"), points_file.row("b"))
    make.card(make.person(card_year), at=PickupPoint.objects.get(code="b"))

    done = imported(tmp_path, card_year, now, points_file.row("a"))

    assert list(done.loaded.left.values()) == ["Bibliotheek b"]


def test_import_of_a_part_of_the_list_is_refused_unless_forced(
    tmp_path: Path, card_year: CardYear, now: dt.datetime
) -> None:
    rows = points_file.many(22)
    imported(tmp_path, card_year, now, *rows)

    with pytest.raises(actions.ManyPointsWouldLeave):
        imported(tmp_path, card_year, now, *rows[:10])
    forced = imported(tmp_path, card_year, now, *rows[:10], force="nieuwe verdeling")

    assert len(forced.loaded.left) == 12
    assert events(card_year)[0]["forced"] == "nieuwe verdeling"
    assert PointYear.objects.count() == 10


def test_import_with_a_smaller_list_is_taken(tmp_path: Path, card_year: CardYear, now: dt.datetime) -> None:
    rows = points_file.many(22)
    imported(tmp_path, card_year, now, *rows)

    imported(tmp_path, card_year, now, *rows[:11])

    assert PointYear.objects.count() == 11
