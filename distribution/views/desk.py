"""The desk's one screen: type or scan, hand over, the answer, and the field again. Without a script it does everything.

What was typed is only ever in the body of a POST. After a hand-over the browser is sent back here;
which one it was waits in the session, by its key: no name, no number.
"""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from distribution.actions import readings
from distribution.enums import CardState, Evidence, ReadingKind
from distribution.queries import desk_closing, desk_screen
from distribution.views import desk_answers
from distribution.views.desk_hand_over import hand_over_and_tell, key_from
from pickup_points.desks import Desk, desks_of
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.http import at_desk, logged_in
from pickup_points.models import User


@require_safe
@logged_in
def home(request: HttpRequest, user: User) -> HttpResponse:
    """Straight to the desk for who has one; a choice for who has more. Who works at Klasse alone is at home there."""
    desks = list(desks_of(user).values())
    if not desks and user.klasse_role:
        return redirect("distribution:office")
    if len(desks) == 1:
        return redirect("distribution:desk", desks[0].point.code)
    return render(request, "distribution/desk/home.html", {"desks": desks, "office_email": settings.OFFICE_EMAIL})


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The field; on POST what was found for what was typed."""
    if request.method == "POST":
        return search(request, desk, request.POST.get("q", ""))
    return page(request, desk, {"answer": desk_answers.kept(request, desk)})


def page(request: HttpRequest, desk: Desk, context: dict[str, Any]) -> HttpResponse:
    """The screen with whatever there is to say."""
    at = timezone.now()
    shown = {
        "desk": desk,
        "tab": "desk",
        "today_count": desk_screen.handed_over_on(at.astimezone(BRUSSELS).date(), point=desk.point),
        "search_id": uuid.uuid4(),
        "closed": desk_closing.closed(desk.point, at=at),
        "office_email": settings.OFFICE_EMAIL,
    }
    return render(request, "distribution/desk/index.html", shown | context)


def search(request: HttpRequest, desk: Desk, typed: str) -> HttpResponse:
    """What was found for what was typed; a card of this desk that waits is handed over at once."""
    at = timezone.now()
    looked = desk_screen.look(typed, point=desk.point, at=at, is_strict=settings.STAFF_NUMBER_CHECK == "strict")
    if looked.elsewhere:
        seen = [looked.elsewhere.card_id] if looked.elsewhere.card_id else []
        kind = ReadingKind.ELSEWHERE
    else:
        seen = [hit.card_id for hit in looked.hits]
        kind = ReadingKind.SEARCH
    if not looked.refusal:
        readings.note(
            kind, by=desk.user, point_id=desk.point.pk, at=at, cards=seen, term=typed, secret=settings.SECRET_KEY
        )
    only = looked.only_hit
    if only and looked.is_card_number:
        key = key_from(request.POST.get("id", ""), card=only.number)
        if only.waits or only.hand_over_id == str(key):
            return hand_over_and_tell(request, desk, only.number, key=key, evidence=Evidence.SCAN, at=at)
    # A number that is right is not shown again: it is somebody's. A slip of the finger stays, to be corrected.
    context: dict[str, Any] = {
        "typed": "" if looked.is_number else typed.strip()[:60],
        "again": desk_answers.again(looked, typed),
        "looked": looked,
    }
    if looked.refusal:
        context["answer"] = {"kind": "error", "heading": "Dat lukt niet", "message": looked.refusal}
    elif looked.elsewhere:
        context["answer"] = desk_answers.elsewhere(looked.elsewhere)
    elif only and only.state == CardState.HANDED_OVER:
        context["answer"] = desk_answers.already(only)
    else:
        context["rows"] = [(hit, uuid.uuid4()) for hit in looked.hits]
        context["first_waiting"] = next((hit.number for hit in looked.hits if hit.waits), "")
    return page(request, desk, context)
