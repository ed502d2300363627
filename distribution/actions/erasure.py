"""Forgetting one person on request, now, as far as nothing binds us to keep (GDPR article 17, ADR 0020)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from distribution.actions import forgetting
from distribution.enums import CardState, Channel
from distribution.errors import CanBeForced, DistributionError
from distribution.models import Card, EarlierHolder, Person, ShieldedNumber, Subscriber, YearEvent
from distribution.queries import retention
from distribution.rules import staff_number as staff_numbers
from distribution.rules.retention import has_still_to_go_out
from distribution.rules.staff_number import Code
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.models import User

EVENT = "person_erased"
LONGEST_REASON = 200
MISTYPED = {
    Code.BAD_BIRTH_DATE: "Niets gevonden, en na het eerste cijfer (1 of 2) staat geen geboortedatum: kijk het nummer na.",
    Code.BAD_CHECK_DIGITS: "Niets gevonden, en de laatste twee cijfers passen niet bij de rest: kijk het nummer na.",
}


class NobodyKnown(DistributionError):
    """Nothing under this number. That nothing is kept is only said of a number that can be one."""

    code = "nobody_known"

    def __init__(self, number: str) -> None:
        mistakes = staff_numbers.parse(number, strict=False).warnings
        super().__init__(MISTYPED[mistakes[0]] if mistakes else "Onder dit stamboeknummer is er niets bewaard.")


class NoReason(DistributionError):
    code = "no_reason"

    def __init__(self) -> None:
        super().__init__("Zeg waarom, bijvoorbeeld: vraag van 3 maart. Zonder naam of nummer.")


class CardStillToGoOut(CanBeForced):
    code = "card_still_to_go_out"


@dataclass(frozen=True)
class Kept:
    """What stays, why, and from which day it goes by itself; None when that is not a day."""

    what: str
    why: str
    until: dt.date | None = None

    def as_json(self) -> dict[str, Any]:
        return {"what": self.what, "why": self.why, "until": self.until and str(self.until)}


@dataclass(frozen=True)
class Erased:
    """Of which years, of what how many rows, and what stays."""

    years: tuple[int, ...]
    counts: dict[str, int]
    kept: tuple[Kept, ...]


def erase(
    staff_number: str, *, reason: str, days: int, months: int, by: User, at: dt.datetime, force: str = ""
) -> Erased:
    """Forget name, addresses, appointments and free words of this person in every year; figures stay to the unit.

    The number and the card stay as long as something needs them: see `kept`. `days` and `months`: the
    terms of people and of readings. Raises NobodyKnown, NoReason, and CardStillToGoOut unless `force` says why.
    """
    reason = " ".join(reason.split())[:LONGEST_REASON]
    if not reason:
        raise NoReason
    on = at.astimezone(BRUSSELS).date()
    counts: dict[str, int] = {}
    with transaction.atomic():
        people = list(
            Person.objects.select_for_update(of=("self",))
            .filter(staff_number=staff_number)
            .select_related("card_year")
            .order_by("card_year__year")
        )
        lists = (
            Subscriber.objects.filter(staff_number=staff_number).exists(),
            EarlierHolder.objects.filter(staff_number=staff_number).exists(),
        )
        is_known = people or any(lists) or ShieldedNumber.objects.filter(staff_number=staff_number).exists()
        if not is_known:
            raise NobodyKnown(staff_number)
        if not force:
            _refuse_waiting_card(people, on=on)
        for person in people:
            is_open = on < retention.days_of(person.card_year, days=days).people
            gone = forgetting.people(forgetting.of_person(person), is_open=is_open)
            counts = {kind: counts.get(kind, 0) + number for kind, number in gone.items()}
            summary = gone | {"reason": reason} | ({"forced": force[:LONGEST_REASON]} if force else {})
            YearEvent.objects.create(card_year=person.card_year, kind=EVENT, at=at, by=by, summary=summary)
        kept = _kept(people, staff_number, is_on_list=any(lists), days=days, months=months, on=on)
    return Erased(tuple(person.card_year.year for person in people), counts, kept)


def _refuse_waiting_card(people: list[Person], *, on: dt.date) -> None:
    for card in Card.objects.filter(person__in=people).select_related("card_year"):
        if has_still_to_go_out(
            is_issued=card.state == CardState.ISSUED,
            is_pickup=card.channel == Channel.PICKUP,
            is_printed=card.batch_id is not None,
            mailing_on=card.mailing_on,
            last_day=retention.last_day(card.card_year),
            on=on,
        ):
            raise CardStillToGoOut(
                f"De kaart van {card.card_year.year} moet nog naar deze persoon toe. Zonder naam vindt geen balie ze terug."
            )


def _kept(
    people: list[Person], staff_number: str, *, is_on_list: bool, days: int, months: int, on: dt.date
) -> tuple[Kept, ...]:
    found = []
    if people:
        last = people[-1].card_year
        when = retention.days_of(last, days=days)
        found += [
            Kept(
                "stamboeknummer per kaartjaar",
                "één kaart per persoon per jaar, en wie vorig jaar een kaart had is geen starter",
                when.numbers,
            ),
            Kept("kaartnummer, weg, toestand en gebeurtenissen van de kaart", "de cijfers, zonder naam"),
        ]
        if Card.objects.filter(person__in=people).exists():
            found.append(Kept("wie de gegevens inkeek", f"toezicht op inzage, {months} maanden"))
        if on < when.people:
            found.append(
                Kept("postcode en opdrachten zonder instelling", "bepalen of en waar er een kaart is", when.people)
            )
            found.append(
                Kept(
                    "wat het volgende personeelsbestand weer aanreikt",
                    "het ministerie blijft de bron; daar wissen of rechtzetten",
                )
            )
    if is_on_list:
        found.append(Kept("nummer op de lijst van abonnees of kaarthouders", "wordt met het kaartjaar gewist"))
    if ShieldedNumber.objects.filter(staff_number=staff_number).exists():
        found.append(Kept("nummer op de lijst van afgeschermde mensen", "zonder dat nummer valt de bescherming weg"))
    return tuple(found)
