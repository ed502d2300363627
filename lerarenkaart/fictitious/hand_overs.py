"""Fictitious hand-overs: who stands at the desks, and which cards they gave away in the season so far."""

import datetime as dt
import random
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import connection, transaction

from distribution.enums import CardEventKind, CardState, Channel, Evidence
from distribution.models import Card, CardEvent, CardYear, HandOver, bulk
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.models import DeskMember, DeskRole, PickupPoint, User

# Of the cards at points 46 to 60 % were collected in the published years (domain.md).
COLLECTED = 0.55
EVIDENCE = (Evidence.CLICK,) * 6 + (Evidence.SCAN,) * 3 + (Evidence.LIST,)
# One point in so many has a colleague who never used the invitation, and handed nothing over: something to call about.
QUIET = 50
OPENS, CLOSES = 10, 18
SUNDAY = 6
COLUMNS = (
    "id",
    "card_id",
    "point_id",
    "at",
    "said_at",
    "recorded_at",
    "clock_doubtful",
    "by_id",
    "evidence",
    "collector",
    "undo_reason",
)


@transaction.atomic
def write(card_year: CardYear, *, invited_at: dt.datetime, at: dt.datetime, seed: int = 1) -> int:
    """Hand over some half of the cards at points between the first day of collecting and `at`; returns how many.

    Each point gets one colleague, without a password, who came in after the invitation and marked them all; only at
    the quiet ones nobody did.
    """
    dice = random.Random(seed)  # noqa: S311 -- fiction, no secret
    days = _days(card_year.collect_from, min(at.astimezone(BRUSSELS).date(), card_year.collect_until))
    if not days:
        return 0
    colleagues = _colleagues(card_year, invited_at=invited_at, at=at)
    waiting = Card.objects.filter(
        card_year=card_year, channel=Channel.PICKUP, state=CardState.ISSUED, pickup_point__in=colleagues
    ).order_by("pk")
    # Read before anything is written: PostgreSQL answers nothing on a connection that is in the middle of a COPY.
    cards = list(waiting.values_list("pk", "pickup_point_id"))
    rows = _rows(cards, colleagues, days, at=at, dice=dice)
    made = bulk.load(bulk.table(HandOver), COLUMNS, rows)
    card, event, hand_over = (bulk.table(model) for model in (Card, CardEvent, HandOver))
    bulk.execute(
        f"UPDATE {card} SET state = %s, handed_over_at = h.at FROM {hand_over} h WHERE h.card_id = {card}.id",  # noqa: S608
        [CardState.HANDED_OVER.value],
    )
    bulk.execute(
        f"INSERT INTO {event} (card_id, kind, at, by_id, hand_over_id) "  # noqa: S608
        f"SELECT card_id, %s, recorded_at, by_id, id FROM {hand_over}",
        [CardEventKind.HANDED_OVER.value],
    )
    bulk.refresh_statistics(card, event, hand_over)
    return made


def _colleagues(card_year: CardYear, *, invited_at: dt.datetime, at: dt.datetime) -> dict[int, int]:
    """The key of a colleague for each point of the year; only of points where the colleague came in."""
    points = list(PickupPoint.objects.filter(years__year=card_year.year).order_by("code"))
    quiet = {point.pk for point in points[QUIET // 2 :: QUIET]}
    users = User.objects.bulk_create(
        User(
            email=f"balie.{point.code}@voorbeeld.example",
            name=f"Balie {point.municipality}",
            password="!",  # noqa: S106
            last_login=None if point.pk in quiet else at,
        )
        for point in points
    )
    staffed = {point.pk: user.pk for point, user in zip(points, users, strict=True)}
    DeskMember.objects.bulk_create(
        DeskMember(point_id=point, user_id=user, role=DeskRole.DESK, since=invited_at)
        for point, user in staffed.items()
    )
    return {point: user for point, user in staffed.items() if point not in quiet}


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    """The days on which a library is open; the first ones come more often: everyone is curious then."""
    open_days = [day for n in range((last - first).days + 1) if (day := first + dt.timedelta(n)).weekday() != SUNDAY]
    return [day for place, day in enumerate(open_days) for _ in range(1 + 4 // (1 + place // 6))]


def _rows(
    cards: Iterable[tuple[int, int]],
    colleagues: Mapping[int, int],
    days: list[dt.date],
    *,
    at: dt.datetime,
    dice: random.Random,
) -> Iterator[tuple[Any, ...]]:
    """The rows of HandOver, as the database keeps them."""
    keep = connection.ops.adapt_datetimefield_value
    for card, point in cards:
        if dice.random() >= COLLECTED:
            continue
        hour, minute = dice.randrange(OPENS, CLOSES), dice.randrange(60)
        moment = dt.datetime.combine(dice.choice(days), dt.time(hour, minute), BRUSSELS)
        if moment >= at:
            moment = at - dt.timedelta(minutes=1 + dice.randrange(90))
        shown = keep(moment)
        key = uuid.UUID(int=dice.getrandbits(128), version=4).hex
        yield key, card, point, shown, shown, shown, False, colleagues[point], dice.choice(EVIDENCE).value, "", ""
