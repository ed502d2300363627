"""What the page of one person says in sentences: each test of the verdict, the way, and every step of the card's history."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from distribution.enums import AssignedBy, CardEventKind, Channel, Reason
from distribution.models import Appointment, CardEvent
from distribution.queries.kind_words import category_words, level_words
from distribution.queries.office_person import Judged, Sheet, Verdict, Way
from distribution.rules.verdict import Passed
from distribution.views.office_year_words import day
from pickup_points.hours.calendar import BRUSSELS

PAYERS = {
    "ministerie": "het ministerie",
    "inrichtende_macht": "het schoolbestuur zelf",
    "enveloppe": "een enveloppe",
}
TESTS = {
    Reason.NO_ACTIVE_APPOINTMENT: "Loopt de opdracht?",
    Reason.NOT_PAID_BY_MINISTRY: "Betaalt het ministerie?",
    Reason.CATEGORY_NOT_ENTITLED: "Geeft de functie recht?",
    Reason.FULL_INTERRUPTION: "Niet volledig onderbroken?",
}


@dataclass(frozen=True)
class Told:
    """One test in words, with its sign."""

    question: str
    answer: str
    passed: Passed


@dataclass(frozen=True)
class Moment:
    """One step of the history."""

    at: dt.datetime
    title: str
    by: str = ""
    lines: tuple[str, ...] = ()
    is_alarm: bool = False


def period(begin: dt.date | None, end: dt.date | None) -> str:
    if begin and end:
        return f"van {day(begin)} tot en met {day(end)}"
    if begin:
        return f"sinds {day(begin)}"
    return f"tot en met {day(end)}" if end else "zonder einddatum"


def tests(judged: Judged, *, on: dt.date) -> tuple[Told, ...]:
    """The four tests of one appointment; what was not asked any more says so."""
    return tuple(
        Told(
            TESTS[step.test],
            "niet meer nagekeken" if step.passed == Passed.NOT_ASKED else _answer(judged.appointment, step.test, on=on),
            step.passed,
        )
        for step in judged.steps
    )


def _answer(one: Appointment, test: Reason, *, on: dt.date) -> str:
    if test == Reason.NO_ACTIVE_APPOINTMENT:
        if one.begins_on > on:
            return f"begint pas op {day(one.begins_on)}"
        if one.ends_on and one.ends_on < on:
            return f"eindigde op {day(one.ends_on)}"
        return f"loopt {period(one.begins_on, one.ends_on)}"
    if test == Reason.NOT_PAID_BY_MINISTRY:
        return f"betaald door {PAYERS.get(one.paid_by, one.paid_by)}"
    if test == Reason.CATEGORY_NOT_ENTITLED:
        return f"{level_words(one.level)}, {category_words(one.category)}"
    if not one.interruption_code:
        return "geen onderbreking"
    size = "volledig" if one.interruption_in_full else "gedeeltelijk"
    when = period(one.interruption_begins_on, one.interruption_ends_on)
    return f"code {one.interruption_code}, {size}, {when}"


def verdict(found: Verdict) -> tuple[str, str]:
    """The verdict in a line, and the reason for it."""
    if found.reason is None:
        which = "De opdracht hieronder slaagt" if len(found.appointments) == 1 else "Minstens één opdracht slaagt"
        return "Heeft recht op een kaart", f"{which} voor alle vier de vragen op {day(found.on)}."
    if not found.appointments:
        return "Heeft geen recht op een kaart", "Er staat geen enkele opdracht in het personeelsbestand van dit jaar."
    return (
        "Heeft geen recht op een kaart",
        f"De opdracht die het verst raakt, struikelt op {day(found.on)}: {found.reason.label}.",
    )


def way(found: Way) -> Iterator[str]:
    """Why the card goes along its way, a sentence each, in the order in which the rules ask."""
    if found.is_subscriber:
        yield "Staat op de lijst van abonnees: de kaart komt met het magazine."
        return
    yield "Staat niet op de lijst van abonnees."
    if found.held_before is None:
        yield "Wie vorig jaar een kaart had, weten we niet: niemand is dan starter."
    elif found.held_before:
        yield "Had vorig jaar een kaart, en is dus geen starter."
    else:
        yield "Had vorig jaar geen kaart: de kaart komt in een starterspakket."
        return
    if found.placed_by == AssignedBy.RESIDENCE:
        yield f"De postcode van de woonplaats wordt bediend door {found.point}."
    elif found.placed_by == AssignedBy.INSTITUTION:
        yield (
            "Geen afhaalpunt bedient de woonplaats. De postcode van de school die het recht geeft "
            f"({found.school_postcode}) wordt bediend door {found.point}."
        )
    else:
        yield "Geen afhaalpunt bedient de woonplaats, en ook de school geeft er geen: Klasse kiest zelf."


def differs(sheet: Sheet) -> str:
    """Why the card is otherwise than the rules say today; empty when it is not."""
    card, found = sheet.card, sheet.way
    if card is None:
        return "Er is nog geen kaart: die komt er bij de volgende toekenning." if found else ""
    if found is None:
        return ""
    if card.assigned_by == AssignedBy.OFFICE:
        return f"Klasse koos zelf een afhaalpunt: {card.pickup_point}. Dat blijft zo bij een volgende toekenning."
    if card.channel != found.channel:
        return f"De kaart gaat nu nog anders: {Channel(card.channel).label}."
    if card.channel == Channel.PICKUP and card.pickup_point != found.point:
        if card.pickup_point is None:
            return "De kaart heeft nu nog geen afhaalpunt."
        return f"De kaart ligt nu bij een ander afhaalpunt: {card.pickup_point}."
    return ""


def history(sheet: Sheet) -> list[Moment]:
    """All that happened to the card, the oldest first: made, listed, moved, handed over, replaced."""
    told = [_event(event, sheet) for event in sheet.events]
    card = sheet.card
    if card and card.batch:
        told.append(Moment(card.batch.frozen_at, _frozen(card.batch.number, card.number)))
    told += [Moment(one.batch.frozen_at, _frozen(one.batch.number, one.number)) for one in sheet.voided if one.batch]
    told += [
        Moment(
            one.made_at,
            f"Op de {'aanvullende ' if one.since is not None else ''}afhaallijst van {one.point}",
            lines=(f"Revisie {one.revision}, rij {one.row}.",),
        )
        for one in sheet.lists
    ]
    return sorted(told, key=lambda one: one.at)


def _frozen(batch: int, number: str) -> str:
    return f"Naar de drukker in drukreeks {batch}, met nummer {number}"


def _event(event: CardEvent, sheet: Sheet) -> Moment:
    kind = CardEventKind(event.kind)
    return Moment(
        event.at,
        kind.label[0].upper() + kind.label[1:],
        by=str(event.by) if event.by else "",
        lines=tuple(_details(event, sheet)),
        is_alarm=kind in {CardEventKind.REPLACED, CardEventKind.WITHDRAWN},
    )


def _details(event: CardEvent, sheet: Sheet) -> Iterator[str]:
    if event.kind == CardEventKind.HANDED_OVER and event.hand_over:
        yield from _hand_over(event)
    elif event.kind == CardEventKind.UNDONE and event.hand_over:
        yield f"In {event.hand_over.point}." + (
            f" Reden: {event.hand_over.undo_reason}." if event.hand_over.undo_reason else ""
        )
    elif event.kind == CardEventKind.REPLACED:
        old = next((one for one in sheet.voided if one.at == event.at), None)
        if old:
            yield f"Nummer {old.number} is ongeldig: {old.get_reason_display()}."
            if old.reference:
                yield f"Kenmerk: {old.reference}."
            where = f" in {old.pickup_point}" if old.pickup_point else ""
            yield (
                f"De oude kaart was nog niet afgehaald{where}."
                if old.was_waiting
                else f"De oude kaart was afgehaald{where}."
            )
    elif event.from_point and event.to_point:
        yield f"Van {event.from_point} naar {event.to_point}."
    elif event.to_point:
        yield f"Naar {event.to_point}."


def _hand_over(event: CardEvent) -> Iterator[str]:
    one = event.hand_over
    assert one is not None
    with_whom = f", aan {one.collector}" if one.collector else ""
    yield f"In {one.point}: {one.get_evidence_display()}{with_whom}."
    if one.row and one.pickup_list:
        yield f"Rij {one.row} van lijst {one.pickup_list.revision}."
    meant = one.at.astimezone(BRUSSELS)
    if abs(one.at - event.at) > dt.timedelta(minutes=1):
        yield f"Gebeurde op {day(meant.date())} om {meant:%H.%M} uur, en werd later doorgestuurd."
    if one.clock_doubtful:
        yield "De klok van het toestel klopte niet."
    if one.is_again:
        yield "Een tweede kaart voor dezelfde persoon: in de cijfers telt enkel de eerste."
