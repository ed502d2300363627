"""The limit of the lookup: Django without middleware, one view, one query over the index on (year, staff number).

Served as `bench.bare_lookup:application`, with the same settings and the same database.
"""

import os

import django
from django.http import HttpRequest, HttpResponse
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lerarenkaart.settings")
django.setup()

from django.conf import settings  # noqa: E402 -- after setup
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402

from distribution.models import CardYear, Person  # noqa: E402


def answer(request: HttpRequest) -> HttpResponse:
    found = (
        Person.objects.filter(card_year_id=_year(), staff_number=request.POST["n"])
        .values_list("card__channel", "card__state", "card__pickup_point_id")
        .first()
    )
    return HttpResponse(f"<p>{found}</p>")


_known: list[int] = []


def _year() -> int:
    if not _known:
        _known.append(CardYear.objects.order_by("year").values_list("pk", flat=True)[0])
    return _known[0]


urlpatterns = [path("bare/", answer)]
settings.ROOT_URLCONF = "bench.bare_lookup"
settings.MIDDLEWARE = []
application = WSGIHandler()
