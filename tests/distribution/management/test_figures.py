"""The command figures: the parliamentary table, and the same figures in every form."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from distribution.actions import history
from distribution.documents import figures as files
from distribution.enums import FiguresBy, Marking
from distribution.models import CardYear
from pickup_points.models import KlasseRole, PickupPoint, User
from tests import make
from tests.conftest import NOW
from tests.distribution import seasons, settled

pytestmark = pytest.mark.django_db

PARLIAMENT = """\
                                      2017        2018        2019        2020        2021
Kaarten                            204.530     208.204     213.132     215.229     221.879
Met magazine                        15.570      18.276      19.931      21.964      25.479
(Re)starters                        14.852      16.527      17.583      16.158      18.872
Afgehaald                          102.478     103.966     100.102     81.803*           /
Andere                               5.465         936         900       5.604           /
Met kaart                          138.365     139.705     138.516    125.529*           /
Percentage                            67,7        67,1        65,0       58,3*           /

* schatting   / niet geteld   ≥ minstens
2020: =1+1 punten waren dicht
"""


def order(*arguments: str) -> str:
    answer = io.StringIO()
    call_command("figures", *arguments, stdout=answer)
    return answer.getvalue()


@pytest.fixture
def season(card_year: CardYear) -> PickupPoint:
    """One point with a name that means something to a spreadsheet, counted; and cards along every way."""
    user, point = make.new_user(), make.point("bib-gent", name="=1+1 Gent", year=2027)
    cards = seasons.cards(card_year, 20, at=point)
    seasons.sent_home(card_year, 6, postcode="3500", level="secundair")
    seasons.starters(card_year, 5, level="clb")
    settled.printed(card_year)
    seasons.marked(cards[:8], by=user, at=NOW)
    seasons.counted(card_year, point, 9, by=user, marking=Marking.PARTIAL)
    return point


def test_figures_prints_the_parliamentary_table(tmp_path: Path) -> None:
    seasons.published(tmp_path)

    assert order("--years", "2017-2021").startswith(PARLIAMENT)


def test_figures_prints_the_margins_of_an_own_year(season: PickupPoint) -> None:
    said = order("--years", "2027")

    assert "\n2027: 71,0 % (tussen 61,3 en 71,0; minstens 61,3, hoogstens 71,0; 100 % van de kaarten geteld)\n" in said


def test_figures_prints_a_block_a_year_with_its_total(season: PickupPoint) -> None:
    lines = order("--by", "level").splitlines()

    assert [line.split() for line in lines[:7]] == [
        [
            "2027",
            "kaarten",
            "met",
            "magazine",
            "(re)starters",
            "in",
            "afhaalpunt",
            "afgehaald",
            "met",
            "kaart",
            "percentage",
        ],
        ["Lager", "onderwijs", "20", "0", "0", "20", "≥", "8", "≥", "8", "≥", "40,0"],
        ["afgehaald", "niet", "geteld", "(minstens", "40,0,", "hoogstens", "100,0)"],
        ["Secundair", "onderwijs", "6", "6", "0", "0", "≥", "0", "≥", "6", "≥", "100,0"],
        ["Leerlingenbegeleiding", "(clb)", "5", "0", "5", "0", "≥", "0", "≥", "5", "≥", "100,0"],
        ["afgehaald", "zonder", "aanduiding", "0", "0", "0", "0", "3", "3", "/"],
        ["totaal", "31", "6", "5", "20", "11", "22", "71,0"],
    ]


def test_figures_of_no_year_says_so(db: None) -> None:
    assert order("--years", "2031") == "Van deze jaren zijn er geen cijfers.\n"
    assert json.loads(order("--years", "2031", "--json"))["rows"] == []


@pytest.mark.parametrize("by", FiguresBy)
def test_command_api_csv_and_xlsx_agree(by: FiguresBy, season: PickupPoint, tmp_path: Path) -> None:
    seasons.published(tmp_path)
    reader = make.new_user()
    User.objects.filter(pk=reader.pk).update(klasse_role=KlasseRole.READER)
    make.second_factor(reader)
    client = Client()
    client.force_login(User.objects.get(pk=reader.pk))
    asked = ("--years", "2019-2027", "--by", by.value)

    as_json = json.loads(order(*asked, "--format", "json"))

    assert as_json == json.loads(order(*asked, "--json"))
    assert as_json == client.get("/api/v1/reports/figures/", {"years": "2019-2027", "by": by.value}).json()
    sheet = tmp_path / "cijfers.xlsx"
    assert order(*asked, "--format", "xlsx", "--out", str(sheet)).endswith(f"rijen in {sheet}\n")
    [header, *written] = openpyxl.load_workbook(sheet).active.iter_rows(values_only=True)
    assert list(header) == files.header(by)
    [names, *typed] = csv.reader(io.StringIO(order(*asked, "--format", "csv"), newline=""), delimiter=";")
    assert names == list(header)
    rows = [row for row in written if row[2] != files.TOTAL]
    assert [(row["year"], row[by.value], row["label"]) for row in as_json["rows"]] == [row[:3] for row in rows]
    for place, (name, key) in enumerate(files.NUMBERS.items(), start=3):
        if key == "collected_rate" and by == FiguresBy.CHANNEL:
            continue
        assert header[place] == name
        assert [row[key] for row in as_json["rows"]] == [row[place] for row in rows]
        told = [row[place] for row in typed if row[2] != files.TOTAL]
        assert [_number(text) for text in told] == [row[place] for row in rows]
    assert {row[-1] for row in written} - {None} == ({seasons.CAUSE} if by == FiguresBy.CHANNEL else set())
    totals = [row for row in written if row[2] == files.TOTAL]
    assert [row[3] for row in totals] == ([] if by == FiguresBy.CHANNEL else [31])


def _number(text: str) -> float | None:
    return float(text) if text else None


def test_names_in_a_file_are_inert_and_numbers_are_numbers(season: PickupPoint, tmp_path: Path) -> None:
    sheet = tmp_path / "cijfers.xlsx"
    order("--by", "point", "--format", "xlsx", "--out", str(sheet))
    row = next(openpyxl.load_workbook(sheet).active.iter_rows(min_row=2))

    assert [(cell.data_type, cell.value) for cell in row[:4]] == [
        ("n", 2027),
        ("s", "bib-gent"),
        ("s", "=1+1 Gent"),
        ("n", 20),
    ]
    assert order("--by", "point", "--format", "csv").splitlines()[1].startswith("2027;bib-gent;'=1+1 Gent;20;")


def test_a_file_of_published_years_comes_in_again_as_it_left(db: None, tmp_path: Path) -> None:
    seasons.published(tmp_path)
    folder = tmp_path / "weg"
    folder.mkdir()
    for form in ("csv", "xlsx"):
        order("--format", form, "--out", str(folder / f"cijfers.{form}"))

    assert f"'{seasons.CAUSE}" in (folder / "cijfers.csv").read_text(encoding="utf-8-sig")
    for form in ("csv", "xlsx"):
        again = history.load(folder / f"cijfers.{form}", rejects_folder=folder)
        assert (again.accepted, again.rejected, again.changed) == (5, 0, False)


def test_the_longest_name_of_a_category_fits_in_a_terminal(card_year: CardYear) -> None:
    seasons.sent_home(card_year, 7, category="mvd")

    assert "\nmeester-, vak- en dienstpersoneel " in order("--by", "category")


def test_small_groups_are_left_out_of_files_and_not_of_the_terminal(card_year: CardYear, tmp_path: Path) -> None:
    for level, number in (("kleuter", 3), ("lager", 9), ("secundair", 8)):
        seasons.sent_home(card_year, number, level=level)

    written = list(csv.reader(io.StringIO(order("--by", "level", "--format", "csv"), newline=""), delimiter=";"))

    assert [row[2:5] for row in written[1:]] == [
        ["Kleuteronderwijs", "", ""], ["Lager onderwijs", "9", "9"], ["Secundair onderwijs", "", ""],
        ["totaal", "20", "20"],
    ]  # fmt: skip
    assert written[1][-2] == "minder dan vijf personen, of samen met zo'n groep weggelaten"
    assert [row["cards"] for row in json.loads(order("--by", "level", "--json"))["rows"]] == [3, 9, 8]


def test_figures_by_school_year(season: PickupPoint) -> None:
    found = json.loads(order("--school-year", "--by", "province", "--borders", "now", "--json"))

    assert [(row["year"], row["province"], row["collected"]) for row in found["rows"]] == [(2027, "Oost-Vlaanderen", 8)]
    assert "schooljaar" in found["definition"]
    assert "2027" in order("--school-year")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--years", "2021-2017"], "Schrijf een jaar"),
        (["--format", "xlsx"], "--out"),
        (["--format", "csv", "--out", "/proc/bestaat-niet/cijfers.csv"], "kan niet geschreven worden"),
    ],
)
def test_figures_refuses_with_exit_code_2(db: None, arguments: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said) as refusal:
        call_command("figures", *arguments, stdout=io.StringIO())

    assert refusal.value.returncode == 2


def test_names_of_columns_are_those_of_the_history_file() -> None:
    wanted: set[Any] = {"jaar", "totaal", "abonnement", "starters", "afgehaald", "met_kaart", "schatting", "oorzaak"}
    assert wanted <= set(files.header(FiguresBy.CHANNEL))
