"""Small populations for the tests of the year run, and what the pure rules say of them, person by person."""

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from distribution.enums import AssignedBy, CardState, Channel, Reason
from distribution.models import (
    Appointment,
    Card,
    CardYear,
    EarlierHolder,
    NotEntitled,
    Person,
    Subscriber,
)
from distribution.queries import years
from distribution.rules import assignment, channels, eligibility, name_order
from pickup_points.models import ServedPostcode
from pickup_points.reference import localities
from tests import make


@dataclass(frozen=True)
class Job:
    """One appointment."""

    level: str = "lager"
    category: str = "bestuur_onderwijzend"
    paid_by: str = "ministerie"
    begins_on: dt.date = dt.date(2020, 9, 1)
    ends_on: dt.date | None = None
    institution_number: str = "123456"
    institution_postcode: str = ""
    source: str = "epd"
    interruption: str = ""
    in_full: bool = False
    interruption_begins_on: dt.date | None = None
    interruption_ends_on: dt.date | None = None


@dataclass(frozen=True)
class Human:
    """A person, with all that a run looks at."""

    jobs: tuple[Job, ...] = (Job(),)
    postcode: str = "9000"
    country: str = "BE"
    subscribes: bool = False
    # "", "listed" (under this year), "listed_before" (under the year before).
    held: str = ""


def settle(card_year: CardYear, humans: Sequence[Human], *, order: Iterable[int] | None = None) -> None:
    """Make the year's people these: the n-th human is always the same person. `order` permutes the rows of the file."""
    numbers = [make.staff_number(serial) for serial in range(len(humans))]
    known = set(Person.objects.filter(card_year=card_year).values_list("staff_number", flat=True))
    Person.objects.bulk_create(
        _person(card_year, number, serial) for serial, number in enumerate(numbers) if number not in known
    )
    by_number = {person.staff_number: person for person in Person.objects.filter(card_year=card_year)}
    people = [by_number[number] for number in numbers]
    for person, human in zip(people, humans, strict=True):
        person.postcode, person.country = human.postcode, human.country
    Person.objects.bulk_update(people, ["postcode", "country"], batch_size=500)
    Appointment.objects.filter(person__card_year=card_year).delete()
    rows = [(person, job) for person, human in zip(people, humans, strict=True) for job in human.jobs]
    order = range(len(rows)) if order is None else [index for index in order if index < len(rows)]
    Appointment.objects.bulk_create(_appointment(*rows[index], number) for number, index in enumerate(order, start=2))
    Subscriber.objects.filter(card_year=card_year).delete()
    Subscriber.objects.bulk_create(
        Subscriber(card_year=card_year, staff_number=number)
        for number, human in zip(numbers, humans, strict=True)
        if human.subscribes
    )
    EarlierHolder.objects.all().delete()
    list_year = {"listed": card_year.year, "listed_before": card_year.year - 1}
    EarlierHolder.objects.bulk_create(
        EarlierHolder(year=list_year[human.held], staff_number=number)
        for number, human in zip(numbers, humans, strict=True)
        if human.held
    )


def _person(card_year: CardYear, number: str, serial: int) -> Person:
    name = f"Achternaam{serial:03d}"
    return Person(
        card_year=card_year,
        staff_number=number,
        last_name=name,
        first_name="An",
        postcode="9000",
        sort_key=name_order.sort_key(name, "An"),
    )


def _appointment(person: Person, job: Job, number: int) -> Appointment:
    return Appointment(
        person=person,
        source=job.source,
        institution_number=job.institution_number,
        institution_postcode=job.institution_postcode,
        level=job.level,
        category=job.category,
        paid_by=job.paid_by,
        begins_on=job.begins_on,
        ends_on=job.ends_on,
        interruption_code=job.interruption,
        interruption_in_full=job.in_full,
        interruption_begins_on=job.interruption_begins_on,
        interruption_ends_on=job.interruption_ends_on,
        row_number=number,
        fingerprint=number,
    )


@dataclass(frozen=True)
class Verdict:
    """What becomes of one person: a reason, or the card they hold."""

    reason: str = ""
    channel: str = ""
    point: int | None = None
    assigned_by: str = ""
    mailing_on: dt.date | None = None
    level: str = ""
    category: str = ""
    nis: str = ""
    province: str = ""


def by_the_rules(card_year: CardYear, *, on: dt.date) -> dict[str, Verdict]:
    """What the pure rules say of everyone in the year who has an appointment, by staff number."""
    people = Person.objects.filter(card_year=card_year).select_related("card_year").order_by("staff_number")
    rows = Appointment.objects.filter(person__card_year=card_year).order_by("person_id")
    appointments = {key: list(group) for key, group in itertools.groupby(rows, key=lambda row: row.person_id)}
    holders = held_before(card_year)
    subscribers = set(Subscriber.objects.filter(card_year=card_year).values_list("staff_number", flat=True))
    served = dict(ServedPostcode.objects.filter(year=card_year.year, is_choice=False).values_list("postcode", "point"))
    table = years.rule_table(card_year)
    mailing = channels.next_mailing(years.mailings(card_year), on=on)
    return {
        person.staff_number: _verdict(
            person,
            appointments[person.pk],
            on=on,
            table=table,
            channel=channels.choose(
                is_subscriber=person.staff_number in subscribers,
                held_card_before=person.staff_number in holders if holders else None,
            ),
            served=served,
            mailing=mailing,
        )
        for person in people
        if person.pk in appointments
    }


def held_before(card_year: CardYear) -> set[str]:
    """The staff numbers of who held a card the year before; empty when nobody knows."""
    before = card_year.year - 1
    cards = Card.objects.filter(card_year__year=before, state__in=[CardState.ISSUED, CardState.HANDED_OVER])
    of_system = set(cards.values_list("person__staff_number", flat=True))
    counts = Q(year=card_year.year) if of_system else Q(year=card_year.year) | Q(year=before)
    return of_system | set(EarlierHolder.objects.filter(counts).values_list("staff_number", flat=True))


def _verdict(
    person: Person,
    appointments: list[Appointment],
    *,
    on: dt.date,
    table: eligibility.RuleTable,
    channel: Channel,
    served: dict[str, int],
    mailing: dt.date | None,
) -> Verdict:
    reason = eligibility.judge((_facts(row, on=on) for row in appointments), table=table)
    if reason is not None:
        return Verdict(reason=reason)
    deciding = max(
        (row for row in appointments if eligibility.judge_appointment(_facts(row, on=on), table=table) is None),
        key=lambda row: (row.begins_on, row.level, row.category, row.institution_postcode),
    )
    place = assignment.place(
        country=person.country,
        home_postcode=person.postcode,
        institution_postcode=deciding.institution_postcode,
        served=served,
        falls_back_on_school=person.card_year.falls_back_on_school,
    )
    home = localities(person.card_year.year).get(person.postcode) if person.country == "BE" else None
    is_pickup = channel == Channel.PICKUP
    return Verdict(
        channel=channel,
        point=place.point if is_pickup else None,
        assigned_by=place.assigned_by if is_pickup else "",
        mailing_on=mailing if channel == Channel.STARTER else None,
        level=deciding.level,
        category=deciding.category,
        nis=home.nis if home else "",
        province=home.province if home else "",
    )


def _facts(row: Appointment, *, on: dt.date) -> eligibility.Facts:
    is_interrupted = row.interruption_in_full and eligibility.runs_on(
        on, begin=row.interruption_begins_on, end=row.interruption_ends_on
    )
    return eligibility.Facts(
        is_active=eligibility.runs_on(on, begin=row.begins_on, end=row.ends_on),
        paid_by=row.paid_by,
        level=row.level,
        category=row.category,
        interrupted_in_full_by=row.interruption_code if is_interrupted else "",
    )


def as_it_is(card_year: CardYear) -> dict[str, Verdict]:
    """What the tables say of everyone with a verdict in the year: a reason, or a live card; by staff number."""
    reasons = NotEntitled.objects.filter(person__card_year=card_year).values_list("person__staff_number", "reason")
    found = {number: Verdict(reason=reason) for number, reason in reasons}
    for card in Card.objects.filter(card_year=card_year, state=CardState.ISSUED).select_related("person"):
        assert card.person.staff_number not in found
        found[card.person.staff_number] = Verdict(
            channel=card.channel,
            point=card.pickup_point_id,
            assigned_by=card.assigned_by,
            mailing_on=card.mailing_on,
            level=card.level,
            category=card.category,
            nis=card.nis,
            province=card.province,
        )
    return found


def counts(verdicts: dict[str, Verdict]) -> dict[str, object]:
    """The verdicts as the first keys of run_year's answer count them."""
    cards = [verdict for verdict in verdicts.values() if not verdict.reason]
    return {
        "people": len(verdicts),
        "entitled": len(cards),
        "not_entitled": {
            str(reason): sum(verdict.reason == reason for verdict in verdicts.values()) for reason in Reason
        },
        "channels": {str(way): sum(card.channel == way for card in cards) for way in Channel},
        "assigned": {str(why): sum(card.assigned_by == why for card in cards) for why in AssignedBy},
    }


def content(card_year: CardYear) -> list[tuple[object, ...]]:
    """All that a run may write of the year's cards and reasons: equal when nothing changed."""
    cards = Card.objects.filter(card_year=card_year).order_by("pk").values_list()
    reasons = NotEntitled.objects.filter(person__card_year=card_year).order_by("pk").values_list()
    return [*cards, *reasons]
