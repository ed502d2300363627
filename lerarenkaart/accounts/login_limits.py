"""How often someone may guess a password or a code (hardening.md T03). Counted before the hasher, given back when right.

A browser that logged in before carries a cookie that says so. It has limits of its own: while others
guess, the owner of the account still comes in.
"""

import datetime as dt
import hmac
import math
from dataclasses import dataclass

from distribution.actions.lookup_counters import Change, Counters
from distribution.rules.lookup_limits import DAY, MINUTE, Limit

HOUR = 60 * MINUTE
ACCOUNT_FROM_CLIENT = Limit("login-account-client", 5, 15 * MINUTE)
CLIENT = Limit("login-client", 20, HOUR)
ACCOUNT_A_DAY = Limit("login-account-day", 100, DAY)
KNOWN_DEVICE = Limit("login-device", 5, 15 * MINUTE)
CODE_FROM_CLIENT = Limit("code-account-client", 5, 15 * MINUTE)
CODE_AN_HOUR = Limit("code-account-hour", 20, HOUR)
RESET_FOR_ADDRESS = Limit("reset-address", 3, HOUR)
RESET_FROM_CLIENT = Limit("reset-client", 20, HOUR)
EVERYTHING = 1_000_000


class TooManyAttempts(Exception):
    """`retry_after` in seconds. Nothing was tried."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many attempts")
        self.retry_after = retry_after


@dataclass(frozen=True)
class Attempt:
    """What one attempt reserved."""

    changes: tuple[Change, ...]


class LoginLimits:
    """Over any counters. Keys are keyed hashes: nothing kept leads back to a person or an address."""

    def __init__(self, counters: Counters, *, secret: str) -> None:
        self._counters = counters
        self._secret = secret.encode()

    def password(self, email: str, *, client: str, device: str = "", at: dt.datetime) -> Attempt:
        """Reserve one try at a password. `device`: the mark of a browser that logged in to this account before."""
        account = email.strip().lower()
        if device:
            return self._reserve([(KNOWN_DEVICE, f"{account}|{device}")], at=at)
        wanted = [(ACCOUNT_FROM_CLIENT, f"{account}|{client}"), (CLIENT, client), (ACCOUNT_A_DAY, account)]
        return self._reserve(wanted, at=at)

    def code(self, user_key: int, *, client: str, at: dt.datetime) -> Attempt:
        """Reserve one try at a code of the second step."""
        return self._reserve([(CODE_FROM_CLIENT, f"{user_key}|{client}"), (CODE_AN_HOUR, str(user_key))], at=at)

    def reset_mail(self, email: str, *, client: str, at: dt.datetime) -> Attempt:
        """Reserve one mail with a link to a new password."""
        return self._reserve([(RESET_FOR_ADDRESS, email.strip().lower()), (RESET_FROM_CLIENT, client)], at=at)

    def forgive(self, attempt: Attempt, *, at: dt.datetime) -> None:
        """It was right: give back what it reserved."""
        self._counters.add([change._replace(amount=-1) for change in attempt.changes], at=at)

    def forget_account(self, email: str, *, at: dt.datetime) -> None:
        """A new password was chosen: what was guessed at the old one no longer counts against the account."""
        key = self._key(ACCOUNT_A_DAY, email.strip().lower())
        self._counters.add([Change(key, -EVERYTHING, ACCOUNT_A_DAY.seconds)], at=at)

    def _reserve(self, wanted: list[tuple[Limit, str]], *, at: dt.datetime) -> Attempt:
        """Count first, so that a hundred attempts at one moment can not pass together; raises TooManyAttempts."""
        changes = tuple(Change(self._key(limit, what), 1, limit.seconds) for limit, what in wanted)
        counts = self._counters.add(changes, at=at)
        over = [count for (limit, _), count in zip(wanted, counts, strict=True) if count.value > limit.most]
        if over:
            self._counters.add([change._replace(amount=-1) for change in changes], at=at)
            raise TooManyAttempts(max(1, math.ceil((max(one.ends_at for one in over) - at).total_seconds())))
        return Attempt(changes)

    def _key(self, limit: Limit, what: str) -> str:
        digest = hmac.digest(self._secret, f"{limit.kind}|{what}".encode(), "sha256").hex()[:32]
        return f"{limit.kind}:{digest}"
