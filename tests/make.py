"""Typed builders: one line for a thing a test needs, everything else by default and fictitious."""

import datetime as dt
import itertools
import time
from typing import Any

from allauth.mfa.totp.internal import auth as totp

from distribution.enums import AssignedBy, CardState, Channel
from distribution.models import Appointment, Card, CardYear, Person, PrintBatch
from distribution.rules import card_number, name_order
from distribution.rules.staff_number import check_digits
from pickup_points.desks import Desk
from pickup_points.models import DeskMember, DeskRole, PickupPoint, PointYear, ServedPostcode, User

_next = itertools.count(1)


def staff_number(serial: int | None = None) -> str:
    """A valid staff number; another one at each call, the same for the same serial."""
    serial = next(_next) if serial is None else serial
    day = dt.date(1960, 1, 1) + dt.timedelta(days=serial // 100 % 14_000)
    first_nine = f"{1 + serial // 1_400_000 % 2}{day:%y%m%d}{serial % 100:02d}"
    return first_nine + check_digits(first_nine)


def new_user(email: str = "") -> User:
    return User.objects.create_user(email or f"medewerker{next(_next)}@voorbeeld.be", name="An Voorbeeld")


def second_factor(user: User) -> str:
    """An authenticator app for this person; gives its secret."""
    secret: str = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return secret


def code_of(secret: str) -> str:
    """What that app shows now."""
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30)))


def member(point: PickupPoint, user: User | None = None, *, is_manager: bool = False) -> Desk:
    """Someone at the desk of a point; another person at each call unless one is given."""
    user = user or new_user()
    role = DeskRole.MANAGER if is_manager else DeskRole.DESK
    since = dt.datetime(2026, 12, 1, 9, 0, tzinfo=dt.UTC)
    DeskMember.objects.create(point=point, user=user, role=role, since=since)
    return Desk(point, user, is_manager)


def point(code: str = "", *, year: int | None = None, serves: str = "", **fields: Any) -> PickupPoint:
    """A library, open on working days; with `year` it takes part and serves the postcodes given."""
    code = code or f"bib-{next(_next)}"
    defaults = {
        "name": f"Bibliotheek {code}",
        "kind": "bibliotheek",
        "street": "Kerkstraat",
        "house_number": "1",
        "postcode": "9000",
        "municipality": "Gent",
        "hours": dict.fromkeys(("ma", "di", "wo", "do", "vr"), "09:00-12:00 13:30-18:00"),
    }
    made = PickupPoint.objects.create(code=code, **(defaults | fields))
    if year:
        PointYear.objects.create(point=made, year=year)
        for postcode in serves.split():
            ServedPostcode.objects.create(point=made, year=year, postcode=postcode)
    return made


def person(card_year: CardYear, last_name: str = "Peeters", first_name: str = "An", **fields: Any) -> Person:
    defaults = {
        "staff_number": staff_number(),
        "street": "Voorbeeldstraat",
        "house_number": "7",
        "postcode": "9000",
        "municipality": "Gent",
        "country": "BE",
        "sort_key": name_order.sort_key(last_name, first_name),
    }
    return Person.objects.create(card_year=card_year, last_name=last_name, first_name=first_name, **(defaults | fields))


def appointment(person: Person, **fields: Any) -> Appointment:
    defaults = {
        "source": "epd",
        "institution_number": "123456",
        "level": "lager",
        "category": "bestuur_onderwijzend",
        "paid_by": "ministerie",
        "begins_on": dt.date(2020, 9, 1),
        "row_number": 2,
        "fingerprint": next(_next),
    }
    return Appointment.objects.create(person=person, **(defaults | fields))


def card(person: Person, *, at: PickupPoint | None = None, **fields: Any) -> Card:
    """A card, waiting at a point when one is given."""
    defaults = {
        "number": card_number.make(person.card_year.year, next(_next)),
        "channel": Channel.PICKUP,
        "state": CardState.ISSUED,
        "pickup_point": at,
        "assigned_by": AssignedBy.RESIDENCE if at else AssignedBy.UNASSIGNED,
        "level": "lager",
        "category": "bestuur_onderwijzend",
    }
    if fields.get("channel", Channel.PICKUP) != Channel.PICKUP:
        defaults["assigned_by"] = ""
    return Card.objects.create(card_year=person.card_year, person=person, **(defaults | fields))


def batch(card_year: CardYear, number: int = 1) -> PrintBatch:
    """A print batch with every card of the year that waits and was not frozen before."""
    cards = Card.objects.filter(card_year=card_year, batch=None, state=CardState.ISSUED)
    frozen_at = dt.datetime(2026, 11, 19, 23, 30, tzinfo=dt.UTC) + dt.timedelta(days=number)
    made = PrintBatch.objects.create(card_year=card_year, number=number, frozen_at=frozen_at, cards=cards.count())
    cards.update(batch=made)
    return made
