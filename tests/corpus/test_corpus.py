"""The bad inputs of hardening.md 4a and 4b, I01 to I24 and R01 to R41: each file, and what becomes of it."""

import csv
import datetime as dt
import shutil
import time
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from distribution.actions import personnel, years
from distribution.actions.personnel import ImportSummary, WrongSize
from distribution.enums import Channel, Reason
from distribution.intake.refusals import FileRefused
from distribution.models import Appointment, CardYear, Person
from distribution.rules import channels, eligibility
from pickup_points.tables import Limits
from tests.corpus.build import FILES
from tests.corpus.cases import GOOD_ROWS, ONE, REGISTER_NUMBER, ROWS, number

REFUSED_WITHIN = 2.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "rejects"


def load(card_year: CardYear, path: Path, folder: Path, *, limits: Limits = Limits()) -> ImportSummary:  # noqa: B008
    at = dt.datetime(2026, 11, 10, 9, 0, tzinfo=dt.UTC)
    return personnel.load(card_year, path, source="epd", at=at, rejects_folder=folder, limits=limits)


def rejected(summary: ImportSummary) -> dict[int, str]:
    """The code of each row in the rejects file."""
    if summary.rejects_file is None:
        return {}
    with Path(summary.rejects_file).open(encoding="utf-8-sig", newline="") as file:
        return {int(row["row"]): row["code"] for row in csv.DictReader(file, delimiter=";")}


def lines_of_rows(case: str) -> list[int]:
    """The row numbers of a case's rows: a row with a line end in a cell takes two lines."""
    line, lines = 2, []
    for changes, _, _ in ROWS[case]:
        lines.append(line)
        line += 1 + sum(value.count("\n") for value in changes.values())
    return lines


@pytest.mark.parametrize("case", ROWS)
def test_load_takes_or_rejects_each_row(case: str, card_year: CardYear, folder: Path) -> None:
    expected = {
        line: outcome
        for line, (_, outcome, _) in zip(lines_of_rows(case), ROWS[case], strict=True)
        if outcome != "ok" and not outcome.startswith("~")
    }
    warned = Counter(outcome[1:] for _, outcome, _ in ROWS[case] if outcome.startswith("~"))

    summary = load(card_year, FILES / f"{case}.csv", folder)

    assert rejected(summary) == expected
    assert summary.warnings == warned
    assert (summary.rows, summary.rejected) == (GOOD_ROWS + len(ROWS[case]), len(expected))
    assert summary.accepted == summary.rows - summary.rejected
    for place, (changes, _, stored) in enumerate(ROWS[case]):
        if stored:
            staff_number = stored.get("staff_number") or changes.get("stamboeknummer") or number(800_000 + place)
            person = Person.objects.values(*stored).get(card_year=card_year, staff_number=staff_number)
            assert person == stored


def test_load_never_keeps_a_register_number_r10(card_year: CardYear, folder: Path) -> None:
    summary = load(card_year, FILES / "R10.csv", folder)

    assert summary.rejects_file is not None
    text = Path(summary.rejects_file).read_text(encoding="utf-8-sig")
    assert REGISTER_NUMBER not in text.replace(".", "").replace("-", "")
    assert text.count("***********") == len(ROWS["R10"])


def test_choose_subscriber_who_is_a_starter_gets_one_card_with_the_magazine_r39() -> None:
    assert channels.choose(is_subscriber=True, held_card_before=False) == Channel.SUBSCRIPTION


def test_judge_code_that_klasse_added_takes_the_right_away_r40(card_year: CardYear, folder: Path) -> None:
    load(card_year, FILES / "R40.csv", folder)
    appointment = Appointment.objects.get(person__staff_number=ONE)
    table = eligibility.RuleTable(excluding_codes=frozenset({"OVL"}))
    facts = eligibility.Facts(
        is_active=True,
        paid_by=appointment.paid_by,
        level=appointment.level,
        category=appointment.category,
        interrupted_in_full_by=appointment.interruption_code if appointment.interruption_in_full else "",
    )

    assert eligibility.judge([facts], table=table) == Reason.FULL_INTERRUPTION


TAKEN = ["I01", "I02", "I03", "I05-le", "I05-be", "I08-comma", "I08-tab", "I08-pipe", "I08-sep", "I12-crlf", "I12-lf"]


@pytest.mark.parametrize("name", [*TAKEN, "I12-cr", "I14-order", "I16"])
def test_load_reads_the_same_people_whatever_the_file_looks_like(name: str, card_year: CardYear, folder: Path) -> None:
    summary = load(card_year, FILES / f"{name}.csv", folder)

    assert (summary.rows, summary.accepted, summary.warnings) == (12, 12, {})
    names = Person.objects.filter(card_year=card_year).values_list("last_name", "first_name").distinct()
    assert list(names) == [("Lefèvre", "Jérôme")]
    assert Appointment.objects.order_by("row_number").values_list("row_number", flat=True)[0] == 2


def test_load_lists_ignored_columns_and_the_encoding_i03_i14(card_year: CardYear, folder: Path) -> None:
    encoding = load(card_year, FILES / "I03.csv", folder).notices
    ignored = load(card_year, FILES / "I14-order.csv", folder).notices

    assert encoding[0] == "Gelezen als CSV: Windows-1252, scheidingsteken puntkomma."
    assert ignored[1] == "Niet gelezen kolommen: geheim."


def test_load_warns_of_some_mojibake_i04(card_year: CardYear, folder: Path) -> None:
    summary = load(card_year, FILES / "I04-warn.csv", folder)

    assert summary.warnings == {"mojibake": 1}
    assert any("Ã©" in notice for notice in summary.notices)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("I07.csv", {2: "bad_value"}),
        ("I09.csv", {GOOD_ROWS + 2: "bad_value"}),
        ("I11.csv", {2: "bad_value"}),
        ("I17.csv", {GOOD_ROWS + 2: "not_11_digits"}),
        ("I19.csv", {GOOD_ROWS + 2: "bad_value"}),
        ("I21.xlsx", {2: "bad_value", 4: "bad_value", 6: "bad_value"}),
    ],
)
def test_load_rejects_rows_that_are_none(name: str, rows: dict[int, str], card_year: CardYear, folder: Path) -> None:
    summary = load(card_year, FILES / name, folder)

    assert rejected(summary) == rows
    assert summary.accepted == summary.rows - len(rows)


def test_load_reads_the_first_sheet_and_says_so_i21(card_year: CardYear, folder: Path) -> None:
    summary = load(card_year, FILES / "I21.xlsx", folder)

    assert summary.notices[:2] == [
        "Gelezen als Excel-bestand.",
        "Er zijn 2 werkbladen: enkel het eerste is gelezen.",
    ]
    assert Person.objects.filter(card_year=card_year).count() == GOOD_ROWS - 3


REFUSED = [
    ("I04-stop.csv", "mojibake"),
    ("I06.csv", "mixed_encodings"),
    ("I10.csv", "unclosed_quote"),
    ("I13-empty.csv", "no_rows"),
    ("I13-header.csv", "no_rows"),
    ("I14-missing.csv", "missing_column"),
    ("I14-renamed.csv", "missing_column"),
    ("I15.csv", "duplicate_column"),
    ("I16-too-low.csv", "no_header"),
    ("I20-html.csv", "wrong_type"),
    ("I20-pdf.csv", "wrong_type"),
    ("I20-zip.csv", "wrong_type"),
    ("I20-xlsx.csv", "wrong_type"),
    ("I20-xls.xls", "wrong_type"),
    ("I20-ods.ods", "wrong_type"),
    ("I22-macro.xlsx", "macro"),
    ("I22-external.xlsx", "external_link"),
    ("I22-entities.xlsx", "entities"),
    ("I22-password.xlsx", "password"),
    ("I24-does-not-exist.csv", "unreadable"),
]


@pytest.mark.parametrize(("name", "shape"), REFUSED)
def test_load_refuses_a_wrong_shape_and_changes_nothing(
    name: str, shape: str, card_year: CardYear, folder: Path
) -> None:
    load(card_year, FILES / "I01.csv", folder)
    before = list(Appointment.objects.order_by("pk").values())
    began = time.monotonic()

    with pytest.raises(FileRefused) as refused:
        load(card_year, FILES / name, folder)

    assert refused.value.shape == shape
    assert time.monotonic() - began < REFUSED_WITHIN
    assert list(Appointment.objects.order_by("pk").values()) == before
    assert not folder.exists()


def test_load_names_the_place_where_encodings_mix_i06(card_year: CardYear, folder: Path) -> None:
    lines = (FILES / "I06.csv").read_bytes().split(b"\n")
    offset = sum(len(line) + 1 for line in lines[:-1]) + lines[-1].index(b"\xe8")

    with pytest.raises(FileRefused, match=f"lijn {len(lines)}, byte {offset}"):
        load(card_year, FILES / "I06.csv", folder)


def test_load_refuses_more_rows_or_bytes_than_the_setting_i18(card_year: CardYear, folder: Path) -> None:
    with pytest.raises(FileRefused, match="meer dan 50 rijen"):
        load(card_year, FILES / "I23.csv", folder, limits=Limits(rows=50))
    with pytest.raises(FileRefused, match="te groot"):
        load(card_year, FILES / "I23.csv", folder, limits=Limits(csv_bytes=1_000))
    with pytest.raises(FileRefused, match="te groot"):
        load(card_year, FILES / "I21.xlsx", folder, limits=Limits(xlsx_bytes=1_000))


def test_load_refuses_bombs_before_they_go_off_i22(card_year: CardYear, folder: Path, tmp_path: Path) -> None:
    packed, many, far = (tmp_path / name for name in ("packed.xlsx", "many.xlsx", "far.xlsx"))
    for path in (packed, many, far):
        shutil.copy(FILES / "I21.xlsx", path)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", bytes(64 * 1024 * 1024))
    with zipfile.ZipFile(many, "a") as archive:
        for nth in range(60):
            archive.writestr(f"xl/media/{nth}.xml", "<x/>")
    with zipfile.ZipFile(FILES / "I21.xlsx") as old, zipfile.ZipFile(far, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            text = old.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                text = text.replace(
                    b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                )
            new.writestr(entry.filename, text)

    for path, shape in ((packed, "bomb"), (many, "bomb"), (far, "too_many_columns")):
        began = time.monotonic()
        with pytest.raises(FileRefused) as refused:
            load(card_year, path, folder)
        assert refused.value.shape == shape
        assert time.monotonic() - began < REFUSED_WITHIN


def test_load_the_same_file_twice_changes_nothing_i23(card_year: CardYear, folder: Path) -> None:
    load(card_year, FILES / "I23.csv", folder)
    before = list(Appointment.objects.order_by("pk").values())

    again = load(card_year, FILES / "I23.csv", folder)

    assert again.people == {"new": 0, "changed": 0, "unchanged": GOOD_ROWS, "left": 0}
    assert again.notices == ["Dit bestand is al ingelezen op 10/11/2026: er verandert niets."]
    assert list(Appointment.objects.order_by("pk").values()) == before


def test_load_refuses_half_of_last_year_i23(card_year: CardYear, folder: Path) -> None:
    load(card_year, FILES / "I23.csv", folder)
    next_year = years.open_year(2028, at=dt.datetime(2027, 11, 2, 9, 0, tzinfo=dt.UTC))

    with pytest.raises(WrongSize, match="telt 50 mensen; vorig jaar waren het er 100"):
        load(next_year, FILES / "I23-half.csv", folder)

    assert Person.objects.filter(card_year=next_year).count() == 0


@pytest.mark.parametrize("name", ["‮gpj.csv", "x" * 240 + ".csv", "..%2f..%2fx.csv"])
def test_load_does_not_care_for_the_name_i24(name: str, card_year: CardYear, folder: Path, tmp_path: Path) -> None:
    shutil.copy(FILES / "I01.csv", tmp_path / name)

    summary = load(card_year, tmp_path / name, folder)

    assert summary.accepted == 12


def test_load_refuses_an_impossible_name_without_repeating_it_i24(card_year: CardYear, folder: Path) -> None:
    for name in ("../../geheim", "geheim\0.csv", "geheim" * 100):
        with pytest.raises(FileRefused) as refused:
            load(card_year, Path(name), folder)
        assert "geheim" not in str(refused.value)
