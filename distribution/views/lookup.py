"""The public page "Waar is mijn Lerarenkaart": type a staff number, read where the card is."""

import datetime as dt
import math
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from distribution import tasks
from distribution.actions import lookups
from distribution.actions.lookup_guard import PostcodeNeeded, TooManyQuestions, guard_for
from distribution.enums import Outcome
from distribution.queries import lookup
from distribution.rules import lookup_limits, staff_number
from pickup_points import hours
from pickup_points.hours.calendar import BRUSSELS

COOKIE = "eerder_juist"
COOKIE_SECONDS = 240 * 24 * 3600
TOKENS_KEPT = 3
LONGEST_POSTCODE = 20
EMPTY = "Vul je stamboeknummer in: 11 cijfers, met of zonder spaties of puntjes."
HEADINGS = {
    Outcome.IN_PREPARATION: "Nog even geduld",
    Outcome.SENT_HOME: "Je kaart komt met de post",
    Outcome.STARTER_PACK: "Je kaart komt in een starterspakket",
    Outcome.COLLECTED: "Je kaart is al afgehaald",
    Outcome.CONTACT_KLASSE: "Je kaart heeft nog geen afhaalpunt",
    Outcome.PERIOD_ENDED: "De afhaalperiode is voorbij",
    Outcome.NO_CARD: "We vinden geen kaart bij dit nummer",
}


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The form, and on POST the answer at the same address: a number is never in a URL, a title or a referrer."""
    at = timezone.now()
    if request.method != "POST":
        return _form(request, at=at)
    written = request.POST.get("stamboeknummer", "")
    postcode = request.POST.get("postcode", "").strip()[:LONGEST_POSTCODE]
    try:
        answered = lookups.answer(
            written,
            postcode=postcode,
            client=lookup_limits.client_of(request.META, proxies=settings.NUM_PROXIES),
            tokens=_tokens(request),
            mode=settings.LOOKUP_MODE,
            is_strict=settings.STAFF_NUMBER_CHECK == "strict",
            guard=guard_for(settings.REDIS_URL, secret=settings.SECRET_KEY, is_on=settings.LOOKUP_LIMITS),
            at=at,
        )
    except staff_number.Refused as refused:
        may_show = refused.code != staff_number.Code.NATIONAL_REGISTER_NUMBER
        error = str(refused) if written.strip() else EMPTY
        return _form(request, at=at, error=error, typed=written if may_show else "")
    except lookups.CardNumberGiven as refused:
        return _form(request, at=at, error=str(refused), typed=written)
    except PostcodeNeeded:
        # Asked again without a postcode although the field stood there: that is a mistake to point at.
        error = "Vul de postcode van je thuisadres in." if "postcode" in request.POST else ""
        return _form(request, at=at, postcode_error=error, typed=written, asks_postcode=True)
    except TooManyQuestions as refused:
        return _too_many(request, refused)
    except lookups.LoginNeeded:
        return _page(request, "distribution/lookup/login_needed.html", {}, status=403)
    if answered.tripped:
        transaction.on_commit(lambda: tasks.enqueue(tasks.alert_lookup_breaker, at.isoformat()))
    response = _page(request, "distribution/lookup/answer.html", answer_context(answered.answer))
    if answered.token:
        _remember(response, request, answered.token)
    return response


def answer_context(answer: lookup.Answer) -> dict[str, Any]:
    """What the answer's template shows."""
    place = answer.place
    context = {
        "template": f"distribution/lookup/_{answer.outcome.value}.html",
        "outcome": answer.outcome.value,
        "year": answer.year,
        "next_year": answer.year + 1,
        "heading": HEADINGS.get(answer.outcome, ""),
        "message": answer.message,
        "office_email": settings.OFFICE_EMAIL,
    }
    if answer.expected:
        context["expected"] = hours.long_date(answer.expected)
        context["is_sent"] = answer.on > answer.expected
    if place:
        context |= _period(place, answer.on) | {"panel": _panel(place, answer.on, settings.OFFICE_EMAIL)}
    return context


@lru_cache(maxsize=2048)
def _panel(place: lookup.Place, on: dt.date, office_email: str) -> SafeString:
    """The panel about one place, drawn once for all who hear the same: everything it shows is in the arguments."""
    context = {
        "place": place,
        "office_email": office_email,
        "is_over": on > place.collect_until,
        "first_day": hours.long_date(place.collect_from),
        "last_day": hours.long_date(place.collect_until),
        "today": on,
    }
    return render_to_string("distribution/lookup/_at_pickup_point.html", context)


def _period(place: lookup.Place, on: dt.date) -> dict[str, str]:
    """The heading and the sentence below it, before, within and after the point's own period."""
    first, last = hours.long_date(place.collect_from), hours.long_date(place.collect_until)
    if place.moves_to:
        return {
            "heading": f"Je kaart verhuist naar {place.moves_to}",
            "message": f"{place.name} stopt als afhaalpunt. Bel eerst even waar je kaart nu ligt.",
        }
    if on < place.collect_from:
        return {"heading": f"Je kaart komt naar {place.name}", "message": f"Afhalen kan vanaf {first}."}
    if on > place.collect_until:
        return {
            "heading": "Afhalen kan hier niet meer",
            "message": f"Je kaart lag in {place.name}. Afhalen kon daar tot en met {last}.",
        }
    return {"heading": f"Je kaart ligt in {place.name}", "message": f"Afhalen kan tot en met {last}."}


def _form(
    request: HttpRequest,
    *,
    at: dt.datetime,
    error: str = "",
    typed: str = "",
    asks_postcode: bool = False,
    postcode_error: str = "",
) -> HttpResponse:
    season = lookup.season(at.astimezone(BRUSSELS).date())
    year = season.year
    context = {
        "error": error,
        "postcode_error": postcode_error,
        "asks_postcode": asks_postcode or settings.LOOKUP_MODE == "stepup",
        "is_stepup": asks_postcode,
        # Never a pasted page, never an invisible sign.
        "typed": "".join(filter(str.isprintable, typed)) if len(typed) <= staff_number.LONGEST_TYPED else "",
        "closed": answer_context(season.for_all) if season.for_all else None,
        "year": year.year if year else season.for_all and season.for_all.year,
        "collect_from": hours.long_date(year.collect_from) if year else "",
        "collect_until": hours.long_date(year.collect_until) if year else "",
        "office_email": settings.OFFICE_EMAIL,
    }
    return _page(request, "distribution/lookup/index.html", context)


def _too_many(request: HttpRequest, refused: TooManyQuestions) -> HttpResponse:
    minutes = math.ceil(refused.retry_after / 60)
    wait = f"{minutes} minuten" if minutes < 90 else f"{math.ceil(minutes / 60)} uur"
    context = {"wait": "een minuut" if minutes == 1 else wait, "office_email": settings.OFFICE_EMAIL}
    response = _page(request, "distribution/lookup/too_many.html", context, status=429)
    response["Retry-After"] = str(refused.retry_after)
    return response


def _page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    response = HttpResponse(render_to_string(template, context, request), status=status)
    response["Cache-Control"] = "no-store"
    return response


def _tokens(request: HttpRequest) -> list[str]:
    return [token for token in request.COOKIES.get(_cookie_name(), "").split(".") if token][:TOKENS_KEPT]


def _remember(response: HttpResponse, request: HttpRequest, token: str) -> None:
    """This browser was right about this number: a keyed hash, so the cookie says nothing and cannot be made up."""
    tokens = [token, *(other for other in _tokens(request) if other != token)][:TOKENS_KEPT]
    response.set_cookie(
        _cookie_name(),
        ".".join(tokens),
        max_age=COOKIE_SECONDS,
        secure=settings.HTTPS_ONLY,
        httponly=True,
        samesite="Lax",
    )


def _cookie_name() -> str:
    """With the name that browsers take from this host alone, wherever that can be."""
    return f"__Host-{COOKIE}" if settings.HTTPS_ONLY else COOKIE
