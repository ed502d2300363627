"""Answering the public lookup: the season's dates first, then the guard, then the one question. Both doors come here."""

import datetime as dt
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import wraps
from typing import ClassVar, ParamSpec

from distribution import metrics
from distribution.actions.lookup_guard import Guard, PostcodeNeeded, trusts
from distribution.enums import Outcome
from distribution.errors import DistributionError
from distribution.queries import lookup
from distribution.rules import staff_number
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.security_events import SecurityEvent, tell

P = ParamSpec("P")
NOT_A_DIGIT = re.compile(r"[^0-9]")


class CardNumberGiven(DistributionError):
    """The number of a card was typed instead of a staff number."""

    code: ClassVar[str] = "card_number_given"

    def __init__(self) -> None:
        super().__init__(
            "Dit lijkt het nummer van een Lerarenkaart: dat begint met een 6. "
            "We zoeken op je stamboeknummer: dat begint met een 1 of een 2."
        )


class LoginNeeded(DistributionError):
    """LOOKUP_MODE=login: only who logged in gets an answer."""

    code: ClassVar[str] = "login_needed"

    def __init__(self) -> None:
        super().__init__("Meld je eerst aan. Daarna zie je waar je Lerarenkaart is.")


@dataclass(frozen=True)
class Answered:
    """The answer; `token` when the number was right (for the browser to show next time), `tripped` when
    this very question tripped the breaker and Klasse must hear of it."""

    answer: lookup.Answer
    token: str = ""
    tripped: bool = False


def _counted(ask: Callable[P, Answered]) -> Callable[P, Answered]:
    """Counts what came of each question, for who watches the system."""

    @wraps(ask)
    def counting(*args: P.args, **kwargs: P.kwargs) -> Answered:
        try:
            answered = ask(*args, **kwargs)
        except (staff_number.Refused, DistributionError) as refused:
            metrics.LOOKUPS.labels(str(refused.code)).inc()
            raise
        metrics.LOOKUPS.labels(answered.answer.outcome.value).inc()
        if answered.tripped:
            metrics.BREAKER_TRIPS.inc()
            tell(SecurityEvent.GUESSING_NOTICED)
        return answered

    return counting


@_counted
def answer(
    written: str,
    *,
    postcode: str | None,
    client: str,
    tokens: Collection[str] = (),
    mode: str,
    is_strict: bool,
    guard: Guard | None,
    at: dt.datetime,
) -> Answered:
    """Where the card of a typed staff number is.

    `client`: rules.lookup_limits.client of the address; `tokens`: what this browser was given for
    numbers that were right; `mode`: LOOKUP_MODE; without `guard` nothing is counted. Raises
    staff_number.Refused, CardNumberGiven, LoginNeeded, PostcodeNeeded or TooManyQuestions.
    """
    if mode == "login":
        raise LoginNeeded
    digits = read_number(written, is_strict=is_strict)
    on = at.astimezone(BRUSSELS).date()
    season = lookup.season(on)
    if season.for_all or not season.year:
        assert season.for_all is not None
        return Answered(season.for_all)
    year = season.year
    if mode == "stepup" and not postcode:
        raise PostcodeNeeded
    if guard is None:
        return Answered(lookup.find(year, digits, postcode=postcode or None, at=at))
    token = guard.token(digits, year=year.year)
    reservation = guard.reserve(
        digits, client=client, has_postcode=bool(postcode), is_trusted=trusts(token, tokens), at=at
    )
    found = lookup.find(year, digits, postcode=postcode or None, at=at)
    is_hit = found.outcome != Outcome.NO_CARD
    tripped = guard.settle(reservation, is_hit=is_hit, at=at)
    return Answered(found, token=token if is_hit else "", tripped=tripped)


def read_number(written: str, *, is_strict: bool) -> str:
    """Eleven digits; raises staff_number.Refused or CardNumberGiven. What was typed is in no error."""
    try:
        digits = staff_number.parse(written, strict=is_strict).digits
    except staff_number.Refused as refused:
        bare = NOT_A_DIGIT.sub("", written.translate(staff_number.FULL_WIDTH))
        is_number = refused.code in {staff_number.Code.BAD_BIRTH_DATE, staff_number.Code.BAD_CHECK_DIGITS}
        if is_number and bare.startswith("6"):
            raise CardNumberGiven from None
        raise
    if digits.startswith("6"):
        raise CardNumberGiven
    return digits
