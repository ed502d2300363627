"""The card number: 6, two digits of the year, a sequence of six, two check digits (interface.md §3)."""

from distribution.rules.staff_number import check_digits

HIGHEST_SEQUENCE = 999_999


def make(year: int, sequence: int) -> str:
    """The number of the year's `sequence`-th card; raises ValueError when six digits cannot hold it."""
    if not 1 <= sequence <= HIGHEST_SEQUENCE:
        raise ValueError(f"a year numbers its cards from 1 to {HIGHEST_SEQUENCE}, not {sequence}")
    first_nine = f"6{year % 100:02d}{sequence:06d}"
    return first_nine + check_digits(first_nine)


def is_valid(number: str) -> bool:
    """True for 11 ASCII digits that start with 6 and whose check digits are right."""
    return (
        len(number) == 11
        and number.isascii()
        and number.isdigit()
        and number[0] == "6"
        and number[9:] == check_digits(number[:9])
    )
