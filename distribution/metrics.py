"""What is counted while it happens, for the people who watch the system. Labels are words of ours, never of a person."""

from prometheus_client import Counter

LOOKUPS = Counter("lerarenkaart_lookups", "Public lookups, by what was answered or why not.", ["outcome"])
BREAKER_TRIPS = Counter("lerarenkaart_lookup_breaker_trips", "Times the lookup began to ask everyone for a postcode.")
HAND_OVERS = Counter("lerarenkaart_hand_overs", "Hand-overs at desks, by evidence.", ["evidence"])
