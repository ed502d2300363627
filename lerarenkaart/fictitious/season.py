"""The part of a fictitious year that no file brings: dates around today, and numbers to try."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest import mock

from django.utils import timezone

from distribution.enums import CardState, Channel, Outcome
from distribution.models import Card, NotEntitled
from pickup_points.hours.calendar import BRUSSELS

# How many days before the lookup opened Klasse did each part of its work.
DONE_BEFORE = {
    "open_year": 60,
    "import_pickup_points": 45,
    "import_personnel": 35,
    "import_subscribers": 34,
    "import_card_holders": 34,
    "import_history": 33,
    "run_year": 30,
    "freeze_year": 28,
}


@dataclass(frozen=True)
class Dates:
    """A card year whose season is on today."""

    year: int
    lookup_from: dt.date
    collect_from: dt.date
    collect_until: dt.date


def dates(today: dt.date) -> Dates:
    """The real season when it is on; otherwise that of the coming card year, begun early so that there is something to see."""
    year = today.year if today <= dt.date(today.year, 7, 10) else today.year + 1
    return Dates(
        year,
        min(dt.date(year - 1, 12, 1), today - dt.timedelta(days=30)),
        min(dt.date(year - 1, 12, 27), today - dt.timedelta(days=14)),
        dt.date(year, 7, 10),
    )


def moment(command: str, of: Dates) -> dt.datetime:
    """When Klasse gave this command: in working hours, before anyone came for a card."""
    day = of.lookup_from - dt.timedelta(days=DONE_BEFORE[command])
    return dt.datetime.combine(day, dt.time(10, list(DONE_BEFORE).index(command)), BRUSSELS)


@contextmanager
def clock_at(moment: dt.datetime) -> Iterator[None]:
    """Doors read the clock with timezone.now: within this it stands still at a moment of the fiction."""
    with mock.patch.object(timezone, "now", return_value=moment):
        yield


def examples(year: int) -> dict[str, str]:
    """A staff number for each answer the lookup can give in the season."""
    cards = Card.objects.filter(card_year__year=year).order_by("pk")
    wanted = {
        Outcome.AT_PICKUP_POINT: cards.filter(state=CardState.ISSUED, pickup_point__isnull=False),
        Outcome.COLLECTED: cards.filter(state=CardState.HANDED_OVER),
        Outcome.SENT_HOME: cards.filter(channel=Channel.SUBSCRIPTION),
        Outcome.STARTER_PACK: cards.filter(channel=Channel.STARTER),
        Outcome.CONTACT_KLASSE: cards.filter(channel=Channel.PICKUP, pickup_point=None),
    }
    found = {
        outcome.value: found.values_list("person__staff_number", flat=True).first() for outcome, found in wanted.items()
    }
    found[Outcome.NO_CARD.value] = (
        NotEntitled.objects.filter(person__card_year__year=year).values_list("person__staff_number", flat=True).first()
    )
    return {outcome: number for outcome, number in found.items() if number}
