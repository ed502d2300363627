"""How long a session lasts (hardening.md T03, T11): ended when nobody touched it for a while, and at the end of a day."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from pickup_points.http import is_program
from pickup_points.models import User

BEGAN, SEEN = "session_began", "session_seen"
WRITE_EVERY_SECONDS = 60
LONGEST_HOURS = 12
# Asked by a page on its own, with nobody at the keys: answered, but it does not keep the session alive.
BACKGROUND = "X-Background"


class SessionLimits:
    """Ends a session that lay idle or lasted a working day; otherwise notes, at most once a minute, that it is in use.

    What is answered to a person is kept by no browser.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Without the cookie there is no session, and the page stays one for everyone.
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            user = request.user
            if isinstance(user, User):
                self._keep(request, user, now=int(timezone.now().timestamp()))
                return _kept_nowhere(self.get_response(request))
        return self.get_response(request)

    def _keep(self, request: HttpRequest, user: User, *, now: int) -> None:
        session: Any = request.session
        began, seen = session.get(BEGAN, now), session.get(SEEN, now)
        minutes = idle_minutes(user)
        if now - seen >= minutes * 60 or now - began >= dt.timedelta(hours=LONGEST_HOURS).total_seconds():
            logout(request)
            if not is_program(request):
                why = f"Je was {minutes} minuten weg." if now - seen >= minutes * 60 else "Je dag zit erop."
                messages.info(request, f"{why} Daarom logden we je uit. Log opnieuw in om verder te gaan.")
            return
        is_new = BEGAN not in session
        if is_new or (now - seen >= WRITE_EVERY_SECONDS and BACKGROUND not in request.headers):
            session[BEGAN], session[SEEN] = began, now


def _kept_nowhere(response: HttpResponseBase) -> HttpResponseBase:
    """What a person sees stays in no browser after logging out, unless the page itself says how long it may."""
    if "Cache-Control" not in response.headers:
        add_never_cache_headers(response)
    return response


def is_over(user: User, *, began: dt.datetime, seen: dt.datetime, at: dt.datetime) -> bool:
    """True for a session that the next page it asks will end."""
    return at - seen >= dt.timedelta(minutes=idle_minutes(user)) or at - began >= dt.timedelta(hours=LONGEST_HOURS)


def idle_minutes(user: User) -> int:
    """Shorter for who sees more than one library."""
    of_klasse = user.klasse_role or user.is_superuser
    return int(settings.OFFICE_IDLE_MINUTES if of_klasse else settings.DESK_IDLE_MINUTES)
