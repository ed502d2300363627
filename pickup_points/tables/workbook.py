"""XLSX: the zip directory and the sheet's XML are looked at before anything reads them.

751 kB can unpack to 314 MB, and one cell in the far corner of a sheet can ask for gigabytes: so the
parts are unpacked once in a stream, counted, and refused in time. Then calamine reads the first sheet.
"""

import datetime as dt
import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from pickup_points.tables import header
from pickup_points.tables.table import MEGABYTE, BadRow, Limits, Table, TableRefused

CHUNK = 1 << 20
# A cell's opening tag may be cut by a chunk's end: so much of a chunk is looked at again with the next.
OVERLAP = 400
SMALL_PART = 2 * MEGABYTE
RATIO_COUNTS_FROM = MEGABYTE
ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="([0-9]{1,9})"')
# Columns past BH, the sixtieth.
FAR_COLUMN = re.compile(rb'\br="(?:B[I-Z]|[C-Z][A-Z]|[A-Z]{3,})[0-9]')
FORMULA_OR_ERROR = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="[A-Z]{1,3}([0-9]{1,7})"(?:[^>]*?\bt="(e)"|[^>]*>\s*<(?:\w+:)?f[ >/])'
)
NAMESPACES = re.compile(r"\{[^}]*\}")
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
NOT_ALLOWED = (
    ("vbaproject.bin", "macro", "macro's"),
    ("xl/externallinks/", "external_link", "koppelingen naar andere bestanden"),
    ("xl/connections.xml", "external_link", "koppelingen naar andere gegevens"),
    ("xl/embeddings/", "macro", "ingesloten bestanden"),
    ("xl/activex/", "macro", "programma's (ActiveX)"),
)
# Excel keeps fifteen digits of a number.
EXACT_NUMBERS = 10**15


@dataclass
class _Seen:
    """What a look at a sheet's XML tells: which rows hold formulas or errors, and how far the sheet goes."""

    rows: int = 0
    last_row: int = 0
    formulas: set[int] = field(default_factory=set)
    errors: set[int] = field(default_factory=set)


@contextmanager
def read(path: Path, *, required: Sequence[str], optional: Sequence[str], limits: Limits) -> Iterator[Table]:
    """The table on the first sheet of a workbook; see open_table."""
    sha256, seen = _look_inside(path, limits)
    try:
        with CalamineWorkbook.from_path(path) as book:
            sheet = book.get_sheet_by_index(0)
            number, found = _find_header(sheet, required=required, optional=optional)
            table = Table(
                columns=found.columns,
                rows=iter(()),
                present=found.present,
                ignored_columns=found.ignored,
                sha256=sha256,
                about_rows=max(sheet.total_height - number, 1),
                notices=["Gelezen als Excel-bestand."],
            )
            if len(book.sheet_names) > 1:
                table.notices.append(f"Er zijn {len(book.sheet_names)} werkbladen: enkel het eerste is gelezen.")
            table.rows = _rows(sheet, header_row=number, found=found, seen=seen, bad=table.bad_rows)
            yield table
    except CalamineError as error:
        raise _damaged() from error


def _rows(
    sheet: CalamineSheet, *, header_row: int, found: header.Header, seen: _Seen, bad: list[BadRow]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    merged = {
        row
        for (first, _), (last, _) in sheet.merged_cell_ranges or []
        for row in range(first + 1, min(last, sheet.total_height) + 2)
    }
    troubled = (
        (seen.formulas, "Deze rij bevat een formule. Plak enkel de waarden."),
        (seen.errors, "Deze rij bevat een fout van Excel, zoals #N/B."),
        (merged, "Deze rij bevat samengevoegde cellen. Splits ze eerst."),
    )
    any_trouble = seen.formulas | seen.errors | merged
    for number, record in enumerate(sheet.iter_rows(), start=1):
        if number <= header_row:
            continue
        cells = found.pick([*map(_as_text, record[: found.width]), ""])
        if number in any_trouble:
            sentence = next(sentence for rows, sentence in troubled if number in rows)
            bad.append(BadRow(number - header_row + 1, "bad_value", sentence, cells))
        elif any(cells):
            yield number - header_row + 1, cells


def _as_text(value: Any) -> str:
    """A cell as a person would type it: dates as 2027-01-15, whole numbers without a point."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT_NUMBERS else repr(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _find_header(
    sheet: CalamineSheet, *, required: Sequence[str], optional: Sequence[str]
) -> tuple[int, header.Header]:
    """The row number in the sheet of the best matching header, and the header."""
    first_rows = [
        [_as_text(cell) for cell in record]
        for record, _ in zip(sheet.iter_rows(), range(header.SEARCHED_LINES), strict=False)
    ]
    if not first_rows:
        raise TableRefused("no_rows", "Het eerste werkblad is leeg.")
    wanted = (*required, *optional)
    scores = [header.score(cells, wanted=wanted) for cells in first_rows]
    best = scores.index(max(scores))
    return best + 1, header.match(first_rows[best], required=required, optional=optional)


def _look_inside(path: Path, limits: Limits) -> tuple[str, _Seen]:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    try:
        with zipfile.ZipFile(path) as archive:
            _check_directory(archive, limits)
            sheet_part = _first_sheet_part(archive)
            seen = _Seen()
            for entry in archive.infolist():
                _walk(archive, entry, limits=limits, seen=seen if entry.filename == sheet_part else None)
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        KeyError,
        NotImplementedError,
        ElementTree.ParseError,
    ) as error:
        raise _damaged() from error
    if seen.last_row > limits.rows + header.SEARCHED_LINES or seen.rows > limits.rows + header.SEARCHED_LINES:
        raise TableRefused("too_many_rows", f"Het werkblad telt meer dan {limits.rows} rijen.")
    if seen.last_row > 100 * seen.rows + 10_000:
        raise TableRefused(
            "bomb", "Het werkblad is bijna leeg maar reusachtig groot. Kopieer de tabel naar een nieuw bestand."
        )
    return sha256, seen


def _check_directory(archive: zipfile.ZipFile, limits: Limits) -> None:
    entries = archive.infolist()
    for entry in entries:
        name = entry.filename.lower().replace("\\", "/")
        for part, code, words in NOT_ALLOWED:
            if part in name:
                raise TableRefused(
                    code, f"Dit Excel-bestand bevat {words}. Bewaar het als een gewone .xlsx of als CSV."
                )
        if entry.flag_bits & 1:
            raise TableRefused("password", "Dit bestand is beveiligd met een wachtwoord. Bewaar het zonder wachtwoord.")
        if entry.file_size > RATIO_COUNTS_FROM and entry.file_size > limits.ratio * max(entry.compress_size, 1):
            raise _bomb()
    if len(entries) > limits.entries:
        raise TableRefused(
            "bomb", f"Dit Excel-bestand bestaat uit meer dan {limits.entries} delen. Bewaar enkel de tabel."
        )
    if sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
        raise _bomb()


def _walk(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, limits: Limits, seen: _Seen | None) -> None:
    """Unpack one part in a stream. zipfile stops at the size the directory promises and checks the sum."""
    tail = b""
    with archive.open(entry) as part:
        while chunk := part.read(CHUNK):
            if not tail and (b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk):
                raise TableRefused(
                    "entities", "Dit Excel-bestand bevat verwijzingen die er niet horen. Bewaar het opnieuw."
                )
            text = tail + chunk
            if seen is not None:
                _look_at(text, fresh=len(tail), seen=seen, limits=limits)
            tail = text[-OVERLAP:]


def _look_at(text: bytes, *, fresh: int, seen: _Seen, limits: Limits) -> None:
    """Count rows and find far cells, formulas and errors. The first `fresh` bytes were seen before."""
    seen.rows += text.count(b"<row ", max(fresh - 4, 0))
    numbers = ROW.findall(text)
    seen.last_row = max(seen.last_row, max(map(int, numbers), default=0))
    if FAR_COLUMN.search(text):
        raise TableRefused("too_many_columns", f"Het werkblad telt meer dan {limits.columns} kolommen.")
    if b"<f" in text or b":f" in text or b't="e"' in text:
        for row, is_error in FORMULA_OR_ERROR.findall(text):
            (seen.errors if is_error else seen.formulas).add(int(row))


def _first_sheet_part(archive: zipfile.ZipFile) -> str:
    """The name of the first sheet's part: workbook.xml names an id, its relations name the part."""
    sheets = [each for each in _small_xml(archive, "xl/workbook.xml").iter() if NAMESPACES.sub("", each.tag) == "sheet"]
    if not sheets:
        raise _damaged()
    wanted = sheets[0].get(RELATION)
    for relation in _small_xml(archive, "xl/_rels/workbook.xml.rels"):
        if relation.get("Id") == wanted:
            target = relation.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise _damaged()


def _small_xml(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """A small part as a tree. Nothing that defines entities gets here, so nothing can grow."""
    with archive.open(name) as part:
        text = part.read(SMALL_PART + 1)
    if len(text) > SMALL_PART or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise _bomb()
    return ElementTree.fromstring(text)  # noqa: S314 -- no document type, no entities, small


def _bomb() -> TableRefused:
    return TableRefused(
        "bomb", "Dit Excel-bestand is uitgepakt veel te groot. Bewaar enkel de tabel, of stuur een CSV."
    )


def _damaged() -> TableRefused:
    return TableRefused("unreadable", "Het Excel-bestand is beschadigd. Bewaar het opnieuw en probeer nog eens.")
