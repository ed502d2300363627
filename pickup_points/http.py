"""The doors of a desk and of the office: who is not logged in is asked to, who has no business there finds nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from pickup_points.desks import Desk, NoSuchDesk, get_desk_for, needs_second_factor
from pickup_points.models import KlasseRole, User
from pickup_points.security_events import SecurityEvent, tell

DeskView = Callable[..., HttpResponseBase]
SECOND_FACTOR_WANTED = (
    "Jouw account ziet meer dan één afhaalpunt. Daarom vragen we bij het inloggen een tweede stap. "
    "Stel die hieronder één keer in, daarna kun je verder."
)


def logged_in(view: DeskView) -> Callable[..., HttpResponseBase]:
    """For a page that needs a person: `view(request, user, …)`. With a second factor where one is demanded."""

    @wraps(view)
    @never_cache
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            return _refused_program("not_authenticated", 401) if is_program(request) else _ask_to_log_in(request)
        if lacks_second_factor(user):
            tell(SecurityEvent.ACCESS_REFUSED, account=user.pk, why="no_second_step")
            return (
                _refused_program("second_factor_needed", 403) if is_program(request) else ask_for_second_factor(request)
            )
        return view(request, user, *args, **kwargs)

    return enter


def at_desk(*, as_manager: bool = False) -> Callable[[DeskView], Callable[..., HttpResponseBase]]:
    """For a page of one point: `view(request, desk, …)`, its address has the point's `code`. A stranger gets 404."""

    def decorate(view: DeskView) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def enter(request: HttpRequest, user: User, code: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(request, desk_or_404(user, code, as_manager=as_manager), *args, **kwargs)

        return logged_in(enter)

    return decorate


def office_only(*, may_read: bool = False) -> Callable[[DeskView], Callable[..., HttpResponseBase]]:
    """For a page of Klasse: `view(request, user, …)`. With `may_read` for its readers too; to others it is not there."""
    roles = {KlasseRole.OFFICE, KlasseRole.READER} if may_read else {KlasseRole.OFFICE}

    def decorate(view: DeskView) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def enter(request: HttpRequest, user: User, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if user.klasse_role not in roles:
                tell(SecurityEvent.ACCESS_REFUSED, account=user.pk, why="not_of_klasse")
                raise Http404
            return view(request, user, *args, **kwargs)

        return logged_in(enter)

    return decorate


def desk_or_404(user: User, code: str, *, as_manager: bool = False) -> Desk:
    try:
        return get_desk_for(user, code, as_manager=as_manager)
    except NoSuchDesk:
        tell(SecurityEvent.ACCESS_REFUSED, account=user.pk, why="not_their_desk")
        raise Http404 from None


def lacks_second_factor(user: User) -> bool:
    """True for who must have a second step and did not set one up. In the demo nobody must (MFA_REQUIRED)."""
    return bool(settings.MFA_REQUIRED) and needs_second_factor(user) and not is_mfa_enabled(user)


def is_program(request: HttpRequest) -> bool:
    """True when a script asks, that can do nothing with the page behind a redirect."""
    asked_for = request.headers.get("Accept", "")
    return request.path.startswith("/api/") or asked_for.startswith(("application/json", "application/problem+json"))


def _ask_to_log_in(request: HttpRequest) -> HttpResponse:
    return redirect_to_login(request.get_full_path())


def ask_for_second_factor(request: HttpRequest) -> HttpResponse:
    messages.warning(request, SECOND_FACTOR_WANTED)
    return redirect("mfa_index")


def _refused_program(code: str, status: int) -> HttpResponse:
    sentence = "Log eerst in." if status == 401 else "Stel eerst de tweede stap van het inloggen in."
    return problem(code, status, title=sentence)


def problem(code: str, status: int, *, title: str, detail: str = "") -> JsonResponse:
    """A refusal for a program (RFC 9457), from outside the API; the detail is the title when there is no more to say."""
    body = {"type": "about:blank", "status": int(status), "title": title, "code": code, "detail": detail or title}
    return JsonResponse(body, status=status, content_type="application/problem+json")
