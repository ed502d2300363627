"""The command pickup_lists: what it answers, and how it refuses."""

import datetime as dt
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from distribution.documents import pickup_list_files
from distribution.models import CardYear
from tests import make


@pytest.fixture
def year(card_year: CardYear, now: dt.datetime) -> CardYear:
    """A year with one card at one of two points."""
    CardYear.objects.filter(pk=card_year.pk).update(last_run_at=now, reference_date=now.date())
    make.card(make.person(card_year, "Peeters"), at=make.point("bib-a", year=2027))
    make.point("bib-b", year=2027)
    return card_year


def order(out: Path, *arguments: str) -> dict[str, object]:
    answer = io.StringIO()
    call_command("pickup_lists", "2027", "--out", str(out), "--workers", "1", "--json", *arguments, stdout=answer)
    answered = json.loads(answer.getvalue())
    assert answered.pop("seconds") >= 0
    return dict(answered)


def test_pickup_lists_answers_with_counts(year: CardYear, tmp_path: Path) -> None:
    assert order(tmp_path) == {"lists": 2, "rows": 1, "written": 2, "kept": 0, "failed": []}
    assert order(tmp_path) == {"lists": 2, "rows": 1, "written": 0, "kept": 2, "failed": []}


def test_pickup_lists_for_one_point_writes_one(year: CardYear, tmp_path: Path) -> None:
    assert order(tmp_path, "--point", "bib-b", "--xlsx")["lists"] == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "bib-b-2027-r1-voorlopig.pdf", "bib-b-2027-r1-voorlopig.xlsx",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["2072"], "niet geopend"),
        (["2027", "--point", "bib-z"], "bib-z"),
        (["2027", "--since", "4"], "revisie 4"),
        (["2027", "--workers", "0"], "Minstens één proces"),
    ],
)
def test_pickup_lists_refuses_with_exit_code_2(year: CardYear, tmp_path: Path, arguments: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said) as refusal:
        call_command("pickup_lists", *arguments, "--out", str(tmp_path), stdout=io.StringIO())

    assert refusal.value.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_pickup_lists_refuses_a_year_without_cards(card_year: CardYear, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nog geen kaarten toegekend") as refusal:
        call_command("pickup_lists", "2027", "--out", str(tmp_path), stdout=io.StringIO())

    assert refusal.value.returncode == 2


def test_pickup_lists_says_which_failed_with_exit_code_1(
    year: CardYear, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise ValueError("kapot")

    monkeypatch.setattr(pickup_list_files, "write", fail)
    answer = io.StringIO()

    with pytest.raises(CommandError, match="2 afhaallijsten zijn niet geschreven") as failure:
        call_command("pickup_lists", "2027", "--out", str(tmp_path), "--workers", "1", "--json", stdout=answer)

    assert failure.value.returncode == 1
    assert json.loads(answer.getvalue())["failed"] == ["bib-a", "bib-b"]
