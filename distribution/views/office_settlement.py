"""The settlement of a point as Klasse sees it: what was counted and said, and opening it again with a reason."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from distribution.actions import settlements
from distribution.errors import DistributionError
from distribution.models import CardYear
from distribution.queries import office_points, settlement_history
from distribution.queries.settlement_history import Happened
from distribution.views.office_page import Asked
from pickup_points.http import office_only
from pickup_points.models import PickupPoint, User


@require_POST
@office_only()
def reopen(request: HttpRequest, user: User, code: str) -> HttpResponse:
    """The season of a point is open again: its people can mend their counts. Also after the fourteen days they have themselves."""
    asked = Asked(request, user, tab="points")
    place = office_points.get(code)
    if asked.year is None or place is None:
        raise Http404
    try:
        settlements.reopen_for_klasse(
            asked.year, point=place, by=user, at=asked.at, reason=request.POST.get("reden", "")
        )
        messages.success(
            request, "De afrekening is weer open. Laat het afhaalpunt weten wat het nog moet doen.", "good"
        )
    except DistributionError as refused:
        messages.warning(request, str(refused), "care")
    answer = redirect("distribution:office-point", code)
    answer["Location"] += (f"?jaar={asked.year.year}" if request.GET.get("jaar") else "") + "#afrekening"
    return answer


def history(card_year: CardYear, point: PickupPoint) -> Sequence[Happened]:
    """Everything that was counted, said, closed and reopened, the latest first."""
    return settlement_history.of_point(card_year, point)
