"""The import commands: their JSON, their exit codes, and nothing changed when refused (interface.md §4)."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from distribution.models import CardYear, EarlierHolder, Person, PublishedFigures, Subscriber
from tests import files, make


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    call_command(*arguments, "--json")
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return files.personnel(tmp_path / "personeel.csv", *(files.appointment(serial) for serial in range(20)))


def test_import_personnel_json(card_year: CardYear, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = run(capsys, "import_personnel", str(path), "--year", "2027")

    assert {key: result[key] for key in ("rows", "accepted", "rejected", "people", "warnings", "rejects_file")} == {
        "rows": 20,
        "accepted": 20,
        "rejected": 0,
        "people": {"new": 20, "changed": 0, "unchanged": 0, "left": 0},
        "warnings": {},
        "rejects_file": None,
    }


def test_import_personnel_dry_run_changes_nothing(
    card_year: CardYear, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("import_personnel", str(path), "--year", "2027", "--dry-run")

    assert "Dit was een proef: er is niets veranderd." in capsys.readouterr().out
    assert Person.objects.count() == 0


def test_import_personnel_force_needs_a_reason_and_takes_it(
    card_year: CardYear, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("import_personnel", str(path), "--year", "2027")
    files.personnel(path, *(files.appointment(serial) for serial in range(10)))

    with pytest.raises(CommandError) as refused:
        call_command("import_personnel", str(path), "--year", "2027")
    call_command("import_personnel", str(path), "--year", "2027", "--force", "fusie")

    assert refused.value.returncode == 2
    assert Person.objects.count() == 10


@pytest.mark.parametrize("command", ["import_personnel", "import_subscribers", "import_card_holders"])
def test_import_for_a_year_that_was_not_opened_is_refused(command: str, card_year: CardYear, path: Path) -> None:
    with pytest.raises(CommandError, match="2072") as refused:
        call_command(command, str(path), "--year", "2072")

    assert refused.value.returncode == 2


@pytest.mark.parametrize("command", ["import_personnel", "import_subscribers", "import_card_holders"])
def test_import_of_a_wrong_shape_exits_with_2(command: str, card_year: CardYear, tmp_path: Path) -> None:
    empty = tmp_path / "leeg.csv"
    empty.touch()

    with pytest.raises(CommandError, match="leeg") as refused:
        call_command(command, str(empty), "--year", "2027")

    assert refused.value.returncode == 2


@pytest.mark.parametrize(
    ("command", "model"), [("import_subscribers", Subscriber), ("import_card_holders", EarlierHolder)]
)
def test_import_list_json(
    command: str, model: Any, card_year: CardYear, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = files.staff_numbers(tmp_path / "lijst.csv", *(make.staff_number(serial) for serial in range(15)), "123")

    result = run(capsys, command, str(path), "--year", "2027")

    assert (result["rows"], result["accepted"], result["rejected"]) == (16, 15, 1)
    assert model.objects.count() == 15


def test_import_history_json(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "historiek.csv"
    path.write_text(
        "jaar;totaal;abonnement;starters;afgehaald;met_kaart;schatting\n2020;215229;;;;;1\n", encoding="utf-8"
    )

    result = run(capsys, "import_history", str(path))

    assert (result["rows"], result["accepted"], result["rejected"]) == (1, 1, 0)
    assert PublishedFigures.objects.get().is_estimate
