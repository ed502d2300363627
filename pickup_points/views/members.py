"""The colleagues of a desk: a manager invites, changes a role, removes."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from pickup_points.actions import members
from pickup_points.desks import Desk, NoSuchDesk, colleagues, get_desk_for
from pickup_points.http import at_desk
from pickup_points.models import DeskMember, DeskRole

SENT = "De uitnodiging is onderweg. De link in de mail werkt zeven dagen."
NOT_SENT = "Je collega staat in de lijst, maar de mail kon niet vertrekken. Klik straks op “Stuur opnieuw”."


@require_safe
@at_desk(as_manager=True)
def index(request: HttpRequest, desk: Desk, *, shown: object) -> HttpResponse:
    return _page(request, desk)


@require_POST
@at_desk(as_manager=True)
def invite(request: HttpRequest, desk: Desk, *, shown: object) -> HttpResponse:
    typed = {name: request.POST.get(name, "") for name in ("email", "name", "role")}
    try:
        member = members.invite(
            desk, email=typed["email"], name=typed["name"], role=wanted_role(typed["role"]), at=timezone.now()
        )
    except members.MemberRefused as refused:
        return _page(request, desk, typed=typed, refused=str(refused))
    send(request, desk, member)
    return redirect("pickup_points:members", desk.point.code)


@require_POST
@at_desk(as_manager=True)
def invite_again(request: HttpRequest, desk: Desk, *, shown: object) -> HttpResponse:
    try:
        member = members.find(desk, member_id=member_id(request))
    except members.MemberRefused as refused:
        messages.warning(request, str(refused))
    else:
        send(request, desk, member)
    return redirect("pickup_points:members", desk.point.code)


@require_POST
@at_desk(as_manager=True)
def change_role(request: HttpRequest, desk: Desk, *, shown: object) -> HttpResponse:
    try:
        role = wanted_role(request.POST.get("role", ""))
        members.change_role(desk, member_id=member_id(request), role=role, at=timezone.now())
    except members.MemberRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, "De rol is aangepast.")
    return _back(desk)


@require_POST
@at_desk(as_manager=True)
def remove(request: HttpRequest, desk: Desk, *, shown: object) -> HttpResponse:
    try:
        members.remove(desk, member_id=member_id(request), at=timezone.now())
    except members.MemberRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, "Je collega staat niet meer aan deze balie.")
    return _back(desk)


def _page(request: HttpRequest, desk: Desk, *, typed: dict[str, str] | None = None, refused: str = "") -> HttpResponse:
    facts = {
        "desk": desk,
        "tab": "members",
        "colleagues": colleagues(desk),
        "typed": typed or {"role": DeskRole.DESK},
        "refused": refused,
    }
    return render(request, "pickup_points/members.html", facts, status=422 if refused else 200)


def _back(desk: Desk) -> HttpResponse:
    """To the list; who just gave up their own role or place goes where they may still stand."""
    try:
        get_desk_for(desk.user, desk.point.code, as_manager=True)
    except NoSuchDesk:
        return redirect("distribution:desk-home")
    return redirect("pickup_points:members", desk.point.code)


def send(request: HttpRequest, desk: Desk, member: DeskMember) -> None:
    if get_adapter(request).send_invitation(member.user, point_key=desk.point.pk):
        messages.success(request, SENT)
    else:
        messages.warning(request, NOT_SENT)


def wanted_role(written: str) -> DeskRole:
    return DeskRole.MANAGER if written == DeskRole.MANAGER else DeskRole.DESK


def member_id(request: HttpRequest) -> int:
    """0 is nobody."""
    written = request.POST.get("member", "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 16 else 0
