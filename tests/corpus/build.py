"""Writes tests/corpus/files/ again: python -m tests.corpus.build. The files are committed; this says how they came."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl

from tests.corpus.cases import COLUMNS, GOOD, GOOD_ROWS, ROWS, number

FILES = Path(__file__).parent / "files"


def good(serial: int, **changes: str) -> dict[str, str]:
    return {"stamboeknummer": number(serial), **GOOD, "naam": f"Peeters{_letters(serial)}", **changes}


def _letters(serial: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(serial))


def table(rows: list[dict[str, str]], *, columns: list[str] = COLUMNS, separator: str = ";", end: str = "\r\n") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, delimiter=separator, lineterminator=end, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def rows_of(case: str) -> list[dict[str, str]]:
    """The rows of a case, and enough good ones that the file is taken."""
    odd = [
        good(800_000 + place, **({"huisnummer": str(place + 1)} | changes))
        for place, (changes, _, _) in enumerate(ROWS[case])
    ]
    return odd + [good(serial) for serial in range(GOOD_ROWS)]


def files() -> dict[str, bytes]:
    """Every file by name."""
    twelve = [good(serial, naam="Lefèvre", voornaam="Jérôme", huisnummer=str(serial)) for serial in range(12)]
    hundred = [good(serial) for serial in range(GOOD_ROWS)]
    plain = table(twelve)
    lines = plain.splitlines()
    made: dict[str, bytes | str] = {
        "I01.csv": plain,
        "I02.csv": "\ufeff" + plain,
        "I03.csv": plain.encode("cp1252"),
        "I04-stop.csv": plain.encode().decode("cp1252"),
        "I04-warn.csv": table([good(1, naam="LefÃ¨vre"), *(good(serial) for serial in range(2, 502))]),
        "I05-le.csv": b"\xff\xfe" + plain.encode("utf-16-le"),
        "I05-be.csv": b"\xfe\xff" + plain.encode("utf-16-be"),
        "I06.csv": plain.encode() + table([good(50, naam="Lefèvre")]).splitlines()[1].encode("cp1252"),
        "I07.csv": table([good(1, naam="Lef@vre"), *hundred[2:], good(1_000, naam="Lefèvre")])
        .encode("cp1252")
        .replace(b"@", b"\x81"),
        "I08-comma.csv": table(twelve, separator=","),
        "I08-tab.csv": table(twelve, separator="\t"),
        "I08-pipe.csv": table(twelve, separator="|"),
        "I08-sep.csv": "sep=;\r\n" + plain,
        "I09.csv": table(hundred, separator=",")
        + table([good(999)], separator=",").splitlines()[1].replace("Kerkstraat", "Kerkstraat, 1")
        + "\r\n",
        "I10.csv": table(hundred).replace("Peetersf;", '"Peetersf;'),
        "I11.csv": table([good(999, straat="x" * 140_000), *hundred]),
        "I12-crlf.csv": table(twelve, end="\r\n"),
        "I12-lf.csv": table(twelve, end="\n"),
        "I12-cr.csv": table(twelve, end="\r"),
        "I13-empty.csv": "",
        "I13-header.csv": lines[0] + "\r\n",
        "I14-missing.csv": table(twelve, columns=[name for name in COLUMNS if name != "postcode"]),
        "I14-renamed.csv": plain.replace("postcode;gemeente", "zipcode;gemeente"),
        "I14-order.csv": table([each | {"geheim": "x"} for each in twelve], columns=["geheim", *reversed(COLUMNS)]),
        "I15.csv": plain.replace("naam;voornaam", "naam;naam;voornaam", 1),
        "I16.csv": "Personeel 2027\r\n\r\n" + plain,
        "I16-too-low.csv": "Personeel 2027\r\n" * 12 + plain,
        "I17.csv": table(hundred) + "Totaal;200" + ";" * (len(COLUMNS) - 2) + "\r\n",
        "I19.csv": table(hundred) + table([good(999)]).splitlines()[1][:60],
        "I20-html.csv": "<html><table><tr><td>stamboeknummer</td></tr></table></html>",
        "I20-pdf.csv": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        "I20-zip.csv": archive({"personeel.csv": plain}),
        "I20-xlsx.csv": workbook(twelve),
        "I20-xls.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "I20-ods.ods": archive({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}),
        "I21.xlsx": workbook(hundred, odd=True),
        "I22-macro.xlsx": with_part(workbook(twelve), "xl/vbaProject.bin", "x"),
        "I22-external.xlsx": with_part(workbook(twelve), "xl/externalLinks/externalLink1.xml", "<x/>"),
        "I22-entities.xlsx": with_part(
            workbook(twelve), "xl/extra.xml", '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
        ),
        "I22-password.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "I23.csv": table(hundred),
        "I23-half.csv": table(hundred[:50]),
    }
    made |= {f"{case}.csv": table(rows_of(case)) for case in ROWS}
    return {name: text.encode() if isinstance(text, str) else text for name, text in made.items()}


def workbook(rows: list[dict[str, str]], *, odd: bool = False) -> bytes:
    """An XLSX; numbers as numbers. `odd` adds a second sheet, a formula, merged cells, an error and a hidden row."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(COLUMNS)
    for each in rows:
        sheet.append([_cell(name, each[name]) for name in COLUMNS])
    if odd:
        sheet["B2"] = "=1+1"
        sheet.merge_cells("D4:E4")
        sheet["D6"] = "#N/A"
        sheet.row_dimensions[8].hidden = True
        book.create_sheet("Tweede").append(COLUMNS)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cell(name: str, value: str) -> Any:
    return int(value) if name in {"stamboeknummer", "postcode", "instellingsnummer"} and value.isdigit() else value


def archive(parts: dict[str, str]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return written.getvalue()


def with_part(book: bytes, name: str, text: str) -> bytes:
    written = io.BytesIO(book)
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, text)
    return written.getvalue()


if __name__ == "__main__":
    FILES.mkdir(exist_ok=True)
    for name, content in files().items():
        (FILES / name).write_bytes(content)
