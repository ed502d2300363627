"""/beheer/mensen/<nummer>/: everything of one person, and what Klasse can do with the card by hand."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from distribution.actions import cards, readings, shields
from distribution.enums import ReadingKind, VoidReason
from distribution.errors import DistributionError
from distribution.models import Card, Person
from distribution.queries import office_people, office_person, subject_access
from distribution.queries.kind_words import category_words, level_words
from distribution.views import office_person_words as words
from distribution.views import office_reason
from distribution.views.desk_transfers import tell_other_end
from distribution.views.office_page import Asked
from pickup_points.http import office_only
from pickup_points.models import PickupPoint, User


@require_safe
@office_only()
def index(request: HttpRequest, user: User, person_id: int) -> HttpResponse:
    """The page; without a reason that is asked first."""
    asked = Asked(request, user, tab="people")
    person = _person_or_404(person_id)
    reason = office_reason.current(request, at=asked.at)
    if not reason:
        return _ask_why(request, person)
    sheet = office_person.sheet(person, at=asked.at)
    _note(asked, person, reason=reason)
    asked.year = person.card_year
    near, others = office_person.points_to_choose(person.card_year, person) if sheet.may_choose_point else ([], [])
    return asked.page(
        "person",
        reason=reason,
        person=person,
        home="" if person.shielded else office_people.home(person),
        stands=office_people.stands(person),
        sheet=sheet,
        verdict=words.verdict(sheet.verdict),
        appointments=[
            (
                one,
                level_words(one.appointment.level),
                category_words(one.appointment.category),
                words.tests(one, on=sheet.verdict.on),
            )
            for one in sheet.verdict.appointments
        ],
        way=list(words.way(sheet.way)) if sheet.way else [],
        differs=words.differs(sheet),
        history=words.history(sheet),
        other_years=[(one, office_people.stands(one)) for one in office_person.other_years(person)],
        near=near,
        others=others,
        has_number=subject_access.has_number(person),
    )


@require_POST
@office_only()
def choose_point(request: HttpRequest, user: User, person_id: int) -> HttpResponse:
    """The card to a point of Klasse's choice."""
    asked = Asked(request, user, tab="people")
    person, card = _card_or_404(person_id)
    if not office_reason.current(request, at=asked.at):
        return _ask_why(request, person)
    to = PickupPoint.objects.filter(code=request.POST.get("punt", "")).first()
    if to is None:
        messages.error(request, "Kies een afhaalpunt.")
        return redirect("distribution:office-person", person.pk)
    try:
        transfer = cards.assign(card, to=to, by=user, at=asked.at)
    except DistributionError as refusal:
        messages.error(request, str(refusal))
    else:
        if transfer:
            tell_other_end(transfer)
            said = f"We vroegen {transfer.from_point} om de kaart naar {to} te sturen. Ze verhuist zodra ze aankomt."
        else:
            said = f"De kaart gaat naar {to}. Dat blijft zo bij de volgende toekenning."
        messages.success(request, said, extra_tags="good")
    return redirect("distribution:office-person", person.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@office_only()
def replace(request: HttpRequest, user: User, person_id: int) -> HttpResponse:
    """First what it means, then it is done."""
    asked = Asked(request, user, tab="people")
    person, card = _card_or_404(person_id)
    reason = office_reason.current(request, at=asked.at)
    if not reason:
        return _ask_why(request, person)
    asked.year = person.card_year
    chosen, reference = request.POST.get("reden", ""), request.POST.get("kenmerk", "")
    refusal = ""
    if request.method == "POST":
        if chosen not in VoidReason.values:
            refusal = "Kies waarom de kaart ongeldig wordt."
        else:
            try:
                old = cards.replace(card, reason=VoidReason(chosen), reference=reference, by=user, at=asked.at)
            except DistributionError as refused:
                refusal = str(refused)
            else:
                said = f"Nummer {old.number} is ongeldig. De nieuwe kaart wordt gedrukt met de volgende drukreeks."
                messages.success(request, said, extra_tags="good")
                return redirect("distribution:office-person", person.pk)
    _note(asked, person, reason=reason)
    return asked.page(
        "person_replace",
        person=person,
        card=card,
        reasons=VoidReason.choices,
        chosen=chosen,
        reference=reference,
        refusal=refusal,
        longest=cards.LONGEST_REFERENCE,
    )


@require_POST
@office_only()
def shield(request: HttpRequest, user: User, person_id: int) -> HttpResponse:
    """Shielded from now on, or (`op=uit`) no longer."""
    asked = Asked(request, user, tab="people")
    person = _person_or_404(person_id)
    if not office_reason.current(request, at=asked.at):
        return _ask_why(request, person)
    try:
        if request.POST.get("op") == "uit":
            shields.unshield(person.staff_number, by=user, at=asked.at)
            said = "Deze persoon is niet meer afgeschermd, in geen enkel jaar."
        else:
            shields.shield(person.staff_number, by=user, at=asked.at)
            said = "Deze persoon is afgeschermd, ook in andere jaren en in bestanden die nog komen."
        messages.success(request, said, extra_tags="good")
    except DistributionError as refusal:
        messages.error(request, str(refusal))
    return redirect("distribution:office-person", person.pk)


def _person_or_404(person_id: int) -> Person:
    found = office_person.get(person_id)
    if found is None:
        raise Http404
    return found


def _card_or_404(person_id: int) -> tuple[Person, Card]:
    person = _person_or_404(person_id)
    card: Card | None = getattr(person, "card", None)
    if card is None:
        raise Http404
    card.person, card.card_year = person, person.card_year
    return person, card


def _ask_why(request: HttpRequest, person: Person) -> HttpResponse:
    """To the question why, and back to this page after it. What was sent along is not done."""
    office_reason.remember_next(request, person.pk)
    return redirect("distribution:office-people")


def _note(asked: Asked, person: Person, *, reason: str) -> None:
    card: Card | None = getattr(person, "card", None)
    readings.note(
        ReadingKind.PERSON,
        by=asked.user,
        point_id=None,
        at=asked.at,
        cards=[card.pk] if card else (),
        count=1,
        reason=reason,
        secret=settings.SECRET_KEY,
    )
