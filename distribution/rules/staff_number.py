"""The staff number (stamboeknummer): what people type becomes 11 digits, or a refusal with a code.

Source: interface.md §1. Built as sex (1 man, 2 woman), birth date JJMMDD, serial of two, and two
check digits that are the first nine mod 97. The national register number uses 97 minus that
remainder. So no number of someone born before 2000 is valid as both; since 2000 one in 97 could
be, and what is a valid staff number is then read as one.
"""

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

MODULUS = 97
ELEVEN_DIGITS = re.compile(r"[0-9]{11}")
# The suffix of the plastic card: `16203040856-22036`. People type other dashes for it too.
WITH_CARD_SUFFIX = re.compile(r"(?P<number>.*[0-9])\s*[-/‐-―−]\s*[0-9]{4,6}", re.DOTALL)
SEPARATORS = re.compile("[\\s.\\-/‐-―−\u00ad\u200b-\u200f\u2060\ufeff]+")
MINUS_SIGNS = "-−–"
# What a spreadsheet makes of a number on its way to text.
AS_FRACTION = re.compile(r"([0-9]+)\.0")
FULL_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)} | {ord("－"): "-", ord("．"): ".", ord("／"): "/"}
LETTERS_LIKE_DIGITS = re.compile(r"[0-9OoIl]{11}")
# Longer than anything meant as a number: a pasted page, not a typing error.
LONGEST_TYPED = 60


class Code(StrEnum):
    """Why a staff number is refused."""

    NOT_11_DIGITS = "not_11_digits"
    BAD_BIRTH_DATE = "bad_birth_date"
    BAD_CHECK_DIGITS = "bad_check_digits"
    NATIONAL_REGISTER_NUMBER = "national_register_number"


class Refused(ValueError):
    """This is no staff number. The text is a kind Dutch sentence; it never repeats what was typed."""

    def __init__(self, code: Code, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class StaffNumber:
    """Eleven digits. `warnings` is empty unless a wrong birth date or check digits were let pass."""

    digits: str
    warnings: tuple[Code, ...] = ()


def parse(written: str, *, strict: bool = True) -> StaffNumber:
    """The staff number in what a person typed; raises Refused with the code of interface.md §1.

    With `strict=False` (STAFF_NUMBER_CHECK=warn) a wrong birth date or wrong check digits become
    warnings. A national register number is refused always: it may not be kept.
    """
    typed = _digits_of(written)
    if typed is None:
        raise Refused(Code.NOT_11_DIGITS, _count_sentence(written))
    digits = _with_check_digits_as_we_write_them(typed)
    wrong = _what_is_wrong(digits)
    if wrong and is_national_register_number(typed):
        raise Refused(Code.NATIONAL_REGISTER_NUMBER, SENTENCES[Code.NATIONAL_REGISTER_NUMBER])
    if wrong and strict:
        raise Refused(wrong[0], SENTENCES[wrong[0]])
    return StaffNumber(digits, wrong)


def is_stored_form(written: str) -> bool:
    """True for a valid staff number written exactly as it is stored: the quick test for files full of them."""
    return (
        ELEVEN_DIGITS.fullmatch(written) is not None
        and written[0] in "12"
        and int(written[:9]) % MODULUS == int(written[9:])
        and _is_a_date(written[1:7])
    )


def is_national_register_number(digits: str) -> bool:
    """True when eleven digits pass the test of the rijksregisternummer, also for people born since 2000."""
    month, day, check = int(digits[2:4]), int(digits[4:6]), int(digits[9:])
    plausible = month % 20 <= 12 and month < 60 and day <= 31
    before_2000 = MODULUS - int(digits[:9]) % MODULUS
    since_2000 = MODULUS - int("2" + digits[:9]) % MODULUS
    return plausible and check in {before_2000, since_2000}


def check_digits(first_nine: str) -> str:
    """The last two digits of a staff or card number: the first nine mod 97, remainder 0 as `00`."""
    return f"{int(first_nine) % MODULUS:02d}"


SENTENCES = {
    Code.BAD_BIRTH_DATE: "Dit nummer kan niet kloppen: na het eerste cijfer (1 of 2) volgt je geboortedatum als jaar, "
    "maand en dag. Kijk je het even na?",
    Code.BAD_CHECK_DIGITS: "Er zit een tikfout in het nummer: de laatste twee cijfers passen niet bij de rest. "
    "Kijk je het even na?",
    Code.NATIONAL_REGISTER_NUMBER: "Dit lijkt een rijksregisternummer. Dat mogen we niet gebruiken en we hebben het "
    "niet bewaard. Je stamboeknummer staat op je loonbrief en op je vorige Lerarenkaart.",
}


def _digits_of(written: str) -> str | None:
    """Eleven ASCII digits without what people type around them, or None."""
    if len(written) > LONGEST_TYPED:
        return None
    typed = written.translate(FULL_WIDTH).strip().lstrip("'’")
    if typed.startswith(tuple(MINUS_SIGNS)):
        return None
    fraction = AS_FRACTION.fullmatch(typed)
    bare = fraction.group(1) if fraction else SEPARATORS.sub("", typed)
    if ELEVEN_DIGITS.fullmatch(bare):
        return bare
    suffixed = WITH_CARD_SUFFIX.fullmatch(typed)
    if suffixed:
        bare = SEPARATORS.sub("", suffixed["number"])
        if ELEVEN_DIGITS.fullmatch(bare):
            return bare
    return None


def _with_check_digits_as_we_write_them(digits: str) -> str:
    """Remainder 0 is `00` with us; people who learned another rule type `97`."""
    if digits.endswith("97") and int(digits[:9]) % MODULUS == 0:
        return digits[:9] + "00"
    return digits


def _what_is_wrong(digits: str) -> tuple[Code, ...]:
    wrong = []
    if digits[0] not in "12" or not _is_a_date(digits[1:7]):
        wrong.append(Code.BAD_BIRTH_DATE)
    if digits[9:] != check_digits(digits[:9]):
        wrong.append(Code.BAD_CHECK_DIGITS)
    return tuple(wrong)


@lru_cache(maxsize=1 << 16)
def _is_a_date(yymmdd: str) -> bool:
    """True when the six digits are a day in the 1900s or the 2000s: the number does not say which."""
    year, month, day = int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])
    for century in (1900, 2000):
        try:
            dt.date(century + year, month, day)
        except ValueError:
            continue
        return True
    return False


def _count_sentence(written: str) -> str:
    seen = sum(character in "0123456789" for character in written.translate(FULL_WIDTH))
    if seen < 11 and LETTERS_LIKE_DIGITS.fullmatch(SEPARATORS.sub("", written)):
        return "Een stamboeknummer telt enkel cijfers: staat er misschien een letter O of l in plaats van een 0 of 1?"
    if seen == 0:
        return "Typ de 11 cijfers van je stamboeknummer."
    if seen == 10:
        return "Een stamboeknummer telt 11 cijfers, hier staan er 10. Is er een cijfer weggevallen?"
    if seen == 11:
        return "Typ enkel de 11 cijfers van je stamboeknummer, zonder letters of andere tekens."
    if seen > LONGEST_TYPED:
        return "Een stamboeknummer telt 11 cijfers, hier staan er veel meer."
    return f"Een stamboeknummer telt 11 cijfers, hier {'staat er' if seen == 1 else 'staan er'} {seen}."
