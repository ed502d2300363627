"""Who is one client, and when the breaker trips."""

import pytest

from distribution.rules import lookup_limits


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
        ("evil'; --", "unknown"),
    ],
)
def test_client_is_an_address_or_a_64_network(address: str, client: str) -> None:
    assert lookup_limits.client(address) == client


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("203.0.113.1", 0, "192.0.2.1"),
        ("203.0.113.1", 1, "203.0.113.1"),
        ("198.51.100.1, 203.0.113.1", 1, "203.0.113.1"),
        ("198.51.100.1, 203.0.113.1, 192.0.2.9", 2, "203.0.113.1"),
        ("203.0.113.1", 2, "203.0.113.1"),
        ("", 1, "192.0.2.1"),
        (" , ", 1, "192.0.2.1"),
    ],
)
def test_client_of_counts_only_what_our_proxies_wrote(forwarded: str, proxies: int, address: str) -> None:
    meta = {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": forwarded}

    assert lookup_limits.client_of(meta, proxies=proxies) == address


@pytest.mark.parametrize(
    ("misses", "lookups", "trips"),
    [(10, 10, False), (11, 11, True), (11, 54, True), (11, 55, False), (2000, 10_000, False), (2001, 10_000, True)],
)
def test_breaker_trips_over_ten_and_over_a_fifth(misses: int, lookups: int, trips: bool) -> None:  # noqa: FBT001
    assert lookup_limits.breaker_trips(misses=misses, lookups=lookups) is trips
