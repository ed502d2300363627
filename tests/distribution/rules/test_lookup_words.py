"""What a teacher hears, word for word."""

import datetime as dt
from typing import Any

import pytest

from distribution.enums import Outcome
from distribution.rules import lookup_words

JANUARY, FIRST, LAST = dt.date(2027, 1, 12), dt.date(2026, 12, 27), dt.date(2027, 7, 10)
PLACE = {"point": "Bib X", "collect_from": FIRST, "collect_until": LAST}


@pytest.mark.parametrize(
    ("outcome", "facts", "sentence"),
    [
        (
            Outcome.IN_PREPARATION,
            {"on": dt.date(2026, 11, 20), "lookup_from": dt.date(2026, 12, 1)},
            "De kaarten van 2027 worden gemaakt. Vanaf dinsdag 1 december 2026 kun je hier opzoeken waar jouw kaart is.",
        ),
        (
            Outcome.IN_PREPARATION,
            {"lookup_from": dt.date(2026, 12, 1)},
            "De kaarten van 2027 worden gemaakt. Kom binnenkort terug: dan kun je hier opzoeken waar jouw kaart is.",
        ),
        (
            Outcome.PERIOD_ENDED,
            {},
            "De periode om je Lerarenkaart van 2027 af te halen is voorbij. In december start die van 2028.",
        ),
        (
            Outcome.STARTER_PACK,
            {"expected": dt.date(2027, 1, 15)},
            "Je krijgt je Lerarenkaart 2027 thuis, in een starterspakket. Dat vertrekt op vrijdag 15 januari 2027.",
        ),
        (
            Outcome.STARTER_PACK,
            {"expected": dt.date(2027, 1, 11)},
            "Je krijgt je Lerarenkaart 2027 thuis, in een starterspakket. Dat vertrok op maandag 11 januari 2027.",
        ),
        (
            Outcome.AT_PICKUP_POINT,
            PLACE,
            "Je Lerarenkaart 2027 ligt klaar in Bib X. Afhalen kan tot en met zaterdag 10 juli 2027.",
        ),
        (
            Outcome.AT_PICKUP_POINT,
            PLACE | {"on": FIRST - dt.timedelta(days=1)},
            "Je Lerarenkaart 2027 komt naar Bib X. Afhalen kan vanaf zondag 27 december 2026.",
        ),
        (
            Outcome.AT_PICKUP_POINT,
            PLACE | {"on": LAST + dt.timedelta(days=1)},
            "Je Lerarenkaart 2027 lag in Bib X. Afhalen kon daar tot en met zaterdag 10 juli 2027.",
        ),
    ],
)
def test_message_fits_the_day(outcome: Outcome, facts: dict[str, Any], sentence: str) -> None:
    known: dict[str, Any] = {"year": 2027, "on": JANUARY}

    assert lookup_words.message(outcome, **(known | facts)) == sentence
