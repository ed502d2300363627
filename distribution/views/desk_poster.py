"""The point's poster: a picture of it, and two sizes to print. For everyone at the desk."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from distribution.documents import poster as documents
from distribution.documents.poster import Poster, Size
from distribution.queries import lookup
from pickup_points.desks import Desk
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.http import at_desk
from pickup_points.models import PointYear
from pickup_points.queries import Season, point_page, schedule_of

LOOKUP = "/waarismijnlerarenkaart/"


@require_safe
@at_desk()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    context = {"desk": desk, "tab": "poster", "poster": _poster(desk)}
    return render(request, "distribution/desk_poster/index.html", context)


@require_safe
@at_desk()
def download(request: HttpRequest, desk: Desk, size: Size) -> HttpResponse:
    """The PDF; its name says the point and the size, nothing of a person."""
    response = HttpResponse(documents.render(_poster(desk), size=size), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="affiche-{desk.point.code}-{size.value}.pdf"'
    return response


def _poster(desk: Desk) -> Poster:
    """The poster as it is today; a point that takes no part in the year has one without a period."""
    today = timezone.now().astimezone(BRUSSELS).date()
    year = lookup.current_year(today)
    period, schedule = None, schedule_of(desk.point, collect_from=None, collect_until=None)
    if year:
        try:
            page = point_page(Season(year.year, year.collect_from, year.collect_until), desk.point.code)
            period, schedule = (page.collect_from, page.collect_until), page.schedule
        except PointYear.DoesNotExist:
            pass
    return documents.compose(desk.point, schedule, period=period, url=settings.SITE_URL + LOOKUP, today=today)
