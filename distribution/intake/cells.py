"""Cells: what people and Excel write becomes one clean value, or is refused with a code (hardening.md 4b)."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Collection
from typing import Generic, TypeVar

from distribution.intake.refusals import Wrong
from pickup_points import postcodes

T = TypeVar("T")

# A memo that grows past this starts again: files of millions of rows stay small in memory.
MOST_REMEMBERED = 30_000
LINE_ENDS = re.compile("[\r\n\t\v\f\x85\u2028\u2029]+")
# C0 and C1, soft hyphen, zero-width signs, and the signs that turn the direction of writing.
INVISIBLE = re.compile("[\x01-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
EXCEL_ERROR = re.compile(r"#(?:N/[AB]|[A-Z]{2,10}(?:/0)?[!?]|#+)", re.IGNORECASE)
# Letters of UTF-8 once read as Windows-1252: é as Ã©, ë as Ã«, the curly quote as â€™.
MOJIBAKE = re.compile("[\u00c2\u00c3][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€")
# Latin letters with every accent, and the dashes and quotes of names.
USUAL = re.compile("[\x20-\u024f\u0300-\u036f\u1e00-\u1eff\u2010-\u201f\u02b0-\u02ff]*")
# A formula made harmless by a spreadsheet or by our own rejects file.
GUARDED = re.compile("^'\\s*(?='*\\s*[=+\\-@＝＋－＠])")
UNREADABLE = "\ufffd"
ROUNDED = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]*)?E[+-]?[0-9]+", re.IGNORECASE)
ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
DUTCH_DATE = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})(?:[T ]0?0:00(?::00)?)?")
EARLIEST_YEAR = 1900
DUTCH_POSTCODE = re.compile(r"[0-9]{4} ?[A-Z]{2}")
# Belgian places with a name of two letters, written in capitals.
TWO_LETTER_PLACES = ("AS", "AY", "MY", "ON")


class Memo(dict[str, T], Generic[T]):
    """Remembers what each different cell of one column becomes: columns repeat themselves a great deal.

    A cell that earns a warning is not remembered, so that every row with it gets its warning.
    """

    def __init__(self, column: str, read: Callable[[str], T], warnings: list[str]) -> None:
        super().__init__()
        self.column = column
        self.read = read
        self.warnings = warnings

    def __missing__(self, written: str) -> T:
        before = len(self.warnings)
        try:
            value = self.read(written)
        except Wrong as wrong:
            wrong.column = wrong.column or self.column
            raise
        if len(self.warnings) == before:
            if len(self) >= MOST_REMEMBERED:
                self.clear()
            self[written] = value
        return value


def text(written: str, *, longest: int, warnings: list[str]) -> str:
    """One line of clean text in NFC; raises Wrong for what cannot be stored or shown."""
    is_plain = written.isascii() and written.isprintable()
    clean = " ".join(written.split()) if is_plain else _clean(written, warnings)
    if len(clean) > longest:
        raise Wrong("bad_value", f"Deze tekst telt {len(clean)} tekens; hoogstens {longest} is mogelijk.")
    if clean[:1] == "#" and EXCEL_ERROR.fullmatch(clean):
        raise Wrong("bad_value", "Hier staat een foutmelding van Excel. Vul de waarde zelf in.")
    return GUARDED.sub("", clean, count=1) if clean[:1] == "'" else clean


def required_text(written: str, *, longest: int, warnings: list[str]) -> str:
    """As `text`, and not empty."""
    clean = text(written, longest=longest, warnings=warnings)
    if not clean:
        raise _missing()
    return clean


def word(written: str, *, choices: Collection[str]) -> str:
    """One of the listed words, whatever its capitals; raises Wrong."""
    found = written.strip().casefold()
    if found in choices:
        return found
    refuse_odd(written)
    if not found:
        raise _missing()
    raise Wrong("bad_value", f"Dit woord kennen we hier niet. Mogelijk: {', '.join(choices)}.")


def date(written: str) -> str:
    """An ISO date, or empty for an empty cell; raises Wrong."""
    typed = written.strip().lstrip("'")
    if not typed:
        return ""
    if found := ISO_DATE.fullmatch(typed):
        year, month, day = found.groups()
    elif found := DUTCH_DATE.fullmatch(typed):
        day, month, year = found.groups()
    else:
        refuse_odd(written)
        raise Wrong("bad_date", "Dit is geen datum. Schrijf 2027-01-15 of 15/01/2027.")
    try:
        made = dt.date(int(year), int(month), int(day))
    except ValueError:
        raise Wrong("bad_date", "Deze datum bestaat niet. Schrijf 2027-01-15 of 15/01/2027.") from None
    if made.year < EARLIEST_YEAR:
        raise Wrong("bad_date", f"Deze datum ligt voor {EARLIEST_YEAR}.")
    return made.isoformat()


def required_date(written: str) -> str:
    """As `date`, and not empty."""
    return date(written) or _raise(_missing())


def belgian_postcode(written: str) -> str:
    """Four digits; raises Wrong. Whether the postcode exists is not asked: an unknown one shows up as unserved."""
    typed = written.strip().lstrip("'")
    found = postcodes.normalise(typed)
    if found and not (DUTCH_POSTCODE.fullmatch(typed) and not typed.endswith(TWO_LETTER_PLACES)):
        return found
    refuse_odd(written)
    if not typed:
        raise _missing()
    if DUTCH_POSTCODE.fullmatch(typed.upper()):
        raise Wrong("bad_postcode", "Dit lijkt een Nederlandse postcode. Vul dan NL in bij land.")
    raise Wrong("bad_postcode", "Een Belgische postcode telt 4 cijfers. Vul bij een buitenlands adres het land in.")


def whole_number_text(written: str) -> str:
    """The digits people mean in `123 456`, `'123456` and `123456.0`; raises Wrong when Excel rounded them."""
    typed = written.strip().lstrip("'").removesuffix(".0")
    if not typed.isascii() or not typed.isdigit():
        refuse_odd(written)
        typed = "".join(typed.split()).replace(".", "")
    return typed


def refuse_odd(written: str) -> None:
    """Refuse what no column can hold, so that the message is about that; raises Wrong."""
    if "\0" in written:
        raise Wrong("control_character", "Hier staat een onzichtbaar stuurteken (NUL). Typ de waarde opnieuw.")
    if UNREADABLE in written:
        raise Wrong("bad_value", "Hier staat een onleesbaar teken. Typ de waarde opnieuw.")
    typed = written.strip()
    if ROUNDED.fullmatch(typed):
        raise Wrong(
            "number_lost_digits", "Excel heeft dit nummer afgerond. Maak de kolom op als tekst en vul het opnieuw in."
        )
    if EXCEL_ERROR.fullmatch(typed):
        raise Wrong("bad_value", "Hier staat een foutmelding van Excel. Vul de waarde zelf in.")


def _clean(written: str, warnings: list[str]) -> str:
    refuse_odd(written)
    visible, removed = INVISIBLE.subn("", LINE_ENDS.sub(" ", written))
    if removed:
        warnings.append("control_characters_removed")
    clean = unicodedata.normalize("NFC", " ".join(visible.split()))
    if MOJIBAKE.search(clean):
        warnings.append("mojibake")
    elif not USUAL.fullmatch(clean):
        warnings.append("unusual_characters")
    return clean


def _missing() -> Wrong:
    return Wrong("missing_value", "Dit veld is verplicht.")


def _raise(wrong: Wrong) -> str:
    raise wrong
