"""/beheer/cijfers/meegedeeld/: figures as they were told to someone, to the byte, and what is different now."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from distribution.actions import figures_snapshots
from distribution.documents import figures_files
from distribution.errors import DistributionError
from distribution.queries import figures_choice, stored_files
from distribution.queries import figures_snapshots as queries
from distribution.views.office_figures_page import AskedFigures, address_of, start_figures
from distribution.views.office_page import Asked
from pickup_points.http import office_only
from pickup_points.models import User


@require_safe
@office_only(may_read=True)
def index(request: HttpRequest, user: User) -> HttpResponse:
    """Everything that was told, the latest first."""
    asked = Asked(request, user, tab="figures")
    told = [(one, figures_files.title(figures_choice.of(one.asked))) for one in queries.all_of_them()]
    return asked.page("figures_snapshots", told=told)


@require_POST
@office_only()
def take(request: HttpRequest, user: User) -> HttpResponse:
    """Keep the figures of this address as they are now."""
    asked = AskedFigures(request, user)
    try:
        title = figures_snapshots.checked_title(request.POST.get("titel", ""))
        if len(asked.table.rows) > figures_snapshots.MOST_AT_ONCE:
            return start_figures(asked, title=title)
        snapshot = figures_snapshots.take(asked.choice, title=title, tolerance=asked.tolerance, by=user, at=asked.at)
    except DistributionError as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('distribution:office-figures')}?{asked.address}")
    messages.success(request, "Bewaard. Deze bestanden veranderen nooit meer.", "good")
    return redirect("distribution:office-figures-snapshot", snapshot.pk)


@require_safe
@office_only(may_read=True)
def snapshot(request: HttpRequest, user: User, snapshot_id: int) -> HttpResponse:
    """What was told, its files, and what differs from the figures of now."""
    asked = Asked(request, user, tab="figures")
    found = get_object_or_404(queries.all_of_them(), pk=snapshot_id)
    choice = figures_choice.of(found.asked)
    told = queries.then(found)
    return asked.page(
        "figures_snapshot",
        told=found,
        title=figures_files.title(choice),
        files=found.files.order_by("pk"),
        address=address_of(choice),
        rows=told["rows"] if len(told["rows"]) else told["totals"],
        differences=queries.differences(told, queries.now(found, tolerance=asked.tolerance)),
    )


@require_safe
@office_only(may_read=True)
def download(request: HttpRequest, user: User, snapshot_id: int, file_id: int) -> HttpResponseBase:
    """A file as it was told, to the byte."""
    found = get_object_or_404(queries.all_of_them(), pk=snapshot_id)
    file = get_object_or_404(found.files, pk=file_id)
    answer = StreamingHttpResponse(stored_files.pieces(file), content_type=file.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    answer["Content-Length"] = str(file.size)
    return answer
