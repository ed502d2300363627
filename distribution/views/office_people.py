"""/beheer/mensen/: someone found by name or number. Why is asked first; what was typed is only ever in the body of a POST."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from distribution.actions import cards, readings
from distribution.enums import ReadingKind
from distribution.errors import DistributionError
from distribution.queries import office_people
from distribution.queries.office_attention import BY_HOME, BY_SCHOOL
from distribution.queries.office_points import Concern
from distribution.views import office_reason
from distribution.views.office_page import Asked
from pickup_points.http import office_only
from pickup_points.models import PickupPoint, User


@require_http_methods(["GET", "HEAD", "POST"])
@office_only()
def index(request: HttpRequest, user: User) -> HttpResponse:
    """The question why, then the field; on POST who was found."""
    asked = Asked(request, user, tab="people")
    card_year = asked.year_or_404()
    reason = office_reason.current(request, at=asked.at)
    if not reason:
        return asked.page("people_reason", choices=office_reason.COMMON, chosen="", more="")
    context: dict[str, Any] = {"reason": reason, "typed": "", "found": None}
    if request.method == "POST":
        typed = request.POST.get("q", "")
        found = office_people.search(typed, card_year=card_year, is_strict=settings.STAFF_NUMBER_CHECK == "strict")
        if not found.refusal:
            readings.note(
                ReadingKind.OFFICE,
                by=user,
                point_id=None,
                at=asked.at,
                cards=[hit.card_id for hit in found.hits if hit.card_id],
                count=len(found.hits),
                term=typed,
                reason=reason,
                secret=settings.SECRET_KEY,
            )
        # A number is not shown again: it may be a national register number typed by mistake.
        context |= {"found": found, "typed": "" if found.is_number else typed.strip()[:60]}
    return asked.page("people", **context)


@require_POST
@office_only()
def reason(request: HttpRequest, user: User) -> HttpResponse:
    """Keep why; without anything said it is asked again. Sent on empty-handed (`anders`), it is asked anew."""
    asked = Asked(request, user, tab="people")
    if "anders" in request.POST:
        office_reason.forget(request)
        return redirect(reverse("distribution:office-people") + _of_year(request))
    choice, more = request.POST.get("reden", ""), request.POST.get("toelichting", "")
    said = office_reason.written(choice, more)
    if not said:
        return asked.page(
            "people_reason",
            choices=office_reason.COMMON,
            chosen=choice,
            more=more,
            refusal="Zeg in enkele woorden waarom je mensen opzoekt."
            if choice == office_reason.SOMETHING_ELSE
            else "Kies waarom je mensen opzoekt.",
        )
    office_reason.keep(request, said, at=asked.at)
    person_id = office_reason.next_person(request)
    if person_id is not None:
        return redirect("distribution:office-person", person_id)
    return redirect(reverse("distribution:office-people") + _of_year(request))


@require_POST
@office_only()
def assign_group(request: HttpRequest, user: User) -> HttpResponse:
    """Everyone without a point who lives under one postcode, in one country, or works at one school: to one point at once."""
    asked = Asked(request, user, tab="year")
    card_year = asked.year_or_404()
    kind, _, key = request.POST.get("groep", "").partition(":")
    back = redirect(reverse("distribution:office-attention", args=[Concern.UNASSIGNED]) + _of_year(request))
    to = PickupPoint.objects.filter(code=request.POST.get("punt", "")).first()
    people = _group(kind, key)
    if to is None or people is None:
        messages.error(request, "Kies een groep en een afhaalpunt.")
        return back
    try:
        number = cards.assign_group(card_year, people=people, to=to, by=user, at=timezone.now())
    except DistributionError as refusal:
        messages.error(request, str(refusal))
        return back
    sentence = "1 kaart gaat" if number == 1 else f"{number} kaarten gaan"
    messages.success(request, f"{sentence} naar {to}. Dat blijft zo bij de volgende toekenning.", extra_tags="good")
    return back


def _of_year(request: HttpRequest) -> str:
    """The year that was asked for, carried along; Asked has seen that there is such a year."""
    typed = request.GET.get("jaar", "")
    return f"?jaar={int(typed)}" if typed.isdecimal() else ""


def _group(kind: str, key: str) -> Q | None:
    """The people of a group, as a condition on their cards; None for what is no group."""
    if not key:
        return None
    if kind == BY_HOME and key.isdecimal():
        return Q(person__country="BE", person__postcode=key)
    if kind == BY_HOME and key != "BE":
        return Q(person__country=key)
    if kind == BY_SCHOOL:
        return Q(person__appointments__institution_number=key)
    return None
