"""Everything we keep about one staff number, over all years and tables (GDPR article 15).

COVERED names every table with a way to a person, and LEFT_OUT what of it is not told and why: a test
walks all models and fails when one comes that is in neither.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from distribution.models import (
    Appointment,
    Card,
    CardEvent,
    CardYear,
    EarlierHolder,
    HandOver,
    NotEntitled,
    PendingChange,
    Person,
    PickupList,
    PrintBatch,
    Reading,
    ShieldedNumber,
    Subscriber,
    Transfer,
    VoidedNumber,
    bulk,
)
from pickup_points.models import PickupPoint, User

# Whoever works on the server itself: no person logs in with it.
CONSOLE = "opdrachtregel@lerarenkaart.invalid"
Value = str | int | float | bool | dt.date | None

# By table, in the order in which it is told: what the part is called, and what we use it for.
COVERED: Mapping[type[models.Model], tuple[str, str]] = {
    Person: ("Naam en adres", "weten langs welke weg je kaart naar je toe komt"),
    Appointment: ("Opdrachten", "weten of je recht hebt op een kaart"),
    NotEntitled: ("Waarom je geen kaart kreeg", "het antwoord van de laatste toekenning"),
    Card: ("Kaart", "je kaart maken, bezorgen en tellen"),
    CardEvent: ("Wat er met je kaart gebeurde", "verantwoorden waar je kaart was"),
    HandOver: ("Afgiftes", "weten dat je kaart is afgehaald, één keer"),
    Transfer: ("Overdrachten tussen afhaalpunten", "je kaart naar een ander afhaalpunt brengen"),
    VoidedNumber: ("Ongeldige nummers", "een gestolen of verloren kaart vervangen"),
    PickupList: ("Afhaallijsten", "op welke lijst in welk afhaalpunt je kaart stond"),
    PendingChange: ("Wijzigingen na het drukken", "wat Klasse nog moet nakijken"),
    Subscriber: ("Lijst van abonnees", "de kaart meesturen met het magazine"),
    EarlierHolder: ("Lijst van kaarthouders", "weten wie (her)starter is"),
    ShieldedNumber: ("Afscherming", "je plaats voor niemand buiten Klasse tonen"),
    Reading: ("Wie je gegevens inkeek", "toezicht op wie persoonsgegevens bekijkt"),
}
# Keys of the database, and what is worked out from what is told already.
LEFT_OUT: Mapping[type[models.Model], frozenset[str]] = {
    Person: frozenset({"id", "card_year", "sort_key"}),
    Appointment: frozenset({"id", "person", "fingerprint"}),
    NotEntitled: frozenset({"person"}),
    Card: frozenset({"id", "card_year", "person"}),
    CardEvent: frozenset({"id", "card", "hand_over"}),
    HandOver: frozenset({"card"}),
    Transfer: frozenset({"id", "card"}),
    VoidedNumber: frozenset({"id", "card"}),
    # The numbers of all others on the list are theirs.
    PickupList: frozenset({"id", "card_year", "card_numbers"}),
    PendingChange: frozenset({"id", "card_year", "person"}),
    Subscriber: frozenset({"id", "card_year"}),
    EarlierHolder: frozenset({"id"}),
    ShieldedNumber: frozenset({"id"}),
    # What was typed is kept as a hash that says nothing; the keys of others' cards are theirs.
    Reading: frozenset({"id", "term_hash", "cards", "seal"}),
}


# Of fields that have no name for people themselves.
LABELS = {
    "batch": "Drukreeks",
    "by": "Door",
    "ended_by": "Stopgezet door",
    "from_point": "Van",
    "id": "Kenmerk",
    "pickup_list": "Afhaallijst",
    "pickup_point": "Afhaalpunt",
    "point": "Afhaalpunt",
    "postcode": "Postcode",
    "received_by": "Aangenomen door",
    "requested_by": "Gevraagd door",
    "sent_by": "Verzonden door",
    "since_by": "Afgeschermd door",
    "to_point": "Naar",
    "undone_by": "Ongedaan gemaakt door",
    "voided": "Intussen ongeldig nummer",
}


@dataclass(frozen=True)
class Field:
    """One fact: the name for programs, the label for people."""

    name: str
    label: str
    value: Value


@dataclass(frozen=True)
class Part:
    """What one table has. `why`: what we use it for."""

    table: str
    title: str
    why: str
    rows: tuple[tuple[Field, ...], ...]


@dataclass(frozen=True)
class Year:
    """One card year of this person. `is_forgotten`: names and addresses of it are gone."""

    year: int
    is_forgotten: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Dossier:
    """Everything. `cards`: the keys of the cards, for the reading this leaves."""

    staff_number: str
    at: dt.datetime
    years: tuple[Year, ...]
    parts: tuple[Part, ...]
    cards: tuple[int, ...]

    @property
    def is_empty(self) -> bool:
        return not self.years and not any(part.rows for part in self.parts)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of ours are in it, by what that part is called, all years together; not what is empty."""
        found: Counter[str] = Counter()
        for part in (*(part for year in self.years for part in year.parts), *self.parts):
            found[part.title] += len(part.rows)
        return dict(+found)

    @property
    def rows(self) -> int:
        """How many rows of ours are in it."""
        return sum(self.counts.values())

    def as_json(self) -> dict[str, Any]:
        """For programs: every part by the name of its table, also the empty ones."""
        return {
            "staff_number": self.staff_number,
            "made_at": self.at.isoformat(),
            "years": [{"year": one.year, "is_forgotten": one.is_forgotten} | _as_json(one.parts) for one in self.years],
        } | _as_json(self.parts)


def has_number(person: Person) -> bool:
    """False when the number is forgotten too: then nothing leads from this row to anyone."""
    return person.staff_number.isdecimal()


def dossier(staff_number: str, *, at: dt.datetime) -> Dossier:
    """All we keep under this number now. What is forgotten is not there, and is not called back."""
    people = list(
        Person.objects.filter(staff_number=staff_number).select_related("card_year").order_by("-card_year__year")
    )
    cards = list(Card.objects.filter(person__in=people).order_by("pk"))
    listed = Subscriber.objects.filter(staff_number=staff_number)
    return Dossier(
        staff_number=staff_number,
        at=at,
        years=tuple(
            Year(person.card_year.year, person.card_year.people_gone_at is not None, tuple(_of_year(person)))
            for person in people
        ),
        parts=(
            _part(Subscriber, listed.select_related("card_year"), extra=_year_of),
            _part(EarlierHolder, EarlierHolder.objects.filter(staff_number=staff_number)),
            _part(ShieldedNumber, ShieldedNumber.objects.filter(staff_number=staff_number)),
            _part(Reading, _readings([card.pk for card in cards])),
        ),
        cards=tuple(card.pk for card in cards),
    )


def _of_year(person: Person) -> Iterable[Part]:
    cards = Card.objects.filter(person=person)
    yield _part(Person, Person.objects.filter(pk=person.pk))
    yield _part(Appointment, person.appointments.order_by("begins_on", "pk"))
    yield _part(NotEntitled, NotEntitled.objects.filter(person=person))
    yield _part(Card, cards)
    yield _part(CardEvent, CardEvent.objects.filter(card__in=cards))
    yield _part(HandOver, HandOver.objects.filter(card__in=cards))
    yield _part(Transfer, Transfer.objects.filter(card__in=cards))
    yield _part(VoidedNumber, VoidedNumber.objects.filter(card__in=cards))
    numbers = {
        *cards.values_list("number", flat=True),
        *VoidedNumber.objects.filter(card__in=cards).values_list("number", flat=True),
    }
    yield _part(PickupList, _lists(person.card_year, numbers))
    yield _part(PendingChange, PendingChange.objects.filter(person=person))


def _lists(card_year: CardYear, numbers: set[str]) -> QuerySet[PickupList]:
    """The lists of the year with one of these numbers on a line."""
    there = PickupList.objects.filter(card_year=card_year).values_list("pk", "card_numbers")
    keys = [key for key, on_lines in there.iterator(chunk_size=50) if not numbers.isdisjoint(on_lines)]
    return PickupList.objects.filter(pk__in=keys)


def _readings(cards: list[int]) -> QuerySet[Reading]:
    """The looks at one of these cards. Looks at a whole point, that showed it too, name no card."""
    found = Q(pk__in=())
    table = bulk.table(Reading)
    for card in cards:
        if bulk.is_postgres():
            found |= Q(cards__contains=[card])
        else:
            statement = f"SELECT r.id FROM {table} r, json_each(r.cards) one WHERE one.value = %s"
            found |= Q(pk__in=[key for (key,) in bulk.fetch(statement, [card])])
    return Reading.objects.filter(found).order_by("at", "pk")


def _part(model: type[models.Model], rows: QuerySet[Any], *, extra: Any = None) -> Part:
    title, why = COVERED[model]
    shown = [field for field in model._meta.concrete_fields if field.name not in LEFT_OUT[model]]
    related = [field.name for field in shown if field.is_relation]
    found = rows.select_related(*related) if related else rows
    return Part(
        table=model._meta.model_name or "",
        title=title,
        why=why,
        rows=tuple(
            (*(extra(row) if extra else ()), *(Field(field.name, _label(field), _value(row, field)) for field in shown))
            for row in found
        ),
    )


def _year_of(row: Subscriber) -> tuple[Field, ...]:
    return (Field("year", "Jaar", row.card_year.year),)


def _label(field: Any) -> str:
    label = LABELS.get(field.name) or str(field.verbose_name)
    return label[:1].upper() + label[1:]


def _value(row: models.Model, field: Any) -> Value:
    """As people read it. Of who did something the office or the desk is told, not the colleague's name."""
    found = getattr(row, field.name)
    if isinstance(found, User):
        of_klasse = found.klasse_role or found.is_superuser or found.email == CONSOLE
        return "iemand van Klasse" if of_klasse else "iemand aan een balie"
    if isinstance(found, PickupPoint):
        return found.name
    if isinstance(found, PrintBatch):
        return f"reeks {found.number}"
    if isinstance(found, PickupList):
        return f"revisie {found.revision}"
    if isinstance(found, VoidedNumber):
        return found.number
    if field.choices and found:
        return str(getattr(row, f"get_{field.name}_display")())
    return found if isinstance(found, str | int | float | bool | dt.date | None) else str(found)


def _as_json(parts: Iterable[Part]) -> dict[str, list[dict[str, Value]]]:
    return {part.table: [{field.name: _plain(field.value) for field in row} for row in part.rows] for part in parts}


def _plain(value: Value) -> Value:
    return value.isoformat() if isinstance(value, dt.date) else value
