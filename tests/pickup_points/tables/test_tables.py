"""Reading tables: what is found out, what is refused, and that no row is lost."""

import contextlib
import datetime as dt
import io
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pickup_points.tables import BadRow, Limits, TableRefused, open_table

REQUIRED, OPTIONAL = ["code", "naam"], ["telefoon"]
Rows = list[tuple[int, tuple[str, ...]]]


def read(path: Path, content: str | bytes, *, limits: Limits = Limits()) -> tuple[Rows, list[BadRow], list[str]]:  # noqa: B008
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with open_table(path, required=REQUIRED, optional=OPTIONAL, limits=limits) as table:
        return list(table.rows), table.bad_rows, table.notices


def refusal(path: Path, content: str | bytes, *, limits: Limits = Limits()) -> str:  # noqa: B008
    with pytest.raises(TableRefused) as refused:
        read(path, content, limits=limits)
    return refused.value.code


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tabel"


def test_open_table_gives_cells_in_the_order_asked(path: Path) -> None:
    rows, bad, notices = read(path, "telefoon;geheim;naam;code\n1;x;Bib;a\n;;Kerk;b\n")

    assert rows == [(2, ("a", "Bib", "1")), (3, ("b", "Kerk", ""))]
    assert bad == []
    assert notices == ["Gelezen als CSV: UTF-8, scheidingsteken puntkomma.", "Niet gelezen kolommen: geheim."]


def test_open_table_counts_lines_from_the_header(path: Path) -> None:
    rows, _, _ = read(path, 'Titel\n\nsep\ncode;naam\na;"Bib\nGent"\n\n;\nb;Kerk\n')

    assert rows == [(2, ("a", "Bib\nGent", "")), (6, ("b", "Kerk", ""))]


def test_open_table_knows_column_names_in_other_spelling(path: Path) -> None:
    rows, _, _ = read(path, '" CODE ";Naam\na;Bib\n')

    assert rows == [(2, ("a", "Bib", ""))]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "no_rows"),
        (" \r\n\r\n", "no_rows"),
        ("code;naam\n", "no_rows"),
        ("code;naam\n;\n\n", "no_rows"),
        ("a;b\nc;d\n", "no_header"),
        ("code;b\nc;d\n", "missing_column"),
        ("code;naam;code\na;b;c\n", "duplicate_column"),
        ('code;naam\n"a;b\n' + "c;d\n" * 6, "unclosed_quote"),
        ('code;naam\n"a;b\n' + "c;d\n" * 60_000, "unclosed_quote"),
        (b"\x00\x01\x02" * 100, "wrong_type"),
        (b"\xff\xfe" + b"a", "unreadable"),
        (b"\xff\xfec\xd8d\xd8", "unreadable"),
        ("<!DOCTYPE html><table>", "wrong_type"),
        (b"PK\x03\x04" + b"x" * 100, "unreadable"),
        ("code;naam;" + ";".join(f"k{n}" for n in range(60)) + "\na;b\n", "too_many_columns"),
        ("code;naam\n" + "a;b\n" * 1_000_020, "too_many_rows"),
    ],
)
def test_open_table_refuses_a_shape_quickly(content: str | bytes, code: str, path: Path) -> None:
    began = time.monotonic()

    assert refusal(path, content) == code

    assert time.monotonic() - began < 2.0


def test_open_table_never_repeats_what_is_in_a_file_without_header(path: Path) -> None:
    path.write_text("16203040856;Peeters\n16203040856;Peeters\n", encoding="utf-8")

    with pytest.raises(TableRefused) as refused, open_table(path, required=REQUIRED):
        pass

    assert "Peeters" not in str(refused.value)
    assert "16203040856" not in str(refused.value)


def test_open_table_reports_rows_that_are_none(path: Path) -> None:
    rows, bad, _ = read(path, 'code;naam\na;b;c\n"d" e;f\ng;h\ni')

    assert rows == [(4, ("g", "h", ""))]
    assert [(each.row, each.code, each.values) for each in bad] == [
        (2, "bad_value", ("a", "b", "")),
        (3, "bad_value", ()),
        (5, "bad_value", ("i", "", "")),
    ]


def test_open_table_takes_rows_whose_empty_end_excel_left_away(path: Path) -> None:
    rows, bad, _ = read(path, "code;naam;telefoon\na;Bib\nb;Kerk;1;;\n")

    assert rows == [(2, ("a", "Bib", "")), (3, ("b", "Kerk", "1"))]
    assert bad == []


def workbook(*rows: Sequence[object], title_rows: int = 0) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for _ in range(title_rows):
        sheet.append(["Titel"])
    for row in rows:
        sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_open_table_workbook_cells_become_what_people_would_type(path: Path) -> None:
    content = workbook(
        ["naam", "code", "telefoon"],
        [16203040856, dt.date(2027, 1, 15), 1.5],
        [dt.datetime.fromisoformat("2027-01-15T09:30"), "tekst", 9000.0],
        title_rows=2,
    )

    rows, bad, _ = read(path, content)

    assert rows == [(2, ("2027-01-15", "16203040856", "1.5")), (3, ("tekst", "2027-01-15T09:30:00", "9000"))]
    assert bad == []


@pytest.mark.parametrize(
    ("name", "code"),
    [("xl/vbaProject.bin", "macro"), ("xl/externalLinks/x.xml", "external_link"), ("xl/activeX/x.bin", "macro")],
)
def test_open_table_workbook_with_more_than_a_table_t07(name: str, code: str, path: Path) -> None:
    written = io.BytesIO(workbook(["code", "naam"], ["a", "b"]))
    with zipfile.ZipFile(written, "a") as archive:
        archive.writestr(name, "x")

    assert refusal(path, written.getvalue()) == code


def test_open_table_workbook_limits_t07(path: Path) -> None:
    content = workbook(["code", "naam"], *([["a", "b"]] * 50))

    assert refusal(path, content, limits=Limits(rows=20)) == "too_many_rows"
    assert refusal(path, content, limits=Limits(entries=3)) == "bomb"
    assert refusal(path, content, limits=Limits(unpacked_bytes=1_000)) == "bomb"
    assert refusal(path, content[: len(content) // 2]) == "unreadable"


@settings(max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode(errors="replace")))
)
def test_open_table_any_bytes_are_read_or_refused_p22(content: bytes, path: Path) -> None:
    path.write_bytes(b"code;naam\n" + content)
    rows: list[int] = []
    bad: list[int] = []

    with contextlib.suppress(TableRefused), open_table(path, required=REQUIRED) as table:
        rows = [row for row, _ in table.rows]
        bad = [each.row for each in table.bad_rows]

    assert rows == sorted(set(rows))
    assert not set(rows) & set(bad)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(st.tuples(st.integers(0, 6_000), st.integers(0, 255)), max_size=12))
def test_open_table_any_damaged_workbook_is_read_or_refused_p22(places: list[tuple[int, int]], path: Path) -> None:
    content = bytearray(WORKBOOK)
    for place, value in places:
        content[place % len(content)] = value
    path.write_bytes(content)
    rows = 0

    with contextlib.suppress(TableRefused), open_table(path, required=REQUIRED) as table:
        rows = len(list(table.rows)) + len(table.bad_rows)

    assert rows <= 3


WORKBOOK = workbook(["code", "naam"], ["a", "b"], ["c", "d"], ["e", "f"])
