"""A point that stops during the year: what happens with its cards, shown before it is done, and taken back while that can be."""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from distribution.actions.stopping import Sent
from distribution.errors import DistributionError
from distribution.models import CardYear, Job
from distribution.queries import office_points, stopping
from distribution.views import office_page
from distribution.views.office_page import Asked
from pickup_points.http import office_only
from pickup_points.models import PickupPoint, User


class Stopping(Protocol):
    """Places and cards at once (lerarenkaart.stopping): the project hands it in."""

    def stop(
        self, card_year: CardYear, *, point: PickupPoint, follower: PickupPoint, by: User, at: dt.datetime
    ) -> tuple[Sent, Job | None]: ...
    def take_along(self, card_year: CardYear, *, point: PickupPoint, by: User, at: dt.datetime) -> Sent: ...
    def go_on(self, card_year: CardYear, *, point: PickupPoint, by: User, at: dt.datetime) -> Sent: ...


@dataclass(frozen=True)
class _Order:
    """One request to do something with a point that stops."""

    asked: Asked
    card_year: CardYear
    point: PickupPoint
    stopping: Stopping


@require_http_methods(["GET", "HEAD", "POST"])
@office_only()
def index(request: HttpRequest, user: User, code: str, *, stopping: Stopping) -> HttpResponse:
    """GET: what would happen, or how far it is. POST `doe=stop|mee|terug`: stop, take along what came since, not after all."""
    asked = Asked(request, user, tab="points")
    place = office_points.get(code)
    if asked.year is None or place is None:
        raise Http404
    order = _Order(asked, asked.year, place, stopping)
    if request.method != "POST":
        return _page(order, follower_code=request.GET.get("opvolger", ""))
    does = {"stop": _stop, "mee": _take_along, "terug": _go_on}.get(request.POST.get("doe", ""))
    if does is None:
        return _page(order, error="Kies wat er moet gebeuren.")
    try:
        return does(order)
    except DistributionError as refused:
        return _page(order, error=str(refused), follower_code=request.POST.get("opvolger", ""))


def _stop(order: _Order) -> HttpResponse:
    request, at = order.asked.request, order.asked.at
    follower = next((one for one in _others(order) if one.code == request.POST.get("opvolger", "")), None)
    if follower is None:
        return _page(order, error="Kies eerst welk afhaalpunt volgt.")
    if request.POST.get("zeker", "") != "ja":
        return _page(order, error="Vink aan dat je het zeker weet.", follower_code=follower.code)
    sent, job = order.stopping.stop(order.card_year, point=order.point, follower=follower, by=order.asked.user, at=at)
    if job:
        office_page.ring(job.pk)
    told = "Beide punten krijgen een mail." if job else "Geen van beide punten heeft een e-mailadres: bel ze."
    messages.success(request, f"{order.point} stopt en {follower} volgt. {_cards(sent)} {told}", "good")
    return _back(order)


def _take_along(order: _Order) -> HttpResponse:
    sent = order.stopping.take_along(order.card_year, point=order.point, by=order.asked.user, at=order.asked.at)
    messages.success(order.asked.request, _cards(sent), "good")
    return _back(order)


def _go_on(order: _Order) -> HttpResponse:
    order.stopping.go_on(order.card_year, point=order.point, by=order.asked.user, at=order.asked.at)
    messages.success(order.asked.request, f"{order.point} stopt niet: alles ligt weer zoals het lag.", "good")
    return _back(order)


def _cards(sent: Sent) -> str:
    if not sent.transfers and not sent.moved:
        return "Er waren geen kaarten die moeten verhuizen."
    parts = []
    if sent.transfers:
        parts.append("1 kaart gaat mee" if sent.transfers == 1 else f"{sent.transfers} kaarten gaan mee")
    if sent.moved:
        parts.append(
            f"{sent.moved} nog niet gedrukt, {'die komt' if sent.moved == 1 else 'die komen'} meteen daar terecht"
        )
    return f"{' en '.join(parts)}."


def _others(order: _Order) -> list[PickupPoint]:
    return stopping.followers(order.point, year=order.card_year.year)


def _page(order: _Order, *, error: str = "", follower_code: str = "") -> HttpResponse:
    picture = stopping.picture(order.card_year, order.point)
    if picture is None:
        raise Http404
    answer = order.asked.page(
        "point_stop",
        point=order.point,
        picture=picture,
        followers=_others(order) if picture.stopped_at is None else (),
        follower_code=follower_code,
        error=error,
    )
    answer.status_code = 422 if error else 200
    return answer


def _back(order: _Order) -> HttpResponse:
    answer = redirect("distribution:office-point-stop", order.point.code)
    if order.asked.request.GET.get("jaar"):
        answer["Location"] += f"?jaar={order.card_year.year}"
    return answer
