"""/beheer/mensen/<nummer>/inzage/ and …/wissen/: when someone asks what we keep, or asks to be forgotten (GDPR 15 and 17)."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from distribution.actions import erasure, subject_access
from distribution.actions.erasure import Erased
from distribution.actions.subject_access import JSON_NAME, PDF_NAME
from distribution.errors import CanBeForced, DistributionError
from distribution.models import Person
from distribution.queries import office_person
from distribution.queries.subject_access import has_number
from distribution.rules.retention import Retention
from distribution.views import office_reason
from distribution.views.office_page import Asked
from pickup_points.http import office_only
from pickup_points.models import User

FORMS = {"pdf": (PDF_NAME, "application/pdf"), "json": (JSON_NAME, "application/json")}


@require_POST
@office_only()
def insight(request: HttpRequest, user: User, person_id: int) -> HttpResponse:
    """Everything we keep about this person, over all years, as one file."""
    asked = Asked(request, user, tab="people")
    person = _person_or_404(person_id)
    if not (reason := office_reason.current(request, at=asked.at)):
        return _ask_why(request, person)
    form = request.POST.get("vorm", "")
    return as_file(asked, person.staff_number, form=form if form in FORMS else "pdf", reason=reason)


@require_http_methods(["GET", "HEAD", "POST"])
@office_only()
def erase(request: HttpRequest, user: User, person_id: int) -> HttpResponse:
    """First what it means, then it is done. A card that still has to go out is not overruled here: that is for the command."""
    asked = Asked(request, user, tab="people")
    person = _person_or_404(person_id)
    if not office_reason.current(request, at=asked.at):
        return _ask_why(request, person)
    asked.year = person.card_year
    why, refusal = request.POST.get("waarom", ""), ""
    if request.method == "POST":
        done, refusal = erased(asked, person.staff_number, why=why)
        if done is not None:
            years = ", ".join(map(str, done.years))
            messages.success(request, f"Naam, adres en vrije woorden zijn gewist in {years}.", extra_tags="good")
            return redirect("distribution:office-person", person.pk)
    return asked.page(
        "person_erase",
        person=person,
        why=why,
        refusal=refusal,
        longest=erasure.LONGEST_REASON,
        terms=settings.RETENTION,
    )


def as_file(asked: Asked, number: str, *, form: str, reason: str) -> HttpResponse:
    """All we keep under this number as a download, one of FORMS. Raises NobodyKnown."""
    name, content_type = FORMS[form]
    _, files = subject_access.draw(
        number,
        by=asked.user,
        at=asked.at,
        terms=Retention(**settings.RETENTION),
        office_email=settings.OFFICE_EMAIL,
        secret=settings.SECRET_KEY,
        reason=f"{subject_access.REASON} ({reason})",
    )
    answer = HttpResponse(files[name], content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def erased(asked: Asked, number: str, *, why: str) -> tuple[Erased | None, str]:
    """What was erased, or why it is refused, in words of a page."""
    terms = Retention(**settings.RETENTION)
    try:
        done = erasure.erase(
            number, reason=why, days=terms.people_days, months=terms.readings_months, by=asked.user, at=asked.at
        )
    except DistributionError as refused:
        return None, refused.sentence if isinstance(refused, CanBeForced) else str(refused)
    return done, ""


def _person_or_404(person_id: int) -> Person:
    found = office_person.get(person_id)
    if found is None or not has_number(found):
        raise Http404
    return found


def _ask_why(request: HttpRequest, person: Person) -> HttpResponse:
    office_reason.remember_next(request, person.pk)
    return redirect("distribution:office-people")
