"""A season in which every answer of the public lookup has someone to hear it."""

import datetime as dt
from dataclasses import dataclass

from distribution.enums import CardState, Channel, Outcome
from distribution.models import CardYear, NotEntitled
from distribution.rules.staff_number import check_digits
from pickup_points.models import PickupPoint
from tests import make
from tests.moments import NOW

HOME_POSTCODE = "9000"
# Who all hear that there is no card, with exactly the same words.
NO_CARD = ("unknown", "not_entitled", "shielded", "withdrawn", "void")
# What is only in the rows of the people below: none of it may ever be in an answer.
SECRETS = ("Verstoptenaam", "Geheimevoornaam", "Onzichtbaarstraat", "Nergenshuizen", "8571", "Schaduwschool")


@dataclass(frozen=True)
class Season:
    """`numbers`: a staff number per case; `point`: where the card of `at_pickup_point` lies."""

    card_year: CardYear
    point: PickupPoint
    numbers: dict[str, str]


# Which case hears what.
HEARD = {
    "at_pickup_point": Outcome.AT_PICKUP_POINT,
    "sent_home": Outcome.SENT_HOME,
    "starter_pack": Outcome.STARTER_PACK,
    "collected": Outcome.COLLECTED,
    "contact_klasse": Outcome.CONTACT_KLASSE,
} | dict.fromkeys(NO_CARD, Outcome.NO_CARD)


def season(card_year: CardYear) -> Season:
    """One person per case, all born on one day, living in Gent; the year was run."""
    card_year.last_run_at = NOW - dt.timedelta(days=60)
    card_year.reference_date = card_year.last_run_at.date()
    card_year.save()
    point = make.point(
        "de-leeshoek",
        year=card_year.year,
        serves=HOME_POSTCODE,
        name="Bibliotheek De Leeshoek",
        street="Voorbeeldplein",
        house_number="1",
        phone="09 000 00 00",
        website="https://bibliotheek.voorbeeld.be",
        latitude=51.0489,
        longitude=3.7286,
        closed="2027-01-15",
        exceptional="2027-01-17=10:00-13:00",
    )
    numbers = {case: _number(place) for place, case in enumerate(HEARD)}
    for case, number in numbers.items():
        if case != "unknown":
            _person(card_year, case, number, point)
    return Season(card_year, point, numbers)


def _number(serial: int) -> str:
    first_nine = f"2771123{serial:02d}"
    return first_nine + check_digits(first_nine)


def _person(card_year: CardYear, case: str, number: str, point: PickupPoint) -> None:
    person = make.person(
        card_year,
        "Verstoptenaam",
        "Geheimevoornaam",
        staff_number=number,
        street="Onzichtbaarstraat",
        house_number="8571",
        municipality="Nergenshuizen",
        postcode=HOME_POSTCODE,
        shielded=case == "shielded",
    )
    make.appointment(person, institution_name="Schaduwschool")
    if case == "not_entitled":
        NotEntitled.objects.create(person=person, reason="no_active_appointment")
    elif case == "sent_home":
        make.card(person, channel=Channel.SUBSCRIPTION)
    elif case == "starter_pack":
        make.card(person, channel=Channel.STARTER, mailing_on=dt.date(2027, 1, 15))
    elif case == "collected":
        make.card(person, at=point, state=CardState.HANDED_OVER, handed_over_at=NOW)
    elif case == "contact_klasse":
        make.card(person)
    elif case == "withdrawn":
        make.card(person, at=point, state=CardState.WITHDRAWN, withdrawn_at=NOW)
    elif case == "void":
        make.card(person, at=point, state=CardState.VOID)
    else:
        make.card(person, at=point)
