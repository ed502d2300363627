"""/afhaalpunten/ and the page of a point. `shown` tells which year is spoken of on a day: the project hands it in."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from pickup_points import hours, queries
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.models import PointKind, PointYear
from pickup_points.queries import Place, PointPage, Season
from pickup_points.views import calendar_file, dots

Shown = Callable[[dt.date], Season | None]
DAYS_SHOWN = 7
LONGEST_TYPED = 60
# More digits than a postcode has: most likely a staff number, which does not belong in an address or on a page.
MANY_DIGITS = re.compile(r"(?:[0-9][\s.\-]*){6,}")
MAP_SECONDS = 600
ASK_THERE = (
    "Vanzelf ligt je kaart daar niet. Vraag het aan de balie van een van deze afhaalpunten, met je stamboeknummer: "
    "ze laten je kaart dan overkomen."
)
SCHEMA_DAYS = {"ma": "Mo", "di": "Tu", "wo": "We", "do": "Th", "vr": "Fr", "za": "Sa", "zo": "Su"}


@require_safe
def index(request: HttpRequest, shown: Shown) -> HttpResponse:
    """All points by province; with ?zoek= the ones for a postcode or a municipality first."""
    now = timezone.now()
    season = shown(_today(now))
    typed = request.GET.get("zoek", "").strip()
    looks_personal = bool(MANY_DIGITS.search(typed))
    context: dict[str, Any] = {
        "season": season,
        "looks_personal": looks_personal,
        "typed": "" if looks_personal else typed[:LONGEST_TYPED],
    }
    if season:
        places = queries.places_of(season.year)
        context |= {
            "period": _period(season.collect_from, season.collect_until),
            "count": len(places),
            "provinces": queries.by_province(season.year, places),
        }
        if typed and not looks_personal:
            context["answer"] = _answer(season, typed[:LONGEST_TYPED], now)
    response = render(request, "pickup_points/index.html", context)
    if looks_personal:
        patch_cache_control(response, no_store=True)
    return response


def _answer(season: Season, typed: str, now: dt.datetime) -> dict[str, Any]:
    found = queries.find(season.year, typed)
    groups = (
        (_serving_title(found.serving), "", found.serving),
        # A card lies at the serving point, whatever the postcode; an alternative has it sent over when it is asked to.
        ("Hier kun je je kaart laten overkomen", ASK_THERE, found.choices),
        ("Andere afhaalpunten in de buurt", "", found.nearby),
    )
    schedules = queries.schedules(season, [place.code for _, _, places in groups for place in places])
    return {
        "found": found,
        "groups": [
            (title, note, [_card(place, schedules.get(place.code), found.kilometres, now) for place in places])
            for title, note, places in groups
            if places
        ],
    }


def _serving_title(serving: tuple[Place, ...]) -> str:
    return "Het vaste afhaalpunt" if len(serving) == 1 else "De vaste afhaalpunten"


def _card(
    place: Place, schedule: hours.Schedule | None, kilometres: Mapping[str, float], now: dt.datetime
) -> dict[str, Any]:
    status = hours.status(schedule, at=now) if schedule else None
    return {"place": place, "status": status, "distance": _distance(kilometres.get(place.code))}


def _distance(kilometres: float | None) -> str:
    """No finer than it is: the road is longer, and where she lives we do not know."""
    if kilometres is None:
        return ""
    return f"ongeveer {round(kilometres)} km" if kilometres >= 1 else "minder dan 1 km"


@require_safe
def point(request: HttpRequest, code: str, shown: Shown) -> HttpResponse:
    """Everything the public may know of one point."""
    now = timezone.now()
    season, page = _get(code, shown, now)
    today = _today(now)
    days = hours.days(page.schedule, from_=today, count=DAYS_SHOWN)
    place = page.point
    return render(
        request,
        "pickup_points/point.html",
        {
            "point": place,
            "page": page,
            "year": season.year,
            "line": f"{place.street} {place.house_number}".strip(),
            "locality": f"{place.postcode} {place.municipality}",
            "map_url": queries.map_url(place.latitude, place.longitude, address=place.address),
            "schema_type": "Library" if place.kind == PointKind.LIBRARY else "LocalBusiness",
            "schema_hours": _schema_hours(page),
            "schema_days": [day for day in days if day.kind in {"closed", "exceptional"}],
            "status": hours.status(page.schedule, at=now),
            "first_day": hours.long_date(page.collect_from),
            "last_day": hours.long_date(page.collect_until),
            **_open_days(page),
            "is_over": today > page.collect_until,
            "days": days,
            "today": today,
            "serves": queries.place_names(season.year, page.serves),
            "choice_for": queries.place_names(season.year, page.choice_for),
        },
    )


@require_safe
def calendar(request: HttpRequest, code: str, shown: Shown) -> HttpResponse:
    """The opening hours up to the last day, as a calendar file."""
    now = timezone.now()
    season, page = _get(code, shown, now)
    response = HttpResponse(
        calendar_file.write(page, year=season.year, at=now), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="lerarenkaart-{page.point.code}.ics"'
    return response


@require_safe
def dot_map(request: HttpRequest, shown: Shown, tint: str, code: str = "") -> HttpResponse:
    """The map of dots as a picture; on the page of a point its dot stands out."""
    season = shown(_today(timezone.now()))
    places = queries.places_of(season.year) if season else []
    if code and code not in {place.code for place in places}:
        raise Http404
    response = HttpResponse(dots.draw(places, here=code, dark=tint == "donker"), content_type="image/svg+xml")
    patch_cache_control(response, public=True, max_age=MAP_SECONDS)
    return response


def _get(code: str, shown: Shown, now: dt.datetime) -> tuple[Season, PointPage]:
    """The season and the page of a point that takes part in it; any other point does not exist here."""
    season = shown(_today(now))
    if season is None:
        raise Http404
    try:
        return season, queries.point_page(season, code)
    except PointYear.DoesNotExist:
        raise Http404 from None


def _open_days(page: PointPage) -> dict[str, str]:
    """The first and the last day on which the door opens, where that is another day than the period says."""
    openings = hours.openings_between(page.schedule, first=page.collect_from, last=page.collect_until)
    if not openings:
        return {}
    first, last = openings[0].opens_at.date(), openings[-1].opens_at.date()
    return {
        "first_open": hours.long_date(first) if first != page.collect_from else "",
        "last_open": hours.long_date(last) if last != page.collect_until else "",
    }


def _today(now: dt.datetime) -> dt.date:
    return now.astimezone(BRUSSELS).date()


def _period(first: dt.date, last: dt.date) -> str:
    return f"van {hours.words.short_date(first)} {first.year} tot en met {hours.words.short_date(last)} {last.year}"


def _schema_hours(page: PointPage) -> list[str]:
    """The week as schema.org's openingHours wants it: "Mo 09:00-12:00"."""
    return [
        f"{SCHEMA_DAYS[name]} {hours.write((interval,))}"
        for name, intervals in zip(hours.WEEKDAYS, page.schedule.week, strict=True)
        for interval in intervals
    ]
