"""/beheer/accounts/: the people of Klasse and of all desks. Invite, change, remind, switch off; each of it is written down."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from distribution.errors import DistributionError
from distribution.tasks import enqueue
from distribution.views.office_page import Asked
from lerarenkaart import tasks
from lerarenkaart.accounts import changes, people
from pickup_points.http import office_only
from pickup_points.models import AccountEvent, KlasseRole, User

ROLES = {KlasseRole.OFFICE: "beheert het jaar", KlasseRole.READER: "leest de cijfers, zonder namen"}
LONGEST_SEARCH = 100
NOT_SENT = "Het is bewaard, maar de mail kon niet vertrekken. Probeer straks “Stuur een herinnering”."


@require_safe
@office_only()
def index(request: HttpRequest, user: User) -> HttpResponse:
    """Everyone of Klasse, and a search through the people at the desks."""
    return _index(Asked(request, user, tab="accounts"))


@require_POST
@office_only()
def invite(request: HttpRequest, user: User) -> HttpResponse:
    """Someone new of Klasse, told by mail."""
    asked = Asked(request, user, tab="accounts")
    typed = {name: request.POST.get(name, "") for name in ("email", "name", "role")}
    role = KlasseRole.OFFICE if typed["role"] == KlasseRole.OFFICE else KlasseRole.READER
    try:
        invited = changes.invite(typed["email"], name=typed["name"], role=role, by=user, at=asked.at)
    except DistributionError as refusal:
        return _index(asked, typed=typed, refused=str(refusal))
    _send(request, invited, "De uitnodiging is onderweg. De link in de mail werkt zeven dagen.")
    return redirect("office-account", invited.pk)


@require_safe
@office_only()
def account(request: HttpRequest, user: User, user_id: int) -> HttpResponse:
    """One account: what it may, whether it is safe, its programs, and what was done to it."""
    asked, found = Asked(request, user, tab="accounts"), get_object_or_404(User, pk=user_id)
    return asked.page(
        "account",
        person=people.person(found, seen_by=user),
        roles=ROLES.items(),
        keys=people.api_keys(found),
        history=[(one, _words(one)) for one in people.events(found)],
        is_second_step_asked=settings.MFA_REQUIRED,
    )


@require_POST
@office_only()
def change_role(request: HttpRequest, user: User, user_id: int) -> HttpResponse:
    typed = request.POST.get("role", "")
    role = KlasseRole(typed) if typed in KlasseRole else ""
    asked, found = Asked(request, user, tab="accounts"), get_object_or_404(User, pk=user_id)
    return _do(
        request, found, lambda: changes.change_role(found, role=role, by=user, at=asked.at), "De rol is aangepast."
    )


@require_POST
@office_only()
def switch_off(request: HttpRequest, user: User, user_id: int) -> HttpResponse:
    asked, found = Asked(request, user, tab="accounts"), get_object_or_404(User, pk=user_id)
    said = "Dit account is uitgeschakeld. Wie ermee ingelogd was, is dat niet meer."
    return _do(request, found, lambda: changes.switch_off(found, by=user, at=asked.at), said)


@require_POST
@office_only()
def switch_on(request: HttpRequest, user: User, user_id: int) -> HttpResponse:
    asked, found = Asked(request, user, tab="accounts"), get_object_or_404(User, pk=user_id)
    try:
        changes.switch_on(found, by=user, at=asked.at)
    except DistributionError as refusal:
        messages.error(request, str(refusal))
    else:
        _send(
            request,
            found,
            "Dit account is opnieuw aangezet. Een mail met een link om een wachtwoord te kiezen is onderweg.",
        )
    return redirect("office-account", found.pk)


@require_POST
@office_only()
def reset_second_step(request: HttpRequest, user: User, user_id: int) -> HttpResponse:
    """Let someone who lost their second step begin anew, by a link in a mail."""
    asked, found = Asked(request, user, tab="accounts"), get_object_or_404(User, pk=user_id)
    try:
        changes.reset_second_step(found, by=user, at=asked.at)
    except DistributionError as refusal:
        messages.error(request, str(refusal))
    else:
        said = "De tweede stap is weg. Een mail met een link om opnieuw te beginnen is onderweg."
        _send(request, found, said, task=tasks.mail_step_reset)
    return redirect("office-account", found.pk)


@require_POST
@office_only()
def remind(request: HttpRequest, user: User, user_id: int) -> HttpResponse:
    """Mail someone once more how to come in, or that a second step is still to be set up."""
    asked, found = Asked(request, user, tab="accounts"), get_object_or_404(User, pk=user_id)
    if not people.person(found, seen_by=user).wants_reminder:
        messages.info(request, "Hier valt niets aan te herinneren.")
    else:
        changes.note_reminder(found, by=user, at=asked.at)
        _send(request, found, "De herinnering is onderweg.")
    return redirect("office-account", found.pk)


@require_POST
@office_only()
def end_key(request: HttpRequest, user: User, user_id: int) -> HttpResponse:
    asked, found = Asked(request, user, tab="accounts"), get_object_or_404(User, pk=user_id)
    ref = request.POST.get("sleutel", "")
    said = "De sleutel is ingetrokken. Het programma dat hem gebruikte, komt er niet meer in."
    return _do(request, found, lambda: changes.end_key(found, ref=ref, by=user, at=asked.at), said)


def _index(asked: Asked, *, typed: dict[str, str] | None = None, refused: str = "") -> HttpResponse:
    term = asked.request.GET.get("zoek", "").strip()[:LONGEST_SEARCH]
    found, has_more = people.search(term, seen_by=asked.user) if term else ([], False)
    of_klasse = people.of_klasse(seen_by=asked.user)
    active = [one for one in of_klasse if one.is_active]
    response = asked.page(
        "accounts",
        people=active,
        switched_off=[one for one in of_klasse if not one.is_active],
        is_alone=sum(one.role == KlasseRole.OFFICE for one in active) < 2,
        needs_four_eyes=settings.FOUR_EYES,
        is_second_step_asked=settings.MFA_REQUIRED,
        roles=ROLES.items(),
        term=term,
        found=found,
        has_more=has_more,
        typed=typed or {"role": KlasseRole.READER},
        refused=refused,
    )
    response.status_code = 422 if refused else 200
    return response


def _do(request: HttpRequest, user: User, change: Callable[[], object], said: str) -> HttpResponse:
    try:
        change()
    except DistributionError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("office-account", user.pk)


def _send(
    request: HttpRequest, user: User, said: str, *, task: Callable[[int], None] = tasks.mail_about_account
) -> None:
    if enqueue(task, user.pk):
        messages.success(request, said)
    else:
        messages.warning(request, NOT_SENT)


def _words(event: AccountEvent) -> str:
    """What a role was and became; empty for the rest."""
    names = {str(role): words for role, words in ROLES.items()}
    if not (event.was or event.became) or event.was == event.became:
        return ""
    was, became = names.get(event.was, "geen rol bij Klasse"), names.get(event.became, "geen rol bij Klasse")
    return (
        became
        if event.kind in {"invited", "switched_on"}
        else was
        if event.kind == "switched_off"
        else f"{was} → {became}"
    )
