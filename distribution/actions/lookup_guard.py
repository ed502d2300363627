"""The guard before the public lookup: it reserves before it looks, and gives back when the number was right.

So many questions at the edge of a limit, all at once, can not pass it. A card that is found gives
its reservation back; a number that finds nothing keeps it.
"""

import datetime as dt
import hmac
import math
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import ClassVar

from distribution.actions import lookup_counters
from distribution.actions.lookup_counters import Change, Count, Counters
from distribution.errors import DistributionError
from distribution.rules import lookup_limits
from distribution.rules.lookup_limits import (
    BREAKER_HOLD_SECONDS,
    BREAKER_SECONDS,
    CLIENT_MISSES,
    CLIENT_MISSES_A_DAY,
    CLIENT_NUMBERS_A_DAY,
    DAY,
    PREFIX_MISSES_A_DAY,
    Limit,
)

TOKEN_LENGTH = 32
# The counters of one question, in the order in which they are asked for.
MISSES, MISSES_A_DAY, NUMBERS, NUMBER_BY_CLIENT, PREFIX, NUMBER, LOOKUPS, ALL_MISSES, TRIPPED = range(9)


class PostcodeNeeded(DistributionError):
    """The home postcode is asked as well (step-up)."""

    code: ClassVar[str] = "postcode_needed"

    def __init__(self) -> None:
        super().__init__("Vul ook de postcode van je thuisadres in. Zo weten we zeker dat jij het bent.")


class TooManyQuestions(DistributionError):
    """This client missed or asked too often; `retry_after` in seconds."""

    code: ClassVar[str] = "too_many_questions"

    def __init__(self, retry_after: int) -> None:
        super().__init__("Er kwamen van hier te veel vragen na elkaar. Probeer het later opnieuw.")
        self.retry_after = retry_after


@dataclass(frozen=True)
class Reservation:
    """What one question holds until it is settled."""

    keys: tuple[str, ...]
    counts: tuple[Count, ...] = field(repr=False)

    @property
    def is_repeat_by_client(self) -> bool:
        return self.counts[NUMBER_BY_CLIENT].value > 1

    @property
    def is_repeat(self) -> bool:
        """The number was asked by anyone today and was not right then."""
        return self.counts[NUMBER].value > 1


class Guard:
    """Limits of hardening.md T01 over any counters. Keys are keyed hashes: nothing kept leads back to a person."""

    def __init__(self, counters: Counters, *, secret: str) -> None:
        self._counters = counters
        self._secret = secret.encode()

    def token(self, staff_number: str, *, year: int) -> str:
        """Proof for a browser that this number was right before; worth nothing for any other number or year."""
        return self._hash(f"right|{year}|{staff_number}", TOKEN_LENGTH)

    def reserve(
        self, staff_number: str, *, client: str, has_postcode: bool, is_trusted: bool, at: dt.datetime
    ) -> Reservation:
        """Count one question as if it will miss; raises TooManyQuestions or PostcodeNeeded, and then keeps nothing.

        `is_trusted`: this browser showed the token of this number, so neither the breaker nor the
        prefix asks it for a postcode.
        """
        keys = self._keys(staff_number, client, at)
        amounts = (1, 1, 1, 1, 1, 1, 1, 0, 0)
        counts = tuple(self._counters.add(map(Change, keys, amounts, SECONDS), at=at))
        reservation = Reservation(keys, counts)
        full = self._full(reservation)
        if full is not None:
            self._give_back(reservation, at=at)
            raise TooManyQuestions(max(1, math.ceil((full.ends_at - at).total_seconds())))
        unknown_numbers = counts[PREFIX].value - reservation.is_repeat
        must_prove = counts[TRIPPED].value > 0 or unknown_numbers > PREFIX_MISSES_A_DAY.most
        if must_prove and not (has_postcode or is_trusted):
            self._give_back(reservation, at=at)
            raise PostcodeNeeded
        return reservation

    def settle(self, reservation: Reservation, *, is_hit: bool, at: dt.datetime) -> bool:
        """Give back what a hit reserved, keep what a miss did; True when this miss tripped the breaker.

        A number that was counted before is not counted as a different one again.
        """
        repeat, repeat_by_client = reservation.is_repeat, reservation.is_repeat_by_client
        if is_hit:
            amounts = (-1, -1, -int(repeat_by_client), 0, -1, -1, 0, 0)
        else:
            amounts = (0, 0, -int(repeat_by_client), 0, -int(repeat), 0, 0, 1)
        counts = self._counters.add(map(Change, reservation.keys[:TRIPPED], amounts, SECONDS), at=at)
        if is_hit or not lookup_limits.breaker_trips(misses=counts[ALL_MISSES].value, lookups=counts[LOOKUPS].value):
            return False
        # The counter decides whose miss it was: of all that see the breaker trip, one counts to 1.
        return self._counters.add([Change(reservation.keys[TRIPPED], 1, BREAKER_HOLD_SECONDS)], at=at)[0].value == 1

    def _full(self, reservation: Reservation) -> Count | None:
        """The counter whose limit this question passes, the one that lasts longest."""
        counts = reservation.counts
        over = [
            counts[place]
            for place, limit in ((MISSES, CLIENT_MISSES), (MISSES_A_DAY, CLIENT_MISSES_A_DAY))
            if counts[place].value > limit.most
        ]
        if counts[NUMBERS].value - reservation.is_repeat_by_client > CLIENT_NUMBERS_A_DAY.most:
            over.append(counts[NUMBERS])
        return max(over, key=lambda count: count.ends_at, default=None)

    def _give_back(self, reservation: Reservation, *, at: dt.datetime) -> None:
        self._counters.add(map(Change, reservation.keys[:TRIPPED], (-1, -1, -1, -1, -1, -1, -1, 0), SECONDS), at=at)

    def _keys(self, staff_number: str, client: str, at: dt.datetime) -> tuple[str, ...]:
        prefix = lookup_limits.prefix(staff_number)
        # By the clock, so that lookups and the misses among them are always those of the same five minutes.
        window = int(at.timestamp()) // BREAKER_SECONDS
        return (
            self._key(CLIENT_MISSES, client),
            self._key(CLIENT_MISSES_A_DAY, client),
            self._key(CLIENT_NUMBERS_A_DAY, client),
            f"client-number:{self._hash(f'client-number|{client}|{staff_number}')}",
            self._key(PREFIX_MISSES_A_DAY, prefix),
            f"number:{self._hash(f'number|{staff_number}')}",
            f"all-lookups:{self._hash(f'all-lookups|{window}')}",
            f"all-misses:{self._hash(f'all-misses|{window}')}",
            f"breaker-tripped:{self._hash('breaker-tripped')}",
        )

    def _key(self, limit: Limit, what: str) -> str:
        return f"{limit.kind}:{self._hash(f'{limit.kind}|{what}')}"

    def _hash(self, text: str, length: int = 32) -> str:
        return hmac.digest(self._secret, text.encode(), "sha256").hex()[:length]


SECONDS = (
    CLIENT_MISSES.seconds,
    CLIENT_MISSES_A_DAY.seconds,
    CLIENT_NUMBERS_A_DAY.seconds,
    DAY,
    PREFIX_MISSES_A_DAY.seconds,
    DAY,
    BREAKER_SECONDS,
    BREAKER_SECONDS,
    BREAKER_HOLD_SECONDS,
)


def guard_for(redis_url: str, *, secret: str, is_on: bool) -> Guard | None:
    """The guard both doors stand behind; None when LOOKUP_LIMITS is off and nothing is counted."""
    return Guard(lookup_counters.get(redis_url), secret=secret) if is_on else None


def trusts(token: str, shown: Collection[str]) -> bool:
    """True when a browser showed this token; takes as long for a wrong one as for a right one."""
    return any(hmac.compare_digest(token.encode(), one.encode()) for one in shown)
