"""The statements of the site, and its pages for when something is wrong."""

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from distribution.actions.writing_files import NO_ROOM
from pickup_points.http import problem
from pickup_points.security_events import SecurityEvent, tell

API = "/api/"
PROBLEMS = {
    400: ("invalid", "Dit verzoek klopt niet."),
    403: ("forbidden", "Dit mag je niet."),
    404: ("not_found", "Dit bestaat niet."),
    413: ("too_large", "Dit bericht is te groot."),
    500: ("failed", "Er ging bij ons iets mis. Probeer het straks opnieuw."),
    503: ("busy", "Het is nu even te druk. Probeer het over enkele seconden opnieuw."),
}
RETRY_AFTER_SECONDS = 5
ROBOTS = "User-agent: *\nDisallow: /api/\nDisallow: /technisch-beheer/\n"


@require_safe
@cache_control(max_age=3600)
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "distribution/pages/accessibility.html", {"office_email": settings.OFFICE_EMAIL})


@require_safe
@cache_control(max_age=3600)
def privacy(request: HttpRequest) -> HttpResponse:
    return render(
        request, "distribution/pages/privacy.html", {"office_email": settings.OFFICE_EMAIL} | settings.RETENTION
    )


@require_safe
@cache_control(max_age=86400)
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when the body was larger than we read."""
    return _wrong(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _wrong(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _wrong(request, 404)


def failed(request: HttpRequest) -> HttpResponse:
    """500, or 503 when the database did not answer or the disk is full: then it is worth trying again."""
    error = sys.exception()
    is_away = isinstance(error, OperationalError | InterfaceError)
    is_full = isinstance(error, OSError) and error.errno in NO_ROOM
    return busy(request) if is_away or is_full else _wrong(request, 500)


def busy(request: HttpRequest) -> HttpResponse:
    """503, without a question to the database."""
    response = _wrong(request, 503)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    tell(SecurityEvent.FORM_REFUSED)
    return _wrong(request, 403, template="403_csrf.html")


def _wrong(request: HttpRequest, status: int, *, template: str = "") -> HttpResponse:
    """A page for people, problem+json for programs. Says nothing of what was asked: what is not there and what someone may not see are one."""
    if request.path.startswith(API):
        code, sentence = PROBLEMS[status]
        response: HttpResponse = problem(code, status, title=sentence)
    else:
        # Who failed us is not asked for once more: the pages from 500 on are the same for everyone.
        works_here = status < 500 and _works_here(request)
        page = render_to_string(
            template or f"{status}.html", {"office_email": settings.OFFICE_EMAIL, "works_here": works_here}
        )
        response = HttpResponse(page, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _works_here(request: HttpRequest) -> bool:
    """Whether someone is logged in; without a session's cookie no question to the database."""
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated)
