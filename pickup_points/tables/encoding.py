"""Which encoding a text file has, found out by reading all of it once; its checksum and line count on the way."""

import codecs
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from pickup_points.tables.table import TableRefused

CHUNK = 1 << 20
MANY_BYTES = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"  # a UTF-8 letter
    rb"|([\x80-\xff])"  # a byte that is none
)
# A Windows-1252 file hardly ever holds two letters that look like one of UTF-8 (É before a curly quote);
# a file glued together from two encodings holds plenty.
MIXED_ABOVE = 0.05


@dataclass(frozen=True)
class TextFile:
    """`codec` opens the file, `name` is for people. `lines` counts line ends."""

    codec: str
    name: str
    sha256: str
    lines: int


def scan(path: Path) -> TextFile:
    """Read the file once; raises TableRefused when two encodings are mixed, naming line and byte."""
    digest = hashlib.sha256()
    newlines = returns = 0
    utf_8 = codecs.getincrementaldecoder("utf-8")()
    is_utf_8 = True
    has_bom = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            has_bom = has_bom or chunk[:3]
            digest.update(chunk)
            newlines += chunk.count(b"\n")
            returns += chunk.count(b"\r")
            if is_utf_8:
                try:
                    utf_8.decode(chunk)
                except UnicodeDecodeError:
                    is_utf_8 = False
    try:
        utf_8.decode(b"", final=is_utf_8)
    except UnicodeDecodeError:
        is_utf_8 = False
    codec, name = _named(path, bom=has_bom, is_utf_8=is_utf_8)
    return TextFile(codec, name, digest.hexdigest(), max(newlines, returns))


def _named(path: Path, *, bom: bytes, is_utf_8: bool) -> tuple[str, str]:
    if bom.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", "UTF-16"
    if is_utf_8:
        return "utf-8-sig", "UTF-8"
    _refuse_mixed(path)
    return "cp1252", "Windows-1252"


def _refuse_mixed(path: Path) -> None:
    as_utf_8 = others = offset = line = 0
    first: tuple[int, int] | None = None
    with path.open("rb") as file:
        for text in file:
            line += 1
            if not text.isascii():
                for found in MANY_BYTES.finditer(text):
                    if found.group(1) is None:
                        as_utf_8 += 1
                    else:
                        others += 1
                        first = first or (line, offset + found.start())
            offset += len(text)
    if first and as_utf_8 > MIXED_ABOVE * (as_utf_8 + others):
        raise TableRefused(
            "mixed_encodings",
            "In dit bestand staan twee tekencoderingen door elkaar (UTF-8 en Windows-1252). "
            f"De eerste plaats die niet past: lijn {first[0]}, byte {first[1]}. Exporteer het opnieuw in één codering.",
        )
