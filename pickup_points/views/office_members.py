"""The people at the desk of a point, as Klasse sets it up: invite, send again, change a role, remove."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from pickup_points.actions import members
from pickup_points.desks import Desk, NoSuchDesk, colleagues, office_desk
from pickup_points.http import office_only
from pickup_points.models import DeskRole, User
from pickup_points.views.members import member_id, send, wanted_role
from pickup_points.views.office_asked import Asked, Asking, to_point

BACK = "pickup_points:office-members"


def _at_desk(view: Callable[[Asked, Desk], HttpResponse]) -> Callable[..., Any]:
    """For a page of one point: `view(asked, desk)`, for who runs the year for Klasse."""

    @wraps(view)
    def enter(
        request: HttpRequest, user: User, code: str, *, asked: Asking, shown: object, **project: object
    ) -> HttpResponse:
        try:
            desk = office_desk(user, code)
        except NoSuchDesk:
            raise Http404 from None
        return view(asked(request, user, tab="points"), desk)

    return office_only()(enter)


@require_safe
@_at_desk
def index(asked: Asked, desk: Desk) -> HttpResponse:
    return _page(asked, desk)


@require_POST
@_at_desk
def invite(asked: Asked, desk: Desk) -> HttpResponse:
    typed = {name: asked.request.POST.get(name, "") for name in ("email", "name", "role")}
    try:
        member = members.invite(
            desk, email=typed["email"], name=typed["name"], role=wanted_role(typed["role"]), at=timezone.now()
        )
    except members.MemberRefused as refused:
        return _page(asked, desk, typed=typed, refused=str(refused))
    send(asked.request, desk, member)
    return to_point(asked, desk.point.code, name=BACK)


@require_POST
@_at_desk
def invite_again(asked: Asked, desk: Desk) -> HttpResponse:
    try:
        member = members.find(desk, member_id=member_id(asked.request))
    except members.MemberRefused as refused:
        messages.warning(asked.request, str(refused))
    else:
        send(asked.request, desk, member)
    return to_point(asked, desk.point.code, name=BACK)


@require_POST
@_at_desk
def change_role(asked: Asked, desk: Desk) -> HttpResponse:
    wanted = wanted_role(asked.request.POST.get("role", ""))
    try:
        members.change_role(desk, member_id=member_id(asked.request), role=wanted, at=asked.at)
    except members.MemberRefused as refused:
        messages.warning(asked.request, str(refused))
    else:
        messages.success(asked.request, "De rol is aangepast.")
    return to_point(asked, desk.point.code, name=BACK)


@require_POST
@_at_desk
def remove(asked: Asked, desk: Desk) -> HttpResponse:
    try:
        members.remove(desk, member_id=member_id(asked.request), at=asked.at)
    except members.MemberRefused as refused:
        messages.warning(asked.request, str(refused))
    else:
        messages.success(asked.request, "Deze collega staat niet meer aan de balie.")
    return to_point(asked, desk.point.code, name=BACK)


def _page(asked: Asked, desk: Desk, *, typed: dict[str, str] | None = None, refused: str = "") -> HttpResponse:
    found = colleagues(desk)
    # The first one of a point is best its manager.
    first = DeskRole.DESK if any(one.is_manager for one in found) else DeskRole.MANAGER
    answer = asked.page("point_members", desk=desk, colleagues=found, typed=typed or {"role": first}, refused=refused)
    answer.status_code = 422 if refused else 200
    return answer
