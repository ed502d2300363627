"""Published totals: what was counted, and what was not."""

from pathlib import Path

import pytest

from distribution.actions import history
from distribution.actions.taking_files import ListSummary
from distribution.intake.refusals import FileRefused
from distribution.models import PublishedFigures

pytestmark = pytest.mark.django_db

HEADER = "jaar;totaal;abonnement;starters;afgehaald;met_kaart;schatting"
PUBLISHED = (
    "2019;213132;19931;17583;100102;138516;",
    "2020;215229;21964;16158;81803;125529;1",
    "2021;221879;25479;18872;;;",
)


def load(path: Path, *lines: str) -> ListSummary:
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return history.load(path, rejects_folder=path.parent / "rejects")


def test_load_keeps_empty_apart_from_zero(tmp_path: Path) -> None:
    summary = load(tmp_path / "historiek.csv", *PUBLISHED)

    assert (summary.rows, summary.accepted, summary.rejected) == (3, 3, 0)
    figures = PublishedFigures.objects.order_by("year").values_list("year", "collected", "with_card", "is_estimate")
    assert list(figures) == [(2019, 100102, 138516, False), (2020, 81803, 125529, True), (2021, None, None, False)]


def test_load_again_changes_nothing_and_other_years_stay(tmp_path: Path) -> None:
    load(tmp_path / "historiek.csv", *PUBLISHED)

    again = load(tmp_path / "historiek.csv", *PUBLISHED)
    corrected = load(tmp_path / "historiek.csv", "2019;213.132;19 931;17583;100103;138516;0")

    assert (again.changed, corrected.changed) == (False, True)
    assert list(PublishedFigures.objects.order_by("year").values_list("year", "cards", "collected")) == [
        (2019, 213132, 100103),
        (2020, 215229, 81803),
        (2021, 221879, None),
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (";1;;;;;", "missing_value"),
        ("19;1;;;;;", "bad_value"),
        ("2018;veel;;;;;", "bad_value"),
        ("2018;-1;;;;;", "bad_value"),
        ("2018;2E+05;;;;;", "number_lost_digits"),
        ("2018;100;101;;;;", "bad_value"),
        ("2018;100;;;;;misschien", "bad_value"),
        ("2019;1;;;;;", "bad_value"),
    ],
)
def test_load_rejects_a_row(line: str, code: str, tmp_path: Path) -> None:
    good = [f"{year};100;;;;;" for year in range(2000, 2010)]

    summary = load(tmp_path / "historiek.csv", PUBLISHED[0], *good, line)

    assert summary.rejects_file is not None
    assert Path(summary.rejects_file).read_text(encoding="utf-8-sig").splitlines()[1].split(";")[2] == code
    assert summary.accepted == 11


CAUSE = "De afhaalpunten waren drie maanden dicht."


def told(path: Path, *lines: str) -> ListSummary:
    """With the column for the cause."""
    path.write_text("\n".join([f"{HEADER};oorzaak", *lines]) + "\n", encoding="utf-8")
    return history.load(path, rejects_folder=path.parent / "rejects")


def test_load_keeps_why_a_figure_has_a_sign(tmp_path: Path) -> None:
    path = tmp_path / "historiek.csv"
    made = told(path, f"2020;100;;;50;50;1;'= {CAUSE}", f"2021;100;;;;;;  {CAUSE}\u200b ", "2019;100;;;50;50;;")
    again = told(path, f"2020;100;;;50;50;1;'= {CAUSE}")
    other = told(path, "2020;100;;;50;50;1;")

    assert list(PublishedFigures.objects.values_list("year", "cause")) == [(2019, ""), (2020, ""), (2021, CAUSE)]
    assert [year["figures"][-1]["name"] for year in made.details["years"]] == ["cause", "cause", "is_estimate"]
    assert (again.changed, other.counts["changed"]) == (False, 1)
    assert other.details["years"][0]["figures"] == [{"name": "cause", "was": f"= {CAUSE}", "becomes": ""}]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("2020;100;;;50;50;;Geteld, en toch een oorzaak.", "bad_value"),
        (f"2020;100;;;50;50;1;{'x' * 201}", "bad_value"),
        ("2020;100;;;50;50;1;#REF!", "bad_value"),
    ],
)
def test_load_rejects_a_cause(line: str, code: str, tmp_path: Path) -> None:
    good = [f"{year};100;;;50;50;1;{'x' * 200}" for year in range(2000, 2010)]

    summary = told(tmp_path / "historiek.csv", *good, line)

    assert summary.rejects_file is not None
    rejected = Path(summary.rejects_file).read_text(encoding="utf-8-sig").splitlines()[1].split(";")
    assert (summary.accepted, rejected[1:3]) == (10, ["oorzaak", code])


def test_load_without_years_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused):
        load(tmp_path / "historiek.csv")
