"""Pages of the accounts that allauth does not have."""

import logging
from collections.abc import Callable
from functools import wraps

from allauth.account.decorators import reauthentication_required
from allauth.account.views import PasswordResetFromKeyView
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from requests import RequestException

from lerarenkaart.accounts import devices, openid
from pickup_points.models import User
from pickup_points.security_events import SecurityEvent, tell

log = logging.getLogger(__name__)
LONGEST_KEY = 16


def by_invitation(request: HttpRequest) -> HttpResponse:
    """The one answer to whoever looks for a way to make an account, or to change its address."""
    return render(request, "account/by_invitation.html", {"office_email": settings.OFFICE_EMAIL})


def _devices(request: HttpRequest) -> HttpResponse:
    """Where this account is logged in. Ending it elsewhere asks for the password or the second step once more."""
    user, here = request.user, request.session.session_key
    assert isinstance(user, User)
    assert here
    if request.method == "POST":
        return _end_sessions(request, user, here=here)
    agent = request.headers.get("User-Agent", "")
    found = devices.of(user, here=here, user_agent=agent, at=timezone.now())
    return render(request, "account/devices.html", {"devices": found, "others": len(found) - 1})


_after_asking_again = reauthentication_required(allow_get=True, app="allauth.usersessions")
logged_in_devices = never_cache(
    login_required(require_http_methods(["GET", "HEAD", "POST"])(_after_asking_again(_devices)))
)


def _end_sessions(request: HttpRequest, user: User, *, here: str) -> HttpResponse:
    which = request.POST.get("toestel", "")
    key = int(which) if which.isascii() and which.isdigit() and len(which) < LONGEST_KEY else 0
    ended = devices.end(user, here=here, key=None if which == "alle" else key)
    if ended:
        tell(SecurityEvent.SESSIONS_ENDED, account=user.pk, count=ended)
        messages.success(request, "Daar ben je nu uitgelogd.")
    else:
        messages.info(request, "Daar was je al uitgelogd.")
    return redirect("account_devices")


# The address is a key: no browser and no proxy keeps the page.
password_link = method_decorator(never_cache, name="dispatch")(PasswordResetFromKeyView).as_view()


def _or_say_so(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """ACM/IDM that is away, or answers what it should not, is a page and no failure."""

    @wraps(view)
    def enter(request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            return view(request, provider_id)
        except (RequestException, OAuth2Error, ValueError, KeyError) as error:
            tell(SecurityEvent.LOGIN_FAILED, how="acm_idm")
            log.warning("ACM/IDM did not answer as it should: %s", type(error).__name__)
            return render(request, "socialaccount/authentication_error.html", status=401)

    return enter


acm_idm_login = never_cache(_or_say_so(openid.login))
acm_idm_back = never_cache(_or_say_so(openid.callback))
