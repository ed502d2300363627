"""T01 at full size, only in `make test-security`: the real door, the real counters and a register in the database.

222,000 synthetic people, 24 hours on a clock of our own, and honest traffic beside the guessers. A guesser asks as
long as it is answered and then waits as briefly as it must. The day of the small version is in test_enumeration.py.
"""

import datetime as dt
import heapq
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from distribution.enums import AssignedBy, CardState, Channel
from distribution.models import Card, CardYear, Person, bulk
from distribution.rules import card_number
from distribution.rules.staff_number import check_digits
from pickup_points.models import PickupPoint
from tests import make
from tests.conftest import NOW
from tests.security.measured import Attack
from tests.security.test_enumeration import PEOPLE, guesses, number

pytestmark = [
    pytest.mark.full_attack,
    pytest.mark.django_db,
    pytest.mark.usefixtures("fresh_counters"),
]
DOOR = "/api/v1/lookup/"
HOUR = dt.timedelta(hours=1)
# As many as look up on an ordinary day after a newsletter, one in twenty of them with a typing error first.
HONEST = 4_000
TYPING_ERRORS = 0.05
POSTCODES = ("9000", "2000", "3000", "8000", "3500", "1000", "2800", "9300", "8500", "9100")


@dataclass
class Day:
    """What came out of 24 hours. `confirmed`: people of whom a guesser learned that they have a card, and where."""

    confirmed: set[str] = field(default_factory=set)
    asked: Counter[str] = field(default_factory=Counter)
    honest: Counter[str] = field(default_factory=Counter)
    first_postcode_asked: dt.datetime | None = None


@pytest.fixture(scope="module")
def register() -> list[str]:
    """The first nine digits of as many people as there are."""
    dice = random.Random(1)
    people: set[str] = set()
    while len(people) < PEOPLE:
        people.add(number(dice.randint(1, 2), dice.randrange(16_790), dice.randrange(100)))
    return sorted(people)


@pytest.fixture
def full_register(register: list[str], card_year: CardYear) -> list[str]:
    """All of them with a card at a point, in the database."""
    card_year.last_run_at, card_year.reference_date = NOW, NOW.date()
    card_year.save()
    point = make.point("bib", year=card_year.year, serves="9000")
    first = bulk.fetch(f"SELECT coalesce(max(id), 0) + 1 FROM {bulk.table(Person)}")[0][0]
    bulk.load(
        bulk.table(Person),
        ["id", "card_year_id", "staff_number", "last_name", "first_name", "street", "house_number", "box", "postcode",
         "municipality", "country", "sort_key", "shielded"],
        ((first + place, card_year.pk, nine + check_digits(nine), "Peeters", "An", "Straat", "1", "",
          POSTCODES[place % 10], "Gent", "BE", "peeters an", False) for place, nine in enumerate(register)),
    )  # fmt: skip
    _give_cards(card_year, point, first, len(register))
    bulk.refresh_statistics(bulk.table(Person), bulk.table(Card))
    return register


def _give_cards(card_year: CardYear, point: PickupPoint, first: int, people: int) -> None:
    bulk.load(
        bulk.table(Card),
        ["card_year_id", "person_id", "number", "channel", "state", "pickup_point_id", "assigned_by", "level",
         "category", "nis", "province"],
        ((card_year.pk, first + place, card_number.make(card_year.year, place + 1), Channel.PICKUP.value,
          CardState.ISSUED.value, point.pk, AssignedBy.RESIDENCE.value, "lager", "bestuur_onderwijzend", "44021",
          "Oost-Vlaanderen") for place in range(people)),
    )  # fmt: skip


class Door:
    """The lookup for programs, from any address, at any moment."""

    def __init__(self, clock: Any) -> None:
        self.clock, self.client = clock, Client()

    def ask(self, nine: str, *, address: str, at: dt.datetime, postcode: str = "") -> tuple[str, float]:
        """What came of it (`hit`, `miss`, or the refusal's code), and how long to wait in seconds."""
        self.clock.move_to(at)
        question = {"staff_number": nine + check_digits(nine)} | ({"postcode": postcode} if postcode else {})
        answer = self.client.post(DOOR, question, content_type="application/json", REMOTE_ADDR=address)
        if answer.status_code == 200:
            return ("miss" if answer.json()["outcome"] == "no_card" else "hit"), 0.0
        assert answer.status_code in {403, 429}, answer.content
        return answer.json()["code"], float(answer.headers.get("Retry-After", 0))


def live_a_day(door: Door, register: list[str], *, guessers: int, space: Iterator[str], with_postcode: bool) -> Day:
    """Guessers and honest people in the order of the clock."""
    day, dice = Day(), random.Random(guessers)
    events: list[tuple[dt.datetime, int, str]] = [
        (NOW + dt.timedelta(milliseconds=place), place, "") for place in range(guessers)
    ]
    honest = dice.sample(range(len(register)), HONEST)
    for place, person in enumerate(honest):
        events.append((NOW + 8 * HOUR * place / HONEST, 1_000_000 + person, "honest"))
    heapq.heapify(events)
    pending = next(space)
    while events:
        at, who, kind = heapq.heappop(events)
        if at >= NOW + 24 * HOUR:
            break
        if kind:
            _honest(door, day, register, who - 1_000_000, at, dice)
            continue
        came_of, wait = door.ask(
            pending,
            address=f"192.0.{who // 250}.{who % 250}",
            at=at,
            postcode=dice.choice(POSTCODES) if with_postcode else "",
        )
        day.asked[came_of] += 1
        if came_of == "hit":
            day.confirmed.add(pending)
        if came_of == "postcode_needed" and day.first_postcode_asked is None:
            day.first_postcode_asked = at
        if came_of != "too_many_questions":
            pending = next(space)
        # Whoever is asked for a postcode comes back when the breaker may have let go.
        pause = max(wait, {"postcode_needed": 1800.0}.get(came_of, 0.1))
        heapq.heappush(events, (at + dt.timedelta(seconds=pause), who, ""))
    return day


def _honest(door: Door, day: Day, register: list[str], person: int, at: dt.datetime, dice: random.Random) -> None:
    nine, address = register[person], f"10.{person // 62_500}.{person // 250 % 250}.{person % 250}"
    if dice.random() < TYPING_ERRORS:
        door.ask(nine[:7] + f"{(int(nine[7:]) + 1) % 100:02d}", address=address, at=at)
    came_of, _ = door.ask(nine, address=address, at=at)
    if came_of == "postcode_needed":
        came_of, _ = door.ask(nine, address=address, at=at, postcode=POSTCODES[person % 10])
        came_of = f"{came_of} in two steps"
    day.honest[came_of] += 1


@pytest.mark.parametrize(
    ("guessers", "with_postcode", "most"),
    [(1, False, 5), (500, False, 222), (500, True, 222)],
    ids=["one-address", "500-addresses", "500-addresses-with-postcodes"],
)
def test_t01_a_day_of_guessing_at_full_size(
    full_register: list[str],
    guessers: int,
    with_postcode: bool,  # noqa: FBT001
    most: int,
) -> None:
    assert connection.vendor == "postgresql"
    told = "met een gegokte postcode erbij" if with_postcode else "zonder postcode"
    attack = Attack(
        "T01", f"24 uur raden vanaf {guessers} adres{'sen' * (guessers > 1)}, {told}, {len(full_register)} mensen"
    )
    with time_machine.travel(NOW, tick=False) as clock:
        day = live_a_day(
            Door(clock), full_register, guessers=guessers, space=guesses(guessers), with_postcode=with_postcode
        )
    in_two = day.honest["hit"] + day.honest["hit in two steps"]
    attack.came_to(
        f"{len(day.confirmed)} mensen gevonden ({sum(day.asked.values())} vragen, {day.asked['miss']} mis); van "
        f"{sum(day.honest.values())} eerlijke bezoekers {day.honest['hit']} meteen en {day.honest['hit in two steps']} "
        "in twee stappen geholpen",
        limit=f"hoogstens {most}; iedereen geholpen",
    )

    assert len(day.confirmed) <= most
    assert in_two == HONEST
    if guessers > 1 and not with_postcode:
        assert day.first_postcode_asked is not None
        assert day.first_postcode_asked - NOW <= dt.timedelta(minutes=5)
