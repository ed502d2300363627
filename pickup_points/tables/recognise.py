"""What a file really is, by its first bytes: only CSV and XLSX are read, anything else is refused by name."""

import zipfile
from enum import Enum
from pathlib import Path

from pickup_points.tables.table import MEGABYTE, Limits, TableRefused

LOOKED_AT = 4096
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ZIPPED = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
NOT_A_TABLE = (
    (b"%PDF", "een PDF"),
    (b"{\\rtf", "een tekstdocument (RTF)"),
    (b"\x1f\x8b", "een ingepakt bestand (gzip)"),
    (b"7z\xbc\xaf\x27\x1c", "een ingepakt bestand (7z)"),
    (b"Rar!", "een ingepakt bestand (RAR)"),
    (b"\x89PNG", "een afbeelding"),
    (b"\xff\xd8\xff", "een afbeelding"),
    (b"GIF8", "een afbeelding"),
    (b"SQLite format 3", "een databank"),
)
MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<head", b"<meta", b"<body")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Kind(Enum):
    CSV = "CSV"
    XLSX = "XLSX"


def kind_of(path: Path, *, limits: Limits) -> Kind:
    """CSV or XLSX; raises TableRefused for anything else, too large, or another thing than its name says."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(LOOKED_AT)
    except (OSError, ValueError) as error:  # a NUL in a name is a ValueError
        raise TableRefused("unreadable", "Het bestand is er niet, of het kan niet gelezen worden.") from error
    if not start.strip(b"\xef\xbb\xbf \t\r\n"):
        raise TableRefused("no_rows", "Het bestand is leeg.")
    kind = Kind.XLSX if start.startswith(ZIPPED) else Kind.CSV
    largest = limits.xlsx_bytes if kind is Kind.XLSX else limits.csv_bytes
    if size > largest:
        raise TableRefused("too_large", f"Het bestand is te groot: meer dan {largest // MEGABYTE} MB.")
    if kind is Kind.XLSX:
        _refuse_other_archives(path)
    else:
        _refuse_what_is_no_text(path, start)
    _compare_with_name(path, kind)
    return kind


def _refuse_what_is_no_text(path: Path, start: bytes) -> None:
    if start.startswith(OLD_OFFICE):
        with path.open("rb") as file:
            locked = any(ENCRYPTED in chunk for chunk in iter(lambda: file.read(MEGABYTE), b""))
        if locked:
            raise TableRefused("password", "Dit bestand is beveiligd met een wachtwoord. Bewaar het zonder wachtwoord.")
        raise TableRefused("wrong_type", "Dit is een oud Excel-bestand (.xls). Bewaar het als .xlsx of CSV.")
    for magic, name in NOT_A_TABLE:
        if start.startswith(magic):
            raise TableRefused("wrong_type", f"Dit is {name}, geen tabel. Stuur een CSV- of XLSX-bestand.")
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(MARKUP):
        raise TableRefused("wrong_type", "Dit is een webpagina (HTML of XML), geen tabel. Bewaar het als .xlsx of CSV.")
    if not start.startswith(UTF_16) and start.count(0) > len(start) // 20:
        raise TableRefused("wrong_type", "Dit is geen tekst en geen Excel-bestand. Stuur een CSV- of XLSX-bestand.")


def _refuse_other_archives(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            is_open_document = "mimetype" in names and "content.xml" in names
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise TableRefused(
            "unreadable", "Het Excel-bestand is beschadigd. Bewaar het opnieuw en probeer nog eens."
        ) from error
    if is_open_document:
        raise TableRefused("wrong_type", "Dit is een OpenDocument-bestand (.ods). Bewaar het als .xlsx of CSV.")
    if "xl/workbook.bin" in names:
        raise TableRefused("wrong_type", "Dit is een binair Excel-bestand (.xlsb). Bewaar het als .xlsx of CSV.")
    if "xl/workbook.xml" not in names:
        raise TableRefused("wrong_type", "Dit is een zip-bestand, geen tabel. Stuur het CSV- of XLSX-bestand zelf.")


def _compare_with_name(path: Path, kind: Kind) -> None:
    says = path.suffix.lower()
    if says in {".csv", ".txt", ".tsv"} and kind is Kind.XLSX:
        raise TableRefused("wrong_type", "De naam zegt CSV, maar het is een Excel-bestand. Geef het de naam .xlsx.")
    if says == ".xlsx" and kind is Kind.CSV:
        raise TableRefused("wrong_type", "De naam zegt .xlsx, maar het is geen Excel-bestand. Bewaar het opnieuw.")
    if says in {".xls", ".xlsb", ".xlsm", ".ods"}:
        raise TableRefused("wrong_type", f"Bestanden van de soort {says} lezen we niet. Bewaar het als .xlsx of CSV.")
