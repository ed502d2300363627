"""Writing pickup lists: whole files, resumable, one bad list stops no other (hardening.md F3, F6, D05)."""

import datetime as dt
import errno
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import openpyxl
import pikepdf
import pytest

from distribution.actions import pickup_list_files, pickup_lists, writing_files
from distribution.actions.pickup_list_files import Written
from distribution.documents import files
from distribution.documents import pickup_list_files as documents
from distribution.models import CardYear, PrintBatch
from distribution.queries.pickup_lists import Heading, Sheet
from tests import make
from tests.pickup_sheets import MAIL
from tests.programs import environment, wait_until

CODES = ["bib-a", "bib-b", "bib-c", "bib-d", "bib-e"]


@pytest.fixture
def made(card_year: CardYear, now: dt.datetime) -> list[int]:
    """Five lists of two cards each."""
    CardYear.objects.filter(pk=card_year.pk).update(last_run_at=now, reference_date=now.date())
    for code in CODES:
        point = make.point(code, year=2027)
        for last_name in ("Peeters", "Aerts"):
            make.card(make.person(card_year, last_name), at=point)
    return pickup_lists.make(card_year, at=now)


def write(made: list[int], out: Path, **options: object) -> Written:
    return pickup_list_files.write(made, out=out, office_email=MAIL, **options)  # type: ignore[arg-type]


def names(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir())


def test_write_names_a_file_for_each_list(made: list[int], tmp_path: Path) -> None:
    result = write(made, tmp_path / "uit")

    assert names(tmp_path / "uit") == [f"{code}-2027-r1-voorlopig.pdf" for code in CODES]
    assert result == Written(lists=5, rows=10, written=5)


@pytest.mark.parametrize(
    ("since", "is_provisional", "expected"),
    [(None, False, "bib-a-2027-r2"), (1, False, "bib-a-2027-r2-sinds-r1"), (None, True, "bib-a-2027-r2-voorlopig")],
)
def test_name_says_which_list_it_is_d05(since: int | None, is_provisional: bool, expected: str) -> None:  # noqa: FBT001
    assert documents.name(Heading(1, 2027, "bib-a", 2, since, is_provisional, 5)) == expected


def test_write_keeps_what_is_there(made: list[int], tmp_path: Path) -> None:
    write(made, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    (tmp_path / "bib-c-2027-r1-voorlopig.pdf").unlink()

    result = write(made, tmp_path)

    assert (result.written, result.kept) == (1, 4)
    assert len(names(tmp_path)) == 5
    assert sum(path.stat().st_mtime_ns == at for path, at in before.items()) == 4


def test_write_again_gives_the_same_bytes(made: list[int], tmp_path: Path) -> None:
    write(made[:1], tmp_path)
    before = (tmp_path / "bib-a-2027-r1-voorlopig.pdf").read_bytes()

    result = write(made[:1], tmp_path, again=True)

    assert (result.written, result.kept) == (1, 0)
    assert (tmp_path / "bib-a-2027-r1-voorlopig.pdf").read_bytes() == before


def test_write_draws_the_final_list_after_freezing(
    made: list[int], card_year: CardYear, now: dt.datetime, tmp_path: Path
) -> None:
    write(made[:1], tmp_path)
    PrintBatch.objects.create(card_year=card_year, number=1, frozen_at=now, cards=10)

    write(made[:1], tmp_path)

    assert names(tmp_path) == ["bib-a-2027-r1-voorlopig.pdf", "bib-a-2027-r1.pdf"]


def test_write_by_two_processes_gives_the_same_bytes(made: list[int], tmp_path: Path) -> None:
    write(made, tmp_path / "alleen")

    result = write(made, tmp_path / "samen", workers=2)

    assert result == Written(lists=5, rows=10, written=5)
    for name in names(tmp_path / "alleen"):
        assert (tmp_path / "samen" / name).read_bytes() == (tmp_path / "alleen" / name).read_bytes()


def test_write_xlsx_has_the_same_rows(made: list[int], tmp_path: Path) -> None:
    write(made[:1], tmp_path, with_xlsx=True)

    book = openpyxl.load_workbook(tmp_path / "bib-a-2027-r1-voorlopig.xlsx")
    cells = [[cell.value for cell in row] for row in book.active.iter_rows()]
    book.close()
    assert [row[:2] for row in cells] == [["nr", "naam"], [1, "Aerts An"], [2, "Peeters An"]]
    assert [type(row[2]) for row in cells[1:]] == [str, str]


def test_write_goes_on_when_one_list_fails(
    made: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(documents, "write", fails_for_c)

    result = write(made, tmp_path)

    assert result == Written(lists=5, rows=10, written=4, failed=["bib-c"])
    assert "Geheim" not in caplog.text
    assert "ValueError" in caplog.text


def test_write_goes_on_when_a_process_dies(made: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "write", dies_for_c)

    result = write(made, tmp_path, workers=2)

    assert result == Written(lists=5, rows=10, written=4, failed=["bib-c"])
    assert names(tmp_path) == [f"{code}-2027-r1-voorlopig.pdf" for code in CODES if code != "bib-c"]


def fails_for_c(sheet: Sheet, heading: Heading, out: Path, **options: object) -> None:
    if sheet.point_code == "bib-c":
        raise ValueError("Geheim An")
    files.write_bytes(out / f"{documents.name(heading)}.pdf", b"%PDF-")


def dies_for_c(sheet: Sheet, heading: Heading, out: Path, **options: object) -> None:
    if sheet.point_code == "bib-c":
        os._exit(9)
    files.write_bytes(out / f"{documents.name(heading)}.pdf", b"%PDF-")


def test_write_on_a_full_disk_leaves_no_half_file_f06(
    made: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if "bib-c" in path.name:
            real(path, content[:100])
            raise OSError(errno.ENOSPC, "vol")
        return real(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    result = write(made, tmp_path)
    monkeypatch.undo()

    assert (result.written, result.failed, result.disk_full) == (2, ["bib-c", "bib-d", "bib-e"], True)
    assert names(tmp_path) == ["bib-a-2027-r1-voorlopig.pdf", "bib-b-2027-r1-voorlopig.pdf"]
    assert write(made, tmp_path) == Written(lists=5, rows=10, written=3, kept=2)


def test_write_refuses_a_disk_without_room_f06(
    made: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9, 1_000))

    with pytest.raises(writing_files.DiskFull, match="minstens 2 MB"):
        write(made, tmp_path)

    assert names(tmp_path) == []


def test_write_refuses_a_folder_it_cannot_write_in(made: list[int], tmp_path: Path) -> None:
    (tmp_path / "bestand").write_text("geen map")

    with pytest.raises(writing_files.CannotWrite):
        write(made, tmp_path / "bestand")


def test_write_refuses_a_folder_in_use(made: list[int], tmp_path: Path) -> None:
    with files.scratch(tmp_path, name="ander"), pytest.raises(writing_files.FolderInUse):
        write(made, tmp_path)


def test_write_refuses_no_processes(made: list[int], tmp_path: Path) -> None:
    with pytest.raises(pickup_list_files.BadWorkers):
        write(made, tmp_path, workers=0)


DRAWS_FOR_EVER = """
import sys, django, itertools
django.setup()
from pathlib import Path
from distribution.documents import pickup_list_files
from distribution.queries.pickup_lists import Heading
from tests.pickup_sheets import MAIL, lines, sheet
for number in itertools.count(1):
    made = sheet(lines(200), point_code=f"bib-{number}")
    heading = Heading(number, 2027, made.point_code, 1, None, False, 200)
    pickup_list_files.write(made, heading, Path(sys.argv[1]), MAIL, False)
"""


def test_write_killed_leaves_whole_files_only_f03(made: list[int], tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", DRAWS_FOR_EVER, str(tmp_path)], env=environment(tmp_path / "var", DEBUG="on")
    )
    assert wait_until(lambda: len(list(tmp_path.glob("*.pdf"))) >= 3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = tmp_path / ".bib-a-2027-r1.pdf.0123456789ab.part"
    left.write_bytes(b"%PDF-half")

    whole = list(tmp_path.glob("*.pdf"))
    for path in whole:
        with pikepdf.open(path) as document:
            assert len(document.pages) == 9
    write(made, tmp_path)

    assert list(tmp_path.glob(".*.part")) == []
    assert len(list(tmp_path.glob("*.pdf"))) == len(whole) + 5
