"""The limits of the public lookup (hardening.md T01) and who counts as one client. Numbers only, no counting.

Teachers mostly hit and guessers mostly miss, so it is misses that are counted.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MINUTE = 60
DAY = 24 * 3600
UNKNOWN_CLIENT = "unknown"


@dataclass(frozen=True)
class Limit:
    """At most `most` within `seconds`, counted from the first."""

    kind: str
    most: int
    seconds: int


CLIENT_MISSES = Limit("client-misses", 10, 10 * MINUTE)
CLIENT_MISSES_A_DAY = Limit("client-misses-day", 30, DAY)
CLIENT_NUMBERS_A_DAY = Limit("client-numbers-day", 300, DAY)
# Different unknown numbers with one sex and birth date, over all clients: after these the postcode is asked as well.
PREFIX_MISSES_A_DAY = Limit("prefix-misses-day", 5, DAY)

BREAKER_SECONDS = 5 * MINUTE
BREAKER_MISSES = 10
BREAKER_SHARE = 0.20
# Once tripped, everyone is asked for the postcode this long: a guesser who rests between two windows gains nothing.
BREAKER_HOLD_SECONDS = 30 * MINUTE


def breaker_trips(*, misses: int, lookups: int) -> bool:
    """True when so many of the lookups of the last minutes missed that someone must be guessing."""
    return misses > max(BREAKER_MISSES, BREAKER_SHARE * lookups)


def client_of(meta: Mapping[str, Any], *, proxies: int) -> str:
    """What is counted as one client, from the headers of a request (WSGI's names) behind `proxies` of our own."""
    remote, forwarded = str(meta.get("REMOTE_ADDR", "")), str(meta.get("HTTP_X_FORWARDED_FOR", ""))
    return client(client_address(remote=remote, forwarded=forwarded, proxies=proxies))


def client_address(*, remote: str, forwarded: str, proxies: int) -> str:
    """The address that asked, as far as our own proxies vouch for it.

    Without proxies only the connection itself counts; with n of them the n-th entry from the right
    of X-Forwarded-For, since everything left of it was written by the visitor.
    """
    if not proxies:
        return remote
    entries = [entry.strip() for entry in forwarded.split(",") if entry.strip()]
    return entries[-min(proxies, len(entries))] if entries else remote


def client(address: str) -> str:
    """What is counted as one client: an IPv4 address, or the /64 network of an IPv6 address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return UNKNOWN_CLIENT
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(ip) >> 64 << 64, 64)))
    return str(ip)


def prefix(staff_number: str) -> str:
    """Sex and birth date: the part of a number that a guesser may know of someone."""
    return staff_number[:7]
