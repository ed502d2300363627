"""Closing the season of a point: the figures, the thank-you page and its PDF, and opening it again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from distribution.actions import settlements
from distribution.documents import settlement as document
from distribution.errors import DistributionError
from distribution.models import Settlement
from distribution.queries import settlements as queries
from distribution.rules import reconciliation
from distribution.views import desk_settlement as steps
from pickup_points.desks import Desk
from pickup_points.http import at_desk


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(as_manager=True)
def close(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What was filled in, what follows from it, and the button."""
    counting = steps.still_counting(desk)
    if counting is None:
        return redirect("distribution:desk-settlement", desk.point.code)
    card_year, tally = counting
    error = ""
    if request.method == "POST":
        try:
            settlements.close(
                card_year,
                desk=desk,
                tolerance=steps.tolerance(),
                at=timezone.now(),
                goes_uncounted=request.POST.get("niet_geteld") == "ja",
            )
            return redirect("distribution:desk-settlement-thanks", desk.point.code)
        except settlements.AlreadyClosed:
            return redirect("distribution:desk-settlement-thanks", desk.point.code)
        except DistributionError as refused:
            error = str(refused)
    counts = tally.counts
    figures = reconciliation.reconcile(counts, tolerance=steps.tolerance())
    slack = steps.tolerance().of(counts.stock)
    return steps.step_page(
        request,
        desk,
        card_year,
        tally,
        place=4,
        context={
            "counts": counts,
            "figures": figures,
            "error": error,
            "asks_recount": settlements.asks_recount(tally, tolerance=steps.tolerance()),
            "has_difference": figures.is_counted and (figures.unrecorded or 0) > slack,
            "is_explained": reconciliation.is_explained(counts, figures.unrecorded or 0, slack=slack),
            "last_day": steps.last_day_to_come(card_year, desk=desk),
        },
    )


@require_safe
@at_desk(as_manager=True)
def thanks(request: HttpRequest, desk: Desk) -> HttpResponse:
    settlement = _settlement(desk)
    if settlement is None:
        return redirect("distribution:desk-settlement", desk.point.code)
    reopen_until = settlement.closed_at + settlements.REOPEN_FOR
    return steps.page(
        request,
        desk,
        "thanks",
        {
            "settlement": settlement,
            "said": document.thanks(settlement),
            "reopen_until": reopen_until if timezone.now() <= reopen_until else None,
        },
    )


@require_safe
@at_desk(as_manager=True)
def thanks_pdf(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The page to hang up. No name of a person is on it or in its file name."""
    settlement = _settlement(desk)
    if settlement is None:
        return redirect("distribution:desk-settlement", desk.point.code)
    name = f"bedankt-{settlement.card_year.year}-{desk.point.code}.pdf"
    return HttpResponse(
        document.write(document.thanks(settlement)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


@require_POST
@at_desk(as_manager=True)
def reopen(request: HttpRequest, desk: Desk) -> HttpResponse:
    card_year = steps.year_now()
    if card_year:
        try:
            settlements.reopen(card_year, desk=desk, at=timezone.now())
            messages.success(request, "Het jaar is weer open. Alles wat je invulde, staat er nog.", "good")
        except DistributionError as refused:
            messages.warning(request, str(refused), "care")
    return redirect("distribution:desk-settlement", desk.point.code)


def _settlement(desk: Desk) -> Settlement | None:
    card_year = steps.year_now()
    return queries.settlement(card_year, point=desk.point) if card_year else None
