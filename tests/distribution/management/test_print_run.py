"""python manage.py print_run, as somebody at a terminal or a program sees it."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from distribution.models import CardYear
from tests import make


def test_print_run_answers_with_the_keys_of_the_contract(card_year: CardYear, tmp_path: Path) -> None:
    make.card(make.person(card_year), at=make.point("bib-gent"))
    make.batch(card_year)
    output = StringIO()

    call_command("print_run", "2027", "--out", str(tmp_path), "--json", stdout=output)

    assert json.loads(output.getvalue()) == {
        "year": 2027,
        "batch": 1,
        "cards": 1,
        "channels": {"subscription": 0, "starter": 0, "pickup": 1},
        "without_point": 0,
        "left_out": 0,
        "points": 1,
        "boxes": 1,
        "files": [
            "kaartdrukker-2027-reeks-1.csv",
            "leveringen-2027-reeks-1.csv",
            "dozen-2027-reeks-1.pdf",
            "paklijsten/paklijst-bib-gent-2027-reeks-1.pdf",
            "overzicht-2027-reeks-1.csv",
        ],
    }
    assert all((tmp_path / name).is_file() for name in json.loads(output.getvalue())["files"])


def test_print_run_without_pdf_tells_a_person_how_many_files(card_year: CardYear, tmp_path: Path) -> None:
    make.card(make.person(card_year), at=make.point())
    make.batch(card_year)
    output = StringIO()

    call_command("print_run", "2027", "--out", str(tmp_path), "--no-pdf", "--box-size", "100", stdout=output)

    assert "3 (zie overzicht-2027-reeks-1.csv)" in output.getvalue()


@pytest.mark.parametrize(
    ("year", "sentence"),
    [
        (2027, "Het drukwerk van 2027 is nog niet bevroren."),
        (2072, "Het jaar 2072 is niet geopend."),
    ],
    ids=["not-frozen", "not-opened"],
)
def test_print_run_refuses_with_exit_code_2(card_year: CardYear, tmp_path: Path, year: int, sentence: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("print_run", str(year), "--out", str(tmp_path / "uit"))

    assert refused.value.returncode == 2
    assert str(refused.value).startswith(sentence)
    assert list(tmp_path.iterdir()) == []
