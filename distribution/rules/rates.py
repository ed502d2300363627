"""Shares in percent, and the margins of a figure: worked out once, from whole numbers, for every page, file and answer."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

DECIMALS = 2


def percent(part: int | None, whole: int | None, *, decimals: int = DECIMALS) -> float | None:
    """`part` of `whole` in percent, a half rounded up; None where one of them was not counted, or there is no whole."""
    if part is None or not whole:
        return None
    return float((Decimal(100 * part) / whole).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def added(*numbers: int | None) -> int | None:
    """The sum; None when one of them was not counted: a sum of what happens to be known is no total."""
    return None if None in numbers else sum(number or 0 for number in numbers)


@dataclass(frozen=True, slots=True)
class Margins:
    """A share in percent with what is sure of it: its 99 % interval and its hard bounds, and how much was counted."""

    best: float | None
    low99: float | None
    high99: float | None
    lower: float | None
    upper: float | None
    counted: float | None
    is_estimate: bool


def margins(
    whole: int | None,
    *,
    best: int | None,
    low99: int | None,
    high99: int | None,
    lower: int | None,
    upper: int | None,
    certain: int | None = 0,
    counted: float | None,
    is_estimate: bool,
) -> Margins:
    """The share of `whole`, with `certain` (what came along another way, and is not in doubt) added to each figure."""
    of_best, of_low, of_high, of_lower, of_upper = (
        percent(added(number, certain), whole, decimals=1) for number in (best, low99, high99, lower, upper)
    )
    return Margins(of_best, of_low, of_high, of_lower, of_upper, counted, is_estimate)


def in_words(of: Margins) -> str:
    """`58,3 % (tussen 57,4 en 59,6; minstens 46,2, hoogstens 70,1; 82 % van de kaarten geteld)`, as far as it is known."""
    known = []
    if of.low99 is not None and of.high99 is not None:
        known.append(f"tussen {comma(of.low99)} en {comma(of.high99)}")
    bounds = [("minstens", of.lower), ("hoogstens", of.upper)]
    if any(number is not None for _, number in bounds):
        known.append(", ".join(f"{word} {comma(number)}" for word, number in bounds if number is not None))
    if of.counted is not None:
        known.append(f"{round(100 * of.counted)} % van de kaarten geteld")
    best = "niet geteld" if of.best is None else f"{comma(of.best)}{'*' if of.is_estimate else ''} %"
    return f"{best} ({'; '.join(known)})" if known else best


def comma(number: float) -> str:
    """With one decimal, the Dutch way."""
    return f"{number:.1f}".replace(".", ",")
