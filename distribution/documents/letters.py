"""Our letter in numbers: how wide a text is, how it is written in a page, and the font that goes along.

Only for text that needs no shaping: Latin, Greek, Cyrillic from left to right. For anything else
`encode` says no (None), and WeasyPrint draws it.
"""

import unicodedata
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from pikepdf import Array, Dictionary, Name, Stream

from distribution.documents.pdf import FONTS

# Written from right to left, or numbers in such a text.
NEEDS_ORDER = frozenset({"R", "AL", "AN", "RLE", "RLO", "LRE", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"})
NEEDS_SHAPING = frozenset({"Mn", "Me", "Mc", "Cf", "Cc", "Zl", "Zp", "Cs", "Co", "Cn"})
# Serifs none, upright, of a Latin alphabet: PDF 32000-1, table 123.
NON_SYMBOLIC = 32


@dataclass(frozen=True)
class Letters:
    """One weight. `codes` and `widths` hold only the characters that stand on their own."""

    name: str
    codes: Mapping[str, str]
    widths: Mapping[str, float]
    _program: bytes
    _length: int
    _descriptor: Mapping[str, Any]
    _all_widths: bytes
    _to_unicode: bytes

    def width(self, text: str) -> float:
        """The width at size 1; raises KeyError for a character we cannot draw."""
        return sum(map(self.widths.__getitem__, text))

    def encode(self, text: str) -> str:
        """The text as a hexadecimal string of a page; raises KeyError for a character we cannot draw."""
        return f"<{''.join(map(self.codes.__getitem__, text))}>"

    def embed(self, document: pikepdf.Pdf) -> pikepdf.Object:
        """The font, whole, for the resources of a page."""
        program = Stream(document, self._program, Filter=Name.FlateDecode, Length1=self._length)
        descriptor = Dictionary(
            {f"/{key}": Array(value) if isinstance(value, list) else value for key, value in self._descriptor.items()}
        )
        descriptor.Type = Name.FontDescriptor
        descriptor.FontName = Name("/" + self.name)
        descriptor.FontFile2 = document.make_indirect(program)
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name("/" + self.name),
            CIDSystemInfo=Dictionary(
                Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0
            ),
            CIDToGIDMap=Name.Identity,
            FontDescriptor=document.make_indirect(descriptor),
            DW=600,
            W=pikepdf.Object.parse(self._all_widths),
        )
        font = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name("/" + self.name),
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([document.make_indirect(descendant)]),
            ToUnicode=document.make_indirect(Stream(document, self._to_unicode, Filter=Name.FlateDecode)),
        )
        return document.make_indirect(font)


@cache
def regular() -> Letters:
    return _read(FONTS / "NotoSans-Regular.ttf", "LKNSRG+NotoSans-Regular")


@cache
def bold() -> Letters:
    return _read(FONTS / "NotoSans-Bold.ttf", "LKNSBD+NotoSans-Bold")


def stands_alone(character: str) -> bool:
    """True for a character that needs no neighbour to be drawn right, and goes from left to right."""
    return (
        unicodedata.bidirectional(character) not in NEEDS_ORDER and unicodedata.category(character) not in NEEDS_SHAPING
    )


def _read(path: Path, name: str) -> Letters:
    program = path.read_bytes()
    with TTFont(path) as font:
        return _of(font, program, name)


def _of(font: TTFont, program: bytes, name: str) -> Letters:
    scale = 1000 / font["head"].unitsPerEm
    order, metrics, cmap = font.getGlyphOrder(), font["hmtx"].metrics, font.getBestCmap()
    number = {glyph: place for place, glyph in enumerate(order)}
    drawn = {chr(point): glyph for point, glyph in cmap.items() if stands_alone(chr(point))}
    head, lines, os2 = font["head"], font["hhea"], font["OS/2"]
    return Letters(
        name=name,
        codes={character: f"{number[glyph]:04x}" for character, glyph in drawn.items()},
        widths={character: metrics[glyph][0] * scale / 1000 for character, glyph in drawn.items()},
        _program=zlib.compress(program, 9),
        _length=len(program),
        _descriptor={
            "Flags": NON_SYMBOLIC,
            "FontBBox": [round(side * scale) for side in (head.xMin, head.yMin, head.xMax, head.yMax)],
            "ItalicAngle": 0,
            "Ascent": round(lines.ascent * scale),
            "Descent": round(lines.descent * scale),
            "CapHeight": round(os2.sCapHeight * scale),
            "StemV": 165 if os2.usWeightClass > 500 else 90,
        },
        _all_widths=f"[0 [{' '.join(str(round(metrics[glyph][0] * scale)) for glyph in order)}]]".encode(),
        _to_unicode=zlib.compress(
            _to_unicode({number[glyph]: chr(point) for point, glyph in reversed(cmap.items())}), 9
        ),
    )


def _to_unicode(characters: Mapping[int, str]) -> bytes:
    """The table by which a reader turns glyphs back into text; at most 100 lines in a block."""
    lines = [
        f"<{glyph:04x}> <{character.encode('utf-16-be').hex()}>" for glyph, character in sorted(characters.items())
    ]
    blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
