"""Everything the office's page of one person shows: appointments with their verdict, the way, the card and all that happened to it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from distribution.enums import AssignedBy, CardState, Channel, Reason
from distribution.models import (
    Appointment,
    Card,
    CardEvent,
    CardYear,
    EarlierHolder,
    PendingChange,
    Person,
    PickupList,
    ShieldedNumber,
    Subscriber,
    Transfer,
    VoidedNumber,
)
from distribution.models.transfer import OPEN
from distribution.queries import earlier_holders, lookup, office_people, years
from distribution.rules import assignment, channels, eligibility, verdict
from distribution.rules.eligibility import Facts
from distribution.rules.verdict import Considered, Step
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.models import PickupPoint, ServedPostcode


@dataclass(frozen=True)
class Judged:
    """An appointment with the four tests. `decides`: the verdict, and the school's postcode, are those of this one."""

    appointment: Appointment
    steps: tuple[Step, ...]
    decides: bool

    @property
    def gives_right(self) -> bool:
        return all(step.passed == verdict.Passed.YES for step in self.steps)


@dataclass(frozen=True)
class Verdict:
    """Who gets a card, as the rules say it of what we know today. `on`: the day it is judged for."""

    on: dt.date
    is_after_run: bool
    appointments: tuple[Judged, ...]
    reason: Reason | None


@dataclass(frozen=True)
class Way:
    """The way the rules give today, and what it follows from. `held_before`: None while nobody knows last year's cards."""

    channel: Channel
    is_subscriber: bool
    held_before: bool | None
    point: PickupPoint | None
    placed_by: AssignedBy | None
    school_postcode: str


@dataclass(frozen=True)
class OnList:
    """A line of a pickup list on which the card stands, or stood."""

    point: PickupPoint
    revision: int
    since: int | None
    row: int
    made_at: dt.datetime


@dataclass(frozen=True)
class Sheet:
    """Everything on the page. `hears`: what the public lookup says of this number now; None of another year."""

    person: Person
    card: Card | None
    verdict: Verdict
    way: Way | None
    events: tuple[CardEvent, ...]
    voided: tuple[VoidedNumber, ...]
    lists: tuple[OnList, ...]
    transfer: Transfer | None
    pending: tuple[PendingChange, ...]
    hears: lookup.Answer | None
    shield: ShieldedNumber | None

    @property
    def is_forgotten(self) -> bool:
        """Name, address and appointments of that year are gone: there is nothing left to judge or to change."""
        return self.person.card_year.people_gone_at is not None

    @property
    def is_being_replaced(self) -> bool:
        return bool(self.card and self.card.state == CardState.ISSUED and self.voided and self.card.batch_id is None)

    @property
    def may_choose_point(self) -> bool:
        card = self.card
        return not self.is_forgotten and bool(
            card and card.channel == Channel.PICKUP and card.state == CardState.ISSUED and self.transfer is None
        )

    @property
    def may_replace(self) -> bool:
        card = self.card
        return not self.is_forgotten and bool(
            card and card.batch_id and card.state in {CardState.ISSUED, CardState.HANDED_OVER}
        )


def get(person_id: int) -> Person | None:
    """Someone with their card and year; None when there is no such one."""
    return (
        Person.objects.select_related("card_year", "card__pickup_point", "card__batch", "not_entitled")
        .filter(pk=person_id)
        .first()
    )


def sheet(person: Person, *, at: dt.datetime) -> Sheet:
    """As many questions for someone with ten appointments and events as for one with none."""
    card: Card | None = getattr(person, "card", None)
    judged = _verdict(person, on=at.astimezone(BRUSSELS).date())
    events = tuple(
        CardEvent.objects.filter(card=card)
        .select_related("by", "from_point", "to_point", "hand_over__point", "hand_over__by", "hand_over__pickup_list")
        .order_by("at", "pk")
        if card
        else ()
    )
    voided = tuple(card.voided_numbers.select_related("by", "pickup_point", "batch") if card else ())
    open_transfer = Transfer.objects.filter(OPEN, card=card).select_related("from_point", "to_point") if card else None
    return Sheet(
        person=person,
        card=card,
        verdict=judged,
        way=_way(person, judged) if judged.reason is None and person.card_year.people_gone_at is None else None,
        events=events,
        voided=voided,
        lists=_lists(card, events, voided) if card else (),
        transfer=open_transfer.first() if open_transfer is not None else None,
        pending=tuple(PendingChange.objects.filter(person=person, left_at=None).order_by("kind")),
        hears=_hears(person, at=at),
        shield=ShieldedNumber.objects.filter(staff_number=person.staff_number, ended_at=None)
        .select_related("since_by")
        .first(),
    )


def other_years(person: Person) -> list[Person]:
    """The same staff number in all other years, the latest first, with their cards."""
    keys = list(CardYear.objects.exclude(pk=person.card_year_id).values_list("pk", flat=True))
    found = Person.objects.filter(card_year__in=keys, staff_number=person.staff_number)
    return list(found.select_related("card_year", "card__pickup_point", "not_entitled").order_by("-card_year__year"))


def points_to_choose(card_year: CardYear, person: Person) -> tuple[list[PickupPoint], list[PickupPoint]]:
    """The points that take part: those that serve the home postcode or are a choice for it, and all others."""
    everyone = office_people.taking_part(card_year)
    near = set(
        ServedPostcode.objects.filter(year=card_year.year, postcode=person.postcode).values_list("point", flat=True)
        if person.country == "BE" and not person.shielded
        else ()
    )
    return [one for one in everyone if one.pk in near], [one for one in everyone if one.pk not in near]


def _verdict(person: Person, *, on: dt.date) -> Verdict:
    card_year = person.card_year
    day = card_year.reference_date or on
    table = years.rule_table(card_year)
    rows = list(person.appointments.order_by("-begins_on", "institution_number", "pk"))
    facts = [_facts(one, on=day) for one in rows]
    considered = [Considered(of, row.begins_on, row.institution_postcode) for of, row in zip(facts, rows, strict=True)]
    chosen = verdict.deciding(considered, table=table)
    return Verdict(
        on=day,
        is_after_run=card_year.reference_date is not None,
        appointments=tuple(
            Judged(row, verdict.steps(of, table=table), decides=place == chosen)
            for place, (row, of) in enumerate(zip(rows, facts, strict=True))
        ),
        reason=eligibility.judge(facts, table=table),
    )


def _facts(one: Appointment, *, on: dt.date) -> Facts:
    interrupted = one.interruption_in_full and eligibility.runs_on(
        on, begin=one.interruption_begins_on, end=one.interruption_ends_on
    )
    return Facts(
        is_active=eligibility.runs_on(on, begin=one.begins_on, end=one.ends_on),
        paid_by=one.paid_by,
        level=one.level,
        category=one.category,
        interrupted_in_full_by=one.interruption_code if interrupted else "",
    )


def _way(person: Person, judged: Verdict) -> Way:
    card_year = person.card_year
    is_subscriber = Subscriber.objects.filter(card_year=card_year, staff_number=person.staff_number).exists()
    held = _held_before(person)
    channel = channels.choose(is_subscriber=is_subscriber, held_card_before=held)
    school = next((one.appointment.institution_postcode for one in judged.appointments if one.decides), "")
    if channel != Channel.PICKUP:
        return Way(channel, is_subscriber, held, None, None, school)
    served = ServedPostcode.objects.filter(
        year=card_year.year, is_choice=False, postcode__in={person.postcode, school}
    ).select_related("point")
    points = {one.postcode: one.point for one in served}
    placed = assignment.place(
        country=person.country,
        home_postcode=person.postcode,
        institution_postcode=school,
        served={postcode: point.pk for postcode, point in points.items()},
        falls_back_on_school=card_year.falls_back_on_school,
    )
    point = next((one for one in points.values() if one.pk == placed.point), None)
    return Way(channel, is_subscriber, held, point, placed.assigned_by, school)


def _held_before(person: Person) -> bool | None:
    holders = earlier_holders.find(person.card_year)
    if not holders.are_known:
        return None
    if EarlierHolder.objects.filter(year__in=holders.list_years, staff_number=person.staff_number).exists():
        return True
    held = Card.objects.filter(person__card_year=holders.cards_of, person__staff_number=person.staff_number)
    return holders.cards_of is not None and held.exclude(state__in=earlier_holders.NOT_HELD).exists()


def _lists(card: Card, events: Sequence[CardEvent], voided: Sequence[VoidedNumber]) -> tuple[OnList, ...]:
    """Of every point where the card ever lay, the lines with one of its numbers. One question."""
    places = {card.pickup_point_id} | {one.pickup_point_id for one in voided}
    places |= {key for event in events for key in (event.from_point_id, event.to_point_id)}
    numbers = {card.number} | {one.number for one in voided}
    made = PickupList.objects.filter(card_year=card.card_year_id, pickup_point__in=places - {None})
    return tuple(
        OnList(one.pickup_point, one.revision, one.since, row, one.made_at)
        for one in made.select_related("pickup_point").order_by("made_at", "pk")
        for row, number in enumerate(one.card_numbers, start=1)
        if number in numbers
    )


def _hears(person: Person, *, at: dt.datetime) -> lookup.Answer | None:
    season = lookup.season(at.astimezone(BRUSSELS).date())
    if season.year is None or season.year.pk != person.card_year_id:
        return None
    return season.for_all or lookup.find(season.year, person.staff_number, postcode=None, at=at)
