"""Reading one cell of the points file: the value in the form in which it is kept, or what is wrong with it."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator

from pickup_points import hours, postcodes
from pickup_points.models import PointKind

CODE = re.compile(r"[a-z0-9-]+")
ISO_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]00:00(?::00)?)?")
DAY_FIRST = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})")
NUMBER = re.compile(r"-?[0-9]{1,3}(?:[.,][0-9]{1,15})?")
LOST_DIGITS = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
# Belgium and the towns just over its border (WGS 84): outside it the two are most likely swapped.
LATITUDES, LONGITUDES = (49.0, 52.5), (2.0, 7.0)
is_email = EmailValidator()
is_url = URLValidator(schemes=["http", "https"])


class Wrong(Exception):
    """A cell that cannot be taken: a stable `code` and a Dutch sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def text(cell: str, *, longest: int, required: bool = True) -> str:
    """One line of text, NFC, runs of blanks as one space."""
    found = unicodedata.normalize("NFC", " ".join(cell.split()))
    if any(
        unicodedata.category(sign) == "Cc"
        or sign in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
        for sign in found
    ):
        raise Wrong("control_character", "Hier staat een onzichtbaar stuurteken. Tik de tekst opnieuw.")
    if LOST_DIGITS.fullmatch(found):
        raise Wrong(
            "number_lost_digits", "Excel heeft hier cijfers afgerond. Zet de kolom als tekst en vul opnieuw in."
        )
    if required and not found:
        raise Wrong("missing_value", "Dit mag niet leeg zijn.")
    if len(found) > longest:
        raise Wrong("bad_value", f"Dit is langer dan {longest} tekens.")
    return found


def code(cell: str) -> str:
    found = text(cell, longest=60)
    if not CODE.fullmatch(found):
        raise Wrong("bad_value", "Een code bestaat uit kleine letters, cijfers en streepjes, zoals bib-gent-2.")
    return found


def kind(cell: str) -> str:
    found = text(cell, longest=40).lower()
    if found not in PointKind.values:
        raise Wrong("bad_value", f"Kies een van deze woorden: {', '.join(PointKind.values)}.")
    return found


def postcode(cell: str) -> str:
    found = postcodes.normalise(text(cell, longest=100))
    if found is None:
        raise Wrong("bad_postcode", "Een postcode heeft vier cijfers, zoals 9000.")
    return found


def postcode_list(cell: str) -> tuple[str, ...]:
    """Postcodes with a space (or comma) between, each once, in order."""
    found: set[str] = set()
    for written in re.split(r"[\s,;]+", text(cell, longest=5_000, required=False)):
        if not written:
            continue
        normal = postcodes.normalise(written)
        if normal is None:
            raise Wrong("bad_postcode", f"“{written[:20]}” is geen postcode van vier cijfers.")
        found.add(normal)
    return tuple(sorted(found))


def email(cell: str) -> str:
    found = text(cell, longest=254, required=False)
    return _valid(found, is_email, "Dit is geen e-mailadres.")


def website(cell: str) -> str:
    """An address of a site; `www.bib.be` gets its `https://`."""
    found = text(cell, longest=190, required=False)
    if found and "://" not in found and ":" not in found.partition("/")[0]:
        found = f"https://{found}"
    return _valid(found, is_url, "Dit is geen webadres. Schrijf het als https://www.voorbeeld.be.")


def _valid(found: str, check: Callable[[str], None], sentence: str) -> str:
    if found:
        try:
            check(found)
        except ValidationError:
            raise Wrong("bad_value", sentence) from None
    return found


def degrees(cell: str, *, bounds: tuple[float, float]) -> float | None:
    found = text(cell, longest=40, required=False)
    if not found:
        return None
    if not NUMBER.fullmatch(found):
        raise Wrong("bad_value", "Schrijf graden als 51.05350.")
    value = float(found.replace(",", "."))
    if not bounds[0] <= value <= bounds[1]:
        raise Wrong("bad_value", "Dit ligt buiten België. Zijn lat en lon verwisseld?")
    return value


def day(cell: str) -> dt.date | None:
    found = text(cell, longest=40, required=False)
    if not found:
        return None
    try:
        if iso := ISO_DAY.fullmatch(found):
            return dt.date.fromisoformat(iso.group(1))
        if written := DAY_FIRST.fullmatch(found):
            return dt.date(*map(int, reversed(written.groups())))
    except ValueError:
        raise Wrong("bad_date", "Deze datum bestaat niet.") from None
    raise Wrong("bad_date", "Schrijf een datum als 2027-01-15.")


def period_day(cell: str, *, period: tuple[dt.date, dt.date]) -> dt.date | None:
    """An own first or last day: inside the period of the year."""
    found = day(cell)
    if found and not period[0] <= found <= period[1]:
        raise Wrong("bad_date", f"Dit valt buiten de afhaalperiode van het jaar: {period[0]} tot en met {period[1]}.")
    return found


def day_hours(cell: str) -> str:
    return _hours(lambda: hours.write(hours.read_hours(cell)))


def closures(cell: str) -> str:
    return _hours(lambda: hours.write_closures(hours.read_closures(cell)))


def exceptions(cell: str) -> str:
    return _hours(lambda: hours.write_exceptions(hours.read_exceptions(cell)))


def check_week(week: Mapping[str, str]) -> tuple[str, Wrong] | None:
    """Hours that are right day by day may still overlap in the night: the weekday, and what is wrong."""
    try:
        hours.read(week=week)
    except hours.HoursError as refusal:
        return refusal.day, Wrong(refusal.code, str(refusal))
    return None


def _hours(read: Callable[[], str]) -> str:
    try:
        return read()
    except hours.HoursError as refusal:
        raise Wrong(refusal.code, str(refusal)) from None
