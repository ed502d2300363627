"""Fictitious seasons straight into the tables, for tests of the figures: made cards, marked and counted points."""

import datetime as dt
import random
import uuid
from collections.abc import Sequence
from typing import Any

from distribution.actions import history, years
from distribution.enums import CardState, Channel, CountKind, Evidence, Marking
from distribution.models import Card, CardYear, HandOver, PointStatement, StockCount
from pickup_points.models import PickupPoint, PointYear, User
from pickup_points.reference import localities
from tests import make
from tests.conftest import BRUSSELS
from tests.distribution import settled

# Why 2020 is an estimate: words that mean something to a spreadsheet.
CAUSE = "=1+1 punten waren dicht"
PUBLISHED = f"""jaar;totaal;abonnement;starters;afgehaald;met_kaart;schatting;oorzaak
2017;204530;15570;14852;102478;138365;;
2018;208204;18276;16527;103966;139705;;
2019;213132;19931;17583;100102;138516;;
2020;215229;21964;16158;81803;125529;1;{CAUSE}
2021;221879;25479;18872;;;;
"""
HOMES = ("9000", "9031", "3500", "2000", "1000", "")
LEVELS = ("kleuter", "lager", "secundair", "clb")
CATEGORIES = ("bestuur_onderwijzend", "administratief")


def published(folder: Any) -> None:
    """The table of domain.md, imported."""
    path = folder / "historiek.csv"
    path.write_text(PUBLISHED, encoding="utf-8")
    history.load(path, rejects_folder=folder)


def opened(year: int) -> CardYear:
    return years.open_year(year, at=dt.datetime(year - 1, 11, 2, 9, 0, tzinfo=BRUSSELS))


def home(postcode: str) -> dict[str, Any]:
    """What is written on the card of someone who lives there."""
    place = localities(2027).get(postcode)
    return {"nis": place.nis, "province": place.province} if place else {"nis": "", "province": ""}


def cards(
    card_year: CardYear, number: int, *, at: PickupPoint | None = None, postcode: str = "9000", **fields: Any
) -> list[Card]:
    if at and not PointYear.objects.filter(point=at, year=card_year.year).exists():
        PointYear.objects.create(point=at, year=card_year.year)
    return [make.card(make.person(card_year), at=at, **home(postcode), **fields) for _ in range(number)]


def sent_home(card_year: CardYear, number: int, **fields: Any) -> None:
    cards(card_year, number, channel=Channel.SUBSCRIPTION, **fields)


def starters(card_year: CardYear, number: int, **fields: Any) -> None:
    cards(card_year, number, channel=Channel.STARTER, mailing_on=dt.date(card_year.year, 1, 15), **fields)


def marked(these: Sequence[Card], *, by: User, at: dt.datetime) -> None:
    """Handed over where they lie."""
    for card in these:
        assert card.pickup_point_id
        HandOver.objects.create(
            id=uuid.uuid4(), card=card, point_id=card.pickup_point_id, at=at, said_at=at, recorded_at=at, by=by,
            evidence=Evidence.CLICK,
        )  # fmt: skip
        Card.objects.filter(pk=card.pk).update(state=CardState.HANDED_OVER, handed_over_at=at)


def counted(
    card_year: CardYear, point: PickupPoint, left_over: int, *, by: User, marking: Marking | None = None
) -> None:
    at = dt.datetime(card_year.year, 7, 12, 9, 0, tzinfo=BRUSSELS)
    StockCount.objects.create(
        card_year=card_year, point=point, kind=CountKind.LEFT_OVER, counted=left_over, at=at, by=by
    )
    if marking:
        PointStatement.objects.create(card_year=card_year, point=point, marking=marking, at=at, by=by)


def drawn(card_year: CardYear, points: Sequence[PickupPoint], *, seed: int, share_counted: float) -> None:
    """A season by the dice: people of everywhere, points that mark a part, and a share of them that counted."""
    dice = random.Random(seed)
    by = make.new_user()
    for make_some in (sent_home, starters):
        for _ in range(dice.randint(1, 4)):
            make_some(card_year, dice.randint(1, 3), postcode=dice.choice(HOMES), **_kind(dice))
    cards(card_year, dice.randint(0, 2), postcode=dice.choice(HOMES), **_kind(dice))
    lying = {
        point: [
            card
            for _ in range(dice.randint(1, 4))
            for card in cards(card_year, dice.randint(1, 3), at=point, postcode=dice.choice(HOMES), **_kind(dice))
        ]
        for point in points
    }
    settled.printed(card_year)
    for point, here in lying.items():
        gone = dice.randint(0, len(here))
        for card in here[: dice.randint(0, gone)]:
            marked(
                [card],
                by=by,
                at=dt.datetime(card_year.year, dice.randint(1, 6), dice.randint(1, 28), 9, tzinfo=BRUSSELS),
            )
        if dice.random() < share_counted:
            counted(card_year, point, len(here) - gone, by=by)


def _kind(dice: random.Random) -> dict[str, Any]:
    return {"level": dice.choice(LEVELS), "category": dice.choice(CATEGORIES)}
