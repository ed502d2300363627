"""One card's history: every event, who and when."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from distribution.actions import readings
from distribution.enums import ReadingKind
from distribution.queries import desk_card
from pickup_points.desks import Desk
from pickup_points.http import at_desk


@require_safe
@at_desk()
def index(request: HttpRequest, desk: Desk, card_id: int) -> HttpResponse:
    at = timezone.now()
    history = desk_card.history(card_id, desk=desk, at=at)
    if history is None:
        raise Http404
    readings.note(
        ReadingKind.CARD, by=desk.user, point_id=desk.point.pk, at=at, cards=[card_id], secret=settings.SECRET_KEY
    )
    context = {"desk": desk, "tab": "desk", "history": history, "done": history.standing}
    return render(request, "distribution/desk/card.html", context)
