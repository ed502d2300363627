"""What the pages of Klasse about places need of the project: the year that is asked about, and the frame around a page."""

import datetime as dt
from collections.abc import Callable
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect

from pickup_points.models import PickupPoint
from pickup_points.queries import Season


class Year(Protocol):
    """A card year, as far as places have to do with it."""

    year: int
    collect_from: dt.date
    collect_until: dt.date


class Asked(Protocol):
    """One request of Klasse."""

    request: HttpRequest
    at: dt.datetime

    @property
    def year(self) -> Any: ...

    def page(self, template: str, **context: Any) -> HttpResponse: ...


# Called with the request, the person, and the name of the tab. Places know no card years: the project hands this in.
Asking = Callable[..., Asked]
# The people whose card of a year still waits at a point.
Waiting = Callable[[int, int], int]


def point_or_404(code: str) -> PickupPoint:
    return get_object_or_404(PickupPoint, code=code)


def season_of(asked: Asked) -> Season | None:
    year: Year | None = asked.year
    return Season(year.year, year.collect_from, year.collect_until) if year else None


def to_point(asked: Asked, code: str, *, name: str = "distribution:office-point") -> HttpResponseRedirect:
    """Back to a page of the point, in the year that was asked about."""
    answer = redirect(name, code)
    if asked.request.GET.get("jaar") and asked.year:
        answer["Location"] += f"?jaar={asked.year.year}"
    return answer
