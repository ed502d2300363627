"""The desk over HTTP: finding a card by name and handing it over, against a bare Django view with one indexed query.

Through the whole stack, with a token for each desk: at one desk, and at forty that ask without a pause
(a real one asks a few times a minute). One desk has 12,000 cards, the others some 600. A search writes
down that it was made, a hand-over is a transaction of three rows: the bare view only reads.
"""

import random
import statistics
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.core.management.color import no_style
from django.db import connection
from django.utils import timezone
from knox.models import AuthToken

from bench import lookup
from bench.harness import Figure
from bench.served import Load, load, post, serving
from bench.year_population import PERSON
from distribution.models import Card, Person, bulk
from distribution.rules import card_number, name_order
from lerarenkaart.fictitious.names import LAST_NAMES, MEN, WOMEN
from pickup_points.models import DeskMember, DeskRole, PickupPoint, User

TITLE = "The desk over HTTP"
SIZES = (222_000,)
SECONDS = 3.0
ROUNDS = 3
DESKS = 40
HOME = ("Kerkstraat", "1", "", "9000", "Gent", "BE")
LARGE = 12_000
SEARCHES = 5_000
# More than two cores hand over in the seconds of one round, and in all rounds together no more than there are.
HAND_OVERS = 4_000


@dataclass(frozen=True)
class Counter:
    """Someone at a desk: the token, the names and the cards of that point."""

    token: str
    names: Sequence[str]
    cards: list[str]


def figures(people: int) -> Iterable[Figure]:
    """p95 of each question as a ratio to that of the bare view under as many connections, in the same minutes."""
    large, *desks = fill(people, desks=DESKS + 1)
    staff = list(Person.objects.values_list("staff_number", flat=True)[:SEARCHES])
    bare = [post("/bare/", f"n={number}") for number in staff]
    dice = random.Random(7)
    doors: list[tuple[str, int, Callable[[], list[bytes]]]] = [
        ("zoeken, één balie", 1, lambda: searches(desks[:1], dice)),
        ("zoeken, één balie met 12 000 kaarten", 1, lambda: searches([large], dice)),
        ("afgeven, één balie", 1, lambda: _hand_overs(desks, dice)),
        (f"zoeken, {DESKS} balies", DESKS, lambda: searches(desks, dice)),
        (f"afgeven, {DESKS} balies", DESKS, lambda: _hand_overs(desks, dice)),
    ]
    waits: dict[tuple[str, int], list[Load]] = {}
    with (
        serving("bench.bare_lookup:application") as bare_port,
        serving("lerarenkaart.wsgi:application") as port,
    ):
        # In turns, so that a busy moment of the machine falls on all.
        for _ in range(ROUNDS):
            for connections in (1, DESKS):
                waits.setdefault(("kaal", connections), []).append(_asked(bare_port, bare, connections))
            for name, connections, requests in doors:
                waits.setdefault((name, connections), []).append(_asked(port, requests(), connections))
    for name, connections, _ in doors:
        limit = _p95(waits["kaal", connections])
        label = f"kale view, {connections} verbinding{'en' if connections > 1 else ''}"
        mine = waits[name, connections]
        yield Figure(f"{name}, p95", _p95(mine) * 1000, "ms", limit * 1000, label, GOALS[name])
        yield Figure(f"{name}, per seconde", statistics.median(one.rate for one in mine), "antwoorden/s")


GOALS = {
    "zoeken, één balie": 8.0,
    "zoeken, één balie met 12 000 kaarten": 20.0,
    "afgeven, één balie": 8.0,
    f"zoeken, {DESKS} balies": 8.0,
    f"afgeven, {DESKS} balies": 8.0,
}


def fill(people: int, *, desks: int) -> list[Counter]:
    """An open season: a card for everyone, at one large point and 349 others; someone at so many desks, the large one first."""
    year, points = lookup.open_season()
    dice = random.Random(1)
    first_names = [*WOMEN, *MEN]
    names = [(dice.choice(LAST_NAMES), dice.choice(first_names)) for _ in range(people)]
    bulk.load(
        bulk.table(Person),
        ["id", *PERSON[1:]],
        (
            (
                *(key, year.pk, lookup.staff_number(key), last, first, *HOME),
                *(name_order.sort_key(last, first), False),
            )
            for key, (last, first) in enumerate(names, start=1)
        ),
    )
    for statement in connection.ops.sequence_reset_sql(no_style(), [Person]):
        bulk.execute(statement)
    large = min(LARGE, people // 2)
    place_of = [0 if key <= large else 1 + key % (lookup.POINTS - 1) for key in range(1, people + 1)]
    bulk.load(
        bulk.table(Card),
        lookup.CARD_COLUMNS,
        (
            (year.pk, key, card_number.make(year.year, key), points[place].pk, *lookup.ALIKE)
            for key, place in enumerate(place_of, start=1)
        ),
    )
    bulk.refresh_statistics(bulk.table(Person), bulk.table(Card))
    keys: dict[int, list[int]] = {}
    for key, place in enumerate(place_of, start=1):
        keys.setdefault(place, []).append(key)
    return [_counter(place, points[place], year.year, keys[place], names) for place in range(desks)]


def _counter(
    place: int, point: PickupPoint, year: int, keys: Sequence[int], names: Sequence[tuple[str, str]]
) -> Counter:
    user = User.objects.create_user(f"balie-{place}@voorbeeld.be", name=f"Balie {place}")
    DeskMember.objects.create(point=point, user=user, role=DeskRole.DESK, since=timezone.now())
    _, token = AuthToken.objects.create(user=user)
    return Counter(token, [names[key - 1][0] for key in keys], [card_number.make(year, key) for key in keys])


def searches(desks: Sequence[Counter], dice: random.Random) -> list[bytes]:
    """The first three to six letters of somebody who has a card there."""
    asked = []
    for turn in range(SEARCHES):
        desk = desks[turn % len(desks)]
        asked.append(
            post("/api/v1/desk/cards/", {"q": dice.choice(desk.names)[: dice.randint(3, 6)]}, token=desk.token)
        )
    return asked


def _hand_overs(desks: Sequence[Counter], dice: random.Random) -> list[bytes]:
    """Cards that still wait, each once, as far as there are; each with an id of its own."""
    fewest = min(len(desk.names) for desk in desks) // (2 * ROUNDS) * len(desks)
    return [hand_over(desks[turn % len(desks)], dice) for turn in range(min(HAND_OVERS, fewest))]


def hand_over(desk: Counter, dice: random.Random) -> bytes:
    """The next card of a desk, handed over as a hand scanner does."""
    body = {
        "id": str(uuid.UUID(int=dice.getrandbits(128))),
        "card": desk.cards.pop(),
        "at": timezone.now().isoformat(),
        "evidence": "scan",
    }
    return post("/api/v1/desk/handovers/", body, token=desk.token)


def _asked(port: int, requests: list[bytes], connections: int) -> Load:
    return load(port, requests, connections=connections, seconds=SECONDS)


def _p95(rounds: list[Load]) -> float:
    """The median over the rounds."""
    return statistics.median(one.p95 for one in rounds)
