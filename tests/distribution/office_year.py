"""A year with one thing of each kind that asks for attention, for the tests of the office."""

import datetime as dt
from dataclasses import dataclass

from distribution.enums import CountKind
from distribution.models import Card, CardYear, PendingChange, StockCount, Subscriber, Transfer
from pickup_points.desks import Desk
from pickup_points.models import KlasseRole, User
from tests import make
from tests.distribution import settled
from tests.moments import BRUSSELS, NOW

# A Wednesday in the season, more than two weeks after its first day.
IN_SEASON = dt.datetime(2027, 2, 3, 10, 0, tzinfo=BRUSSELS)
AFTER_SEASON = dt.datetime(2027, 7, 14, 10, 0, tzinfo=BRUSSELS)


@dataclass
class OfficeYear:
    """What the year is made of."""

    card_year: CardYear
    gent: Desk
    aalst: Desk
    nowhere: list[Card]


def klasse(role: KlasseRole = KlasseRole.OFFICE, *, name: str = "Kim Klasse", email: str = "") -> User:
    """Someone of Klasse with a second factor."""
    user = make.new_user(email)
    make.second_factor(user)
    User.objects.filter(pk=user.pk).update(klasse_role=role, name=name)
    return User.objects.get(pk=user.pk)


def came_in(desk: Desk) -> Desk:
    User.objects.filter(pk=desk.user.pk).update(last_login=NOW)
    return desk


def run(card_year: CardYear) -> None:
    card_year.last_run_at, card_year.reference_date = settled.PRINTED_AT, dt.date(2026, 11, 20)
    card_year.save()


def with_everything(card_year: CardYear) -> OfficeYear:
    """Gent works well; Aalst has no hours, nobody who came in, 30 cards that nobody fetches, and 10 that did not arrive."""
    run(card_year)
    gent = came_in(make.member(make.point("gent", year=2027, serves="9000"), is_manager=True))
    aalst = make.member(
        make.point("aalst", year=2027, serves="9300", postcode="9300", municipality="Aalst", hours={}), is_manager=True
    )
    at_gent = settled.cards(card_year, 20, at=gent.point)
    at_aalst = settled.cards(card_year, 30, at=aalst.point)
    nowhere = [
        make.card(make.person(card_year, "Zonder", "Punt", postcode="8000", municipality="Brugge")),
        make.card(make.person(card_year, "Ver", "Weg", postcode="1234", municipality="Elders", country="NL")),
        make.card(make.person(card_year, "Stil", "Adres", postcode="8000", municipality="Brugge", shielded=True)),
    ]
    settled.printed(card_year)
    settled.handed_over(at_gent[:8], desk=gent, at=IN_SEASON - dt.timedelta(days=1))
    Subscriber.objects.create(card_year=card_year, staff_number=make.staff_number())
    StockCount.objects.create(
        card_year=card_year, point=aalst.point, kind=CountKind.RECEIVED, counted=20, at=NOW, by=aalst.user
    )
    Transfer.objects.create(
        card=at_aalst[0],
        from_point=aalst.point,
        to_point=gent.point,
        requested_at=IN_SEASON - dt.timedelta(days=8),
        requested_by=gent.user,
    )
    # Asked for yesterday: nothing to worry about.
    Transfer.objects.create(
        card=at_aalst[1],
        from_point=aalst.point,
        to_point=gent.point,
        requested_at=IN_SEASON - dt.timedelta(days=1),
        requested_by=gent.user,
    )
    PendingChange.objects.create(card_year=card_year, person=at_gent[0].person, kind=PendingChange.Kind.MOVED)
    return OfficeYear(card_year, gent, aalst, nowhere)


def counted_left_over(desk: Desk, card_year: CardYear, left: int, *, at: dt.datetime = AFTER_SEASON) -> None:
    StockCount.objects.create(
        card_year=card_year, point=desk.point, kind=CountKind.LEFT_OVER, counted=left, at=at, by=desk.user
    )
