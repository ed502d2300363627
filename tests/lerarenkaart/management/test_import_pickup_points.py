"""The command: counts, the rejects file, and a refusal that changes nothing."""

import csv
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from distribution.models import CardYear
from pickup_points.models import PickupPoint
from tests.pickup_points import points_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path: Path, settings: Settings) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path / "afhaalpunten.csv"


@pytest.mark.usefixtures("card_year")
def test_import_pickup_points_answers_with_counts(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    points_file.write(path, points_file.row("a", postcodes="9000 9030"), points_file.row("b", keuze_voor="9000"))

    call_command("import_pickup_points", path, "--year", "2027", "--json")

    assert json.loads(capsys.readouterr().out) == {
        "rows": 2,
        "accepted": 2,
        "rejected": 0,
        "points": 2,
        "postcodes": 2,
        "new": 2,
        "changed": 0,
        "unchanged": 0,
        "left": 0,
        "rejects_file": None,
    }


@pytest.mark.usefixtures("card_year")
def test_import_pickup_points_writes_what_was_wrong(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    points_file.write(path, *points_file.many(10), points_file.row(soort="school", ma="9-8"))

    call_command("import_pickup_points", path, "--year", "2027", "--json")

    answer = json.loads(capsys.readouterr().out)
    with Path(answer["rejects_file"]).open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file, delimiter=";")) == [
            ["row", "column", "code", "message"],
            ["12", "soort", "bad_value", "Kies een van deze woorden: bibliotheek, ander."],
            ["12", "ma", "bad_hours", "“9-8” eindigt voor het begint. Bedoel je 08:00-09:00?"],
        ]
    assert (answer["rows"], answer["accepted"], answer["rejected"]) == (11, 10, 1)


def test_import_pickup_points_of_a_year_that_was_not_opened_is_refused(path: Path, card_year: CardYear) -> None:
    points_file.write(path, points_file.row())

    with pytest.raises(CommandError) as refusal:
        call_command("import_pickup_points", path, "--year", "2072")

    assert (refusal.value.returncode, PickupPoint.objects.count()) == (2, 0)


@pytest.mark.usefixtures("card_year")
def test_import_pickup_points_of_a_bad_file_is_refused(path: Path) -> None:
    points_file.write(path, points_file.row(), without=("postcodes",))

    with pytest.raises(CommandError, match="Deze kolom ontbreekt: postcodes") as refusal:
        call_command("import_pickup_points", path, "--year", "2027")

    assert (refusal.value.returncode, PickupPoint.objects.count()) == (2, 0)


@pytest.mark.usefixtures("card_year")
def test_import_pickup_points_without_a_file_is_refused(path: Path) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("import_pickup_points", path, "--year", "2027")

    assert refusal.value.returncode == 2
