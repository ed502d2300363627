"""A box with many cards between two points: it leaves, or it has arrived, said with one button."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from distribution.actions import transfers_all
from distribution.queries import desk_lists
from pickup_points.desks import Desk
from pickup_points.http import at_desk
from pickup_points.models import PickupPoint


@require_POST
@at_desk()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """`vertrokken=<code>`: all they asked of us leaves; `aangekomen=<code>`: all they sent us is here."""
    at = timezone.now()
    card_year = desk_lists.running_year(timezone.localdate(at))
    if card_year is None:
        raise Http404
    leaves = request.POST.get("vertrokken", "")
    other = get_object_or_404(PickupPoint, code=leaves or request.POST.get("aangekomen", ""))
    if leaves:
        number = transfers_all.send(desk=desk, to=other, card_year_id=card_year.pk, by=desk.user, at=at)
        sentence = f"{_cards(number)} mee met de bode, naar {other}." if number else ""
    else:
        number = transfers_all.receive(desk=desk, sender=other, card_year_id=card_year.pk, by=desk.user, at=at)
        sentence = f"{number} {'kaart is' if number == 1 else 'kaarten zijn'} aangekomen van {other}." if number else ""
    if sentence:
        messages.success(request, sentence, "good")
    else:
        messages.info(request, "Dat was al gezegd.")
    return redirect("distribution:desk-transfers", desk.point.code)


def _cards(number: int) -> str:
    return "1 kaart gaat" if number == 1 else f"{number} kaarten gaan"
