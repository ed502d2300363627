"""Where is my card: the one question of the public lookup. Never a name, an address or a birth date of anyone.

By hand and in values, not instances: this is asked ten thousand times after a newsletter.
"""

import datetime as dt
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection

from distribution.enums import CardState, Channel, Outcome
from distribution.models import Card, CardYear, Person, VoidedNumber, bulk
from distribution.rules import lookup_words
from pickup_points import hours, postcodes
from pickup_points.models import PickupPoint, PointYear
from pickup_points.queries import map_url, readable_schedule

DAYS_SHOWN = 7
# Without an opened year: the next card is spoken of as soon as the old one's collection has ended (domain.md: 10 July).
SEASON_TURNS = (7, 11)


@dataclass(frozen=True)
class LookupYear:
    """The year the public lookup speaks of. `is_ready`: cards were assigned at least once."""

    pk: int
    year: int
    lookup_from: dt.date
    collect_from: dt.date
    collect_until: dt.date
    is_ready: bool

    def outcome_for_all(self, on: dt.date) -> Outcome | None:
        """What everyone hears on a day, whoever they are; None when it depends on the person."""
        if on < self.lookup_from or not self.is_ready:
            return Outcome.IN_PREPARATION
        if on > self.collect_until:
            return Outcome.PERIOD_ENDED
        return None


@dataclass(frozen=True)
class Place:
    """A pickup point as the public may see it, at one moment."""

    code: str
    name: str
    line: str
    municipality: str
    phone: str
    website: str
    map_url: str
    collect_from: dt.date
    collect_until: dt.date
    is_open: bool
    status: str
    days: tuple[hours.Day, ...]
    # A point that stopped: the name of the one that follows, where the card goes.
    moves_to: str = ""

    @property
    def address(self) -> str:
        return f"{self.line}, {self.municipality}"


@dataclass(frozen=True)
class Answer:
    """What a teacher hears. `expected`: the day of the starter mailing; `place` when the card lies at a point."""

    year: int
    outcome: Outcome
    on: dt.date
    season: LookupYear | None = None
    expected: dt.date | None = None
    place: Place | None = None
    # The old card was declared void, and the new one is not made yet.
    is_new_card: bool = False

    @property
    def message(self) -> str:
        """In one or two Dutch sentences."""
        place = self.place
        return lookup_words.message(
            self.outcome,
            year=self.year,
            on=self.on,
            lookup_from=self.season.lookup_from if self.season else None,
            is_new_card=self.is_new_card,
            expected=self.expected,
            point=place.name if place else "",
            collect_from=place.collect_from if place else None,
            collect_until=place.collect_until if place else None,
            moves_to=place.moves_to if place else "",
        )


@dataclass(frozen=True)
class Season:
    """A day in the season: the year spoken of, and what everyone hears that day, if anything."""

    year: LookupYear | None
    for_all: Answer | None


def season(on: dt.date) -> Season:
    """The dates come first: not open yet and period ended are the same for everyone, and no person is looked up."""
    year = current_year(on)
    if year is None:
        turned = (on.month, on.day) >= SEASON_TURNS
        return Season(None, Answer(on.year + turned, Outcome.IN_PREPARATION, on))
    outcome = year.outcome_for_all(on)
    return Season(year, Answer(year.year, outcome, on, year) if outcome else None)


def current_year(on: dt.date) -> LookupYear | None:
    """The latest opened year whose lookup is open on a day, otherwise the next one; None when no year was opened."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, year, lookup_from, collect_from, collect_until, last_run_at IS NOT NULL "
            f"FROM {bulk.table(CardYear)} "
            "ORDER BY CASE WHEN lookup_from <= %s THEN 0 ELSE 1 END, CASE WHEN lookup_from <= %s THEN -year ELSE year END "
            "LIMIT 1",
            [on, on],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    pk, year, lookup_from, collect_from, collect_until, is_ready = row
    return LookupYear(pk, year, lookup_from, collect_from, collect_until, bool(is_ready))


def find(season: LookupYear, staff_number: str, *, postcode: str | None, at: dt.datetime) -> Answer:
    """The answer for one number; with `postcode` only when it is that of the person's home.

    Unknown, not entitled, withdrawn, void and shielded: all five are no row of the one query, so
    they are the same answer after the same work.
    """
    on = at.astimezone(hours.calendar.BRUSSELS).date()
    with connection.cursor() as cursor:
        cursor.execute(_find_statement(), [season.year, season.pk, staff_number])
        row = cursor.fetchone()
    if row is None or (postcode is not None and not _same_postcode(postcode, row[3])):
        return Answer(season.year, Outcome.NO_CARD, on, season)
    channel, state, mailing_on, _, is_being_replaced, *point = row
    if is_being_replaced:
        return Answer(season.year, Outcome.IN_PREPARATION, on, season, is_new_card=True)
    if channel == Channel.SUBSCRIPTION:
        return Answer(season.year, Outcome.SENT_HOME, on, season)
    if channel == Channel.STARTER:
        return Answer(season.year, Outcome.STARTER_PACK, on, season, expected=mailing_on)
    if state == CardState.HANDED_OVER:
        return Answer(season.year, Outcome.COLLECTED, on, season)
    if point[0] is None:
        return Answer(season.year, Outcome.CONTACT_KLASSE, on, season)
    return Answer(season.year, Outcome.AT_PICKUP_POINT, on, season, place=_place(season, point, at=at, on=on))


@lru_cache(maxsize=1)
def _find_statement() -> str:
    return (
        "SELECT card.channel, card.state, card.mailing_on, person.postcode, "
        f"card.batch_id IS NULL AND card.state = '{CardState.ISSUED.value}' "
        f"AND EXISTS (SELECT 1 FROM {bulk.table(VoidedNumber)} old WHERE old.card_id = card.id), "
        "point.code, point.name, point.street, point.house_number, point.postcode, point.municipality, point.phone, "
        "point.website, point.latitude, point.longitude, CAST(point.hours AS text), point.closed, point.exceptional, "
        "part.collect_from, part.collect_until, follower.name "
        f"FROM {bulk.table(Person)} person "
        f"JOIN {bulk.table(Card)} card ON card.person_id = person.id "
        f"AND card.state IN ('{CardState.ISSUED.value}', '{CardState.HANDED_OVER.value}') "
        f"LEFT JOIN {bulk.table(PickupPoint)} point ON point.id = card.pickup_point_id "
        f"LEFT JOIN {bulk.table(PointYear)} part ON part.point_id = point.id AND part.year = %s "
        f"LEFT JOIN {bulk.table(PickupPoint)} follower ON follower.id = part.followed_by_id "
        "WHERE person.card_year_id = %s AND person.staff_number = %s AND NOT person.shielded"
    )


def _same_postcode(typed: str, held: str) -> bool:
    """Belgian postcodes as people write them; others without spaces and capitals."""
    belgian = postcodes.normalise(typed)
    if belgian:
        return belgian == postcodes.normalise(held)
    return "".join(typed.split()).upper() == "".join(held.split()).upper()


def _place(season: LookupYear, row: list[Any], *, at: dt.datetime, on: dt.date) -> Place:
    code, name, street, number, postcode, municipality, phone, website, lat, lon, week, closed, exceptional, *own = row
    first, last = own[0] or season.collect_from, own[1] or season.collect_until
    schedule = _schedule(week, closed, exceptional, first, last)
    now = hours.status(schedule, at=at)
    line = f"{street} {number}".strip()
    place = f"{postcode} {municipality}"
    return Place(
        code=code,
        name=name,
        line=line,
        municipality=place,
        phone=phone,
        website=website,
        map_url=map_url(lat, lon, address=f"{line}, {place}"),
        collect_from=first,
        collect_until=last,
        is_open=now.is_open,
        status=now.sentence,
        days=hours.days(schedule, from_=on, count=DAYS_SHOWN),
        moves_to=own[2] or "",
    )


@lru_cache(maxsize=2048)
def _schedule(week: str, closed: str, exceptional: str, first: dt.date, last: dt.date) -> hours.Schedule:
    return readable_schedule(json.loads(week), closed, exceptional, first=first, last=last)
