"""A point's pickup lists: which there are, a new one, and each as PDF or XLSX."""

import datetime as dt
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from distribution.actions import pickup_lists, readings, year_lock
from distribution.documents import pickup_list, pickup_list_files, spreadsheet
from distribution.enums import ReadingKind
from distribution.models import CardYear, PickupList
from distribution.queries import desk_lists, keyed_lists
from distribution.queries import pickup_lists as sheets
from distribution.queries.pickup_lists import Sheet
from pickup_points.desks import Desk
from pickup_points.http import at_desk

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@at_desk()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    card_year = desk_lists.running_year(timezone.localdate())
    lists = desk_lists.lists_of(desk.point, card_year) if card_year else None
    return render(request, "distribution/desk_lists/index.html", {"desk": desk, "tab": "lists", "lists": lists})


@require_POST
@at_desk()
def make(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A new revision when cards changed; with `sinds` only who came on it since that revision."""
    at = timezone.now()
    since = _whole_number(request.POST.get("sinds", ""))
    card_year = year_or_404(at)
    try:
        made = pickup_lists.make(card_year, at=at, by=desk.user, point=desk.point.code, since=since)
    except (
        pickup_lists.UnknownPoint,
        pickup_lists.UnknownRevision,
        pickup_lists.YearNotRun,
        year_lock.YearIsBusy,
        year_lock.YearIsForgotten,
    ) as refusal:
        messages.warning(request, _words(refusal), extra_tags="care")
        return redirect("distribution:desk-lists", desk.point.code)
    if made:
        messages.success(request, "De lijst staat klaar. Download ze hieronder.", extra_tags="good")
    else:
        messages.info(request, f"Sinds revisie {since} kwam er niemand bij.")
    return redirect("distribution:desk-lists", desk.point.code)


@require_GET
@at_desk()
def pdf(request: HttpRequest, desk: Desk, list_id: int) -> HttpResponse:
    sheet, name = _sheet(desk, list_id, at=timezone.now())
    return _file(pickup_list.render(sheet, office_email=settings.OFFICE_EMAIL), f"{name}.pdf", kind=PDF)


@require_GET
@at_desk()
def xlsx(request: HttpRequest, desk: Desk, list_id: int) -> HttpResponse:
    sheet, name = _sheet(desk, list_id, at=timezone.now())
    with tempfile.TemporaryDirectory(prefix="afhaallijst-") as folder:
        path = Path(folder) / "lijst.xlsx"
        title = f"Afhaallijst {sheet.year}"
        spreadsheet.write_xlsx(path, pickup_list.HEADER, pickup_list.rows(sheet), title=title)
        written = path.read_bytes()
    return _file(written, f"{name}.xlsx", kind=XLSX)


def year_or_404(at: dt.datetime) -> CardYear:
    """The year desks work in; before any year was opened there are no lists."""
    card_year = desk_lists.running_year(timezone.localdate(at))
    if card_year is None:
        raise Http404
    return card_year


def list_or_404(desk: Desk, list_id: int, *, at: dt.datetime) -> PickupList:
    """This point's list; another point's, or another year's, is not there."""
    found = keyed_lists.get(list_id, point=desk.point, card_year_id=year_or_404(at).pk)
    if found is None:
        raise Http404
    return found


def _sheet(desk: Desk, list_id: int, *, at: dt.datetime) -> tuple[Sheet, str]:
    """The list with its names, written down as read, and what its file is called: nothing personal."""
    found = list_or_404(desk, list_id, at=at)
    (sheet,) = sheets.sheets([found.pk])
    (heading,) = sheets.headings([found.pk])
    readings.note(
        ReadingKind.LIST,
        by=desk.user,
        point_id=desk.point.pk,
        at=at,
        count=len(sheet.lines),
        secret=settings.SECRET_KEY,
    )
    return sheet, pickup_list_files.name(heading)


def _file(content: bytes, name: str, *, kind: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _whole_number(typed: str) -> int | None:
    """A revision that was posted: nothing for nothing; what is no number is no revision (0)."""
    if not typed:
        return None
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0


def _words(refusal: Exception) -> str:
    """The refusal in words for a desk: a library cannot run a command."""
    if isinstance(refusal, pickup_lists.YearNotRun | pickup_lists.UnknownPoint):
        return "Er zijn nog geen kaarten toegekend voor jouw afhaalpunt. Klasse laat het weten zodra het zover is."
    return str(refusal)
